"""A corpus in a folder, stage by stage. What is whole is not done again, so a run that was killed goes on.

``index/`` (a part a WARC file) → ``pages.parquet`` (ids, equal bodies, splits) → ``articles/`` and ``others/`` (a part
a split) → ``clusters/`` → ``kept/`` → ``report.json`` → ``manifest.json``.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from crawler.article.dissect import EXTRACTOR
from crawler.corpus.engines import OneMachine, Tell
from crawler.corpus.parts import Work, facts_of, part
from crawler.corpus.queries import CLUSTERS, HOSTS, KEPT, PAGES
from dedupe.errors import InputError
from dedupe.intake.skipped import EXAMPLES, Skipped
from storage.base.atomic_file import whole_file
from storage.embedded.file_lock import FileLock


def build(work: Work, engine: OneMachine, unread: Skipped, tell: Tell) -> dict[str, Any]:
    """Make the corpus in ``work.folder``, or go on with it, and return its report.

    :param unread: entries of lists that were passed over already
    :raises InputError: if the folder holds something else, nothing is found, or the disk is full
    """
    folder = work.folder
    with _claimed(work) as drafts:
        _index(work, engine, unread, tell)
        _whole(drafts, folder / "pages.parquet", lambda draft: engine.plan(PAGES, _given(work), draft))
        pages = pq.read_metadata(folder / "pages.parquet").num_rows
        taken = pages - pq.read_table(folder / "pages.parquet", columns=["split"])["split"].null_count
        if not taken:
            raise InputError("; ".join([f"{folder}: no HTML page of these hosts and days", *unread.lines("record")]))
        counts = _extract(work, engine, taken, tell)
        _whole(drafts, folder / "clusters", lambda draft: engine.cluster(folder, draft, tell))
        tell("writing the kept stories", 0, None, 0)
        _whole(drafts, folder / "kept", lambda draft: engine.write(KEPT, folder, draft))
        report = {
            "pages": pages,
            "equal_bodies": pages - taken,
            "failed": _failed(counts),
            "not_articles": counts["not an article"],
            "passed_over": {reason: [number, *unread.examples[reason]] for reason, number in unread.counts.items()},
            **engine.rows(CLUSTERS, folder)[0],
            "hosts": engine.rows(HOSTS, folder),
        }
        _write_json(folder / "report.json", report)
        _write_json(folder / "manifest.json", _parameters(work) | {"files": list(_files(folder))})
        return report


def _index(work: Work, engine: OneMachine, unread: Skipped, tell: Tell) -> None:
    files = len(work.files)

    def say(found: Sequence[Mapping[str, Any]]) -> None:
        tell("indexing WARC files", len(found), files, 0)

    for facts in _parts(work.folder, "index", files, lambda todo, done: engine.index(work, todo, done), say):
        unread.counts.update(facts["counts"])
        for reason, examples in facts["examples"].items():
            unread.examples[reason] = [*unread.examples.get(reason, []), *examples][:EXAMPLES]


def _extract(work: Work, engine: OneMachine, taken: int, tell: Tell) -> Counter[str]:
    """Write all articles; return how many pages are articles, none, or ``failed: `` for each reason."""
    counts: Counter[str] = Counter()

    def say(found: Sequence[Mapping[str, Any]]) -> None:
        counts.clear()
        for facts in found:
            counts.update(facts)
        tell("extracting pages", counts.total(), taken, sum(_failed(counts).values()))

    splits = -(-taken // work.split)
    _parts(work.folder, "articles", splits, lambda todo, done: engine.extract(work, todo, done), say)
    return counts


def _failed(counts: Counter[str]) -> dict[str, int]:
    return {kind[8:]: number for kind, number in counts.most_common() if kind.startswith("failed: ")}


def _parts(
    folder: Path,
    name: str,
    count: int,
    write: Callable[[list[int], Callable[[], None]], None],
    say: Callable[[Sequence[Mapping[str, Any]]], None],
) -> Sequence[Mapping[str, Any]]:
    """Have *write* write the parts of a table that are missing; *say* is told of those that are there, each time."""
    found: dict[Path, Mapping[str, Any]] = {}

    def look() -> None:
        new = [path for path in sorted((folder / name).glob("part-*.parquet")) if path not in found]
        found.update((path, facts_of(path)) for path in new)
        say(list(found.values()))

    todo = [number for number in range(count) if not part(folder, name, number).exists()]
    look()
    if todo:
        write(todo, look)
        look()
    return list(found.values())


def _whole(drafts: Path, target: Path, write: Callable[[Path], None]) -> None:
    """Have *write* write *target*, a file or a folder, as a draft, unless it is there."""
    if not target.exists():
        write(drafts / target.name)
        (drafts / target.name).replace(target)


def _given(work: Work) -> dict[str, Any]:
    hosts = rf"(^|[.])({'|'.join(map(re.escape, work.hosts))})$" if work.hosts else ""
    index = str(work.folder / "index" / "part-*.parquet")
    return {"index": index, "hosts": hosts, "since": work.since, "split": work.split}


def _parameters(work: Work) -> dict[str, Any]:
    """Return what two runs must share for one to go on with what the other began."""
    inputs = [{"file": file.name, "bytes": file.size} for file in work.files]
    chosen = {"hosts": [*work.hosts], "since": work.since, "split": work.split}
    return {"extractor": EXTRACTOR, **chosen, **work.rules, "inputs": inputs}


@contextmanager
def _claimed(work: Work) -> Iterator[Path]:
    """Take the folder for this run alone, and yield an empty one in it for drafts.

    :raises InputError: if it holds something else, or another run is at it
    """
    folder, manifest, wanted = work.folder, work.folder / "manifest.json", _parameters(work)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / ".lock").exists():
        raise InputError(f"{folder}: holds other files; name a new folder")
    with FileLock(folder / ".lock") as lock:
        if not lock.try_exclusive():
            raise InputError(f"{folder}: another run is writing to it; wait for its end, or name a new folder")
        found = json.loads(manifest.read_text("utf-8")) if manifest.exists() else wanted
        if differs := [name for name in wanted if found.get(name) != wanted[name]]:
            raise InputError(
                f"{folder}: was made with other {', '.join(differs)}; name a new folder, or remove this one"
            )
        for left in folder.rglob(".*.part"):
            left.unlink()
        shutil.rmtree(folder / ".work", ignore_errors=True)
        (folder / ".work").mkdir()
        if not manifest.exists():
            _write_json(manifest, wanted)
        yield folder / ".work"
        shutil.rmtree(folder / ".work")


def _files(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(path for path in folder.rglob("*.parquet") if ".work" not in path.parts):
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        name, rows = str(path.relative_to(folder)), pq.read_metadata(path).num_rows
        yield {"path": name, "rows": rows, "bytes": path.stat().st_size, "sha256": digest}


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    with whole_file(path) as stream:
        stream.write(json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n")
