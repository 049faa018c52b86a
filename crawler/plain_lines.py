"""Lines of a text without HTML, and what their shape alone tells: title, prose, caption, date."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from dedupe.text import normalise

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
_DATE = re.compile(
    r"^\W*(?:(?:thứ|chủ nhật|mon|tue|wed|thu|fri|sat|sun)\w*[\s,.]*(?:hai|ba|tư|năm|sáu|bảy)?[\s,.|-]*)?"
    r"(?:\d{1,4}[\s:./-]+(?:\w{1,9}[\s:./,-]*){1,6}(?:gmt|utc|am|pm|[+-]\d)?[\d:]*"
    r"|[a-z]{3,9}\.? \d{1,2},? \d{4}.{0,20}"
    r"|\d+ (?:giây|phút|giờ|ngày|tuần|tháng|seconds?|minutes?|mins?|hours?|days?|weeks?|months?)\s?(?:trước|ago))\W*$",
    re.IGNORECASE,
)
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
        line = " ".join(unicodedata.normalize("NFC", raw.translate(_INVISIBLE)).split())
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


def is_date(text: str) -> bool:
    """Whether the whole line is a date or a time of publication.

    >>> is_date("Thứ Ba, 22:35, 26/08/2025"), is_date("3 hours ago"), is_date("3 ships sank")
    (True, True, False)
    """
    return len(text) <= 60 and bool(_DATE.match(text))


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
    return bool(_LABEL_FIRST.match(text)) or any(credit.search(text) for credit in _CREDITS)


def is_credit(text: str) -> bool:
    """Whether the line is a photo credit and nothing else."""
    return len(text) <= 100 and any((found := credit.search(text)) and found.start() == 0 for credit in _CREDITS)
