"""What each collection holds, for ``docs/schema.md``: the record of its documents, what they have besides, shard key.

``tools.schema_document`` writes it out; a test compares it with the documents of a crawl, field by field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from storage.articles.articles import StoredArticle
from storage.articles.change_marks import Change
from storage.articles.versions import Version
from storage.duplicates.manual_decisions import HandDecision
from storage.export.consumers import Consumer
from storage.frontier.entry import FrontierEntry
from storage.frontier.failures import Failure
from storage.frontier.hosts import Host
from storage.frontier.ledger import HostDay
from storage.frontier.pauses import Pause
from storage.frontier.related_links import Edge
from storage.frontier.robots_rules import HostRules
from storage.frontier.runs import Run
from storage.records import Article, RawPage
from storage.report.labels import Label

HASHED = '`{_id: "hashed"}`'
SMALL = "not sharded: a few documents"

Fields = Mapping[str, tuple[str, str]]
"""Name → type in words and meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One collection."""

    name: str
    what: str
    """What a document is, and what its ``_id`` is."""
    records: tuple[type[Any], ...] = ()
    """Dataclasses whose fields the documents have."""
    absent: frozenset[str] = frozenset()
    """Fields of these that are no fields of the documents: derived, or the ``_id``."""
    more: Fields = field(default_factory=dict)
    """Fields beside those; the same name goes before the record's."""
    shard_key: str = HASHED


_ARTICLE: Fields = {
    "entry": ("text", "id of the frontier entry that is fetched again"),
    "content": ("text", "hash of title, text and time of publication: another one is a new version"),
    "details": ("text", "hash of all other fields that the page decides"),
    "agency": ("true or false", "carries an agency's credit"),
    "measures": ("document", "counts that reports add up: `characters`, `related`, `repeated_entries`, …"),
}

COLLECTIONS: tuple[Collection, ...] = (
    Collection(
        name="articles",
        what="An article; `_id` is its `id`: hash of the canonical URL.",
        records=(StoredArticle,),
        absent=frozenset({"id"}),
        more={
            **_ARTICLE,
            "judged": ("text", "`content` that deduplication has judged"),
            "beside": ("list of text, or absent", "articles of another story that it is compared with nevertheless"),
            "twin": ("text, or absent", "article whose exact text it has, and whose keys in the index are its own"),
            "first_run": ("text", "run that stored it"),
            "last_run": ("text", "run that saw it last"),
            "stamp": ("ObjectId", "new with each write that an export shows"),
            "unpulled": ("true, or absent", "no pull has numbered the last such write"),
        },
    ),
    Collection(
        name="versions",
        what="An older text of an article; `_id` is `<article>:<content>`. Other fields are those of `articles`.",
        records=(Article, Version),
        absent=frozenset({"id"}),
        more={
            **_ARTICLE,
            "article": ("text", "id of the article"),
            "reason": ("text, or absent", "`reprocessed`: the page was as before and was read otherwise"),
            **dict.fromkeys(("first_seen", "last_seen", "updated"), ("time", "as the article had it then")),
            **dict.fromkeys(("first_run", "last_run"), ("text", "as the article had it then")),
        },
    ),
    Collection(
        name="pages",
        what="A response; `_id` is the frontier entry, `<entry>:<content>` for those of older versions.",
        records=(RawPage,),
        absent=frozenset({"entry"}),
        more={
            "body": ("binary", "bytes after Content-Encoding was undone, compressed with zstd"),
            "bytes": ("integer", "length of the body before compression"),
            "newest": ("true or false", "the newest response of its entry"),
            "doubts": ("list of text, or absent", "what was doubtful about the body before it was read"),
            "rights": ("list of records, or absent", "what host and headers say may be done with it"),
            "expires": ("time", "when the server drops it (TTL index)"),
            "read_by": ("text, or absent", "version and seed that `storykin reprocess` read it with"),
        },
    ),
    Collection(
        name="edges",
        what="A related story on an article's page; `_id` is the hash of source and target.",
        records=(Edge,),
        more={
            "first_run": ("text", "run that found it"),
            "to_article": ("text, or absent", "id of the stored article that it leads to, by any way"),
            "linked_by": ("text, or absent", "by what that was found: `address`, `title` or `blurb`"),
        },
    ),
    Collection(
        name="fingerprints",
        what="The fingerprint of an article, for candidates; `_id` is the article. Dropped after 90 days.",
        more={
            "content": ("text", "hash of the text that it is of"),
            "exact": ("binary", "16 bytes: hash of the normalised text"),
            "signature": ("binary", "MinHash values, 32 bits each, little-endian"),
            "bands": ("list of integer, or absent", "keys of its bands and of its beginning; absent without words"),
            "words": ("integer", "of the normalised text"),
            "at": ("time", "when it was written"),
            "made": ("text, or absent", "parameters of the rebuild that made it"),
        },
    ),
    Collection(
        name="exact",
        what="The claim of an exact text; `_id` is the 16-byte hash of the normalised text.",
        more={"article": ("text", "article that holds the text")},
    ),
    Collection(
        name="decisions",
        what="What somebody decided about two articles; it outlives every re-run. `_id` is both ids.",
        records=(HandDecision,),
        more={"articles": ("list of text", "both ids")},
    ),
    Collection(
        name="labels",
        what="What somebody said about two articles for `storykin cluster calibrate`; `_id` is both ids.",
        records=(Label,),
    ),
    Collection(
        name="frontier",
        what="An address of a portal; `_id` is the hash of portal and canonical URL.",
        records=(FrontierEntry,),
        more={
            "host": ("text", "host asked"),
            "state": ("text", "`queued`, `leased`, `done`, `failed` or `dead`"),
            "outcome": ("text", "what the page was: `article`, `listing`, `not article`, `failure`, …"),
            "reason": ("text", "why, in words"),
            "status": ("integer", "HTTP status, 0 without an answer"),
            "final_url": ("text", "address that answered"),
            "change": ("text", "what its article was: `new`, `version`, `unchanged` or `alias`"),
            "characters": ("integer", "of the article's text"),
            "cut": ("true, or absent", "its links were left out since they lie beyond the depth of the crawl"),
            "along": ("list of text", "kinds of related stories that were followed from its article; empty: all"),
            "worker": ("text", "process that holds the lease"),
            "until": ("time", "end of the lease"),
            "finished": ("time", "when the last lease was ended"),
            "ended_by": ("text", "lease that ended it"),
            "failed_runs": ("integer", "runs that it failed in"),
            "deaths": ("integer", "leases lost with a killed process; `attempts` counts them too"),
            "run": ("text", "run that it was last part of"),
            "due": ("time", "may be leased from then on"),
        },
    ),
    Collection(
        name="hosts",
        what="What the turns at a host rest on; `_id` is the host.",
        records=(Host,),
        absent=frozenset({"id", "host"}),
    ),
    Collection(
        name="host_rules",
        what="The robots.txt of an origin; `_id` is the origin.",
        records=(HostRules,),
        absent=frozenset({"origin"}),
        more={"body": ("binary", "the file")},
    ),
    Collection(
        name="host_days",
        what="The ledger of a host and day; `_id` is both.",
        records=(HostDay,),
    ),
    Collection(
        name="failures",
        what="Why an address did not become an article; `_id` is its frontier entry.",
        records=(Failure,),
        absent=frozenset({"id"}),
        more={"shape": ("text", "`reason` without addresses and figures: like failures have the same")},
    ),
    Collection(
        name="runs",
        what="A crawl of a portal; `_id` is the run.",
        records=(Run,),
        absent=frozenset({"id"}),
        more={"counted": ("list of text", "workers whose counts are in it")},
    ),
    Collection(
        name="locks",
        what="Who crawls a portal; `_id` is the portal.",
        more={
            "run": ("text", "its run"),
            "worker": ("text", "process that holds it"),
            "since": ("time", "when it was taken"),
            "until": ("time", "free again then, unless it is renewed"),
        },
        shard_key=SMALL,
    ),
    Collection(
        name="pauses",
        what="That a portal is not to be crawled; `_id` is the portal.",
        records=(Pause,),
        absent=frozenset({"portal"}),
        shard_key=SMALL,
    ),
    Collection(
        name="changes",
        what="The newest change of an article, for pulls; `_id` is the article.",
        records=(Change,),
        absent=frozenset({"id"}),
    ),
    Collection(
        name="consumers",
        what="Who pulls; `_id` is the name.",
        records=(Consumer,),
        absent=frozenset({"name", "claimed_by", "claimed"}),
        more={
            "cursor": ("document", "`key` of the database and `seq`, the number of the last change pulled"),
            "claim": ("document", "`token`, `worker`, `since` and `until` of the process that pulls for it now"),
        },
        shard_key=SMALL,
    ),
    Collection(
        name="reprocessed",
        what="How far `storykin reprocess --warc` has come in a file; `_id` is the hash of file, version and seeds.",
        more={
            "file": ("text", "its name"),
            "pages": ("integer", "pages read and stored"),
            "at": ("time", "when the last of them were"),
        },
        shard_key=SMALL,
    ),
    Collection(
        name="meta",
        what=(
            "`schema`: version and indexes of this database; `fingerprints`: the parameters of all signatures; "
            "`changes`: the key of its cursors and the last number; `deciding`: who decides right now; "
            "`move`: an unfinished move."
        ),
        more={
            "indexes": ("text", "`schema`: hash of all index definitions"),
            "params": ("document or null", "`fingerprints`: MinHash parameters"),
            "next": ("document", "`fingerprints`: those of a rebuild under way"),
            "key": ("text", "`changes`: the first part of a cursor"),
            "seq": ("integer", "`changes`: the last number"),
            "rounds": ("integer", "`changes`: transactions"),
            "begun": ("integer", "`deciding`: decisions about repeats begun so far"),
            "under_way": ("list of document", "`deciding`: token and time of each decision under way"),
            "source": ("text", "`move`: where it comes from"),
        },
        shard_key=SMALL,
    ),
)
"""In the order of the page."""

MEANINGS: Mapping[str, str] = {
    "schema_version": "version of the schema that it was written with",
    "title": "headline",
    "captions": "of images, in order",
    "authors": "names without titles and agencies",
    "modified": "UTC",
    "section": "as the page names it",
    "tags": "as the page names them",
    "image": "address",
    "fetched": "UTC",
    "duplicate": "why it counts as a repeat of another article; null if it repeats none",
    "StoredArticle.story": "of a story that several articles tell; null of one that stands alone",
    "withdrawn": "that it is not to be used any more; null or absent if it is not so",
    "first_seen": "UTC, by the writer's clock",
    "last_seen": "UTC, by the writer's clock",
    "portal": "name of the portal",
    "url": "address",
    "related": "stories that the page shows as related",
    "related_status": "whether the page has a block of related stories",
    "paragraphs": "every block with its verdict, the dropped ones too",
    "story": "as its latest page showed it",
    "blurb": "text under the title",
    "worker": "process",
    "reason": "in words",
    "published": "UTC",
    "version": "number of its text",
    "cursor": "where to go on: `--since CURSOR`",
    "change": "what happened: see [data.md](data.md)",
    "host": "lower case, without port",
    "etag": "the header as sent",
    "last_modified": "the header as sent",
    "status": "HTTP status",
    "score": "similarity, 0 to 1",
    "attempts": "leases so far",
    "referrer": "page that led there",
    "run": "id of the run",
    "started": "UTC",
    "finished": "UTC; null while it runs",
    "since": "UTC",
    "at": "UTC",
    "by": "who",
    "requests": "sent on that day",
    "bytes": "received on that day",
    "b": "the other id",
    "text": "as on the page, NFC",
    "verdict": "`same`: one story; `apart`: two",
    "RelatedStory.kind": "related, or the kind of list that would stand on other pages too",
    "RelatedStory.title_copies": "times that the page shows the title",
    "RelatedStory.blurb_copies": "times that the page shows the blurb",
    "Duplicate.relation": "`exact`: the same words; `near`: nearly; `contained`: one holds the other",
    "Duplicate.same_portal": "whether both are of one portal",
    "Label.same": "whether they are one story",
    "Label.score": "similarity, when it was labelled",
    "Paragraph.verdict": "what it was judged to be; `lead`, `heading` and `body` make up the text",
    "TextSpan.start": "first character of the stretch",
    "TextSpan.end": "character after the stretch",
    "TextSpan.of_start": "the same in the article that it repeats",
    "TextSpan.of_end": "the same in the article that it repeats",
    "FrontierEntry.kind": "how the address was found",
    "FrontierEntry.token": "of the lease",
    "Host.next": "next free turn",
    "Run.version": "of storykin",
    "Run.arguments": "options of the command",
    "Run.counts": "pages by outcome",
    "Run.finished": "null while it runs",
    "Run.verdict": "why the exit code is what it is, in words",
    "Change.seq": "number of the last change",
    "Change.withdrawn": "it was withdrawn",
    "Change.restored": "its withdrawal was taken back",
    "Change.duplicate_of": "article that it repeats",
    "Change.kept_in": "kept article that says all of it",
    "Consumer.pulled": "time of the last pull",
    "Version.changed": "fields in which the text that took its place differs from it",
}
"""Of fields whose record says nothing of them; ``Record.field`` goes before what the record says."""
