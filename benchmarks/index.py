"""Throughput of the write path: articles stored, fingerprinted, verified and acknowledged, as the store grows.

    python -m benchmarks.index --stored 100000 --articles 10000 --batch 200

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
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from storage import articles, band_index, edges, fingerprints, frontier
from storage.frontier import FrontierEntry
from storage.mongo import Store
from storage.records import Article, RelatedStory
from storage.workers import worker_id
from storage.write import FinishedPage, store_pages

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


STEPS = {"articles": (articles, "put_many"), "decisions": (fingerprints, "decide"), "edges": (edges, "put_many")}
STEPS |= {"outlinks": (frontier, "add"), "ends": (frontier, "finish")}


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
        setattr(module, function, timed(name, getattr(module, function)))


def run(store: Store, count: int, batch: int, words: int) -> None:
    """Store *count* articles; print the rate of every tenth of them and milliseconds an article by step."""
    source = enumerate(texts(count, words))
    step, stored, duplicates, mark = max(batch, count // 10), 0, 0, 0
    spent = dict.fromkeys([*STEPS, "all", "CPU"], 0.0)
    watched(spent)
    print(
        f"{'stored':>9} {'articles/s':>10} {'decided/s':>9} {'duplicates':>10}",
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
        if stored - mark >= step:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            rates = f"{stored:>9,} {step / spent['all']:>10,.0f} {step / spent['decisions']:>9,.0f} {duplicates:>10,}"
            print(
                rates, *(f"{1000 * seconds / step:>9.3f}" for seconds in spent.values()), f"{peak:>5,.0f}", flush=True
            )
            mark = stored
            spent.update(dict.fromkeys(spent, 0.0))


def fill(store: Store, count: int, words: int) -> None:
    """Put *count* articles into store and index at once, without comparing them."""
    fingerprints.decide(store, [])  # notes the parameters
    source = enumerate(texts(count, words, seed=3))
    while block := list(islice(source, 1000)):
        given = [
            Article(id="", url=url, canonical_url=url, portal="old", text=text)
            for url, text in ((f"https://old.example/{number}", text) for number, text in block)
        ]
        puts = articles.put_many(store, given)
        prints = fingerprints.fingerprints([text for _, text in block])
        rows = [band_index.Entry(put.id, put.content, found, "fill") for put, found in zip(puts, prints, strict=True)]
        band_index.insert_pending(store, rows, worker_id())
        band_index.settle(store, [(row, band_index.Row(row.id, "root")) for row in rows])


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
    parser.add_argument("--stored", type=int, default=0, help="articles that stand in the index before")
    parser.add_argument("--batch", type=int, default=200, help="pages handed over at once")
    parser.add_argument("--words", type=int, default=380, help="mean words of an article")
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    with Store.open(database=f"bench_{secrets.token_hex(4)}") as store:
        profile = cProfile.Profile(time.process_time)
        try:
            if given.profile:
                profile.enable()
            print(f"plain inserts: {reference(store, 5000, given.batch, given.words):,.0f} articles/s", flush=True)
            fill(store, given.stored, given.words)
            run(store, given.articles, given.batch, given.words)
            print(f"plain inserts: {reference(store, 5000, given.batch, given.words):,.0f} articles/s")
        finally:
            profile.disable()
            store.client.drop_database(store.db.name)
        if given.profile:
            pstats.Stats(profile).sort_stats("cumulative").print_stats("storage|dedupe|pymongo.collection|cursor")


if __name__ == "__main__":
    main()
