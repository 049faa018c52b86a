"""Hosts and ports of addresses, without Twisted."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_loopback_url(url: str) -> bool:
    """Say whether the host of *url* is written as this machine: ``localhost`` or a loopback address."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def host_and_port(url: str) -> tuple[str, int]:
    """Return the host and the port, given or the scheme's, that a request for *url* connects to."""
    parts = urlsplit(url)
    return (parts.hostname or "").lower(), parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
