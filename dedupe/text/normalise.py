"""Text made comparable: what two copies of one story may differ in without being different stories.

Everything here is for comparison only; no reader ever sees a normalised text. Pure functions of their argument.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

import numpy as np

from dedupe.intake.marks import few_marks
from dedupe.text.codepoints import (
    CLASS_MASK,
    CODE_MASK,
    INVISIBLE_PATTERN,
    SEPARATOR,
    UNSPACED,
    decode,
    fold_codes,
    quick_fold,
)

_HEAD = 160  # characters in which a prefix stands
_DASH = r"\s*(?:[-‐‑‒–—―]{1,3}|:)"
_UPPER = "[A-ZÀ-ÞĂĐĨŨƠƯẠ-Ỹ]"
_PLACE = r"[^\W\d_][^\n():;!?“”\"]{0,45}?"
# What a portal or an agency puts before the first sentence. Each must end in a dash or colon.
_PREFIX = re.compile(
    r"\s*(?:"
    # VOV.VN - , vietnamplus.vn | , example.com:
    rf"[\w-]{{2,24}}(?:\.[\w-]{{2,24}})*\.(?i:vn|com|net|org|info|eu|co\.uk|de|fr)(?:{_DASH}|\s*\|)\s"
    # (VOVWORLD) - , (Dân trí) - , (Reuters) -
    rf"|[\[(][^\W\d_][^()\[\]\n]{{1,30}}[\])]{_DASH}\s*"
    # TTO - , WASHINGTON — , NEW YORK, Nov. 22 --
    rf"|(?P<capitals>{_UPPER}[{_UPPER[1:-1]}0-9.,&'’ -]{{1,40}}(?:,[^\n():;!?“”\"]{{1,25}})?\s*(?:\s-{{1,3}}|[–—―])\s)"
    # LONDON (Reuters) - , Hanoi, Nov 22 (VNA) –
    rf"|{_PLACE}\s?\([^\W\d_][^()\n]{{1,30}}\){_DASH}\s*"
    r")"
)

_WORD = re.compile(r"[^\W_]+")
_BLANKS = {code: " " for code in range(0x80) if not chr(code).isalnum()}


def without_prefix(text: str) -> str:
    """Return *text* without the source prefixes and datelines before its first sentence.

    >>> without_prefix("VOV.VN - Sáng nay, cầu mới thông xe.")
    'Sáng nay, cầu mới thông xe.'
    >>> without_prefix("LONDON (Reuters) - The bridge opened.")
    'The bridge opened.'
    """
    start = 0
    while (match := _PREFIX.match(text, start)) and match.end() < len(text):
        ahead = text[match.end() : match.end() + 24]
        if match["capitals"] and any(map(str.isupper, ahead)) and not any(map(str.islower, ahead)):
            break  # a headline in capitals, not a name before a sentence
        start = match.end()
    return text[start:]


def comparable(text: str) -> str:
    """Return *text* without entities, source prefixes and datelines; the rest stays as it is.

    What the signing kernels read: all other folding is a table look-up a character.
    """
    if "&" in text:  # twice: feeds escape what pages had escaped already
        text = html.unescape(html.unescape(text))
    if not text.isascii():
        text = text.replace("ß", "ss")  # the one frequent letter that folds to two
        head = text[:_HEAD]
        hidden = not head.isprintable() and INVISIBLE_PATTERN.search(head)
        if hidden or not unicodedata.is_normalized("NFKC", head):
            # The rest needs it no more than elsewhere: the table knows, and NFKC takes its time.
            text = unicodedata.normalize("NFKC", few_marks(INVISIBLE_PATTERN.sub("", head))) + text[_HEAD:]
    return without_prefix(text)


def fold(text: str) -> str:
    """Return *text* case-folded, in NFKC, without entities, invisible characters, prefixes and datelines.

    Punctuation is still there; :func:`normalise` leaves only the words.
    """
    plain = comparable(text)
    quick = quick_fold(plain)
    return decode(fold_codes(plain) & CODE_MASK) if quick is None else quick


def normalise(text: str) -> str:
    """Return the words of *text* in comparable form, joined by single blanks. Idempotent.

    Equal for copies that differ in case, NFC or NFD, typographic quotes and dashes, entities, soft hyphens and
    zero-width characters, punctuation, Vietnamese tone-mark placement, source prefix or dateline. A text
    without any word (only emoji) is returned without its white space.

    >>> normalise("VOV.VN - “Hoà bình” &amp; phát tri\\u00adển!")
    'hòa bình phát triển'
    >>> normalise("Hòa bình, phát triển")
    'hòa bình phát triển'
    """
    return " ".join(_words_in(comparable(text))) or "".join(fold(text).split())


def _words_in(plain: str) -> list[str]:
    if (quick := quick_fold(plain)) is not None:
        return quick.translate(_BLANKS).split() if quick.isascii() else _WORD.findall(quick)
    entries = fold_codes(plain)
    kinds, codes = entries & CLASS_MASK, entries & CODE_MASK
    unspaced = np.flatnonzero(kinds == UNSPACED)
    spaced = np.where(kinds == SEPARATOR, np.uint32(0x20), codes)
    if unspaced.size:  # a blank on both sides of each
        spaced = np.insert(spaced, np.concatenate([unspaced, unspaced + 1]), 0x20)
    return decode(spaced).split()


def words(normalised: str) -> list[str]:
    """Return the words of a normalised text.

    >>> words(normalise("London (Reuters) - It's 5.30 pm"))
    ['it', 's', '5', '30', 'pm']
    """
    return normalised.split()


LONG = 1 << 18
"""Characters from which a text is read in pieces: a 10 MB text takes no more memory than thousands of short ones."""
_PARTING = re.compile(r"[ \n。、，]")


def pieces(text: str) -> Iterator[str]:
    """Yield *text* in pieces of about half of ``LONG``, each but the first beginning with what parts two words.

    Nothing composes with what stands before a blank or a full stop, so the pieces fold as the whole does.
    """
    start = 0
    while start < len(text):
        cut = _PARTING.search(text, start + LONG // 2)
        end = cut.start() if cut else len(text)
        yield text[start:end]
        start = end


def words_of(text: str) -> list[str]:
    """Return ``words(normalise(text))``; of a long text each word is one object, however often it occurs."""
    plain = comparable(text)
    if len(plain) < LONG:
        found = _words_in(plain)
    else:
        known: dict[str, str] = {}
        found = [known.setdefault(word, word) for piece in pieces(plain) for word in _words_in(piece)]
    return found or words(normalise(text))


# Agencies whose copy portals carry. An acronym counts only where it stands as a credit, see _CREDIT.
_AGENCY = (
    r"(?:Reuters|AP|A\.P\.|(?:The )?Associated Press|AFP|Agence France[- ]Presse|dpa|DPA|Xinhua|Tân Hoa Xã|TASS"
    r"|ITAR-TASS|Interfax|RIA Novosti|ANSA|EFE|Lusa|APA|Keystone-SDA|Belga|ANP|NTB|TT|Ritzau|STT|PAP|CTK|ČTK|MTI"
    r"|UPI|PA Media|Press Association|Kyodo(?: News)?|Jiji(?: Press)?|Yonhap|Bernama|Antara|PTI|ANI|IANS|AAP"
    r"|Anadolu(?: Agency)?|MENA|SPA|WAM|KCNA|CNA|VNA|TTXVN|Vietnam News Agency|Thông tấn xã Việt Nam)"
)
_CREDIT_WORD = r"(?:Theo|Nguồn:?|Source:|Quelle:|By|Bởi|©|Copyright(?: ©)?(?: \d{4})?(?: by)?)"
_CREDIT = re.compile(
    # (Theo TTXVN), (AP Photo), (dpa/AFP)
    rf"[(\[](?:[^()\[\]\n]{{0,40}}[\s,/–-])?{_AGENCY}(?:[\s,/–-][^()\[\]\n]{{0,40}})?[)\]]"
    # AFP - at the start; a line of the name alone
    rf"|^\s*{_AGENCY}\s*(?:[-–—:|]|$)"
    rf"|{_CREDIT_WORD}\s+(?:[\w./,& -]{{0,40}}[\s,/])?{_AGENCY}\b[^\n]{{0,12}}$"
    rf"|(?:©|Copyright)[^\n]{{0,20}}{_AGENCY}\b"
    r"|\bReporting by [^\n]{3,200}\b[Ee]diting by\b"
    # Jane Doe, Associated Press
    rf"|^[^\n]{{0,40}}[,/|–—-]\s?{_AGENCY}\s*$"
)
# Stands in every credit, seldom elsewhere. Each alternative begins with a letter, so that a search is a quick scan.
_CREDIT_NAME = re.compile(_AGENCY.replace("(?:The )?", "").replace("(?:", "(?:Reporting by|", 1))
_CREDIT_REACH = 160


def is_agency_copy(text: str) -> bool:
    """Whether the first or the last paragraph credits a news agency: a dateline, a byline, a source line.

    >>> is_agency_copy("HANOI (AFP) - A bridge opened.\\n\\nIt is long.")
    True
    >>> is_agency_copy("Cầu đã thông xe.\\n\\n(Theo TTXVN)")
    True
    >>> is_agency_copy("He told Reuters the bridge was long.")
    False
    """
    return bool(agency_credit(text))


def agency_credit(text: str) -> str:
    """Return the credit of a news agency in the first or the last paragraph, as it stands there; empty if none.

    >>> agency_credit("Cầu đã thông xe.\\n\\n(Theo TTXVN)")
    '(Theo TTXVN)'
    """
    # A credit opens or closes a paragraph; what stands deep inside one is a quotation of the agency.
    text = text.strip()
    first, last = text[:_CREDIT_REACH].partition("\n")[0], text[-_CREDIT_REACH:].rpartition("\n")[2]
    match = _credit_in(first) or _credit_in(last)
    return match[0].strip() if match else ""


def closing_credit(text: str) -> str:
    """Return what stands from the credit of a news agency in the last paragraph on; empty if there is none.

    >>> closing_credit("The bridge opened.\\n\\nReporting by Jane Doe; editing by John Roe")
    'Reporting by Jane Doe; editing by John Roe'
    >>> closing_credit("HANOI (AFP) - A bridge opened.\\n\\nIt is long.")
    ''
    >>> closing_credit("HANOI (AFP) - A bridge opened.")
    ''
    """
    before, _, last = text.strip()[-_CREDIT_REACH:].rpartition("\n")
    match = _credit_in(last if before else without_prefix(last))
    return match.string[match.start() :].strip() if match else ""


def credit_words(text: str) -> int:
    r"""Return how many words of *text* credit a news agency in its first or last paragraph; a dateline has none.

    >>> credit_words("A bridge opened.\n\n(Theo TTXVN)"), credit_words("HANOI (AFP) - A bridge opened.")
    (2, 0)
    """
    if not agency_credit(text):
        return 0
    first, _, rest = without_prefix(text.strip()).partition("\n")
    opening = _credit_in(first[:_CREDIT_REACH]) if rest else None
    return sum(len(words(normalise(part))) for part in (opening[0] if opening else "", closing_credit(text)))


def _credit_in(part: str) -> re.Match[str] | None:
    part = unicodedata.normalize("NFC", part).strip()
    return _CREDIT.search(part) if _CREDIT_NAME.search(part) else None
