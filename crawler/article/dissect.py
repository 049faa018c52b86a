"""Page → article: related stories found and cut, body extracted, every paragraph judged. One parse, pure, picklable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Literal

from lxml.html import HtmlElement

from crawler.article.body.block import Block
from crawler.article.body.captions import take_captions
from crawler.article.body.consent import CONSENT_WALL, is_consent_wall
from crawler.article.body.dropped_paragraphs import block_of, fill_gaps, left_out
from crawler.article.body.labels import furniture
from crawler.article.body.leads import lead_candidates, restore_lead
from crawler.article.body.script_data import blocks_from_data, script_texts
from crawler.article.body.sidebars import take_asides
from crawler.article.body.sources import SourceMap
from crawler.article.body.trafilatura import TRAFILATURA_VERSION, extract_blocks
from crawler.article.body.verdicts import Knowledge, judge
from crawler.article.metadata.identity import identity
from crawler.article.metadata.metadata import Metadata, read_metadata
from crawler.article.page.anatomy import PageAnatomy, PageLink, anchors, page_links
from crawler.article.page.decode import ExtractError, parse
from crawler.article.page.language import page_language
from crawler.article.page.page import Page
from crawler.article.page.sentences import size
from crawler.article.page_kind import PageKind, page_kind
from crawler.article.page_shape import page_shape
from crawler.article.related.finder import RelatedBlocks, find_related
from crawler.article.related.lines import in_sentence
from crawler.portals.rights import agreed, resolved
from crawler.portals.seed import GENERIC, Seed
from crawler.urls.canonical import canonical_url
from storage.records import KEPT_VERDICTS, Article, Paragraph, RelatedStory, article_id

__all__ = ["ExtractError", "PageAnatomy", "PageLink", "anatomy", "dissect"]

_NO_TEXT = ("script", "style", "template", "svg", "iframe", "canvas", "select", "textarea", "object", "dialog")
"""Elements that hold no text of the article. They are cut first, because the tree is copied several times later."""

EXTRACTOR = f"storykin {version('storykin')}, trafilatura {TRAFILATURA_VERSION}"

THIN_CHARACTERS = 300
"""Letters of text below which an article is flagged ``thin``, as 27 of 2,571 real story pages are: videos, galleries
and failed extractions."""


def dissect(page: Page, seed: Seed = GENERIC, *, with_links: bool = True) -> PageAnatomy:
    """Return the kind of *page*, its article if it is one, and its links.

    :param seed: rules of the portal
    :param with_links: ``False`` returns the links of listings only, which saves 5 % of the time
    :raises ExtractError: if there is nothing to parse; the message says why, in words
    """
    kind, reason, article, links = _read(page, seed)
    if CONSENT_WALL in article.quality:
        kind, reason = "other", CONSENT_WALL
    shown = links() if with_links or kind == "listing" else ()
    return PageAnatomy(kind=kind, reason=reason, article=article if kind == "article" else None, links=shown)


def anatomy(page: Page, seed: Seed = GENERIC) -> Article:
    """Return the article of *page*; where the page is no article, the same with ``not an article`` in ``quality``.

    :param seed: rules of the portal
    :raises ExtractError: if there is nothing to parse; the message says why, in words
    """
    kind, _, article, _ = _read(page, seed)
    if kind == "article":
        return article
    article = replace(article, quality=(*article.quality, "not an article"))
    return _without_ties(article) if kind == "listing" else article


def _read(page: Page, seed: Seed) -> tuple[PageKind, str, Article, Callable[[], tuple[PageLink, ...]]]:
    """Return the kind of *page*, the reason, its article (of any kind), and a function that makes its links once."""
    tree, doubts = parse(page)
    _known = list(tree.iter())  # lxml makes each element's object anew for each walk, unless somebody holds it
    addresses = anchors(tree)  # before text is cut
    links = cache(lambda: page_links(addresses, page.url, seed))
    article, metadata, shape = _article(tree, page, seed, doubts)
    kind, reason = page_kind(page.url, metadata, article, links, seed, shape=shape)
    return kind, reason, article, links


def _without_ties(article: Article) -> Article:
    """Return *article*, which is a listing, without stories of the kind ``related``: a listing has none."""
    lists = (replace(one, kind="same-section") if one.kind == "related" else one for one in article.related)
    status = "none" if article.related_status == "found" else article.related_status
    return replace(article, related=tuple(lists), related_status=status)


def _article(
    tree: HtmlElement, page: Page, seed: Seed, doubts: Sequence[str]
) -> tuple[Article, Metadata, tuple[float, ...]]:
    metadata = read_metadata(tree, page.url, seed)
    scripts = list(tree.iter("script"))
    without_scripts(tree)
    sources = SourceMap(tree)
    shape = page_shape(tree, sources, metadata, page.url)
    walled = is_consent_wall(sources.sources)
    named = _texts(tree, seed.body.lead_css)
    related = find_related(tree, page.url, seed)
    _cut(related.cut)
    _cut(element for css in seed.body.remove_css for element in tree.cssselect(css) if not in_sentence(element))
    captions = take_captions(tree)
    beside = take_asides(tree, sources, metadata.title, metadata.summaries)
    blocks, body_source = _blocks(tree, page.url, sources, scripts, metadata)
    blocks, lead = restore_lead(blocks, lead_candidates(sources, metadata, blocks, named))
    known = Knowledge(
        title=metadata.title,
        lead=lead,
        authors=metadata.authors,
        related=related.stories,
        captions=captions,
        promo_lines=seed.promo_lines,
        furniture=furniture(blocks, sources.find_all([block.text for block in blocks])),
    )
    paragraphs, guarded = judge(blocks, known)
    paragraphs = [*paragraphs, *beside]
    walled = walled and body_source != "script data"  # script data holds the article, and no wall
    if walled:
        paragraphs = [replace(one, verdict="left out", reason=CONSENT_WALL) for one in paragraphs]
    told = [metadata.title, *captions, *(paragraph.text for paragraph in paragraphs)]
    told += [text for story in related.stories for text in (story.title, story.blurb)]
    article = _assembled(
        page,
        seed=seed,
        metadata=metadata,
        related=related,
        paragraphs=[*paragraphs, *left_out(sources, told)],
        captions=captions,
        doubts=[*doubts, *_BODY_DOUBTS[body_source], *["guarded"] * guarded, *[CONSENT_WALL] * walled],
        body=(body_source, sources),
    )
    return article, metadata, shape


BodySource = Literal["trafilatura", "densest block", "script data"]
_BODY_DOUBTS: dict[BodySource, list[str]] = {
    "trafilatura": [],
    "densest block": ["densest block"],
    "script data": ["from script data"],
}
DISPUTED = 0.2
"""Agreement of the body with the densest block (0 to 1) below which the body is in doubt. Of 1,262 pages, a sixth of
those below it score below .8; of the others, one in thirty."""


def without_scripts(tree: HtmlElement) -> HtmlElement:
    """Cut scripts, forms and the like out of *tree*, JSON-LD excepted, and return *tree*."""
    for picture in list(tree.iter("svg")):
        if _is_left_open(picture):
            picture.drop_tag()
    _cut(element for element in tree.iter(*_NO_TEXT) if "ld+json" not in (element.get("type") or ""))
    return tree


def _is_left_open(picture: HtmlElement) -> bool:
    """Tell whether the page goes on inside *picture*: by the HTML standard a block ends an SVG left open."""
    block = next(picture.iter("p", "div", "h1", "h2", "ul", "table"), None)
    return block is not None and next(picture.iter("foreignobject", "foreignObject"), None) is None


def _blocks(
    tree: HtmlElement, url: str, sources: SourceMap, scripts: list[HtmlElement], metadata: Metadata
) -> tuple[list[Block], BodySource]:
    """Return the blocks of the main text and who found them. Where trafilatura finds next to none, others are tried."""
    blocks = extract_blocks(tree, url, sources.prose)
    found = sum(size(block.text) for block in blocks)
    if found >= THIN_CHARACTERS:
        if missed := _missed(blocks, sources, found):
            return missed, "densest block"
        return fill_gaps(blocks, sources, tree), "trafilatura"
    if sources.prose > 3 * THIN_CHARACTERS:
        dense = [block_of(source) for source in sources.densest()]
        if sum(len(block.text) for block in dense) > 3 * found:
            return dense, "densest block"
    if data := blocks_from_data(script_texts(scripts), metadata):
        return data, "script data"
    return blocks, "trafilatura"


def _missed(blocks: list[Block], sources: SourceMap, found: float) -> list[Block]:
    """Return the main text of a page of which trafilatura took a small part and nothing of the densest block.

    It takes the first of many parts, such as an introduction or a box; *found* is the size of its *blocks*.
    """
    if sources.prose < 2 * found:
        return []
    agreement = sources.agreement("".join(block.text for block in blocks))
    if agreement is None or agreement >= DISPUTED:
        return []
    wide = sources.widest(block.text for block in blocks)
    if sum(len(source.key) for source in wide if source.prose) < 2 * found:
        return []
    return [block_of(source) for source in wide]


def _texts(tree: HtmlElement, selectors: Sequence[str]) -> list[str]:
    return [element.text_content() for css in selectors for element in tree.cssselect(css)]


def _cut(elements: Iterable[HtmlElement]) -> None:
    for element in list(elements):
        parent = element.getparent()
        if parent is not None:
            element.drop_tree()


def _assembled(
    page: Page,
    *,
    seed: Seed,
    metadata: Metadata,
    related: RelatedBlocks,
    paragraphs: Sequence[Paragraph],
    captions: Sequence[str],
    doubts: Sequence[str],
    body: tuple[BodySource, SourceMap],
) -> Article:
    kept = [paragraph for paragraph in paragraphs if paragraph.verdict in KEPT_VERDICTS]
    text = "\n\n".join(paragraph.text for paragraph in kept)
    agreement = body[1].agreement(text) if body[0] == "trafilatura" else None
    doubts = [*doubts, *["body disputed"] * (agreement is not None and agreement < DISPUTED)]
    rights = (*page.rights, *(replace(one, read=page.fetched) for one in metadata.rights), *agreed(seed.rights))
    own = canonical_url(page.url, seed)
    canonical, aliases, claim_doubts = identity(page, metadata.canonical, metadata.title, seed)
    language, language_source, language_doubts = page_language(metadata.language, text)
    in_body = [paragraph.text for paragraph in paragraphs if paragraph.verdict == "caption"]
    return Article(
        id=article_id(canonical),
        url=page.url,
        canonical_url=canonical,
        own_url=own if own != canonical else "",
        aliases=aliases,
        portal=seed.name if seed.name != GENERIC.name else "",
        title=metadata.title,
        title_source=metadata.title_source,
        lead=kept[0].text if kept else "",
        text=text,
        paragraphs=tuple(paragraphs),
        body_source=body[0],
        body_agreement=agreement,
        captions=tuple(dict.fromkeys([*captions, *in_body])),
        authors=metadata.authors,
        authors_source=metadata.authors_source,
        news_agency=metadata.agency,
        published=metadata.published,
        published_day=metadata.published_day,
        published_raw=metadata.published_raw,
        published_source=metadata.published_source,
        modified=metadata.modified,
        language=language,
        language_source=language_source,
        section=metadata.section,
        section_source=metadata.section_source,
        tags=metadata.tags,
        image=metadata.image,
        free_access=metadata.free_access,
        rights=resolved(rights),
        rights_source=rights,
        quality=(*doubts, *_text_doubts(text), *metadata.doubts, *language_doubts, *claim_doubts),
        related=tuple(_with_key(story, seed) for story in related.stories),
        related_status=related.status,
        fetched=page.fetched,
        page_digest=sha256(page.body).hexdigest(),
        warc_file=page.warc_file,
        warc_offset=page.warc_offset,
        extractor=EXTRACTOR,
    )


def _text_doubts(text: str) -> list[str]:
    if not text:
        return ["empty"]
    return ["thin"] if size(text) < THIN_CHARACTERS else []


def _with_key(story: RelatedStory, seed: Seed) -> RelatedStory:
    canonical = canonical_url(story.url, seed)
    return story if canonical == story.url else replace(story, canonical_url=canonical)
