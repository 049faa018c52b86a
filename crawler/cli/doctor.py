"""``storykin doctor``."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
from rich.text import Text

from crawler.cli._output import console
from crawler.cli._seeds_option import seeds_option
from crawler.ops import doctor
from crawler.ops.doctor import Finding, Folder
from crawler.portals.reader import load_seed, seed_names
from crawler.portals.seed import Seed, SeedError
from dedupe.printable import json_text
from storage.database.store import Store, masked
from storage.errors import StorageError

if TYPE_CHECKING:
    from crawler.onboarding.fetch_few import Fetch

_STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red", "skip": "dim"}
_HOSTS, _DNS_SECONDS = 5, 5.0
"""Host names asked for, and how long, before it is said that there is no network."""


@click.command("doctor", short_help="Check this installation, its database, seeds and portals; say what to do.")
@click.argument("portals", nargs=-1, metavar="[PORTAL]...")
@click.option("--offline", is_flag=True, help="Ask no portal for its robots.txt.")
@seeds_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(*, portals: tuple[str, ...], offline: bool, seeds_folder: Path | None, as_json: bool) -> int:
    """Check Python, packages, MongoDB, seeds, contact, clock, data folder, and the robots.txt of each portal.

    Each check is a line: ok, warn (a crawl works, but something may surprise you), fail (a crawl does not work) or
    skip, and what to do. PORTAL limits which portals are asked. Exit code 1 if a check failed, else 0. The embedded
    database is started if MONGODB_URI names no server.
    """
    findings: list[Finding] = []
    for finding in _findings(portals, seeds_folder, offline=offline):
        findings.append(finding)
        if as_json:
            click.echo(json_text(finding.to_json()))
        else:
            _show(finding)
    failed = sum(finding.state == "fail" for finding in findings)
    if not as_json:
        warned = sum(finding.state == "warn" for finding in findings)
        click.echo(f"{failed} failed, {warned} to look at" if failed or warned else "all is well", err=True)
    return doctor.exit_code(findings)


def _show(finding: Finding) -> None:
    out = console()
    line = Text.assemble((f"{finding.state:<4}  ", _STYLES[finding.state]), f"{finding.check}: {finding.says}")
    out.print(line, soft_wrap=True)
    if finding.remedy:
        out.print(Text(f"      → {finding.remedy}"), soft_wrap=True)


def _findings(portals: Iterable[str], seeds_folder: Path | None, *, offline: bool) -> Iterator[Finding]:
    yield doctor.check_python(sys.version_info[:3])
    yield from doctor.check_packages(metadata.requires("storykin") or (), _version_of)
    yield from doctor.check_namesake(_version_of("dedupe"))
    yield doctor.check_folder(_data_folder())
    yield from _database()
    contact = doctor.check_contact(os.environ.get("STORYKIN_CONTACT", ""))
    yield contact
    seeds, problems = _seeds(seeds_folder)
    yield from doctor.check_seeds(len(seeds), problems)
    asked = [seeds[name] for name in portals if name in seeds] if portals else list(seeds.values())
    for name in set(portals) - set(seeds) - set(problems):
        yield Finding(check=f"robots of {name}", state="fail", says="no such portal", remedy="`storykin portals list`")
    yield from _robots([seed for seed in asked if not seed.loopback], contact, offline=offline)


def _version_of(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _data_folder() -> Folder:
    from storage.embedded.client import data_folder

    path = data_folder()
    if not path.exists():
        return Folder(path=str(path), exists=False, writable=False)
    mode = path.stat().st_mode & 0o777
    return Folder(
        path=str(path),
        exists=True,
        writable=os.access(path, os.W_OK | os.X_OK),
        mode=mode,
        free_bytes=shutil.disk_usage(path).free,
    )


def _database() -> Iterator[Finding]:
    from storage.database.health import health

    try:
        with Store.open(prepare=False) as store:
            where = "the embedded server" if store.lease else masked(store.uri)
            yield Finding(check="mongodb", state="ok", says=f"{where} answers")
            with store.errors():
                facts = health(store)
            yield from doctor.check_server(facts)
    except StorageError as problem:
        # Its messages name the remedy.
        yield Finding(check="mongodb", state="fail", says="cannot be used", remedy=str(problem))


def _seeds(seeds_folder: Path | None) -> tuple[dict[str, Seed], dict[str, str]]:
    seeds, problems = {}, {}
    for name in seed_names(seeds_folder):
        try:
            seeds[name] = load_seed(name, seeds_folder)
        except SeedError as problem:
            problems[name] = str(problem)
    return seeds, problems


def _robots(seeds: list[Seed], contact: Finding, *, offline: bool) -> Iterator[Finding]:
    why = "--offline" if offline else "the contact must be set first" if contact.state != "ok" else ""
    if seeds and not why and not _any_resolves(urlsplit(seed.start_urls[0]).hostname or "" for seed in seeds):
        why = "no network: no portal's host name can be resolved"
    if why or not seeds:
        yield Finding(check="robots", state="skip", says=why or "no portal to ask")
        return
    # Scrapy and Twisted take most of a second to import.
    from crawler.onboarding.fetch_few import survey

    yield from survey([(seed, partial(_ask_robots, seed)) for seed in seeds], log_level="CRITICAL")


def _any_resolves(hosts: Iterable[str]) -> bool:
    """Say whether one of the first host names has an address; threads, because the system's resolver may hang."""
    found = threading.Event()

    def ask(host: str) -> None:
        with suppress(OSError):
            socket.getaddrinfo(host, 443)
            found.set()

    threads = [threading.Thread(target=ask, args=(host,), daemon=True) for host in list(hosts)[:_HOSTS]]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + _DNS_SECONDS
    while time.monotonic() < deadline and not found.wait(0.05) and any(thread.is_alive() for thread in threads):
        pass
    return found.is_set()


async def _ask_robots(seed: Seed, fetch: Fetch) -> Finding:
    from protego import Protego

    from crawler.onboarding.fetch_few import FetchError
    from crawler.settings import ROBOTSTXT_USER_AGENT

    start = urlsplit(seed.start_urls[0])
    try:
        page = await fetch(f"{start.scheme}://{start.netloc}/robots.txt")
    except FetchError as problem:
        reason = str(problem)
        if reason in ("HTTP 404", "HTTP 410"):
            return doctor.check_robots(seed.name, "", allowed=True, delay=None)
        if "forbidden" in reason:
            return doctor.check_robots(seed.name, "", allowed=False, delay=None)
        return doctor.check_robots(seed.name, reason, allowed=False, delay=None)
    rules = Protego.parse(page.body.decode("utf-8", "replace"))
    allowed = rules.can_fetch(seed.start_urls[0], ROBOTSTXT_USER_AGENT)
    return doctor.check_robots(seed.name, "", allowed=allowed, delay=rules.crawl_delay(ROBOTSTXT_USER_AGENT))
