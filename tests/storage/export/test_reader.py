"""``open_store``: what data teams read with, against a real database."""

from __future__ import annotations

import builtins
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pytest

from dedupe.errors import InputError
from storage import open_store
from storage.articles import articles
from storage.articles.articles import StoredArticle
from storage.base.workers import worker_id
from storage.duplicates import decide
from storage.errors import StorageError
from storage.export import consumers, export
from storage.export.consumers import AlreadyPulledError
from storage.export.export import Layout
from storage.export.reader import StoreReader
from storage.export.selection import Selection
from storage.frontier import frontier, related_links
from storage.frontier.entry import FrontierEntry
from storage.records import Article, RelatedStory, article_id
from storage.write import withdrawal

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
        assert {one.title for one in opened.articles(all_copies=True)} == {"Bài 1", "Bài 2", "Bài 3"}
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
            (edge,) = opened.related(**chosen)
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
        ("pyarrow", "to_arrow", "Arrow needs pyarrow: pip install 'storykin[parquet]'"),
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


def test_articles_by_ids_addresses_and_number(filled: Store) -> None:
    with open_store() as opened:
        everything = [one.id for one in opened.articles(all_copies=True)]
        chosen = opened.articles(ids=["https://vov.example/2", everything[0], "https://vov.example/none"])
        assert {one.id for one in chosen} == {article_id("https://vov.example/2"), everything[0]}
        assert len(chosen) == len(list(chosen))
        few = opened.articles(all_copies=True, limit=2)
        assert ([one.id for one in few], len(few)) == (everything[:2], 2)
        assert few.to_arrow(["id"])["id"].to_pylist() == everything[:2]
        with pytest.raises(InputError, match="limit=-1"):
            opened.articles(limit=-1)
        with pytest.raises(InputError, match="no condition 'langage'"):
            opened.articles(langage="vi")


def test_a_sample_is_random_and_the_same_for_the_same_seed(store: Store) -> None:
    articles.put_many(store, [story(1 + n % 28, MARKET, portal=f"p{n}") for n in range(200)])
    with open_store() as opened:
        drawn = {seed: [one.id for one in opened.articles(sample=20, seed=seed)] for seed in range(30)}
        assert [one.id for one in opened.articles(sample=20, seed=3)] == drawn[3]
        assert all(len(set(ids)) == 20 for ids in drawn.values())
        assert len(set().union(*drawn.values())) > 150, "between them they reach most articles"
        assert len(list(opened.articles(sample=300))) == 200
        assert [one.portal for one in opened.articles(sample=9, portal="p7")] == ["p7"]


def test_any_address_finds_its_article(filled: Store) -> None:
    moved = story(5, "A story that answered at another address. " * 9)
    filled_url, mobile = "https://vov.example/5", "https://m.vov.example/5"
    articles.put_many(filled, [replace(moved, url=mobile, aliases=(mobile, "https://vov.example/short5"))])
    frontier.add(filled, [FrontierEntry(portal="vov", url="https://vov.example/old5")])
    entries = frontier.lease(filled, "vov", worker_id(), 1, 60)
    frontier.finish(filled, [(one, {"outcome": "article", "article": article_id(filled_url)}) for one in entries])
    with StoreReader.open(canonical=lambda url: url.partition("?")[0]) as opened:
        for address in (
            filled_url,
            article_id(filled_url),
            mobile,
            f"{filled_url}?utm_source=mail",
            f"{mobile}?utm_source=mail",
            "https://vov.example/short5",
            "https://vov.example/old5",
        ):
            found = opened.article(address)
            assert found, address
            assert found.id == article_id(filled_url)
            assert [one.id for one in opened.articles(ids=[address])] == [found.id]
        assert opened.article("https://vov.example/none") is None
        assert len(opened.related(source="https://vov.example/1?utm_source=mail")) == 1


def test_a_lazy_frame_reads_the_columns_and_rows_that_are_used(filled: Store) -> None:
    with open_store() as opened:
        lazy = opened.articles(all_copies=True).scan()
        assert lazy.collect_schema() == opened.articles(all_copies=True).to_polars().schema
        query = lazy.filter(pl.col("portal") == "vov").select("title", pl.col("text").str.len_chars().alias("n"))
        assert dict(query.collect().iter_rows()) == {"Bài 1": len(BRIDGE), "Bài 2": len(MARKET)}
        assert lazy.head(2).collect().height == 2
        assert lazy.select(pl.len()).collect().item() == 3
        articles.put_many(filled, [story(4, "Another story of the harbour. " * 9)])
        assert lazy.select("id").collect().height == 4


def test_records_have_the_columns_of_an_export(filled: Store) -> None:
    with open_store() as opened:
        found = opened.articles(all_copies=True)
        for article, row in zip(found, found.rows(), strict=True):
            assert list(article.to_json()) == list(row) == list(found.columns)
            assert (article.updated, article.section, row["section"]) == (row["updated"], "", None)
            assert StoredArticle.from_json(row) == article


def test_changes_move_nobody(filled: Store) -> None:
    with open_store() as opened:
        changes = opened.changes(all_copies=True)
        with pytest.raises(InputError, match="not read to its end"):
            changes.upto  # noqa: B018
        first = list(changes)
        assert {(one.change, one.title) for one in first} == {("new", f"Bài {n}") for n in (1, 2, 3)}
        assert [row["cursor"] for row in changes.rows(["title"])] == [one.cursor for one in first]
        assert [one.id for one in opened.changes(first[0].cursor, all_copies=True)] == [one.id for one in first[1:]]
        market = article_id("https://vov.example/2")  # nobody's copy: nothing else changes with it
        withdrawal.withdraw(filled, market, "")
        (gone,) = opened.changes(changes.upto, all_copies=True)
        assert (gone.change, gone.id, gone.text) == ("withdrawn", market, "")
        assert opened.changes(all_copies=True).to_arrow(["text"]).column_names == ["change", "cursor", "id", "text"]
        assert opened.changes(all_copies=True).scan().select("text").collect().columns == ["text"]
        assert next(consumers.iterate(filled), None) is None
        with pytest.raises(InputError, match="is no cursor"):
            opened.changes("2026-03-14")


def test_a_consumer_moves_when_it_acknowledges(filled: Store) -> None:
    with open_store() as opened:
        with opened.changes_for("lake", all_copies=True) as changes:
            assert len(list(changes)) == 3
        with opened.changes_for("lake", all_copies=True) as changes:
            first = next(iter(changes))
            with pytest.raises(AlreadyPulledError), opened.changes_for("lake", all_copies=True):
                pass
            changes.acknowledge(first.cursor)
        with pytest.raises(InputError, match="pulls with the selection"), opened.changes_for("lake", portal="vov"):
            pass
        with opened.changes_for("lake", all_copies=True) as changes:
            left = list(changes)
            assert first.id not in {one.id for one in left}
            assert len(left) == 2
            changes.acknowledge()
            assert list(changes) == []
        with pytest.raises(InputError, match="name is empty"), opened.changes_for(" "):
            pass
    (lake,) = consumers.iterate(filled)
    assert consumers.lag(filled, lake) == 0
