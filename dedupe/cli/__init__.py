"""Commands whose work dedupe does; these modules alone may join it with storage."""
