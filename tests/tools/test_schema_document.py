"""docs/schema.md says what the code and a real database say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import bson
import pytest

from storage.database import indexes
from storage.export import consumers, pull
from storage.export.columns import COLUMNS, PULL_COLUMNS
from storage.export.selection import Selection
from storage.frontier import frontier, runs
from storage.frontier.frontier import FrontierEntry
from storage.maintenance.migrations import STEPS
from storage.records import SCHEMA_VERSION, Article, RawPage, RelatedStory
from storage.write.finished_page import FinishedPage
from storage.write.store_pages import store_pages
from tools import schema_document
from tools.schema_fields import COLLECTIONS

if TYPE_CHECKING:
    from storage.database.store import Store

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "schema.md"
TYPES = {"text": str, "integer": int, "number": float, "true or false": bool, "time": datetime, "binary": bytes}


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == schema_document.page(), "docs/schema.md is out of date: run make schema"


def test_every_collection_that_the_code_names_is_described() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "storage").rglob("*.py"))
    named = set(re.findall(r"\bdb\[\"([a-z_]+)\"\]", code)) | {indexes.META} | set(indexes.INDEXES)
    assert {one.name for one in COLLECTIONS} == named
    text = schema_document.page()
    assert all(f"\n### `{one.name}`\n" in text for one in COLLECTIONS)
    assert all(f"`{model.document['name']}`" in text for models in indexes.INDEXES.values() for model in models)


def test_every_column_and_field_has_a_type_and_a_meaning() -> None:
    rows = [line for line in schema_document.page().splitlines() if line.startswith("| `")]
    assert len(rows) > 300
    assert [row for row in rows if re.search(r"\|\s*\|\s*$", row) or re.search(r"\|\s*\|", row)] == []
    export = schema_document.page().partition("## Columns of an export")[2].partition("\n### ")[0]
    assert [name for name in [*COLUMNS, *PULL_COLUMNS] if f"| `{name}` |" not in export] == []


def test_every_step_of_the_migration_is_listed() -> None:
    text = schema_document.page()
    assert all(f"| {step.to} | {step.what} |" in text for step in STEPS)
    assert f"This is version {SCHEMA_VERSION}." in text


@pytest.fixture
def filled(store: Store) -> Iterator[Store]:
    """A store with a run, articles, a duplicate, a version, pages, edges, a failure and a pull."""
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    text = "The market on the old quay closes for a year while the city repairs its roof and its forty stalls. " * 3
    run = runs.begin(store, "vov")
    urls = [f"https://vov.example/{number}" for number in range(4)]
    frontier.add(store, [FrontierEntry(portal="vov", url=url) for url in urls], run.id)
    entries = {entry.url: entry for entry in frontier.lease(store, "vov", "w", 9, 60)}

    def finished(url: str, body: str) -> FinishedPage:
        related = (RelatedStory(url="https://vov.example/9", title="Elsewhere"),)
        article = Article(id="", url=url, canonical_url=url, title="Market", text=body, related=related, fetched=noon)
        raw = RawPage(url=url, body=body.encode(), fetched=noon)
        return FinishedPage(entry=entries[url], outcome="article", article=article, raw=raw, scope="s")

    lost = FinishedPage(entry=entries[urls[3]], outcome="failure", reason="HTTP 500", status=500)
    store_pages(
        store, [finished(urls[0], text), finished(urls[1], text), finished(urls[2], "Short news."), lost], run.id
    )
    later = finished(urls[2], "Short news of the harbour.")
    assert later.article
    article = replace(later.article, fetched=noon.replace(hour=13))
    store_pages(store, [replace(later, article=article)], run.id)
    cursor = pull.Cursor.parse(pull.START)
    pulled = pull.Pull(store, Selection(), cursor)
    assert sum(len(batch) for batch in pulled.batches({"_id"})) == 2
    with consumers.claimed(store, "lake") as claim:
        claim.advance(pulled.upto, {}, ["id"])
        yield store
    runs.finish(store, run, exit_code=0, counts={})


def test_documents_hold_the_described_fields_and_types_and_no_others(filled: Store) -> None:
    described = {one.name: schema_document.fields_of(one) for one in COLLECTIONS}
    looked_at = set()
    for name in filled.db.list_collection_names():
        for document in filled.db[name].find():
            looked_at.add(name)
            assert set(document) <= set(described[name]), (name, set(document) - set(described[name]))
            for field, value in document.items():
                kind = described[name][field][0]
                words = kind.partition(",")[0].removesuffix(" or null")
                if words in TYPES and not (value is None and kind.endswith("null")):
                    assert isinstance(value, TYPES[words]), (name, field, kind, value)
                elif words.startswith("list of") and value is not None:
                    assert isinstance(value, list), (name, field)
                elif words == "ObjectId":
                    assert isinstance(value, bson.ObjectId)
    assert looked_at >= {
        "articles", "versions", "pages", "edges", "fingerprints", "exact", "frontier", "failures", "runs", "locks",
        "changes", "consumers", "meta",
    }  # fmt: skip
