"""What is asked of the tables of a corpus. All but the first query are SQL that both DuckDB and Spark speak."""

from dedupe.clusters.kept import Lost

PAGES = """
WITH chosen AS (
    FROM read_parquet($index)
    WHERE ($hosts = '' OR regexp_matches(host, $hosts)) AND ($since IS NULL OR epoch_us(date) >= $since)
), named AS (
    SELECT *, CASE WHEN count(*) OVER (PARTITION BY identity) > 1 THEN dated ELSE url END ||
              CASE WHEN count(*) OVER (PARTITION BY dated) > 1 THEN ' ' || left(digest, 12) ELSE '' END AS id
    FROM chosen
), equals AS (
    SELECT *, row_number() OVER same = 1 AS taken, first_value(id) OVER same AS first FROM named
    WINDOW same AS (PARTITION BY digest ORDER BY date NULLS LAST, url, part, "offset", nth)
)
SELECT part, file, "offset", nth, url, date, digest, id, CASE WHEN NOT taken THEN first END AS same_as,
       CASE WHEN taken THEN (row_number() OVER (PARTITION BY taken ORDER BY part, "offset", nth) - 1) // $split
       END AS split
FROM equals ORDER BY split NULLS LAST, part, "offset", nth
"""
"""The plan. Ids as :meth:`crawler.warc.index.ArchiveIndex.ids` gives them; equal bodies are one page, the earliest."""

KEPT = "SELECT * FROM articles WHERE id IN (SELECT id FROM clusters WHERE duplicate_of IS NULL)"

_RELATIONS = ("exact", "near", "contained", "version")
_DROPPED = "FILTER (WHERE duplicate_of <> ''"
CLUSTERS = f"""
SELECT count(*) AS documents, count(*) - count(duplicate_of) AS kept,
       {", ".join(f"count(*) {_DROPPED} AND relation = '{one}') AS {one}" for one in _RELATIONS)},
       coalesce(sum(words), 0) AS words, coalesce(sum(words) {_DROPPED}), 0) AS dropped_words,
       {", ".join(f"coalesce(sum(lost.{cause}), 0) AS lost_{cause}" for cause in Lost._fields)}
FROM clusters
"""
HOSTS = """
SELECT host, count(*) AS articles, count(*) - count(duplicate_of) AS kept FROM (
    SELECT regexp_extract(url, '^https?://(?:www[.])?([^/:?#]+)', 1) AS host, duplicate_of
    FROM articles JOIN clusters ON articles.id = clusters.id) AS hosts
GROUP BY host ORDER BY articles DESC, host LIMIT 50
"""
