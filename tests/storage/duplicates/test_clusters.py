from __future__ import annotations

import random

from storage.articles import articles
from storage.database.store import Store
from storage.duplicates import cluster_facts, clusters
from storage.frontier import related_links
from storage.records import Article, RelatedStory, article_id


def article(name: str, *related: str) -> Article:
    url = f"https://vov.example/{name}"
    stories = tuple(
        RelatedStory(url=f"https://vov.example/{one}", title=one, position=n) for n, one in enumerate(related)
    )
    return Article(id="", url=url, canonical_url=url, portal="vov", title=name, text=name, related=stories)


def linked(store: Store, **links: str) -> dict[str, str]:
    """Store articles; a value names the one that the key repeats."""
    names = sorted(links.keys() | set(links.values()) - {""})
    ids = {name: put.id for name, put in zip(names, articles.put_many(store, [article(n) for n in names]), strict=True)}
    for name, of in links.items():
        duplicate = {"of": ids.get(of), "relation": "near", "score": 0.9, "same_portal": True}
        store.db["articles"].update_one({"_id": ids[name]}, {"$set": {"duplicate": duplicate if of else None}})
    return ids


def test_a_cluster_is_its_representative_and_all_that_repeat_it(store: Store) -> None:
    ids = linked(store, b="a", c="a", d="", f="e")
    wanted = [ids["a"], *sorted([ids["b"], ids["c"]])]
    for key in "abc":
        assert [one.article.id for one in clusters.members(store, ids[key])] == wanted
    assert [one.article.id for one in clusters.members(store, ids["d"])] == [ids["d"]]
    assert clusters.members(store, "unknown") == []
    assert list(clusters.sizes(store)) == [(ids["a"], 2, {"vov"}), (ids["e"], 1, {"vov"})]


def test_stories_are_listed_by_their_size_then_by_their_id(store: Store) -> None:
    draw = random.Random(4)
    ids = linked(store, **{f"c{number}": f"r{draw.randint(0, 150)}" for number in range(260)})
    store.db["articles"].delete_one(
        {"_id": min(key for name, key in ids.items() if name[0] == "r")}
    )  # its copies stay until repair
    names = [f"p{number % 3}" for number in range(len(ids))]
    for key, portal in zip(ids.values(), names, strict=True):
        store.db["articles"].update_one({"_id": key}, {"$set": {"portal": portal}})
    rows = {row["_id"]: row for row in store.db["articles"].find()}
    copies: dict[str, list[str]] = {}
    for row in rows.values():
        if of := (row.get("duplicate") or {}).get("of"):
            copies.setdefault(of, []).append(row["portal"])
    expected = sorted(((of, len(found), set(found)) for of, found in copies.items()), key=lambda one: (-one[1], one[0]))
    assert list(clusters.sizes(store)) == expected
    for portal, least in (("", 2), ("p1", 2), ("", 4), ("p2", 3)):
        shown = [
            (of, number + 1, tuple(sorted(portals | {rows[of]["portal"]})))
            for of, number, portals in expected
            if of in rows and number + 1 >= least and (not portal or portal in portals | {rows[of]["portal"]})
        ]
        found = cluster_facts.listed(store, portal=portal, least=least, top=120)
        assert [(one.id, one.texts, one.portals) for one in found] == shown[:120]


def test_links_are_followed_to_their_end_and_circles_end_the_search(store: Store) -> None:
    ids = linked(store, c="b", b="a", x="y", y="x")
    rows = {row["_id"]: row for row in store.db["articles"].find()}
    assert clusters.representative(store, rows[ids["c"]]) == ids["a"]
    assert {one.article.title for one in clusters.members(store, ids["b"])} == {"a", "b", "c"}
    assert clusters.representative(store, rows[ids["x"]]) in {ids["x"], ids["y"]}


def test_edges_keep_their_first_time_and_take_the_latest_story(store: Store) -> None:
    assert related_links.put_many(store, [article("a", "b", "c"), article("b", "c")], "r1") == 3
    first = list(related_links.iterate(store))
    changed = article("a", "c", "d")
    assert related_links.put_many(store, [changed], "r2") == 1
    found = {edge.target: edge for edge in related_links.iterate(store, source=article_id("https://vov.example/a"))}
    assert len(found) == 3
    again = found[article_id("https://vov.example/c")]
    before = next(e for e in first if (e.source, e.target) == (again.source, again.target))
    assert (again.story.position, before.story.position) == (0, 1)
    assert again.first_seen == before.first_seen
    assert related_links.put_many(store, [], "r3") == 0


def test_a_story_without_address_has_no_edge(store: Store) -> None:
    assert related_links.put_many(store, [Article(id="", url="u", related=(RelatedStory(url="", title="x"),))]) == 0
