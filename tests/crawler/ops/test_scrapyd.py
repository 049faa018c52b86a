"""Deploying to a real Scrapyd: the egg carries the seeds, a job crawls into MongoDB."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.database.store import Store
from storage.frontier import runs
from tests.crawler.conftest import NewsSite
from tests.crawler.processes import PATIENCE, wait_for

CHECKOUT = Path(__file__).resolve().parents[3]
pytest.importorskip("scrapyd", reason="needs scrapyd of the extra dev")
pytest.importorskip("scrapyd_client", reason="needs scrapyd-client of the extra dev")


@pytest.fixture
def scrapyd(tmp_path: Path, store: Store) -> Iterator[str]:
    """A Scrapyd on loopback with a folder of its own; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path / "scrapyd"
    folder.mkdir()
    (folder / "scrapyd.conf").write_text(
        f"[scrapyd]\nbind_address = 127.0.0.1\nhttp_port = {port}\npoll_interval = 0.2\njobs_to_keep = 5\n"
    )
    # Without the checkout, which an editable install (a .pth file, skipped by -S) puts before every egg.
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    python.chmod(0o755)
    code = f"import sys; sys.executable = {str(python)!r}; from scrapyd.__main__ import main; main()"
    environment = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([python, "-c", code], cwd=folder, stdout=log, stderr=log, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(f"{url}/daemonstatus.json") or server.poll() is not None)
        assert server.poll() is None, (folder / "log").read_text()
        yield url
    finally:
        server.terminate()
        server.wait()


def answers(url: str) -> bool:
    try:
        call(url)
    except OSError:
        return False
    return True


def call(url: str, **form: str) -> dict[str, Any]:
    data = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(url, data=data, timeout=PATIENCE) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def test_a_deployed_project_crawls(scrapyd: str, site: NewsSite, store: Store, tmp_path: Path) -> None:
    site.stories(6)
    project = tmp_path / "project"
    project.mkdir()
    for name in ("crawler", "dedupe", "storage", "seeds"):
        shutil.copytree(CHECKOUT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "scrapy.cfg", "README.md", "LICENSE"):
        shutil.copy(CHECKOUT / name, project / name)
    # In the egg alone: what is installed here beside it does not know this portal.
    (project / "seeds" / "bay.toml").write_text(
        f'title = "Bay"\nstart_urls = ["{site.url}/"]\nallowed_domains = ["127.0.0.1"]\nloopback = true\n'
    )
    (project / "scrapy.cfg").write_text(
        (project / "scrapy.cfg").read_text().replace("http://localhost:6800/", f"{scrapyd}/")
    )
    deployed = subprocess.run(
        [Path(sys.executable).parent / "scrapyd-deploy"], cwd=project, capture_output=True, text=True, check=False
    )
    assert deployed.returncode == 0, deployed.stderr + deployed.stdout
    assert '"status": "ok"' in deployed.stdout

    spiders = call(f"{scrapyd}/listspiders.json?project=storykin")["spiders"]
    assert {"bay", "vov"} <= set(spiders)
    job = call(f"{scrapyd}/schedule.json", project="storykin", spider="bay", max_pages="50")["jobid"]
    listed = f"{scrapyd}/listjobs.json?project=storykin"
    wait_for(lambda: any(done["id"] == job for done in call(listed)["finished"]))
    log = (tmp_path / "scrapyd" / "logs" / "storykin" / "bay" / f"{job}.log").read_text()
    assert store.db["articles"].count_documents({"portal": "bay"}) == 6, log
    (run,) = runs.history(store, "bay")
    assert run.exit_code == 0, log
    assert "Traceback" not in log
