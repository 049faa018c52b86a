"""Where articles stand in their stories, by their texts and what was decided by hand, and how that is written down."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dedupe.clusters.clusters import Member, Pair, uncompared
from dedupe.clusters.constraints import constrained
from dedupe.clusters.kept import DEFAULT, choose, is_safe_to_drop, lost
from dedupe.clusters.stories import Part, stories
from dedupe.text.days import known_by
from dedupe.text.exact import FEW_WORDS
from dedupe.text.normalise import credit_words
from storage.articles.collection import Update, update
from storage.base.documents import document_of, now
from storage.duplicates import manual_decisions
from storage.duplicates.comparisons import Comparisons
from storage.duplicates.manual_decisions import HandDecision
from storage.duplicates.standing import ALONE, Standing
from storage.duplicates.surroundings import LARGEST, Component
from storage.records import Duplicate, StoryFacts

if TYPE_CHECKING:
    from datetime import datetime

    from dedupe.compare.prepared import Prepared
    from storage.database.store import Store

_KEPT_TOGETHER = "together still after the one that both repeat was set apart by hand"


def member(article: Mapping[str, Any], text: Prepared) -> Member:
    """Return a stored article as its story sees it."""
    return Member(
        article["_id"],
        published=known_by(article.get("published"), article.get("published_raw", "")),
        agency=bool(article.get("agency")),
        words=text.word_hashes.size,
        credit=credit_words(text.text),
        withdrawn=bool(article.get("withdrawn")),
    )


def standings(texts: Comparisons, component: Component) -> dict[str, Standing]:
    """Return the standing of each article of a loaded component; it depends on texts and decisions only.

    If the component is too large to be compared as a whole, only articles without a recorded standing are returned.
    """
    if not component.is_whole:
        return _nearest(texts, component)
    if len(component.ids) == 1 and not component.decided:
        return dict.fromkeys(component.ids, ALONE)
    texts.prepare(component.ids)
    first = _first_of_equals(texts, component.ids)
    members = {key: member(_article(texts, key), texts.prepared(key)) for key in component.ids}
    pairs = _pairs(texts, {(first[a], first[b]) for a, b in component.couples})
    found = dict.fromkeys(component.ids, ALONE)
    complete: dict[str, str] = {}
    parts: dict[str, Part] = {}
    head_of = dict(first)
    for story in stories({key: members[key] for key in set(first.values())}, pairs, texts.prepared, DEFAULT):
        parts |= story.parts
        told = {story.head, *story.parts}
        head_of |= {key: story.head for key in component.ids if first[key] in told}
        complete[story.head] = story.most_complete
    for key, head in head_of.items():
        found[key] = _standing(key, first[key], head, parts.get(first[key]))
    if component.decided:
        found |= place_by_hand(texts, members, found, component.decided)
    found = with_facts(found, members, complete)
    # A head that somebody chose by hand, or in place of a withdrawn one, need not be what the others are linked with.
    unlike_head = bool(component.decided) or any(one.withdrawn for one in members.values())
    for pair in pairs:
        apart = (found[pair.a].of or pair.a) != (found[pair.b].of or pair.b)
        if pair.relation and (apart or unlike_head):
            for one, other in ((pair.a, pair.b), (pair.b, pair.a)):
                found[one] = replace(found[one], beside=found[one].beside | {other})
    return found


def _article(texts: Comparisons, key: str) -> Mapping[str, Any]:
    article = texts.article(key)
    assert article is not None  # only those that are loaded are asked for
    return article


def _standing(key: str, first: str, head: str, part: Part | None) -> Standing:
    """Return the standing of *key*, whose words those of *first* are, which is *part* of the story of *head*."""
    if key == head:
        return ALONE
    if part is None:
        return Standing(head, "exact", 1.0, first)
    kept_in = part.kept_in if part.kept_in is not None else first
    return Standing(head, part.relation, part.score, None if kept_in == key else kept_in)


def _rank(article: Mapping[str, Any]) -> tuple[Any, ...]:
    published = known_by(article.get("published"), article.get("published_raw", ""))
    return bool(article.get("withdrawn")), published is None, published or 0, article["_id"]


def _first_of_equals(texts: Comparisons, ids: Collection[str]) -> dict[str, str]:
    """Return of each article the first one that has the same words; a text without words equals none."""
    alike: dict[bytes, list[str]] = {}
    for key in ids:
        words = texts.prepared(key).word_hashes
        title = texts.prepared(key).title_words.tobytes() if words.size < FEW_WORDS else b""
        alike.setdefault((words.tobytes() or key.encode()) + title, []).append(key)
    found = {}
    for keys in alike.values():
        found.update(dict.fromkeys(keys, min(keys, key=lambda key: _rank(_article(texts, key)))))
    return found


def _pairs(texts: Comparisons, couples: Iterable[tuple[str, str]]) -> list[Pair]:
    """Compare *couples*, and what two verified pairs link, until nothing new is."""
    pairs: dict[tuple[str, str], Pair] = {}
    ahead = {(min(pair), max(pair)) for pair in couples if pair[0] != pair[1]}
    while ahead := ahead - pairs.keys():
        for a, b in sorted(ahead):
            found = texts.compare(a, b)
            if found is not None:
                pairs[a, b] = Pair(a, b, found.relation, found.score)
        if len({key for pair in pairs for key in pair}) > LARGEST:
            break
        ahead = set(uncompared(pairs.values()))
    return list(pairs.values())


def place_by_hand(
    texts: Comparisons, members: Mapping[str, Member], found: Mapping[str, Standing], decided: Collection[HandDecision]
) -> dict[str, Standing]:
    """Return the standings that *decided*, oldest first, makes other ones; *members* are loaded in *texts*."""
    heads = {key: found[key].of or key for key in members}
    after = constrained(heads, members, manual_decisions.constraints(decided))
    touched = {head for key in members if after[key] != heads[key] for head in (after[key], heads[key])}
    placed: dict[str, Standing] = {}
    for head in touched:
        here = {key: one for key, one in members.items() if after[key] == head}
        if here:
            placed |= _part_by_hand(texts, here, head, heads, decided)
    return placed


def _part_by_hand(
    texts: Comparisons,
    here: Mapping[str, Member],
    head: str,
    heads: Mapping[str, str],
    decided: Collection[HandDecision],
) -> dict[str, Standing]:
    """Return the standings of one story's articles *here* after decisions that brought or left them together."""
    merged = {key for key in here if heads[key] != heads[head]}
    chosen = choose([one for key, one in here.items() if key not in merged], texts.prepared, head)
    placed = {head: ALONE}
    for key in here:
        if key == head:
            continue
        compared = texts.compare(key, head)
        relation, score = (compared.relation, compared.score) if compared else (None, 0.0)
        why = _merged(heads, decided, key) if key in merged else "" if heads[key] == head else _KEPT_TOGETHER
        kept_in = head if key in merged else chosen[key].of
        placed[key] = Standing(head, relation or "near", round(score, 4), kept_in, by_hand=why)
    return placed


def _merged(heads: Mapping[str, str], decided: Iterable[HandDecision], key: str) -> str:
    """Return the decision that led the story of *key* to another one."""
    own = heads[key]
    for one in decided:
        sides = {heads.get(name, name) for name in one.couple}
        if one.verdict == "same" and own in sides and len(sides) > 1:
            return f"merged by hand by {one}"
    return "merged by hand"


def with_facts(
    found: Mapping[str, Standing], members: Mapping[str, Member], complete: Mapping[str, str]
) -> dict[str, Standing]:
    """Return *found* with the facts of each story: the earliest article, and the one that says most."""
    together: dict[str, list[str]] = {}
    for key, standing in found.items():
        together.setdefault(standing.of or key, []).append(key)
    made = {}
    for head, keys in together.items():
        if len(keys) == 1:
            made[keys[0]] = ALONE
            continue
        dated = [(members[key].published, key) for key in keys if members[key].published]
        whole = complete.get(head, head)
        facts = StoryFacts(
            original=min(dated)[1] if dated else None,
            most_complete=whole if whole in keys else max(keys, key=lambda key: (members[key].words, key == head)),
        )
        made |= {key: replace(found[key], story=facts) for key in keys}
    return made


def _nearest(texts: Comparisons, component: Component) -> dict[str, Standing]:
    """Return the standings of new articles of a component too large to be looked at: copies of the nearest head."""
    found: dict[str, Standing] = {}
    for key in sorted(component.ids):
        article = _article(texts, key)
        if article["judged"] == article["content"]:
            continue
        others = {b if a == key else a for a, b in component.couples if key in (a, b)}
        heads = {str(((texts.article(one) or {}).get("duplicate") or {}).get("of") or one) for one in others} - {key}
        texts.load(heads)
        results = [(head, texts.compare(key, head)) for head in sorted(heads)]
        related = [(head, result) for head, result in results if result and result.relation]
        if not related:
            found[key] = ALONE
            continue
        head, best = min(related, key=lambda one: (one[1].relation != "exact", -one[1].score, one[0]))
        own, kept = texts.prepared(key), texts.prepared(head)
        safe = is_safe_to_drop(own, kept, lost(own, kept))
        told = _article(texts, head).get("story") or {}
        facts = StoryFacts(
            original=_earliest(texts, {key, head, told.get("original") or head}),
            most_complete=told.get("most_complete") or head,
        )
        found[key] = Standing(head, best.relation, best.score, head if safe else None, facts)
        if not told and not _article(texts, head)["duplicate"]:
            found.setdefault(head, Standing(story=facts))
    return found


def _earliest(texts: Comparisons, ids: Collection[str]) -> str | None:
    """Return which of some articles was published first, ``None`` where no time is known."""
    texts.load(ids)
    articles = [article for key in ids if (article := texts.article(key)) and article.get("published")]
    return min(articles, key=lambda article: _rank(article)[1:])["_id"] if articles else None


def write(
    store: Store,
    texts: Comparisons,
    found: Mapping[str, Standing],
    judged: Collection[str] = (),
    *,
    before: datetime | None = None,
) -> list[str]:
    """Write the standings that differ from those recorded in the loaded articles; return the ids of these articles.

    :param texts: holds the loaded articles
    :param found: the standing of each article by id
    :param judged: ids of the articles that this decides, whether their standing differs or not
    :param before: leave out articles that were changed at this time or later
    """
    own: list[Update] = []
    others: list[Update] = []
    changed, moment = [], now()
    unchanged: dict[str, str] = {}
    for key, standing in found.items():
        article = _article(texts, key)
        change = _change(texts, article, standing)
        fresh = standing.beside.difference(article.get("beside", ()))
        if not (change or fresh):
            if key in judged:
                unchanged[key] = article["content"]
            continue
        changed.append(key)
        still = {"_id": key, "content": article["content"]} | ({"updated": {"$lt": before}} if before else {})
        if change and article["judged"] == article["content"]:
            change["updated"] = moment
        if key in judged:
            change["judged"] = article["content"]
        put: dict[str, Any] = {"$set": change} if change else {}
        if fresh:
            put["$addToSet"] = {"beside": {"$each": sorted(fresh)}}
        texts.note(key, change)
        (own if key in judged else others).append(Update(still, put, visible="duplicate" in change))
    if unchanged:
        # The decision alone: another writer may have found more of the story meanwhile.
        still = {"_id": {"$in": list(unchanged)}, "content": {"$in": list(set(unchanged.values()))}}
        own.append(Update(still, {"$set": {"judged": "$content"}}, visible={"$literal": False}, many=True))
    # Those that this decides come last: where the write is cut off between the two, they are undecided and begin anew.
    update(store, [*others, *own], ordered=True)
    return changed


def _change(texts: Comparisons, article: Mapping[str, Any], standing: Standing) -> dict[str, Any]:
    """Return the fields of *article* that are to be other ones."""
    story = document_of(standing.story) if standing.story else None
    stored, is_same = article["duplicate"], article.get("story") == story
    if standing.of is None:
        return {} if stored is None and is_same else {"duplicate": None, "story": story}
    duplicate = texts.duplicate(article["_id"], standing)
    if stored is not None and is_same and _same(stored, duplicate):
        return {}
    spans = texts.spans(article["_id"], standing.of)
    return {"duplicate": document_of(replace(duplicate, spans=spans)), "story": story}


def _same(stored: Mapping[str, Any], wanted: Duplicate) -> bool:
    """Tell whether a recorded duplicate says what *wanted* does, but for where the texts differ."""
    return all(value == stored.get(name) for name, value in document_of(wanted).items() if name != "spans")
