"""``open_store``: what data teams read with, against a real database."""

from __future__ import annotations

import builtins
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pytest

from dedupe.errors import InputError
from storage import open_store
from storage.articles import articles
from storage.duplicates import decide
from storage.errors import StorageError
from storage.export import export
from storage.export.export import Layout
from storage.export.selection import Selection
from storage.frontier import related_links
from storage.records import Article, RelatedStory, article_id

if TYPE_CHECKING:
    from pathlib import Path

    from storage.database.store import Store

BRIDGE = "Cầu mới qua sông thông xe sáng nay sau ba năm thi công và hai lần lùi tiến độ vì nước lũ dâng cao. " * 3
MARKET = "The market on the old quay closes for a year while the city repairs its roof and its forty stalls. " * 3


def story(number: int, text: str, **fields: Any) -> Article:
    url = f"https://{fields.get('portal', 'vov')}.example/{number}"
    moment = datetime(2026, 3, number, 5, tzinfo=UTC)
    made = {"portal": "vov", "language": "vi", "title": f"Bài {number}", "published": moment, "fetched": moment}
    return Article(id="", url=url, canonical_url=url, text=text, **(made | fields))


@pytest.fixture
def filled(store: Store) -> Store:
    related = (RelatedStory(url="https://vov.example/2", title="Chợ cũ", blurb="Chợ đóng cửa."),)
    some = [
        story(1, BRIDGE, related=related),
        story(2, MARKET, language="en"),
        story(3, BRIDGE, portal="other"),
    ]
    put = articles.put_many(store, some)
    related_links.put_many(store, some)
    decide.decide(store, [one.id for one in put])
    return store


def test_importing_storage_loads_no_driver_and_no_arrow() -> None:
    code = "import storage, sys; print(storage.open_store.__name__, {'pymongo', 'pyarrow', 'bson'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["open_store", "set()"]


def test_articles_are_filtered_as_an_export_is_and_can_be_passed_through_again(filled: Store) -> None:
    with open_store() as opened:
        distinct = opened.articles()
        assert len(distinct) == 2
        assert [one.article.id for one in distinct] == [one.article.id for one in distinct]
        assert {one.article.title for one in opened.articles(all_copies=True)} == {"Bài 1", "Bài 2", "Bài 3"}
        assert [one.article.title for one in opened.articles(language="en")] == ["Bài 2"]
        assert len(opened.articles(portal=["vov", "other"], role="duplicate")) == 1
        assert len(opened.articles(published_from=datetime(2026, 3, 2, tzinfo=UTC), all_copies=True)) == 2
        assert len(opened.articles(shortest=10_000)) == 0
        batches = list(opened.articles(all_copies=True).batches(2))
        assert [len(batch) for batch in batches] == [2, 1]
        with pytest.raises(InputError, match="size from 1"):
            next(opened.articles().batches(0))


def test_a_result_shows_what_was_stored_since_the_last_pass(filled: Store) -> None:
    with open_store() as opened:
        everything = opened.articles(all_copies=True)
        assert len(everything) == len(list(everything)) == 3
        articles.put_many(filled, [story(4, "Another story of the harbour. " * 9)])
        assert len(everything) == len(list(everything)) == 4


def test_tables_hold_the_same_rows_as_a_parquet_export(filled: Store, tmp_path: Path) -> None:
    file = tmp_path / "all.parquet"
    export.export(filled, file, layout=Layout(format="parquet"), selection=Selection(all_copies=True))
    with open_store() as opened:
        found = opened.articles(all_copies=True)
        table = found.to_arrow()
        assert table.num_rows == 3
        assert table.to_pylist() == pl.read_parquet(file, use_pyarrow=True).to_arrow().cast(table.schema).to_pylist()
        frame = found.to_polars(["id", "published", "related"])
        assert frame.columns == ["id", "published", "related"]
        assert frame.schema["published"] == pl.Datetime("us", "UTC")
        assert sorted(frame["id"]) == sorted(one.article.id for one in found)
        with pytest.raises(InputError, match="no column 'titel'"):
            found.to_arrow(["titel"])
        empty = opened.articles(portal="nobody").to_arrow()
        assert (empty.num_rows, empty.schema) == (0, table.schema)


def test_pandas_frames_keep_time_zones(filled: Store) -> None:
    pytest.importorskip("pandas")
    with open_store() as opened:
        frame = opened.articles().to_pandas(["title", "published"])
        assert str(frame["published"].dt.tz) == "UTC"
        assert sorted(frame["title"]) == sorted(one.article.title for one in opened.articles())


def test_related_stories_come_with_their_stories(filled: Store) -> None:
    with open_store() as opened:
        for chosen in (
            {},
            {"portal": "vov"},
            {"source": "https://vov.example/1"},
            {"source": article_id("https://vov.example/1")},
        ):
            (edge,) = opened.related(**chosen)  # type: ignore[arg-type]
            assert (edge.story.title, edge.target) == ("Chợ cũ", article_id("https://vov.example/2"))
        assert len(opened.related(portal="other")) == 0
        (row,) = opened.related().to_arrow().to_pylist()
        assert row["story"]["blurb"] == "Chợ đóng cửa."
        assert opened.related().to_arrow().schema.field("first_seen").type == pa.timestamp("us", "UTC")


def test_clusters_name_their_members_and_reasons(filled: Store) -> None:
    with open_store() as opened:
        (cluster,) = opened.clusters()
        assert len(opened.clusters()) == 1
        assert (cluster.size, cluster.portals) == (2, ("other", "vov"))
        representative, copy = cluster.members
        assert representative.id == cluster.representative
        assert representative.duplicate is None
        assert copy.duplicate is not None
        assert (copy.duplicate.of, copy.duplicate.relation) == (representative.id, "exact")
        assert copy.published is not None
        assert opened.clusters().to_arrow().to_pylist()[0]["members"][1]["duplicate"]["relation"] == "exact"
        assert len(opened.clusters(least=3)) == 0


def test_versions_are_the_older_texts(filled: Store) -> None:
    later = datetime(2026, 3, 9, tzinfo=UTC)
    articles.put_many(filled, [story(1, BRIDGE + "Xe tải chưa được qua.", fetched=later)])
    with open_store() as opened:
        found = opened.versions("https://vov.example/1")
        (older,) = found
        assert (older.version, older.changed, older.article.text) == (1, ("text",), BRIDGE)
        (row,) = found.to_arrow(["id", "version", "text", "changed"]).to_pylist()
        assert row == {"id": article_id("https://vov.example/1"), "version": 1, "text": BRIDGE, "changed": ["text"]}


def test_reading_writes_nothing_not_even_an_index(mongodb_uri: str) -> None:
    with open_store(mongodb_uri, "never_written") as opened:
        assert list(opened.articles()) == []
        assert list(opened.clusters()) == []
        assert opened._store.client.list_database_names().count("never_written") == 0


def test_a_database_of_another_schema_is_refused(store: Store) -> None:
    store.db["meta"].update_one({"_id": "schema"}, {"$set": {"schema_version": 1}})
    with pytest.raises(StorageError, match="storykin db migrate"):
        open_store()


def test_a_closed_store_says_so(filled: Store) -> None:
    with open_store() as opened:
        found = opened.articles()
    with pytest.raises(StorageError, match="inside the block"):
        list(found)
    with pytest.raises(StorageError, match="inside the block"):
        len(found)


@pytest.mark.parametrize(
    ("package", "method", "remedy"),
    [
        ("pyarrow", "to_arrow", "to_arrow() needs pyarrow: pip install 'storykin[parquet]'"),
        ("polars", "to_polars", "to_polars() needs polars: pip install 'storykin[data]'"),
        ("pandas", "to_pandas", "to_pandas() needs pandas: pip install pandas 'storykin[parquet]'"),
    ],
)
def test_a_missing_extra_is_named_with_its_remedy(
    filled: Store, monkeypatch: pytest.MonkeyPatch, package: str, method: str, remedy: str
) -> None:
    real = builtins.__import__

    def absent(name: str, *arguments: Any, **more: Any) -> Any:
        if name.partition(".")[0] == package:
            raise ImportError(name)
        return real(name, *arguments, **more)

    with open_store() as opened:
        found = opened.articles()
        monkeypatch.setattr(builtins, "__import__", absent)
        with pytest.raises(InputError) as raised:
            getattr(found, method)()
    assert str(raised.value) == remedy


def test_rows_are_flat_and_a_stream_of_batches_holds_what_the_table_holds(filled: Store) -> None:
    with open_store() as opened:
        rows = list(opened.articles().rows(["id", "title", "updated", "duplicate"]))
        assert [list(row) for row in rows] == [["id", "title", "updated", "duplicate"]] * 2
        assert all(row["updated"].tzinfo for row in rows)
        found = opened.articles()
        assert found.to_arrow_reader(["id", "related"]).read_all() == found.to_arrow(["id", "related"])
