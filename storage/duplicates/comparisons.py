"""Stored articles compared with each other, each text prepared once, each pair compared once a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import bson

from dedupe.compare.diff import places
from dedupe.compare.roles import MemberText, Role, role
from dedupe.compare.similarity import EXACT, Comparison, Prepared, Relation, compare, prepare_all
from dedupe.text.days import known_by
from storage.articles.collection import article_rows
from storage.records import Duplicate, TextSpan

if TYPE_CHECKING:
    from storage.database.store import Store
    from storage.duplicates.standing import Standing

FIELDS = dict.fromkeys(
    (
        "title",
        "text",
        "content",
        "judged",
        "duplicate",
        "story",
        "twin",
        "beside",
        "portal",
        "agency",
        "published",
        "published_raw",
        "withdrawn",
    ),
    1,
)
"""Of an article, what decisions are made from."""


_LONG = 1000
"""Characters from which equal texts are copies without a look at their words and titles."""


class Comparisons:
    """The articles of one batch, and the articles that they may repeat."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._articles: dict[str, Mapping[str, Any]] = {}
        self._prepared: dict[str, Prepared] = {}
        self._compared: dict[tuple[str, str], Comparison] = {}

    def load(self, ids: Iterable[str], *, again: bool = False) -> None:
        """Read the articles of *ids*; those read before only if *again*."""
        wanted = [key for key in ids if again or key not in self._articles]
        if not wanted:
            return
        for row in article_rows(self._store).find({"_id": {"$in": wanted}}, FIELDS):
            if row["content"] != self._articles.get(row["_id"], row)["content"]:
                self._forget(row["_id"])
            self._articles[row["_id"]] = row

    def find(self, query: Mapping[str, Any], most: int) -> list[Mapping[str, Any]]:
        """Return up to *most* articles that *query* finds, as they are stored; those not read before are loaded."""
        found: list[Mapping[str, Any]] = list(article_rows(self._store).find(query, FIELDS).limit(most))
        for row in found:
            self._articles.setdefault(row["_id"], row)
        return found

    def take(self, documents: Iterable[Mapping[str, Any]]) -> None:
        """Take over *documents* of articles just inserted, as if they had been read."""
        options = self._store.db.codec_options
        for document in documents:
            shown = {name: document[name] for name in ("_id", *FIELDS) if name in document}
            # Through BSON, which cuts times to milliseconds as the store does.
            self._articles[document["_id"]] = bson.decode(bson.encode(shown), codec_options=options)

    def note(self, key: str, change: Mapping[str, Any]) -> None:
        """Take over what was written into the loaded article *key*."""
        self._articles[key] = {**self._articles[key], **change}

    def article(self, key: str) -> Mapping[str, Any] | None:
        """Return what was loaded of the article *key*."""
        return self._articles.get(key)

    def text(self, key: str) -> str:
        """Return the text of the loaded article *key*."""
        return str(self._articles[key]["text"])

    def prepared(self, key: str) -> Prepared:
        """Return the loaded article *key* prepared to be compared."""
        self.prepare((key,))
        return self._prepared[key]

    def prepare(self, ids: Iterable[str]) -> None:
        """Prepare the articles *ids* that were loaded, together: several times faster than one by one."""
        wanted = [key for key in ids if key in self._articles and key not in self._prepared]
        if not wanted:
            return
        articles = [self._articles[key] for key in wanted]
        prepared = prepare_all(
            [row["text"] for row in articles],
            [row["title"] for row in articles],
            [known_by(row.get("published"), row.get("published_raw", "")) for row in articles],
        )
        self._prepared.update(zip(wanted, prepared, strict=True))

    def compare(self, one: str, other: str) -> Comparison | None:
        """Return how the two articles compare, ``None`` where one is not stored."""
        if one not in self._articles or other not in self._articles:
            return None
        a, b = sorted((one, other))
        if (
            (a, b) not in self._compared
            and self._articles[a]["text"] == self._articles[b]["text"] != ""
            and (len(self._articles[a]["text"]) > _LONG or self._articles[a]["title"] == self._articles[b]["title"])
        ):
            # Copies to the letter are most of what an exact claim leads to: nothing to prepare.
            self._compared[a, b] = EXACT
        elif (a, b) not in self._compared:
            self.prepare((a, b))
            self._compared[a, b] = compare(self._prepared[a], self._prepared[b])
        return self._compared[a, b]

    def duplicate(self, key: str, standing: Standing) -> Duplicate:
        """Return how it is recorded that the article *key* is a member of another one's story; both are loaded.

        Where the two differ is left to :meth:`spans`.
        """
        assert standing.of is not None
        assert standing.relation is not None
        found, of = self.compare(key, standing.of), standing.of
        reason = found.reason if found else ""
        if standing.by_hand:
            reason = f"{standing.by_hand}; {reason}"
        elif found is None or found.relation != standing.relation:
            reason = f"{standing.score:.0%} of the shorter text stands in the other, the portal's template left out"
        is_first = standing.story is not None and standing.story.original == key
        return Duplicate(
            of=of,
            relation=standing.relation,
            score=round(standing.score, 4),
            kept_in=standing.kept_in,
            reason=reason,
            same_portal=self._articles[key]["portal"] == self._articles[of]["portal"],
            agency=bool(self._articles[key]["agency"]),
            role="original" if is_first else self.role(key, of, standing.relation, standing.score),
            by_hand=bool(standing.by_hand),
        )

    def role(self, key: str, of: str, relation: Relation, score: float) -> Role:
        """Return the role of the article *key* in the cluster that the article *of* represents; both must be loaded."""
        return role(member_text(self._articles[key]), member_text(self._articles[of]), relation, score)

    def spans(self, key: str, of: str) -> tuple[TextSpan, ...]:
        """Return where the texts of two loaded articles are the same and where they differ."""
        found = places(self._articles[key]["text"], self._articles[of]["text"])
        return tuple(
            TextSpan(same=one.same, start=one.a_start, end=one.a_end, of_start=one.b_start, of_end=one.b_end)
            for one in found
        )

    def _forget(self, key: str) -> None:
        self._prepared.pop(key, None)
        for pair in [pair for pair in self._compared if key in pair]:
            del self._compared[pair]


def member_text(article: Mapping[str, Any]) -> MemberText:
    """Return what the role of a stored article depends on."""
    return MemberText(
        published=article.get("published"),
        published_raw=article.get("published_raw", ""),
        agency=bool(article.get("agency")),
        portal=article["portal"],
        size=len(article["text"]),
    )
