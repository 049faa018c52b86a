"""The alert rules of docs/prometheus-alerts.yml: Prometheus' own tool checks them, and plays series against them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from crawler.outcome.metrics import write_metrics
from storage.frontier.runs import Run
from tests.support.requirements import missing

RULES = Path(__file__).resolve().parents[3] / "docs" / "prometheus-alerts.yml"
CASES = Path(__file__).with_name("prometheus-alerts.test.yml")


def promtool(*arguments: str, cwd: Path) -> str:
    if not shutil.which("promtool"):
        missing("promtool", "promtool is not installed (it comes with the package prometheus)")
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, cwd=cwd, check=False)
    return f"{done.returncode}\n{done.stdout}{done.stderr}"


def test_promtool_accepts_the_rules_and_each_alert_fires_when_it_should(tmp_path: Path) -> None:
    for file in (RULES, CASES):
        shutil.copy(file, tmp_path)
    checked = promtool("check", "rules", RULES.name, cwd=tmp_path)
    assert checked.startswith("0\n"), checked
    played = promtool("test", "rules", CASES.name, cwd=tmp_path)
    assert played.startswith("0\n"), played


def test_every_metric_of_a_rule_is_written_and_every_alert_is_played(tmp_path: Path) -> None:
    metrics = tmp_path / "metrics.prom"
    write_metrics(metrics, [Run(id="vov-1", portal="vov", exit_code=0)])
    written = set(re.findall(r"^# TYPE (\w+)", metrics.read_text(), re.MULTILINE))
    rules = RULES.read_text()
    assert set(re.findall(r"storykin_run_\w+", rules)) <= written
    assert set(re.findall(r"alert: (\w+)", rules)) == set(re.findall(r"alertname: (\w+)", CASES.read_text()))
