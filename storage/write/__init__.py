"""The order that loses nothing. Door: :func:`storage.write.store_pages.store_pages`."""
