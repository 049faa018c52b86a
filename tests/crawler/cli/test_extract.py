"""``storykin extract``: saved pages and archives → JSON Lines."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.article.page.page import Page
from crawler.cli.main import run
from crawler.portals.seed import GENERIC, Seed
from crawler.workers.batch import extract_page, extract_pages
from storage.records import Article
from tests.support.leak_pages import pages

Record = tuple[str, str, bytes, str]
"""(URL, WARC-Date, body, Content-Type)"""


def write_warc(path: Path, records: Sequence[Record]) -> Path:
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for url, date, body, kind in records:
            head = StatusAndHeaders(
                "200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))], protocol="HTTP/1.1"
            )
            record = writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), http_headers=head, warc_headers_dict={"WARC-Date": date}
            )
            writer.write_record(record)
            record.raw_stream.close()
    return path


@pytest.fixture
def records() -> list[Record]:
    return [
        (page.url, f"2024-05-{1 + n:02}T06:00:00Z", page.body, "text/html; charset=utf-8")
        for n, (page, _, _) in enumerate(pages(12, vary=False))
    ]


def lines(path: Path) -> list[Article]:
    return [Article.from_json(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_every_page_of_an_archive_gives_a_line_in_order(tmp_path: Path, records: list[Record], workers: str) -> None:
    records.insert(3, ("https://baosonghien.example/a.pdf", "2024-05-02T00:00:00Z", b"%PDF-1.4 no page", "text/html"))
    warc = write_warc(tmp_path / "crawl.warc.gz", records)
    assert run(["extract", "--warc", str(warc), "-o", str(tmp_path / "out.jsonl"), "--workers", workers]) == 0
    found = lines(tmp_path / "out.jsonl")
    assert [article.url for article in found] == [record[0] for record in records]
    assert [article.id for article in found] == [record[0] for record in records]
    assert found[3].quality == ("failed: a PDF document, not an HTML page",)
    assert all(article.text and article.fetched for n, article in enumerate(found) if n != 3)


def test_an_address_held_twice_carries_its_date_in_the_id(tmp_path: Path, records: list[Record]) -> None:
    url, _, body, kind = records[0]
    again = (url.replace("https://", "http://www."), "2024-06-01T06:00:00Z", body, kind)
    warc = write_warc(tmp_path / "crawl.warc.gz", [records[0], records[1], again])
    assert run(["extract", "--warc", str(warc), "-o", str(tmp_path / "out.jsonl"), "--workers", "1"]) == 0
    assert [article.id for article in lines(tmp_path / "out.jsonl")] == [
        f"{url} 2024-05-01T06:00:00Z",
        records[1][0],
        f"{again[0]} 2024-06-01T06:00:00Z",
    ]


def test_captures_of_one_time_have_ids_of_their_own(tmp_path: Path, records: list[Record]) -> None:
    url, date, body, kind = records[0]
    (tmp_path / "warcs").mkdir()
    for name in ("a", "b"):
        same = [(url, date, body, kind), (url, date, body + name.encode(), kind), records[1 + (name == "b")]]
        write_warc(tmp_path / "warcs" / f"{name}.warc.gz", same)
    assert run(["extract", "--warc", str(tmp_path / "warcs"), "-o", str(tmp_path / "out.jsonl"), "--workers", "1"]) == 0
    found = lines(tmp_path / "out.jsonl")
    first, one, _, again, other, _ = (article.id for article in found)
    assert first == f"{url} {date} {found[0].page_digest[:12]}"
    assert again == f"{first} 2"
    assert (one, other) == tuple(f"{url} {date} {found[place].page_digest[:12]}" for place in (1, 4))
    assert len({article.id for article in found}) == 6


def test_a_cut_archive_keeps_what_was_read_and_says_so(
    tmp_path: Path, records: list[Record], capsys: pytest.CaptureFixture[str]
) -> None:
    warc = write_warc(tmp_path / "crawl.warc.gz", records)
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(warc.read_bytes()[: warc.stat().st_size * 3 // 4])
    code = run(["extract", "--warc", str(cut), "-o", str(tmp_path / "out.jsonl"), "--workers", "2"])
    found = lines(tmp_path / "out.jsonl")
    assert code == 2
    assert 0 < len(found) < len(records)
    assert [article.url for article in found] == [record[0] for record in records[: len(found)]]
    message = capsys.readouterr().err.strip().splitlines()
    assert len(message) == 1
    assert "cut.warc.gz" in message[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crawl.warc.gz", "cut.warc.gz", "out.jsonl"]


def test_the_number_of_workers_may_stand_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page, out = tmp_path / "page.html", tmp_path / "out.jsonl"
    page.write_bytes(pages(1, vary=False)[0][0].body)
    monkeypatch.setenv("STORYKIN_WORKERS", "many")
    assert run(["extract", str(page)]) == 2
    assert "Invalid value for '--workers': 'many'" in capsys.readouterr().err
    monkeypatch.setenv("STORYKIN_WORKERS", "0")
    monkeypatch.setattr("crawler.workers.batch.WorkerPool", None)
    assert run(["extract", str(page), "-o", str(out)]) == 0
    assert len(out.read_text("utf-8").splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["extract"], "HTML files or --warc"),
        (["extract", "--warc", "absent.warc.gz"], "absent.warc.gz"),
        (["extract", "absent.html"], "absent.html"),
        (["extract", "empty.warc.gz", "--warc", "empty.warc.gz"], "one of the two"),
        (["extract", "--warc", "empty.warc.gz"], "empty"),
        (["extract", "--warc", "text.warc.gz"], "text.warc.gz"),
        (["extract", "a.html", "b.html", "--url", "https://a.example"], "exactly one file"),
        (["extract", "page.html", "-o", "no/such/out.jsonl"], "cannot be written (No such file or directory)"),
        (["extract", "page.html", "--seed", "nosuchportal"], "nosuchportal"),
    ],
)
def test_bad_input_gets_one_sentence_and_leaves_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.warc.gz").touch()
    (tmp_path / "text.warc.gz").write_text("no archive at all, just words\n" * 9)
    (tmp_path / "page.html").write_bytes(pages(1, vary=False)[0][0].body)
    before = sorted(tmp_path.iterdir())
    assert run([*arguments, *(["-o", "out.jsonl"] if "-o" not in arguments else [])]) != 0
    assert words in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


def test_saved_pages_take_the_address_given_or_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, own, _ = pages(1, vary=False)[0]
    named = page.body.replace(
        b"</title>", b'</title><link rel="canonical" href="https://bao.example/that-123456.html">'
    )
    (tmp_path / "a.html").write_bytes(named)
    (tmp_path / "b.html").write_bytes(page.body)
    assert run(["extract", str(tmp_path / "a.html"), str(tmp_path / "b.html"), "--workers", "1"]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["url"], second["url"]) == ("https://bao.example/that-123456.html", "b.html")
    assert run(["extract", str(tmp_path / "b.html"), "--url", own.url, "--workers", "1"]) == 0
    third = json.loads(capsys.readouterr().out)
    assert (third["url"], third["title"], third["lead"]) == (own.url, own.title, own.lead)
    assert "Sông" in json.dumps(third, ensure_ascii=False)


def test_output_is_utf8_text_not_escapes(tmp_path: Path, records: list[Record]) -> None:
    warc = write_warc(tmp_path / "crawl.warc.gz", records[:1])
    assert run(["extract", "--warc", str(warc), "-o", str(tmp_path / "out.jsonl"), "--workers", "1"]) == 0
    text = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert "Báo Sông Hiến" in text
    assert "\\u" not in text


def test_batch_gives_what_came_before_an_error_of_the_source() -> None:
    made = [page for page, _, _ in pages(11, vary=False)]

    def source() -> Iterator[Page]:
        yield from made
        raise ValueError("the source broke off")

    found: list[Article] = []
    with pytest.raises(ValueError, match="broke off"):
        found.extend(extract_pages(source(), workers=2))
    assert [article.url for article in found] == [page.url for page in made]


def test_batch_chooses_the_seed_by_address() -> None:
    page = pages(1, vary=False)[0][0]
    seed = Seed(name="bsh")
    found = list(extract_pages([page], lambda url: seed if url == page.url else GENERIC, workers=1))
    assert [article.portal for article in found] == ["bsh"]


def test_what_cannot_be_read_is_recorded() -> None:
    assert extract_page(Page(url="https://a.example/x", body=b"")).quality == ("failed: the response has no content",)


def test_a_missing_archive_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["extract", "--warc", "nowhere.warc.gz"]) == 2
    assert "'nowhere.warc.gz' does not exist" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("bad", "options", "code"), [(0, [], 0), (1, [], 0), (1, ["5%"], 3), (1, ["30"], 0), (4, [], 3)]
)
def test_the_exit_code_says_when_too_much_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: int, options: list[str], code: int
) -> None:
    files = [tmp_path / f"{number}.html" for number in range(4)]
    for number, file in enumerate(files):
        file.write_bytes(b"%PDF-1.4" if number < bad else b"<html><p>The ferry sails.</p></html>")
    shares = [word for share in options for word in ("--fail-failed", share)]
    assert run(["extract", "--workers", "0", *shares, *map(str, files)]) == code
    assert ("failed" in capsys.readouterr().err.splitlines()[-1]) is True
