"""Bulletins of one frame among texts that look like one story, told apart by the slot that each fills otherwise.

Of two texts that differ in one plain word, one may be the other with a correction. Of three that have three words in
one place of their lead, none is: the place is a slot of their frame, and its filling is what each is about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dedupe.clusters.clusters import Pair
from dedupe.compare.prepared import Prepared
from dedupe.compare.similarity import SAME_CONTAINMENT
from dedupe.compare.subjects import Place, lead_places

FILLINGS = 3
"""From so many words in one place on the place is a slot; a correction and a correction of it are rare."""


def without_bulletins(pairs: Sequence[Pair], prepared: Callable[[str], Prepared]) -> Sequence[Pair]:
    """Return *pairs*, those refused whose texts fill a slot of their frame with something else each.

    :param prepared: gives a text by its id
    """
    alike = [pair for pair in pairs if pair.relation != "exact" and SAME_CONTAINMENT <= pair.score < 1]
    if len(alike) < FILLINGS or not any(pair.relation for pair in alike):
        return pairs
    places = {(pair.a, pair.b): lead_places(prepared(pair.a), prepared(pair.b)) for pair in alike}
    fillings: dict[str, list[tuple[int, int, tuple[str, ...]]]] = {}
    for (a, b), found in places.items():
        for place in found:
            fillings.setdefault(a, []).append((*place.in_left, place.right))
            fillings.setdefault(b, []).append((*place.in_right, place.left))

    def is_slot(ident: str, start: int, end: int) -> bool:
        # What is wider holds a neighbour that differs as well, a correction beside the slot perhaps.
        others = {filling for first, last, filling in fillings[ident] if start <= first and last <= end}
        return len(others) + 1 >= FILLINGS

    def is_refused(pair: Pair) -> bool:
        found: Sequence[Place] = places.get((pair.a, pair.b), ())
        return any(is_slot(pair.a, *place.in_left) or is_slot(pair.b, *place.in_right) for place in found)

    return [replace(pair, relation=None) if pair.relation and is_refused(pair) else pair for pair in pairs]
