"""Score what a finder of related stories found on the labelled pages. Needs Python alone.

    python benchmarks/related/score.py found.jsonl [more.jsonl ...]

Each file has one line a page: {"url": PAGE, "related": [{"url": STORY, "kind": KIND}, ...]}; a plain address may stand
in place of an object. A story without "kind", or of the kind "related", is one that the finder ties to the page; any
other kind (recommended, latest, most-read, ...) is a list that stands on other pages too. A page that is not in the
file counts as one on which nothing was found.

strict precision   links found as related that are labelled related
wrong              links found as related that are in no label of the page
recall             links labelled related that were found as related
other kind         links labelled related that were found with another kind
F1                 of strict precision and recall

All links of all pages count together. Addresses are compared without scheme, "www.", default port, fragment and the
slash at the end; a link that stands several times on a page counts once; a link to the page itself does not count.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

LABELS = Path(__file__).with_name("labels.jsonl")
HEAD = "| finder | pages | links found | strict precision | wrong | recall | other kind | F1 |"


def plain(url: str) -> str:
    """Return *url* as it is compared; what is no address as it is."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip(".").removeprefix("www."), parts.port
    except ValueError:
        return url
    place = f"{host}:{port}" if port and port not in {80, 443} else host
    return place + parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")


def found_on(row: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Return the links of a page that a finder tied to it, and those that it found with another kind."""
    tied, other = set(), set()
    for link in row.get("related") or ():
        url, kind = (link, "related") if isinstance(link, str) else (link["url"], link.get("kind") or "related")
        (tied if kind == "related" else other).add(plain(urljoin(row["url"], url)))
    return tied - {plain(row["url"])}, other - tied - {plain(row["url"])}


def score(labels: Iterable[Mapping[str, Any]], found: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Return the counts over all labelled pages; pages without labels are left out."""
    rows = {plain(row["url"]): row for row in found}
    counts: Counter[str] = Counter()
    for label in labels:
        row = rows.get(plain(label["url"]))
        tied, other = found_on({**row, "url": label["url"]}) if row else (set(), set())
        want = set(map(plain, label["related"]))
        also = set(map(plain, label["other"])) - want
        counts.update(pages=1, missing=row is None, want=len(want), found=len(tied), right=len(tied & want))
        counts.update(wrong=len(tied - want - also), other_kind=len(other & want))
    return counts


def line(name: str, counts: Counter[str]) -> str:
    """Return the row of a table."""
    precision = counts["right"] / counts["found"] if counts["found"] else 0.0
    recall = counts["right"] / counts["want"] if counts["want"] else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    wrong = counts["wrong"] / counts["found"] if counts["found"] else 0.0
    other = counts["other_kind"] / counts["want"] if counts["want"] else 0.0
    read = counts["pages"] - counts["missing"]
    shares = " | ".join(f"{share:.3f}" for share in (precision, wrong, recall, other, f1))
    return f"| {name} | {read} of {counts['pages']} | {counts['found']} | {shares} |"


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Read JSON Lines; a line that is no object with an address ends the program with its number."""
    rows = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if text.strip():
            try:
                row = json.loads(text)
                row["url"] + ""
            except (ValueError, TypeError, KeyError):
                sys.exit(f'{path}:{number}: is no JSON object with a "url"')
            rows.append(row)
    return rows


def main(paths: list[str]) -> int:
    """Print a table with a row for each file."""
    if not paths or paths[0] in {"-h", "--help"}:
        print(__doc__)
        return 0 if paths else 2
    labels = rows_of(LABELS)
    print(HEAD, "|" + " --- |" * (HEAD.count("|") - 1), sep="\n")
    for path in map(Path, paths):
        print(line(path.stem, score(labels, rows_of(path))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
