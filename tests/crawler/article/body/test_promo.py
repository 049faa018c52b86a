"""Promotion lines: whole lines only, in eleven languages, in any Unicode form."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article.body.promo import MAX_PROMO_CHARS, promo_reason

PROMO = [
    "Mời quý độc giả theo dõi Báo Bến Cảng trên",
    "Mời bạn đọc đón xem chương trình lúc 19h30",
    "Theo dõi VOV.VN trên Google News",
    "Đăng ký nhận bản tin",
    ">> Xem thêm",
    "Quảng cáo",
    "Từ khóa: bến cảng, phà",
    "Chia sẻ bài viết qua Facebook",
    "Follow us on Facebook and YouTube",
    "Follow the Harbour Gazette on WhatsApp",
    "Sign up for our daily newsletter",
    "Download our new app",
    "Share this article",
    "Read more",
    "© 2026 Harbour Gazette",
    "Abonnieren Sie unseren Newsletter",
    "Folgen Sie uns auf Instagram",
    "Anzeige",
    "Abonnez-vous à notre newsletter",
    "Suivez-nous sur Facebook",
    "Suscríbete a nuestro boletín",
    "Síguenos en Twitter",
    "Seguici su Telegram",
    "Iscriviti alla newsletter",
    "Obserwuj nas na Facebooku",
    "Подписывайтесь на наш Telegram-канал",
    "Реклама",
    "Ακολουθήστε μας στο Facebook",
    "Ikuti kami di Instagram",
    "关注我们的微信公众号",
    "広告",
]
PROSE = [
    "Mời cả làng đến dự lễ hạ thủy, ông Tư nói rằng con phà đã trở về đúng chỗ của nó.",
    "Theo dõi báo cáo của ban quản lý, người dân thấy số khách tăng đều từng tháng.",
    "Đọc thêm một trang sách mỗi tối, cô giáo dặn học trò trước kỳ nghỉ.",
    "Follow the money, the investigator told the council, and you will find the mud.",
    "Sign language was used on stage for the first time.",
    "The newsletter of the harbour board has 400 readers.",
    "Read more slowly, the conductor said, and the choir read more slowly.",
    "Advertisement revenue at the Gazette fell by a third.",
    "Share prices fell on Thursday.",
    "Download speeds on the island have doubled.",
    "Copyright was the subject of the evening.",
    "Folgen hatte der Sturm keine.",
    "Реклама на пристани запрещена с мая.",
]


@pytest.mark.parametrize("line", PROMO)
def test_promotion_lines(line: str) -> None:
    reason = promo_reason(line)
    assert reason.startswith("promo line: ")
    for form in ("NFC", "NFD"):
        assert promo_reason(unicodedata.normalize(form, f"  * {line.upper()} ")) == reason


@pytest.mark.parametrize("line", PROSE)
def test_prose_is_not_promotion(line: str) -> None:
    assert promo_reason(line) == ""


@pytest.mark.parametrize("line", PROMO)
def test_a_sentence_around_it_makes_it_prose(line: str) -> None:
    assert promo_reason(f"On the wall of the ticket office somebody had written “{line}” in green paint.") == ""


def test_a_portal_s_own_lines() -> None:
    patterns = (r"\W*gazette weekend\b.*", "Báo Bến Cảng .*")
    assert promo_reason("*** GAZETTE WEEKEND, out on Friday", patterns) == "promo line of this portal"
    assert promo_reason(unicodedata.normalize("NFD", "Báo Bến Cảng cuối tuần"), patterns) == "promo line of this portal"
    assert promo_reason("Out on Friday: Gazette Weekend", patterns) == ""


def test_long_lines_are_prose() -> None:
    assert promo_reason("Follow us on Facebook " + "x" * MAX_PROMO_CHARS) == ""


@given(st.text(max_size=60), st.sampled_from(["NFC", "NFD"]))
def test_unicode_form_and_white_space_do_not_count(text: str, form: str) -> None:
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    assert promo_reason(f" {unicodedata.normalize(form, text)} ") == promo_reason(plain)
