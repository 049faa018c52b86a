"""The demo portal: an invented town's newspaper in English and Vietnamese, with the layouts real portals have.

:mod:`~crawler.demo.stories` reads the stories and what a crawl must find, :mod:`~crawler.demo.layouts` writes
the pages, :mod:`~crawler.demo.site` answers addresses and :mod:`~crawler.demo.server` serves them on this machine.
"""
