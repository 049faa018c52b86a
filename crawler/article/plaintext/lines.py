"""Lines of a text without HTML, told apart by their shape: title, prose, caption, date."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from crawler.article.related.headings import HeadingVerdict, heading_verdict
from crawler.article.related.link_text import lead_in
from dedupe.intake.marks import few_marks
from dedupe.text.normalise import normalise

LONGEST_TITLE = 140
"""Characters of a title in a script that puts blanks between words; longer lines are prose."""
LONGEST_TITLE_UNSPACED = 50
"""The same for Chinese, Japanese and Thai."""
LONGEST_QUESTION = 110
"""Characters of a title that ends in a question or exclamation mark."""
LONGEST_CAPTION = 600

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))
_CLOSING = "\"'”’»)]}）」』】 "
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_ELLIPSIS = re.compile(r"\s*(?:\.{2,}|…|\[…\]|\[\.\.\.\]|\(\.\.\.\))\W*$")

_AGENCY = (
    r"(?:REUTERS|Reuters|AFP|AP|EPA(?:-EFE)?|EFE|UPI|dpa|DPA|ANSA|APA|TASS|RIA Novosti|Xinhua|Tân Hoa Xã|VNA|VNS|TTXVN|"
    r"Yonhap|Kyodo|Bernama|Antara|Anadolu|PA(?: Media| Wire)?|Bloomberg|Getty(?: Images)?|iStock|Shutterstock|Alamy|"
    r"Imago|IMAGO|Unsplash|Pixabay|Keystone|NurPhoto|Handout)"
)
_NAME = r"[^\W\d_][\w.'’-]*(?: [\w.'’-]+){0,4}"
_LABEL = (
    r"(?:Photos?|PHOTOS?|Photograph|Picture|Image|Photo credit|Image credit|Credit|CREDIT|File photo|Illustration|"
    r"Ảnh|ẢNH|Hình ảnh|Hình|Ảnh minh h[oọ][aạ]|Ảnh tư liệu|Nguồn ảnh|Foto|Fotos|FOTO|Bild|Symbolbild|Quelle|"
    r"Crédit(?: photo)?|Crédits|Fotografía|Fotografia|Fot\.|Zdjęcie|Фото|ФОТО|Φωτ(?:ο|ογραφία)|写真|"
    r"图|图片(?:来源)?|圖)"
)
_BEFORE = r"(?:^|(?<=[.!?…:;,)\]”\"»。！？])\s*|\s+[-–—|/]\s*)"
# Where a credit stands at the end of a caption: after a sentence, in brackets, or behind a label.
_CREDITS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_BEFORE}{_AGENCY}(?: Photo)?\s?/\s?{_NAME}(?:\s?/\s?{_NAME})*\.?$",
        rf"{_BEFORE}{_NAME}\s?/\s?(?:{_NAME}\s?/\s?)?{_AGENCY}\.?$",
        rf"{_BEFORE}(?:{_AGENCY}[/ ])*{_AGENCY} (?:[Pp]hotos?|PHOTOS?|Images)(?:[ /]{_NAME})?\.?$",
        rf"{_BEFORE}Getty Images\.?$",
        rf"[(\[（](?:[^()\[\]]{{0,40}}\b)?{_LABEL}\s*(?:[:：/]|by\b|của\b|von\b|par\b|de\b)[^()\[\]]{{0,60}}[)\]）]\.?$",
        rf"[(\[]{_AGENCY}(?: [Pp]hoto)?\s?/\s?{_NAME}[)\]]\.?$",
        rf"[(\[]{_AGENCY} (?:[Pp]hotos?|Images)(?:[/ ]{_NAME})?[)\]]\.?$",
        r"(?i)[(\[](?:file photo|photo|illustrative photo|ảnh minh h[oọ][aạ]|ảnh tư liệu|ảnh|archivbild|symbolbild)"
        r"[)\]]\.?$",
        rf"{_BEFORE}{_LABEL}\s*[:：]\s*[^.!?]{{2,60}}\.?$",
        rf"(?<=[\w]) {_LABEL}\s*[:：]\s*{_NAME}(?:\s?/\s?{_NAME})*\.?$",
        rf"{_BEFORE}(?:Photos?|Picture|Image|Photograph)s? (?:by|courtesy of) {_NAME}(?:[/, ]+{_NAME})*\.?$",
        rf"{_BEFORE}©\s?(?:\d{{4}} )?{_NAME}(?:\s?[/,]\s?{_NAME})*\.?$",
    )
)
_LABEL_FIRST = re.compile(
    rf"^(?:{_LABEL}|In (?:the |this )?(?:photo|picture|image)|Trong ảnh|Chú thích ảnh)\s*[:：]\s*\S"
)
_COUNT = re.compile(r"\s*[(\[]\d{1,3}[)\]]\s*:?\s*$")
_MARKS = re.compile(r"^(?:\.{2})?(?:[>»➤►▶→⇒•·▪■●○◦*]+|[-=]+>|[-–—](?=\s)|\d{1,2}[.)](?=\s))\s*")
_FILE_PHOTO = re.compile(r"^(?:FILE\s?[-–—:]|In this [^.]{0,60}\bphoto\b)")
_LIST_MARK = re.compile(r"^(?:[-–—•*·▪■●○◦]\s+|\d{1,2}[.)]\s+)\S")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the input that is not blank."""

    index: int
    """0-based among the lines that are not blank."""
    block: int
    """0-based number of the run of lines without a blank line between them."""
    text: str
    """NFC, single blanks, no invisible characters."""
    key: str
    """Normalised for comparison."""


def read_lines(text: str) -> list[Line]:
    """Return the lines of *text* that hold anything, in order."""
    found: list[Line] = []
    block, in_block = -1, False
    for raw in text.splitlines():
        line = " ".join(unicodedata.normalize("NFC", few_marks(raw.translate(_INVISIBLE))).split())
        if line and not in_block:
            block += 1
        in_block = bool(line)
        if line:
            found.append(Line(len(found), block, line, normalise(line)))
    return found


def is_cut(text: str) -> bool:
    """Whether *text* ends in an ellipsis: it was cut."""
    return bool(_ELLIPSIS.search(text))


def is_title_shaped(text: str) -> bool:
    """Whether *text* looks like a title: short, and not a sentence with a full stop.

    >>> is_title_shaped("Ferry returns to the old pier"), is_title_shaped("The ferry returned on Monday.")
    (True, False)
    """
    unspaced = len(_UNSPACED.findall(text)) > len(text) / 3
    if len(text) > (LONGEST_TITLE_UNSPACED if unspaced else LONGEST_TITLE):
        return False
    end = text.rstrip(_CLOSING)[-1:]
    if end in {"?", "!", "？", "！"} or is_cut(text):
        return len(text) <= LONGEST_QUESTION
    return end not in {".", "。", "।", ";"} or bool(re.search(r"(?:\b[A-Z]\.){2,}$", text))


def is_list_item(text: str) -> bool:
    """Whether the line begins with a bullet or a number."""
    return bool(_LIST_MARK.match(text))


def is_caption(text: str) -> bool:
    """Whether the line is a caption: it ends in a photo credit, or begins with the word photo and a colon.

    >>> is_caption("Fishing boats in the harbour. REUTERS/Ana Lind"), is_caption("Thuyền về bến. (Ảnh: An Bình)")
    (True, True)
    >>> is_caption("The mayor told Reuters.")
    False
    """
    if len(text) > LONGEST_CAPTION:
        return False
    return bool(_LABEL_FIRST.match(text) or _FILE_PHOTO.match(text)) or any(credit.search(text) for credit in _CREDITS)


def is_credit(text: str) -> bool:
    """Whether the line is a photo credit and nothing else."""
    return len(text) <= 100 and any((found := credit.search(text)) and found.start() == 0 for credit in _CREDITS)


def heading_kind(text: str) -> HeadingVerdict:
    """Return what a whole line announces as a heading, with or without a count behind it.

    >>> heading_kind("Related stories (3)"), heading_kind("MOST READ"), heading_kind("Ferry returns")
    ('related', 'excluded', '')
    """
    return heading_verdict(_COUNT.sub("", text))


def introduced_title(text: str) -> str:
    """Return the title of the one related story that the line points to; empty if it points to none.

    >>> introduced_title("Đọc thêm: Cảng cá mở lại sau bão")
    'Cảng cá mở lại sau bão'
    >>> introduced_title("He asked for more: a bridge, a school and a road.")
    ''
    """
    opening = lead_in(text)
    return without_marks(text[len(opening) :]) if opening else ""


def without_marks(text: str) -> str:
    """Return *text* without the arrows, bullets and numbers that lists put before a title.

    >>> without_marks("• >> Ferry returns")
    'Ferry returns'
    """
    while (shorter := _MARKS.sub("", text, count=1).strip()) not in {text, ""}:
        text = shorter
    return text
