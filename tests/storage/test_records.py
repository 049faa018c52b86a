"""Records convert to JSON values and back without loss."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.records import Article, Paragraph, RelatedStory, StoryFacts, article_id, utc_text

TIMES = st.none() | st.datetimes(timezones=st.just(UTC))
TEXTS = st.text(max_size=20)
RELATED = st.builds(
    RelatedStory,
    url=TEXTS,
    title=TEXTS,
    blurb=TEXTS,
    published=TIMES,
    position=st.integers(0, 9),
    place=st.just("inside"),
)
ARTICLES = st.builds(
    Article,
    id=TEXTS,
    url=TEXTS,
    aliases=st.lists(TEXTS, max_size=3).map(tuple),
    paragraphs=st.lists(st.builds(Paragraph, text=TEXTS, reason=TEXTS), max_size=3).map(tuple),
    published=TIMES,
    modified=TIMES,
    free_access=st.none() | st.booleans(),
    related=st.lists(RELATED, max_size=3).map(tuple),
)


@given(ARTICLES)
def test_round_trip_over_json(article: Article) -> None:
    """What goes out as JSON comes back equal."""
    assert Article.from_json(json.loads(json.dumps(article.to_json()))) == article


def test_unknown_keys_are_ignored_and_mandatory_ones_missed() -> None:
    """Files of a newer version open; a record without its id does not."""
    assert Article.from_json({"id": "1", "url": "u", "future": 1}) == Article(id="1", url="u")
    with pytest.raises(TypeError):
        Article.from_json({"url": "u"})


def test_null_is_a_value_only_where_it_may_stand() -> None:
    """Exports write null for an unknown text; the record has an empty one."""
    assert Article.from_json({"id": "1", "url": "u", "title": None, "published": None}) == Article(id="1", url="u")
    story = StoryFacts(original=None, most_complete="1")
    assert StoryFacts.from_json(story.to_json()) == story
    with pytest.raises(TypeError):
        StoryFacts.from_json({"original": "1", "most_complete": None})


def test_times_are_written_in_utc() -> None:
    """A zoned time is converted, a naive one refused."""
    assert utc_text(datetime(2026, 1, 2, 7, tzinfo=timezone(timedelta(hours=7)))) == "2026-01-02T00:00:00Z"
    with pytest.raises(ValueError, match="without timezone"):
        utc_text(datetime(2026, 1, 2))  # noqa: DTZ001 - the naive time is the case


def test_article_id_ignores_the_unicode_form() -> None:
    """NFC and NFD spellings of one address are one article."""
    url = "https://vov.example/tin-tức-1.vov"
    assert article_id(unicodedata.normalize("NFD", url)) == article_id(unicodedata.normalize("NFC", url))


def test_records_and_dedupe_load_no_driver() -> None:
    """Reading records or fingerprinting text needs neither Scrapy, pymongo nor trafilatura."""
    code = (
        "import sys, storage, storage.records, dedupe, crawler.cli\n"
        "heavy = {'pymongo', 'scrapy', 'trafilatura', 'datasketch', 'numba'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
