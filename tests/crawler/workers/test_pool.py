"""Worker processes: their limits, their end, and what they load. Real processes that hang, bloat and crash."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.article.page.decode import ExtractError
from crawler.article.page.page import Page
from crawler.portals.seed import GENERIC, Seed
from crawler.workers.batch import extract_pages
from crawler.workers.pool import PickledOnce, WorkerFailureError, WorkerPool, limits_of, started_pool
from crawler.workers.process import Limits
from crawler.workers.tasks import dissect_page, extract_page
from dedupe.errors import InputError
from tests.crawler.pool_tasks import (
    answer_dies,
    answer_unpicklable,
    bloat,
    crash,
    crash_once,
    grow,
    hang,
    hang_in_c,
    identity,
    keep,
    leave,
    pid_after,
    refuse,
)
from tests.crawler.processes import PATIENCE, alive, hold_until_its_alarm, session, wait_for, works
from tests.support.leak_pages import pages

TASKS = ("tests.crawler.pool_tasks",)
LIMITS = Limits(seconds=PATIENCE, megabytes=300)
HASTY = Limits(seconds=5.0)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(2, LIMITS, preload=TASKS) as opened:
        yield opened


@pytest.fixture(scope="module")
def hasty_pool() -> Iterator[WorkerPool]:
    with WorkerPool(2, HASTY, preload=TASKS) as opened:
        yield opened


@pytest.mark.parametrize("task", [hang, hang_in_c])
def test_what_takes_too_long_costs_that_page_only(hasty_pool: WorkerPool, task: Callable[[], None]) -> None:
    before = [hasty_pool.submit(pid_after, 0) for _ in range(3)]
    bad = hasty_pool.submit(task)
    after = [hasty_pool.submit(pid_after, 0) for _ in range(4)]
    with pytest.raises(WorkerFailureError, match="extraction took longer than 5 s: stopped"):
        bad.result(PATIENCE)
    assert all(future.result(PATIENCE) for future in before + after)


@pytest.mark.parametrize(
    ("task", "arguments", "reason"),
    [
        (bloat, (), "extraction needed more than 300 MB: stopped"),
        (grow, (), "extraction needed more than 300 MB: stopped"),
        (crash, (signal.SIGSEGV,), "the extraction process died (signal 11)"),
        (crash, (signal.SIGKILL,), "the extraction process died (signal 9)"),
        (leave, (3,), "the extraction process died (exit code 3)"),
        (leave, (0,), "the extraction process died (exit code 0)"),
        (answer_dies, (), "the extraction process died (signal 9)"),
    ],
)
def test_what_a_page_does_to_its_worker_costs_that_page_only(
    pool: WorkerPool, task: Callable[..., object], arguments: tuple[object, ...], reason: str
) -> None:
    before = [pool.submit(pid_after, 0.05) for _ in range(3)]
    bad = pool.submit(task, *arguments)
    after = [pool.submit(pid_after, 0.05) for _ in range(4)]
    with pytest.raises(WorkerFailureError, match=re.escape(reason)):
        bad.result(PATIENCE)
    assert all(future.result(PATIENCE) for future in before + after)


def test_a_worker_that_is_killed_at_work_costs_no_page(pool: WorkerPool, tmp_path: Path) -> None:
    assert pool.submit(crash_once, str(tmp_path / "killed")).result(PATIENCE) == "done"


def test_a_worker_that_is_killed_while_it_waits_costs_no_page() -> None:
    with WorkerPool(1, LIMITS, preload=TASKS) as pool:
        first = pool.submit(pid_after, 0).result(PATIENCE)
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: not alive(first))
        assert pool.submit(pid_after, 0).result(PATIENCE) != first


def test_a_task_raises_its_own_error(pool: WorkerPool) -> None:
    with pytest.raises(ExtractError, match="a PDF document") as raised:
        pool.submit(refuse, "a PDF document, not an HTML page").result(PATIENCE)
    assert "in refuse" in raised.value.__notes__[0]  # where it happened
    with pytest.raises(RuntimeError, match="an answer that cannot be sent"):
        pool.submit(answer_unpicklable).result(PATIENCE)


def test_a_worker_lives_for_so_many_tasks() -> None:
    with WorkerPool(1, Limits(tasks=3), preload=TASKS) as pool:
        pids = [pool.submit(pid_after, 0).result(PATIENCE) for _ in range(7)]
    assert [len(set(pids[first : first + 3])) for first in (0, 3, 6)] == [1, 1, 1]
    assert len(set(pids)) == 3


def test_a_worker_that_keeps_too_much_memory_is_replaced() -> None:
    with WorkerPool(1, Limits(kept_megabytes=40), preload=TASKS) as pool:
        pids = [pool.submit(keep, 25).result(PATIENCE) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_closing_stops_what_is_under_way_and_what_waits() -> None:
    with WorkerPool(1, Limits(seconds=600), preload=TASKS) as pool:
        pid = pool.submit(pid_after, 0).result(PATIENCE)
        under_way, waiting = pool.submit(hang), pool.submit(hang)
        wait_for(under_way.running)
    assert not alive(pid)
    assert waiting.cancelled()
    assert isinstance(under_way.exception(0), WorkerFailureError)


def test_a_value_is_sent_whole_and_is_one_object_in_each_worker() -> None:
    seed = Seed(name="bao", promo_lines=("theo dõi chúng tôi.*",))
    with WorkerPool(1, LIMITS, preload=TASKS) as pool:
        once = PickledOnce(seed)
        assert len({pool.submit(identity, once).result(PATIENCE) for _ in range(3)}) == 1
    page = pages(1, vary=False)[0][0]
    with WorkerPool(1) as pool:
        found = pool.submit(dissect_page, page, PickledOnce(seed)).result(PATIENCE)
    assert found == dissect_page(page, seed)
    assert found.article is not None
    assert found.article.portal == "bao"


def test_workers_load_neither_scrapy_nor_pymongo() -> None:
    """Nor what the caller has loaded, nor its main script."""
    script = """
        import scrapy, pymongo, sys
        from crawler.article.page.page import Page
        from crawler.workers.pool import WorkerPool
        from crawler.workers.tasks import extract_page
        from tests.crawler.pool_tasks import loaded
        with WorkerPool(1) as pool:
            print(pool.submit(extract_page, Page(url="https://a.example/b", body=b"<p>Text</p>")).result().quality)
            names = pool.submit(loaded).result()
            print({"scrapy", "pymongo", "bson", "twisted"} & names, "trafilatura" in names)
    """
    assert python(script) == ["('thin', 'not an article')", "set() True"]


def test_the_parent_of_workers_loads_no_extraction() -> None:
    heavy = """
        import sys
        import crawler.workers.pool, crawler.workers.process, crawler.workers.tasks, crawler.workers.batch
        import crawler.article.page.anatomy
        print({"scrapy", "pymongo", "twisted", "trafilatura", "crawler.article.dissect"} & set(sys.modules))
    """
    assert python(heavy) == ["set()"]


def test_a_script_without_a_guard_is_not_started_over_in_workers(tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text(
        "from crawler.workers.batch import extract_pages\nfrom crawler.article.page.page import Page\n"
        "pages = [Page(url=f'https://a.example/{n}', body=b'<p>Text</p>') for n in range(3)]\n"
        "print('once', [article.url[-1] for article in extract_pages(pages, workers=2)])\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stdout == "once ['0', '1', '2']\n"
    assert done.stderr == ""


PARENT = """
    import os, sys, time
    from crawler.workers.pool import WorkerPool
    from crawler.workers.process import Limits
    from tests.crawler.pool_tasks import hang_in_c, pid_after
    if __name__ == "__main__":
        pool = WorkerPool(2, Limits(seconds=8), preload=("tests.crawler.pool_tasks",))
        busy, idle = pool.submit(pid_after, .3), pool.submit(pid_after, .3)
        print(busy.result(), idle.result(), flush=True)
        pool.submit(hang_in_c)
        time.sleep(600)
"""


def test_no_worker_outlives_a_parent_that_is_killed(tmp_path: Path) -> None:
    """Neither the one that waits nor the one that hangs in C code, which hears of nothing."""
    out = tmp_path / "pids"
    with out.open("wb") as stream:
        parent = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(PARENT)], stdout=stream, cwd=ROOT, start_new_session=True
        )
    wait_for(lambda: out.read_text().count("\n") == 1)
    workers = [int(pid) for pid in out.read_text().split()]
    assert all(map(alive, workers))
    wait_for(lambda: any(works(pid) for pid in workers))
    (hanging,) = (pid for pid in workers if works(pid))
    parent.kill()
    parent.wait()
    hold_until_its_alarm(hanging)
    wait_for(lambda: not any(map(alive, workers)))
    wait_for(lambda: session(parent.pid) == [])


def test_signals_to_the_whole_group_leave_workers_at_work(tmp_path: Path) -> None:
    """Ctrl-C in a terminal and a service manager's SIGTERM: the parent decides when work ends. No traceback."""
    script = """
        import signal, sys
        from crawler.workers.pool import WorkerPool
        from tests.crawler.pool_tasks import pid_after, pid_when
        if __name__ == "__main__":
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: print("heard", flush=True))
            with WorkerPool(1, preload=("tests.crawler.pool_tasks",)) as pool:
                first = pool.submit(pid_after, 0).result()
                under_way = pool.submit(pid_when, sys.argv[1])
                print("ready", flush=True)
                print(under_way.result() == first == pool.submit(pid_after, 0).result(), flush=True)
    """
    out, err, heard = tmp_path / "out", tmp_path / "err", tmp_path / "heard"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        parent = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script), str(heard)],
            stdout=stdout,
            stderr=stderr,
            cwd=ROOT,
            start_new_session=True,
        )
    wait_for(lambda: out.read_text() == "ready\n")
    os.killpg(parent.pid, signal.SIGINT)
    wait_for(lambda: out.read_text() == "ready\nheard\n")
    os.killpg(parent.pid, signal.SIGTERM)
    wait_for(lambda: out.read_text() == "ready\nheard\nheard\n")
    heard.touch()
    assert parent.wait(PATIENCE) == 0
    assert out.read_text().split() == ["ready", "heard", "heard", "True"]
    assert err.read_text() == ""


def test_workers_import_what_their_parent_imports_also_from_an_egg(tmp_path: Path) -> None:
    """Not another `crawler` in the current folder, nor one in PYTHONPATH: Scrapyd puts its egg before both."""
    egg, here = tmp_path / "project.egg", tmp_path / "here"
    with zipfile.ZipFile(egg, "w") as archive:
        for package in ("crawler", "dedupe", "storage"):
            for file in (ROOT / package).rglob("*.py"):
                archive.write(file, file.relative_to(ROOT))
    for folder in (here, tmp_path / "installed"):
        (folder / "crawler").mkdir(parents=True)
        (folder / "crawler" / "__init__.py").write_text("")
    script = """
        import sys
        sys.path.insert(0, sys.argv[1])
        from crawler.workers.pool import WorkerPool
        if __name__ == "__main__":
            with WorkerPool(1, preload=("crawler.workers.process",)) as pool:
                print(pool.submit(eval, "__import__('crawler').__file__").result())
    """
    (tmp_path / "job.py").write_text(textwrap.dedent(script))
    parent = subprocess.run(
        [sys.executable, "-S", tmp_path / "job.py", egg],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (parent.stdout.strip(), parent.stderr) == (str(egg / "crawler" / "__init__.py"), "")


def endless_page() -> Page:
    """A page of 60,000 paragraphs, which takes extraction much longer than the limit."""
    body = "".join(f"<p>Đoạn {n}: con đò số {n} cập bến lúc trời còn tối, chở {n} người.</p>" for n in range(60_000))
    return Page(url="https://bao.example/endless-100001.html", body=f"<article>{body}</article>".encode())


def test_a_page_that_takes_too_long_costs_its_own_line_in_a_batch() -> None:
    good = [page for page, _, _ in pages(9, vary=False)]
    source = [*good[:4], endless_page(), *good[4:]]
    found = list(extract_pages(source, workers=2, limits=Limits(seconds=8)))
    assert [article.url for article in found] == [page.url for page in source]
    assert found[4].quality == ("failed: extraction took longer than 8 s: stopped",)
    assert [article.text for article in found[:4] + found[5:]] == [extract_page(page, GENERIC).text for page in good]


def test_a_page_that_needs_too_much_memory_costs_its_own_line_in_a_batch() -> None:
    good = [page for page, _, _ in pages(3, vary=False)]
    source = [good[0], endless_page(), *good[1:]]
    found = list(extract_pages(source, workers=1, limits=Limits(seconds=PATIENCE, megabytes=60)))
    assert found[1].quality == ("failed: extraction needed more than 60 MB: stopped",)
    assert all(article.text for article in (found[0], *found[2:]))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STORYKIN_WORKERS", "-1"),
        ("STORYKIN_WORKERS", "two"),
        ("STORYKIN_PAGE_SECONDS", "0"),
        ("STORYKIN_PAGE_MEGABYTES", "1.5"),
    ],
)
def test_a_setting_that_is_no_number_gets_one_sentence(name: str, value: str) -> None:
    with pytest.raises(InputError, match=f"{name}='{value}': write a (whole )?number"):
        started_pool({name: value})


def test_settings_make_the_pool() -> None:
    assert started_pool({"STORYKIN_WORKERS": "0"}) is None
    assert limits_of({"STORYKIN_PAGE_SECONDS": "", "STORYKIN_PAGE_MEGABYTES": "700"}) == Limits(megabytes=700)


def python(script: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
        cwd=ROOT,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_an_operators_hard_limit_of_memory_is_kept_and_pages_are_read(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("<html><h1>Ferry</h1>" + "<p>The ferry sails at nine and comes back at ten.</p>" * 9)
    command = f"ulimit -v 4000000; exec {sys.executable} -m crawler.cli extract --workers 1 {page}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, "0 failed" in done.stderr) == (0, True)
