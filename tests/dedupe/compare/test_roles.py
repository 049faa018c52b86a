"""Roles in a story, and who published first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.compare.roles import ROLES, MemberText, dateline, is_earlier, role, when
from dedupe.text.days import has_time

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST = MemberText(published=NOON, portal="vov", size=1000)


@pytest.mark.parametrize(
    ("copy", "relation", "score", "wanted"),
    [
        (MemberText(published=NOON + HOUR, portal="tto", size=1000), "exact", 1.0, "copy"),
        (MemberText(published=NOON + HOUR, portal="tto", size=1000, agency=True), "exact", 1.0, "agency copy"),
        (MemberText(published=NOON + HOUR, portal="tto", size=1010), "near", 0.99, "copy"),
        (MemberText(published=NOON + HOUR, portal="tto", size=1000), "near", 0.9, "light edit"),
        (MemberText(published=NOON + HOUR, portal="tto", size=1400), "near", 1.0, "light edit"),
        (MemberText(published=NOON + HOUR, portal="tto", size=900, agency=True), "near", 0.9, "agency copy"),
        (MemberText(published=NOON + HOUR, portal="tto", size=300), "contained", 1.0, "partial quote"),
        (MemberText(published=NOON + HOUR, portal="tto", size=4000), "contained", 1.0, "partial quote"),
        (MemberText(published=NOON + HOUR, portal="vov", size=1400), "near", 1.0, "update"),
        (MemberText(published=NOON + HOUR, portal="vov", size=1400, agency=True), "near", 1.0, "update"),
        (MemberText(published=NOON - HOUR, portal="vov", size=1000), "near", 0.9, "light edit"),
        (MemberText(published=None, portal="vov", size=1000), "near", 0.9, "light edit"),
        (MemberText(published=NOON + HOUR, portal="vov", size=1000), "exact", 1.0, "copy"),
        (MemberText(published=NOON + HOUR, portal="tto", size=1000), "near", 0.1, "partial quote"),
    ],
)
def test_roles(copy: MemberText, relation: str, score: float, wanted: str) -> None:
    found = role(copy, FIRST, relation, score)
    assert found == wanted
    assert found in ROLES


def test_times_are_compared_whatever_their_zone() -> None:
    hanoi = MemberText(published=datetime(2026, 3, 14, 18, 30, tzinfo=timezone(7 * HOUR)))
    assert is_earlier(hanoi, FIRST), "18:30 in Hanoi is 11:30 UTC"
    assert not is_earlier(FIRST, hanoi)


def test_a_date_alone_is_not_first_over_a_time_of_its_day() -> None:
    day = MemberText(published=datetime(2026, 3, 13, 17, tzinfo=UTC), published_raw="14/03/2026")  # midnight in Hanoi
    assert is_earlier(FIRST, day)
    assert not is_earlier(day, FIRST)
    next_day = MemberText(published=NOON + 24 * HOUR)
    assert is_earlier(day, next_day)
    twin = MemberText(published=day.published, published_raw="14-3-2026")
    assert not is_earlier(day, twin)
    assert not is_earlier(twin, day)


TELLINGS = st.builds(
    MemberText,
    published=st.none() | st.datetimes(timezones=st.just(UTC)) | st.just(datetime.max.replace(tzinfo=UTC)),
    published_raw=st.sampled_from(["", "14/03/2026", "14/03/2026 05:30"]),
)


@given(TELLINGS, TELLINGS, TELLINGS)
def test_who_was_first_is_an_order(a: MemberText, b: MemberText, c: MemberText) -> None:
    assert max(a, b, c, key=when).published is None or all(one.published for one in (a, b, c))
    assert not (is_earlier(a, b) and is_earlier(b, a))
    assert not (is_earlier(a, b) and is_earlier(b, c)) or is_earlier(a, c)


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("Thứ bảy, 14/3/2026, 14:30 (GMT+7)", True), ("14h30, 14/03/2026", True), ("March 14, 2026 5 p.m.", True),
        ("20260314T0530Z", True), ("1773466200", True), ("14.03.2026", False), ("March 14, 2026", False),
        ("2026年3月14日", False), ("Thứ bảy, 14/3/2026", False),
    ],
)  # fmt: skip
def test_a_time_is_told_from_a_date(raw: str, *, wanted: bool) -> None:
    assert has_time(raw) is wanted


def test_datelines_are_found() -> None:
    assert dateline("Hà Nội (TTXVN) – Sáng nay, cầu mới thông xe.") == "Hà Nội (TTXVN)"
    assert dateline("Sáng nay, cầu mới thông xe.") == ""
    assert dateline("") == ""
