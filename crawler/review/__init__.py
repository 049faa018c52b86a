"""What is read anew or explained after a crawl. Doors: :mod:`crawler.review.explain` and ``reprocess``."""
