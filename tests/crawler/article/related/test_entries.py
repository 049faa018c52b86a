"""What the blocks of a page say about one story: title, blurb, picture, date, copies; every text is invented."""

from __future__ import annotations

import lxml.html
import pytest

from crawler.article.related.entries import image_source, same_line
from crawler.article.related.finder import find_related
from storage.records import RelatedStory

HERE = "https://bao.example/xa-hoi/thanh-pho-mo-rong-tuyen-duong-post900001.html"
OIL = "/kinh-te/gia-dau-tang-phien-thu-ba-post900101.html"
RICE = "/kinh-te/gia-gao-len-cao-nhat-post900102.html"
TITLE = "Giá dầu tăng phiên thứ ba liên tiếp tại châu Á"
BLURB = "Nguồn cung thắt chặt tại nhiều mỏ lớn đẩy giá dầu lên trong phiên giao dịch cuối tuần."


def stories(block: str) -> list[RelatedStory]:
    body = (
        "<p>Thành phố bắt đầu mở rộng tuyến đường ven sông vào sáng nay, sau ba năm chờ đợi ý kiến của người dân.</p>"
    )
    page = f"<html><body><div>{body * 3}</div><div class='related'>{block}</div></body></html>"
    return list(find_related(lxml.html.document_fromstring(page), HERE).stories)


def test_sections_that_label_the_cards_are_no_stories() -> None:
    card = "<div><a href='{}'>{}</a><span><a href='/kinh-te'>Kinh tế Việt Nam</a></span></div>"
    found = stories(card.format(OIL, TITLE) + card.format(RICE, "Giá gạo lên mức cao nhất trong năm"))
    assert [story.title for story in found] == [TITLE, "Giá gạo lên mức cao nhất trong năm"]


def test_title_cut_short_is_completed_from_the_card() -> None:
    (story,) = stories(f"<a href='{OIL}' title='{TITLE}'><h3>Giá dầu tăng phiên thứ ba...</h3></a>")
    assert story.title == TITLE
    (cut,) = stories(f"<a href='{OIL}'><h3>Giá dầu tăng phiên thứ ba...</h3></a>")
    assert cut.title == "Giá dầu tăng phiên thứ ba..."


def test_date_behind_the_title_is_not_of_it() -> None:
    (story,) = stories(f"<a href='{OIL}'><h3>{TITLE} <span>01.08.2019</span></h3></a>")
    assert story.title == TITLE


def test_title_again_with_a_label_is_no_blurb() -> None:
    (story,) = stories(f"<a href='{OIL}'>{TITLE}</a><p>Full article {TITLE}</p>")
    assert story.blurb == ""
    (told,) = stories(f"<a href='{OIL}'>{TITLE}</a><p>{TITLE}: {BLURB}</p>")
    assert told.blurb == f"{TITLE}: {BLURB}"


def test_copies_count_lines_cut_short_and_in_other_forms() -> None:
    (story,) = stories(
        f"<a href='{OIL}'>{TITLE}</a><h4><a href='{OIL}'>{TITLE.upper()}</a></h4>"
        f"<p>{BLURB}</p><p>{BLURB[:50]}…</p><p>26/08/2025</p>"
    )
    assert (story.title_copies, story.blurb, story.blurb_copies) == (2, BLURB, 2)


def test_longest_title_of_several_cards_wins_over_the_whole_card() -> None:
    whole = f"<a href='{OIL}'>{TITLE} {BLURB} {BLURB} {BLURB}</a>"
    (story,) = stories(f"{whole}<a href='{OIL}'>{TITLE}</a>")
    assert story.title == TITLE


@pytest.mark.parametrize(
    ("attributes", "source"),
    [
        ("src='/a.jpg'", "/a.jpg"),
        ("src='data:image/gif;base64,R0' data-src='/b.jpg'", "/b.jpg"),
        ("data-original='/c.jpg' src='/blank.gif'", "/c.jpg"),
        ("srcset='/d-300.jpg 300w, /d-600.jpg 600w'", "/d-300.jpg"),
        ("data-srcset='/e.jpg 2x'", "/e.jpg"),
        ("srcset=','", ""),
        ("src=''", ""),
        ("", ""),
    ],
)
def test_image_source(attributes: str, source: str) -> None:
    assert image_source(lxml.html.fragment_fromstring(f"<img {attributes}>")) == source


def test_broken_image_address_and_date_are_left_out() -> None:
    (story,) = stories(f"<a href='{OIL}'><img src='http://[x'>{TITLE}</a><time datetime='soon'>x</time>")
    assert (story.image, story.published) == ("", None)
    (naive,) = stories(f"<a href='{OIL}'>{TITLE}</a><time datetime='2026-08-26T22:35'>22:35</time>")
    assert naive.published is None


@pytest.mark.parametrize(
    ("line", "text", "same"),
    [
        (TITLE, TITLE, True),
        (f">> {TITLE}", TITLE, True),
        (f"{TITLE[:30]} [...]", TITLE, True),
        ("Giá dầu…", TITLE, False),
        (TITLE[:30], TITLE, False),
        ("", TITLE, False),
    ],
)
def test_same_line(line: str, text: str, *, same: bool) -> None:
    assert same_line(line, text) is same


def test_an_address_under_two_headlines_keeps_the_one_that_it_names() -> None:
    mistaken = "Thành phố chi thêm tiền cho trường học ở ngoại thành"
    own = "Giá dầu tăng phiên thứ ba liên tiếp tại châu Á, chạm mức cao nhất"
    links = "".join(f"<p>Đọc thêm: <a href='{OIL}'>{title}</a></p>" for title in (mistaken, own))
    assert [(story.title, story.blurb) for story in stories(links)] == [(own, "")]


def test_a_title_that_says_it_in_other_words_than_the_address_stays() -> None:
    other = "Dầu thô lại đắt"
    links = "".join(f"<p>Đọc thêm: <a href='{OIL}'>{title}</a></p>" for title in (other, "Xăng trong nước cũng lên"))
    assert stories(links)[0].title == "Xăng trong nước cũng lên"
