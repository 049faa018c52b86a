"""Fetches addresses as a crawl does, in a process of its own; what came of each is printed as JSON.

Argument: ``{"start": URL on this machine, which may be reached, "urls": [...], "names": {host: [addresses]}}``.
*names* stand in for DNS: what an attacker's name server would say. They need an interpreter without Twisted.
"""

from __future__ import annotations

import json
import resource
import socket
import sys
from dataclasses import replace
from typing import Any


def resolve(names: dict[str, list[str]]) -> None:
    """Resolve the names of the attack from now on; all others as usual."""
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *arguments: Any, **more: Any) -> Any:
        return [found for address in names.get(host, [host]) for found in real(address, port, *arguments, **more)]

    socket.getaddrinfo = getaddrinfo


def main() -> None:
    """Fetch what the argument asks for."""
    asked = json.loads(sys.argv[1])
    if asked["names"]:
        assert "twisted" not in sys.modules, "it takes getaddrinfo when it is imported"
        resolve(asked["names"])
    from crawler.onboarding.fetch_few import Fetch, FetchError, survey
    from crawler.portals.seed import GENERIC

    async def look(fetch: Fetch) -> dict[str, str]:
        found = {}
        for url in asked["urls"]:
            try:
                found[url] = f"reached: {len((await fetch(url)).body)} bytes"
            except FetchError as problem:
                found[url] = str(problem)
        return found

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    [fates] = survey([(replace(GENERIC, name="probe", start_urls=(asked["start"],)), look)])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(json.dumps({"fates": fates, "megabytes": grown}))


if __name__ == "__main__":
    main()
