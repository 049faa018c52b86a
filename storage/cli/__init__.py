"""Commands whose work storage does."""
