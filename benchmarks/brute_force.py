"""What the engine finds of what there is: every two of some texts compared, and what became of those that are alike.

    python -m benchmarks.brute_force news.jsonl --most 2000 --jaccard 0.5

Jaccard and containment are exact, of word 3-grams. A pair counts as *missed* where it reaches ``--jaccard`` or, from
50 words on, ``--containment``, stands in two clusters, and :func:`dedupe.compare.similarity.compare` has no objection:
no candidate led to it, its cluster could not take it, or all it shares is its portal's template. A pair of one cluster
that is below ``--least`` in both is merged *by chance*. Prints the counts and the ids of what was missed.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from dedupe.compare.similarity import FEWEST_WORDS, Prepared, compare, prepare_all
from dedupe.corpus.documents import Document, read_documents
from dedupe.corpus.in_memory import cluster_documents


def shared(texts: Sequence[Prepared]) -> Iterator[tuple[int, int, int]]:
    """Yield each two texts that share a 3-gram, and how many they share."""
    owners = np.repeat(np.arange(len(texts)), [text.shingles.size for text in texts])
    values = np.concatenate([text.shingles for text in texts])
    order = np.argsort(values, kind="stable")
    owners, edges = owners[order], np.flatnonzero(np.diff(values[order])) + 1
    holders = [part for part in np.split(owners, edges) if part.size > 1]
    held: dict[int, list[np.ndarray]] = {}
    for part in holders:
        for place, owner in enumerate(part[:-1].tolist()):
            held.setdefault(owner, []).append(part[place + 1 :])
    for one, others in held.items():
        for other, count in enumerate(np.bincount(np.concatenate(others)).tolist()):
            if count:
                yield one, other, count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="+")
    parser.add_argument("--most", type=int, default=2000)
    parser.add_argument("--jaccard", type=float, default=0.5)
    parser.add_argument("--containment", type=float, default=0.7)
    parser.add_argument("--least", type=float, default=0.3)
    given = parser.parse_args()
    documents: list[Document] = []
    for file in given.file:
        documents += islice(read_documents(file), given.most - len(documents))
    cluster_of = {row.id: row.cluster for row in cluster_documents(documents, ignore_urls=True)}
    texts = prepare_all([d.text for d in documents], [d.title for d in documents], [d.date for d in documents])
    counts: Counter[str] = Counter()
    for one, other, count in shared(texts):
        a, b = texts[one], texts[other]
        sizes = a.shingles.size, b.shingles.size
        jaccard, containment = count / (sum(sizes) - count), count / min(sizes)
        is_long = min(a.word_hashes.size, b.word_hashes.size) >= FEWEST_WORDS
        expected = jaccard >= given.jaccard or (is_long and containment >= given.containment)
        merged = cluster_of[documents[one].id] == cluster_of[documents[other].id]
        if not expected:
            counts["merged by chance"] += merged and max(jaccard, containment) < given.least
            continue
        counts["expected"] += 1
        found = compare(a, b)
        outcome = "merged" if merged else "missed" if found.relation else "set apart for a reason"
        counts[outcome] += 1
        if outcome == "missed":
            print(documents[one].id, documents[other].id, f"{jaccard:.2f} {containment:.2f} {found.reason}")
    print(f"{len(documents)} texts", dict(counts))


if __name__ == "__main__":
    main()
