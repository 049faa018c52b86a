# ruff: noqa: E501  scripts wider than Latin are measured so
"""Series written after the rules had been changed for the others: nothing was chosen by them."""

from __future__ import annotations

from tests.support.series.series import Series

SERIES = (
    Series(
        "it",
        "weather",
        title="Meteo {0}, le previsioni per {1}",
        general="Previsioni del tempo",
        headline="{0}: {2} {1}",
        text="""
        A {0} {1} avremo {2} per gran parte della giornata, con temperature comprese tra {3} e {4} gradi.
        Al mattino il cielo sarà {5}, mentre nel pomeriggio {6}.
        {7}
        I venti soffieranno {8} da {9}, il mare sarà {10}.
        Lo zero termico si attesterà intorno ai {11} metri.

        L'umidità relativa si manterrà su valori tipici della stagione e la qualità dell'aria resterà accettabile.
        Per i giorni successivi gli esperti segnalano ancora molta incertezza, e invitano a seguire gli aggiornamenti.
        """,
        fillings="""
        Genova|domani|piogge|11|15|molto nuvoloso|si avranno rovesci sparsi|È stata emessa un'allerta gialla.|forti|sud-est|molto mosso|1.900
        Genova|giovedì|schiarite|9|16|poco nuvoloso|il sole prevarrà ovunque||moderati|nord|mosso|1.700
        Bari|domani|sole|12|21|sereno|passeranno velature innocue||deboli|sud|poco mosso|2.600
        Trieste|domani|vento|7|12|coperto|la bora rinforzerà|Raffiche fino a 110 chilometri orari.|molto forti|est-nord-est|agitato|1.200
        """,
        correction=("accettabile", "discreta"),
        figure=11,
        dateline="(ANX) - ",
        credit=("ANX", "Redazione meteo"),
        extra="Il prossimo bollettino sarà diffuso nel pomeriggio.",
        hours=0,
    ),
    Series(
        "pt",
        "traffic accident",
        title="{0} em {1} faz {2} {3}",
        general="Acidente",
        headline="{1}: {2} {3} em {0}",
        text="""
        Uma {0} na {4}, em {1}, provocou {5} {2} {3}, disse à agência fonte dos bombeiros.
        O alerta foi dado às {6} e a estrada esteve cortada ao trânsito durante {7}.
        Segundo a mesma fonte, {8}.
        {9}
        No local estiveram {10} operacionais, apoiados por {11} viaturas.

        As vítimas foram transportadas para o hospital de {12}.
        A guarda abriu um inquérito para apurar as causas do acidente e pede prudência aos automobilistas.
        """,
        fillings="""
        colisão|Pombal|dois|feridos|Estrada Nacional 1|hoje|07:42|duas horas|um dos condutores adormeceu ao volante||19|8|Leiria
        colisão|Loulé|quatro|feridos|Via do Infante|no domingo|22:15|três horas|o piso estava molhado|Um dos feridos é uma criança de seis anos.|27|11|Faro
        queda de um camião|Viseu|um|morto|A25|hoje|04:50|cinco horas|a carga deslocou-se numa curva||22|9|Viseu
        colisão|Aveiro|três|feridos|A1|na sexta-feira|18:05|uma hora|um carro entrou em contramão|O condutor fugiu a pé.|24|10|Coimbra
        """,
        correction=("apurar", "esclarecer"),
        figure=10,
        dateline="{1}, (Luza) - ",
        credit=("(Luza)", "Redação"),
        extra="Foi o segundo acidente no mesmo troço em poucos dias.",
        hours=24,
    ),
    Series(
        "tr",
        "quake",
        title="{0}'da {1} büyüklüğünde deprem",
        general="Son depremler",
        headline="{0} {1} ile sallandı",
        text="""
        {0}'da saat {2}'de {1} büyüklüğünde bir deprem meydana geldi.
        Afet yönetiminden yapılan açıklamaya göre, merkez üssü {3} ilçesi olan deprem {4} kilometre derinlikte kaydedildi.
        {5}
        Sarsıntı {6} de hissedildi, vatandaşlar {7} sokağa çıktı.
        Valilik, ilk belirlemelere göre can kaybı veya hasar ihbarı bulunmadığını bildirdi.

        Ekiplerin bölgede tarama çalışmaları sürüyor.
        Uzmanlar halkı hasarlı yapılara girmemeleri ve yalnızca resmi açıklamalara itibar etmeleri konusunda uyardı.
        """,
        fillings="""
        Muğla|4,3|03.12|Datça|8||çevre illerde|kısa süreli panikle
        Muğla|4,7|15.40|Bodrum|11|Depremin ardından 14 artçı kaydedildi.|İzmir ve Aydın'da|korkuyla
        Malatya|5,2|20.47|Battalgazi|17|Okullar bir gün tatil edildi.|Elazığ ve Adıyaman'da|korkuyla
        Van|3,9|06.05|Tuşba|5||ilçe merkezinde|tedirginlikle
        """,
        correction=("uyardı", "bilgilendirdi"),
        figure=4,
        dateline="{0} (AAX) - ",
        credit=("AAX", "Haber merkezi"),
        extra="Bölgede son bir yılda çok sayıda sarsıntı yaşandı.",
        hours=24,
    ),
    Series(
        "pl",
        "fuel",
        title="Ceny paliw {0}",
        general="Ceny paliw",
        headline="Benzyna po {1} zł, diesel po {2} zł",
        text="""
        Średnia cena litra benzyny Pb95 na stacjach {0} wynosi {1} zł i jest o {3} {4} niż tydzień wcześniej.
        Za olej napędowy kierowcy płacą przeciętnie {2} zł, a za autogaz {5} zł.
        Najtaniej jest w województwie {6}, najdrożej w {7}.
        {8}
        Według analityków w najbliższych dniach ceny {9}, ponieważ {10}.

        Na rachunek za tankowanie wpływają notowania ropy, kurs dolara, podatki oraz marże detaliczne.
        Różnice między stacjami przy autostradach a stacjami przy marketach pozostają znaczne.
        """,
        fillings="""
        w majówkę|6,62|6,55|4 gr|wyższa|2,91|śląskim|mazowieckim||pozostaną stabilne|ropa Brent kosztuje 88 dolarów
        w połowie maja|6,57|6,41|5 gr|niższa|2,85|śląskim|lubuskim|Diesel jest najtańszy od stycznia.|powinny spadać|złoty się umacnia
        przed długim weekendem|6,49|6,36|8 gr|niższa|2,80|opolskim|lubuskim||powinny lekko spadać|w hurcie jest taniej
        na początku wakacji|6,44|6,40|5 gr|niższa|2,79|łódzkim|mazowieckim|Część sieci ogłosiła promocje.|mogą wzrosnąć|ropa Brent kosztuje 86 dolarów
        """,
        correction=("znaczne", "duże"),
        figure=5,
        dateline="Warszawa (PAX) - ",
        credit=("(PAX)", "Redakcja ekonomiczna"),
        extra="Kolejne zestawienie zostanie opublikowane w przyszłym tygodniu.",
        hours=168,
    ),
    Series(
        "nl",
        "verdict",
        title="{0} jaar cel voor {1}",
        general="Rechtspraak",
        headline="Rechter: {0} jaar voor {2} uit {3}",
        text="""
        De rechtbank in {4} heeft {2} ({5}) uit {3} veroordeeld tot {0} jaar gevangenisstraf voor {1}.
        Het Openbaar Ministerie had {6} jaar geëist.
        Volgens de rechtbank heeft de verdachte {7} en daarbij geen oog gehad voor de gevolgen.
        {8}
        De advocaat van de verdachte noemde het bewijs mager en liet weten hoger beroep te overwegen.

        De rechtbank rekent het hem zwaar aan dat hij geen openheid van zaken heeft gegeven.
        Aan de slachtoffers moet hij in totaal {9} euro schadevergoeding betalen.
        """,
        fillings="""
        zes|een overval|Mitchell R.|Almere|Lelystad|26|acht|op 3 februari een juwelier met een mes bedreigd|De buit is nooit gevonden.|12.400
        vier|een overval|Jordy van D.|Emmeloord|Lelystad|22|vijf|op 19 maart een tankstation overvallen||3.150
        twaalf|doodslag|Anton K.|Tilburg|Breda|47|vijftien|zijn buurman na een ruzie neergestoken|Hij belde zelf de politie.|58.000
        twee|oplichting|Ramon B.|Venlo|Roermond|39|drie|31 ouderen via de telefoon geld afhandig gemaakt||96.700
        """,
        correction=("mager", "dun"),
        figure=9,
        dateline="{4} (ANQ) - ",
        credit=("(ANQ)", "Van onze redactie"),
        extra="De zaak trok in de regio veel aandacht.",
        hours=24,
    ),
    Series(
        "ko",
        "exchange",
        title="코스피 {0} 마감",
        general="증시 시황",
        headline="코스피 {1}선 {2}…{3} {4}",
        text="""
        코스피가 {5} {6} {0} 마감했다.
        이날 코스피 지수는 전 거래일보다 {7}포인트({8}%) {9} {10}에 거래를 마쳤다.
        지수는 {11} 출발해 장중 한때 {12}까지 움직였다.
        {13}
        유가증권시장에서 {3}은 {14}억원을 {4}했고 기관은 {15}억원어치를 팔았다.
        코스닥 지수는 {16}로 장을 끝냈다.

        증권사 관계자는 "미국 물가 지표 발표를 앞두고 관망 심리가 짙었다"고 말했다.
        서울 외환시장에서 원/달러 환율은 큰 변동 없이 거래를 마감했다.
        """,
        fillings="""
        상승|2,580|회복|외국인|순매수|4일|사흘 만에|18.42|0.72|오른|2,583.10|상승|2,591.33|반도체주가 강세를 보였다.|3,120|1,044|871.25
        하락|2,560|후퇴|외국인|순매도|5일|하루 만에|21.07|0.82|내린|2,562.03|약세로|2,555.81||2,871|990|862.40
        보합|2,560|유지|개인|순매수|6일|등락 끝에|1.15|0.04|오른|2,563.18|소폭 상승|2,570.02||810|655|864.01
        급락|2,500|붕괴|외국인|순매도|9일|이틀째|64.90|2.53|떨어진|2,498.28|하락|2,490.77|장중 사이드카가 발동됐다.|9,402|3,310|823.66
        """,
        correction=("관망", "경계"),
        figure=15,
        dateline="(서울=연합경제) ",
        credit=("(연합경제)", "증권부"),
        extra="다음 주에는 통화정책 회의가 예정돼 있다.",
        hours=24,
    ),
    Series(
        "vi",
        "traffic accident",
        title="{0}, {1}",
        general="Tai nạn giao thông",
        headline="{2}: {1} sau vụ {0}",
        text="""
        Khoảng {3} ngày {4}, trên {5} đoạn qua {2} xảy ra vụ {0} khiến {1}.
        Vào thời gian trên, {6} do anh {7} ({8} tuổi) điều khiển lưu thông theo hướng {9} thì xảy ra va chạm.
        {10}
        Cú va chạm mạnh làm phần đầu xe hư hỏng nặng, giao thông qua khu vực ùn tắc khoảng {11}.

        Nhận tin báo, lực lượng cảnh sát giao thông có mặt phân luồng, khám nghiệm hiện trường và ghi lời khai nhân chứng.
        Nguyên nhân vụ việc đang được cơ quan chức năng điều tra, làm rõ.
        """,
        fillings="""
        xe khách tông xe tải|hai người tử vong|huyện Bắc Bình, Bình Thuận|2h30|8/4|quốc lộ 1|xe khách 45 chỗ|Võ Văn Hạnh|41|Bắc - Nam|Ít nhất 12 hành khách bị thương.|bốn giờ
        ô tô tông xe máy|một người tử vong|huyện Hàm Tân, Bình Thuận|19h|10/4|quốc lộ 55|ô tô 7 chỗ|Lê Minh Tú|29|La Gi - Phan Thiết||một giờ
        xe container lật|tài xế tử vong|thị xã Kỳ Anh, Hà Tĩnh|4h15|8/4|quốc lộ 12C|xe đầu kéo|Nguyễn Hữu Quý|36|cảng Vũng Áng|Thùng hàng đè lên cabin.|sáu giờ
        hai xe máy tông nhau|ba người bị thương|huyện Krông Pắc, Đắk Lắk|21h40|13/4|tỉnh lộ 9|xe máy|Y Thuận|19|Buôn Ma Thuột||30 phút
        """,
        correction=("làm rõ", "xác minh"),
        figure=8,
        dateline="(TTX) - ",
        credit=("Theo TTX", "Ban Thời sự"),
        extra="Đây là điểm đen tai nạn nhiều năm qua của địa phương.",
        hours=24,
    ),
    Series(
        "en",
        "missing person",
        title="Police appeal over missing {0}",
        general="Missing person",
        headline="Have you seen {1}? Concern for {2} {0}",
        text="""
        Police are appealing for help to find a {0} who has gone missing from {3}.
        {1}, {4}, was last seen at about {5} on {6} {7}.
        {8} is described as {9}, about {10} tall, with {11} hair, and was wearing {12}.
        {13}
        Officers said they were {14} concerned for the welfare of the {0}.

        "We would ask people to check sheds, garages and outbuildings", a spokesman said.
        Anyone who has seen {1} is asked to call 101, quoting reference {15}.
        """,
        fillings="""
        man|Derek Alton|Swanley|Swanley|71|9.30am|Tuesday|leaving a care home|He|white|5ft 8in|grey|a brown coat|He walks with a stick.|very|1104-0311
        teenager|Shannon Pryce|Medway|Gillingham|15|4pm|Monday|outside the railway station|She|slim|5ft 3in|long dark|a school uniform||increasingly|1088-0310
        woman|Moira Keane|Deal|Deal|58|noon|Wednesday|near the pier|She|of medium build|5ft 6in|short fair|a red anorak|Her car was found in Beach Street.|extremely|1152-0312
        man|Stefan Ionescu|Dover|Dover|33|11pm|Saturday|at a bus stop|He|stocky|6ft|black|jeans and a blue top||growing|1201-0315
        """,
        correction=("outbuildings", "gardens"),
        figure=4,
        dateline="{3}: ",
        credit=("Kent desk", "PW"),
        extra="Coastguard teams joined the search on foot.",
        hours=24,
    ),
    Series(
        "zh",
        "lottery",
        title="{0}第{1}期开奖：{2}",
        general="彩票开奖公告",
        headline="{0}第{1}期头奖{3}，奖池{4}元",
        text="""
        {5}晚，{0}第{1}期开奖，当期开出的号码为：{6}。
        当期头奖开出{3}，单注奖金为{7}元，{2}。
        二等奖中出{8}注，每注奖金{9}元。
        {10}
        当期全国销量为{11}元，开奖后奖池滚存至{4}元。

        本期开奖的各项数据已经公证处现场公证，中奖者须在六十个自然日内凭有效票据及本人身份证件兑奖，逾期视为弃奖。
        彩票中心提醒广大购彩者理性投注，量力而行，未成年人不得购买彩票。
        """,
        fillings="""
        双色球|2023041|江苏彩民中得头奖|5注|18.2亿|4月13日|03、08、15、21、27、30，蓝球11|812万|96|21.4万|五注头奖分落江苏、广东、云南。|3.61亿
        双色球|2023042|头奖落入四川|8注|17.9亿|4月16日|01、06、12、19、25、33，蓝球04|664万|141|14.8万||3.92亿
        双色球|2023043|头奖空开|0注|19.3亿|4月18日|07、09、14、22、28、31，蓝球16|0|73|30.2万||3.55亿
        大乐透|2023041|湖北彩民独中头奖|1注|9.7亿|4月15日|05、11、17、24、35，后区02、10|1000万|88|12.1万|该注为追加投注。|2.88亿
        """,
        correction=("理性投注", "理性购彩"),
        figure=8,
        dateline="本报讯 ",
        credit=("（记者 赵敏）", "来源：彩票中心"),
        extra="下一期将于原定日期晚间开奖。",
        hours=48,
        joint="",
    ),
    Series(
        "th",
        "weather",
        title="พยากรณ์อากาศ{0}",
        general="พยากรณ์อากาศ",
        headline="อุตุฯ เผย {0} {1} วันที่ {2}",
        text="""
        กรมอุตุนิยมวิทยารายงานลักษณะอากาศ{0}ประจำวันที่ {2} ว่า {1} ร้อยละ {3} ของพื้นที่ ส่วนมากบริเวณ{4}
        อุณหภูมิต่ำสุด {5} องศาเซลเซียส อุณหภูมิสูงสุด {6} องศาเซลเซียส ลม{7} ความเร็ว {8} กม./ชม.
        {9}
        ทั้งนี้เนื่องจาก{10}ยังคงปกคลุมประเทศไทยตอนบน

        ขอให้ประชาชนในบริเวณดังกล่าวระวังอันตรายจากฝนฟ้าคะนอง และดูแลรักษาสุขภาพเนื่องจากสภาพอากาศที่เปลี่ยนแปลง
        เกษตรกรควรป้องกันความเสียหายที่จะเกิดต่อผลผลิตทางการเกษตรไว้ด้วย
        """,
        fillings="""
        ภาคเหนือ|มีฝนฟ้าคะนอง|3 ก.ค.|60|จังหวัดเชียงรายและน่าน|22|33|ตะวันตกเฉียงใต้|10-20|มีฝนตกหนักบางแห่ง|ร่องมรสุม
        ภาคเหนือ|มีฝนเล็กน้อย|5 ก.ค.|20|จังหวัดตาก|23|36|ตะวันตก|10-15||มรสุมตะวันตกเฉียงใต้
        ภาคใต้|มีฝนตกหนัก|3 ก.ค.|80|จังหวัดระนองและพังงา|24|31|ตะวันตกเฉียงใต้|20-40|ทะเลมีคลื่นสูง 2-3 เมตร เรือเล็กควรงดออกจากฝั่ง|มรสุมกำลังแรง
        กรุงเทพมหานคร|มีฝนฟ้าคะนอง|3 ก.ค.|40|ด้านตะวันออก|26|35|ใต้|10-20||ร่องมรสุม
        """,
        correction=("อันตราย", "ภัย"),
        figure=8,
        dateline="กรุงเทพฯ - ",
        credit=("ข่าวสดใหม่", "ทีมข่าวสังคม"),
        extra="ติดตามประกาศฉบับต่อไปได้ทางเว็บไซต์ของกรม",
        hours=0,
    ),
)
