"""No crawled link or redirect reaches this machine or a private network (SSRF).

The check stands where the connection is made: Twisted asks the resolver below for every connect, IP literals
too, and connects to exactly the addresses it lets through, so there is no gap for DNS rebinding. It holds with
Scrapy's ``http11`` handler only, on which :mod:`crawler.http.limits` builds; :func:`require_guarded` refuses
to crawl with another.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IResolutionReceiver
from zope.interface import implementer

from dedupe.errors import InputError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.internet.base import ReactorBase
    from twisted.internet.interfaces import IAddress, IHostResolution

GUARDED_HANDLER = "crawler.http.limits.BoundedDownloadHandler"
RESOLVER = "crawler.http.network_guard.GuardedResolver"
REPLAY_HANDLER = "crawler.warc.replay.ReplayDownloadHandler"

# Address blocks that ``ipaddress`` calls global and that still lead inside (IANA special-purpose registries).
_INSIDE = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24")))
_UNICAST = ip_network("2000::/3")  # all of IPv6 that is handed out (RFC 4291, 2.4); ::127.0.0.1 is outside
_NAT64 = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48")))  # RFC 6052, RFC 8215


INSIDE = "inside this machine or a private network"
"""How a refusal ends in words."""


class RefusedAddressError(IgnoreRequest):
    """A request was not sent because its host is inside this machine or a private network."""


def is_public(address: str) -> bool:
    """Say whether an IP address is out in the Internet; addresses that embed an IPv4 address are unpacked.

    >>> [is_public(a) for a in ("93.184.216.34", "10.1.2.3", "::ffff:127.0.0.1", "2002:7f00:1::", "fe80::1%eth0")]
    [True, False, False, False, False]
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = _embedded(found)
        if inner is not None:
            return is_public(str(inner))
        if found not in _UNICAST:
            return False
    inside = any(found in block for block in _INSIDE if block.version == found.version)
    return found.is_global and not found.is_multicast and not inside


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if any(address in block for block in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


@implementer(IResolutionReceiver)
class _Filter:
    """Passes on public addresses and remembers the host of a refused one."""

    def __init__(self, receiver: Any, refused: dict[str, str], host: str) -> None:
        self._receiver = receiver
        self._refused = refused
        self._host = host

    def resolutionBegan(self, resolution: IHostResolution) -> None:
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:
        if is_public(address.host):
            self._receiver.addressResolved(address)
        else:
            self._refused[self._host] = address.host

    def resolutionComplete(self) -> None:
        self._receiver.resolutionComplete()


class GuardedResolver(CachingHostnameResolver):
    """Scrapy's resolver behind the guard; set as ``TWISTED_DNS_RESOLVER``, one per process.

    ``refused`` maps a host to the private address it was refused for.
    """

    def __init__(self, reactor: ReactorBase, cache_size: int) -> None:
        super().__init__(reactor, cache_size)
        self.refused: dict[str, str] = {}
        self._allowed: set[tuple[str, int]] = set()

    def allow(self, host: str, port: int) -> None:
        """Let requests to exactly this host and port pass, wherever they lead."""
        self._allowed.add((host, port))

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """Resolve a host name as Twisted's resolver does; only addresses that may be connected to are handed on."""
        receiver = resolutionReceiver
        if (hostName.lower(), portNumber) not in self._allowed:
            receiver = _Filter(receiver, self.refused, hostName.lower())
        return super().resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


def require_guarded(settings: BaseSettings) -> None:
    """Make sure that every request of a crawl with these settings will pass the guard.

    :raises InputError: if it would get around it
    """
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    open_handlers = {scheme: path for scheme, path in handlers.items() if path is not None}
    safe = {"http", "https"} >= set(open_handlers) and {GUARDED_HANDLER, REPLAY_HANDLER} >= set(open_handlers.values())
    if not safe or settings["TWISTED_DNS_RESOLVER"] != RESOLVER:
        raise InputError(
            "the settings DOWNLOAD_HANDLERS or TWISTED_DNS_RESOLVER were changed: crawled links could then "
            "reach private addresses; leave both as crawler/settings.py has them"
        )


def resolver_in_use() -> GuardedResolver:
    """Return the guard of this process.

    :raises TypeError: if Twisted resolves names with something else
    """
    from twisted.internet import reactor

    resolver = getattr(reactor, "nameResolver", None)
    if not isinstance(resolver, GuardedResolver):
        raise TypeError(f"Twisted resolves names with {resolver!r}, not behind the network guard")
    return resolver


class NetworkGuardMiddleware:
    """Turns the guard's refusals into failures of their own: not retried, and not taken for DNS trouble."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*."""
        return cls(crawler)

    def process_exception(self, request: Request, exception: Exception) -> Response | Request | None:
        """Raise :class:`RefusedAddressError` where the guard left no address to connect to."""
        from twisted.internet import reactor

        host = (urlsplit(request.url).hostname or "").lower()
        refused: dict[str, str] = getattr(getattr(reactor, "nameResolver", None), "refused", {})
        if isinstance(exception, CannotResolveHostError) and host in refused:
            self._crawler.stats.inc_value("network_guard/refused")
            raise RefusedAddressError(f"refused: {host} is at {refused[host]}, {INSIDE}") from exception
        return None
