"""Teasers and recurring lines across stored pages. Doors: :mod:`storage.teasers.teasers`, ``recurring_lines``."""
