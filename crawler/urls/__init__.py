"""Identity and shape of addresses. Door: :mod:`crawler.urls.canonical`."""
