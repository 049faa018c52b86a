"""Articles in MongoDB: one document a canonical URL, older texts kept as versions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from dedupe.text.normalise import is_agency_copy
from storage.articles import claims, versions
from storage.articles.collection import Update, article_rows, insert_new, update
from storage.articles.versions import DECIDED, FOUND
from storage.base.documents import content_hash, details_hash, document_of, encodable, measures_of, now, record_of
from storage.frontier.collection import frontier_rows
from storage.frontier.entry import FrontierEntry, entry_id
from storage.frontier.followed import followed
from storage.records import Article, Change, Duplicate, StoryFacts, Teaser, Withdrawal, article_id

if TYPE_CHECKING:
    from storage.database.store import Store


# A trap of endless addresses may end at one article; the frontier has them all.
_MOST_ALIASES = 1000
# Of a stored article, all that tells whether a page changes it.
_HEAD = dict.fromkeys(
    ("content", "details", "fetched", "url", "canonical_url", "aliases", "entry", "version", "own_url"), 1
)
# What tells when the page was last asked for.
_SIGHTED = frozenset({"last_seen", "last_run"})
# What a page of an article leaves as it is stored.
_LASTING = frozenset({"_id", "first_seen", "first_run", "entry", "version", "aliases"}) | FOUND | DECIDED


Canonical = Callable[[str], str]
"""Returns the identity of an address, as ``crawler.urls.canonical.canonical_url`` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle(Article):
    """An article with what the store knows about it: the columns of an export. ``id`` is the document's ``_id``."""

    duplicate: Duplicate | None = None
    story: StoryFacts | None = None
    """Of a story that several articles tell."""
    teasers: tuple[Teaser, ...] = ()
    """What other pages teach about the paragraphs, as of the last ``storykin dedupe --all``."""
    withdrawn: Withdrawal | None = None
    version: int = 1
    """Counts the texts this address has had."""
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    updated: datetime | None = None
    """When an export would have shown something else before, by the writer's clock."""
    found_as: str = ""
    """What a crawl took its address for: ``start``, ``feed``, ``listing``, ``article`` or ``related``."""
    found_on: str = ""
    """Address of the page with that link; empty for a page to start from."""

    @property
    def article(self) -> Article:
        """The page's article alone."""
        return Article(**{field.name: getattr(self, field.name) for field in fields(Article)})


StoredT = TypeVar("StoredT", bound=StoredArticle)


@dataclass(frozen=True, slots=True, kw_only=True)
class PutResult:
    """What became of one article that was put."""

    id: str
    """In the store."""
    change: Change
    content: str
    """Hash of the text stored now."""
    page: Mapping[str, Any]
    """The document that the article would be if nothing of it were stored; where it is new, what is stored."""
    moved: Mapping[str, Any] | None = None
    """The document of another page that had its address, and is stored under its own now."""

    def filed(self, article: Article) -> Article:
        """Return *article*, which was put, under the address that it is stored under."""
        claimed = article_id(article.canonical_url or article.url)
        return article if self.id == claimed or not article.own_url else replace(article, canonical_url=article.own_url)


def put_many(
    store: Store,
    articles: Sequence[Article],
    run_id: str = "",
    entries: Sequence[FrontierEntry | str] = (),
    *,
    reprocessed: bool = False,
) -> list[PutResult]:
    """Store *articles* and return the outcome of each, in order. A second call with the same ones changes nothing.

    - An article whose title, text or time of publication differs from the stored one (``content_hash``) is a
      ``version``. The older text moves to ``versions``; the text that was fetched later stays in ``articles``.
    - An article that differs only in other fields, such as related stories, replaces these fields.
    - A page of an article that another frontier entry stored first is an ``alias``. Its address joins the aliases.
    - The frontier entry of an article is the entry of its ``url``, and of its canonical address once that has answered.
    - A page that claims a stored address but tells another story is an article of its own
      (:mod:`storage.articles.claims`).

    :param run_id: the run that fetched the pages
    :param entries: the frontier entry of each article, or the entry's id
    :param reprocessed: the pages were fetched earlier and are read again. Then ``last_seen`` stays, other fields
        replace those of the same page, a changed text becomes a version with this reason, and other pages change
        nothing
    """
    owners = list(entries) or [""] * len(articles)
    pages = [_page(article, entry, run_id) for article, entry in zip(articles, owners, strict=True)]
    refuted = _refuted(store, pages)
    pages = [claims.apart(page) if article_id(page["own_url"]) in refuted else page for page in pages]
    results: list[PutResult | None] = [None] * len(pages)
    waiting = list(range(len(pages)))
    while waiting:
        # One page for each article a round: a batch may hold two addresses of one article.
        first = {pages[index]["_id"]: index for index in reversed(waiting)}
        turn = {index: pages[index] for index in sorted(first.values())}
        for index, holder in _clashes(store, turn).items():
            page = turn.pop(index)
            if not claims.goes_before(page, holder):
                pages[index] = claims.apart(page)
            elif put := _make_way(store, page, holder):
                results = [_moved_along(one, put, holder) for one in results]
                results[index] = put
        for index, put in _put_round(store, turn, reprocessed):
            results[index] = put
        waiting = [index for index in waiting if results[index] is None]
    return [put for put in results if put is not None]


def get(store: Store, key: str, canonical: Canonical = str) -> StoredArticle | None:
    """Return the article with the id or address *key*: see :func:`find_ids`."""
    row = article_rows(store).find_one({"_id": find_ids(store, [key], canonical).get(key)})
    return stored_of(row) if row else None


def find_ids(store: Store, keys: Collection[str], canonical: Canonical = str) -> dict[str, str]:
    """Return the ids of the articles that *keys* name. A key is an id or any address that leads to an article.

    Such an address is the canonical one, an alias, or an address that a crawl asked for and that ended at the article.
    """
    forms = {key: dict.fromkeys((key, canonical(key) or key)) for key in keys}
    wanted = [one for several in forms.values() for form in several for one in (form, article_id(form))]
    stored = {row["_id"] for row in article_rows(store).find({"_id": {"$in": wanted}}, {"_id": 1})}
    ids = {key: one for key in forms for form in forms[key] for one in (form, article_id(form)) if one in stored}
    left = {form: key for key, several in forms.items() if key not in ids for form in several}
    if not left:
        return ids
    for row in article_rows(store).find({"aliases": {"$in": list(left)}}, {"aliases": 1}):
        ids |= {left[alias]: row["_id"] for alias in left.keys() & row["aliases"]}
    asked = {entry_id(portal, form): left[form] for portal in frontier_rows(store).distinct("portal") for form in left}
    for row in frontier_rows(store).find({"_id": {"$in": list(asked)}, "article": {"$gt": ""}}, {"article": 1}):
        ids.setdefault(asked[row["_id"]], row["article"])
    return ids


def iterate(
    store: Store,
    *,
    portal: str = "",
    language: str = "",
    since: datetime | None = None,
    distinct: bool = False,
    ids: Collection[str] | None = None,
) -> Iterator[StoredArticle]:
    """Yield stored articles by id, a batch in memory at a time.

    :param since: only those that were new or changed at this time or later
    :param distinct: leave out articles that repeat another one
    """
    wanted: dict[str, Any] = {}
    if portal:
        wanted["portal"] = portal
    if language:
        wanted["language"] = language
    if since is not None:
        wanted["updated"] = {"$gte": since}
    if distinct:
        wanted["duplicate"] = None
    if ids is not None:
        wanted["_id"] = {"$in": list(ids)}
    for row in article_rows(store).find(wanted).sort("_id", 1).allow_disk_use(True):
        yield stored_of(row)


def answered(store: Store, entries: Iterable[FrontierEntry]) -> dict[str, str]:
    """Return the articles of those *entries* whose address has answered already, at the end of a redirect.

    Keyed by entry. What a page claims to be called does not count, only what answered: a wrong canonical link must
    not keep another page from being read.
    """
    by_article = {article_id(entry.key or entry.url): entry for entry in entries}
    found: dict[str, str] = {}
    owners: dict[str, set[str]] = {}
    for row in article_rows(store).find({"_id": {"$in": list(by_article)}}, {"url": 1, "canonical_url": 1, "entry": 1}):
        entry = by_article[row["_id"]]
        if row["entry"] != entry.id and row["url"] in (row["canonical_url"], entry.url):
            found[entry.id], owners[entry.id] = str(row["_id"]), {row["entry"]}
    return {key: found[key] for key in followed(store, owners)}


def seen_again(store: Store, ids: Collection[str], run_id: str = "") -> None:
    """Note that the pages of *ids* were asked for and are as they were."""
    if ids:
        change = {"$max": {"last_seen": now()}, "$set": {"last_run": run_id}}
        update(store, [Update({"_id": {"$in": list(ids)}}, change, visible=False, many=True)])


def known(store: Store, canonical_urls: Iterable[str]) -> set[str]:
    """Return those of *canonical_urls* that have an article."""
    by_id = {article_id(url): url for url in canonical_urls}
    return {by_id[row["_id"]] for row in article_rows(store).find({"_id": {"$in": list(by_id)}}, {"_id": 1})}


def latest(store: Store, portal: str, most: int, *, before: datetime | None = None) -> list[Article]:
    """Return the *most* articles of *portal* published last that are whole: each has a title and a text.

    :param before: only those whose page was fetched earlier
    """
    wanted: dict[str, Any] = {"portal": portal, "duplicate": None, "title": {"$ne": ""}, "text": {"$ne": ""}}
    if before is not None:
        wanted["fetched"] = {"$lt": before}
    rows = article_rows(store).find(wanted).sort([("published", -1), ("_id", 1)]).limit(most).allow_disk_use(True)
    return [stored_of(row).article for row in rows]


def stored_of(row: Mapping[str, Any], kind: type[StoredT] = StoredArticle) -> StoredT:  # type: ignore[assignment]
    """Return a document of ``articles`` as the record that it holds."""
    aliases = sorted({*row.get("aliases", ())} - {row["url"]})
    return record_of(kind, {**row, "id": row["_id"], "aliases": aliases})


def _page(article: Article, entry: FrontierEntry | str, run_id: str) -> dict[str, Any]:
    """Return the document that *article* would be if nothing of it were stored."""
    moment = now()
    document = document_of(article)
    document.update(
        _id=article_id(article.canonical_url or article.url),
        content=content_hash(article),
        details=details_hash(document),
        duplicate=None,
        story=None,
        teasers=[],
        judged="",
        agency=is_agency_copy(article.text),
        measures=measures_of(article),
        version=1,
        entry=entry if isinstance(entry, str) else entry.id,
        found_as="" if isinstance(entry, str) else entry.kind,
        found_on="" if isinstance(entry, str) else encodable(entry.referrer),
        first_seen=moment,
        last_seen=moment,
        updated=moment,
        first_run=run_id,
        last_run=run_id,
    )
    del document["id"]
    document["canonical_url"] = article.canonical_url or article.url
    return document


def _refuted(store: Store, pages: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the ids of the articles of *pages* whose claim to be another page's was found wrong before."""
    own = [article_id(page["own_url"]) for page in pages if page["own_url"]]
    wanted = {"_id": {"$in": own}, "quality": claims.CONTRADICTED}
    return {row["_id"] for row in article_rows(store).find(wanted, {"_id": 1})} if own else set()


def _clashes(store: Store, pages: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """Return what is stored where pages are to go that tell another story, by the index of the page."""
    claiming = [page["_id"] for page in pages.values() if page["own_url"]]
    others = [page["_id"] for page in pages.values() if not page["own_url"]]
    wanted = {"$or": [{"_id": {"$in": claiming}}, {"_id": {"$in": others}, "own_url": {"$gt": ""}}]}
    stored = {row["_id"]: row for row in article_rows(store).find(wanted)}
    return {
        index: holder
        for index, page in pages.items()
        if (holder := stored.get(page["_id"])) is not None and claims.contradicts(page, holder)
    }


def _make_way(store: Store, page: Mapping[str, Any], holder: Mapping[str, Any]) -> PutResult | None:
    """Put *page* where *holder* is stored, and that under its own address; ``None`` if it is gone already."""
    moved = {**claims.apart(holder), "duplicate": None, "teasers": [], "judged": ""}
    insert_new(store, [moved])
    fields = {name: value for name, value in page.items() if name not in {"_id", "version", "duplicate"}}
    still = {"_id": page["_id"], "content": holder["content"]}
    if update(store, [Update(still, {"$set": fields})]).matched != 1:
        return None
    return PutResult(id=page["_id"], change="version", content=page["content"], page=page, moved=moved)


def _moved_along(earlier: PutResult | None, put: PutResult, holder: Mapping[str, Any]) -> PutResult | None:
    """Return the result of an *earlier* page of the batch, with its new id where it is the one that made way."""
    if earlier and put.moved and earlier.id == put.id and earlier.page["own_url"] == holder["own_url"]:
        return replace(earlier, id=put.moved["_id"], page=put.moved)
    return earlier


def _put_round(store: Store, pages: Mapping[int, dict[str, Any]], again: bool) -> Iterator[tuple[int, PutResult]]:
    """Put pages of distinct articles; those that lost a race to another writer are left for the next round."""
    ids = [page["_id"] for page in pages.values()]
    heads = {row["_id"]: row for row in article_rows(store).find({"_id": {"$in": ids}}, _HEAD)}
    fresh = {index: page for index, page in pages.items() if page["_id"] not in heads}
    if fresh:
        inserted = insert_new(store, fresh.values())
        yield from ((index, _put(page, "new")) for index, page in fresh.items() if page["_id"] in inserted)
    seen: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
    changed: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
    for index, page in pages.items():
        head = heads.get(page["_id"])
        if head:
            (changed if _is_newer(page, head) else seen)[index] = (page, head)
    if seen:
        if again:
            sightings = [_rereading(*pair) for pair in seen.values() if _refreshes(*pair, again=True)]
        else:
            _keep_late(store, [page for page, head in seen.values() if page["content"] != head["content"]])
            sightings = [_sighting(*pair) for pair in seen.values()]
        update(store, sightings)
        for index, (page, head) in seen.items():
            change: Change = "unchanged" if page["entry"] == head["entry"] else "alias"
            yield index, PutResult(id=page["_id"], change=change, content=head["content"], page=page)
    for index, (page, head) in changed.items():
        if _replace(store, page, head, again):
            yield index, _put(page, "version" if page["entry"] == head["entry"] else "alias")


def _put(page: Mapping[str, Any], change: Change) -> PutResult:
    return PutResult(id=page["_id"], change=change, content=page["content"], page=page)


def _is_newer(page: Mapping[str, Any], head: Mapping[str, Any]) -> bool:
    """Return whether *page* has another text than the stored one and is to take its place.

    What answered at the canonical address goes before what another address, a mobile page say, shows of the
    article; then the later fetched one.
    """
    if page["content"] == head["content"]:
        return False
    ours, stored = (one["url"] == page["canonical_url"] for one in (page, head))
    if ours != stored:
        return bool(ours)
    return page["fetched"] is None or head["fetched"] is None or bool(page["fetched"] >= head["fetched"])


def _refreshes(page: Mapping[str, Any], head: Mapping[str, Any], *, again: bool = False) -> bool:
    """Return whether *page*, of the same text, is a later one of the same address with other details.

    :param again: also the same page, read anew
    """
    if page["content"] != head["content"] or page["url"] != head["url"] or page["details"] == head.get("details"):
        return False
    if not page["fetched"] or not head["fetched"]:
        return again
    return bool(page["fetched"] > head["fetched"] or (again and page["fetched"] == head["fetched"]))


def _rereading(page: Mapping[str, Any], head: Mapping[str, Any]) -> Update:
    """Return the update that replaces the details of an article whose page was read anew."""
    settled = _LASTING | _SIGHTED | {"url", "judged"}
    fields = {name: value for name, value in page.items() if name not in settled}
    return Update({"_id": page["_id"], "content": head["content"]}, {"$set": fields})


def _sighting(page: Mapping[str, Any], head: Mapping[str, Any]) -> Update:
    """Return the update that notes the addresses and the time of a page whose text is not stored anew."""
    url, others = _addresses(page, head)
    latest = {"last_seen": page["last_seen"]}
    change: dict[str, Any] = {"$set": {"last_run": page["last_run"]}, "$max": latest}
    visible = url != head["url"]
    if _refreshes(page, head):
        visible = True
        settled = _LASTING | {"url", "judged", "last_seen"}
        change["$set"] |= {name: value for name, value in page.items() if name not in settled}
    if url != head["url"]:
        change["$set"] |= {"url": url, "entry": page["entry"]}
    if not set(others).issubset(head["aliases"]) and len(head["aliases"]) < _MOST_ALIASES:
        visible = True
        change["$addToSet"] = {"aliases": {"$each": others}}
    return Update({"_id": page["_id"]}, change, visible=visible)


def _addresses(page: Mapping[str, Any], head: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return one address for the article, the canonical one if it ever answered, and all but the canonical one."""
    seen = {page["url"], head["url"], *page["aliases"], *head["aliases"]}
    url = min({page["url"], head["url"]}, key=lambda one: (one != page["canonical_url"], one))
    return url, sorted(seen - {page["canonical_url"]})


def _keep_late(store: Store, pages: Sequence[Mapping[str, Any]]) -> None:
    """Keep texts that do not take the place of the stored ones."""
    rows = {row["_id"]: row for row in article_rows(store).find({"_id": {"$in": [page["_id"] for page in pages]}})}
    versions.keep(store, [(page, rows[page["_id"]]) for page in pages if page["_id"] in rows])


def _replace(store: Store, page: dict[str, Any], head: Mapping[str, Any], again: bool) -> bool:
    """Put the text of *page* in the place of the one that *head* saw; ``False`` if that one is gone already."""
    stored = article_rows(store).find_one({"_id": page["_id"], "content": head["content"]})
    if stored is None:
        return False
    versions.keep(store, [(stored, page)], "reprocessed" if again else "")
    left = _LASTING | _SIGHTED if again else _LASTING
    fields = {name: value for name, value in page.items() if name not in left}
    fields["url"], fields["aliases"] = _addresses(page, stored)
    if fields["url"] != stored["url"]:
        fields["entry"] = page["entry"]
    change = {"$set": fields, "$inc": {"version": 1}}
    still = {"_id": page["_id"], "content": head["content"]}
    return update(store, [Update(still, change)]).matched == 1
