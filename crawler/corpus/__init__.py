"""WARC files to clean stories, on one machine or on Spark. Door: :func:`crawler.corpus.build.build`."""
