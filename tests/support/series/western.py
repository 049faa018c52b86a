# ruff: noqa: E501  scripts wider than Latin are measured so
"""Invented series of bulletins: English, Vietnamese, German and French."""

from __future__ import annotations

from tests.support.series.series import Series

SERIES = (
    Series(
        "en",
        "exchange",
        title="{0} closes {2} as {3}",
        general="Markets at the close",
        headline="Shares end {2} in {0} trading on {1}",
        text="""
        Share prices in {0} closed {2} on {1} as {3}, dealers said.
        The {4} index {5} {6} points, or {7} per cent, to finish at {8}, after moving in a narrow range for most of the session.
        Turnover came to {9} million shares worth {10} million, against a monthly average that brokers put somewhat above that.
        {11}

        Gainers and losers were spread over all sectors, with {12} the most active counter of the day.
        "Investors are waiting for the central bank before they take new positions", said a dealer at a local brokerage, who expects the market to consolidate in the coming sessions.
        In the wider market, {13} stocks advanced and {14} declined, while the rest were unchanged.
        """,
        fillings="""
        Colombo|Monday|higher|foreign buying returned|All Share|added|41.2|0.38|10,871.4|28.4|912|Foreign investors were net buyers of 64 million rupees.|Hayleys Fabric|118|74
        Colombo|Tuesday|lower|profit taking set in|All Share|shed|63.7|0.59|10,807.7|31.9|1,044||Lanka Tiles|71|129
        Colombo|Wednesday|flat|buyers stayed on the sidelines|All Share|slipped|3.1|0.03|10,804.6|17.2|588|Foreign investors were net sellers of 21 million rupees.|Sampath Bank|92|98
        Karachi|Monday|sharply lower|oil stocks fell|KSE-100|lost|812.5|1.24|64,717.9|402.6|16,300||Hub Power|96|251
        Dhaka|Monday|higher|banks recovered|DSEX|gained|27.8|0.45|6,214.3|143.5|5,870|Institutions bought in the last hour.|Square Pharma|187|112
        Nairobi|Tuesday|mixed|traders digested results|NSE 20|eased|4.6|0.27|1,702.8|12.7|304||Safaricom|19|23
        """,
        correction=("consolidate", "stabilise"),
        figure=8,
        dateline="{0}, (Dow Wire) - ",
        credit=("(Dow Wire)", "Reporting by the Asia desk"),
        extra="Trading resumes at the usual hour after a holiday-shortened week in neighbouring markets.",
        hours=24,
    ),
    Series(
        "en",
        "verdict",
        title="{0} man jailed for {3}",
        general="Court news",
        headline="{4} sentence for {1} at {5}",
        text="""
        A {2}-year-old man from {0} has been jailed for {3}.
        {1}, of {6}, appeared for sentence at {5} on {7} after he had admitted the charge at an earlier hearing.
        The court heard that the offence took place {8} and that police were called by a member of the public.
        {9}
        Sentencing him to {4} in prison, Judge {10} said: "You have shown {11} remorse and the public must be protected from people who behave as you did."

        In mitigation, his barrister said the defendant had lost his job shortly before and had since sought help from his doctor.
        He was also ordered to pay a victim surcharge of £{12}.
        Speaking after the hearing, the officer in the case thanked the witnesses for their courage and said the sentence sent a clear message.
        """,
        fillings="""
        Swindon|Darren Pike|34|burglary|two years and four months|Bristol Crown Court|Ferndale Road|Thursday|in the early hours of 4 May||Helen Marchmont|little|190
        Swindon|Lee Oakham|41|burglary|three years|Bristol Crown Court|Marlow Avenue|Thursday|on the evening of 19 June|He had 22 previous convictions for 61 offences.|Helen Marchmont|no|228
        Derby|Craig Telfer|27|dangerous driving|14 months|Derby Crown Court|Uttoxeter New Road|Friday|on the A52 shortly before midnight|He was also banned from driving for three years.|Jonathan Bex|some|187
        Hull|Anthony Rusk|52|fraud|four years and six months|Hull Crown Court|Spring Bank West|Monday|between 2019 and 2022|The victims, all of them pensioners, lost £184,000.|Mark Ferriby|no|228
        Preston|Samuel Odell|23|supplying drugs|three years|Preston Crown Court|Plungington Road|Tuesday|near the bus station in March||Andrea Whitlow|genuine|228
        """,
        correction=("courage", "patience"),
        figure=12,
        dateline="{0}: ",
        credit=("Court reporter", "Press Wire"),
        extra="Anyone with information about similar offences can call the police on the usual number.",
        hours=24,
    ),
    Series(
        "en",
        "obituary",
        title="{0}, {1}, dies at {2}",
        general="Obituary",
        headline="{1} {0} has died aged {2}",
        text="""
        {0}, the {3} {1} who {4}, has died at the age of {2}, the family said in a statement on {5}.
        {6} died peacefully at home in {7} surrounded by close relatives, the statement added; no cause was given.
        Born in {8} in {9}, {6} was the {10} of a {11} and left school at sixteen to work, before a chance meeting changed the course of events.
        {12}
        Colleagues paid tribute on {5}, describing a generous and modest person who never sought the limelight.
        "We have lost a giant, and I have lost a friend", said a former colleague.

        {6} is survived by {13}.
        A private funeral will be followed by a memorial service later in the year, and the family asked for donations to charity instead of flowers.
        """,
        fillings="""
        Walter Henshaw|jazz trombonist|88|British|played on more than 200 records|Sunday|Henshaw|Brighton|Leeds|1935|son|railway clerk|He won the Ivor Prize in 1974.|his wife, Jean, and two daughters
        Marguerite Oyelaran|novelist|79|Nigerian-born|wrote "The Salt Harvest"|Tuesday|Oyelaran|Edinburgh|Ibadan|1944|daughter|schoolteacher||three sons
        Dick Farraday|cricket commentator|91|Australian|was the voice of summer for four decades|Monday|Farraday|Adelaide|Broken Hill|1932|youngest son|miner|He called 214 Test matches.|four children and nine grandchildren
        Ilse Brandvold|ceramicist|84|Norwegian|brought stoneware into galleries|Sunday|Brandvold|Bergen|Stavanger|1939|daughter|ship's carpenter||her husband, Knut
        Tommy Aldous|comedian|76|British|starred in "Up the Garden"|Friday|Aldous|Southport|Leeds|1947|son|railway porter|He won a television award in 1981.|his wife, Pat, and a son
        """,
        correction=("generous", "kindly"),
        figure=9,
        dateline="LONDON (PW) - ",
        credit=("PW", "Obituaries desk"),
        extra="A full appreciation will appear in our weekend edition.",
        hours=72,
    ),
    Series(
        "en",
        "election",
        title="{0}: {1} {2} seat for {3}",
        general="Election result",
        headline="{3} {2} {0}",
        text="""
        {1} has {4} {0} for {3} with a majority of {5}.
        The returning officer declared the result at the {6} at {7}, after {8}.
        {1} took {9} votes, or {10} per cent, ahead of {11} of the {12}, who came second with {13}.
        {14}
        Turnout in the constituency was {15} per cent, compared with 67.1 per cent at the last general election.

        In a short speech the winner thanked the counting staff, the police and the other candidates, and promised to serve everybody whether they had voted for the party or not.
        The boundaries of the seat were redrawn last year, so that direct comparison with earlier results is difficult.
        """,
        fillings="""
        Nether Valley|Joanna Priddy|holds|Labour|held|6,214|Civic Centre|2.40am|a bundle check|21,406|46.2|Colin Trask|Conservatives|15,192||63.4
        Nether Valley South|Mohan Dastur|gains|Labour|won|312|Civic Centre|4.55am|two recounts|17,880|38.4|Fiona Cass|Conservatives|17,568|Ms Cass had represented the seat since 2010.|66.0
        Eastmoor|Gareth Lunn|holds|the Liberal Democrats|held|11,037|Leisure Centre|3.10am|a short delay|25,113|51.9|Philip Orme|Conservatives|14,076||70.8
        Port Hallam|Sheila Bragg|gains|Reform|taken|1,940|Town Hall|3.35am|a partial recount|14,228|37.1|Ian Metcalfe|Labour|12,288|It is the first time since 1964 that the seat has changed hands.|54.9
        Harrowgate Hill|Joanna Sills|holds|the Conservatives|held|6,241|Town Hall|2.40am|a bundle check|21,460|46.7|Colin Birch|Labour|15,219||63.9
        """,
        correction=("counting staff", "count staff"),
        figure=13,
        dateline="",
        credit=("Local Democracy Wire", "PW"),
        extra="Results from the neighbouring constituencies are expected before breakfast.",
        hours=0,
    ),
    Series(
        "en",
        "quarterly results",
        title="{0} {1} {2} profit {3} pct",
        general="Results in brief",
        headline="{0} reports {4} quarter, shares {5}",
        text="""
        {0} ({6}) on {7} reported {2} net profit of ${8} million, {9} from ${10} million in the same period a year ago, {11}.
        Revenue for the three months was ${12} million, {13} the average estimate of analysts of ${14} million.
        Earnings per share came in at {15} cents.
        {16}
        The company, which makes {17}, said it expected conditions to remain challenging for the rest of the year because of the cost of freight and of wages.

        Shares of the company {5} {18} per cent in early trading.
        They had gained about a tenth since the start of the year, broadly in line with the market.
        """,
        fillings="""
        Calder Industries|lifts|first-quarter|12|strong|rise|CLDR|Wednesday|48.2|up|43.0|helped by lower costs|611|above|598|31|It raised its full-year outlook.|industrial pumps|4.1
        Norbrook Foods|posts drop in|first-quarter|9|weak|fall|NBRK|Wednesday|71.5|down|78.6|hurt by cocoa prices|1,204|below|1,231|54||chocolate and biscuits|3.7
        Aster Semiconductor|doubles|fourth-quarter|104|record|jump|ASTR|Thursday|212.8|up|104.3|driven by data centres|1,877|above|1,740|118|It announced a buyback of $500 million.|memory controllers|9.8
        Teal Airlines|cuts|third-quarter|31|poor|slide|TEAL|Tuesday|20.4|down|29.6|weighed down by fuel|840|in line with|841|12||no aircraft but flies 84 of them|5.5
        Calder Holdings|lifts|second-quarter|6|solid|edge up|CLDH|Wednesday|84.2|up|79.4|helped by lower taxes|961|above|950|43|It kept its full-year outlook.|garden furniture|0.9
        """,
        correction=("challenging", "difficult"),
        figure=12,
        dateline="NEW YORK, (Dow Wire) - ",
        credit=("(Dow Wire)", "Compiled by the earnings team"),
        extra="Executives will hold a call with analysts at 10 a.m. Eastern time.",
        hours=24,
    ),
    Series(
        "en",
        "air quality",
        title="Air quality in {0} '{1}' on {2}",
        general="Air quality update",
        headline="{0} wakes to {1} air, AQI at {3}",
        text="""
        {0} recorded an air quality index (AQI) of {3} at {4} on {2}, placing it in the '{1}' category, according to the pollution control board.
        The figure was {5} than the {6} recorded twenty-four hours earlier.
        Of the {7} monitoring stations in the city, {8} reported readings worse than the average, with {9} at the top of the list.
        {10}
        The minimum temperature settled at {11} degrees Celsius, {12} the normal for the season, the weather office said.

        An AQI between zero and 50 is considered good, 51 to 100 satisfactory, 101 to 200 moderate, 201 to 300 poor, 301 to 400 very poor and 401 to 500 severe.
        Doctors advise children, the elderly and people with asthma to avoid strenuous work outdoors in the early morning.
        """,
        fillings="""
        Delhi|very poor|Monday|341|9 am|higher|318|38|21|Anand Vihar|Schools up to class five stay closed.|11.2|one notch below
        Delhi|severe|Tuesday|407|9 am|higher|341|38|19|Bawana|Lorries are barred from entering the city.|10.8|one notch below
        Delhi|very poor|Wednesday|372|9 am|lower|407|37|17|Anand Vihar||12.4|close to
        Noida|poor|Monday|288|9 am|higher|261|4|2|Sector 62||11.9|close to
        Gurugram|poor|Monday|264|9 am|lower|279|4|1|Sector 51||12.0|close to
        Lucknow|moderate|Monday|187|10 am|lower|203|6|3|Talkatora||13.1|two notches above
        """,
        correction=("strenuous", "heavy"),
        figure=11,
        dateline="{0}: ",
        credit=("PTW", "City desk"),
        extra="A change of wind is expected towards the weekend, forecasters said.",
        hours=24,
    ),
    Series(
        "vi",
        "gold",
        title="Giá vàng hôm nay {0}: {1}",
        general="Giá vàng hôm nay",
        headline="Vàng miếng {2} đồng mỗi lượng trong phiên {0}",
        text="""
        Giá vàng trong nước sáng {0} {1} so với phiên liền trước, mỗi lượng {2} đồng.
        Cụ thể, Công ty {3} niêm yết giá vàng miếng ở mức {4} triệu đồng/lượng mua vào và {5} triệu đồng/lượng bán ra.
        Chênh lệch giữa hai chiều mua và bán là {6} triệu đồng.
        {7}
        Vàng nhẫn tròn trơn được giao dịch quanh mức {8} triệu đồng mỗi lượng.

        Trên thị trường thế giới, giá vàng giao ngay lúc 8 giờ 30 phút (giờ Hà Nội) ở mức {9} USD/ounce, {10} so với cùng giờ hôm trước.
        Quy đổi theo tỷ giá ngân hàng, giá vàng trong nước cao hơn giá thế giới khoảng {11} triệu đồng mỗi lượng.
        Theo các chuyên gia, nhà đầu tư đang chờ quyết định lãi suất của Cục Dự trữ Liên bang Mỹ nên giao dịch khá thận trọng.
        """,
        fillings="""
        3/10|tăng nhẹ|tăng 200.000|SJC|81,5|83,5|2||82,4|2.658|tăng 9 USD|4,1
        4/10|đi ngang|giữ nguyên|SJC|81,5|83,5|2||82,5|2.660|tăng 2 USD|4,0
        5/10|giảm mạnh|giảm 1.000.000|SJC|80,5|82,5|2|Đây là mức thấp nhất trong hai tuần qua.|81,7|2.631|giảm 29 USD|3,9
        3/10|tăng nhẹ|tăng 300.000|DOJI|81,6|83,6|2||82,3|2.658|tăng 9 USD|4,2
        7/10|tăng vọt|tăng 1.500.000|PNJ|82|84|2|Nhiều cửa hàng treo biển hết vàng miếng.|83,1|2.685|tăng 41 USD|4,4
        """,
        correction=("thận trọng", "dè dặt"),
        figure=8,
        dateline="HÀ NỘI (TTX) - ",
        credit=("Theo TTX", "Ban Kinh tế"),
        extra="Người mua được khuyên so sánh giá giữa các thương hiệu trước khi giao dịch.",
        hours=24,
    ),
    Series(
        "vi",
        "river",
        title="Tin lũ trên sông {0}",
        general="Tin cảnh báo lũ",
        headline="Nước sông {0} {1}, {2} đề phòng ngập",
        text="""
        Trung tâm Dự báo khí tượng thủy văn cho biết mực nước sông {0} đang {1}.
        Lúc {3} giờ ngày {4}, mực nước tại trạm {5} là {6} m, {7}.
        Dự báo trong 12 giờ tới, mực nước sông {0} tại {5} tiếp tục {8} và có khả năng đạt mức {9} m.
        {10}
        Nguy cơ xảy ra ngập lụt ở vùng trũng thấp ven sông, lũ quét và sạt lở đất trên các sườn dốc thuộc {2}.

        Cấp độ rủi ro thiên tai do lũ: cấp {11}.
        Chính quyền địa phương được yêu cầu kiểm tra đê điều, hồ chứa, chuẩn bị phương án sơ tán người dân khỏi khu vực nguy hiểm và thông báo cho các chủ phương tiện trên sông.
        Bản tin tiếp theo được phát lúc {12} giờ cùng ngày.
        """,
        fillings="""
        Thao|lên nhanh|Yên Bái và Phú Thọ|7|10/9|Yên Bái|33,42|trên báo động 3 là 1,42|lên|34,1||3|13
        Thao|xuống chậm|Yên Bái và Phú Thọ|13|11/9|Yên Bái|32,75|trên báo động 3 là 0,75|xuống|32,2||2|19
        Cầu|lên nhanh|Bắc Ninh và Bắc Giang|7|10/9|Đáp Cầu|5,88|dưới báo động 3 là 0,42|lên|6,4|Hồ Núi Cốc bắt đầu xả tràn.|2|13
        Lục Nam|lên|Bắc Giang|7|10/9|Lục Nam|5,61|trên báo động 2 là 0,31|lên|6,2||2|13
        Hoàng Long|dao động ở mức cao|Ninh Bình|19|12/9|Bến Đế|4,69|trên báo động 3 là 0,69|biến đổi chậm|4,75|Hai xã đã sơ tán hơn 400 hộ.|3|7
        """,
        correction=("nguy hiểm", "xung yếu"),
        figure=9,
        dateline="(TTX) - ",
        credit=("Nguồn: Đài khí tượng", "TTX"),
        extra="Người dân có thể gọi số điện thoại trực ban của xã khi cần giúp đỡ.",
        hours=6,
    ),
    Series(
        "vi",
        "weather",
        title="Dự báo thời tiết",
        general="Dự báo thời tiết",
        headline="Thời tiết {0} ngày {1}: {2}",
        text="""
        Ngày {1}, khu vực {0} {2}, nhiệt độ từ {3} đến {4} độ C.
        Theo cơ quan khí tượng, do ảnh hưởng của {5}, thời tiết {6} trong vài ngày tới.
        {7}
        Độ ẩm phổ biến {8} phần trăm, gió {9} cấp 2 đến cấp 3.
        Chỉ số tia cực tím ở mức {10}, người dân nên hạn chế ra ngoài từ 11 giờ đến 15 giờ và uống đủ nước.
        Tầm nhìn xa trên 10 km, giảm xuống từ 4 đến 10 km khi có mưa.
        """,
        fillings="""
        Hà Nội|12/6|nắng nóng gay gắt|28|38|vùng áp thấp nóng phía tây|oi bức kéo dài||58|tây nam|rất cao
        Hà Nội|14/6|có mưa rào và dông|25|31|rãnh áp thấp|dịu mát hơn|Lượng mưa phổ biến 30 đến 60 mm, có nơi trên 100 mm.|84|đông nam|trung bình
        Đà Nẵng|12/6|nắng nóng|27|36|vùng áp thấp nóng phía tây|oi bức kéo dài||61|tây nam|rất cao
        TP HCM|12/6|chiều có mưa rào|25|33|gió mùa tây nam|ẩm ướt|Mưa tập trung từ 15 giờ đến 19 giờ.|79|tây nam|cao
        Cần Thơ|12/6|chiều có mưa rào|25|32|gió mùa tây nam|ẩm ướt|Mưa tập trung từ 14 giờ đến 18 giờ.|81|tây nam|cao
        Đà Lạt|12/6|có mưa vài nơi|16|24|gió mùa tây nam|se lạnh về đêm||86|tây|trung bình
        """,
        correction=("hạn chế", "tránh"),
        figure=8,
        dateline="",
        credit=("Theo Đài khí tượng", "TTX"),
        extra="Bản tin chi tiết từng quận huyện được cập nhật lúc 16 giờ hằng ngày.",
        hours=0,
    ),
    Series(
        "vi",
        "verdict",
        title="{0} lĩnh án {1} vì {2}",
        general="Tin pháp đình",
        headline="TAND {3} tuyên phạt {0} {1}",
        text="""
        Ngày {4}, Tòa án nhân dân {3} mở phiên sơ thẩm xét xử bị cáo {0} ({5} tuổi, trú tại {6}) về tội {2}.
        Theo cáo trạng, {7}, {0} đã {8}, gây thiệt hại {9} đồng cho các bị hại.
        {10}
        Tại tòa, bị cáo {11} hành vi phạm tội và xin được hưởng khoan hồng để sớm trở về với gia đình.
        Hội đồng xét xử nhận định hành vi của bị cáo là nguy hiểm cho xã hội, xâm phạm quyền sở hữu của người khác, cần áp dụng mức án nghiêm khắc để răn đe.
        Sau khi nghị án, tòa tuyên phạt bị cáo {1} tù, buộc bồi thường toàn bộ số tiền nói trên.
        """,
        fillings="""
        Trần Văn Lợi|12 năm|lừa đảo chiếm đoạt tài sản|TP Hải Phòng|6/11|43|quận Lê Chân|từ năm 2019 đến năm 2021|làm giả giấy tờ nhà đất|3,2 tỷ||thừa nhận
        Phạm Thị Hồng|9 năm|lừa đảo chiếm đoạt tài sản|TP Hải Phòng|7/11|37|quận Ngô Quyền|từ năm 2020 đến năm 2022|hứa xin việc cho 14 người|1,9 tỷ|Đến nay bị cáo mới trả lại 200 triệu đồng.|thừa nhận
        Lê Quốc Dũng|15 năm|tham ô tài sản|tỉnh Nghệ An|6/11|51|TP Vinh|trong thời gian làm kế toán|lập khống 46 phiếu chi|5,7 tỷ||quanh co chối
        Nguyễn Đức Thịnh|7 năm|cướp tài sản|tỉnh Đồng Nai|9/11|24|TP Biên Hòa|rạng sáng 2/3|dùng dao khống chế nhân viên cửa hàng|86 triệu||thừa nhận
        Trần Văn Lộc|12 năm|trộm cắp tài sản|tỉnh Nam Định|6/11|34|huyện Hải Hậu|từ tháng 1 đến tháng 5|đột nhập 21 ngôi nhà|1,1 tỷ|Bị cáo có bốn tiền án.|thừa nhận
        """,
        correction=("nghiêm khắc", "thích đáng"),
        figure=5,
        dateline="(TTX) - ",
        credit=("Theo báo Pháp đình", "TTX"),
        extra="Bị cáo có quyền kháng cáo trong vòng 15 ngày kể từ ngày tuyên án.",
        hours=24,
    ),
    Series(
        "vi",
        "fuel",
        title="Giá xăng {0} từ 15h ngày {1}",
        general="Giá xăng dầu",
        headline="Xăng RON 95 {0} {2} đồng mỗi lít",
        text="""
        Liên Bộ Công Thương - Tài chính điều chỉnh giá xăng dầu từ 15h ngày {1}.
        Theo đó, giá xăng E5 RON 92 {3} {4} đồng/lít, không cao hơn {5} đồng/lít.
        Xăng RON 95-III {0} {2} đồng/lít, lên mức tối đa {6} đồng/lít.
        Dầu diesel {7}, giá bán không cao hơn {8} đồng/lít; dầu hỏa không cao hơn {9} đồng/lít.
        {10}
        Từ đầu năm đến nay, giá xăng trong nước đã trải qua {11} kỳ điều chỉnh.

        Cơ quan điều hành cho biết thị trường xăng dầu thế giới kỳ này chịu ảnh hưởng của {12}.
        Bình quân giá xăng thành phẩm RON 95 trên thị trường Singapore là {13} USD/thùng.
        Kỳ này, liên bộ tiếp tục không trích lập và không chi quỹ bình ổn đối với các mặt hàng xăng dầu.
        """,
        fillings="""
        tăng|4/7|420|tăng|350|22.460|23.170|tăng 510 đồng|20.830|21.040||27|tồn kho tại Mỹ giảm|98,21
        tăng|11/7|120|tăng|20|22.480|23.290|tăng nhẹ 30 đồng|20.860|21.100||28|bão ở vịnh Mexico|98,73
        giảm|18/7|110|giảm|310|22.170|23.180|giảm 330 đồng|20.530|20.760|Đây là lần giảm đầu tiên sau bốn kỳ tăng.|29|đồng USD mạnh lên|97,02
        giảm|25/7|680|giảm|640|21.530|22.500|giảm 480 đồng|20.050|20.210||30|nhu cầu yếu của Trung Quốc|93,35
        """,
        correction=("trải qua", "có"),
        figure=9,
        dateline="(TTX) - ",
        credit=("TTX", "Ban Kinh tế"),
        extra="Các doanh nghiệp đầu mối có trách nhiệm bảo đảm nguồn cung cho hệ thống.",
        hours=168,
    ),
    Series(
        "de",
        "exchange",
        title="{0} schließt {1}",
        general="Börsenbericht",
        headline="Aktien {2}: {0} {1} bei {3} Punkten",
        text="""
        Der {0} hat am {4} {1} geschlossen.
        Der Leitindex {5} um {6} Prozent auf {3} Punkte, nachdem er am Vormittag noch {7} notiert hatte.
        Der Index der mittelgroßen Werte beendete den Handel mit {8} Zählern.
        {9}
        Gefragt waren vor allem die Papiere von {10}, die sich um {11} Prozent verteuerten.
        Schlusslicht waren {12} mit einem Abschlag von {13} Prozent.

        "Die Anleger halten sich vor der Sitzung der Notenbank zurück", sagte ein Händler.
        Der Euro kostete am Abend {14} Dollar, am Rentenmarkt lag die Umlaufrendite bei {15} Prozent.
        Der Rentenindex bewegte sich kaum.
        """,
        fillings="""
        Dax|etwas fester|Frankfurt|15.832,17|Montag|legte|0,34|im Minus|27.114,30||Infineon|3,1|Bayer|2,0|1,0871|2,31
        Dax|schwächer|Frankfurt|15.690,44|Dienstag|fiel|0,90|leicht im Plus|26.801,55|Belastet wurde der Markt von schwachen Zahlen aus China.|Eon|1,2|Continental|4,4|1,0849|2,28
        Dax|kaum verändert|Frankfurt|15.697,02|Mittwoch|stieg|0,04|im Minus|26.822,91||Rheinmetall|2,6|Zalando|3,8|1,0853|2,27
        ATX|leichter|Wien|3.284,66|Montag|gab|0,51|behauptet|1.704,12|Auch die Banken standen unter Druck.|Andritz|1,7|Voestalpine|2,9|1,0871|2,63
        SMI|freundlich|Zürich|11.102,90|Montag|stieg|0,62|unverändert|1.730,08||Lonza|2,2|Swatch|1,1|1,0871|1,04
        """,
        correction=("Schlusslicht", "Größter Verlierer"),
        figure=8,
        dateline="{2} (dw) - ",
        credit=("dw/ab", "Redaktion: Märkte"),
        extra="An der Wall Street zeichnete sich zum europäischen Handelsschluss keine klare Richtung ab.",
        hours=24,
    ),
    Series(
        "de",
        "traffic accident",
        title="{0}: {1}-Jähriger bei Unfall {2}",
        general="Verkehrsunfall",
        headline="Unfall auf der {3} bei {0} - ein {4}",
        text="""
        Bei einem Verkehrsunfall auf der {3} bei {0} ist am {5} ein {1} Jahre alter {6} {2} worden.
        Wie die Polizei mitteilte, war der Mann gegen {7} Uhr in Richtung {8} unterwegs, als er aus bislang ungeklärter Ursache {9}.
        {10}
        Rettungskräfte brachten ihn in ein Krankenhaus nach {11}.
        Den Sachschaden schätzt die Polizei auf rund {12} Euro.
        Die Straße war für {13} in beiden Richtungen gesperrt.

        Ein Sachverständiger wurde hinzugezogen, um den Hergang zu klären.
        Zeugen werden gebeten, sich bei der Polizei {11} zu melden.
        """,
        fillings="""
        Soltau|24|schwer verletzt|B 3|Schwerverletzter|Dienstagmorgen|Autofahrer|6.15|Bergen|von der Fahrbahn abkam und gegen einen Baum prallte||Celle|18.000|zwei Stunden
        Soltau|57|leicht verletzt|B 71|Leichtverletzter|Mittwochabend|Autofahrer|18.40|Munster|in den Gegenverkehr geriet|Die Fahrerin des anderen Wagens blieb unverletzt.|Rotenburg|25.000|eine Stunde
        Aurich|61|schwer verletzt|B 210|Schwerverletzter|Dienstagmorgen|Motorradfahrer|7.50|Emden|auf einen Lastwagen auffuhr||Emden|9.000|drei Stunden
        Gifhorn|24|lebensgefährlich verletzt|B 4|Schwerverletzter|Freitagnacht|Autofahrer|23.30|Uelzen|von der Fahrbahn abkam und sich überschlug|Ein Rettungshubschrauber war im Einsatz.|Braunschweig|30.000|vier Stunden
        Verden|33|leicht verletzt|B 215|Leichtverletzter|Sonntagmittag|Radfahrer|12.20|Nienburg|mit einem abbiegenden Auto zusammenstieß||Verden|2.500|kurze Zeit
        """,
        correction=("Hergang", "Ablauf"),
        figure=12,
        dateline="{0} (dw/lni) - ",
        credit=("dw", "Polizeipresse"),
        extra="Es ist bereits der dritte schwere Unfall auf diesem Abschnitt in diesem Jahr.",
        hours=24,
    ),
    Series(
        "de",
        "road closure",
        title="Sperrung der {0} in {1}",
        general="Baustelle",
        headline="{1}: {0} ab {2} dicht",
        text="""
        Die {0} in {1} wird ab {2} wegen {3} voll gesperrt.
        Betroffen ist der Abschnitt zwischen {4} und {5}.
        Die Arbeiten dauern nach Angaben der Stadt voraussichtlich bis {6} und kosten rund {7} Euro.
        Eine Umleitung über {8} ist ausgeschildert.
        {9}
        Anlieger können ihre Grundstücke bis zur Baustelle erreichen, Fußgänger und Radfahrer können die Baustelle passieren.

        Die Stadt bittet um Verständnis für die unvermeidlichen Behinderungen und empfiehlt, den Bereich weiträumig zu umfahren.
        Bei schlechtem Wetter kann sich der Zeitplan verschieben.
        """,
        fillings="""
        Lindenstraße|Herford|Montag, 8. April|Kanalarbeiten|Bahnhofstraße|Am Markt|Ende Mai|340.000|die Ringstraße|Die Busse der Linien 3 und 6 halten an der Ersatzhaltestelle Post.
        Gartenstraße|Herford|Montag, 8. April|Asphaltarbeiten|Schulstraße|Mühlenweg|12. April|85.000|die Goethestraße|
        Lindenstraße|Minden|Dienstag, 2. April|einer neuen Gasleitung|Kampstraße|Hafen|Mitte Juni|410.000|die Marienstraße|
        Talbrücke|Hagen|Freitag, 17. Mai|Brückenprüfung|Eckesey|Vorhalle|Sonntagabend|60.000|die B 226|Auch der Radweg unter der Brücke ist gesperrt.
        Hauptstraße|Lemgo|Mittwoch, 3. April|Leitungsarbeiten|Kirchplatz|Leopoldstraße|Ende April|120.000|die Nordumgehung|
        """,
        correction=("weiträumig", "großräumig"),
        figure=7,
        dateline="{1}. ",
        credit=("Pressestelle der Stadt", "red"),
        extra="Fragen beantwortet das Tiefbauamt während der üblichen Sprechzeiten.",
        hours=0,
    ),
    Series(
        "de",
        "football",
        title="{0} {1} {2} gegen {3}",
        general="Fußball",
        headline="{4}: {0} und {3} trennen sich {2}",
        text="""
        {0} hat am {5}. Spieltag der {4} {2} gegen {3} {6}.
        Vor {7} Zuschauern {8} {9} in der {10}. Minute das Tor zum {11}.
        {12}
        In der Schlussphase drängte {3} noch einmal, fand gegen die gut gestaffelte Abwehr aber keine Lücke mehr.
        "Die Mannschaft hat alles gegeben, wir nehmen das Ergebnis so mit", sagte Trainer {13}.

        In der Tabelle steht {0} nun mit {14} Punkten auf Rang {15}.
        Am kommenden Wochenende muss die Mannschaft auswärts antreten.
        """,
        fillings="""
        Arminia Altenau|gewinnt|2:1|SV Nordholz|Regionalliga|14|gewonnen|2.150|erzielte|Jonas Reker|71|Sieg||Uwe Sander|27|vier
        TuS Brake|verliert|0:1|SC Uchte|Regionalliga|14|verloren|840|kassierte|Torwart Malte Lohse|88|Endstand|Zuvor hatte Brake zwei Elfmeter vergeben.|Piet Harms|11|17
        Arminia Altenau|spielt|1:1|VfL Stade|Regionalliga|15|gespielt|1.980|erzielte|Jonas Reker|34|Ausgleich||Uwe Sander|28|fünf
        FC Rehburg|gewinnt|4:0|BW Lohne|Landesliga|9|gewonnen|410|erzielte|Finn Ostermann|12|1:0|Ostermann traf noch zwei weitere Male.|Heiko Brandt|22|eins
        SV Nordholz|gewinnt|2:0|TuS Brake|Regionalliga|15|gewonnen|1.105|erzielte|Dennis Kuhn|63|1:0||Ralf Timm|19|neun
        """,
        correction=("keine Lücke", "kein Durchkommen"),
        figure=7,
        dateline="(sid) ",
        credit=("sid", "Sportredaktion"),
        extra="Zum Topspiel der Liga kommt es erst nach der Länderspielpause.",
        hours=24,
    ),
    Series(
        "fr",
        "school closure",
        title="{0} : {1} fermée {2}",
        general="Vie scolaire",
        headline="Fermeture {2} de {1} à {0}",
        text="""
        {1} de {0} ({3}) sera fermée {2} en raison {4}, a annoncé {5} la mairie.
        Quelque {6} élèves répartis en {7} classes sont concernés.
        Les parents ont été prévenus par {8} et ont été invités à garder leurs enfants à la maison.
        {9}
        « La sécurité des enfants passe avant tout », a déclaré le maire, {10}, qui dit comprendre l'inquiétude des familles.

        Des contrôles doivent être menés dans les prochains jours par une société spécialisée.
        La réouverture est prévue {11}, si les résultats sont satisfaisants.
        Les services de l'Éducation nationale assurent que la continuité pédagogique sera maintenue.
        """,
        fillings="""
        Issoire|L'école Faidherbe|jusqu'à vendredi|Puy-de-Dôme|d'une panne de chauffage|lundi|184|huit|SMS||Alain Bréchet|le lundi 22 janvier
        Thiers|L'école Jean-Zay|deux semaines|Puy-de-Dôme|de la présence d'amiante|mardi|231|dix|courrier|Une cellule d'écoute est ouverte en mairie.|Sophie Lanoir|après les vacances
        Ambert|La maternelle des Tilleuls|lundi et mardi|Puy-de-Dôme|d'une fuite de gaz|dimanche|76|trois|téléphone||Guy Massard|mercredi
        Vichy|L'école Sévigné|jusqu'à nouvel ordre|Allier|d'une fissure dans un mur porteur|lundi|212|neuf|SMS|Les élèves du CP seront accueillis au gymnase.|Claire Aubignat|à une date inconnue
        Riom|L'école Pierre-Brossolette|jusqu'à jeudi|Puy-de-Dôme|d'une panne de chaudière|lundi|148|sept|SMS||Denis Vernol|le vendredi 19 janvier
        """,
        correction=("l'inquiétude", "l'émotion"),
        figure=6,
        dateline="{0} (AFX) - ",
        credit=("avec AFX", "La rédaction"),
        extra="Un point d'information sera fait chaque soir sur le site internet de la commune.",
        hours=24,
    ),
    Series(
        "fr",
        "fuel",
        title="Carburants : les prix {0} cette semaine",
        general="Prix des carburants",
        headline="Le gazole à {1} euro, le SP95 à {2} euro",
        text="""
        Les prix des carburants vendus dans les stations-service françaises {0} la semaine dernière, selon les chiffres publiés {3} par le ministère de la Transition écologique.
        Le litre de gazole, carburant le plus vendu en France, valait en moyenne {1} euro, soit {4} centime de {5} par rapport à la semaine précédente.
        Le litre de super sans plomb 95 s'affichait à {2} euro ({6}).
        Le SP95-E10, qui contient jusqu'à 10 % d'éthanol, coûtait {7} euro.
        {8}

        Le baril de brent de la mer du Nord s'échangeait {9} autour de {10} dollars.
        Les prix à la pompe dépendent du cours du pétrole, mais aussi du taux de change entre l'euro et le dollar, du niveau des stocks et de la demande.
        Les taxes représentent plus de la moitié du prix payé par les automobilistes.
        """,
        fillings="""
        ont reculé|1,7412|1,8327|lundi|1,3|moins|-0,9 centime|1,8011||vendredi|82,4
        ont augmenté|1,7598|1,8465|lundi|1,9|plus|+1,4 centime|1,8153||vendredi|85,1
        ont légèrement augmenté|1,7621|1,8502|mardi|0,2|plus|+0,4 centime|1,8190|La publication avait été décalée en raison du jour férié.|lundi|84,7
        ont nettement reculé|1,7104|1,8120|lundi|5,2|moins|-3,8 centimes|1,7822|C'est la plus forte baisse depuis mars.|vendredi|77,9
        ont peu varié|1,7110|1,8117|lundi|0,1|plus|-0,0 centime|1,7819||vendredi|78,2
        """,
        correction=("automobilistes", "conducteurs"),
        figure=7,
        dateline="Paris (AFX) - ",
        credit=("(AFX)", "Service économie"),
        extra="Les prochains relevés seront publiés au début de la semaine prochaine.",
        hours=168,
    ),
    Series(
        "fr",
        "appointment",
        title="{0} nommé{1} {2}",
        general="Nominations",
        headline="{2} : {0} succède à {3}",
        text="""
        {0} a été nommé{1} {2}, a annoncé {4} le groupe dans un communiqué.
        Âgé{1} de {5} ans, {0} prendra ses fonctions le {6} et succédera à {3}, {7}.
        Diplômé{1} de {8}, {0} a commencé sa carrière chez {9} avant de rejoindre le groupe en {10}.
        {11}
        « Je suis très heureux de confier cette mission à une personnalité dont chacun connaît les qualités humaines », a commenté le président du conseil d'administration.

        Le groupe emploie {12} personnes et a réalisé l'an dernier un chiffre d'affaires de {13} millions d'euros.
        La nouvelle organisation doit être présentée aux représentants du personnel dans les prochaines semaines.
        """,
        fillings="""
        Hélène Cassagne|e|directrice financière de Sodalis|Marc Vibert|mardi|46|1er mars|qui part à la retraite|l'Essec|Mazars|2014||3.200|840
        Bruno Letellier||directeur général de Sodalis|Anne Roustan|jeudi|54|1er septembre|appelée à d'autres fonctions|Polytechnique|Thales|2009|Il dirigeait jusqu'ici la branche emballage.|3.200|840
        Karim Benhaddou||directeur des ressources humaines d'Orvane|Lise Cotard|lundi|41|15 avril|partie en décembre|Sciences Po Lyon|Danone|2018||11.500|2.410
        Inès Quillard|e|secrétaire générale du groupe Ferrand|Paul Estève|mardi|49|1er mars|qui part à la retraite|HEC|Engie|2016|Elle siège aussi au conseil de deux associations.|780|195
        """,
        correction=("personnalité", "personne"),
        figure=13,
        dateline="Paris (AFX) - ",
        credit=("AFX", "La rédaction"),
        extra="Cette nomination doit encore être approuvée par l'assemblée générale.",
        hours=24,
    ),
    Series(
        "fr",
        "tennis",
        title="{0} : {1} {2} {3}",
        general="Tennis",
        headline="{3} {4} par {1} à {0}",
        text="""
        {5} {1}, {6} mondial, s'est qualifié pour {7} du tournoi de {0} en battant {3} {8}, {9}.
        Le match a duré {10}.
        {11}
        Malgré {12} doubles fautes, {1} a gagné {13} % des points derrière sa première balle et n'a été inquiété que sur son service au début de la deuxième manche.
        « Je me suis senti bien, les conditions n'étaient pas faciles avec le vent », a expliqué le vainqueur sur le court.

        Au prochain tour, il affrontera {14}.
        Les deux hommes ne se sont jamais rencontrés sur le circuit principal.
        """,
        fillings="""
        Metz|Lucas Perrigal|domine|Andrej Mihalik|battu|Le Français|38e|les quarts de finale|6-4, 7-5|mercredi|une heure et 42 minutes||quatre|74|Tomas Varga
        Metz|Tomas Varga|écarte|Yannick Sorel|éliminé|Le Hongrois|19e|les quarts de finale|6-3, 3-6, 7-6 (7/5)|mercredi|deux heures et 31 minutes|Il a sauvé deux balles de match dans le jeu décisif.|sept|69|Lucas Perrigal
        Metz|Tomas Varga|renverse|Lucas Perrigal|battu|Le Hongrois|19e|les demi-finales|4-6, 6-4, 6-2|vendredi|deux heures et cinq minutes||trois|71|Iker Salgado
        Lyon|Iker Salgado|élimine|Hugo Mestre|sorti|L'Espagnol|7e|les huitièmes de finale|6-1, 6-2|lundi|59 minutes||une|83|Jan Koster
        Bâle|Jan Koster|surprend|Emil Rask|battu|Le Néerlandais|64e|les demi-finales|7-6 (7/3), 6-4|vendredi|une heure et 50 minutes|C'est sa première victoire contre un membre du top 10.|deux|77|Tomas Varga
        """,
        correction=("inquiété", "menacé"),
        figure=13,
        dateline="{0} (AFX) - ",
        credit=("(AFX)", "Service des sports"),
        extra="La finale du tournoi aura lieu dimanche après-midi.",
        hours=48,
    ),
)
