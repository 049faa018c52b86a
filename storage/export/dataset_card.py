"""The card of a dataset: the README.md by which ``datasets.load_dataset`` and the Hugging Face Hub know a folder.

Its head is YAML: https://huggingface.co/docs/hub/datasets-manual-configuration
"""

from __future__ import annotations

from collections.abc import Mapping

from storage.records import SCHEMA_VERSION

DATA = "data"
"""Folder of the files beside the card: readers of Parquet take every file of a folder."""


def dataset_card(rows: Mapping[str, int]) -> str:
    """Return the card of a partitioned export with so many *rows* of each portal."""
    table = "\n".join(f"| {portal} | {count:,} |" for portal, count in sorted(rows.items()))
    return f"""---
pretty_name: News articles gathered by storykin
configs:
- config_name: default
  data_files: {DATA}/**/*.parquet
---

# News articles gathered by storykin

{sum(rows.values()):,} rows of schema version {SCHEMA_VERSION}, one an article: its own text, its related stories,
and where each value was read. The texts belong to their publishers.

| portal | rows |
|---|---|
{table}

`datasets.load_dataset(FOLDER)` reads it. pandas, pyarrow, polars, DuckDB and Spark read FOLDER/{DATA} and find in its
folders the columns `part_portal` and `part_date` (UTC date of publication).
"""
