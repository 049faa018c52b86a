# ruff: noqa: E501  scripts wider than Latin are measured so
"""Invented bulletins in ten languages: one frame each, filled for several subjects, and true copies of each filling.

``TUNED`` were looked at while the rules were written, ``JUDGED`` were not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Frame:
    """A template: ``{0}``, ``{1}`` … stand for what one bulletin is about."""

    name: str
    title: str
    text: str
    fillings: tuple[tuple[str, ...], ...]
    headline: str
    """Of another portal, for the same bulletin."""
    correction: tuple[str, str]
    """A word that an editor replaced, and by what."""
    credit: str = "(Agency)"
    joint: str = " "
    """Between sentences."""

    def bulletins(self) -> list[tuple[str, str]]:
        """Return title and text of each subject."""
        return [(self.title.format(*filling), self.text.format(*filling)) for filling in self.fillings]

    def copies(self, number: int) -> Iterator[tuple[str, str, str]]:
        """Yield kind, title and text of true copies of one bulletin."""
        title, text = self.bulletins()[number]
        other = self.headline.format(*self.fillings[number])
        yield "other portal", other, text
        yield "dateline", title, f"VALLORY (Reuters) - {text}"
        yield "credit", other, f"{text}\n\n{self.credit}"
        assert self.correction[0] in text, self.name
        yield "corrected", title, text.replace(*self.correction)
        yield "corrected, other headline", other, text.replace(*self.correction)
        yield "extended", title, f"{text}{self.joint}{self.title.format(*self.fillings[number])}. Xyz qwert zuiop."


def _names(*names: str) -> tuple[tuple[str, ...], ...]:
    return tuple((name,) for name in names)


TUNED = (
    Frame(
        "en quake",
        "Strong quake felt in {0}",
        "A strong earthquake was felt across {0} early on Sunday, the seismology centre said. No damage was known "
        "by noon and the ports stayed open. Schools sent pupils into the yards while engineers walked through the "
        "halls. Residents were told to expect weaker shocks for several days and to keep gas taps closed at night.",
        _names("Georgia", "Ecuador", "Taiwan", "Croatia", "Vanuatu", "Iceland"),
        "Earth trembles under {0}, no damage known",
        ("several days", "some days"),
    ),
    Frame(
        "en verdict",
        "{0} jailed for tax fraud",
        "The district court sent {0} to prison for tax fraud on Thursday. The judge said that the books had been "
        "kept in two versions for years and that the treasury had lost more than it would ever get back. The "
        "defence announced an appeal. The prosecutor had asked for a longer term and called the sentence mild, but "
        "said that she could live with it.",
        _names("Howard Pell", "Irene Castle", "Oscar Lund", "Vera Marsh", "Toby Finch"),
        "Prison for {0}: two sets of books",
        ("announced", "promised"),
    ),
    Frame(
        "en obituary",
        "{0} dies aged {1}",
        "{0}, who taught three generations of pupils at the music school, has died aged {1}. The school said that "
        "the funeral would be held in the family's circle. Former pupils lit candles at the gate in the evening. "
        "The concert planned for the spring will be played in memory of the teacher who never missed a rehearsal in "
        "forty years.",
        (("Martha Quill", "84"), ("Edgar Stone", "79"), ("Lucy Brand", "91"), ("Hugo Frame", "88")),
        "The music school mourns {0}",
        ("evening", "night"),
    ),
    Frame(
        "en rates",
        "Crown closes at {0} to the euro",
        "The crown closed at {0} to the euro on Friday after quiet trading. Dealers said that most banks waited for "
        "the figures on inflation that are due next week. Exporters sold small amounts at noon. The central bank "
        "has not bought or sold currency since the summer and sees no reason to do so, its spokeswoman said.",
        _names("25.31", "25.48", "25.12", "25.77", "24.96"),
        "Quiet trading: euro costs {0} crowns",
        ("small amounts", "small sums"),
    ),
    Frame(
        "vi gold",
        "Giá vàng tại {0} hôm nay",
        "Giá vàng miếng tại {0} sáng nay đứng yên ở mức cao, giao dịch khá trầm lắng. Các cửa hàng cho biết người "
        "mua chủ yếu là khách lẻ, chọn nhẫn trơn để tích lũy. Giới chuyên gia khuyên người dân thận trọng, không "
        "vay mượn để mua vàng trong lúc thị trường thế giới còn nhiều biến động khó lường.",
        _names("Hà Nội", "Đà Lạt", "Nha Trang", "Biên Hòa", "Thái Nguyên", "Quy Nhơn"),
        "Thị trường vàng {0}: người mua thận trọng",
        ("khá trầm lắng", "khá ảm đạm"),
        "(Theo TTXVN)",
    ),
    Frame(
        "vi traffic",
        "Tai nạn giao thông tại huyện {0}",
        "Một vụ tai nạn giao thông xảy ra tối qua tại huyện {0} khiến hai người bị thương nhẹ. Theo công an, xe tải "
        "mất lái khi xuống dốc rồi lật ngang đường, rất may không có người đi bộ gần đó. Lực lượng chức năng đã "
        "phân luồng và kéo xe ra khỏi hiện trường trong đêm. Nguyên nhân đang được tiếp tục điều tra làm rõ.",
        _names("Mộc Châu", "Kỳ Anh", "Đức Trọng", "Tân Uyên", "Lâm Hà"),
        "Xe tải lật ở {0}, hai người bị thương",
        ("rất may", "may mắn"),
        "(Theo TTXVN)",
    ),
    Frame(
        "de weather",
        "Wetter in {0}: wolkig",
        "In {0} bleibt es am Mittwoch wolkig, am Abend fällt etwas Regen. Der Wind weht schwach aus Westen. In der "
        "Nacht klart es auf, auf den Feldern ist Bodenfrost möglich. Der Wetterdienst rät Gärtnern, empfindliche "
        "Pflanzen abzudecken. Zum Wochenende setzt sich ein Hoch durch, das die Wolken für einige Tage vertreibt.",
        _names("Kassel", "Rostock", "Ulm", "Trier", "Gera", "Bochum"),
        "Erst Wolken, dann Regen: so wird der Mittwoch in {0}",
        ("einige Tage", "mehrere Tage"),
        "(dpa)",
    ),
    Frame(
        "fr verdict",
        "{0} condamné pour escroquerie",
        "Le tribunal a condamné mardi {0} à deux ans de prison pour escroquerie. La présidente a souligné que les "
        "victimes, presque toutes âgées, avaient perdu leurs économies. La défense a annoncé qu'elle ferait appel. "
        "Le parquet avait requis une peine plus lourde et une amende, que le tribunal n'a pas retenue faute de "
        "moyens du prévenu.",
        _names("Paul Garnier", "Luc Besnard", "Denis Roche", "Marc Vasseur", "Alain Tissot"),
        "Deux ans de prison pour {0}",
        ("a souligné", "a rappelé"),
        "(AFP)",
    ),
    Frame(
        "ru quake",
        "Землетрясение произошло в {0}",
        "Сильное землетрясение произошло в {0} рано утром, сообщил сейсмологический центр. О пострадавших и "
        "разрушениях к полудню не сообщалось. Школы вывели детей во двор, пока инженеры осматривали здания. Жителей "
        "попросили быть готовыми к новым толчкам и не пользоваться лифтами в ближайшие дни.",
        _names("Армении", "Чили", "Турции", "Японии", "Непале"),
        "Подземные толчки в {0}: разрушений нет",
        ("новым толчкам", "повторным толчкам"),
        "(ТАСС)",
    ),
    Frame(
        "zh verdict",
        "{0}诈骗案宣判",
        "法院周四对{0}诈骗案作出一审判决，判处有期徒刑五年并处罚金。法院认为，被告人虚构投资项目，骗取多名老人积蓄，"
        "数额巨大。鉴于其主动退还部分款项，依法从轻处罚。宣判后，被告人表示需要时间考虑是否上诉。多名受害人到庭旁听。",
        _names("周文海", "何丽娟", "郭志远", "马晓东", "唐建平"),
        "骗取老人积蓄，{0}获刑五年",
        ("数额巨大", "金额巨大"),
        "（新华社）",
        "",
    ),
    Frame(
        "ja weather",
        "{0}の天気",
        "{0}では水曜日は雲が広がり、夕方から弱い雨が降る見込みです。風は弱く、気温は平年並みでしょう。夜には雲が切れて、"
        "畑では霜が降りるおそれがあります。気象台は農作物の管理に注意するよう呼びかけています。週末は高気圧に覆われて、"
        "晴れる日が続きそうです。",
        _names("仙台", "広島", "長崎", "金沢", "高知"),
        "水曜日の{0}は雲が広がり夕方から雨",
        ("注意する", "気をつける"),
        "(Kyodo)",
        "",
    ),
    Frame(
        "ar quake",
        "زلزال يضرب {0}",
        "ضرب زلزال قوي {0} فجر الأحد، حسبما أعلن مركز رصد الزلازل. ولم ترد أنباء عن وقوع ضحايا أو أضرار حتى الظهر، وبقيت "
        "الموانئ مفتوحة. وأخرجت المدارس التلاميذ إلى الساحات بينما تفقد المهندسون المباني. ودعت السلطات السكان إلى توقع "
        "هزات أضعف خلال الأيام المقبلة وإغلاق صمامات الغاز ليلا.",
        _names("الإكوادور", "تايوان", "كرواتيا", "آيسلندا", "جورجيا"),
        "هزة أرضية قوية في {0} دون أضرار",
        ("الأيام المقبلة", "الأيام القادمة"),
        "(AFP)",
    ),
)

JUDGED = (
    Frame(
        "en draw",
        "Draw {1}: the numbers",
        "The numbers drawn on Saturday are {0}. Nobody had all of them, so the jackpot grows for draw after draw. "
        "Smaller prizes are paid in every shop that sells tickets. The society that holds the draw gives a third of "
        "its income to sport clubs and asks players to set themselves a limit before they buy a ticket.",
        (
            ("3, 14, 22, 37, 41, 48", "311"),
            ("5, 9, 17, 26, 33, 45", "312"),
            ("1, 12, 19, 28, 30, 44", "313"),
            ("7, 11, 20, 29, 36, 40", "314"),
        ),
        "Nobody wins the jackpot in draw {1}",
        ("gives", "hands"),
    ),
    Frame(
        "en match",
        "{0} beat {1} {2}",
        "{0} beat {1} {2} on Saturday in front of a full house. The first goal fell after a corner, and the visitors "
        "never found a way back into the match. The coach praised the young defenders and said that the team needed "
        "patience more than luck. The next round is played in two weeks, when the cup is on the calendar too.",
        (
            ("Rovers", "Athletic", "2-0"),
            ("Harriers", "Wanderers", "3-1"),
            ("Albion", "Thistle", "1-0"),
            ("Orient", "Swifts", "4-2"),
        ),
        "Full house sees {0} win against {1}",
        ("praised", "lauded"),
    ),
    Frame(
        "en results",
        "{0} raises dividend",
        "{0} will pay a higher dividend after a year of steady growth, the company said on Wednesday. Sales rose in "
        "all divisions, and debt fell for the third year in a row. The board wants to buy back shares in the autumn. "
        "Investors had hoped for more, and the stock lost a little in late trading before it recovered.",
        _names("Harlan Mills", "Quorn Cement", "Tessel Bank", "Ivory Foods", "Northgate Rail"),
        "Higher dividend at {0} after steady growth",
        ("a little", "slightly"),
    ),
    Frame(
        "en warning",
        "Flood warning for the river {0}",
        "The environment office has issued a flood warning for the river {0}. Water may reach the meadows by Monday "
        "morning, and footpaths along the bank are closed. Farmers were told to move their animals to higher ground. "
        "The office said that houses were not in danger, and that the warning would be lifted as soon as the rain "
        "stopped.",
        _names("Alder", "Tamsel", "Corrin", "Wessel", "Brunn"),
        "Meadows along the {0} may flood on Monday",
        ("told", "advised"),
    ),
    Frame(
        "vi weather",
        "Dự báo thời tiết {0} ngày {1}",
        "Ngày {1}, {0} nhiều mây, sáng sớm có sương mù nhẹ, trưa chiều giảm mây trời nắng. Độ ẩm không khí ở mức "
        "trung bình, gió nhẹ. Người già và trẻ nhỏ nên giữ ấm khi ra ngoài vào sáng sớm. Đài khí tượng cho biết hình "
        "thái này còn duy trì đến cuối tuần trước khi không khí lạnh tăng cường tràn xuống phía nam.",
        (("Lào Cai", "4/2"), ("Sơn La", "4/2"), ("Huế", "5/2"), ("Cà Mau", "5/2"), ("Lào Cai", "6/2")),
        "Thời tiết {0} {1}: sương mù buổi sáng",
        ("ở mức trung bình", "ở mức vừa phải"),
        "(Theo TTXVN)",
    ),
    Frame(
        "vi lottery",
        "Kết quả xổ số {0}",
        "Kết quả xổ số {0} kỳ quay chiều nay: giải đặc biệt {1}, giải nhất {2}. Người trúng thưởng cần giữ vé còn "
        "nguyên vẹn, không rách rời chắp vá và liên hệ công ty phát hành trong vòng ba mươi ngày để làm thủ tục nhận "
        "thưởng. Quá thời hạn trên, vé không còn giá trị lĩnh thưởng theo quy định hiện hành.",
        (("Tây Ninh", "402817", "55190"), ("An Giang", "118264", "70933"), ("Bình Thuận", "936051", "28476")),
        "Xổ số {0} hôm nay: giải đặc biệt {1}",
        ("thủ tục nhận", "hồ sơ nhận"),
        "(Theo TTXVN)",
    ),
    Frame(
        "de result",
        "{0} steigert Gewinn",
        "{0} hat im zweiten Quartal mehr verdient als erwartet. Der Umsatz stieg in allen Sparten, wie das Unternehmen "
        "am Donnerstag mitteilte. Der Vorstand hält an der Prognose für das laufende Jahr fest. Analysten hatten nach "
        "der Warnung eines Konkurrenten mit schwächeren Zahlen gerechnet. Die Aktie legte im frühen Handel zu.",
        _names("Rheinpapier", "Nordkabel", "Alpenglas", "Hansefisch", "Saarstahlbau"),
        "Mehr Gewinn als erwartet bei {0}",
        ("laufende Jahr", "aktuelle Jahr"),
        "(dpa)",
    ),
    Frame(
        "es storm",
        "Alerta por tormenta en {0}",
        "El servicio meteorológico emitió el lunes una alerta por tormentas fuertes en {0}. Se esperan rachas de viento "
        "y granizo durante la tarde, y las clases quedaron suspendidas hasta el miércoles. Protección civil pidió no "
        "cruzar cauces y asegurar objetos en balcones. Los hospitales mantienen guardia reforzada durante toda la "
        "noche por precaución.",
        _names("Mendoza", "Rosario", "Salta", "Córdoba", "Jujuy"),
        "Viento y granizo: {0} suspende las clases",
        ("emitió", "lanzó"),
        "(EFE)",
    ),
    Frame(
        "fr match",
        "{0} domine {1}",
        "{0} a dominé {1} samedi soir devant des tribunes pleines. Le premier but est venu d'un coup de pied arrêté et "
        "les visiteurs n'ont jamais trouvé la solution. L'entraîneur a salué la discipline de ses jeunes défenseurs. La "
        "prochaine journée se jouera dans deux semaines, après la trêve consacrée aux sélections nationales.",
        (("Angers", "Brest"), ("Lorient", "Metz"), ("Amiens", "Dijon"), ("Nancy", "Auxerre")),
        "Tribunes pleines pour la victoire de {0} contre {1}",
        ("a salué", "a loué"),
        "(AFP)",
    ),
    Frame(
        "ru rates",
        "Курс доллара на {0}: {1} рубля",
        "Центральный банк установил официальный курс доллара на {0} в размере {1} рубля. Торги прошли спокойно, банки "
        "ждали данных об инфляции, которые выйдут на следующей неделе. Экспортёры продавали небольшие объёмы выручки в "
        "полдень. Аналитики не ожидают резких движений до конца месяца и советуют не спешить с покупкой валюты.",
        (("3 марта", "91,2"), ("4 марта", "91,7"), ("5 марта", "90,8"), ("6 марта", "92,4")),
        "ЦБ установил курс доллара {1} рубля",
        ("спокойно", "вяло"),
        "(Интерфакс)",
    ),
    Frame(
        "zh quake",
        "{0}发生地震",
        "据地震台网中心消息，{0}周日清晨发生强烈地震，震源较浅。截至中午尚无人员伤亡和财产损失的报告，港口照常开放。学校组织学生"
        "到操场避险，工程人员正在检查校舍和桥梁。当地政府提醒居民防范余震，夜间关闭燃气阀门，不要轻信和传播谣言。",
        _names("智利", "斐济", "秘鲁", "土耳其", "厄瓜多尔"),
        "{0}清晨强震，暂无伤亡",
        ("正在检查", "正在排查"),
        "（新华社）",
        "",
    ),
    Frame(
        "th warning",
        "เตือนน้ำท่วมจังหวัด{0}",
        "กรมอุตุนิยมวิทยาประกาศเตือนน้ำท่วมฉับพลันในพื้นที่จังหวัด{0} ขอให้ประชาชนในพื้นที่ลุ่มต่ำยกของขึ้นที่สูงและติดตามข่าวสารอย่างใกล้ชิด "
        "โรงเรียนหลายแห่งประกาศหยุดเรียนเป็นเวลาสองวัน เจ้าหน้าที่ได้เตรียมเรือและกระสอบทรายไว้ช่วยเหลือประชาชนตลอดยี่สิบสี่ชั่วโมง",
        _names("เชียงราย", "สุโขทัย", "อยุธยา", "นครพนม", "ลำปาง"),
        "{0}เสี่ยงน้ำท่วมฉับพลัน โรงเรียนหยุดสองวัน",
        ("หลายแห่ง", "บางแห่ง"),
        "(AFP)",
        "",
    ),
    Frame(
        "ar results",
        "{0} ترفع توزيعات الأرباح",
        "أعلنت {0} الأربعاء أنها سترفع توزيعات الأرباح بعد عام من النمو المطرد. وارتفعت المبيعات في جميع الأقسام وتراجعت "
        "الديون للعام الثالث على التوالي. ويعتزم مجلس الإدارة شراء أسهم في الخريف. وكان المستثمرون يأملون في زيادة أكبر، "
        "فخسر السهم قليلا في أواخر التعاملات قبل أن يعوض خسائره.",
        _names("مصانع النخيل", "أسمنت الوادي", "بنك الساحل", "أغذية الروابي"),
        "توزيعات أعلى من {0} بعد عام جيد",
        ("قليلا", "بعض الشيء"),
        "(AFP)",
    ),
    Frame(
        "hi accident",
        "{0} में सड़क हादसा",
        "{0} में सोमवार रात एक ट्रक पलट जाने से दो लोग घायल हो गए। पुलिस ने बताया कि चालक ने ढलान पर नियंत्रण खो दिया था और सड़क कई घंटे "
        "बंद रही। घायलों को अस्पताल में भर्ती कराया गया है और उनकी हालत स्थिर है। प्रशासन ने चालकों से रात में धीमी गति से चलने की अपील की है।",
        _names("नैनीताल", "उज्जैन", "जोधपुर", "कानपुर", "पटना"),
        "ट्रक पलटा, {0} में दो घायल",
        ("नियंत्रण", "काबू"),
        "(PTI)",
    ),
    Frame(
        "ko obituary",
        "{0} 교수 별세",
        "평생 음악 교육에 힘쓴 {0} 교수가 토요일 새벽 별세했다. 고인은 사십 년 동안 한 번도 연습을 거르지 않은 스승으로 기억된다. 장례는 가족장으로 "
        "치러지며 학교는 봄에 열릴 음악회를 추모 공연으로 준비하기로 했다. 제자들은 저녁 내내 교문 앞에 촛불을 밝히고 스승을 기렸다.",
        _names("김영호", "박정숙", "이상철", "최미경"),
        "음악 교육 외길 {0} 교수 떠나다",
        ("기억된다", "불린다"),
        "(Yonhap)",
    ),
    Frame(
        "th gold",
        "ราคาทองวันที่ {0}",
        "สมาคมค้าทองคำประกาศราคาทองวันที่ {0} ทองแท่งรับซื้อบาทละ {1} บาท การซื้อขายค่อนข้างเงียบเหงา ร้านค้าส่วนใหญ่รอดูทิศทางตลาดโลก "
        "นักวิเคราะห์แนะนำให้ผู้ลงทุนชะลอการซื้อและอย่ากู้เงินมาลงทุนในช่วงที่ตลาดผันผวน",
        (("3 มีนาคม", "41250"), ("4 มีนาคม", "41400"), ("5 มีนาคม", "41100"), ("6 มีนาคม", "41650")),
        "ทองวันที่ {0} ซื้อขายเงียบ",
        ("แนะนำ", "เตือน"),
        "(AFP)",
        "",
    ),
)

UNSEEN = (
    Frame(
        "en ferry",
        "Sailings to {0} cancelled",
        "Strong winds have stopped all sailings to {0} until Tuesday noon, the ferry company said. Passengers with a "
        "ticket may travel later in the week without paying more. Lorries wait in a field behind the harbour, where the "
        "council has put up toilets and a kitchen. Forecasters expect the gale to ease during the night.",
        _names("Barra", "Colonsay", "Lundy", "Sark", "Unst"),
        "Gale keeps ferries for {0} in port",
        ("have stopped", "have halted"),
    ),
    Frame(
        "en prices",
        "Price of {0} rises again",
        "The price of {0} has risen for the fourth month in a row, according to the chamber of agriculture. Traders "
        "blame a poor harvest and dear fertiliser. Shops have so far passed on only part of the rise. The chamber "
        "expects no relief before the summer, when imports from the south usually reach the market.",
        _names("butter", "potatoes", "onions", "sunflower oil", "oats"),
        "Shoppers pay more for {0}",
        ("a poor harvest", "a weak harvest"),
    ),
    Frame(
        "de strike",
        "Warnstreik bei {0}",
        "Mehrere Hundert Beschäftigte haben am Dienstag bei {0} die Arbeit niedergelegt. Die Gewerkschaft fordert mehr "
        "Geld und kürzere Schichten. Das Unternehmen nannte den Ausstand unverhältnismäßig und verwies auf die nächste "
        "Verhandlungsrunde in zwei Wochen. Kunden müssen mit Verzögerungen rechnen, die bis zum Wochenende andauern "
        "können.",
        _names("Bosselwerk", "Lahnbahn", "Tauberglas", "Elbpost", "Harzkeramik"),
        "Gewerkschaft bestreikt {0}",
        ("unverhältnismäßig", "überzogen"),
        "(dpa)",
    ),
    Frame(
        "es football",
        "{0} ficha a un delantero",
        "{0} anunció el viernes la contratación de un delantero joven para las próximas tres temporadas. El jugador pasó la "
        "revisión médica y entrenará con sus compañeros a partir del lunes. El director deportivo destacó su velocidad y "
        "su sentido del juego colectivo. La afición podrá verlo por primera vez en el amistoso de la semana que viene.",
        _names("Oviedo", "Numancia", "Cartagena", "Burgos", "Huesca"),
        "Un delantero joven para {0}",
        ("su velocidad", "su rapidez"),
        "(EFE)",
    ),
    Frame(
        "pt power",
        "Apagão atinge {0}",
        "Um apagão deixou sem luz na madrugada de quinta-feira grande parte de {0}. A concessionária atribuiu a falha a um "
        "cabo rompido e prometeu restabelecer o serviço até o fim do dia. Hospitais funcionaram com geradores. Comerciantes "
        "perderam mercadorias refrigeradas e pedem compensação pelos prejuízos acumulados nas últimas semanas.",
        _names("Sobral", "Maringá", "Ilhéus", "Pelotas", "Macapá"),
        "Cabo rompido deixa {0} sem luz",
        ("prometeu", "garantiu"),
        "(Lusa)",
    ),
    Frame(
        "vi school",
        "{0} công bố điểm chuẩn",
        "Chiều nay, {0} công bố điểm chuẩn trúng tuyển theo kết quả thi tốt nghiệp. Thí sinh trúng tuyển phải xác nhận nhập "
        "học trực tuyến trước cuối tháng. Nhà trường cho biết sẽ hỗ trợ chỗ ở ký túc xá cho sinh viên vùng sâu vùng xa và "
        "trao học bổng cho những em có hoàn cảnh khó khăn. Đợt xét tuyển bổ sung dự kiến mở vào tháng sau.",
        _names("Đại học Tây Bắc", "Đại học Hồng Đức", "Đại học Quảng Bình", "Đại học An Giang"),
        "Điểm chuẩn mới nhất của {0}",
        ("cho biết", "thông báo"),
        "(Theo TTXVN)",
    ),
    Frame(
        "ru fire",
        "Пожар на складе в {0} потушен",
        "Спасатели потушили крупный пожар на складе в {0}, пострадавших нет. Огонь охватил тысячу квадратных метров, крыша "
        "здания обрушилась. На место прибыли двадцать расчётов, рядом дежурили врачи. Причину возгорания выясняют эксперты, "
        "по предварительным данным это было короткое замыкание в электропроводке.",
        _names("Твери", "Калуге", "Пензе", "Омске", "Вологде"),
        "Крыша склада в {0} обрушилась при пожаре",
        ("крупный", "сильный"),
        "(ТАСС)",
    ),
    Frame(
        "zh market",
        "{0}股份业绩预增",
        "昨日晚间，{0}股份发布公告称，预计上半年净利润同比大幅增长。公司表示，业绩增长主要得益于海外订单增加以及原材料成本下降。"
        "机构分析师认为，行业景气度有望延续到明年。公告发布后，多家券商上调了评级。公司同时提醒投资者注意市场风险，理性投资。",
        _names("华川", "天瑞", "金科隆", "东启", "博远"),
        "海外订单增加，{0}股份净利润大增",
        ("主要得益于", "主要受益于"),
        "（新华社）",
        "",
    ),
    Frame(
        "zh flu",
        "{0}报告流感病例",
        "{0}卫生部门周三通报，当地出现聚集性流感病例，患者症状较轻，均已居家隔离。有关部门已对学校和养老院开展消毒，并为高风险人群接种疫苗。"
        "专家建议市民勤洗手、戴口罩，出现发热症状及时就诊。目前医疗秩序正常，药品储备充足。",
        _names("绍兴", "芜湖", "柳州", "遵义", "洛阳"),
        "流感来袭，{0}加强防控",
        ("症状较轻", "症状轻微"),
        "（新华社）",
        "",
    ),
    Frame(
        "ja train",
        "{0}線が運転見合わせ",
        "{0}線は木曜日の朝、信号の故障のため全線で運転を見合わせた。通勤客およそ二万人に影響が出た。鉄道会社は原因を調べるとともに、"
        "バスによる代替輸送を行っている。復旧は昼過ぎになる見通しで、駅では係員が利用者に迂回を呼びかけている。",
        _names("飯田", "水郡", "久留里", "因美", "予讃"),
        "信号故障で{0}線ストップ、二万人に影響",
        ("復旧", "再開"),
        "(Kyodo)",
        "",
    ),
    Frame(
        "ko market",
        "{0} 주가 급등",
        "코스닥 상장사 {0} 주가가 화요일 장 초반 가격제한폭까지 올랐다. 회사가 해외 제약사와 기술 수출 계약을 맺었다는 소식이 전해지면서 매수세가 "
        "몰렸다. 증권가는 실적 개선이 당분간 이어질 것으로 내다봤다. 다만 단기 과열에 따른 변동성에 주의해야 한다는 지적도 나왔다.",
        _names("한빛제약", "동아소재", "세림바이오", "유진로봇"),
        "기술 수출 소식에 {0} 상한가",
        ("내다봤다", "전망했다"),
        "(Yonhap)",
    ),
    Frame(
        "ar football",
        "{0} يتعاقد مع مدرب جديد",
        "أعلن نادي {0} مساء الثلاثاء تعاقده مع مدرب جديد لمدة موسمين. وقالت الإدارة إن المدرب سيبدأ عمله مع انطلاق معسكر الإعداد "
        "الأسبوع المقبل. وينتظر الجماهير تدعيم خط الدفاع بعد موسم مخيب للآمال. ويلتقي الفريق في أول مباراة ودية أحد أندية "
        "الدرجة الثانية على أرضه.",
        _names("الرمثا", "الصفاقسي", "الشباب", "المصري"),
        "مدرب جديد يقود {0} لموسمين",
        ("وقالت", "وأوضحت"),
        "(AFP)",
    ),
    Frame(
        "hi exam",
        "{0} बोर्ड का परिणाम घोषित",
        "{0} बोर्ड ने शुक्रवार दोपहर दसवीं कक्षा का परिणाम घोषित कर दिया। इस बार भी लड़कियों ने लड़कों से बेहतर प्रदर्शन किया है। छात्र अपना अंकपत्र बोर्ड "
        "की वेबसाइट से डाउनलोड कर सकते हैं। असंतुष्ट छात्र पुनर्मूल्यांकन के लिए दो सप्ताह के भीतर आवेदन कर सकेंगे। पूरक परीक्षा अगले महीने आयोजित होगी।",
        _names("बिहार", "झारखंड", "राजस्थान", "हरियाणा", "पंजाब"),
        "दसवीं में लड़कियां आगे, {0} बोर्ड ने जारी किया परिणाम",
        ("आयोजित होगी", "कराई जाएगी"),
        "(PTI)",
    ),
    Frame(
        "th accident",
        "ไฟไหม้ตลาด{0}",
        "เกิดเหตุเพลิงไหม้ตลาด{0}เมื่อคืนที่ผ่านมา เจ้าหน้าที่ใช้เวลากว่าสามชั่วโมงจึงควบคุมเพลิงได้ เบื้องต้นไม่มีผู้บาดเจ็บหรือเสียชีวิต แต่ร้านค้าเสียหายหลายสิบร้าน "
        "ตำรวจสันนิษฐานว่าสาเหตุมาจากไฟฟ้าลัดวงจร พ่อค้าแม่ค้าเรียกร้องให้หน่วยงานเร่งเยียวยาและจัดหาพื้นที่ขายชั่วคราว",
        _names("บางบัวทอง", "หนองมน", "ท่าม่วง", "ปากช่อง", "แม่สอด"),
        "เพลิงเผาตลาด{0} ร้านค้าวอดหลายสิบร้าน",
        ("เร่งเยียวยา", "รีบเยียวยา"),
        "(AFP)",
        "",
    ),
    Frame(
        "id flood",
        "Banjir landa {0}",
        "Banjir melanda sejumlah kelurahan di {0} setelah hujan deras turun semalaman. Warga mengungsi ke balai desa dan "
        "sekolah yang berada di tempat lebih tinggi. Petugas membagikan selimut, makanan dan air bersih. Pemerintah kota "
        "mengimbau warga tetap waspada karena hujan diperkirakan masih turun sampai akhir pekan.",
        _names("Cilacap", "Demak", "Garut", "Kendal", "Pati"),
        "Hujan semalaman, warga {0} mengungsi",
        ("membagikan", "menyalurkan"),
        "(Antara)",
    ),
    Frame(
        "tr court",
        "{0} tahliye edildi",
        "Mahkeme, altı aydır tutuklu bulunan {0} hakkında tahliye kararı verdi. Avukatlar kararı olumlu karşıladıklarını "
        "söyledi. Savcılık karara itiraz edeceğini açıkladı. Davanın bir sonraki duruşması mart ayında görülecek, tanıklar o gün "
        "dinlenecek ve bilirkişi raporu dosyaya eklenecek.",
        _names("Kemal Aydoğan", "Selin Taşkın", "Murat Ersoy", "Derya Güneş"),
        "Altı ay sonra {0} için tahliye kararı",
        ("açıkladı", "duyurdu"),
        "(AA)",
    ),
    Frame(
        "el ferry",
        "Δεμένα τα πλοία για {0}",
        "Δεμένα στα λιμάνια μένουν από το πρωί τα πλοία με προορισμό {0} λόγω των ισχυρών ανέμων. Το λιμεναρχείο ανακοίνωσε ότι η "
        "απαγόρευση ισχύει μέχρι νεωτέρας. Οι επιβάτες καλούνται να επικοινωνούν με τα πρακτορεία πριν ξεκινήσουν. Η μετεωρολογική "
        "υπηρεσία περιμένει εξασθένηση των ανέμων αύριο το απόγευμα.",
        _names("Άνδρο", "Ικαρία", "Κάσο", "Λήμνο", "Σίφνο"),
        "Ισχυροί άνεμοι: χωρίς πλοία {0}",
        ("περιμένει", "προβλέπει"),
        "(Reuters)",
    ),
    Frame(
        "he weather",
        "התחזית ל{0}",
        "ב{0} צפוי מחר מזג אוויר נאה, עם טמפרטורות רגילות לעונה. בשעות אחר הצהריים תנשב רוח קלה מכיוון הים. לקראת סוף השבוע תחול עלייה "
        "במעלות החום ויורגש עומס חום בעמקים. השירות המטאורולוגי ממליץ לשתות הרבה ולהימנע משהייה ממושכת בשמש.",
        _names("חיפה", "אשדוד", "נתניה", "צפת"),
        "מזג אוויר נאה מחר ב{0}",
        ("ממליץ", "קורא"),
        "(AFP)",
    ),
)
"""Written before the rules for texts without titles and looked at afterwards; other subjects and word orders."""

FRESH = (
    Frame(
        "en recall",
        "Shops take back {0}",
        "A supermarket chain is taking back jars of {0} because they may hold splinters of glass, the food office said on "
        "Thursday. Customers get their money back without a receipt. The maker found the fault during a routine check "
        "and has stopped the line. Nobody is known to have been hurt.",
        _names("strawberry jam", "pickled beetroot", "hazelnut spread", "mustard"),
        "Glass feared in jars of {0}",
        ("is taking back", "is recalling"),
    ),
    Frame(
        "en missing",
        "Police look for missing man",
        "Police are looking for a man of {1} who has been missing from his home since Monday. He was last seen at the bus "
        "station with a green rucksack. His family say that it is unlike him not to call. Officers have asked anyone who "
        "has seen {0} to come forward, and searched the woods along the canal with dogs.",
        (("Peter Annis", "61"), ("Colin Hirst", "34"), ("Ravi Menon", "47")),
        "Where is {0}? Family appeals for help",
        ("looking for", "searching for"),
    ),
    Frame(
        "pl roads",
        "Zamknięta droga w {0}",
        "Od poniedziałku kierowcy nie przejadą główną ulicą w {0}, gdzie rusza remont wodociągu. Objazd poprowadzono przez "
        "osiedle, autobusy zatrzymają się na przystankach zastępczych. Prace potrwają do końca października. Urząd miasta "
        "przeprasza za utrudnienia i prosi o korzystanie z komunikacji miejskiej.",
        _names("Suwałkach", "Koninie", "Tarnowie", "Elblągu"),
        "Remont wodociągu w {0}: będzie objazd",
        ("rusza remont", "zaczyna się remont"),
        "(PAP)",
    ),
    Frame(
        "vi storm",
        "{0} ứng phó bão",
        "Trước diễn biến phức tạp của cơn bão, tỉnh {0} yêu cầu tàu thuyền vào bờ trước mười giờ sáng mai. Học sinh được nghỉ học "
        "hai ngày, các hồ chứa hạ mực nước để đón lũ. Bộ đội và công an giúp dân chằng chống nhà cửa, sơ tán người già và trẻ em "
        "khỏi vùng trũng thấp. Lương thực được dự trữ đủ dùng trong một tuần.",
        _names("Quảng Ngãi", "Phú Yên", "Hà Tĩnh", "Thanh Hóa"),
        "Bão đến gần, {0} cho học sinh nghỉ học",
        ("yêu cầu", "đề nghị"),
        "(Theo TTXVN)",
    ),
    Frame(
        "zh museum",
        "{0}博物馆新馆开放",
        "经过三年建设，{0}博物馆新馆今天正式向公众开放。新馆展出文物两千余件，其中三分之一为首次亮相。市民可以通过网上预约免费参观。"
        "馆方表示，今后每个季度都将举办专题展览，并与学校合作开设课程，让孩子们走近历史。",
        _names("敦煌", "徐州", "宝鸡", "荆州"),
        "三年建成，{0}博物馆新馆迎客",
        ("今天正式", "今日正式"),
        "（新华社）",
        "",
    ),
    Frame(
        "ja match",
        "{0}が{1}に勝利",
        "サッカーのリーグ戦は土曜日に行われ、{0}が{1}を破った。前半は両チームとも決め手を欠いたが、後半に入って途中出場の選手が先制点を挙げた。"
        "監督は試合後、若手の成長を喜んだ。次の試合は二週間後に本拠地で行われる。",
        (("鹿島", "清水"), ("浦和", "磐田"), ("名古屋", "湘南"), ("神戸", "札幌")),
        "途中出場の選手が決め{0}が{1}下す",
        ("喜んだ", "評価した"),
        "(Kyodo)",
        "",
    ),
    Frame(
        "bn accident",
        "{0}ে বাস উল্টে আহত",
        "আজ ভোরে {0} জেলায় যাত্রীবাহী একটি বাস উল্টে অন্তত দশজন আহত হয়েছেন। ফায়ার সার্ভিসের কর্মীরা আহতদের উদ্ধার করে হাসপাতালে পাঠান। পুলিশ "
        "জানায়, চালক ঘুমিয়ে পড়ায় বাসটি নিয়ন্ত্রণ হারায়। দুর্ঘটনার পর মহাসড়কে কয়েক কিলোমিটার যানজটের সৃষ্টি হয়।",
        _names("কুমিল্লা", "বরিশাল", "নাটোর", "যশোর"),
        "চালক ঘুমিয়ে পড়ায় {0} জেলায় বাস দুর্ঘটনা",
        ("জানায়", "বলেছে"),
        "(AFP)",
    ),
    Frame(
        "ar court",
        "السجن لـ{0}",
        "قضت محكمة الجنايات أمس بسجن رجل الأعمال {0} خمس سنوات بعد إدانته بالتهرب الضريبي. وقال القاضي إن المتهم أخفى حساباته لسنوات "
        "طويلة. وأعلن الدفاع أنه سيستأنف الحكم خلال المهلة القانونية. وكانت النيابة قد طالبت بعقوبة أشد وبغرامة مالية كبيرة.",
        _names("سمير الحداد", "وليد منصور", "جمال الخطيب", "فؤاد زيدان"),
        "خمس سنوات سجنا لرجل الأعمال {0}",
        ("أمس", "الأربعاء"),
        "(AFP)",
    ),
    Frame(
        "my flood",
        "{0}တွင် ရေကြီး",
        "{0}မြို့တွင် မိုးသည်းထန်စွာ ရွာသွန်းမှုကြောင့် ရေကြီးရေလျှံမှု ဖြစ်ပွားခဲ့သည်။ ဒေသခံများကို ဘုန်းတော်ကြီးကျောင်းများသို့ ရွှေ့ပြောင်းပေးထားသည်။ "
        "ကယ်ဆယ်ရေးအဖွဲ့များက စားသောက်ကုန်နှင့် ဆေးဝါးများ ဖြန့်ဝေလျက်ရှိသည်။ မိုးလေဝသဌာနက နောက်ထပ် ရက်အနည်းငယ် မိုးဆက်လက်ရွာသွန်းမည်ဟု ခန့်မှန်းထားသည်။",
        _names("မကွေး", "ပုသိမ်", "မော်လမြိုင်", "စစ်ကိုင်း"),
        "မိုးသည်းသဖြင့် {0} ရေလျှံ",
        ("ခန့်မှန်း", "ဟောကိန်းထုတ်"),
        "(AFP)",
        "",
    ),
)
