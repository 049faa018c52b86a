"""Near-duplicate detection for news texts: text in; fingerprints, duplicates and clusters out.

Needs neither Scrapy nor MongoDB. The parts are imported by name (``dedupe.minhash``,
``dedupe.similarity``, ``dedupe.entries``, ``dedupe.clusters``); ``docs/dedupe.md`` shows them at work.
"""
