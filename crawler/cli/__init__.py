"""Commands of storykin, one module each. Door: :mod:`crawler.cli.main`."""
