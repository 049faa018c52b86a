"""Clusters a corpus that lies on a cluster, as a Spark job. Needs Java and the extra ``spark``.

The clusters are those of :mod:`dedupe.corpus.in_memory`. Executors sign the documents; a table of band keys gives the
candidates; label propagation gives their components; each component is compared by the same code as elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from dedupe.clusters.kept import DEFAULT, Choose, Lost
from dedupe.corpus.boilerplate import LEAST_PAGES, SAMPLE, frequent_shingles
from dedupe.corpus.candidates import COMMON, HOT_BUCKET, HUBS, NEIGHBOURS, SHARED_SAMPLES
from dedupe.corpus.documents import documents_of, require_distinct, source_of, url_key
from dedupe.corpus.near import NearDuplicates
from dedupe.corpus.verify import UNDATED, Texts, stamp_of
from dedupe.minhash.fingerprint import sign
from dedupe.minhash.params import band_keys
from dedupe.text.exact import MANY_TITLES, notices, titled_keys

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SIGNED = (
    "id string, text string, title string, stamp long, address string, source string, words long, "
    "exact binary, signature binary, bands array<long>, samples array<long>, notice string"
)
_PARTITION = 5_000
"""Documents of a partition: a million make 200, Spark's default."""
_LINKS = (
    "id string, head string, most_complete string, relation string, score double, kept_in string, "
    "dateline long, credit long, correction long, text long"
)


def cluster_with_spark(
    spark: SparkSession,
    documents: DataFrame,
    *,
    checkpoints: str,
    ignore_urls: bool = False,
    choice: Choose = DEFAULT,
) -> DataFrame:
    """Return one row a document, as :class:`dedupe.corpus.in_memory.Row`; the order is Spark's.

    Sets ``spark.sql.shuffle.partitions`` to the number of partitions of :data:`_PARTITION` documents, and
    ``spark.sql.shuffle.orderIndependentChecksum.enabled`` to false.

    :param documents: columns as :func:`dedupe.corpus.documents.read_documents` reads them, ``id`` and ``text`` at least
    :param checkpoints: folder that driver and executors share; parts of a lost executor are read from it again
    :param choice: which texts of a story are kept
    :raises InputError: if an id comes twice
    """
    spark.sparkContext.setCheckpointDir(checkpoints)
    # A lost executor's lists of pairs and members come again in another order, and are sorted before they are read.
    # To Spark 4.1 and later they are other rows: it would end a job of which a part is written.
    spark.conf.set("spark.sql.shuffle.orderIndependentChecksum.enabled", False)
    signed = documents.mapInArrow(_sign, _SIGNED).persist()
    signed.createOrReplaceTempView("signed")
    spark.conf.set("spark.sql.shuffle.partitions", -(-signed.count() // _PARTITION) or 1)
    twice = spark.sql("SELECT id FROM signed GROUP BY id HAVING count(*) > 1 ORDER BY id LIMIT 1").collect()
    require_distinct([row["id"] for row in twice for _ in range(2)])
    own_address = "address = '' OR true" if ignore_urls else "address = ''"
    spark.sql(f"""
        SELECT id, words, stamp, exact, notice, first(id) OVER (
            PARTITION BY CASE WHEN {own_address} THEN concat('id ', id) ELSE concat('address ', address) END
            ORDER BY CASE WHEN stamp = {UNDATED} THEN -{UNDATED} ELSE stamp END DESC, words DESC, stamp, id) AS current
        FROM signed""").createOrReplaceTempView("captures")
    spark.sql("""
        SELECT id, CASE WHEN words = 0 THEN id ELSE first(id) OVER (PARTITION BY exact, words = 0 ORDER BY stamp, id)
               END AS delegate FROM captures WHERE id = current""").createOrReplaceTempView("standing")
    spark.sql("""
        SELECT signed.* FROM signed JOIN standing USING (id) WHERE id = delegate AND words > 0
        """).persist().createOrReplaceTempView("nodes")
    pairs = _candidates(spark).persist()
    pairs.createOrReplaceTempView("pairs")
    _components(spark, pairs).createOrReplaceTempView("labels")
    templates = spark.sparkContext.broadcast(_templates(spark))
    spark.sql("""
        SELECT label, collect_set(struct(a, b)) AS pairs FROM pairs JOIN labels ON a = id GROUP BY label
        """).createOrReplaceTempView("edges")
    grouped = spark.sql("""
        SELECT label, first(edges.pairs) AS pairs,
               collect_list(struct(id, text, title, stamp, source, words, signature)) AS members
        FROM edges JOIN labels USING (label) JOIN nodes USING (id) GROUP BY label""")

    def compare(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            yield _table([link for row in batch.to_pylist() for link in _links(row, templates.value, choice)], _LINKS)

    grouped.mapInArrow(compare, _LINKS).createOrReplaceTempView("links")
    # Apart from the rows: most have no notice, and a window over them would be the whole corpus in one task.
    spark.sql(f"""
        SELECT notice, min(struct(stamp, id)).id AS furniture FROM captures WHERE notice <> ''
        GROUP BY notice HAVING count(DISTINCT exact) >= {MANY_TITLES}""").createOrReplaceTempView("notices")
    return spark.sql(f"""
        SELECT id, cluster, CASE WHEN kept <> id THEN kept END AS duplicate_of,
               CASE WHEN id <> current THEN 'version' WHEN relation IS NOT NULL THEN relation
                    WHEN id <> delegate THEN 'exact' END AS relation,
               CASE WHEN id <> current THEN 1.0D WHEN score IS NOT NULL THEN score
                    WHEN id <> delegate THEN 1.0D END AS score,
               CASE WHEN min(stamp) OVER (PARTITION BY cluster) < {UNDATED}
                    THEN first(id) OVER (PARTITION BY cluster ORDER BY stamp, id) END AS original,
               coalesce(most_complete, delegate) AS most_complete,
               CASE WHEN kept <> id AND id = current THEN named_struct(
                    'dateline', coalesce(dateline, 0L), 'credit', coalesce(credit, 0L),
                    'correction', coalesce(correction, 0L), 'text', coalesce(text, 0L)) END AS lost, words, furniture
        FROM (SELECT own.id, own.current, own.stamp, own.words, furniture,
                     delegate, coalesce(links.head, delegate) AS cluster,
                     CASE WHEN own.id <> current THEN current ELSE coalesce(links.kept_in, delegate) END AS kept,
                     links.* EXCEPT (id, head, kept_in)
              FROM captures own JOIN standing ON standing.id = current LEFT JOIN links ON links.id = delegate
              LEFT JOIN notices ON notices.notice = own.notice)""")


def _table(rows: list[dict[str, Any]], schema: str) -> Any:
    import pyarrow

    types = {
        "string": pyarrow.string(),
        "long": pyarrow.int64(),
        "double": pyarrow.float64(),
        "binary": pyarrow.binary(),
    }
    types["array<long>"] = pyarrow.list_(pyarrow.int64())
    fields = [part.split(" ") for part in schema.split(", ")]
    return pyarrow.RecordBatch.from_pylist(rows, pyarrow.schema([(name, types[kind]) for name, kind in fields]))


def _sign(batches: Iterator[Any]) -> Iterator[Any]:
    for batch in batches:
        documents = list(documents_of(enumerate(batch.to_pylist(), start=1)))
        signed = sign([document.text for document in documents], samples=True)
        keys = band_keys(signed.signatures)
        exact = titled_keys(signed.exact, signed.words, [document.title for document in documents])
        shared = notices(signed.exact, exact)
        assert signed.samples is not None
        samples = np.split(signed.samples[0].view(np.int64), signed.samples[1][1:-1])
        yield _table(
            [
                {
                    "id": document.id,
                    "text": document.text,
                    "title": document.title,
                    "stamp": stamp_of(document.date),
                    "address": url_key(document.url),
                    "source": source_of(document),
                    "words": int(signed.words[row]),
                    "exact": exact[row].tobytes(),
                    "notice": shared[row],
                    "signature": signed.signatures[row].tobytes(),
                    "bands": keys[row].tolist(),
                    "samples": np.unique(samples[row]).tolist(),
                }
                for row, document in enumerate(documents)
            ],
            _SIGNED,
        )


def _candidates(spark: SparkSession) -> DataFrame:
    for name, most in (("bands", UNDATED), ("samples", COMMON)):
        spark.sql(f"""
            SELECT * FROM (
                SELECT key, id, stamp, row_number() OVER (PARTITION BY key ORDER BY stamp, id) AS place,
                       count(*) OVER (PARTITION BY key) AS size
                FROM (SELECT DISTINCT explode({name}) AS key, id, stamp FROM nodes)) WHERE size BETWEEN 2 AND {most}
            """).createOrReplaceTempView(f"{name}_buckets")
    joins = """
        SELECT one.id AS a, other.id AS b FROM {name}_buckets one JOIN {name}_buckets other USING (key)
        WHERE one.size <= {hot} AND one.place < other.place
        UNION ALL SELECT one.id, other.id FROM {name}_buckets one JOIN {name}_buckets other USING (key)
        WHERE one.size > {hot} AND one.place <= {hubs} AND one.place < other.place
        UNION ALL SELECT one.id, other.id
        FROM (SELECT *, explode(sequence(1, {near})) AS step FROM {name}_buckets
              WHERE size > {hot} AND place > {hubs}) one
        JOIN {name}_buckets other ON one.key = other.key AND one.place + one.step = other.place"""
    bands, samples = (
        joins.format(name=name, hot=HOT_BUCKET, hubs=HUBS, near=NEIGHBOURS) for name in ("bands", "samples")
    )
    shared = f"SELECT a, b FROM ({samples}) GROUP BY a, b HAVING count(*) >= {SHARED_SAMPLES}"
    return spark.sql(f"SELECT a, b FROM ({bands}) UNION {shared}")


def _components(spark: SparkSession, pairs: DataFrame) -> DataFrame:
    """Label the texts of each connected component with its smallest id: labels spread until none changes."""
    pairs.selectExpr("a AS id", "b AS other").union(pairs.selectExpr("b", "a")).persist().createOrReplaceTempView(
        "both"
    )
    labels = spark.sql("SELECT id, least(id, min(other)) AS label FROM both GROUP BY id").persist().checkpoint()
    while True:
        labels.createOrReplaceTempView("spreading")
        spread = (
            spark.sql("""
            SELECT own.id, least(first(own.label), min(near.label), first(jump.label)) AS label
            FROM spreading own JOIN both ON both.id = own.id JOIN spreading near ON near.id = other
            JOIN spreading jump ON jump.id = own.label GROUP BY own.id""")
            .persist()
            .checkpoint()
        )
        spread.createOrReplaceTempView("spread")
        if spark.sql("SELECT 1 FROM spread JOIN spreading USING (id) WHERE spread.label <> spreading.label").isEmpty():
            return spread
        labels = spread


def _templates(spark: SparkSession) -> dict[str, Any]:
    """Return the template shingles of each source, from its pages that are candidates of each other.

    A row holds the sample of one source. Executors count its shingles; the driver gets only those of templates.
    """
    if spark.sql("SELECT 1 FROM nodes WHERE source <> '' LIMIT 1").isEmpty():
        return {}
    pages = spark.sql(f"""
        SELECT source, array_sort(collect_list(struct(stamp, id, text, signature))) AS pages FROM (
            SELECT *, row_number() OVER (PARTITION BY source ORDER BY stamp, id) AS place,
                   count(*) OVER (PARTITION BY source) AS size
            FROM nodes LEFT SEMI JOIN (
                SELECT explode(array(a, b)) AS id FROM pairs JOIN nodes one ON one.id = a
                JOIN nodes other ON other.id = b AND other.source = one.source WHERE one.source <> '') USING (id))
        WHERE size >= {LEAST_PAGES} AND (place - 1) % ceil(size / {SAMPLE}) = 0 GROUP BY source""")
    found = pages.mapInArrow(_frequent, "source string, shingles array<long>").collect()
    return {row["source"]: np.array(row["shingles"], dtype=np.uint32) for row in found}


def _frequent(batches: Iterator[Any]) -> Iterator[Any]:
    for batch in batches:
        rows = []
        for row in batch.to_pylist():
            signatures = np.array([np.frombuffer(page["signature"], dtype=np.uint32) for page in row["pages"]])
            shingles = frequent_shingles([page["text"] for page in row["pages"]], signatures)
            rows += [{"source": row["source"], "shingles": shingles.tolist()}] if shingles.size else []
        yield _table(rows, "source string, shingles array<long>")


def _links(row: dict[str, Any], templates: dict[str, Any], choice: Choose) -> list[dict[str, Any]]:
    """Compare one component."""
    members = sorted(row["members"], key=lambda member: (member["stamp"], member["id"]))
    number_of = {member["id"]: number for number, member in enumerate(members)}
    sources = sorted({member["source"] for member in members} - {""})
    texts = Texts(
        texts=[member["text"] for member in members],
        titles=[member["title"] for member in members],
        ids=[member["id"] for member in members],
        words=np.array([member["words"] for member in members]),
        sources=np.array([sources.index(member["source"]) if member["source"] else -1 for member in members]),
        signatures=np.array([np.frombuffer(member["signature"], dtype=np.uint32) for member in members]),
        dates=np.array([member["stamp"] for member in members]),
    )
    pairs = np.array(sorted((number_of[pair["a"]], number_of[pair["b"]]) for pair in row["pairs"]))
    known = {number: templates[source] for number, source in enumerate(sources) if source in templates}
    groups = NearDuplicates(known, choice).groups(pairs, texts, lambda _what, _done, _of: None)
    return [
        {
            "id": texts.ids[group.representative if link is None else link.number],
            "head": texts.ids[group.representative],
            "most_complete": texts.ids[group.most_complete],
            "relation": link and link.relation,
            "score": link and round(link.score, 4),
            "kept_in": None if link is None or link.kept_in is None else texts.ids[link.kept_in],
            **(link.lost if link else Lost())._asdict(),
        }
        for group in groups
        for link in (None, *group.links)
    ]
