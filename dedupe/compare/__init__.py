"""The verify step: two texts, one story or two. Door: :func:`dedupe.compare.similarity.compare`."""
