"""Lines by which a portal promotes itself: follow, subscribe, share, tags, advertisement, buttons.

Whole lines only: a sentence that merely mentions a newsletter is the article's own. Sources of the
Vietnamese lines: cut rules of public scrapers and real pages; the others follow what is kept most often by
extractors on pages of these languages. A portal's own lines stand in its seed (``promo_lines``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

MAX_PROMO_CHARS = 240
"""Longer lines are prose: no promotion line seen on a portal comes near it."""

_CHANNELS = (
    r"facebook|twitter|instagram|youtube|tik\s?tok|telegram|whats\s?app|zalo|viber|linkedin|threads|bluesky|"
    r"mastodon|google\s+(?:news|tin\s+tức|nachrichten|actualités|noticias)|fanpage|messenger|wechat|weibo|"
    r"\bx\b|微信|微博|line"
)

# (what the line does, expressions for the whole line)
_PATTERNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "invitation to follow the portal",
        (
            # vi. The object is often an icon that an extractor loses: the line stops short.
            r"mời (?:quý )?(?:vị )?(?:và )?(?:các )?(?:độc|bạn|khán|thính)\s*(?:giả|đọc)?.{0,24}?"
            r"(?:theo dõi|đón xem|đón đọc|xem|nghe|đọc)\b.{0,160}",
            r"theo dõi .{0,60}(?:\bvov|\bbáo (?!cáo|chí|động)|trên (?:" + _CHANNELS + r")).{0,80}",
            r"(?:để )?(?:nhấp|bấm|nhấn) (?:vào )?(?:nút )?.{0,40}(?:theo dõi|quan tâm|đăng ký).{0,100}",
            r"(?:follow|like|find|join|connect with) (?:us|our|@\w+)\b.{0,160}",
            r"follow [\w .'’&-]{2,60} on (?:" + _CHANNELS + r")\b.{0,200}",
            r".{0,60}\b(?:nuestros?|notre|nos|nosso|nostro|unser(?:en|em)?|our)\b.{0,20}\b(?:canal|chaîne|canale|kanal|"
            r"channel|cuenta|compte|page|seite)\w* (?:de|da|do|sur|su|di|auf|bei|on) (?:" + _CHANNELS + r")\b.{0,100}",
            r".{0,40}\b(?:tenemos|hemos abierto) (?:un )?canal de (?:" + _CHANNELS + r")\b.{0,120}",
            r"(?:folgen sie|folge|folgt) (?:uns|@?\w+) .{0,120}",
            r"(?:suivez|retrouvez)[- ]nous .{0,120}",
            r"s[íi]g[ua][ea]?(?:nos|n os|-nos|m-nos)? (?:en|no|na|nas|nos|a|o|os) .{0,60}(?:" + _CHANNELS + r").{0,60}",
            r"s[íi]guenos\b.{0,120}",
            r"siga-nos\b.{0,120}",
            r"seguici\b.{0,120}",
            r"(?:obserwuj|śledź|polub) nas\b.{0,120}",
            r"(?:подписывайтесь|подпишитесь|следите)\b.{0,160}(?:" + _CHANNELS + r"|канал|новост|телеграм|дзен).{0,60}",
            r"ακολουθήστε .{0,120}",
            r"(?:ikuti|follow) (?:kami|berita|saluran|channel)\b.{0,140}",
            r"(?:关注|關注|扫码关注|欢迎关注).{0,40}(?:微信|微博|公众号|我们|我們).{0,40}",
            r".{0,20}(?:公式)?(?:" + _CHANNELS + r").{0,12}(?:フォロー|登録).{0,20}",
        ),
    ),
    (
        "invitation to subscribe",
        (
            r"(?:sign up|register|subscribe)\b(?: here| now)?(?: for| to)\b.{0,60}"
            r"\b(?:newsletters?|briefings?|alerts?|e-?mails?|updates|channel|podcast|digital)\b.{0,100}",
            r"(?:sign up|register|subscribe)\b.{0,160}\b(?:in|to) your inbox\b.{0,40}",
            r"(?:推荐|推薦|欢迎|歡迎|点击|點擊)(?:进入|進入|订阅|訂閱|下载|下載).{0,80}",
            r"(?:get|receive) .{0,60}(?:delivered|sent|straight) (?:straight |directly )?to your "
            r"(?:inbox|phone)\b.{0,80}",
            r"(?:for (?:the latest|more|all) .{0,60}\b)?(?:download|get) (?:our|the) .{0,40}\bapps?\b.{0,100}",
            r"(?:to (?:read|view|see) .{0,60})?(?:please )?subscribe (?:now )?to (?:our|the|[A-Z])\b.{0,160}",
            r"(?:werden sie|werde|jetzt) mitglied (?:bei|von|werden)\b.{0,100}",
            r".{0,60}\b(?:am kiosk|an jedem .{0,20}kiosk|im abo|als e-?paper)\b.{0,80}"
            r"\b(?:abo|e-?paper|erhältlich|app)\b.{0,80}",
            r"(?:lesen sie|lies) .{0,60}\b(?:einfach digital|in der [\w-]*app|als e-?paper)\b.{0,100}",
            r"(?:unterstütze(?:n sie)? uns(?:ere arbeit)?|support (?:us|our (?:work|journalism))|soutenez-nous"
            r"|apóyanos)\b(?:.{0,60}(?:€|\$|£|euro|spend|donat|steady|patreon|paypal|abo|member).{0,60})?\W*",
            r"(?:already a subscriber|subscribe to (?:read|continue)|support (?:our|independent) journalism)\b"
            r".{0,120}",
            r"đăng ký (?:nhận|theo dõi|kênh)\b.{0,140}",
            r"tải (?:ứng dụng|app)\b.{0,120}",
            r"(?:abonnieren sie|abonniere|jetzt abonnieren|melden sie sich .{0,40}an)\b.{0,60}"
            r"(?:newsletter|kanal|angebot|jetzt|podcast)?.{0,80}",
            r"(?:abonnez-vous|inscrivez-vous|recevez)\b.{0,80}(?:newsletter|infolettre|lettre|alertes|application|boîte).{0,60}",
            r"(?:suscr[íi]bete|suscr[íi]base|reg[íi]strate|inscreva-se|assine)\b.{0,140}",
            r"(?:iscriviti|abbonati)\b.{0,140}",
            r"zapisz się\b.{0,100}(?:newsletter|subskryp).{0,40}",
        ),
    ),
    (
        "notice to readers without a subscription",
        (
            r"(?:to (?:read|view|continue|see)|continue reading|read the (?:full|rest)|for (?:full|unlimited) access)\b"
            r".{0,80}\b(?:subscri|sign (?:in|up)|log ?in|register|become a member)\w*.{0,80}",
            r"(?:if you.{1,60}|are you )?already (?:a |an )?(?:subscriber|member|registered)\b.{0,160}",
            r"(?:this (?:article|story|content) is|you have (?:read|reached)|you.ve (?:read|reached))\b.{0,60}"
            r"\b(?:subscribers|members|free articles?|article limit)\b.{0,100}",
            r"(?:dieser (?:artikel|beitrag|inhalt)|sie möchten|jetzt|um)\b.{0,60}"
            r"\b(?:abonnenten|abo|f\+|plus-artikel|registrieren|anmelden|weiterlesen)\b.{0,100}",
            r"(?:il vous reste|la suite est réservée|cet article est réservé)\b.{0,140}",
            r"(?:este contenido es|contenido exclusivo|esta matéria é exclusiva)\b.{0,100}",
            r"(?:questo (?:articolo|contenuto) è riservato|per continuare a leggere)\b.{0,100}",
            r"(?:この記事は(?:有料)?会員限定|有料会員になると|残り\d+文字|会員登録すると).{0,80}",
            r"(?:bài viết|nội dung) (?:này )?(?:chỉ )?dành (?:riêng )?cho (?:độc giả|thành viên|hội viên)\b.{0,100}",
        ),
    ),
    (
        "question to the reader",
        (
            r"(?:what do you think|do you (?:have a story|know more|agree)|would you like to comment|have your say|"
            r"(?:got|have) a (?:news )?(?:tip|story))\b.{0,160}",
            r"(?:submit|send|email|share) (?:us )?(?:your )?(?:letters?|comments?|stor(?:y|ies)|tips?|views?|photos?)\b"
            r".{0,140}",
            r"(?:please )?(?:read|see|review) our (?:comment|comments|commenting|community|privacy) "
            r"(?:policy|guidelines|rules|standards)\b.{0,100}",
            r"(?:hat|wie hat) (?:ihnen|dir|euch) (?:dieser|der) (?:artikel|beitrag)\b.{0,160}",
            r"scroll down for (?:video|more)\b.{0,40}",
            r"schon gelesen\?",
        ),
    ),
    (
        "invitation to share or comment",
        (
            r"(?:share|print|e-?mail|save)(?: this)?(?: (?:article|story|page|post))?"
            r"(?: (?:on|via|with|by) .{0,60})?\s*:?",
            r"(?:chia sẻ|in bài|bình luận|gửi bình luận|ý kiến của bạn)(?: (?:bài viết|qua|trên|lên) .{0,60}|\s*:?)",
            r"(?:leave a comment|join the conversation|(?:view|show|read) (?:all )?(?:\d+ )?comments?)\b.{0,60}",
            r"(?:teilen|drucken|kommentare|partager|imprimer|compartir|imprimir|condividi|udostępnij|поделиться|"
            r"bagikan|分享|シェア)\s*:?",
        ),
    ),
    (
        "list of tags",
        (
            r"(?:tags?|topics|keywords|từ khóa|từ khoá|schlagw[öo]rter|themen|mots[- ]clés|etiquetas|palabras clave|"
            r"parole chiave|słowa kluczowe|теги|ετικέτες|标签|標籤|キーワード|topik)\s*[:：].{0,220}",
        ),
    ),
    (
        "time to read",
        (
            r"(?:lesezeit|lesedauer|(?:estimated )?read(?:ing)? time|temps de lecture|tiempo de lectura|"
            r"tempo de leitura|tempo di lettura|czas czytania|время чтения|thời gian đọc)\b.{0,30}",
            r"(?:ten tekst|ten artykuł) przeczytasz w .{0,30}",
            r"\d+ ?min(?:s|uten?|utes?)?\.? (?:read|lesezeit|lesen|de lecture|de lectura|de leitura|di lettura)",
        ),
    ),
    (
        "table of contents",
        (r"(?:table of contents|inhaltsverzeichnis|table des matières|mục lục|spis treści|indice dei contenuti)\s*:?",),
    ),
    (
        "copyright line",
        (
            r"(?:©|\(c\)|copyright|bản quyền)\s*(?:©\s*)?(?:\(c\)\s*)?\d{4}\b.{0,160}",
            r".{0,120}\b(?:all rights reserved|alle rechte vorbehalten|tous droits réservés|"
            r"todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati|"
            r"wszelkie prawa zastrzeżone|все права защищены|bản quyền thuộc về?)\b.{0,100}",
        ),
    ),
    (
        "advertisement",
        (
            r"(?:advertisement|sponsored(?: content| links?)?|promoted(?: content)?|"
            r"story continues below(?: advertisement)?|"
            r"article continues (?:after|below).{0,40}|quảng cáo|anzeige|werbung|publicité|publicidad|publicidade|"
            r"pubblicità|reklama|реклама|διαφήμιση|广告|廣告|広告|iklan|scroll to continue(?: with content)?)\s*[:.]?",
        ),
    ),
    (
        "button",
        (
            r"(?:read|see|view|show|load|learn) (?:more|all|less)\W*",
            r"(?:(?:continue|keep) reading|back to (?:top|home(?:page)?)|click here|skip to (?:main )?content)\b\W*",
            r"(?:xem|đọc|tìm hiểu|tham khảo) (?:thêm|tiếp)\W*",
            r"(?:weiterlesen|mehr lesen|mehr anzeigen|lire la suite|voir plus|leer más|ver más|leia mais|ver mais|"
            r"leggi tutto|continua a leggere|czytaj więcej|читать далее|περισσότερα|查看更多|阅读全文|"
            r"もっと見る|続きを読む|baca selengkapnya)\W*",
        ),
    ),
)


def promo_reason(text: str, patterns: Iterable[str] = ()) -> str:
    """Return what makes the whole line *text* a promotion line, in words; empty if it is none.

    *patterns* are a portal's own expressions (``Seed.promo_lines``); each must match the whole line. Case,
    leading marks and Unicode form do not count.

    >>> promo_reason("Mời quý độc giả theo dõi VOV.VN trên")
    'promo line: invitation to follow the portal'
    >>> promo_reason("Sign up for our daily newsletter")
    'promo line: invitation to subscribe'
    >>> promo_reason("The paper's newsletter has 4,000 readers, who follow it on Facebook.")
    ''
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if not line or len(line) > MAX_PROMO_CHARS:
        return ""
    if any(_compiled(pattern).fullmatch(line) for pattern in patterns):
        return "promo line of this portal"
    bare = line.strip("*•·|>»→–—-_=[]() \t")
    return next((f"promo line: {what}" for what, pattern in _RULES if pattern.fullmatch(bare)), "")


@lru_cache(maxsize=512)  # seeds are few; the same expression meets every paragraph
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(unicodedata.normalize("NFC", pattern), re.IGNORECASE)


_RULES = tuple((what, _compiled("|".join(f"(?:{p})" for p in patterns))) for what, patterns in _PATTERNS)
