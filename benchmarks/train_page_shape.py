"""Fit the numbers by which a listing is told from an article, and show how they do on hosts they were not fitted on.

    python -m benchmarks.train_page_shape           # prints the table and writes crawler/article/page_shape.json
    python -m benchmarks.train_page_shape --print   # the table only

Needs scikit-learn (``pip install scikit-learn``) and the measuring data; the result needs neither.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.article.body.sources import SourceMap
from crawler.article.dissect import without_scripts
from crawler.article.metadata.metadata import read_metadata
from crawler.article.page.decode import ExtractError, parse
from crawler.article.page.page import Page
from crawler.article.page_shape import SHAPE, listing_threshold, page_shape
from crawler.warc.archive import read_pages

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("STORYKIN_SHARED", ROOT.parent / "shared"))
MODEL = ROOT / "crawler" / "article" / "page_shape.json"
SETS = {
    "extraction/wcxb": 1009,
    "newset/newset": 35,
    "extraction/fundus": 148,
    "extraction/utomo-news": 120,
    "related/l3s": 60,
    "portals/abcnews": 60,
    "portals/nbcnews": 60,
    "portals/npr": 60,
}
"""Set → pages of it that are read, drawn once."""
FOLDS = 5

Row = tuple[str, str, bool, tuple[float, ...]]
"""Set, address, whether a listing, shape."""


def shape_of(page: Page) -> tuple[float, ...]:
    """Return the shape of *page* as a crawl measures it."""
    tree, _ = parse(page)
    metadata = read_metadata(tree, page.url)
    without_scripts(tree)
    return page_shape(tree, SourceMap(tree), metadata, page.url)


def rows(name: str, most: int) -> Iterator[Row]:
    """Yield the pages of a set; portal pages are stories, but for fronts."""
    kinds: dict[str, str] = {}
    gold = SHARED / "data" / f"{name}.gold.jsonl"
    if gold.exists():
        kinds = {row["url"]: row.get("kind", "article") for row in map(json.loads, gold.open(encoding="utf-8"))}
    pages = list(read_pages(SHARED / "data" / f"{name}.warc.gz"))
    random.Random(1).shuffle(pages)
    for page in pages[:most]:
        front = urlsplit(page.url).path.strip("/") == ""
        kind = kinds.get(page.url, "listing" if front and not kinds else "article")
        try:
            yield name, page.url, kind == "listing", shape_of(page)
        except ExtractError:
            continue


def host_of(url: str) -> str:
    """Return the host that a page is left out with; pages without an address are hosts of their own."""
    host = urlsplit(url).hostname or url
    return url if host.endswith((".invalid", ".example")) else ".".join(host.split(".")[-2:])


def fitted(shapes: Any, kinds: Any) -> tuple[Any, float]:
    """Return weights and bias of a logistic regression over the measures as they are."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scale = StandardScaler().fit(shapes)
    model = LogisticRegression(C=0.3, max_iter=1000).fit(scale.transform(shapes), kinds)
    weights = model.coef_[0] / scale.scale_
    return weights, float(model.intercept_[0] - (weights * scale.mean_).sum())


def main() -> None:
    """Read the sets, print what hosts left out say, and write the numbers fitted on all."""
    import numpy

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--print", action="store_true", help="print the table, write nothing")
    options = parser.parse_args()
    if not (SHARED / "data").is_dir():
        sys.exit(f"train_page_shape: no measuring data at {SHARED}; set STORYKIN_SHARED to its folder")
    data = [row for name, most in SETS.items() for row in rows(name, most)]
    shapes, kinds = numpy.array([row[3] for row in data]), numpy.array([row[2] for row in data])
    hosts = sorted({host_of(row[1]) for row in data})
    random.Random(1).shuffle(hosts)
    fold_of = {host: at % FOLDS for at, host in enumerate(hosts)}
    folds = numpy.array([fold_of[host_of(row[1])] for row in data])
    left_out = numpy.zeros(len(data))
    for fold in range(FOLDS):
        weights, bias = fitted(shapes[folds != fold], kinds[folds != fold])
        left_out[folds == fold] = 1 / (1 + numpy.exp(-(shapes[folds == fold] @ weights + bias)))
    weights, bias = fitted(shapes, kinds)
    on_all = 1 / (1 + numpy.exp(-(shapes @ weights + bias)))
    sure = numpy.array([listing_threshold(row[3]) for row in data])
    print("| set | articles called listings: hosts left out, tuned | listings known: hosts left out, tuned |")
    print("| --- | --- | --- |")
    for name in SETS:
        here = numpy.array([row[0] == name for row in data])
        counts = [
            f"{(by[here & of] >= sure[here & of]).sum()} of {(here & of).sum()}"
            for of in (~kinds, kinds)
            for by in (left_out, on_all)
        ]
        print(f"| {name} | {', '.join(counts[:2])} | {', '.join(counts[2:])} |")
    if not options.print:
        model = {"measures": list(SHAPE), "weights": [round(float(w), 4) for w in weights], "bias": round(bias, 4)}
        MODEL.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
