"""CPU of a real page: ``dissect()`` beside ``trafilatura.bare_extraction`` and, if asked, beside another checkout.

    python -m benchmarks.page_cost --pages 20 --against ../other-worktree --parts

Pages of five sets of the measuring data, spread over each set, every one of them in memory. Each contestant is a
process of its own; page by page they take turns, so that quicker and slower minutes of the machine meet all of them.
What counts is CPU time, the least of the rounds. ``--parts`` takes the steps of ``dissect()`` apart in further rounds.
"""

from __future__ import annotations

import argparse
import gc
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from importlib import import_module
from operator import itemgetter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("STORYKIN_SHARED", ROOT.parent / "shared"))
SETS = ("extraction/fundus", "extraction/utomo-news", "extraction/testpages", "extraction/wcxb", "portals/abcnews")
HOMES = ("crawler.article.dissect", "crawler.anatomy")
"""Where ``dissect`` stands, and where it stood in version 0.1."""
PARTS = (
    "parse", "anchors", "read_metadata", "without_scripts", "SourceMap", "page_shape", "find_related", "take_captions",
    "take_asides", "extract_blocks", "fill_gaps", "restore_lead", "furniture", "judge", "left_out", "_assembled",
    "page_kind", "page_links",
)  # fmt: skip
"""Names in the module of ``dissect`` that are the steps of a page."""

Page = tuple[str, bytes, str]
"""Address, body, content type."""


def pages_of(archive: Path, number: int) -> list[Page]:
    """Return *number* pages of an archive, at equal distances."""
    from crawler.warc.archive import read_pages

    found = [(page.url, page.body, page.content_type) for page in read_pages(archive)]
    step = max(1, len(found) // number)
    return found[::step][:number]


def storykin(parts: dict[str, float] | None = None) -> Callable[[Page], object]:
    """Return what takes a page apart with the code on the path; CPU of its steps is added to *parts*."""
    for home in HOMES:
        try:
            module = import_module(home)
            break
        except ModuleNotFoundError:
            continue
    for name in PARTS if parts is not None else ():
        setattr(module, name, _timed(getattr(module, name), name, parts))
    page_class: Any = module.Page
    return lambda page: module.dissect(page_class(url=page[0], body=page[1], content_type=page[2]))


def _timed(function: Callable[..., Any], name: str, parts: dict[str, float] | None) -> Callable[..., Any]:
    def timed(*arguments: Any, **options: Any) -> Any:
        begin = time.process_time()
        try:
            return function(*arguments, **options)
        finally:
            if parts is not None:
                parts[name] += time.process_time() - begin

    return timed


def trafilatura() -> Callable[[Page], object]:
    """Return the extraction of text and metadata that storykin is compared with."""
    from trafilatura import bare_extraction

    return lambda page: bare_extraction(page[1], url=page[0], include_comments=False, with_metadata=True)


def compete(pages: Path, take: Callable[[Page], object], parts: dict[str, float]) -> None:
    """Answer each number of a page on standard input with its CPU milliseconds, and an empty line with the parts."""
    loaded: list[Page] = pickle.loads(pages.read_bytes())
    gc.collect()
    gc.freeze()
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        if not line.strip():
            print(*(f"{name} {spent * 1000}" for name, spent in parts.items()), sep="\t", file=answers, flush=True)
            parts.clear()
            continue
        begin = time.process_time()
        with suppress(ValueError):  # ExtractError: it is no page
            take(loaded[int(line)])
        print((time.process_time() - begin) * 1000, file=answers, flush=True)


class Contestant:
    """A process that takes pages apart when it is told to."""

    def __init__(self, who: str, checkout: Path, pages: Path, stack: ExitStack) -> None:
        self._process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, str(Path(__file__).resolve()), "--compete", who, "--with", str(pages)],
                env={**os.environ, "PYTHONPATH": str(checkout.resolve()), "PYTHONSAFEPATH": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        stack.callback(self._process.terminate)

    def ask(self, line: object) -> str:
        """Return the answer to a line."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(line, file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit("a contestant has ended; its error stands above")
        return answer


def steps_of(contestant: Contestant, pages: int, rounds: int) -> tuple[float, Counter[str]]:
    """Return milliseconds of all pages, and of their steps: of each page those of its cheapest round."""
    whole, steps = 0.0, Counter[str]()
    for number in range(pages):  # what is loaded at first use belongs to no page
        contestant.ask(number)
    contestant.ask("")
    for number in range(pages):
        tries = []
        for _ in range(rounds):
            cost = float(contestant.ask(number))
            told = (cell.rpartition(" ") for cell in contestant.ask("").strip().split("\t"))
            tries.append((cost, {step: float(spent) for step, _, spent in told}))
        cost, parts = min(tries, key=itemgetter(0))
        whole += cost
        steps.update(parts)
    return whole, steps


def rows(costs: dict[str, list[float]]) -> Iterator[str]:
    """Yield the table: each contestant beside the first, pooled over all pages."""
    yield "| CPU ms a page | mean | median | 9 of 10 below | ratio of the sums | median ratio of a page |"
    yield "|---|---|---|---|---|---|"
    first = next(iter(costs.values()))
    for name, spent in costs.items():
        ratio = statistics.median(own / other for own, other in zip(spent, first, strict=True))
        tenth = statistics.quantiles(spent, n=10)[-1]
        middle = statistics.median(spent)
        share = sum(spent) / sum(first)
        yield f"| {name} | {statistics.fmean(spent):.1f} | {middle:.1f} | {tenth:.1f} | {share:.2f} | {ratio:.2f} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20, help="of each set")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against", type=Path, action="append", default=[], help="another checkout; may be repeated")
    parser.add_argument("--parts", action="store_true")
    parser.add_argument("--compete", help=argparse.SUPPRESS)
    parser.add_argument("--with", dest="file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.compete:
        spent: dict[str, float] = defaultdict(float)
        take = (
            trafilatura()
            if options.compete == "trafilatura"
            else storykin(spent if options.compete == "parts" else None)
        )
        compete(options.file, take, spent)
        return
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        file = Path(folder) / "pages.pickle"
        sets = {name: pages_of(SHARED / "data" / f"{name}.warc.gz", options.pages) for name in SETS}
        pages = [page for found in sets.values() for page in found]
        file.write_bytes(pickle.dumps(pages))
        contestants = {"trafilatura": Contestant("trafilatura", ROOT, file, stack)}
        contestants["storykin"] = Contestant("storykin", ROOT, file, stack)
        for checkout in options.against:
            contestants[checkout.name] = Contestant("storykin", checkout, file, stack)
        costs = {name: [float("inf")] * len(pages) for name in contestants}
        for _ in range(options.rounds):
            for number in range(len(pages)):
                for name, contestant in contestants.items():
                    costs[name][number] = min(costs[name][number], float(contestant.ask(number)))
        print("\n".join(rows(costs)))
        at = 0
        print("\n| set | " + " | ".join(f"{name}, median ms" for name in costs) + " |\n|---|" + "---|" * len(costs))
        for name, found in sets.items():
            middles = (statistics.median(spent[at : at + len(found)]) for spent in costs.values())
            print(f"| {name} | " + " | ".join(f"{middle:.1f}" for middle in middles) + " |")
            at += len(found)
        if options.parts:
            whole, steps = steps_of(Contestant("parts", ROOT, file, stack), len(pages), options.rounds)
            print("\n| step | ms a page | share |\n|---|---|---|")
            for step, spent_there in steps.most_common():
                print(f"| `{step}` | {spent_there / len(pages):.2f} | {spent_there / whole:.0%} |")


if __name__ == "__main__":
    main()
