"""WARC files: read, write, record, replay, export. Door: :mod:`crawler.warc.archive`."""
