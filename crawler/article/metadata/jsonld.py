"""JSON-LD of a page, in all the shapes it comes in: object, list, ``@graph``, nested, broken."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.article.page.decode import whole

Node = dict[str, Any]

_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_MISSING_COMMA = re.compile(r'(["}\]])(\s*\n\s*)(?=")')
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
_INNER_QUOTE = re.compile(r'(?<![\[{:,\\\s])"(?!\s*[\]}:,])|(?<=[^\W_] )"(?=\w[^":{}\[\]]*"(?!\s*:))')
_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|articleSection|inLanguage|@type)"\s*:\s*"((?:[^"\\\n]|\\.)*)"'
)
_CONTAINERS = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart", "subjectOf")
_ARTICLE = re.compile(r"(?:Article|Posting|Report|Blog|Review|Recipe)$")
_MAX_NODES = 2000
"""No real page has more; a hostile one may."""


def jsonld_nodes(tree: HtmlElement) -> list[Node]:
    """Return every object of the page's JSON-LD that has an ``@type``, outer before inner, in page order."""
    nodes: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            for value in loads_leniently(script.text):
                for node in _walk(value, 0):
                    nodes.append(node)
                    if len(nodes) >= _MAX_NODES:
                        return nodes
    return nodes


def loads_leniently(text: str) -> list[Any]:
    """Return the JSON values in *text*; what no repair can read gives its plain fields, or nothing.

    Repaired: comment and CDATA wrappers, raw line breaks in strings, commas too many or too few, wrong escapes,
    several values in a row, an end that is cut off.

    >>> loads_leniently('[{"a": 1,},]')
    [[{'a': 1}]]
    """
    text = text.strip()
    if text[:1] not in ("{", "[") or text[-1:] not in ("}", "]"):  # else nothing is wrapped around it
        text = _WRAPPING.sub("", _WRAPPING.sub("", text)).strip().rstrip(";")
    for form in (text, html.unescape(text)) if "&quot;" in text else (text,):
        if values := _values(form):
            return values
        text = form
    attempt = _TRAILING_COMMA.sub(r"\1", _BAD_ESCAPE.sub(r"\\\\", text))
    if values := _values(attempt) or _values(_MISSING_COMMA.sub(r"\1,\2", attempt)) or _values(_quoted(attempt)):
        return values
    fields: Node = {}
    for name, value in _FIELD.findall(text):
        fields.setdefault(name, html.unescape(value.replace('\\"', '"').replace("\\/", "/")))
    return [fields] if fields else []


def _quoted(text: str) -> str:
    """Return *text* with a backslash before the quotes that neither begin nor end a string."""
    return _INNER_QUOTE.sub(r'\\"', text)


def _values(text: str) -> list[Any]:
    decoder, position, values = json.JSONDecoder(strict=False), 0, []
    while position < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return []
        values.append(value)
        while position < len(text) and text[position] in ", ;\t\r\n":
            position += 1
    return values


def _walk(value: Any, level: int) -> Iterator[Node]:
    if level > 8:
        return
    if isinstance(value, list):
        for member in value:
            yield from _walk(member, level + 1)
    elif isinstance(value, dict):
        if "@type" in value or "headline" in value:
            yield value
        for name in _CONTAINERS:
            if isinstance(value.get(name), dict | list):
                yield from _walk(value[name], level + 1)


def types(node: Node) -> tuple[str, ...]:
    """Return the node's types without namespace."""
    found = node.get("@type") or []
    names = found if isinstance(found, list) else [found]
    return tuple(str(name).rpartition("/")[2].rpartition(":")[2] for name in names)


def is_article(node: Node) -> bool:
    """Tell whether the node describes an article of any kind (NewsArticle, BlogPosting, LiveBlogPosting …)."""
    return any(_ARTICLE.search(name) for name in types(node))


def article_node(nodes: list[Node], url: str = "") -> Node:
    """Return the object that describes the page's article, an empty one if there is none.

    Teasers of other articles are articles too: one that names the page's path in *url* comes first, then the one
    with most of an article's properties, the first among equals. Its author and picture may stand under an ``@id``.
    """
    wanted = ("headline", "datePublished", "author", "articleBody", "mainEntityOfPage", "dateModified", "image")
    articles = [node for node in nodes if is_article(node)]
    own = [node for node in articles if _is_of(node, url)] if len(articles) > 1 else []
    best = max(own or articles, key=lambda node: sum(name in node for name in wanted), default={})
    best = best if text_of(best.get("datePublished")) else {**_dates_of_page(nodes, url), **best}
    named = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
    return {**best, **{key: _resolved(best[key], named) for key in ("author", "image") if key in best}}


def _resolved(value: Any, named: dict[str, Node]) -> Any:
    """Return *value* with the objects that stand elsewhere on the page in place of bare references to their ``@id``."""
    if isinstance(value, list):
        return [_resolved(one, named) if isinstance(one, dict) else one for one in value]
    stated = set(value) if isinstance(value, dict) and isinstance(value.get("@id"), str) else {"name"}
    return value if stated & {"name", "url", "contentUrl"} else named.get(value["@id"], value)


def _dates_of_page(nodes: list[Node], url: str) -> Node:
    """Return the dates that the page's own object states where the article's states none."""
    for node in nodes:
        if text_of(node.get("datePublished")) and (
            any(name.endswith("WebPage") for name in types(node)) or _is_of(node, url)
        ):
            return {name: node[name] for name in ("datePublished", "dateModified") if name in node}
    return {}


def _is_of(node: Node, url: str) -> bool:
    """Tell whether *node* names the page's own path as its address."""
    path = urlsplit(url).path.strip("/")
    stated = (url_of(node.get(name)) for name in ("mainEntityOfPage", "url", "@id"))
    return any(path and path in address for address in stated)


def text_of(value: Any) -> str:
    """Return a property's text: a string, the ``name`` or ``@value`` of an object, the first of a list."""
    if isinstance(value, list):
        return next((text for member in value if (text := text_of(member))), "")
    if isinstance(value, dict):
        return text_of(value.get("name") or value.get("@value") or value.get("headline"))
    return whole(html.unescape(value)).replace("\0", "").strip() if isinstance(value, str) else ""


def url_of(value: Any) -> str:
    """Return a property's address: a string, the ``url`` or ``@id`` of an object, the first of a list."""
    if isinstance(value, list):
        return next((url for member in value if (url := url_of(member))), "")
    if isinstance(value, dict):
        return url_of(value.get("url") or value.get("contentUrl") or value.get("@id"))
    return whole(value).strip() if isinstance(value, str) else ""
