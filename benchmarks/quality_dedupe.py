"""Quality of near-duplicate detection on the shared texts, scored by the shared scorer, as a part of docs/quality.md.

    python -m benchmarks.quality_dedupe            # writes the part between the markers of docs/quality.md
    python -m benchmarks.quality_dedupe --print    # to standard output instead
    python -m benchmarks.quality_dedupe --reuse    # pages as an earlier run extracted them

"before" is MinHash as it is usually set up (word 5-grams, 128 permutations, clusters by chaining), made here with
datasketch; "now" is ``storykin dedupe`` as it runs offline. The portals' pages go through ``storykin extract`` first,
which takes minutes; its output stays in ``.storykin/quality``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

from datasketch import MinHash, MinHashLSH

from dedupe.corpus.documents import Document, read_documents
from dedupe.corpus.in_memory import cluster_documents
from tests.support.bulletin_scores import Family, frame_families, in_one_file, in_pairs, series_families
from tests.support.bulletins import FRESH, JUDGED, TUNED, UNSEEN
from tests.support.series import eastern, later, western

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("STORYKIN_SHARED", ROOT.parent / "shared"))
CACHE = ROOT / ".storykin" / "quality"
PAGE = ROOT / "docs" / "quality.md"
START, END = "<!-- dedupe: written by benchmarks/quality_dedupe.py -->", "<!-- dedupe: end -->"

SETS = {
    "helsinki": "designed on",
    "census": "designed on",
    "spotify": "designed on",
    "vietnamese-mds": "checked on",
    "minhash-articles": "checked on",
    "news-pages": "held out",
}
MARKETS = {
    "the dollar": r"\bthe (?:US )?dollar\b",
    "stock markets and share prices": r"\b(?:stock markets?|share prices?|shares (?:rose|fell|closed|eased))\b",
    "gold prices": r"\bgold (?:prices?|fell|rose)\b",
}
"""What the first 200 characters of an agency's daily market reports name."""
FRAMES = {"tuned": TUNED, "judged": JUDGED, "unseen": UNSEEN, "fresh": FRESH}
SERIES = {"series": (*western.SERIES, *eastern.SERIES), "later series": later.SERIES}
GOLD = ("extraction/utomo-news", "extraction/fundus", "related/l3s")
Clustering = Callable[[list[Document]], dict[str, str]]


def now(documents: list[Document], **options: Any) -> dict[str, str]:
    return {row.id: row.cluster for row in cluster_documents(documents, ignore_urls=True, **options)}


def with_addresses(documents: list[Document]) -> dict[str, str]:
    return {row.id: row.cluster for row in cluster_documents(documents)}


def plain_jaccard(documents: list[Document]) -> dict[str, str]:
    return now(documents, jaccard=0.7)


def before(documents: list[Document], threshold: float) -> dict[str, str]:
    """Chains of pairs whose signatures agree in at least *threshold* of their values."""
    index = MinHashLSH(threshold=threshold, num_perm=128)
    sketches = {}
    leader = {document.id: document.id for document in documents}

    def root(ident: str) -> str:
        while leader[ident] != ident:
            ident = leader[ident]
        return ident

    for document in documents:
        words = re.findall(r"\w+", document.text.lower())
        sketch = MinHash(num_perm=128)
        sketch.update_batch({" ".join(words[i : i + 5]).encode() for i in range(len(words) - 4)})
        for other in index.query(sketch) if words[4:] else ():
            if sketches[other].jaccard(sketch) >= threshold:
                leader[root(document.id)] = root(other)
        sketches[document.id] = sketch
        index.insert(document.id, sketch)
    return {ident: root(ident) for ident in leader}


def score(clusters: dict[str, str], *truth: str | Path) -> dict[str, Any]:
    """Return what the shared scorer says of *clusters*."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps({"id": ident, "cluster": name}) + "\n" for ident, name in clusters.items())
        file.flush()
        command = [sys.executable, SHARED / "eval" / "score.py", "dedupe", *truth, "--pred", file.name]
        result: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return result


def figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    header = list(header)
    return ["| " + " | ".join(row) + " |" for row in (header, ["---"] * len(header), *rows)]


def news_pages(folder: Path) -> tuple[Path, Path]:
    """Write the true texts of the extraction sets and the exact figures of their pairs, as of the dedupe sets."""
    docs, pairs = folder / "docs.jsonl", folder / "pairs.jsonl"
    rows = []
    for name in GOLD:
        for line in (SHARED / "data" / f"{name}.gold.jsonl").read_text(encoding="utf-8").splitlines():
            gold = json.loads(line)
            text = gold.get("text") or gold.get("fulltext") or "\n".join(gold.get("paragraphs") or ())
            if text.strip():
                rows.append({"id": str(len(rows)), "url": gold["url"], "title": gold.get("title") or "", "text": text})
    docs.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    grams = {row["id"]: [_grams(row["text"], size) for size in (3, 5)] for row in rows}
    shared: Counter[tuple[str, str]] = Counter()
    holders: dict[tuple[str, ...], list[str]] = {}
    for ident, (threes, _) in grams.items():
        for gram in threes:
            earlier = holders.setdefault(gram, [])
            shared.update((other, ident) for other in earlier)
            earlier.append(ident)
    with pairs.open("w", encoding="utf-8") as file:
        for (a, b), count in shared.items():
            containment = count / min(len(grams[a][0]), len(grams[b][0]))
            if containment >= 0.3:
                three, five = (len(x & y) / len(x | y) for x, y in zip(grams[a], grams[b], strict=True))
                figures = {"jaccard3": three, "jaccard5": five, "containment3": containment}
                file.write(json.dumps({"a": a, "b": b, **figures}) + "\n")
    return docs, pairs


def _grams(text: str, size: int) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}


def text_rows() -> Iterable[list[str]]:
    ways: dict[str, Clustering] = {
        "before, t=.5": lambda documents: before(documents, 0.5),
        "before, t=.7": lambda documents: before(documents, 0.7),
        "**now**": now,
        "now, `--jaccard 0.7`": plain_jaccard,
    }
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = SHARED / "data" / "dedupe"
    for name, role in SETS.items():
        truth = folder / f"{name}.docs.jsonl", folder / f"{name}.pairs.jsonl"
        docs, pairs = truth if truth[0].exists() else news_pages(CACHE)
        documents = list(read_documents(docs))
        for way, clustering in ways.items():
            result = score(clustering(documents), "--docs", docs, "--pairs", pairs)
            yield [
                f"{name} ({len(documents)}; {role})" if way == next(iter(ways)) else "",
                way,
                f"{figure(result['reprint_recall'])} of {result['reprints']}",
                str(result["false_merges"]),
                f"{figure(result['jaccard5']['0.5']['recall'])} of {result['jaccard5']['0.5']['true']}",
                figure(result["jaccard5"]["0.7"]["f1"]),
                str(result["groups"]["merges_across"]) if "groups" in result else "–",
                str(result["largest_cluster"]),
            ]


def portal_documents(reuse: bool) -> list[Document]:
    """The pages of the three portals, extracted by this project."""
    CACHE.mkdir(parents=True, exist_ok=True)
    documents: list[Document] = []
    for warc in sorted((SHARED / "data" / "portals").glob("*.warc.gz")):
        target = CACHE / f"{warc.name.removesuffix('.warc.gz')}.jsonl"
        if not (reuse and target.exists()):
            command = [sys.executable, "-c", "from crawler.cli.main import main; main()", "extract", "--warc", warc]
            subprocess.run([*command, "-o", target], check=True, cwd=ROOT)
        documents += read_documents(target)
    return documents


def portal_rows(reuse: bool) -> Iterable[list[str]]:
    documents = portal_documents(reuse)
    labels = SHARED / "data" / "portals" / "dedupe-labels.jsonl"
    ways: dict[str, Clustering] = {
        "before, t=.5": lambda documents: before(documents, 0.5),
        "before, t=.7": lambda documents: before(documents, 0.7),
        "**now**": now,
        "**now**, with addresses": with_addresses,
    }
    for way, clustering in ways.items():
        merged = score(clustering(documents), "--labels", labels)["merged"]
        yield [way, merged["dup: same-url"], merged["dup: cross-portal"], merged["not: template"]]


def bulletin_rows() -> Iterable[list[str]]:
    for name, frames in FRAMES.items():
        yield [name, *_shares(list(frame_families(frames, titled=True)), list(frame_families(frames, titled=False)))]
    for name, series in SERIES.items():
        for dated in (True, False):
            titled, untitled = (list(series_families(series, titles, dated=dated)) for titles in ("own", "none"))
            yield [f"{name}, {'with' if dated else 'without'} times", *_shares(titled, untitled)]


def _shares(*ways: list[Family]) -> Iterable[str]:
    for measure in (in_pairs, in_one_file):
        for families in ways:
            yield " / ".join(map(figure, measure(families)))


def market_reports() -> str:
    """Return how many pairs of daily market reports of one kind are merged that are no copies of each other."""
    folder = SHARED / "data" / "dedupe"
    documents = list(read_documents(folder / "minhash-articles.docs.jsonl"))
    cluster_of = now(documents)
    rows = map(json.loads, (folder / "minhash-articles.pairs.jsonl").read_text(encoding="utf-8").splitlines())
    copies = {frozenset((row["a"], row["b"])) for row in rows}
    counts, pairs = [], set()
    for kind, pattern in MARKETS.items():
        idents = [one.id for one in documents if re.search(pattern, one.text[:200], re.IGNORECASE)]
        counts.append(f"{len(idents)} on {kind}")
        pairs |= {frozenset(pair) for pair in combinations(idents, 2)} - copies
    merged = sum(len({cluster_of[ident] for ident in pair}) == 1 for pair in pairs)
    return (
        f"Daily market reports of an agency in minhash-articles ({', '.join(counts)}): of {len(pairs):,} pairs of one "
        f"kind that are no copies, {merged} are merged."
    )


def part(reuse: bool) -> str:
    texts = table(
        [
            "texts",
            "version",
            "reprints found",
            "false merges",
            "pairs J5 ≥ .5 found",
            "F1 at J5 ≥ .7",
            "across groups",
            "largest",
        ],
        text_rows(),
    )
    portals = table(
        ["2,571 portal pages", "same URL merged", "cross-portal copies merged", "template traps merged"],
        portal_rows(reuse),
    )
    return "\n".join(
        [
            "## Near-duplicates",
            "",
            "Reprints: pairs of texts of 150 words and more of which the shorter one's word 3-grams stand in the other",
            "to at least .7. A false merge: two texts of one cluster with less than .3. J5: exact Jaccard of word",
            "5-grams. *Designed on*: thresholds were chosen while looking at these texts and at the portal pages.",
            "*Checked on*: the figures of their pairs were known, no threshold was chosen by them. *Held out*: true",
            "texts of 1,179 pages of three extraction sets, no threshold and no rule was chosen by them. Pages of one",
            "URL with rewritten text cannot all be merged by their text; their URL does that.",
            "",
            *texts,
            "",
            *portals,
            "",
            "Bulletins (`tests/support/bulletins.py`, `tests/support/series`): invented, each frame filled for several",
            "subjects. *Tuned*, *judged*, *unseen*, *fresh*: 55 frames in 20 languages, most with one slot. *Series*:",
            "40 frames in 12 languages that differ in many places at once; *later*: 10 more in 10 languages, written",
            "after the rule. Each cell: subjects kept apart / true copies merged.",
            "",
            *table(
                ["frames", "pairs with titles", "pairs without titles", "one file with titles", "one file without"],
                bulletin_rows(),
            ),
            "",
            market_reports(),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--print", action="store_true", dest="to_stdout")
    parser.add_argument("--reuse", action="store_true")
    arguments = parser.parse_args()
    if not (SHARED / "data" / "dedupe").is_dir():
        sys.exit(f"the measuring data is not at {SHARED}: set STORYKIN_SHARED to its folder")
    text = f"{START}\n{part(arguments.reuse)}\n{END}"
    if arguments.to_stdout:
        print(text)
        return
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Quality\n"
    if START in page:
        head, _, rest = page.partition(START)
        page = head + text + rest.partition(END)[2]
    else:
        page = f"{page.rstrip()}\n\n{text}\n"
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
