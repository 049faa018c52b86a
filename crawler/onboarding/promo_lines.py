"""What recurs on a portal's pages as keys of its seed file, each proposal with its counts. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crawler.article.body.promo import promo_reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Expressions for one recurring line, or the selector of a block, and what a person needs to judge it."""

    patterns: tuple[str, ...]
    text: str
    pages: int
    share: float
    examples: tuple[str, ...]
    note: str = ""


def patterns_for(forms: Iterable[str], known: Sequence[str] = ()) -> tuple[str, ...]:
    """Return expressions that match each of *forms* as a whole line, as
    :func:`crawler.article.body.promo.promo_reason` does.

    Forms that are promotion lines already, by *known* expressions or in general, need none.

    >>> patterns_for(["Thư bạn đọc gửi về Bến Cảng (mới)!", "thư bạn đọc gửi về Bến Cảng (mới)"])
    ('\\\\W*Thư bạn đọc gửi về Bến Cảng \\\\(mới\\\\W*',)
    """
    found: list[str] = []
    for form in forms:
        if not promo_reason(form, [*known, *found]) and (pattern := _pattern(form)):
            found.append(pattern)
    return tuple(found)


def _pattern(line: str) -> str:
    """Return an expression for *line* in which the marks at its ends do not count."""
    words = " ".join(unicodedata.normalize("NFC", line).split())
    bare = re.sub(r"^\W+|\W+$", "", words)
    escaped = " ".join(map(re.escape, (bare or words).split()))
    return rf"\W*{escaped}\W*" if bare else escaped


def toml_list(key: str, standing: Sequence[str], proposals: Sequence[Proposal]) -> str:
    """Return *key* of a seed file as a whole: the *standing* values, then the proposed ones, each with its counts.

    >>> print(toml_list("promo_lines", ["a+"], [Proposal(patterns=("b",), text="b", pages=7, share=0.5, examples=())]))
    promo_lines = [
        'a+',
        # 7 pages (50.0%)
        'b',
    ]
    """
    lines = [f"{key} = [", *(f"    {toml_text(pattern)}," for pattern in standing)]
    for one in proposals:
        example = f", such as {one.examples[0]}" if one.examples else ""
        lines.append(_comment(f"{one.pages:,} pages ({one.share:.1%}){f', {one.note}' if one.note else ''}{example}"))
        lines += [f"    {toml_text(pattern)}," for pattern in one.patterns]
    return "\n".join([*lines, "]"])


def toml_text(text: str) -> str:
    """Return *text* as a TOML string, as written where that is possible.

    >>> toml_text(r"\\W*a"), toml_text("it's")
    ("'\\\\W*a'", '"it\\'s"')
    """
    if "'" in text or not text.isprintable():
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"'{text}'"


def _comment(text: str) -> str:
    """Return *text* as a comment of one line: an address from a page must not end it."""
    return "    # " + "".join(character if character.isprintable() else "?" for character in text)
