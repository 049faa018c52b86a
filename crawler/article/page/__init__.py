"""Bytes to text to tree; feeds, dates, sentences, language. Door: :mod:`crawler.article.page.decode`."""
