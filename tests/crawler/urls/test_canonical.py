"""Identity and shape of URLs: the table of rules, and that nothing a page can hold breaks them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.portals.seed import GENERIC, Seed
from crawler.urls.canonical import (
    MAX_URL_LENGTH,
    allowed_host,
    canonical_url,
    fetch_url,
    is_http,
    looks_like_article,
    may_follow,
    resolve,
    same_site,
    site_of,
)

VOV = Seed(
    name="vov",
    allowed_domains=("vov.vn",),
    article_url=(r"https?://(?:www\.|m\.|baoxuan\.)?vov\.vn/(?:[\w-]+/)+[^/?#]+-(?:post)?\d{5,8}\.vov",),
    never_follow=(r"/search\?",),
    host_aliases=(("baoxuan.vov.vn", "vov.vn"), ("english.vov.vn/en", "english.vov.vn")),
    keep_query=("cid",),
)


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        # scheme, host, port
        ("HTTP://WWW.Example.COM", "https://example.com/"),
        ("http://example.com:80/a", "https://example.com/a"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("https://vovworld.vn./en-US/news/slug-123456.vov", "https://vovworld.vn/en-US/news/slug-123456.vov"),
        ("http://www3.example.or.jp/a", "https://example.or.jp/a"),
        ("http://www2.example.com/a", "https://example.com/a"),
        ("https://m.vov.vn/a", "https://vov.vn/a"),
        ("https://amp.dw.com/en/slug/a-12345678", "https://dw.com/en/slug/a-12345678"),
        ("https://en.m.example.org/a", "https://en.example.org/a"),
        ("https://m.com/a", "https://m.com/a"),
        ("https://www.co.uk/a", "https://www.co.uk/a"),
        ("http://127.0.0.1:8808/tin/", "http://127.0.0.1:8808/tin"),
        ("http://localhost/tin", "http://localhost/tin"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("https://user:secret@example.com/a", "https://example.com/a"),
        ("https://báo.vn/tin", "https://xn--bo-mia.vn/tin"),
        # fragment, trackers, twins
        ("https://example.com/a?utm_source=x&utm_medium=y#comment", "https://example.com/a"),
        ("https://example.com/a?fbclid=1&gclid=2&igshid=3&ref=home", "https://example.com/a"),
        ("https://example.com/news.php?ref=18422&utm_id=7", "https://example.com/news.php?ref=18422"),
        ("https://example.com/story?id=12345&cid=click_home", "https://example.com/story?id=12345"),
        ("https://example.com/read.php?cid=12345", "https://example.com/read.php?cid=12345"),
        ("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
        ("https://example.com/list?page=3", "https://example.com/list?page=3"),
        ("https://example.com/story.php?12345", "https://example.com/story.php?12345="),
        ("https://example.com/a;jsessionid=AB12?x=1", "https://example.com/a?x=1"),
        ("https://example.com/slug-1234567/amp/", "https://example.com/slug-1234567"),
        ("https://example.com/slug-1234567?amp", "https://example.com/slug-1234567"),
        ("https://example.com/slug-1234567.amp.html", "https://example.com/slug-1234567.html"),
        ("https://example.com/amp/politics/slug-1234567", "https://example.com/politics/slug-1234567"),
        ("https://example.com/news/amp/world-12345678", "https://example.com/news/world-12345678"),
        ("https://example.com/slug-1234567.print.html", "https://example.com/slug-1234567.html"),
        ("https://example.com/slug-1234567?view=print", "https://example.com/slug-1234567"),
        # path
        ("https://example.com//a///b/", "https://example.com/a/b"),
        ("https://example.com/a/../b/./c", "https://example.com/b/c"),
        ("https://example.com/a/index.html", "https://example.com/a"),
        ("https://example.com/a/index.html/amp", "https://example.com/a"),
        ("https://example.com/%e1%ba%a3nh", "https://example.com/%E1%BA%A3nh"),
        ("https://example.com/a\u0309nh", "https://example.com/%E1%BA%A3nh"),
        ("https://example.com/ảnh", "https://example.com/%E1%BA%A3nh"),
        ("https://example.com/gi%E1 x", "https://example.com/gi%E1%20x"),
        # one number, two dresses
        ("https://vov.vn/the-gioi/tau-dau-post890562.vov", "https://vov.vn/the-gioi/tau-dau-890562.vov"),
        ("https://en.vietnamplus.vn/a-slug/307514.vnp", "https://en.vietnamplus.vn/a-slug-307514.vnp"),
        ("https://en.vietnamplus.vn/a-slug-post307514.vnp", "https://en.vietnamplus.vn/a-slug-307514.vnp"),
        ("https://example.com/compost123456.html", "https://example.com/compost123456.html"),
    ],
)
def test_identity(url: str, identity: str) -> None:
    assert canonical_url(url) == identity


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        " ",
        "#",
        "mailto:a@b.vn",
        "javascript:void(0)",
        "//example.com/a",
        "/a",
        "http://",
        "http://[::1",
        "http://a b/",
        "http://example.com:99999/",
        "http://example.com:x/",
        "http://./",
        "ftp://example.com/a",
        "http://ex<ample.com/",
        "\x00",
    ],
)
def test_what_is_no_page_has_no_identity(garbage: str) -> None:
    assert canonical_url(garbage) == ""
    assert not is_http(garbage)
    assert not looks_like_article(garbage)
    assert not may_follow(garbage)
    assert site_of(garbage) == ""


def test_different_stories_keep_different_identities() -> None:
    urls = [
        "https://example.com/a?id=1",
        "https://example.com/a?id=2",
        "https://example.com/A",
        "https://example.com/a",
        "https://example.com/read?uid=1",
        "https://example.com/read?uid=2",
        "https://example.com/?p=12",
        "https://example.com/",
        "https://vov.vn/a/slug-123456.vov",
        "https://vov.vn/a/other-123456.vov",
        "https://example.com/print",
    ]
    assert len({canonical_url(url) for url in urls}) == len(urls) - 1  # "/print" of the front page is the front page


def test_seed_adds_its_hosts_and_parameters() -> None:
    assert canonical_url("https://baoxuan.vov.vn/a-post123456.vov", VOV) == "https://vov.vn/a-123456.vov"
    assert (
        canonical_url("https://english.vov.vn/en/society/a-373241.vov", VOV)
        == "https://english.vov.vn/society/a-373241.vov"
    )
    assert canonical_url("https://english.vov.vn/en", VOV) == "https://english.vov.vn/en"
    assert canonical_url("https://vov.vn/a?cid=x", VOV) == "https://vov.vn/a?cid=x"
    assert canonical_url("https://vov.vn/a?cid=x") == "https://vov.vn/a"


URL_TEXT = st.text(st.sampled_from("ab1./:?&=%#-_~ ;@[]pámảx2E\u0309\\"), max_size=40)


@given(
    st.one_of(st.text(max_size=60), URL_TEXT.map("http://".__add__), URL_TEXT.map("https://www.example.com/".__add__))
)
@example("http://a.vn/amp/index.html/index.html")
@example("http://a.vn/x/%2e%2e/amp")
@example("https://example.com/a.amp.amp/print/amp")
@example("http://www.www.m.example.com/a")
@example("http://a.vn/%C3%A1%CC%81?%C3=%E1&=&a")
def test_identity_is_idempotent_and_never_raises(url: str) -> None:
    identity = canonical_url(url)
    assert canonical_url(identity) == identity
    assert canonical_url(fetch_url(url)) == identity
    assert identity == "" or is_http(identity)
    looks_like_article(url)
    may_follow(url)


@given(URL_TEXT, URL_TEXT)
def test_resolving_never_raises_and_gives_pages_only(link: str, base: str) -> None:
    address = fetch_url(link, "http://example.com/" + base)
    assert address == "" or is_http(address)
    assert fetch_url(address) == address


def test_address_to_fetch_keeps_scheme_host_and_order() -> None:
    base = "http://www.example.com/kinh-te/bai.html"
    assert fetch_url("tiep.html?b=2&a=1&utm_source=rss#x", base) == "http://www.example.com/kinh-te/tiep.html?b=2&a=1"
    assert fetch_url("//m.example.com/a", base) == "http://m.example.com/a"
    assert fetch_url(" \n/a b ", base) == "http://www.example.com/a%20b"
    assert fetch_url("javascript:void(0)", base) == ""
    assert fetch_url("http://[bad", base) == ""


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://english.vov.vn/en", "http://vov.vn/a", True),
        ("https://a.com.vn/", "https://b.com.vn/", False),
        ("https://a.blogspot.com/", "https://b.blogspot.com/", False),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8002/", False),
        ("http://127.0.0.1:80/", "http://127.0.0.1/x", True),
        ("garbage", "garbage", False),
    ],
)
def test_same_site(a: str, b: str, *, same: bool) -> None:
    assert same_site(a, b) is same


@pytest.mark.parametrize(
    "url",
    [
        "https://vov.vn/kinh-te/gia-gao-tang-manh-post1293496.vov",
        "https://vovworld.vn/en-US/news/farmers-welcome-new-rule-123456.vov",
        "https://e.vnexpress.net/news/business/rice-prices-rise-4812345.html",
        "https://example.com/Politics/story?id=43546532",
        "https://example.com/wireStory/oil-prices-rise-45012345",
        "https://example.com/2017/01/oil",
        "https://example.com/2005/WEATHER/08/28/harbour.storm/index.html",
        "https://example.com/news/articles/c0kn4yxz",
        "https://example.com/en/new-line-opens/a-12345678",
        "https://example.com/world-12345678",
        "https://example.com/story/x9f2",
        "https://example.com/archive/63076",
        "https://example.com/a-long-slug-with-its-number-1019241/artikel",
        "https://example.com/world/141e61e9-8a07-42e4-a527-2f03f45e7ef0",
        "https://example.com/main.jhtml?xml=/news/2008/01/06/trade106.xml",
        "https://example.com/autoren/anna/ein-langer-abend-in-der-alten-stadt",
        "https://example.com/новости/цены-на-нефть-снова-растут",
        "https://example.com/news/石油价格再次上涨引发关注",
        "https://example.com/slug-of-some-words-here/amp",
        "https://example.com/index.php?id=12345",
    ],
)
def test_article_shapes(url: str) -> None:
    assert looks_like_article(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/",
        "https://vov.vn/kinh-te",
        "https://example.com/world/asia",
        "https://example.com/tag/oil-prices-rise",
        "https://example.com/tags/2024/oil",
        "https://example.com/topics/regions/middleeast",
        "https://example.com/author/jane-doe",
        "https://example.com/category/news/politics",
        "https://vov.vn/tu-khoa/gia-gao-tag12345",
        "https://example.com/search?q=12345",
        "https://example.com/login",
        "https://example.com/news/page/12",
        "https://example.com/photo-of-the-long-day-12345.jpg",
        "https://example.com/rss/kinh-te-212.rss",
        "https://example.com/privacy-policy",
        "https://example.com/a/b/a/b/a/b-long-slug-here-1234567",
    ],
)
def test_shapes_that_are_no_article(url: str) -> None:
    assert not looks_like_article(url)


def test_seed_pattern_decides_where_there_is_one() -> None:
    assert looks_like_article("https://m.vov.vn/kinh-te/gia-gao-post1293496.vov?utm_source=x#top", VOV)
    assert looks_like_article("https://vov.vn/kinh-te/gia-gao-post1293496.vov?x=1", VOV)
    assert not looks_like_article("https://vov.vn/kinh-te/some-long-slug-that-looks-right.html", VOV)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://example.com/tin", True),
        ("https://example.com/tin.vov", True),
        ("https://example.com/anh.JPG", False),
        ("https://example.com/bao-cao.pdf", False),
        ("https://example.com/events/calendar/2031/07", False),
        ("https://example.com/a/b/a/b/a/b", False),
        ("https://example.com/" + "/".join("abcdefghijklmn"), False),
        ("https://example.com/list?" + "&".join(f"f{i}=1" for i in range(12)), False),
        ("https://example.com/bai?replytocom=12", False),
        ("https://example.com/" + "a" * MAX_URL_LENGTH, False),
        ("https://user:secret@example.com/tin", False),
        ("https://example.com/search?q=dau", False),
        ("https://example.com/list?page=2", True),
    ],
)
def test_traps_are_not_followed(url: str, *, allowed: bool) -> None:
    assert may_follow(url, GENERIC) is allowed


def test_seed_bounds_what_is_followed() -> None:
    assert may_follow("https://english.vov.vn/en/politics", VOV)
    assert may_follow("https://baoxuan.vov.vn/x", VOV)
    assert not may_follow("https://notvov.vn/politics", VOV)
    assert not may_follow("https://vov.vn/search?keyword=gao", VOV)
    assert allowed_host("m.vov.vn", VOV)
    assert not allowed_host("vov.vn.example.com", VOV)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("http://faß.de/a", "http://xn--fa-hia.de/a"),
        ("http://Bücher.example/a", "http://xn--bcher-kva.example/a"),
        ("http://例え。jp/a", "http://xn--r8jz45g.jp/a"),
    ],
)
def test_hosts_beyond_ascii_are_read_as_browsers_read_them(a: str, b: str) -> None:
    assert canonical_url(a) == canonical_url(b) != ""


@pytest.mark.parametrize(
    "link", ["///host.example/a", "////host.example/a", "\\\\\\host.example\\a", "https:///host.example/a"]
)
def test_any_number_of_slashes_stands_before_a_host(link: str) -> None:
    assert fetch_url(link, "https://e.vn/x/") == "https://host.example/a"


@pytest.mark.parametrize(
    ("link", "base", "wanted"),
    [
        ("http:/host.example/a", "https://e.vn/x/y", "http://host.example/a"),
        ("http:host.example/a", "https://e.vn/x/y", "http://host.example/a"),
        ("HTTPS:/host.example/a", "", "https://host.example/a"),
        ("https:/a", "https://e.vn/x/y", "https://e.vn/a"),
        ("http:a", "http://e.vn/x/y", "http://e.vn/x/a"),
        ("https:", "http://e.vn/x/y", ""),
    ],
)
def test_few_slashes_stand_before_a_host_where_the_scheme_is_not_the_pages_own(
    link: str, base: str, wanted: str
) -> None:
    """WHATWG URL, 4.4, "scheme state": with the page's own scheme such a link is a relative one."""
    assert fetch_url(link, base) == wanted


_SEGMENTS = st.lists(
    st.sampled_from(
        """
        news Oil-Prices amp index.html a-post12345.vov s/307514.vnp . .. b.c x~ 7,12,1 @desk a+b Harbour_(town) v:1
        """.split()
    )
    | st.just(""),
    max_size=4,
)
_FIELDS = st.lists(
    st.sampled_from(["b=2", "a=1", "a-b=1", "ref=home", "ref=7", "utm_source=x", "amp=1", "id="]), max_size=3
)


@given(
    st.sampled_from(["example.com", "www.example.com", "m.example.co.uk", "127.0.0.1"]),
    _SEGMENTS,
    _FIELDS,
    st.sampled_from(["", "/"]),
    st.sampled_from(["", "#top"]),
)
def test_a_plain_link_is_resolved_as_by_all_rules(
    host: str, segments: list[str], fields: list[str], end: str, fragment: str
) -> None:
    path = "".join(f"/{segment}" for segment in segments)
    link = f"//{host}{path}{end}{'?' * bool(fields)}{'&'.join(fields)}{fragment}"
    aliased = Seed(name="aliased", host_aliases=(("other.example", "another.example"),))  # takes the long way
    for written in (f"http:{link}", link):
        found = resolve(written, "http://page.example/a/b", GENERIC)
        assert found == resolve(written, "http://page.example/a/b", aliased)
        assert looks_like_article(found[0], GENERIC) == looks_like_article(found[0], aliased)
