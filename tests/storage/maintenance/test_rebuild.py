"""Fingerprints made anew: for other parameters, whole again after a kill, and no comparison of unlike ones between."""

from __future__ import annotations

import random
from typing import Any

import pytest

from dedupe.minhash.fingerprint import fingerprint
from dedupe.minhash.params import DEFAULT_PARAMS, MinHashParams
from dedupe.text.shingles import LEAD_KEYS
from storage.articles import articles
from storage.database.store import Store
from storage.duplicates import band_index, decide
from storage.duplicates.nearest import nearest
from storage.errors import StorageError
from storage.maintenance import rebuild, repair
from storage.records import Article

OTHER = MinHashParams(num_perm=128, bands=32, rows=4)


def article(name: str, seed: int, changed: str = "") -> Article:
    draw = random.Random(seed)
    text = " ".join(draw.choice(["cầu", "phà", "bến", "sông", "đò"]) + str(draw.randrange(900)) for _ in range(200))
    url = f"https://vov.example/{name}"
    return Article(id="", url=url, canonical_url=url, portal="vov", title=name, text=f"{text} {changed}".strip())


def put(store: Store, *given: Article) -> list[decide.Decision]:
    return decide.decide(store, [one.id for one in articles.put_many(store, given, "r")])


def decided(store: Store) -> dict[str, Any]:
    return {row["_id"]: row["duplicate"] and row["duplicate"]["of"] for row in store.db["articles"].find()}


def interrupted(*_: Any) -> None:
    raise KeyboardInterrupt


def test_all_rows_are_made_anew_and_the_next_articles_with_them(store: Store) -> None:
    put(store, *(article(f"a{n}", n) for n in range(5)), article("copy", 1, "thêm"), article("twin", 2))
    before = decided(store)
    rows = store.db["fingerprints"].count_documents({})
    assert rebuild.rebuild(store, OTHER) == rows
    assert band_index.params_of(store) == OTHER
    for row in store.db["fingerprints"].find():
        text = store.db["articles"].find_one({"_id": row["_id"]})["text"]
        assert (bytes(row["signature"]), len(row["bands"])) == (fingerprint(text, OTHER).signature, 32 + LEAD_KEYS)
    assert decided(store) == before
    (late,) = put(store, article("late", 3, "sau đó"))
    assert list(decided(store).values()).count(late.id) == 1, "the longer text heads the story by now"
    assert nearest(store, "", article("x", 4, "khác").text)[0].relation == "near"
    found = repair.repair(store)
    assert (found.clusters, found.duplicates) == (3, 3)


def test_killed_and_run_again_it_goes_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, *(article(f"a{n}", n) for n in range(9)))
    monkeypatch.setattr(rebuild, "_CHUNK", 2)
    signed = rebuild._sign
    calls = 0

    def killed(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        signed(*arguments)

    monkeypatch.setattr(rebuild, "_sign", killed)
    with pytest.raises(KeyboardInterrupt):
        rebuild.rebuild(store, OTHER)
    with pytest.raises(StorageError, match="dedupe --all --rebuild"):
        put(store, article("late", 20))
    assert rebuild.rebuild(store, OTHER) == 5
    assert {len(row["signature"]) for row in store.db["fingerprints"].find()} == {4 * 128}
    repair.repair(store)
    assert all(row["judged"] == row["content"] for row in store.db["articles"].find())


def test_killed_on_the_way_to_some_parameters_it_may_go_to_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, *(article(f"a{n}", n) for n in range(4)))
    with monkeypatch.context() as patch:
        patch.setattr(band_index, "end_rebuild", interrupted)
        with pytest.raises(KeyboardInterrupt):
            rebuild.rebuild(store, OTHER)
    assert rebuild.rebuild(store, DEFAULT_PARAMS) == 4
    assert {len(row["signature"]) for row in store.db["fingerprints"].find()} == {4 * 64}
    (late,) = put(store, article("late", 3, "sau đó"))
    assert list(decided(store).values()).count(late.id) == 1


def test_rows_without_their_text_are_dropped_and_decided_anew(store: Store) -> None:
    put(store, article("a", 1), article("b", 2), article("c", 3))
    articles.put_many(store, [article("a", 9)], "r")
    store.db["articles"].delete_one({"url": "https://vov.example/b"})
    rebuild.rebuild(store, OTHER)
    assert store.db["fingerprints"].count_documents({}) == 1
    repair.repair(store)
    assert store.db["fingerprints"].count_documents({}) == 2
    assert all(row["judged"] == row["content"] for row in store.db["articles"].find())


def test_parameters_of_a_later_version_are_refused_with_the_remedy(store: Store) -> None:
    store.db["meta"].insert_one({"_id": "fingerprints", "params": DEFAULT_PARAMS.to_json() | {"recipe": "w9"}})
    with pytest.raises(StorageError, match=r"recipe w9.*storykin dedupe --all --rebuild"):
        put(store, article("a", 1))
