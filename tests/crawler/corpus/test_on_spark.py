"""``storykin corpus`` on a cluster of two workers: the rows of one machine, also where executors and drivers die."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.requirements import missing

pytest.importorskip("duckdb", reason="needs the extra corpus")
if shutil.which("java") is None:
    missing("spark", "needs Java (Debian: apt-get install default-jre-headless)")
if find_spec("pyspark") is None:
    missing("spark", "needs the extra: pip install 'storykin[spark]', or make test where Java is on the PATH")

from crawler.cli.main import run
from tests.crawler.corpus.archives import archives, table, tables
from tests.crawler.processes import wait_for
from tests.support.spark_cluster import Cluster, cluster

# Each of its hundreds of small stages waits for a busy machine.
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("spark")) as found:
        yield found


def test_the_rows_are_those_of_one_machine_whoever_dies(started: Cluster, tmp_path: Path) -> None:
    warcs, output = tmp_path / "warcs", tmp_path / "spark"
    archives(warcs, 24)
    assert run(["corpus", str(warcs), "-o", str(tmp_path / "one"), "--split", "8", "--workers", "1"]) == 0
    relations = {row["relation"] for row in table(tmp_path / "one" / "clusters")}
    assert {"exact", "near", "version"} <= relations
    arguments = (str(warcs), "-o", str(output), "--split", "8")

    driver = started.submit(*arguments, executors=1)
    wait_for(lambda: any((output / "articles").glob("part-*")) or driver.poll() is not None, started.said)
    os.killpg(driver.pid, signal.SIGKILL)
    driver.wait()
    done = {path: path.stat().st_mtime_ns for path in (output / "articles").glob("part-*")}
    assert 0 < len(done) < 6

    driver = started.submit(*arguments)
    wait_for(lambda: len(list((output / "articles").glob("part-*"))) > len(done) or driver.poll() is not None)
    _kill_an_executor(started)
    checkpoints = output / ".work" / "checkpoints"
    wait_for(lambda: any(checkpoints.glob("*/rdd-*")) or driver.poll() is not None, started.said)
    _kill_an_executor(started)
    assert driver.wait() == 0, started.said()
    assert tables(output) == tables(tmp_path / "one")
    assert {path: path.stat().st_mtime_ns for path in done} == done
    lost = (started.folder / "driver.log").read_text("utf-8").count("Lost executor")
    assert lost >= 2


def _kill_an_executor(started: Cluster) -> None:
    wait_for(started.executors, started.said)
    os.kill(started.executors()[0], signal.SIGKILL)
