"""Bulletins that differ in many places at once are other stories; datelines, credits and corrections are not."""

from __future__ import annotations

from typing import get_args

import pytest

from tests.support.bulletin_scores import Titles, in_one_file, in_pairs, series_families
from tests.support.series import eastern, later, western

SERIES = {"first": (*western.SERIES, *eastern.SERIES), "later": later.SERIES}


@pytest.mark.parametrize("titles", get_args(Titles))
@pytest.mark.parametrize("which", SERIES)
def test_two_bulletins_of_a_series_are_two_stories_and_copies_are_one(which: str, titles: Titles) -> None:
    apart, merged = in_pairs(series_families(SERIES[which], titles, dated=True))
    assert apart >= 0.98
    assert merged >= 0.999


def test_without_times_one_corrected_figure_among_others_is_the_same_bulletin() -> None:
    # One copy in twelve has a corrected figure, and in a third of the series it stands in the first words.
    apart, merged = in_pairs(series_families(later.SERIES, "own", dated=False))
    assert apart >= 0.98
    assert merged >= 0.99


@pytest.mark.parametrize("titles", ["own", "none"])
def test_in_one_file_each_bulletin_has_its_copies_and_no_other(titles: Titles) -> None:
    apart, merged = in_one_file(series_families(later.SERIES, titles, dated=True))
    assert apart == 1
    assert merged >= 0.995
