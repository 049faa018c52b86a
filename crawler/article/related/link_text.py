"""Classifies the text of a link: title, button, date, name of a file, or opening of a "Read more:" line."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from crawler.article.related.headings import expand, fold, heading_verdict

_MARKS = re.compile(r"[\s\W_]{0,4}(?:>>+|»+|→|▶|►|➤|⇒|☞|->|=>)[\s\W_]{0,4}")
_OPENINGS = expand(
    """
    read | read (more|also|next|this|on) | also read | see also | see | also | more | more on this | must read
    don't miss | related
    related (story|stories|article|articles|news|link|links|content|coverage|video|reading|post|posts) | watch
    watch (more|also) | recommended | recommended reading | in pics | background | in depth | analysis | opinion
    explainer | (xem|đọc|tham khảo|tìm hiểu) (thêm|tiếp) | (xem|đọc) thêm (bài|tin|về|tại)
    (tin|bài|bài viết) liên quan | mời xem thêm | (lesen sie|lies|siehe|sehen sie)
    (lesen sie|lies|siehe|sehen sie) (auch|dazu|mehr|hier) | lesen sie (auch|hierzu|dazu) hier | mehr zum thema
    mehr dazu | auch interessant | lesetipp | zum thema | hintergrund | (à|a) lire | (à|a) lire (aussi|également)
    lire (aussi|également) | voir aussi | (lea|lee|ver|mira|vea)
    (lea|lee|ver|mira|vea|leer) (también|más|además) | te puede interesar | además | relacionado | relacionada
    (leia|veja|confira) (também|mais|ainda) | saiba mais | (leggi|vedi) anche | approfondisci | leggi
    (czytaj|zobacz|przeczytaj) (także|też|również|więcej) | (читайте|смотрите) (также|ещё|еще) | по теме
    см. также | читайте також | (διαβάστε|δείτε) (επίσης|ακόμα|ακόμη|περισσότερα|εδώ) | lees (ook|meer)
    les (også|mer) | läs (också|även|mer) | læs også | lue myös | (baca|simak|lihat) juga | baca selengkapnya
    ilgili haber | 相关 | 相关阅读 | 相关新闻 | 相关报道 | 延伸閱讀 | 延伸阅读
    相關新聞 | 相關報導 | 関連 | 関連記事 | 関連ニュース | あわせて読みたい | 관련 | 관련기사
    관련 기사 | อ่านเพิ่มเติม | اقرأ أيضا | اقرأ أيضاً
    """
)
_LEAD_IN = re.compile(
    rf"{_MARKS.pattern}|[\s\W_]{{0,4}}(?:{'|'.join(sorted(map(re.escape, _OPENINGS), key=len, reverse=True))})"
    r"\s*[:：|»>→–—]+\s*",
    re.IGNORECASE,
)
_CLOSERS = re.compile("[→▶►➤⇒☞:：|»>–—]")
"""One of these is in all that ``_LEAD_IN`` matches; most lines have none, and it takes fifty times as long."""
_BUTTONS = frozenset(
    expand(
        """
        more | read | read (more|on|now|here|full story|the full story|full article|article|story|it here)
        see (more|all|here) | view (more|all) | show more | load more | learn more | find out more | click here
        click to enlarge | full (story|article|text|coverage|report) | details | more details | continue
        continue reading | read more here | share | e-mail | email | email this | print | print this | comment
        comments | reply | video | videos | photo | photos | gallery | photo gallery | audio | listen | play
        watch | watch now | watch video | link | links | previous | next | back | home | top | enlarge | story
        subscribe | sign up | log in | login | permalink | here | play video | save | close
        (xem|đọc|tham khảo) (thêm|tiếp|ngay|tất cả) | xem chi tiết | chi tiết | bình luận | chia sẻ | mehr
        mehr (lesen|erfahren|dazu|anzeigen) | weiter | weiterlesen | zum artikel | jetzt lesen | alle anzeigen
        lire | lire (la suite|plus|l'article) | en savoir plus | voir (plus|tout) | leer más | ver (más|todo|nota)
        seguir leyendo | ler mais | leia mais | ver mais | saiba mais | leggi | leggi (tutto|di più|l'articolo)
        continua | continua a leggere | czytaj (więcej|dalej) | więcej | zobacz | читать
        читать (далее|полностью) | подробнее | ещё | еще | περισσότερα | διαβάστε περισσότερα | lees (meer|verder)
        les mer | läs mer | læs mere | lue lisää | baca (selengkapnya|lagi) | selengkapnya | devamı | 続きを読む
        もっと見る | もっと読む | 詳しく見る | 更多 | 查看更多 | 阅读全文 | 閱讀更多 | 詳細 | 더보기 | อ่านต่อ
        """
    )
)
_COUNTED = re.compile(
    r"\(?\d+\)?(?: (?:comments?|shares?|photos?|replies|bình luận|kommentare?|commentaires?|comentarios"
    r"|min(?:utes?)?(?: read)?))?"
)
_DATE_WORD = re.compile(
    r"\d{1,4}(?:st|nd|rd|th|h|am|pm|년|월|일|年|月|日|時|分|/\d{1,2}(?:/\d{2,4})?)?|\d{1,2}[:h.時时시]\d{2}(?::\d{2})?(?:am|pm|分|분)?|\d{1,4}[-./年]\d{1,2}[-./月]\d{1,4}日?"
    r"|(?:jan|feb|mar|mär|mär|apr|may|mai|maj|jun|jul|aug|sep|oct|okt|nov|dec|dez|ene|abr|ago|dic|fév|fev|avr|aoû|aout|déc|set|out|gen|giu|lug|ott|янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек|ιαν|φεβ|tháng|thg)[^\W\d]*"
    r"|(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mié|mer|jue|vie|ven|sáb|dom)[^\W\d]{0,6}|thứ|hai|ba|tư|năm|sáu|bảy|chủ|nhật|ngày"
    r"|am|pm|gmt|utc|est|edt|et|ist|bst|uhr|ago|trước|vor|zuvor|hace|há|il|y|a|fa|temu|назад|lalu|前|on|at|am|um|posted|updated|published|cập|đăng|lúc"
    r"|(?:sec|second|min|minute|hr|hour|day|week|month|year)s?|phút|giờ|minuten?|stunden?|tagen?|tage|heures?|jours?|minutos?|horas?|días?|dias?|ore|ora|giorni|godzin[ay]?|dni|часов|часа|час|минут|дней|jam|menit|hari|[smhdwy]",
    re.IGNORECASE,
)
_DATE_SPLIT = re.compile(r"[\s,()|•·–—]+|(?<=[^\W\d])\.|[-+](?=\s)")
_HEADING_WORDS = 5
"""A longer line that begins like a heading is a title: "Read more books, says the minister"."""
_KEPT_LENGTH = 500
"""Longest line that is kept with its verdict: the line of a card is asked about half a dozen times."""
_FILE_NAME = re.compile(
    r"\S+\.(?:jpe?g|png|gif|webp|svg|avif)|(?:img|dsc|image|photo|pic|picture|thumb(?:nail)?|screenshot)[\s_-]*\d*"
)


def clean(text: str) -> str:
    """Return *text* with single blanks and without marks of a list at its ends.

    >>> clean("  »  Giá dầu\\n tăng ")
    'Giá dầu tăng'
    """
    return " ".join(unicodedata.normalize("NFC", text).split()).strip(" \u00a0\u200b»›>•·|–—-→▶►*■▪●").lstrip(":")


def lead_in(text: str) -> str:
    """Return the opening of *text* that announces a link ("Đọc thêm: ", ">> "), or an empty string.

    >>> lead_in("Read more: Oil prices rise"), lead_in("Reading is fun: a report")
    ('Read more: ', '')
    """
    if not _CLOSERS.search(text):
        return ""
    found = _LEAD_IN.match(unicodedata.normalize("NFC", text))
    return found[0] if found else ""


_FIRST = frozenset(opening.split(" ", 1)[0].casefold() for opening in _OPENINGS)


def may_lead_in(text: str) -> bool:
    """Say whether *text* may begin with an opening: a cheap look before :func:`lead_in`."""
    first = text.split(None, 1)[0].casefold().strip(":|»>→–—[(*•.")
    return first in _FIRST or not first or not first[0].isalnum() or first[0] > "\u0dff"


_LABELS = re.compile(
    r"(?:abo|plus|(?:subscribers?|members?) only|(?:f|s|z|spiegel|bild)\+)(?:\s*[:.|•·–—-])?\s+(?=(?-i:[^\Wa-z]))"
    r"|(?:premium|exklusiv|exclusive|video|watch|live|liveblog|podcast)\s*[:.|•·–—-]\s+",
    re.IGNORECASE,
)


def without_labels(title: str) -> str:
    """Return *title* without a label for readers before it and a button behind it.

    >>> without_labels("Premium: Oil prices rise again"), without_labels("Oil prices rise again | more")
    ('Oil prices rise again', 'Oil prices rise again')
    >>> without_labels("Live music returns to the harbour")
    'Live music returns to the harbour'
    """
    label = _LABELS.match(title)
    rest = title[label.end() :] if label else title
    before, mark, button = rest.rpartition("|")
    rest = before if mark and is_button(button) else rest
    return rest.strip() if is_title(rest.strip()) else title


def is_button(text: str) -> bool:
    """Say whether an anchor's text is a button ("Read more", "Xem thêm", "12 comments"), not a title."""
    folded = fold(text)
    return not folded or folded in _BUTTONS or _COUNTED.fullmatch(folded) is not None


def is_date(text: str) -> bool:
    """Say whether a line is a date, a time or an age ("3 giờ trước") and nothing else.

    >>> is_date("Thứ Ba, 22:35, 26/08/2025"), is_date("Oil up 5")
    (True, False)
    """
    if not 3 <= len(text) <= 60 or not any(map(str.isdigit, text)):
        return False
    words = [word for word in _DATE_SPLIT.split(text) if word]
    return all(_DATE_WORD.fullmatch(word.strip(".:")) or not word.strip(".:/") for word in words)


def is_file_name(text: str) -> bool:
    """Say whether a text is the name of an image file."""
    return _FILE_NAME.fullmatch(fold(text)) is not None


def wide_characters(text: str) -> int:
    """Count the ideographs, kana and Hangul of *text*, each of which says as much as two letters or more."""
    return 0 if text.isascii() else sum(letter > "\u2e7f" for letter in text)


def is_title(text: str) -> bool:
    """Say whether a line can be a story's title: no button, no date, no file name, not a heading of a list."""
    return _is_title(text) if len(text) <= _KEPT_LENGTH else _is_title.__wrapped__(text)


@lru_cache(maxsize=1024)  # a pure function of its text
def _is_title(text: str) -> bool:
    text = text[len(lead_in(text)) :]
    if len(text) < 8 and not (len(text) >= 4 and wide_characters(text)):
        return False
    if is_button(text) or is_date(text) or is_file_name(text):
        return False
    # "Weather" or "jobs" alone head another list; in a longer line they are what the story is about.
    longest = {"related": _HEADING_WORDS, "excluded": _HEADING_WORDS - 1, "": 0}[heading_verdict(text)]
    return len(text.split()) > longest
