"""The story graph: stories as nodes; related-story links and duplicate links between them.

A story that articles link to and that was never stored is a node as well, by its address and the title it was shown
with. Everything streams: no more than one batch of nodes or links is in memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from storage.articles import articles
from storage.articles.collection import article_rows
from storage.base.documents import batches
from storage.frontier.related_links import edge_rows
from storage.records import Record, article_id

if TYPE_CHECKING:
    from storage.database.read_only import ReadOnly
    from storage.database.store import Store

T = TypeVar("T")
LinkKind = Literal["related", "duplicate"]

BATCH = 1_000
NODE_FIELDS = dict.fromkeys(("url", "title", "portal", "language", "published", "duplicate.of", "withdrawn.at"), 1)
"""Of a document of ``articles``, what :func:`node_of` needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node(Record):
    """A story."""

    id: str
    url: str
    title: str
    portal: str = ""
    """Empty for a story that is not stored."""
    language: str = ""
    published: datetime | None = None
    stored: bool = True
    """Whether the article itself is stored, or is only linked to."""
    representative: str = ""
    """Id of the story that it repeats; its own if it repeats none."""
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Record):
    """From a story to one it shows as related, or to the one that it repeats."""

    source: str
    target: str
    kind: LinkKind
    tier: str = ""
    """How the related story was found on the page (``found_by``), or the duplicate's relation."""
    story_kind: str = ""
    """Of a related story: ``related``, or the kind of list that the page shows it in."""
    score: float = 1.0
    """Of a duplicate: its similarity."""
    place: str = ""
    title: str = ""
    """As the source shows it."""
    blurb: str = ""
    first_seen: datetime | None = None
    last_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hub:
    """A story and how many related-story links lead to it."""

    node: Node
    links: int


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What stands around a story: nodes by id in the order found, and every link followed."""

    root: str
    nodes: Mapping[str, Node]
    links: Sequence[Link]
    left_out: int
    """Stories that were not looked at because there were too many."""


def nodes(store: Store, *, portal: str = "") -> Iterator[Node]:
    """Yield stored stories by id, then those only linked to, by id; of *portal* its own and what they lead to."""
    wanted = {"portal": portal} if portal else {}
    for row in article_rows(store).find(wanted, NODE_FIELDS).sort("_id", 1):
        yield node_of(row)
    match = [{"$match": {"portal": portal}}] if portal else []
    targets = edge_rows(store).aggregate(
        [
            *match,
            {"$match": {"to_article": {"$exists": False}}},
            {"$group": {"_id": "$target", **_SHOWN}},
            {"$sort": {"_id": 1}},
        ],
        allowDiskUse=True,
    )
    for rows in batches(targets, BATCH):
        known = _known(store, [row["_id"] for row in rows])
        for row in rows:
            if row["_id"] not in known:
                yield _unseen(row["_id"], row["url"], row["title"])
            elif portal and known[row["_id"]] != portal:
                yield _stored(store, [row["_id"]])[row["_id"]]
    if portal:
        yield from _foreign(store, portal)


def links(store: Store, *, portal: str = "") -> Iterator[Link]:
    """Yield related-story links, then duplicate links, of all stories or those of *portal*."""
    wanted = {"portal": portal} if portal else {}
    for row in edge_rows(store).find(wanted).sort([("source", 1), ("story.position", 1), ("_id", 1)]):
        yield _related(row)
    duplicates = {**wanted, "duplicate.of": {"$exists": True}}
    fields = {"duplicate": 1, "first_seen": 1, "last_seen": 1}
    for row in article_rows(store).find(duplicates, fields).sort("_id", 1):
        yield _duplicate(row)


def neighbourhood(store: Store, key: str, *, depth: int = 2, most: int = 200) -> Neighbourhood | None:
    """Return what is within *depth* links of the story *key* (id or address), in either direction.

    :param most: stories looked at; the nearest ones are
    :returns: ``None`` if no such story is stored or linked to
    """
    root = _find(store, key)
    if root is None:
        return None
    found: dict[str, int] = {root: 0}
    followed: dict[tuple[str, str, str], Link] = {}
    left_out: set[str] = set()
    waiting = deque([root])
    while waiting:
        level = found[waiting[0]]
        front = [waiting.popleft() for _ in range(len(waiting)) if found[waiting[0]] == level]
        if level == depth:
            break
        for link in _around(store, front):
            followed[link.source, link.target, link.kind] = link
            for end in (link.source, link.target):
                if end in found:
                    continue
                if len(found) >= most:
                    left_out.add(end)
                else:
                    found[end] = level + 1
                    waiting.append(end)
    inside = [link for link in followed.values() if link.source in found and link.target in found]
    return Neighbourhood(root, _nodes_of(store, found, inside), inside, len(left_out))


def hubs(store: Store, *, portal: str = "", top: int = 20) -> list[Hub]:
    """Return the stories that most stories link to, those with most links first."""
    match = [{"$match": {"portal": portal}}] if portal else []
    counted = list(
        edge_rows(store).aggregate(
            [
                *match,
                {"$group": {"_id": _TARGET, "links": {"$sum": 1}, **_SHOWN}},
                {"$sort": {"links": -1, "_id": 1}},
                {"$limit": top},
            ],
            allowDiskUse=True,
        )
    )
    known = _stored(store, [row["_id"] for row in counted])
    return [
        Hub(known.get(row["_id"]) or _unseen(row["_id"], row["url"], row["title"]), row["links"]) for row in counted
    ]


def orphans(store: Store, *, portal: str = "") -> Iterator[Node]:
    """Yield the stored stories that no other story links to, newest first."""
    wanted = {"portal": portal} if portal else {}
    rows = article_rows(store).find(wanted, NODE_FIELDS).sort([("published", -1), ("_id", 1)]).allow_disk_use(True)
    for some in batches(rows, BATCH):
        ids = [row["_id"] for row in some]
        linked = set(edge_rows(store).distinct("target", {"target": {"$in": ids}, "to_article": {"$exists": False}}))
        linked |= set(edge_rows(store).distinct("to_article", {"to_article": {"$in": ids}}))
        yield from (node_of(row) for row in some if row["_id"] not in linked)


_SHOWN = {"url": {"$min": "$story.url"}, "title": {"$max": "$story.title"}}
"""Address and title of a story as pages show it; of several titles always the same one."""
_TARGET: dict[str, Any] = {"$ifNull": ["$to_article", "$target"]}
"""The story an edge leads to: see ``storage.teasers.link_targets``."""


def _around(store: Store, ids: Collection[str]) -> Iterator[Link]:
    """Yield every link from or to the stories *ids*."""
    near = list(ids)
    ends = [{"source": {"$in": near}}, {"target": {"$in": near}}, {"to_article": {"$in": near}}]
    for row in edge_rows(store).find({"$or": ends}).sort([("source", 1), ("story.position", 1), ("_id", 1)]):
        yield _related(row)
    same = [{"_id": {"$in": near}, "duplicate.of": {"$exists": True}}, {"duplicate.of": {"$in": near}}]
    fields = {"duplicate": 1, "first_seen": 1, "last_seen": 1}
    for row in article_rows(store).find({"$or": same}, fields).sort("_id", 1):
        yield _duplicate(row)


def _find(store: Store, key: str) -> str | None:
    stored = articles.get(store, key)
    if stored is not None:
        return stored.id
    edge = edge_rows(store).find_one(
        {"$or": [{"target": {"$in": [key, article_id(key)]}}, {"story.url": key}]}, {"target": 1, "to_article": 1}
    )
    return str(edge.get("to_article") or edge["target"]) if edge else None


def _nodes_of(store: Store, ids: Iterable[str], inside: Iterable[Link]) -> dict[str, Node]:
    wanted = list(ids)
    known = _stored(store, wanted)
    shown = {
        row["target"]: _unseen(row["target"], row["story"]["url"], row["story"]["title"])
        for row in edge_rows(store).find(
            {"target": {"$in": [one for one in wanted if one not in known]}}, {"target": 1, "story": 1}
        )
    }
    titles = {link.target: link.title for link in inside}
    return {one: known.get(one) or shown.get(one) or _unseen(one, "", titles.get(one, "")) for one in wanted}


def _foreign(store: Store, portal: str) -> Iterator[Node]:
    """Yield the stories of other portals that edges and duplicates of *portal* lead to by another way than address."""

    def ends_of(rows: ReadOnly, field: str, wanted: Mapping[str, Any]) -> set[str]:
        pipeline = [{"$match": {"portal": portal, **wanted}}, {"$group": {"_id": f"${field}"}}]
        return {row["_id"] for row in rows.aggregate(pipeline, allowDiskUse=True)}

    linked = ends_of(edge_rows(store), "to_article", {"to_article": {"$exists": True}})
    repeated = ends_of(article_rows(store), "duplicate.of", {"duplicate.of": {"$exists": True}})
    direct = ends_of(edge_rows(store), "target", {"to_article": {"$exists": False}})
    for some in batches(sorted((linked | repeated) - direct), BATCH):
        yield from (node for node in _stored(store, some).values() if node.portal != portal)


def _known(store: Store, ids: Sequence[str]) -> dict[str, str]:
    rows = article_rows(store).find({"_id": {"$in": list(ids)}}, {"portal": 1})
    return {row["_id"]: row["portal"] for row in rows}


def _stored(store: Store, ids: Sequence[str]) -> dict[str, Node]:
    return {row["_id"]: node_of(row) for row in article_rows(store).find({"_id": {"$in": list(ids)}}, NODE_FIELDS)}


def node_of(row: Mapping[str, Any]) -> Node:
    """Return an article, read with :data:`NODE_FIELDS`, as a story."""
    return Node(
        id=row["_id"],
        url=row["url"],
        title=row["title"],
        portal=row["portal"],
        language=row["language"],
        published=row["published"],
        representative=(row.get("duplicate") or {}).get("of") or row["_id"],
        withdrawn=bool(row.get("withdrawn")),
    )


def _unseen(key: str, url: str, title: str) -> Node:
    return Node(id=key, url=url, title=title, stored=False, representative=key)


def _related(row: Mapping[str, Any]) -> Link:
    story = row["story"]
    return Link(
        source=row["source"],
        target=row.get("to_article") or row["target"],
        kind="related",
        story_kind=story.get("kind", "related"),
        tier=story["found_by"],
        place=story["place"],
        title=story["title"],
        blurb=story["blurb"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
    )


def _duplicate(row: Mapping[str, Any]) -> Link:
    decision = row["duplicate"]
    return Link(
        source=row["_id"],
        target=decision["of"],
        kind="duplicate",
        tier=decision["relation"],
        score=decision["score"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
    )
