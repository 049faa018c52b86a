"""Documents from files: every field that extractors write, and one clear sentence for what cannot be used."""

from __future__ import annotations

import gzip
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dedupe.corpus.documents import Document, documents_of, read_date, read_documents, source_of, url_key
from dedupe.errors import InputError
from dedupe.text.days import end_of_day


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_all_fields_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        {
            "id": 7,
            "text": "Cầu mới.",
            "url": "https://example.com/a",
            "title": "Cầu",
            "source": "example",
            "date": "2026-01-02",
        },
    )
    moment = end_of_day(datetime(2026, 1, 2, tzinfo=UTC))
    assert list(read_documents(path)) == [Document("7", "Cầu mới.", "https://example.com/a", "Cầu", "example", moment)]


def test_the_output_of_extract_is_read_as_it_is(tmp_path: Path) -> None:
    from storage.records import Article

    article = Article(
        id="https://example.com/a?x",
        url="https://example.com/a?x",
        canonical_url="https://example.com/a",
        portal="example",
        title="Cầu",
        text="Cầu mới thông xe.",
        published=datetime(2026, 1, 2, 3, tzinfo=UTC),
    )
    failed = Article(id="https://example.com/b", url="https://example.com/b", quality=("failed: empty",))
    found = list(read_documents(write(tmp_path / "a.jsonl", article.to_json(), failed.to_json())))
    assert found[0] == Document(
        article.id, article.text, "https://example.com/a", "Cầu", "example", datetime(2026, 1, 2, 3, tzinfo=UTC)
    )
    assert found[1].text == ""


def test_id_may_be_the_url(tmp_path: Path) -> None:
    assert next(read_documents(write(tmp_path / "a.jsonl", {"url": "http://x/a", "text": "t"}))).id == "http://x/a"


def test_blank_lines_a_byte_order_mark_and_gzip_pass(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbf{"id": "a", "text": "t"}\r\n\r\n{"id": "b", "text": "t"}'
    plain, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    plain.write_bytes(content)
    packed.write_bytes(gzip.compress(content))
    assert [document.id for document in read_documents(plain)] == ["a", "b"]
    assert list(read_documents(packed)) == list(read_documents(plain))


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"id": "a", "text": "t"}\n')))
    assert [document.id for document in read_documents("-")] == ["a"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"id": "b"}', r'line 2, id "b": field "text" is missing or null \(fields there: id\)'),
        (b'{"id": "b", "text": null}', r'line 2, id "b": field "text" is missing or null'),
        (b'{"text": "t"}', r'line 2: field "id" is missing'),
        (b'{"id": "b", "text": 5}', r'line 2, id "b": field "text" must be text, not int'),
        (b'{"id": true, "text": "t"}', r'line 2: field "id" must be text, not bool'),
        (b'{"id": "b", "text": "t", "url": []}', r'line 2: field "url" must be text, not list'),
        (b'{"id": "a", "text": "u"}', r'line 2: id "a" was already used by .*line 1; ids must differ'),
        (b'{"id": "b", "text": "\xff"}', r"line 2 is not UTF-8: byte 0xff at position 22"),
        (b'{"id": "b", "text": ', r"line 2 is not JSON: .*one object a line"),
        (b'["b", "t"]', r"line 2 is not a JSON object but list"),
        (b"[" * 100_000, r"line 2 is nested too deeply"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: bytes, message: str) -> None:
    path = tmp_path / "docs.jsonl"
    path.write_bytes(b'{"id": "a", "text": "t"}\n' + line + b"\n")
    with pytest.raises(InputError, match=message) as raised:
        list(read_documents(path))
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_or_cut_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none.jsonl cannot be read: No such file"):
        list(read_documents(tmp_path / "none.jsonl"))
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(b'{"id": "a", "text": "t"}\n')[:-4])
    with pytest.raises(InputError, match=r"cut.jsonl.gz cannot be read to its end"):
        list(read_documents(cut))


class TestParquet:
    def write(self, path: Path, columns: dict[str, list[Any]]) -> Path:
        pyarrow = pytest.importorskip("pyarrow", reason="needs the extra parquet")
        parquet = pytest.importorskip("pyarrow.parquet")
        parquet.write_table(pyarrow.table(columns), path)
        return path

    def test_columns_are_read(self, tmp_path: Path) -> None:
        moment = datetime(2026, 1, 2, tzinfo=UTC)
        path = self.write(
            tmp_path / "a.parquet",
            {"id": ["a", "b"], "text": ["Cầu mới.", "x"], "published": [moment, None], "other": [[1], [2]]},
        )
        assert list(read_documents(path)) == [Document("a", "Cầu mới.", date=moment), Document("b", "x")]

    def test_a_missing_column_is_named(self, tmp_path: Path) -> None:
        path = self.write(tmp_path / "a.parquet", {"id": ["a"], "body": ["x"]})
        with pytest.raises(InputError, match=r'no column "text" for the text \(columns there: id, body\)'):
            list(read_documents(path))

    def test_a_null_is_named_by_its_row(self, tmp_path: Path) -> None:
        path = self.write(tmp_path / "a.parquet", {"id": ["a", "b"], "text": ["x", None]})
        with pytest.raises(InputError, match=r'a.parquet row 2, id "b": field "text" is missing or null'):
            list(read_documents(path))

    def test_a_truncated_file_is_named(self, tmp_path: Path) -> None:
        path = self.write(tmp_path / "a.parquet", {"id": ["a"] * 50, "text": ["x" * 50] * 50})
        path.write_bytes(path.read_bytes()[:-40])
        with pytest.raises(InputError, match=r"a.parquet is not readable as Parquet, it may be truncated"):
            list(read_documents(path))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02 10:04:05+07:00", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1e300, None),
        ("22 tháng 11", None),
        (["2026"], None),
        (None, None),
    ],
)
def test_dates_are_utc_or_unknown(value: object, expected: datetime | None) -> None:
    assert read_date(value) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.com/a/b?id=3",
        "http://example.com:80/a/b/?id=3#top",
        "HTTPS://EXAMPLE.com./a/b?id=3",
        "https://example.com/a/b?utm_source=x&id=3&fbclid=1",
    ],
)
def test_addresses_of_one_page_have_one_key(url: str) -> None:
    assert url_key(url) == "example.com/a/b?id=3"


@pytest.mark.parametrize("url", ["http://[bad", "not a url", "http://x:99999/", "/a/b"])
def test_what_is_no_address_is_its_own_key(url: str) -> None:
    assert url_key(f" {url} ") == url


def test_different_pages_have_different_keys() -> None:
    urls = ["http://x.com/a", "http://x.com/b", "http://x.com/a?p=1", "http://x.com:81/a", "http://y.com/a"]
    assert len({url_key(url) for url in urls}) == len(urls)


def test_source_is_the_host_where_none_is_given() -> None:
    assert source_of(Document("a", "t", url="https://www.vov.vn/x")) == "vov.vn"
    assert source_of(Document("a", "t", url="https://www.vov.vn/x", source="VOV")) == "VOV"
    assert source_of(Document("a", "t")) == ""


def test_rows_from_elsewhere_are_documents_too() -> None:
    with pytest.raises(InputError, match=r'^row 2: id "a" was already used by row 1'):
        list(documents_of([(1, {"id": "a", "text": ""}), (2, {"id": "a", "text": ""})]))
