"""New documents against an index: in the order of the input, with the ids of the old corpus."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dedupe.clusters.kept import Choose
from dedupe.corpus.documents import Document
from dedupe.corpus.in_memory import Row, cluster_documents
from dedupe.errors import InputError
from dedupe.index import Index, cluster_against
from tests.dedupe.index.test_folder import REPORT, SHORTER, SNOW

HIVES = (
    "Two hives are back on the roof of the opera after a hard winter in which one of three colonies died of cold. The "
    "keeper, a retired horn player, climbs to them each morning before the rehearsals begin and sells the honey in the "
    "foyer; last year it came to forty jars. The theatre pays for the sugar."
)
LONGER = REPORT + " The laboratory has room for one bell at a time, its director said on Friday in the evening."
EARLY, LATE = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 2, 3, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Index.open(tmp_path / "index", write=True) as index:
        index.insert([Document("old", REPORT, date=EARLY), Document("old snow", SNOW)])
    return tmp_path / "index"


def against(folder: Path, *documents: Document, add: bool = False, choice: Choose | None = None) -> dict[str, Row]:
    with Index.open(folder, write=add) as index:
        rows = list(cluster_against(documents, index, add=add, choice=choice or Choose()))
    assert [row.id for row in rows] == [document.id for document in documents]
    return {row.id: row for row in rows}


def test_what_the_old_corpus_says_is_dropped_and_the_rest_is_clustered(folder: Path) -> None:
    rows = against(
        folder,
        Document("hives", HIVES),
        Document("cut", SHORTER, date=LATE),
        Document("longer", LONGER, date=LATE),
        Document("hives again", HIVES.upper()),
        Document("snow", SNOW),
    )
    assert {name: row.duplicate_of for name, row in rows.items()} == {
        "hives": None,
        "cut": "old",
        "longer": None,
        "hives again": "hives",
        "snow": "old snow",
    }
    assert (rows["cut"].cluster, rows["cut"].original, rows["cut"].most_complete) == ("old", "old", "old")
    assert (rows["longer"].cluster, rows["longer"].relation, rows["longer"].original) == ("old", "near", "old")
    assert rows["longer"].most_complete == "longer"
    assert rows["hives again"].cluster == "hives"
    assert rows["snow"].original is None


def test_one_text_a_source_drops_the_longer_one_too_and_says_what_is_lost(folder: Path) -> None:
    rows = against(folder, Document("longer", LONGER), choice=Choose(by_source=True))
    assert rows["longer"].duplicate_of == "old"
    assert rows["longer"].lost
    assert rows["longer"].lost["text"] > 5


def test_an_empty_index_changes_nothing(tmp_path: Path) -> None:
    documents = [Document("a", REPORT, date=LATE), Document("b", LONGER), Document("c", SNOW), Document("d", SNOW)]
    with Index.open(tmp_path, write=True) as index:
        assert list(cluster_against(documents, index)) == list(cluster_documents(documents))
        assert list(cluster_against([], index)) == []


def test_what_is_kept_is_added_in_one_commit(folder: Path) -> None:
    new = [Document("hives", HIVES), Document("hives again", HIVES.upper()), Document("cut", SHORTER)]
    against(folder, *new, add=True)
    with Index.open(folder) as index:
        assert [name in index for name in ("hives", "hives again", "cut")] == [True, False, False]
    again = against(folder, *(Document(f"{document.id} 2", document.text) for document in new))
    assert [row.duplicate_of for row in again.values()] == ["hives", "hives", "old"]


def test_nothing_is_added_where_an_id_means_another_text(folder: Path) -> None:
    with pytest.raises(InputError, match='another text with the id "old"'):
        against(folder, Document("hives", HIVES), Document("old", HIVES + " It is sold out."), add=True)
    with Index.open(folder) as index:
        assert "hives" not in index


def test_many_documents_keep_their_order(folder: Path) -> None:
    documents = [
        Document(f"new {number}", SNOW if number % 3 == 0 else f"{SNOW} Lot {number} of list {number * 7}.")
        for number in range(700)
    ]
    rows = against(folder, *documents)
    assert all(rows[f"new {number}"].duplicate_of == "old snow" for number in range(0, 700, 3))
