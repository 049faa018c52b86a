"""The Python API of those who read: articles, related stories, clusters and versions as records and as tables.

>>> from storage import open_store
>>> with open_store() as store:
...     titles = sorted(article.title for article in store.articles(language="vi"))
>>> len(titles), titles[0]
(18, 'Biển động, tàu thuyền được kêu gọi vào bờ trước nửa đêm')

The examples run on the database of ``storykin demo``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from types import TracebackType
from typing import Any, Self, Unpack, get_type_hints

from dedupe.errors import InputError
from storage.articles import articles, versions
from storage.articles.articles import StoredArticle
from storage.articles.collection import article_rows
from storage.articles.versions import Version
from storage.base.documents import batches
from storage.database import indexes
from storage.database.read_only import ReadOnly
from storage.database.store import Store
from storage.duplicates import clusters
from storage.errors import StorageError
from storage.export.changes import Changes, ConsumerChanges
from storage.export.columns import COLUMNS
from storage.export.consumers import claimed
from storage.export.pull import START, Cursor
from storage.export.record_set import Document, RecordSet
from storage.export.selection import Conditions, selection_of, several
from storage.frontier.related_links import Edge, edge_rows
from storage.records import Article, Duplicate, Record, article_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterMember(Record):
    """An article in a cluster, without its text."""

    id: str
    url: str
    portal: str
    title: str
    published: datetime | None = None
    duplicate: Duplicate | None = None
    """Why it counts as a repeat; ``None`` for the representative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCluster(Record):
    """A story that is stored more than once."""

    representative: str
    """Id of the article that stands for it in exports of distinct stories."""
    size: int
    """Articles, the representative included."""
    portals: tuple[str, ...] = ()
    """Sorted."""
    members: tuple[ClusterMember, ...] = ()
    """The representative, then the others by id."""


class StoreReader:
    """A store opened for reading; a context manager. Driver errors leave it as ``StorageError``.

    The methods give :class:`~storage.export.record_set.RecordSet` objects: iterate them as often as you like,
    count them with ``len``, take them in ``batches``, or turn them into tables with ``to_arrow``, ``to_polars``,
    ``to_pandas``.
    """

    def __init__(self, store: Store, canonical: articles.Canonical = str) -> None:
        self._store = store
        self._canonical = canonical
        self._closed = False

    @classmethod
    def open(cls, uri: str | None = None, database: str | None = None, canonical: articles.Canonical = str) -> Self:
        """Open a store as :func:`storage.open_store` does."""
        store = Store.open(uri, database, prepare=False)
        try:
            with store.errors():
                indexes.check(store.db)
        except BaseException:
            store.close()
            raise
        return cls(store, canonical)

    def close(self) -> None:
        """Close the connections; a second call does nothing."""
        self._closed = True
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        self._store.__exit__(kind, problem, trace)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._store!r}>"

    def articles(
        self,
        *,
        since: str | date | None = None,
        ids: Sequence[str] | None = None,
        limit: int | None = None,
        sample: int | None = None,
        seed: int = 0,
        **conditions: Unpack[Conditions],
    ) -> RecordSet[StoredArticle]:
        """Return articles, ordered by id. By default an article is left out if another one says everything it says.

        *all_copies*, *role* and *by_source* change which ones: with *by_source*, one article of each story.

        The conditions are those of ``storykin export`` (:class:`storage.export.selection.Conditions`): ``portal``,
        ``language``, ``published_from``, ``published_before``, ``quality``, ``without_quality``, ``rights``,
        ``without_rights``, ``shortest``, ``longest``, ``role``, ``all_copies``, ``by_source``, ``withdrawn``. Several
        values of one condition are alternatives; several conditions must all hold. Times are datetimes, dates or ISO
        text, in UTC if they name no zone. Tables have the columns of an export.

        :param since: only articles that were new or changed in the store at this time or later
        :param ids: only these articles, by id or by any address; copies too
        :param limit: at most so many, the first by id
        :param sample: so many, drawn at random; the same *seed* gives the same ones while the store does not change
        :raises InputError: for an argument that has no meaning

        >>> with open_store() as store:
        ...     print(len(store.articles()), len(store.articles(all_copies=True)), len(store.articles(role="exact")))
        ...     table = store.articles(language="en").to_arrow(["id", "title", "published"])
        40 44 1
        >>> table.schema.field("published").type
        TimestampType(timestamp[us, tz=UTC])
        """
        for name, number in (("limit", limit), ("sample", sample)):
            if number is not None and number < 0:
                raise InputError(f"{name}={number} is no number of articles: give one from 0 on")
        if ids is not None:
            conditions = {"all_copies": True, **conditions}
        wanted = selection_of(since=since, **conditions).query()
        if ids is not None:
            with self._store.errors():
                found = articles.find_ids(self._opened(), several(ids), self._canonical)
            wanted["_id"] = {"$in": sorted(set(found.values()))}
        most = min((one for one in (limit, sample) if one is not None), default=None)
        start = "" if sample is None else article_id(str(seed))
        return self._of_collection(
            article_rows, wanted, articles.stored_of, COLUMNS, [("_id", 1)], most=most, start=start
        )

    def article(self, key: str) -> StoredArticle | None:
        """Return the article with the id *key*, or any address that leads to it; ``None`` if there is none."""
        with self._store.errors():
            return articles.get(self._opened(), key, self._canonical)

    def changes(self, since: str = START, **conditions: Unpack[Conditions]) -> Changes:
        """Return the changes after the cursor *since*, in order. The position of no consumer moves.

        The next *since* is :attr:`~storage.export.changes.Changes.upto` when all changes were read, or the ``cursor``
        of the last change that was dealt with. Needs ``readWrite`` and a replica set, because changes are numbered when
        they are asked for. The conditions are those of :meth:`articles`.

        :raises InputError: for a text that is no cursor, and a condition that has no meaning

        >>> with open_store() as store:
        ...     changes = store.changes(language="en")
        ...     print({row["change"] for row in changes.rows(["title"])}, len(store.changes(changes.upto)))
        {'new'} 0
        """
        return Changes(self._opened(), selection_of(**conditions), Cursor.parse(since))

    @contextmanager
    def changes_for(self, consumer: str, **conditions: Unpack[Conditions]) -> Iterator[ConsumerChanges]:
        """Yield the changes that *consumer* has not acknowledged; nobody else can pull for it until the block ends.

        The store keeps the consumer's position. Only :meth:`~storage.export.changes.ConsumerChanges.acknowledge` moves
        it, so changes that were not acknowledged come again. ``storykin export --consumer`` and ``storykin consumers``
        share these consumers.

        :raises InputError: for an empty name, and if the consumer pulls with another selection
        :raises AlreadyPulledError: if another process pulls for the consumer
        """
        selection = selection_of(**conditions)
        with self._store.errors(), claimed(self._opened(), consumer) as claim:
            claim.require_same(selection)
            yield ConsumerChanges(self._opened(), selection, claim)

    def related(self, *, portal: str = "", source: str = "") -> RecordSet[Edge]:
        """Return which article shows which story as related, by article and place on its page.

        :param portal: only of articles of this portal
        :param source: only of the article with this id or any address of it

        >>> with open_store() as store:
        ...     first = min(edge.story.title for edge in store.related())
        ...     frame = store.related().to_polars(["source", "target", "story", "last_seen"])
        >>> first, frame.height
        ('Biển động, tàu thuyền được kêu gọi vào bờ trước nửa đêm', 240)
        """
        wanted: dict[str, Any] = {"portal": portal} if portal else {}
        if source:
            wanted["source"] = self._id(source)
        order = [("source", 1), ("story.position", 1), ("_id", 1)]
        return self._of_collection(edge_rows, wanted, Edge.from_json, get_type_hints(Edge), order)

    def clusters(self, *, portal: str = "", least: int = 2) -> RecordSet[StoryCluster]:
        """Return the stories that are stored more than once, largest first.

        :param portal: only those with a copy (not the representative) in this portal
        :param least: articles that they have at least

        >>> with open_store() as store:
        ...     copies = [member for cluster in store.clusters() for member in cluster.members if member.duplicate]
        >>> sorted(copy.duplicate.relation for copy in copies)
        ['contained', 'exact', 'near', 'near']
        """
        return RecordSet(
            self._store,
            rows=lambda _: _clusters(self._opened(), portal, least),
            record=StoryCluster.from_json,
            columns=get_type_hints(StoryCluster),
            count=lambda: sum(1 for _ in _sizes(self._opened(), portal, least)),
        )

    def versions(self, key: str) -> RecordSet[Version]:
        """Return the older texts of the article with the id *key*, or any address of it, oldest first.

        >>> with open_store() as store:
        ...     changed = [one.id for one in store.articles() if one.version > 1]
        ...     older = [version.changed for key in changed for version in store.versions(key)]
        >>> older  # the demo is crawled once
        []
        """
        wanted = {"article": self._id(key)}
        own = {name: hint for name, hint in get_type_hints(Version).items() if name != "article"}
        columns = get_type_hints(Article) | own
        order = [("version", 1), ("_id", 1)]
        return self._of_collection(versions.version_rows, wanted, versions.version_of, columns, order, key="article")

    def _id(self, key: str) -> str:
        """Return the id that *key* names; of an article that is not stored, the one that it would have."""
        with self._store.errors():
            return articles.find_ids(self._opened(), [key], self._canonical).get(key) or article_id(key)

    def _of_collection(
        self,
        collection: Callable[[Store], ReadOnly],
        wanted: Mapping[str, Any],
        record: Any,
        columns: dict[str, Any],
        order: Any,
        *,
        key: str = "_id",
        most: int | None = None,
        start: str = "",
    ) -> RecordSet[Any]:
        """Return the documents of a collection as records.

        :param key: the field that is the column ``id``
        :param most: documents, at most
        :param start: of ids, to go on from the smallest after the largest. Ids are hashes, so those that follow a
            random one are a random sample, found by the index
        """
        parts = [{"$and": [wanted, {"_id": {"$gte": start}}]}, {"$and": [wanted, {"_id": {"$lt": start}}]}]

        def rows(names: Sequence[str] | None) -> Iterator[Document]:
            fields = [key if one == "id" else one for one in names] if names else None
            found = collection(self._opened())
            for part in parts if start else [wanted]:
                with found.find(part, fields).sort(order).allow_disk_use(True) as cursor:
                    if key == "_id":
                        yield from cursor
                    else:
                        yield from (row | {"_id": row[key]} if names and key in row else row for row in cursor)

        def count() -> int:
            stored = collection(self._opened()).count_documents(wanted)
            return stored if most is None else min(most, stored)

        return RecordSet(
            self._store, rows=lambda names: islice(rows(names), most), record=record, columns=columns, count=count
        )

    def _opened(self) -> Store:
        if self._closed:
            raise StorageError("the store is closed: read inside the block of `with open_store() as store`")
        return self._store


def _sizes(store: Store, portal: str, least: int) -> Iterator[tuple[str, int]]:
    for root, copies, portals in clusters.sizes(store):
        if copies + 1 >= least and (not portal or portal in portals):
            yield root, copies + 1


_MEMBER = dict.fromkeys(("url", "portal", "title", "published", "duplicate"), 1)


def _clusters(store: Store, portal: str, least: int) -> Iterator[Document]:
    for some in batches(_sizes(store, portal, least), 500):
        roots = [root for root, _ in some]
        found: dict[str, list[dict[str, Any]]] = {root: [] for root in roots}
        wanted = {"$or": [{"_id": {"$in": roots}}, {"duplicate.of": {"$in": roots}}]}
        for row in article_rows(store).find(wanted, _MEMBER).sort("_id", 1):
            copied = (row.get("duplicate") or {}).get("of")
            for root in {row["_id"], copied} & found.keys():
                found[root].append({**row, "id": row["_id"], "duplicate": row["duplicate"] if root == copied else None})
        for root in roots:
            members = sorted(found[root], key=lambda row: row["id"] != root)
            yield {
                "representative": root,
                "size": len(members),
                "portals": sorted({row["portal"] for row in members}),
                "members": [
                    ClusterMember.from_json(row).to_json() | {"published": row["published"]} for row in members
                ],
            }
