"""``storykin clean``: an already extracted page, without its related stories, repeats and promotion lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from crawler.article.plaintext.clean import clean_text
from dedupe.errors import InputError
from dedupe.printable import in_place, json_text
from storage.records import KEPT_VERDICTS, Article, Paragraph, RelatedStory


@dataclass(frozen=True, slots=True)
class Source:
    """One text to clean, with what is known of it."""

    text: str
    id: str
    url: str = ""
    title: str = ""


@click.command("clean")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="One Article a line instead of a page for people.")
def command(files: tuple[str, ...], as_json: bool) -> None:
    """Clean already extracted pages: title, lead, captions, body, related stories, and what was dropped and why.

    FILE is a text (one page) or JSON Lines of objects with "text" and, optionally, "id", "url" and "title".
    "-" reads standard input. No database is started.
    """
    # All input is read before anything is printed: a bad last file leaves no half output.
    sources = [source for name in files for source in read_sources(name)]
    articles = (clean_text(source.text, source.id, url=source.url, title=source.title) for source in sources)
    if as_json:
        for article in articles:
            click.echo(json_text(article.to_json()))
        return
    console = Console(highlight=False)
    for number, article in enumerate(articles):
        if number:
            console.rule()
        _show(console, article)


def read_sources(name: str) -> list[Source]:
    """Return the texts in the file *name*, ``-`` for standard input.

    :raises InputError: if the file cannot be read, is empty, not UTF-8, or a line of JSON Lines is unusable
    """
    where = "standard input" if name == "-" else name
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as problem:
        raise InputError(f"{where}: cannot be read: {problem.strerror}") from problem
    text = _decoded(raw, where)
    if not text.strip():
        raise InputError(f"{where}: empty; give a text, or JSON Lines with a text in each line")
    if name.endswith((".jsonl", ".ndjson")) or _is_json_lines(text):
        return list(_json_lines(text, where))
    return [Source(text, "" if name == "-" else Path(name).name)]


def _decoded(raw: bytes, where: str) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise InputError(
            f"{where}: line {line} is not UTF-8 (byte {problem.start}); convert it first, such as with iconv -t utf-8"
        ) from problem
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(f"{where}: line {line} holds a NUL character: this is no text file")
    return text


def _is_json_lines(text: str) -> bool:
    """Whether the first line is a JSON object with a text."""
    try:
        first = json.loads(text.lstrip().split("\n", 1)[0])
    except ValueError:
        return False
    return isinstance(first, dict) and "text" in first


def _json_lines(text: str, where: str) -> Iterator[Source]:
    # Only "\n" ends a line of JSON Lines: a string may hold other line separators as they are.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record: Any = json.loads(line)
        except ValueError as problem:
            raise InputError(f"{where}: line {number} is not JSON: {problem}") from problem
        if not isinstance(record, dict) or not isinstance(record.get("text"), str):
            raise InputError(f'{where}: line {number} is no object with a "text" that is a string')
        known = {key: str(record.get(key) or "") for key in ("url", "title")}
        yield Source(record["text"], str(record.get("id") or known["url"] or f"{where}:{number}"), **known)


def _show(console: Console, article: Article) -> None:
    def line(text: str, style: str = "", indent: int = 0) -> None:
        # A pipe gets every paragraph in one line, a terminal gets it wrapped.
        rich_text = Text(in_place(text), style=style)
        if console.is_terminal:
            console.print(Padding(rich_text, (0, 0, 0, indent)))
        else:
            console.print(Text(" " * indent) + rich_text, soft_wrap=True)

    line(f"title: {article.title or '(none)'}", "bold")
    for paragraph in article.paragraphs:
        if paragraph.verdict in KEPT_VERDICTS:
            line("")
            line(*_kept(paragraph))
    for caption in article.captions:
        line("")
        line(f"caption: {caption}", "italic")
    if article.related:
        line("")
        line(f"related stories: {len(article.related)}", "bold")
    for story in article.related:
        line(f"{story.position + 1}. {story.title} {_copies(story)}", "", 2)
        if story.blurb:
            line(story.blurb, "dim", 5)
    if article.quality:
        line("")
        line(f"quality: {', '.join(article.quality)}", "yellow")
    dropped = [p for p in article.paragraphs if p.verdict not in KEPT_VERDICTS and p.verdict != "caption"]
    if dropped:
        line("")
        line(f"dropped: {len(dropped)} of {len(article.paragraphs)} lines", "bold")
    for paragraph in dropped:
        line(f"{paragraph.verdict}: {_short(paragraph.text)} ({paragraph.reason})", "dim", 2)


def _kept(paragraph: Paragraph) -> tuple[str, str]:
    if paragraph.verdict == "lead":
        return f"lead: {paragraph.text}", ""
    return paragraph.text, "bold" if paragraph.verdict == "heading" else ""


def _copies(story: RelatedStory) -> str:
    blurbs = f", blurb ×{story.blurb_copies}" if story.blurb_copies else ""
    return f"[title ×{story.title_copies}{blurbs}]"


def _short(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
