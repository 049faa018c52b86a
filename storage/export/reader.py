"""The Python API of those who read: articles, related stories, clusters and versions as records and as tables.

>>> from storage import open_store
>>> with open_store() as store:
...     titles = sorted(stored.article.title for stored in store.articles(language="vi"))
>>> len(titles), titles[0]
(18, 'Biển động, tàu thuyền được kêu gọi vào bờ trước nửa đêm')

The examples run on the database of ``storykin demo``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self, get_type_hints

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
from storage.export.columns import COLUMNS
from storage.export.record_set import Document, RecordSet
from storage.export.selection import Selection, moment
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

    def __init__(self, store: Store) -> None:
        self._store = store
        self._closed = False

    @classmethod
    def open(cls, uri: str | None = None, database: str | None = None) -> Self:
        """Open a store as :func:`storage.open_store` does."""
        store = Store.open(uri, database, prepare=False)
        try:
            with store.errors():
                indexes.check(store.db)
        except BaseException:
            store.close()
            raise
        return cls(store)

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
        portal: str | Sequence[str] = (),
        language: str | Sequence[str] = (),
        published_from: str | date | None = None,
        published_before: str | date | None = None,
        since: str | date | None = None,
        quality: str | Sequence[str] = (),
        without_quality: str | Sequence[str] = (),
        shortest: int = 0,
        longest: int | None = None,
        role: str | Sequence[str] = (),
        all_copies: bool = False,
        withdrawn: bool = False,
    ) -> RecordSet[StoredArticle]:
        """Return articles by id: each distinct one once, unless *all_copies* or *role* says otherwise.

        The conditions are those of ``storykin export`` (:class:`storage.export.selection.Selection`): several values
        of one are alternatives, conditions narrow each other. The columns of its tables are those of a Parquet export.
        Times are datetimes, dates or ISO text, in UTC where they name no zone.

        :raises InputError: for an argument that cannot be meant

        >>> with open_store() as store:
        ...     print(len(store.articles()), len(store.articles(all_copies=True)), len(store.articles(role="exact")))
        ...     table = store.articles(language="en").to_arrow(["id", "title", "published"])
        40 44 1
        >>> table.schema.field("published").type
        TimestampType(timestamp[us, tz=UTC])
        """
        selection = Selection(
            portals=_several(portal),
            languages=_several(language),
            published_from=moment("published_from", published_from),
            published_before=moment("published_before", published_before),
            since=moment("since", since),
            quality=_several(quality),
            without_quality=_several(without_quality),
            shortest=shortest,
            longest=longest,
            roles=_several(role),
            all_copies=all_copies,
            withdrawn=withdrawn,
        )
        return self._of_collection(article_rows, selection.query(), articles.stored_of, COLUMNS, [("_id", 1)])

    def article(self, key: str) -> StoredArticle | None:
        """Return the article with the id, the canonical URL or the alias *key*; ``None`` if there is none."""
        with self._store.errors():
            return articles.get(self._opened(), key)

    def related(self, *, portal: str = "", source: str = "") -> RecordSet[Edge]:
        """Return which article shows which story as related, by article and place on its page.

        :param portal: only of articles of this portal
        :param source: only of the article with this id or canonical URL

        >>> with open_store() as store:
        ...     first = min(edge.story.title for edge in store.related())
        ...     frame = store.related().to_polars(["source", "target", "story", "last_seen"])
        >>> first, frame.height
        ('Biển động, tàu thuyền được kêu gọi vào bờ trước nửa đêm', 240)
        """
        wanted: dict[str, Any] = {"portal": portal} if portal else {}
        if source:
            wanted["source"] = {"$in": [source, article_id(source)]}
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
            rows=lambda names: _clusters(self._opened(), portal, least),
            record=StoryCluster.from_json,
            columns=get_type_hints(StoryCluster),
            count=lambda: sum(1 for _ in _sizes(self._opened(), portal, least)),
        )

    def versions(self, key: str) -> RecordSet[Version]:
        """Return the older texts of the article with the id or canonical URL *key*, oldest first.

        >>> with open_store() as store:
        ...     changed = [one.article.id for one in store.articles() if one.version > 1]
        ...     older = [version.changed for key in changed for version in store.versions(key)]
        >>> older  # the demo is crawled once
        []
        """
        wanted = {"article": {"$in": [key, article_id(key)]}}
        own = {name: hint for name, hint in get_type_hints(Version).items() if name != "article"}
        columns = get_type_hints(Article) | own
        order = [("version", 1), ("_id", 1)]
        return self._of_collection(versions.version_rows, wanted, versions.version_of, columns, order, key="article")

    def _of_collection(
        self,
        collection: Callable[[Store], ReadOnly],
        wanted: Mapping[str, Any],
        record: Any,
        columns: dict[str, Any],
        order: Any,
        *,
        key: str = "_id",
    ) -> RecordSet[Any]:
        """Return the documents of a collection as records; *key* is the field that is the column ``id``."""

        def rows(names: Sequence[str] | None) -> Iterator[Document]:
            fields = [key if one == "id" else one for one in names] if names else None
            with collection(self._opened()).find(wanted, fields).sort(order).allow_disk_use(True) as cursor:
                for row in cursor:
                    yield row | {"_id": row[key]} if names and key in row else row

        return RecordSet(
            self._store,
            rows=rows,
            record=record,
            columns=columns,
            count=lambda: collection(self._opened()).count_documents(wanted),
        )

    def _opened(self) -> Store:
        if self._closed:
            raise StorageError("the store is closed: read inside the block of `with open_store() as store`")
        return self._store


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    if value is None or not all(isinstance(one, str) for one in value):
        raise InputError(f"{value!r} is neither a name nor a list of names")
    return (value,) if isinstance(value, str) else tuple(value)


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
