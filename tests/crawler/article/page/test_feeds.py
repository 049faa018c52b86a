"""Feeds and sitemaps: every form is read, and nothing that is sent instead of one does harm."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article.page.feeds import MAX_ENTRIES, Feed, NotAFeedError, expand, parse_feed, sitemaps_since
from crawler.crawl.outlinks import feed_entry, feed_outlinks
from crawler.portals.reader import parse_seed
from crawler.portals.seed import Seed, SeedError
from dedupe.intake.limits import MAX_SITEMAP

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BASE = "https://news.example.vn/rss/home.rss"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Báo Bến Cảng</title><link>https://news.example.vn/</link>
<item><title><![CDATA[Tàu dầu &amp; cảng mới]]></title><link> /kinh-te/tau-dau-100001.html?utm_source=rss </link>
  <description>&lt;a href="/x"&gt;</description><pubDate>Sun, 22 Nov 2026 10:00:00 +0700</pubDate></item>
<item><title>Giá gạo &nbsp; tăng</title><guid isPermaLink="true">https://news.example.vn/kinh-te/gia-gao-100002.html</guid></item>
<item><title>no page</title><guid isPermaLink="false">100003</guid></item>
</channel></rss>""".encode()
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><link>https://news.example.vn/</link></channel>
<item rdf:about="y"><title>Ferry</title><link>https://news.example.vn/a/ferry-100004.html</link>
<dc:date>2026-11-20T08:00:00+07:00</dc:date></item></rdf:RDF>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example.vn/en/"><title>t</title>
<link rel="self" href="https://news.example.vn/atom"/>
<entry><title type="html">Pier &amp;amp; quay</title><link rel="enclosure" href="a.mp3"/><link href="pier-100005.html"/>
<updated>2026-11-22T09:00:00Z</updated><published>2026-11-21T09:00:00Z</published></entry></feed>"""
NEWS = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://news.example.vn/a/dam-100006.html</loc><lastmod>2026-11-22</lastmod>
<image:image><image:loc>https://news.example.vn/i.jpg</image:loc><image:title>picture</image:title></image:image>
<news:news><news:publication_date>2026-11-19T01:00:00Z</news:publication_date>
<news:title>The dam</news:title></news:news>
</url></urlset>"""
INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://news.example.vn/sitemaps/2019/5/article.xml</loc><lastmod>2026-11-22</lastmod></sitemap>
<sitemap><loc>https://news.example.vn/sitemaps/other.xml</loc></sitemap>
<sitemap><loc>https://news.example.vn/sitemaps/old.xml</loc><lastmod>2020-01-01T00:00:00+07:00</lastmod></sitemap>
<sitemap><loc>https://news.example.vn/sitemaps/2026/10/article.xml</loc><lastmod>2026-11-01</lastmod></sitemap>
<sitemap><loc>https://elsewhere.example/s.xml</loc></sitemap></sitemapindex>"""


def seed(**discovery: int) -> Seed:
    table = "".join(f"{key} = {value}\n" for key, value in discovery.items())
    text = (
        "title = 'N'\nstart_urls = ['https://news.example.vn/']\nallowed_domains = ['news.example.vn']\n[discovery]\n"
    )
    return parse_seed(text + table, name="n", where="n.toml")


def test_rss_with_relative_links_escapes_and_a_guid_for_a_link() -> None:
    feed = parse_feed(RSS, BASE)
    assert feed.kind == "feed"
    assert [(one.url, one.title) for one in feed.entries] == [
        ("https://news.example.vn/kinh-te/tau-dau-100001.html", "Tàu dầu & cảng mới"),
        ("https://news.example.vn/kinh-te/gia-gao-100002.html", "Giá gạo tăng"),
    ]
    assert [one.published for one in feed.entries] == [datetime(2026, 11, 22, 3, tzinfo=UTC), None]


@pytest.mark.parametrize(
    ("body", "url", "title", "published"),
    [
        (RDF, "https://news.example.vn/a/ferry-100004.html", "Ferry", datetime(2026, 11, 20, 1, tzinfo=UTC)),
        (ATOM, "https://news.example.vn/en/pier-100005.html", "Pier & quay", datetime(2026, 11, 21, 9, tzinfo=UTC)),
        (NEWS, "https://news.example.vn/a/dam-100006.html", "The dam", datetime(2026, 11, 19, 1, tzinfo=UTC)),
    ],
    ids=["rdf", "atom", "news sitemap"],
)  # fmt: skip
def test_each_form_gives_address_title_and_publication(body: bytes, url: str, title: str, published: datetime) -> None:
    (entry,) = parse_feed(body, BASE).entries
    assert parse_feed(gzip.compress(body, mtime=0), BASE).entries == (entry,)
    assert (entry.url, entry.title, entry.published) == (url, title, published)


def test_of_an_index_only_sitemaps_of_the_time_asked_for_are_read_newest_first() -> None:
    feed = parse_feed(INDEX, BASE)
    assert (feed.kind, len(feed.sitemaps), feed.entries) == ("sitemap index", 5, ())
    kept = [one.url.partition("/sitemaps/")[2] or one.url for one in sitemaps_since(feed, NOON, 30)]
    assert kept == ["2026/10/article.xml", "other.xml", "https://elsewhere.example/s.xml"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "HTML"),
        (b'\xef\xbb\xbf\n<script>window.location.href="/sitemap.xml?d=1"</script>', "HTML"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"/>', "HTML"),
        (b"", "empty"),
        (b'{"items": []}', "no XML"),
        (b"<svg/>", "XML with the root <svg>"),
        (gzip.compress(b"<html>", mtime=0), "HTML"),
        (gzip.compress(NEWS, mtime=0)[:60], "the answer was cut"),
        (gzip.compress(b"<urlset>" + b"<a/>" * 1_000_001), "too large, more than 1,000,000 elements"),
        (gzip.compress(bytes(MAX_SITEMAP + 1)), "the answer is too large when unpacked"),
    ],
)
def test_what_is_no_feed_is_refused_in_words(body: bytes, reason: str) -> None:
    with pytest.raises(NotAFeedError, match=f"^not a feed: {reason}"):
        parse_feed(body, BASE)


def with_entities(declared: str, title: str) -> bytes:
    item = f"<item><title>{title}</title><link>https://news.example.vn/a-100001.html</link></item>"
    return f"<!DOCTYPE r [{declared}]><rss><channel>{item}</channel></rss>".encode()


def test_entities_are_neither_expanded_nor_loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("secret") / "secret.txt"
    secret.write_text("do not read")
    file = with_entities(f'<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "{"ha" * 500}">', "A &x; &y; B")
    assert [entry.title for entry in parse_feed(file, BASE).entries] == ["A &x; &y; B"]
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = with_entities(f'<!ENTITY e0 "ha">{levels}', "A &e11; B")
    assert all(len(entry.title) < 20 for entry in parse_feed(bomb, BASE).entries)


def test_a_cut_sitemap_gives_what_is_whole_and_an_endless_one_its_first_50000() -> None:
    assert len(parse_feed(RSS[: RSS.index(b"<guid")], BASE).entries) == 1
    endless = b"<urlset>" + b"".join(b"<url><loc>https://e.vn/%d</loc></url>" % n for n in range(MAX_ENTRIES + 10))
    assert len(parse_feed(endless, BASE).entries) == MAX_ENTRIES


def test_dates_in_no_standard_form_are_read_a_limited_number_of_times() -> None:
    def published(dates: list[str]) -> list[bool]:
        urls = (f"<url><loc>https://e.vn/{n}</loc><lastmod>{date}</lastmod></url>" for n, date in enumerate(dates))
        found = parse_feed(f"<urlset>{''.join(urls)}</urlset>".encode(), BASE).entries
        return [entry.published is not None for entry in found]

    assert published(["22/11/2026"] * 100 + ["2026-11-22"]) == [True] * 100 + [False]
    assert all(published(["2026-11-22"] * 150 + ["22/11/2026"] * 100))


def test_a_wrong_encoding_declaration_is_overcome() -> None:
    body = RSS.replace(b'encoding="utf-8"', b'encoding="utf-16"')
    assert parse_feed(body, BASE).entries[0].title == "Tàu dầu & cảng mới"


@given(st.binary(max_size=300) | st.integers(0, len(RSS)).flatmap(
    lambda at: st.binary(max_size=8).map(lambda noise: RSS[:at] + noise + RSS[at + 4 :])
))  # fmt: skip
def test_any_bytes_give_a_feed_or_a_reason(body: bytes) -> None:
    try:
        feed = parse_feed(body, BASE)
    except NotAFeedError:
        return
    assert all(one.url.startswith(("http://", "https://")) for one in feed.entries)
    assert parse_feed(body, BASE) == feed


@pytest.mark.parametrize(
    ("day", "this", "last"),
    [((2026, 1, 31), "2026-01/1", "2025-12/12"), ((2026, 3, 1), "2026-03/3", "2026-02/2")],
)
def test_placeholders_stand_for_this_month_and_the_last(day: tuple[int, int, int], this: str, last: str) -> None:
    moment = datetime(*day, tzinfo=UTC)
    assert expand("https://e.vn/{year}-{month2}/{month}", moment) == (f"https://e.vn/{this}", f"https://e.vn/{last}")
    assert expand("https://e.vn/rss", moment) == ("https://e.vn/rss",)


def test_articles_of_a_feed_come_newest_first_undated_last_and_old_ones_not_at_all() -> None:
    dated = "".join(
        f"<url><loc>https://{host}/a/the-harbour-story-{100000 + age}.html</loc>"
        f"<lastmod>{(NOON - timedelta(days=age)).date()}</lastmod></url>"
        for age, host in [(3, "news.example.vn"), (40, "news.example.vn"), (0, "news.example.vn"), (1, "other.example")]
    )
    undated = "<url><loc>https://news.example.vn/a/the-undated-story-100099.html</loc></url><url><loc>https://news.example.vn/about</loc></url>"
    feed = parse_feed(f"<urlset>{dated}{undated}</urlset>".encode(), BASE)
    entry = feed_entry(BASE, "n")
    links, left = feed_outlinks(feed, entry, BASE, seed(), NOON)
    found = {link.url.rpartition("-")[2]: (link.kind, link.depth, link.priority) for link in links}
    assert found == {
        "100003.html": ("article", 1, 3),
        "100000.html": ("article", 1, 0),
        "100099.html": ("article", 1, 31),
    }
    assert left.counts == {"old": 1, "not article-shaped": 1, "not to be followed": 1}
    assert "not article-shaped × 1 (https://news.example.vn/about)" in str(left)
    longer, _ = feed_outlinks(feed, entry, BASE, seed(newest_days=60), NOON)
    assert len(longer) == 4


def test_sitemaps_of_an_index_are_followed_three_levels_deep_and_not_to_other_hosts() -> None:
    feed = parse_feed(INDEX, BASE)
    depth, seen = 1, []
    entry = feed_entry(BASE, "n")
    while links := feed_outlinks(feed, entry, BASE, seed(), NOON)[0]:
        assert all(link.kind == "feed" and link.url.startswith("https://news.example.vn/") for link in links)
        entry, depth = links[0], depth + 1
        seen.append(entry.depth)
    assert seen == [2, 3]


def test_an_empty_feed_leads_nowhere() -> None:
    assert feed_outlinks(Feed(kind="feed"), feed_entry(BASE, "n"), BASE, seed(), NOON)[0] == ()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("feeds = ['ftp://e.vn/rss']", "'discovery.feeds': 'ftp://e.vn/rss' is no http or https address"),
        ("sitemaps = ['https://e.vn/{yaer}.xml']", r"belongs to none of \{year\}, \{month\}, \{month2\}"),
        ("feed = ['https://e.vn/rss']", "unknown key 'discovery.feed'; the nearest valid key is 'discovery.feeds'"),
        ("newest_days = 0", "'discovery.newest_days': 0 is not between 1 and 36500"),
    ],
)
def test_a_bad_discovery_table_is_one_sentence(line: str, words: str) -> None:
    text = "title = 'N'\nstart_urls = ['https://e.vn/']\nallowed_domains = ['e.vn']\n[discovery]\n"
    with pytest.raises(SeedError, match=words):
        parse_seed(text + line, name="n", where="n.toml")


def test_an_index_beyond_the_limit_asks_for_both_ends_and_says_what_it_left() -> None:
    sitemaps = "".join(f"<sitemap><loc>https://news.example.vn/s/{n}.xml</loc></sitemap>" for n in range(120))
    feed = parse_feed(f"<sitemapindex>{sitemaps}</sitemapindex>".encode(), BASE)
    links, left = feed_outlinks(feed, feed_entry(BASE, "n"), BASE, seed(), NOON)
    numbers = [int(link.url.rpartition("/")[2].removesuffix(".xml")) for link in links]
    assert numbers == [*range(25), *range(95, 120)]
    assert left.counts == {"an old sitemap or one too many": 70}


STORY = "https://news.example.vn/a/ferry-100004.html"
NAMESPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:xhtml="http://www.w3.org/1999/xhtml" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0"'
)


@pytest.mark.parametrize(
    ("root", "entry"),
    [
        ("rss", f"<item><media:link>https://x.example/v</media:link><link>{STORY}</link></item>"),
        ("rss", f"<item><atom:link rel='self' href='https://x.example/f'/><atom:link href='{STORY}'/></item>"),
        ("rss", f"<item><link>https://feeds.example/~r/3</link><fb:origLink>{STORY}</fb:origLink></item>"),
        ("rss", f"<item><link/><guid>{STORY}</guid></item>"),
        ("rss", f"<item><media:title>A ship</media:title><title>Ferry</title><link>{STORY}</link></item>"),
        ("urlset", f"<url><image:image><image:loc>https://x.example/i</image:loc></image:image><loc>{STORY}</loc></url>"),
        ("urlset", f"<url><image:loc>https://x.example/i</image:loc><loc>{STORY}</loc></url>"),
        ("urlset", f"<url><xhtml:link rel='alternate' href='https://x.example/de'/><loc>{STORY}</loc></url>"),
        ("feed", f"<entry><link rel='alternate' type='application/json' href='/x'/><link href='{STORY}'/></entry>"),
        ("feed", f"<entry><link rel='Alternate' href='{STORY}'/></entry>"),
        ("feed", f"<entry><link rel='enclosure'>https://x.example/a.mp3</link><id>{STORY}</id></entry>"),
    ],
)  # fmt: skip
def test_the_address_of_an_entry_is_its_own_and_of_its_page(root: str, entry: str) -> None:
    text = f"<{root} {NAMESPACES}>{entry}</{root}>"
    [found] = parse_feed(text.encode(), BASE).entries
    assert found.url == STORY
    assert found.title in ("", "Ferry")
    undeclared = parse_feed(f"<{root}>{entry}</{root}>".encode(), BASE).entries
    assert [one.url for one in undeclared] == [STORY] or "atom:link" in entry


@pytest.mark.parametrize("query", ["id=1&cat=2", "id=1&copy=2", "a=1&amp;b=2&c=3", "x=&#38;y=1&z"])
def test_a_bare_ampersand_is_part_of_the_address(query: str) -> None:
    wanted = f"https://news.example.vn/s?{query.replace('&amp;', '&').replace('&#38;', '&')}"
    for link in (f"https://news.example.vn/s?{query}", f"<![CDATA[{wanted}]]>"):
        [entry] = parse_feed(f"<rss><item><link>{link}</link></item></rss>".encode(), BASE).entries
        assert entry.url == wanted


@pytest.mark.parametrize("packed", [bytes, gzip.compress, lambda body: gzip.compress(gzip.compress(body))])
@pytest.mark.parametrize("behind", [b"", b"\r\n", b"<!-- served in 3 ms -->", bytes(40)])
def test_noise_around_a_feed_is_passed_over(packed: object, behind: bytes) -> None:
    assert callable(packed)
    for before in (
        b"",
        b"\n\n",
        b"<br />\n<b>Notice</b>: Undefined index in <b>/srv/feed.php</b> on line <b>12</b><br />\n",
    ):
        assert [one.title for one in parse_feed(packed(before + NEWS) + behind, BASE).entries] == ["The dam"]
        assert len(parse_feed(packed(before + RSS + behind), BASE).entries) == 2


def test_a_text_sitemap_is_one_address_a_line() -> None:
    feed = parse_feed(
        b"\xef\xbb\xbfhttps://e.vn/a-1.html\r\n\r\nhttps://e.vn/a-2.html\nnot one\nhttps://e.vn/a-1.html\n", BASE
    )
    assert ([one.url for one in feed.entries], feed.unread) == (["https://e.vn/a-1.html", "https://e.vn/a-2.html"], 2)
    with pytest.raises(NotAFeedError):
        parse_feed(b"see https://e.vn/a-1.html", BASE)


@pytest.mark.parametrize(
    "date", ["Mon, 01 Jan 0001 00:00:00 +0000", "0001-01-01T00:00:00Z", "1970-01-01", "Thu, 01 Jan 1970 00:00:00 GMT"]
)
def test_the_first_day_of_a_calendar_is_no_date(date: str) -> None:
    [entry] = parse_feed(
        f"<rss><item><link>{STORY}</link><pubDate>{date}</pubDate></item></rss>".encode(), BASE
    ).entries
    assert entry.published is None


@pytest.mark.parametrize("half", [b"&#xD800;", b"&#xdfff;", b"&#55357;", b"\xed\xa0\xbd", b"\xed7\x8b"])
def test_half_of_a_surrogate_pair_and_bytes_that_are_no_utf_8_cost_no_feed(half: bytes) -> None:
    body = (
        b"<rss><channel><item><title>A " + half + b" B</title>"
        b"<link>https://gazette.example/" + half + b"a</link></item>"
        b"<item><link>https://gazette.example/b</link></item></channel></rss>"
    )
    assert parse_feed(body, "https://gazette.example/rss").entries[-1].url == "https://gazette.example/b"
