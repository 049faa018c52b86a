"""Statements of a page on the use of its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml.html import HtmlElement

from crawler.article.metadata.jsonld import Node, is_article, url_of
from crawler.portals.rights import MOST_LICENCES, no_ai_rights, statement, tdm_rights
from storage.records import RightsSource, RightsStatement


def page_rights(
    tree: HtmlElement, nodes: Sequence[Node], meta: Mapping[str, list[str]], free_access: bool | None
) -> tuple[RightsStatement, ...]:
    """Return what the page in *tree* says, without the time at which it was read.

    :param free_access: what it says of itself in ``isAccessibleForFree`` or ``article:content_tier``
    """
    found = [*no_ai_rights(meta.get("robots", []), "meta", None)]
    reservation, policy = (meta.get(name, [None])[0] for name in ("tdm-reservation", "tdm-policy"))
    found += tdm_rights(reservation, policy, "meta", None)
    if free_access is not None:
        found.append(statement("access:free" if free_access else "access:paid", "json-ld", str(free_access), None))
    stated = [url_of(node.get("license")) for node in nodes if is_article(node)]
    linked = [
        element.get("href") or ""
        for element in tree.iter("link", "a")
        if "license" in (element.get("rel") or "").lower().split()
    ]
    places: tuple[tuple[RightsSource, list[str]], ...] = (("json-ld", stated), ("link", linked))
    for source, licences in places:
        distinct = [url for url in dict.fromkeys(licences) if url][:MOST_LICENCES]
        found += [statement("licence", source, url, None) for url in distinct]
    return tuple(found)
