"""An invented news corpus with known copies, of any size: what the benchmarks measure on.

Words are made of syllables, half of the articles Vietnamese-like, with frequencies of natural text (Zipf). One
article in five is a copy of an earlier one: the same, lightly edited, cut, extended, or under a dateline.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

COPIES = 0.2
KINDS = ("exact", "edited", "cut", "extended", "dateline")
_ENGLISH = [
    a + b + c for a in ("st", "br", "m", "t", "gl", "p", "r", "k") for b in "aeiou" for c in ("", "n", "r", "st", "ll")
]
_VIETNAMESE = [
    a + b + c
    for a in ("th", "ngh", "kh", "đ", "h", "tr", "v", "nh", "l", "b")
    for b in ("à", "á", "ư", "ơ", "ệ", "oà", "iế", "uỷ", "ạ", "ô")
    for c in ("", "n", "ng", "t")
]


def _vocabulary(generator: np.random.Generator, syllables: list[str], longest: int, size: int) -> np.ndarray:
    lengths = generator.integers(1, longest + 1, size)
    return np.array(["".join(generator.choice(syllables, length)) for length in lengths], dtype=object)


def articles(count: int, seed: int = 1, words: int = 400) -> Iterator[dict[str, str]]:
    """Yield *count* documents ``{id, text, kind, of}``; ``of`` is the id of the original of a copy."""
    generator = np.random.default_rng(seed)
    vocabularies = [
        _vocabulary(generator, _ENGLISH, 3, 30_000),
        _vocabulary(generator, _VIETNAMESE, 1, 7_000),
    ]
    # Zipf's law, by inversion: rank r with probability proportional to 1 / (r + 2.7)
    weights = [np.cumsum(1 / (np.arange(len(vocabulary)) + 2.7)) for vocabulary in vocabularies]
    recent: list[tuple[str, list[str]]] = []
    for number in range(count):
        ident = f"a{number:08d}"
        if recent and generator.random() < COPIES:
            origin, text = recent[generator.integers(len(recent))]
            kind = KINDS[generator.integers(len(KINDS))]
            yield {"id": ident, "text": _copy(generator, text, kind), "kind": kind, "of": origin}
            continue
        side = number % 2
        draws = generator.random(int(generator.integers(words // 2, words * 3 // 2))) * weights[side][-1]
        text = vocabularies[side][np.searchsorted(weights[side], draws)].tolist()
        yield {"id": ident, "text": _sentences(text), "kind": "", "of": ""}
        if len(recent) < 2000:
            recent.append((ident, text))
        else:
            recent[generator.integers(2000)] = (ident, text)


def _copy(generator: np.random.Generator, text: list[str], kind: str) -> str:
    words = list(text)
    if kind == "edited":
        for place in generator.integers(0, len(words), len(words) // 25):
            words[place] = words[generator.integers(len(words))]
    elif kind == "cut":
        words = words[: max(len(words) // 2, 80)]
    elif kind == "extended":
        words = words + list(generator.permutation(words))[: len(words) // 2]
    whole = _sentences(words)
    return f"LONDON (Agency) - {whole}" if kind == "dateline" else whole


def _sentences(words: list[str]) -> str:
    return "\n\n".join(
        ". ".join(
            " ".join(words[start : start + 15]).capitalize() for start in range(part, min(part + 60, len(words)), 15)
        )
        + "."
        for part in range(0, len(words), 60)
    )


def write_corpus(path: Path, count: int, seed: int = 1) -> None:
    """Write *count* articles as JSON Lines."""
    with path.open("w", encoding="utf-8") as stream:
        for article in articles(count, seed):
            stream.write(json.dumps(article, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    import sys

    write_corpus(Path(sys.argv[1]), int(sys.argv[2]))
