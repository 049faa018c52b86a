"""Lines that announce another story."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dedupe.entries.teasers import MOST_STORIES, Announcement, KnownStories, KnownStory, best

TITLE = "Cầu mới qua sông Hàn thông xe sáng nay"
LEAD = (
    "Sáng nay, hàng nghìn người dân đã đến dự lễ thông xe cây cầu mới bắc qua sông Hàn ở Đà Nẵng "
    "sau ba năm thi công với số vốn 1.200 tỷ đồng."
)
BRIDGE = KnownStory("1", "1", "vov", TITLE, LEAD)
STORM = KnownStory(
    "2",
    "2",
    "vov",
    "Bão số 5 đổi hướng, miền Trung mưa to",
    "Theo dự báo, bão số 5 sẽ vào vùng biển Quảng Trị trong đêm mai và gây mưa to ở các tỉnh miền Trung.",
)


def announced(line: str, *stories: KnownStory, own: str = "") -> tuple[str, str] | None:
    (found,) = KnownStories(stories or (BRIDGE, STORM)).announced([line])
    one = best(found, own)
    return (one.known.id, one.part) if one else None


def test_title_and_lead_in_other_dress_are_known() -> None:
    assert announced(f"VOV.VN - {TITLE.upper()}!") == ("1", "title")
    assert announced(f"(VOV) - {LEAD}") == ("1", "lead")
    assert announced(LEAD[:110] + "…") == ("1", "lead")
    assert announced(f"{TITLE}. {LEAD[:90]}...") == ("1", "lead")


def test_score_is_one_for_equal_lines_only() -> None:
    (equal,), (part,) = KnownStories([BRIDGE]).announced([LEAD, LEAD[:110]])
    assert equal.score == 1
    assert part.score < 1


def test_words_of_a_lead_in_a_longer_sentence_count_for_blurbs_only() -> None:
    background = f"Như đã đưa tin, {LEAD[10:-1]}, trong khi cây cầu cũ cách đó hai cây số vẫn mở cho xe máy."
    (found,) = KnownStories([BRIDGE]).announced([background])
    assert found[0].known is BRIDGE
    assert best(found, "") is None
    assert best(found, "", 0.5) == found[0]


def test_own_words_about_the_same_matter_are_not() -> None:
    assert announced("Người dân Đà Nẵng kể rằng trước khi có cầu mới, họ phải đi vòng mười cây số.") is None
    assert announced(LEAD.replace("1.200", "3.450").replace("sông Hàn ở Đà Nẵng", "sông Lam ở Nghệ An")[60:]) is None


def test_short_lines_are_held_to_more() -> None:
    label = KnownStory("3", "3", "vov", "Kinh tế", "Tin nhanh trong ngày")
    assert announced("Kinh tế", label) is None
    assert announced("Tin nhanh trong ngày", label) is None
    assert announced("Sáng nay, hàng nghìn người dân đã xem lễ", BRIDGE) is None
    chinese = KnownStory("4", "4", "xh", "新大桥今天通车", "")
    assert announced("新大桥今天通车", chinese) is None
    assert announced("跨越韩江的新大桥今天上午正式通车", replace(chinese, title="跨越韩江的新大桥今天上午正式通车"))


def test_own_story_and_its_copies_are_left_out() -> None:
    copy = KnownStory("9", "1", "ap", TITLE, LEAD)
    assert announced(LEAD, BRIDGE, copy, own="1") is None
    assert announced(LEAD, BRIDGE, copy, own="2") == ("1", "lead")
    assert announced(LEAD, copy, own="2") == ("9", "lead")


def test_name_of_a_column_announces_no_story() -> None:
    column = "Bản tin thời tiết buổi sáng hôm nay"
    stories = [KnownStory(str(n), str(n), "vov", column, "") for n in range(MOST_STORIES + 1)]
    assert announced(column, *stories[:-1]) == ("0", "title")
    assert announced(column, *stories) is None
    # One of them is the article's own.
    assert announced(column, *stories, own="3") == ("0", "title")


def test_long_paragraphs_are_neither_leads_nor_teasers() -> None:
    whole = " ".join(f"chữ{n}" for n in range(200))
    assert announced(whole, KnownStory("1", "1", "vov", TITLE, whole)) is None


def test_nothing_known_and_nothing_asked() -> None:
    assert KnownStories([]).announced([LEAD, ""]) == [[], []]
    assert KnownStories([BRIDGE]).announced([]) == []


WORDS = [f"từ{n}" for n in range(40)]
LINE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=16).map(" ".join)


@given(st.lists(st.tuples(LINE, LINE, st.integers(0, 3)), max_size=8), st.randoms(use_true_random=False))
def test_order_of_stories_and_lines_does_not_matter(drawn: list[tuple[str, str, int]], draw: random.Random) -> None:
    stories = [KnownStory(f"{n}", f"{min(n, root)}", "vov", title, lead) for n, (title, lead, root) in enumerate(drawn)]
    lines = [line for title, lead, _ in drawn for line in (title, lead, lead[:40])]
    expected = dict(zip(lines, KnownStories(stories).announced(lines), strict=True))
    draw.shuffle(stories)
    draw.shuffle(lines)
    found: list[list[Announcement]] = KnownStories(stories).announced(lines)
    assert dict(zip(lines, found, strict=True)) == expected
    for line, one in expected.items():
        if one and one[0].score == 1:
            assert line in {one[0].known.title, one[0].known.lead}
