"""Clusters a corpus larger than memory on one machine, in DuckDB over Parquet files. Needs the extra ``corpus``.

The steps and the clusters are those of :mod:`dedupe.corpus.in_memory`. Texts are signed in batches. Keys, buckets,
pairs and rows are tables, which DuckDB spills to disk beyond its memory limit. Only candidate texts are read twice.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.kept import DEFAULT, Choose, Lost
from dedupe.corpus.candidates import COMMON, HOT_BUCKET, HUBS, NEIGHBOURS, SHARED_SAMPLES, Pairs
from dedupe.corpus.documents import FIELDS, Document, Fields, read_documents, source_of, url_key
from dedupe.corpus.near import NearDuplicates
from dedupe.corpus.spool import TextSpool
from dedupe.corpus.verify import UNDATED, Group, Progress, Texts, renumbered, stamp_of
from dedupe.errors import InputError
from dedupe.minhash.fingerprint import sign
from dedupe.minhash.params import DEFAULT_PARAMS, band_keys
from dedupe.text.exact import MANY_TITLES, notices, titled_keys

_BATCH = 4096

_TABLES = """
CREATE TABLE documents (number BIGINT, id VARCHAR, stamp BIGINT, address VARCHAR, source BIGINT, words BIGINT,
                        first UBIGINT, second UBIGINT, signature BLOB, notice VARCHAR);
CREATE TABLE bands (key BIGINT, number BIGINT);
CREATE TABLE samples (key UBIGINT, number BIGINT);
CREATE TABLE links (number BIGINT, representative BIGINT, most_complete BIGINT, relation VARCHAR, score DOUBLE,
                    kept_in BIGINT, lost STRUCT(dateline BIGINT, credit BIGINT, correction BIGINT, text BIGINT));
"""

_LAYERS = f"""
CREATE TABLE ranked AS SELECT *, row_number() OVER (ORDER BY stamp, id) AS rank FROM documents;
CREATE TABLE captures AS SELECT number, words, first, second, rank, first_value(number) OVER (
    PARTITION BY CASE WHEN $ignore_urls OR address = '' THEN 'number ' || number ELSE 'address ' || address END
    ORDER BY CASE WHEN stamp = {UNDATED} THEN -{UNDATED} ELSE stamp END DESC, words DESC, rank) AS current FROM ranked;
CREATE TABLE standing AS
    SELECT number, rank, first_value(number) OVER (PARTITION BY first, second ORDER BY rank) AS delegate
    FROM captures WHERE number = current AND words > 0
    UNION ALL SELECT number, rank, number FROM captures WHERE number = current AND words = 0;
CREATE TABLE nodes AS
    SELECT row_number() OVER (ORDER BY rank) - 1 AS node, number FROM standing WHERE number = delegate;
"""

_BUCKETS = """
CREATE TABLE {name}_buckets AS
    SELECT key, node, row_number() OVER (PARTITION BY key ORDER BY node) AS place,
           count(*) OVER (PARTITION BY key) AS size
    FROM (SELECT DISTINCT key, node FROM {name} JOIN nodes USING (number)) QUALIFY size BETWEEN 2 AND {most};
"""
# Of small buckets all pairs; of hot ones the first members with all, and neighbours: these joins stay linear.
_PAIRS = f"""
    SELECT one.node AS a, other.node AS b FROM {{name}}_buckets one JOIN {{name}}_buckets other USING (key)
    WHERE one.size <= {HOT_BUCKET} AND other.size <= {HOT_BUCKET} AND one.place < other.place
    UNION ALL
    SELECT one.node, other.node FROM (FROM {{name}}_buckets WHERE size > {HOT_BUCKET} AND place <= {HUBS}) one
    JOIN {{name}}_buckets other ON one.key = other.key AND one.place < other.place
    UNION ALL
    SELECT one.node, other.node
    FROM (SELECT *, unnest(range(1, {NEIGHBOURS + 1})) AS step FROM {{name}}_buckets
          WHERE size > {HOT_BUCKET} AND place > {HUBS}) one
    JOIN {{name}}_buckets other ON one.key = other.key AND one.place + one.step = other.place
"""
_CANDIDATES = f"""
SELECT a, b FROM ({_PAIRS.format(name="bands")})
UNION
SELECT a, b FROM ({_PAIRS.format(name="samples")}) GROUP BY a, b HAVING count(*) >= {SHARED_SAMPLES}
ORDER BY a, b
"""

_ROWS = f"""
SELECT own.id, head.id AS cluster, CASE WHEN dropped THEN kept.id END AS duplicate_of,
       CASE WHEN own.number <> current THEN 'version' WHEN links.relation IS NOT NULL THEN links.relation
            WHEN own.number <> delegate THEN 'exact' END AS relation,
       CASE WHEN own.number <> current THEN 1.0 WHEN links.score IS NOT NULL THEN links.score
            WHEN own.number <> delegate THEN 1.0 END AS score,
       CASE WHEN min(own.stamp) OVER (PARTITION BY head.number) < {UNDATED}
            THEN first_value(own.id) OVER (PARTITION BY head.number ORDER BY own.stamp, own.id) END AS original,
       complete.id AS most_complete,
       CASE WHEN dropped AND own.number = current
            THEN coalesce(links.lost, {{'dateline': 0, 'credit': 0, 'correction': 0, 'text': 0}}) END AS lost,
       own.words, furniture
FROM documents own JOIN captures USING (number)
JOIN standing ON standing.number = current
LEFT JOIN links ON links.number = delegate
JOIN documents head ON head.number = coalesce(links.representative, delegate)
JOIN documents complete ON complete.number = coalesce(links.most_complete, delegate)
JOIN documents kept ON kept.number = CASE WHEN own.number <> current THEN current
                                          ELSE coalesce(links.kept_in, delegate) END
LEFT JOIN (
    SELECT notice, min({{'stamp': stamp, 'id': id}}).id AS furniture FROM documents WHERE notice <> ''
    GROUP BY notice HAVING count(DISTINCT first) >= {MANY_TITLES}) notices ON notices.notice = own.notice,
LATERAL (SELECT kept.number <> own.number AS dropped)
ORDER BY own.number
"""


def cluster_parquet(
    source: Path,
    output: Path,
    *,
    memory_limit: str = "4GB",
    ignore_urls: bool = False,
    progress: Progress = lambda _what, _done, _of: None,
    directory: Path | None = None,
    choice: Choose = DEFAULT,
    fields: Fields = FIELDS,
) -> dict[str, Any]:
    """Cluster the documents of *source* into the Parquet file *output*, rows as :class:`dedupe.corpus.in_memory.Row`.

    :param memory_limit: of DuckDB, such as ``4GB``; signing and comparing take half a gigabyte more
    :param directory: folder for tables and candidate texts; the folder of *output* by default
    :param choice: which texts of a story are kept
    :returns: numbers of documents, of kept ones and of each relation, of words, dropped words, and lost words by cause
    :raises InputError: if DuckDB is absent, *memory_limit* is invalid, or *source* cannot be used
    """
    try:
        import duckdb
    except ImportError:
        raise InputError("a corpus in DuckDB needs the extra: pip install 'storykin[corpus]'") from None
    with tempfile.TemporaryDirectory(prefix="storykin-", dir=directory or output.parent) as folder:
        base = duckdb.connect(str(Path(folder) / "corpus.duckdb"))
        try:
            base.execute(f"SET temp_directory = '{Path(folder) / 'spill'}'")
            try:
                base.execute("SET memory_limit = $limit", {"limit": memory_limit})
            except duckdb.Error:
                raise InputError(f"{memory_limit!r} is no memory limit; write for example 4GB") from None
            return _Run(base, Path(folder), progress, choice, fields).run(source, output, ignore_urls)
        finally:
            base.close()


class _Run:
    """One run over one corpus, in a database of its own."""

    def __init__(self, base: Any, folder: Path, progress: Progress, choice: Choose, fields: Fields) -> None:
        self._choice = choice
        self._fields = fields
        self._base = base
        self._folder = folder
        self._progress = progress

    def run(self, source: Path, output: Path, ignore_urls: bool) -> dict[str, Any]:
        """Sign, find candidates, compare, write."""
        self._base.execute(_TABLES)
        for batch in _batches(read_documents(source, self._fields)):
            self._insert(*batch)
            self._progress("reading", batch[0] + len(batch[1]), None)
        self._base.execute(_LAYERS.replace("$ignore_urls", str(ignore_urls)))
        for name, most in (("bands", UNDATED), ("samples", COMMON)):
            self._base.execute(_BUCKETS.format(name=name, most=most))
            self._progress("finding candidates", 1 + (name == "samples"), 2)
        self._compare(source)
        rows = self._base.sql(_ROWS)
        draft = self._folder / "rows.parquet"
        rows.write_parquet(str(draft), compression="zstd")
        draft.replace(output)
        counted = self._base.execute(
            "SELECT if(duplicate_of IS NULL, 'kept', relation), count(*) FROM read_parquet($path) GROUP BY ALL",
            {"path": str(output)},
        )
        counts: dict[str, int] = dict(counted.fetchall())
        lost = ", ".join(f"coalesce(sum(lost.{cause}), 0)::BIGINT" for cause in Lost._fields)
        words, dropped, *missing = self._base.execute(
            f"SELECT sum(words)::BIGINT, coalesce(sum(words) FILTER (duplicate_of IS NOT NULL), 0)::BIGINT, {lost}"
            " FROM read_parquet($path)",
            {"path": str(output)},
        ).fetchone()
        return {
            "documents": sum(counts.values()),
            **dict(sorted(counts.items())),
            "words": words or 0,
            "dropped_words": dropped,
            "lost_words": dict(zip(Lost._fields, missing, strict=True)),
        }

    def _insert(self, start: int, batch: list[Document], sources: dict[str, int]) -> None:
        numbers = np.arange(start, start + len(batch))
        signed = sign([document.text for document in batch], samples=True)
        assert signed.samples is not None
        exact = titled_keys(signed.exact, signed.words, [document.title for document in batch])
        worded = signed.words > 0
        columns = {
            "number": numbers,
            "id": [document.id for document in batch],
            "stamp": [stamp_of(document.date) for document in batch],
            "address": [url_key(document.url) for document in batch],
            "source": [sources.setdefault(source_of(document), len(sources) - 1) for document in batch],
            "words": signed.words,
            "first": exact[:, 0],
            "second": exact[:, 1],
            "signature": [row.tobytes() for row in signed.signatures],  # of this machine, for this run
            "notice": notices(signed.exact, exact),
        }
        bands = {
            "key": band_keys(signed.signatures[worded]).ravel(),
            "number": np.repeat(numbers[worded], DEFAULT_PARAMS.bands),
        }
        samples = {"key": signed.samples[0], "number": np.repeat(numbers, np.diff(signed.samples[1]))}
        for name, table in (("documents", columns), ("bands", bands), ("samples", samples)):
            self._base.register("batch", _table(table))
            self._base.execute(f"INSERT INTO {name} SELECT * FROM batch")
            self._base.unregister("batch")

    def _compare(self, source: Path) -> None:
        found = self._base.execute(_CANDIDATES).fetchnumpy()
        pairs: Pairs = np.stack([found["a"], found["b"]], axis=1).astype(np.int64)
        nodes, flat = np.unique(pairs, return_inverse=True)
        chosen = self._base.execute("SELECT number, node FROM nodes ORDER BY node").fetchnumpy()
        numbers = chosen["number"].astype(np.int64)[nodes]
        with TextSpool(self._folder) as texts, TextSpool(self._folder) as titles:
            spooled = self._texts(source, numbers, texts, titles)
            groups = NearDuplicates(choice=self._choice).groups(flat.reshape(-1, 2), spooled, self._progress)
            for part in iter(lambda: list(islice(groups, _BATCH)), []):
                self._link(part, numbers)

    def _texts(self, source: Path, numbers: NDArray[np.int64], texts: TextSpool, titles: TextSpool) -> Texts:
        """Read the candidate texts a second time, with their sources and dates."""
        place = np.empty(numbers.size, dtype=np.int64)
        order = np.argsort(numbers)
        place[order] = np.arange(numbers.size)  # texts are spooled as they come
        wanted = iter([*numbers[order].tolist(), -1])
        following = next(wanted)
        for number, document in enumerate(read_documents(source, self._fields)):
            if number == following:
                texts.extend([document.text])
                titles.extend([document.title])
                following = next(wanted)
        self._base.register("wanted", _table({"number": numbers, "place": np.arange(numbers.size)}))
        known = self._base.execute("SELECT documents.* FROM documents JOIN wanted USING (number) ORDER BY place")
        columns = known.fetchnumpy()
        self._base.unregister("wanted")
        signatures = np.frombuffer(b"".join(map(bytes, columns["signature"])), dtype=np.uint32)
        return Texts(
            texts=_Placed(texts, place),
            titles=_Placed(titles, place),
            ids=columns["id"].tolist(),
            words=columns["words"],
            sources=columns["source"],
            signatures=signatures.reshape(-1, DEFAULT_PARAMS.num_perm),
            dates=columns["stamp"],
        )

    def _link(self, groups: Iterable[Group], numbers: NDArray[np.int64]) -> None:
        rows = [(renumbered(group, numbers), link) for group in groups for link in (None, *group.links)]
        table = {
            "number": [group.representative if link is None else int(numbers[link.number]) for group, link in rows],
            "representative": [group.representative for group, _ in rows],
            "most_complete": [group.most_complete for group, _ in rows],
            "relation": [link and link.relation for _, link in rows],
            "score": [link and round(link.score, 4) for _, link in rows],
            "kept_in": [
                None if link is None or link.kept_in is None else int(numbers[link.kept_in]) for _, link in rows
            ],
            "lost": [link and link.lost._asdict() for _, link in rows],
        }
        self._base.register("batch", _table(table))
        self._base.execute("INSERT INTO links SELECT * FROM batch")
        self._base.unregister("batch")


class _Placed:
    """Spooled texts by another number."""

    def __init__(self, spool: TextSpool, place: NDArray[np.int64]) -> None:
        self._spool = spool
        self._place = place

    def __getitem__(self, number: int) -> str:
        return self._spool[int(self._place[number])]


def _table(columns: dict[str, Any]) -> Any:
    import pyarrow

    return pyarrow.table(columns)


def _batches(documents: Iterator[Document]) -> Iterator[tuple[int, list[Document], dict[str, int]]]:
    sources = {"": -1}
    start = 0
    while batch := list(islice(documents, _BATCH)):
        yield start, batch, sources
        start += len(batch)
