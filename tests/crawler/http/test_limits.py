"""The limit on an answer's head rests on private names of Twisted: it holds, or nothing is answered."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.testing import StringTransport
from twisted.web._newclient import HTTP11ClientProtocol, Request
from twisted.web.client import URI, _HTTP11ClientFactory
from twisted.web.http_headers import Headers

from crawler.http.limits import HeadTooLargeError, with_head_limit
from dedupe.intake.limits import MAX_HEAD

LINES = b"X-More: and more\r\n" * 1000


def asked() -> tuple[Any, StringTransport, list[BaseException]]:
    """Return a connection on which a page was asked for, and what the answer failed with."""
    connection: Any = with_head_limit(_HTTP11ClientFactory)(lambda protocol: None, "").buildProtocol(None)
    transport, problems = StringTransport(), list[BaseException]()
    transport.abortConnection = transport.loseConnection
    connection.makeConnection(transport)
    uri = URI.fromBytes(b"http://bao.example/")
    request = Request._construct(b"GET", b"/", Headers({b"Host": [uri.host]}), None, True, uri)
    answer = connection.request(request)
    answer.addErrback(lambda failure: problems.extend(one.value for one in failure.value.reasons))
    return connection, transport, problems


def test_an_endless_head_is_broken_off() -> None:
    connection, transport, problems = asked()
    connection.dataReceived(b"HTTP/1.1 200 OK\r\n")
    for _ in range(2 + (MAX_HEAD + 65536) // len(LINES)):
        assert not transport.disconnecting or problems
        connection.dataReceived(LINES)
    assert transport.disconnecting
    assert any(isinstance(one, HeadTooLargeError) for one in problems)


def test_a_long_body_is_no_head() -> None:
    connection, transport, problems = asked()
    connection.dataReceived(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n")
    for _ in range(100):
        connection.dataReceived(LINES)
    assert not transport.disconnecting
    assert problems == []


@pytest.mark.parametrize("name", ["_parser", "_giveUp"])
def test_without_the_private_names_nothing_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connection, _, _ = asked()
    connection.dataReceived(b"HTTP/1.1 200 OK\r\n")
    vars(connection).pop(name, None)
    monkeypatch.delattr(HTTP11ClientProtocol, name)
    with pytest.raises(AttributeError):
        connection.dataReceived(LINES * (2 + (MAX_HEAD + 65536) // len(LINES)))
