"""How portals, their sources and the stored corpus are. The door is :func:`crawler.health.check.findings`."""
