"""What a heading over a list of links announces, in the languages storykin knows.

A phrase that ends in ``*`` may go on for up to 45 characters ("More on Vietnam"); ``(a|b)`` are alternatives.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product
from typing import Literal

HeadingVerdict = Literal["related", "excluded", ""]

MAX_HEADING = 90
"""Characters; a longer line is no heading of a list."""

_RELATED = """
related * | (recent|latest|more|our|other|all|some|top|see) related * | in related news
more (news|stories|articles|coverage|links|posts|reports) (related to|relating to|on|about) *
more (news|stories|articles|coverage|links|posts|reports) like this * | this story elsewhere | see also * | also see
also read * | read also * | also on * | also in (this|the) * | in this (story|series|package) | read more *
read (next|on) | read (this|these) next | read next * | what to read next | more (on|about|like|to read) *
more (from|in) (this|the same) * | (you|we) (may|might|could|would) (also|be|like|want|enjoy) * | you'll also like
(may|might) also like * | you may like | recommended * | further reading | suggested * | similar *
on (this|the same) (topic|story|subject) | keep reading | continue reading | explore more | elsewhere on *
past coverage | previously | previous coverage | previous (stories|articles) | earlier (stories|coverage)
dig deeper | go deeper | background | learn more | find out more | don't miss | editor's picks | editors' picks
the backstory | full coverage | special report | (external|internet|web|useful) links | links | full story
story so far | from the archive
(các |)(tin|bài|bài viết|tin tức|tin bài|nội dung|video) (liên quan|khác|cùng chuyên mục|cùng chủ đề|cùng loại) *
liên quan | tin (cũ|mới) hơn | (các |)bài viết (cũ|mới) hơn | có thể bạn *
bạn (có thể|nên) (quan tâm|thích|đọc) * | có thể (quý vị|độc giả) quan tâm | bạn (đọc|)quan tâm
(xem|đọc|tham khảo) (thêm|tiếp) * | mời xem thêm | cùng (chuyên mục|chủ đề|sự kiện) * | bài đọc tiếp | tin khác
bài khác | dòng sự kiện * | gợi ý cho bạn | mehr (zum thema|dazu|zu|aus|artikel|lesen|nachrichten|von|über) *
zum thema * | weitere (artikel|beiträge|nachrichten|meldungen|informationen|themen|links|texte) * | weiterlesen *
(ähnliche|verwandte|passende|weiterführende|empfohlene|thematisch) * | (das |)könnte (sie|dich|euch) auch *
(das |)könnte (ihnen|dir|euch) auch * | auch interessant * | lesen sie (auch|mehr|hier|dazu|weiter|jetzt) *
lies auch * | (lesetipp|lesetipps|lese-tipps|leseempfehlung|leseempfehlungen) * | siehe auch * | dazu passend
passend dazu | empfehlungen * | hintergrund | dossier | auch lesenswert | (à|a) (lire|voir|découvrir) *
lire (aussi|également|la suite) * | (sur|dans) le même (sujet|thème) *
(article|articles|contenu|contenus|sujet|sujets) (lié|liés|associés|similaires|connexes|recommandés) *
(cela|ça|ces articles) (peut|pourrait|peuvent|pourraient|devraient) vous *
(peut|pourrait|pourraient) vous intéresser | vous aimerez aussi * | pour aller plus loin | notre sélection *
voir aussi * | plus sur * | nos lecteurs ont lu *
(noticias|artículos|notas|contenidos|temas) (relacionadas|relacionados|similares) *
(noticia|contenido|nota) (relacionada|relacionado) *
(te|le|les) (puede|podría|pueden) (interesar|gustar) * | (también|quizás) (te|le|les) (puede|podría) *
te recomendamos * | (relacionadas|relacionados|relacionada|relacionado)
(lea|lee|leer|ver|vea|mira) (también|más|además) * | más (sobre|en|de|noticias|información) *
(recomendados|recomendadas|recomendado) *
(notícias|matérias|artigos|conteúdos|posts) (relacionadas|relacionados|recomendadas|recomendados) *
(notícia|conteúdo) (relacionada|relacionado) *
(leia|veja|confira) (também|mais|ainda) * | saiba mais * | mais (sobre|notícias|lidas sobre|em) *
(você |)pode (gostar|interessar) * | (leggi|vedi) (anche|pure|di più|altro) *
(articoli|notizie|contenuti) (correlati|correlate|simili|collegati|collegate) *
(ti |)potrebbe (anche |)(interessare|interessarti) * | (ti |)potrebbero (anche |)(interessare|interessarti) *
approfondimento * | approfondimenti * | altri articoli * | altre notizie * | correlati | per approfondire *
(czytaj|zobacz|przeczytaj) (także|też|również|więcej|dalej) * | (powiązane|podobne|polecane) * | polecamy *
więcej (na ten temat|o) * | na ten temat * | (читайте|смотрите|читать) (также|ещё|еще|далее) *
(материалы|новости|статьи|публикации|ещё|еще|другие материалы) по теме * | по теме * | похожие *
другие (новости|материалы) * | связанные * | читайте також * | (по темі|схожі новини) | новини за темою
(διαβάστε|δείτε) (επίσης|ακόμα|ακόμη|περισσότερα|και|σχετικά) * | (σχετικά|σχετικές|σχετικα) *
lees (ook|meer|verder) * | (gerelateerde|gerelateerd) * | meer (over|nieuws) * | les (også|mer) *
læs (også|mere) * | läs (också|mer|även|vidare) * | (relaterade|relaterat|relaterte|relatert) * | mer om *
lue (myös|lisää) * | ilgili (haberler|haber|içerikler|konular) * | bunlar da ilginizi *
baca (juga|selengkapnya|berikutnya|lainnya) *
(berita|artikel|konten) (terkait|lainnya|serupa|sejenis|berkaitan) * | terkait | (lihat|simak) juga *
"""
# Scripts without blanks between words: the heading need only begin with one of these.
_RELATED_UNSPACED = tuple(
    """
    相关|相關|延伸阅读|延伸閱讀|推荐阅读|推薦閱讀|更多相关|看更多|猜你喜欢|你可能也|你可能还|你可能還|你可能感兴趣
    你可能有興趣|更多新闻|更多新聞|更多报道|更多報導|関連|あわせて読みたい|合わせて読みたい|こちらもおすすめ|おすすめ記事
    この記事を読んだ|この記事に関連|관련|함께|ข่าวที่เกี่ยวข้อง|อ่านเพิ่มเติม|อ่านต่อ|اقرأ أيض|اقرأ المزيد|شاهد أيض
    أخبار ذات صلة|مواضيع ذات صلة|مقالات ذات صلة|ذات صلة
    """.strip()
    .replace("\n    ", "|")
    .split("|")
)
_EXCLUDED = """
up next | latest * | recent (posts|comments|articles) | top (stories|news|headlines|videos|posts) *
breaking news * | what's hot | paid content | (next|previous) (article|story|post|page) * | next in *
also from our * | more (from|in) * | more for you | more news | more headlines | more top * | đọc nhiều *
xem nhiều * | tin (mới|nổi bật|nóng|đọc nhiều|nhanh) * | mới nhất | từ (khóa|khoá) * | bình luận * | chủ đề *
quảng cáo | theo dõi * | neueste * | aktuelle * | schlagwörter * | schlagworte * | themen * | anzeige | anzeigen
les plus * | (lo|los|las) más * | más (leídas|leídos|leído|vistas|visto) * | mais (lidas|lidos|vistas|populares) *
(i |)più letti * | le più lette * | najczęściej * | najnowsze * | самое * | последние * | δημοφιλή * | τελευταία *
terpopuler * | terkini * | terbaru *
"""
_EXCLUDED_UNSPACED = ("热门", "熱門", "最新", "ランキング", "人気", "アクセス", "많이 본", "인기")
_EXCLUDED_WORDS = frozenset(
    """
    trending popular topics tags tagged keywords newsletter newsletters comments comment advertisement advertisements
    sponsored promoted subscribe jobs classifieds weather advertise searches sections galleries categories shopping
    meistgelesen meistgelesene kommentare kommentar популярное популярные share
    """.split()
)
_EXCLUDED_INSIDE = re.compile(
    r"\bmost (?:read|viewed|commented|shared|watched|e-?mailed|discussed|recent|active|clicked)\b"
    r"|(?:around|across) the web"
    r"|from our (?:partners|advertisers|sponsors)|sign up|follow us|(?:related|hot|key|all) topics?\b"
)
# "More picture stories", "Other recent headlines": these words before, one of the nouns at the end.
_OPENERS = frozenset(["more", "other", "recommended", "suggested", "similar", "additional", "further", "background"])
_NOUNS = frozenset(
    """
    story stories article articles post posts news link links coverage reading items headlines features reports
    content videos entries columns
    """.split()
)
_PARTS = re.compile(r"\(([^)]*)\)")
_INNER = re.compile(r"\s*[:|–—]\s*")
_KEPT_LENGTH = 500
"""Longest text that is kept with its folded form: a line of a card is compared a dozen times."""


def fold(text: str) -> str:
    """Return *text* for comparison: NFC, case folded, single blanks, no punctuation at the ends."""
    return _fold(text) if len(text) <= _KEPT_LENGTH else _fold.__wrapped__(text)


@lru_cache(maxsize=1024)  # a pure function of its text
def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFC", " ".join(text.split())).casefold().replace("’", "'").replace("‘", "'")
    start, end = 0, len(folded)
    while start < end and not folded[start].isalnum():
        start += 1
    while end > start and not folded[end - 1].isalnum():
        end -= 1
    return folded[start:end]


def expand(phrases: str) -> list[str]:
    """Return the phrases of a table, alternatives multiplied out.

    >>> expand("(lea|ver) más * | links")
    ['lea más *', 'ver más *', 'links']
    """
    found = []
    for phrase in re.split(r"\s*\n\s*|\s+\|\s+", phrases.strip()):
        pieces = _PARTS.split(phrase)  # text, alternatives, text, …
        choices = [piece.split("|") if i % 2 else [piece] for i, piece in enumerate(pieces)]
        found += [" ".join("".join(choice).split()) for choice in product(*choices)]
    return found


class _Phrases:
    """Phrases looked up by their first word: a page has a thousand short texts and few of them are headings."""

    def __init__(self, table: str) -> None:
        self.exact: set[str] = set()
        prefixes: dict[str, list[str]] = {}
        for phrase in map(str.casefold, expand(table)):
            self.exact.add(phrase.removesuffix(" *"))
            if phrase.endswith(" *"):
                prefixes.setdefault(phrase.split()[0], []).append(phrase.removesuffix("*"))
        self.prefixes = {first: tuple(found) for first, found in prefixes.items()}

    def match(self, folded: str) -> bool:
        if folded in self.exact:
            return True
        for opening in self.prefixes.get(folded.split(" ", 1)[0], ()):
            if folded.startswith(opening) and len(folded) <= len(opening) + 45:
                return True
        return False


_RELATED_PHRASES = _Phrases(_RELATED)
_EXCLUDED_PHRASES = _Phrases(_EXCLUDED)


_RELATED_FIRST = frozenset({phrase.split(" ", 1)[0] for phrase in _RELATED_PHRASES.exact} | _OPENERS)


_MARKS = " \t\r\n\xa0.,:;!?…»«>›-–—|•*[]()\"'■▪●"


@lru_cache(maxsize=4096)  # menus; a pure function of its text
def may_be_related(text: str) -> bool:
    """Say whether *text* begins like a heading of related stories: a cheap look before :func:`heading_verdict`."""
    words = text.strip(_MARKS).split(None, 1)
    first = words[0].casefold().replace("’", "'").strip(_MARKS) if words else ""
    return first in _RELATED_FIRST or first > "\u0dff" or not first.isascii()


def heading_verdict(text: str) -> HeadingVerdict:
    """Say what a heading announces: related stories, a list that is none, or neither.

    >>> heading_verdict("Tin liên quan:"), heading_verdict("MOST READ"), heading_verdict("Oil prices rise")
    ('related', 'excluded', '')
    """
    return _heading_verdict(text) if 2 <= len(text) <= MAX_HEADING else ""


@lru_cache(maxsize=1024)  # menus, and titles that are looked at more than once; a pure function of its text
def _heading_verdict(text: str) -> HeadingVerdict:
    folded = _INNER.sub(" ", fold(text))
    if not folded:
        return ""
    if folded[0] > "\u0dff":
        return _unspaced_verdict(folded)
    words = folded.split(" ")
    if len(words) <= 7 and (not _EXCLUDED_WORDS.isdisjoint(words) or _EXCLUDED_INSIDE.search(folded)):
        return "excluded"
    if "related" not in words and _EXCLUDED_PHRASES.match(folded):  # "Latest related coverage" is related
        return "excluded"
    if _RELATED_PHRASES.match(folded):
        return "related"
    return _list_verdict(words)


def _unspaced_verdict(folded: str) -> HeadingVerdict:
    if folded.startswith(_EXCLUDED_UNSPACED):
        return "excluded" if len(folded) <= 20 else ""
    return "related" if folded.startswith(_RELATED_UNSPACED) and len(folded) <= 24 else ""


def _list_verdict(words: list[str]) -> HeadingVerdict:
    """Judge "More stories", "Other articles" (related) and "More Manitoba headlines" (a section's list)."""
    if words[0] not in _OPENERS or words[-1] not in _NOUNS or len(words) > 6:
        return ""
    return "related" if len(words) == 2 or words[0] not in ("more", "other") else "excluded"
