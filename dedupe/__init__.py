"""Near-duplicate detection for news texts: text in; fingerprints, duplicates and clusters out.

Needs neither Scrapy nor MongoDB. The rooms are imported by name: ``dedupe.text``, ``dedupe.minhash``,
``dedupe.compare``, ``dedupe.entries``, ``dedupe.clusters``, ``dedupe.corpus``; ``docs/dedupe.md`` shows them at work.
"""
