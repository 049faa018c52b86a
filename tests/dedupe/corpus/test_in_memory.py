"""Whole corpora: the layers, the order, and what must not take quadratic time. All texts are invented."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.clusters.kept import Choose
from dedupe.corpus.documents import Document
from dedupe.corpus.in_memory import Row, cluster_documents
from dedupe.corpus.jaccard import jaccard, plain_shingles
from dedupe.errors import InputError
from dedupe.minhash import fingerprint
from tests.support.bulletins import TUNED

START = datetime(2026, 3, 1, tzinfo=UTC)
VOCABULARY = [a + b + c for a in ("tr", "b", "gl", "st", "m") for b in "aeiou" for c in ("n", "r", "lle", "st", "")]


def story(seed: int, words: int = 200) -> str:
    """A text of its own: no two seeds share more than chance gives."""
    draw = random.Random(seed)
    drawn = [draw.choice(VOCABULARY) + draw.choice(VOCABULARY) for _ in range(words)]
    return ". ".join(" ".join(drawn[i : i + 12]).capitalize() for i in range(0, words, 12)) + "."


def clusters(rows: Iterable[Row]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.cluster, set()).add(row.id)
    return {frozenset(members) for members in found.values() if len(members) > 1}


def by_id(rows: Iterable[Row]) -> dict[str, Row]:
    return {row.id: row for row in rows}


def test_copies_of_every_kind_are_found() -> None:
    text = story(1)
    edited = text.replace(text.split()[20], "changed").replace(text.split()[90], "altered")
    documents = [
        Document("original", text, date=START),
        Document("exact", "LONDON (Reuters) - " + text.upper(), date=START + timedelta(hours=1)),
        Document("edited", edited, date=START + timedelta(hours=2)),
        Document("cut", " ".join(text.split()[:90]), date=START + timedelta(hours=3)),
        Document("extended", text + " " + story(2, 260), date=START + timedelta(hours=4)),
        Document("other", story(3)),
    ]
    rows = by_id(cluster_documents(documents))
    assert [row.id for row in cluster_documents(documents)] == [document.id for document in documents]
    assert {row.cluster for row in rows.values() if row.id != "other"} == {"extended"}
    assert {name: row.relation for name, row in rows.items()} == {
        "original": "contained",
        "exact": "contained",
        "edited": "contained",
        "cut": "contained",
        "extended": None,
        "other": None,
    }
    assert {row.original for row in rows.values() if row.id != "other"} == {"original"}
    assert rows["exact"].lost == dict.fromkeys(("dateline", "credit", "correction", "text"), 0)
    assert rows["edited"].duplicate_of == "extended"
    assert rows["edited"].lost == dict.fromkeys(("dateline", "credit", "text"), 0) | {"correction": 2}
    assert 0.9 < (rows["edited"].score or 0) < 1
    assert rows["other"].cluster == "other"


def test_a_text_cut_to_a_tenth_is_found() -> None:
    # Jaccard .1: no band of the signatures is shared, passages are.
    long = story(4, 1000)
    cut = " ".join(long.split()[300:420])
    assert clusters(cluster_documents([Document("a", long), Document("b", cut)])) == {frozenset("ab")}


def test_the_earliest_represents_then_the_smallest_id() -> None:
    text = story(5)
    later, earlier = START + timedelta(days=1), START
    rows = cluster_documents([Document("a", text, date=later), Document("b", text, date=earlier)])
    assert {row.cluster for row in rows} == {"b"}
    rows = cluster_documents([Document("z", text), Document("y", text), Document("x", text, date=later)])
    assert {row.cluster for row in rows} == {"x"}  # a date beats none
    assert {row.cluster for row in cluster_documents([Document("z", text), Document("y", text)])} == {"y"}


def test_what_says_more_is_kept_and_what_was_first_is_said() -> None:
    text = story(20)
    longer = text + " It ends here, after some more words that nobody else has."
    documents = [Document("first", text, date=START), Document("longer", longer, date=START + timedelta(hours=1))]
    rows = by_id(cluster_documents(documents))
    assert [rows[name].duplicate_of for name in ("first", "longer")] == ["longer", None]
    assert {(row.cluster, row.original, row.most_complete) for row in rows.values()} == {("longer", "first", "longer")}
    rows = by_id(cluster_documents(documents, choice=Choose(keep="first")))
    assert {row.cluster for row in rows.values()} == {"first"}
    assert [row.duplicate_of for row in rows.values()] == [None, None]  # the first does not say all of the longer one
    rows = by_id(cluster_documents(documents, choice=Choose(keep="first", by_source=True)))
    assert rows["longer"].duplicate_of == "first"
    assert rows["longer"].lost == dict.fromkeys(("dateline", "credit", "correction"), 0) | {"text": 11}


def test_a_text_without_a_known_time_is_no_original() -> None:
    rows = by_id(cluster_documents([Document("a", story(20)), Document("b", story(20))]))
    assert [row.original for row in rows.values()] == [None, None]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_stub_never_is_the_hub_of_two_reports(order: tuple[int, ...]) -> None:
    stub = story(21, 120)
    reports = [stub + " " + story(22, 200), stub + " " + story(23, 210)]
    documents = [
        Document("long1", reports[0], date=START),
        Document("long2", reports[1], date=START + timedelta(hours=1)),
        Document("stub", stub, date=START - timedelta(hours=1)),
    ]
    rows = by_id(cluster_documents(documents[number] for number in order))
    assert [rows[name].cluster for name in ("long1", "long2")] == ["long1", "long2"]
    assert rows["stub"].duplicate_of in {"long1", "long2"}
    assert not any((rows["stub"].lost or {}).values())


def test_bulletins_are_merged_where_that_is_asked_for() -> None:
    pages = [Document(str(n), text, title=title) for n, (title, text) in enumerate(TUNED[0].bulletins())]
    assert all(row.duplicate_of is None for row in cluster_documents(pages))
    merged = list(cluster_documents(pages, choice=Choose(bulletins=False, by_source=True)))
    assert len({row.cluster for row in merged}) == 1


class TestAddresses:
    def test_one_address_is_one_article(self) -> None:
        documents = [
            Document("old", story(6), url="https://www.example.com/a?utm_source=x", date=START),
            Document("new", story(7), url="http://example.com/a/", date=START + timedelta(days=1)),
            Document("copy", story(7), url="http://other.example/b", date=START),
            Document("apart", story(8), url="http://example.com/c"),
        ]
        rows = by_id(cluster_documents(documents))
        assert rows["old"] == Row("old", "copy", "new", "version", 1.0, "copy", "copy", words=200)
        assert (rows["new"].duplicate_of, rows["new"].relation) == ("copy", "exact")
        assert rows["apart"].duplicate_of is None

    def test_unless_addresses_are_ignored(self) -> None:
        documents = [Document("a", story(6), url="http://x.com/a"), Document("b", story(7), url="http://x.com/a")]
        assert clusters(cluster_documents(documents)) == {frozenset("ab")}
        assert not clusters(cluster_documents(documents, ignore_urls=True))

    def test_an_older_text_that_others_share_does_not_chain(self) -> None:
        # Both pages once showed the same notice; that does not make one article of what they show now.
        notice = story(9, 60)
        documents = [
            Document("a1", notice, url="http://x.com/a", date=START),
            Document("a2", story(10), url="http://x.com/a", date=START + timedelta(days=1)),
            Document("b1", notice, url="http://x.com/b", date=START),
            Document("b2", story(11), url="http://x.com/b", date=START + timedelta(days=1)),
        ]
        assert clusters(cluster_documents(documents)) == {frozenset({"a1", "a2"}), frozenset({"b1", "b2"})}

    def test_two_captures_without_text(self) -> None:
        rows = cluster_documents([Document("a", "", url="http://x.com/a"), Document("b", " ", url="http://x.com/a#b")])
        assert clusters(rows) == {frozenset("ab")}


@given(st.permutations(range(12)))
@settings(max_examples=15, deadline=None)
def test_the_order_of_the_documents_does_not_matter(order: list[int]) -> None:
    documents = [
        Document(
            f"d{number}", story(number % 5) + (story(50 + number, 30) if number % 2 else ""), url=f"x.com/{number % 9}"
        )
        for number in range(12)
    ]
    expected = by_id(cluster_documents(documents))
    assert by_id(cluster_documents(documents[number] for number in order)) == expected


def test_odd_texts_are_answered() -> None:
    texts = {
        "empty": "",
        "blank": " \n",
        "word": "Bridge",
        "word again": "bridge!",
        "figures": "1 2 3 4 5 6 7",
        "other figures": "8 9 10 11 12 13 14",
        "emoji": "😀 🎉",
        "emoji again": "😀🎉",
        "other emoji": "😀",
        "rtl": "افتتح الجسر الجديد صباح اليوم في المدينة القديمة بعد ثلاث سنوات من البناء",
        "rtl again": "«افتتح الجسر الجديد صباح اليوم في المدينة القديمة بعد ثلاث سنوات من البناء»",
        "nfc": "Cầu mới thông xe sáng nay",
        "nfd": "Ca\u0302\u0300u mo\u031b\u0301i tho\u0302ng xe sa\u0301ng nay",
        "surrogate": "a\ud800b",
    }
    found = clusters(cluster_documents(Document(name, text) for name, text in texts.items()))
    pairs = ("word", "emoji", "rtl")
    assert found == {*(frozenset({name, f"{name} again"}) for name in pairs), frozenset({"nfc", "nfd"})}


def test_nothing_at_all() -> None:
    assert list(cluster_documents([])) == []
    assert list(cluster_documents([], jaccard=0.7)) == []


def test_a_text_of_ten_megabytes() -> None:
    text = story(12, 1000)
    long = text * 1200
    assert len(long) > 10_000_000
    assert clusters(cluster_documents([Document("a", long), Document("b", long + " End.")])) == {frozenset("ab")}


def test_many_copies_of_one_text_are_linear() -> None:
    # Twenty thousand copies are two hundred million pairs. `make soak` takes a million.
    count = 1_000_000 if os.environ.get("STORYKIN_SOAK") else 20_000
    text = story(13, 60)
    relations = Counter(
        (row.cluster, row.relation) for row in cluster_documents(Document(f"{n:07}", text) for n in range(count))
    )
    assert relations == {("0000000", None): 1, ("0000000", "exact"): count - 1}


def test_many_near_copies_are_linear() -> None:
    # A hot bucket: 1,000 texts that differ in one word are half a million pairs.
    text = story(14, 80)
    rows = list(cluster_documents(Document(f"{number:04}", f"{text} vote {number}.") for number in range(1_000)))
    sizes = [sum(row.cluster == name for row in rows) for name in {row.cluster for row in rows}]
    assert max(sizes) > 990


def test_pages_of_one_template_stay_apart_where_the_source_is_known() -> None:
    notice = story(15, 70)
    documents = [
        Document(f"p{number}", story(100 + number, 45) + "\n\n" + notice, source="portal", title=story(200 + number, 6))
        for number in range(12)
    ]
    assert not clusters(cluster_documents(documents))


def test_kernel_and_numpy_give_the_same_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba", reason="needs the extra fast")
    documents = [Document(f"d{number}", story(number % 90)[: 800 + number]) for number in range(120)]
    compiled = list(cluster_documents(documents))
    monkeypatch.setattr(fingerprint, "_kernel", lambda: None)
    assert list(cluster_documents(documents)) == compiled
    assert len(clusters(compiled)) == 30


class TestPlainJaccard:
    def test_clusters_by_exact_similarity_of_raw_words(self) -> None:
        text = story(16)
        near = text + " " + story(17, 40)
        texts = [text, near]
        similarity = jaccard(*plain_shingles(texts))
        assert 0.8 < similarity < 0.86
        documents = [Document(str(number), each) for number, each in enumerate(texts)]
        assert clusters(cluster_documents(documents, jaccard=0.8)) == {frozenset("01")}
        assert not clusters(cluster_documents(documents, jaccard=0.86))
        row = by_id(cluster_documents(documents, jaccard=0.8))["1"]
        assert (row.duplicate_of, row.relation, row.score) == ("0", "near", round(similarity, 4))

    def test_nothing_is_normalised(self) -> None:
        text = story(18, 30)
        documents = [Document("a", text), Document("b", "LONDON (Reuters) - " + text), Document("c", text.upper())]
        rows = by_id(cluster_documents(documents, jaccard=0.95))
        assert rows["b"].duplicate_of is None
        assert rows["c"].relation == "exact"

    @pytest.mark.parametrize("threshold", [0.0, -1, 1.01, float("nan")])
    def test_impossible_thresholds_are_refused(self, threshold: float) -> None:
        with pytest.raises(InputError, match="Jaccard threshold"):
            list(cluster_documents([], jaccard=threshold))


def test_progress_is_told_and_the_spool_is_gone(tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    documents = [Document(f"{number}", story(number % 7)) for number in range(20)]
    rows = cluster_documents(documents, progress=lambda *what: told.append(what), spool_directory=tmp_path)
    assert next(rows).id == "0"
    rows.close()
    assert ("reading", 20, None) in told
    assert not list(tmp_path.iterdir())


def score(shared: Path, name: str, **options: float) -> dict[str, float]:
    import json
    import subprocess
    import sys

    folder = shared / "dedupe"
    documents = [json.loads(line) for line in (folder / f"{name}.docs.jsonl").read_text("utf-8").splitlines()]
    rows = cluster_documents(
        (
            Document(one["id"], one["text"], one.get("url", ""), one.get("title", ""), one.get("source") or "")
            for one in documents
        ),
        jaccard=options.get("jaccard"),
    )
    predicted = "".join(json.dumps({"id": row.id, "cluster": row.cluster}) + "\n" for row in rows)
    done = subprocess.run(
        [
            sys.executable,
            str(shared.parent / "eval" / "score.py"),
            *("dedupe", "--docs", str(folder / f"{name}.docs.jsonl")),
            *("--pairs", str(folder / f"{name}.pairs.jsonl"), "--pred", "/dev/stdin"),
        ],
        input=predicted,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


@pytest.mark.shared
@pytest.mark.parametrize("name", ["helsinki", "census", "spotify", "vietnamese-mds", "minhash-articles"])
def test_real_reprints_are_found_and_nothing_else(shared_data: Path, name: str) -> None:
    found = score(shared_data, name)
    assert found["false_merges"] == 0
    assert found["reprint_recall"] >= 0.94
    assert found["jaccard5"]["0.5"]["recall"] >= 0.995
    assert found.get("groups", {"merges_across": 0})["merges_across"] == 0


@pytest.mark.shared
@pytest.mark.parametrize("name", ["helsinki", "census", "spotify", "minhash-articles"])
def test_plain_jaccard_clusters_agree_with_the_pairs(shared_data: Path, name: str) -> None:
    assert score(shared_data, name, jaccard=0.7)["jaccard5"]["0.7"]["f1"] >= 0.96


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ([Document("a", "x"), Document("", "The bridge.")], 'no id; its text begins "The bridge."'),
        ([Document("a", "x"), Document("b", "y"), Document("a", "z")], 'id "a" is used more than once'),
        ([Document("a", "x", date=datetime(2026, 1, 2))], 'id "a": the time 2026-01-02 00:00:00 has no zone'),  # noqa: DTZ001
    ],
)
def test_what_is_no_document_is_named_by_its_id(documents: list[Document], message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(cluster_documents(documents))
