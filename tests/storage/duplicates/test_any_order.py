"""Articles stored in any order, by any number of writers, end where ``storykin dedupe FILE`` puts their texts."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any, NamedTuple

import pytest

from dedupe.corpus.documents import Document
from dedupe.corpus.in_memory import cluster_documents
from storage.articles import articles
from storage.database.store import Store
from storage.duplicates import decide
from storage.maintenance import repair
from storage.records import Article, article_id
from tests.storage.duplicates.writers import at_once, writers

SOAK = bool(os.environ.get("STORYKIN_SOAK"))
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)

OPENING = """The lock keeper of Aldersey found the lower gate of the canal off its hinges when he came on Sunday.
Nobody was hurt, but two barges with timber lie in the mud of the drained reach, and a third hangs with its bow over
the sill. The water authority has closed the canal between Aldersey and the tunnel until divers have been down."""
REPAIR = """Carpenters from three yards were called in to build a gate of oak, for which there are drawings of 1871 in
the county archive. The authority puts the price at four hundred thousand crowns and the time at nine weeks. Boat hirers
say that the season is lost for them, and ask for the tolls of last year back. A crane is to lift the barges on Friday
if the towpath holds; sacks of gravel are being laid along forty metres of it."""
CAUSE = """Engineers suspect a tree that came down with the flood of last month and was wedged below the gate. The
union of the keepers recalls that it had warned of rotten heel posts in every report since the cuts, and wants to know
who struck the inspection by divers from the plan. In the council the opposition called for a debate, which the mayor
granted for the evening of the twelfth, with the head of the authority as a guest."""
BULLETIN = """A quake of magnitude {} shook {} in the early morning, the seismic service reports. It was felt in many
villages, and people ran into the streets. There are no reports of damage or of injured people so far, a spokeswoman for
civil protection said. The centre lay at a depth of some ten kilometres. Smaller quakes may follow in the next days, the
service says, and asks the people to keep away from cracked walls and steep slopes."""


def article(name: str, text: str, hours: int, title: str = "") -> Article:
    url = f"https://{name}.example/story"
    return Article(
        id="", url=url, canonical_url=url, portal=name, title=title, text=text, published=NOON + timedelta(hours=hours)
    )


GIVEN = [
    article("stub", OPENING, 3),
    article("repair", f"{OPENING}\n\n{REPAIR}", 1),
    article("cause", f"{OPENING}\n\n{CAUSE}", 2),
    article("gambia", BULLETIN.format("4.8", "Gambia"), 4, "Quake shakes Gambia"),
    article("zambia", BULLETIN.format("5.1", "Zambia"), 30, "Quake shakes Zambia"),
]
COPIES = [article("twin", OPENING, 0), article("quake", BULLETIN.format("4.8", "Gambia"), 5, "Gambia shaken by quake")]


class Fate(NamedTuple):
    cluster: str
    kept_in: str | None
    original: str | None
    most_complete: str | None
    relation: str | None


def offline(given: list[Article]) -> dict[str, Fate]:
    """What the command says of the texts; ids are those of the store."""
    documents = [
        Document(article_id(one.url), one.text, title=one.title, source=one.portal, date=one.published) for one in given
    ]
    rows = list(cluster_documents(documents, ignore_urls=True))
    sizes = [row.cluster for row in rows]
    return {
        row.id: Fate(row.cluster, row.duplicate_of, row.original, row.most_complete, row.relation)
        if sizes.count(row.cluster) > 1
        else Fate(row.id, None, None, None, None)
        for row in rows
    }


def stored(store: Store) -> dict[str, Fate]:
    found: dict[str, Any] = {}
    for one in articles.iterate(store):
        copy, story = one.duplicate, one.story
        found[one.article.id] = Fate(
            copy.of if copy else one.article.id,
            copy.kept_in if copy else None,
            story.original if story else None,
            story.most_complete if story else None,
            copy.relation if copy else None,
        )
    return found


def emptied(store: Store) -> None:
    for name in ("articles", "fingerprints", "exact", "versions"):
        store.db[name].delete_many({})


def test_what_is_shown_here_has_all_kinds() -> None:
    fates = offline([*GIVEN, *COPIES])
    by_name = {one.portal: fates[article_id(one.url)] for one in [*GIVEN, *COPIES]}
    assert by_name["stub"].kept_in
    assert by_name["repair"].kept_in is by_name["cause"].kept_in is None
    assert by_name["repair"].cluster != by_name["cause"].cluster
    assert by_name["gambia"].cluster == by_name["quake"].cluster != by_name["zambia"].cluster
    assert by_name["stub"].original == article_id("https://twin.example/story")


@pytest.mark.parametrize("at_a_time", [1, 2])
def test_one_writer_in_any_order_reaches_the_offline_answer(store: Store, at_a_time: int) -> None:
    wanted = offline(GIVEN)
    orders = list(permutations(GIVEN))
    for order in orders if SOAK else random.Random(at_a_time).sample(orders, 40):
        emptied(store)
        for start in range(0, len(order), at_a_time):
            puts = articles.put_many(store, order[start : start + at_a_time], "r")
            decide.decide(store, [put.id for put in puts])
        assert stored(store) == wanted, [one.portal for one in order]


def test_copies_in_any_order_reach_the_offline_answer(store: Store) -> None:
    given = [*GIVEN, *COPIES]
    wanted = offline(given)
    for order in random.Random(3).sample(list(permutations(given)), 400 if SOAK else 25):
        emptied(store)
        for one in order:
            decide.decide(store, [put.id for put in articles.put_many(store, [one], "r")])
        assert stored(store) == wanted, [one.portal for one in order]
    assert repair.repair(store).changed == 0


@pytest.mark.timeout(1200)
def test_two_writers_at_once_reach_the_offline_answer(store: Store) -> None:
    given = [*GIVEN, *COPIES]
    wanted = offline(given)
    draw = random.Random(11)
    with writers(store.uri, 2) as started:
        for _ in range(400 if SOAK else 25):
            emptied(store)
            order = draw.sample(given, len(given))
            half = draw.randrange(1, len(order))
            loads = [order[:half], order[half:]]
            if draw.random() < 0.5:
                at_once(started, loads)
            else:  # one article at a time
                for number in range(max(map(len, loads))):
                    at_once(started, [load[number : number + 1] for load in loads])
            assert stored(store) == wanted, [[one.portal for one in load] for load in loads]
