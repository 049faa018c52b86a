"""Texts without HTML: every line accounted for, related stories merged, the article's own words kept."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.article.plaintext.clean import clean_text
from storage.records import KEPT_VERDICTS, Article

TITLE = "Old ferry returns to the Sandholm crossing"
LEAD = "The ferry Margit will carry passengers over the Sandholm strait again from the first of May, its owners said."
BODY = (
    "The ship lay in dry dock for eleven months while its hull was replated.",
    "“We had given up hope more than once,” said Jonna Brekke, who has run the ticket office since 1998.",
    "The board expects 40,000 passengers in the first season, a third fewer than before the bridge opened.",
    "Fares stay at 35 crowns, and cyclists travel free on weekdays.",
)
STORIES = (
    (
        "Bridge toll to fall by half in June",
        "Drivers will pay 20 crowns instead of 40 once the loan for the western span is repaid.",
    ),
    (
        "Harbour board elects its first woman chair",
        "Signe Aalto, a former pilot, won seven of the eleven votes on Thursday evening.",
    ),
    (
        "Seals come back to the Sandholm skerries",
        "Biologists counted 212 grey seals this spring, more than in any year since counting began.",
    ),
)
VI_TITLE = "Phà cổ trở lại bến Cồn Sậy"
VI_LEAD = "Chiếc phà Hải Âu sẽ chở khách qua sông trở lại từ ngày 1/5, ban quản lý bến Cồn Sậy cho biết sáng nay."
VI_BODY = (
    "Con phà nằm trên đà sửa chữa suốt mười một tháng để thay toàn bộ vỏ thép.",
    "“Chúng tôi đã nhiều lần tưởng phải bỏ cuộc”, bà Lê Thị Hạnh, người bán vé từ năm 1998, nói.",
    "Ban quản lý dự kiến đón 40.000 lượt khách trong mùa đầu tiên.",
)
VI_STORIES = (
    (
        "Phí qua cầu giảm một nửa từ tháng Sáu",
        "Ô tô sẽ trả 20.000 đồng thay vì 40.000 đồng khi khoản vay xây cầu được trả hết.",
    ),
    (
        "Bến cảng có nữ giám đốc đầu tiên",
        "Bà Trần Minh Thư, nguyên hoa tiêu, nhận bảy trên mười một phiếu bầu tối thứ Năm.",
    ),
    (
        "Đàn sếu trở về bãi bồi Cồn Sậy",
        "Các nhà khoa học đếm được 212 cá thể trong mùa xuân này, nhiều nhất từ trước tới nay.",
    ),
)


def doubled(stories: Sequence[tuple[str, str]] = STORIES) -> list[str]:
    """Story by story: title, title, blurb, and all of it again."""
    return [line for title, blurb in stories for line in (title, title, blurb, title, title, blurb)]


def page(*lines: str, title: str = TITLE, lead: str = LEAD, body: Sequence[str] = BODY) -> str:
    return "\n\n".join([title, lead, *body, *lines])


def input_lines(text: str) -> list[str]:
    clean = text.translate(dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad")))
    return [" ".join(unicodedata.normalize("NFC", line).split()) for line in clean.splitlines() if line.split()]


def assert_accounted(text: str, article: Article) -> None:
    """Every line is the title or one paragraph, in order, and what was dropped says why."""
    lines = input_lines(text)
    paragraphs = [paragraph.text for paragraph in article.paragraphs]
    if len(paragraphs) < len(lines):
        lines.remove(article.title)
    assert paragraphs == lines
    assert all(p.reason for p in article.paragraphs if p.verdict not in KEPT_VERDICTS)
    assert article.text == "\n\n".join(p.text for p in article.paragraphs if p.verdict in KEPT_VERDICTS)


def assert_clean(
    article: Article,
    stories: Sequence[tuple[str, str]],
    *,
    title: str = TITLE,
    lead: str = LEAD,
    body: Sequence[str] = BODY,
) -> None:
    assert article.title == title
    assert article.lead == lead
    assert article.text.split("\n\n") == [lead, *body]
    assert [(story.title, story.blurb) for story in article.related] == list(stories)
    assert [story.position for story in article.related] == list(range(len(stories)))


@pytest.mark.shared
def test_the_vov_sample(shared_data: Path) -> None:
    """The text that storykin began with."""
    text = (shared_data / "seed" / "vov-syria-2016.txt").read_text(encoding="utf-8")
    lines = input_lines(text)
    article = clean_text(text)
    assert_accounted(text, article)
    assert (article.title, article.lead) == (lines[0], lines[1])
    assert article.captions == (lines[2],)
    assert "REUTERS/" in lines[2]
    assert article.text.split("\n\n") == [lines[1], *lines[3:20]]
    assert Counter(p.verdict for p in article.paragraphs) == {
        "lead": 1,
        "caption": 1,
        "body": 17,
        "promo": 1,
        "related": 19,
    }
    assert [p.text for p in article.paragraphs if p.verdict == "promo"] == [lines[20]]
    assert [(s.title, s.blurb) for s in article.related] == [(lines[i], lines[i + 2]) for i in (22, 28, 34)]
    assert {(s.title_copies, s.blurb_copies, s.found_by, s.place) for s in article.related} == {
        (4, 2, "heading", "after")
    }
    assert article.related_status == "found"
    assert article.quality == ()
    assert article.language == "en"


HEADINGS = [
    "Related", "RELATED STORIES:", "Tin liên quan", "Bài viết liên quan", "Mehr zum Thema", "Lire aussi :",
    "Te puede interesar", "Leia também", "Leggi anche", "Czytaj także", "Читайте также", "Διαβάστε επίσης", "相关新闻",
    "関連記事", "Baca juga", "You might also like", "Related (3)", ">> Xem thêm",
]  # fmt: skip


@pytest.mark.parametrize("heading", HEADINGS)
def test_headings_of_thirteen_languages(heading: str) -> None:
    text = page(heading, *doubled())
    article = clean_text(text)
    assert_accounted(text, article)
    assert_clean(article, STORIES)
    assert {(s.title_copies, s.blurb_copies) for s in article.related} == {(4, 2)}


def test_vietnamese_page_with_promo_and_caption() -> None:
    caption = "Phà Hải Âu trong ngày chạy thử. (Ảnh: Nguyễn An)"
    text = page(
        caption, "Mời quý độc giả theo dõi Báo Bến Cảng trên", "Tin liên quan", *doubled(VI_STORIES),
        title=VI_TITLE, lead=VI_LEAD, body=VI_BODY,
    )  # fmt: skip
    article = clean_text(text)
    assert_accounted(text, article)
    assert_clean(article, VI_STORIES, title=VI_TITLE, lead=VI_LEAD, body=VI_BODY)
    assert article.captions == (caption,)
    assert [p.text for p in article.paragraphs if p.verdict == "promo"] == [
        "Mời quý độc giả theo dõi Báo Bến Cảng trên"
    ]
    assert article.language == "vi"


def test_caption_joined_to_the_next_paragraph_by_one_newline() -> None:
    caption = "The Margit leaves the dock, April 12. REUTERS/Ove Lind"
    text = "\n\n".join([TITLE, LEAD, f"{caption}\n{BODY[0]}", *BODY[1:], "Related", *doubled()])
    article = clean_text(text)
    assert_accounted(text, article)
    assert_clean(article, STORIES)
    assert article.captions == (caption,)


@pytest.mark.parametrize(
    "caption",
    [
        "The Margit at the pier. AFP/Jane Roe",
        "The Margit at the pier. Jane Roe/Getty Images",
        "The Margit at the pier (AP Photo/Jane Roe)",
        "The Margit at the pier. Photo: Harbour Gazette",
        "Photo: The Margit at the pier",
        "The Margit at the pier. Photo by Jane Roe",
        "Phà Hải Âu cập bến. Ảnh: Minh Đức/TTXVN",
        "Phà Hải Âu cập bến. (Ảnh minh họa)",
        "Die Margit am Kai. Foto: Jane Roe/dpa",
        "La Margit au quai. © Jane Roe / AFP",
        "The Margit at the pier. — VNA/VNS Photo Minh Đức",
        "Паром у причала. Фото: Иван Петров",
    ],
)
def test_credits_make_a_caption(caption: str) -> None:
    text = page(caption, "Related", *doubled())
    article = clean_text(text)
    assert article.captions == (caption,)
    assert_clean(article, STORIES)


@pytest.mark.parametrize(
    "sentence",
    [
        "The chair of the board confirmed the date to Reuters.",
        "Reuters and AFP were shown the plans, which an engineer at the yard called bold.",
        "She carries a photo of the ship in her wallet, taken by her father in 1961.",
        "The plan was first reported by Bloomberg/BNA on Friday, and the board denied it then.",
        "Theo dõi con phà từ bờ, nhiều người dân không giấu được xúc động.",
        "Follow the rope to its end, the old sailors say, and you will find the ship.",
    ],
)
def test_sentences_that_only_mention_such_words_stay(sentence: str) -> None:
    article = clean_text(page(sentence, "Related", *doubled()))
    assert_clean(article, STORIES, body=[*BODY, sentence])


def test_no_heading() -> None:
    text = page(*doubled())
    article = clean_text(text)
    assert_accounted(text, article)
    assert_clean(article, STORIES)
    assert {(s.found_by, s.title_copies, s.blurb_copies) for s in article.related} == {("cards", 4, 2)}


def test_no_heading_order_123_123() -> None:
    text = page(*[line for _ in range(2) for story in STORIES for line in story])
    article = clean_text(text)
    assert_accounted(text, article)
    assert_clean(article, STORIES)
    assert {(s.title_copies, s.blurb_copies) for s in article.related} == {(2, 2)}


def test_order_123_123_under_a_heading() -> None:
    text = page("Related", *[line for _ in range(2) for story in STORIES for line in story])
    assert_clean(clean_text(text), STORIES)


def test_two_blocks_each_with_its_heading() -> None:
    once = [line for story in STORIES for line in story]
    text = page("Related", *once, "Mehr zum Thema", *once)
    article = clean_text(text)
    assert_accounted(text, article)
    assert_clean(article, STORIES)


def test_first_block_without_heading_second_with_one() -> None:
    once = [line for story in STORIES for line in story]
    article = clean_text(page(*once, "Related", *once))
    assert_clean(article, STORIES)


def test_second_block_with_cut_blurbs() -> None:
    """As portals do it for telephones; the cut blurbs are short enough to be titles."""
    once = [line for story in STORIES for line in story]
    cut = [line for title, blurb in STORIES for line in (title, f"{blurb[:48].rsplit(' ', 1)[0]}…")]
    for first, second in ((once, cut), (cut, once)):
        article = clean_text(page("Related", *first, "Tin liên quan", *second))
        assert_clean(article, STORIES)
        assert {(s.title_copies, s.blurb_copies) for s in article.related} == {(2, 2)}


def test_titles_only() -> None:
    article = clean_text(page("Related", *[title for title, _ in STORIES]))
    assert_clean(article, [(title, "") for title, _ in STORIES])


def test_titles_repeated_in_a_second_list_without_blurbs() -> None:
    article = clean_text(page("Related", *[line for story in STORIES for line in story], *[t for t, _ in STORIES]))
    assert_clean(article, STORIES)
    assert {(s.title_copies, s.blurb_copies) for s in article.related} == {(2, 1)}


@pytest.mark.parametrize("ending", ["…", "...", " […]", ""])
@pytest.mark.parametrize("cut_first", [True, False])
def test_blurbs_cut_in_one_copy(ending: str, cut_first: bool) -> None:
    lines = []
    for title, blurb in STORIES:
        short = f"{blurb[: int(len(blurb) * 0.62)].rsplit(' ', 1)[0]}{ending}"
        first, second = (short, blurb) if cut_first else (blurb, short)
        lines += [title, title, first, title, title, second]
    text = page("Related", *lines)
    article = clean_text(text)
    assert_accounted(text, article)
    assert_clean(article, STORIES)
    assert {(s.title_copies, s.blurb_copies) for s in article.related} == {(4, 2)}


def test_nfd_copies_are_the_same() -> None:
    lines = []
    for title, blurb in VI_STORIES:
        lines += [title, blurb, unicodedata.normalize("NFD", title), unicodedata.normalize("NFD", blurb)]
    text = page("Tin liên quan", *lines, title=VI_TITLE, lead=VI_LEAD, body=VI_BODY)
    article = clean_text(text)
    assert_accounted(text, article)
    assert_clean(article, VI_STORIES, title=VI_TITLE, lead=VI_LEAD, body=VI_BODY)


def test_a_whole_page_in_nfd_and_with_a_byte_order_mark() -> None:
    text = page("Tin liên quan", *doubled(VI_STORIES), title=VI_TITLE, lead=VI_LEAD, body=VI_BODY)
    article = clean_text("\ufeff" + unicodedata.normalize("NFD", text))
    assert_clean(article, VI_STORIES, title=VI_TITLE, lead=VI_LEAD, body=VI_BODY)


def test_blurbs_that_differ_in_punctuation_and_prefix() -> None:
    lines = []
    for title, blurb in VI_STORIES:
        lines += [title, f"VOV.VN - {blurb}", title, blurb.rstrip(".")]
    article = clean_text(page("Tin liên quan", *lines, title=VI_TITLE, lead=VI_LEAD, body=VI_BODY))
    assert [s.title for s in article.related] == [title for title, _ in VI_STORIES]
    assert {(s.title_copies, s.blurb_copies) for s in article.related} == {(2, 2)}


def test_a_sentence_that_really_occurs_twice_stays() -> None:
    body = [BODY[0], "We will sail.", *BODY[1:], "We will sail.", "Nobody on the pier doubted it any longer."]
    text = page("Related", *doubled(), body=body)
    article = clean_text(text)
    assert_accounted(text, article)
    assert_clean(article, STORIES, body=body)


def test_a_body_sentence_that_is_also_a_blurb_stays_once_in_the_body() -> None:
    article = clean_text(page(STORIES[0][1], "And that is not all.", "Related", *doubled()))
    assert_clean(article, STORIES, body=[*BODY, STORIES[0][1], "And that is not all."])


def test_a_line_directly_after_itself_goes() -> None:
    text = "\n".join([TITLE, TITLE, LEAD, LEAD, *BODY])
    article = clean_text(text)
    assert_accounted(text, article)
    assert_clean(article, ())
    assert [p.reason for p in article.paragraphs if p.verdict == "repeated"] == [
        "repeats the title",
        "repeats the paragraph before it",
    ]


def test_one_paragraph_a_line_without_blank_lines() -> None:
    text = page("Related", *doubled()).replace("\n\n", "\n")
    assert_clean(clean_text(text), STORIES)


def test_the_text_goes_on_after_a_block_in_its_middle() -> None:
    text = page("Related", STORIES[0][0], STORIES[1][0], *BODY[2:], body=BODY[:2])
    article = clean_text(text)
    assert_accounted(text, article)
    assert_clean(article, [(title, "") for title, _ in STORIES[:2]])
    assert {s.place for s in article.related} == {"inside"}


def test_the_text_goes_on_after_doubled_cards() -> None:
    text = page("Related", *doubled(STORIES[:2]), *BODY[2:], body=BODY[:2])
    assert_clean(clean_text(text), STORIES[:2])


@pytest.mark.parametrize("words", ["Read more", "Đọc thêm", "À lire aussi", "Lesen Sie auch", "Читайте также"])
def test_pointers_inside_the_text(words: str) -> None:
    text = page(f"{words}: {STORIES[0][0]}", BODY[3], body=BODY[:3])
    article = clean_text(text)
    assert_accounted(text, article)
    assert_clean(article, [(STORIES[0][0], "")])
    assert (article.related[0].found_by, article.related[0].place) == ("anchor", "inside")


def test_pointers_with_the_blurb_below_twice() -> None:
    pointer = [f"Đọc thêm: {VI_STORIES[0][0]}", VI_STORIES[0][1]]
    text = page(*pointer, VI_BODY[2], *pointer, title=VI_TITLE, lead=VI_LEAD, body=VI_BODY[:2])
    article = clean_text(text)
    assert_clean(article, VI_STORIES[:1], title=VI_TITLE, lead=VI_LEAD, body=VI_BODY)
    assert (article.related[0].title_copies, article.related[0].blurb_copies) == (2, 2)


def test_the_page_s_own_title_among_the_related_is_no_story() -> None:
    article = clean_text(page("Related", TITLE, *doubled()))
    assert_clean(article, STORIES)


def test_most_read_is_not_related() -> None:
    others = ["Ten things to know before you sail", "Weather: wind from the west"]
    article = clean_text(page("Related", *doubled(), "Most read", *others))
    assert_clean(article, STORIES)
    assert [p.reason for p in article.paragraphs if p.text in others] == [
        "title of a story under the heading 'Most read'"
    ] * 2


@pytest.mark.parametrize("heading", ["Sign up", "Subscribe", "Comments", "Most read"])
def test_words_of_other_lists_inside_the_text_take_nothing_with_them(heading: str) -> None:
    body = [BODY[0], heading, "Jonna Brekke in Elsmouth", *BODY[1:]]
    article = clean_text(page("Related", *doubled(), body=body))
    assert_clean(article, STORIES, body=body)


def test_labels_of_a_video_box_are_no_stories() -> None:
    text = page("Recommended video:", "Now playing:", *BODY[1:], body=BODY[:1])
    article = clean_text(text)
    assert_accounted(text, article)
    assert article.related == ()
    assert all(line in article.text for line in BODY)


def test_a_short_heading_behind_a_related_title_is_the_text_s_own() -> None:
    article = clean_text(page("Related", STORIES[0][0], "Monday", *BODY[1:], body=BODY[:1]))
    assert_clean(article, [(STORIES[0][0], "")], body=[BODY[0], "Monday", *BODY[1:]])


def test_a_credit_below_a_paragraph_does_not_make_it_a_caption() -> None:
    """Only where blank lines on either side set the two apart."""
    lines = [TITLE, LEAD, BODY[0], "Photo: Jane Roe", *BODY[1:]]
    assert clean_text("\n".join(lines)).captions == ("Photo: Jane Roe",)
    apart = "\n\n".join([TITLE, LEAD, "The Margit at the pier\nPhoto: Jane Roe", *BODY])
    assert clean_text(apart).captions == ("The Margit at the pier", "Photo: Jane Roe")


def test_openings_of_titles_are_left_out() -> None:
    article = clean_text(page("Related", f"Read: {STORIES[0][0]}", f">> {STORIES[1][0]}", body=[*BODY, *VI_BODY]))
    assert [story.title for story in article.related] == [STORIES[0][0], STORIES[1][0]]


def test_a_section_called_related_keeps_its_prose() -> None:
    text = page("Related", BODY[2], BODY[3], body=BODY[:2])
    article = clean_text(text)
    assert_accounted(text, article)
    assert article.related == ()
    assert article.text.split("\n\n") == [LEAD, *BODY[:2], "Related", *BODY[2:]]


def test_dates_between_the_cards() -> None:
    lines = [line for title, blurb in STORIES for line in (title, "28/11/2016 10:32", blurb, title, blurb)]
    assert_clean(clean_text(page("Related", *lines)), STORIES)


def test_a_date_above_the_first_title() -> None:
    assert_clean(clean_text(page("Related", "3 hours ago", *doubled())), STORIES)


@pytest.mark.parametrize(
    "title", ["Weather for Saturday, 7 March", "New jobs for the old harbour", "Related by blood and salt"]
)
def test_titles_with_the_words_of_headings(title: str) -> None:
    assert_clean(clean_text(page("Related", *doubled(), title=title)), STORIES, title=title)
    assert_clean(
        clean_text(page("Related", title, STORIES[0][1], *doubled(STORIES[1:]))), [(title, STORIES[0][1]), *STORIES[1:]]
    )


@pytest.mark.parametrize(
    "line",
    [
        "© 2026 Harbour Gazette. All rights reserved.",
        "Bản quyền thuộc về Báo Bến Cảng",
        "Sign up here for our weekly newsletter",
        "Folgen Sie uns auf Facebook",
        "Abonnez-vous à notre newsletter",
        "Подписывайтесь на наш канал в Telegram",
        "Advertisement",
        "Tags: ferry, harbour, Sandholm",
    ],
)
def test_promotion_lines(line: str) -> None:
    article = clean_text(page(line, "Related", *doubled()))
    assert_clean(article, STORIES)
    assert [p.text for p in article.paragraphs if p.verdict == "promo"] == [line]


def test_headings_of_the_text_stay() -> None:
    text = page("A costly hull", *BODY[2:], body=BODY[:2])
    article = clean_text(text)
    assert [p.text for p in article.paragraphs if p.verdict == "heading"] == ["A costly hull"]
    assert article.text.split("\n\n") == [LEAD, *BODY[:2], "A costly hull", *BODY[2:]]


def test_guard_keeps_single_cards_that_outweigh_the_text() -> None:
    many = [line for story in (*STORIES, *VI_STORIES) for line in story]
    text = page("Related", *many, body=BODY[:1])
    article = clean_text(text)
    assert_accounted(text, article)
    assert "guarded" in article.quality
    assert STORIES[0][1] in article.text
    assert len(article.related) == 6


def test_guard_flags_doubled_cards_but_does_not_bring_them_back() -> None:
    article = clean_text(page("Related", *doubled(), body=BODY[:1]))
    assert "guarded" in article.quality
    assert article.text.split("\n\n") == [LEAD, BODY[0]]


def test_guard_keeps_promo_lines_that_are_more_than_a_third_of_the_text() -> None:
    promos = [f"Follow us on Facebook for more news from the harbour, part {n} of our series" for n in range(9)]
    article = clean_text("\n".join([TITLE, LEAD, *promos, BODY[0]]))
    assert "guarded" in article.quality
    assert promos[3] in article.text


def test_a_known_title_is_taken_wherever_it_stands() -> None:
    text = "\n\n".join(["Harbour", TITLE, LEAD, *BODY])
    assert clean_text(text, "7", url="http://gazette.example/7", title=TITLE.upper()).title == TITLE
    assert clean_text("\n\n".join([LEAD, *BODY]), title=TITLE).title == TITLE


@pytest.mark.parametrize(("text", "quality"), [("", ("empty",)), (" \n\n\t", ("empty",)), ("Two words", ("thin",))])
def test_next_to_nothing(text: str, quality: tuple[str, ...]) -> None:
    article = clean_text(text)
    assert article.quality == quality
    assert_accounted(text, article)


_LINES = st.lists(
    st.one_of(
        st.sampled_from([TITLE, LEAD, *BODY, *VI_BODY, "Related", "Tin liên quan", "Most read", "Read more"]),
        st.sampled_from([line for story in (*STORIES, *VI_STORIES) for line in story]),
        st.sampled_from(["Mời quý độc giả theo dõi", f"Đọc thêm: {VI_TITLE}", "3 hours ago", "Photo: AFP", ">> ", "…"]),
        st.text(max_size=40),
    ),
    max_size=30,
)


@settings(max_examples=300, deadline=None)
@given(_LINES, st.sampled_from(["\n", "\n\n", "\r\n"]))
def test_every_line_is_accounted_for_whatever_comes(lines: list[str], joint: str) -> None:
    text = joint.join(lines)
    article = clean_text(text)
    assert_accounted(text, article)
    assert clean_text(text) == article
    titles = {story.title for story in article.related}
    assert len(titles) == len(article.related)


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(3)), st.integers(2, 4), st.booleans())
def test_any_number_and_order_of_copies_merges(order: list[int], copies: int, heading: bool) -> None:
    """Each of the copies of the block in the same order; the stories come out in it, once."""
    stories = [STORIES[i] for i in order]
    block = [line for _ in range(copies) for story in stories for line in story]
    article = clean_text(page(*["Related"] * heading, *block, body=[*BODY, *BODY[:3], *VI_BODY]))
    assert [(s.title, s.blurb) for s in article.related] == stories
    assert {(s.title_copies, s.blurb_copies) for s in article.related} == {(copies, copies)}
