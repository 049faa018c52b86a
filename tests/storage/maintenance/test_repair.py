from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import permutations

from storage.articles import articles
from storage.database.store import Store
from storage.duplicates import clusters, decide
from storage.maintenance import repair
from storage.records import Article, article_id

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
VOCABULARY = [f"chữ{n}" for n in range(4000)]


def words(seed: int, count: int = 240) -> list[str]:
    draw = random.Random(seed)
    return [draw.choice(VOCABULARY) for _ in range(count)]


def edited(text: list[str], seed: int, places: int) -> list[str]:
    draw = random.Random(f"edit {seed}")
    text = list(text)
    for place in draw.sample(range(len(text)), places):
        text[place] = f"khác{seed}x{place}"
    return text


def article(name: str, text: list[str], hours: int = 0, closing: str = "") -> Article:
    url = f"https://vov.example/{name}"
    return Article(
        id="",
        url=url,
        canonical_url=url,
        portal="vov",
        title=name,
        text="\n\n".join([" ".join(text), closing]).strip(),
        published=MONDAY + timedelta(hours=hours),
    )


def store_one_by_one(store: Store, given: list[Article]) -> None:
    for one in given:
        decide.decide(store, [put.id for put in articles.put_many(store, [one], "r")])


def links(store: Store) -> dict[str, tuple[str, str] | None]:
    titles = {stored.article.id: stored.article.title for stored in articles.iterate(store)}
    return {
        stored.article.title: (titles[stored.duplicate.of], stored.duplicate.relation) if stored.duplicate else None
        for stored in articles.iterate(store)
    }


def emptied(store: Store) -> None:
    for name in ("articles", "fingerprints", "exact", "versions"):
        store.db[name].delete_many({})


def test_clusters_after_repair_do_not_depend_on_the_order_of_arrival(store: Store) -> None:
    base, other = words(1), words(2)
    given = [
        article("first", base, hours=1),
        article("copy", base, hours=2),
        article("edit", edited(base, 1, 8), hours=3),
        article("cut", base[:150], hours=4),
        article("other", other, hours=0),
    ]
    found, changed = [], []
    for order in random.Random(5).sample(list(permutations(given)), 30):
        emptied(store)
        store_one_by_one(store, list(order))
        changed.append(repair.repair(store).changed)
        found.append(links(store))
    assert found[0]["first"] is None
    assert found[0]["other"] is None
    assert found[0]["copy"] == ("first", "exact")
    assert found[0]["edit"] == ("first", "near")
    assert found[0]["cut"]
    assert found == [found[0]] * len(found)
    assert changed == [0] * len(changed), "the order of arrival did not matter before the repair either"


def test_many_stories_in_any_order_and_batch_end_in_the_same_clusters(store: Store) -> None:
    draw = random.Random(7)
    given = []
    for story in range(12):
        base = words(100 + story)
        given += [
            article(f"{story}-{n}", edited(base, n, draw.choice([0, 3, 10])), hours=draw.randrange(48))
            for n in range(draw.randrange(1, 6))
        ]
    results = []
    for _ in range(4):
        draw.shuffle(given)
        emptied(store)
        for start in range(0, len(given), 9):
            puts = articles.put_many(store, given[start : start + 9], "r")
            decide.decide(store, [put.id for put in puts])
        assert repair.repair(store).changed == 0
        results.append(links(store))
    assert any(results[0].values())
    assert results == [results[0]] * len(results)


def test_the_longest_is_kept_the_earliest_is_the_original(store: Store) -> None:
    base = words(3)
    late = article("late", [*base, *words(31, 20)], hours=5)
    agency = article("agency", edited(base, 2, 2), hours=1, closing="(Theo TTXVN)")
    own = article("own", edited(base, 3, 2), hours=1)
    store_one_by_one(store, [own, agency, late])
    found = {one.article.title: one for one in articles.iterate(store)}
    assert links(store) == {"late": None, "agency": ("late", "near"), "own": ("late", "near")}
    first = min(agency.url, own.url, key=article_id)
    for one in found.values():
        assert one.story
        assert (one.story.original, one.story.most_complete) == (article_id(first), article_id(late.url))
    roles = {one.article.url: one.duplicate.role for one in found.values() if one.duplicate}
    assert roles[first] == "original"
    summary = repair.repair(store)
    assert (summary.clusters, summary.duplicates, summary.articles, summary.changed) == (1, 2, 3, 0)
    assert clusters.members(store, article_id(agency.url))[0].article.title == "late"


def test_repair_again_changes_nothing(store: Store) -> None:
    base = words(4)
    store_one_by_one(store, [article(str(n), edited(base, n, n), hours=9 - n) for n in range(5)])
    repair.repair(store)
    before = list(store.db["articles"].find().sort("_id", 1))
    summary = repair.repair(store)
    assert (summary.changed, summary.decided) == (0, 0)
    assert list(store.db["articles"].find().sort("_id", 1)) == before


def test_followers_of_a_changed_article_are_verified_again(store: Store) -> None:
    base = words(5)
    store_one_by_one(store, [article("root", base), article("copy", base, 1), article("edit", edited(base, 1, 5), 2)])
    store_one_by_one(store, [article("root", words(6))])
    found = links(store)
    assert found == {"root": None, "copy": None, "edit": ("copy", "near")}
    assert repair.repair(store).changed == 0
    store_one_by_one(store, [article("again", edited(base, 2, 5), 3)])
    assert links(store)["again"] == ("copy", "near"), "the index has the copy by now"


def test_what_a_killed_writer_left_undecided_is_decided(store: Store) -> None:
    base = words(8)
    articles.put_many(store, [article("a", base), article("b", base, 1)], "r")
    summary = repair.repair(store)
    assert summary.decided == 2
    assert links(store) == {"a": None, "b": ("a", "exact")}


def test_new_copies_follow_the_representative_that_repair_chose(store: Store) -> None:
    base = words(9)
    store_one_by_one(store, [article("late", base, 5), article("early", edited(base, 1, 4), 1)])
    repair.repair(store)
    store_one_by_one(store, [article("newest", base, 6), article("another", edited(base, 2, 4), 7)])
    assert links(store) == {
        "early": None,
        "late": ("early", "near"),
        "newest": ("early", "near"),
        "another": ("early", "near"),
    }


def test_short_text_in_two_long_ones_joins_one_of_them(store: Store) -> None:
    short = words(10, 100)
    long_ones = [article(f"long{n}", short + words(20 + n, 70), hours=n) for n in range(2)]
    other = [article(f"far{n}", short[:100] + words(30 + n, 200), hours=n) for n in range(2)]
    store_one_by_one(store, [article("short", short, 9), *long_ones, *other])
    repair.repair(store)
    roots = {name: link[0] if link else name for name, link in links(store).items()}
    assert roots["far0"] != roots["far1"]


def test_an_empty_store_is_repaired_at_once(store: Store) -> None:
    summary = repair.repair(store)
    assert (summary.articles, summary.clusters, summary.changed) == (0, 0, 0)
