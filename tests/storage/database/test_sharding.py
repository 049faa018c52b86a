from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from crawler.demo.server import DemoServer
from storage.database.indexes import INDEXES
from storage.database.store import Store
from tests.crawler.processes import PATIENCE
from tests.support.shard_keys import BROADCASTS, is_targeted, starts_with_shard_key, unexplained
from tools.schema_fields import COLLECTIONS, HASHED, SMALL

SHARDED = {one.name for one in COLLECTIONS if one.shard_key != SMALL}
PROFILE_BYTES = 64 << 20


def test_every_collection_has_a_shard_key_or_is_small() -> None:
    assert {one.shard_key for one in COLLECTIONS} == {HASHED, SMALL}
    assert INDEXES.keys() <= {one.name for one in COLLECTIONS}


@pytest.mark.parametrize("collection", sorted(SHARDED & INDEXES.keys()))
def test_every_unique_index_starts_with_the_shard_key(collection: str) -> None:
    unique = [index for index in INDEXES[collection] if index.document.get("unique")]
    assert [index.document["name"] for index in unique if not starts_with_shard_key(index)] == []


def crawl_twice_profiled(owned: Database[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """Crawl the demo portal twice, the second time over what is known; return what the server was asked."""
    owned.create_collection("system.profile", capped=True, size=PROFILE_BYTES)
    owned.command("profile", 2)
    with DemoServer() as server:
        for _ in range(2):
            command = [sys.executable, "-m", "crawler.cli", "crawl", server.url, "--workers", "0"]
            ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
            assert ended.returncode == 0, ended.stderr
    owned.command("profile", 0)
    return list(owned["system.profile"].find())


def filters_of(asked: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return by what the documents were chosen; ``None`` for an insert, a further batch, or a command."""
    command = asked["command"]
    if "pipeline" in command:
        first = command["pipeline"][0] if command["pipeline"] else {}
        return first.get("$match", {})
    for name in ("q", "filter", "query"):
        if name in command and asked["op"] != "getmore":
            return command[name]
    return {} if asked["op"] == "query" else None


def test_queries_of_a_crawl_name_their_ids_or_are_known_to_ask_every_shard(
    store: Store, owner: MongoClient[dict[str, Any]]
) -> None:
    asked = crawl_twice_profiled(owner[store.db.name])
    by_collection: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in asked:
        collection, wanted = one["ns"].partition(".")[2], filters_of(one)
        if collection in SHARDED and wanted is not None:
            by_collection[collection].append(wanted)
            if one["op"] in ("update", "remove") and not one["command"].get("multi", one["op"] == "remove"):
                assert is_targeted(wanted), f"one document of {collection} is written without its id: {wanted}"
    assert {"articles", "frontier", "edges", "fingerprints", "pages"} <= by_collection.keys()
    assert {name: found for name in by_collection if (found := unexplained(name, by_collection[name]))} == {}
    assert {name for name, _ in BROADCASTS} <= SHARDED
    assert unexplained("edges", [{"target": "a"}, {"_id": "a"}]) == [frozenset({"target"})]
