"""A writer for the tests: reads a JSON list of articles a line, stores and decides them, answers ``ok``."""

from __future__ import annotations

import json
import sys

from storage.articles import articles
from storage.database.store import Store
from storage.duplicates import decide
from storage.records import Article


def main(uri: str) -> None:
    with Store.open(uri) as store:
        print("ready", flush=True)
        for line in sys.stdin:
            puts = articles.put_many(store, [Article.from_json(values) for values in json.loads(line)], "race")
            decide.decide(store, [put.id for put in puts])
            print("ok", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
