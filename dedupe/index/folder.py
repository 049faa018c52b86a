"""An index of texts in a folder: documents go in once, and any text is told from then on which of them say the same.

The folder holds one SQLite file. Its write-ahead log gives what an index needs and no code of ours does better: what
was committed outlives a kill, readers see the last commit while a writer works, and the system frees the lock of the
one writer when its process ends.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Self

import numpy as np

from dedupe.clusters.kept import Lost, is_safe_to_drop, lost
from dedupe.compare.similarity import Prepared, Relation, compare, prepare_all
from dedupe.corpus.candidates import HOT_BUCKET, SHARED_SAMPLES
from dedupe.corpus.documents import Document, require_usable
from dedupe.corpus.verify import moment_of, stamp_of
from dedupe.errors import InputError
from dedupe.minhash.fingerprint import sign
from dedupe.minhash.numpy_signer import Signed
from dedupe.minhash.params import DEFAULT_PARAMS, MinHashParams, ParamsMismatchError, band_keys
from dedupe.text.exact import titled_keys

FILE = "index.sqlite"
PATIENCE = 5.0
"""Seconds to wait for another process's commit."""
_FORMAT = 2
_BATCH = 256  # documents signed and looked up at once
_COMPARED = 16  # candidates of one text, those that share most keys
_PREPARED = 2048  # texts of the index kept prepared; 10 to 50 kB each
_TABLES = """
CREATE TABLE about (format INTEGER NOT NULL, params TEXT NOT NULL);
CREATE TABLE documents (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, exact BLOB NOT NULL,
                        stamp INTEGER NOT NULL, title BLOB NOT NULL, text BLOB NOT NULL);
CREATE INDEX equal ON documents (exact);
CREATE TABLE bands (key INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (key, number)) WITHOUT ROWID;
CREATE TABLE passages (key INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (key, number)) WITHOUT ROWID;
"""
# Of a key that many texts have, the first: they represent the others if they are the same. It bounds every look-up.
_SHARING = f"""
SELECT asked.number, found.number, count(*) FROM asked JOIN {{table}} AS found ON found.key = asked.key
WHERE found.number <= (SELECT max(number) FROM (
    SELECT number FROM {{table}} WHERE key = asked.key AND number <= ? ORDER BY number LIMIT {HOT_BUCKET}))
GROUP BY 1, 2
"""  # noqa: S608  constants of our own


@dataclass(frozen=True, slots=True)
class Match:
    """A text of the index that tells the same story."""

    id: str
    relation: Relation
    score: float
    """Share of the shorter text that stands in the other."""
    lost: Lost
    """Words of the text asked about that do not stand there, by cause."""
    says_all: bool
    """Whether it says all that the text asked about says, so that this one is safe to drop."""
    words: int
    date: datetime | None


class Index:
    """Documents in a folder, found by their texts. To be used in a ``with`` block, or closed.

    >>> import tempfile
    >>> from dedupe.corpus.documents import Document
    >>> story = "The old bridge over the river was closed on Monday after divers had found cracks in its piles."
    >>> with tempfile.TemporaryDirectory() as folder, Index.open(folder, write=True) as index:
    ...     added = index.insert([Document("wire", story)])
    ...     found = index.query(story.upper())
    >>> added, [(match.id, match.relation, match.says_all) for match in found]
    (1, [('wire', 'exact', True)])
    """

    def __init__(self, folder: Path, base: sqlite3.Connection, params: MinHashParams, *, writable: bool) -> None:
        self.folder = folder
        self.params = params
        """What its keys were made with."""
        self._base = base
        self._writable = writable
        self._prepared: OrderedDict[int, tuple[str, int, Prepared]] = OrderedDict()

    @classmethod
    def open(cls, folder: Path | str, *, write: bool = False, params: MinHashParams | None = None) -> Self:
        """Open the index in *folder*; to be written, it is made where there is none.

        :param params: of a new index; given for one that exists, they must be its own
        :raises ParamsMismatchError: if they are not
        :raises InputError: naming the folder, if it holds no index or one that cannot be used
        """
        folder = Path(folder)
        path = folder / FILE
        if not write and not path.exists():
            raise InputError(f"{folder} holds no index; storykin dedupe OLD --against {folder} --add makes one")
        try:
            if write:
                folder.mkdir(parents=True, exist_ok=True)
            base = _connected(path, write=write)
            try:
                return cls(folder, base, _params_of(base, folder, params, write=write), writable=write)
            except BaseException:
                base.close()
                raise
        except (OSError, sqlite3.Error) as problem:
            locked = ": wait until its writer is done" if "locked" in str(problem) else ""
            raise InputError(f"{folder} cannot be used as an index: {problem}{locked}") from None

    def __len__(self) -> int:
        return int(self._base.execute("SELECT count(*) FROM documents").fetchone()[0])

    def __contains__(self, ident: str) -> bool:
        return self._base.execute("SELECT 1 FROM documents WHERE id = ?", (_packed(ident),)).fetchone() is not None

    def close(self) -> None:
        """Release the folder."""
        self._base.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all that is written in the block one commit; if it raises, or the process is killed, nothing of it.

        :raises InputError: if another process writes to the index, or the index was opened to be read
        """
        if self._base.in_transaction:  # part of a larger one
            yield
            return
        if not self._writable:
            raise InputError(f"{self.folder} was opened to be read; open it with write=True")
        try:
            self._base.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as problem:
            raise InputError(f"{self.folder} cannot be written ({problem}): wait until its writer is done") from None
        try:
            yield
            self._base.execute("COMMIT")
        except sqlite3.Error as problem:
            raise InputError(f"{self.folder} cannot be written: {problem}") from None
        finally:
            if self._base.in_transaction:
                self._base.execute("ROLLBACK")

    def insert(self, documents: Iterable[Document]) -> int:
        """Add *documents* in one commit and return how many are new; one that is there already is passed over.

        :raises InputError: naming the id, if it is empty, its date has no zone, or it stands there with another text;
            nothing is added then
        """
        documents = iter(documents)
        new = 0
        with self.transaction():
            while batch := list(islice(documents, _BATCH)):
                new += self._insert(batch)
        return new

    def _insert(self, batch: Sequence[Document]) -> int:
        signed = self._signed([document.text for document in batch])
        exact = _exact(signed, batch)
        numbers: list[int] = []  # of the new ones, -1 for the others
        for document, key in zip(batch, exact, strict=True):
            require_usable(document)
            made = self._base.execute(
                "INSERT INTO documents (id, exact, stamp, title, text) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (_packed(document.id), key, stamp_of(document.date), _packed(document.title), _packed(document.text)),
            )
            numbers.append(made.lastrowid if made.rowcount and made.lastrowid is not None else -1)
            if not made.rowcount:
                self._require_same(document, key)
        for table, keys in self._keys(signed):
            rows = sorted((key, numbers[place]) for place, key in keys if numbers[place] >= 0)
            self._base.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", rows)  # noqa: S608  ours
        return sum(number >= 0 for number in numbers)

    def _require_same(self, document: Document, exact: bytes) -> None:
        row = self._base.execute("SELECT exact FROM documents WHERE id = ?", (_packed(document.id),)).fetchone()
        if row[0] != exact:
            raise InputError(f'{self.folder} holds another text with the id "{document.id}"; give this one another id')

    def remove(self, ids: Iterable[str]) -> int:
        """Take the documents with these *ids* out in one commit and return how many were there."""
        gone = 0
        with self.transaction():
            for ident in ids:
                row = self._base.execute(
                    "SELECT number, text FROM documents WHERE id = ?", (_packed(ident),)
                ).fetchone()
                if row is None:
                    continue
                number, text = row
                for table, keys in self._keys(self._signed([_unpacked(text)])):
                    wanted = [(key, number) for _, key in keys]
                    self._base.executemany(f"DELETE FROM {table} WHERE key = ? AND number = ?", wanted)  # noqa: S608
                self._base.execute("DELETE FROM documents WHERE number = ?", (number,))
                self._prepared.pop(number, None)
                gone += 1
        return gone

    def query(self, document: Document | str, *, bulletins: bool = True) -> list[Match]:
        """Return the texts of the index that tell the story of *document*, those that say all of it first.

        :param bulletins: whether bulletins of one frame about other subjects are other stories
        """
        if isinstance(document, str):
            document = Document("", document)
        return next(self.query_all([document], bulletins=bulletins))

    def query_all(
        self, documents: Iterable[Document], *, bulletins: bool = True, before: int | None = None
    ) -> Iterator[list[Match]]:
        """Yield for each of *documents* what :meth:`query` returns; several times as fast as one by one.

        :param before: result of :meth:`mark`; only texts that stood in the index then are looked at
        """
        documents = iter(documents)
        last = self.mark() if before is None else before
        while batch := list(islice(documents, _BATCH)):
            asked = prepare_all(
                [document.text for document in batch],
                [document.title for document in batch],
                [document.date for document in batch],
            )
            candidates = self._candidates(batch, last)
            together = {number for numbers in candidates for number in numbers}
            self._load(together if len(together) <= _PREPARED else set())
            for one, numbers in zip(asked, candidates, strict=True):
                self._load(set(numbers))
                found = (self._match(one, number, bulletins) for number in numbers)
                yield sorted(filter(None, found), key=_best_first)

    def mark(self) -> int:
        """Return what the index holds now, for *before*."""
        return int(self._base.execute("SELECT coalesce(max(number), 0) FROM documents").fetchone()[0])

    def _signed(self, texts: Sequence[str]) -> Signed:
        return sign(texts, self.params, samples=True)

    def _keys(self, signed: Signed) -> Iterator[tuple[str, list[tuple[int, int]]]]:
        """Yield each table of keys with (place of the text, key) of the texts that have words."""
        count = signed.words.size
        own = np.flatnonzero(signed.words > 0)
        bands = band_keys(signed.signatures[own], self.params)
        yield "bands", list(zip(np.repeat(own, self.params.bands).tolist(), bands.ravel().tolist(), strict=True))
        assert signed.samples is not None  # asked for
        values, offsets = signed.samples
        owners = np.repeat(np.arange(count), np.diff(offsets))
        yield "passages", list(zip(owners.tolist(), values.view(np.int64).tolist(), strict=True))

    def _candidates(self, batch: Sequence[Document], last: int) -> list[list[int]]:
        """Return the numbers of the texts worth comparing with each of *batch*, those that share most keys first."""
        signed = self._signed([document.text for document in batch])
        shared: defaultdict[int, Counter[int]] = defaultdict(Counter)
        base = self._base
        base.execute("CREATE TEMP TABLE IF NOT EXISTS asked (number INTEGER, key INTEGER)")
        for table, keys in self._keys(signed):
            base.execute("DELETE FROM temp.asked")
            base.executemany("INSERT INTO temp.asked VALUES (?, ?)", set(keys))
            least = SHARED_SAMPLES if table == "passages" else 1
            for place, number, count in base.execute(_SHARING.format(table=table), (last,)):
                shared[place][number] += count if count >= least else 0
        found = []
        for place, key in enumerate(_exact(signed, batch)):
            ranked = [number for number, count in shared[place].most_common(_COMPARED) if count]
            same = base.execute("SELECT number FROM documents WHERE exact = ? AND number <= ? LIMIT 1", (key, last))
            first = [number for (number,) in same if signed.words[place]]
            found.append(first + [number for number in ranked if number not in first])
        return found

    def _load(self, numbers: set[int]) -> None:
        """Prepare the texts with these *numbers* at once."""
        for number in numbers & self._prepared.keys():
            self._prepared.move_to_end(number)
        wanted = sorted(numbers - self._prepared.keys())
        query = "SELECT id, title, text, stamp FROM documents WHERE number = ?"
        rows = [self._base.execute(query, (number,)).fetchone() for number in wanted]
        texts = prepare_all(
            [_unpacked(row[2]) for row in rows],
            [_unpacked(row[1]) for row in rows],
            [moment_of(row[3]) for row in rows],
        )
        for number, row, text in zip(wanted, rows, texts, strict=True):
            self._prepared[number] = _unpacked(row[0]), row[3], text
        while len(self._prepared) > _PREPARED:
            self._prepared.popitem(last=False)

    def _match(self, asked: Prepared, number: int, bulletins: bool) -> Match | None:
        ident, stamp, text = self._prepared[number]
        found = compare(asked, text, bulletins=bulletins)
        if found.relation is None:
            return None
        missing = lost(asked, text)
        return Match(
            ident,
            found.relation,
            round(found.score, 4),
            missing,
            is_safe_to_drop(asked, text, missing),
            int(text.word_hashes.size),
            moment_of(stamp),
        )


def _best_first(match: Match) -> tuple[object, ...]:
    order = ("exact", "near", "contained").index(match.relation)
    return not match.says_all, order, -match.score, stamp_of(match.date), match.id


def _connected(path: Path, *, write: bool) -> sqlite3.Connection:
    # A folder that must not be written to, a mounted image say, cannot hold the log that readers share.
    frozen = "" if write or os.access(path.parent, os.W_OK) else "&immutable=1"
    address = f"{path.resolve().as_uri()}?mode={'rwc' if write else 'ro'}{frozen}"
    base = sqlite3.connect(address, uri=True, isolation_level=None, timeout=PATIENCE)
    base.execute("PRAGMA cache_size = -65536")  # 64 MB; the keys of a batch lie all over the tables
    base.execute("PRAGMA temp_store = MEMORY")
    if write:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = FULL")
    return base


def _params_of(base: sqlite3.Connection, folder: Path, params: MinHashParams | None, *, write: bool) -> MinHashParams:
    if write:
        base.execute("BEGIN IMMEDIATE")
        if not base.execute("SELECT 1 FROM sqlite_master WHERE name = 'about'").fetchone():
            for statement in filter(str.strip, _TABLES.split(";")):
                base.execute(statement)
            made = json.dumps((params or DEFAULT_PARAMS).to_json())
            base.execute("INSERT INTO about VALUES (?, ?)", (_FORMAT, made))
        base.execute("COMMIT")
    version, values = base.execute("SELECT format, params FROM about").fetchone()
    if version != _FORMAT:
        raise InputError(
            f"{folder} holds an index of format {version}, and this storykin reads {_FORMAT}; make it anew"
        )
    try:
        own = MinHashParams.from_json(json.loads(values))
    except ValueError as problem:
        raise InputError(f"{folder} holds an index of unknown parameters ({problem}); make it anew") from None
    if params is not None and params != own:
        raise ParamsMismatchError(
            f"the index in {folder} was made with {own}, not with {params}; make it anew for these"
        )
    return own


def _exact(signed: Signed, documents: Sequence[Document]) -> list[bytes]:
    keys = titled_keys(signed.exact, signed.words, [document.title for document in documents])
    return [row.tobytes() for row in keys.astype("<u8", copy=False)]


def _packed(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # JSON may hold lone surrogates


def _unpacked(value: bytes) -> str:
    return value.decode("utf-8", "surrogatepass")
