"""Which article repeats which. Door: :mod:`storage.duplicates.decide`."""
