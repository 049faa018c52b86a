"""Authors: the persons and agencies in bylines such as "By Jane Roe, MA, and John Doe, Reuters"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

from lxml.html import HtmlElement

from crawler.article.metadata.agencies import agency_in
from crawler.article.metadata.jsonld import Node, text_of, types
from crawler.article.page.bordered_text import bordered_text
from crawler.article.page.decode import nfc
from crawler.article.page.letters import letters_of, without_marks
from crawler.portals.seed import Seed

AuthorKind = Literal["persons", "bodies", "site", ""]


@dataclass(frozen=True, slots=True)
class Byline:
    """The persons of a byline, the agency beside them, and where both were read."""

    authors: tuple[str, ...] = ()
    agency: str = ""
    source: str = ""
    kind: AuthorKind = ""
    """Kind of the authors: persons, desks and companies, or the site itself."""
    candidates: tuple[Byline, ...] = ()
    """All bylines that were read on the page, this one included."""

    def __str__(self) -> str:
        return ", ".join([*self.authors, *[f"agency {self.agency}"] * bool(self.agency)]) + f" ({self.source})"


_LEAD_IN = re.compile(
    r"^\W*(?:文|撰文|作者|[记記]者|取材(?:・文)?)\s*[｜|:：/／]\s*"
    r"|^\W*(?:text(?: und interview)?|interview|bericht|quelle|source|fuente)\s*:\s*"
    r"|^\W*\d{1,4}[./-]\d{1,2}[./-]\d[\d.,:/\s-]*(?:uhr\s*)?(?:by|von)\s+"
    r"|^\W*(?:this (?:post|article|story) (?:was|is) )?"
    r"(?:(?:written|reported|posted|published|authored|story|text|words|article|created|submitted|insights)\s*)?"
    r"(?:(?:by|von|par|por|per|di|da|door|av|af|from|przez|автор|текст|oleh|yazan|tác giả|thực hiện|tổng hợp|theo"
    r"|authors?|auteure?s?|autore?n?s?)(?:\s*:\s*|\s+|$)|(?:by|von|authors?)(?=(?-i:[A-ZÀ-Þ])))",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"^\W*(?:(?:written|posted|story|text|words)\s+)?(?:by|von|par|por|door|przez"
    r"|tác giả)\b\s*:?\s*(?=(?-i:[A-ZÀ-Þ]|$))"
    r"|^\d{1,4}[./-]\d{1,2}[./-]\d[\d.,:/\s-]*(?:uhr\s*)?(?:by|von)\s+[\w ]{3,40}$",
    re.IGNORECASE,
)
_WRITTEN = re.compile(r"(?:this \w+ was )?written by\b\s*:?\s*(?=(?-i:[A-ZÀ-Þ]|$))", re.IGNORECASE)
"""Words before an author's name that count at the end of the text too."""
_ENDS = re.compile(
    r"\b(?:(?:medically |fact[- ]|clinically )?(?:reviewed|edited|checked|updated|published|posted on|illustrated"
    r"|last)\b"
    r"|photo(?:s|graph\w*)?(?: by|:)|fotos?:|read more|follow|share|min(?:ute)?s? read|\d+ (?:comments?|min)).*",
    re.IGNORECASE | re.DOTALL,
)
_SPLIT = re.compile(
    r"\s*(?:,?\s+(?:and|und|et|y|e|en|og|och|i|và|with|mit|avec|con|ve|dan)\s|[,;/&•·⋅、，|\n]|\s[–—-]\s)\s*",
    re.IGNORECASE,
)
_WHERE = re.compile(r"\sim Gespräch$|\s(?:in|aus|for|für|of|at|bei|from|à|contributing|on(?=\s(?:\w+\.?\s)?\d))\s.*$")
_DEGREE = re.compile(
    r"(?:m\.?d|ph\.?\s?d|m\.?[as]c?|b\.?[as]c?|r\.?[nd]n?|d\.?v\.?m|j\.?d|m\.?p\.?h|c\.?p\.?a|m\.?b\.?a|b\.?s\.?n"
    r"|ll\.?[bm]|d\.?o|esq|cfp|cscs"
    r"|facp|fand|lcsw|e-?ryt(?: \d+)?|dds|np|pa-c|msw|m\.?ed|ed\.?d|psy\.?d|cpt|ldn?)\.?",
    re.IGNORECASE,
)
_COLLECTIVE = re.compile(
    r"\b(?:team|staff|desk|newsroom|redaktion|redacción|redacció|redazione|rédaction|redaksi|redação|editorial"
    r"|editors|news|media|press|magazine"
    r"|network|agency|studio|store|inc|llc|ltd|gmbh|corporation|company|services?|group|times|post|herald"
    r"|contributors?|marketing|blog|ban biên tập)\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^head\b|\b(?:correspondent|reporter|reviewer|lead|writer|redacteur|redakteur(?:in)?|editor|contributor|contributing|bureau|share"
    r"|follow|senior|chief|director|manager"
    r"|founder|producer|photographer|analyst|columnist|specialist|professor|officer|head of|host|trial attorney"
    r"|gardener|consultant)\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"^https?$|[{}\[\]<>]|\":"
    r"|https?:|www\.|@|\d{2,}|[*:]|\bago$|^[\w-]+(?:\.[\w-]+)+$|^(?:updated?|published|posted|by|admin\w*|editors?|staff"
    r"|unknown|guest|none|null|undefined|name|anonymous"
    r"|authors?|default|user|home|about|webmaster|desk|team|category|collections?|topic|brand|price|message|website"
    r"|true|false|text|newsroom|cbs|cnn|nbc|abc|read|more|comments?)$"
    r"|^(?:aa|small|medium|large|(?:text|font) size)$"
    r"|^(?:view|see|all|more)\b|^min(?:ute)?s?$|^(?:twitter|facebook|instagram|linkedin|whatsapp|youtube|e-?mail)$|^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?$"
    r"|^(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? ?\d*$",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"(?:^|[\s_-])(?:author(?:s|-?names?)?|byline(?:s|-?names?)?|by-?author|written-?by|writer|tacgia|tac-gia"
    r"|autore?n?|auteur)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NOT_OF_TEXT = re.compile(r"category|img|photo|licen[cs]e", re.IGNORECASE)
"""Classes of bylines of pictures, and of a section beside the byline."""
_FULL_NAME = re.compile(r"(?:Dr\.? )?[A-ZÀ-Þ][^\W\d_]+(?: [A-ZÀ-Þ][^\W\d_]*[.\w'’-]*){1,3}")
_STATED = frozenset({"json-ld", "meta", "microdata"})
_META = re.compile(r"(?:.*[:._-])?(?:authors?|byl|byline|creator)(?:[._-]?names?)?|.*author")
_NO_META = re.compile(r"og:|twitter:|fb:|.*(?:article:author|author)[._:-]?(?:url|id|image|link)")
_QUOTED = frozenset({"blockquote", "cite", "figure", "figcaption", "nav", "footer", "form"})
_BESIDE = re.compile(r"comment|testimonial|quote|related|teaser|promo(?!ted)|sidebar|latest|popular", re.IGNORECASE)


def split_authors(values: Iterable[str], site: str = "") -> tuple[str, ...]:
    """Return the single names in *values*, in order, each once.

    Lead-ins ("By", "Von"), job titles, degrees, places, agencies, desks, addresses and the name of the *site* are
    left out; the credit behind a slash ("Name/VOV.VN") too. What is no person is returned where no person is named.

    >>> split_authors(["By Jane Roe and John Doe, Staff Writer"])
    ('Jane Roe', 'John Doe')
    """
    found = _byline(values, [site] if site else [], "")
    return () if found.kind == "site" else found.authors


LONGEST = 160
"""Characters above which a line is a sentence of the article and no byline."""


def _byline(values: Iterable[str], sites: Sequence[str], source: str) -> Byline:
    persons: dict[str, str] = {}
    bodies: dict[str, str] = {}
    own: dict[str, str] = {}
    agency = ""
    known = {letters_of(site) for site in sites} - {""}
    for value in values:
        text = re.sub(r"<[^>]*>|\([^)]*\)", " ", value)
        if re.match(r"\s*https?://", text):
            continue
        whole = letters_of(text) in known or (source in _STATED and _is_role(text))
        for part in [nfc(text)] if whole else _parts(text):
            if found := agency_in(part):
                agency = agency or found
            elif whole or _is_name(part):
                kind = own if letters_of(part) in known else bodies if whole or _COLLECTIVE.search(part) else persons
                kind.setdefault(letters_of(part), _cased(part))
    named = tuple((persons or bodies or own).values())
    of_kind: AuthorKind = "persons" if persons else "bodies" if bodies else "site" if own else ""
    return Byline(named, agency, source if named or agency else "", of_kind)


def _parts(text: str) -> Iterator[str]:
    """Yield what may be names in *text*: lead-ins, places and what follows the authors cut off."""
    for line in re.split(r"\n|\s[|•·⋅]\s", text):
        named = False
        bare = _ENDS.sub("", _LEAD_IN.sub("", re.sub(r"^\W*(?:and|und|et|&)\s", "", nfc(line))))
        for part in _SPLIT.split(bare):
            name = _WHERE.sub("", _LEAD_IN.sub("", part)).removesuffix(" 기자").strip(" .:-–—\"'*")
            if not name or _DEGREE.fullmatch(name) or re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", name):
                continue
            if " " in name or not named or agency_in(name):  # one word behind a full name is a job title
                yield name
            named = named or " " in name


def _is_name(text: str) -> bool:
    if len(text.split()) > 5 or len(text) > 50 or _NO_NAME.search(text) or _ROLE.search(text):
        return False
    return len(text) > 2 or (len(text) == 2 and text.isupper()) or (len(text) == 2 and not text.isascii())


def _is_role(text: str) -> bool:
    """Tell whether *text* is the name of a role at the site, such as "Community Editor", and of no person."""
    words = nfc(text).lower().split(" ")
    short = len(words) == 2 or (len(words) == 3 and words[1] in {"staff", "guest", "special"})
    return short and not _NO_NAME.search(text) and _ROLE.search(words[-1]) is not None


def _cased(name: str) -> str:
    return name.title() if name.isupper() and " " in name else name


def page_byline(
    tree: HtmlElement,
    node: Node,
    meta: dict[str, list[str]],
    sites: Sequence[str],
    seed: Seed,
    *,
    headline: HtmlElement | None,
) -> Byline:
    """Return the byline on which most sources of the page agree, else the first; persons before desks and companies.

    The name of the site is the author if the page names no other and its title is not that name.
    """
    marked = [element for css in seed.body.author_css for element in tree.cssselect(css)]
    if marked and (found := _byline(map(_lines, marked[:4]), sites, "seed")).authors:
        return replace(found, candidates=(found,))
    stated = [_of_data(node, sites), _byline(_of_meta(meta), sites, "meta")]
    settled = stated[0].kind == "persons" and _agree(*stated)  # else the visible bylines are read too
    shown = [] if settled else _shown(tree, sites, headline)
    found_at = tuple(one for one in (*stated, *shown) if one.source)
    titles = {letters_of(title) for key in ("og:title", "twitter:title") for title in meta.get(key, ())}
    said = [one for one in found_at if one.kind != "site" or titles.isdisjoint(map(letters_of, one.authors))]
    named = next((some for kind in _KINDS if (some := [one for one in said if one.kind == kind])), [])
    agency = next((one for one in found_at if one.agency), Byline())
    best = max(named, key=lambda one: sum(_agree(one, other) for other in named), default=agency)
    if stated[0] in named and set(best.authors) < set(stated[0].authors):  # an author's own box names one of several
        best = stated[0]
    return Byline(best.authors if named else (), agency.agency, best.source, best.kind, found_at)


_KINDS = ("persons", "bodies", "site")


def _of_meta(meta: dict[str, list[str]]) -> Iterator[str]:
    """Yield the authors in the meta tags; "Roe, Jane", as library tags have it, as "Jane Roe"."""
    for key, names in meta.items():
        if not _META.fullmatch(key) or _NO_META.match(key):
            continue
        for name in names:
            last, comma, first = name.partition(",")
            yield f"{first} {last}" if comma and key in _LIBRARY and "," not in first else name
    for number in "12":  # the lines of a card, each with its label
        label = meta.get(f"twitter:label{number}", [""])[0]
        if _AUTHOR_LABEL.fullmatch(label.strip()):
            yield from meta.get(f"twitter:data{number}", ())[:1]


_AUTHOR_LABEL = re.compile(
    r"(?:(?:written|interview|words|text) )?by|authors?"
    r"|escrit[oa] por|verfasst von|écrit par|scritto da|geschreven door|napisane przez|автор"
    r"|penulis|yazan|skriven av|skrevet av|kirjoittaja|autore?n?",
    re.IGNORECASE,
)
_LIBRARY = frozenset({"citation_author", "dc.creator", "dcterms.creator", "dc.author"})


def _agree(one: Byline, other: Byline) -> bool:
    return {name.casefold() for name in one.authors} == {name.casefold() for name in other.authors}


def _of_data(node: Node, sites: Sequence[str]) -> Byline:
    value = node.get("author") or node.get("creator")
    members = value if isinstance(value, list) else [value]
    persons = {text_of(one) for one in members if isinstance(one, dict) and "Person" in types(one)}
    kept = [site for site in sites if site not in persons]  # a site may be named after its author
    return _byline([name for one in members if (name := text_of(one))], kept, "json-ld")


def _shown(tree: HtmlElement, sites: Sequence[str], headline: HtmlElement | None) -> list[Byline]:
    """Return the bylines in the page's text, those that the markup is most sure of first."""
    sure: list[HtmlElement] = []
    linked: list[HtmlElement] = []
    classed: list[HtmlElement] = []
    said: list[HtmlElement] = []
    behind, prose = headline is None, 0
    called: dict[str, bool] = {}  # a page has few classes and many elements
    above = set() if headline is None else {headline, *headline.iterancestors()}
    for element in tree.iter(*_MAY_NAME):
        behind = behind or element is headline
        tag = element.tag
        if tag == "p" and behind:
            prose += len(element.text or "") > 100
        if tag in {"h1", "h2", "h3"}:
            continue
        names = element.get("class") or ""
        if names not in called:
            called[names] = _MARK.search(names) is not None and not _NOT_OF_TEXT.search(names)
        if (element.get("rel") or element.get("itemprop")) and _states_author(element):
            sure.append(element)
        elif behind and prose <= 2 and tag == "a" and _is_profile(element):
            linked.append(element)
        elif called[names]:
            classed.append(element)
        elif behind and (_says(element.text, 60, prose) or (tag == "time" and _says(element.tail, LONGEST, prose))):
            above_it = element.getparent()
            whole = tag != "time" and (len((element.text or "").split()) > 1 or len(element) > 0)
            said.append(element if whole or above_it is None else above_it)
    linked = [one for one in linked if one.getparent() is linked[0].getparent()]
    return _in_order((sure, linked, classed, said), sites, above)


def _in_order(kinds: tuple[list[HtmlElement], ...], sites: Sequence[str], above: set[HtmlElement]) -> list[Byline]:
    """Return the first byline of each of the *kinds*: stated, linked to a profile, classed, said; then of a box."""
    sure, linked, classed, _ = kinds
    found: list[Byline] = []
    for elements in kinds:
        texts = [_lines(one) for one in elements[:8] if not _is_quoted(one, above)]
        lines = [text for text in texts if 1 < len(text) <= LONGEST]
        if elements is sure or elements is linked:
            lines = ["\n".join(lines)]
        if elements is classed:
            tops = [text.split("\n")[0] for text in texts if len(text) > LONGEST]
        bylines = [_byline([line], sites, "microdata" if elements is sure else "text") for line in lines]
        found += [one for one in bylines if one.authors or one.agency][:1]
    named = list(filter(_FULL_NAME.fullmatch, tops))[:1]  # above a paragraph about its bearer
    return [*found, *(_byline([name], sites, "text") for name in named)]


_MAY_NAME = (
    "h1", "h2", "h3", "a", "span", "div", "p", "address", "strong", "li", "em", "small", "td", "font", "aside", "time",
)  # fmt: skip


def _says(text: str | None, most: int, prose: int) -> bool:
    """Tell whether *text* of up to *most* characters begins with "By", *prose* paragraphs below the headline."""
    if not text or len(text) > 2 * LONGEST or len(text := text.strip()) > most:
        return False
    return (_SAID if prose <= 2 else _WRITTEN).match(text) is not None


_PROFILE = re.compile(
    r"/(?:authors?|autor(?:e[sn]?|in)?|auteurs?|by|contributors?|profiles?|people|staff|team|experts?|writers?|tac-gia)"
    r"/(?:[^/?#]*/)?([^/?#]+)/?(?:[?#]|$)",
    re.IGNORECASE,
)


def _is_profile(link: HtmlElement) -> bool:
    """Tell whether *link* leads to the page of an author whose name its address spells."""
    found = _PROFILE.search(link.get("href") or "")
    if not found:
        return False
    before = link.getprevious()
    above = link.getparent()
    label = before.tail if before is not None else above.text if above is not None else ""
    if label and _ENDS.search(label):  # a reviewer
        return False
    words = re.findall(r"[a-z]{2,}", found[1].lower())
    if len(words) == 1 and above is not None and above.tag == "p" and len(above.text_content()) > LONGEST:
        return False  # a person named in a sentence
    text = without_marks(nfc("".join(link.itertext())).casefold())
    return 2 < len(text) <= 60 and bool(words) and 2 * sum(word in text for word in words) > len(words)


def _states_author(element: HtmlElement) -> bool:
    return "author" in f"{element.get('rel', '')} {element.get('itemprop', '')}".split()


def _is_quoted(element: HtmlElement, above: set[HtmlElement]) -> bool:
    """Tell whether *element* stands in a quotation, a comment or another story, below what holds the headline."""
    inner = takewhile(lambda one: one not in above, element.iterancestors())
    return any(one.tag in _QUOTED or _BESIDE.search(one.get("class") or "") for one in inner)


_RUNNING = frozenset({"a", "b", "i", "em", "strong", "span", "font", "u", "abbr"})


def _lines(element: HtmlElement) -> str:
    """Return the text of *element*, a line for each block and each part between line breaks."""
    parts = bordered_text(
        element, lambda one: "\x1f" if one.tag in _RUNNING else "\n", lambda text: _FIRST_NAME.sub(r"\1 ", text)
    )
    text = _GLUED.sub("\n", "".join(parts)).replace("\x1f", "")
    return "\n".join(line for part in text.split("\n") if (line := nfc(part)))


_FIRST_NAME = re.compile(r"\A(\s*[^\W\d_]+)\n\s*(?=[^\n]*\S\s*\Z)")
"""A first name alone on a line of the page's source: the source breaks lines within names."""
_GLUED = re.compile(r"(?<=[^\W\d_])\x1f+(?=[A-ZÀ-Þ])")
"""The border of two elements with nothing between them, the second beginning with a capital: two names."""
