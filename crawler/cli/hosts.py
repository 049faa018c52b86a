"""``storykin hosts``."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import click
from rich.table import Table

from crawler.cli._output import console
from dedupe.errors import InputError
from dedupe.printable import json_text
from storage.database.store import Store
from storage.frontier import hosts, ledger, robots_rules
from storage.frontier.hosts import Host
from storage.frontier.ledger import HostDay
from storage.frontier.robots_rules import HostRules

_COLUMNS = ("host", "day (UTC)", "requests", "MB", "seconds", "429", "4xx", "5xx", "none", "rests")


@click.command("hosts", short_help="Show what was asked of each host and day, robots.txt and rests.")
@click.argument("host", required=False, metavar="[HOST]")
@click.option("--day", default="", metavar="YYYY-MM-DD", help="Only this day (UTC).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a host, one a line.")
def command(*, host: str | None, day: str, as_json: bool) -> None:
    """Show the ledger of each host and day: how much was asked. It can be shown to the owner of the portal.

    Requests include robots.txt, redirects and retries. "seconds" is the mean time that was kept free after a request.
    "none" counts requests without an answer. The counts of a crawl under way are up to 20 seconds old.
    """
    if day and not _is_day(day):
        raise InputError(f"--day {day!r} is no date such as 2026-03-14")
    wanted = (host or "").lower()
    with Store.open() as store:
        days = list(ledger.iterate(store, host=wanted, day=day))
        rules = list(robots_rules.iterate(store, wanted))
        known = {one.id: one for one in hosts.iterate(store, [wanted] if wanted else None)}
    if wanted and not days and not rules and wanted not in known:
        raise InputError(f"{wanted} was never asked for anything; `storykin hosts` lists the hosts that were")
    if as_json:
        for line in _objects(days, rules, known):
            click.echo(json_text(line))
    elif not days and not rules:
        click.echo("nothing was asked of any host" + (f" on {day}" if day else " yet"), err=True)
    else:
        _show(days, rules, known)


def _show(days: list[HostDay], rules: list[HostRules], known: dict[str, Host]) -> None:
    out = console()
    for agent in dict.fromkeys(one.agent for one in days if one.agent):
        out.print(f"asked as {agent}")
    table = Table(box=None, pad_edge=False, header_style="bold underline")
    for column in _COLUMNS:
        left, whole = column in _COLUMNS[:2], column != "host"
        table.add_column(column, justify="left" if left else "right", no_wrap=whole, overflow="fold")
    for one in days:
        table.add_row(*_row(one))
    out.print(table)
    for line in _states(rules, known):
        out.print(line)


def _row(one: HostDay) -> tuple[str, ...]:
    counts = [one.answers.get(name, 0) for name in ("429", "4xx", "5xx", "none")]
    return (
        one.host,
        one.day,
        f"{one.requests:,}",
        f"{one.bytes / 1e6:,.2f}",
        f"{one.delay / one.requests:.1f}" if one.requests else "-",
        *(str(number) for number in (*counts, one.rests)),
    )


def _states(rules: list[HostRules], known: dict[str, Host]) -> list[str]:
    lines = []
    for one in rules:
        read = f"{one.fetched:%Y-%m-%d %H:%M} UTC" if one.fetched else "never"
        lines.append(f"{one.origin}: {_rules_in_words(one)} (read {read})")
    resting = [host for host in known.values() if host.rest and host.rest > datetime.now(UTC)]
    return lines + [f"{one.id}: left alone until {one.rest:%Y-%m-%d %H:%M:%S} UTC ({one.why})" for one in resting]


def _rules_in_words(one: HostRules) -> str:
    if one.problem:
        return f"skipped, {one.problem}"
    found = "robots.txt obeyed" if 200 <= one.status < 300 else f"no robots.txt ({one.status})"
    return found + (f", Crawl-delay {one.crawl_delay:g} s" if one.crawl_delay else "")


def _objects(days: list[HostDay], rules: list[HostRules], known: dict[str, Host]) -> list[dict[str, Any]]:
    found: defaultdict[str, dict[str, Any]] = defaultdict(lambda: {"state": None, "robots": [], "days": []})
    for one in days:
        found[one.host]["days"].append({**one.to_json(), "errors": one.errors})
    for rule in rules:
        found[rule.host]["robots"].append(rule.to_json())
    for name, host in known.items():
        found[name]["state"] = host.to_json()
    return [{"host": name, **values} for name, values in sorted(found.items())]


def _is_day(text: str) -> bool:
    try:
        return f"{datetime.strptime(text, '%Y-%m-%d').replace(tzinfo=UTC):%Y-%m-%d}" == text
    except ValueError:
        return False
