"""Quality of the related-story finder on the shared pages, as a part of docs/quality.md.

    python -m benchmarks.quality_related            # writes the part between the markers of docs/quality.md
    python -m benchmarks.quality_related --print    # to standard output instead
    python -m benchmarks.quality_related --misses   # every link missed or wrong on l3s, to read by hand

The misses on l3s and the losses on utomo-news and fundus were read while the finder was built, so those figures are
of sets it was designed on; trafilatura-eval was held out.

Links are scored by the shared scorer on l3s. What the cut costs is measured on pages whose article text is known:
the share of that text's word 6-grams that stand in a cut element and nowhere else on the page.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml.html import HtmlElement

from crawler.article.page.decode import ExtractError, parse
from crawler.article.related.class_names import SILENT
from crawler.article.related.finder import RelatedBlocks, find_related
from crawler.warc.archive import read_pages

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("STORYKIN_SHARED", ROOT.parent / "shared"))
PAGE = ROOT / "docs" / "quality.md"
START, END = "<!-- related: written by benchmarks/quality_related.py -->", "<!-- related: end -->"
TIERS = ("related-class", "heading", "class", "data", "anchor", "cards")
WORD = re.compile(r"\w+")
REMARKS = (
    "What l3s calls related content is more than what is related here: of its 196 links 67 lead to sections, teams,",
    "searches or galleries, and nearly all of the 59 others that are missed stand in lists that other pages of the",
    "portal show too (most viewed, latest, also in the news). They are another kind.",
)


@dataclass
class Cut:
    """What cutting cost on one set."""

    pages: int = 0
    with_stories: int = 0
    by_script: int = 0
    hurt: int = 0
    lost: int = 0
    grams: int = 0
    seconds: float = 0.0
    tiers: Counter[str] = field(default_factory=Counter)


def l3s_links(folder: Path) -> dict[str, Any]:
    """Score the links on l3s whose kind is related."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as predictions:
        for page in read_pages(SHARED / "data/related/l3s.warc.gz"):
            stories = find_related(parse(page)[0], page.url).stories
            related = [{"url": story.url, "title": story.title, "kind": story.kind} for story in stories]
            print(json.dumps({"url": page.url, "related": related}), file=predictions)
        predictions.flush()
        gold = str(folder / "related/l3s.gold.jsonl")
        command = [sys.executable, str(SHARED / "eval/score.py"), "related", "--gold", gold, "--pred", predictions.name]
        result: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return result


def cut_of(folder: Path, name: str) -> Cut:
    gold = {
        row["url"]: row for row in map(json.loads, (folder / f"extraction/{name}.gold.jsonl").open(encoding="utf-8"))
    }
    cut = Cut()
    for page in read_pages(folder / f"extraction/{name}.warc.gz"):
        try:
            tree, _ = parse(page)
        except ExtractError:
            continue
        start = time.process_time()
        found = find_related(tree, page.url)
        cut.seconds += time.process_time() - start
        cut.pages += 1
        cut.with_stories += found.status == "found"
        cut.by_script += found.status == "loaded by script"
        cut.tiers.update(story.found_by for story in found.stories)
        grams = word_grams(gold_text(gold[page.url]))
        lost = grams & set().union(*(word_grams(shown(element, ())) for element in found.cut))
        lost -= word_grams(shown(tree, found.cut)) if lost else set()
        cut.grams += len(grams)
        cut.lost += len(lost)
        cut.hurt += bool(lost)
    return cut


def gold_text(row: dict[str, Any]) -> str:
    return "\n".join(strings(row.get("paragraphs") or row.get("with") or row["text"]))


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    members = value.values() if isinstance(value, dict) else value
    return [text for member in members for text in strings(member)]


def word_grams(text: str) -> set[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return {tuple(words[i : i + 6]) for i in range(len(words) - 5)}


def shown(root: HtmlElement, without: Any) -> str:
    """Return the text of *root* without scripts and without the elements in *without*."""
    skipped = set(without)
    parts: list[str] = []
    stack: list[tuple[HtmlElement, bool]] = [(root, False)]
    while stack:
        element, left = stack.pop()
        if left:
            parts.append(element.tail or "")
            continue
        if element is not root:
            stack.append((element, True))
        if element in skipped or not isinstance(element.tag, str) or element.tag in SILENT:
            continue
        parts.append(element.text or "")
        stack.extend((child, False) for child in reversed(element))
    return " ".join(parts)


def table(folder: Path) -> str:
    rows = [
        "| links on l3s (51 pages, 196 links) | precision | recall | F1 | pages with any |",
        "| --- | --- | --- | --- | --- |",
        "| before: class or id with the word related | .561 | .163 | .253 | .24 |",
    ]
    score = l3s_links(folder)
    figures = (score["precision"], score["recall"], score["f1"], score["pages_with_any"])
    rows.append(f"| now | {' | '.join(f'{figure:.3f}'.lstrip('0') for figure in figures)} |")
    rows += [
        "",
        "| cut on | pages | with stories | by script | pages losing article text | 6-grams lost | ms a page |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in ("utomo-news", "fundus", "trafilatura-eval"):
        cut = cut_of(folder, name)
        share = f"{cut.lost / max(1, cut.grams):.4%}"
        milliseconds = f"{1000 * cut.seconds / max(1, cut.pages):.1f}"
        rows.append(
            f"| {name} | {cut.pages} | {cut.with_stories} | {cut.by_script} | {cut.hurt} | {share} | {milliseconds} |"
        )
        print(name, {tier: cut.tiers[tier] for tier in TIERS}, file=sys.stderr)
    rows += ["", *REMARKS]
    return "\n".join(rows)


def misses(folder: Path) -> None:
    sys.path.insert(0, str(SHARED / "eval"))
    from score import link_set, norm_url

    rows = map(json.loads, (folder / "related/l3s.gold.jsonl").open(encoding="utf-8"))
    gold = {norm_url(row["url"]): link_set(row.get("related_links")) for row in rows}
    for page in read_pages(folder / "related/l3s.warc.gz"):
        want = gold[norm_url(page.url)]
        if not want:
            continue
        found: RelatedBlocks = find_related(parse(page)[0], page.url)
        have = {norm_url(story.url): story for story in found.stories}
        print(page.url, f"right {len(want & set(have))}")
        for key in sorted(want - set(have)):
            print("    missed", key)
        for key in sorted(set(have) - want):
            print("    wrong ", key, have[key].found_by, have[key].title)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--print", action="store_true", help="print the part instead of writing docs/quality.md")
    parser.add_argument("--misses", action="store_true", help="list every link missed or wrong on l3s")
    options = parser.parse_args()
    folder = SHARED / "data"
    if not folder.is_dir():
        sys.exit(f"quality_related: no measuring data at {folder}; set STORYKIN_SHARED to its folder")
    if options.misses:
        misses(folder)
        return
    part = f"{START}\n{table(folder)}\n{END}"
    if options.print:
        print(part)
        return
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else f"# Quality\n\n{START}\n{END}\n"
    if START not in page:
        page = f"{page.rstrip()}\n\n## Related stories\n\n{START}\n{END}\n"
    before, rest = page.split(START, 1)
    PAGE.write_text(f"{before}{part}{rest.split(END, 1)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
