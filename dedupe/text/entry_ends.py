"""What portals put before and behind an entry: their name, a date, an invitation to read on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dedupe.text.normalise import without_prefix

_REACH = 80  # characters at either end that may hold a date or a portal's name

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_CLOCK = r"\d{1,2}[:h]\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[ap]\.?m\b\.?|z\b|[+-]\d{2}:?\d{2}\b)?"
_DAY = (
    rf"\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}|{_MONTH}\s\d{{1,2}},?\s\d{{4}}"
    rf"|\d{{1,2}}\s{_MONTH},?\s\d{{4}}|(?:ngày\s)?\d{{1,2}}\stháng\s\d{{1,2}},?(?:\snăm)?\s\d{{4}}"
)
_AGO = (
    r"\d+\s(?:giây|phút|giờ|ngày|tuần|tháng)\strước"
    r"|(?:\d+|an?)\s(?:second|minute|min|hour|hr|day|week|month)s?\sago"
)
_WEEKDAY = (
    r"(?:thứ\s(?:[2-7]|hai|ba|tư|năm|sáu|bảy)|chủ\snhật"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)"
)
_FILLER = (
    r"(?:[\s,;|()\[\]•·–—-]|\b(?:published|updated|posted|cập\snhật|lúc|ngày|at|on)\b[.:]?"
    rf"|(?:(?<=[|(,•·–—-])\s?|\A){_WEEKDAY}\b\.?|\b{_WEEKDAY}\.?,"
    r"|\(?gmt\s?[+-]\d{1,2}(?::\d{2})?\)?|t(?=\d\d:))*+"  # possessive: no choice is ever taken back, so time is linear
)
_STAMP = rf"(?:(?:{_CLOCK}{_FILLER})?(?:{_DAY})(?:{_FILLER}{_CLOCK})?|{_AGO})"
_DATE = re.compile(_DAY, re.IGNORECASE)
_STAMP_AT_END = re.compile(rf"(?<!\w){_FILLER}{_STAMP}{_FILLER}\Z", re.IGNORECASE)
_STAMP_AT_START = re.compile(rf"\A{_FILLER}{_STAMP}(?!\w){_FILLER}", re.IGNORECASE)
_PORTAL = r"(?:[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,6}|[A-Z][A-Z0-9]{1,6}|\([^()]{2,30}\)|\[[^\[\]]{2,30}\])"
_PORTAL_AT_START = re.compile(rf"\A[\s>»•*·-]*{_PORTAL}\s?[-–—:|]+\s+")
_PORTAL_AT_END = re.compile(rf"\s+[-–—|]\s*{_PORTAL}\s*\Z")
_MORE_AT_END = re.compile(
    r"(?P<cut>…|\.{2,})?\s*(?(cut)[(\[|>»]?|[(\[|>»])\s*"
    r"(?:read more|continue reading|see more|more|đọc tiếp|xem tiếp|xem thêm|chi tiết)[\s)\]>».…]*\Z",
    re.IGNORECASE,
)
_CUT_AT_END = re.compile(r"[\s(\[]*(?:…|\.{2,})[\s)\]>»]*\Z")
_MAY_BE_STAMPED = re.compile(r"\d|ago", re.IGNORECASE)
"""In every date, time and "ago"; four in five entries end and begin without, which is ten times as quick to see."""
_MAY_BE_CUT = re.compile(r"[…(\[|>»]|\.\.")
"""In every ellipsis and before every invitation to read on."""


@dataclass(frozen=True, slots=True)
class Trimmed:
    """An entry without what stands at its ends."""

    body: str
    date: frozenset[str] = frozenset()
    """Day and month of the dates taken off, as numbers; empty where there was none or only "two hours ago"."""
    cut: bool = False
    """Whether it ended in an ellipsis or an invitation to read on."""


def trim(text: str) -> Trimmed:
    """Return *text*, which is NFC with single blanks, without portal names, dates and invitations at its ends.

    The text as it is where nothing else would be left.

    >>> trimmed = trim("VOV.VN - The bridge is open... Read more | 15/03/2026, 08:30")
    >>> trimmed.body, sorted(trimmed.date), trimmed.cut
    ('The bridge is open', ['15', '3'], True)
    """
    split = max(0, len(text) - _REACH)
    head, tail = text[:split], text[split:]
    date: set[str] = set()
    cut = False
    for _ in range(3):  # a date may stand behind "read more", a portal's name behind a date
        before = tail
        stamped = _MAY_BE_STAMPED.search(tail) and _STAMP_AT_END.search(tail)
        if stamped:
            date |= _day_and_month(stamped[0])
            tail = tail[: stamped.start()]
        tail = _PORTAL_AT_END.sub("", tail)
        shorter = _CUT_AT_END.sub("", _MORE_AT_END.sub("", tail)) if _MAY_BE_CUT.search(tail) else tail
        cut = cut or shorter != tail
        tail = shorter
        if tail == before:
            break
    whole = _without_portal(head + tail)
    start, rest = whole[:_REACH], whole[_REACH:]
    stamped = _STAMP_AT_START.match(start)
    if stamped:
        date |= _day_and_month(stamped[0])
        start = start[stamped.end() :]
    body = _without_portal(start + rest)
    return Trimmed(body, frozenset(date), cut) if body.strip() else Trimmed(text)


def _day_and_month(stamp: str) -> set[str]:
    """Years are left out, as one copy may have two digits of it or none."""
    numbers = [number.lstrip("0") for day in _DATE.findall(stamp) for number in re.findall(r"\d+", day)]
    return {number for number in numbers if len(number) < 3 and int(number or 0) <= 31}


def _without_portal(text: str) -> str:
    """A prefix in capitals is a portal's or a place's name only where what follows is not in capitals too."""
    rest = without_prefix(_PORTAL_AT_START.sub("", text, count=1))
    return rest if any(map(str.islower, rest)) or not any(map(str.isupper, rest)) else text
