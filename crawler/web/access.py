"""Who is answered: a browser that came by the printed address, and only asks. What its pages may do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address

from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)
"""Of our own pages, which run one script of this server and ask nobody else for anything."""
RAW_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
"""Of a page that strangers wrote: an origin of its own, no script, no form, no request."""
_HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets through what may be answered, and says of each answer what the browser may do with it."""

    token: str
    """Opens the pages: once in an address (``?token=``), then in a cookie."""
    names: frozenset[str]
    """Of this server; a request for another name comes from a page of that name (DNS rebinding)."""

    async def __call__(self, request: Request, answer: RequestResponseEndpoint) -> Response:
        """Answer a request, as ``starlette.middleware.base.BaseHTTPMiddleware`` has it."""
        response = self._refused(request) or await answer(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def _refused(self, request: Request) -> Response | None:
        # Not request.url: of a Host header that it cannot read it makes the server's own address.
        host = re.sub(r":\d*$", "", request.headers.get("host", "")).strip("[]").lower()
        if host not in self.names and not is_address(host):  # no DNS turns an address
            return PlainTextResponse("This server answers to its own address alone.", 403)
        if request.method not in {"GET", "HEAD"}:
            return PlainTextResponse("Nothing is changed here.", 405, {"Allow": "GET, HEAD"})
        cookie = f"storykin_{request.scope['server'][1]}"  # cookies know no ports
        given = request.query_params.get("token", request.cookies.get(cookie, ""))
        if not compare_digest(given.encode("utf-8", "replace"), self.token.encode()):
            return PlainTextResponse("Open the address that storykin serve printed, with its token.", 403)
        if "token" not in request.query_params:
            return None
        response = RedirectResponse(str(request.url.remove_query_params("token")), 303)
        response.set_cookie(cookie, self.token, httponly=True, samesite="strict")
        return response


def is_address(host: str) -> bool:
    """Tell whether *host* is an IP address and no name."""
    try:
        return bool(ip_address(host))
    except ValueError:
        return False
