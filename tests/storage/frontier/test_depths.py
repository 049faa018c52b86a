"""In whatever order pages are reached: a crawl reads what lies within its depth by the shortest way."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from storage.database.store import Store
from storage.frontier import depths, frontier
from storage.frontier.frontier import FrontierEntry
from storage.records import Article, RelatedKind, RelatedStory
from storage.write.finished_page import FinishedPage
from storage.write.store_pages import store_pages

PORTAL = "vov"
LIMIT = 4
Links = Mapping[int, Sequence[int]]


def url(number: int) -> str:
    return f"https://vov.example/story-{number}"


def entry(number: int, depth: int, priority: int = 0) -> FrontierEntry:
    return FrontierEntry(portal=PORTAL, url=url(number), key=url(number), depth=depth, priority=priority)


def number_of(one: FrontierEntry) -> int:
    return int(one.url.rpartition("-")[2])


def kind_of(number: int, other: int) -> RelatedKind:
    return "latest" if (number + other) % 3 == 0 else "related"


def finished(
    one: FrontierEntry, links: Links, draw: random.Random, limit: int = LIMIT, along: tuple[str, ...] = ()
) -> FinishedPage:
    number = number_of(one)
    related = tuple(
        RelatedStory(url=url(other), title=f"Chuyện {other}", kind=kind_of(number, other)) for other in links[number]
    )
    text = " ".join(f"từ{draw.randrange(5000)}" for _ in range(60))
    article = Article(id="", url=one.url, canonical_url=one.url, portal=PORTAL, title="", text=text, related=related)
    cut = one.depth >= limit
    leading = [] if cut else [other for other in links[number] if not along or kind_of(number, other) in along]
    outlinks = tuple(entry(other, one.depth + 1, draw.randrange(9)) for other in leading)
    return FinishedPage(entry=one, outcome="article", article=article, outlinks=outlinks, along=along, cut=cut)


def crawl(
    store: Store, links: Links, draw: random.Random, limit: int = LIMIT, along: tuple[str, ...] = ()
) -> Counter[int]:
    """Read pages in an order of *draw*, some held while others are stored; return the fetches of each."""
    fetches: Counter[int] = Counter()
    held: list[FrontierEntry] = []
    while held or not frontier.is_idle(store, PORTAL):
        held += frontier.lease(store, PORTAL, "w", draw.randrange(1, 4), 600)
        draw.shuffle(held)
        count = draw.randrange(1, 3)
        ending, held = held[:count], held[count:]
        store_pages(store, [finished(one, links, draw, limit, along) for one in ending], "r")
        fetches.update(number_of(one) for one in ending)
    return fetches


def distances(links: Links) -> dict[int, int]:
    found, waiting = {0: 0}, [0]
    for one in waiting:
        for other in links[one]:
            if other not in found:
                found[other] = found[one] + 1
                waiting.append(other)
    return found


@pytest.mark.parametrize("along", [(), ("related",)])
@pytest.mark.parametrize("seed", range(8))
def test_a_crawl_in_any_order_reads_what_lies_within_its_depth(
    store: Store, seed: int, along: tuple[RelatedKind, ...]
) -> None:
    draw = random.Random(seed)
    links = {
        number: [other for other in (number + 1, draw.randrange(24), draw.randrange(24)) if other < 24]
        for number in range(24)
    }
    frontier.add(store, [entry(0, 0)])
    fetches = crawl(store, links, draw, along=along)
    followed = {
        number: [other for other in others if not along or kind_of(number, other) in along]
        for number, others in links.items()
    }
    within = {number: depth for number, depth in distances(followed).items() if depth <= LIMIT}
    assert set(fetches) == set(within)
    rows = {row["url"]: row for row in store.db["frontier"].find()}
    assert {number: rows[url(number)]["depth"] for number in within} == within
    assert all(row["state"] == "done" for row in rows.values())
    assert max(fetches.values()) <= 1 + LIMIT


def test_a_deeper_crawl_goes_on_where_an_earlier_one_left_links_out(store: Store) -> None:
    draw, links = random.Random(1), {number: [number + 1] for number in range(9)}
    frontier.add(store, [entry(0, 0)])
    assert set(crawl(store, links, draw, 2)) == {0, 1, 2}
    assert depths.requeue_cut(store, PORTAL, 2) == 0
    assert depths.requeue_cut(store, PORTAL, 5, "next") == 1
    assert set(crawl(store, links, draw, 5)) == {2, 3, 4, 5}


def test_a_page_that_came_nearer_while_it_was_leased_is_read_again_for_its_links(store: Store) -> None:
    draw, links = random.Random(1), {0: [1], 1: []}
    frontier.add(store, [entry(0, LIMIT)])
    (held,) = frontier.lease(store, PORTAL, "w", 1, 600)
    frontier.add(store, [entry(0, 2)])
    (stored,) = store_pages(store, [finished(held, links, draw)], "r")
    assert stored.held
    assert crawl(store, links, draw) == {0: 1, 1: 1}


def test_who_is_killed_between_two_updates_finds_the_nearest_page_as_it_was(store: Store) -> None:
    draw, links = random.Random(1), {0: [1], 1: [2], 2: []}
    frontier.add(store, [entry(0, 1)])
    crawl(store, links, draw)
    nearer = {entry(0, 0).id: (0, 0)}
    updates = depths.lowered(store, PORTAL, nearer, depths.heads(store, nearer))
    assert len(updates) == 3
    for killed_after in range(len(updates)):
        for update in updates[:killed_after]:
            store.db["frontier"].bulk_write([update])
        rows = {row["url"]: row["depth"] for row in store.db["frontier"].find()}
        assert rows[url(0)] == 1
    frontier.add(store, [entry(0, 0)])
    rows = {row["url"]: row["depth"] for row in store.db["frontier"].find()}
    assert rows == {url(number): number for number in range(3)}
