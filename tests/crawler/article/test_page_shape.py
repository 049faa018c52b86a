"""Listings, fronts and catalogues are told from articles by what the page is made of."""

from __future__ import annotations

import pytest

from crawler.article.dissect import anatomy, dissect
from crawler.article.page.page import Page
from crawler.article.page_shape import SHAPE, listing_probability

STORY = [
    f"On day {day} the growers of the valley met at the cider press, counted their baskets and settled what they owed, "
    "while the miller wrote the sums on the barn door for everybody to see."
    for day in range(1, 9)
]


def page(body: str, path: str, head: str = "", title: str = "Orchard Post") -> Page:
    html = f'<html lang="en"><head><title>{title}</title>{head}</head><body>{body}</body></html>'
    return Page(url=f"https://www.orchard.example/{path}", body=html.encode())


def front(cards: int = 30) -> str:
    card = (
        "<article class='card'><h3><a href='/valley/story-{0}-48211{0}.html'>Row {0} counts its apples</a></h3>"
        "<p>Thirty baskets stand at barn {0}, and nobody knows who is to carry them.</p><time>{0}:00</time></article>"
    )
    return "<main>" + "".join(card.format(number) for number in range(1, cards)) + "</main>"


@pytest.mark.parametrize("path", ["", "valley", "valley/news-of-the-day-471100.html"])
def test_a_front_is_a_listing_whatever_it_declares(path: str) -> None:
    found = dissect(page(front(), path, '<meta property="og:type" content="article">', "Valley"))
    assert found.kind == "listing"


def test_a_product_grid_is_no_article() -> None:
    product = (
        "<li class='tile'><a href='/shop/p{0}'><img src='/{0}.jpg'><h3>Basket {0}</h3></a><span>${0}9.00</span></li>"
    )
    grid = "<h1>Baskets</h1><ul>" + "".join(product.format(number) for number in range(1, 40)) + "</ul>"
    advice = (
        "<p>Every basket is woven by hand from willow that grows along the lower meadows of the valley, and lasts.</p>"
    )
    assert "not an article" in anatomy(page(grid + advice * 6, "shop/baskets", title="Baskets")).quality


def test_a_story_stays_one_beside_many_cards() -> None:
    prose = "".join(f"<p>{text}</p>" for text in STORY)
    body = f"<article><h1>Growers settle their debts at the press</h1>{prose}</article><aside>{front(12)}</aside>"
    found = dissect(page(body, "valley/growers-settle-482113.html", title="Growers settle their debts at the press"))
    assert found.kind == "article"


def test_the_numbers_are_of_the_measures() -> None:
    assert 0.0 < listing_probability([0.0] * len(SHAPE)) < 1.0


def test_the_way_to_the_body_and_its_agreement_are_recorded() -> None:
    prose = "".join(f"<p>{text}</p>" for text in STORY)
    article = anatomy(page(f"<article><h1>Growers</h1>{prose}</article>", "valley/growers-settle-482113.html"))
    assert (article.body_source, article.quality) == ("trafilatura", ())
    assert article.body_agreement is not None
    assert article.body_agreement > 0.9


@pytest.mark.parametrize(
    "sentence",
    [
        "เรือข้ามฟากออกจากท่าช้ากว่ากำหนดเพราะน้ำแข็งในช่องแคบและผู้โดยสารหลายร้อยคนรออยู่ที่ท่าเรือจนถึงเย็นวันเสาร์",
        "ເຮືອຂ້າມຟາກອອກຈາກທ່າຊ້າກວ່າກຳນົດຍ້ອນນ້ຳກ້ອນຢູ່ໃນຊ່ອງແຄບ ແລະ ຜູ້ໂດຍສານຫຼາຍຮ້ອຍຄົນລໍຖ້າຢູ່ທ່າເຮືອຈົນຮອດແລງວັນເສົາ",
        "The ferry left the harbour late because of the ice on the strait, and hundreds waited on the quay.",
    ],
)
@pytest.mark.parametrize("says_article", [True, False])
def test_text_without_full_stops_of_its_script_is_an_article(sentence: str, says_article: bool) -> None:
    menu = "".join(f'<a href="/part{number}/">Part {number}</a> ' for number in range(12))
    text = "".join(f"<p>{sentence} {number} {sentence}</p>" for number in range(8))
    declared = '<meta property="og:type" content="article">' if says_article else ""
    html = (
        f"<html><head><title>{sentence[:40]}</title>{declared}</head><body><nav>{menu}</nav>"
        f"<article><h1>{sentence[:40]}</h1>{text}</article></body></html>"
    )
    assert (
        dissect(Page(url="https://bay.example/news/the-ice-on-the-strait-100001.html", body=html.encode())).kind
        == "article"
    )


def test_text_without_any_link_makes_no_listing() -> None:
    text = "".join(
        f"<p>The ferry of harbour {number} left late because of the ice, see table {number}</p>" * 3
        for number in range(6)
    )
    html = f"<html><head><title>Ice on the strait</title></head><body><h1>Ice on the strait</h1>{text}</body></html>"
    found = dissect(Page(url="https://bay.example/news/the-ice-on-the-strait-100001.html", body=html.encode()))
    assert found.kind == "article"
