"""Articles, versions, raw pages, changes in their order. Door: :mod:`storage.articles.articles`."""
