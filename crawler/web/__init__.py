"""Pages of ``storykin serve`` for a browser: they read, and write nothing. Door: crawler.web.server.serve."""
