"""The demo portal on this machine: the standard library's server on a loopback port."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from crawler.demo.site import DemoSite
from dedupe.errors import InputError

HOST = "127.0.0.1"


class DemoServer:
    """Serves the demo portal from another thread as long as the ``with`` block lasts.

    :param port: 0 takes a free one
    :raises InputError: if the port cannot be had
    """

    def __init__(self, port: int = 0) -> None:
        try:
            self._http = _Server((HOST, port), _Handler)
        except OSError as problem:
            reason = problem.strerror or str(problem)
            raise InputError(
                f"port {port} of {HOST} cannot be used: {reason}; give another --port, or none"
            ) from problem
        self.site = DemoSite(f"http://{HOST}:{self._http.server_address[1]}")
        self._http.site = self.site
        self._thread = threading.Thread(target=self._http.serve_forever, name="demo portal", daemon=True)

    @property
    def url(self) -> str:
        """Address of the front page."""
        return f"{self.site.base}/"

    def wait(self) -> None:
        """Block until the server ends or the process is interrupted."""
        self._thread.join()

    def __enter__(self) -> Self:
        """Start serving."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving and free the port."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: DemoSite


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open, as on real portals
    server_version = "storykin-demo"
    sys_version = ""
    server: _Server

    def do_GET(self) -> None:
        answer = self.server.site.answer(self.path)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.location:
            self.send_header("Location", answer.location)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Stay silent: the crawl reports what it fetched."""
