"""Pages of the demo portal as HTML, with the ways real portals show related stories.

=========  =====================================================================================
doubled    beside the article, once for the desktop and once for the telephone (blurbs cut there)
box        inside the article after the body, each card twice with thumbnail, title and blurb
cards      cards between the paragraphs of the body
plain      paragraphs "Read more: TITLE" and the blurb below, in the body and again at its end
list       a heading and a list of links, no class names
script     an empty placeholder that a script would fill
none       none
=========  =====================================================================================
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from crawler.demo.stories import Layout, Story

PAPER = {"en": "Harbour Gazette", "vi": "Báo Bến Cảng"}
SECTIONS = {
    "en": {"town": "Town", "sea": "Sea", "market": "Market", "culture": "Culture"},
    "vi": {"thoi-su": "Thời sự", "bien": "Biển", "kinh-te": "Kinh tế", "van-hoa": "Văn hóa"},
}
PROMO = {"en": "Follow the Harbour Gazette on Facebook and YouTube", "vi": "Mời quý độc giả theo dõi Báo Bến Cảng trên"}
_WORDS = {
    "en": {"related": "Related", "more": "Read more", "popular": "Most read", "tags": "Tags", "next": "Next page"},
    "vi": {
        "related": "Tin liên quan",
        "more": "Đọc thêm",
        "popular": "Đọc nhiều",
        "tags": "Từ khóa",
        "next": "Trang sau",
    },
}
_LEAD_BESIDE: frozenset[Layout] = frozenset({"doubled", "cards", "plain"})
_CUT_SHARE = 0.62
"""Share of a blurb that the copy for telephones keeps."""
_STYLE = (
    "body{font:17px/1.5 Georgia,serif;max-width:52rem;margin:1rem auto;padding:0 1rem}nav a{margin-right:1em}"
    "img{width:8rem}.sapo{font-weight:bold}.related-news-mobile{display:none}aside{border-top:1px solid #999}"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A story as other pages link to it."""

    story: Story
    address: str
    """As written in ``href``."""


def article_page(story: Story, related: Sequence[Link], popular: Sequence[Link], base: str) -> str:
    """Return the page of *story*; *base* is the portal's address without a slash at the end."""
    inside, after, body = _placed(story, related)
    lead = f'<p class="sapo">{escape(story.lead)}</p>'
    beside, own = (f'<div class="article-summary">{lead}</div>', "") if story.layout in _LEAD_BESIDE else ("", lead)
    promo = f"<p>{escape(PROMO[story.language])}</p>"
    content = (
        f'<article class="story-page"><h1 class="article-title">{escape(story.title)}</h1>'
        f'<div class="article-meta"><span class="author">{escape(story.author)}</span> '
        f'<time datetime="{story.published.isoformat()}">{story.published:%d/%m/%Y %H:%M}</time></div>'
        f'{beside}{_figure(story)}<div class="article-body">{own}{body}{promo}</div>{inside}</article>{after}'
        f"{_tags(story)}{_popular(story.language, popular)}"
    )
    return _page(story.language, story.title, content, head=_head(story, base))


def listing_page(language: str, title: str, links: Sequence[Link], next_page: str = "") -> str:
    """Return a front page or the list of a section; *next_page* is the address of the page behind it."""
    cards = "".join(
        f'<div class="teaser"><a class="position-relative" href="{escape(link.address)}">{_image(link.story)}</a>'
        f'<h2><a href="{escape(link.address)}">{escape(link.story.title)}</a></h2>'
        f"<p>{escape(link.story.lead)}</p></div>"
        for link in links
    )
    pager = f'<ul class="pagination"><li><a href="{escape(next_page)}">{_WORDS[language]["next"]}</a></li></ul>'
    return _page(language, title, f"<main><h1>{escape(title)}</h1>{cards}{pager if next_page else ''}</main>")


def missing_page() -> str:
    """Return the page for an address that leads nowhere."""
    return _page("en", "Not found", "<main><h1>Not found</h1><p>There is no such page, or no longer.</p></main>")


def broken(html: str) -> str:
    """Return *html* as careless templates write it: open, crossed and doubly closed tags, bare ampersands."""
    damaged = html.replace("</p>", "").replace("</li>", "").replace("</h1>", "</h1></div>")
    damaged = damaged.replace("<article ", '<article class="a" class=b id=x id=x ', 1)
    before, _, after = damaged.rpartition("</article>")
    damaged = f"{before}</b></div></article></i>{after}"
    return damaged.replace("&#x27;", "'").replace("</body>", "<p>© R & D <br").replace("</html>", "")


def _placed(story: Story, related: Sequence[Link]) -> tuple[str, str, str]:
    """Return what stands after the body, what after the article, and the body itself."""
    paragraphs = [_paragraph(text) for text in story.body]
    if story.layout in {"cards", "plain"} and related:
        half = (len(paragraphs) + 1) // 2
        if story.layout == "plain":
            shown = [_plain(link) for link in related]
            paragraphs = [*paragraphs[:half], *shown, *paragraphs[half:], *shown]
        else:
            first, *others = [_card(link) for link in related]
            paragraphs = [*paragraphs[:half], first, *paragraphs[half:], *others]
    blocks = _BLOCKS.get(story.layout)
    inside, after = blocks(story.language, related) if blocks else ("", "")
    return inside, after, "".join(paragraphs)


def _doubled(language: str, related: Sequence[Link]) -> tuple[str, str]:
    heading = f"<h3>{_WORDS[language]['related']}</h3>"
    wide = "".join(_card(link) for link in related)
    narrow = "".join(_card(link, cut=True) for link in related)
    return "", (
        f'<aside class="related-news d-none d-md-block">{heading}{wide}</aside>'
        f'<div class="related-news-mobile d-md-none">{heading}{narrow}</div>'
    )


def _box(language: str, related: Sequence[Link]) -> tuple[str, str]:
    cards = "".join(_card(link) * 2 for link in related)
    return f'<div class="box-tinlienquan"><h4>{_WORDS[language]["related"]}</h4>{cards}</div>', ""


def _list(language: str, related: Sequence[Link]) -> tuple[str, str]:
    items = "".join(f'<li><a href="{escape(link.address)}">{escape(link.story.title)}</a></li>' for link in related)
    return f"<h3>{_WORDS[language]['related']}</h3><ul>{items}</ul>", ""


def _script(_language: str, _related: Sequence[Link]) -> tuple[str, str]:
    return '<div class="related-stories" data-url="/api/related.json"></div><script>loadRelated()</script>', ""


_BLOCKS: dict[Layout, Callable[[str, Sequence[Link]], tuple[str, str]]] = {
    "doubled": _doubled, "box": _box, "list": _list, "script": _script,
}  # fmt: skip


def _card(link: Link, *, cut: bool = False) -> str:
    href, title = escape(link.address), escape(link.story.title)
    blurb = cut_blurb(link.story.lead) if cut else link.story.lead
    return (
        f'<article class="story"><a class="thumb" href="{href}" title="{title}">{_image(link.story)}</a>'
        f'<h3><a href="{href}">{title}</a></h3><div class="summary">{escape(blurb)}</div></article>'
    )


def cut_blurb(lead: str) -> str:
    """Return the blurb as the copy for telephones shows it: cut at a word, with an ellipsis."""
    return lead[: int(len(lead) * _CUT_SHARE)].rsplit(" ", 1)[0] + "…"


def _plain(link: Link) -> str:
    more = _WORDS[link.story.language]["more"]
    anchor = f'<a href="{escape(link.address)}">{escape(link.story.title)}</a>'
    return f"<p>{more}: {anchor}</p><p>{escape(link.story.lead)}</p>"


def _paragraph(text: str) -> str:
    return f"<h2>{escape(text[3:])}</h2>" if text.startswith("## ") else f"<p>{escape(text)}</p>"


def _image(story: Story) -> str:
    return f'<img src="/img/{story.id}.svg" alt="{escape(story.title)}">'


def _figure(story: Story) -> str:
    if not story.caption:
        return ""
    caption = escape(story.caption)
    return f'<figure><img src="/img/{story.id}.svg" alt="{caption}"><figcaption>{caption}</figcaption></figure>'


def _tags(story: Story) -> str:
    name = SECTIONS[story.language][story.section]
    return (
        f'<div class="tags">{_WORDS[story.language]["tags"]}: <a href="/tag/{story.section}">{escape(name)}</a></div>'
    )


def _popular(language: str, popular: Sequence[Link]) -> str:
    items = "".join(f'<li><a href="{escape(link.address)}">{escape(link.story.title)}</a></li>' for link in popular)
    return f'<aside class="most-read"><h3>{_WORDS[language]["popular"]}</h3><ol>{items}</ol></aside>'


def _head(story: Story, base: str) -> str:
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "description": story.lead,
        "datePublished": story.published.isoformat(),
        "author": {"@type": "Person", "name": story.author},
        "articleSection": SECTIONS[story.language][story.section],
        "image": f"{base}/img/{story.id}.svg",
    }
    if story.modified:
        facts["dateModified"] = story.modified.isoformat()
    data = json.dumps(facts, ensure_ascii=False).replace("</", "<\\/")
    return (
        f'<link rel="canonical" href="{base}{story.path}"><meta name="description" content="{escape(story.lead)}">'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{escape(story.title)}">'
        f'<meta property="og:description" content="{escape(story.lead)}">'
        f'<script type="application/ld+json">{data}</script>'
    )


def _page(language: str, title: str, content: str, head: str = "") -> str:
    menu = "".join(f'<a href="/{language}/{section}/">{name}</a>' for section, name in SECTIONS[language].items())
    paper = PAPER[language]
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)} | {paper}</title>'
        f"<style>{_STYLE}</style>{head}</head><body>"
        f'<header><nav class="main-menu"><a href="/{language}/">{paper}</a>{menu}</nav></header>{content}'
        f'<footer class="footer"><p>{paper}. An invented newspaper that comes with storykin.</p></footer></body></html>'
    )
