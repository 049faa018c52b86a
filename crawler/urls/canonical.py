"""URLs: their identity, and what their shape says about the page behind them.

:func:`canonical_url` is a key for comparing, not an address for fetching: it may name a host or a scheme
that does not answer. What is to be requested is what :func:`fetch_url` makes of a link.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urljoin, urlsplit, urlunsplit

import idna
from tldextract import TLDExtract
from w3lib.url import canonicalize_url

from crawler.portals.seed import GENERIC, Seed
from crawler.urls.shapes import article_shape, is_document, is_trap

MAX_URL_LENGTH = 2000
"""Longest URL that is followed; longer ones are nearly always generated without end."""
_KEPT_LENGTH = 500
"""Longest link of which what was found out is kept for the next page."""

# The list bundled with tldextract: the same answer on every machine, no request.
_PUBLIC_SUFFIXES = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

# Hosts that serve the same pages for another device or network.
_TWIN_LABEL = re.compile(r"(?:www\d?|m|mobile|amp|wap)\Z")

# courlan's list of trackers is not used: it also drops ``cid``, ``eid``, ``uid`` and ``keyword``, which some
# portals use for the article's number, and two articles would get one identity.
_TRACKER = re.compile(
    r"(?:utm|mc|mtm|pk|piwik|matomo|hsa|oly|vero|itm|ga|at|ns|fb|fbc|trk|mkt|stm|wt|guce|cx)_\w*"
    r"|_(?:ga|gl|hsenc|hsmi|openstat)|guccounter|(?:fb|g|dc|gc|tw|y|ys|yc|tt|li_fat_|ir|msclk)cl?id|msclkid|gclsrc"
    r"|[gw]braid|igshid?|ref|refs|referr?er|ref_?(?:src|url|page)|ncid|icid|ito|xtor|smid|smtyp|ocid|ftag|mbid|s_cid"
    r"|(?:int|ext|_)?cmp(?:_?id)?|campaign(?:_?id)?|soc_(?:src|trk)|sr_share|spref|share(?:d|type)?"
    r"|cm_(?:mmc|ven|cat|pla|ite|sp)|rss|source|traffic_?source|partner|sessionid|phpsessid|jsessionid"
    r"|feed(?:type|name)",
    re.IGNORECASE,
)
# On some portals one of these holds the article's number; a value of digits only is none of a tracker's.
_NUMBER_NAME = re.compile(r"refs?|referr?er|ref_?page|source|share|rss|campaign(?:_?id)?|partner|feed", re.IGNORECASE)
# Parameters that ask for another dress of the same page, with the values that do so.
_TWIN_PARAMETERS = {
    "amp": {"", "1", "true", "yes"},
    "outputtype": {"amp", "amp-type", "print"},
    "output": {"amp", "print"},
    "view": {"amp", "print"},
    "mode": {"print"},
    "print": {"", "1", "true", "yes"},
    "printable": {"", "1", "true", "yes"},
    "pagewanted": {"print", "all"},
}
_DEFAULT_PORTS = {"http": 80, "https": 443}
_INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:html?|php\d?|aspx?|jsp|shtml|cfm)\Z", re.IGNORECASE)
_TWIN_SUFFIX = re.compile(r"/(?:amp|print)(?:\.html?)?\Z|[._-](?:amp|print)(?=\.html?\Z)|\.amp\Z", re.IGNORECASE)
# ``/amp/slug``, ``/news/amp/slug``; a last segment of fewer than 8 characters may be a section named "amp".
_TWIN_PREFIX = re.compile(r"\A(/(?:[^/]+/)?)(?:amp|print)/(?=(?:[^/]+/)*[^/]{8,}\Z)", re.IGNORECASE)
# VOV, VietnamPlus, Nhân Dân: one number, once as ``-890562.vov``, once as ``-post890562.vov``.
_POST_NUMBER = re.compile(r"(?<=-)post(?=\d{5,8}\.(?:vov|vnp|html?)\Z)")
# VietnamPlus before and after its change of system: ``slug/307514.vnp`` and ``slug-post307514.vnp``.
_SLASH_NUMBER = re.compile(r"(?<=[^/])/(?=\d{5,8}\.vnp\Z)")
# An address as most are: of its parts only a tracker in the query, or a mark in the path, is there to be changed.
_PLAIN_LINK = re.compile(
    r"(https?)://([a-z0-9-]+(?:\.[a-z0-9-]+)+)((?:/(?!\.)[A-Za-z0-9._~,:@+()-]+)*)(/?)"
    r"(?:\?([A-Za-z0-9._~-]+=[A-Za-z0-9._~-]+(?:&[A-Za-z0-9._~-]+=[A-Za-z0-9._~-]+)*))?(?:#[!-~]*)?\Z"
)
_PLAIN_PATH = re.compile(r"(?:/(?!\.)[A-Za-z0-9._~-]*)+\Z")
_PLAIN_QUERY = re.compile(r"(?:[A-Za-z0-9._~-]+=[A-Za-z0-9._~-]+(?:&(?!\Z)|\Z))*\Z")
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*", re.IGNORECASE)
_ESCAPED = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
_HOST = re.compile(r"[^\s/?#@\\<>\"^`{|}%]+\Z")
_SLASHES = re.compile(r"\A((?:https?:)?)/{2,}(?=[^/])", re.IGNORECASE)
"""Before a host browsers take any number of slashes for two (WHATWG URL, "special authority ignore slashes state")."""
_FEW_SLASHES = re.compile(r"\A(https?:)/?(?=[^/])", re.IGNORECASE)
"""Or one or none, where the scheme is not the page's own ("special authority slashes state")."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028\u2029\ufeff]+")


def is_http(url: str) -> bool:
    """Say whether *url* is absolute, of scheme http or https, and names a host."""
    return _split(url) is not None


def fetch_url(link: str, base: str = "", seed: Seed = GENERIC) -> str:
    """Return the address to request for *link* on the page *base*: absolute, no fragment, no trackers.

    Scheme, host and the order of the query stay as the site wrote them. Empty where *link* leads to no
    page (``javascript:``, ``mailto:``, garbage).

    >>> fetch_url("/a/tau-dau-post12345.vov?utm_source=home#top", "http://www.vov.vn/")
    'http://www.vov.vn/a/tau-dau-post12345.vov'
    """
    link, base = _as_browsers_read(link), _as_browsers_read(base)
    try:
        absolute = link if link.startswith(("https://", "http://")) else _FEW_SLASHES.sub(r"\1//", urljoin(base, link))
    except ValueError:
        return ""
    parts = _split(absolute)
    if parts is None:
        return ""
    query = parts.query
    if query:
        query = "&".join(field for field in query.split("&") if field and not _is_tracker(*_field(field), seed))
    return urlunsplit((parts.scheme.lower(), parts.netloc, parts.path, query, "")).replace(" ", "%20")


def _as_browsers_read(link: str) -> str:
    link = _CONTROL.sub("", link).strip().replace("\\", "/")
    return _SLASHES.sub(r"\1//", link)


def canonical_url(url: str, seed: Seed = GENERIC) -> str:
    """Return the identity of *url*: equal for the addresses under which one page is served.

    Idempotent. Empty where *url* is not an absolute http(s) URL; never raises. The scheme becomes https,
    except where an explicit port, an IP address or ``localhost`` shows a machine that may speak one only.

    >>> canonical_url("HTTP://m.vov.vn./the-gioi/tau-dau-post890562.vov?utm_source=x#c")
    'https://vov.vn/the-gioi/tau-dau-890562.vov'
    >>> canonical_url("http://www.example.com:80/a/index.html?b=2&a=1&fbclid=x")
    'https://example.com/a?a=1&b=2'
    >>> canonical_url("https://example.com/story-1234567/amp/")
    'https://example.com/story-1234567'
    >>> canonical_url("http://127.0.0.1:8808/tin/")
    'http://127.0.0.1:8808/tin'
    >>> canonical_url("mailto:editor@example.com")
    ''
    """
    return resolve(url, "", seed)[1]


def resolve(link: str, base: str, seed: Seed = GENERIC) -> tuple[str, str]:
    """Return what to request for *link* on the page *base* and its identity: :func:`fetch_url`, :func:`canonical_url`.

    >>> resolve("/a/tau-dau-post12345.vov?utm_source=home#top", "http://www.vov.vn/")
    ('http://www.vov.vn/a/tau-dau-post12345.vov', 'https://vov.vn/a/tau-dau-12345.vov')
    """
    if link.startswith(("https://", "http://")):
        base = ""
    elif link.startswith("/") and (root := _root(base)):
        base = root
    else:
        return _resolved.__wrapped__(link, base, seed)
    return (_resolved if len(link) <= _KEPT_LENGTH else _resolved.__wrapped__)(link, base, seed)


def _plain(link: str, seed: Seed) -> tuple[str, str] | None:
    """Return what :func:`_resolved` does, for an absolute link that none of its rules changes but those of queries."""
    found = None if seed.host_aliases else _PLAIN_LINK.match(link)
    if found is None or _is_marked(found[3]):
        return None
    scheme, host, path, slash, query = found.groups()
    asked = [field for field in query.split("&") if not _is_tracker(*_field(field), seed)] if query else []
    named = sorted(field for field in asked if not _is_twin(*_field(field), seed))
    key = f"{scheme if _is_machine(host) else 'https'}://{_one_host(host, ())}{path or '/'}"
    return _with_query(f"{scheme}://{host}{path}{slash}", asked), _with_query(key, named)


def _with_query(url: str, fields: Sequence[str]) -> str:
    return f"{url}?{'&'.join(fields)}" if fields else url


@lru_cache(maxsize=4096)  # the menus of a portal stand on each of its pages; a pure function of its arguments
def _resolved(link: str, base: str, seed: Seed) -> tuple[str, str]:
    root = "" if not link.startswith("/") else base.partition("/")[0] if link.startswith("//") else base[:-1]
    if plain := _plain(f"{root}{link}", seed):
        return plain
    address = fetch_url(link, base, seed)
    return address, _identity(address, seed)


@lru_cache(maxsize=64)
def _root(base: str) -> str:
    """Return all of *base* that a link from the root depends on, empty where *base* is no address of the web."""
    parts = _split(_as_browsers_read(base))
    return f"{parts.scheme}://{parts.netloc}/" if parts else ""


def _identity(address: str, seed: Seed) -> str:
    parts = _split(address)
    if parts is None:
        return ""
    scheme, netloc = parts.scheme.lower(), _canonical_netloc(parts, seed)
    if parts.port in (None, _DEFAULT_PORTS[scheme]) and not _is_machine(_host(parts)):
        scheme = "https"
    query = parts.query
    if query:
        query = "&".join(field for field in query.split("&") if field and not _is_twin(*_field(field), seed))
    path = parts.path
    for _ in range(16):  # one rule may uncover work for another: "/amp/." becomes "/amp/"
        before = path
        netloc, path = _aliased(netloc, _canonical_path(path), seed)
        address = _quoted(scheme, netloc, path, query)
        path = path if _PLAIN_PATH.match(path) else urlsplit(address).path
        if path == before:
            break
    return address


def same_site(a: str, b: str) -> bool:
    """Say whether two URLs belong to one registrable domain, by the public suffix list in tldextract.

    Machines without one (IP addresses, ``localhost``) are the same site where host and port agree.

    >>> same_site("https://english.vov.vn/en", "https://vov.vn/")
    True
    >>> same_site("https://a.com.vn/", "https://b.com.vn/")
    False
    """
    first, second = site_of(a), site_of(b)
    return bool(first) and first == second


def site_of(url: str) -> str:
    """Return the registrable domain of *url*, or ``host:port`` where it has none; empty for garbage."""
    parts = _split(url)
    if parts is None:
        return ""
    host = _host(parts)
    if _is_machine(host):
        return f"{host}:{parts.port or _DEFAULT_PORTS[parts.scheme.lower()]}"
    return _registrable(host) or host


def looks_like_article(url: str, seed: Seed = GENERIC) -> bool:
    """Say whether *url* has the shape of an article's address: the seed's patterns, else a generic guess.

    The guess prefers recall: a page wrongly taken for an article is found out once it is fetched.

    >>> looks_like_article("https://vov.vn/kinh-te/gia-gao-tang-manh-post1293496.vov")
    True
    >>> looks_like_article("https://vov.vn/kinh-te")
    False
    """
    judge = _looks_like_article if len(url) <= _KEPT_LENGTH else _looks_like_article.__wrapped__
    return judge(url, seed)


@lru_cache(maxsize=4096)  # as _resolved
def _looks_like_article(url: str, seed: Seed) -> bool:
    plain = None if seed.article_url else _PLAIN_LINK.match(url)
    if plain and not _is_marked(plain[3]):
        return article_shape(plain[3] or "/", plain[5] or "")
    parts = _split(url)
    if parts is None:
        return False
    if seed.article_url:
        full = fetch_url(url, seed=seed)
        forms = (full, full.split("?")[0], canonical_url(url, seed))
        return any(re.fullmatch(pattern, form) for pattern in seed.article_url for form in forms)
    return article_shape(_path(_canonical_path(parts.path)), parts.query)  # /amp and index.html say nothing


def is_listing(url: str, seed: Seed) -> bool:
    """Say whether one of the seed's ``listing_url`` patterns matches the whole of *url*."""
    return any(re.fullmatch(pattern, url) for pattern in seed.listing_url)


def may_follow(url: str, seed: Seed = GENERIC) -> bool:
    """Say whether *url* may be requested at all: http(s), a host the seed allows, a page and no trap.

    A seed without ``allowed_domains`` allows every host; robots.txt and addresses inside private networks
    are judged elsewhere.
    """
    parts = _split(url)
    if parts is None or len(url) > MAX_URL_LENGTH or parts.username is not None:
        return False
    if seed.allowed_domains and not allowed_host(_host(parts), seed):
        return False
    if any(re.search(pattern, url) for pattern in seed.never_follow):
        return False
    if seed.article_url and looks_like_article(url, seed):
        return True
    path = _path(parts.path)
    return is_document(path) and not is_trap(path, parts.query)


def allowed_host(host: str, seed: Seed) -> bool:
    """Say whether *host* is one of the seed's domains, a subdomain of one, or an alias of it."""
    names = {*seed.allowed_domains, *(pair[0] for pair in seed.host_aliases)}
    domains = {name.split("/")[0].rsplit(":", 1)[0].lower() for name in names}
    return any(host == domain or host.endswith("." + domain) for domain in domains)


@lru_cache(maxsize=1024)  # a link is split five times on its way; a pure function of its text
def _split(url: str) -> SplitResult | None:
    """Split *url*, or return ``None`` where it is no absolute http(s) URL that a client could ask for."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        parts.port  # noqa: B018 - raises ValueError on a port that is no number
    except ValueError:
        return None
    if parts.scheme.lower() not in _DEFAULT_PORTS or not host or not _HOST.match(host):
        return None
    return parts if host.strip(".") else None


def _host(parts: SplitResult) -> str:
    """Return the host in lower case and ASCII, without a trailing dot."""
    return _ascii_host(parts.hostname or "")


@lru_cache(maxsize=256)  # the links of a page lead to few hosts
def _ascii_host(name: str) -> str:
    host = name.lower().strip(".\u3002\uff0e\uff61")
    try:
        # IDNA 2008 as browsers have it (UTS 46, non-transitional): faß.de is not fass.de.
        return idna.encode(host, uts46=True).decode("ascii") if not host.isascii() else host
    except UnicodeError:  # idna.IDNAError is one
        return host


@lru_cache(maxsize=256)
def _registrable(host: str) -> str:
    return _PUBLIC_SUFFIXES(host).top_domain_under_public_suffix


@lru_cache(maxsize=256)
def _is_machine(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return "." not in host
    return True


def _path(path: str) -> str:
    return unicodedata.normalize("NFC", unquote(path, errors="replace"))


def _field(field: str) -> tuple[str, str]:
    name, _, value = field.partition("=")
    return unquote(name, errors="replace"), unquote(value, errors="replace")


def _is_tracker(name: str, value: str, seed: Seed) -> bool:
    if name in seed.keep_query:
        return False
    if name.lower() == "cid":  # an article's number on some portals, a campaign's name on others
        return not value.isdigit()
    return _TRACKER.fullmatch(name) is not None and not (value.isdigit() and _NUMBER_NAME.fullmatch(name))


def _quoted(scheme: str, netloc: str, path: str, query: str) -> str:
    """Put a URL together: percent-encoding in one form, the query sorted."""
    if _PLAIN_PATH.match(path) and _PLAIN_QUERY.match(query) and netloc.isascii():
        # Nothing that w3lib would change; it takes ten times as long.
        return urlunsplit((scheme, netloc, path, "&".join(sorted(query.split("&"))), ""))
    address = urlunsplit((scheme, netloc, path, query, ""))
    try:
        return canonicalize_url(address)
    except ValueError:
        return address


def _is_twin(name: str, value: str, seed: Seed) -> bool:
    """Say whether a parameter is a tracker or asks for another dress of the same page."""
    if name in seed.keep_query:
        return False
    return _is_tracker(name, value, seed) or value.lower() in _TWIN_PARAMETERS.get(name.lower(), ())


def _canonical_netloc(parts: SplitResult, seed: Seed) -> str:
    netloc = _one_host(_host(parts), seed.host_aliases)
    if parts.port in (None, _DEFAULT_PORTS[parts.scheme.lower()]):
        return netloc
    return f"{netloc}:{parts.port}"


@lru_cache(maxsize=256)
def _one_host(host: str, host_aliases: tuple[tuple[str, str], ...]) -> str:
    aliases = dict(host_aliases)
    for _ in range(len(aliases)):
        host = aliases.get(host, host)
    if not _is_machine(host):
        host = ".".join(_without_twins(host.split(".")))
        host = aliases.get(host, host)
    return f"[{host}]" if ":" in host else host


def _without_twins(labels: list[str]) -> list[str]:
    """Drop ``www``, ``m`` and the like where a registrable domain is left: m.com is a site of its own."""
    kept = labels[-2:]
    for i, label in enumerate(reversed(labels[:-2])):
        if not _TWIN_LABEL.match(label) or (i == 0 and len(labels[-2]) <= 3 and not _registrable(".".join(kept))):
            kept = [label, *kept]
    return kept


def _aliased(netloc: str, path: str, seed: Seed) -> tuple[str, str]:
    """Apply aliases with a path: ``("english.vov.vn/en", "english.vov.vn")`` drops the ``/en``."""
    for alias, target in seed.host_aliases:
        host, _, prefix = alias.partition("/")
        if prefix and netloc == host and f"{path}/".startswith(f"/{prefix}/") and path != f"/{prefix}":
            return target.partition("/")[0], path[len(prefix) + 1 :]
    return netloc, path


def _is_marked(path: str) -> bool:
    """Say whether *path*, slashes at its end aside, holds something of what :func:`_canonical_path` changes."""
    small = path.lower()
    return (
        "%" in small or ";" in small or "//" in small or "amp" in small or "print" in small or "-post" in small
        or "/index." in small or "/default." in small or ".vnp" in small
    )  # fmt: skip  # the loop of any() would take four times as long


def _canonical_path(path: str) -> str:
    bare = path.rstrip("/")
    if path.isascii() and not _is_marked(bare):
        return bare or "/"  # no rule below applies; most links of a page are such
    path = _ESCAPED.sub(lambda run: unquote(run[0], errors="surrogateescape"), path)
    if any("\udc80" <= letter <= "\udcff" for letter in path):  # not UTF-8: the bytes are all there is
        path = "".join(f"%{ord(c) - 0xDC00:02X}" if "\udc80" <= c <= "\udcff" else c for c in path)
    path = re.sub(r"/{2,}", "/", unicodedata.normalize("NFC", path))
    path = _PATH_SESSION.sub("", path)
    path = _TWIN_PREFIX.sub(r"\1", _TWIN_SUFFIX.sub("", path.rstrip("/") or "/"))
    path = _POST_NUMBER.sub("", _INDEX_PAGE.sub("/", path))
    return _SLASH_NUMBER.sub("-", path).rstrip("/") or "/"
