"""The same verdicts for text without HTML. Door: :mod:`crawler.article.plaintext.clean`."""
