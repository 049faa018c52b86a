"""Reading out: exports, pulls, consumers, the Python API, the story graph.

Doors: :mod:`storage.export.export`, :mod:`storage.export.reader`.
"""
