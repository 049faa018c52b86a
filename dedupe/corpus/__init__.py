"""A whole corpus: in memory, in DuckDB, in Spark. Door: :func:`dedupe.corpus.in_memory.cluster_documents`."""
