"""``spark-submit [options] …/crawler/cli/spark/submit.py WARC... -o DIR``: ``storykin corpus`` on that cluster."""

import sys

from crawler.cli.main import main

if __name__ == "__main__":
    main(["corpus", *sys.argv[1:], "--spark"])
