"""What a selection is made of is checked with a sentence."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from dedupe.errors import InputError
from storage.database.store import Store
from storage.export.reader import StoreReader
from storage.export.selection import Selection, moment
from storage.records import DOUBTS

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2026-03-14", datetime(2026, 3, 14, tzinfo=UTC)),
        (date(2026, 3, 14), datetime(2026, 3, 14, tzinfo=UTC)),
        (datetime(2026, 3, 14, 7), datetime(2026, 3, 14, 7, tzinfo=UTC)),  # noqa: DTZ001 - what people write
        (datetime(2026, 3, 14, 7, tzinfo=timezone(timedelta(hours=7))), datetime(2026, 3, 14, tzinfo=UTC)),
        ("2026-03-14T07:00+07:00", datetime(2026, 3, 14, tzinfo=UTC)),
        (None, None),
    ],
)
def test_times_in_any_form(given: Any, meant: datetime | None) -> None:
    assert moment("since", given) == meant


@pytest.mark.parametrize("given", ["14.03.2026", "", 7, [2026], "0001-01-01T00:00+23:00", "9999-12-31T23:59-23:00"])
def test_no_time(given: Any) -> None:
    with pytest.raises(InputError, match=r"^published_from .* is no ISO date or time"):
        moment("published_from", given)


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ({"roles": ("copies",)}, r"no role 'copies', did you mean copy\?|no role 'copies'"),
        ({"quality": ("dates disagre",)}, "no doubt 'dates disagre', did you mean dates disagree\\?"),
        ({"without_quality": ("bogus",)}, r"no doubt 'bogus' \(doubts: any, not an article, empty, thin, "),
        ({"rights": ("tdm:reservd",)}, "no right 'tdm:reservd', did you mean tdm:reserved\\?"),
        ({"languages": ("EN",)}, "language 'EN' is no code such as 'en'"),
        ({"shortest": 100, "longest": 50}, "no text is at least 100 and at most 50 characters long"),
        (
            {"published_from": moment("", "2026-03-14"), "published_before": moment("", "2026-03-14")},
            "nothing is published from",
        ),
    ],
)
def test_conditions_that_nothing_meets(conditions: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Selection(**conditions)


def test_every_doubt_is_documented_and_raised_somewhere() -> None:
    table = dict(re.findall(r"^\| `([a-z ]+)` \| (.+) \|$", (ROOT / "docs" / "quality.md").read_text(), re.MULTILINE))
    assert {word: table.get(word) for word in DOUBTS} == DOUBTS
    code = "".join(path.read_text() for room in ("crawler", "storage/articles") for path in (ROOT / room).rglob("*.py"))
    assert [word for word in DOUBTS if f'"{word}"' not in code] == []


def test_arguments_of_the_reader(store: Store) -> None:
    reader = StoreReader(store)
    portal: Any = None
    with pytest.raises(InputError, match="None is neither a name nor a list of names"):
        reader.articles(portal=portal)
    with pytest.raises(InputError, match=r"fields are a list of names: \['title'\]"):
        reader.articles().to_arrow("title")
    assert len(reader.articles(published_from="2017-01-01", published_before=date(2027, 1, 1))) == 0
