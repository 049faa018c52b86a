"""Normalisation: what two copies may differ in is gone afterwards, and nothing else is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.text.codepoints import CLASS_MASK, CODE_MASK, TONE_MOVES, WORD, decode, fold_codes, full_fold, quick_fold
from dedupe.text.exact import exact_hash
from dedupe.text.normalise import comparable, fold, is_agency_copy, normalise, without_prefix, words

# Letters whose folding is more than lower case: Vietnamese, German, Turkish, Greek, ligatures, marks, jamo, Thai.
TRICKY = "aAoOàÀòuỳ\u0301\u0300\u0323\u00ad\u200dßẞİıﬁ１ＡΣςǰ\u0345中の\u0e31\u0e01\u1100\u1161\u0654\u0627 -.,:()&;#x3"
TEXTS = st.one_of(st.text(max_size=60), st.text(alphabet=TRICKY, max_size=60))


@given(TEXTS)
@settings(max_examples=500, deadline=None)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert exact_hash(once) == exact_hash(text)


@given(st.text(alphabet="aAoàeê ßİuỳ中ǰệủ.,ớ", max_size=60))
@settings(max_examples=300, deadline=None)
def test_composed_and_decomposed_texts_are_equal(text: str) -> None:
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(unicodedata.normalize("NFC", text))


@given(TEXTS)
@settings(max_examples=500, deadline=None)
def test_table_folds_as_the_string_functions_do(text: str) -> None:
    plain = comparable(text)
    assert normalise(full_fold(plain)) == normalise(plain)
    if unicodedata.is_normalized("NFKC", plain):
        assert decode(fold_codes(plain) & CODE_MASK) == full_fold(plain)


PLAIN = st.text(alphabet="oOuUaeyàÀèỳỆđƠ…\u00a0 –_.,1", max_size=60)


@given(st.one_of(TEXTS, PLAIN, st.text(st.characters(codec="ascii"))))
@settings(max_examples=500, deadline=None)
def test_quick_folding_is_the_tables(text: str) -> None:
    quick = quick_fold(text)
    entries = fold_codes(text)
    assert quick is None or quick == decode(entries & CODE_MASK)
    assert quick is None or [c.isalnum() for c in quick] == list((entries & CLASS_MASK) == WORD)


def test_usual_short_texts_fold_quickly() -> None:
    assert quick_fold("“Hoà BÌNH”…") == "“hòa bình” "
    assert quick_fold("Straße") is quick_fold("中") is quick_fold("a\u0300") is None


@given(st.text(alphabet="ab àệ", min_size=1, max_size=40), st.data())
@settings(deadline=None)
def test_invisible_characters_do_not_part_words(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    hidden = data.draw(st.sampled_from("\u00ad\u200b\u200d\u2060\ufeff"))
    assert normalise(text[:place] + hidden + text[place:]) == normalise(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà bình, thuỷ lợi, khoẻ mạnh", "HÒA BÌNH – THỦY LỢI – KHỎE MẠNH"),
        ("the “long” bridge’s arch—closed", 'the "long" bridge\'s arch - closed'),
        ("Fish &amp; chips &#39;to go&#39;", "fish & chips 'to go'"),
        ("Fish &amp;amp; chips", "Fish & chips"),
        ("phát\u00a0triển bền vững…", "phát triển bền vững..."),
        ("Die Straße", "DIE STRASSE"),
        ("İstanbul", "istanbul"),
        ("ﬁve ½ m²", "five 1⁄2 m2"),
    ],
)
def test_copies_of_one_text_are_equal(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)
    assert exact_hash(one) == exact_hash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("up 5 percent", "up 6 percent"),
        ("ma", "mà"),
        ("😀😀", "😀"),
        ("中文", "文中"),
        ("a b", "ab"),
        ("they re", "there"),
    ],
)
def test_different_texts_stay_different(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)
    assert exact_hash(one) != exact_hash(other)


@pytest.mark.parametrize(
    "prefix",
    [
        "VOV.VN - ",
        "VOV.VN – ",
        "(VOVWORLD) - ",
        "(Dân trí) - ",
        "TTO - ",
        "[Báo Mẫu] — ",
        "example.com | ",
        "LONDON (Reuters) - ",
        "NEW YORK, Nov. 22 (AP) — ",
        "BEIJING, Nov. 22 (Xinhua) -- ",
        "Hanoi, Nov 22 (VNA) – ",
        "SAN FRANCISCO, Calif. — ",
        "VOV.VN - HÀ NỘI (TTXVN) - ",
        "\ufeffVOV.VN\u200b - ",
    ],
)
def test_source_prefixes_and_datelines_go(prefix: str) -> None:
    assert normalise(prefix + "The bridge opened today.") == "the bridge opened today"


@pytest.mark.parametrize(
    "text",
    [
        "The president (centre) said - well, nothing.",
        "A man - aged 50 - fell off the bridge.",
        "Ông Nam - giám đốc công ty - cho biết.",
        "He said: we will win.",
        "(VOV)",
        "Reuters",
    ],
)
def test_sentences_that_look_like_prefixes_stay(text: str) -> None:
    assert without_prefix(text) == text


def test_unspaced_scripts_have_a_word_a_character() -> None:
    assert words(normalise("東京で会う ok")) == ["東", "京", "で", "会", "う", "ok"]


def test_marks_belong_to_their_letters() -> None:
    assert words(normalise("हिन्दी में")) == ["हिन्दी", "में"]


def test_text_without_words_is_its_symbols() -> None:
    assert normalise(" 😀 \n🎉 ") == "😀🎉"
    assert normalise("  \n ") == ""
    assert normalise("— – !") == "—–!"


def test_lone_surrogates_and_control_characters_pass() -> None:
    assert words(normalise("a\ud800b\x00c")) == ["a", "b", "c"]


def test_every_tone_move_keeps_the_letters() -> None:
    def bare(text: str) -> str:
        return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))

    assert len(TONE_MOVES) == 15
    assert all(bare(old) == bare(new) and old != new for old, new in TONE_MOVES.items())


def test_fold_keeps_punctuation() -> None:
    assert fold("Hoà, BÌNH!") == "hòa, bình!"


@pytest.mark.parametrize(
    "text",
    [
        "HANOI (AFP) - A bridge opened.\n\nIt is long.",
        "A bridge opened.\n\nIt is long.\n\n(Theo TTXVN)",
        "A bridge opened.\n\nReporting by Jane Doe; editing by John Roe",
        "By Jane Doe, Associated Press\n\nA bridge opened.",
        "A bridge opened.\n\nCopyright 2026 The Associated Press. All rights reserved.",
        "Cầu mới thông xe.\nNguồn: TTXVN",
        unicodedata.normalize("NFD", "Cầu mới thông xe.\n\nTheo Thông tấn xã Việt Nam"),
    ],
)
def test_agency_copy_is_known_by_its_credit(text: str) -> None:
    assert is_agency_copy(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The minister told Reuters that the bridge is long.",
        "A bridge opened.\n\nThe AP-1 motorway leads to it.",
        "Anita tapped the map.\n\nThe end of it.",
        "First.\n\n(AFP) stands in the middle.\n\nLast.",
    ],
)
def test_a_mention_of_an_agency_is_no_credit(text: str) -> None:
    assert not is_agency_copy(text)


def test_ten_megabytes_fold() -> None:
    text = "&amp;amp; hoà bình ( - " * 440_000
    assert normalise(text) == " ".join(["hòa bình"] * 440_000)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أعلنت الحكومة اليوم إغلاق الميناء", "اعلنت الحكومه اليوم اغلاق الميناء"),
        ("آخر الأخبار على المستشفى", "اخر الاخبار علي المستشفي"),
        ("وَزيرُ الصِّحّةِ", "وزير الصحة"),
        ("الـــقاهرة", "القاهرة"),
        ("گزارش‌های کشوری از تهران", "گزارشهاي كشوري از تهران"),
        ("وزیراعظم نے کہا", "وزيراعظم نے كہا"),
    ],
)
def test_arabic_persian_and_urdu_spellings_of_a_word_are_one(one: str, other: str) -> None:
    assert normalise(one) == normalise(other) != ""
    assert normalise(normalise(one)) == normalise(one)
    assert exact_hash(one) == exact_hash(other)


def test_arabic_words_that_differ_in_more_than_spelling_stay_apart() -> None:
    assert normalise("كتاب") != normalise("كاتب")
    assert normalise("سلام") != normalise("شلام")
    assert normalise("گل") != normalise("كل")
