"""Bulletins of one frame about several subjects are several stories; their true copies are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from dedupe.compare.similarity import compare, prepare
from tests.support.bulletins import FRESH, JUDGED, TUNED, UNSEEN, Frame

EVERY = [*TUNED, *JUDGED, *UNSEEN, *FRESH]
HALVES = {"tuned": TUNED, "judged": JUDGED, "unseen": UNSEEN, "fresh": FRESH}
SMALL_LETTERS = {"en prices", "en recall"}
"""Frames whose subject is a common noun: of two texts without titles, one may be the other with a corrected word."""


@pytest.mark.parametrize("frame", EVERY, ids=lambda frame: frame.name)
@pytest.mark.parametrize("headline", [False, True], ids=["same title", "other headline"])
def test_bulletins_about_other_subjects_are_other_stories(frame: Frame, headline: bool) -> None:
    pages = frame.bulletins()
    for one, other in combinations(range(len(pages)), 2):
        title, text = pages[other]
        if headline:
            title = frame.headline.format(*frame.fillings[other])
        verdict = compare(prepare(pages[one][1], pages[one][0]), prepare(text, title))
        assert verdict.relation is None, (pages[one][0], title, verdict.reason)


@pytest.mark.parametrize("frame", EVERY, ids=lambda frame: frame.name)
def test_copies_of_a_bulletin_are_one_story_with_and_without_titles(frame: Frame) -> None:
    for number, (title, text) in enumerate(frame.bulletins()):
        for kind, other_title, other in frame.copies(number):
            verdict = compare(prepare(text, title), prepare(other, other_title))
            assert verdict.relation, (kind, title, verdict.reason)
            if (frame.name, kind.partition(",")[0]) != ("ar court", "corrected"):  # in the first sentence; see below
                assert compare(prepare(text), prepare(other)).relation, (kind, title)


@pytest.mark.parametrize("half", HALVES)
def test_bulletins_without_titles_are_told_apart_by_their_first_sentence(half: str) -> None:
    apart = [
        compare(prepare(one), prepare(other)).relation is None
        for frame in HALVES[half]
        if frame.name not in SMALL_LETTERS
        for (_, one), (_, other) in combinations(frame.bulletins(), 2)
    ]
    assert sum(apart) >= 0.97 * len(apart)


def test_in_scripts_without_capitals_a_correction_in_the_first_sentence_looks_like_another_subject() -> None:
    # Known: without titles, and of two texts, nothing tells a corrected word there from another name.
    frame = next(frame for frame in FRESH if frame.name == "ar court")
    title, text = frame.bulletins()[0]
    corrected = text.replace(*frame.correction)
    assert compare(prepare(text), prepare(corrected)).relation is None
    assert compare(prepare(text, title), prepare(corrected, title)).relation


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (
            "公园周一起免费开放，市民入园游览热情较高。园方增派人手维持秩序，并在湖边设置了休息座椅供老人使用。",
            "较高",
            "高涨",
        ),
        (
            "Police in the harbour town closed the old bridge on Monday. Divers will look at its piles today.",
            "closed",
            "shut",
        ),
        (
            "Der Hafen bleibt am Montag geschlossen, wie die Behörde mitteilte. Taucher sehen sich die Pfähle an.",
            "Der",
            "Dieser",
        ),
    ],
    ids=["a shared ideograph", "a word in small letters", "the first word, too short for a name"],
)
def test_a_corrected_word_of_the_first_sentence_is_no_subject(text: str, old: str, new: str) -> None:
    assert compare(prepare(text), prepare(text.replace(old, new))).relation


@pytest.mark.parametrize("frame", EVERY, ids=lambda frame: frame.name)
def test_different_titles_never_merge_what_is_apart_without_titles(frame: Frame) -> None:
    pages = frame.bulletins()
    for (title, text), (other_title, other) in combinations(pages, 2):
        if compare(prepare(text), prepare(other)).relation is None:
            assert compare(prepare(text, title), prepare(other, other_title)).relation is None


RATE = (
    "The crown closed at {} to the euro after quiet trading. Dealers said that most banks waited for the figures on "
    "inflation that are due next week. Exporters sold small amounts at noon and left for the long weekend."
)
DAY = datetime(2026, 3, 4, 16, tzinfo=UTC)


@pytest.mark.parametrize(("hours", "same"), [(2, True), (24, False), (None, False)])
def test_under_one_title_other_figures_are_a_correction_within_hours_only(hours: int | None, same: bool) -> None:
    later = None if hours is None else DAY + timedelta(hours=hours)
    one = prepare(RATE.format("25.31"), "Crown at the close", DAY)
    other = prepare(RATE.format("25.37"), "Crown at the close", later)
    assert bool(compare(one, other).relation) is same


@pytest.mark.parametrize(("hours", "same"), [(2, True), (24, False), (None, False)])
@pytest.mark.parametrize("titles", [("Crown at 25.31", "Crown at 25.37"), ("", "")], ids=["other titles", "no titles"])
def test_one_other_figure_is_a_correction_within_hours_only(
    titles: tuple[str, str], hours: int | None, same: bool
) -> None:
    later = None if hours is None else DAY + timedelta(hours=hours)
    one, other = prepare(RATE.format("25.31"), titles[0], DAY), prepare(RATE.format("25.37"), titles[1], later)
    assert bool(compare(one, other).relation) is same


FIRE = (
    "A fire in a mill at 14 Tanner Row hurt {} people on Tuesday night. The alarm was raised at ten by a night porter, "
    "and 112 firefighters of six brigades fought the flames until dawn. The mill, built in 1893, had stood empty for "
    "years; its owner had asked the council for leave to pull it down."
)
DONORS = (
    "Stocks of blood group A have fallen to {} percent of what the hospitals of the valley need. The blood service "
    "asks all who are well to give. Those who cannot come in the week may do so on Saturday. Call 555 01 99, or write "
    "to PO box 31, Vallory."
)


@pytest.mark.parametrize("title", ["{} hurt in mill fire", "Mill fire", ""])
def test_without_times_one_other_figure_among_several_is_a_correction(title: str) -> None:
    one, other = (prepare(FIRE.format(count), title.format(count)) for count in (23, 24))
    assert compare(one, other).relation


@pytest.mark.parametrize("title", ["Blood stocks at {} percent", "Blood stocks", ""])
def test_figures_under_every_bulletin_make_none_a_correction(title: str) -> None:
    one, other = (prepare(DONORS.format(share), title.format(share)) for share in (41, 63))
    assert compare(one, other).relation is None


AIR = (
    "{} had an air quality index of {} at noon, {} than the {} of the day before, and the worst of its {} stations was "
    "{}.{} An index of 0 to 50 is good, 51 to 100 fair, 101 to 200 moderate, 201 to 300 poor, above 300 bad. Doctors "
    "advise people with asthma to stay indoors in the morning and to keep their windows closed."
)
CLAUSE = " Lorries are kept out of the inner ring until the wind turns, and pupils of lower classes may stay at home."


def test_figures_and_names_all_through_a_text_are_another_bulletin_at_any_time_and_with_a_clause_more() -> None:
    one = prepare(AIR.format("Vallory", 341, "far higher", 218, 38, "the old corn market", CLAUSE), "Air quality", DAY)
    other = prepare(AIR.format("Ostwick", 164, "a little lower", 187, 4, "the harbour", ""), "Air quality", DAY)
    assert compare(one, other).relation is None


def test_a_byline_in_ideographs_is_no_first_sentence() -> None:
    text = "港口委员会周二在市政厅召开会议，讨论新税方案。会议开了四个小时，最终通过了初步决议，听证会将在下个月举行。"
    assert compare(prepare(f"晚报讯 {text}"), prepare(f"来源：港务局（记者 王平）\n\n{text}")).relation


def test_an_update_with_another_figure_that_adds_to_the_story_is_the_same_story() -> None:
    text = RATE.format("25.31")
    added = " The central bank said that it had not bought or sold currency since the summer and saw no reason to."
    update = prepare(RATE.format("25.37") + added, "Crown closes at 25.37")
    assert compare(prepare(text, "Crown closes at 25.31"), update).relation


def test_a_name_in_another_spelling_is_a_correction() -> None:
    text = "The mayor of Ostwick, Jan Kowalczyk, opened the bridge on Monday. Children were the first to cross it."
    assert compare(prepare(text), prepare(text.replace("Kowalczyk", "Kowalczik"))).relation


@pytest.mark.parametrize(
    "text",
    ["港口委员会周二在市政厅召开会议，讨论新税方案。会议开了四个小时，最终通过了初步决议，听证会将在下个月举行。"],
)
def test_near_copies_in_scripts_without_blanks_need_no_titles(text: str) -> None:
    assert compare(prepare(text), prepare(text.replace("四个小时", "四个钟头"))).relation
