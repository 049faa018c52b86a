"""Days, authors and titles of pages with known right ones, beside trafilatura's own metadata, hosts split in two.

    python -m benchmarks.quality_metadata [SET …]

Days are compared in UTC, and as days at the portal. An agency beside the authors may be counted among them or not. Half
A holds the hosts by which rules were made, half B the others: a host's half is the parity of the MD5 of its last two
labels. The measuring data is looked for in STORYKIN_SHARED.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from trafilatura.metadata import extract_metadata

from crawler.article.metadata.metadata import read_metadata
from crawler.article.page.decode import ExtractError, parse
from crawler.article.page.page import Page
from crawler.warc.archive import read_pages

SHARED = Path(os.environ.get("STORYKIN_SHARED", Path(__file__).resolve().parents[2] / "shared"))
SETS = {"wcxb": "extraction", "fundus": "extraction", "trafilatura-eval": "extraction", "utomo-news": "extraction"}


def bare(text: str) -> str:
    """Return *text* for comparison: letters and digits only."""
    return re.sub(r"[\W_]+", "", text.casefold())


def half(url: str) -> str:
    """Return the half that the host of *url* lies in."""
    site = ".".join((urlsplit(url).hostname or "").split(".")[-2:])
    return "AB"[int(hashlib.md5(site.encode(), usedforsecurity=False).hexdigest(), 16) % 2]


def truth(row: dict[str, Any]) -> dict[str, str]:
    """Return what is known of a page: a day, the names of its authors as one text, a title."""
    authors = row.get("author") or row.get("authors") or ""
    if isinstance(authors, list):
        authors = ", ".join(" ".join(one) if isinstance(one, list) else str(one) for one in authors)
    day = (row.get("published_day") or row.get("date") or "")[:10]
    return {"day": day, "day at the portal": day, "authors": bare(authors), "title": bare(row.get("title") or "")}


def judged(name: str) -> Iterator[tuple[str, str, bool, bool]]:
    """Yield half, field, whether storykin and whether trafilatura has it right, for every known value of a set."""
    folder = SHARED / "data" / SETS[name]
    gold = {row["url"]: row for row in map(json.loads, (folder / f"{name}.gold.jsonl").open(encoding="utf-8"))}
    for page in read_pages(folder / f"{name}.warc.gz"):
        row = gold.get(page.url, {})
        if row.get("kind", "article") != "article" or not any(truth(row).values()):
            continue
        try:
            tree = parse(Page(url=page.url, body=page.body, content_type=page.content_type))[0]
        except ExtractError:
            continue
        ours, theirs = read_metadata(tree, page.url), extract_metadata(tree, default_url=page.url)
        now = {
            "day": str(ours.published or "")[:10],
            "day at the portal": ours.published_day,
            "authors": bare(", ".join(ours.authors)),
            "title": bare(ours.title),
        }
        then = {
            "day": (theirs.date or "")[:10],
            "day at the portal": (theirs.date or "")[:10],
            "authors": bare((theirs.author or "").replace(";", ",")),
            "title": bare(theirs.title or ""),
        }
        agency = bare(ours.agency)
        also = {"authors": {now["authors"] + agency, agency + now["authors"]}}  # some truths count it as an author
        for field, value in truth(row).items():
            if value:
                yield half(page.url), field, value in {now[field], *also.get(field, ())}, then[field] == value


def main() -> None:
    """Print the table."""
    if not (SHARED / "data").is_dir():
        sys.exit(f"quality_metadata: no measuring data at {SHARED}; set STORYKIN_SHARED to its folder")
    print("| pages | field | known | trafilatura | **now** | now, A | now, B |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in sys.argv[1:] or SETS:
        right: Counter[tuple[str, str, str]] = Counter()
        for side, field, now, then in judged(name):
            right.update({("known", field, side): 1, ("now", field, side): now, ("then", field, side): then})
        for field in ("day", "day at the portal", "authors", "title"):
            shares = [right[what, field, "A"] + right[what, field, "B"] for what in ("known", "then", "now")]
            sides = [right["now", field, side] / max(1, right["known", field, side]) for side in "AB"]
            if shares[0]:
                ratios = (
                    f"{shares[1] / shares[0]:.3f} | **{shares[2] / shares[0]:.3f}** | {sides[0]:.3f} | {sides[1]:.3f}"
                )
                print(f"| {name} | {field} | {shares[0]} | {ratios} |", flush=True)


if __name__ == "__main__":
    main()
