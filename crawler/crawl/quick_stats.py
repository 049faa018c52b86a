"""Scrapy's counters, without what it looks for at every access."""

from __future__ import annotations

from scrapy.statscollectors import MemoryStatsCollector


class QuickStats(MemoryStatsCollector):
    """Scrapy's class wraps its methods on access, to warn of an argument that this project never gives; twenty counts a
    page took .06 ms.
    """

    __getattribute__ = object.__getattribute__
