"""Slots: what three texts of a frame fill with three words tells them apart."""

from __future__ import annotations

from itertools import combinations

import pytest

from dedupe.clusters.clusters import Pair
from dedupe.clusters.frames import without_bulletins
from dedupe.compare.similarity import Prepared, prepare
from dedupe.corpus.documents import Document
from dedupe.corpus.in_memory import cluster_documents
from tests.support.bulletins import FRESH, JUDGED, TUNED, UNSEEN, Frame

TEXT = (
    "The price of {} has risen for the fourth month in a row, the chamber of agriculture {} on Monday. Shops have "
    "so far passed on only part of it. No relief is expected before the summer, when imports usually reach the market."
)


def refused(*fillings: tuple[str, str], title: str = "") -> list[bool]:
    """Tell of each two texts made of *fillings* whether they are set apart, all being alike by themselves."""
    texts: dict[str, Prepared] = {str(n): prepare(TEXT.format(*one), title) for n, one in enumerate(fillings)}
    pairs = [Pair(a, b, "near", 0.9) for a, b in combinations(texts, 2)]
    return [pair.relation is None for pair in without_bulletins(pairs, texts.__getitem__)]


def test_three_fillings_make_a_slot_and_two_a_correction() -> None:
    assert refused(("butter", "said"), ("milk", "said"), ("oats", "said")) == [True, True, True]
    assert refused(("butter", "said"), ("milk", "said")) == [False]
    assert refused(("butter", "said"), ("butter", "wrote"), ("butter", "said")) == [False, False, False]


def test_a_correction_beside_the_slot_stays_a_correction() -> None:
    fillings = ("butter", "said"), ("butter", "wrote"), ("milk", "said"), ("oats", "said")
    assert refused(*fillings) == [False, True, True, True, True, True]


def test_titles_say_better_what_texts_are_about() -> None:
    assert not any(refused(("butter", "said"), ("milk", "said"), ("oats", "said"), title="Prices rise"))


@pytest.mark.parametrize("frames", [TUNED, JUDGED, UNSEEN, FRESH], ids=["tuned", "judged", "unseen", "fresh"])
@pytest.mark.parametrize("titled", [True, False], ids=["titles", "no titles"])
def test_of_all_bulletins_in_one_file_each_has_its_copies_and_no_other(frames: tuple[Frame, ...], titled: bool) -> None:
    story_of = {}
    documents = []
    for frame in frames:
        for number, page in enumerate(frame.bulletins()):
            for kind, title, text in [("itself", *page), *frame.copies(number)]:
                ident = f"{frame.name} {number} {kind}"
                story_of[ident] = f"{frame.name} {number} itself"
                documents.append(Document(ident, text, title=title if titled else "", source=kind))
    cluster_of = {row.id: row.cluster for row in cluster_documents(documents)}
    copies = [cluster_of[ident] == cluster_of[story] for ident, story in story_of.items() if ident != story]
    heads: dict[str, list[str]] = {}
    for story in sorted(set(story_of.values())):
        heads.setdefault(story.rsplit(" ", 2)[0], []).append(cluster_of[story])
    apart = [one != other for found in heads.values() for one, other in combinations(found, 2)]
    assert sum(apart) >= 0.98 * len(apart)
    assert sum(copies) >= 0.96 * len(copies)
