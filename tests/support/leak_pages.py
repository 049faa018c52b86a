"""Invented Vietnamese pages whose right text is known, and how much of other stories leaks into it.

The four layouts are those in which public extractors were measured: L0 related blocks outside the article, L1
inside it behind the body, L2 cards between the paragraphs, L3 plain "Đọc thêm:" paragraphs. Every blurb stands
on its page twice, the lead beside the body, a promotion line at its end. Varied: the second copy is cut to 62 %
with "…", other punctuation, and every fifth page is NFD.
"""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from crawler.article.page.page import Page

WHO = (
    "Ủy ban nhân dân tỉnh", "Sở Giao thông vận tải", "Chủ tịch huyện", "Hợp tác xã nuôi cá",
    "Đội cứu hộ địa phương", "Trường đại học vùng", "Bệnh viện đa khoa", "Hội nông dân", "Ban quản lý cảng",
    "Nhóm nghiên cứu trẻ", "Công ty điện lực", "Câu lạc bộ thuyền buồm", "Bảo tàng gốm", "Viện khí tượng",
    "Đoàn thanh tra", "Hiệp hội cà phê", "Ngân hàng hợp tác", "Đài quan trắc sông", "Thư viện thành phố",
    "Xưởng đóng tàu",
)  # fmt: skip
DID = (
    "khởi công", "hoàn thành", "công bố", "kiểm tra", "mở rộng", "đề xuất", "thử nghiệm", "bàn giao",
    "khảo sát", "nâng cấp", "tạm dừng", "phê duyệt", "giới thiệu", "thu hồi", "cải tạo", "đưa vào sử dụng",
    "điều chỉnh", "rà soát", "lắp đặt", "ký kết",
)  # fmt: skip
WHAT = (
    "cây cầu treo mới", "tuyến đê bao", "chương trình học bổng", "trạm bơm cấp nước", "kế hoạch trồng rừng",
    "dây chuyền chế biến chè", "bãi đỗ xe ngầm", "hệ thống cảnh báo lũ", "lễ hội đua thuyền",
    "đường ray hẹp", "kho lạnh hải sản", "vườn ươm giống", "bộ sưu tập tem cổ", "đội xe buýt điện",
    "trại nuôi ong", "phòng thí nghiệm đất", "chợ nổi ven sông", "tòa nhà hành chính",
    "mạng lưới thư viện xã", "bến phà đêm",
)  # fmt: skip
WHERE = (
    "Bình Sơn", "Đông Hà Mới", "Vạn Tường", "Phú Lộc Thượng", "An Khê Đông", "Sông Hiến", "Mỹ Trạch",
    "Tân Lâm", "Hòa Vang Tây", "Cửa Lạch", "Yên Thái", "Long Điền Hạ", "Quế Phong Nam", "Thạch Bàn",
    "Vĩnh Trụ", "Đại Ngãi", "Kỳ Lâm", "Xuân Trà", "Ba Động", "Nà Sầm Mới",
)  # fmt: skip
WHY = (
    "sau nhiều tháng chuẩn bị", "vì mưa lớn kéo dài", "theo nguyện vọng của người dân",
    "để kịp vụ thu hoạch", "trước mùa du lịch", "nhờ nguồn vốn của tỉnh", "do thiếu nhân lực tại chỗ",
    "bất chấp giá vật liệu tăng", "khi mực nước đã rút", "nhằm giảm chi phí vận chuyển",
)  # fmt: skip
PROMO = "Mời quý độc giả theo dõi Báo Sông Hiến trên Google News, Zalo và Facebook"
HOST = "https://baosonghien.example"


@dataclass(frozen=True)
class Story:
    """An invented article."""

    number: int
    title: str
    lead: str
    body: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"{HOST}/xa-hoi/bai-viet-so-{self.number}-post{910000 + self.number}.vov"


def sentence(rng: random.Random) -> str:
    """Return one sentence; the figures make two of the same frame differ."""
    who, did, what, where, why = (rng.choice(words) for words in (WHO, DID, WHAT, WHERE, WHY))
    amount, day = rng.randint(11, 989), f"{rng.randint(1, 28)}/{rng.randint(1, 12)}"
    frames = (
        f"{who} {did} {what} tại {where} {why}, với {amount} hộ tham gia từ ngày {day}.",
        f"Ngày {day}, {who.lower()} cho biết đã {did} {what} ở {where}, tổng vốn {amount} tỷ đồng.",
        f"Theo kế hoạch, {what} tại {where} sẽ được {did} {why}, chậm hơn {amount} ngày so với ban đầu.",
        f"“Chúng tôi {did} {what} {why}”, đại diện {who.lower()} nói với {amount} người dự họp ở {where}.",
        f"Người dân {where} chờ {what} từ {amount} ngày nay, còn {who.lower()} hứa {did} trước {day}.",
    )
    return rng.choice(frames)


def story(number: int) -> Story:
    """Return the story of that number, always the same."""
    rng = random.Random(number)
    who, did, what, where = (rng.choice(words) for words in (WHO, DID, WHAT, WHERE))
    paragraphs = tuple(" ".join(sentence(rng) for _ in range(rng.randint(2, 3))) for _ in range(rng.randint(6, 10)))
    return Story(number, f"{who} {did} {what} ở {where} năm {2000 + number}", sentence(rng), paragraphs)


def varied(text: str) -> str:
    """Return *text* as a second copy often has it: cut, with other punctuation."""
    return text[: int(0.62 * len(text))].rstrip(" ,.“”").replace(",", " –", 1) + "…"


def card(other: Story, blurb: str, heading: str = "h3", css: str = "story") -> str:
    return (
        f'<article class="{css}"><a href="{other.url}"><img src="/anh/{other.number}.jpg" alt=""></a>'
        f'<{heading}><a href="{other.url}">{other.title}</a></{heading}><p>{blurb}</p></article>'
    )


def html(own: Story, others: list[Story], layout: int, second: Callable[[str], str]) -> str:
    """Return the page of *own* with *others* as related stories in one of the four layouts."""
    paragraphs = [f"<p>{text}</p>" for text in own.body]
    behind = beside = ""
    if layout == 0:
        beside = (
            '<aside class="related-news"><h4>Tin liên quan</h4>' + "".join(card(o, o.lead) for o in others) + "</aside>"
            '<div class="related-news-mobile"><h4>Tin liên quan</h4>'
            + "".join(card(o, second(o.lead), "h4") for o in others)
            + "</div>"
        )
    elif layout == 1:
        behind = (
            '<div class="box-tinlienquan"><ul>' + "".join(f"<li>{card(o, o.lead)}</li>" for o in others) + "</ul></div>"
            '<div class="box-cungchuyenmuc"><ul>'
            + "".join(f"<li>{card(o, second(o.lead), 'h4')}</li>" for o in others)
            + "</ul></div>"
        )
    elif layout == 2:
        paragraphs.insert(3, "".join(card(o, o.lead, css="article__insert") for o in others))
        paragraphs.insert(-1, "".join(card(o, second(o.lead), css="article__insert") for o in others))
    else:
        lines = [f'<p>Đọc thêm: <a href="{o.url}">{o.title}</a></p>\n<p>{{}}</p>' for o in others]
        paragraphs.insert(3, "\n".join(line.format(o.lead) for line, o in zip(lines, others, strict=True)))
        paragraphs.append("\n".join(line.format(second(o.lead)) for line, o in zip(lines, others, strict=True)))
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": own.title, "description": own.lead}
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{own.title} | Báo Sông Hiến</title>
<meta property="og:title" content="{own.title}"><meta name="description" content="{own.lead}">
<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>
</head><body>
<header><nav><a href="/chinh-tri">Chính trị</a> <a href="/xa-hoi">Xã hội</a></nav></header>
<main><h1 class="article-title">{own.title}</h1><div class="article-summary">{own.lead}</div>
<article class="article-content"><div class="text-long">
{chr(10).join(paragraphs)}
<p>{PROMO}</p></div>{behind}</article>{beside}</main>
<footer><p>Báo Sông Hiến</p></footer></body></html>"""


def pages(count: int, *, vary: bool) -> list[tuple[Page, Story, list[Story]]]:
    """Return *count* pages with their own story and the related ones, layouts in turn."""
    made = []
    for number in range(count):
        own = story(number)
        others = [story(1000 + 3 * number + step) for step in range(3)]
        text = html(own, others, number % 4, varied if vary else str)
        if vary and number % 5 == 0:
            text = unicodedata.normalize("NFD", text)
        made.append((Page(url=own.url, body=text.encode(), content_type="text/html; charset=utf-8"), own, others))
    return made


def squeeze(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def measure(extract: Callable[[Page], str], count: int, *, vary: bool) -> dict[str, float]:
    """Return shares: body paragraphs kept, blurbs left (any copy, by its first half), promo, lead."""
    kept = total = left = blurbs = promo = lead = 0
    for page, own, others in pages(count, vary=vary):
        text = squeeze(extract(page))
        total += len(own.body)
        kept += sum(paragraph in text for paragraph in own.body)
        blurbs += len(others)
        words = " ".join((own.lead, *own.body))
        left += sum((start := other.lead[: len(other.lead) // 2]) in text and start not in words for other in others)
        promo += PROMO[:30] in text
        lead += text.count(own.lead) == 1
    return {
        "body recall": kept / total,
        "blurbs left": left / blurbs,
        "promo left": promo / count,
        "lead kept": lead / count,
    }
