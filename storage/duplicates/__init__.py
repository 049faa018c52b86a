"""Which article repeats which. Door: :mod:`storage.duplicates.decide`, whose stages follow each other in a line."""
