"""The commands in the documentation run as they stand, against a database that the demo's crawl filled.

A block is run if ``<!-- run -->`` stands on the line before it: each line after ``$`` is a command, what follows is
its output, where ``...`` stands for anything. A page's blocks share one shell, its folder and its database, a copy of
the demo's: no page sees what another changed. ``$URL`` is the address of a stored article without copies, ``tests`` the
folder of the checkout.
"""

from __future__ import annotations

import doctest
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.cli.demo import DATABASE
from storage import open_store
from storage.articles.articles import iterate
from storage.database.store import Store
from storage.duplicates.clusters import copies
from storage.export import reader
from tests.support.databases import drop

ROOT = Path(__file__).resolve().parents[2]
MARK = "<!-- run -->"
BLOCK = re.compile(rf"^{MARK}\n```(?:console|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if "_build" not in page.parts and BLOCK.search(page.read_text("utf-8"))
]
END = "\x01"
IN_PROCESS = {"STORYKIN_WORKERS": "0"}
"""A pool takes seconds to start, for each command anew, and gives the same output."""


@dataclass(frozen=True)
class Command:
    """A command as typed and the output that the page shows; empty where it shows none."""

    typed: str
    output: str


def commands(text: str) -> list[Command]:
    found = []
    for block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            typed = 1 + next((n for n, line in enumerate(lines) if not line.endswith("\\")), 0)
            found.append(Command("\n".join(lines[:typed]), "\n".join(lines[typed:])))
    return found


@pytest.fixture(scope="module")
def crawled(program: Path, mongodb_uri: str) -> Iterator[Store]:
    """The database of ``storykin demo``."""
    environment = os.environ | IN_PROCESS | {"MONGODB_URI": mongodb_uri}
    ran = subprocess.run([program, "demo"], env=environment, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    with Store.open(mongodb_uri, DATABASE) as store:
        yield store
        drop(store.client[DATABASE])


@pytest.fixture
def demo(crawled: Store) -> Iterator[Store]:
    """A copy of the demo's database, to be changed at will."""
    with Store.open(crawled.uri, f"{DATABASE}_{secrets.token_hex(6)}") as store:
        for name in crawled.db.list_collection_names():
            store.db[name].delete_many({})
            if rows := list(crawled.db[name].find()):
                store.db[name].insert_many(rows)
        yield store
        drop(store.db)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_of_the_page_run(page: Path, demo: Store, program: Path, mongodb_uri: str, tmp_path: Path) -> None:
    listed = commands(page.read_text("utf-8"))
    assert listed
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    script = "".join(f"{one.typed}\nprintf '{END}%s{END}' $?\n" for one in listed)
    environment = (
        os.environ
        | IN_PROCESS
        | {
            "MONGODB_URI": mongodb_uri,
            "STORYKIN_DATABASE": demo.db.name,
            "URL": next(one.article.url for one in iterate(demo, distinct=True) if not copies(demo, one.article.id)),
            "PATH": os.pathsep.join((str(program.parent), str(Path(sys.executable).parent), os.environ["PATH"])),
            "COLUMNS": "120",
        }
    )
    ran = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script}"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    parts = ran.stdout.split(END)
    for one, output, code in zip(listed, parts[::2], parts[1::2], strict=False):
        assert code == "0", f"$ {one.typed}\n{output}"
        if one.output:
            same = doctest.OutputChecker().check_output(one.output, output.strip("\n"), doctest.ELLIPSIS)
            assert same, f"$ {one.typed}\n{output}\n--- the page shows\n{one.output}"
    assert len(parts) == 2 * len(listed) + 1


def test_the_examples_of_the_python_api_run(demo: Store, mongodb_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", mongodb_uri)
    monkeypatch.setenv("STORYKIN_DATABASE", demo.db.name)
    ran = doctest.testmod(reader, extraglobs={"open_store": open_store})
    assert ran.attempted > 10
    assert ran.failed == 0


def test_pages_are_found() -> None:
    """Every mark has a block below it, but for where the mark is spoken of within a line."""
    assert {page.name for page in PAGES} >= {"data.md", "clusters.md", "tutorial.md", "why.md"}
    for page in PAGES:
        text = page.read_text("utf-8")
        assert len(BLOCK.findall(text)) == len(re.findall(rf"^{MARK}", text, re.MULTILINE)), page
