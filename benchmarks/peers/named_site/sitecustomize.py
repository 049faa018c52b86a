"""On ``PYTHONPATH`` the site of the benchmark has a name and no port, for crawlers that refuse numbers or ports.

``BENCH_SITE`` is ``NAME:PORT``: what goes to NAME on port 80 goes to PORT of this machine, in this process and in the
Python processes that it starts.
"""

import os
import socket

NAME, _, PORT = os.environ["BENCH_SITE"].partition(":")
HERE = "127.0.0.1"
_getaddrinfo, _gethostbyname = socket.getaddrinfo, socket.gethostbyname
_Socket = socket.socket


class NamedSiteSocket(_Socket):
    def connect(self, address):
        return super().connect(_moved(address))

    def connect_ex(self, address):
        return super().connect_ex(_moved(address))


def _moved(address):
    return (HERE, int(PORT)) if tuple(address[:2]) == (HERE, 80) else address


def getaddrinfo(host, *arguments, **options):
    return _getaddrinfo(HERE if host in (NAME, NAME.encode()) else host, *arguments, **options)


def gethostbyname(host):
    return HERE if host in (NAME, NAME.encode()) else _gethostbyname(host)


socket.getaddrinfo, socket.gethostbyname, socket.socket = getaddrinfo, gethostbyname, NamedSiteSocket
