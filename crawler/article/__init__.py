"""A page becomes an article: no Scrapy, no MongoDB, no clock. Door: :func:`crawler.article.dissect.dissect`."""
