"""Repeated entries of one page, and a blurb against the text that it announces."""

from __future__ import annotations

import html
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from dedupe.text.codepoints import INVISIBLE_PATTERN
from dedupe.text.entry_ends import trim
from dedupe.text.figures import Capitals, abbreviates, capitals, is_figure, tokens
from dedupe.text.normalise import fold

CONTAINMENT = 0.55
"""Least share of the shorter entry's word-3-grams; unrelated English blurbs stay below .21."""
SHORT_WORDS = 8
"""Entries of fewer words are compared by equality and prefix: they have too few 3-grams to count."""
BLURB_SHARE = 0.5
"""From this value of :func:`blurb_matches` on, a blurb announces the text (negatives stay below .24)."""
_KEPT_LENGTH = 2000  # longest text of which the prepared entry is kept for the next comparison
_ALIGNED_WORDS = 400  # alignment is quadratic; an entry is 5 to 100 words long
_MOST_HEADS = 128  # entries that share one 3-gram: beyond it the 3-gram says nothing and is not looked up
_START = 4  # words by which an entry that begins another one is looked up


@dataclass(frozen=True)
class _Entry:
    """An entry prepared for comparison."""

    body: str  # without what stands at its ends
    words: tuple[str, ...]
    date: frozenset[str]  # numbers of a date that was appended or put before
    cut: bool  # ends in an ellipsis

    @cached_property
    def key(self) -> str:
        return " ".join(self.words)

    @cached_property
    def grams(self) -> frozenset[tuple[str, ...]]:
        return frozenset(_grams(self.words))

    @cached_property
    def _capitals(self) -> Capitals:
        return capitals(self.body)

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(_tokens(" ".join(self._capitals.inside)))

    @cached_property
    def perhaps_names(self) -> frozenset[str]:
        return frozenset(_tokens(" ".join(self._capitals.first)))

    @property
    def cased(self) -> bool:
        return self._capitals.telling


def _grams(words: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return zip(words, words[1:], words[2:], strict=False)


def _entry(text: str) -> _Entry:
    text = html.unescape(html.unescape(text))
    if not text.isascii():
        text = unicodedata.normalize("NFC", INVISIBLE_PATTERN.sub("", text))
    trimmed = trim(" ".join(text.split()))
    return _Entry(trimmed.body, _tokens(trimmed.body), trimmed.date, trimmed.cut)


_kept_entry = lru_cache(maxsize=64)(_entry)  # a page compares few blurbs with many paragraphs; pure


def _tokens(text: str) -> tuple[str, ...]:
    # Lower case first: what looks like a prefix in capitals was judged by trim().
    return tuple(tokens(fold(text.lower())))


def same_entry(a: str, b: str) -> bool:
    """Tell whether two entries of a page announce one story in the same words. One of three conditions is enough:

    - Both are equal after normalisation.
    - The shorter one has at least eight words, at least ``CONTAINMENT`` of its word-3-grams stand in the other one, and
      no figure or name is replaced by another.
    - The longer one begins with the shorter one.

    >>> same_entry("VOV.VN - Hà Nội khởi công tuyến đường sắt mới", "Hà Nội khởi công tuyến đường sắt…")
    True
    >>> same_entry("Giá vàng 15/3 tăng lên 68,5 triệu đồng", "Giá vàng 16/3 tăng lên 68,9 triệu đồng")
    False
    """
    return _same(*(_entry(text) if len(text) > _KEPT_LENGTH else _kept_entry(text) for text in (a, b))) > 0


def _same(a: _Entry, b: _Entry) -> float:
    """Return the containment of the shorter entry in the other, 0 where they are two stories."""
    if not a.words or not b.words or _dates_differ(a.date, b.date):
        return 0.0
    if a.key == b.key:
        return 1.0
    short, long = sorted((a, b), key=lambda entry: (len(entry.words), entry.key))
    if _is_prefix(short, long):
        return 1.0
    if len(short.words) < SHORT_WORDS:
        return 0.0
    share = len(short.grams & long.grams) / len(short.grams)
    return share if share >= CONTAINMENT and not _conflict(short, long) else 0.0


def _dates_differ(a: frozenset[str], b: frozenset[str]) -> bool:
    """Two dates at the ends tell two days of one column apart; one may be less exact than the other."""
    return bool(a) and bool(b) and not a <= b and not b <= a


def _is_prefix(short: _Entry, long: _Entry) -> bool:
    """An entry that was cut: its words begin the other one, the last word perhaps only in part."""
    count = len(short.words)
    enough = 2 if short.cut else 5
    if count < enough or short.words[: count - 1] != long.words[: count - 1]:
        return False
    last, other = short.words[-1], long.words[count - 1]
    return last == other or (short.cut and other.startswith(last))


def _conflict(short: _Entry, long: _Entry) -> bool:
    """Tell whether the two differ by figures or names put in place of each other, as stories of one template do."""
    a, b = short.words[:_ALIGNED_WORDS], long.words[:_ALIGNED_WORDS]
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    only_a: Counter[str] = Counter()
    only_b: Counter[str] = Counter()
    for position, (tag, a0, a1, b0, b1) in enumerate(blocks):
        last = position == len(blocks) - 1
        if tag == "equal" or (tag != "replace" and (position == 0 or last)):
            continue
        if last and short.cut and a1 - a0 == 1 and b0 < b1 and b[b0].startswith(a[a0]):
            continue  # cut inside a word or a figure
        if tag == "replace" and _names_differ(short, a[a0:a1], long, b[b0:b1]):
            return True
        only_a.update(filter(is_figure, a[a0:a1]))
        only_b.update(filter(is_figure, b[b0:b1]))
    return bool(only_a - only_b) and bool(only_b - only_a)


def _names_differ(one: _Entry, a: Sequence[str], other: _Entry, b: Sequence[str]) -> bool:
    """Tell whether a name stands in the place of another; where capitals say nothing, any word may be a name."""
    a_sure, b_sure = one.names.intersection(a), other.names.intersection(b)
    a_perhaps = a_sure | one.perhaps_names.intersection(a) if one.cased else set(a)
    b_perhaps = b_sure | other.perhaps_names.intersection(b) if other.cased else set(b)
    if (a_sure and b_perhaps) or (a_perhaps and b_sure) or not (one.cased or other.cased):
        return not abbreviates(a, b)
    return False


def group_entries(texts: Sequence[str]) -> list[list[int]]:
    """Group the entries of one page that say the same.

    :return: every index of *texts* once, ascending in each group, groups by their first index. Every entry of a
        group is the same as the group's longest one; a short entry that fits two groups joins one of them.

    >>> group_entries(["Đường sắt đô thị mới", "Bão số 5 đổi hướng", "ĐƯỜNG SẮT ĐÔ THỊ MỚI"])
    [[0, 2], [1]]
    """
    entries = [_entry(text) for text in texts]
    order = sorted(range(len(texts)), key=lambda i: (-len(entries[i].words), entries[i].key, i))
    frequency = Counter(gram for entry in entries for gram in entry.grams)
    heads = _Heads(frequency)
    groups: dict[int, list[int]] = {}
    for i in order:
        head = heads.find(entries[i])
        if head is None:
            heads.add(i, entries[i])
            groups[i] = [i]
        else:
            groups[head].append(i)
    return sorted(sorted(group) for group in groups.values())


class _Heads:
    """An exact inverted index of the longest entry of each group."""

    def __init__(self, frequency: Counter[tuple[str, ...]]) -> None:
        self._frequency = frequency
        self._entries: dict[int, _Entry] = {}
        self._by_key: dict[str, list[int]] = defaultdict(list)
        self._by_gram: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._by_start: dict[tuple[str, ...], list[int]] = defaultdict(list)

    def add(self, index: int, entry: _Entry) -> None:
        self._entries[index] = entry
        self._by_key[entry.key].append(index)
        for gram in entry.grams:
            self._by_gram[gram].append(index)
        for size in range(1, min(_START, len(entry.words)) + 1):
            self._by_start[entry.words[:size]].append(index)

    def find(self, entry: _Entry) -> int | None:
        """Return the head that *entry* belongs to: the one that holds most of it, the first of equals."""
        scores = [(_same(entry, self._entries[i]), -i) for i in self._candidates(entry)]
        best = max(scores, default=(0.0, 0))
        return -best[1] if best[0] > 0 else None

    def _candidates(self, entry: _Entry) -> set[int]:
        found = set(self._by_key.get(entry.key, ())[:_MOST_HEADS])
        whole = entry.words[: len(entry.words) - entry.cut][:_START]  # the last word of a cut entry may be a part
        starts = self._by_start.get(whole, ())
        found.update(starts if len(starts) <= _MOST_HEADS else ())
        # An entry that shares CONTAINMENT of its n 3-grams shares one of any n - ceil(CONTAINMENT n) + 1 of them:
        # looking up the rarest ones loses nothing.
        rare = sorted(entry.grams, key=lambda gram: (self._frequency[gram], gram))
        needed = -int(-CONTAINMENT * len(rare) // 1)
        for gram in rare[: len(rare) - needed + 1]:
            heads = self._by_gram.get(gram, ())
            if len(heads) <= _MOST_HEADS:
                found.update(heads)
        return found


def blurb_matches(blurb: str, text: str) -> float:
    """Return the share of the blurb's word-3-grams that *text* has, in [0, 1]; from ``BLURB_SHARE`` on it announces it.

    0 where the blurb is empty or where most of its figures are not in *text*: then it announces another story of the
    same template. A blurb of fewer than three words counts as wholly in or out. Give an article's lead as *text* to
    ask whether the blurb is its lead.

    >>> blurb_matches("Giá vàng tăng mạnh sáng nay", "VOV.VN - Giá vàng tăng mạnh sáng nay tại Hà Nội.")
    1.0
    """
    short = _entry(blurb)
    words = tokens(fold(text))
    if not short.words:
        return 0.0
    numbers = [word for word in short.words if is_figure(word)]
    if numbers and 2 * len(set(numbers) & set(words)) < len(set(numbers)):
        return 0.0
    if not short.grams:
        size = len(short.words)
        return float(any(tuple(words[i : i + size]) == short.words for i in range(len(words) - size + 1)))
    return len(short.grams.intersection(_grams(words))) / len(short.grams)
