"""Throughput of the write path: articles stored, fingerprinted, verified and acknowledged, as the store grows.

    python -m benchmarks.index --stored 100000 1000000 --articles 10000 --batch 500

``--stored`` lists the sizes that the index is filled to, without comparing, before the articles of each stage come.
The embedded server's cache is an eighth of the memory (half a gigabyte holds the index of some 300,000 articles);
``--cache`` sets it.
A decision is: text signed, fingerprint inserted, candidates queried, each verified on its exact shingles, state and
decision written with majority writes. The other steps of ``store_pages`` have columns of their own.
Invented texts of news length in two alphabets; a fifth repeat an earlier one (a copy, a light edit, a cut). Uses a
database of its own in the embedded server (or at ``MONGODB_URI``), and drops it.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import resource
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import cycle, islice, pairwise
from typing import Any

import numpy as np
from pymongo import WriteConcern

from dedupe.compare.similarity import compare, prepare_all
from dedupe.minhash import fingerprint
from dedupe.text.shingles import LEAD_KEYS
from storage.articles import articles
from storage.database.store import Store
from storage.duplicates import band_index, decide
from storage.frontier import frontier, related_links
from storage.frontier.frontier import FrontierEntry
from storage.records import Article, RelatedStory, article_id
from storage.write.finished_page import FinishedPage
from storage.write.store_pages import store_pages
from tests.support.databases import drop

SYLLABLES = [first + rest for first in ("b", "c", "đ", "kh", "l", "m", "qu", "th") for rest in ("a", "ê", "ơi", "ung")]


def vocabulary(size: int = 12_000) -> list[str]:
    draw = random.Random(1)
    return ["".join(draw.choice(SYLLABLES) for _ in range(draw.choice([1, 2, 2, 3]))) for _ in range(size)]


def texts(count: int, words: int, seed: int = 2) -> Iterator[str]:
    """Texts of which a fifth repeat one of the last 5,000."""
    draw, bag = random.Random(seed), vocabulary()
    recent: list[list[str]] = []
    for number in range(count):
        if recent and number % 5 == 0:
            text = list(draw.choice(recent))
            kind = number // 5 % 3
            if kind == 1:
                for place in draw.sample(range(len(text)), len(text) // 40):
                    text[place] = draw.choice(bag)
            elif kind == 2:
                text = text[: len(text) * 3 // 4]
        else:
            # Words are about as uneven as in a language: few are frequent.
            text = [bag[int(len(bag) * draw.random() ** 3)] for _ in range(draw.randrange(words // 2, words * 3 // 2))]
            recent = [*recent[-4999:], text]
        yield " ".join(text)


def pages(store: Store, batch: list[tuple[int, str]]) -> list[FinishedPage]:
    """Lease one entry for each text and make its finished page, with five related stories."""
    entries = [FrontierEntry(portal="bench", url=f"https://bench.example/{number}") for number, _ in batch]
    frontier.add(store, entries)
    made = []
    leased = frontier.lease(store, "bench", "bench", len(batch), 600)
    for entry, (number, text) in zip(leased, batch, strict=True):
        related = tuple(
            RelatedStory(url=f"https://bench.example/{(number * 7 + n) % 10**6}/r", title=f"Story {n}")
            for n in range(5)
        )
        article = Article(
            id="",
            url=entry.url,
            canonical_url=entry.url,
            portal="bench",
            title=f"Article {number}",
            text=text,
            fetched=datetime.now(UTC),
            related=related,
        )
        links = tuple(FrontierEntry(portal="bench-links", url=story.url, kind="related", depth=1) for story in related)
        made.append(FinishedPage(entry=entry, outcome="article", article=article, outlinks=links))
    return made


STEPS = {"articles": (articles, "put_many"), "decisions": (decide, "decide"), "edges": (related_links, "put_many")}
STEPS |= {"outlinks": (frontier, "add"), "ends": (frontier, "finish")}
_PLAIN: dict[str, Callable[..., Any]] = {}


def watched(spent: dict[str, float]) -> None:
    """Add up the time that the steps of ``store_pages`` take."""

    def timed(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            started = time.perf_counter()
            result = step(*arguments, **options)
            spent[name] += time.perf_counter() - started
            return result

        return call

    for name, (module, function) in STEPS.items():
        plain = _PLAIN.setdefault(name, getattr(module, function))
        setattr(module, function, timed(name, plain))


def run(store: Store, count: int, batch: int, words: int, stage: int = 0) -> float:
    """Store *count* articles; print the rate of every tenth and milliseconds an article by step; return decisions/s."""
    source = enumerate(texts(count, words, seed=2 + stage), start=stage * 10**7)
    step, stored, duplicates, mark = max(batch, count // 10), 0, 0, 0
    spent = dict.fromkeys([*STEPS, "all", "CPU"], 0.0)
    deciding = 0.0
    watched(spent)
    print(
        f"{'new':>9} {'articles/s':>10} {'decided/s':>9} {'duplicates':>10}",
        *(f"{name:>9}" for name in spent),
        "  MB",
    )
    while block := list(islice(source, batch)):
        before = spent["outlinks"]
        made = pages(store, block)
        spent["outlinks"] = before  # those of the bench itself do not count
        started, burnt = time.perf_counter(), time.process_time()
        done = store_pages(store, made, "bench")
        spent["all"] += time.perf_counter() - started
        spent["CPU"] += time.process_time() - burnt
        stored += len(done)
        duplicates += sum(one.duplicate is not None for one in done)
        if stored - mark >= step or stored == count:
            taken, mark = stored - mark, stored
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            rates = f"{stored:>9,} {taken / spent['all']:>10,.0f} {taken / spent['decisions']:>9,.0f} {duplicates:>10,}"
            print(
                rates, *(f"{1000 * seconds / taken:>9.3f}" for seconds in spent.values()), f"{peak:>5,.0f}", flush=True
            )
            deciding += spent["decisions"]
            spent.update(dict.fromkeys(spent, 0.0))
    return count / deciding


def fill(store: Store, start: int, stop: int, words: int) -> None:
    """Put articles into store and index at once, without comparing them or waiting for a majority.

    Each has a text of news length, one of 500, and a fingerprint of random keys in the format of any other: as those
    of so many different texts are, and drawn in a tenth of the time that writing and signing a text takes.
    """
    shape = _shape(store)
    some = list(texts(500, words, seed=start))
    draw = np.random.default_rng(start)
    once = WriteConcern(1)
    shelves = (
        store.db["articles"].with_options(write_concern=once),
        store.db["fingerprints"].with_options(write_concern=once),
    )
    with ThreadPoolExecutor(2) as pool:
        waiting: deque[Future[Any]] = deque()
        for first in range(start, stop, 1000):
            ids = [article_id(f"https://old.example/{number}") for number in range(first, min(first + 1000, stop))]
            documents = [
                shape | {"_id": key, "text": text, "content": key} for key, text in zip(ids, cycle(some), strict=False)
            ]
            prints = list(random_fingerprints(draw, len(ids), words))
            leads = draw.integers(-(2**63), 2**63, (len(ids), LEAD_KEYS)).tolist()
            keys = [(*one.bands, *lead) for one, lead in zip(prints, leads, strict=True)]
            rows = [band_index.row_of(entry) for entry in map(band_index.Entry, ids, ids, prints, keys)]
            for shelf, wares in zip(shelves, (documents, rows), strict=True):
                waiting.append(pool.submit(shelf.insert_many, wares, ordered=False))
            while len(waiting) > 4:
                waiting.popleft().result()
        while waiting:
            waiting.popleft().result()


def random_fingerprints(draw: np.random.Generator, count: int, words: int) -> Iterator[fingerprint.Fingerprint]:
    """Fingerprints as of *count* texts that have nothing in common."""
    params = fingerprint.DEFAULT_PARAMS
    bands = draw.integers(-(2**63), 2**63, (count, params.bands)).tolist()
    for keys in bands:
        yield fingerprint.Fingerprint(draw.bytes(16), draw.bytes(4 * params.num_perm), tuple(keys), words, params)


def _shape(store: Store) -> dict[str, Any]:
    """Return an article's document as the store writes it, without what is its own."""
    url = "https://old.example/shape"
    given = Article(id="", url=url, canonical_url=url, portal="old", text="")
    (put,) = articles.put_many(store, [given])
    decide.decide(store, [put.id])  # notes the parameters
    shape: dict[str, Any] = dict(store.db["articles"].find_one_and_delete({"_id": put.id}) or {})
    return {name: value for name, value in shape.items() if name not in {"_id", "text"}}


def sizes(store: Store) -> str:
    """Return sizes and the work of one query of candidates: what must not grow with the store."""
    parts = []
    for name in ("articles", "fingerprints"):
        stats = store.db.command("collStats", name)
        data, indexes = stats["size"] / 2**20, stats["totalIndexSize"] / 2**20
        parts.append(f"{name} {stats['count']:,}: {data:,.0f} MB, indexes {indexes:,.0f} MB")
    bands = [band for row in store.db["fingerprints"].find({}, {"bands": 1}).limit(50) for band in row["bands"]]
    asked = {"find": "fingerprints", "filter": {"bands": {"$in": bands}}}
    found = store.db.command("explain", asked, verbosity="executionStats")["executionStats"]
    keys, rows = found["totalKeysExamined"], found["totalDocsExamined"]
    parts.append(f"a query for 50 articles reads {keys:,} keys and {rows:,} rows in {found['executionTimeMillis']} ms")
    return "; ".join(parts)


def warm_up(words: int) -> None:
    """Load what is compiled, a second once a process, before anything is timed."""
    some = list(texts(200, words))
    fingerprint.fingerprints(some)
    prepared = prepare_all(some)
    for one, other in pairwise(prepared):
        compare(one, other)
    compare(prepared[0], prepare_all([f"{some[0]} and on"] * 64)[0])


@contextmanager
def cache_of(store: Store, gigabytes: float) -> Iterator[None]:
    """Give the server a cache that holds the index, as a server of so many articles has; afterwards what it had."""
    admin = store.client.admin
    had = int(admin.command("serverStatus")["wiredTiger"]["cache"]["maximum bytes configured"])
    size = int(gigabytes * 2**30) or had
    print(f"cache of the server: {size / 2**30:.1f} GB (was {had / 2**30:.1f})", flush=True)
    if size == had:
        yield
        return
    admin.command("setParameter", 1, wiredTigerEngineRuntimeConfig=f"cache_size={size}")
    try:
        yield
    finally:
        admin.command("setParameter", 1, wiredTigerEngineRuntimeConfig=f"cache_size={had}")


def reference(store: Store, count: int, batch: int, words: int) -> float:
    """Return the rate of plain majority inserts of the same articles: what machine and server give at best."""
    plain = store.db["plain"]
    source = texts(count, words)
    spent = 0.0
    while block := list(islice(source, batch)):
        documents = [{"title": "x", "text": text, "paragraphs": [{"text": text}]} for text in block]
        started = time.perf_counter()
        plain.insert_many(documents, ordered=False)
        spent += time.perf_counter() - started
    return count / spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--stored", type=int, nargs="*", default=[0], help="articles in the index before each stage")
    parser.add_argument("--batch", type=int, default=200, help="pages handed over at once")
    parser.add_argument("--words", type=int, default=380, help="mean words of an article")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument(
        "--cache",
        type=float,
        default=0.0,
        help="gigabytes of the server's cache meanwhile, 0 to leave it as it is",
    )
    given = parser.parse_args()
    with Store.open(database=f"bench_{secrets.token_hex(4)}") as store, cache_of(store, given.cache):
        profile = cProfile.Profile(time.process_time)
        try:
            if given.profile:
                profile.enable()
            warm_up(given.words)
            print(f"plain inserts: {reference(store, 5000, given.batch, given.words):,.0f} articles/s", flush=True)
            filled, rates = 0, {}
            for stage, stored in enumerate(sorted(given.stored)):
                started = time.perf_counter()
                fill(store, filled, stored, given.words)
                filled = max(filled, stored)
                print(f"\nfilled to {stored:,} in {time.perf_counter() - started:,.0f} s; {sizes(store)}", flush=True)
                rates[stored] = run(store, given.articles, given.batch, given.words, stage)
            first = next(iter(rates.values()))
            for stored, rate in rates.items():
                print(f"{stored:>9,} stored: {rate:,.0f} decisions/s, {first / rate:.2f} × the time of the first stage")
            print(f"plain inserts: {reference(store, 5000, given.batch, given.words):,.0f} articles/s")
        finally:
            profile.disable()
            drop(store.db)
        if given.profile:
            pstats.Stats(profile).sort_stats("cumulative").print_stats("storage|dedupe|pymongo.collection|cursor")


if __name__ == "__main__":
    main()
