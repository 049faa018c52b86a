"""A portal's article addresses → expressions for ``article_url``. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_SHARE = 0.1
"""Least share of the addresses that a form must cover to get an expression."""
_SEGMENT = "[^/?#]+"
# "slug-post123456.vov", "slug-123456.html", "123456", "slug_ab12": slug, separator, letters, digits, extension.
_LAST = re.compile(
    r"(?P<slug>.*?)(?P<mark>(?:[-_.~]|\A)(?:[a-zA-Z]{0,6}(?=\d+(?:\.|\Z))|))(?P<number>\d{4,}|[0-9a-fA-F]{16,})"
    r"(?P<extension>\.[a-zA-Z]{2,6})?"
)
_EXTENSION = re.compile(r"\.[a-z]{2,6}\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PatternGuess:
    """An expression and what it matches of the addresses it was made from."""

    pattern: str
    articles: int
    """Addresses taken for articles that it matches."""
    others: int
    """Addresses not taken for articles that it matches too."""


@dataclass(frozen=True, slots=True)
class _Form:
    """What addresses of one kind have in common."""

    numbers: tuple[int, ...]
    """Lengths of the all-digit segments right before the last one, such as (4, 2, 2) for a date."""
    slug: bool
    mark: str
    kind: str
    """``digits``, ``hex`` or nothing."""
    extension: str
    closed: bool
    """Whether a slash ends the path."""


def guess_patterns(articles: Sequence[str], others: Sequence[str] = ()) -> list[PatternGuess]:
    """Return expressions for the forms that most of the *articles* have, the most frequent first.

    None for a form that says nothing, a slug alone: the generic guess is better than that.

    :param articles: addresses that are articles
    :param others: addresses that are not, to count what an expression takes in beside

    >>> guess_patterns(["https://e.vn/a/tau-dau-100001.html", "https://e.vn/b/gia-gao-tang-100002.html"])[0].pattern
    'https?://(?:www\\\\.)?e\\\\.vn/(?:[^/?#]+/)[^/?#]+-\\\\d{5,7}\\\\.html'
    """
    by_form: defaultdict[_Form, list[str]] = defaultdict(list)
    for address in articles:
        by_form[_form(address)].append(address)
    guesses = []
    for form, members in by_form.items():
        if len(members) >= max(2, _SHARE * len(articles)) and (form.kind or form.numbers):
            pattern = _pattern(form, members)
            guesses.append(PatternGuess(pattern, _matched(pattern, articles), _matched(pattern, others)))
    return sorted(guesses, key=lambda guess: -guess.articles)


def _matched(pattern: str, addresses: Iterable[str]) -> int:
    return sum(re.fullmatch(pattern, address.partition("?")[0]) is not None for address in addresses)


def _segments(address: str) -> list[str]:
    return [segment for segment in urlsplit(address).path.split("/") if segment]


def _form(address: str) -> _Form:
    *before, last = _segments(address) or [""]
    numbers: list[int] = []
    while len(before) > len(numbers) and before[-1 - len(numbers)].isdecimal():
        numbers.append(min(2, len(before[-1 - len(numbers)])) if len(before[-1 - len(numbers)]) < 4 else 4)
    closed = urlsplit(address).path.endswith("/")
    found = _LAST.fullmatch(last)
    if found is None:
        extension = _EXTENSION.search(last)
        return _Form(tuple(numbers[::-1]), True, "", "", extension[0] if extension else "", closed)
    kind = "digits" if found["number"].isdecimal() else "hex"
    return _Form(tuple(numbers[::-1]), bool(found["slug"]), found["mark"], kind, found["extension"] or "", closed)


def _pattern(form: _Form, members: Sequence[str]) -> str:
    hosts = Counter(urlsplit(address).netloc.lower().removeprefix("www.") for address in members)
    host = "|".join(map(_literal, sorted(hosts)))
    host = host if len(hosts) == 1 else f"(?:{host})"
    words = [_segments(address)[: -1 - len(form.numbers)] for address in members]
    first = words[0][0] if words[0] and all(one[:1] == words[0][:1] for one in words) else ""
    depths = [len(one) - bool(first) for one in words]
    path = f"{_literal(first)}/" if first else ""
    path += _repeated(f"(?:{_SEGMENT}/)", min(depths), max(depths)) if max(depths) else ""
    path += "".join(r"\d{1,2}/" if length <= 2 else r"\d{4,}/" for length in form.numbers)
    return rf"https?://(?:www\.)?{host}/{path}{_last_pattern(form, members)}{'/?' if form.closed else ''}"


def _last_pattern(form: _Form, members: Sequence[str]) -> str:
    slug = _SEGMENT if form.slug else ""
    if not form.kind:
        return slug + _literal(form.extension)
    lasts = (_LAST.fullmatch(_segments(address)[-1]) for address in members)
    lengths = [len(found["number"]) for found in lasts if found]
    if form.kind == "hex":
        number = _repeated("[0-9a-fA-F]", min(lengths), max(lengths))
    else:
        number = _repeated(r"\d", max(4, min(lengths) - 1), max(lengths) + 1)  # ids grow
    return f"{slug}{_literal(form.mark)}{number}{_literal(form.extension)}"


def _repeated(pattern: str, least: int, most: int) -> str:
    if least == most:
        return pattern if least == 1 else f"{pattern}{{{least}}}"
    return f"{pattern}{{{least},{most}}}"


def _literal(text: str) -> str:
    return re.sub(r"([.+*?^$()|\[\]{}\\])", r"\\\1", text)
