"""Articles decided together: which of them have no decision on their present text, and their places in the index."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dedupe.minhash.fingerprint import fingerprints
from dedupe.text.exact import FEW_WORDS, exact_hash
from storage.articles.collection import Update, article_rows, update
from storage.duplicates import band_index
from storage.duplicates.comparisons import Comparisons

if TYPE_CHECKING:
    from dedupe.minhash.params import Fingerprint, MinHashParams
    from storage.database.store import Store


@dataclass(slots=True)
class Case:
    """One article to be decided."""

    id: str
    content: str
    fingerprint: Fingerprint
    twin: str = ""
    """The article that holds its exact text; empty if it holds that itself."""


class Batch:
    """What the stages of a decision hand on."""

    def __init__(self, store: Store, params: MinHashParams) -> None:
        self.store = store
        self.params = params
        self.texts = Comparisons(store)
        self.cases: dict[str, Case] = {}
        self.keys: dict[str, Collection[int]] = {}
        """By which the index finds the articles that were entered."""

    def open(self, ids: Sequence[str], fresh: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Make a case of each undecided article among *ids*; return the ids that are stored.

        :param fresh: documents of articles that were just inserted, by id; they are not read again
        """
        self.texts.take(fresh[key] for key in ids if key in fresh)
        self.texts.load(ids)
        stored = [key for key in ids if self.texts.article(key)]
        undecided = [key for key in stored if _is_undecided(self.texts.article(key))]
        changed = [key for key in undecided if key not in fresh]
        if changed:
            undecided += sorted(self._followers(changed) - set(undecided))
        articles = [article for key in undecided if (article := self.texts.article(key))]
        prints = fingerprints([article["text"] for article in articles], self.params)
        for article, found in zip(articles, prints, strict=True):
            few = found.words < FEW_WORDS
            print_ = replace(found, exact=exact_hash(article["text"], article["title"])) if few else found
            self.cases[article["_id"]] = Case(article["_id"], article["content"], print_)
        return stored

    def enter(self) -> None:
        """Put the articles that hold their own text into the index; take those out that are found through another."""
        own = [case for case in self.cases.values() if not case.twin and case.fingerprint.words]
        entries = band_index.entries_of(
            (case.id, case.content, self.texts.text(case.id), case.fingerprint) for case in own
        )
        band_index.put(self.store, entries)
        band_index.remove(self.store, [case.id for case in self.cases.values() if case.twin])
        self._note_twins()
        self.keys = {entry.id: entry.keys for entry in entries}

    def _note_twins(self) -> None:
        """Note in the articles whose exact text they have: by that they are found from there, before any looks."""
        differing = [
            Update({"_id": case.id}, {"$set": {"twin": case.twin}} if case.twin else {"$unset": {"twin": ""}}, False)
            for case in self.cases.values()
            if case.twin != (self.texts.article(case.id) or {}).get("twin", "")
        ]
        update(self.store, differing)

    def _followers(self, changed: Collection[str]) -> set[str]:
        """Return the members of the stories of *changed* that the index does not have: found through these, maybe."""
        roots = {self._root(key) for key in changed}
        near = {"$or": [{"duplicate.of": {"$in": [*changed, *roots]}}, {"_id": {"$in": list(roots)}}]}
        found = {row["_id"] for row in article_rows(self.store).find(near, {"_id": 1})}
        lacking = found - band_index.keys_of(self.store, found).keys()
        self.texts.load(lacking)
        return {key for key in lacking if self.texts.article(key)}

    def _root(self, key: str) -> str:
        article = self.texts.article(key) or {}
        return str((article.get("duplicate") or {}).get("of") or key)


def _is_undecided(article: Mapping[str, Any] | None) -> bool:
    return article is not None and article["judged"] != article["content"]
