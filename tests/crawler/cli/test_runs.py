"""What ops see of a crawl: runs, failures, metrics, notification, logs; through the command line."""

from __future__ import annotations

import json
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from crawler.cli.failures import command as failures_command
from crawler.cli.runs import command as runs_command
from storage.frontier import failures, frontier, runs
from storage.frontier.failures import Failure
from storage.frontier.frontier import FrontierEntry
from storage.frontier.runs import Run
from tests.crawler.processes import wait_for

if TYPE_CHECKING:
    from click import Command as ClickCommand

    from storage.database.store import Store
    from tests.crawler.conftest import Command, NewsSite

BEGAN = datetime(2026, 3, 2, 6, tzinfo=UTC)


def put_run(store: Store, number: int, portal: str = "vov", **more: object) -> Run:
    """Store a run that has ended."""
    began = BEGAN + timedelta(days=number)
    run = Run(id=f"{portal}-2026030{number + 2}T060000-ab{number:04}", portal=portal, started=began, worker="h/1:77:1")
    row = {"portal": portal, "started": began, "worker": run.worker, "finished": began + timedelta(minutes=3)}
    row |= {"exit_code": 0, "verdict": "finished", "counts": {"fetched": 9, "articles": 7, "new": 5, "failures": 1}}
    store.db["runs"].insert_one({"_id": run.id, **row, **more})
    return run


def call(command: ClickCommand, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        return 2, str(result.exception)
    return result.exit_code, result.output


def test_a_crawl_leaves_a_run_metrics_a_notification_and_a_log_without_secrets(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(8)
    broken = site.story_path(3)
    site.html(broken, "<p>out of order</p>", status=500)
    told = tmp_path / "told.json"
    hook = f"{sys.executable} -c 'import sys; open(sys.argv[1], \"w\").write(sys.stdin.read())' {told}"
    password = store.uri.partition(":")[2].partition(":")[2].partition("@")[0]
    assert len(password) > 8
    ended = command(
        "crawl", site.url, "--metrics", "run.prom", "--notify", hook, "--notify-on", "always",
        "--log-file", "crawl.log", "--log-format", "json", "--log-level", "debug",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert "storykin:" not in ended.err
    [run] = runs.history(store)
    portal = run.portal
    assert json.loads(told.read_text())["id"] == run.id
    metrics = (tmp_path / "run.prom").read_text()
    assert f'storykin_run_articles{{portal="{portal}"}} 7.0' in metrics
    assert f'storykin_run_failures{{portal="{portal}",stage="fetch"}} 1.0' in metrics
    log = (tmp_path / "crawl.log").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in log.splitlines()]
    assert any(line.get("run") == run.id and line.get("exit_code") == 0 for line in lines)
    assert password not in log + ended.out + metrics + told.read_text()
    assert run.measures["statuses"] == {"200": 8, "500": 1}
    assert run.measures["fields"]["title"] == sum(run.measures["lengths"].values()) == 7

    code, output = call(runs_command, run.id)
    assert code == 0
    for words in ("9 = 7 articles + 1 listings", "HTTP 500", "none yet: 0 earlier runs", "title 100 %", broken):
        assert words in output
    [group] = json.loads(call(runs_command, run.id, "--json")[1])["failure_groups"]
    assert (group["reason"], group["count"]) == ("HTTP 500", 1)

    site.story(3)
    code, output = call(failures_command, "--portal", portal, "--retry")
    assert output.startswith(f"{portal}: 1 of 1 queued again")
    assert frontier.counts(store, portal)["queued"] == 1
    assert command("crawl", site.url).code == 0
    assert list(failures.iterate(store)) == []
    assert store.db["articles"].count_documents({}) == 8


def test_a_notification_and_metrics_that_fail_are_reported_and_change_no_exit_code(
    command: Command, site: NewsSite
) -> None:
    site.story(1)
    site.front(site.story_path(1))
    ended = command(
        "crawl", site.url, "--notify", "/absent/hook", "--notify-on", "always", "--metrics", "absent/a.prom"
    )
    assert ended.code == 0
    assert "the notification /absent/hook cannot be run" in ended.err
    assert "the metrics cannot be written" in ended.err
    ended = command("crawl", site.url, "--log-format", "json", "--log-level", "info")
    messages = [json.loads(line)["message"] for line in ended.err.splitlines()]
    assert "ended with exit code 0" in messages[-1]


def test_a_portal_is_told_of_when_it_turns_bad_and_when_it_recovers(
    command: Command, site: NewsSite, tmp_path: Path
) -> None:
    """Receivers stand in the environment as well, one a line."""
    told = tmp_path / "told"
    hook = f"sh -c 'echo $STORYKIN_EXIT_CODE >> {told}'"
    site.story(1)
    site.front(site.story_path(1))
    codes = []
    for status in (200, 200, 404, 404, 200, 200):
        site.html("/", f'<a href="{site.story_path(1)}">Tin</a>', status=status)
        codes.append(command("crawl", site.url, STORYKIN_NOTIFY=f"{hook}\n{hook}").code)
    bad = codes[2]
    assert (codes, bad != 0) == ([0, 0, bad, bad, 0, 0], True)
    assert told.read_text().split() == [str(bad), str(bad), "0", "0"]


def test_a_crawl_that_cannot_start_is_told_of_as_well(command: Command, tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    hook = f"{sys.executable} -c 'import sys; open(sys.argv[1], \"w\").write(sys.stdin.read())' {told}"
    uri = "mongodb://ann:geheim@127.0.0.1:9/"
    ended = command(
        "crawl", "http://127.0.0.1:9/", "--notify", hook, "--metrics", "a.prom",
        MONGODB_URI=uri, STORYKIN_MONGODB_TIMEOUT="1",
    )  # fmt: skip
    assert ended.code == 5
    run = json.loads(told.read_text())
    assert (run["portal"], run["exit_code"]) == ("127.0.0.1:9", 5)
    assert "does not answer" in run["verdict"]
    assert "geheim" not in told.read_text() + ended.err
    assert 'storykin_run_exit_code{portal="127.0.0.1:9"} 5.0' in (tmp_path / "a.prom").read_text()


def test_a_run_whose_process_was_killed_is_shown_as_such(command: Command, site: NewsSite, store: Store) -> None:
    site.stories(10)
    go_on = site.hold(after=2)
    process = command.start("crawl", site.url)
    wait_for(lambda: len(site.asked) > 2)
    assert "under way" in call(runs_command)[1]
    process.send_signal(signal.SIGKILL)
    process.wait()
    go_on.set()
    assert "its process was killed before the end" in call(runs_command)[1]
    [told] = [json.loads(line) for line in call(runs_command, "--json")[1].splitlines()]
    assert (told["state"], told["exit_code"], told["finished"]) == ("killed", None, None)


def test_runs_are_listed_newest_first_and_filtered(store: Store) -> None:
    assert "no run yet" in call(runs_command)[1]
    for number in range(4):
        put_run(store, number)
    put_run(store, 1, "ap", exit_code=3, verdict="2 articles, usually 30")
    lines = call(runs_command, "--portal", "vov", "--last", "3")[1].splitlines()
    assert [line.split()[0][-1] for line in lines[1:]] == ["3", "2", "1"]
    assert "3 min 00 s" in lines[1]
    [ap] = [line for line in call(runs_command)[1].splitlines() if line.startswith("ap-")]
    assert ap.split()[-5:] == ["2", "articles,", "usually", "30"][-4:] or "2 articles, usually 30" in ap


@pytest.mark.parametrize("prefix", ["vov-20260304T060000-ab0002", "vov-20260304", "ab0002"])
def test_a_run_is_found_by_the_beginning_of_its_id_or_of_the_last_part(store: Store, prefix: str) -> None:
    for number in range(4):
        put_run(store, number)
    assert json.loads(call(runs_command, prefix, "--json")[1])["id"] == "vov-20260304T060000-ab0002"


def test_an_id_that_names_no_run_or_several_gets_one_sentence(store: Store) -> None:
    put_run(store, 0)
    put_run(store, 1)
    assert call(runs_command, "vof") == (2, "no run 'vof': `storykin runs` lists them")
    assert "is a portal with several runs: `storykin runs --portal vov`" in call(runs_command, "vov")[1]
    assert "write more of it" in call(runs_command, "vov-2026")[1]
    assert "no run '.*'" in call(runs_command, ".*")[1]
    assert call(runs_command, "--accept")[0] == 2


def test_the_last_run_of_each_portal_as_metrics(store: Store, tmp_path: Path) -> None:
    put_run(store, 0)
    put_run(store, 1, exit_code=4)
    put_run(store, 2, finished=None, exit_code=None)
    put_run(store, 0, "ap")
    frontier.add(store, [FrontierEntry(portal="vov", url=f"https://vov.example/{n}") for n in range(3)])
    path = tmp_path / "all.prom"
    assert call(runs_command, "--prometheus", str(path)) == (0, "")
    text = path.read_text()
    assert 'storykin_run_exit_code{portal="vov"} 4.0' in text
    assert 'storykin_run_queue_length{portal="vov"} 3.0' in text
    assert 'storykin_run_exit_code{portal="ap"} 0.0' in text


def test_failures_are_listed_grouped_and_queued_again(store: Store) -> None:
    entries = [FrontierEntry(portal="vov", url=f"https://vov.example/{number}") for number in range(5)]
    frontier.add(store, entries)
    states = ("failed", "failed", "dead", "done", "queued")
    for entry, state in zip(entries, states, strict=True):
        stage, reason = ("judge", "no article") if state == "done" else ("fetch", f"took {len(state)}.5 s")
        failures.record(
            store, [Failure(id=entry.id, portal="vov", url=entry.url, stage=stage, reason=reason, attempts=5, run="r")]
        )
        store.db["frontier"].update_one({"_id": entry.id}, {"$set": {"state": state, "attempts": 5}})
    assert call(failures_command)[1].count("https://vov.example/") == 5
    [fetch, judge] = [json.loads(line) for line in call(failures_command, "--group", "--json")[1].splitlines()]
    assert (fetch["count"], fetch["reason"], fetch["attempts"]) == (4, "took N s", 5)
    assert judge["stage"] == "judge"
    rows = [
        json.loads(line) for line in call(failures_command, "--stage", "fetch", "--run", "r", "--json")[1].splitlines()
    ]
    assert len(rows) == 4
    assert all(row["at"] and row["attempts"] == 5 and row["stage"] and row["reason"] for row in rows)
    assert call(failures_command, "--retry")[1].startswith("vov: 3 of 4 queued again")
    assert frontier.counts(store, "vov") == {"queued": 4, "leased": 0, "done": 1, "failed": 0, "dead": 0}
    assert {
        row["attempts"] for row in store.db["frontier"].find({"state": "queued", "_id": {"$ne": entries[4].id}})
    } == {0}
    assert call(failures_command, "--stage", "judge", "--retry")[1].startswith("vov: 1 of 1 queued again")
    assert call(failures_command, "--portal", "ap") == (0, "no failures\n")
    assert call(failures_command, "--group", "--retry")[0] == 2
