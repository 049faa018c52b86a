"""Publication times as pages write them, read as UTC, with the assumptions that were needed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Locality:
    """Language, country and zone of a page, by which its dates are read."""

    language: str = ""
    """ISO 639-1, lower case."""
    country: str = ""
    """ISO 3166-1, lower case; empty where nothing says it."""
    zone: str = ""
    """IANA name; empty where it is not known."""
    stated: bool = False
    """Whether the seed names the zone, so that it is no assumption."""

    @property
    def day_first(self) -> bool | None:
        """Whether 03/04 is the third of April; ``None`` for English of no known country."""
        if self.country:
            return self.country not in _MONTH_FIRST
        return None if self.language in {"", "en"} else True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTime:
    """A moment read from a text, and which of its parts the text names."""

    moment: datetime
    """UTC. A day without a clock is midnight UTC of that day, whatever the zone: it stays the day that was written."""
    clock: bool = True
    """Whether the text names a time of day."""
    zoned: bool = True
    """Whether the text names its zone."""
    swapped: datetime | None = None
    """The moment with day and month exchanged, where both orders are possible and the page does not settle it."""
    zone: tzinfo = UTC
    """Zone in which the text names it; the portal's own where that is UTC."""

    @property
    def day(self) -> str:
        """The day at the portal, in ISO 8601."""
        return self.moment.astimezone(self.zone).date().isoformat()


_MONTH_FIRST = frozenset({"us", "ph", "pr", "gu"})
_ZONES = (
    "ae:Asia/Dubai at:Europe/Vienna bd:Asia/Dhaka be:Europe/Brussels bg:Europe/Sofia ch:Europe/Zurich"
    " cn:Asia/Shanghai cz:Europe/Prague de:Europe/Berlin dk:Europe/Copenhagen ee:Europe/Tallinn eg:Africa/Cairo"
    " es:Europe/Madrid fi:Europe/Helsinki fr:Europe/Paris gb:Europe/London gr:Europe/Athens hk:Asia/Hong_Kong"
    " hr:Europe/Zagreb hu:Europe/Budapest ie:Europe/Dublin il:Asia/Jerusalem in:Asia/Kolkata ir:Asia/Tehran"
    " it:Europe/Rome jp:Asia/Tokyo ke:Africa/Nairobi kh:Asia/Phnom_Penh kr:Asia/Seoul la:Asia/Vientiane"
    " lt:Europe/Vilnius lv:Europe/Riga my:Asia/Kuala_Lumpur ng:Africa/Lagos nl:Europe/Amsterdam no:Europe/Oslo"
    " np:Asia/Kathmandu ph:Asia/Manila pk:Asia/Karachi pl:Europe/Warsaw ro:Europe/Bucharest rs:Europe/Belgrade"
    " sa:Asia/Riyadh se:Europe/Stockholm sg:Asia/Singapore si:Europe/Ljubljana sk:Europe/Bratislava"
    " th:Asia/Bangkok tr:Europe/Istanbul tw:Asia/Taipei ua:Europe/Kyiv uk:Europe/London vn:Asia/Ho_Chi_Minh"
    " za:Africa/Johannesburg"
)
"""Country codes of hosts with the zone of their country, for countries of one zone."""
_ZONE_OF = dict(pair.split(":") for pair in _ZONES.split())
_TOP_LEVEL_COUNTRIES = frozenset(_ZONE_OF) | {"us", "au", "nz", "ca", "br", "mx", "ru", "id", "pt", "ar", "cl"}

_ABBREVIATIONS = (
    "utc:0 gmt:0 z:0 wet:0 west:1 bst:1 cet:1 mez:1 met:1 cest:2 mesz:2 eet:2 sast:2 cat:2 eest:3 msk:3 eat:3 trt:3"
    " wat:1 pkt:5 ict:7 wib:7 wita:8 wit:9 hkt:8 sgt:8 pht:8 myt:8 awst:8 jst:9 kst:9 aest:10 aedt:11 nzst:12 nzdt:13"
    " brt:-3 art:-3 est:-5 edt:-4 cst:-6 cdt:-5 mst:-7 mdt:-6 pst:-8 pdt:-7 akst:-9 akdt:-8 hst:-10"
)
_OFFSETS = {
    name: timezone(timedelta(hours=int(hours))) for name, hours in (p.split(":") for p in _ABBREVIATIONS.split())
}
_CIVIL = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}
"""Abbreviations that stand for summer and winter time alike."""
_INDIA = timezone(timedelta(hours=5, minutes=30))
_OF_COUNTRY = {
    "ist": {"il": "Asia/Jerusalem", "ie": "Europe/Dublin"},
    "cst": {"cn": "Asia/Shanghai", "tw": "Asia/Taipei"},
}
"""Abbreviations that mean another zone in some countries than in the rest of the world."""

_YEARS = range(1990, 2100)
_DIGIT = re.compile(r"\d")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_FEWEST_DIGITS = 5
"""Digits of a year and a day of the month: no form of a date has fewer."""
_YEAR = r"(?:19|20|25)\d{2}"
_YEAR_FIRST = re.compile(
    rf"(?<!\d)({_YEAR})\s*(?:[-/.]|年|년)\s*(\d{{1,2}})\s*(?:[-/.]|月|월)\s*(\d{{1,2}})(?!\d)\s*(?:日|일)?"
)
_NUMERIC = re.compile(rf"(?<![\d/.-])(\d{{1,2}})\s*([/.-])\s*(\d{{1,2}})\s*\2\s*({_YEAR})(?!\d)")
_VIETNAMESE_DAY = re.compile(
    r"\b(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\s+nhật|ngày|cập nhật)\b|\d\s+tháng\s+\d|\d\s+(?:sa|ch)\b"
)
_VIETNAMESE = re.compile(rf"(?<!\d)(\d{{1,2}})\s+tháng\s+(\d{{1,2}})\s*(?:,|năm|-)?\s*({_YEAR})")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(Z?)(?!\d)")
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})")
_LETTER = r"(?:[^\W\d_]|[\u064b-\u065f\u0900-\u0dff\u0e00-\u0eff])"  # Python takes no vowel sign for a letter
_WORD = (
    rf"({_LETTER}{{3,14}}(?:/{_LETTER}{{3,14}})?|{_LETTER}{{3,8}}\s{_LETTER}{{3,8}}/{_LETTER}{{3,14}}"
    rf"|{_LETTER}{{1,3}}\.{_LETTER}{{1,2}}\.)"
)
_DAY_WORD = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|ème|º|ª|\.|,)?[\s-]*(?:(?:de|of|d')\s+)?"
    rf"{_WORD}\.?,?[\s-]*(?:(?:de|del|of)\s+)?({_YEAR})(?!\d)"
)
_WORD_DAY = re.compile(rf"{_WORD}\.?[\s-]*(\d{{1,2}})(?:st|nd|rd|th)?(?:\s*,\s*|\s+|-)({_YEAR})(?!\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_THAI = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
_LANGUAGES = re.findall(
    r"\w+", "ar cs da de el en es fa fi fr he hi hr hu id it ja ko nb nl pl pt ro ru sk sr sv th tr uk vi"
)
"""Languages in which dateparser is asked for names of months. For others it tries all its 200, 50 ms a word."""

_CLOCK = re.compile(
    r"(?<![\d:/.-])(?P<half>上午|下午|오전|오후|午前|午後|ص|م)?\s*(?P<hour>[01]?\d|2[0-4])"
    r"(?:\s*(?:[:hg٫.]|時|点|시)\s*(?P<minute>[0-5]?\d)(?!\d)(?:[:.]|分|분)?(?:(?<=[:.])(?P<second>[0-5]?\d)(?:[.,](?P<part>\d+))?)?"
    r"|\s*(?P<bare>h|uhr|時|点|시)|(?=\s*[ap]\.?\s?m\b))"
    r"\s*(?P<after>[ap]\.?\s?m\b\.?|sa\b|ch\b|오전|오후|ص|م)?",
    re.IGNORECASE,
)
_LATE = re.compile(r"p|ch|下午|오후|午後|م", re.IGNORECASE)
_SENTENCE = re.compile(r"[^\W\d_]{4,}.*[^\W\d_]{4,}.*[^\W\d_]{4,}")
_ZONE = re.compile(
    r"\s*(?:uhr\s*|ora\s*)?[(\[]?\s*(?:(?P<name>[A-Za-z]{1,4})(?![A-Za-z])\s*)?(?P<offset>(?P<sign>[+\u2212-])\s?(?P<h>\d{1,2}?)(?::?(?P<m>\d{2}))?(?![\d:/]))?"
)


def locality(language: str, url: str, *, region: str = "", zone: str = "") -> Locality:
    """Return how the dates of the page at *url* are to be read.

    :param language: ISO 639-1, lower case
    :param region: country code behind the declared language (``GB`` of ``en-GB``); used if the host names no country
    :param zone: IANA name from the seed; it goes before the zone of the host's country
    """
    country = _country(url) or region.lower()
    stated = bool(zone)
    if not stated:
        zone = _ZONE_OF.get(_country(url)) or ("Asia/Ho_Chi_Minh" if language == "vi" else "")
    return Locality(language=language, country=country, zone=zone, stated=stated)


def _country(url: str) -> str:
    try:
        last = (urlsplit(url).hostname or "").rstrip(".").rpartition(".")[2]
    except ValueError:
        return ""
    return {"uk": "gb"}.get(last, last) if last in _TOP_LEVEL_COUNTRIES else ""


def parse_time(raw: str, *, language: str = "", url: str = "") -> datetime | None:
    """Return the moment that *raw* names, in UTC, or ``None`` if it names none for certain.

    >>> parse_time("Thứ Ba, 22:35, 26/08/2025", language="vi").isoformat()
    '2025-08-26T15:35:00+00:00'
    """
    found = read_time(raw, locality(language, url))
    return found.moment if found else None


def read_time(raw: str, where: Locality) -> ReadTime | None:
    """Return the first moment that *raw* names; ``None`` if it names none for certain or has more than 200 characters.

    These forms are read, with the digits of every script:

    - ISO 8601, with any clock and zone behind the day; RFC 2822
    - seconds and milliseconds since 1970
    - numeric dates, day first unless the country writes the month first
    - dates with the month's name in the languages of :data:`_LANGUAGES`; Buddhist years in Thai

    A clock without a zone is in the zone of *where*, or in UTC if *where* has none.
    """
    text = " ".join(_with_plain_digits(unicodedata.normalize("NFC", raw)).split())
    if len(text) > 200 or len(_DIGIT.findall(text)) < _FEWEST_DIGITS:
        return None
    if where.day_first is None:
        if _VIETNAMESE_DAY.search(text.casefold()):
            where = locality("vi", "", zone=where.zone if where.stated else "")
        elif not text.isascii() and any(c.isalpha() and not c.isascii() for c in text):
            where = replace(where, language="und")  # no English: day first
    try:
        return _epoch(text, where) or _compact(text, where) or _written(text, where)
    except (ValueError, OverflowError):
        return None


def _with_plain_digits(text: str) -> str:
    if text.isascii() or not _OTHER_DIGIT.search(text):
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _epoch(text: str, where: Locality) -> ReadTime | None:
    found = _EPOCH.fullmatch(text)
    if not found:
        return None
    moment = datetime.fromtimestamp(int(found[1]) if found[1] else int(found[2]) / 1000, UTC)
    return ReadTime(moment=moment, zone=_zone_named(where.zone)) if moment.year in _YEARS else None


def _compact(text: str, where: Locality) -> ReadTime | None:
    found = _COMPACT.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(number or 0) for number in found.groups()[:6])
    zone = UTC if found[7] else None
    return _placed(datetime(year, month, day, hour, minute, second), zone, where, clock=bool(found[4]))  # noqa: DTZ001


def _written(text: str, where: Locality) -> ReadTime | None:
    for start, end, written, swapped in _days(text, where):
        buddhist = written.year - 543 in _YEARS
        day = written.replace(year=written.year - 543) if buddhist else written
        if day.year not in _YEARS:
            continue
        clock = _clock(text[end : end + 60], behind=True) or _clock(text[:start][-40:], behind=False)
        if clock is None:
            rest = text[end : end + 12]
            return _placed(day, UTC if rest[:1] == "Z" else None, where, clock=False, swapped=swapped)
        since, rest = clock
        zone = _zone(rest, where, day) if rest else None
        if not zone and (named := re.search(r"(?:GMT|UTC)\s*[+-]\s*\d{1,2}(?::\d\d)?", text)):
            zone = _zone(named[0], where, day)
        return _placed(day + since, zone, where, clock=True, swapped=swapped + since if swapped else None)
    return None


def _placed(
    naive: datetime, zone: tzinfo | None, where: Locality, *, clock: bool, swapped: datetime | None = None
) -> ReadTime | None:
    if naive.year not in _YEARS:
        return None
    local = zone or (_zone_named(where.zone) if clock else UTC)
    return ReadTime(
        moment=naive.replace(tzinfo=local).astimezone(UTC),
        clock=clock,
        zoned=zone is not None or where.stated or not clock,
        swapped=swapped.replace(tzinfo=local).astimezone(UTC) if swapped else None,
        zone=local if local.utcoffset(naive) or not clock else _zone_named(where.zone),
    )


def _zone_named(name: str) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _days(text: str, where: Locality) -> Iterator[tuple[int, int, datetime, datetime | None]]:
    """Yield every day named in *text* with where it stands and, where it can be read two ways, the other reading."""
    found: list[tuple[int, int, datetime, datetime | None]] = []
    for match in _YEAR_FIRST.finditer(text):
        found += _day(match, match[1], match[2], match[3])
    for match in _VIETNAMESE.finditer(text.casefold()):
        found += _day(match, match[3], match[2], match[1])
    for match in _NUMERIC.finditer(text):
        found += _numeric(match, where)
    for pattern, word, day in ((_DAY_WORD, 2, 1), (_WORD_DAY, 1, 2)):
        for match in pattern.finditer(text):
            if month := _month(match[word].casefold(), where.language):
                found += _day(match, match[3], str(month), match[day])
    yield from sorted(found, key=lambda one: one[0])


def _day(match: re.Match[str], year: str, month: str, day: str) -> list[tuple[int, int, datetime, datetime | None]]:
    try:
        return [(match.start(), match.end(), datetime(int(year), int(month), int(day)), None)]  # noqa: DTZ001
    except ValueError:
        return []


def _numeric(match: re.Match[str], where: Locality) -> list[tuple[int, int, datetime, datetime | None]]:
    first, mark, second, year = match.groups()
    day_first = _day(match, year, second, first)
    month_first = _day(match, year, first, second)
    if not day_first or not month_first or first == second:
        return day_first or month_first
    known = True if mark == "." else where.day_first
    chosen, other = (
        (month_first, day_first) if known is False or (known is None and mark == "/") else (day_first, month_first)
    )
    start, end, day, _ = chosen[0]
    return [(start, end, day, None if known is not None else other[0][2])]


@lru_cache(maxsize=1024)  # a pure function of its arguments; a page has few words beside its dates
def _month(word: str, language: str) -> int:
    """Return the number of the month that *word* names in English or in *language*, 0 if it names none."""
    if _ENGLISH.fullmatch(word):
        return _MONTHS.index(word[:3]) + 1
    if word in _THAI:
        return _THAI.index(word) + 1
    if "." in word or (word.isascii() and language == "en"):
        return 0
    import dateparser  # its import takes 0.2 s, and most pages need none of it

    languages = [language] if language in _LANGUAGES else _LANGUAGES
    for name in dict.fromkeys((word, *word.split("/"))):
        moment = dateparser.parse(
            f"15 {name} 2000", languages=languages, settings={"REQUIRE_PARTS": ["day", "month", "year"]}
        )
        if moment and (moment.year, moment.day) == (2000, 15):
            return int(moment.month)
    return 0


def _clock(text: str, *, behind: bool) -> tuple[timedelta, str] | None:
    """Return the first clock *behind* a day, or the last before it, as time since midnight, and what follows it."""
    found = list(_CLOCK.finditer(text))
    if not found:
        return None
    match = found[0] if behind else found[-1]
    if behind and _SENTENCE.search(text[: match.start()]):
        return None  # another sentence's clock
    hour = int(match["hour"])
    half = match["half"] or match["after"] or ""
    if half and hour <= 12:
        hour = hour % 12 + (12 if _LATE.match(half) else 0)
    part = float(f"0.{match['part']}") if match["part"] else 0.0
    since = timedelta(
        hours=hour, minutes=int(match["minute"] or 0), seconds=int(match["second"] or 0), microseconds=int(part * 1e6)
    )
    return since, text[match.end() :]


def _zone(rest: str, where: Locality, day: datetime) -> tzinfo | None:
    """Return the zone at the beginning of *rest*; ``None`` where none stands there."""
    found = _ZONE.match(rest)
    if not found:
        return None
    if found["offset"]:
        minutes = int(found["h"]) * 60 + int(found["m"] or 0)
        return (
            timezone(timedelta(minutes=minutes if found["sign"] == "+" else -minutes)) if minutes <= 15 * 60 else None
        )
    name = (found["name"] or "").lower()
    if at := _OF_COUNTRY.get(name, {}).get(where.country):
        return ZoneInfo(at)
    if name in _CIVIL:
        spoken = where.language in {"", "en"} and where.country in {"", "us", "ca"}  # elsewhere "et" is a word
        return ZoneInfo(_CIVIL[name]) if spoken else None
    return _INDIA if name == "ist" else _OFFSETS.get(name)
