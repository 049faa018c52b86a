"""Related-story blocks: found, grouped, cut. Door: :mod:`crawler.article.related.finder`."""
