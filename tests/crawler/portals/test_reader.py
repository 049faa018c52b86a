"""Seed files: what is read, and the one sentence on everything that is wrong."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.portals.reader import load_seed, load_seeds, parse_seed, read_seed, seed_for_url
from crawler.portals.seed import CrawlRules, RelatedRules, SeedError
from tests.crawler.processes import PATIENCE

ROOT = Path(__file__).resolve().parents[3]
BASE = 'title = "Gazette"\nstart_urls = ["https://gazette.example/"]\nallowed_domains = ["gazette.example"]\n'
BUNDLED = sorted(path.stem for path in (ROOT / "seeds").glob("*.toml"))


def parse(more: str, name: str = "gazette") -> object:
    return parse_seed(BASE + more, name=name, where="seeds/gazette.toml")


def test_everything_is_read() -> None:
    seed = parse_seed(
        BASE
        + """
language = "vi"
article_url = ['https?://gazette\\.example/[\\w-]+-\\d+\\.html']
listing_url = ['https?://gazette\\.example/[a-z]+/']
never_follow = ['/search']
keep_query = ["page"]
promo_lines = ["theo dõi .*"]
loopback = false
[host_aliases]
"m.gazette.example" = "gazette.example"
[related]
css = ["aside.related", "div > ul:first-child a[href]"]
[body]
lead_css = [".sapo"]
[crawl]
delay = 3
max_depth = 0
[verified]
date = 2026-08-20
source = "saved pages"
confidence = "high"
unverified = ["related.css", "body"]
""",
        name="gazette",
        where="-",
    )
    assert seed.name == "gazette"
    assert seed.related == RelatedRules(css=("aside.related", "div > ul:first-child a[href]"))
    assert seed.crawl == CrawlRules(delay=3.0, max_depth=0)
    assert type(seed.crawl.delay) is float
    assert seed.host_aliases == (("m.gazette.example", "gazette.example"),)
    assert seed.verified.date == "2026-08-20"
    assert seed.body.css == ()


WRONG = [
    ('titel = "x"', "unknown key 'titel'", "'title'"),
    ("[related]\ncs = []", "unknown key 'related.cs'", "'related.css'"),
    ("[crawl]\ndelai = 1", "unknown key 'crawl.delai'", "'crawl.delay'"),
    ("lead_css = []", "unknown key 'lead_css'", "'body.lead_css'"),
    ('name = "other"', "'name' is not allowed", "file's own name"),
    ("[crawl]\ndelay = '3'", "'crawl.delay' must be a number", "'3'"),
    ("[crawl]\ndelay = true", "'crawl.delay' must be a number", "True"),
    ("[crawl]\nconcurrency = 1.5", "'crawl.concurrency' must be a whole number", "1.5"),
    ("[crawl]\nconcurrency = true", "'crawl.concurrency' must be a whole number", "True"),
    ("[crawl]\ndelay = nan", "'crawl.delay'", "between 0 and 3600"),
    ("[crawl]\ndelay = -1", "'crawl.delay'", "between 0 and 3600"),
    ('[fetch]\nrender = "firefox"', "'fetch.render'", "'firefox' is not 'browser'"),
    ('[fetch]\nrender_kinds = ["feed"]', "'fetch.render_kinds'", "'feed' is none of start, listing, article, related"),
    ('[fetch]\nhosts = ["https://cdn.example"]', "'fetch.hosts'", "is no host name"),
    ('[rights]\nagreed = ""\nagree = "x"', "'rights.agree'", "'rights.agreed'"),
    ("[crawl]\nconcurrency = 0", "'crawl.concurrency'", "between 1 and 64"),
    ("[crawl]\nmax_depth = -1", "'crawl.max_depth'", "below 0"),
    ('[crawl]\nfollow = ["relatd"]', "'crawl.follow'", "related, recommended"),
    ('article_url = "x"', "'article_url' must be a list of texts", "'x'"),
    ("article_url = [1]", "'article_url' must be a list of texts", "[1]"),
    ('article_url = [""]', "'article_url' must be a list of texts", "none empty"),
    ("article_url = ['(']", "'article_url'", "no regular expression"),
    ("promo_lines = ['*']", "'promo_lines'", "no regular expression"),
    ("[related]\ncss = ['..x']", "'related.css'", "no CSS selector"),
    ("[body]\nremove_css = ['a[']", "'body.remove_css'", "no CSS selector"),
    ("related = 1", "'related' must be a table", "1"),
    ("loopback = 1", "'loopback' must be true or false", "1"),
    ('language = "vie"', "'language'", "ISO 639-1"),
    ('[host_aliases]\n"M.x" = "x"', "'host_aliases'", "lower case"),
    ('[host_aliases]\n"m.x" = 1', "'host_aliases' must be a table", "1"),
    ('[verified]\nconfidence = "sure"', "'verified.confidence'", "high, medium, low"),
    ('[verified]\ndate = "yesterday"', "'verified.date'", "2026-08-20"),
    ('[verified]\nunverified = ["related.cs"]', "'verified.unverified'", "'related"),
    ("never_follow = ['^https://gazette']", "'never_follow'", "forbids the start page"),
    ("x = 1 2\ny = 3", "not valid TOML", "line 4"),
]


@pytest.mark.parametrize(("more", "what", "remedy"), WRONG)
def test_what_is_wrong_is_named(more: str, what: str, remedy: str) -> None:
    with pytest.raises(SeedError) as caught:
        parse(more)
    message = str(caught.value)
    assert message.startswith("seeds/gazette.toml: ")
    assert what in message
    assert remedy in message
    assert "\n" not in message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("key", ["title", "start_urls", "allowed_domains"])
@pytest.mark.parametrize("empty", [True, False])
def test_missing_keys(key: str, empty: bool) -> None:
    lines = [line for line in BASE.splitlines() if not line.startswith(key)]
    if empty:
        lines.append(f"{key} = []" if key != "title" else 'title = ""')
    with pytest.raises(SeedError, match=f"seeds/gazette.toml: missing key '{key}'"):
        parse_seed("\n".join(lines), name="gazette", where="seeds/gazette.toml")


@pytest.mark.parametrize(
    ("start", "problem"),
    [
        ("ftp://gazette.example/", "no http or https"),
        ("/news", "no http or https"),
        ("https://other.example/", "outside allowed_domains"),
        ("https://notgazette.example/", "outside allowed_domains"),
    ],
)
def test_start_pages(start: str, problem: str) -> None:
    with pytest.raises(SeedError, match=problem):
        parse_seed(BASE.replace("https://gazette.example/", start), name="gazette", where="-")


@pytest.mark.parametrize("name", ["Vov", "a b", "a--b", "../vov", "", "vov.vn"])
def test_names(name: str) -> None:
    with pytest.raises(SeedError, match="cannot name a portal"):
        parse("", name=name)


def read(text: str) -> str:
    """Return the complaint about *text*, empty if it is a seed."""
    try:
        parse_seed(text, name="gazette", where="seeds/gazette.toml")
    except SeedError as problem:
        return str(problem)
    return ""


@given(st.text(max_size=200))
def test_any_text_is_a_seed_or_a_sentence(text: str) -> None:
    assert read(text).startswith("seeds/gazette.toml: ")  # none has the three keys


@given(st.dictionaries(st.text(min_size=1, max_size=12), st.integers(), min_size=1, max_size=3))
def test_any_other_key_is_refused(table: dict[str, int]) -> None:
    known = {"title", "start_urls", "allowed_domains"}
    lines = [
        f'"{key}" = {value}' for key, value in table.items() if key.isalnum() and key.isascii() and key not in known
    ]
    if lines:
        with pytest.raises(SeedError):
            parse("\n".join(lines))


def test_decomposed_text_is_composed() -> None:
    text = BASE + 'promo_lines = ["Mời quý độc giả.*"]\n'
    seed = parse_seed(unicodedata.normalize("NFD", text), name="gazette", where="-")
    assert seed.promo_lines == ("Mời quý độc giả.*",)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'title = "caf\xe9"')
    with pytest.raises(SeedError, match=r"latin\.toml: not UTF-8 at byte 12"):
        read_seed(latin)
    with pytest.raises(SeedError, match=r"none\.toml: cannot be read"):
        read_seed(tmp_path / "none.toml")


def test_a_folder_adds_and_overrides(tmp_path: Path) -> None:
    (tmp_path / "gazette.toml").write_text(BASE, encoding="utf-8")
    (tmp_path / "vov.toml").write_text(BASE.replace("Gazette", "Mine"), encoding="utf-8")
    (tmp_path / "README.txt").write_text("no seed", encoding="utf-8")
    seeds = load_seeds(tmp_path)
    assert seeds["vov"].title == "Mine"
    assert seeds["gazette"].title == "Gazette"
    assert set(seeds) == {*BUNDLED, "gazette"}
    assert list(seeds) == sorted(seeds)
    assert load_seed("vov").title != "Mine"
    with pytest.raises(SeedError, match="not a folder"):
        load_seeds(tmp_path / "gazette.toml")


def test_unknown_portal_names_the_nearest() -> None:
    with pytest.raises(SeedError, match=r"unknown portal 'vovv'; did you mean vov"):
        load_seed("vovv")
    with pytest.raises(SeedError, match=r"unknown portal 'zzz'; known: .*\bvov\b"):
        load_seed("zzz")


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_files_say_how_sure_they_are(name: str) -> None:
    seed = load_seed(name)
    assert seed.verified.date
    assert seed.verified.source
    assert seed.verified.confidence in {"high", "medium", "low"}
    assert seed.loopback or seed.crawl.delay >= 2
    for key in ("article_url", "listing_url"):
        for pattern in getattr(seed, key):
            assert not re.fullmatch(pattern, "https://elsewhere.example/news/a-story-1234567.html")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://vov.vn/chinh-tri", "vov"),
        ("https://m.vov.vn/chinh-tri", "vov"),
        ("https://english.vov.vn/en/politics", "vov-english"),
        ("http://vovworld.vn./en-US", "vovworld"),
        ("https://notvov.vn/", None),
        ("http://127.0.0.1:8787/en/", "demo"),
        ("http://127.0.0.1:9999/en/", None),
        ("mailto:a@vov.vn", None),
    ],
)
def test_seed_for_url(url: str, name: str | None) -> None:
    seed = seed_for_url(url, load_seeds())
    assert (seed.name if seed else None) == name


ARTICLES = [
    ("vov", "https://vov.vn/chinh-tri/ten-bai-viet-post1293496.vov"),
    ("vov", "https://vov.vn/quan-su-quoc-phong/vu-khi/ten-bai-890562.vov"),
    ("vov", "http://baoxuan.vov.vn/van-hoa/ten-bai-883226.vov"),
    ("vov-english", "https://english.vov.vn/en/politics/domestic/a-title-post1157929.vov"),
    ("vov-english", "https://english.vov.vn/society/a-title-373241.vov"),
    ("vovworld", "https://vovworld.vn/en-US/news/a-title-1234567.vov"),
]
LISTINGS = [
    ("vov", "https://vov.vn/the-gioi?page=2"),
    ("vov", "https://vov.vn/tu-khoa/ten-tu-khoa-tag12?page=1"),
    ("vov-english", "https://english.vov.vn/en/politics/domestic"),
    ("vovworld", "https://vovworld.vn/en-US/news/201.vov?trang=3"),
]


@pytest.mark.parametrize(("name", "url"), ARTICLES)
def test_articles_are_no_listings(name: str, url: str) -> None:
    seed = load_seed(name)
    assert any(re.fullmatch(pattern, url) for pattern in seed.article_url)
    assert not any(re.search(pattern, url) for pattern in seed.listing_url)


@pytest.mark.parametrize(("name", "url"), LISTINGS)
def test_listings_are_no_articles(name: str, url: str) -> None:
    seed = load_seed(name)
    assert any(re.fullmatch(pattern, url) for pattern in seed.listing_url)
    assert not any(re.fullmatch(pattern, url) for pattern in seed.article_url)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("vovworld", "https://vovworld.vn/en-US/search/anything.vov?trang=2"),
        ("vovworld", "https://vovworld.vn/de-DE/nachrichten/titel-1234567.vov"),
        ("vov", "https://english.vov.vn/en/politics/a-title-post1157929.vov"),
        ("vov", "https://vov2.vov.vn/doi-song/ten-bai-12345.vov"),
        ("vov", "https://vov.vn/search?keyword=x"),
    ],
)
def test_traps(name: str, url: str) -> None:
    assert any(re.search(pattern, url) for pattern in load_seed(name).never_follow)


def test_seeds_are_read_from_a_zipped_wheel(tmp_path: Path) -> None:
    """As in the wheel: the files stand in crawler/seed_files, and the package may be a zip."""
    archive = tmp_path / "storykin.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for package in ("crawler", "dedupe", "storage"):
            for path in (ROOT / package).rglob("*.py"):
                packed.write(path, path.relative_to(ROOT))
        packed.write(ROOT / "seeds" / "vov.toml", "crawler/seed_files/vov.toml")
    program = (
        "import crawler.portals.reader as s; print(s.__file__); "
        "print(list(s.load_seeds()), s.load_seed('vov').language)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {[str(archive), *_site_packages()]!r}; {program}"],
        capture_output=True, text=True, cwd=tmp_path, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "storykin.zip" in done.stdout.splitlines()[0]
    assert done.stdout.splitlines()[1] == "['vov'] vi"


def _site_packages() -> list[str]:
    return [path for path in sys.path if path.endswith("site-packages")]


def test_a_file_that_cannot_be_used_disables_its_portal_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    whole = '\ntitle = "Gazette"\nstart_urls = ["https://gazette.example/"]\nallowed_domains = ["gazette.example"]\n'
    (tmp_path / "gazette.toml").write_text(whole)
    (tmp_path / "courier.toml").write_text(whole + "colour = 1\n")
    (tmp_path / "herald.toml").write_bytes(b"\xff")
    seeds = load_seeds(tmp_path)
    assert seeds.keys() == {*load_seeds(), "gazette"}
    said = [record.getMessage() for record in caplog.records]
    assert [text.rpartition("; ")[2] for text in said] == [
        "the portal courier is left out",
        "the portal herald is left out",
    ]
    assert "unknown key 'colour'" in said[0]
    with pytest.raises(SeedError, match=r"herald\.toml: not UTF-8"):
        load_seeds(tmp_path, required=["herald"])
