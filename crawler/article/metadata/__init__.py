"""Title, times, authors, JSON-LD. Door: :mod:`crawler.article.metadata.metadata`."""
