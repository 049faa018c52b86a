"""The verdict on every paragraph, and the guard that keeps the author's words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.article.body.block import Block
from crawler.article.body.labels import furniture
from crawler.article.body.verdicts import Knowledge, judge
from crawler.article.page.sentences import ends_sentence, holds_sentence, size
from storage.records import KEPT_VERDICTS, RelatedStory

PROSE = [
    "The ferry between Bình Sơn and Cửa Lạch left at dawn with ninety people aboard, the first boat in three years.",
    "“We counted the days,” said the captain, who had painted the hull himself during the long winter of repairs.",
    "The province paid for the new landing stage, while the fishing cooperative bought the engine from a shipyard.",
    "By noon every seat of the afternoon crossing had been sold, and a second boat was called from the old harbour.",
    "Fares stay as they were before the storm, and pupils of the island school will travel free until next summer.",
]
BLURB = "A storm tore the old landing stage away and left the island without a boat for the whole of the rainy season."
STORY = RelatedStory(
    url="https://news.example/storm-1", title="How the storm took the pier", blurb=BLURB, found_by="heading"
)


def verdicts(texts: list[str], known: Knowledge | None = None) -> list[str]:
    return [p.verdict for p in judge([Block(text) for text in texts], known or Knowledge())[0]]


def test_of_blurbs_that_are_equally_near_the_one_that_stands_first_in_the_text_is_named() -> None:
    """The order of a set differs between two processes."""
    parts = [
        "the pier of the old harbour was torn away at night by a storm",
        "no boat has come to the small island for all of this rainy season",
        "pupils of its school now sleep on the mainland until the ferry sails again",
        "a fishing cooperative lends them beds and three warm meals on every single day",
    ]
    parts = [" ".join(part.split()[:12]) for part in parts]
    stories = [
        RelatedStory(url=f"https://n.example/{number}", title=f"Pier {number}", blurb=part)
        for number, part in enumerate(parts)
    ]
    judged, _ = judge([*map(Block, PROSE), Block(" ".join(parts))], Knowledge(related=stories[::-1]))
    assert judged[-1].reason == "is the blurb of the related story 'Pier 0'"


def test_related_title_and_blurb_go_also_cut_off() -> None:
    cut = BLURB[:60] + "…"
    judged, guarded = judge(
        [*(Block(text) for text in PROSE), Block(STORY.title), Block(BLURB), Block(cut)], Knowledge(related=[STORY])
    )
    assert [p.verdict for p in judged] == ["body"] * 5 + ["related"] * 3
    assert all("How the storm took the pier" in p.reason for p in judged[5:])
    assert not guarded


def test_a_sentence_that_comes_back_alone_stays() -> None:
    assert verdicts([PROSE[0], PROSE[1], PROSE[2], PROSE[0], PROSE[3]]) == ["body"] * 5


def test_a_block_that_comes_back_in_order_goes_once() -> None:
    assert verdicts([*PROSE[:3], *PROSE[:3], PROSE[4]]) == ["body"] * 3 + ["repeated"] * 3 + ["body"]


def test_a_paragraph_right_behind_its_copy_goes() -> None:
    assert verdicts([PROSE[0], PROSE[0], PROSE[1]]) == ["body", "repeated", "body"]


def test_title_promo_caption_and_lead_are_told_apart() -> None:
    known = Knowledge(title="Ferry line opens", lead=PROSE[0], captions=["The first boat, on Monday"])
    texts = ["Ferry line opens", PROSE[0], "The first boat, on Monday", *PROSE[1:],
             "Mời quý độc giả theo dõi báo trên Google News"]  # fmt: skip
    assert verdicts(texts, known) == ["repeated", "lead", "caption", *["body"] * 4, "promo"]


def test_the_portals_own_promo_lines_count() -> None:
    assert (
        verdicts([*PROSE, "Ferry News, your harbour paper"], Knowledge(promo_lines=(r"ferry news, .*",)))[-1] == "promo"
    )


def test_the_guard_keeps_what_would_go_beyond_its_bound() -> None:
    stories = [
        RelatedStory(url=f"https://n.example/{i}", title=f"Story {i}", blurb=text) for i, text in enumerate(PROSE[:4])
    ]
    judged, guarded = judge([Block(text) for text in PROSE], Knowledge(related=stories))
    assert guarded
    assert [p.verdict for p in judged] == ["body"] * 5
    assert judged[0].reason.startswith("kept by the guard: ")


def test_the_guard_does_not_count_labels() -> None:
    labels = [f"Menu entry number {n} of the harbour paper" for n in range(60)]
    blocks = [Block(text) for text in [*labels, *PROSE]]
    judged, guarded = judge(blocks, Knowledge(furniture=furniture(blocks, [None] * len(blocks))))
    assert not guarded
    assert [p.verdict for p in judged] == ["promo"] * 60 + ["body"] * 5


def test_labels_before_and_behind_the_text_are_furniture_headings_between_are_not() -> None:
    blocks = [
        Block("Home > Islands", "list"),
        Block("By Jane Roe, 3 May 2024"),
        Block("Islands", "heading"),
        *(Block(text) for text in PROSE[:2]),
        Block("A second boat", "heading"),
        *(Block(text) for text in PROSE[2:]),
        Block("Share", "paragraph"),
        Block("More from this paper", "heading"),
    ]
    reasons = furniture(blocks, [None] * len(blocks))
    assert [bool(reason) for reason in reasons] == [True] * 3 + [False] * 6 + [True] * 2
    assert reasons[1] == "label above the text: no sentence"


def test_scripts_without_full_stops_are_left_alone() -> None:
    thai = ["เรือข้ามฟากออกจากท่าตอนรุ่งสางพร้อมผู้โดยสารเก้าสิบคนเป็นเที่ยวแรกในรอบสามปีหลังจากพายุพัดท่าเรือเก่าหายไป" * 2] * 4
    blocks = [Block("ข่าว"), *(Block(text) for text in thai)]
    assert furniture(blocks, [None] * 5) == [""] * 5


def test_sentences_of_many_scripts() -> None:
    for text in ("Xong.", "終わった。", "ख़त्म हुआ।", "“Thế à?”", "انتهى؟", "Done!)", "It ends here. [1]"):
        assert ends_sentence(text), text
    for text in ("By Jane Roe", "Xem thêm", "3 May 2024", "記者 山田"):
        assert not ends_sentence(text), text
    assert holds_sentence("The pier is gone. Nobody knows where the boats will land when the season opens again in May")
    assert size("地震") > size("ab")


@given(st.lists(st.sampled_from([*PROSE, BLURB, STORY.title, "Share", "By Jane Roe", ""]), max_size=12), st.booleans())
def test_every_block_gets_a_verdict_and_a_dropped_one_a_reason(texts: list[str], heading: bool) -> None:
    blocks = [Block(text, "heading" if heading and len(text) < 40 else "paragraph") for text in texts]
    known = Knowledge(title="Ferry line opens", related=[STORY], furniture=furniture(blocks, [None] * len(blocks)))
    judged, _ = judge(blocks, known)
    assert [p.text for p in judged] == texts
    assert all(p.verdict in KEPT_VERDICTS or p.reason for p in judged)
    assert judge(blocks, known)[0] == judged
