"""Publication times as pages write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article.page.dates import locality, parse_time, read_time


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


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


@pytest.mark.parametrize(
    ("raw", "where", "moment"),
    [
        ("2016-11-07 04:16:13 PM EST", {}, utc(2016, 11, 7, 21, 16, 13)),
        ("2017-01-18T06:44-500", {}, utc(2017, 1, 18, 11, 44)),
        ("2017-01-18 06:44-5:00", {}, utc(2017, 1, 18, 11, 44)),
        ("2017-01-18 23:44 CET", {}, utc(2017, 1, 18, 22, 44)),
        ("2017-01-18 오후 3:04", {"url": "https://sinmun.example.kr/"}, utc(2017, 1, 18, 6, 4)),
        ("2017-1-7T6:4:0Z", {}, utc(2017, 1, 7, 6, 4)),
        ("1484783040", {}, utc(2017, 1, 18, 23, 44)),
        ("1484783040000", {}, utc(2017, 1, 18, 23, 44)),
        ("Jan 18, 2017 11:44 IST", {}, utc(2017, 1, 18, 6, 14)),
        ("Jan 18, 2017 11:44 IST", {"url": "https://news.example.il/"}, utc(2017, 1, 18, 9, 44)),
        ("July 18, 2017 11:44 AM PT", {}, utc(2017, 7, 18, 18, 44)),
        ("Publié le 05/03/2021 à 09h15 – Mis à jour le 06/03/2021", {"language": "fr"}, utc(2021, 3, 5, 9, 15)),
        ("2019年02月22日 14時30分 公開", {"url": "https://shinbun.example.jp/"}, utc(2019, 2, 22, 5, 30)),
        ("November 29, 2016: 3:42 PM ET", {}, utc(2016, 11, 29, 20, 42)),
        ("22/11/2021 - 04:30 - Fonte: Agência Costa", {"language": "pt"}, utc(2021, 11, 22, 4, 30)),
        ("١٢ مارس ٢٠٢١", {"language": "ar"}, utc(2021, 3, 12)),
        ("12 كانون الثاني/يناير 2021", {"language": "ar"}, utc(2021, 1, 12)),
        ("5 มี.ค. 2564 เวลา 14:30 น.", {"url": "https://khao.example.th/"}, utc(2021, 3, 5, 7, 30)),
        ("mardi 1er mars 2022 à 18 h 05", {"language": "fr"}, utc(2022, 3, 1, 18, 5)),
        ("2024-07-01 08:00", {"url": "https://blatt.example.de/"}, utc(2024, 7, 1, 6)),
        ("3 May 2024", {"url": "https://bao.example.vn/"}, utc(2024, 5, 3)),
    ],
)
def test_time_is_read_as_the_page_means_it(raw: str, where: dict[str, str], moment: datetime) -> None:
    assert parse_time(raw, **where) == moment


@pytest.mark.parametrize("language", ["de", "es", "it", "pt", "nl", "ru", "tr", "pl", "id", "ar", "fi", "cs", "fr"])
def test_the_day_comes_first_outside_english(language: str) -> None:
    assert parse_time("03/04/2017", language=language) == utc(2017, 4, 3)


def test_order_of_day_and_month_in_english_is_the_countrys_or_in_doubt() -> None:
    british = read_time("03/04/2017", locality("en", "", region="GB"))
    american = read_time("03/04/2017", locality("en", "", region="US"))
    unknown = read_time("03/04/2017", locality("en", "https://news.example.com/"))
    assert british is not None
    assert american is not None
    assert unknown is not None
    assert (british.moment, british.swapped) == (utc(2017, 4, 3), None)
    assert (american.moment, american.swapped) == (utc(2017, 3, 4), None)
    assert (unknown.moment, unknown.swapped) == (utc(2017, 3, 4), utc(2017, 4, 3))


def test_what_the_text_does_not_say_is_told() -> None:
    where = locality("", "https://shinbun.example.jp/")
    day, clock, zone = (read_time(raw, where) for raw in ("2024-05-03", "2024-05-03 10:00", "2024-05-03T10:00+09:00"))
    assert day is not None
    assert clock is not None
    assert zone is not None
    assert (day.clock, day.zoned) == (False, True)
    assert (clock.clock, clock.zoned) == (True, False)
    assert (zone.clock, zone.zoned) == (True, True)
    assert clock.moment == zone.moment


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


@pytest.mark.parametrize(
    ("raw", "hour"), [("2024-05-03 10:00", 14), ("ngày 3/5/2024 10:00", 14), ("10:00Z 3 May 2024", 10)]
)
def test_the_portals_zone_is_read_where_the_text_names_none_and_nothing_is_assumed(raw: str, hour: int) -> None:
    found = read_time(raw, locality("en", "https://news.example.de/", zone="America/New_York"))
    assert found is not None
    assert (found.moment, found.zoned) == (utc(2024, 5, 3, hour), True)
