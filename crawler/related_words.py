"""The words by which portals say "related stories", and the ones by which they say something else.

Vocabulary of class names and ids, headings, and the openings of link paragraphs, in the languages storykin
knows. Sources: the markup of some 2,000 stored news pages and the selector lists of public scrapers.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

ClassVerdict = Literal["related", "weak", "excluded", ""]
HeadingVerdict = Literal["related", "excluded", ""]

# ---- class names, ids, data attributes ---------------------------------------------------------------------
# One name becomes "-word-word-", so that whole words are compared: "position-relative" is not related.
_RELATED_NAME = re.compile(
    r"-(?:(?:[a-z]+?(?<!un)(?<!cor))?related[a-z]*|relate|relates|relat|relationnews|boxrelation|rel"
    r"(?:link|head|art|stor|news|item|box|post|cont)[a-z]*|relacionad[a-z]+|correlat[a-z]+|verwandt[a-z]*|terkait"
    r"|ilgili[a-z]*|gerelateerd[a-z]*|relaterad[a-z]*|relaterte?|powiazan[a-z]+|pokrewn[a-z]+|apparent[eé]s?"
    r"|[a-z]*lienquan[a-z]*|lien-quan|tlq[a-z]*|[a-z]*tlq|see-?also|also-?see|(?:read|lees)-?also|also-?read"
    r"|more-on-(?:this|topic|the|story)[a-z]*|on-this-topic|mehr-?zum-?thema|zum-thema|sur-le-meme(?:-sujet)?"
    r"|leggi-anche|lees-ook|czytaj-(?:tez|takze|wiecej)|zobacz-tez|baca-?juga|baca-?selanjutnya|lire-aussi|a-lire"
    r"|leia-(?:mais|tambem)|saiba-mais|lea-tambien|doc-?them|xem-?them|cung-chu-de|backstory|story-?alsos)-"
)
_WEAK_NAME = re.compile(
    r"-(?:recirc[a-z]*|recommend[a-z]*|recomend[a-z]*|recomand[a-z]*|empfehl[a-z]*|onwards?|similar[a-z]*"
    r"|more-(?:from|stories|news|articles|posts|about|coverage|like|on|links|story|to-read)|morenews|morestories"
    r"|read-?(?:more|next|on)|next-?reads?|further-?reading|you-(?:might|may)(?:-[a-z]+)*|keep-reading|weiterlesen"
    r"|weitere-artikel|auch-interessant|teaser-list|story-?links?|link-?lists?|linklist|cung-chuyen-muc|tin-khac"
    r"|morelinks|read-?links|storyline|suggest(?:ed|ions?)?|explore-more|inline-story|dossier-links)-"
)
_EXCLUDED_NAME = re.compile(
    r"-(?:taboola|outbrain|mgid|mgbox|nativo|connatix|plista|revcontent|ligatus|dianomi|popin|zergnet|cxense|adsense"
    r"|ads?|advert[a-z]*|adbox|adbanner|sponsor[a-z]*|promo(?:ted|tions?)?|partner-?(?:links|content)|commercial|paid"
    r"|newsletters?|signup|sign-up|subscri[a-z]+|paywall|tags?|tag-?list|taglist|tag-?cloud|topics|(?<!on-)(?<!same-)(?<!this-)topic|keywords?|themen"
    r"|trending|trend|most-?(?:read|popular|viewed|commented|shared|watched|emailed|discussed|recent)|popular[a-z]*"
    r"|meistgelesen[a-z]*|lo-mas[a-z-]*|mas-(?:leid|visto)[a-z]*|mais-lid[a-z]*|plus-lus|piu-lett[a-z]|doc-nhieu"
    r"|xem-nhieu|terpopuler|najpopularniejsze|breaking(?:-news)?|ticker|comments?|kommentar[a-z]*|disqus|livefyre"
    r"|binh-luan|respond|discussion|social|share[a-z]*|sharing|sharedaddy|follow(?:-us)?|breadcrumbs?|nav|navi"
    r"|navbar|navigation|navmenu|mainnav|subnav|topnav|menus?|pagination|paging|pager|post-nav[a-z]*|footer|masthead"
    r"|byline|author(?:-?(?:bio|box|info|profile))?|bio|login|search|cookies?|consent|poll|quiz|jobs?|weather"
    r"|horoscope|shopping|classifieds|coupons?|infinite|next-?article|nextstory|calendar|archives?|toolbar|tools)-"
)
# Names around a block that say what it is, whatever the block calls itself. A bare "ad" is not among them:
# there are articles inside an "ad-container".
_CHROME_NAME = re.compile(
    r"-(?:taboola|outbrain|mgid|mgbox|nativo|connatix|plista|revcontent|ligatus|dianomi|popin|zergnet|adsense|sponsor[a-z]*"
    r"|newsletters?|tags|tag-?list|taglist|tag-?cloud|trending|most-?(?:read|popular|viewed|commented|shared|watched|emailed|discussed)"
    r"|meistgelesen[a-z]*|doc-nhieu|xem-nhieu|terpopuler|comments?|kommentare?|disqus|livefyre|binh-luan|breadcrumbs?|nav|navi"
    r"|navbar|navigation|navmenu|mainnav|subnav|topnav|menus?|pagination|footer|masthead|share|sharing|social)-"
)
_STATE = re.compile(r"-(?:has|is|no|not|with|without|hide|show|js|when|tag|category|post-tag|term|group)-")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[^a-z]+")


def name_words(name: str) -> str:
    """Return the words of one class name or id as ``-word-word-``, lower case, without diacritics.

    >>> name_words("boxTinLienQuan__item--large2")
    '-box-tin-lien-quan-item-large-'
    """
    plain = unicodedata.normalize("NFD", _CAMEL.sub("-", name).lower().replace("đ", "d"))
    return f"-{_SEPARATORS.sub('-', ''.join(c for c in plain if not unicodedata.combining(c))).strip('-')}-"


def class_verdict(value: str) -> ClassVerdict:
    """Say what a ``class``, ``id`` or ``data-*`` value promises: related stories, perhaps, or surely not.

    >>> class_verdict("article__related"), class_verdict("position-relative"), class_verdict("related-topics")
    ('related', '', 'excluded')
    """
    found: ClassVerdict = ""
    for name in value.split():
        words = name_words(name)
        if _STATE.match(words):
            continue
        if _EXCLUDED_NAME.search(words):
            return "excluded"
        if _RELATED_NAME.search(words):
            found = "related"
        elif not found and _WEAK_NAME.search(words):
            found = "weak"
    return found


def is_chrome_name(value: str) -> bool:
    """Say whether a class or id around a block says that it is a menu, comments, advertising or the like."""
    return any(
        _CHROME_NAME.search(words) and not _STATE.match(words) and not _RELATED_NAME.search(words)
        for words in map(name_words, value.split())
    )


# ---- headings ------------------------------------------------------------------------------------------------
_NOUN = (
    r"(?:stor(?:y|ies)|articles?|posts?|news|content|links?|coverage|reading|items?|headlines|features|pieces|reports"
    r"|topics? coverage|material|videos?|entries|documents|columns?)"
)
_RELATED_HEADING = re.compile(
    r"(?:(?:recent|latest|more|our|other|all|some|the|top)? ?related(?: (?:to|in|from|on) .{1,40}| .{0,40}?"
    + _NOUN
    + r"(?: (?:in|from|on|to|about) .{1,40})?)?|"
    r"(?:you |we |users |people )?(?:may|might|could|would)(?: also)? (?:also )?(?:like|enjoy|be interested in|want to read)"
    r"(?: this| these| to read)?|see also|also see|also read|read also|also on .{2,40}|(?:also )?in (?:this|the) (?:story|series|package)"
    r"|read (?:more|next|on|this next|these next)(?: (?:about|on|from|stories|articles|here|news) ?.{0,40})?"
    r"|more (?:on|about)(?: .{2,50})?|more (?:from|in|like) .{2,40}|more .{0,30}" + _NOUN + r"|more (?:to read|for you)"
    r"|(?:recommended|suggested|similar|further|background|other|additional) (?:.{0,20} )?"
    + _NOUN
    + r"|further reading|recommended(?: for you)?"
    r"|on this (?:topic|story|subject)|on the same (?:topic|subject)|also in (?:the )?(?:news|.{2,30})|keep reading|continue reading|explore more"
    r"|elsewhere on (?:the )?.{2,30}|in related news|past coverage|previous(?:ly| coverage| stories| articles)|earlier (?:stories|coverage)"
    r"|from the archives?|dig deeper|go deeper|background|learn more|find out more|don'?t miss|editor'?s picks"
    # Vietnamese
    r"|(?:các )?(?:tin|bài|bài viết|tin tức|tin bài|nội dung|video)(?: viết)? (?:liên quan|khác|cùng (?:chuyên mục|chủ đề|loại)|cũ hơn|mới hơn)"
    r"|liên quan|(?:có thể )?(?:bạn|bạn đọc|quý vị|độc giả)? ?(?:có thể )?(?:quan tâm|thích|muốn đọc)|có thể bạn (?:quan tâm|thích|muốn xem)"
    r"|(?:xem|đọc|tham khảo) (?:thêm|tiếp)(?: .{2,40})?|cùng (?:chuyên mục|chủ đề|sự kiện)|bài đọc tiếp|đọc tiếp|tin khác|bài khác|dòng sự kiện|gợi ý cho bạn"
    # German
    r"|mehr (?:zum thema|dazu|zu .{2,40}|aus .{2,30}|artikel|lesen|nachrichten)|zum thema|weitere (?:artikel|beiträge|nachrichten|meldungen|informationen|themen|.{2,30}artikel)"
    r"|(?:ähnliche|verwandte|passende|weiterführende) (?:artikel|beiträge|themen|inhalte|links|nachrichten|meldungen)|(?:das )?könnte (?:sie|dich|euch) auch interessieren"
    r"|auch interessant|lesen sie (?:auch|mehr|hier|dazu)(?: .{1,30})?|lies auch|lesetipps?|siehe auch|dazu passend|mehr dazu|empfehlungen(?: für sie)?|empfohlene .{2,20}|weiterlesen|hintergrund"
    # French
    r"|(?:à|a) (?:lire|voir|découvrir)(?: aussi| également| ensuite)?|lire (?:aussi|également|la suite)|(?:sur|dans) le même (?:sujet|thème)|(?:articles?|contenus?|sujets?) (?:liés?|associés?|similaires?|connexes?|recommandés?)"
    r"|(?:cela |ça )?(?:peut|pourrait) (?:aussi )?vous intéresser|(?:ces articles )?(?:peuvent|pourraient|devraient) vous intéresser|vous aimerez aussi|pour aller plus loin|notre sélection|voir aussi|plus sur .{2,40}"
    # Spanish, Portuguese, Italian
    r"|(?:noticias?|artículos?|notas?|contenidos?|temas?) (?:relacionad[oa]s?|similares)|te (?:puede|podría) interesar|(?:también )?(?:le|te|les) (?:puede|podría) (?:también )?interesar|relacionad[oa]s|(?:lea|lee|ver|mira|leer) (?:también|más)(?: .{0,40})?|más (?:sobre|en|de|noticias|información)(?: .{0,40})?|además|recomendad[oa]s|te recomendamos"
    r"|(?:notícias?|matérias?|artigos?|conteúdos?|posts?) (?:relacionad[oa]s?|recomendad[oa]s)|leia (?:também|mais|ainda)(?: .{0,30})?|veja (?:também|mais)|saiba mais|mais (?:sobre|notícias|lidas sobre)(?: .{0,40})?|(?:você )?(?:pode|também) (?:gostar|te interessar)|relacionadas|confira também"
    r"|leggi anche|leggi (?:pure|di più|altro)|(?:articoli|notizie|contenuti) (?:correlat[ie]|simili|collegat[ie])|potrebbe(?:ro)? (?:anche )?interessart[ie]|ti potrebbe(?:ro)? (?:anche )?interessare|potrebbe (?:anche )?interessarti|approfondiment[io]|altri articoli|altre notizie|vedi anche|correlati|per approfondire"
    # Polish, Russian, Ukrainian, Greek, Dutch, Nordic, Turkish
    r"|czytaj (?:także|też|również|więcej|dalej)|zobacz (?:też|także|również|więcej)|przeczytaj (?:także|też|również|więcej)|(?:powiązane|podobne|polecane) (?:artykuły|tematy|wiadomości)?|polecamy|więcej (?:na ten temat|o .{2,30})|na ten temat"
    r"|(?:читайте|смотрите|читать) (?:также|ещё|еще|далее)|(?:материалы|новости|статьи|публикации) по теме|по теме|похожие (?:новости|статьи|материалы)|ещё по теме|еще по теме|другие (?:новости|материалы)|связанные (?:новости|статьи)|читайте також|по темі|схожі новини"
    r"|(?:διαβάστε|δείτε) (?:επίσης|ακόμα|ακόμη|περισσότερα)|σχετικ(?:ά|ές|α) (?:άρθρα|νέα|θέματα|ειδήσεις)?|σχετικά"
    r"|lees (?:ook|meer|verder)|gerelateerde? (?:artikelen|nieuws|berichten)?|meer (?:over|nieuws)(?: .{2,40})?|les (?:også|mer)|læs (?:også|mere)|läs (?:också|mer|även)|relaterade? (?:artiklar|nyheter)?|mer om(?: .{2,30})?|lue (?:myös|lisää)"
    r"|ilgili (?:haberler|haber|içerikler|konular)|bunlar da ilginizi çekebilir|ayrıca bakınız"
    # Indonesian, Malay
    r"|baca (?:juga|selengkapnya|berikutnya|lainnya)|(?:berita|artikel|konten) (?:terkait|lainnya|serupa|sejenis)|terkait|lihat juga|simak juga|berita berkaitan|artikel berkaitan"
    # Chinese, Japanese, Korean, Thai, Arabic
    r"|(?:相关|相關|延伸|推荐|推薦|更多|热点|關聯|关联)(?:阅读|閱讀|新闻|新聞|文章|报道|報導|報道|链接|連結|推荐|推薦|内容|內容|专题|消息)?|看更多|猜你喜欢|你可能(?:也|还|還)?(?:喜欢|喜歡|感兴趣|有興趣|想看).{0,6}"
    r"|関連(?:記事|ニュース|リンク|する記事|情報|動画)?|あわせて読みたい|合わせて読みたい|こちらもおすすめ|おすすめ(?:記事)?|この記事(?:を読んだ人|に関連).{0,20}|次の記事も.{0,10}"
    r"|관련(?: ?(?:기사|뉴스|글))?|함께 (?:볼만한|읽으면).{0,12}|ข่าวที่เกี่ยวข้อง|อ่านเพิ่มเติม|อ่านต่อ|(?:اقرأ|اقرأوا|شاهد) (?:أيضا|أيضاً|المزيد)|(?:أخبار|مواضيع|مقالات) ذات صلة|ذات صلة"
    r")",
)
_EXCLUDED_HEADING = re.compile(
    r"(?:.{0,20}\b(?:most (?:read|popular|viewed|commented|shared|watched|emailed|discussed|recent|active)|trending|popular|(?:related|hot|more|all|key|explore) topics?|topics|tags?|tagged|keywords|newsletters?"
    r"|comments?|advertisements?|sponsored|promoted|sign up|subscribe|follow us|share (?:this|on)|from (?:around|across) the web|around the web|from our (?:partners|advertisers|sponsors)|partner content"
    r"|jobs|classifieds|shop(?:ping)?|weather|live tv|site map|advertise|searches|sections?|galleries|blogs|categories|archives?|help|tools|about us|contact us)\b.{0,30}"
    r"|up next|latest(?: (?:news|stories|headlines|articles|posts|updates).{0,20})?|recent (?:posts|comments|articles)|top (?:stories|news|headlines)|breaking news|what'?s hot|paid content|next (?:article|story|post)|previous (?:article|story|post)"
    r"|(?:đọc|xem|tin) nhiều(?: nhất)?.{0,20}|tin (?:mới|nổi bật|nóng|đọc nhiều).{0,12}|mới nhất|từ khóa|từ khoá|bình luận.{0,20}|chủ đề|quảng cáo|theo dõi.{0,30}"
    r"|meistgelesen.{0,20}|meist(?:gelesene|kommentierte).{0,20}|kommentare?.{0,20}|schlagw(?:ort|örter|orte)|themen|anzeigen?|neueste .{2,20}|aktuelle .{2,20}"
    r"|les plus (?:lus|vus|partagés|commentés).{0,20}|lo más (?:leído|visto|popular).{0,20}|más (?:leídas|leídos|vistas).{0,20}|mais (?:lidas|lidos|vistas|populares).{0,20}|(?:i )?più letti.{0,20}|le più lette.{0,20}"
    r"|najczęściej czytane.{0,20}|najpopularniejsze.{0,20}|популярн.{0,20}|самое (?:читаемое|популярное).{0,20}|δημοφιλή.{0,20}|terpopuler.{0,20}|热门.{0,6}|熱門.{0,6}|最新.{0,6}|ランキング.{0,6}|人気.{0,8}|아시간.{0,4}|많이 본.{0,6})",
)
_EDGE = re.compile(r"^[\s\W_]+|[\s\W_]+$")
_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """Return *text* for comparison: NFC, case folded, single blanks, no punctuation at the ends."""
    folded = unicodedata.normalize("NFC", _SPACES.sub(" ", text)).casefold().replace("’", "'").replace("‘", "'")
    return _EDGE.sub("", folded)


def heading_verdict(text: str) -> HeadingVerdict:
    """Say what a heading announces: related stories, something that is none, or neither.

    >>> heading_verdict("Tin liên quan:"), heading_verdict("MOST READ"), heading_verdict("Oil prices rise")
    ('related', 'excluded', '')
    """
    if not 2 <= len(text) <= 90:
        return ""
    folded = fold(text)
    if _EXCLUDED_HEADING.fullmatch(folded):
        return "excluded"
    return "related" if _RELATED_HEADING.fullmatch(folded) else ""


# ---- openings of a paragraph that is a link ------------------------------------------------------------------
_LEAD_IN = re.compile(
    r"\s*(?:(?:>>+|»+|→|▶|►|➤|⇒|☞|->|=>)\s*|(?:[\W_]{0,4})(?:read(?: more| also| next| this)?|also read|see also|see|also|more|related(?: (?:story|stories|article|articles|news|link|links|content|coverage|video))?|watch(?: more| also)?|recommended|must read|don'?t miss|in pics|click here"
    r"|(?:xem|đọc|tham khảo|tìm hiểu) (?:thêm|tiếp)(?: (?:bài|tin|về|tại))?|(?:tin|bài|bài viết)(?: viết)? liên quan|>>|mời xem thêm"
    r"|(?:lesen sie|lies|siehe|sehen sie)(?: auch| dazu| mehr| hier)?|mehr (?:zum thema|dazu)|auch interessant|lesetipp|zum thema"
    r"|(?:à|a) lire(?: aussi| également)?|lire (?:aussi|également)|voir aussi|(?:lea|lee|ver|mira|lea tambi[eé]n|lee tambi[eé]n|ver tambi[eé]n|te puede interesar|además|relacionado|relacionada)(?: también| más)?"
    r"|leia (?:também|mais|ainda)|veja (?:também|mais)|saiba mais|leggi anche|vedi anche|approfondisci|czytaj (?:także|też|również|więcej)|zobacz (?:też|także|również)|przeczytaj (?:także|też)"
    r"|читайте (?:также|ещё|еще)|смотрите также|по теме|см\. также|читайте також|διαβάστε (?:επίσης|ακόμα|ακόμη|περισσότερα)|δείτε (?:επίσης|ακόμα)|lees ook|lees meer|les også|läs (?:också|även|mer)|læs også|lue myös"
    r"|baca juga|baca selengkapnya|simak juga|lihat juga|ilgili haber|相关(?:阅读|新闻|报道)?|延伸閱讀|延伸阅读|相關(?:新聞|報導)?|関連(?:記事|ニュース)?|관련(?: ?기사)?|อ่านเพิ่มเติม|اقرأ أيضا|اقرأ أيضاً)\s*[:：|»>→–—-]+\s*)",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    r"(?:read|see|view|show|load|watch|click|find out|learn|get|explore|discover)?\s*(?:more|all|here|full(?: (?:story|article|text|coverage))?|details?|now|next|on|the (?:full )?(?:story|article))(?: here| now)?|read|continue(?: reading)?|share|e-?mail(?: this)?|print(?: this)?|comments?(?: \(?\d+\)?)?|\d+ comments?|reply|video|photos?|gallery|audio|listen|play|watch|link|previous|next|back|home|top|enlarge|click .{0,20}|full story|story|subscribe|sign up|log ?in"
    r"|(?:xem|đọc|tham khảo) (?:thêm|tiếp|ngay|chi tiết|tất cả)|chi tiết|bình luận|chia sẻ|mehr(?: lesen| erfahren| dazu| anzeigen)?|weiter(?:lesen)?|zum artikel|jetzt lesen|alle anzeigen|lire(?: la suite| plus| l'article)?|en savoir plus|voir (?:plus|tout)|leer más|ver (?:más|todo|nota)|seguir leyendo|ler mais|leia mais|ver mais|saiba mais|leggi(?: tutto| di più| l'articolo)?|continua(?: a leggere)?"
    r"|czytaj (?:więcej|dalej)|więcej|zobacz|читать(?: далее| полностью)?|подробнее|ещё|еще|περισσότερα|διαβάστε περισσότερα|lees (?:meer|verder)|les mer|läs mer|læs mere|lue lisää|baca (?:selengkapnya|lagi)|selengkapnya|devamı|続きを読む|もっと見る|もっと読む|詳しく見る|更多|查看更多|阅读全文|閱讀更多|詳細|더보기|อ่านต่อ",
)
_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|ene|abr|ago|dic|fév|avr|aoû|déc|янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек|tháng|thg)[^\W\d]*\.?"
_DATE = re.compile(
    r"(?:(?:posted|updated|published|on|at|am|vor|il y a|hace|há|cập nhật|đăng)\W+)*(?:[^\W\d]{2,12}\W{1,3})?(?:\d{1,4}(?:st|nd|rd|th)?[\s./,:h年月日-]{0,3}|"
    + _MONTH
    + r"[\s,./-]*|(?:am|pm|gmt|utc|est|edt|et|uhr|[+]\d{1,4})\W*){1,9}(?:(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|[smhdwy]|phút|giờ|ngày|tháng|năm|minuten?|stunden?|tage?n?|heures?|jours?|horas?|días|dias|ore|giorni|godzin|dni|часов|часа|час|минут|дней)\b\W*)?(?:ago|trước|zuvor|atrás|fa|temu|назад|前)?\W*",
)
_FILE_NAME = re.compile(
    r"\S+\.(?:jpe?g|png|gif|webp|svg|avif)|(?:img|dsc|image|photo|pic|picture|thumb(?:nail)?|screenshot)[\s_-]*\d*"
)


def lead_in(text: str) -> str:
    """Return the opening of *text* that announces a link ("Đọc thêm: ", ">> "), or an empty string.

    >>> lead_in("Read more: Oil prices rise"), lead_in("Reading is fun: a report")
    ('Read more: ', '')
    """
    found = _LEAD_IN.match(unicodedata.normalize("NFC", text))
    return found[0] if found else ""


def is_button(text: str) -> bool:
    """Say whether an anchor's text is a button ("Read more", "Xem thêm", "12 comments"), not a title."""
    folded = fold(text)
    return not folded or _BUTTON.fullmatch(folded) is not None


def is_date(text: str) -> bool:
    """Say whether a line is a date, a time or an age ("3 giờ trước") and nothing else."""
    folded = fold(text)
    return 3 <= len(folded) <= 60 and any(c.isdigit() for c in folded) and _DATE.fullmatch(folded) is not None


def is_file_name(text: str) -> bool:
    """Say whether a text is the name of an image file."""
    return _FILE_NAME.fullmatch(fold(text)) is not None
