"""The words that announce related stories, as headings and before a single link, in the field's languages.

The English, German, French, Spanish and Italian headings are those counted on 887 news pages; the
Vietnamese ones come from scrapers' selectors and stored pages, the rest from pages of these languages.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from dedupe.text import normalise

_RELATED = """
related; related news; related stories; related story; related articles; related article; related posts;
related content; related coverage; related links; related reading; more on this story; more on this topic;
more on this; more on; see also; read more; read also; also read; read next; up next; further reading;
more stories; more coverage; you may also like; you might also like; you may also be interested in;
recommended; recommended for you; recommended stories; similar stories; similar articles;
in case you missed it; more like this; more from this section; related topics and stories; keep reading
tin liên quan; bài liên quan; bài viết liên quan; tin bài liên quan; các tin liên quan; các bài liên quan;
liên quan; xem thêm; đọc thêm; tham khảo thêm; tìm hiểu thêm; cùng chuyên mục; tin cùng chuyên mục;
bài cùng chuyên mục; cùng chủ đề; tin cùng chủ đề; bài cùng chủ đề; bài đọc tiếp; đọc tiếp; tin khác;
các tin khác; bài khác; có thể bạn quan tâm; bạn có thể quan tâm; tin cùng loại; dòng sự kiện; cùng sự kiện
mehr zum thema; zum thema; mehr zu diesem thema; ähnliche beiträge; ähnliche artikel; verwandte artikel;
verwandte themen; das könnte sie auch interessieren; das könnte dich auch interessieren; auch interessant;
lesen sie auch; lesen sie mehr; lesen sie dazu auch; weitere artikel; weitere artikel zum thema; passend dazu;
mehr dazu; weiterlesen
lire aussi; à lire aussi; a lire aussi; à lire également; sur le même sujet; sur le même thème; articles liés;
articles similaires; articles connexes; voir aussi; pour aller plus loin; dans la même rubrique;
plus sur le sujet
noticias relacionadas; artículos relacionados; relacionadas; relacionados; relacionado; más sobre este tema;
más sobre; te puede interesar; le puede interesar; también te puede interesar; lea también; lee también;
ver también; leer más
notícias relacionadas; artigos relacionados; matérias relacionadas; leia também; leia mais; saiba mais;
veja também; veja mais; mais sobre; mais sobre este assunto; relacionadas com este artigo
leggi anche; articoli correlati; notizie correlate; potrebbe interessarti; ti potrebbe interessare;
vedi anche; approfondimenti; sullo stesso argomento
czytaj także; czytaj też; czytaj również; zobacz także; zobacz też; zobacz również; powiązane artykuły;
powiązane; podobne artykuły; przeczytaj także
читайте также; читать также; по теме; материалы по теме; новости по теме; похожие статьи; похожие материалы;
смотрите также; связанные новости; читайте по теме; ещё по теме
διαβάστε επίσης; διαβάστε ακόμη; σχετικά άρθρα; σχετικά; σχετικές ειδήσεις; δείτε επίσης
相关新闻; 相关阅读; 相关报道; 相关文章; 延伸阅读; 更多新闻; 推荐阅读; 相關新聞; 相關報導; 相關文章; 延伸閱讀; 推薦閱讀
関連記事; 関連ニュース; あわせて読みたい; こちらもおすすめ; おすすめ記事; この記事も読まれています
baca juga; berita terkait; artikel terkait; terkait; simak juga; lihat juga; baca selengkapnya;
artikel lainnya
gerelateerd; lees ook; lees meer; meer over dit onderwerp; relaterat; läs också; läs mer; les også; læs også;
lue myös
관련 기사; 관련 뉴스; 함께 읽으면 좋은 기사
"""

# Lists of stories that are not about the subject of the page, and what stands below an article.
_NOT_RELATED = """
most read; most popular; most viewed; popular; popular stories; popular now; trending; trending now;
trending stories; latest; latest news; latest stories; breaking news; top stories; top news; editor's picks;
editors picks; related topics; topics; tags; comments; advertisement; more news; today's headlines; sponsored
đọc nhiều; đọc nhiều nhất; tin đọc nhiều; tin đọc nhiều nhất; xem nhiều; xem nhiều nhất; tin mới;
tin mới nhất; mới nhất; tin nóng; nổi bật; tin nổi bật; bình luận; ý kiến bạn đọc; từ khóa; tin tức mới nhất;
tin tài trợ
meistgelesen; meistgelesene artikel; neueste artikel; aktuelles; am meisten gelesen; kommentare;
neueste nachrichten
les plus lus; à la une; en direct; commentaires; dernières nouvelles; articles les plus lus
lo más leído; más leídas; lo más visto; últimas noticias; comentarios; mais lidas; últimas notícias;
comentários
più letti; i più letti; ultime notizie; commenti; najpopularniejsze; najnowsze; najczęściej czytane;
komentarze
популярное; самое читаемое; последние новости; комментарии; главное; δημοφιλή; τελευταία νέα; σχόλια;
ροή ειδήσεων
热门新闻; 最新新闻; 热门; 最新; 評論; 热点; 人気記事; 最新記事; ランキング; アクセスランキング
terpopuler; berita terbaru; terbaru; komentar
"""


def _phrases(table: str) -> frozenset[str]:
    return frozenset(normalise(phrase) for phrase in re.split(r"[;\n]", table) if phrase.strip())


RELATED_HEADINGS = _phrases(_RELATED)
"""Headings of related stories, normalised as by :func:`dedupe.text.normalise`."""
OTHER_HEADINGS = _phrases(_NOT_RELATED)
"""Headings of lists of other stories and of page furniture, normalised."""
LONGEST_HEADING = 60
"""Characters; no heading of the tables comes near it."""

_COUNT = re.compile(r"\s*[(\[]?\d{1,3}[)\]]?\s*$")
_MARKS = re.compile(r"^\s*(?:\.{2})?(?:>{1,3}|»|➤|►|▶|→|⇒|->|=>|-->)\s*")
_BULLET = re.compile(r"^\s*(?:[-–—•*·▪■●○◦]\s+|\d{1,2}[.)]\s+)")
_INTRODUCED = re.compile(r"^(?P<words>[^:：]{2,40}?)\s*[:：]\s*(?P<title>\S.*)$", re.DOTALL)


def heading_kind(text: str) -> Literal["related", "other", ""]:
    """Return whether the whole line *text* heads related stories, another list, or neither.

    >>> heading_kind("TIN LIÊN QUAN:"), heading_kind("Most read"), heading_kind("Related to this is the budget.")
    ('related', 'other', '')
    """
    if len(text) > LONGEST_HEADING:
        return ""
    phrase = normalise(_COUNT.sub("", _MARKS.sub("", text)))
    if phrase in RELATED_HEADINGS:
        return "related"
    return "other" if phrase in OTHER_HEADINGS else ""


def introduced_title(text: str) -> str:
    """Return the title of the one related story that the line *text* points to; empty if it points to none.

    >>> introduced_title("Đọc thêm: Cảng cá mở lại sau bão")
    'Cảng cá mở lại sau bão'
    >>> introduced_title(">> Ferry returns to the old pier")
    'Ferry returns to the old pier'
    >>> introduced_title("He asked for more: a bridge, a school and a road.")
    ''
    """
    line = unicodedata.normalize("NFC", text).strip()
    match = _INTRODUCED.match(_BULLET.sub("", _MARKS.sub("", line)))
    if match and normalise(match["words"]) in RELATED_HEADINGS:
        return without_marks(match["title"])
    return without_marks(line) if _MARKS.match(line) else ""


def without_marks(text: str) -> str:
    """Return *text* without the arrows, bullets and numbers that lists put before a title.

    >>> without_marks("• >> Ferry returns")
    'Ferry returns'
    """
    return _MARKS.sub("", _BULLET.sub("", _MARKS.sub("", text))).strip()
