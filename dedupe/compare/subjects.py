"""Whether two texts of one frame are about two subjects: another quake, city, verdict, draw or exchange rate.

A place is where a few words of one text stand instead of a few of the other. It tells the subjects apart if the titles
differ in the same words, or, without such titles, if it stands where a text says what it is about and holds a name or
a figure. A corrected word does neither.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence, Set, Sized
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher

from dedupe.compare.alignment import Block, align
from dedupe.compare.prefilter import has_telling, may_exchange_contents
from dedupe.compare.prepared import Prepared
from dedupe.text.codepoints import UNSPACED_RANGES
from dedupe.text.figures import abbreviates, is_figure

_PLACE = 8  # words; what is longer is another sentence, not another filling of the same
_CHARACTERS = 16  # of a script without blanks
_BRIDGE = 2  # characters that two names may share by chance inside one place
_ALIKE = 0.8  # spellings of one name; Gambia and Zambia have .83, but their titles say so
_SPELLED = 6  # letters of a name whose spelling was corrected
_LEAST_NAME = 2  # of a name; one ideograph in place of another is a corrected word
_CORRECTED = timedelta(hours=12)
"""One text with other figures within this time is a correction; bulletins come out once a day."""
_KEPT = 3
"""Figures that stay where one is corrected and times are unknown. Two to four fare alike on invented series; with one,
bulletins of a frame merge, and with six every second corrected copy is another bulletin again."""
_MANY, _THROUGHOUT = 3, 0.02
"""Least places, and places a word, with other subjects or figures all through a text; real copies stay below .008."""
_ADDED = 0.15  # of a text's words: an update that adds so much may also have other figures


@dataclass(frozen=True, slots=True)
class Place:
    """Where a few words of one text stand for a few of another."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    in_left: tuple[int, int]
    """Start and end among the words of the one text."""
    in_right: tuple[int, int]
    is_last: bool

    @property
    def size(self) -> int:
        """Words of the longer side."""
        return max(len(self.left), len(self.right))

    @property
    def has_figures(self) -> bool:
        """Whether other figures stand there."""
        return _exclusive(set(filter(_is_number, self.left)), set(filter(_is_number, self.right)))

    def stands_in(self, left: str, right: str) -> bool:
        """Whether its words stand in two texts whose words have a blank before and after each."""
        return f" {' '.join(self.left)} " in left and f" {' '.join(self.right)} " in right

    def __str__(self) -> str:
        return " / ".join(sorted((_spelled(self.left), _spelled(self.right))))


def other_subject(a: Prepared, b: Prepared, exchanged: float) -> str:
    """Return in which place two texts name two subjects; empty if they do not.

    :param exchanged: what :func:`dedupe.compare.prefilter.most_exchanged` returned of the two
    """
    if not _titles_part(a, b) and (exchanged < 1 or not _leads_part(a, b)):
        return ""
    blocks = align(a.words, b.words)
    places = list(_places(a.words, b.words, blocks))
    titled = [place for place in places if _is_titled(place, a, b)]
    leading = [place for place in places if not place.is_last and _tells(place, a, b)]
    telling = [*titled, *leading]
    exchanges = {(place.left, place.right) for place in places if place in telling or place.has_figures}
    if not _are_throughout(exchanges, a, b):
        if a.title and a.title_text == b.title_text:
            telling, places = ([one for one in some if one.has_figures] for some in (telling, places))
        if not _are_dense(telling, places, blocks):
            return ""
    if all(place.has_figures for place in telling) and (_is_corrected(exchanges, a, b) or _is_update(a, b, blocks)):
        return ""
    return min(map(str, titled or telling), default="")  # the same whichever text comes first


def lead_places(a: Prepared, b: Prepared) -> list[Place]:
    """Return where the first words of two texts without titles differ, if little else does."""
    if (a.title and b.title) or not (a.leads_otherwise(b) and b.leads_otherwise(a)):
        return []
    blocks = align(a.word_hashes.tolist(), b.word_hashes.tolist())
    differing = sum(_size(block) for block in blocks[1:-1] if not block.same)
    if differing > 2 * a.lead_size:
        return []
    places = [place for place in _places(a.words, b.words, blocks) if place.stands_in(a.lead, b.lead)]
    telling = [one for one in places if not (one.is_last or abbreviates(one.left, one.right) or _is_respelled(one))]
    return telling if 2 * sum(place.size for place in telling) >= differing else []


def _are_throughout(exchanges: Sized, a: Prepared, b: Prepared) -> bool:
    """Tell whether so many places hold other subjects or figures that no editing explains them."""
    return len(exchanges) >= max(_MANY, _THROUGHOUT * max(a.spaced_size, b.spaced_size))


def _are_dense(telling: Sequence[Place], places: Sequence[Place], blocks: Sequence[Block]) -> bool:
    """Tell whether most of the words that differ stand where the subjects do, or other figures."""
    exchanges = {(place.left, place.right) for place in telling}
    told = sum(place.size for place in places if (place.left, place.right) in exchanges or place.has_figures)
    return 2 * told >= sum(_size(block) for block in blocks[1:-1] if not block.same)


def _titles_part(a: Prepared, b: Prepared) -> bool:
    """Tell whether each title may name what the other text does not have."""
    if not a.title or not b.title or a.title == b.title:
        return False
    one, other = set(a.title_text), set(b.title_text)
    return _may_name(a, one - other) and _may_name(b, other - one)


def _may_name(page: Prepared, words: Set[str]) -> bool:
    """Tell whether one of the *words* of its title may stand in the text; a figure does as it is or not at all."""
    if not all(map(_is_number, words)):
        return True
    return any(word in page.text for word in words) or not unicodedata.is_normalized("NFKC", page.text)


def _leads_part(a: Prepared, b: Prepared) -> bool:
    """Tell whether each text's first words may hold a name or figure that those of the other do not."""
    leads = a.leads_otherwise(b, contents=True) and b.leads_otherwise(a, contents=True)
    return leads and may_exchange_contents(a, b, 1)


def _places(a: Sequence[str], b: Sequence[str], blocks: Sequence[Block]) -> Iterator[Place]:
    """Yield the places in which a few words stand for a few others, in order."""
    merged: list[Block] = []
    bridge: Block | None = None
    for block in blocks:
        if block.same:
            bridge = block
            continue
        near = bridge is not None and merged and bridge.a_end - bridge.a_start <= _BRIDGE
        if near and bridge and all(map(_is_unspaced, a[bridge.a_start : bridge.a_end])):
            merged[-1] = merged[-1]._replace(a_end=block.a_end, b_end=block.b_end)
        else:
            merged.append(block)
    for block in merged:
        left, right = a[block.a_start : block.a_end], b[block.b_start : block.b_end]
        most = _CHARACTERS if left and _is_unspaced(left[0]) else _PLACE
        if left and right and max(len(left), len(right)) <= most:
            in_left, in_right = (block.a_start, block.a_end), (block.b_start, block.b_end)
            is_last = block.a_end == len(a) and block.b_end == len(b)
            yield Place(tuple(left), tuple(right), in_left, in_right, is_last)


def _are_titled(a: Prepared, b: Prepared) -> bool:
    """Tell whether titles could say what two texts are about: one title for both says nothing."""
    return bool(a.title and b.title) and a.title_text != b.title_text


def _is_titled(place: Place, a: Prepared, b: Prepared) -> bool:
    """Tell whether the titles differ in what the texts differ in here."""
    if not a.title or not b.title or abbreviates(place.left, place.right):
        return False
    one, other = a.title_text, b.title_text
    return _names(one, other, place.left, place.right) and _names(other, one, place.right, place.left)


def _names(title: Sequence[str], other_title: Sequence[str], own: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether *title* names what only its *own* text has here."""
    if any(map(_is_unspaced, own)):
        name = "".join(own)
        return name in "".join(title) and name not in "".join(other_title)
    told = [word for word in own if word not in other]
    return any(
        any(_akin(word, one) for word in told)
        for one in title
        if not any(_akin(one, two) for two in other_title) and not any(_akin(one, two) for two in other)
    )


def _akin(one: str, other: str) -> bool:
    """Tell whether two words may be forms of one: an ending, an article or a particle more."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if _is_number(one) or _is_number(other) or len(shorter) < (2 if shorter[0] >= "\uac00" else 4):
        return False
    if shorter in longer:
        return True
    common = _common(shorter, longer)
    if "\u0590" <= shorter[0] <= "\u06ff":  # the particles of Hebrew and Arabic stand before a word
        common = max(common, _common(shorter[::-1], longer[::-1]) + 1)
    return common >= 4 and common >= 0.6 * len(longer)


def _common(one: str, other: str) -> int:
    """Return how many letters two words begin with alike."""
    return next((i for i, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), min(len(one), len(other)))


def _tells(place: Place, a: Prepared, b: Prepared) -> bool:
    """Tell whether a place where the texts say what they are about holds other figures or other names.

    In scripts without capitals any word may be a name: there, what stands in the first sentence is taken for one.
    """
    in_sentence = place.stands_in(a.first_sentence, b.first_sentence)
    if not in_sentence and not place.stands_in(a.lead, b.lead):
        return False
    if place.has_figures:
        return True
    if abbreviates(place.left, place.right) or _is_respelled(place):
        return False
    # Reading all of a text for its names takes longer than a look at the words that are asked for.
    told = has_telling(place.left, a.text) and has_telling(place.right, b.text)
    if told and _exclusive(a.names & set(place.left), b.names & set(place.right)):
        return True
    if place.in_left[0] == 0 == place.in_right[0] and a.first_word and b.first_word:
        return True
    return in_sentence and not _are_titled(a, b) and _may_be_names(place.left, place.right)


def _is_respelled(place: Place) -> bool:
    """Tell whether both sides may be one name in two spellings."""
    one, other = _spelled(place.left), _spelled(place.right)
    return min(len(one), len(other)) >= _SPELLED and SequenceMatcher(None, one, other).ratio() >= _ALIKE


def _may_be_names(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether words of a script without capitals are long enough for two names, and share no ideograph."""
    if any(word.upper() != word for word in (*one, *other)):
        return False
    return min(sum(map(len, one)), sum(map(len, other))) >= _LEAST_NAME and not _ideographs(one) & _ideographs(other)


def _ideographs(words: Sequence[str]) -> set[str]:
    return {word for word in words if word >= "\u3400" and _is_unspaced(word)}


def _is_corrected(exchanges: Sized, a: Prepared, b: Prepared) -> bool:
    """Tell whether one text is the other one with corrected figures: one of them, or under one title a few.

    Without times, one among others that are the same: the next bulletin has other figures in most of its places.
    """
    if a.published is None or b.published is None:
        return len(exchanges) == 1 and _keeps_figures(a, b)
    if abs(a.published - b.published) > _CORRECTED:
        return False
    return len(exchanges) == 1 or (a.title_text == b.title_text != [] and not _are_throughout(exchanges, a, b))


def _keeps_figures(a: Prepared, b: Prepared) -> bool:
    """Tell whether two texts share several figures, first words included, and each lacks at most one of the other."""
    one, other = (Counter(filter(is_figure, text.words)) for text in (a, b))
    kept = (one & other).total()
    if kept < _KEPT or min(one.total(), other.total()) > kept + 1:
        return False
    # Figures of a foot, such as a telephone number, stand under every bulletin.
    return any(map(is_figure, set(a.lead.split()) & set(b.lead.split())))


def _is_update(a: Prepared, b: Prepared, blocks: Sequence[Block]) -> bool:
    """Tell whether one text has so much more than the other that it went on with the story."""
    left = sum(block.a_end - block.a_start for block in blocks if not block.same)
    right = sum(block.b_end - block.b_start for block in blocks if not block.same)
    return abs(left - right) >= _ADDED * min(len(a.words), len(b.words))


def _size(block: Block) -> int:
    return max(block.a_end - block.a_start, block.b_end - block.b_start)


def _is_number(word: str) -> bool:
    return word[0].isdigit()


def _is_unspaced(word: str) -> bool:
    return len(word) == 1 and any(low <= ord(word) <= high for low, high in UNSPACED_RANGES)


def _spelled(place: Sequence[str]) -> str:
    return ("" if any(map(_is_unspaced, place)) else " ").join(place)


def _exclusive(one: set[str] | frozenset[str], other: set[str] | frozenset[str]) -> bool:
    return bool(one and other) and not one & other
