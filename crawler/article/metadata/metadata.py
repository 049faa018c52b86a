"""Metadata of a page, chosen by the agreement of JSON-LD, meta tags, microdata, address and visible text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.article.metadata.bylines import Byline, page_byline
from crawler.article.metadata.jsonld import Node, article_node, is_article, jsonld_nodes, text_of, types, url_of
from crawler.article.metadata.published import DateCandidate, publication
from crawler.article.metadata.rights import page_rights
from crawler.article.metadata.titles import page_title, site_names
from crawler.article.page.dates import locality
from crawler.article.page.decode import nfc
from crawler.article.page.letters import letters_of
from crawler.portals.seed import GENERIC, Seed
from crawler.urls.canonical import is_http
from storage.records import RightsStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Metadata of a page. Texts are in NFC, addresses absolute, times in UTC."""

    title: str = ""
    title_source: str = ""
    description: str = ""
    """The page's own summary, often its lead."""
    summaries: tuple[str, ...] = ()
    """All distinct summaries: JSON-LD, OpenGraph, meta."""
    body: str = ""
    """JSON-LD ``articleBody``, the text of the article by the page's own data."""
    titles: tuple[tuple[str, str], ...] = ()
    """Every text that may be the title, with its source."""
    bylines: tuple[Byline, ...] = ()
    """Every byline of the page that was read."""
    types: tuple[str, ...] = ()
    """schema.org types of the article's node and the OpenGraph type."""
    authors: tuple[str, ...] = ()
    authors_source: str = ""
    agency: str = ""
    published: datetime | None = None
    published_day: str = ""
    """In ISO 8601, in the zone that the page or the portal has."""
    published_raw: str = ""
    published_source: str = ""
    dates: tuple[DateCandidate, ...] = ()
    """Every moment that may be the publication, with its source and place."""
    modified: datetime | None = None
    language: str = ""
    """As declared; empty if the page does not say."""
    section: str = ""
    section_source: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    canonical: str = ""
    """``rel=canonical`` or ``og:url``, absolute, as the page writes it."""
    site: str = ""
    free_access: bool | None = None
    rights: tuple[RightsStatement, ...] = ()
    """Its statements on the use of its text, without the time of reading."""
    doubts: tuple[str, ...] = ()
    """Doubts about these fields: words of ``Article.quality``."""


def read_metadata(tree: HtmlElement, url: str, seed: Seed = GENERIC) -> Metadata:
    """Return what the page in *tree*, fetched from *url*, says about itself. Pure; *tree* is not changed."""
    nodes = jsonld_nodes(tree)
    node, meta = article_node(nodes, url), meta_tags(tree)
    language, region = _language(tree, node, meta)
    language = language or seed.language
    site = nfc(_first(meta, ("og:site_name", "application-name")) or text_of(node.get("publisher")))
    sites = site_names(tree, meta, site, url)
    headline = page_title(tree, node, meta, sites, seed)
    where = locality(language, url, region=region, zone=seed.timezone)
    dates = publication(tree, node, meta, seed, where=where, url=url, headline=headline.element)
    brands = [
        name for name in (site, *sites) if name in {site, *meta.get("og:title", ()), *meta.get("twitter:title", ())}
    ]
    byline = page_byline(tree, node, meta, brands, seed, headline=headline.element)
    descriptions = (text_of(node.get("description")), _first(meta, ("og:description",)), *_descriptions(meta))
    summaries = tuple(dict.fromkeys(text for raw in descriptions if (text := nfc(_MARKUP.sub("", raw)))))
    section, section_source = _section(node, nodes, meta, url, headline.text)
    free = _free_access(nodes, meta)
    return Metadata(
        title=headline.text,
        title_source=headline.source,
        titles=headline.candidates,
        description=summaries[0] if summaries else "",
        summaries=summaries,
        body=_longest_body(nodes),
        types=(*types(node), *(("og:article",) if _first(meta, ("og:type",)).lower() == "article" else ())),
        authors=byline.authors,
        authors_source=byline.source,
        agency=byline.agency,
        bylines=byline.candidates,
        published=dates.published,
        published_day=dates.day,
        published_raw=dates.raw,
        published_source=dates.source,
        dates=dates.candidates,
        modified=dates.modified,
        language=language,
        section=section,
        section_source=section_source,
        tags=_tags(node, meta, {letters_of(site), letters_of(headline.text)} - {""}),
        image=_image(tree, node, meta, url),
        canonical=_canonical(tree, meta, url),
        site=site,
        free_access=free,
        rights=page_rights(tree, nodes, meta, free),
        doubts=dates.doubts,
    )


_MARKUP = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)
"""HTML tags in a summary, which a template copied with the text of the lead."""

MetaTags = dict[str, list[str]]
"""Lower-case name, property or itemprop → its contents in page order."""

_SECTION = ("article:section", "articlesection", "section", "cxenseparse:recs:category", "parsely-section")
_IMAGE = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "image")


def meta_tags(tree: HtmlElement) -> MetaTags:
    """Return the page's meta tags, and microdata given as ``content`` or ``datetime`` attributes."""
    found: MetaTags = {}
    for element in tree.iter():
        if element.tag not in _NAMED and (
            element.get("itemprop") is None or (element.tag not in _SHOWING and element.get("content") is None)
        ):
            continue
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = element.get("content") or (element.get("datetime") if element.tag == "time" else None)
        if not content and element.tag not in _NAMED and name.lower() in _TEXT_PROPERTIES:
            content = nfc("".join(element.itertext()))
        if name and content and content.strip():
            found.setdefault(name.strip().lower(), []).append(content.strip())
    return found


_NAMED = frozenset({"meta", "time"})
_SHOWING = frozenset({"h1", "h2", "div", "span", "p"})
_TEXT_PROPERTIES = frozenset({"headline", "datepublished", "datemodified"})
"""Microdata that is read from the text of an element as well."""


def _first(meta: MetaTags, names: tuple[str, ...]) -> str:
    return next((meta[name][0] for name in names if name in meta), "")


def _descriptions(meta: MetaTags) -> list[str]:
    names = ("description", "twitter:description", "dc.description", "dcterms.abstract", "sailthru.description")
    return [text for name in names for text in meta.get(name, [])[:1]]


def _language(tree: HtmlElement, node: Node, meta: MetaTags) -> tuple[str, str]:
    """Return the declared language and, where one stands behind it, the country."""
    declared = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang") or ""
    language = region = ""
    for raw in (declared, *meta.get("og:locale", []), text_of(node.get("inLanguage")), *meta.get("language", [])):
        if (found := _LOCALE.match(raw.strip())) is not None:
            language = language or found[1].lower()
            if language == found[1].lower():
                region = region or (found[2] or "").lower()
    return language, region


_LOCALE = re.compile(r"([A-Za-z]{2})(?![A-Za-z])(?:[-_](?:[A-Za-z]{4}[-_])?([A-Za-z]{2})(?![A-Za-z]))?")


def _section(node: Node, nodes: list[Node], meta: MetaTags, url: str, title: str) -> tuple[str, str]:
    """Return the section and its source: stated, the first step of a path of links, or the first part of the address.

    One that names a form of page or the title is taken only where there is no other, and none from the address.
    """
    raw, none = node.get("articleSection"), letters_of(title)
    values = [("json-ld", text_of(one)) for one in (raw if isinstance(raw, list) else [raw])]
    values.append(("meta", _first(meta, _SECTION)))
    stated = [(name, source) for source, value in values for name in _names(value) if letters_of(name) != none]
    for name, source in (*stated, *((step, "json-ld") for step in _steps(nodes))):
        if not _NO_SECTION.fullmatch(name):
            return name, source
    parts = [unquote(part) for part in urlsplit(url).path.split("/") if part]
    inner = [part for part in parts[:-1] if len(part) > 2 and not _NO_SECTION.fullmatch(part) and not part.isdecimal()]
    if inner and re.fullmatch(r"[^\W\d_]+(?:[-_][^\W\d_]+){0,2}", inner[0]):
        return nfc(re.sub(r"[-_]", " ", inner[0])), "address"
    return next(iter(stated), ("", ""))


def _names(value: str) -> list[str]:
    """Return the names in *value*, which may be a list or a path. A single comma before a blank is part of a name."""
    marks = r"[|;>,]" if value.count(",") > 1 else r"[|;>]|,(?=\S)" if " " in value else r"[|;>,/_]"
    return [name for part in re.split(marks, value) if not _PLACEHOLDER.fullmatch(name := nfc(part))]


def _steps(nodes: list[Node]) -> list[str]:
    """Return the names in the path of links that leads to the page, the front page and the page left out."""
    trail = next((node for node in nodes if "BreadcrumbList" in types(node)), {}).get("itemListElement")
    steps = [step for step in trail if isinstance(step, dict)] if isinstance(trail, list) else []
    return [name for step in steps[1:-1] if (name := nfc(text_of(step.get("name")) or text_of(step.get("item"))))]


_NO_SECTION = re.compile(
    r"articles?|news|latest|(?:wire[-_]?)?stor(?:y|ies)|storylines?|posts?|blogs?|p|amp|index(?:\.\w+)?|archives?|en[-_]\w\w|"
    r"read|views?|details?|sections?|categor(?:y|ies)|cat|topics?|tags?|features?|videos?|photos?|galler(?:y|ies)|slideshows?|cards?|contents?|pages?|"
    r"home(?:page)?|front[-_ ]?page|start(?:seite)?|all|general|allgemein|aktuell(?:es)?|"
    r"nachrichten|themen|noticias?|notizie|actualit[ée]s?|artikel|art[íi]culos?|artigos?|artykul|headlines|"
    r"top[-_ ]?(?:news|stories)|browse|collections?|products?|"
    r"produkte|shop|resources?|learn|hub|cms|apps?|web|servlet|wp[-_]\w+|wiki|node|list|show|feeds?|about",
    re.IGNORECASE,
)
"""Names of forms of pages and of levels of a site, which are no section."""
_PLACEHOLDER = re.compile(r"nil|null|none|undefined|unknown|test|default|n/a|uncategori[sz]ed|\W*|\d+", re.IGNORECASE)


def _tags(node: Node, meta: MetaTags, known: set[str]) -> tuple[str, ...]:
    """Return the tags for readers; *known* are the letters of the title and of the site's name, which are none."""
    raw = node.get("keywords")
    stated = [text_of(value) for value in (raw if isinstance(raw, list) else [raw])]
    sources = [stated, meta.get("article:tag", [])]
    if not any(map(any, sources)):
        sources = [meta.get("news_keywords", []), meta.get("keywords", [])]
    whole = ((text, texts) for texts in sources for text in texts if letters_of(text) not in known)
    split = [nfc(tag).removeprefix("#") for text, beside in whole for tag in _separators(text, beside).split(text)]
    kept = (one for one in split if one and len(one) <= 80 and not _NO_TAG.search(one) and letters_of(one) not in known)
    distinct = {tag.casefold(): tag for tag in reversed(list(kept))}
    return tuple(reversed(distinct.values()))


_NO_TAG = re.compile(r"https?:|^www\.|^@|^[a-z]+:\S|\w_\w|^_|[{}<>=]|^\d{5,}$", re.IGNORECASE)
"""Addresses, numbers and names for the portal's own software."""


def _separators(text: str, beside: Sequence[str]) -> re.Pattern[str]:
    """Return the separator of the tags in *text*. Where there are several values, a single comma is part of a tag."""
    return _COMMAS if len(beside) == 1 or _MANY.search(text) else _NO_COMMAS


_COMMAS, _NO_COMMAS = re.compile(r"[,;|、،，]"), re.compile(r"[;|]")
_MANY = re.compile(r"[,、،，].*[,、،，]|[,،](?=[^\s\d])", re.DOTALL)


_LEAST_PIXELS = 100
"""Width or height under which a picture is an icon."""
_NO_PICTURE = re.compile(r"favicon|apple-touch|placeholder|nameplate|[/_-]default[-_.][^/]*$", re.IGNORECASE)
_ICON = re.compile(rf"{_NO_PICTURE.pattern}|[/_-](?:icon|logo)s?[/._-]", re.IGNORECASE)


def _image(tree: HtmlElement, node: Node, meta: MetaTags, url: str) -> str:
    """Return the address of the article's picture; one declared small, or named as an icon or an object, is none."""
    declared = [size for key in ("og:image:width", "og:image:height") for size in meta.get(key, [])[:1]]
    small = any(size.isdecimal() and int(size) < _LEAST_PIXELS for size in declared)
    stated = [url_of(node.get("image")), "" if small else _first(meta, _IMAGE)]
    for raw in stated:
        if raw and "#" not in raw and not _ICON.search(raw) and (found := _absolute(url, raw)):
            return found
    for picture in tree.iter("img"):
        if any(parent.tag in {"article", "main", "figure"} for parent in picture.iterancestors()):
            raw = picture.get("data-src") or picture.get("data-original") or picture.get("src") or ""
            width = picture.get("width") or ""
            if raw[:5] != "data:" and not _ICON.search(raw) and not (width.isdecimal() and int(width) < 200):
                return _absolute(url, raw)
    kept = (_absolute(url, raw) for raw in stated if "#" not in raw and not small and not _NO_PICTURE.search(raw))
    return next(filter(None, kept), "")


def _absolute(base: str, address: str) -> str:
    try:
        joined = urljoin(base, address.strip()) if address else ""
    except ValueError:
        return ""
    return joined if is_http(joined) else ""


def _canonical(tree: HtmlElement, meta: MetaTags, url: str) -> str:
    links = (
        link.get("href") or "" for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()
    )
    return next((found for raw in (*links, _first(meta, ("og:url",))) if (found := _claimed(url, raw))), "")


def _claimed(url: str, raw: str) -> str:
    """Return the address that *raw* names: the first of a list, the last of two run together, with a scheme."""
    raw = re.split(r"[,\s]+(?=https?:|/)", unescape(unescape(raw)).strip())[0]
    raw = raw[raw.rfind("http", 1) :] if re.match(r"https?://.*https?://[^/]", raw) and "?" not in raw else raw
    host = urlsplit(url).hostname or ""
    return _absolute(url, f"https://{raw}" if host and raw.startswith((f"{host}/", f"www.{host}/")) else raw)


def declared_url(tree: HtmlElement) -> str:
    """Return the absolute address that the page names as its own, an empty text if it names none."""
    return _canonical(tree, meta_tags(tree), "")


def _longest_body(nodes: list[Node]) -> str:
    bodies = [text_of(node.get("articleBody")) for node in nodes if is_article(node)]
    return max(bodies, key=len, default="")


def _free_access(nodes: list[Node], meta: MetaTags) -> bool | None:
    """Return ``isAccessibleForFree`` of the page, or what ``article:content_tier`` says; ``None`` if neither."""
    for node in nodes:
        if "isAccessibleForFree" in node and is_article(node):
            return str(node["isAccessibleForFree"]).rpartition("/")[2].lower() not in {"false", "0", "no"}
    tier = _first(meta, ("article:content_tier",)).lower()
    return {"free": True, "locked": False, "metered": None}.get(tier)
