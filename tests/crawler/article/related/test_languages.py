"""Related stories under the openings and headings of every language storykin knows; every text is invented."""

from __future__ import annotations

import html

import lxml.html
import pytest

from crawler.article.related.finder import RelatedBlocks, find_related

HERE = "https://bao.example/xa-hoi/thanh-pho-mo-rong-tuyen-duong-post900001.html"
OIL = ("/kinh-te/gia-dau-tang-phien-thu-ba-post900101.html", "Giá dầu tăng phiên thứ ba liên tiếp")
RICE = ("/kinh-te/gia-gao-len-cao-nhat-post900102.html", "Giá gạo lên mức cao nhất trong năm")
BODY = "<p>Thành phố bắt đầu mở rộng tuyến đường ven sông vào sáng nay, sau ba năm chờ đợi kinh phí của người dân.</p>"


def find(inside: str = "", after: str = "") -> RelatedBlocks:
    page = f"<html><body><div><h1>Đường mới</h1><div>{BODY}{BODY}{inside}{BODY}</div>{after}</div></body></html>"
    return find_related(lxml.html.document_fromstring(page), HERE)


def titles(found: RelatedBlocks) -> list[str]:
    return [story.title for story in found.stories]


@pytest.mark.parametrize(
    "opening",
    [
        "Đọc thêm: ",
        "Xem thêm: ",
        ">> ",
        "» ",
        "Read more: ",
        "READ ALSO | ",
        "See also: ",
        "Mehr zum Thema: ",
        "À lire aussi : ",
        "Lea también: ",
        "Leia também: ",
        "Leggi anche: ",
        "Czytaj także: ",
        "Читайте также: ",
        "Διαβάστε επίσης: ",
        "Baca juga: ",
        "延伸阅读：",
        "関連記事：",
        "Related: ",
    ],
)
def test_openings_of_a_link_line(opening: str) -> None:
    shown = html.escape(opening)
    outside = find(inside=f"<p>{shown}<a href='{OIL[0]}'>{OIL[1]}</a></p>")
    assert titles(outside) == [OIL[1]]
    assert [element.tag for element in outside.cut] == ["p"]
    assert titles(find(inside=f"<p><a href='{OIL[0]}'>{shown}{OIL[1]}</a></p>")) == [OIL[1]]


@pytest.mark.parametrize(
    "heading",
    [
        "Related stories",
        "RELATED",
        "You may also like",
        "More on this story",
        "Tin liên quan",
        "More news related to shipping",
        "Bài viết liên quan:",
        "Có thể bạn quan tâm",
        "Cùng chuyên mục",
        "Mehr zum Thema",
        "Das könnte Sie auch interessieren",
        "À lire aussi",
        "Sur le même sujet",
        "Te puede interesar",
        "Noticias relacionadas",
        "Leia também",
        "Notícias relacionadas",
        "Leggi anche",
        "Potrebbe interessarti anche",
        "Czytaj także",
        "Читайте также",
        "Материалы по теме",
        "Διαβάστε επίσης",
        "Σχετικά άρθρα",
        "相关新闻",
        "相關報導",
        "関連記事",
        "Berita terkait",
        "Baca juga",
    ],
)
def test_headings_in_many_languages(heading: str) -> None:
    links = "".join(f"<li><a href='{url}'>{title}</a></li>" for url, title in (OIL, RICE))
    found = find(after=f"<div><h3>{heading}</h3><ul>{links}</ul></div>")
    assert titles(found) == [OIL[1], RICE[1]]
    assert {story.found_by for story in found.stories} == {"heading"}
    assert any(heading in "".join(element.itertext()) for element in found.cut)
