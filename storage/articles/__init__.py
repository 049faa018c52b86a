"""Articles, versions, raw pages, related links. Door: :mod:`storage.articles.articles`."""
