"""Cookies within one chain of redirects, and no further: some portals answer a page only to who brings theirs back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.http.cookies import CookieJar

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response

_JAR = "redirect_cookies"


class RedirectCookiesMiddleware:
    """Keeps what a redirect sets in the request's ``meta``, which the redirected request takes along."""

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Send the cookies of the redirects before, to the hosts that they are for."""
        jar: CookieJar | None = request.meta.get(_JAR)
        if jar is not None:
            jar.add_cookie_header(request)

    def process_response(self, request: Request, response: Response, spider: Spider | None = None) -> Response:
        """Note the cookies of a redirect."""
        if 300 <= response.status < 400 and b"Set-Cookie" in response.headers:
            jar: CookieJar = request.meta.setdefault(_JAR, CookieJar())
            jar.extract_cookies(response, request)
        return response
