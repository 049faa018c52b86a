"""The compiled kernel gives the bits that numpy gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.minhash.fingerprint import sign
from dedupe.minhash.numpy_signer import Signed, sign_with_numpy
from dedupe.minhash.params import DEFAULT_PARAMS, MinHashParams

kernel = pytest.importorskip("dedupe.minhash.compiled", reason="needs numba: the extra fast")

WORDS = ["the", "old", "bridge", "was", "closed", "on", "Monday", "cầu", "hoà", "bình", "thuỷ"]
TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="ab àoỳuqÀ.\u0301\u00ad\u200d中ßİ😀\u0e31\ud800", max_size=80),
    st.lists(
        st.sampled_from(["the", "old", "bridge", "was", "closed", "on", "Monday", "cầu", "hoà", "bình", "thuỷ"]),
        max_size=60,
    ).map(" ".join),
)
PLAIN = MinHashParams(shingle_size=5, num_perm=128, bands=42, rows=3, recipe="plain1", seed=3)


def assert_equal(one: Signed, other: Signed) -> None:
    assert (one.words == other.words).all()
    assert (one.exact == other.exact).all()
    assert (one.signatures == other.signatures).all()
    assert (one.samples is None) == (other.samples is None)
    if one.samples and other.samples:
        assert (one.samples[0] == other.samples[0]).all()
        assert (one.samples[1] == other.samples[1]).all()


@given(st.lists(TEXTS, max_size=8), st.sampled_from([DEFAULT_PARAMS, PLAIN]), st.booleans())
@settings(max_examples=300, deadline=None)
def test_kernel_has_numpys_bits(texts: list[str], params: MinHashParams, samples: bool) -> None:
    assert_equal(kernel.sign_compiled(texts, params, samples), sign_with_numpy(texts, params, samples))


def test_long_and_odd_texts_in_several_batches() -> None:
    generator = np.random.default_rng(3)
    vocabulary = ["hoà", "THUỶ", "bridge", "ǰ", "x\u00ady", "東京", "😀", "3.5", "’s", "e\u0301t\u00e9"]
    texts = [" ".join(generator.choice(vocabulary[: 3 + number % 8], number * 7)) for number in range(150)]
    texts += ["", "word " * 40_000, "😀😀", " "]
    assert_equal(kernel.sign_compiled(texts, DEFAULT_PARAMS, True), sign_with_numpy(texts, DEFAULT_PARAMS, True))
    assert_equal(sign(texts), kernel.sign_compiled(texts, DEFAULT_PARAMS))
