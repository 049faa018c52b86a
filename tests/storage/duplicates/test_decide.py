from __future__ import annotations

import os
import random
from datetime import UTC, datetime

import pytest

from dedupe.minhash.fingerprint import fingerprints
from dedupe.minhash.params import MinHashParams
from storage.articles import articles
from storage.database.store import Store
from storage.duplicates import band_index, decide, exact_claims
from storage.errors import StorageError
from storage.maintenance import repair
from storage.records import Article, article_id
from tests.storage.duplicates.writers import at_once, writers

WORDS = [f"{a}{b}" for a in ("ba", "cô", "du", "gi", "hạ", "la", "me", "nó", "pa", "ro") for b in range(300)]
# `make soak` sets it: the full number of forced collisions.
COLLISIONS = 2000 if os.environ.get("STORYKIN_SOAK") else 100


def story(seed: int, words: int = 240) -> list[str]:
    draw = random.Random(seed)
    return [draw.choice(WORDS) for _ in range(words)]


def article(url: str, words: list[str], **fields: object) -> Article:
    values = {"id": url, "url": url, "canonical_url": url, "portal": "p", "title": url, "text": " ".join(words)}
    return Article(**(values | fields))


def put(store: Store, *given: Article) -> list[decide.Decision]:
    return decide.decide(store, [one.id for one in articles.put_many(store, given, "r")])


def originals(store: Store) -> list[str]:
    return [stored.article.url for stored in articles.iterate(store, distinct=True)]


def edited(words: list[str], seed: int, places: int = 6) -> list[str]:
    """The story with a few words changed: at most three shingles of 240 a place."""
    draw = random.Random(f"edit {seed}")
    words = list(words)
    for place in draw.sample(range(len(words)), places):
        words[place] = f"thay{seed}x{place}"
    return words


def test_documents_just_inserted_are_decided_as_if_they_were_read(store: Store) -> None:
    put(store, article("https://a.example/1", story(1), published=datetime(2026, 3, 1, 12, 0, 0, 500, tzinfo=UTC)))
    late = datetime(2026, 3, 1, 12, 0, 0, 999, tzinfo=UTC)  # the same millisecond: MongoDB keeps no shorter time
    given = [
        article("https://b.example/1", story(1), published=late),
        article("https://b.example/2", edited(story(1), 2), published=late),
        article("https://b.example/3", story(2), published=late),
    ]
    inserted = articles.put_many(store, given, "r")
    ids = [one.id for one in inserted]
    fresh = decide.decide(store, ids, fresh={one.id: one.page for one in inserted})
    assert [one.duplicate.relation if one.duplicate else None for one in fresh] == ["exact", "near", None]
    stored = list(store.db["articles"].find({}, {"duplicate": 1, "story": 1, "judged": 1}).sort("_id", 1))
    assert fresh == decide.redecide(store, ids)
    assert list(store.db["articles"].find({}, {"duplicate": 1, "story": 1, "judged": 1}).sort("_id", 1)) == stored


def test_copies_are_found_by_relation_and_recorded_with_the_reason(store: Store) -> None:
    base = story(1)
    put(store, article("https://a.example/1", base))
    exact, near, part, other = put(
        store,
        article("https://b.example/1", base, portal="q"),
        article("https://b.example/2", edited(base, 2)),
        article("https://b.example/3", base[:90]),
        article("https://b.example/4", story(2)),
    )
    assert exact.duplicate
    assert near.duplicate
    assert part.duplicate
    assert other.duplicate is None
    assert [one.duplicate.relation for one in (exact, near, part) if one.duplicate] == ["exact", "near", "contained"]
    assert {one.duplicate.of for one in (exact, near, part) if one.duplicate} == {article_id("https://a.example/1")}
    assert not exact.duplicate.same_portal
    assert near.duplicate.same_portal
    assert exact.duplicate.score == 1.0
    assert near.duplicate.reason
    stored = articles.get(store, "https://b.example/3")
    assert stored
    assert stored.duplicate == part.duplicate


def test_deciding_again_changes_nothing(store: Store) -> None:
    base = story(3)
    first = put(store, article("https://a.example/1", base), article("https://a.example/2", edited(base, 1)))
    rows = list(store.db["fingerprints"].find())
    assert put(store, article("https://a.example/1", base), article("https://a.example/2", edited(base, 1))) == first
    assert list(store.db["fingerprints"].find()) == rows


def test_a_text_without_words_repeats_nothing(store: Store) -> None:
    decisions = put(store, *[article(f"https://a.example/{n}", []) for n in range(3)])
    assert [one.duplicate for one in decisions] == [None, None, None]


def test_a_changed_article_is_decided_anew(store: Store) -> None:
    base = story(4)
    put(store, article("https://a.example/1", base), article("https://a.example/2", story(5)))
    (changed,) = put(store, article("https://a.example/2", edited(base, 7)))
    assert changed.duplicate
    assert changed.duplicate.of == article_id("https://a.example/1")
    (back,) = put(store, article("https://a.example/2", story(6)))
    assert back.duplicate is None


def test_a_claim_of_a_text_that_its_holder_no_longer_has_is_taken_over(store: Store) -> None:
    base = story(7)
    put(store, article("https://a.example/1", base))
    put(store, article("https://a.example/1", story(8)))
    (second,) = put(store, article("https://a.example/2", base))
    (third,) = put(store, article("https://a.example/3", base))
    assert second.duplicate is None
    assert third.duplicate
    assert third.duplicate.of == article_id("https://a.example/2")


def test_short_text_in_two_long_ones_does_not_join_them(store: Store) -> None:
    dropped = 0
    for seed in range(8):
        short = story(20 + seed, 90)
        for name, extra in (("short", []), ("long1", story(40 + seed, 150)), ("long2", story(60 + seed, 150))):
            put(store, article(f"https://a.example/{seed}/{name}", short + extra))
        long_ones = [articles.get(store, f"https://a.example/{seed}/long{n}") for n in (1, 2)]
        assert not any(one.duplicate for one in long_ones if one)
        stub = articles.get(store, f"https://a.example/{seed}/short")
        dropped += bool(stub and stub.duplicate and stub.duplicate.kept_in)
    assert dropped == 8, "the short text stands in both"


def test_copies_of_one_text_stay_out_of_the_bands(store: Store) -> None:
    base = story(12)
    copies = [article(f"https://a.example/{n:04}", base) for n in range(450)]
    put(store, *copies)
    assert len(originals(store)) == 1
    assert store.db["fingerprints"].count_documents({}) == 1


def test_hot_bands_are_left_out_and_bound_the_work(store: Store) -> None:
    frame = story(13, 200)
    pages = [article(f"https://a.example/{n:04}", frame + story(1000 + n, 300)) for n in range(120)]
    put(store, *pages)
    entry = _entry(store, pages[0])
    asked = {entry.id: entry.keys}
    every = band_index.candidates(store, asked, cap=500, most=500)[entry.id]
    assert len(every) > 50, "the frame brought too few pages into one band to show anything"
    assert len(band_index.candidates(store, asked, cap=10, most=500)[entry.id]) < len(every)
    assert len(band_index.candidates(store, asked, cap=500)[entry.id]) == band_index.MOST_CANDIDATES


def test_query_that_meets_a_hot_band_starts_again_without_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = story(14, 300)
    pages = [article(f"https://a.example/{n:04}", edited(frame, n, 20)) for n in range(60)]
    put(store, *pages, article("https://b.example/1", story(15)))
    found = [_entry(store, pages[0]), _entry(store, article("https://b.example/1", story(15)))]
    entries = {entry.id: entry.keys for entry in found}
    plain = band_index.candidates(store, entries, cap=20)
    monkeypatch.setattr(band_index, "_READ_LIMIT", 25)
    assert band_index.candidates(store, entries, cap=20) == plain


def _entry(store: Store, page: Article) -> band_index.Entry:
    stored = articles.get(store, page.url)
    assert stored
    return band_index.entries_of([(stored.article.id, "", page.text, fingerprints([page.text])[0])])[0]


def test_rows_leave_the_index_when_the_window_has_passed(store: Store) -> None:
    put(store, article("https://a.example/1", story(1)))
    rows = store.db["fingerprints"]
    window = rows.index_information()["window"]
    assert (window["key"], window["expireAfterSeconds"]) == ([("at", 1)], 90 * 24 * 3600)
    row = rows.find_one()
    assert row
    assert isinstance(row["at"], datetime), "the server expires dates only"
    rows.delete_many({})
    (copy,) = put(store, article("https://a.example/2", story(1)))
    assert copy.duplicate, "an exact copy is found however old the text"


def test_other_parameters_in_the_database_are_an_error(store: Store) -> None:
    put(store, article("https://a.example/1", story(14)))
    stored = articles.put_many(store, [article("https://a.example/2", story(15))], "r")
    with pytest.raises(StorageError, match=r"128.*dedupe --all|dedupe --all.*128|other parameters"):
        decide.decide(store, [stored[0].id], MinHashParams(num_perm=128, bands=32, rows=4))


def test_what_a_killed_writer_left_holds_nobody_up_and_is_decided_when_it_comes_again(store: Store) -> None:
    """Killed after its claim, or after its row as well: the others go on, and know of its text all the same."""
    base = story(16)
    print_ = fingerprints([" ".join(base)])[0]
    for host, entered in (("a", False), ("b", True)):
        (orphan,) = articles.put_many(store, [article(f"https://{host}.example/1", base)], "r")
        exact_claims.claim(store, [(print_.exact, orphan.id)])
        if entered:
            band_index.put(store, band_index.entries_of([(orphan.id, orphan.content, " ".join(base), print_)]))
        near, twin = put(
            store, article(f"https://{host}.example/2", edited(base, 1)), article(f"https://{host}.example/3", base)
        )
        assert twin.duplicate
        assert near.duplicate is None or near.duplicate.relation == "near"
        decide.decide(store, [orphan.id])
        assert articles_judged(store)
        heads = {one.duplicate.of if one.duplicate else one.article.id for one in articles.iterate(store)}
        assert len(heads) == 1
        for name in ("articles", "fingerprints", "exact"):
            store.db[name].delete_many({})


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("count", [2, 4])
def test_twins_stored_at_once_leave_one_original(store: Store, count: int) -> None:
    """Every story comes in *count* variants, exact or edited, to as many processes at the same moment."""
    draw = random.Random(count)
    with writers(store.uri, count) as started:
        for first in range(0, COLLISIONS, 5):  # some alone, some in batches with their twins in another order
            stories = range(first, first + draw.choice([1, 5]))
            loads = []
            for writer in range(count):
                load = [
                    article(
                        f"https://w{writer}.example/{number}",
                        story(number) if number % 3 == 0 else edited(story(number), writer),
                    )
                    for number in stories
                ]
                draw.shuffle(load)
                loads.append(load)
            at_once(started, loads)
    kept = originals(store)
    numbers = [url.rpartition("/")[2] for url in kept]
    assert len(numbers) == len(set(numbers)), "a story has two originals"
    assert len(numbers) == len({stored.article.url.rpartition("/")[2] for stored in articles.iterate(store)})
    assert articles_judged(store)


def articles_judged(store: Store) -> bool:
    return store.db["articles"].count_documents({"$expr": {"$ne": ["$judged", "$content"]}}) == 0


def test_a_decision_says_where_the_two_texts_differ(store: Store) -> None:
    base = story(30)
    changed = [*base[:100], "hoàn", "toàn", "khác", *base[103:], "viết", "thêm"]
    put(store, article("https://a.example/2", [*changed, "và", "nữa"]))
    (found,) = put(store, article("https://a.example/1", base))
    assert found.duplicate
    text, of = " ".join(base), " ".join([*changed, "và", "nữa"])
    stretches = [
        (one.same, text[one.start : one.end].split(), of[one.of_start : one.of_end].split())
        for one in found.duplicate.spans
    ]
    assert [same for same, _, _ in stretches] == [True, False, True, False]
    assert stretches[1] == (False, base[100:103], ["hoàn", "toàn", "khác"])
    assert stretches[3] == (False, [], ["viết", "thêm", "và", "nữa"])
    assert repair.repair(store).changed == 0
    stored = articles.get(store, "https://a.example/1")
    assert stored
    assert stored.duplicate == found.duplicate


def test_batches_under_way_together_leave_one_original_of_each_story(store: Store) -> None:
    bases = [story(1000 + n) for n in range(200)]
    given = [article(f"https://a.example/{n}", bases[n]) for n in range(200)]
    given += [article(f"https://b.example/{n}", edited(bases[n], n)) for n in range(200)]
    decisions = put(store, *given)
    assert [one.id for one in decisions] == [article_id(one.url) for one in given]
    assert sum(one.duplicate is None for one in decisions) == 200
