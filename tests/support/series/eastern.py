# ruff: noqa: E501  scripts wider than Latin are measured so, and hold letters that look like Latin ones
"""Invented series of bulletins: Spanish, Russian, Indonesian, Chinese, Japanese, Thai, Arabic and Hindi."""

from __future__ import annotations

from tests.support.series.series import Series

SERIES = (
    Series(
        "es",
        "lottery",
        title="Sorteo de la {0} del {1}: números ganadores",
        general="Resultados de la lotería",
        headline="{0}: {2} se reparte el premio mayor del {1}",
        text="""
        El sorteo de la {0} celebrado este {1} ha dejado la siguiente combinación ganadora: {3}.
        El número complementario es el {4} y el reintegro corresponde al {5}.
        {6}
        De segunda categoría hay {7} boletos acertantes, que cobrarán {8} euros cada uno.
        La recaudación del sorteo ha ascendido a {9} euros.

        El boleto premiado fue validado en {2}, según ha informado la organización en un comunicado.
        Los premios superiores a 2.000 euros deben cobrarse en una entidad bancaria autorizada, y los menores en cualquier punto de venta.
        El plazo para cobrar caduca a los tres meses, contados desde el día siguiente al sorteo.
        """,
        fillings="""
        Primitiva|lunes 4 de marzo|Almansa|3, 11, 18, 27, 40 y 46|22|7|No hay acertantes de primera categoría, por lo que el bote sube a 31 millones.|3|48.112,20|14.203.661
        Primitiva|jueves 7 de marzo|Ponferrada|5, 9, 23, 31, 32 y 44|17|0||1|152.870,05|15.011.204
        Primitiva|sábado 9 de marzo|Telde|1, 14, 20, 26, 39 y 47|8|4||5|36.440,91|19.870.332
        Bonoloto|lunes 4 de marzo|Lucena|7, 8, 15, 33, 41 y 49|30|2|El único acertante de primera categoría gana 1.204.318 euros.|2|61.025,37|3.402.118
        Bonoloto|martes 5 de marzo|Avilés|2, 12, 19, 28, 36 y 42|45|9||4|29.316,88|3.377.540
        """,
        correction=("comunicado", "nota"),
        figure=9,
        dateline="Madrid, (EFX).- ",
        credit=("EFX", "Redacción"),
        extra="El próximo sorteo se celebrará dentro de unos días a la hora habitual.",
        hours=24,
    ),
    Series(
        "es",
        "quake",
        title="Sismo de magnitud {0} {1} {2}",
        general="Sismo",
        headline="Tiembla en {2}: {0} grados",
        text="""
        Un sismo de magnitud {0} {1} {3} {2}, sin que hasta el momento se reporten {4}, informó el servicio sismológico nacional.
        El movimiento ocurrió a las {5} hora local y tuvo su epicentro a {6} kilómetros al {7} de {8}, a una profundidad de {9} kilómetros.
        {10}
        El temblor se percibió con intensidad {11} en {12}.
        La Marina descartó que el evento reúna las características para generar un tsunami.

        Las autoridades de protección civil recorren la zona para verificar el estado de escuelas, hospitales y carreteras.
        La región se encuentra en una zona de alta actividad sísmica, donde convergen varias placas tectónicas.
        """,
        fillings="""
        5,1|sacude|Oaxaca|este martes el estado de|daños|04:12|31|suroeste|Pinotepa Nacional|12|Se activó la alerta en la capital.|moderada|la costa y los Valles Centrales
        4,3|se siente en|Oaxaca|este miércoles en|víctimas|22:47|18|este|Crucecita|21||leve|Huatulco
        5,8|sacude|Chiapas|este martes el estado de|víctimas|09:30|64|sur|Tapachula|74||fuerte|Tuxtla y San Cristóbal
        6,2|remece|Antofagasta|este viernes la región de|daños graves|16:05|47|noreste|Calama|103|Algunos edificios fueron desalojados.|fuerte|Tocopilla y Mejillones
        4,9|sacude|Arequipa|este domingo el departamento de|daños|01:58|52|oeste|Chala|38||leve|Caravelí
        """,
        correction=("recorren", "inspeccionan"),
        figure=9,
        dateline="{2} (EFX).- ",
        credit=("EFX", "Agencias"),
        extra="Hasta la última hora no se habían registrado réplicas de importancia.",
        hours=24,
    ),
    Series(
        "es",
        "missing person",
        title="Buscan a {0}, desaparecid{1} en {2}",
        general="Persona desaparecida",
        headline="Alerta en {2} por la desaparición de {0}",
        text="""
        La Policía busca a {0}, de {3} años, desaparecid{1} en {2} desde {4}.
        Según la denuncia presentada por su familia, fue vist{1} por última vez en {5}, cuando {6}.
        {0} mide {7}, es de complexión {8}, tiene el pelo {9} y los ojos {10}.
        En el momento de su desaparición vestía {11}.
        {12}
        La asociación de familiares ha difundido su fotografía en las redes sociales y ha pedido que se comparta.

        Cualquier persona que tenga información sobre su paradero puede llamar al teléfono de emergencias o acudir a la comisaría más cercana.
        Las autoridades recuerdan que no es necesario esperar 24 horas para presentar una denuncia.
        """,
        fillings="""
        Manuel Ortigosa|o|Jerez|78|el lunes por la tarde|la estación de autobuses|salió a pasear|1,68 metros|delgada|blanco|marrones|pantalón gris y chaqueta azul|Necesita medicación a diario.
        Lucía Barrientos|a|Jerez|16|el viernes|el centro comercial|esperaba a una amiga|1,62 metros|delgada|castaño y largo|verdes|vaqueros y sudadera negra|
        Antonio Vallejo|o|Huelva|81|la mañana del lunes|el paseo de la ría|salió a pasear|1,70 metros|fuerte|canoso|azules|pantalón marrón y jersey verde|Padece alzhéimer.
        Noelia Cárdenas|a|Badajoz|34|el 3 de mayo|su lugar de trabajo|terminó su turno|1,59 metros|normal|rubio|marrones|uniforme blanco|
        Rafael Montoro|o|Linares|45|el domingo|un área de servicio de la A-4|repostaba|1,80 metros|fuerte|moreno|negros|camisa de cuadros|Conducía un turismo de color rojo.
        """,
        correction=("difundido", "publicado"),
        figure=3,
        dateline="{2} (EFX).- ",
        credit=("EFX", "Redacción"),
        extra="La búsqueda continuará durante la noche con perros y un dron.",
        hours=24,
    ),
    Series(
        "ru",
        "weather",
        title="Погода в {0}",
        general="Прогноз погоды",
        headline="Синоптики рассказали о погоде в {0} {1}",
        text="""
        {1} в {0} ожидается {2} погода, сообщили в областном гидрометцентре.
        Температура воздуха ночью составит {3}, днём {4} градусов.
        Ветер {5}, {6} метров в секунду, порывами до {7}.
        {8}
        Атмосферное давление будет {9} и составит {10} миллиметров ртутного столба.
        Относительная влажность воздуха {11} процентов.

        Водителей просят быть внимательными, соблюдать дистанцию и скоростной режим, а пешеходов переходить дорогу только в установленных местах.
        Уточнённый прогноз специалисты опубликуют вечером.
        """,
        fillings="""
        Самаре|5 ноября|облачная|-1…+1|+2…+4|юго-западный|5-10|13|Местами пройдёт небольшой дождь.|понижаться|748|88
        Самаре|6 ноября|пасмурная|-3…-1|-1…+1|северо-западный|7-12|17|Ожидается мокрый снег, на дорогах гололедица.|расти|752|91
        Тольятти|5 ноября|облачная|-2…0|+1…+3|юго-западный|5-10|14||понижаться|749|87
        Саратове|5 ноября|переменно облачная|0…+2|+5…+7|южный|4-9|12||понижаться|751|79
        Пензе|5 ноября|пасмурная|-4…-2|0…+2|западный|6-11|15|Утром местами туман.|слабо расти|744|93
        """,
        correction=("внимательными", "осторожными"),
        figure=11,
        dateline="",
        credit=("РИА Волга", "Редакция"),
        extra="Напомним, отопительный сезон в регионе начался в первых числах октября.",
        hours=0,
    ),
    Series(
        "ru",
        "power cut",
        title="Отключение электричества {0}: адреса",
        general="Отключение электроэнергии",
        headline="Без света {0} останутся жители {1}",
        text="""
        {0} в {1} пройдут плановые отключения электроэнергии, сообщает пресс-служба {2}.
        С {3} до {4} часов света не будет в домах по адресам: {5}.
        Отключение связано с {6}.
        {7}
        Без электричества временно останутся {8} потребителей, в том числе {9}.

        Жителей просят заранее отключить бытовую технику и не пользоваться лифтами во время работ.
        Аварийная бригада дежурит круглосуточно, позвонить диспетчеру можно по единому номеру.
        Энергетики приносят извинения за доставленные неудобства.
        """,
        fillings="""
        14 мая|Ленинском районе|горэлектросети|9|16|улица Чапаева, 4-28, улица Седова, 11, 13|заменой трансформатора|На время работ будет ограничен и полив.|340|детский сад и аптека
        14 мая|Кировском районе|горэлектросети|10|15|улица Тухачевского, 1-19, Рабочий переулок, 2|обрезкой деревьев||118|два магазина
        15 мая|Ленинском районе|горэлектросети|9|17|улица Чапаева, 30-52, Садовый проезд, 3, 5|ремонтом кабельной линии||275|школа
        16 мая|посёлке Дубрава|районных сетей|8|12|улицы Лесная и Полевая, все дома|подключением новых абонентов|Вода будет подаваться по графику.|96|медпункт
        20 мая|Октябрьском районе|горэлектросети|13|18|проспект Победы, 61-77|заменой опор||402|поликлиника и банк
        """,
        correction=("неудобства", "трудности"),
        figure=8,
        dateline="",
        credit=("Пресс-служба", "РИА Волга"),
        extra="График работ на следующую неделю опубликуют в пятницу.",
        hours=24,
    ),
    Series(
        "ru",
        "currency",
        title="Курс доллара {0} {1}",
        general="Курс валют",
        headline="Доллар {1} до {2} рубля, евро {3}",
        text="""
        Курс доллара на торгах {0} {1} на {4} копейки и к закрытию составил {2} рубля.
        Евро {3} на {5} копейки, до {6} рубля, юань торговался по {7} рубля.
        {8}
        Объём торгов американской валютой достиг {9} миллиарда рублей.
        По мнению аналитика Игоря Вязова, на рубль {10} влияет {11}.

        Официальные курсы Центральный банк установит на основе сделок, заключённых в течение дня.
        Эксперты советуют гражданам не принимать поспешных решений и хранить сбережения в той валюте, в которой они тратят деньги.
        """,
        fillings="""
        в понедельник|вырос|91,34|подорожал|42|31|98,72|12,61|Это максимум с середины октября.|104|негативно|снижение цен на нефть
        во вторник|снизился|90,88|подешевел|46|52|98,20|12,55||97|позитивно|продажа экспортной выручки
        в среду|снизился|90,61|подорожал|27|3|98,23|12,52||88|позитивно|налоговый период
        в четверг|вырос|90,95|подорожал|34|64|98,87|12,57|К открытию торгов доллар стоил дешевле 90 рублей.|111|негативно|спрос импортёров
        """,
        correction=("поспешных", "необдуманных"),
        figure=9,
        dateline="МОСКВА, РИА Волга. ",
        credit=("РИА Волга", "Экономика"),
        extra="Заседание совета директоров регулятора назначено на конец месяца.",
        hours=24,
    ),
    Series(
        "id",
        "quake",
        title="Gempa M {0} guncang {1}, {2} berpotensi tsunami",
        general="Info gempa",
        headline="{1} diguncang gempa magnitudo {0}",
        text="""
        Gempa bumi dengan magnitudo {0} mengguncang wilayah {1} pada {3} pukul {4} WIB.
        Badan meteorologi menyatakan pusat gempa berada di {5}, {6} km {7} {1}, dengan kedalaman {8} km.
        Gempa ini {2} berpotensi tsunami.
        {9}
        Guncangan dirasakan di {10} dengan skala {11} MMI, getaran dirasakan {12}.
        Hingga berita ini diturunkan, belum ada laporan mengenai kerusakan bangunan akibat gempa tersebut.

        Masyarakat diimbau tetap tenang dan tidak terpengaruh oleh isu yang tidak dapat dipertanggungjawabkan kebenarannya.
        Hindari bangunan yang retak atau rusak, dan pastikan tempat tinggal cukup tahan gempa sebelum kembali ke dalam rumah.
        """,
        fillings="""
        5,2|Bengkulu|tidak|Senin (6/5)|06.21|laut|43|barat daya|17||Kota Bengkulu|III|nyata di dalam rumah
        4,6|Bengkulu|tidak|Rabu (8/5)|23.10|laut|71|barat|10||Enggano|II|oleh beberapa orang
        5,7|Sukabumi|tidak|Senin (6/5)|14.02|laut|88|tenggara|29|Gempa susulan berkekuatan 3,9 terjadi sepuluh menit kemudian.|Garut dan Cianjur|III-IV|oleh orang banyak
        3,8|Cianjur|tidak|Selasa (7/5)|02.47|darat|9|timur laut|5||Cugenang|III|seakan truk berlalu
        6,4|Maluku Barat Daya|tidak|Jumat (10/5)|18.33|laut|131|timur laut|152||Saumlaki dan Tual|IV|hingga warga keluar rumah
        """,
        correction=("retak", "terbelah"),
        figure=8,
        dateline="Jakarta (Antera) - ",
        credit=("(Antera)", "Editor: Tim redaksi"),
        extra="Informasi ini mengutamakan kecepatan sehingga hasil pengolahan data belum stabil.",
        hours=24,
    ),
    Series(
        "id",
        "vaccine count",
        title="Update vaksinasi {0}: {1} warga sudah dosis kedua",
        general="Perkembangan vaksinasi",
        headline="Capaian vaksinasi {0} per {2}",
        text="""
        Dinas Kesehatan {0} mencatat sebanyak {1} warga telah menerima vaksin dosis kedua hingga {2} pukul {3}.
        Jumlah itu bertambah {4} orang dari hari sebelumnya, atau {5} persen dari sasaran.
        Untuk dosis pertama, sudah {6} orang yang disuntik, sedangkan dosis ketiga baru {7} orang.
        {8}
        Pada hari yang sama tercatat {9} kasus baru dan {10} pasien sembuh.

        Pemerintah daerah mengajak masyarakat yang belum divaksin agar mendatangi puskesmas terdekat dengan membawa kartu identitas.
        Meski sudah divaksin, warga tetap diminta memakai masker, mencuci tangan, dan menjaga jarak.
        """,
        fillings="""
        Kota Bogor|512.330|Senin (4/10)|12.00|3.412|62,5|671.204|8.110||14|22
        Kota Bogor|515.021|Selasa (5/10)|12.00|2.691|62,8|673.980|8.144|Stok vaksin cukup untuk dua pekan.|9|31
        Kota Depok|803.917|Senin (4/10)|12.00|5.230|49,8|1.120.455|11.302||21|40
        Kabupaten Sleman|604.118|Senin (4/10)|16.00|4.026|71,2|790.336|12.870|Capaian lansia baru 58 persen.|27|63
        Kabupaten Bantul|455.002|Rabu (6/10)|16.00|2.907|58,4|640.114|9.051||19|44
        """,
        correction=("mengajak", "mengimbau"),
        figure=7,
        dateline="{0} (Antera) - ",
        credit=("(Antera)", "Pewarta: Tim"),
        extra="Jadwal vaksinasi keliling diumumkan setiap sore melalui media sosial.",
        hours=24,
    ),
    Series(
        "id",
        "flight delay",
        title="Penerbangan {0} {1}-{2} {3}",
        general="Info penerbangan",
        headline="{4} penumpang {0} di {1} terlantar",
        text="""
        Penerbangan {0} nomor {5} dari {1} tujuan {2} {3} selama {6} pada {7} akibat {8}.
        Pesawat yang sedianya berangkat pukul {9} WIB itu baru lepas landas pukul {10} WIB.
        Sebanyak {4} penumpang terpaksa menunggu di ruang tunggu bandara.
        {11}
        Manajer stasiun {0} di {1}, {12}, menyampaikan permohonan maaf atas ketidaknyamanan tersebut.

        "Keselamatan penumpang adalah prioritas utama kami," katanya.
        Sesuai aturan, maskapai wajib memberikan kompensasi berupa makanan ringan, makanan berat, atau uang tunai sesuai lamanya keterlambatan.
        """,
        fillings="""
        Garda Air|Medan|Padang|tertunda|142|GR 214|empat jam|Minggu|kabut asap|08.15|12.20|Setiap penumpang menerima makan siang.|Rudi Hasibuan
        Garda Air|Medan|Batam|tertunda|118|GR 330|tiga jam|Minggu|kabut asap|09.40|12.45||Rudi Hasibuan
        Nusa Jet|Surabaya|Lombok|tertunda|176|NJ 71|lima jam|Jumat|kerusakan mesin|17.05|22.10|Sebagian penumpang meminta uang kembali.|Dewi Lestarini
        Nusa Jet|Pekanbaru|Jakarta|terlambat|161|NJ 18|dua jam|Senin|cuaca buruk|06.00|08.05||Hendra Saputra
        """,
        correction=("wajib", "harus"),
        figure=4,
        dateline="{1} (Antera) - ",
        credit=("(Antera)", "Editor: Tim redaksi"),
        extra="Pihak bandara memastikan jadwal penerbangan lain berjalan normal.",
        hours=24,
    ),
    Series(
        "zh",
        "recall",
        title="{0}召回部分{1}汽车",
        general="召回公告",
        headline="{0}宣布召回{2}辆{1}，因{3}",
        text="""
        日前，{0}汽车有限公司根据相关条例的要求，向市场监管部门备案了召回计划。
        决定自{4}起，召回生产日期在{5}期间的部分{1}汽车，共计{2}辆。
        本次召回范围内的部分车辆由于{6}，可能导致{3}，极端情况下会增加车辆{7}的风险，存在安全隐患。
        {8}
        {0}汽车有限公司将通过授权经销商为召回范围内的车辆免费{9}，以消除安全隐患。

        在车辆召回维修之前，用户应谨慎驾驶车辆，如发现异常应立即靠边停车，并尽快与经销商联系。
        用户可拨打客户服务热线{10}了解召回详情，也可以登录监管部门网站或者关注公众号查询。
        """,
        fillings="""
        东岳|远景|12,408|制动助力失效|2023年6月30日|2020年3月1日至2021年1月15日|真空泵膜片强度不足|碰撞||更换真空泵|400-810-2231
        东岳|晨星|3,117|安全气囊误展开|2023年6月30日|2019年5月20日至2019年11月2日|控制单元软件缺陷|人员受伤||升级控制软件|400-810-2231
        海川|行者|56,930|高压电池进水|2023年7月15日|2021年1月8日至2022年4月30日|密封垫安装不到位|起火|此次召回是受缺陷调查影响开展的。|检查并更换密封垫|400-620-7788
        宁安|飞驰|871|转向机卡滞|2023年7月3日|2022年9月9日至2022年10月28日|螺栓扭矩不符合要求|失控||重新紧固螺栓|400-990-5120
        宁安|骏捷|20,455|座椅安全带锁止不良|2023年8月1日|2018年2月6日至2020年12月31日|供应商零件尺寸偏差|人员受伤||更换安全带卷收器|400-990-5120
        """,
        correction=("谨慎", "小心"),
        figure=2,
        dateline="新华网北京电 ",
        credit=("（记者 王平）", "来源：监管部门网站"),
        extra="车主也可以通过短信了解自己的车辆是否在召回范围内。",
        hours=24,
        joint="",
    ),
    Series(
        "zh",
        "appointment",
        title="{0}任{1}",
        general="人事任免",
        headline="{1}调整：{0}接替{2}",
        text="""
        {3}，{4}召开干部大会，宣布{0}同志任{1}，{2}同志不再担任该职务，{5}。
        公开资料显示，{0}，{6}，{7}年{8}月生，{9}人，{10}学历，{11}年参加工作。
        {0}曾任{12}等职。
        {13}
        会议认为，这次调整是根据工作需要和干部队伍建设实际，通盘考虑、慎重研究决定的，充分体现了对{4}工作的重视。

        {0}在表态发言中说，坚决拥护组织决定，将尽快转变角色，紧紧依靠班子成员和广大干部群众，恪尽职守，真抓实干。
        """,
        fillings="""
        李明达|临江市市长|赵国梁|3月4日|临江市|另有任用|男|1971|8|湖南岳阳|研究生|1993|省发展改革委副主任|
        周慧敏|临江市副市长|钱立新|3月18日|临江市|到龄退休|女|1976|2|浙江绍兴|大学|1998|市教育局局长|此前她分管教育工作五年。
        孙志远|云川县县长|何平|3月4日|云川县|另有任用|男|1979|11|四川南充|研究生|2003|团市委书记|
        王德福|省水利厅厅长|陈伟|4月2日|省水利厅|到龄退休|男|1967|5|山东潍坊|大学|1989|省防汛办主任|他长期在水利系统工作。
        吴春燕|海安大学校长|郑学文|4月2日|海安大学|另有任用|女|1968|9|江苏南通|研究生|1990|该校常务副校长|
        """,
        correction=("恪尽职守", "尽职尽责"),
        figure=11,
        dateline="本报讯 ",
        credit=("（记者 张文）", "编辑：刘洋"),
        extra="会议由当地有关负责同志主持。",
        hours=24,
        joint="",
    ),
    Series(
        "zh",
        "air quality",
        title="{0}今日空气质量{1}",
        general="空气质量日报",
        headline="{2}{0}空气质量指数{3}，{1}",
        text="""
        据{0}市生态环境监测中心消息，{2}，全市空气质量指数为{3}，级别为{1}，首要污染物为{4}。
        其中，细颗粒物平均浓度为每立方米{5}微克，与前一日相比{6}。
        各区中，{7}空气质量最好，{8}相对较差。
        {9}
        预计未来两天，受{10}影响，扩散条件{11}，空气质量以{12}为主。

        专家提醒，儿童、老年人及心脏病、呼吸系统疾病患者应根据空气质量状况合理安排户外活动，出门做好防护。
        市民可以通过手机应用随时查询各监测站点的实时数据。
        """,
        fillings="""
        石城|轻度污染|11月6日|128|细颗粒物|97|有所上升|西山区|港务区||静稳天气|较差|轻至中度污染
        石城|重度污染|11月7日|214|细颗粒物|164|明显上升|西山区|高新区|当日零时启动橙色预警。|静稳天气|差|中至重度污染
        石城|良|11月9日|76|可吸入颗粒物|41|大幅下降|桥东区|港务区||冷空气|有利|优良
        安阳|中度污染|11月6日|167|细颗粒物|126|有所上升|林州市|殷都区||逆温|较差|中度污染
        保定|轻度污染|11月6日|133|细颗粒物|101|基本持平|涞源县|清苑区|部分道路实施洒水降尘。|静稳天气|较差|轻至中度污染
        """,
        correction=("合理安排", "适当减少"),
        figure=5,
        dateline="本报讯 ",
        credit=("（记者 陈晨）", "来源：监测中心"),
        extra="相关部门将继续加强工地和道路扬尘的检查。",
        hours=24,
        joint="",
    ),
    Series(
        "ja",
        "exchange",
        title="{0}終値、{1}",
        general="株式市況",
        headline="{0}{2}円{3}、{4}",
        text="""
        {5}の{0}は{6}、終値は前日比{2}円{3}の{7}円だった。
        {4}を受けて、朝方から{8}が優勢となった。
        {9}
        取引時間中の値幅は{10}円にとどまり、東証プライムの売買代金は概算で{11}億円だった。
        値上がり銘柄数は{12}、値下がりは{13}だった。

        個別では{14}が買われ、{15}が売られた。
        市場関係者は「中央銀行の会合を前に様子見の気分が強く、積極的に上値を追う投資家は少ない」と話した。
        外国為替市場の円相場は1ドル={16}円近辺で推移した。
        """,
        fillings="""
        日経平均株価|続伸|112|高|米国株の上昇|4日|続伸し|33,451|買い||264|32,187|1,012|588|東都電機|北浜海運|147
        日経平均株価|反落|385|安|円高の進行|5日|3日ぶりに反落し|33,066|売り|下げ幅は一時500円を超えた。|511|35,920|402|1,203|日和製薬|大洋自動車|146
        日経平均株価|小幅反発|21|高|押し目買い|6日|小幅に反発し|33,087|買い||190|29,744|871|716|三国建設|東都電機|147
        東証グロース指数|続落|9|安|金利の上昇|4日|続落し|702|売り|節目の700に迫った。|14|1,330|188|341|アイネット技研|クラウド通信|147
        """,
        correction=("積極的に", "進んで"),
        figure=11,
        dateline="【東京】",
        credit=("（東経通信）", "編集：市場部"),
        extra="夜間の先物市場では売り買いが交錯している。",
        hours=24,
        joint="",
    ),
    Series(
        "ja",
        "quake",
        title="{0}で震度{1}、津波{2}",
        general="地震情報",
        headline="{3}に{0}で地震、最大震度{1}",
        text="""
        {3}ごろ、{4}を震源とする地震があり、{0}の{5}で震度{1}を観測した。
        気象庁によると、震源の深さは約{6}キロ、地震の規模を示すマグニチュードは{7}と推定される。
        この地震による津波{2}。
        {8}
        {9}によると、午後の時点で{10}は確認されていない。

        {11}は一部区間で運転を見合わせたが、安全を確認した後に再開した。
        気象庁は、揺れの強かった地域では一週間程度、同じくらいの揺れに注意するよう呼びかけている。
        """,
        fillings="""
        宮城県|4|の心配はない|4日午前6時12分|宮城県沖|石巻市|50|5.2||県警|けが人|東北新幹線
        宮城県|3|の心配はない|7日午後11時40分|福島県沖|岩沼市|40|4.6||消防本部|被害|常磐線
        熊本県|4|の心配はない|4日午後1時05分|熊本県熊本地方|八代市|10|4.3|気象台は緊急地震速報を発表した。|県警|けが人|九州新幹線
        石川県|5弱|は観測されていない|9日午前2時29分|能登半島沖|珠洲市|12|5.6|珠洲市では住宅の壁にひびが入った。|県|大きな被害|のと鉄道
        北海道|4|の心配はない|11日午前9時17分|十勝沖|浦河町|60|5.4||道警|けが人|日高線
        """,
        correction=("呼びかけている", "求めている"),
        figure=6,
        dateline="【東経通信】",
        credit=("（東経通信）", "社会部"),
        extra="防災科学の専門家は家具の固定を改めて確かめてほしいと話している。",
        hours=24,
        joint="",
    ),
    Series(
        "ja",
        "river",
        title="{0}に氾濫{1}情報",
        general="指定河川洪水予報",
        headline="{2}の{0}、{3}で{4}に到達",
        text="""
        {5}と気象台は{6}、{2}を流れる{0}に氾濫{1}情報を出した。
        {3}の水位観測所では{6}に{7}メートルとなり、{4}に達した。
        上流では{8}にかけて激しい雨が降り、多い所で{9}ミリの雨量を観測している。
        {10}
        水位は今後{11}見込みで、{12}では浸水のおそれがある。

        自治体は避難に関する情報に注意し、川や用水路には決して近づかないよう求めている。
        お年寄りや体の不自由な人がいる家庭では早めの避難を心がけ、夜間の移動は避けてほしいとしている。
        """,
        fillings="""
        最上川|警戒|山形県|大石田|避難判断水位|国土交通省|28日午後4時|16.02|28日昼前|184||上昇する|大石田町や村山市
        最上川|危険|山形県|大石田|氾濫危険水位|国土交通省|28日午後7時|16.94|28日夕方|231|大石田町は全域に避難指示を出した。|さらに上昇する|大石田町や尾花沢市
        球磨川|警戒|熊本県|人吉|避難判断水位|国土交通省|3日午前5時|3.31|3日未明|212||上昇する|人吉市や球磨村
        千曲川|注意|長野県|杭瀬下|氾濫注意水位|国土交通省|15日午後9時|1.72|15日夜|96||ゆるやかに上昇する|千曲市
        阿武隈川|注意|福島県|須賀川|氾濫注意水位|国土交通省|15日午後10時|4.15|15日夜|108|須賀川市は避難所を五か所開いた。|横ばいの|須賀川市や郡山市
        """,
        correction=("決して", "絶対に"),
        figure=9,
        dateline="【東経通信】",
        credit=("（東経通信）", "気象取材班"),
        extra="最新の水位は国のホームページで確かめることができる。",
        hours=3,
        joint="",
    ),
    Series(
        "th",
        "traffic accident",
        title="{0} {1} เจ็บ {2} ราย",
        general="อุบัติเหตุ",
        headline="ระทึก {1}กลาง{3} บาดเจ็บ {2}",
        text="""
        เมื่อเวลา {4} น. วันที่ {5} ตำรวจ สภ.{0} รับแจ้งเหตุ{1} บน{3} ต.{6} จึงรุดไปตรวจสอบพร้อมหน่วยกู้ภัย
        ที่เกิดเหตุพบ{7} สภาพด้านหน้าพังยับเยิน และมีผู้บาดเจ็บ {2} ราย ติดอยู่ภายในรถ
        เจ้าหน้าที่ใช้เครื่องตัดถ่างช่วยเหลือออกมา ก่อนนำส่งโรงพยาบาล{8}
        {9}
        จากการสอบถาม{10} ให้การว่า ขณะขับรถมาถึงจุดเกิดเหตุ {11} จึงเสียหลัก

        เบื้องต้นตำรวจได้บันทึกภาพไว้เป็นหลักฐาน และจะสอบปากคำผู้เกี่ยวข้องอย่างละเอียดอีกครั้ง เพื่อดำเนินการตามกฎหมายต่อไป
        ทั้งนี้ ถนนช่วงดังกล่าวเป็นทางโค้งและมีฝนตก ขอให้ผู้ขับขี่ใช้ความระมัดระวังเป็นพิเศษ
        """,
        fillings="""
        ปากช่อง|รถตู้ชนท้ายสิบล้อ|6|ถนนมิตรภาพ|05.30|12 เม.ย. 66|กลางดง|รถตู้สีขาวและรถบรรทุกสิบล้อ|ปากช่องนานา|มีผู้เสียชีวิต 1 ราย เป็นหญิงอายุ 52 ปี|นายสมชาย คนขับรถตู้|รถบรรทุกเบรกกะทันหัน
        ปากช่อง|กระบะพลิกคว่ำ|3|ถนนมิตรภาพ|21.15|14 เม.ย. 66|หนองสาหร่าย|รถกระบะสีดำหงายท้อง|ปากช่องนานา||นายวิชัย คนขับ|มีสุนัขวิ่งตัดหน้า
        หัวหิน|เก๋งชนรถจักรยานยนต์|2|ถนนเพชรเกษม|23.40|12 เม.ย. 66|หนองแก|รถเก๋งสีแดงและรถจักรยานยนต์|หัวหิน||น.ส.พรทิพย์ คนขับรถเก๋ง|จักรยานยนต์ย้อนศรออกมา
        แม่สอด|รถทัวร์ตกเขา|21|ทางหลวงหมายเลข 12|02.10|3 พ.ค. 66|พะวอ|รถโดยสารสองชั้นตะแคงข้างทาง|แม่สอด|ผู้บาดเจ็บสาหัส 4 ราย|นายบุญมี คนขับรถทัวร์|ระบบเบรกขัดข้อง
        """,
        correction=("ละเอียด", "รอบคอบ"),
        figure=2,
        dateline="{0} - ",
        credit=("ข่าวสดใหม่", "ทีมข่าวภูมิภาค"),
        extra="ผู้ที่พบเห็นเหตุการณ์สามารถแจ้งข้อมูลได้ที่สถานีตำรวจ",
        hours=24,
    ),
    Series(
        "th",
        "lottery",
        title="ตรวจหวย งวดวันที่ {0}",
        general="ผลสลากกินแบ่งรัฐบาล",
        headline="หวยออกแล้ว รางวัลที่ 1 {1} เลขท้าย 2 ตัว {2}",
        text="""
        สำนักงานสลากกินแบ่งรัฐบาลออกรางวัลสลาก งวดประจำวันที่ {0} ณ {3}
        ผลปรากฏว่า รางวัลที่ 1 ได้แก่หมายเลข {1} รางวัลละ 6 ล้านบาท
        เลขหน้า 3 ตัว ได้แก่ {4} เลขท้าย 3 ตัว ได้แก่ {5} และเลขท้าย 2 ตัว ได้แก่ {2}
        รางวัลข้างเคียงรางวัลที่ 1 ได้แก่ {6}
        {7}
        รางวัลที่ 2 ได้แก่ {8}

        ผู้ถูกรางวัลสามารถนำสลากมาขึ้นเงินได้ที่สำนักงานสลากกินแบ่งรัฐบาล หรือธนาคารที่ร่วมโครงการ ภายในระยะเวลา 2 ปี นับแต่วันออกรางวัล
        ทั้งนี้ โปรดตรวจสอบผลกับใบตรวจรางวัลอย่างเป็นทางการอีกครั้ง
        """,
        fillings="""
        1 มีนาคม 2566|417652|43|สนามบินน้ำ นนทบุรี|390 และ 116|803 และ 257|417651 และ 417653||055931 218840 640127 775302 913486
        16 มีนาคม 2566|025873|08|สนามบินน้ำ นนทบุรี|719 และ 604|962 และ 331|025872 และ 025874|งวดนี้มีผู้ถูกรางวัลที่ 1 ในจังหวัดเลยจำนวน 8 ใบ|104467 392055 528719 667038 840912
        1 เมษายน 2566|843019|62|จังหวัดสุโขทัย|228 และ 951|075 และ 640|843018 และ 843020||230018 311954 476620 709385 958141
        16 เมษายน 2566|984906|71|สนามบินน้ำ นนทบุรี|503 และ 187|414 และ 769|984905 และ 984907||018233 145790 366402 581177 902654
        """,
        correction=("สามารถ", "ติดต่อ"),
        figure=8,
        dateline="กรุงเทพฯ - ",
        credit=("ข่าวสดใหม่", "ทีมข่าวเศรษฐกิจ"),
        extra="งวดถัดไปจะออกรางวัลตามวันเวลาปกติ",
        hours=360,
    ),
    Series(
        "ar",
        "football",
        title="{0} {1} {2} {3}",
        general="نتائج الدوري",
        headline="{4}.. {0} {1} {2} بنتيجة {5}",
        text="""
        {1} فريق {0} ضيفه {2} بنتيجة {5} في المباراة التي جمعتهما {6} على ملعب {7} ضمن الجولة {8} من {4}.
        وسجل {9} {10} في الدقيقة {11}.
        {12}
        وبهذه النتيجة رفع {0} رصيده إلى {13} نقطة في المركز {14}، فيما تجمد رصيد {2} عند {15} نقطة.

        وقال مدرب {0} في المؤتمر الصحفي بعد المباراة إن لاعبيه التزموا بالتعليمات وقدموا مباراة كبيرة، مؤكدا أن المشوار ما زال طويلا.
        وأدار اللقاء طاقم تحكيم محلي بحضور جماهيري كبير.
        """,
        fillings="""
        الوحدة|يهزم|النجمة|في الدوري|الدوري الممتاز|2-1|مساء الجمعة|المدينة الرياضية|السابعة|سالم العتيبي|هدف الفوز|83||16|الثالث|9
        الوحدة|يتغلب على|الشعلة|بثلاثية|الدوري الممتاز|3-0|مساء الخميس|المدينة الرياضية|الثامنة|فهد الشمري|الهدف الأول|14|وأضاف زميله ماجد هدفين في الشوط الثاني.|19|الثاني|7
        الفيحاء|يهزم|الساحل|بهدف|الدوري الممتاز|1-0|مساء السبت|الأمير|السابعة|عمر بن يحيى|الهدف الوحيد|57||12|الخامس|5
        النجمة|يتجاوز|الفيحاء|بثنائية|كأس الاتحاد|2-0|عصر الثلاثاء|البلدي|الأولى|ياسين المرزوقي|الهدف الأول|31|وأهدر الفيحاء ركلة جزاء.|3|الأول|0
        """,
        correction=("طويلا", "في بدايته"),
        figure=13,
        dateline="{7} - (وكالات) ",
        credit=("(وكالات)", "القسم الرياضي"),
        extra="ويخوض الفريق مباراته المقبلة خارج ملعبه بعد فترة التوقف الدولي.",
        hours=24,
    ),
    Series(
        "ar",
        "ship delay",
        title="تأخر وصول {0} إلى ميناء {1}",
        general="حركة الموانئ",
        headline="{2} تؤخر {0} في {1}",
        text="""
        أعلنت هيئة ميناء {1} تأخر وصول {0} القادمة من {3} بسبب {2}.
        وقال مدير الحركة في الميناء إن السفينة التي تحمل {4} كان من المقرر أن ترسو {5} على الرصيف رقم {6}، لكنها ستصل {7}.
        {8}
        واستقبل الميناء خلال الساعات الأربع والعشرين الماضية {9} سفن، فيما غادرته {10} سفن.
        وبلغت كمية البضائع المتداولة {11} ألف طن.

        ودعت الهيئة وكلاء الشحن وأصحاب البضائع إلى متابعة النشرة اليومية ومراجعة مكاتب الاستعلامات قبل التوجه إلى الميناء.
        وأكدت أن حركة الملاحة تسير بصورة طبيعية في الممر الرئيسي.
        """,
        fillings="""
        السفينة نور|بورسعيد|الرياح الشديدة|مرسين|320 حاوية|صباح الأحد|4|مساء الاثنين|وتم تأمين قاطرتين لمساعدتها.|7|5|41
        العبارة الأمل|سفاجا|ارتفاع الأمواج|ضبا|612 راكبا|ظهر الأحد|2|فجر الثلاثاء|وسيحصل الركاب على وجبات مجانية.|3|4|6
        الناقلة دلتا|السويس|عطل في المحرك|ينبع|28 ألف طن من الوقود|مساء الأربعاء|9|الجمعة||6|8|33
        السفينة ماريا|طرطوس|الضباب|قسطنطة|11 ألف طن من القمح|صباح الأحد|5|ظهر الثلاثاء||4|3|19
        """,
        correction=("طبيعية", "منتظمة"),
        figure=11,
        dateline="{1} - (وكالات) ",
        credit=("(وكالات)", "قسم الاقتصاد"),
        extra="ويعد الميناء من أهم الموانئ التجارية على الساحل.",
        hours=24,
    ),
    Series(
        "hi",
        "gold",
        title="सोना {0}, चांदी {1}: जानें आज का भाव",
        general="सोने-चांदी का भाव",
        headline="{2} सर्राफा बाजार: सोना {3} रुपये प्रति दस ग्राम",
        text="""
        {2} के सर्राफा बाजार में {4} को सोना {5} रुपये {0} होकर {3} रुपये प्रति दस ग्राम पर बंद हुआ।
        पिछले कारोबारी सत्र में इसका भाव {6} रुपये प्रति दस ग्राम था।
        चांदी भी {7} रुपये {1} होकर {8} रुपये प्रति किलोग्राम रह गई।
        {9}
        अंतरराष्ट्रीय बाजार में सोना {10} डॉलर प्रति औंस और चांदी {11} डॉलर प्रति औंस पर थी।

        विश्लेषकों के अनुसार {12} के कारण कीमतों में यह बदलाव आया है और निवेशक अमेरिकी केंद्रीय बैंक के फैसले का इंतजार कर रहे हैं।
        जेवर खरीदते समय ग्राहकों को हॉलमार्क की जांच करने और पक्का बिल लेने की सलाह दी जाती है।
        """,
        fillings="""
        महंगा|सस्ती|दिल्ली|61,450|सोमवार|150|61,300|200|73,800|शादी के मौसम में मांग बढ़ी है।|1,968|23.10|डॉलर की कमजोरी
        सस्ता|सस्ती|दिल्ली|61,120|मंगलवार|330|61,450|650|73,150||1,951|22.84|डॉलर की मजबूती
        सस्ता|महंगी|दिल्ली|61,050|बुधवार|70|61,120|400|73,550||1,949|22.97|मुनाफावसूली
        महंगा|महंगी|इंदौर|61,600|सोमवार|200|61,400|300|74,100||1,968|23.10|स्थानीय मांग
        महंगा|सस्ती|जयपुर|61,700|सोमवार|250|61,450|150|73,900|बाजार में आवक सीमित रही।|1,968|23.10|स्थानीय मांग
        """,
        correction=("इंतजार", "प्रतीक्षा"),
        figure=8,
        dateline="{2}, (भाषा वार्ता)। ",
        credit=("(भाषा वार्ता)", "व्यापार डेस्क"),
        extra="कारोबारियों का कहना है कि अगले सप्ताह भी उतार-चढ़ाव बना रह सकता है।",
        hours=24,
    ),
    Series(
        "hi",
        "election",
        title="{0} चुनाव परिणाम: {1} {2}",
        general="चुनाव परिणाम",
        headline="{0} सीट से {3} के {1} {4} वोटों से जीते",
        text="""
        {0} विधानसभा सीट पर {3} के उम्मीदवार {1} ने {5} के {6} को {4} मतों के अंतर से हराया।
        {1} को कुल {7} मत मिले, जबकि {6} को {8} मतों से संतोष करना पड़ा।
        {9} के {10} तीसरे स्थान पर रहे।
        {11}
        इस सीट पर {12} प्रतिशत मतदान हुआ था और मतगणना {13} दौर में पूरी हुई।

        जीत के बाद समर्थकों ने ढोल-नगाड़ों के साथ जुलूस निकाला और मिठाइयां बांटीं।
        विजेता ने मतदाताओं का आभार जताते हुए कहा कि वह क्षेत्र के विकास के लिए काम करेंगे।
        """,
        fillings="""
        रामपुर|अनिल चौबे|विजयी|जन मोर्चा|8,412|लोक दल|सुरेश यादव|71,230|62,818|प्रगति पार्टी|मोहम्मद सलीम||64.2|22
        रामपुर खास|विनोद मिश्र|जीते|लोक दल|1,207|जन मोर्चा|दिनेश वर्मा|68,915|67,708|प्रगति पार्टी|हरि ओम|अंतिम दौर तक मुकाबला कांटे का रहा।|61.7|25
        सीतामऊ|गोविंद परमार|विजयी|जन मोर्चा|21,544|लोक दल|बाबूलाल जैन|93,402|71,858|निर्दलीय|कैलाश राठौर||73.9|19
        नरसिंहगढ़|राजेश सिसोदिया|विजयी|लोक दल|640|जन मोर्चा|अनिल चौहान|77,019|76,379|निर्दलीय|बद्री लाल|दोबारा गिनती की मांग खारिज कर दी गई।|70.1|21
        देवसर|अनिल चौबे|विजयी|प्रगति पार्टी|8,214|लोक दल|सुरेश सिंह|71,320|63,106|जन मोर्चा|रमेश पटेल||66.4|22
        """,
        correction=("आभार", "धन्यवाद"),
        figure=8,
        dateline="{0}। ",
        credit=("(भाषा वार्ता)", "चुनाव डेस्क"),
        extra="निर्वाचन अधिकारी ने देर शाम प्रमाण पत्र सौंपा।",
        hours=0,
    ),
)
