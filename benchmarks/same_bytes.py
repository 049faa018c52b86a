"""Proof that a change of the code changes nothing: digests of what every archive and a replay become.

    python -m benchmarks.same_bytes -o before.json      # takes minutes of CPU
    python -m benchmarks.same_bytes --against before.json
    python -m benchmarks.same_bytes --checkout ../other-worktree --against before.json
    python -m benchmarks.same_bytes --only 'newset/*' --against before.json

Each field of each record of ``storykin extract --warc``, over every WARC file of the measuring data, is hashed; and so
is each field of each document that ``storykin crawl --replay`` stores. Only public commands run, so that the two sides
may be laid out differently. What a clock, a process or chance decides is left out: see :data:`BY_CHANCE` and
:func:`_without_chance`. Exit code 1 where something differs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from typing import Any

from bson import ObjectId
from pymongo import MongoClient

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("STORYKIN_SHARED", ROOT.parent / "shared"))
REPLAY = ("http://abcnews.go.com/", "--follow", "articles", "--replay-at", "2017-01-20")
"""Some 460 articles of one portal behind a front page of that day, reprints among them."""
REPLAYED = "portals/abcnews.warc.gz"
BY_CLOCK = ("published", "modified")
"""The only times in a stored document that the page decides."""
BY_CHANCE = {"token", "ended_by", "worker", "beat", "lease", "referrer", "schema_version"}
"""Fields that say which process was at work or which of several pages came first, and the number of the schema."""
COLLECTIONS = ("articles", "versions", "pages", "edges", "fingerprints", "exact", "frontier", "decisions")
"""What a crawl makes of its pages; the others count and time its work."""

Fields = dict[str, str]
Digests = dict[str, dict[str, Fields]]
"""Of each file or collection, of each record, a digest of each field."""


class Checkout:
    """The code to be measured, by the commands that it offers."""

    def __init__(self, folder: Path, data: Path) -> None:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        module, _, function = project["scripts"]["storykin"].partition(":")
        self._program = [sys.executable, "-c", f"import sys; from {module} import {function}; sys.exit({function}())"]
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in ("MONGODB_URI", "STORYKIN_DATABASE")},
            "PYTHONPATH": str(folder.resolve()),
            "PYTHONSAFEPATH": "1",  # the working directory is no place of modules
            "STORYKIN_DATA": str(data),
            "STORYKIN_PAGE_SECONDS": "600",  # a busy machine costs no page
            # Where two addresses lead to one article, the first that comes gives its name; workers would race for it.
            "STORYKIN_WORKERS": "0",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``storykin`` with *arguments*."""
        command = [*self._program, *arguments]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)


def digest(value: Any) -> str:
    if isinstance(value, bytes):
        return sha256(value).hexdigest()[:16]
    return sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, default=repr).encode()).hexdigest()[:16]


def extracted(checkout: Checkout, warc: Path, folder: Path) -> dict[str, Fields]:
    """Return the digests of what ``extract --warc`` makes of a file, and its exit code.

    One process without a pool: a file that is cut or broken gives what comes before, and a code other than 0.
    """
    output = folder / f"{warc.name}.jsonl"
    done = checkout.run("extract", "--warc", str(warc), "-o", str(output), "--workers", "0")
    records: dict[str, Fields] = {"exit code": {"exit code": str(done.returncode)}}
    met: Counter[str] = Counter()
    for line in output.read_text(encoding="utf-8").splitlines() if output.exists() else ():
        row = json.loads(line)
        met[row["id"]] += 1
        again = f" ({met[row['id']]})" if met[row["id"]] > 1 else ""
        records[row["id"] + again] = {name: digest(value) for name, value in row.items()}
    return records


def stored(checkout: Checkout, warc: Path) -> Digests:
    """Return the digests of what a replay of *warc* leaves in an empty store."""
    address, *options = REPLAY
    checkout.run("db", "start")
    try:
        return _stored_after(checkout, ("crawl", address, *options, "--replay", str(warc), "--json"))
    finally:
        checkout.run("db", "stop")


def _stored_after(checkout: Checkout, crawl: tuple[str, ...]) -> Digests:
    done = checkout.run(*crawl)
    if done.returncode:
        raise SystemExit(f"{' '.join(crawl)} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    uri = checkout.run("db", "uri").stdout.strip()
    with MongoClient[dict[str, Any]](uri) as client:
        db = client.get_default_database("storykin")
        runs = {row["_id"] for row in db["runs"].find({}, {"_id": 1})}
        return {
            f"store/{name}": {
                _name_of(document["_id"]): {
                    key: digest(kept)
                    for key, value in document.items()
                    if key not in BY_CHANCE and (kept := _without_chance(key, value, runs)) is not None
                }
                for document in db[name].find()
            }
            for name in COLLECTIONS
        }


def _name_of(ident: Any) -> str:
    return ident.hex() if isinstance(ident, bytes) else str(ident)


def _without_chance(key: str, value: Any, runs: set[str]) -> Any:
    """Return *value* without times by the clock, ids of runs and what the driver made up; ``None`` if none is left."""
    if isinstance(value, datetime):
        return value.isoformat() if key in BY_CLOCK else None
    if isinstance(value, ObjectId) or (isinstance(value, str) and value in runs):
        return None
    if isinstance(value, Mapping):
        return {name: kept for name, v in value.items() if (kept := _without_chance(name, v, runs)) is not None}
    if isinstance(value, list):
        return [_without_chance(key, each, runs) for each in value]
    return value


def measure(checkout: Path, only: str) -> Digests:
    """Return the digests of every archive of the measuring data, and of the store after one replay.

    :param only: a pattern of the archives' paths, or ``store``
    """
    data = SHARED / "data"
    warcs = sorted(data.rglob("*.warc.gz"), key=lambda warc: -warc.stat().st_size)  # the longest first
    if not warcs:
        raise SystemExit(f"{data}: no WARC file; set STORYKIN_SHARED to the folder of the measuring data")
    chosen = [warc for warc in warcs if fnmatch(str(warc.relative_to(data)), only)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as threads:
        code = Checkout(checkout, Path(folder) / "database")
        replay = threads.submit(stored, code, data / REPLAYED) if fnmatch("store", only) else None
        files = list(threads.map(lambda warc: extracted(code, warc, Path(folder)), chosen))
        found: Digests = {str(warc.relative_to(data)): one for warc, one in zip(chosen, files, strict=True)}
        return {**dict(sorted(found.items())), **(replay.result() if replay else {})}


def differences(before: Digests, after: Digests) -> Iterator[str]:
    """Yield a line for each record that only one side has, or of which fields differ, of what *after* has measured."""
    for place in after:
        old, new = before.get(place, {}), after.get(place, {})
        for ident in sorted(old.keys() | new.keys()):
            if ident not in new:
                yield f"{place}: {ident}: is missing"
            elif ident not in old:
                yield f"{place}: {ident}: is new"
            elif fields := sorted(
                name for name in old[ident].keys() | new[ident].keys() if old[ident].get(name) != new[ident].get(name)
            ):
                yield f"{place}: {ident}: {', '.join(fields)}"


def main() -> int:
    """Measure, write, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkout", type=Path, default=ROOT, help="the code to be measured; this one by default")
    parser.add_argument("--against", type=Path, metavar="FILE", help="what an earlier run has written with -o")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE")
    parser.add_argument("--only", metavar="PATTERN", default="*", help="archives such as 'newset/*', or store")
    parser.add_argument("--lines", type=int, default=200, help="differences that are listed; all are counted")
    options = parser.parse_args()
    before: Digests | None = json.loads(options.against.read_text(encoding="utf-8")) if options.against else None
    found = measure(options.checkout, options.only)
    if options.output:
        options.output.write_text(json.dumps(found, indent=0, ensure_ascii=False), encoding="utf-8")
    for place, records in found.items():
        print(f"{digest(records)}  {len(records):6}  {place}")
    if before is None:
        return 0
    changed = list(differences(before, found))
    print("\n".join(changed[: options.lines]))
    kinds = Counter(line.partition(": ")[0] for line in changed)
    print(f"{len(changed)} records differ" + "".join(f"; {place}: {n}" for place, n in kinds.most_common()))
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
