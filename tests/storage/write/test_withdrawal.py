"""Who represents a story whose representative is withdrawn, and after it is back."""

from __future__ import annotations

import io
import json
import random
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from storage.articles import articles
from storage.database.store import Store
from storage.duplicates import corrections, decide
from storage.export import export
from storage.maintenance import repair
from storage.records import Article
from storage.write.withdrawal import restore, withdraw

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
VOCABULARY = [f"bến{n}" for n in range(4000)]


def words(seed: int, count: int = 240) -> list[str]:
    draw = random.Random(seed)
    return [draw.choice(VOCABULARY) for _ in range(count)]


def article(name: str, text: list[str], hours: int, closing: str = "") -> Article:
    return Article(
        id="",
        url=url(name),
        canonical_url=url(name),
        portal="vov",
        title=name,
        text=f"{' '.join(text)}\n\n{closing}".strip(),
        published=MONDAY + timedelta(hours=hours),
    )


def arrive(store: Store, *given: Article) -> None:
    for one in given:
        decide.decide(store, [put.id for put in articles.put_many(store, [one], "r")])


def links(store: Store) -> dict[str, str | None]:
    """Return of each article's title that of the one it repeats."""
    titles = {stored.article.id: stored.article.title for stored in articles.iterate(store)}
    found = articles.iterate(store)
    return {one.article.title: titles[one.duplicate.of] if one.duplicate else None for one in found}


def distinct(store: Store) -> set[str]:
    out = io.BytesIO()
    export.export(store, out)
    return {json.loads(line)["title"] for line in out.getvalue().splitlines()}


def url(name: str) -> str:
    return f"https://vov.example/{name}"


TEXT = words(1)
MORE = words(3, 4)
AGENCY, OWN, LATE = (
    article("agency", [*TEXT, *MORE[:1]], 2, closing="(Theo TTXVN)"),
    article("own", [*TEXT, *MORE[:3]], 2),
    article("late", TEXT, 3),
)
FIRST = article("first", [*TEXT, *MORE], 1)


@pytest.mark.parametrize("order", list(permutations([FIRST, AGENCY, OWN, LATE]))[::5])
def test_the_next_one_represents_the_story(store: Store, order: tuple[Article, ...]) -> None:
    """Own text before the agency's, of the same hour, and before a later one; the same after a repair."""
    arrive(store, *order)
    repair.repair(store)
    before = links(store)
    assert before == {"first": None, "agency": "first", "own": "first", "late": "first"}
    withdraw(store, url("first"), "sai")
    after = links(store)
    assert after == {"first": "own", "agency": "own", "own": None, "late": "own"}
    assert distinct(store) == {"own"}
    assert repair.repair(store).changed == 0
    assert links(store) == after
    withdraw(store, url("own"), "sai")
    assert distinct(store) == {"agency"}
    restore(store, url("own"))
    assert links(store) == after
    restore(store, url("first"))
    assert links(store) == before
    assert repair.repair(store).changed == 0


def test_a_copy_that_arrives_later_represents_a_withdrawn_story(store: Store) -> None:
    arrive(store, FIRST)
    withdraw(store, url("first"), "sai")
    assert distinct(store) == set()
    (put,) = articles.put_many(store, [OWN], "r")
    (decision,) = decide.decide(store, [put.id])
    assert decision.duplicate is None
    arrive(store, LATE)
    assert links(store) == {"first": "own", "own": None, "late": "own"}
    assert repair.repair(store).changed == 0


def test_with_all_withdrawn_nothing_is_told(store: Store) -> None:
    arrive(store, FIRST, OWN)
    for name in ("own", "first"):
        withdraw(store, url(name), "sai")
    assert links(store) == {"first": None, "own": "first"}
    assert distinct(store) == set()
    restore(store, url("own"))
    assert links(store) == {"first": "own", "own": None}


def test_those_that_do_not_repeat_each_other_are_stories_of_their_own(store: Store) -> None:
    """Two excerpts of one long article: without it nothing holds them together, with it they are together again."""
    long = words(2, 400)
    arrive(store, article("long", long, 1), article("beginning", long[:245], 2), article("end", long[130:375], 3))
    assert links(store) == {"long": None, "beginning": "long", "end": "long"}
    withdraw(store, url("long"), "sai")
    assert distinct(store) == {"beginning", "end"}
    assert repair.repair(store).changed == 0
    restore(store, url("long"))
    repair.repair(store)
    assert links(store) == {"long": None, "beginning": "long", "end": "long"}


def test_decisions_made_by_hand_hold(store: Store) -> None:
    other = article("other", words(7), 5)
    arrive(store, FIRST, OWN, other)
    corrections.merge(store, url("first"), url("other"), by="editor")
    assert links(store) == {"first": None, "own": "first", "other": "first"}
    withdraw(store, url("first"), "sai")
    assert links(store) == {"first": "own", "own": None, "other": "own"}
    assert repair.repair(store).changed == 0
    restore(store, url("first"))
    assert links(store) == {"first": None, "own": "first", "other": "first"}


def test_a_copy_that_is_withdrawn_changes_no_other(store: Store) -> None:
    arrive(store, FIRST, OWN, LATE)
    before = links(store)
    withdraw(store, url("own"), "sai")
    assert (links(store), distinct(store)) == (before, {"first"})
    restore(store, url("own"))
    assert links(store) == before
