"""The outline of a page: order, lengths, prose and chrome, whatever the markup; every text is invented."""

from __future__ import annotations

import lxml.html
from hypothesis import given
from hypothesis import strategies as st

from crawler.article.related.class_names import SILENT
from crawler.article.related.outline import PROSE, Outline

LONG = "Thành phố bắt đầu mở rộng tuyến đường ven sông vào sáng nay, sau ba năm chờ đợi ý kiến của người dân."


def outline(body: str) -> Outline:
    return Outline(lxml.html.document_fromstring(f"<html><body>{body}</body></html>"))


def test_texts_come_in_the_order_a_reader_sees_them() -> None:
    found = outline("<div>a<p>b<b>c<i>d</i></b></p>e<!-- x -->f<br>g</div>h<script>var x = 1</script>i")
    assert [node.text for node in found.texts] == list("abcdefghi")
    assert [node.text for node in found.texts if node.is_tail] == list("efghi")


def test_scripts_and_the_like_are_left_out_and_their_tails_kept() -> None:
    found = outline("<div><noscript><a href='/x'>hidden</a></noscript>seen<svg><title>icon</title></svg></div>")
    assert [node.text for node in found.texts] == ["seen"]
    assert found.anchors == []
    assert found.length(found.root) == 4


def test_lengths_of_text_and_of_text_in_links() -> None:
    found = outline("<div>ab<a href='/x'>cde<b>fg</b></a>hi<a>j</a></div>tail")
    div = found.root[0]
    assert (found.length(div), found.link_length(div)) == (10, 6)
    assert [anchor.get("href") for anchor in found.anchors_in([div])] == ["/x"]
    assert found.length(lxml.html.fragment_fromstring("<p>other page</p>")) == 0


def test_body_is_where_the_prose_is_and_links_are_no_prose() -> None:
    prose = f"<p>{LONG}</p>"
    found = outline(f"<ul>{'<li><a href=/a>' + LONG + '</a></li>'}</ul><div id='text'>{prose * 3}</div><p>{LONG}</p>")
    assert found.body.get("id") == "text"
    assert found.column.get("id") == "text"
    assert (found.first, found.last) == (found.order[found.body[0]], found.order[found.body[2]])
    assert found.prose_in(found.body) == 3
    assert found.holds_body(found.body)
    assert found.holds_body(found.root)
    assert not found.holds_body(found.body[0])


def test_tail_is_not_inside_its_element() -> None:
    found = outline(f"<div><span>x</span>{LONG}</div>")
    div, span = found.root[0], found.root[0][0]
    assert len(LONG) >= PROSE
    assert (found.prose_in(div), found.prose_in(span)) == (1, 0)


def test_nearest_texts_before_an_element() -> None:
    found = outline("<h3>one</h3><p>two<b>three</b></p>four<ul><li>five</li></ul>")
    assert [node.text for node in found.texts_before(found.root[2], 3)] == ["four", "three", "two"]
    assert found.texts_before(found.root[0], 3) == []


def test_chrome_is_told_by_tag_role_and_name_but_never_around_the_body() -> None:
    text = f"<p>{LONG}</p>" * 3
    found = outline(
        f"<div class='footer-fixed nav'><form>{text}</form></div><nav><b>m</b></nav>"
        "<div role='navigation'><i>m</i></div>"
        "<div id='comments'><p>x</p></div><div class='no-comments'><p>y</p></div>"
    )
    wrapper, nav, role, comments, none = found.root
    assert not found.is_chrome(wrapper)
    assert not found.is_chrome(found.body[0])
    assert found.is_chrome(nav[0])
    assert found.is_chrome(role[0])
    assert found.is_chrome(comments[0])
    assert not found.is_chrome(none[0])


def test_marks_hold_all_that_is_inside() -> None:
    found = outline("<div><p><b>x</b></p></div><div>y</div>")
    marks = found.marks()
    marks.add(found.root[0])
    assert found.root[0][0][0] in marks
    assert found.root[1] not in marks
    assert found.root not in marks
    assert marks.elements == [found.root[0]]


def test_empty_pages_have_an_outline() -> None:
    found = outline("")
    assert (found.body, found.first, found.last, found.texts) == (found.root, 0, 0, [])


NODES = st.recursive(
    st.sampled_from(["a", LONG, " ", "<!-- c -->", "<br>", "<script>x</script>"]),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(["div", "p", "a", "b", "noscript", "ul", "li", "svg"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)


@given(st.lists(NODES, max_size=4))
def test_lengths_add_up_to_what_the_tree_holds(nodes: list[str]) -> None:
    found = outline("".join(nodes))
    silent = " or ".join(f"ancestor-or-self::{tag}" for tag in sorted(SILENT))
    for element in found.order:
        shown = element.xpath(f".//text()[not(parent::*[{silent}])]")
        if not element.xpath(silent):
            assert found.length(element) == sum(len(str(text).strip()) for text in shown)
            assert 0 <= found.link_length(element) <= found.length(element)
        assert found.prose_in(element) == sum(found.inside(node.parent, element) for node in found.prose)
    positions = [node.stands for node in found.texts]
    assert positions == sorted(positions)


def test_texts_around_an_element_are_those_inside_it_and_its_tail() -> None:
    found = outline("<h1>a</h1><div>b<p>c</p>d<br>e</div>f<p>g</p>")
    div = found.root[1]
    assert [node.text for node in found.texts_around(div)] == list("bcdef")
    assert [node.text for node in found.texts_around(div[0])] == list("cd")
