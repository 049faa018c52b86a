"""The time of publication: all candidates on a page, with source and place, and the choice among them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from lxml.etree import Comment, ProcessingInstruction
from lxml.html import HtmlElement

from crawler.article.metadata.jsonld import Node, text_of
from crawler.article.page.dates import Locality, ReadTime, read_time
from crawler.article.page.decode import nfc
from crawler.portals.seed import Seed
from storage.records import utc_text

SAME_DAY = timedelta(hours=26)
"""Largest distance of two readings of one publication: one a day (midnight UTC), the other a clock of any zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCandidate:
    """A moment that may be the publication, with its source."""

    time: ReadTime
    raw: str
    source: str
    """Such as ``json-ld``, ``meta``, ``microdata``, ``text``, ``address``."""
    place: str = ""
    """Where in the page: the name of the tag, or where it stands beside the headline."""
    weight: float = 1.0
    updated: bool = False
    """Whether it is called the time of an update."""

    def __str__(self) -> str:
        said = "updated, " if self.updated else ""
        where = f"{self.source} {self.place}".strip()
        return f"{utc_text(self.time.moment)} ({said}{where}, counts {self.weight:.1f}): {self.raw[:80]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The chosen time, and all candidates."""

    published: datetime | None = None
    day: str = ""
    raw: str = ""
    source: str = ""
    modified: datetime | None = None
    doubts: tuple[str, ...] = ()
    candidates: tuple[DateCandidate, ...] = ()


_META_PUBLISHED = re.compile(
    r"(?:.*(?:pub(?:lish(?:ed|ing)?|lication)?|issued?|original|release|online)(?:date|time|at|on)?(?:original"
    r"|time|gmt|utc)?"
    r"|.*date(?:published|issued|publication)(?:time)?|ptime|displaydate)"
)
_META_CREATED = re.compile(
    r"(?:(?:sailthru|citation|dc|dcterms|article|og|news|content)?date|.*creat(?:ed|ion)(?:date|at|time)?"
    r"|.*datecreated|uploaddate)"
)
_META_MODIFIED = re.compile(r".*(?:modif|updat|revis|last|review).*")


def publication(
    tree: HtmlElement,
    node: Node,
    meta: dict[str, list[str]],
    seed: Seed,
    *,
    where: Locality,
    url: str,
    headline: HtmlElement | None,
) -> Publication:
    """Return when the article in *tree* was published and changed, by the agreement of what the page says."""
    found = [*_stated(node, meta, where), *_of_seed(tree, seed, where)]
    if not _settled(found):
        found += shown_dates(tree, where, headline)
    if named := address_date(url, where):
        found.append(named)
    return choose(found or list(_guessed(tree, where, url)))


def _settled(found: Sequence[DateCandidate]) -> bool:
    """Tell whether two sources state one day for certain, so that the text need not be read for a third."""
    sure = [one for one in found if not one.updated and one.weight >= 2.3 and not one.time.swapped]
    same = all(abs(one.time.moment - sure[0].time.moment) <= SAME_DAY for one in sure)
    return same and len({one.source for one in sure}) > 1


def _guessed(tree: HtmlElement, where: Locality, url: str) -> Iterator[DateCandidate]:
    """Yield what htmldate finds in markup that no other source reads. It is slow and therefore asked last.

    Its extensive search, which takes any date of the text, is off. With it the day was wrong on 17 of 44 pages, without
    it on 6; and with it nearly every page without a date got one.
    """
    from htmldate import find_date

    read = deepcopy(tree)
    for element in read.iter():
        for name, value in element.items():
            if len(value) > _LONGEST_ATTRIBUTE:
                del element.attrib[name]
    latest = "2099-12-31"  # its default is the time of the call
    raw = find_date(read, extensive_search=False, original_date=True, url=url, max_date=latest)
    if raw and (time := read_time(raw, where)):
        yield DateCandidate(time=time, raw=raw, source="htmldate", weight=LEAST)


_LONGEST_ATTRIBUTE = 2000
"""Characters of an attribute above which htmldate does not get it. It searches the HTML a dozen times: pictures and
data in attributes took up to 3 s a page."""


def choose(found: Sequence[DateCandidate]) -> Publication:
    """Return the day on which most independent sources agree, in its most exact form."""
    read = [_with_order(one, found) for one in found]
    candidates = tuple(_first_hand(one, read) for one in read)
    open_ones = [one for one in candidates if not one.updated] or list(candidates)
    updates = [one.time.moment for one in candidates if one.updated and one.source != "text"]
    modified = max(updates, default=None)
    if not open_ones:
        return Publication(candidates=candidates)
    best = max(open_ones, key=lambda one: (_support(one, open_ones), one.weight, _first_stated(one)))
    agreeing = [
        (one, own.weight)  # the headline speaks for a day: of its readings the stated one is the publication's moment
        for one, own in zip(candidates, read, strict=True)
        if one in open_ones and abs(one.time.moment - best.time.moment) <= SAME_DAY
    ]
    exact, _ = max(agreeing, key=lambda pair: (pair[0].time.clock and pair[0].time.zoned, pair[0].time.clock, pair[1]))
    doubts = []
    if exact.time.swapped:
        doubts.append("date ambiguous")
    elif any(abs(one.time.moment - exact.time.moment) > SAME_DAY and one.weight >= 2 for one in open_ones):
        doubts.append("dates disagree")
    if exact.time.clock and not exact.time.zoned:
        doubts.append("zone assumed")
    if exact.source in {"address", "htmldate"}:
        doubts.append("date from address" if exact.source == "address" else "date guessed")
    if exact.updated:
        doubts.append("date of an update")
    return Publication(
        published=exact.time.moment,
        day=exact.time.day,
        raw=exact.raw,
        source=exact.source,
        modified=modified if modified and modified >= exact.time.moment else None,
        doubts=tuple(doubts),
        candidates=candidates,
    )


def _first_stated(one: DateCandidate) -> float:
    """Return what puts the earlier of two days first that the page's data state alike."""
    return 0.0 if one.source == "text" else -one.time.moment.timestamp()


def _support(one: DateCandidate, others: Sequence[DateCandidate]) -> float:
    weights: dict[str, float] = {}
    for other in others:
        if abs(other.time.moment - one.time.moment) <= SAME_DAY:
            weights[other.source] = max(weights.get(other.source, 0.0), other.weight)
    return sum(weights.values())


def _first_hand(one: DateCandidate, others: Sequence[DateCandidate]) -> DateCandidate:
    """Return *one* with more weight where it stands at the headline and is not the day of a stated update."""
    if one.source != "text" or one.updated or one.weight < _AT_HEADLINE:
        return one
    updates = (other.time.moment for other in others if other.updated)
    if any(abs(moment - one.time.moment) <= SAME_DAY for moment in updates):
        return one
    return replace(one, weight=1.2 * one.weight)


def _with_order(one: DateCandidate, others: Sequence[DateCandidate]) -> DateCandidate:
    """Return *one* with day and month as another source has them, where they could be either."""
    swapped = one.time.swapped
    if not swapped:
        return one
    sure = [other.time.moment for other in others if other is not one and not other.time.swapped]
    if any(abs(moment - one.time.moment) <= SAME_DAY for moment in sure):
        return replace(one, time=replace(one.time, swapped=None))
    if any(abs(moment - swapped) <= SAME_DAY for moment in sure):
        return replace(one, time=replace(one.time, moment=swapped, swapped=None))
    return one


def _stated(node: Node, meta: dict[str, list[str]], where: Locality) -> Iterator[DateCandidate]:
    """Yield what JSON-LD, meta tags and microdata state."""
    published, changed = text_of(node.get("datePublished")), text_of(node.get("dateModified"))
    rows = [  # equal to the time of the last change: perhaps the template's, so it counts less
        ("json-ld", "datePublished", published, 3.0 if published[:16] != changed[:16] else 1.8, False),
        ("json-ld", "dateCreated", text_of(node.get("dateCreated")), 1.5, False),
        ("json-ld", "uploadDate", text_of(node.get("uploadDate")), 1.0, False),
        ("json-ld", "dateModified", changed, 1.0, True),
    ]
    for name, values in meta.items():
        bare = re.sub(r"[^a-z]", "", name)
        if _META_MODIFIED.fullmatch(bare):
            rows.append(("meta", name, values[0], 1.0, True))
        elif _META_PUBLISHED.fullmatch(bare):
            rows.append(("meta", name, values[0], 2.5, False))
        elif _META_CREATED.fullmatch(bare):
            rows.append(("meta", name, values[0], 2.3 if bare.endswith("date") else 1.5, False))
    for source, name, raw, weight, updated in rows:
        if raw and (time := read_time(raw, where)):
            yield DateCandidate(time=time, raw=nfc(raw), source=source, place=name, weight=weight, updated=updated)


def _of_seed(tree: HtmlElement, seed: Seed, where: Locality) -> Iterator[DateCandidate]:
    for css in seed.body.date_css:
        for element in tree.cssselect(css)[:1]:
            raw = nfc(" ".join(element.itertext()))
            if time := read_time(raw[:200], where):
                yield DateCandidate(time=time, raw=raw, source="seed", place=css, weight=2.5)


_DAY_IN_PATH = re.compile(r"(?<!\d)((?:19|20)\d{2})([/_-]?)(\d{2}|(?<=[/_-])\d)\2(\d{2}|(?<=[/_-])\d)(?!\d)")

_SECTION_IN_PATH = re.compile(r"/((?:19|20)\d{2})/(?:[a-z][\w.-]*/){1,2}(\d{2})/(\d{2})(?=[/.]|$)", re.IGNORECASE)
"""Year, section, month, day: ``/2005/WORLD/europe/09/22/``."""
_MONTH_IN_PATH = re.compile(r"/((?:19|20)\d{2})/([a-z]{3,9})/(\d{1,2})(?=/|$)")


def address_date(url: str, where: Locality) -> DateCandidate | None:
    """Return the day that the path of *url* names, such as ``/2024/05/03/`` or ``2024-05-03-title``."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return None
    for found in _MONTH_IN_PATH.finditer(path):
        if time := read_time(f"{found[3]} {found[2]} {found[1]}", where):
            return DateCandidate(time=time, raw=found[0], source="address", weight=2.0)
    for found in _DAY_IN_PATH.finditer(path):
        raw = f"{found[1]}-{found[3]}-{found[4]}"
        if time := read_time(raw, where):
            return DateCandidate(time=time, raw=found[0], source="address", weight=2.0 if found[2] else 1.0)
    for found in _SECTION_IN_PATH.finditer(path):
        if time := read_time("-".join(found.groups()), where):
            return DateCandidate(time=time, raw=found[0], source="address", weight=2.0)
    return None


_APART = re.compile(
    r"(?:^|[^a-z0-9])(?:comments?|related|side-?bar|rail|footer|masthead|nav|navbar|navigation|menu|teasers?|promos?"
    r"|trending|popular|latest|recommend\w*|recirc\w*|most-?read|more-?(?:stories|news|from|articles)|read-?more"
    r"|carousel"
    r"|slider|archives?|upcoming|events?|testimonials?|ticker|newsletter|cookie\w*|next-?(?:post|article)"
    r"|prev(?:ious)?-?(?:post|article)|pagination|pager|ads?|advert\w*|sponsor\w*|copyright|caption|credits?)(?![a-z])",
    re.IGNORECASE,
)
_APART_TAGS = frozenset({"nav", "footer", "aside"})
_UPDATED = re.compile(
    r"updat|modif|revis|review|edited|changed|mis à jour|maj\b|modifié|aktualis|geändert|zuletzt|aggiornat"
    r"|actualizad|atualizad|bijgewerkt"
    r"|güncel|aktualiz|обновл|cập nhật|更新|수정|تحديث|diperbarui|oppdatert|opdateret|uppdaterad|päivitetty",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"publi|posted|post(?:ed)? (?:on|time)|released?\b|first|issued|created|veröffentlicht|erstellt|stand:|publié"
    r"|pubblicat|gepubliceerd|yayın"
    r"|опубликован|đăng|公開|発表|发布|發布|입력|등록|نشر|dipublikasikan|zveřejněno|julkaistu",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"©|\(c\)|copyright|all rights|expires?|due date|founded|since|received|accepted", re.IGNORECASE
)
LONGEST = 160
"""Characters above which a text with a date is a sentence of the article, and no date with its label."""


def shown_dates(tree: HtmlElement, where: Locality, headline: HtmlElement | None) -> Iterator[DateCandidate]:
    """Yield the dates that stand by themselves in the page's text, weighed by where they stand to the headline."""
    above = {} if headline is None else {one: level for level, one in enumerate([headline, *headline.iterancestors()])}
    passed, prose = headline is None, 0
    seen: set[HtmlElement] = set()
    alike: dict[tuple[str, str], int] = {}
    for element, text in _dated(tree, where.language):
        if element is headline:
            passed, prose = True, 0
        if not text:
            prose += element.tag == "p"
            continue
        if element in seen or len(seen) > MOST or not (read := _read(element, text, where)):
            continue
        seen.add(element)
        holder, raw, time = read
        label = _label(holder, raw)
        marks = f"{holder.get('itemprop', '')} {holder.get('class', '')}".lower()
        published, changed = _PUBLISHED.search(label), _UPDATED.search(label)
        updated = "modified" in marks or bool(changed and not (published and published.start() < changed.start()))
        shape = (holder.tag, holder.get("class", ""))
        alike[shape] = alike.get(shape, 0) + 1
        weight = _nearness(holder, above, passed=passed, prose=prose, text=raw) * (
            1.3 if published and not updated else 1
        )
        weight *= (0.25 if prose > 1 and not (published or updated) else 1) * (0.3 if alike[shape] > 2 else 1)
        if len(raw) > 45 and not published:  # a caption or another sentence
            weight *= 0.7
        if weight >= LEAST:
            place = f"{'below' if passed else 'above'} the headline"
            yield DateCandidate(time=time, raw=raw, source="text", place=place, weight=weight, updated=updated)


def _dated(tree: HtmlElement, language: str) -> Iterator[tuple[HtmlElement, str]]:
    """Yield elements whose text may hold a year with that text, headlines and paragraphs of prose without."""
    body, more = tree.find("body"), _YEARS.get(language, ())
    for element in (tree if body is None else body).iter():
        tag = element.tag
        if tag in _MARKS and (
            tag != "p" or len(element.text or "") + sum(len(one.tail or "") for one in element) > 120
        ):
            yield element, ""
        if tag in _STATING and (element.get("datetime") or element.get("title")):
            yield element, "".join(element.itertext()) or "-"
        elif (
            (text := element.text)
            and 5 < len(text) < 400
            and tag not in _SILENT
            and ("20" in text or "19" in text or (more and any(year in text for year in more)))
        ):
            yield element, text
        if (
            (tail := element.tail)
            and 5 < len(tail) < 400
            and ("20" in tail or "19" in tail or (more and any(year in tail for year in more)))
        ):
            above = element.getparent()
            if above is not None:
                yield above, tail


_MARKS = frozenset({"h1", "h2", "h3", "p"})
_STATING = frozenset({"time", "abbr"})
_YEARS = {
    "ar": ("١٩", "٢٠"),
    "fa": ("۱۹", "۲۰"),
    "hi": ("१९", "२०"),
    "th": ("25", "๒๕", "๒๐"),
}
"""How years begin beside 19 and 20, in the languages that have digits or years of their own."""
MOST = 100
"""Dates of a page that are looked at; a page with more is a list."""
_SILENT = frozenset({"script", "style", "noscript", "template", "option", "svg", Comment, ProcessingInstruction})
"""Elements whose own text is no text of the page; what stands behind one is."""
_AT_HEADLINE = 2.0
"""Weight of a date in the text that stands at the headline: where data state another day, right on 8 of 10 pages."""
LEAST = 0.5
"""Weight below which a date in the page's text belongs to another story."""
_INLINE = frozenset({"a", "span", "b", "i", "em", "strong", "font", "small", "u", "time", "abbr", "sup", "sub"})
_PROSE_TAGS = frozenset({"p", "li", "blockquote", "dd", "td", "h1", "h2", "h3", "h4", "h5", "h6"})


def _read(element: HtmlElement, text: str, where: Locality) -> tuple[HtmlElement, str, ReadTime] | None:
    for stated in (element.get("datetime"), element.get("title") if element.tag == "abbr" else None):
        if stated and (time := read_time(stated, where)):
            return element, stated, time
    raw, holder = nfc(text), element
    block = next((one for one in (holder, *holder.iterancestors()) if one.tag not in _INLINE), holder)
    if block.tag in _PROSE_TAGS and len(nfc(" ".join(block.itertext()))) > LONGEST:
        return None
    for _ in range(3):
        if len(raw) > LONGEST or _COPYRIGHT.search(raw):
            return None
        if time := read_time(raw, where):
            return holder, raw, time
        above = holder.getparent()
        if above is None or len(above) > 8:
            return None
        holder, raw = above, nfc(" ".join(above.itertext()))
    return None


def _nearness(holder: HtmlElement, above: dict[HtmlElement, int], *, passed: bool, prose: int, text: str) -> float:
    """Return how well a date stands beside the headline: 0 where it belongs to something else."""
    level, beside = 99, False
    for one in (holder, *holder.iterancestors()):
        if one in above:
            level = above[one]
            break
        beside = (
            beside or one.tag in _APART_TAGS or _APART.search(f"{one.get('class', '')} {one.get('id', '')}") is not None
        )
        if one.tag == "a" and len("".join(one.itertext())) > len(text) + 15:
            return 0.0
    near = (2.2 if prose <= 1 else 2.0) if passed else (1.8 if level <= 3 else 0.8)
    return near if not beside else near * 0.6 if level <= 4 else 0.0


def _label(element: HtmlElement, raw: str) -> str:
    """Return the date's own text with what stands before it in its block."""
    text = nfc(" ".join(element.itertext()))
    text = text[: text.find(raw) + len(raw)] if raw in text else text
    above = element.getparent()
    if len(text) < 40 and above is not None and len(above) < 8:
        around = nfc(" ".join(above.itertext()))
        if len(around) <= LONGEST:
            return around[: around.find(raw) + len(raw)] if raw in around else around
    return text
