"""The dedupe report from files: documents, and what ``storykin dedupe`` made of them. No server.

The documents are read twice: once for the numbers, once for the texts of the stories that are shown. In between a few
hundred bytes a document are held.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import nsmallest
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.kept import Lost
from dedupe.compare.roles import MemberText, role
from dedupe.compare.similarity import Relation, compare, prepare
from dedupe.corpus.documents import FIELDS, Document, Fields, documents_of, source_of
from dedupe.errors import InputError
from dedupe.intake.rows import read_rows
from dedupe.minhash.fingerprint import sign
from dedupe.report.checks import Facts, Link, Suspect, cards, file_command, worth_a_look
from dedupe.report.html import LIMIT
from dedupe.report.near_misses import kept_apart, most_alike
from dedupe.report.originals import marked
from dedupe.report.reasons import explained
from dedupe.report.report import Copy, PortalNumbers, RepeatedLine, RepeatedStory, Report, Scope, build_report
from dedupe.report.scores import histogram, margin
from dedupe.text.exact import Notices
from dedupe.text.normalise import is_agency_copy

_COPIES_SHOWN = 50
_SIGNED_AT_ONCE = 1024
_OVERHEAD = 600  # bytes of a copy beside its text, in the HTML file
_LINES_COUNTED = 500_000  # distinct lines counted at once; then those seen once are forgotten
_WORD = re.compile(r"[^\W_]")
_DROPPED = frozenset({"promo", "related", "repeated"})
_REPEATED = frozenset({"related", "repeated"})
_RELATIONS = frozenset({"exact", "near", "contained", "version"})
_READ = {"paragraphs", "related", "rights"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the file of clusters says about one document."""

    cluster: str
    of: str = ""
    relation: str = ""
    score: float = 1.0
    original: str = ""
    words: int = 0
    lost: Mapping[str, int] | None = None


@dataclass(slots=True)
class _Story:
    root: str
    links: list[tuple[float, str]] = field(default_factory=list)
    """(margin, id) of each copy."""
    copies: int = 0
    """Of these those that are no versions."""

    @property
    def margin(self) -> float:
        return min(self.links)[0]

    @property
    def shown(self) -> list[str]:
        """Its representative, then the copies most in doubt."""
        return [self.root, *(key for _, key in nsmallest(_COPIES_SHOWN, self.links))]


@dataclass(frozen=True, slots=True)
class FileReport:
    """A report from files, and its stories with their texts."""

    report: Report
    of: int
    """How many stories there are, those of versions alone among them."""
    _documents: _Documents
    _verdicts: Mapping[str, Verdict]
    _stories: Sequence[_Story]
    _bytes: Mapping[str, int]
    kept_apart: Sequence[RepeatedStory]
    """All pairs that are alike and stand in different clusters, with their texts, the closest decision first."""

    def stories(self, limit: int = LIMIT) -> Iterator[RepeatedStory]:
        """Yield the stories with their texts, those most in doubt first, as many as fit in *limit* bytes."""
        chosen: list[_Story] = []
        for story in sorted(self._stories, key=_in_doubt_first):
            size = sum(self._bytes[key] + _OVERHEAD for key in story.shown)
            if size <= limit:
                limit -= size
                chosen.append(story)
        yield from _with_texts(self._documents, chosen, self._verdicts, in_full=False)


def _in_doubt_first(story: _Story) -> tuple[bool, float, int, str]:
    """Sort by how close the decision was; stories of versions alone come last."""
    return not story.copies, round(story.margin, 4), -story.copies, story.root


def read_files(
    documents: Path, clusters: Path, *, portal: str = "", top: int = 10, fields: Fields = FIELDS
) -> FileReport:
    """Return the report on a file of documents and the file of clusters that ``storykin dedupe`` made of it.

    :param portal: only documents of this source, and stories with one
    :raises InputError: naming file and line, where one cannot be used or the two do not belong together
    """
    verdicts = read_verdicts(clusters)
    survey = _Survey(verdicts, portal)
    seen: set[str] = set()
    source = _Documents(documents, fields)
    for document, row in source:
        if document.id not in verdicts:
            raise InputError(f'{clusters} has no line for "{document.id}" of {documents}: run storykin dedupe again')
        if document.id in seen:
            raise InputError(f'{documents} holds the id "{document.id}" twice; ids must differ')
        seen.add(document.id)
        survey.add(document, row)
    if len(seen) < len(verdicts):
        missing = next(key for key in verdicts if key not in seen)
        raise InputError(
            f'{documents} has no document "{missing}", which {clusters} names: give the file it was made of'
        )
    stories = survey.stories()
    shared = [story for story in stories if story.copies]
    largest = sorted(shared, key=lambda one: (-one.copies, one.root))[:top]
    apart = sorted(_kept_apart(source, survey.most_alike(), verdicts), key=lambda story: story.margin)
    suspects = worth_a_look(survey.links())
    checks = cards(suspects, _texts_of(source, suspects, verdicts), apart, file_command(str(documents), str(clusters)))
    report = build_report(
        survey.numbers(),
        _with_texts(source, largest, verdicts, in_full=True),
        survey.lines(top),
        top=top,
        scores=histogram(survey.scores),
        clusters=len(shared),
        kept_apart=apart,
        scope=Scope(portal=portal, files=(documents.name, clusters.name)),
        checks=checks,
    )
    return FileReport(report, len(stories), source, verdicts, stories, survey.bytes, apart)


def read_verdicts(path: Path) -> dict[str, Verdict]:
    """Return what a file of clusters says about each document, by id.

    :raises InputError: naming file and line, if it is not the output of ``storykin dedupe``
    """
    columns = ("id", "cluster", "duplicate_of", "relation", "score")
    more = ("original", "words", "lost")  # since it tells one source from safe to drop
    name, rows = read_rows(path, (*columns, *more), {column: (column,) for column in columns})
    found: dict[str, Verdict] = {}
    for number, row in rows:
        key, cluster, relation = row.get("id"), row.get("cluster"), row.get("relation") or ""
        if not isinstance(key, str) or not isinstance(cluster, str) or (relation and relation not in _RELATIONS):
            raise InputError(f'{name} {number}: no line of "storykin dedupe", which has id, cluster and relation')
        found[key] = Verdict(
            cluster,
            row.get("duplicate_of") or "",
            relation,
            _number(row.get("score"), 1.0),
            row.get("original") or "",
            int(_number(row.get("words"), 0)),
            _lost(row.get("lost")),
        )
    return found


def _number(value: Any, otherwise: float) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):  # no number, or an empty cell of CSV
        return otherwise


def _lost(value: Any) -> Mapping[str, int] | None:
    """Return the words lost by cause; CSV holds them as JSON."""
    if isinstance(value, str) and value:
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return {str(cause): int(_number(words, 0)) for cause, words in value.items()} if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True)
class _Documents:
    """A file of documents, read as often as it is iterated over."""

    path: Path
    fields: Fields

    def __iter__(self) -> Iterator[tuple[Document, Mapping[str, Any]]]:
        """Yield each document with its row, which may hold more than a document."""
        name, rows = read_rows(self.path, self.fields.every | _READ, self.fields.required)
        for number, row in rows:
            yield next(documents_of([(number, row)], name, self.fields)), row


class _Signatures:
    """The signatures of the documents, made in batches."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._clusters: list[str] = []
        self._waiting: list[str] = []
        self._signed: list[NDArray[np.uint32]] = []

    def add(self, document: Document, cluster: str) -> None:
        self._ids.append(document.id)
        self._clusters.append(cluster)
        self._waiting.append(document.text)
        if len(self._waiting) == _SIGNED_AT_ONCE:
            self._sign()

    def _sign(self) -> None:
        self._signed.append(sign(self._waiting).signatures)
        self._waiting = []

    def most_alike(self) -> list[tuple[str, str]]:
        self._sign()
        _, clusters = np.unique(np.array(self._clusters), return_inverse=True)
        pairs = most_alike(np.concatenate(self._signed), clusters.astype(np.int64))
        return [(self._ids[a], self._ids[b]) for a, b in pairs]


class _Survey:
    """What is counted in the first reading."""

    def __init__(self, verdicts: Mapping[str, Verdict], portal: str) -> None:
        self._verdicts = verdicts
        self._portal = portal
        self._portals: dict[str, PortalNumbers] = {}
        self._source: dict[str, str] = {}
        self._facts: dict[str, Facts] = {}
        self._lines: Counter[tuple[str, str, str]] = Counter()
        self.bytes: dict[str, int] = {}
        """Of each text that belongs to a story."""
        self.scores: list[tuple[str, float, int]] = []
        self._signed = _Signatures()
        self._notices = Notices()
        sizes = Counter(verdict.cluster for verdict in verdicts.values())
        self._shared = {cluster for cluster, size in sizes.items() if size > 1}

    def add(self, document: Document, row: Mapping[str, Any]) -> None:
        """Count one document."""
        verdict = self._verdicts[document.id]
        source = source_of(document)
        if verdict.cluster in self._shared:
            self.bytes[document.id] = len(document.text.encode("utf-8", "surrogatepass"))
            self._source[document.id] = source
            self._facts[document.id] = Facts(document.id, document.title, len(document.text), document.date)
        if self._portal and source != self._portal:
            return
        entries, characters = _repeated(row)
        related = row.get("related")
        stories = [story for story in related if isinstance(story, dict)] if isinstance(related, list) else []
        rights = row.get("rights")
        copy = bool(verdict.of) and verdict.relation != "version"
        numbers = PortalNumbers(
            portal=source,
            article_pages=verdict.relation != "version",
            versions=verdict.relation == "version",
            duplicates={verdict.relation: 1} if copy else {},
            agency=copy and is_agency_copy(document.text),
            repeated_entries=entries,
            related_stories=len(stories),
            related_kinds=Counter(str(story.get("kind") or "related") for story in stories),
            rights=Counter(map(str, rights)) if isinstance(rights, list) and verdict.relation != "version" else {},
            characters=len(document.text) * (verdict.relation != "version") + characters,
            characters_saved=len(document.text) * copy + characters,
            words=verdict.words,
            lost=verdict.lost or ({} if not verdict.words else dict.fromkeys(Lost._fields, 0)),
        )
        self._portals[source] = numbers + self._portals.get(source, PortalNumbers(portal=source))
        self._count_lines(source, row)
        if copy:
            self.scores.append((verdict.relation, verdict.score, 1))
        if verdict.relation != "version":
            self._signed.add(document, verdict.cluster)
            self._notices.add(document.text, document.title, source)

    def most_alike(self) -> list[tuple[str, str]]:
        """Return pairs of ids that are alike and stand in different clusters."""
        return self._signed.most_alike()

    def _count_lines(self, source: str, row: Mapping[str, Any]) -> None:
        dropped = {
            (source, text, verdict) for text, verdict in _paragraphs(row) if verdict in _DROPPED and _WORD.search(text)
        }
        self._lines.update(dropped)
        if len(self._lines) > _LINES_COUNTED:
            self._lines = Counter({line: pages for line, pages in self._lines.items() if pages > 1})

    def numbers(self) -> Iterator[PortalNumbers]:
        """Yield the numbers of each portal, copies of other portals' articles counted."""
        crossed: Counter[str] = Counter()
        for key, source in self._source.items():
            verdict = self._verdicts[key]
            counted = verdict.of in self._source and verdict.relation != "version" and self._portal in {"", source}
            crossed[source] += bool(counted and self._source[verdict.of] != source)
        notices = self._notices.by_source()
        for name, row in self._portals.items():
            yield replace(row, cross_portal=crossed[name], notices=notices[name])

    def lines(self, top: int) -> Iterator[RepeatedLine]:
        """Yield the lines that most pages repeat; of rare ones, a page may have been forgotten."""
        ranked = sorted(self._lines.items(), key=lambda item: (-item[1], item[0]))[:top]
        for (source, text, verdict), pages in ranked:
            yield RepeatedLine(text=text, portal=source, pages=pages, verdict=verdict)

    def links(self) -> Iterator[Link]:
        """Yield the dropped texts with the kept ones that they repeat, one of the two on the portal if given."""
        for key, facts in self._facts.items():
            verdict = self._verdicts[key]
            ours = not self._portal or self._portal in {self._source[key], self._source.get(verdict.of)}
            if verdict.of in self._facts and ours:
                yield Link(facts, self._facts[verdict.of], verdict.relation, verdict.score)

    def stories(self) -> list[_Story]:
        """Return the clusters of more than one document, with one on the portal if given.

        Those whose representative stands in an index (``--against``) have no text here to be shown beside.
        """
        found: dict[str, _Story] = {}
        ours: defaultdict[str, bool] = defaultdict(bool)
        for key, source in self._source.items():
            verdict = self._verdicts[key]
            story = found.setdefault(verdict.cluster, _Story(verdict.cluster))
            ours[verdict.cluster] |= self._portal in {"", source}
            if key != verdict.cluster:
                story.links.append((margin(verdict.relation, verdict.score), key))
                story.copies += verdict.relation != "version"
        return [story for root, story in found.items() if ours[root] and story.links and root in self._source]


def _paragraphs(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield text and verdict of each paragraph, where ``storykin extract`` made the row."""
    parts = row.get("paragraphs")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            yield part["text"], str(part.get("verdict", ""))


def _repeated(row: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many titles, blurbs and paragraphs the page repeats of itself, and their characters."""
    dropped = [text for text, verdict in _paragraphs(row) if verdict in _REPEATED]
    entries, characters = len(dropped), sum(map(len, dropped))
    related = row.get("related")
    for story in related if isinstance(related, list) else ():
        for part in ("title", "blurb") if isinstance(story, dict) else ():
            copies = story.get(f"{part}_copies")
            again = max(0, copies - 1) if isinstance(copies, int) else 0
            entries += again
            characters += again * len(str(story.get(part) or ""))
    return entries, characters


def _with_texts(
    documents: _Documents, stories: Sequence[_Story], verdicts: Mapping[str, Verdict], *, in_full: bool
) -> Iterator[RepeatedStory]:
    """Yield *stories*, in order, with the texts of their members; one reading for all."""
    wanted = {key for story in stories for key in story.shown}
    found = {document.id: document for document, _ in documents if document.id in wanted} if wanted else {}
    for story in stories:
        copies = [_copy(found[key], verdicts[key]) for key in story.shown if key in found]
        copies[1:] = _with_clauses(copies)
        copies = marked(copies, verdicts[story.root].original)
        more = len(story.links) + 1 - len(copies)
        yield explained(RepeatedStory(copies=tuple(copies), more=more), in_full=in_full)


def _texts_of(documents: _Documents, suspects: Iterable[Suspect], verdicts: Mapping[str, Verdict]) -> dict[str, Copy]:
    wanted = {facts.id for suspect in suspects for facts in (suspect.link.copy, suspect.link.kept)}
    found = (document for document, _ in documents if document.id in wanted) if wanted else ()
    return {document.id: _copy(document, verdicts[document.id]) for document in found}


def _kept_apart(
    documents: _Documents, pairs: Sequence[tuple[str, str]], verdicts: Mapping[str, Verdict]
) -> Iterator[RepeatedStory]:
    wanted = {key for pair in pairs for key in pair}
    found = {document.id: document for document, _ in documents if document.id in wanted} if wanted else {}
    return kept_apart((_copy(found[a], verdicts[a]), _copy(found[b], verdicts[b])) for a, b in pairs)


def _copy(document: Document, verdict: Verdict) -> Copy:
    return Copy(
        id=document.id,
        url=document.url,
        portal=source_of(document),
        title=document.title,
        relation=verdict.relation,
        score=verdict.score,
        published=document.date,
        agency=is_agency_copy(document.text),
        kept=not verdict.of,
        text=document.text,
    )


def _with_clauses(copies: Sequence[Copy]) -> Iterable[Copy]:
    """Yield the copies with what :func:`dedupe.compare.similarity.compare` says of them, where it says the same as
    the file.

    The file may say otherwise, which knew the portal's template or was made with ``--jaccard``.
    """
    first = prepare(copies[0].text, copies[0].title)
    for copy in copies[1:]:
        found = compare(first, prepare(copy.text, copy.title))
        if copy.relation == "version":
            clause = f"{found.score:.0%} of the shorter text stands in the other"
            yield replace(copy, score=round(found.score, 4), reason=clause)
        else:
            reason = found.reason if found.relation == copy.relation else ""
            yield replace(copy, reason=reason, role=_role(copy, copies[0]))


def _role(copy: Copy, first: Copy) -> str:
    if copy.relation not in get_args(Relation):
        return ""
    ours, theirs = (
        MemberText(published=one.published, agency=one.agency, portal=one.portal, size=len(one.text))
        for one in (copy, first)
    )
    return role(ours, theirs, cast(Relation, copy.relation), copy.score)
