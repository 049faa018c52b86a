"""What the path and the query of a URL say about the page behind it, on a portal nobody has described.

Paths come in decoded and in NFC. The words are those that news portals of the languages storykin knows use in
addresses; where a rule is in doubt it lets the URL pass, because a page that is no article shows so once fetched.
"""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import parse_qsl

# Extensions of what is no HTML page. Unknown ones are pages: VOV's end in ``.vov``, VietnamPlus' in ``.vnp``.
_FILES = frozenset(
    """
    7z aac apk atom avi avif bmp bz2 css csv dmg doc docx eot eps epub exe flv gif gz ics ico iso jpeg jpg js json
    m3u8 m4a m4v mid mkv mov mp3 mp4 mpeg mpg msi odp ods odt oga ogg ogv opus otf pdf pls png ppt pptx ps psd rar rdf
    rm rss rtf svg swf tar tgz tif tiff torrent ttf txt vcf wav webm webmanifest webp wma wmv woff
    woff2 xls xlsx xml zip
    """.split()
)
_PAGE_EXTENSION = re.compile(r"\.([a-z][a-z0-9]{1,5})\Z", re.IGNORECASE)

# One of these as the last segment or the one before it: a list of articles, a service or a person.
_LISTING_WORDS = frozenset(
    """
    tag tags topic topics topico topicos category categories kategorie kategorien kategoria categoria categorias
    author authors autor autoren autores auteur auteurs autore autori penulis tac-gia contributor contributors
    profile profiles byline search suche buscar busca recherche cerca szukaj poisk tim-kiem cari login signin
    sign-in signup sign-up logout register registration anmelden inicio-sesion connexion accedi dang-nhap dang-ky
    account user users member members my-account subscribe subscription subscriptions abonnement abonnements
    suscripcion newsletter newsletters sitemap sitemaps site-map cart checkout cgi-bin wp-admin wp-json tu-khoa
    chuyen-muc themen temas etiqueta etiquetas etiket szlagwort slagwoord schlagwort schlagworte tagi labels all-about
    """.split()
)
# The same as the last segment alone: a long slug may stand below a section of that name.
_LISTING_LAST = _LISTING_WORDS | frozenset(
    """
    index home default news latest latest-news breaking-news live-tv video videos photo photos gallery galleries
    podcasts podcast audio schedule programme programmes events trending popular most-read most-popular tin-moi
    nachrichten noticias actualites actualite notizie wiadomosci novosti opinion politics business world people
    entertainment technology science culture lifestyle international weather wetter archive archives archiv
    archivo arquivo archivio rss feed feeds atom contact contacts contact-us kontakt contacto contato about
    about-us impressum imprint privacy privacy-policy privacy-notice datenschutz terms terms-of-service
    terms-of-use terms-and-conditions cookies cookie-policy legal help faq jobs careers advertise
    advertise-with-us advertising shop store horoscope horoskop games quiz puzzles crossword comments comment
    kommentare share email mailto send-to-friend print download downloads dossier thema tema sujet chu-de staff
    """.split()
)
_STORY_WORDS = frozenset(
    "story stories article articles artikel articulo articolo artykul statya berita wirestory".split()
)
_DATED = re.compile(
    r"/(?:19|20)\d{2}(?:(?:/[a-z]+){0,2}/\d{1,2}/\d{1,2}/|[/_-]?(?:\d{1,2}|[a-z]{3})(?:[/_-]?\d{1,2})?(?:[/._-]|\Z))",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"\d{5,}|(?<![a-z0-9])[a-z]{1,4}-?\d{4,}|[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-")
_NUMBER = re.compile(r"(?<![a-z\d])\d{3,}(?![a-z])")
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_CJK = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ID_PARAMETER = re.compile(r"(?:\w*id|id_\w+|\w*(?:no|nr|num|code)|p|a|s|story|article|idxno|idx|t)\Z", re.IGNORECASE)
_PATH_IN_QUERY = re.compile(r"/(?:19|20)\d{2}/?\d{2}/|/\d{6,}")
_CALENDARS = frozenset({"calendar", "kalender", "calendario", "calendrier", "lich"})
_PAGE_NUMBER = re.compile(r"(?:page|trang|seite|pagina|p|pg)[-_/]?\d{1,4}\Z")


def is_document(path: str) -> bool:
    """Say whether *path* can be an HTML page: it has no extension of a file of another type."""
    dot = path.rfind(".", max(0, len(path) - 7))
    extension = _PAGE_EXTENSION.match(path, dot) if dot >= 0 else None
    return extension is None or extension[1].lower() not in _FILES


def is_trap(path: str, query: str) -> bool:
    """Say whether the address looks like one of endlessly many: calendars, repeating segments, many filters.

    >>> is_trap("/a/b/a/b/a/b", "")
    True
    >>> is_trap("/events/calendar/2031/07", "")
    True
    """
    return _is_trap(_segments(path), query)


def _segments(path: str) -> list[str]:
    return [segment for segment in path.lower().split("/") if segment]


def _is_trap(segments: list[str], query: str) -> bool:
    if len(segments) > 12 or query.count("&") > 8:
        return True
    if len(set(segments)) < len(segments) - 1:
        counts = Counter(segments)
        if any(count > 2 for segment, count in counts.items() if not segment.isdigit()):
            return True
    if not _CALENDARS.isdisjoint(segments[:-1]):
        return True
    if segments and segments[-1] in ("calendar", "login", "logout", "signin", "register", "search", "print"):
        return segments[-1] != "search" or bool(query)
    names = {name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)} if query else set()
    return bool(names & {"replytocom", "sort", "orderby", "filter", "calendar", "print", "share"})


def article_shape(path: str, query: str) -> bool:
    """Guess whether an address is an article's: a long slug, a number, a date, or a number in the query.

    >>> article_shape("/Politics/story", "id=43546532")
    True
    >>> article_shape("/wireStory/oil-prices-rise-again-45012345", "")
    True
    >>> article_shape("/tag/oil-prices-rise-again", "")
    False
    """
    segments = _segments(path)
    if not is_document(path) or _is_trap(segments, query):
        return False
    if _names_listing(segments):
        return False
    if _id_in_query(query):
        return True
    if not segments or _PAGE_NUMBER.match(segments[-1]) or _stem(segments[-1]) in _LISTING_LAST:
        return False
    return _slug_says_article(path, segments)


def _names_listing(segments: list[str]) -> bool:
    """Say whether a segment names a listing: near the end, or anywhere before a short last segment."""
    if _LISTING_WORDS.isdisjoint(segments):
        return False
    words = len(_WORD.findall(segments[-1]))
    return (
        words < 6
        if not _LISTING_WORDS.isdisjoint(segments[-2:])
        else words < 4 and not _LONG_NUMBER.search(segments[-1])
    )


def _slug_says_article(path: str, segments: list[str]) -> bool:
    last = _stem(segments[-1])
    words = _WORD.findall(last)
    letters = len(_LETTERS.findall(last))
    if (len(words) >= 3 and letters >= 3 and len(last) >= 14) or len(_CJK.findall(last)) >= 6:
        return True
    if _LONG_NUMBER.search(last) or (letters >= 2 and _NUMBER.search(last)):
        return True
    if _DATED.search(path) and (letters or _NUMBER.search(last)):
        return True
    if last != segments[-1] and len(last) >= 8 and (len(words) >= 2 or _NUMBER.search(last)):
        return True  # a file of its own, such as /bush-visit.html
    before = segments[-2] if len(segments) > 1 else ""
    if len(last) >= 3 and not _STORY_WORDS.isdisjoint(segments[:-1]):
        return True
    # /4688385/a-slug, /a-long-slug-with-its-number-1019241/artikel
    return (letters > 0 and _LONG_NUMBER.search(before) is not None) or len(_WORD.findall(before)) >= 5


def _stem(segment: str) -> str:
    dot = segment.rfind(".")
    return segment[:dot] if dot >= 0 and _PAGE_EXTENSION.match(segment, dot) else segment


def _id_in_query(query: str) -> bool:
    if not query:
        return False
    return any(
        (value.isdigit() and len(value) >= 3 and _ID_PARAMETER.match(name))
        or (not value and name.isdigit() and len(name) >= 4)  # /story.php?12345
        or _PATH_IN_QUERY.search(value)  # ?AID=/20080102/SPORTS09/801020434
        for name, value in parse_qsl(query, keep_blank_values=True)
    )


def is_listing_path(path: str) -> bool:
    """Say whether *path* names a list of articles, a person or a service: a tag, a topic, an author, a search.

    >>> is_listing_path("/author/jane-doe"), is_listing_path("/news/oil-prices-rise-again")
    (True, False)
    """
    segments = _segments(path)
    if _names_listing(segments):
        return True
    return bool(segments) and _stem(segments[-1]) in _LISTING_LAST
