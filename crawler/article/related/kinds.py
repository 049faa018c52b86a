"""The kind of a group of story links, by a small model over its heading, names, place, titles, targets and form.

Two logistic regressions, trained by ``benchmarks/train_related.py`` on pages labelled by hand: whether the page shows
the group because of its article, and whether it is another list of stories or none.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from lxml.html import HtmlElement

from crawler.article.related.class_names import name_verdict, spoken
from crawler.article.related.groups import HEADINGS, Group
from crawler.article.related.headings import heading_verdict
from crawler.article.related.link_text import lead_in, wide_characters
from crawler.article.related.outline import PROSE, Outline
from storage.records import RelatedKind

LISTS: tuple[RelatedKind, ...] = ("next-previous", "most-read", "latest", "same-section", "recommended")
"""Kinds of lists that stand on other pages too, in the order in which their words decide."""

SAID = 0.6
"""Least probability of a group with one of :data:`SAYING`: of 380 links under such headings on labelled pages 369 are
related, of 186 in lists of such names 170, of 39 in such lines of the body 32."""

SAYING = ("j strong heading", "j related name", "j line inside")

APART = frozenset(["h none", "h topic", "n latest", "n next-previous", "n weak", "p prose before"])
"""Features that others are made of; the regressions do not weigh them."""

_WIDE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_STEM = re.compile(f"[^\\W\\d_{_WIDE}]{{4,}}|[{_WIDE}]{{2,}}")
_ASCII_STEM = re.compile("([a-z]{4,6})[a-z]*")
_Features = dict[str, float]


def _pattern(words: str) -> re.Pattern[str]:
    folded = unicodedata.normalize("NFC", words).casefold()
    listed = [" ".join(word.split()).replace("_", " ") for word in folded.split("|")]
    spaced = sorted((w for w in listed if not re.search(f"[{_WIDE}\u0600-\u06ff]", w)), key=len, reverse=True)
    wide = [w for w in listed if w not in spaced]
    initials: dict[str, list[str]] = {}  # one try per letter, not per word, at each place of a text
    for word in spaced:
        initials.setdefault(word[0], []).append(re.escape(word[1:]))
    begun = "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in initials.items())
    return re.compile("|".join([rf"(?<![^\W_])(?:{begun})", *map(re.escape, wide)]))


def _read(name: str) -> str:
    return files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


_KIND_WORDS: dict[str, str] = tomllib.loads(_read("kind_words.toml"))
_WORDS = {kind: _pattern(words) for kind, words in _KIND_WORDS.items()}
_ANY_WORD = re.compile(f"(?={_pattern('|'.join(_KIND_WORDS.values())).pattern})")
"""Matches at each place where one of :data:`_WORDS` does, so that one pass over a text does for all kinds."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Facts about the page with which its groups are compared."""

    title: str
    own: str
    """Identity of the page."""
    is_article: Callable[[str], bool]
    """Whether an identity looks like an article of this site."""


@dataclass(frozen=True, slots=True)
class Described:
    """A group and its features for the model."""

    group: Group
    features: _Features
    listed: RelatedKind | None
    """The kind that heading or names tell, where it is a list that is not tied to the article."""
    found_by: str

    @property
    def advertises(self) -> bool:
        """Whether it is a list of several cards behind the text whose heading announces no stories of this site."""
        f = self.features
        return bool(f["h other"] and f["p late"] and not f["p in body"] and len(self.group.keys) >= 3)


def describe(outline: Outline, groups: Sequence[Group], page: PageFacts) -> list[Described]:
    """Return the features of the groups of a page, each beside what the others are."""
    titles = _Titles(outline, groups, page.title)
    first = next((outline.order[e] for e in outline.root.iter("h1") if e in outline.order), outline.first)
    found: list[Described] = []
    said = _Said()
    behind = 0
    for group in groups:
        behind += outline.order[group.cards[0].element] >= outline.last
        names = _Names(outline, group, said)
        heading = _heading_features(group, titles)
        features = {
            **heading,
            **names.features(),
            **_place_features(outline, group, names, behind, first),
            **titles.features(group),
            **_target_features(group, page),
            **_form_features(outline, group, titles),
        }
        features |= _joint_features(features)
        found.append(Described(group, features, _listed(features), _evidence(features)))
    return found


def tied(features: _Features) -> float:
    """Return the probability that the page shows a group because of its article.

    A heading or a name such as "Related" of links to articles decides by itself, and so do lines of the body that are
    headlines of articles alone.
    """
    return max(_probability("tied", features), SAID * any(features[name] for name in SAYING))


def listed(features: _Features) -> float:
    """Return the probability that a group that is not tied to the article is a list of stories at all."""
    return _probability("listed", features)


@lru_cache(maxsize=1)
def _model() -> dict[str, dict[str, float]]:
    weights: dict[str, dict[str, float]] = json.loads(_read("kinds.json"))
    return weights


def _probability(name: str, features: _Features) -> float:
    weights = _model()[name]
    score = weights[""] + sum(weight * features[key] for key, weight in weights.items() if key)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


@lru_cache(maxsize=1024)  # the pages of a portal bear the same names and headings; a pure function of its text
def _votes(text: str) -> frozenset[str]:
    folded = f"{unicodedata.normalize('NFC', ' '.join(text.split())).casefold()} ".replace("’", "'")
    places = [found.start() for found in _ANY_WORD.finditer(folded)]
    return frozenset(kind for kind, pattern in _WORDS.items() if any(pattern.match(folded, at) for at in places))


def _heading_features(group: Group, titles: _Titles) -> _Features:
    text = group.heading or lead_in(titles.whole[group.cards[0].element][:120]) or ""
    votes, verdict = _votes(text), heading_verdict(text) if text else ""
    around = group.heading_node is not None and group.heading_node.parent in (group.top, *group.top.iterancestors())
    opening = lead_in(titles.whole[group.cards[0].element]) + (lead_in(text) if around else "")
    opens = any(map(str.isalpha, opening))
    strong = ("strong" in votes or opens) and verdict != "excluded" and not votes & {"other", "most-read"}
    stems = _stems(text)
    topic = len(stems & titles.own) / len(stems) if stems else 0.0
    found: _Features = {
        "h strong": strong,
        "h soft": not strong and (verdict == "related" or "related" in votes) and verdict != "excluded",
        "h recommended": "recommended" in votes and "strong" not in votes,
        "h excluded": verdict == "excluded",
        "h topic": topic >= 0.5 or (topic > 0 and strong),
        "h none": not group.heading,
        "h plain": bool(group.heading) and not votes and not verdict,
        "h opening": opens,
    }
    return found | {f"h {kind}": kind in votes and not strong for kind in (*LISTS[:4], "other")}


class _Said:
    """What classes and ids say, read once of each text: the cards of a page bear the same."""

    def __init__(self) -> None:
        self._elements: dict[HtmlElement, tuple[str, frozenset[str]]] = {}
        self._words: dict[str, tuple[str, frozenset[str]]] = {}

    def words(self, elements: Iterable[HtmlElement]) -> str:
        """Return the words of the names of *elements*."""
        return " ".join(words for element in elements if (words := self._of(element)[0]))

    def verdicts(self, elements: Iterable[HtmlElement]) -> set[str]:
        """Return what single names of *elements* promise."""
        return set().union(*(self._of(element)[1] for element in elements))

    def _of(self, element: HtmlElement) -> tuple[str, frozenset[str]]:
        known = self._elements.get(element)
        if known is None:
            names = f"{element.get('class') or ''} {element.get('id') or ''}"[:400]
            known = self._words.get(names)
            if known is None:
                known = self._words[names] = spoken(names), frozenset(map(name_verdict, names.split()))
            self._elements[element] = known
        return known


class _Names:
    """Class names, ids and data attributes in a group, near it and further up to what it shares with the body."""

    def __init__(self, outline: Outline, group: Group, said: _Said) -> None:
        self._said = said
        self.path: list[HtmlElement] = []
        """From the smallest element around the group up, without those around the body."""
        element: HtmlElement | None = group.top
        while element is not None and not outline.holds_body(element):
            self.path.append(element)
            element = element.getparent()
        self.shared = element
        inner: list[HtmlElement] = []
        for card in group.cards[:3]:
            inner += [e for _, e in zip(range(6), card.element.iter(), strict=False) if e in outline.order]
            for above in card.element.iterancestors():
                if above is group.top or len(inner) > 24:
                    break
                inner.append(above)
        self._parts = (inner, self.path[:3], self.path[3:])
        data = (*self.path[:4], group.cards[0].element, *group.cards[0].anchors)
        self._data = " ".join(spoken(_data(e)) for e in data)

    def words(self) -> str:
        """Return what the names of all elements of the path say."""
        return self._said.words(self.path)

    def features(self) -> _Features:
        verdicts = [self._said.verdicts(part) for part in self._parts]
        inner, near = (_votes(self._said.words(part)) for part in self._parts[:2])
        excluded = "excluded" in verdicts[0] | verdicts[1]
        related = "related" in verdicts[0] | verdicts[1] or ("related" in near and "other" not in near)
        found: _Features = {
            "n related": related and not excluded,
            "n named": "related" in verdicts[1] and not excluded,
            "n weak": "weak" in verdicts[0] | verdicts[1] and not related,
            "n excluded": excluded or "excluded" in verdicts[2],
            "d related": "related" in _votes(spoken(self._data)),
        }
        for kind in (*LISTS, "other"):
            found[f"n {kind}"] = kind in near or (kind in inner and kind not in ("other", "recommended"))
        return found


def _data(element: HtmlElement) -> str:
    told = (value for name, value in element.items() if name.startswith(("data-", "aria-label")) or name in _TOLD)
    return " ".join(value for value in told if len(value) < 60)


_TOLD = frozenset({"type", "name", "role"})


_SIDE = re.compile(r"side|right|rail|secondary")


def _place_features(outline: Outline, group: Group, names: _Names, behind: int, headline: int) -> _Features:
    path = names.path
    start, total = outline.order[group.cards[0].element], max(1, len(outline.order))
    before, after = (
        _has_prose(outline, group.top, path, forward=False),
        _has_prose(outline, group.top, path, forward=True),
    )
    tags = {element.tag for element in path}
    return {
        "p inside": outline.first <= start < outline.last or (before and after),
        "p in body": outline.inside(group.top, outline.body),
        "p prose before": before,
        "p prose after": after,
        "p first behind": start >= outline.last and behind == 1,
        "p late": min(behind, 12) / 12 if start >= outline.last else 0,
        "p before": start < outline.first and not (before and after),
        "p above headline": start <= headline,
        "p side": "aside" in tags or bool(_SIDE.search(names.words())),
        "p chrome": bool(tags & {"nav", "footer", "header", "menu", "form"}) or any(map(outline.is_chrome, path[:1])),
        "p far behind": min(1.0, max(0, start - outline.last) / total * 4),
        "p in article": any(e.tag == "article" for e in group.top.iterancestors() if e not in path),
    }


def _has_prose(outline: Outline, top: HtmlElement, path: Sequence[HtmlElement], *, forward: bool) -> bool:
    """Say whether running text stands among the next siblings of a group, or of what holds it alone."""
    for element in (top, *path[1:4]):
        sibling = element
        for _ in range(3):
            following = sibling.getnext() if forward else sibling.getprevious()
            if following is None:
                break
            sibling = following
            length = outline.length(sibling)
            if length >= PROSE and outline.link_length(sibling) < length / 2:
                return True
    return False


class _Titles:
    """The titles of all cards of a page beside its own, rare words counting more."""

    def __init__(self, outline: Outline, groups: Sequence[Group], own: str) -> None:
        self.own = _stems(own)
        self.whole: dict[HtmlElement, str] = {}
        self.title: dict[HtmlElement, str] = {}
        self._body = _stems(" ".join(node.text for node in outline.prose if outline.inside(node.parent, outline.body)))
        self._stems: dict[str, frozenset[str]] = {}
        """Of each text once: most cards hold nothing but their title."""
        counts: Counter[str] = Counter()
        seen: set[str] = set()
        shared: dict[HtmlElement, frozenset[str]] = {}
        for card in (card for group in groups for card in group.cards):
            whole = self.whole[card.element] = _text(card.element)
            self.title[card.element] = whole if card.anchors[0] is card.element else _title(card.element, card.anchors)
            found = shared[card.element] = self._of(whole) & self.own
            if card.key not in seen:
                seen.add(card.key)
                counts.update(found)
        self._rare = {s: max(0.0, math.log((len(seen) + 1) / (counts[s] + 0.5))) for s in self.own}
        # fsum: the order of a set, and with it the rounding of a plain sum, differs between two processes.
        self._most = math.fsum(self._rare.values()) or 1.0
        self.likeness = {
            element: math.fsum(self._rare[stem] for stem in found) / self._most for element, found in shared.items()
        }
        self._shared = shared
        self._holding = Counter(stem for found in shared.values() for stem in found)

    def _topic(self, group: Group) -> float:
        """Return how much more often one word of the page's title stands in the cards of a group than in all others."""
        number = len(group.cards)
        own = Counter(stem for card in group.cards for stem in self._shared[card.element])
        others = max(1, len(self._shared) - number)
        return max((n / number - (self._holding[stem] - n) / others for stem, n in own.items()), default=0.0)

    def _of(self, text: str) -> frozenset[str]:
        known = self._stems.get(text)
        if known is None:
            known = self._stems[text] = _stems(text)
        return known

    def features(self, group: Group) -> _Features:
        elements, number = [card.element for card in group.cards], len(group.cards)
        alike = [self.likeness[element] for element in elements]
        stems = [self._of(self.title[element]) for element in elements]
        return {
            "s mean": min(0.4, sum(alike) / number) * 2.5,
            "s any": sum(value > 0 for value in alike) / number,
            "s text": sum(len(one & self._body) / max(1, len(one)) for one in stems) / number,
            "s topic": self._topic(group) if number > 1 else 0.0,
        }


def _stems(text: str) -> frozenset[str]:
    """Return the beginnings of the words of four letters and more; pairs of characters in scripts without blanks."""
    if text.isascii():
        return frozenset(_ASCII_STEM.findall(text.lower()))
    found: set[str] = set()
    for word in _STEM.findall(unicodedata.normalize("NFC", text).casefold()):
        if word[0] > "\u0dff":
            found.update(word[i : i + 2] for i in range(len(word) - 1))
        else:
            found.add(word[:6])
    return frozenset(found)


def _text(element: HtmlElement) -> str:
    told = " ".join(element.itertext()) if len(element) else element.text or ""
    return " ".join(told.split())  # "<span>Demo</span><span>Unions march</span>"


def _title(card: HtmlElement, anchors: Sequence[HtmlElement]) -> str:
    best = max(map(_text, anchors), key=len)
    return best if len(best) >= 12 else max([best, *map(_text, card.iter(*HEADINGS))], key=len)


def _target_features(group: Group, page: PageFacts) -> _Features:
    keys = [card.key for card in group.cards]
    own, section = _host_and_folders(page.own)
    hosts, paths = zip(*map(_host_and_folders, keys), strict=True)
    number = len(keys)
    return {
        "t article": sum(map(page.is_article, keys)) / number,
        "t host": sum(host == own for host in hosts) / number,
        "t section": sum(bool(path and section and path[0] == section[0]) for path in paths) / number,
        "t same section": sum(path == section for path in paths) / number,
        "t numbered": sum(re.search(r"\d{4,}", key) is not None for key in keys) / number,
        "t other depth": min(3.0, sum(abs(len(path) - len(section)) for path in paths) / number) / 3,
    }


def _host_and_folders(key: str) -> tuple[str, list[str]]:
    """Return the host of a canonical address and the segments of its path but the last."""
    host, _, path = key.partition("://")[2].partition("?")[0].partition("/")
    return host, [segment for segment in path.split("/") if segment][:-1]


def _form_features(outline: Outline, group: Group, titles: _Titles) -> _Features:
    cards, number, distinct = group.cards, len(group.cards), len(group.keys)
    texts = [titles.title[card.element] for card in cards]
    element = group.top if number > 1 else cards[0].element
    inner = {e.tag for card in cards[:3] for e in card.element.iter()}
    return {
        "x length": min(150.0, sum(map(len, texts)) / number) / 150,
        "x short": sum(len(text) + wide_characters(text) < 25 for text in texts) / number,
        "x words": min(15.0, sum(map(_words, texts)) / number) / 15,
        "f pictures": sum(next(card.element.iter("img", "picture"), None) is not None for card in cards) / number,
        "f items": sum(card.element.tag == "li" for card in cards) / number,
        "f titled": bool(inner & (HEADINGS - {"h1", "h6"})),
        "f time": "time" in inner,
        "f linked": min(1.0, outline.link_length(element) / max(1, outline.length(element))),
        "f one": distinct == 1,
        "f some": 5 <= distinct <= 10,
        "f many": distinct > 10,
    }


def _words(text: str) -> float:
    return len(text.split()) + wide_characters(text) / 4


def _joint_features(f: _Features) -> _Features:
    other = any(f[f"h {kind}"] or f[f"n {kind}"] for kind in LISTS[:3])
    inside, one, known = f["p inside"] and f["p in body"] and not other, f["f one"], f["t article"] > 0.5
    told = f["x words"] > 0.25
    plain = known and not f["p chrome"] and not any(f[f"h {kind}"] for kind in (*LISTS, "other"))
    elsewhere = f["h other"] or any(f[f"{where} {kind}"] for where in "hn" for kind in ("most-read", "latest"))
    topics, crowd = f["x short"] > 0.6, f["f many"] and f["s topic"] < 0.4
    return {
        "j single inside": bool(inside and one and f["t article"]),
        "j card inside": bool(inside and one and (f["f pictures"] or f["f titled"])),
        "j list inside": bool(inside and not one and plain and f["t article"] > 0.9 and f["x words"] > 0.2),
        "j line inside": bool(
            f["p in body"]
            and f["p prose before"]
            and f["h none"]
            and f["t article"] > 0.9
            and f["x words"] > 0.25
            and f["f linked"] > (0.9 if one else 0.7)
            and (f["p prose after"] if one else f["f items"])
        ),
        "j other inside": bool(f["p inside"] and other),
        "j strong heading": bool(
            f["h strong"]
            and known
            and not (topics or crowd)
            and (f["p in body"] or not f["p chrome"])
            and (told or not f["p before"])
        ),
        "j related name": bool(
            (f["n related"] or f["d related"])
            and (plain or (f["n named"] and told and f["h none"] and not f["p chrome"]))
            and (not f["p side"] or (f["n named"] and not topics))
            and not (crowd or f["h plain"])
            and not any(f[f"n {kind}"] for kind in ("most-read", "latest", "recommended", "other"))
        ),
        "j topic heading": bool(
            f["h topic"] and known and not (one or crowd or elsewhere or f["h excluded"]) and f["s any"] > 0.4
        ),
        "j one event": bool(known and not (one or topics or elsewhere) and f["s any"] >= 0.75 and f["s text"] >= 0.4),
    }


def _listed(f: _Features) -> RelatedKind | None:
    told = (kind for where in "hn" for kind in LISTS if f[f"{where} {kind}"])
    return next(told, None)


def _evidence(f: _Features) -> str:
    """Return the tier of ``RelatedStory.found_by`` that the surest sign belongs to."""
    if f["n related"]:
        return "related-class"
    if f["h opening"]:
        return "anchor"
    if f["h strong"] or f["h soft"] or any(f[f"h {kind}"] for kind in LISTS):
        return "heading"
    return "class" if f["n weak"] else "data" if f["d related"] else "cards"
