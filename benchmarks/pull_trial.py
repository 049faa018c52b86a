"""Pulls under fire: two writers, two consumers, kills; what the consumers have in the end is what a full export gives.

    python -m benchmarks.pull_trial --rounds 20

In each round two processes write (new stories, copies, updates, withdrawals and their undoing), and for each consumer
two processes run ``storykin export --consumer`` at once. Half of them are killed (SIGKILL) after a random number of
writes, and the writers when the last of them has ended. Then each consumer applies the files that appeared, in the
order in which they did. In the end, when nobody writes, each consumer pulls once more, and its copy is compared with
``storykin export`` of the same selection, row by row. Exit code 1 where they differ. The database is one of its own at
``MONGODB_URI``, else in the embedded server.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from crawler.cli.export import command
from storage.articles.articles import put_many
from storage.database.store import Store, temporary_store
from storage.duplicates import decide
from storage.export.consumers import AlreadyPulledError
from storage.export.pull import TOMBSTONES
from storage.records import Article
from storage.write.withdrawal import restore, withdraw

CONSUMERS: dict[str, list[str]] = {"all": ["--all-copies"], "distinct": []}
FIELDS = "url,title,text,aliases,duplicate,withdrawn,version"
SITE, MOST = "https://portal.example", 400
MOST_WRITES = 5
"""Until a process is killed, at most."""
WORDS = [f"{a}{b}" for a in ("ba", "cô", "du", "gi", "hạ") for b in range(200)]


def forked(work: Callable[[], object]) -> int:
    """Run *work* in a process of its own and return its id; the exit code is 6 where another one pulls."""
    pid = os.fork()
    if not pid:
        os._exit(_code_of(work))
    return pid


def _code_of(work: Callable[[], object]) -> int:
    try:
        work()
    except AlreadyPulledError as problem:
        return problem.exit_code
    except BaseException as problem:  # noqa: BLE001 - the process ends here, and the trial counts it
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
        return 1
    return 0


def write(seed: int, told: int) -> None:
    """Change the store until this process is killed, and write a byte to *told* after each change."""
    draw = random.Random(seed)
    with Store.open() as store:
        while True:
            number, act = draw.randrange(MOST), draw.random()
            if act < 0.1:
                withdraw(store, f"{SITE}/{number}", "trial")
            elif act < 0.2:
                restore(store, f"{SITE}/{number}")
            else:
                pages = [page(draw) for _ in range(8)]
                decide.decide(store, [put.id for put in put_many(store, pages)])
            os.write(told, b".")


def page(draw: random.Random) -> Article:
    """Return a page of one of the stories: a text of its own, a later one, or the text of another one."""
    number = draw.randrange(MOST)
    text = draw.randrange(MOST) if draw.random() < 0.3 else number * 1000 + draw.randrange(3)
    body = " ".join(random.Random(text).choices(WORDS, k=80))
    url = f"{SITE}/{number}"
    return Article(id="", url=url, canonical_url=url, portal="p", title=f"Story {text}", text=body)


def pull(consumer: str, file: Path) -> None:
    options = ["--consumer", consumer, "-o", str(file), "--fields", FIELDS, *CONSUMERS[consumer]]
    with open(os.devnull, "w") as quiet:  # noqa: PTH123 - a device
        os.dup2(quiet.fileno(), 2)
        command.main(options, standalone_mode=False)


def apply(copy: dict[str, dict[str, Any]], file: Path, kinds: Counter[str], *, distinct: bool) -> None:
    for line in file.read_text("utf-8").splitlines():
        row = json.loads(line)
        change = row.pop("change")
        del row["cursor"]
        kinds[change] += 1
        if change in TOMBSTONES or (change == "merged" and distinct):
            copy.pop(row["id"], None)
        else:
            copy[row["id"]] = row


def settle(store: Store) -> None:
    """Have decided what killed writers left undecided."""
    undecided = {"$expr": {"$ne": ["$judged", "$content"]}}
    decide.decide(store, [row["_id"] for row in store.db["articles"].find(undecided, {"_id": 1})])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    draw, codes, wrong = random.Random(given.seed), Counter[str](), 0
    copies: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in CONSUMERS}
    kinds = {name: Counter[str]() for name in CONSUMERS}
    heard, told = os.pipe()
    with temporary_store() as store, tempfile.TemporaryDirectory() as name:
        os.environ |= {"MONGODB_URI": store.uri, "STORYKIN_DATABASE": store.db.name}
        folder = Path(name)
        for turn in range(given.rounds + 1):
            last = turn == given.rounds
            if last:
                settle(store)
            parts = range(1 if last else 2)
            files = {one: [folder / f"{turn}-{one}-{part}.jsonl" for part in parts] for one in CONSUMERS}
            seeds = [] if last else [draw.randrange(1 << 30) for _ in range(2)]
            writers = [forked(partial(write, seed, told)) for seed in seeds]
            if writers:
                os.read(heard, 1 << 16)  # all that was written since, at least one
            pullers = [forked(partial(pull, one, file)) for one, several in files.items() for file in several]
            for pid in [] if last else draw.sample(pullers, len(pullers) // 2):
                for _ in range(draw.randrange(MOST_WRITES)):
                    os.read(heard, 1 << 16)
                os.kill(pid, signal.SIGKILL)
            for pid in pullers:
                codes[str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))] += 1
            for pid in writers:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            for consumer, several in files.items():
                for file in sorted(filter(Path.exists, several), key=lambda one: one.stat().st_mtime_ns):
                    apply(copies[consumer], file, kinds[consumer], distinct=consumer == "distinct")
            print(f"round {turn + 1}: {', '.join(f'{one} has {len(copies[one]):,}' for one in CONSUMERS)}", flush=True)
        print(f"pulls by exit code (-9: killed, 6: another one pulled): {dict(sorted(codes.items()))}")
        for consumer, options in CONSUMERS.items():
            file = folder / f"full-{consumer}.jsonl"
            command.main(["-o", str(file), "--fields", f"id,{FIELDS}", *options], standalone_mode=False)
            full = {row["id"]: row for row in map(json.loads, file.read_text("utf-8").splitlines())}
            copy = copies[consumer]
            differing = [key for key in full.keys() | copy.keys() if full.get(key) != copy.get(key)]
            wrong += len(differing)
            print(f"{consumer}: {len(full):,} rows in a full export, {len(differing)} differ; {dict(kinds[consumer])}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
