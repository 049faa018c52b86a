"""Publication times as pages write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article.page.dates import parse_time


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2025-08-26T22:35:00+07:00", utc(2025, 8, 26, 15, 35)),
        ("2016-12-27T10:00:00+0700", utc(2016, 12, 27, 3)),
        ("2016-12-27T10:00:00.1234567Z", utc(2016, 12, 27, 10, 0, 0, 123456)),
        ("2016-12-27 10:00", utc(2016, 12, 27, 10)),
        ("2016-1-2", utc(2016, 1, 2)),
        ("20161227", utc(2016, 12, 27)),
        ("Tue, 27 Dec 2016 10:00:00 GMT", utc(2016, 12, 27, 10)),
        ("December 27, 2016 10:00 AM EST", utc(2016, 12, 27, 15)),
        ("Published: Jan 3, 2017 | 5:00 pm", utc(2017, 1, 3, 17)),
        ("27. Dezember 2016, 10:00 Uhr", utc(2016, 12, 27, 10)),
        ("Thứ Ba, 22:35, 26/08/2025", utc(2025, 8, 26, 15, 35)),
        ("Thứ Ba, 22:35, 26/08/2025 |", utc(2025, 8, 26, 15, 35)),
        ("Chủ nhật, 3/9/2023, 06:05 (GMT+7)", utc(2023, 9, 2, 23, 5)),
        ("26/08/2025 22:35 (GMT+7)", utc(2025, 8, 26, 15, 35)),
        ("ngày 5 tháng 7 năm 2024 08h30", utc(2024, 7, 5, 1, 30)),
        ("26/08/2025 - 10:35 CH", utc(2025, 8, 26, 15, 35)),
    ],
)
def test_time_is_understood(raw: str, moment: datetime) -> None:
    assert parse_time(raw) == moment


def test_time_without_zone_is_indochina_time_on_vietnamese_pages() -> None:
    assert parse_time("2025-08-26 22:35", language="vi") == utc(2025, 8, 26, 15, 35)
    assert parse_time("26/08/2025 22:35", url="https://bao.example.vn/a") == utc(2025, 8, 26, 15, 35)
    assert parse_time("2025-08-26 22:35", language="de") == utc(2025, 8, 26, 22, 35)


@pytest.mark.parametrize("raw", ["", "2 hours ago", "hôm nay", "today 10:00", "12:30", "99/99/2025", "2025", "x" * 500])
def test_what_names_no_certain_day_is_none(raw: str) -> None:
    assert parse_time(raw) is None


@given(st.text(max_size=60))
def test_any_text_is_a_utc_time_or_none(raw: str) -> None:
    moment = parse_time(raw)
    assert moment is None or moment.tzinfo is UTC


@given(st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2099, 12, 30)))  # noqa: DTZ001
def test_vietnamese_form_comes_back(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0)
    read = parse_time(f"Thứ Hai, {moment:%H:%M}, {moment:%d/%m/%Y}")
    assert read is not None
    assert (read.timestamp() + 7 * 3600) == moment.replace(tzinfo=UTC).timestamp()
