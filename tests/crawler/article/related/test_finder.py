"""Related stories in the layouts that portals really have; every text is invented."""

from __future__ import annotations

import unicodedata

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.article.related.finder import RelatedBlocks, find_related
from crawler.portals.seed import GENERIC, RelatedRules, Seed
from dedupe.errors import InputError
from storage.records import RelatedStory

HERE = "https://bao.example/xa-hoi/thanh-pho-mo-rong-tuyen-duong-post900001.html"
BODY = [
    "Thành phố bắt đầu mở rộng tuyến đường ven sông vào sáng nay, sau ba năm chờ đợi kinh phí và ý kiến của người dân.",
    "The first stretch runs from the old market to the ferry landing and is to open before the rainy season begins.",
    "Chủ tịch phường cho biết mọi hộ dân trong vùng dự án đã được thông báo và nhận hỗ trợ chuyển chỗ ở tạm thời.",
    "Engineers expect the second stretch to take longer, because the ground near the canal is soft and must dry.",
]
OIL = ("/kinh-te/gia-dau-tang-phien-thu-ba-post900101.html", "Giá dầu tăng phiên thứ ba liên tiếp")
RICE = ("/kinh-te/gia-gao-len-cao-nhat-post900102.html", "Giá gạo lên mức cao nhất trong năm")
RAIN = ("/xa-hoi/mua-lon-gay-ngap-post900103.html", "Mưa lớn gây ngập nhiều khu phố thấp")
OTHER = ("/xa-hoi/cau-moi-qua-song-post900104.html", "Cầu mới qua sông được thông xe")
OIL_BLURB = "Nguồn cung thắt chặt tại nhiều mỏ lớn đẩy giá dầu lên trong phiên giao dịch cuối tuần ở châu Á."
RICE_BLURB = "Các nhà máy xay xát ở đồng bằng báo giá gạo mới cao hơn một phần mười so với tháng trước."


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def link(story: tuple[str, str], inner: str = "") -> str:
    return f'<a href="{story[0]}">{inner or story[1]}</a>'


def items(*stories: tuple[str, str]) -> str:
    return f"<ul>{''.join(f'<li>{link(story)}</li>' for story in stories)}</ul>"


def card(story: tuple[str, str], blurb: str = "", image: str = "/anh/1.jpg") -> str:
    picture = link(story, f'<img src="{image}" alt="">')
    return f"<div class='c'>{picture}<h3>{link(story)}</h3>{f'<p>{blurb}</p>' if blurb else ''}</div>"


def find(inside: str = "", after: str = "", before: str = "", seed: Seed = GENERIC, url: str = HERE) -> RelatedBlocks:
    """Find in a page whose body is BODY, with *inside* in its middle, *after* behind it and *before* before it."""
    html = f"""<html><body><nav class="main-nav"><a href="/kinh-te/tin-kinh-te-trong-ngay-post1.html">Kinh tế</a></nav>
      <div id="page">{before}<h1>Thành phố mở rộng tuyến đường ven sông</h1>
      <div class="content">{paragraphs(*BODY[:2])}{inside}{paragraphs(*BODY[2:])}</div>{after}</div>
      <footer><a href="/ve-chung-toi/gioi-thieu-ve-toa-soan-123456.html">Giới thiệu về tòa soạn</a></footer>
      </body></html>"""
    return find_related(lxml.html.document_fromstring(html), url, seed)


def titles(found: RelatedBlocks) -> list[str]:
    return [story.title for story in found.stories]


def by_title(found: RelatedBlocks) -> dict[str, RelatedStory]:
    return {story.title: story for story in found.stories}


def left(found: RelatedBlocks) -> str:
    """Return the text of the page once the cut elements are gone."""
    root = found.cut[0].getroottree().getroot()
    for element in found.cut:
        element.drop_tree()
    return " ".join(" ".join(root.itertext()).split())


# ---- layouts --------------------------------------------------------------------------------------------------
def test_block_doubled_for_desktop_and_mobile() -> None:
    block = card(OIL, OIL_BLURB) + card(RICE, RICE_BLURB)
    found = find(after=f'<aside class="related-news">{block}</aside><div class="related-news-mobile">{block}</div>')
    assert titles(found) == [OIL[1], RICE[1]]
    oil = found.stories[0]
    assert (oil.url, oil.blurb, oil.image) == (
        "https://bao.example" + OIL[0],
        OIL_BLURB,
        "https://bao.example/anh/1.jpg",
    )
    assert (oil.title_copies, oil.blurb_copies, oil.place, oil.found_by) == (2, 2, "after", "related-class")
    assert [story.position for story in found.stories] == [0, 1]
    assert found.status == "found"
    assert len(found.cut) == 2
    assert OIL_BLURB not in left(found)


def test_cards_of_unknown_name_inside_the_body() -> None:
    found = find(inside=card(OIL, OIL_BLURB).replace("'c'", "'article__insert'"))
    (oil,) = found.stories
    assert (oil.title, oil.blurb, oil.found_by, oil.place) == (OIL[1], OIL_BLURB, "cards", "inside")
    text = left(found)
    assert all(paragraph in text for paragraph in BODY)
    assert OIL_BLURB not in text


def test_classless_read_more_paragraphs_with_twin_blurbs() -> None:
    cut_short = unicodedata.normalize("NFD", OIL_BLURB[:60]) + "…"
    line = f"<p>Đọc thêm: {link(OIL)}</p>"
    found = find(inside=f"{line}<p>{OIL_BLURB}</p>", after=f"<div>{line}<p>{cut_short}</p></div>")
    (oil,) = found.stories
    assert (oil.title, oil.blurb, oil.blurb_copies, oil.title_copies) == (OIL[1], OIL_BLURB, 2, 2)
    assert oil.found_by == "anchor"
    text = left(found)
    assert OIL_BLURB not in text
    assert cut_short not in text
    assert all(paragraph in text for paragraph in BODY)


def test_paragraph_behind_a_single_read_more_line_stays() -> None:
    found = find(inside=f"<p>Read more: {link(OIL)}</p><p>{OIL_BLURB}</p>")
    assert titles(found) == [OIL[1]]
    assert OIL_BLURB in left(found)


def test_heading_in_nfd_parted_by_markup_or_wrapped() -> None:
    assert titles(find(after=f"<h4>{unicodedata.normalize('NFD', 'Tin liên quan')}</h4>{items(OIL, RICE)}")) == [
        OIL[1],
        RICE[1],
    ]
    assert titles(find(after=f"<h4>More <em>on this</em></h4>{items(OIL, RICE)}")) == [OIL[1], RICE[1]]
    wrapped = f"<div><div class='t'><span><b>Tin liên quan</b></span></div><div>{items(OIL, RICE)}</div></div>"
    assert titles(find(after=wrapped)) == [OIL[1], RICE[1]]


def test_thumb_title_heading_and_blurb_in_one_card() -> None:
    """As vovworld.vn has it: the title as text of the thumbnail's link, again as heading, then the blurb."""
    inner = "".join(
        f"<article class='story'>{link(s, s[1])}<h2>{link(s)}</h2><p>(VOVWORLD) - {b}</p></article>"
        for s, b in ((OIL, OIL_BLURB), (RICE, RICE_BLURB))
    )
    found = find(after=f"<div class='article__related'>{inner}</div>")
    assert [(s.title, s.title_copies, s.blurb_copies) for s in found.stories] == [(OIL[1], 2, 1), (RICE[1], 2, 1)]
    assert found.stories[0].blurb == f"(VOVWORLD) - {OIL_BLURB}"


def test_whole_card_in_one_anchor_and_pieces_without_blanks() -> None:
    inner = f"<img data-src='/anh/2.jpg'><span>Kinh tế</span><h3>{OIL[1]}</h3><p>{OIL_BLURB}</p>"
    inner += "<time datetime='2026-08-26T22:35:00+07:00'>22:35</time>"
    (oil,) = find(after=f"<div class='box-tinlienquan'>{link(OIL, inner)}</div>").stories
    assert (oil.title, oil.blurb, oil.image) == (OIL[1], OIL_BLURB, "https://bao.example/anh/2.jpg")
    assert oil.published is not None
    assert oil.published.isoformat() == "2026-08-26T15:35:00+00:00"
    (joined,) = find(
        after=f"<div class='related'>{link(OIL, f'<span>Kinh tế</span><span>{OIL[1]}</span>')}</div>"
    ).stories
    assert joined.title == f"Kinh tế {OIL[1]}"


def test_real_title_is_never_a_button_a_date_or_a_file_name() -> None:
    story = OIL[0]
    block = (
        f'<div><a href="{story}"><img alt="IMG_2031.jpg" src="data:image/gif;base64,x" data-src="/a.jpg"></a>'
        f'<a href="{story}">26/08/2025</a><a href="{story}">{OIL[1]}</a><a href="{story}#comment">12 comments</a>'
        f'<p>{OIL_BLURB} <a href="{story}">Xem thêm</a></p></div>'
    )
    (oil,) = find(after=f'<div class="lien-quan">{block}</div>').stories
    assert (oil.title, oil.blurb, oil.image) == (OIL[1], OIL_BLURB, "https://bao.example/a.jpg")
    pictured = f'<a href="{story}"><img src="/a.jpg" alt="{OIL[1]}"></a><a href="{story}">Read more</a>'
    assert titles(find(after=f'<div class="related">{link(RICE)}{pictured}</div>')) == [RICE[1], OIL[1]]


def test_twin_blocks_share_their_stories() -> None:
    """As on Malay Mail: a related list, then the same stories under "You May Also Like"."""
    first = f"<div class='malay-related-articles'>{items(OIL, RICE)}</div>"
    found = find(after=f"{first}<h3>You May Also Like</h3>{items(OIL, RICE, RAIN)}")
    assert [(s.title, s.title_copies) for s in found.stories] == [(OIL[1], 2), (RICE[1], 2), (RAIN[1], 1)]
    assert found.stories[0].found_by == "related-class"
    assert found.stories[2].found_by == "heading"


def test_noscript_copies_give_the_picture_and_no_second_title() -> None:
    picture = link(OIL, "<img src=data:x><noscript><img src=/anh/3.jpg></noscript>")
    (oil,) = find(after=f"<div class='related'>{picture}<h4>{link(OIL)}</h4></div>").stories
    assert (oil.image, oil.title_copies) == ("https://bao.example/anh/3.jpg", 1)


def test_tables_fonts_and_upper_case_tags_of_2008() -> None:
    rows = "".join(
        f"<TR><TD>&#149;</TD><TD><FONT SIZE=1><A HREF='{s[0]}'>{s[1]}</A></FONT></TD></TR>" for s in (OIL, RICE)
    )
    found = find(after=f"<TABLE><TR><TD COLSPAN=2><B><FONT>Related News</FONT></B></TD></TR>{rows}</TABLE>")
    assert titles(found) == [OIL[1], RICE[1]]


def test_heading_and_links_parted_by_line_breaks_only() -> None:
    found = find(inside=f"<p><b>See also:</b><br>• {link(OIL)}<br>• {link(RICE)} (January 5, 2008)</p>")
    assert titles(found) == [OIL[1], RICE[1]]


def test_data_attributes() -> None:
    assert [s.found_by for s in find(after=f"<div data-gtm-region='RELATED COVERAGE'>{items(OIL)}</div>").stories] == [
        "data"
    ]
    assert titles(find(inside=f"<div type='RelatedOneNews'>{card(OIL)}</div>")) == [OIL[1]]


def test_flat_titles_and_blurbs_alternate_under_a_heading() -> None:
    flat = f"<h3>Related</h3><h4>{link(OIL)}</h4><p>{OIL_BLURB}</p><h4>{link(RICE)}</h4><p>{RICE_BLURB}</p>"
    found = find(after=f"<div>{flat}</div>")
    assert [(s.title, s.blurb) for s in found.stories] == [(OIL[1], OIL_BLURB), (RICE[1], RICE_BLURB)]
    assert RICE_BLURB not in left(found)


def test_tracking_is_removed_and_the_sites_own_address_kept() -> None:
    html = f'<div class="related"><a href="http://m.bao.example{OIL[0]}?utm_source=box#top">{OIL[1]}</a></div>'
    (oil,) = find(after=html).stories
    assert oil.url == f"http://m.bao.example{OIL[0]}"


def test_base_element_counts() -> None:
    block = f'<div class="related"><a href="{OIL[0][1:]}">{OIL[1]}</a></div>'
    html = f'<html><head><base href="https://bao.example/en/"></head><body>{block}</body></html>'
    (oil,) = find_related(lxml.html.document_fromstring(html), HERE).stories
    assert oil.url == "https://bao.example/en" + OIL[0]


# ---- traps ----------------------------------------------------------------------------------------------------
PLAIN = items(OIL, RICE)
MANY = [(f"/a/tin-so-{i}-trong-ngay-{900200 + i}.html", f"Tin số {i} trong ngày hôm nay") for i in range(40)]


@pytest.mark.parametrize(
    "trap",
    [
        f"<div class='position-relative u-position-relative tw-relative'>{PLAIN}</div>",
        f"<div class='has-recommendations is-related'>{PLAIN}</div>",
        f"<div class='post tag-related-companies category-more-news'>{PLAIN}</div>",
        f"<div class='group-[related]'>{PLAIN}</div>",
        f"<section class='related-topics'><h3>Related topics</h3>{PLAIN}</section>",
        f"<div class='most-read'><h3>Most read</h3>{PLAIN}</div>",
        f"<h3>Trending now</h3>{PLAIN}",
        f"<h3>Đọc nhiều nhất</h3>{PLAIN}",
        f"<h3>Latest news</h3>{PLAIN}",
        f"<h3>Up next</h3>{PLAIN}",
        f"<h3>More from the Harbour Times</h3>{PLAIN}",
        f"<div class='OUTBRAIN'><h3>You may like</h3>{PLAIN}</div>",
        f"<div id='taboola-below-article' class='related-links'>{PLAIN}</div>",
        f"<div class='_mgwidget'><div class='related'>{PLAIN}</div></div>",
        f"<div id='comments'><h3>Related</h3>{PLAIN}</div>",
        f"<div class='newsletter'><h4>Read more</h4>{PLAIN}</div>",
        f"<div class='sponsored related'>{PLAIN}</div>",
        "<h3>Related</h3><a href='/tag/dau-khi'>Dầu khí và năng lượng</a> <a href='/author/an'>An Nguyễn Văn</a>",
        "<div class='related'><a href='https://facebook.com/sharer?u=1'>Share this story with friends</a></div>",
        "<div class='related'><a href='#comment'>Go to the comments below</a></div>",
        "<div class='related'><a href='javascript:void(0)'>Show the next story please</a></div>",
        f"<div class='related'><a href='{HERE}?utm_source=self'>Thành phố mở rộng tuyến đường ven sông</a></div>",
        "<div class='related'><a href='/anh/gia-dau-tang-phien-post900101.jpg'>Giá dầu tăng phiên thứ ba</a></div>",
        f"<div class='related'>{items(*MANY)}</div>",
    ],
)
def test_what_is_not_related(trap: str) -> None:
    assert [story for story in find(after=trap).stories if story.kind == "related"] == []


def test_links_in_the_running_text_are_not_related() -> None:
    oil, rice = link(OIL, "giá dầu tăng phiên thứ ba"), link(RICE, "Rice prices rose again last week")
    prose = f"<p>Theo báo cáo, {oil} khiến chi phí vận tải lên cao trong nhiều tháng liền.</p>"
    starts = f"<p>{rice}, said a trader who has sold at this market for thirty years.</p>"
    found = find(inside=prose + starts + f"<h3>More on the plan</h3>{paragraphs(BODY[0])}{prose}")
    assert found.stories == ()
    assert found.cut == []


def test_heading_before_body_text_cuts_nothing() -> None:
    for heading in ("Background", "Read more", "Related", "Hintergrund", "Đọc thêm"):
        assert find(inside=f"<h2>{heading}</h2>").cut == []
        assert find(before=f"<h2>{heading}</h2>").cut == []


def test_body_inside_a_related_looking_wrapper_stays() -> None:
    page = f"<h1>Đường mới</h1><div>{paragraphs(*BODY)}</div>{items(OIL)}"
    html = f"<html><body><div class='related-article-wrapper'>{page}</div></body></html>"
    found = find_related(lxml.html.document_fromstring(html), HERE)
    assert all("".join(element.itertext()) == OIL[1] for element in found.cut)


def test_next_article_of_an_endless_page_is_not_a_card() -> None:
    text = paragraphs(*(f"{paragraph} Tiếp theo." for paragraph in BODY * 2))
    found = find(after=f"<article class='related-article'><h2>{link(OIL)}</h2>{text}</article>")
    assert all(BODY[0] not in "".join(element.itertext()) for element in found.cut)


def test_text_right_behind_a_block_belongs_to_the_page() -> None:
    found = find(inside=f"<div class='related'>{PLAIN}</div>Một câu đứng ngay sau khối tin. ")
    assert "Một câu đứng ngay sau khối tin." in left(found)


# ---- loaded by script, seeds ------------------------------------------------------------------------------------
def test_placeholders_are_reported() -> None:
    assert find(after="<div class='react-relate' data-id='1'></div>").status == "loaded by script"
    assert find(after="<div data-component-type='related_news'></div>").status == "loaded by script"
    listed = Seed(name="x", related=RelatedRules(script_css=("#custompost-list",)))
    assert find(after="<div id='custompost-list'></div>", seed=listed).status == "loaded by script"
    assert find(after=f"<div class='react-relate'></div><div class='related'>{PLAIN}</div>").status == "found"
    assert find(after="<gu-island name='OnwardsUpper' deferuntil='visible'></gu-island>").status == "loaded by script"
    assert find(after="<i class='related-icon'></i><button class='related'></button>").status == "none"
    assert find().status == "none"


def test_seed_selectors_come_first_and_exclude() -> None:
    seed = Seed(name="x", related=RelatedRules(css=("div.hop-tin",), exclude_css=(".related-hot",)))
    block = f"<div class='hop-tin'>{items(OIL)}</div><div class='related-hot'>{items(RAIN)}</div>"
    found = find(after=block, seed=seed)
    assert [(s.title, s.found_by) for s in found.stories] == [(OIL[1], "selector")]


def test_bad_selector_names_itself_and_the_portal() -> None:
    with pytest.raises(InputError, match=r"portal x: 'div\[' is not a CSS selector"):
        find(seed=Seed(name="x", related=RelatedRules(css=("div[",))))


# ---- properties -------------------------------------------------------------------------------------------------
TAGS = st.sampled_from(
    ["div", "p", "a", "h3", "ul", "li", "span", "table", "tr", "td", "b", "br", "img", "section", "noscript", "script"]
)
TEXTS = st.sampled_from(
    [
        "Related",
        "Đọc thêm: ",
        "Tin liên quan",
        OIL[1],
        OIL_BLURB,
        BODY[0],
        ">> ",
        "",
        " ",
        "Most read",
        "Xem thêm",
        "\u0309",
    ]
)
NAMES = st.sampled_from(["related", "most-read", "c", "", "position-relative", "taboola", "story-links", "footer"])
LINKS = st.sampled_from([OIL[0], RICE[0], "#", "javascript:x", "http://[", "", HERE, "/tag/a", "mailto:a", "//x"])
NODES = st.recursive(
    TEXTS,
    lambda inner: st.builds(
        lambda tag, name, href, children: f"<{tag} class='{name}' href='{href}'>{''.join(children)}</{tag}>",
        TAGS,
        NAMES,
        LINKS,
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)


@settings(max_examples=150)
@given(st.lists(NODES, max_size=5))
def test_any_tree_gives_the_same_answer_twice_and_never_raises(nodes: list[str]) -> None:
    html = f"<html><body>{''.join(nodes)}</body></html>"
    tree = lxml.html.document_fromstring(html)
    before = lxml.html.tostring(tree)
    first = find_related(tree, HERE)
    assert lxml.html.tostring(tree) == before
    again = find_related(lxml.html.document_fromstring(html), HERE)
    assert first.stories == again.stories
    assert [e.tag for e in first.cut] == [e.tag for e in again.cut]
    assert len({story.url for story in first.stories}) == len(first.stories)
    assert all(story.title and story.title_copies >= 1 for story in first.stories)
    assert (first.status == "found") == any(story.kind == "related" for story in first.stories)
    inside = {element for element in first.cut for element in element.iterdescendants()}
    assert not inside.intersection(first.cut)


def test_deep_nesting_and_fragments() -> None:
    tree = lxml.html.fragment_fromstring("<div>" * 3000 + items(OIL) + "</div>" * 3000)
    assert find_related(tree, HERE).stories == ()
    block = lxml.html.fragment_fromstring(f"<div><div class='related'>{items(OIL)}</div></div>")
    assert titles(find_related(block, HERE)) == [OIL[1]]
    assert find_related(lxml.html.fragment_fromstring("<p></p>"), "").stories == ()


def test_line_of_the_body_that_is_a_headline_link_alone() -> None:
    found = find(inside=f"<div class='callout'>{link(OIL)}</div><p><strong>{link(RICE)}</strong></p>")
    assert titles(found) == [OIL[1], RICE[1]]
    assert find(inside=f"<p>{link(OIL, 'Xem bảng giá')}</p>").cut == []
    assert find(inside=f"<p>{link(('https://other.example/report-of-the-ministry-123456.html', OIL[1]))}</p>").cut == []


def test_plain_list_of_headlines_in_the_body() -> None:
    found = find(inside=items(OIL, RICE, RAIN))
    assert titles(found) == [OIL[1], RICE[1], RAIN[1]]
    assert {(story.found_by, story.place) for story in found.stories} == {("cards", "inside")}
    assert titles(find(inside=items(OIL, RICE))) == [OIL[1], RICE[1]]


def test_headline_behind_a_kicker_is_no_link_in_a_sentence() -> None:
    kicker = "<span>Ủy ban thành phố mua lại khu nhà cũ ven sông</span>:"
    cards = "".join(f"<article><h4>{kicker} {link(story)}</h4></article>" for story in (OIL, RICE, RAIN))
    found = find(after=f"<section><h3>Tin liên quan</h3>{cards}</section>")
    assert titles(found) == [OIL[1], RICE[1], RAIN[1]]
    subheading = f"<h3>Vì sao {link(OIL)} lại làm dân ven sông lo?</h3>"
    assert find(inside=subheading) == find()


def test_list_of_the_body_with_a_word_before_each_headline() -> None:
    lines = "".join(f"<li><b>Thị trường: </b>{link(story)}</li>" for story in (OIL, RICE, RAIN))
    assert [story.kind for story in find(inside=f"<ul>{lines}</ul>").stories] == ["related"] * 3


def test_next_pages_of_the_article_are_no_stories() -> None:
    parts = [
        (HERE.replace(".html", end), f"Phần tiếp theo của bài viết, trang {end}") for end in ("_2.html", "/anh.html")
    ]
    block = "<div class='related-news'><h3>Tin liên quan</h3>{}</div>"
    assert titles(find(after=block.format(items(OIL, *parts, RICE)))) == [OIL[1], RICE[1]]


def test_seed_of_another_part_of_the_portal_bars_no_story() -> None:
    english = Seed(name="bao", allowed_domains=("bao.example",), article_url=(r"https://bao\.example/en/.+\.html",))
    block = f"<div class='related-news'><h3>Tin liên quan</h3>{items(OIL, RICE)}</div>"
    assert titles(find(after=block, seed=english)) == [OIL[1], RICE[1]]


def test_dated_lines_of_a_script_without_blanks() -> None:
    dated = "".join(f"<li>{link(story)}<span>2026年04月03日 09時55分</span></li>" for story in (OIL, RICE))
    assert titles(find(after=f"<ul class='related-articles'>{dated}</ul>")) == [OIL[1], RICE[1]]


def test_lists_made_in_different_ways_are_two() -> None:
    pictures = "".join(f"<li>{link(story, f'<img src=/a.jpg>{story[1]}')}</li>" for story in (OIL, RICE))
    both = f"<div><h3>Recommended for you</h3><ul>{pictures}</ul></div><div class='relstory'>{items(RAIN, OTHER)}</div>"
    found = find(after=f"<div class='column'>{both}</div>")
    kinds = {story.title: story.kind for story in found.stories}
    assert (kinds[OIL[1]], kinds[RAIN[1]], kinds[OTHER[1]]) == ("recommended", "related", "related")


def test_titles_are_without_labels_kickers_and_dates() -> None:
    labelled = link(OIL, f"<span class='teaser__kicker'>Thị trường</span> <span>{OIL[1]}</span>")
    dated = link(RICE, f"{RICE[1]} <time datetime='2026-03-04'>4 tháng 3</time>")
    paid = link(RAIN, f"Premium: {RAIN[1]} | Xem thêm")
    found = find(after=f"<div class='related-news'><div>{labelled}</div><div>{dated}</div><div>{paid}</div></div>")
    assert titles(found) == [OIL[1], RICE[1], RAIN[1]]
    whole = link(OIL, f"<span class='label'>{OIL[1]}</span>")
    assert titles(find(after=f"<div class='related-news'>{whole}{link(RICE)}</div>"))[0] == OIL[1]


def test_one_story_wherever_the_reader_clicked() -> None:
    clicked = (f"{OIL[0]}?ico=related-block", OIL[1])
    top = f"<div class='most-read'><h3>Đọc nhiều</h3>{items((f'{OIL[0]}?ico=top', OIL[1]), RICE, RAIN)}</div>"
    found = find(after=f"{top}<div class='related-news'><h3>Tin liên quan</h3>{items(clicked, OTHER)}</div>")
    (oil,) = (story for story in found.stories if story.title == OIL[1])
    assert (oil.kind, oil.url, oil.title_copies) == ("related", f"https://bao.example{clicked[0]}", 2)
    numbered = [
        (f"/xa-hoi/bai-viet-ve-khu-cang-moi.html?so={number}", f"Bài viết số {number} về khu cảng mới")
        for number in (9001, 9002)
    ]
    assert len(titles(find(after=f"<div class='related-news'><h3>Tin liên quan</h3>{items(*numbered)}</div>"))) == 2


def test_advertising_list_behind_the_text_is_cut_and_no_story() -> None:
    offers = "".join(
        f"<li><a href='/quang-cao/goi-{n}-{n}4567.html'>Giải pháp số {n} cho hãng</a><p>Nội dung số {n}!</p></li>"
        for n in range(4)
    )
    found = find(after=f"<section><h3>Anzeige</h3><ul>{offers}</ul></section>")
    assert not found.stories
    assert ["Giải pháp số 2" in element.text_content() for element in found.cut] == [True]


def test_paragraph_that_begins_with_a_card_stays() -> None:
    boxed = f"<p><article><img src='/a.jpg'><h3>{link(OIL)}</h3></article>{BODY[0]}</p>"
    found = find(inside=boxed)
    assert not any(BODY[0] in element.text_content() for element in found.cut)
    assert titles(found) == [OIL[1]]
