from __future__ import annotations

import io
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import networkx
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from crawler.cli.graph import command
from storage.articles import articles
from storage.database.store import Store
from storage.export import graph, graph_files
from storage.frontier import related_links
from storage.records import Article, RelatedStory, article_id


def url(name: str, portal: str = "bay") -> str:
    return f"https://{portal}.example/{name}"


def article(name: str, *related: RelatedStory, portal: str = "bay", title: str = "") -> Article:
    return Article(
        id="",
        url=url(name, portal),
        canonical_url=url(name, portal),
        portal=portal,
        title=title or f"Story {name}",
        text=f"What {name} is about.",
        language="vi",
        published=datetime(2026, 3, len(name), tzinfo=UTC),
        related=related,
    )


def related(name: str, portal: str = "bay", **fields: str) -> RelatedStory:
    return RelatedStory(url=url(name, portal), title=f"Shown {name}", found_by="class", **fields)


@pytest.fixture
def filled(store: Store) -> Store:
    """a → b, c and a story never stored; b → c; copy (another portal) repeats c; loner is linked by none."""
    stories = [
        article("a", related("b", blurb="Giá gạo tăng"), related("c", kind="latest"), related("never")),
        article("b", related("c")),
        article("c", title='Họp "báo" <script>alert(1)</script> \x08 \u202eשלום 🎉'),
        article("copy", portal="cove"),
        article("loner"),
    ]
    articles.put_many(store, stories)
    related_links.put_many(store, stories)
    duplicate = {"of": article_id(url("c")), "relation": "near", "score": 0.93, "reason": ""}
    store.db["articles"].update_one({"_id": article_id(url("copy", "cove"))}, {"$set": {"duplicate": duplicate}})
    return store


def ids(*names: str) -> set[str]:
    return {article_id(url(name)) for name in names}


COPY = article_id(url("copy", "cove"))


def test_nodes_are_stored_and_linked_stories(filled: Store) -> None:
    found = {node.id: node for node in graph.nodes(filled)}
    assert set(found) == ids("a", "b", "c", "loner", "never") | {COPY}
    never = found[article_id(url("never"))]
    assert (never.stored, never.title, never.url) == (False, "Shown never", url("never"))
    assert found[COPY].representative == article_id(url("c"))


def test_a_portals_graph_holds_what_it_leads_to_elsewhere(filled: Store) -> None:
    assert {node.id for node in graph.nodes(filled, portal="cove")} == ids("c") | {COPY}
    assert [link.kind for link in graph.links(filled, portal="cove")] == ["duplicate"]


def test_a_link_by_title_leads_to_the_article_that_was_found(filled: Store) -> None:
    edge = {"source": article_id(url("a")), "target": article_id(url("never"))}
    filled.db["edges"].update_one(edge, {"$set": {"to_article": COPY, "linked_by": "title"}})
    assert article_id(url("never")) not in {node.id for node in graph.nodes(filled)}
    assert COPY in {link.target for link in graph.links(filled) if link.kind == "related"}
    assert {node.id for node in graph.nodes(filled, portal="bay")} == ids("a", "b", "c", "loner") | {COPY}
    assert article_id(url("loner")) in {node.id for node in graph.orphans(filled)}
    assert COPY not in {node.id for node in graph.orphans(filled)}


def test_hubs_and_orphans(filled: Store) -> None:
    assert [(one.node.id, one.links) for one in graph.hubs(filled, top=1)] == [(article_id(url("c")), 2)]
    assert {node.id for node in graph.orphans(filled)} == ids("a", "loner") | {COPY}
    assert {one.node.id for one in graph.hubs(filled, portal="bay")} == ids("b", "c", "never")


def test_the_neighbourhood_goes_both_ways_and_no_further(filled: Store) -> None:
    near = graph.neighbourhood(filled, url("b"), depth=1)
    assert near is not None
    assert set(near.nodes) == ids("a", "b", "c")
    wide = graph.neighbourhood(filled, article_id(url("b")), depth=2)
    assert wide is not None
    assert set(wide.nodes) == ids("a", "b", "c", "never") | {COPY}
    assert len(wide.links) == 5
    few = graph.neighbourhood(filled, url("b"), depth=2, most=2)
    assert few is not None
    assert (len(few.nodes), few.left_out) == (2, 2)
    assert all(link.source in few.nodes and link.target in few.nodes for link in few.links)
    assert graph.neighbourhood(filled, url("never")) is not None
    assert graph.neighbourhood(filled, url("nowhere")) is None


def test_the_kind_of_each_link_is_known_also_of_edges_stored_without_one(filled: Store) -> None:
    filled.db["edges"].update_one({"source": article_id(url("b"))}, {"$unset": {"story.kind": ""}})
    kinds = [(link.kind, link.story_kind) for link in graph.links(filled)]
    assert Counter(kinds) == {("related", "related"): 3, ("related", "latest"): 1, ("duplicate", ""): 1}
    shown = CliRunner().invoke(command, ["show", url("a"), "--depth", "1"], env={"COLUMNS": "200"}).output
    assert "latest, class" in shown


def test_networkx_reads_the_graphml(filled: Store) -> None:
    stream = io.BytesIO()
    assert graph_files.write_graphml(stream, graph.nodes(filled), graph.links(filled)) == (6, 5)
    read = networkx.read_graphml(io.BytesIO(stream.getvalue()))
    assert (read.number_of_nodes(), read.number_of_edges()) == (6, 5)
    node = read.nodes[article_id(url("c"))]
    assert node["title"] == 'Họp "báo" <script>alert(1)</script> \ufffd \u202eשלום 🎉'
    assert node["stored"] is True
    blurbs = [data.get("blurb") for *_, data in read.edges(data=True)]
    assert blurbs.count("Giá gạo tăng") == 1
    kinds = Counter(data.get("story_kind", "") for *_, data in read.edges(data=True))
    assert kinds == {"related": 3, "latest": 1, "": 1}


def test_parquet_and_json_lines_hold_the_same(filled: Store, tmp_path: Path) -> None:
    assert graph_files.write_parquet(tmp_path / "graph", graph.nodes(filled), graph.links(filled)) == (6, 5)
    stream = io.BytesIO()
    graph_files.write_jsonl(stream, graph.nodes(filled), graph.links(filled))
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    nodes = pq.read_table(tmp_path / "graph" / "nodes.parquet").to_pylist()
    links = pq.read_table(tmp_path / "graph" / "links.parquet").to_pylist()
    assert [node["title"] for node in nodes] == [line["node"]["title"] for line in lines if "node" in line]
    assert [link["target"] for link in links] == [line["link"]["target"] for line in lines if "link" in line]
    assert nodes[0]["published"].tzinfo is not None


def test_the_commands(filled: Store, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        result = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    tree = run("show", url("b"))
    assert "Story b (bay, 2026-03-01)" in tree
    assert "→ Họp" in tree
    assert "← Story a" in tree
    assert "= Story copy (cove, 2026-03-04, near 0.93)" in tree
    assert "→ Shown never (not stored, class)" in tree
    assert json.loads(run("show", url("b"), "--json"))["root"] == article_id(url("b"))
    assert run("hubs", "--top", "1").split()[4] == "2"
    assert json.loads(run("hubs", "--top", "1", "--json"))["links"] == 2
    assert "Story loner" in run("orphans")
    assert len(run("orphans", "--json", "--top", "2").splitlines()) == 2
    target = tmp_path / "g.graphml"
    run("export", "-o", str(target))
    assert networkx.read_graphml(target).number_of_edges() == 5
    run("export", "-o", str(tmp_path / "g.parquet"))
    assert (tmp_path / "g.parquet" / "links.parquet").exists()
    assert len(run("export", "--format", "jsonl").splitlines()) == 11


def test_an_unknown_story_is_named(filled: Store) -> None:
    result = CliRunner().invoke(command, ["show", url("nowhere")])
    assert "no such story" in str(result.exception)
