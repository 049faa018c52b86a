"""No crawled link or redirect reaches this machine or a private network."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.http.network_guard import is_public
from crawler.urls.hosts import host_and_port, is_loopback_url
from storage.frontier import failures

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.conftest import Command, NewsSite

INSIDE = ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
          "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
          "240.0.0.0/4", "::/128", "::1/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "::/96",
          "::ffff:0:0:0/96", "2001:db8::/32")  # fmt: skip


def _of(block: str) -> st.SearchStrategy[str]:
    network = ip_network(block)
    first, last = int(network.network_address), int(network.broadcast_address)
    kind = type(network.network_address)
    return st.integers(first, last).map(lambda number: str(kind(number)))


@given(st.sampled_from(INSIDE).flatmap(_of))
def test_no_private_address_is_public(address: str) -> None:
    assert not is_public(address)


@given(st.sampled_from([block for block in INSIDE if "." in block]).flatmap(_of))
def test_a_private_address_stays_private_inside_an_ipv6_address(address: str) -> None:
    number = int(IPv4Address(address))
    wrapped = {
        "mapped": (0xFFFF << 32) + number,
        "6to4": (0x2002 << 112) + (number << 80) + 1,
        "NAT64": (0x64FF9B << 96) + number,
        "teredo": (0x20010000 << 96) + (number ^ 0xFFFFFFFF),
    }
    for outer in wrapped.values():
        assert not is_public(str(ip_address(outer)))


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:93.184.216.34"])
def test_public_addresses_pass(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:80/", True),
        ("http://127.9.9.9/", True),
        ("http://[::1]:8080/", True),
        ("http://localhost/", True),
        ("http://news.localhost./", True),
        ("http://localhost.example.org/", False),
        ("http://10.0.0.1/", False),
        ("http://example.org/", False),
    ],
)
def test_loopback_is_what_is_written_as_loopback(url: str, local: bool) -> None:
    assert is_loopback_url(url) is local


def test_the_port_of_an_address_is_its_schemes_where_none_is_given() -> None:
    assert host_and_port("https://Example.org/a") == ("example.org", 443)
    assert host_and_port("http://[::1]:81/a") == ("::1", 81)


def test_links_and_redirects_to_this_machine_are_refused_and_recorded(
    command: Command, site: NewsSite, other_site: NewsSite, store: Store, tmp_path: Path
) -> None:
    other_site.stories(3)
    secret = other_site.port
    spellings = ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0"]
    links = [f"http://{host}:{secret}{site.story_path(number)}" for number, host in enumerate(spellings, 10)]
    moved = [f"/news/moved/the-harbour-story-that-moved-{number}.html" for number in range(300000, 300002)]
    site.redirect(moved[0], links[0])
    site.redirect(moved[1], f"http://localhost:{secret}/")
    site.story(1)
    site.front(site.story_path(1), *moved, *links)
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    domains = ", ".join(f'"{host}"' for host in spellings)
    (seeds / "harbour.toml").write_text(
        f'title = "Harbour"\nstart_urls = ["{site.url}/"]\nallowed_domains = [{domains}]\nloopback = true\n'
    )
    ended = command("crawl", "harbour", "--seeds", str(seeds))
    assert ended.code == 0, ended.err
    assert other_site.asked == []
    reasons = [one.reason for one in failures.iterate(store)]
    assert len(reasons) == len(links) + len(moved)
    assert all("inside this machine or a private network" in reason or "off the portal" in reason for reason in reasons)


def test_named_hosts_may_be_let_through(command: Command, site: NewsSite, other_site: NewsSite, store: Store) -> None:
    story = other_site.url + other_site.story(7)
    site.front(site.story(1), story)
    command("crawl", site.url, "--allow-host", f"127.0.0.1:{other_site.port}")
    assert other_site.asked_for(other_site.story_path(7)) == 1


@pytest.mark.parametrize(
    "setting",
    [
        "DOWNLOAD_HANDLERS={}",
        'DOWNLOAD_HANDLERS={"http": "scrapy.core.downloader.handlers._aiohttp.AiohttpDownloadHandler"}',
        "TWISTED_DNS_RESOLVER=scrapy.resolver.CachingThreadedResolver",
    ],
)
def test_a_crawl_that_would_get_around_the_guard_does_not_start(
    command: Command, site: NewsSite, tmp_path: Path, setting: str
) -> None:
    site.stories(3)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "harbour.toml").write_text(
        f'title = "Harbour"\nstart_urls = ["{site.url}/"]\nallowed_domains = ["127.0.0.1"]\nloopback = true\n'
    )
    seeds = {"STORYKIN_SEEDS": str(tmp_path / "seeds")}
    ended = command("crawl", "harbour", "-s", setting, program="scrapy", **seeds)
    assert ended.code == 2
    assert "reach private addresses" in ended.err
    assert site.asked == []
