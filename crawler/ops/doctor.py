"""Checks of an installation: facts in, findings with their remedies out. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from rich.filesize import decimal

from crawler.http.user_agent import require_contact
from dedupe.errors import InputError
from storage.records import SCHEMA_VERSION

if TYPE_CHECKING:
    from storage.database.health import Health

State = Literal["ok", "warn", "fail", "skip"]

PYTHON = (3, 11)
SERVER = (4, 4)
"""Oldest MongoDB whose aggregation and majority writes the store needs; 6.0 is what the tests run on."""
MENDED = {(4, 4): 30, (5, 0): 32, (6, 0): 27, (7, 0): 28, (8, 0): 17, (8, 2): 3}
"""First releases that do not answer a malformed compressed message with memory of theirs, before any log-in
(CVE-2025-14847). Series between these have it for ever, those behind never had it."""
LITTLE_DISK, NO_DISK = 5_000_000_000, 500_000_000
"""Free bytes: a day of a large portal takes about 1 GB with its raw pages; mongod itself stops at 500 MB."""
CLOCK_WARN, CLOCK_FAIL = 2.0, 30.0
"""Seconds. Leases and locks go by the server's clock alone; times in articles and logs by this machine's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    check: str
    state: State
    says: str
    remedy: str = ""
    """What to do; empty where there is nothing to do."""

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder as the system describes it."""

    path: str
    exists: bool
    writable: bool
    mode: int = 0
    """Permission bits."""
    free_bytes: int = 0


def check_python(version: tuple[int, int, int]) -> Finding:
    """Judge the interpreter."""
    name = ".".join(map(str, version))
    if version[:2] < PYTHON:
        needed = ".".join(map(str, PYTHON))
        return Finding(check="python", state="fail", says=name, remedy=f"install Python {needed} or newer")
    return Finding(check="python", state="ok", says=name)


def check_packages(requires: Iterable[str], version_of: Callable[[str], str | None]) -> Iterator[Finding]:
    """Judge what is installed against what storykin requires; extras are optional.

    :param requires: requirement specifiers of the distribution
    :param version_of: the installed version of a package, ``None`` where it is absent
    """
    wrong: list[str] = []
    right, extras = 0, dict[str, list[str]]()
    for requirement in map(Requirement, requires):
        extra = next((name for name in _extras(requirement)), "")
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        problem = _package_problem(requirement, version_of(canonicalize_name(requirement.name)))
        if extra:
            extras.setdefault(extra, []).extend([problem] if problem else [])
        elif problem:
            wrong.append(problem)
        else:
            right += 1
    if wrong:
        remedy = "pip install --upgrade storykin, in the environment that this command runs from"
        yield Finding(check="packages", state="fail", says="; ".join(wrong), remedy=remedy)
    else:
        yield Finding(check="packages", state="ok", says=f"{right} installed, in the versions needed")
    there = sorted(name for name, problems in extras.items() if not problems)
    absent = sorted(name for name, problems in extras.items() if problems and name not in ("dev", "bench"))
    words = [f"installed: {', '.join(there) or 'none'}", *([f"not: {', '.join(absent)}"] if absent else [])]
    yield Finding(check="extras", state="ok", says="; ".join(words))


def check_namesake(version: str | None) -> Iterator[Finding]:
    """Judge the distribution ``dedupe`` of another project, whose package has the name of one of ours.

    :param version: the installed one, ``None`` where it is absent
    """
    if version is not None:
        says = f"the distribution dedupe {version} of another project is installed; its package has the name of ours"
        remedy = (
            "pip uninstall dedupe, then pip install --force-reinstall --no-deps storykin; give it another environment"
        )
        yield Finding(check="packages", state="fail", says=says, remedy=remedy)


def check_contact(contact: str) -> Finding:
    """Judge ``STORYKIN_CONTACT``."""
    try:
        require_contact(contact)
    except InputError as problem:
        state: State = "fail" if contact else "warn"
        return Finding(check="contact", state=state, says=contact or "STORYKIN_CONTACT is not set", remedy=str(problem))
    return Finding(check="contact", state="ok", says=contact)


def check_seeds(good: int, problems: Mapping[str, str]) -> Iterator[Finding]:
    """Judge the seed files: the number of *good* ones, and the *problems* of others by name."""
    for name, problem in problems.items():
        remedy = f"repair the file, then `storykin portals check {name}`"
        yield Finding(check="seeds", state="fail", says=problem, remedy=remedy)
    if good or not problems:
        yield Finding(check="seeds", state="ok", says=f"{good} portals can be used")


def check_server(health: Health) -> Iterator[Finding]:
    """Judge the database server: version, replica set, majority writes, schema, indexes, disk, clock."""
    yield _version(health)
    yield _writes(health)
    yield _schema(health)
    if health.free_bytes is not None:
        yield check_disk("disk of mongodb", health.free_bytes)
    yield check_clock(health.clock_seconds)


def _version(health: Health) -> Finding:
    major, minor, patch = (int(number) for number in re.findall(r"\d+", f"{health.version}.0.0")[:3])
    says, mended = f"version {health.version}", MENDED.get((major, minor))
    if (major, minor) < SERVER:
        remedy = f"upgrade the server to MongoDB {'.'.join(map(str, SERVER))} or newer"
        return Finding(check="mongodb", state="fail", says=says, remedy=remedy)
    if (major, minor) > max(MENDED) or (mended is not None and patch >= mended):
        return Finding(check="mongodb", state="ok", says=says)
    since = f"before {major}.{minor}.{mended}" if mended else "in this series"
    flaw = f"{says}: {since}, compressed messages read its memory without log-in (CVE-2025-14847)"
    if health.compresses:
        remedy = "upgrade it, or start it with --networkMessageCompressors disabled"
    else:
        flaw += "; it is safe here, for it takes none"
        remedy = "leave compression disabled; a newer mongod on the PATH takes the place of the embedded one"
    return Finding(check="mongodb", state="warn", says=flaw, remedy=remedy)


def check_disk(name: str, free: int) -> Finding:
    """Judge the room left on a disk."""
    says = f"{decimal(free)} free"
    if free < NO_DISK:
        return Finding(check=name, state="fail", says=says, remedy="free some space: writes fail when it is full")
    if free < LITTLE_DISK:
        remedy = "free some space, or prune old pages with `storykin db prune`"
        return Finding(check=name, state="warn", says=says, remedy=remedy)
    return Finding(check=name, state="ok", says=says)


def check_clock(seconds: float) -> Finding:
    """Judge how far the database's clock is ahead of this machine's."""
    far = abs(seconds)
    if far < CLOCK_WARN:
        return Finding(check="clock", state="ok", says=f"{far:.1f} s from the database's")
    says = f"{far:.0f} s {'behind' if seconds > 0 else 'ahead of'} the database's"
    remedy = "let NTP set both clocks: times of articles and logs are this machine's, leases the database's"
    return Finding(check="clock", state="fail" if far >= CLOCK_FAIL else "warn", says=says, remedy=remedy)


def check_folder(folder: Folder) -> Finding:
    """Judge the data folder, where the embedded database and its password are."""
    if not folder.exists:
        return Finding(check="data folder", state="ok", says=f"{folder.path} is made when it is needed")
    if not folder.writable:
        remedy = "give it to this user, or set STORYKIN_DATA to another folder"
        return Finding(check="data folder", state="fail", says=f"{folder.path} cannot be written", remedy=remedy)
    if folder.mode & 0o022:
        says, remedy = f"{folder.path} can be written by other users", f"chmod go-w '{folder.path}'"
        return Finding(check="data folder", state="warn", says=says, remedy=remedy)
    return Finding(check="data folder", state="ok", says=folder.path)


def check_robots(portal: str, problem: str, allowed: bool, delay: float | None) -> Finding:
    """Judge what a portal's robots.txt says.

    :param problem: why it could not be read; empty if it was, or if there is none
    :param delay: seconds between requests that it asks for
    """
    check = f"robots of {portal}"
    if problem:
        remedy = (
            "the portal is not crawled until its robots.txt can be read: try again later, ask its owner if it stays so"
        )
        return Finding(check=check, state="warn", says=problem, remedy=remedy)
    if not allowed:
        remedy = "it will not be crawled; ask the portal's owner for permission, or take the portal out of the schedule"
        return Finding(check=check, state="warn", says="forbids the start page", remedy=remedy)
    return Finding(check=check, state="ok", says="allows the start page" + (f", {delay:g} s apart" if delay else ""))


def exit_code(findings: Iterable[Finding]) -> int:
    """Return 1 if anything failed, else 0."""
    return int(any(finding.state == "fail" for finding in findings))


def _writes(health: Health) -> Finding:
    check = "majority writes"
    if health.write_problem:
        remedy = "check the members of the replica set, and that storykin's user has readWrite"
        return Finding(check=check, state="fail", says=health.write_problem, remedy=remedy)
    if not health.replica_set:
        remedy = (
            "make it a replica set (of one, if need be): a lone server loses acknowledged writes when its disk dies"
        )
        return Finding(check=check, state="warn", says="confirmed, but the server is no replica set", remedy=remedy)
    return Finding(check=check, state="ok", says=f"confirmed by the replica set {health.replica_set}")


def _schema(health: Health) -> Finding:
    check = f"database {health.database}"
    if health.schema is None:
        return Finding(check=check, state="ok", says="empty; the first command makes its indexes")
    if health.schema != SCHEMA_VERSION:
        what = "upgrade storykin" if health.schema > SCHEMA_VERSION else "run `storykin db migrate`"
        says = f"schema {health.schema}, this storykin writes {SCHEMA_VERSION}"
        return Finding(check=check, state="fail", says=says, remedy=what)
    if health.missing_indexes:
        says = f"{len(health.missing_indexes)} indexes are missing: {', '.join(health.missing_indexes[:5])}"
        remedy = "`storykin db migrate` makes them again"
        return Finding(check=check, state="fail", says=says, remedy=remedy)
    return Finding(check=check, state="ok", says=f"schema {health.schema}, all indexes")


def _package_problem(requirement: Requirement, version: str | None) -> str:
    if version is None:
        return f"{requirement.name} is not installed"
    if not requirement.specifier.contains(Version(version), prereleases=True):
        return f"{requirement.name} {version} is installed, {requirement.specifier} is needed"
    return ""


def _extras(requirement: Requirement) -> Iterator[str]:
    """Yield the extra that a requirement belongs to: the one with which alone its marker holds."""
    marker = str(requirement.marker or "")
    if "extra ==" in marker:
        yield marker.rpartition("extra ==")[2].strip(" ()'\"")
