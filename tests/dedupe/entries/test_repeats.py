"""Repeated entries of a page: every variant of an invented set is found, no story of the same template or event is."""

from __future__ import annotations

import html
import unicodedata
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.entries.repeats import BLURB_SHARE, blurb_matches, group_entries, same_entry

# Invented. Each tuple holds stories that must stay apart: one template with other figures or names, or one event.
FAMILIES = [
    (
        "Giá vàng miếng sáng 15/3 tăng 500.000 đồng mỗi lượng, lên 68,5 triệu đồng ở chiều bán ra tại Hà Nội",
        "Giá vàng miếng sáng 16/3 tăng 500.000 đồng mỗi lượng, lên 69 triệu đồng ở chiều bán ra tại Hà Nội",
        "Giá vàng miếng sáng 17/3 tăng 300.000 đồng mỗi lượng, lên 69,3 triệu đồng ở chiều bán ra tại Hà Nội",
    ),
    (
        "Thời tiết ngày mai tại Hà Nội nhiều mây, sáng sớm có mưa nhỏ vài nơi, trưa chiều hửng nắng, gió nhẹ",
        "Thời tiết ngày mai tại Đà Nẵng nhiều mây, sáng sớm có mưa nhỏ vài nơi, trưa chiều hửng nắng, gió nhẹ",
        "Thời tiết ngày mai tại Cần Thơ nhiều mây, sáng sớm có mưa nhỏ vài nơi, trưa chiều hửng nắng, gió nhẹ",
    ),
    (
        "Cầu Phú Hoà bắc qua sông Lam chính thức thông xe sáng nay sau ba năm thi công, rút ngắn 20 km đường đi",
        "Người dân hai bờ sông Lam đổ ra xem lễ thông xe cầu Phú Hoà, nhiều cụ già lần đầu đi bộ qua sông",
        "Cầu Phú Hoà: từ bản vẽ bị bỏ quên đến công trình nối hai huyện nghèo của tỉnh",
    ),
    (
        "Đội tuyển nữ thắng Thái Sơn 2-0 ở trận ra quân, hai bàn đều do đội trưởng Lê Thu Mai ghi trong hiệp hai",
        "Đội tuyển nữ thắng Bình Sơn 3-1 ở trận thứ hai, ba bàn đều do tiền đạo Trần Hải Yến ghi trong hiệp hai",
    ),
    (
        "Bão số 5 đổi hướng, áp sát vùng biển các tỉnh miền Trung",
        "Bão số 6 đổi hướng, áp sát vùng biển các tỉnh miền Trung",
        "Miền Trung sơ tán hơn bốn nghìn hộ dân trước khi bão số 5 đổ bộ",
    ),
    ("Xổ số miền Bắc thứ Ba", "Xổ số miền Nam thứ Ba", "Xổ số miền Trung thứ Tư"),
    ("Lịch thi đấu vòng 12", "Lịch thi đấu vòng 13"),
    (
        "Nông dân xã Tân Thủy thu tiền tỷ nhờ trồng sen lấy hạt trên đất lúa bạc màu",
        "Nông dân xã Hoa Thủy thu tiền tỷ nhờ trồng chuối lấy sợi trên đất đồi bạc màu",
    ),
    (
        "The harbour authority will close the north pier for six weeks from Monday while divers replace the "
        "timber piles that were damaged in the January storm",
        "Shop owners on the north pier say a six-week closure will cost them the whole spring season, and ask the "
        "harbour authority for help with the rent",
        "Divers found cracks in 14 of the 40 piles under the north pier, the harbour's engineer told councillors",
    ),
    (
        "Markets at noon: the Lindholm index gains 1.2 percent to 8,412 points as bank shares recover",
        "Markets at noon: the Lindholm index gains 0.4 percent to 8,446 points as bank shares recover",
        "Markets at noon: the Lindholm index loses 2.1 percent to 8,235 points as bank shares recover",
    ),
    (
        "Police are looking for a man of about 30 after a robbery at a petrol station in Westhaven on Friday night",
        "Police are looking for a man of about 50 after a robbery at a petrol station in Marlow on Sunday night",
    ),
    (
        "Council of Oakbridge approves budget with two votes against, library hours to be cut from September",
        "Council of Fernhill approves budget with two votes against, library hours to be cut from September",
    ),
    (
        "Why the river froze twice this winter, and what it tells us about the lake above it",
        "River ferry stays in port for the third day as ice thickens",
    ),
    ("Opinion: A tax nobody asked for", "Opinion: A road nobody asked for", "Opinion: A bridge too late"),
    ("Sunday crossword 1,204", "Sunday crossword 1,205"),
    (
        "Eleven hikers were brought down from Mount Orrin by helicopter late on Tuesday after a sudden fall of snow "
        "cut off the only path; two are treated for frostbite, the mountain rescue service said",
        "The mountain rescue service calls for a warning system on Mount Orrin after the rescue of eleven hikers, "
        "who had set out in bright sunshine without maps, lamps or warm clothes",
    ),
]
STORIES = [story for family in FAMILIES for story in family]


def _cut(text: str, share: float, ending: str, inside_word: bool = False) -> str:
    place = int(len(text) * share)
    if not inside_word:
        place = text.rfind(" ", 0, place)
    return text[:place].rstrip(" ,") + ending


def variants(story: str) -> dict[str, str]:
    """The ways in which a portal prints one entry a second time."""
    found = {
        "same": story,
        "nfd": unicodedata.normalize("NFD", story),
        "entities": html.escape(story).replace("ó", "&oacute;").replace("à", "&agrave;").replace(" ", "&nbsp;", 1),
        "entities twice": html.escape(html.escape(story)),
        "upper": story.upper(),
        "title case": " ".join(word[:1].upper() + word[1:] for word in story.split()),
        "lower": story.lower(),
        "prefix": "VOV.VN - " + story,
        "prefix dash": "(VOV5) – " + story,
        "acronym": "TTO - " + story,
        "date": story + " 15/03/2026",
        "date and time": story + " (15/03/2026 08:30)",
        "weekday date": story + " | Thứ Ba, 15/03/2026, 08:30 GMT+7",
        "weekday in figures": story + " Thứ 6, 15/03/2026",
        "english weekday": story + " Sunday, March 15, 2026 - 8:30 pm",
        "machine date": story + " 2026-03-15T08:30:00+07:00",
        "english date": story + " - March 15, 2026",
        "ago": story + " 2 giờ trước",
        "ago english": story + " 3 hours ago",
        "date before": "15/03/2026 " + story,
        "updated before": "Cập nhật 15/03/2026 08:30 - " + story,
        "portal behind": story + " | VOV.VN",
        "read more": story + "... Read more",
        "zero width": story.replace(" ", "\u200b ").replace("a", "a\u00ad"),
        "spaces": "  " + story.replace(" ", " \n  ") + "\u00a0",
        "quotes": story.replace("'", "’") + ".",
        "tone": story.replace("Hoà", "Hòa").replace("Thủy", "Thuỷ"),
    }
    if len(story.split()) >= 12:
        found |= {
            "truncated": _cut(story, 0.6, "..."),
            "truncated in a word": _cut(story, 0.7, "…", inside_word=True),
            "truncated plainly": _cut(story, 0.75, ""),
            "truncated, prefix, NFD": unicodedata.normalize("NFD", "VOV.VN - " + _cut(story, 0.65, "…")),
            "words lost at the start": story.split(" ", 1)[1],
        }
    return found


POSITIVES = [
    (f"{kind}: {story[:30]}", story, changed) for story in STORIES for kind, changed in variants(story).items()
]
NEGATIVES = [
    (one, other)
    for family in FAMILIES
    for shift, (a, b) in enumerate(combinations(family, 2))
    for one in list(variants(a).values())[shift % 2 :: 2]
    for other in (b, "VOV.VN - " + b, b + " 15/03/2026", b.upper())
]


def test_variant_set_f1() -> None:
    missed = [name for name, a, b in POSITIVES if not same_entry(a, b)]
    merged = [pair for pair in NEGATIVES if same_entry(*pair)]
    true = len(POSITIVES) - len(missed)
    f1 = 2 * true / (2 * true + len(missed) + len(merged))
    assert len(POSITIVES) > 800
    assert len(NEGATIVES) > 1500
    assert f1 >= 0.99, (f1, missed, merged[:20])


def test_whole_page_in_any_order() -> None:
    page = [(k, text) for k, story in enumerate(STORIES) for text in list(variants(story).values())[::4]]
    page = page[::2] + page[1::2][::-1]
    groups = group_entries([text for _, text in page])
    assert sorted(i for group in groups for i in group) == list(range(len(page)))
    wrong = [group for group in groups if len({page[i][0] for i in group}) > 1]
    assert not wrong
    assert len(groups) <= 1.02 * len(STORIES)


def test_a_short_entry_does_not_join_two_long_ones() -> None:
    texts = ["Bão số 5 đổi hướng…", "Bão số 5 đổi hướng vào đất liền sáng nay", "Bão số 5 đổi hướng ra khơi xa tối qua"]
    assert group_entries(texts) == [[0, 2], [1]] or group_entries(texts) == [[0, 1], [2]]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("", ""),
        ("", "Bão số 5"),
        ("Iran", "Iran nuclear talks resume in Geneva"),
        ("Giá vàng hôm nay", "Giá vàng hôm nay 15/3 tăng mạnh"),
        ("Xổ số miền Bắc 15/03/2026", "Xổ số miền Bắc 16/03/2026"),
        ("😀😀", "😀😂"),
        ("Kết quả giải bóng đá hạng nhì tỉnh vòng 1", "Kết quả giải bóng đá hạng nhì tỉnh vòng 12"),
    ],
)
def test_not_the_same(a: str, b: str) -> None:
    assert not same_entry(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Talks with the US resume in Arlen after a week", "Talks with the United States resume in Arlen after a week"),
        ("15/03/2026", "15/03/2026"),
        ("البنك المركزي يرفع سعر الفائدة", "البنك المركزي يرفع سعر الفائدة…"),
        ("首相は新しい予算案を発表した", "首相は新しい予算案を…"),
        ("Xổ số miền Bắc 15/03/2026", "Xổ số miền Bắc 15/03/2026 18:30"),
        ("Xổ số miền Bắc 15/03/2026", "Xổ số miền Bắc - March 15, 2026"),
        ("Cầu mới thông xe 2 giờ trước", "Cầu mới thông xe 3 giờ trước"),
        ("At least 12 hurt as tram leaves the rails", "At least 12 hurt as tram leaves the rails near Old Market"),
    ],
)  # fmt: skip
def test_the_same(a: str, b: str) -> None:
    assert same_entry(a, b)


def test_hostile_sizes() -> None:
    for text in ("mon, ", "Thứ Hai, ", ", - ", "(gmt ", "15/3/26 ", "1:11 ", "(a) - ", "a.vn - ", "[", "… "):
        assert not same_entry(text * 2000, "Cầu mới thông xe sáng nay")
    long = "một hai ba bốn năm sáu bảy tám " * 10_000
    assert same_entry(long, long)
    assert not same_entry(long, "9" * 100_000)
    assert group_entries(["7 " * 1000, "7 " * 1000, "8"]) == [[0, 1], [2]]
    rows = [f"Kết quả vòng {i} của giải bóng đá tỉnh mùa {i + 7}" for i in range(1000)]
    assert len(group_entries(rows)) == 1000


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab1 .…-\u0301", max_size=40), max_size=12))
def test_groups_partition_the_entries(texts: list[str]) -> None:
    groups = group_entries(texts)
    assert sorted(i for group in groups for i in group) == list(range(len(texts)))
    assert groups == sorted(groups)


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_same_entry_is_symmetric(a: str, b: str) -> None:
    assert same_entry(a, b) == same_entry(b, a)


def test_blurb_matches_a_lead() -> None:
    for story in STORIES:
        if len(story.split()) >= 12:
            lead = f"HÀ NỘI (VOV) - {story}. Thêm một câu nữa cho đủ đoạn."
            for kind in ("same", "nfd", "entities", "truncated", "prefix", "date", "upper"):
                assert blurb_matches(variants(story)[kind], lead) >= BLURB_SHARE, (kind, story)
    for family in FAMILIES[:2]:
        assert blurb_matches(family[0], FAMILIES[2][0]) < 0.25
    assert blurb_matches(FAMILIES[0][0], FAMILIES[0][1]) == 0.0
    assert blurb_matches(FAMILIES[9][0], FAMILIES[9][1]) == 0.0
    assert blurb_matches("", "a b c") == 0.0
    assert blurb_matches("Thông xe", "Cầu mới thông xe sáng nay") == 1.0
