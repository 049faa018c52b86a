"""Bytes → text → tree, on everything a server may send."""

from __future__ import annotations

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article.page.decode import MAX_ATTRIBUTES, MAX_DEPTH, ExtractError, decode, nfc, parse
from crawler.article.page.page import Page

SENTENCE = "Chợ nổi Cửa Lạch mở lại từ sáng thứ Bảy, sau ba tháng sửa bến."


def page(body: bytes, content_type: str = "text/html") -> Page:
    return Page(url="https://news.example/a-123456.html", body=body, content_type=content_type)


@pytest.mark.parametrize(
    ("body", "content_type", "encoding"),
    [
        ("é".encode(), "", "utf-8"),
        ("é".encode(), "text/html; charset=iso-8859-1", "utf-8"),
        ("caf\xe9".encode("cp1252"), "text/html; charset=iso-8859-1", "cp1252"),
        (b'<meta charset="windows-1251">' + "Мост закрыт".encode("cp1251"), "", "cp1251"),
        ("\ufeffMost".encode("utf-16-le"), "", "utf-16-le"),
        ("橋が閉鎖".encode("shift_jis"), "text/html; charset=Shift_JIS", "cp932"),
        ("橋が閉鎖".encode("iso2022_jp"), "text/html; charset=ISO-2022-JP", "iso2022_jp"),
    ],
)
def test_encoding_is_the_bytes_own_then_the_servers_then_the_pages(
    body: bytes, content_type: str, encoding: str
) -> None:
    assert decode(body, content_type)[1].replace("-", "_") == encoding.replace("-", "_")


def test_text_of_an_undeclared_encoding_is_detected() -> None:
    text = "<p>" + "Der Fluß trat über die Ufer, die Brücke blieb gesperrt, und für die Höfe begann das Warten. " * 8
    assert decode(text.encode("cp1252"))[0] == text


def test_utf8_with_windows_1252_between_is_read_whole() -> None:
    text, encoding = decode(
        f"<p>{SENTENCE * 3}</p>".encode() + b"<p>\x93quoted\x94 caf\xe9</p>", "text/html; charset=utf-8"
    )
    assert SENTENCE in text
    assert "“quoted” café" in text
    assert encoding == "utf-8+cp1252"
    assert parse(page(text.encode()))[1] == ()


def test_utf8_cut_in_the_middle_of_a_character_keeps_all_before_it() -> None:
    body = (f"<p>{SENTENCE}</p>" * 3).encode() + "ế".encode()[:2]
    assert decode(body)[0].startswith(f"<p>{SENTENCE}</p>" * 3)


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", "text/html", "no content"),
        (b" \n\0\0", "text/html", "no content"),
        (b"%PDF-1.7 ...", "text/html", "a PDF document"),
        (b"PK\x03\x04rest", "text/html", "ZIP"),
        (b"\x1f\x8b\x08rest", "text/html", "compressed"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>', "text/html", r"an XML document \(rss\)"),
        (b'{"data": []}', "text/html", "JSON"),
        (b"anything", "application/vnd.ms-excel", "vnd.ms-excel"),
    ],
)
def test_what_is_no_page_is_refused_in_words(body: bytes, content_type: str, reason: str) -> None:
    with pytest.raises(ExtractError, match=reason):
        parse(page(body, content_type))


@pytest.mark.parametrize("tag", ["div", "b", "table", "ul"])
def test_nesting_ten_thousand_deep_keeps_what_stands_inside_and_behind(tag: str) -> None:
    deep = f"<html><body>{f'<{tag}>' * 10_000}<p>inside</p>{f'</{tag}>' * 10_000}<p>behind</p></body></html>"
    tree, doubts = parse(page(deep.encode()))
    assert "too deep" in doubts
    assert [p.text for p in tree.iter("p")] == ["inside", "behind"]
    assert max(sum(1 for _ in element.iterancestors()) for element in tree.iter()) <= MAX_DEPTH


def test_nul_bytes_and_controls_leave_the_text_alone() -> None:
    tree, _ = parse(page(b"<html><body><p>one\x00 two\x07 three</p></body></html>"))
    assert tree.findtext(".//p") == "one two three"


@pytest.mark.parametrize("soft", ["\xad", "&shy;", "&#173;", "&#xAD;"])
def test_soft_hyphens_are_no_part_of_words(soft: str) -> None:
    tree, _ = parse(page(f"<p>Hafen{soft}ver{soft}wal{soft}tung</p>".encode()))
    assert tree.text_content().strip() == "Hafenverwaltung"


def test_tree_is_nfc() -> None:
    tree, _ = parse(page(f"<html><body><p>{unicodedata.normalize('NFD', SENTENCE)}</p></body></html>".encode()))
    assert tree.findtext(".//p") == SENTENCE


@given(
    st.binary(max_size=400),
    st.sampled_from(["", "text/html", "text/html; charset=koi8-r", "text/html; charset=nonsense"]),
)
def test_any_bytes_decode_or_are_refused(body: bytes, content_type: str) -> None:
    assert isinstance(decode(body, content_type)[0], str)
    with suppress(ExtractError):
        tree, _ = parse(page(body, content_type))
        assert tree.tag


@given(st.text(max_size=80))
def test_nfc_is_idempotent(text: str) -> None:
    assert nfc(nfc(text)) == nfc(text)


@pytest.mark.parametrize("name", ["zip", "rot13", "hex", "idna", "punycode", "unicode_escape", "base64", "undefined"])
def test_a_charset_that_is_no_encoding_of_pages_counts_as_none(name: str) -> None:
    body = ("Giá cà phê é " * 30).encode("latin-1", "ignore")
    assert decode(body, f"text/html; charset={name}") == decode(body)


def test_a_file_larger_than_a_page_may_be_is_refused() -> None:
    with pytest.raises(ExtractError, match="more than 16 MB"):
        parse(Page(url="https://e.vn/a", body=b"<p>a</p>" * (3 << 20)))


@pytest.mark.parametrize("before", [0, 1, 2500, 4980, 4995, 9999])
def test_a_tag_with_very_many_attributes_keeps_the_first(before: int) -> None:
    many = " ".join(f"a{number}=1" for number in range(20_000))
    body = f"{' ' * before}<body><p {many}>Ferry</p><p class=b>Tax</p></body>".encode()
    tree, _ = parse(Page(url="https://e.vn/a", body=body))
    assert [len(p.attrib) for p in tree.iter("p")] == [MAX_ATTRIBUTES - 1, 1]
    assert tree.text_content() == "FerryTax"
