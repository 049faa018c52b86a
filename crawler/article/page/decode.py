"""Bytes → text → tree, whatever the server claims: the first step of :mod:`crawler.article.dissect`."""

from __future__ import annotations

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes
from lxml.etree import ElementDefaultClassLookup, LxmlError, XPath
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

from crawler.article.page.page import Page
from dedupe.intake.limits import MAX_BODY
from dedupe.intake.marks import few_marks

MAX_DEPTH = 200
"""Deepest nesting that is kept. The deepest of 2,048 real news pages is below 100; libxml2 stops for good
at 2,048 and would lose everything behind that point."""

_STATEFUL = ("iso2022", "hz", "utf7", "utf16", "utf32")
"""Encodings whose bytes are valid UTF-8 too, so that being valid UTF-8 does not rule them out."""

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML, and so a tree, cannot hold."""
_CONTROL_BYTES = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})
"""Those of :data:`CONTROLS` that are one byte of UTF-8."""
_BINARY = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f]")
"""Controls that no text holds; Escape aside, which switches the characters of ISO-2022."""
_NEUTRAL = re.compile(
    r"</?(?:div|span|section|font|center|b|i|u|em|strong|small|big|a|ins|del|sup|sub|dl|dd|ul|ol|li|table|tbody|tr|td"
    r"|blockquote|form|article|aside|main)\b[^>]*>",
    re.IGNORECASE,
)
_HEAD = re.compile(rb"\s*<(?:!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)
_SIGNATURES = {
    b"%PDF-": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or office document",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\x1f\x8b": "compressed data (gzip)",
    b"\x00\x00\x00\x1cftyp": "a video",
    b"RIFF": "an image, sound or video (RIFF)",
}
_XML_ROOT = re.compile(r"<(rss|feed|urlset|sitemapindex|rdf:RDF|svg|wml|opml|kml|soap:Envelope)\b", re.IGNORECASE)
_TEXT_TYPES = ("html", "xml", "text/plain", "octet-stream", "unknown")


_PYTHONS_OWN = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "mbcs", "oem"})
"""Encodings that only Python has (docs.python.org, codecs, "Python Specific Encodings"). No page is in them."""
_SOFT_HYPHEN = re.compile("\xad|&(?:shy|#173|#xad);", re.IGNORECASE)
"""Where a browser may break a word: no part of it."""
_SOFT = ("\xad", "&shy;", "&#173;", "&#xad;", "&#xAD;")
MAX_ATTRIBUTES = 1000
"""Attributes of one tag, and words of their values, that are kept of a tag longer than 5,000 characters."""
_LONG = 5000
_LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{_LONG},}}>")
_SCRIPT = re.compile(rb"<(/?)(?:script|style)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(rb"<[^<>]*>")


class ExtractError(ValueError):
    """The bytes of a page hold nothing to parse. The message says why, in words."""


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are no UTF-8 as Windows-1252: how pages of mixed encodings come about."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error("storykin-windows-1252", _windows_1252)


def decode(body: bytes, content_type: str = "") -> tuple[str, str]:
    """Return *body* as text and the name of the encoding it was read in.

    In order: a byte-order mark; UTF-8 where the bytes are valid UTF-8 beyond ASCII (no other text is, by
    accident); the charset of *content_type*; the page's own ``<meta>``; detection. UTF-8 that breaks in few
    places is read as UTF-8 with Windows-1252 between (reported as ``utf-8+cp1252``).
    """
    mark, bom = read_bom(body)
    if mark and bom:
        return body[len(bom) :].decode(mark, "replace"), mark
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(body[:65536])
    declared = _text_encoding(declared) if declared else None
    if not (declared and declared.replace("_", "").replace("-", "").startswith(_STATEFUL)):
        try:
            return body.decode("utf-8"), "utf-8"
        except UnicodeDecodeError as problem:
            if mixed := _mostly_utf8(body, problem):
                return mixed, "utf-8" if problem.reason == "unexpected end of data" else "utf-8+cp1252"
            if declared == "utf-8":
                declared = None
    encoding = declared or _detected(body)
    return body.decode(encoding, "replace"), encoding


def _text_encoding(name: str) -> str | None:
    """Return Python's name of the encoding that a page calls *name*; ``None`` where that is no encoding of pages."""
    encoding = resolve_encoding(name)
    try:
        b"a".decode(encoding or "")  # zip, hex, rot13: codecs, and not of text
    except (LookupError, ValueError):
        return None
    return None if (encoding or "").replace("_", "-") in _PYTHONS_OWN else encoding


def _mostly_utf8(body: bytes, first: UnicodeDecodeError) -> str:
    """Return the text if the bytes are UTF-8 but for a few places or the cut-off end, else an empty text."""
    valid = body.decode("utf-8", "ignore")
    wrong = len(body) - len(valid.encode())
    beyond_ascii = len(valid) - len(valid.encode("ascii", "ignore"))
    if beyond_ascii <= 2 * wrong:
        return ""
    return valid if first.reason == "unexpected end of data" else body.decode("utf-8", "storykin-windows-1252")


def _detected(body: bytes) -> str:
    pieces, at, hidden = [], 0, False
    for tag in _SCRIPT.finditer(body, 0, 200_000):
        if not hidden:
            pieces.append(body[at : tag.start()])
        at, hidden = tag.end(), not tag[1]
    if not hidden:
        pieces.append(body[at:200_000])
    letters = _TAG.sub(b" ", b" ".join(pieces))[:20_000]
    best = from_bytes(letters).best() if letters.strip() else None
    return best.encoding if best and best.encoding != "ascii" else "cp1252"


def parse(page: Page) -> tuple[HtmlElement, tuple[str, ...]]:
    """Return the page's tree (NFC, no soft hyphens, comments or processing instructions) and the doubts met on the way.

    Doubts: those of the page, ``mixed encoding``, ``undecodable``, ``too deep`` (wrappers were flattened).

    :raises ExtractError: if the page is empty, not HTML, or has no element at all
    """
    _refuse_other_formats(page)
    text, encoding = decode(page.body, page.content_type)
    doubts = [*page.doubts, *(["mixed encoding"] if encoding == "utf-8+cp1252" else [])]
    if text.count("\ufffd") > max(5, len(text) // 1000):
        doubts.append("undecodable")
    text = _without_controls(text)
    if any(soft in text for soft in _SOFT):
        text = _SOFT_HYPHEN.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", few_marks(text))
    if _has_long_tag(text):
        text = _LONG_TAG.sub(_with_few_attributes, text)
    root = _XML_ROOT.search(text[:2000])
    if root and not re.search(r"<(?:html|body)\b", text[:20_000], re.IGNORECASE):
        raise ExtractError(f"an XML document ({root[1]}), not an HTML page")
    tree, deep = _tree(text)
    if deep:
        doubts.append("too deep")
        tree, still = _tree(_NEUTRAL.sub("\n", text))
        if still:
            raise ExtractError(f"nested deeper than {MAX_DEPTH} elements in every way, not a page to read")
    return tree, tuple(doubts)


def _has_long_tag(text: str) -> bool:
    """Look at every 5,000th character, one of which each long tag covers: to search all of a page takes 1 ms."""
    for at in range(_LONG, len(text), _LONG):
        start = text.rfind("<", at - _LONG, at)
        if start >= 0 and _LONG_TAG.match(text, start):
            return True
    return False


def _with_few_attributes(tag: re.Match[str]) -> str:
    """Return a tag with the first of its attributes: libxml2 compares each with all before it."""
    pieces = tag[0].split(None, MAX_ATTRIBUTES)
    return tag[0] if len(pieces) <= MAX_ATTRIBUTES else " ".join(pieces[:-1]) + ">"


def _without_controls(text: str) -> str:
    """Return *text* without what a tree cannot hold.

    :raises ExtractError: if there is so much of it that this is no text
    """
    encoded = text.encode("utf-8", "surrogatepass")
    if encoded.translate(None, _CONTROL_BYTES) == encoded and "\ufffe" not in text and "\uffff" not in text:
        return text  # nearly every page; 20 times as quick as to search its characters
    # Every fourth byte of random data is one; NUL is what UTF-16 leaves that nobody declared.
    if len(_BINARY.findall(text)) > max(32, len(text) // 50):
        raise ExtractError("binary data, not an HTML page")
    return CONTROLS.sub("", text)


def _refuse_other_formats(page: Page) -> None:
    body = page.body.lstrip(b"\x00 \t\r\n\xef\xbb\xbf")
    if not body:
        raise ExtractError("the response has no content")
    if len(page.body) > MAX_BODY:
        raise ExtractError(f"more than {MAX_BODY >> 20} MB, larger than a page may be")
    for signature, name in _SIGNATURES.items():
        if body.startswith(signature) or page.body.startswith(signature):
            raise ExtractError(f"{name}, not an HTML page")
    kind = page.content_type.partition(";")[0].strip().lower()
    if kind and not any(word in kind for word in _TEXT_TYPES) and not _HEAD.match(page.body):
        raise ExtractError(f"the server calls it {kind}, and it does not look like an HTML page")
    if body[:1] in b"{[" and not _HEAD.search(page.body[:4096]):
        raise ExtractError("JSON data, not an HTML page")


_CLASSES = ElementDefaultClassLookup(element=HtmlElement)
"""lxml.html looks each element's class up in Python, so that forms get methods of their own: 1 ms a page, and nobody
here fills in a form. Comments and processing instructions are not in the tree."""


def _tree(text: str) -> tuple[HtmlElement, bool]:
    """Return the tree and whether it is deeper than :data:`MAX_DEPTH`."""
    parser = HTMLParser(  # type: ignore[call-arg]  # the stubs miss default_doctype
        collect_ids=False,
        default_doctype=False,
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
    )
    parser.set_element_class_lookup(_CLASSES)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError, AssertionError) as problem:
        raise ExtractError(f"no element in it can be parsed ({problem})") from problem
    return tree, any("depth" in entry.message for entry in parser.error_log) or bool(_DEEP(tree))


_DEEP = XPath(f"boolean({'/*' * MAX_DEPTH})")


def nfc(text: str) -> str:
    """Return *text* in NFC with runs of white space as one blank and no invisible characters.

    >>> nfc("Lào\\u200b \\n Cai ")
    'Lào Cai'
    """
    if not text.isascii():
        text = whole(unicodedata.normalize("NFC", few_marks(_INVISIBLE.sub("", text))))
    return " ".join(text.split())


def whole(text: str) -> str:
    """Return *text* with a replacement character for every half of a surrogate pair, which no encoding can carry."""
    return _HALVES.sub("\ufffd", text)


_HALVES = re.compile("[\ud800-\udfff]")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")
"""Zero-width space, word joiner, byte-order mark; joiners and soft hyphens, which the author set, stay."""
