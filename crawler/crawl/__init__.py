"""One crawl of one portal: targets, leases, spider, outlinks, batches, run.

Door: :func:`crawler.crawl.run_crawl.run_crawl`.
"""
