"""One server on one port, from a store to a browser."""

from __future__ import annotations

import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING

import uvicorn
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware

from crawler.web.access import Guard, is_address
from crawler.web.app import Pages
from dedupe.errors import InputError
from storage.database import indexes
from storage.errors import StorageError

if TYPE_CHECKING:
    from crawler.portals.seed import Seed
    from storage.database.store import Store


def serve(store: Store, seeds: Mapping[str, Seed], host: str, port: int, announce: Callable[[str], None]) -> None:
    """Answer until the process is interrupted.

    :param store: not written to; a user who may only read will do
    :param host: address or name to listen on
    :param port: 0 takes a free one
    :param announce: called with the address that opens the pages when it answers; who has it may read everything
    :raises InputError: if the port cannot be had
    :raises StorageError: if the store holds nothing, or another version wrote it
    """
    with store.errors():
        if not indexes.check(store.db):
            raise StorageError(
                f"nothing is stored in the database {store.db.name}: crawl something first, or name another one in "
                "STORYKIN_DATABASE (storykin_demo after storykin demo)"
            )
    own = {"localhost", host.lower()} | (set() if is_loopback(host) else {socket.gethostname().lower()})
    guard = Guard(secrets.token_urlsafe(32), frozenset(own))
    with _listening(host, port) as listener:
        name, bound = listener.getsockname()[:2]
        address = f"http://{f'[{name}]' if ':' in name else name}:{bound}/?token={guard.token}"

        @asynccontextmanager
        async def running(_: object) -> AsyncIterator[None]:
            announce(address)
            yield

        app = Pages(store, seeds).app(Middleware(BaseHTTPMiddleware, dispatch=guard), running)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,  # the first address holds the token
            server_header=False,
            lifespan="on",
            http="h11",
            ws="none",
            limit_concurrency=50,
            timeout_graceful_shutdown=1,
        )
        uvicorn.Server(config).run(sockets=[listener])


def is_loopback(host: str) -> bool:
    """Tell whether nobody but this machine reaches *host*, an address or a name."""
    return ip_address(host).is_loopback if is_address(host) else host.lower() == "localhost"


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as problem:
        reason = (getattr(problem, "strerror", None) or str(problem)).partition(" (")[0]
        raise InputError(f"port {port} of {host} cannot be used: {reason.lower()}; give another --port, or 0") from None
