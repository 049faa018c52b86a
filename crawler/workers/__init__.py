"""Processes that take pages apart, with limits of time and memory. Door: :class:`crawler.workers.pool.Pool`."""
