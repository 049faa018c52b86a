"""Archives of invented pages with everything that a corpus has to tell apart, and the rows that a run left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.warc.writer import RecordWriter
from tests.support.leak_pages import HOST, pages

START = datetime(2026, 3, 1, tzinfo=UTC)
TABLES = ("index", "pages.parquet", "articles", "others", "clusters", "kept")


def archives(folder: Path, count: int) -> list[Path]:
    """Write *count* pages into two archives, then repeats of them: the second holds what the first one has.

    By turns a page comes again with an equal body under another address, with a word changed on another site, at
    another time under its own address, with another body at the same time; beside every seventh stands a PDF.
    """
    folder.mkdir(parents=True)
    paths = [folder / "a.warc.gz", folder / "b.warc.gz"]
    with paths[0].open("wb") as one, paths[1].open("wb") as two:
        first, second = (RecordWriter(stream, "test", "test") for stream in (one, two))
        for number, (page, _, _) in enumerate(pages(count, vary=False)):
            html, moment = [("Content-Type", "text/html; charset=utf-8")], START + timedelta(hours=number)
            first.write(page.url, 200, html, page.body, moment)
            first.write(f"{page.url}/gone", 404, html, b"<html>gone</html>", moment)
            other = page.url.replace(HOST, "https://banlai.example")
            changed = page.body.replace("công bố".encode(), "loan báo".encode()).replace(b"baosonghien", b"banlai")
            match number % 4:
                case 0:
                    second.write(other, 200, html, page.body, moment + timedelta(minutes=5))
                case 1:
                    second.write(other, 200, html, changed + b"<!-- again -->", moment)
                case 2:
                    second.write(page.url, 200, html, page.body + b"<!-- later -->", moment + timedelta(days=9))
                case _:
                    second.write(page.url, 200, html, page.body + b"<!-- same time -->", moment)
            if number % 7 == 0:
                second.write(f"{HOST}/{number}.pdf", 200, html, b"%%PDF-1.4 %d" % number, moment)
    return paths


def table(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a table, whatever files they stand in, in an order of their own."""
    from pyarrow import parquet

    return sorted(parquet.read_table(path).to_pylist(), key=repr)


def tables(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return {name: table(folder / name) for name in TABLES}
