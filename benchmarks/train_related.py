"""Train the model of related blocks (crawler/article/related/kinds.json) and judge it on hosts it has not seen.

    python benchmarks/train_related.py SHARED [--write]

SHARED holds ``data/`` with the labelled pages; the addresses that ``related/training.jsonl`` labels are of pages there
too. Needs scikit-learn. Prints the figures of cross-validations over hosts (no page of a host is judged by a model that
saw another of it) for several thresholds, with the hosts dealt out in two ways; ``--write`` trains on all pages.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from crawler.article.dissect import without_scripts
from crawler.article.page.decode import parse
from crawler.article.related.finder import LISTED, TIED, describe_groups
from crawler.article.related.kinds import APART, SAID, SAYING
from crawler.portals.seed import GENERIC
from crawler.warc.archive import read_pages

SETS = (
    ("fundus", "extraction/fundus.warc.gz", "related/fundus.gold.jsonl"),
    ("newset", "newset/newset.warc.gz", "newset/newset.gold.jsonl"),
)
OTHERS = Path(__file__).with_name("related") / "training.jsonl"
"""Labels of pages of other hosts: each row names its archive."""
GROUPS = (("fundus",), ("newset",), ("other news",), ("other sites",), ("fundus", "newset", "other news"))
"""Sets that are judged together; few of the other sites are news."""
FOLDS, DEALS = 12, (0, 1)
WEIGHTS = {"other sites": 0.3}
"""Of groups of pages that are hardly news: their cards are products as often as stories."""
STRENGTH = {"tied": 0.008, "listed": 0.02}
"""Inverse of the regularisation; much, because there are a hundred blocks to learn from."""
MODEL = Path(__file__).parents[1] / "crawler/article/related/kinds.json"


def plain(url: str) -> str:
    """Return *url* as the scores compare it."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return parts.netloc.removeprefix("www.") + parts.path.rstrip("/") + query


def labelled(shared: Path) -> Iterator[tuple[str, Path, dict[str, dict[str, Any]]]]:
    """Yield the name of a set, its archive and the labels of its pages by their addresses."""
    for name, archive, labels in SETS:
        rows = [json.loads(line) for line in (shared / "data" / labels).open(encoding="utf-8")]
        gold = {plain(row["url"]): row for row in rows if row.get("kind") != "listing"}
        yield name, shared / "data" / archive, gold
    others: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in map(json.loads, OTHERS.open(encoding="utf-8")):
        others[row["archive"]][plain(row["url"])] = {**row, "also_ok": row["other"]}
    for archive, gold in others.items():
        yield "other sites" if "wcxb" in archive else "other news", shared / "data" / archive, gold


def read(shared: Path) -> Iterator[dict[str, Any]]:
    """Yield a row for each group of links of the labelled articles."""
    for name, archive, gold in labelled(shared):
        for page in read_pages(archive):
            row = gold.get(plain(page.url))
            if row is None:
                continue
            tied, unsure = (set(map(plain, row.get(key, ()))) for key in ("related", "unsure"))
            also = set(map(plain, row["also_ok"])) - tied
            tree = without_scripts(parse(page)[0])
            for links, found in describe_groups(tree, page.url, GENERIC):
                keys = set(map(plain, links))
                yield {
                    "set": name, "url": page.url, "host": urlsplit(page.url).netloc.split(".")[-2], "keys": keys,
                    "tied": tied, "also": also, "unsure": unsure, "listed": found.listed,
                    "heading": found.group.heading, "features": {k: float(v) for k, v in found.features.items()},
                }  # fmt: skip


def label(row: dict[str, Any]) -> str:
    """Return ``tied``, ``listed``, ``none`` or ``unsure``: what most links of a group are."""
    if len(row["keys"] & row["unsure"]) * 2 >= len(row["keys"]):
        return "unsure"
    tied, also = len(row["keys"] & row["tied"]), len(row["keys"] & row["also"])
    rest = len(row["keys"]) - tied - also
    if tied and tied >= also and tied >= rest / 2:
        return "tied"
    return "listed" if also and also >= rest / 2 else "none"


def fit(rows: list[dict[str, Any]], names: list[str], which: str) -> dict[str, float]:
    """Return the weights of one regression, "" the constant; the scaling is multiplied in."""
    rows = [row for row in rows if row["label"] != "unsure"]
    if which == "listed":  # newset's labels name few of the other lists
        rows = [row for row in rows if row["label"] != "tied" and (row["set"] != "newset" or row["label"] == "listed")]
    x = np.array([[row["features"][name] for name in names] for row in rows])
    y = np.array([row["label"] == which for row in rows])
    weight = np.array([min(6, len(row["keys"])) ** 0.5 * WEIGHTS.get(row["set"], 1) for row in rows])
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=STRENGTH[which], max_iter=3000).fit(scaler.transform(x), y, sample_weight=weight)
    scaled = model.coef_[0] / scaler.scale_
    constant = float(model.intercept_[0] - (scaled * scaler.mean_).sum())
    return {"": round(constant, 4), **{n: round(float(w), 4) for n, w in zip(names, scaled, strict=True)}}


def probability(weights: dict[str, float], features: dict[str, float]) -> float:
    """Return what the product computes."""
    score = weights[""] + sum(weight * features[name] for name, weight in weights.items() if name)
    return float(1 / (1 + np.exp(-score)))


def cross_validated(rows: list[dict[str, Any]], names: list[str], deal: int) -> None:
    """Set ``p tied`` and ``p listed`` of each row by a model that saw no page of its host."""
    hosts = sorted({row["host"] for row in rows})
    np.random.default_rng(deal).shuffle(hosts)
    fold = {host: i % FOLDS for i, host in enumerate(hosts)}
    for i in range(FOLDS):
        train = [row for row in rows if fold[row["host"]] != i]
        models = {which: fit(train, names, which) for which in ("tied", "listed")}
        for row in rows:
            if fold[row["host"]] == i:
                said = SAID * any(row["features"][name] for name in SAYING)
                row["p tied"] = max(probability(models["tied"], row["features"]), said)
                row["p listed"] = probability(models["listed"], row["features"]) if row["listed"] else 0.0


def judged(rows: list[dict[str, Any]], tied: float, listed: float) -> str:
    """Return strict precision, recall, share of wrong links and of true ones given another kind."""
    c: Counter[str] = Counter()
    pages = defaultdict(list)
    for row in rows:
        pages[row["url"]].append(row)
    for groups in pages.values():
        want, also = groups[0]["tied"], groups[0]["also"]
        got = set().union(*(row["keys"] for row in groups if row["p tied"] >= tied)) - groups[0]["unsure"]
        other = set().union(*(row["keys"] for row in groups if row["p tied"] < tied and row["p listed"] >= listed))
        other -= got | groups[0]["unsure"]
        c.update(want=len(want), got=len(got), right=len(got & want), wrong=len(got - want - also))
        c.update(other=len(other), lost=len(other & want), noise=len(other - want - also))
    n = max(1, c["got"])
    return (
        f"strict {c['right'] / n:.3f}  recall {c['right'] / max(1, c['want']):.3f}  wrong {c['wrong'] / n:.3f}  "
        f"other kind {c['lost'] / max(1, c['want']):.3f}  others {c['other']}, in no list {c['noise']}"
    )


def main() -> None:
    """Train, judge and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--errors", action="store_true", help="name the groups that are judged wrongly")
    parser.add_argument("--keep", type=Path, help="keep the rows with all features here, for other models")
    args = parser.parse_args()
    rows = list(read(args.shared))
    for row in rows:
        row["label"] = label(row)
    names = sorted(rows[0]["features"].keys() - APART)
    print(len(rows), "groups,", len(names), "features,", dict(Counter(row["label"] for row in rows)))
    for deal in DEALS:
        cross_validated(rows, names, deal)
        for sets in GROUPS:
            for tied in (TIED - 0.06, TIED, TIED + 0.06):
                told = judged([row for row in rows if row["set"] in sets], tied, LISTED)
                print(f"deal {deal}, {' + '.join(sets)}, {tied:.2f}: {told}")
    if args.keep:
        args.keep.write_bytes(pickle.dumps(rows))
    if args.errors:
        for row in rows:
            if row["label"] != "unsure" and (row["p tied"] >= TIED) != (row["label"] == "tied"):
                print(
                    row["set"], row["url"][:70], row["label"], round(row["p tied"], 2), row["heading"], len(row["keys"])
                )
    if args.write:
        weights = {which: fit(rows, names, which) for which in ("tied", "listed")}
        MODEL.write_text(json.dumps(weights, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
