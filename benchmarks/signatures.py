"""Text to signature, side by side in one run on one core: storykin, datasketch, rensa, text-dedup's arithmetic.

    python -m benchmarks.signatures [--articles 2000] [--permutations 64]

Every row starts from the text and makes a signature of its word 3-shingles; only ours normalises it first. The rows
take turns, and the best of the rounds counts, so that what else the machine does falls on all alike. CPU seconds.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable

import numpy as np
from datasketch import MinHash

from benchmarks.synthetic import articles
from dedupe.minhash.numpy_signer import Signed, sign_with_numpy
from dedupe.minhash.params import MinHashParams
from dedupe.text.normalise import normalise, words

WORD = re.compile(r"\w+")
MERSENNE = np.uint64((1 << 61) - 1)
Row = tuple[str, Callable[[list[str]], object]]


def shingle_strings(text: str) -> list[bytes]:
    found = WORD.findall(text.lower())
    return [" ".join(found[i : i + 3]).encode() for i in range(max(1, len(found) - 2))]


def normalised_shingles(text: str) -> list[bytes]:
    found = words(normalise(text))
    return [" ".join(found[i : i + 3]).encode() for i in range(max(1, len(found) - 2))]


def datasketch_rows(count: int) -> list[Row]:
    rows: list[Row] = [
        (
            "datasketch MinHash.bulk, default hash",
            lambda texts: MinHash.bulk([shingle_strings(text) for text in texts], num_perm=count),
        ),
        (
            "datasketch MinHash.bulk, storykin's words",
            lambda texts: MinHash.bulk([normalised_shingles(text) for text in texts], num_perm=count),
        ),
    ]
    try:
        from xxhash import xxh3_64_intdigest, xxh32_intdigest
    except ImportError:
        return rows
    multipliers = np.random.RandomState(1).randint(1, int(MERSENNE), (1, count), dtype=np.uint64)
    addends = np.random.RandomState(2).randint(0, int(MERSENNE), (1, count), dtype=np.uint64)

    def text_dedup(texts: list[str]) -> list[np.ndarray]:
        # The arithmetic of text-dedup and datatrove: (a h + b) mod 2^61 - 1, cut to 32 bits, in one broadcast.
        signatures = []
        for text in texts:
            hashes = np.fromiter((xxh3_64_intdigest(part) & 0xFFFFFFFF for part in shingle_strings(text)), np.uint64)
            permuted = (hashes[:, None] * multipliers + addends) % MERSENNE & np.uint64(0xFFFFFFFF)
            signatures.append(permuted.min(axis=0))
        return signatures

    return [
        *rows,
        (
            "datasketch MinHash.bulk, xxh32",
            lambda texts: MinHash.bulk(
                [shingle_strings(text) for text in texts], num_perm=count, hashfunc=xxh32_intdigest
            ),
        ),
        ("text-dedup's arithmetic, xxh3", text_dedup),
    ]


def rensa_rows(count: int) -> list[Row]:
    try:
        from rensa import RMinHash
    except ImportError:
        return []

    def sketches(texts: list[str]) -> object:
        tokens = [[part.decode() for part in shingle_strings(text)] for text in texts]
        return RMinHash.digest_matrix_from_token_sets(tokens, num_perm=count, seed=1)

    return [("rensa RMinHash, shingle strings", sketches)]


def storykin_rows(params: MinHashParams) -> list[Row]:
    rows: list[Row] = [("storykin, numpy", lambda texts: sign_with_numpy(texts, params))]
    try:
        from dedupe.minhash.compiled import sign_compiled
    except ImportError:
        return rows

    def compiled(texts: list[str]) -> Signed:
        return sign_compiled(texts, params)

    return [*rows, ("storykin, extra fast (numba)", compiled)]


def measure(rows: list[Row], texts: list[str], rounds: int) -> dict[str, float]:
    """Seconds of CPU a text, the best of the rounds."""
    best = dict.fromkeys([name for name, _ in rows], float("inf"))
    for _, make in rows:  # compile, draw permutations, build tables
        make(texts[:100])
    for _ in range(rounds):
        for name, make in rows:
            start = time.process_time()
            make(texts)
            best[name] = min(best[name], (time.process_time() - start) / len(texts))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--permutations", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    count = options.permutations
    texts = [article["text"] for article in articles(options.articles)]
    params = MinHashParams(num_perm=count, bands=count // 3, rows=3)
    rows = [*datasketch_rows(count), *rensa_rows(count), *storykin_rows(params)]
    best = measure(rows, texts, options.rounds)
    base = best[rows[0][0]]
    size = sum(map(len, texts)) / len(texts)
    print(f"{len(texts)} texts of {size:.0f} characters, word 3-shingles, {count} permutations, one core\n")
    print("| text to signature | texts/s | µs a text | ratio |\n|---|---|---|---|")
    for name, seconds in best.items():
        print(f"| {name} | {1 / seconds:,.0f} | {seconds * 1e6:.1f} | {base / seconds:.1f} × |")


if __name__ == "__main__":
    main()
