"""Attacks on a crawl from the pages, servers and names it meets; docs/safety.md lists them all."""

from __future__ import annotations

import ast
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from twisted.internet.address import IPv4Address, IPv6Address

from crawler.http.network_guard import GuardedResolver
from storage.frontier import failures
from tests.crawler import forked_commands
from tests.crawler.processes import PATIENCE, wait_for
from tests.support.hostile_crawl import served
from tests.support.hostile_site import REASONS

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.conftest import Command, NewsSite

ROOT = Path(__file__).resolve().parents[3]
NO_NAME = re.compile("invalid hostname|the host name cannot be resolved")
PRIVATE = "inside this machine or a private network"


@dataclass
class Trap:
    """Counts the connections to one port of this machine, over IPv4 and IPv6."""

    port: int = 0
    connections: list[str] = field(default_factory=list)


@pytest.fixture
def trap() -> Iterator[Trap]:
    """A server inside, which no crawl may reach."""
    found = Trap()
    try:
        listener = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    except OSError:  # no IPv6 on this machine
        listener = socket.create_server(("0.0.0.0", 0))
    found.port = listener.getsockname()[1]

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, peer = listener.accept()
                found.connections.append(str(peer))
                connection.close()

    threading.Thread(target=accept, daemon=True).start()
    yield found
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@dataclass(frozen=True)
class Probed:
    """What :mod:`tests.crawler.attack_probe` printed."""

    fates: dict[str, str]
    megabytes: float
    err: str


Probe = Callable[..., Probed]


def probe(start: str, urls: list[str], names: dict[str, list[str]] | None = None, **environment: str) -> Probed:
    """Fetch *urls* as a crawl of *start* would."""
    asked = json.dumps({"start": start, "urls": urls, "names": names or {}})
    whole = {**os.environ, "STORYKIN_WORKERS": "0", **environment}
    with TemporaryDirectory() as folder:
        out, err = files = Path(folder, "out"), Path(folder, "err")
        if names:
            command = [sys.executable, "-m", "tests.crawler.attack_probe", asked]
            with out.open("wb") as stdout, err.open("wb") as stderr:
                code = subprocess.run(
                    command, env=whole, cwd=ROOT, stdout=stdout, stderr=stderr, timeout=PATIENCE, check=False
                ).returncode
        else:
            code = forked_commands.start((asked,), whole, ROOT, files, "tests.crawler.attack_probe").wait(PATIENCE)
        assert code == 0, err.read_text()
        return Probed(err=err.read_text(), **json.loads(out.read_text()))


NAMES = {
    "inside.attacker.example": ["127.0.0.1"],
    "inside6.attacker.example": ["::1"],
    "mapped.attacker.example": ["::ffff:127.0.0.1"],
    "many.attacker.example": ["10.0.0.7", "127.0.0.1", "::1"],
    "metadata.attacker.example": ["169.254.169.254"],
    "metadata.google.internal": ["169.254.169.254"],
}
HOSTS = (
    "127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1",
    "017700000001", "0177.0.0.1", "0.0.0.0", "0", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::1]",
    "[2001:0:7f00:1::80ff:fffe]", "[fe80::1]", "[fd00:ec2::254]", "10.0.0.1", "172.16.0.1", "192.168.0.1",
    "100.64.0.1", "169.254.169.254", "example.org@127.0.0.1", "%31%32%37.0.0.1", "127。0。0。1", "①②⑦.⓪.⓪.①",
    *NAMES,
)  # fmt: skip


def test_no_spelling_of_an_inside_address_is_connected_to(trap: Trap, site: NewsSite) -> None:
    """Links, robots.txt first: literals of all kinds, and names that resolve to the inside."""
    urls = [f"{scheme}://{host}:{trap.port}/admin" for host in HOSTS for scheme in ("http", "https")]
    probed = probe(f"{site.url}/", urls, NAMES)
    assert trap.connections == []
    assert set(probed.fates) == set(urls)
    strange = {url: fate for url, fate in probed.fates.items() if PRIVATE not in fate}
    # Some spellings are no host name at all, or none that this machine's resolver knows.
    assert {fate for fate in strange.values() if not NO_NAME.search(fate)} == set(), strange
    assert len(strange) <= 6


def test_no_redirect_leads_inside(trap: Trap, site: NewsSite) -> None:
    """Location and meta refresh, with and without a scheme."""
    site.story(1)
    site.front(site.story_path(1))
    targets = [f"http://{host}:{trap.port}/admin" for host in HOSTS[:24]] + [f"//127.0.0.1:{trap.port}/admin"]
    for number, target in enumerate(targets):
        site.redirect(f"/moved/{number}", target)
        site.html(f"/fresh/{number}", f'<meta http-equiv="refresh" content="0; url={target}"><p>Moved')
    site.redirect("/chain", f"{site.url}/moved/0")
    urls = [f"{site.url}/{kind}/{number}" for kind in ("moved", "fresh") for number in range(len(targets))]
    probed = probe(f"{site.url}/", [*urls, f"{site.url}/chain"])
    assert trap.connections == []
    strange = {url: fate for url, fate in probed.fates.items() if PRIVATE not in fate}
    assert {fate for fate in strange.values() if not NO_NAME.search(fate)} == set(), strange
    assert len(strange) <= 2


def test_robots_and_sitemaps_do_not_lead_inside(
    command: Command, site: NewsSite, trap: Trap, store: Store, tmp_path: Path
) -> None:
    inside = f"http://127.0.0.1:{trap.port}"
    site.stories(3)
    site.redirect("/moved.xml", f"{inside}/sitemap.xml")
    entries = "".join(f"<sitemap><loc>{inside}/{number}.xml</loc></sitemap>" for number in range(3))
    site.pages["/index.xml"] = (200, {"Content-Type": "text/xml"}, f"<sitemapindex>{entries}</sitemapindex>".encode())
    links = f"<url><loc>{inside}{site.story_path(77)}</loc></url><url><loc>file:///etc/passwd</loc></url>"
    site.pages["/pages.xml"] = (200, {"Content-Type": "text/xml"}, f"<urlset>{links}</urlset>".encode())
    maps = ", ".join(f'"{site.url}/{name}.xml"' for name in ("moved", "index", "pages"))
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "harbour.toml").write_text(
        f'title = "Harbour"\nstart_urls = ["{site.url}/"]\nallowed_domains = ["127.0.0.1"]\nloopback = true\n'
        f"[discovery]\nsitemaps = [{maps}]\n"
    )
    ended = command("crawl", "harbour", "--seeds", str(tmp_path / "seeds"))
    assert ended.code == 0, ended.err
    reasons = [one.reason for one in failures.iterate(store)]
    assert (len(reasons), trap.connections) == (5, [])
    assert all(PRIVATE in reason for reason in reasons)
    assert {row["url"].partition(":")[0] for row in store.db["frontier"].find()} == {"http"}
    site.redirect("/robots.txt", f"{inside}/robots.txt")
    fate = probe(f"{site.url}/", [f"{site.url}/"]).fates[f"{site.url}/"]
    assert fate.startswith("host skipped")
    assert PRIVATE in fate
    assert trap.connections == []


class Names:
    """A name server whose answer changes from one question to the next."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    def resolveHostName(self, receiver: Any, name: str, port: int = 0, *more: Any) -> Any:
        receiver.resolutionBegan(None)
        address = self.answers.pop(0)
        receiver.addressResolved((IPv6Address if ":" in address else IPv4Address)("TCP", address, port))
        receiver.resolutionComplete()
        return receiver


@dataclass
class Receiver:
    """Stands where the connection is made: what it gets is connected to, and nothing else."""

    hosts: list[str] = field(default_factory=list)

    def resolutionBegan(self, resolution: object) -> None:
        pass

    def addressResolved(self, address: Any) -> None:
        self.hosts.append(address.host)

    def resolutionComplete(self) -> None:
        pass


@pytest.mark.parametrize("inside", ["127.0.0.1", "169.254.169.254", "::1", "64:ff9b::a00:1", "::ffff:10.0.0.1"])
def test_a_name_that_changes_its_address_is_judged_at_each_connect(inside: str) -> None:
    """DNS rebinding: public when it is checked, private when it is connected to."""

    class Reactor:
        nameResolver = Names("93.184.216.34", inside, inside)

    resolver: Any = GuardedResolver(Reactor(), 0)
    resolver.original_resolver = Reactor.nameResolver
    receivers = [Receiver() for _ in range(3)]
    for receiver in receivers:
        resolver.resolveHostName(receiver, "rebind.attacker.example", 80)
    assert [receiver.hosts for receiver in receivers] == [["93.184.216.34"], [], []]
    assert resolver.refused == {"rebind.attacker.example": inside}


def test_a_proxy_of_the_environment_is_not_used(command: Command, site: NewsSite, trap: Trap, store: Store) -> None:
    """It would resolve names behind the guard's back."""
    site.stories(3)
    proxy = f"http://127.0.0.1:{trap.port}"
    names = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    ended = command("crawl", site.url, **dict.fromkeys(names, proxy))
    assert ended.code == 0, ended.err
    assert (len(list(store.db["articles"].find())), trap.connections) == (3, [])


def test_only_http_and_https_are_asked_for(command: Command, site: NewsSite, store: Store, tmp_path: Path) -> None:
    secret = tmp_path / "the-secret-of-the-harbour-100077.html"
    secret.write_text("<p>secret words</p>" * 50)
    links = [secret.as_uri(), f"FILE://{secret}", "ftp://127.0.0.1/the-story-that-was-100078.html",
             "javascript:fetch('/news/the-story-that-was-100079.html')", "data:text/html,<p>the-story-that-was-100080",
             "gopher://127.0.0.1/the-story-100081.html", "jar:http://a/the-story-100082.html",
             "view-source:http://a/the-story-that-was-100083.html", "java\nscript:alert(1)"]  # fmt: skip
    site.story(1, related=tuple(links))
    status, headers, body = site.pages[site.story_path(1)]
    canonical = f'<link rel="canonical" href="{secret.as_uri()}"><base href="file:///"></head>'.encode()
    site.pages[site.story_path(1)] = (status, headers, body.replace(b"</head>", canonical))
    moved = [f"/news/the-harbour-story-that-moved-{number}.html" for number in range(300000, 300000 + len(links))]
    for path, link in zip(moved, links, strict=True):
        site.redirect(path, link.replace("\n", ""))
    site.front(site.story_path(1), *moved, *links)
    ended = command("crawl", site.url, "--follow", "articles")
    assert "Traceback" not in ended.err
    assert {row["url"].partition(":")[0] for row in store.db["frontier"].find()} == {"http"}
    [article] = store.db["articles"].find()
    assert article["url"].startswith("http:")
    assert article["canonical_url"].startswith("http:")
    assert len(list(failures.iterate(store))) == len(moved)
    for collection in store.db.list_collection_names():
        assert "secret words" not in str(list(store.db[collection].find()))


def test_a_redirect_off_the_portal_ends_as_a_failure(command: Command, site: NewsSite, store: Store) -> None:
    """Scrapy drops it without a word: the crawl waited for ever for the end of its lease."""
    path = "/news/the-harbour-story-that-moved-300001.html"
    site.redirect(path, "http://elsewhere.example/")
    site.stories(3)
    site.front(path, site.story_path(1))
    ended = command("crawl", site.url)
    assert ended.code == 0, ended.err
    assert [one.reason for one in failures.iterate(store)] == ["leads off the portal, to elsewhere.example"]


def test_answers_without_end_are_broken_off_within_time_and_memory() -> None:
    """Heads, bodies, redirects and packings without end; bombs; servers that drip or say nothing."""
    with served(40, 1) as site:
        urls = {f"{site}/{kind}/how-it-came-to-this-1000001.html": reason for kind, reason in REASONS.items()}
        off = f"{site}/to-this-machine/how-it-came-to-this-1000001.html"  # a survey knows no portal to leave
        urls[f"{site}/to-a-file/how-it-came-to-this-1000001.html"] = "HTTP 302"  # nor does it say where to
        endless = [url for url, reason in urls.items() if reason == "no answer in time"]
        waited = probe(f"{site}/", endless, STORYKIN_ANSWER_SECONDS="5")
        others = [url for url in urls if url not in endless]
        probed = probe(f"{site}/", others, STORYKIN_ANSWER_SECONDS=str(PATIENCE))
    assert waited.fates == dict.fromkeys(endless, "no answer in time")
    assert len(endless) == 3
    assert PRIVATE in probed.fates.pop(off)
    fetched = {url for url, fate in probed.fates.items() if fate.startswith("reached")}
    # These are for extraction to judge.
    assert {url.split("/")[3] for url in fetched} == {"garbage", "empty", "picture"}
    assert {url: fate for url, fate in probed.fates.items() if url not in fetched} == {
        url: reason for url, reason in urls.items() if url not in {*fetched, *endless, off}
    }
    assert probed.megabytes < 250


@dataclass
class Server:
    """A server over TLS whose certificate is of our making."""

    url: str
    asked: list[str] = field(default_factory=list)


class Authority:
    """Makes certificates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Harbour Test Authority")])
        self.file = folder / "authority.pem"
        certificate = self.sign(self.name, self.key, authority=True)
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def sign(
        self, name: x509.Name, key: Any, *, authority: bool = False, host: str = "", days: int = 30, own: bool = False
    ) -> x509.Certificate:
        """Return a certificate; *days* until it expires, *own*: signed by itself."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name if own else self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(key if own else self.key, hashes.SHA256())

    def context(self, host: str, **more: Any) -> ssl.SSLContext:
        """Return what a server with a certificate for *host* needs."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        file = self.folder / f"{host}-{len(list(self.folder.iterdir()))}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        certificate = self.sign(name, key, host=host, **more)
        file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


@pytest.fixture
def serve_tls() -> Iterator[Callable[[ssl.SSLContext], Server]]:
    """Serve one page over TLS on loopback."""
    listeners: list[socket.socket] = []

    def answer(connection: socket.socket, context: ssl.SSLContext, server: Server) -> None:
        with suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
            while request := secure.recv(65536):
                path = request.split(b" ")[1].decode()
                server.asked.append(path)
                status = b"404 None" if path == "/robots.txt" else b"200 OK"
                secure.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi")

    def start(context: ssl.SSLContext) -> Server:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        server = Server(f"https://localhost:{listener.getsockname()[1]}/")

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    threading.Thread(target=answer, args=(connection, context, server), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return server

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.mark.parametrize(
    ("host", "more", "trusted", "valid"),
    [
        ("localhost", {}, True, True),
        ("localhost", {"own": True}, True, False),
        ("localhost", {"days": -1}, True, False),
        ("elsewhere.example", {}, True, False),
        ("localhost", {}, False, False),
    ],
    ids=["valid", "self-signed", "expired", "wrong host", "unknown authority"],
)
def test_tls_is_verified(
    host: str,
    more: dict[str, Any],
    trusted: bool,
    valid: bool,
    serve_tls: Callable[[ssl.SSLContext], Server],
    tmp_path: Path,
) -> None:
    authority = Authority(tmp_path)
    server = serve_tls(authority.context(host, **more))
    fate = probe(server.url, [server.url], **({"SSL_CERT_FILE": str(authority.file)} if trusted else {})).fates[
        server.url
    ]
    assert fate == (
        "reached: 2 bytes"
        if valid
        else "host skipped: robots.txt cannot be fetched: the server's certificate is not valid"
    )
    assert server.asked == (["/robots.txt", "/"] if valid else [])


def listening(process: int) -> list[str]:
    """Return the local addresses on which the process accepts connections."""
    sockets = {str(file.readlink()) for file in Path(f"/proc/{process}/fd").iterdir() if file.is_symlink()}
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                found.append(fields[1])
    return found


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="needs Linux's /proc")
def test_a_crawl_opens_no_port(command: Command, site: NewsSite) -> None:
    """No telnet console, no remote control."""
    site.stories(3)
    go_on = site.hold(but=["/robots.txt"])
    process = command.start("crawl", site.url)
    wait_for(lambda: len(site.asked) >= 2)
    open_ports = listening(process.pid)
    mine = listening(os.getpid())
    go_on.set()
    assert command.end(process).code == 0
    assert mine, "the site's own port is seen in the same way"
    assert open_ports == []


def test_cookies_are_neither_kept_nor_sent(site: NewsSite) -> None:
    """A jar of cookies without end, or a session that makes every address a new one."""
    heads: list[str] = []
    site.note_agent = heads.append
    with socket.create_server(("127.0.0.1", 0)) as listener:
        requests: list[bytes] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        requests.append(connection.recv(65536))
                        cookies = b"".join(b"Set-Cookie: a%d=%s\r\n" % (n, b"x" * 4000) for n in range(30))
                        head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n" + cookies
                        connection.sendall(head + b"\r\nhi")

        threading.Thread(target=accept, daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        probed = probe(url, [url, f"{url}two", f"{url}three"])
        listener.shutdown(socket.SHUT_RDWR)
    assert set(probed.fates.values()) == {"reached: 2 bytes"}
    assert len(requests) == 4
    assert not [request for request in requests if b"cookie" in request.lower() or b"authorization" in request.lower()]


LOADERS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml", "jsonpickle", "code", "runpy"}
PIPES = {"crawler/workers/pool.py", "crawler/workers/process.py"}
"""Where pickles pass between a process and the workers that it started; none is ever stored."""


def test_nothing_that_is_stored_can_run_as_code() -> None:
    found = set()
    for path in (file for package in ("crawler", "dedupe", "storage") for file in (ROOT / package).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {(name, one.name.split(".")[0]) for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add((name, node.module.split(".")[0]))
            elif isinstance(node, ast.Call):
                called = ast.unparse(node.func).split(".")[-1]
                shell = any(word.arg in ("shell", "allow_pickle") for word in node.keywords)
                if called in ("eval", "exec", "system", "popen") or shell:
                    found.add((name, "eval"))
            elif isinstance(node, ast.Constant) and node.value in ("$where", "$function", "$accumulator"):
                found.add((name, "eval"))
    bad = {(name, what) for name, what in found if what in LOADERS | {"eval"}}
    assert bad == {(name, "pickle") for name in PIPES}


def test_a_sitemap_that_bloats_costs_itself_only(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    """50 MB of empty elements, 50 kB on the wire, would take 1.5 GB of the crawling process."""
    import gzip

    bomb = gzip.compress(b"<urlset>" + b"<a/>" * 12_000_000)
    site.stories(3)
    site.pages["/sitemap.xml.gz"] = (200, {"Content-Type": "application/gzip"}, bomb)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "harbour.toml").write_text(
        f'title = "Harbour"\nstart_urls = ["{site.url}/"]\nallowed_domains = ["127.0.0.1"]\nloopback = true\n'
        f'[discovery]\nsitemaps = ["{site.url}/sitemap.xml.gz"]\n'
    )
    process = command.start("crawl", "harbour", "--workers", "1", "--seeds", str(tmp_path / "seeds"))
    most = 0.0
    while process.poll() is None:
        with suppress(OSError, StopIteration):
            status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
            most = max(most, next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM")))
        time.sleep(0.05)
    assert command.end(process).code == 0
    assert len(list(store.db["articles"].find())) == 3
    assert most < 600


def test_no_secret_is_said_at_any_level(command: Command, site: NewsSite, store: Store, tmp_path: Path) -> None:
    password = store.uri.partition("//")[2].partition("@")[0].partition(":")[2]
    assert len(password) > 8
    token = "t0ken-0f-the-harbour"
    site.story(1)
    site.redirect("/news/the-harbour-story-that-moved-300001.html", f"https://ann:{token}@elsewhere.example/")
    site.redirect("/news/the-harbour-story-that-moved-300002.html", f"https://elsewhere.example/?access_token={token}")
    site.front(site.story_path(1), *(f"/news/the-harbour-story-that-moved-30000{number}.html" for number in (1, 2)))
    log = tmp_path / "crawl.log"
    ended = command("crawl", site.url, "--json", "--log-file", str(log), "--log-level", "DEBUG")
    assert ended.code == 0, ended.err
    shown = command("runs", "--json").out + command("failures", "--json").out
    said = ended.out + ended.err + shown + log.read_text()
    said += str([*store.db["runs"].find(), *store.db["failures"].find(), *store.db["hosts"].find()])
    assert len(log.read_text()) > 1000
    assert password not in said
    assert token not in said


@pytest.mark.parametrize(("follow", "chain"), [("related", 8), ("articles", 100)])
def test_traps_that_breed_addresses_end(
    command: Command, site: NewsSite, store: Store, follow: str, chain: int
) -> None:
    """Visits in the query or the path, relative links that go deeper, a calendar, a next story for ever."""
    visits = iter(range(10**9))

    def breed(path: str) -> None:
        name = path.partition("?")[0].rpartition("/")[2]
        trap, number = name.partition("-")[0], int(path.partition("?")[0].rpartition("-")[2].partition(".")[0] or 0)
        if trap not in ("query", "path", "deeper", "next"):
            return
        links = {
            "query": [f"/news/{name}?visit={next(visits)}" for _ in range(4)],
            "path": [f"/v{next(visits)}/{name}" for _ in range(4)],
            "deeper": [f"below/{name}", f"beside/{name}"],
            "next": [f"/news/next-story-of-the-harbour-{number + 1}.html"],
        }[trap]
        text = number if trap == "next" else 5  # the same text under three names
        site.story(text, related=(*links, f"/calendar/2031/{number}/what-is-on.html"))
        site.pages[path] = site.pages.pop(site.story_path(text))

    # Where the bounds fail, the test is to end all the same.
    site.before = lambda path: breed(path) if len(site.asked) < 600 and "-story-of-the-harbour-" in path else None
    names = ("query", "path", "deeper")
    traps = [f"/news/{name}-story-of-the-harbour-{100001 + number}.html" for number, name in enumerate(names)]
    chained = "/news/next-story-of-the-harbour-200000.html"
    site.front(*traps, chained)
    ended = command("crawl", site.url, "--follow", follow, "--json")
    assert ended.code == 0, ended.err
    assert store.db["frontier"].count_documents({"state": {"$ne": "done"}}) == 0
    assert sum("/next-story" in path for path in site.asked) == chain
    assert all(sum(f"/{name}-story" in path for path in site.asked) <= 9 for name in names)
    assert not [path for path in site.asked if path.startswith("/calendar")]
