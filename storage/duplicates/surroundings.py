"""The stored articles that one story may be made of: those that are linked with each other, over any number of steps.

A new article is linked with what its keys in the index find and its text repeats. Of articles decided before, links
are recorded: with the head of their story, with the holder of their exact text, and ``beside`` it with texts of another
story. So each pair is found once, by the one that came later. Where other writers were at work at the same time, what
is recorded may lack some of it, and the index is asked for every article.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dedupe.clusters.constraints import Couple, couple
from storage.duplicates import band_index, manual_decisions
from storage.duplicates.comparisons import Comparisons
from storage.duplicates.manual_decisions import HandDecision

if TYPE_CHECKING:
    from storage.database.store import Store

LARGEST = 64
"""Texts of a component that are all looked at; of a larger one only the nearest: live tickers, notices of a portal."""
_COPIES = 1000
"""Recorded members read at once: a text may be copied a million times."""


@dataclass(slots=True)
class Component:
    """Articles linked with each other."""

    ids: set[str] = field(default_factory=set)
    couples: set[Couple] = field(default_factory=set)
    """Those that share keys of the index, or an exact text."""
    decided: list[HandDecision] = field(default_factory=list)
    """By hand, oldest first."""
    texts: int = 0
    """How many of them hold their own text."""

    @property
    def is_whole(self) -> bool:
        """Whether all that is linked was looked at."""
        return self.texts <= LARGEST


class Surroundings:
    """What lies around the articles of one batch."""

    def __init__(self, store: Store, texts: Comparisons) -> None:
        self._store = store
        self._texts = texts
        self._any_by_hand = store.db["decisions"].find_one({}, {"_id": 1}) is not None

    def around(
        self,
        seeds: Collection[str],
        twins: Mapping[str, str],
        keys: Mapping[str, Collection[int]],
        *,
        fresh: Collection[str] = (),
        again: bool = False,
    ) -> list[Component]:
        """Return the components of *seeds*, whose articles are loaded; one may stand alone in its own.

        :param twins: article that holds the exact text of another
        :param keys: of seeds that were just put into the index
        :param fresh: seeds of which nothing is recorded yet
        :param again: read the articles anew, and ask the index for each of them
        """
        growth = _Growth()
        ahead = set(seeds)
        while ahead:
            self._texts.load(ahead, again=again)
            growth.ask(ahead)
            ahead = {key for key in ahead if self._texts.article(key)}
            held = {key: twin for key in ahead if (twin := twins.get(key) or self._twin(key))}
            growth.add(ahead, ahead - held.keys())
            known = {key: keys[key] for key in ahead & keys.keys()}
            if again:
                known |= band_index.keys_of(self._store, ahead - known.keys() - held.keys())
            shared = band_index.candidates(self._store, known) if known else {}
            found = {couple(key, other) for key, others in shared.items() for other in others}
            found |= {couple(*pair) for pair in held.items()} | self._recorded(growth, ahead.difference(fresh))
            self._compare(growth, found)
            ahead = growth.ahead()
        return growth.components()

    def _twin(self, key: str) -> str:
        return str((self._texts.article(key) or {}).get("twin") or "")

    def _compare(self, growth: _Growth, couples: Collection[Couple]) -> None:
        named = {key for pair in couples for key in pair}
        self._texts.load(named)
        self._texts.prepare(named)
        for a, b in couples:
            compared = self._texts.compare(a, b)
            if compared is not None:
                growth.compared(a, b, linked=bool(compared.relation))

    def _recorded(self, growth: _Growth, ahead: Collection[str]) -> set[Couple]:
        """Return the couples of *ahead* that are recorded; what stands in one story is brought up to date together."""
        if not ahead:
            return set()
        found = set()
        for key in ahead:
            article = self._texts.article(key) or {}
            found |= {couple(key, other) for other in article.get("beside", ())}
            if article["duplicate"]:
                growth.join(key, article["duplicate"]["of"])
                found.add(couple(key, article["duplicate"]["of"]))
        linked = {"$or": [{"duplicate.of": {"$in": list(ahead)}}, {"twin": {"$in": list(ahead)}}]}
        for row in self._texts.find(linked, _COPIES):
            of, twin = str((row.get("duplicate") or {}).get("of")), str(row.get("twin"))
            if of in ahead:
                growth.join(of, row["_id"])
            found |= {couple(row["_id"], other) for other in (of, twin) if other in ahead}
        if self._any_by_hand:
            growth.decided(manual_decisions.connected(self._store, ahead))
        return found


class _Growth:
    """Components while they grow."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._asked: set[str] = set()
        self._seen: set[str] = set()
        self._texts: dict[str, int] = {}
        self._couples: set[Couple] = set()
        self._by_hand: dict[Couple, HandDecision] = {}

    def ask(self, keys: Iterable[str]) -> None:
        self._asked.update(keys)

    def add(self, keys: Iterable[str], holders: Iterable[str]) -> None:
        for key in keys:
            self._seen.add(key)
            self._parent.setdefault(key, key)
        for key in holders:
            root = self._root(key)
            self._texts[root] = self._texts.get(root, 0) + 1

    def compared(self, a: str, b: str, *, linked: bool) -> None:
        self._couples.add((a, b))
        if linked:
            self.join(a, b)

    def join(self, a: str, b: str) -> None:
        one, other = self._root(a), self._root(b)
        if one != other:
            self._parent[other] = one
            self._texts[one] = self._texts.get(one, 0) + self._texts.pop(other, 0)

    def decided(self, found: Iterable[HandDecision]) -> None:
        for one in found:
            self._by_hand[one.couple] = one
            if one.verdict == "same":
                self.join(*one.couple)

    def ahead(self) -> set[str]:
        """Return what was linked and not looked at, of components that are not too large."""
        left = self._parent.keys() - self._asked
        return {key for key in left if self._texts.get(self._root(key), 0) <= LARGEST}

    def components(self) -> list[Component]:
        found: dict[str, Component] = {}
        for key in self._seen:
            found.setdefault(self._root(key), Component()).ids.add(key)
        for root, one in found.items():
            one.texts = self._texts.get(root, 0)
        for a, b in self._couples:
            if a in self._seen and b in self._seen and (root := self._root(a)) == self._root(b):
                found[root].couples.add((a, b))
        for one_decision in sorted(self._by_hand.values(), key=lambda one: (one.at, one.couple)):
            for root in {self._root(key) for key in one_decision.couple if key in self._seen}:
                found[root].decided.append(one_decision)
        return list(found.values())

    def _root(self, key: str) -> str:
        parent = self._parent
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key
