"""``storykin export --consumer`` and ``storykin withdraw`` as they are typed: what crosses a crash, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.cli.main import run
from storage.articles.articles import put_many
from storage.database.store import Store
from storage.duplicates.decide import decide
from storage.export import consumers
from storage.records import Article


@pytest.fixture
def filled(store: Store) -> Store:
    write(store, "a", "b")
    return store


def write(store: Store, *names: str, text: str = "") -> None:
    urls = {name: f"https://portal.example/{name}" for name in names}
    given = [
        Article(id="", url=url, canonical_url=url, portal="vov", language="vi", title=name, text=text or f"Tin {name}.")
        for name, url in urls.items()
    ]
    decide(store, [put.id for put in put_many(store, given)])


def pulled(folder: Path, *options: str) -> list[tuple[str, str]]:
    assert run(["export", "-o", str(folder / "out.jsonl"), *options]) == 0
    rows = [json.loads(line) for line in (folder / "out.jsonl").read_text("utf-8").splitlines()]
    return [(row["url"].rpartition("/")[2], row["change"]) for row in rows]


def refused(capsys: pytest.CaptureFixture[str], *typed: str) -> str:
    capsys.readouterr()
    assert run(list(typed)) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_consumer_goes_on_where_its_last_pull_ended(
    filled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = tmp_path / "m.json"
    assert pulled(tmp_path, "--consumer", "kho", "--manifest", str(manifest)) == [("a", "new"), ("b", "new")]
    assert "2 rows in" in (said := capsys.readouterr().err)
    assert "(2 new); the next cursor is" in said
    facts: dict[str, Any] = json.loads(manifest.read_text("utf-8"))
    assert (facts["kind"], facts["consumer"], facts["from"][9:], facts["to"][9:], facts["changes"]) == (
        "changes", "kho", "0", "2", {"new": 2},
    )  # fmt: skip
    assert facts["fields"][:3] == ["change", "cursor", "id"]
    assert pulled(tmp_path, "--consumer", "kho", "--since", "last") == []
    assert run(["withdraw", "https://portal.example/a", "--reason", "sai"]) == 0
    write(filled, "b", text="Khác.")
    assert pulled(tmp_path, "--consumer", "kho") == [("a", "withdrawn"), ("b", "changed")]
    assert pulled(tmp_path, "--since", facts["to"]) == [("a", "withdrawn"), ("b", "changed")]
    assert pulled(tmp_path, "--consumer", "kho", "--since", "start") == [("b", "new")]


def test_crash_between_the_file_and_the_cursor_gives_the_same_rows_again(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*arguments: Any) -> None:
        raise KeyboardInterrupt

    first, second = tmp_path / "1.json", tmp_path / "2.json"
    with monkeypatch.context() as patch:
        patch.setattr(consumers.Claim, "advance", killed)
        typed = ["export", "-o", str(tmp_path / "1.jsonl"), "--consumer", "kho", "--manifest", str(first)]
        assert run(typed) == 130
    assert (tmp_path / "1.jsonl").exists()
    assert consumers.get(filled, "kho") is None
    assert pulled(tmp_path, "--consumer", "kho", "--manifest", str(second)) == [("a", "new"), ("b", "new")]
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "1.jsonl").read_bytes()
    starts = {json.loads(path.read_text("utf-8"))["from"] for path in (first, second)}
    assert len(starts) == 1, "two manifests with one start tell of the repetition"


def test_pull_that_fails_moves_no_cursor(filled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, "export", "--consumer", "kho", "-o", str(tmp_path / "absent" / "out.jsonl"))
    assert consumers.get(filled, "kho") is None
    assert len(pulled(tmp_path, "--consumer", "kho")) == 2


def test_consumer_keeps_to_its_selection(filled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(pulled(tmp_path, "--consumer", "kho", "--language", "vi")) == 2
    said = refused(capsys, "export", "--consumer", "kho")
    assert "consumer kho pulls with the selection {'languages': ['vi']}, not of all distinct articles" in said
    assert len(pulled(tmp_path, "--consumer", "kho", "--since", "start")) == 2
    assert pulled(tmp_path, "--consumer", "kho") == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--since", "last"], "name it with --consumer NAME"),
        (["--since", "soon"], "--since 'soon' is neither a cursor"),
        (["--since", "2026-03-14", "--consumer", "kho"], "a consumer pulls from a cursor"),
        (["--since", "00000000.7"], "the cursor 00000000.7 is of another database"),
        (["--published-from", "today"], "--published-from 'today' is no ISO date"),
        (["--format", "parquet"], "name a file with -o"),
        (["--fields", "titel"], "did you mean title?"),
    ],
)
def test_bad_options_are_one_sentence(
    filled: Store, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert words in refused(capsys, "export", *options)


def test_withdraw_and_undo(filled: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["withdraw", "https://portal.example/a", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["url"], facts["withdrawn"]["by"]) == ("https://portal.example/a", "hand")
    assert run(["withdraw", "https://portal.example/a", "--undo"]) == 0
    assert capsys.readouterr().out == "Not withdrawn: a\n"
    assert "no such article is stored" in refused(capsys, "withdraw", "https://portal.example/none")
    assert "leave it out with --undo" in refused(capsys, "withdraw", "x", "--undo", "--reason", "y")


@pytest.mark.parametrize("name", ["articles.xlsx", "articles.cvs", "articles.tsv.gz"])
def test_an_ending_of_another_format_is_refused(
    name: str, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", "-o", str(tmp_path / name)]) == 2
    assert "is no format that is written; name one with --format: jsonl, csv, parquet, warc" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    assert run(["export", "--format", "csv", "-o", str(tmp_path / name)]) == 0


def test_an_empty_export_says_why(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export"]) == 0
    assert "Nothing is stored yet" in capsys.readouterr().err


def test_a_second_pull_leaves_the_file_of_the_first(
    filled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "out.jsonl"
    assert len(pulled(tmp_path, "--consumer", "kho")) == 2
    rows = file.read_bytes()
    write(filled, "c")
    with consumers.claimed(filled, "kho"):
        assert run(["export", "--consumer", "kho", "-o", str(file)]) == 6
    assert "consumer kho is being pulled for by" in capsys.readouterr().err
    assert file.read_bytes() == rows
    assert pulled(tmp_path, "--consumer", "kho") == [("c", "new")]


def test_a_pull_whose_claim_was_taken_writes_nothing(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text("rows of the process that took it")
    renew = consumers.Claim.renew

    def late(self: consumers.Claim, *, at_once: bool = False) -> None:
        filled.db["consumers"].update_one({"_id": "kho"}, {"$set": {"claim.token": "of another process"}})
        renew(self, at_once=at_once)

    monkeypatch.setattr(consumers.Claim, "renew", late)
    assert run(["export", "--consumer", "kho", "-o", str(file)]) == 6
    assert file.read_text() == "rows of the process that took it"


def test_consumer_keeps_to_its_columns(filled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(pulled(tmp_path, "--consumer", "kho", "--fields", "url,title")) == 2
    assert "pulls the columns change, cursor, id, url, title, not" in refused(capsys, "export", "--consumer", "kho")
    assert len(pulled(tmp_path, "--consumer", "kho", "--since", "start")) == 2
    assert "the consumer's name is empty" in refused(capsys, "export", "--consumer", " ")


def test_consumers_are_listed_reset_and_forgotten(
    filled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pulled(tmp_path, "--consumer", "kho", "--language", "vi")
    write(filled, "b", text="Bản hai.")
    write(filled, "c")
    capsys.readouterr()
    assert run(["consumers", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["consumer"], facts["behind"], facts["selection"]) == ("kho", 2, {"languages": ["vi"]})
    assert run(["consumers", "reset", "kho"]) == 0
    assert len(pulled(tmp_path, "--consumer", "kho")) == 3
    assert run(["consumers"]) == 0
    assert "all distinct articles" in capsys.readouterr().out
    assert run(["consumers", "delete", "kho"]) == 0
    assert "there is no consumer 'kho'" in refused(capsys, "consumers", "reset", "kho")
