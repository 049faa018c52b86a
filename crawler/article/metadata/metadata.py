"""Title, times, authors and the rest of what a page says about itself: JSON-LD, then meta tags, then text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from lxml.html import HtmlElement

from crawler.article.metadata.bylines import page_authors, split_authors
from crawler.article.metadata.jsonld import Node, article_node, is_article, jsonld_nodes, text_of, types, url_of
from crawler.article.metadata.titles import page_title
from crawler.article.page.dates import parse_time
from crawler.article.page.decode import nfc
from crawler.portals.seed import GENERIC, Seed
from crawler.urls.canonical import is_http


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says about itself. Texts in NFC, addresses absolute, times in UTC."""

    title: str = ""
    description: str = ""
    """The page's own summary, often its lead."""
    summaries: tuple[str, ...] = ()
    """All distinct summaries: JSON-LD, OpenGraph, meta."""
    body: str = ""
    """JSON-LD ``articleBody``: a witness for what belongs to the text."""
    types: tuple[str, ...] = ()
    """schema.org types of the article's node and the OpenGraph type."""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_raw: str = ""
    modified: datetime | None = None
    language: str = ""
    """As declared; empty if the page does not say."""
    section: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    canonical: str = ""
    """``rel=canonical`` or ``og:url``, absolute, as the page writes it."""
    site: str = ""
    free_access: bool | None = None


def read_metadata(tree: HtmlElement, url: str, seed: Seed = GENERIC) -> Metadata:
    """Return what the page in *tree*, fetched from *url*, says about itself. Pure; *tree* is not changed."""
    nodes = jsonld_nodes(tree)
    node, meta = article_node(nodes), meta_tags(tree)
    language = _language(tree, node, meta) or seed.language
    published_raw, published = _published(tree, node, meta, seed, language=language, url=url)
    modified_raw = text_of(node.get("dateModified")) or _first(meta, _MODIFIED)
    site = _first(meta, ("og:site_name", "application-name")) or text_of(node.get("publisher"))
    descriptions = (text_of(node.get("description")), _first(meta, ("og:description",)), *_descriptions(meta))
    summaries = tuple(dict.fromkeys(text for raw in descriptions if (text := nfc(_MARKUP.sub("", raw)))))
    return Metadata(
        title=page_title(tree, node, meta, nfc(site), seed),
        description=summaries[0] if summaries else "",
        summaries=summaries,
        body=_longest_body(nodes),
        types=(*types(node), *(("og:article",) if _first(meta, ("og:type",)).lower() == "article" else ())),
        authors=_authors(tree, node, meta, nfc(site), seed),
        published=published,
        published_raw=published_raw,
        modified=parse_time(modified_raw, language=language, url=url),
        language=language,
        section=nfc(text_of(node.get("articleSection")) or _first(meta, _SECTION)),
        tags=_tags(node, meta),
        image=_absolute(url, url_of(node.get("image")) or _first(meta, _IMAGE)),
        canonical=_canonical(tree, meta, url),
        site=nfc(site),
        free_access=_free_access(nodes, meta),
    )


_MARKUP = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)
"""Tags that a template copied into a summary with the text of the lead."""

MetaTags = dict[str, list[str]]
"""Lower-case name, property or itemprop → its contents in page order."""

_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "og:published_time",
    "article:published",
    "publishdate",
    "pubdate",
    "publication_date",
    "published_time",
    "date_published",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "date",
    "cxenseparse:recs:publishtime",
    "article_date_original",
    "originalpublicationdate",
    "ptime",
    "displaydate",
)
_MODIFIED = (
    "article:modified_time",
    "datemodified",
    "og:updated_time",
    "lastmod",
    "last-modified",
    "dcterms.modified",
    "revision_date",
)
_SECTION = ("article:section", "articlesection", "section", "cxenseparse:recs:category", "parsely-section")
_IMAGE = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "image")
_AUTHOR = (
    "author",
    "article:author",
    "byl",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "dc.author",
)


def meta_tags(tree: HtmlElement) -> MetaTags:
    """Return the page's meta tags, and microdata given as ``content`` or ``datetime`` attributes."""
    found: MetaTags = {}
    for element in tree.iter("meta", "time"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = element.get("content") or (element.get("datetime") if element.tag == "time" else None)
        if name and content and content.strip():
            found.setdefault(name.strip().lower(), []).append(content.strip())
    return found


def _first(meta: MetaTags, names: tuple[str, ...]) -> str:
    return next((meta[name][0] for name in names if name in meta), "")


def _descriptions(meta: MetaTags) -> list[str]:
    names = ("description", "twitter:description", "dc.description", "dcterms.abstract", "sailthru.description")
    return [text for name in names for text in meta.get(name, [])[:1]]


def _language(tree: HtmlElement, node: Node, meta: MetaTags) -> str:
    declared = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang") or ""
    for raw in (declared, text_of(node.get("inLanguage")), *meta.get("og:locale", []), *meta.get("language", [])):
        if (found := re.match(r"[A-Za-z]{2}(?![A-Za-z])", raw.strip())) is not None:
            return found[0].lower()
    return ""


def _published(
    tree: HtmlElement, node: Node, meta: MetaTags, seed: Seed, *, language: str, url: str
) -> tuple[str, datetime | None]:
    """Return the publication time as written and in UTC; the first source that can be read wins."""
    raws = [text_of(node.get("datePublished")), *(_first(meta, (name,)) for name in _PUBLISHED)]
    raws += [" ".join(element.itertext()) for css in seed.body.date_css for element in tree.cssselect(css)[:1]]
    kept = ""
    for raw in filter(None, map(nfc, raws)):
        kept = kept or raw
        if (moment := parse_time(raw, language=language, url=url)) is not None:
            return raw, moment
    for raw in _shown_times(tree):
        if (moment := parse_time(raw, language=language, url=url)) is not None:
            return raw, moment
    raw = text_of(node.get("dateCreated")) or text_of(node.get("uploadDate"))
    return (raw or kept), parse_time(raw, language=language, url=url) if raw else None


_DATE_CLASS = re.compile(
    r"date|time(?!line)|pub(?:lish|lication|date)?(?![a-z])|posted|dateline|byline|meta|ngay|datum", re.IGNORECASE
)
_MODIFIED_MARK = re.compile(r"modif|updat|aktualis|cap-?nhat", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


def _shown_times(tree: HtmlElement) -> list[str]:
    """Return what may be the publication time in the page's text, most likely first."""
    found: list[str] = []
    for element in tree.iter("time", "abbr"):
        if _MODIFIED_MARK.search(f"{element.get('itemprop', '')} {element.get('class', '')}"):
            continue
        found += filter(None, (element.get("datetime"), element.get("title"), nfc(" ".join(element.itertext()))))
        if len(found) > 6:
            break
    for element in tree.iter("span", "div", "p", "li", "td", "font", "small"):
        marks = f"{element.get('class', '')} {element.get('id', '')}"
        if len(element) > 8 or not (element.text or len(element)) or not _DATE_CLASS.search(marks):
            continue
        text = nfc(" ".join(element.itertext())) if len(element) < 9 else ""
        if 6 <= len(text) <= 80 and _YEAR.search(text):
            found.append(text)
            if len(found) > 12:
                break
    return found


def _authors(tree: HtmlElement, node: Node, meta: MetaTags, site: str, seed: Seed) -> tuple[str, ...]:
    value = node.get("author") or node.get("creator")
    names = [text_of(member) for member in (value if isinstance(value, list) else [value])]
    authors = split_authors([name for name in names if name], site)
    if not authors:
        authors = split_authors([name for key in _AUTHOR for name in meta.get(key, [])], site)
    return authors or page_authors(tree, site, seed)


def _tags(node: Node, meta: MetaTags) -> tuple[str, ...]:
    raw = node.get("keywords")
    values = raw if isinstance(raw, list) else [raw]
    texts = [text_of(value) for value in values] + meta.get("article:tag", [])
    if not any(texts):
        texts = [*meta.get("news_keywords", []), *meta.get("keywords", [])]
    split = (nfc(tag) for text in texts for tag in re.split(r"[,;|]", text))
    distinct = {tag.casefold(): tag for tag in reversed([tag for tag in split if tag and len(tag) <= 80])}
    return tuple(reversed(distinct.values()))


def _absolute(base: str, address: str) -> str:
    try:
        joined = urljoin(base, address.strip()) if address else ""
    except ValueError:
        return ""
    return joined if is_http(joined) else ""


def _canonical(tree: HtmlElement, meta: MetaTags, url: str) -> str:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and (found := _absolute(url, link.get("href") or "")):
            return found
    return _absolute(url, _first(meta, ("og:url",)))


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
