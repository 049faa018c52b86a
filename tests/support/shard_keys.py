"""How the collections lie on a sharded cluster, and which queries of a crawl ask every shard.

Every sharded collection has the shard key ``{_id: "hashed"}`` (:mod:`tools.schema_fields` names each):
inserts spread over all shards, and ``_id`` stays unique, as equal ids lie on one shard. A query that holds ``_id`` as a
value or as ``$in`` goes to the shards of these ids alone. Every other query of a crawl stands in :data:`BROADCASTS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pymongo import IndexModel

SHARD_KEY = "_id"
"""Field that the hashed shard key is of."""

_LEASE = "a lease, one for some 16 pages"
_BATCH = "a batch of up to 64 finished pages"
_START = "the start of a run"
_END = "the end of a run"

BROADCASTS: dict[tuple[str, frozenset[str]], str] = {
    (collection, frozenset(fields.split())): reason
    for collection, fields, reason in (
        ("frontier", "portal state", f"{_LEASE}: the hosts with queued entries; whether anything waits"),
        ("frontier", "portal state host $expr", f"{_LEASE}: the best entries of each open host"),
        ("frontier", "portal state $and", f"{_LEASE}: leases that ran out"),
        ("frontier", "portal state worker", f"{_END}: what a lost answer left leased"),
        ("frontier", "portal state worker $and", f"{_START}: what dead workers held"),
        ("frontier", "portal cut state depth", f"{_START}: pages whose links lay too deep before"),
        ("frontier", "portal state kind", f"{_START}: listings are read again"),
        ("frontier", "portal", f"{_END}: counts by state"),
        ("fingerprints", "bands _id", f"{_BATCH}: candidates by band key"),
        ("decisions", "", f"{_BATCH}: whether anything was decided by hand at all"),
        ("decisions", "articles", f"{_BATCH}: what was decided by hand about them"),
        (
            "articles",
            "$or",
            f"{_BATCH} with copies or aliases: members of a story, twins; see storage.duplicates, storage.write.traps",
        ),
        ("articles", "duplicate.of", "a short copy: the members of its cluster"),
        ("articles", "portal last_seen published withdrawn.by", f"{_START}: articles that are due, by age"),
        ("articles", "portal first_seen last_seen withdrawn.by $or", f"{_START}: those without a date"),
        ("articles", "portal", f"{_END} that stored nothing: whether the portal has an article"),
        ("failures", "portal", f"{_START}: what may go better now"),
        ("runs", "portal started", f"{_END}: the runs before, to compare with"),
        ("hosts", "$expr", "every three seconds, for who looks at the progress: the hosts at rest"),
    )
}
"""(collection, fields of its filter) → when it asks every shard, and for what."""


def is_targeted(wanted: Mapping[str, Any]) -> bool:
    """Say whether the filter *wanted* names the ids it is about, so that not every shard is asked.

    >>> is_targeted({"_id": "a"}), is_targeted({"_id": {"$in": ["a", "b"]}, "state": "queued"})
    (True, True)
    >>> is_targeted({"_id": {"$gt": "a"}}), is_targeted({"portal": "vov"})  # order is lost in a hash
    (False, False)
    """
    key = wanted.get(SHARD_KEY)
    if isinstance(key, Mapping) and any(name.startswith("$") for name in key):
        return "$in" in key or "$eq" in key
    return SHARD_KEY in wanted


def starts_with_shard_key(index: IndexModel) -> bool:
    """Say whether *index* may be unique on a sharded collection."""
    return bool(next(iter(index.document["key"])) == SHARD_KEY)


def unexplained(collection: str, filters: Iterable[Mapping[str, Any]]) -> list[frozenset[str]]:
    """Return the fields of those *filters* that ask every shard and that :data:`BROADCASTS` does not name."""
    fields = {frozenset(one) for one in filters if not is_targeted(one)}
    return sorted((one for one in fields if (collection, one) not in BROADCASTS), key=sorted)
