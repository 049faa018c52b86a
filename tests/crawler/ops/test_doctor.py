from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.ops import doctor
from crawler.ops.doctor import Finding, Folder
from storage.database.health import Health, health

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.conftest import Command, NewsSite

WELL = Health(
    version="6.0.27",
    database="news",
    replica_set="rs0",
    write_problem="",
    schema=doctor.SCHEMA_VERSION,
    missing_indexes=(),
    free_bytes=10**11,
    compresses=True,
    clock_seconds=0.1,
)


def worst(findings: list[Finding]) -> tuple[str, str, str]:
    order = ("fail", "warn", "skip", "ok")
    one = min(findings, key=lambda finding: order.index(finding.state))
    assert bool(one.remedy) == (one.state in ("fail", "warn"))
    return one.state, one.check, one.says


def test_a_server_that_is_well() -> None:
    assert {one.state for one in doctor.check_server(WELL)} == {"ok"}


@pytest.mark.parametrize("version", ["4.4.30", "7.0.28", "8.0.17", "8.3.0", "9.1", "8.2.3-rc0"])
def test_a_version_without_the_known_flaw_is_well(version: str) -> None:
    assert {one.state for one in doctor.check_server(replace(WELL, version=version))} == {"ok"}


@pytest.mark.parametrize(
    ("change", "state", "says"),
    [
        ({"version": "3.6.8"}, "fail", "version 3.6.8"),
        ({"version": "6.0.5"}, "warn", "before 6.0.27, compressed messages read its memory without log-in"),
        ({"version": "6.0.5", "compresses": False}, "warn", "it is safe here, for it takes none"),
        ({"version": "7.0.27-ent"}, "warn", "before 7.0.28"),
        ({"version": "6.3.2"}, "warn", "in this series"),
        ({"write_problem": "not authorized"}, "fail", "not authorized"),
        ({"replica_set": ""}, "warn", "no replica set"),
        ({"schema": 99}, "fail", "schema 99"),
        ({"schema": 0}, "fail", "schema 0"),
        ({"missing_indexes": ("articles.aliases",)}, "fail", "articles.aliases"),
        ({"free_bytes": 10**8}, "fail", "100.0 MB free"),
        ({"free_bytes": 2 * 10**9}, "warn", "2.0 GB free"),
        ({"clock_seconds": -5.0}, "warn", "5 s ahead of"),
        ({"clock_seconds": 500.0}, "fail", "500 s behind"),
    ],
)
def test_what_is_wrong_with_a_server_is_said_with_its_remedy(change: dict[str, object], state: str, says: str) -> None:
    facts = {name: getattr(WELL, name) for name in Health.__slots__} | change
    found = worst(list(doctor.check_server(Health(**facts))))
    assert found[0] == state
    assert says in found[2]


def test_packages_are_held_against_what_the_distribution_requires() -> None:
    requires = [
        "click>=8.1", "scrapy>=2.19", "absent>=1", 'win; sys_platform == "nowhere"', 'pyarrow>=17; extra == "parquet"',
        'numba; extra == "fast"',
    ]  # fmt: skip
    versions = {"click": "8.5.1", "scrapy": "2.11", "numba": "0.61"}
    packages, extras = doctor.check_packages(requires, versions.get)
    assert packages.state == "fail"
    assert packages.says == "scrapy 2.11 is installed, >=2.19 is needed; absent is not installed"
    assert extras.says == "installed: fast; not: parquet"
    packages, _ = doctor.check_packages(requires[:1], versions.get)
    assert packages.state == "ok"


def test_python_contact_folder_seeds_and_robots() -> None:
    assert doctor.check_python((3, 11, 2)).state == "ok"
    assert worst([doctor.check_python((3, 9, 1))])[0] == "fail"
    assert doctor.check_contact("ops@example.org").state == "ok"
    assert worst([doctor.check_contact("")])[0] == "warn"
    assert worst([doctor.check_contact("nobody")])[0] == "fail"
    assert worst([doctor.check_folder(Folder(path="/d", exists=True, writable=False))])[0] == "fail"
    assert worst([doctor.check_folder(Folder(path="/d", exists=True, writable=True, mode=0o777))])[0] == "warn"
    assert doctor.check_folder(Folder(path="/d", exists=True, writable=True, mode=0o750)).state == "ok"
    assert [one.state for one in doctor.check_seeds(3, {"vov": "vov.toml: no"})] == ["fail", "ok"]
    assert worst([doctor.check_robots("vov", "robots.txt answered 503", allowed=False, delay=None)])[0] == "warn"
    assert worst([doctor.check_robots("vov", "", allowed=False, delay=None)])[2] == "forbids the start page"
    assert doctor.check_robots("vov", "", allowed=True, delay=5.0).says == "allows the start page, 5 s apart"
    assert doctor.exit_code([Finding(check="a", state="warn", says="")]) == 0
    assert doctor.exit_code([Finding(check="a", state="fail", says="")]) == 1


def test_a_real_server_is_asked(store: Store) -> None:
    facts = health(store)
    assert facts.version.count(".") == 2
    assert not facts.compresses
    assert (facts.replica_set, facts.write_problem, facts.missing_indexes) == ("storykin", "", ())
    assert abs(facts.clock_seconds) < 30
    assert facts.free_bytes
    store.db["articles"].drop_index("aliases")
    store.db["runs"].drop()
    assert health(store).missing_indexes == ("articles.aliases", "runs.portal_started", "runs.started")
    store.db["meta"].delete_one({"_id": "schema"})
    assert health(store).schema is None


def test_the_command_asks_the_portals_and_says_what_fails(command: Command, site: NewsSite, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nCrawl-delay: 4\nDisallow: /x\n")
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "harbour.toml").write_text(
        f'title = "Harbour"\nstart_urls = ["{site.url}/"]\nallowed_domains = ["127.0.0.1"]\n'
    )
    arguments = ("doctor", "harbour", "--seeds", str(seeds), "--json")
    ended = command(*arguments, STORYKIN_CONTACT="ops@example.org")
    found = {row["check"]: row for row in map(json.loads, ended.out.splitlines())}
    assert ended.code == 0, ended.out
    assert found["robots of harbour"]["says"] == "allows the start page, 4 s apart"
    assert found["majority writes"]["state"] == found["python"]["state"] == found["packages"]["state"] == "ok"
    assert "/" not in site.asked
    (seeds / "quay.toml").write_text("title = 'Quay'\nstart_urls = 7\n")
    ended = command("doctor", "--seeds", str(seeds), "--offline", STORYKIN_CONTACT="nobody")
    assert ended.code == 1
    assert "quay.toml" in ended.out
    assert "skip  robots: --offline" in ended.out
    assert ended.err == f"2 failed, {'CVE' in found['mongodb']['says']:d} to look at\n"


def test_a_database_that_is_down_fails_with_its_remedy(command: Command) -> None:
    uri = "mongodb://ann:geheim@127.0.0.1:9/"
    ended = command("doctor", "--offline", MONGODB_URI=uri, STORYKIN_MONGODB_TIMEOUT="1")
    assert ended.code == 1
    assert "start it, or check the host and port in MONGODB_URI" in ended.out
    assert "geheim" not in ended.out + ended.err


def test_another_projects_package_named_as_ours_is_noticed() -> None:
    assert list(doctor.check_namesake(None)) == []
    state, check, says = worst(list(doctor.check_namesake("3.0.3")))
    assert (state, check) == ("fail", "packages")
    assert "dedupe 3.0.3 of another project" in says
