"""Publication times as pages write them → timezone-aware UTC."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import urlsplit

VIETNAM = timezone(timedelta(hours=7))
"""Indochina Time; no daylight saving since 1975."""

_VIETNAMESE_DAY = re.compile(
    r"\b(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\s+nhật|cn|t[2-7])\b|\bngày\b|\bcập nhật\b|\b(?:sa|ch)\b"
)
_DATE = re.compile(r"(?<!\d)(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})(?!\d)")
_VIETNAMESE_DATE = re.compile(r"(?<!\d)(\d{1,2})\s+tháng\s+(\d{1,2})(?:\s*,)?(?:\s+năm)?\s+(\d{4})")
_TIME = re.compile(r"(?<![\d:/.-])([01]?\d|2[0-3])\s*[:hg]\s*([0-5]\d)(?::([0-5]\d))?\s*(am|pm|sa|ch)?\b")
_OFFSET = re.compile(r"(?:gmt|utc)\s*([+-]\d{1,2})(?::?(\d{2}))?")
_ISO = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?"
    r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?Z?(?!\d)")
_RFC2822 = re.compile(r"(?:[A-Za-z]{3},?\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d{2}:\d{2}")
_LABEL = re.compile(
    r"^\W*(?:(?:first|last|originally)\s+)?(?:published|updated|posted|modified|created|date|stand|veröffentlicht"
    r"|aktualisiert|publié|mis à jour|actualizado|publicado|pubblicato|aggiornato|atualizado|đăng|cập nhật)"
    r"(?:\s+(?:on|at|am|le|el|il|em|lúc|ngày))?\s*:?\s*",
    re.IGNORECASE,
)
_LANGUAGES = re.compile(r"ar|cs|da|de|el|en|es|fi|fr|he|hi|hu|id|it|ja|ko|nl|pl|pt|ro|ru|sv|th|tr|uk|vi|zh")
"""What dateparser is told to read alone, with English; it tries all its 200 languages on others, 50 ms a text."""
_YEARS = range(1990, 2100)


def parse_time(raw: str, *, language: str = "", url: str = "") -> datetime | None:
    """Return the moment that *raw* names, in UTC, or ``None`` if it names none for certain.

    Understood: ISO 8601 (also with a blank for the ``T``), RFC 2822, "Thứ Ba, 22:35, 26/08/2025" and the other
    Vietnamese forms, and what dateparser reads of dates with day, month and year. A time without a zone is
    Indochina Time on Vietnamese pages (*language* ``vi`` or a ``.vn`` host), else UTC.

    >>> parse_time("Thứ Ba, 22:35, 26/08/2025").isoformat()
    '2025-08-26T15:35:00+00:00'
    """
    text = " ".join(unicodedata.normalize("NFC", raw).split())
    if not text or len(text) > 200:
        return None
    local = VIETNAM if language == "vi" or _is_vietnamese_host(url) else UTC
    for reader in (_iso, _vietnamese, _rfc2822, _compact, partial(_other, language=language)):
        try:
            moment = reader(text, local)
            if moment and moment.year in _YEARS:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _is_vietnamese_host(url: str) -> bool:
    try:
        return (urlsplit(url).hostname or "").rstrip(".").endswith(".vn")
    except ValueError:
        return False


def _aware(moment: datetime, local: timezone) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=local)


def _iso(text: str, local: timezone) -> datetime | None:
    found = _ISO.match(text)
    if not found or len(text) > found.end() + 12:
        return None
    value = re.sub(r"\s*(?:UTC|GMT)$", "Z", found[0].strip(), flags=re.IGNORECASE).upper().replace(",", ".")
    date, _, time = value.replace("T", " ", 1).partition(" ")
    date = "-".join(part.zfill(2) for part in date.split("-"))
    time = time.strip().replace(" ", "")
    time = f"0{time}" if time[1:2] == ":" else time
    return _aware(datetime.fromisoformat(f"{date}T{time}" if time else date), local)


def _vietnamese(text: str, local: timezone) -> datetime | None:
    lowered = text.casefold()
    marked = _VIETNAMESE_DAY.search(lowered) or "gmt+7" in lowered.replace(" ", "")
    worded = _VIETNAMESE_DATE.search(lowered)
    found = worded or _DATE.search(lowered)
    if not found or not (marked or worded or local is VIETNAM):
        return None
    day, month, year = (int(number) for number in found.groups())
    rest = lowered[: found.start()] + " " + lowered[found.end() :]
    hour = minute = second = 0
    if clock := _TIME.search(rest):
        hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
        if clock[4] in {"pm", "ch"} and hour < 12:
            hour += 12
        elif clock[4] in {"am", "sa"} and hour == 12:
            hour = 0
    zone: timezone = VIETNAM
    if offset := _OFFSET.search(rest):
        sign = -1 if offset[1].startswith("-") else 1
        zone = timezone(timedelta(hours=int(offset[1]), minutes=sign * int(offset[2] or 0)))
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


def _rfc2822(text: str, local: timezone) -> datetime | None:
    return _aware(parsedate_to_datetime(text), local) if _RFC2822.match(text) else None


def _compact(text: str, local: timezone) -> datetime | None:
    found = _COMPACT.fullmatch(text)
    if not found:
        return None
    numbers = [int(number or 0) for number in found.groups()]
    zone = UTC if text.endswith("Z") else local
    year, month, day, hour, minute, second = numbers
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


def _other(text: str, local: timezone, language: str = "") -> datetime | None:
    """Ask dateparser, but only about text with a year and a day, so that the clock plays no part."""
    if not re.search(r"(?<!\d)(?:19|20)\d{2}(?!\d)", text) or len(re.findall(r"\d+", text)) < 2:
        return None
    import dateparser  # its import takes 0.2 s, and most pages need none of it

    moment = dateparser.parse(
        re.sub(r"\s*[|•·]\s*", " ", _LABEL.sub("", text)),
        languages=sorted({language, "en"}) if _LANGUAGES.fullmatch(language) else None,
        settings={
            "REQUIRE_PARTS": ["day", "month", "year"],
            "RELATIVE_BASE": datetime(2000, 1, 1),  # noqa: DTZ001 dateparser wants it naive; a constant, not the clock
            "DATE_ORDER": "DMY" if local is VIETNAM else "MDY",
            "PREFER_LOCALE_DATE_ORDER": True,
        },
    )
    return _aware(moment, local) if moment else None
