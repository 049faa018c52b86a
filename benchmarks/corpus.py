"""A file of articles to clusters, side by side in one run: ``storykin dedupe`` and datasketch's bulk + MinHashLSH.

    python -m benchmarks.corpus --growth 10000 100000 1000000 --baseline 100000 --folder /var/tmp

Each engine runs in a process of its own over the same file: seconds of CPU, peak memory, and how many of the planted
copies it found. ``--growth`` lists the sizes at which storykin is measured, ``--baseline`` those for datasketch: its
cost an article grows with the corpus, so a ratio is stated only where both were measured. The invented corpus is
written once, 3 kB an article; the smaller ones are its beginning.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import orjson

from benchmarks.synthetic import write_corpus

WORD = re.compile(r"\w+")
BASELINE = "datasketch bulk + MinHashLSH"


def run_storykin(path: Path) -> dict[str, str]:
    from dedupe.corpus.documents import read_documents
    from dedupe.corpus.in_memory import cluster_documents

    return {row.id: row.cluster for row in cluster_documents(read_documents(path), spool_directory=path.parent)}


def run_datasketch(path: Path) -> dict[str, str]:
    """The fastest documented way: generator-made sketches in bulk, an insertion session, candidates by estimate."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(num_perm=64, params=(21, 3))
    sketches: dict[str, MinHash] = {}
    with path.open("rb") as lines, index.insertion_session() as session:
        batch: list[tuple[str, list[bytes]]] = []

        def sign() -> None:
            made = MinHash.bulk([shingles for _, shingles in batch], num_perm=64)
            for (ident, _), sketch in zip(batch, made, strict=True):
                sketches[ident] = sketch
                session.insert(ident, sketch, check_duplication=False)
            batch.clear()

        for line in lines:
            row = orjson.loads(line)
            found = WORD.findall(row["text"].lower())
            batch.append((row["id"], [" ".join(found[i : i + 3]).encode() for i in range(max(1, len(found) - 2))]))
            if len(batch) == 1000:
                sign()
        sign()
    parent = {ident: ident for ident in sketches}

    def root(ident: str) -> str:
        while parent[ident] != ident:
            parent[ident] = parent[parent[ident]]
            ident = parent[ident]
        return ident

    for ident, sketch in sketches.items():
        for other in index.query(sketch):
            if other != ident and sketch.jaccard(sketches[other]) >= 0.5:
                first, second = sorted((root(ident), root(other)))
                parent[second] = first
    return {ident: root(ident) for ident in sketches}


ENGINES = {"storykin dedupe": run_storykin, BASELINE: run_datasketch}


def child(engine: str, path: Path) -> None:
    """Run one engine and print what it took."""
    start, wall = time.process_time(), time.perf_counter()
    clusters = ENGINES[engine](path)
    taken, waited = time.process_time() - start, time.perf_counter() - wall
    copies = found = 0
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["of"]:
                copies += 1
                found += clusters[row["id"]] == clusters[row["of"]]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cpu": taken, "wall": waited, "peak": peak, "found": found / max(copies, 1)}))


def measure(engine: str, path: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.corpus", "--child", engine, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--growth", type=int, nargs="*", default=[10_000, 20_000])
    parser.add_argument("--baseline", type=int, nargs="*", default=[20_000])
    parser.add_argument(
        "--corpus", type=Path, help="a file made by benchmarks.synthetic, of which the first articles are taken"
    )
    parser.add_argument("--folder", type=Path, help="where the corpora stand meanwhile; the temporary folder else")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child[0], Path(options.child[1]))
        return
    print(
        "| file to clusters | articles | µs CPU an article | s CPU | s | peak memory | copies found |\n"
        "|---|---|---|---|---|---|---|"
    )
    runs = [(BASELINE, size) for size in sorted(options.baseline)]
    runs += [("storykin dedupe", size) for size in sorted({*options.growth, *options.baseline})]
    taken: dict[tuple[str, int], float] = {}
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        whole = options.corpus or Path(folder) / "whole.jsonl"
        if options.corpus is None:
            write_corpus(whole, max(size for _, size in runs))
        for engine, size in runs:
            path = Path(folder) / "part.jsonl"
            beginning(path, size, whole)
            result = measure(engine, path)
            taken[engine, size] = each = result["cpu"] / size * 1e6
            print(
                f"| {engine} | {size:,} | {each:.0f} | {result['cpu']:.1f} | {result['wall']:.1f} "
                f"| {result['peak']:,.0f} MB | {result['found']:.1%} |",
                flush=True,
            )
    print()
    for size in sorted(options.baseline):
        ratio = taken[BASELINE, size] / taken["storykin dedupe", size]
        print(f"At {size:,} articles: {ratio:.1f} × as fast, with every pair verified.")
    largest, known = max(options.growth, default=0), max(options.baseline, default=0)
    if known and largest > known:
        ratio = taken[BASELINE, known] / taken["storykin dedupe", largest]
        print(f"At {largest:,} storykin takes {ratio:.1f} times less an article than datasketch at {known:,}.")


def beginning(path: Path, size: int, whole: Path) -> None:
    """Write the first *size* articles of *whole* to *path*."""
    with whole.open("rb") as lines, path.open("wb") as stream:
        stream.writelines(islice(lines, size))


if __name__ == "__main__":
    main()
