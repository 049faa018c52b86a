"""Signatures: the same bits whoever makes them, on every machine; parameters that do not match are an error."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from datasketch import LeanMinHash, MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.minhash.fingerprint import fingerprint, fingerprints, sign
from dedupe.minhash.numpy_signer import sign_with_numpy, signatures_of
from dedupe.minhash.params import (
    DEFAULT_PARAMS,
    Fingerprint,
    MinHashParams,
    ParamsMismatchError,
    band_column,
    band_keys,
    estimate_jaccard,
    signature_array,
)
from dedupe.minhash.permutations import drawn, permutations
from dedupe.text.exact import exact_hash
from dedupe.text.normalise import normalise, words
from dedupe.text.shingles import shingle_hashes, word_hashes

WORDS = ["the", "old", "bridge", "was", "closed", "on", "Monday", "cầu", "hoà", "bình"]
TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="ab àoỳu.\u0301\u00ad中ßİ😀", max_size=80),
    st.lists(
        st.sampled_from(["the", "old", "bridge", "was", "closed", "on", "Monday", "cầu", "hoà", "bình"]), max_size=30
    ).map(" ".join),
)
SETS = st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=40), max_size=8)


def as_arrays(sets: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    flat = np.array([value for one in sets for value in one], dtype=np.uint32)
    return flat, np.cumsum([0, *map(len, sets)])


@given(SETS, st.sampled_from([1, 64, 128]), st.integers(1, 5))
@settings(max_examples=100, deadline=None)
def test_batches_have_datasketchs_bits(sets: list[list[int]], num_perm: int, seed: int) -> None:
    params = MinHashParams(num_perm=num_perm, bands=1, rows=1, seed=seed)
    own = signatures_of(*as_arrays(sets), params)
    for row, values in zip(own, sets, strict=True):
        oracle = MinHash(num_perm=num_perm, seed=seed, scheme="affine32", hashfunc=int)
        oracle.update_batch(values)
        assert (row == oracle.hashvalues).all()


@given(st.lists(TEXTS, max_size=6))
@settings(max_examples=150, deadline=None)
def test_single_texts_and_batches_agree(texts: list[str]) -> None:
    assert fingerprints(texts) == [fingerprint(text) for text in texts]


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_fingerprint_reads_the_words_of_the_normalised_text(text: str) -> None:
    found = fingerprint(text)
    assert found.words == len(words(normalise(text)))
    assert found.exact == exact_hash(text)
    assert found == fingerprint(normalise(text))


def test_signatures_stay_the_same_from_version_to_version() -> None:
    # Stored signatures depend on every bit: whoever changes this result needs a new recipe name.
    found = fingerprint("VOV.VN - Cầu Hoà Bình thông xe sáng nay, 3.000 người đến xem.")
    assert found.exact.hex() == EXACT
    assert signature_array(found.signature)[:4].tolist() == SIGNATURE
    assert found.bands[:2] == BANDS


EXACT = "35b7e03063b8ca0f8a3eb6ba47c9eb4a"
SIGNATURE = [225716940, 660612357, 555304357, 67308070]
BANDS = (4360056267001964826, -1689434869338017679)


def test_empty_text_resembles_nothing() -> None:
    empty = fingerprint(" \n ")
    assert empty.words == 0
    assert empty.bands == ()
    assert set(signature_array(empty.signature).tolist()) == {0xFFFFFFFF}
    assert estimate_jaccard(empty, empty) == 0
    assert fingerprints(["", "a b c"])[0] == empty


@pytest.mark.parametrize("text", ["one", "one two", "one two three", "😀", "中"])
def test_short_texts_have_one_shingle(text: str) -> None:
    _, offsets = shingle_hashes(word_hashes([text]), 3)
    assert offsets.tolist() == [0, 1]
    assert len(fingerprint(text).bands) == DEFAULT_PARAMS.bands


def test_short_texts_differ_from_their_beginnings() -> None:
    assert len({fingerprint(text).signature for text in ("a", "a b", "a b c", "b a", "a a")}) == 5


def test_signatures_work_in_datasketchs_own_index() -> None:
    found = fingerprint("The old bridge over the river was closed on Monday.")
    lean = LeanMinHash(seed=1, hashvalues=signature_array(found.signature), scheme="affine32")
    assert lean.jaccard(lean) == 1


def test_estimate_is_near_the_jaccard_similarity() -> None:
    generator = np.random.default_rng(5)
    sets = [generator.integers(0, 2**32, 1000, dtype=np.uint32) for _ in range(40)]
    mixed = [np.concatenate([one[:500], other[500:]]) for one, other in itertools.pairwise(sets)]
    flat = np.concatenate([*sets, *mixed])
    rows = signatures_of(flat, np.arange(80) * 1000, MinHashParams(num_perm=128, bands=1, rows=1))
    estimates = (rows[: len(mixed)] == rows[40:]).mean(axis=1)
    # 500 of 1,500 values are shared; the standard error of one estimate is .042, of the mean of 39 below .007.
    assert abs(estimates.mean() - 1 / 3) < 0.03


def test_band_keys_are_signed_and_mix_their_rows() -> None:
    signatures = np.array([[1, 2, 3] * 21 + [9], [3, 2, 1] * 21 + [9], [1, 2, 3] * 21 + [8]], dtype=np.uint32)
    keys = band_keys(signatures)
    assert keys.dtype == np.int64
    assert keys.shape == (3, 21)
    assert (keys < 0).any()
    assert not np.intersect1d(keys[0], keys[1]).size  # equal sums, other keys
    assert (keys[0] == keys[2]).all()  # the 64th value is in no band
    assert np.unique(keys[0]).size == 21  # the same values in another band make another key
    assert (band_column(signatures[:, 6:9], 2) == keys[:, 2]).all()


def test_unlike_parameters_are_an_error_that_names_both() -> None:
    other = MinHashParams(num_perm=128, bands=32, rows=4)
    with pytest.raises(ParamsMismatchError, match=r"64 permutations.*128 permutations") as raised:
        DEFAULT_PARAMS.require_equal(other)
    assert isinstance(raised.value, ValueError)
    assert raised.value.exit_code == 2
    with pytest.raises(ParamsMismatchError):
        estimate_jaccard(fingerprint("a b c"), fingerprint("a b c", other))


def test_parameters_survive_json() -> None:
    params = MinHashParams(num_perm=128, bands=32, rows=4, seed=7)
    assert MinHashParams.from_json(json.loads(json.dumps(params.to_json())) | {"later": 1}) == params
    assert MinHashParams.from_json({}) == DEFAULT_PARAMS


@pytest.mark.parametrize(
    "wrong",
    [
        {"shingle_size": 0},
        {"shingle_size": 99},
        {"bands": 22},
        {"rows": 0},
        {"num_perm": 0},
        {"scheme": "legacy"},
        {"recipe": "w0"},
    ],
)
def test_impossible_parameters_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        MinHashParams.from_json(wrong)


def test_many_texts_of_all_sizes_in_one_batch() -> None:
    texts = [
        "",
        "x",
        "word " * 70_000,
        "a b c d",
        "ﬁ" * 10,
        *(f"text number {number} of many" for number in range(500)),
    ]
    signed = sign_with_numpy(texts, samples=True)
    assert signed.words.tolist() == [len(words(normalise(text))) for text in texts]
    assert signed.samples is not None
    assert signed.samples[1].tolist()[-1] == signed.samples[0].size
    again = sign(texts[::-1])
    assert (again.signatures[::-1] == signed.signatures).all()


def test_fingerprint_is_what_storage_keeps() -> None:
    found = fingerprint("A bridge opened today.")
    assert isinstance(found, Fingerprint)
    assert (len(found.exact), len(found.signature)) == (16, 256)
    assert all(-(2**63) <= key < 2**63 for key in found.bands)


def test_permutations_kept_for_the_default_parameters_are_those_that_datasketch_draws() -> None:
    assert np.array_equal(np.stack(permutations(64, 1)), drawn(64, 1))
    assert (DEFAULT_PARAMS.num_perm, DEFAULT_PARAMS.seed) == (64, 1)
    assert np.stack(permutations(32, 1)).shape == (2, 32)
