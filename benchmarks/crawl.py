"""storykin beside other crawlers on one site on this machine, in one run, in turns.

    python -m benchmarks.crawl --pages 1000 --rounds 5
    python -m benchmarks.crawl --pages 500 --rounds 3 --pages-from FILE.warc.gz [...]

The site (:mod:`benchmarks.crawl_site`) has pages of 52 kB with related blocks; one in a hundred does not answer, one in
twenty repeats another. storykin runs as its users run it: anatomy, exact verification, majority writes to the embedded
MongoDB, a fresh database each time. The others run without delay, with the fastest settings that they document, each
in an environment of its own, which is made from the package index where it is missing (``--environments``, or
``STORYKIN_BENCH_ENVIRONMENTS``). A row counts only if its text holds nine of ten paragraphs of 98 % of the pages.

Pages a second: extracted pages from the first request to the last result; the start of the programs is a column of its
own. CPU seconds and memory are of all processes of a tool; mongod is shown apart. The last rows are the parts of
storykin's crawl alone: Scrapy following the same links without extraction, and ``anatomy()`` over the same bytes.

With ``--pages-from`` the site serves real pages of WARC files with the truth beside them (:class:`ArchivedSite`), each
from an address on this machine. A row counts if it gives nine of ten pages; beside its rate stands the mean F1 of its
words, by which a quick row that leaves text out is known. fundus, which needs a parser for each publisher, is left out.

Prints the table, writes the figures of all rounds to ``docs/performance/crawl.json`` (``--json`` names another file)
and puts the table between the marks in ``docs/performance.md`` (``--no-docs``: neither). Five rounds of a thousand
pages take about half an hour on two idle cores.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import platform
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.crawl_site import ADDRESSES, ArchivedSite, Site, counts
from benchmarks.figures import FOLDER, write_figures
from benchmarks.process_cost import Cost, cost_of
from dedupe.text.normalise import words_of
from storage.articles import articles
from storage.database.store import Store
from tests.support.databases import drop

ROOT = Path(__file__).resolve().parents[1]
PEERS = Path(__file__).parent / "peers"
NAME = "news.example.org"
LEAST = 0.98
"""Share of the pages that a row must have extracted."""
LEAST_ARCHIVED = 0.9
"""The same of real pages, of which some are taken for listings."""
PARAGRAPHS = 0.9
"""Share of a page's paragraphs that its text must hold to count as extracted."""
LONGEST = 600
"""Seconds after which another crawler is stopped: news-please waits without end where a page breaks its pipeline."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Tool:
    label: str
    script: str = ""
    requirements: tuple[str, ...] = ()
    """Of its environment; none: storykin's own is used."""
    shown: str = ""
    """Packages whose versions stand in the table."""
    named: bool = False
    """It refuses numbers or ports in addresses: see peers/named_site."""
    options: tuple[str, ...] = ()


TOOLS = {
    "storykin": Tool("storykin", shown="storykin scrapy trafilatura"),
    "scrapy": Tool(
        "Scrapy + trafilatura inline",
        "scrapy_inline.py",
        ("scrapy", "trafilatura", "lxml_html_clean"),
        "scrapy trafilatura",
    ),
    "trafilatura": Tool(
        "trafilatura, sitemap and threads",
        "trafilatura_crawl.py",
        ("trafilatura", "lxml_html_clean"),
        "trafilatura",
        True,
    ),
    "newspaper4k": Tool(
        "newspaper4k, 8 threads", "newspaper4k_crawl.py", ("newspaper4k[all]", "lxml_html_clean"), "newspaper4k"
    ),
    "fundus": Tool("fundus, parser for the site", "fundus_crawl.py", ("fundus", "curl-cffi<0.16"), "fundus"),
    "news-please": Tool("news-please", "news_please.py", ("news-please",), "news-please", True),
    "download": Tool("part: Scrapy downloading only", "scrapy_inline.py", shown="scrapy", options=("--download-only",)),
    "anatomy": Tool("part: `anatomy()` alone, one process", shown="trafilatura"),
}


@dataclass
class Round:
    tool: str
    pages: int = 0
    """Pages extracted."""
    rate: float = 0.0
    cpu: float = 0.0
    """Seconds a page that answered."""
    start: float = 0.0
    """Seconds from the command to its first request."""
    peak: int = 0
    leaked: float = 0.0
    words: float | None = None
    """Mean F1 of the words of the real pages that a tool gave."""
    duplicates: int | None = None
    mongod: float | None = None
    load: float = field(default_factory=lambda: os.getloadavg()[0])
    problem: str = ""


class Bench:
    """One site, one set of environments, and what all rounds gave."""

    def __init__(self, site: Site | ArchivedSite, base: str, environments: Path, folder: Path) -> None:
        self.site, self.base, self.environments, self.folder = site, base, environments, folder
        self._paths = {site.path(number): number for number in site.answering}
        self.seeds = folder / "seeds"
        self.seeds.mkdir()
        (self.seeds / "bench.toml").write_text(
            f'title = "Bench"\nstart_urls = ["{base}/"]\nallowed_domains = ["127.0.0.1"]\nloopback = true\n'
            f"article_url = ['{ADDRESSES}']\n[crawl]\nmax_depth = 1000\n"
        )
        self.command = [sys.executable, "-m", "crawler.cli", "crawl", "bench", "--seeds", str(self.seeds), "--json"]
        """A crawl of the site by storykin."""
        self.pages = folder / "pages.pickle"
        self.pages.write_bytes(
            pickle.dumps([(base + site.path(n), site.html(n), site.kind(n)) for n in site.answering])
        )

    def python(self, name: str) -> str:
        """Return the Python of a tool's environment, made where it is missing."""
        if not TOOLS[name].requirements:
            return sys.executable
        python = self.environments / name / "bin" / "python"
        if not python.exists():
            print(f"making the environment of {name}", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", python.parents[1]], check=True)
            wanted = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*wanted, *TOOLS[name].requirements], check=True)
        return str(python.absolute())

    def versions(self, name: str) -> str:
        """Return the versions of the packages that a tool's row shows."""
        code = "import importlib.metadata as m,sys; print(*(f'{n} {m.version(n)}' for n in sys.argv[1:]), sep=', ')"
        command = [self.python(name), "-c", code, *TOOLS[name].shown.split()]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def round(self, name: str) -> Round:
        """Run one tool once and judge what it gave."""
        counts(self.base)
        with tempfile.TemporaryDirectory(dir=self.folder) as work:
            if name == "storykin":
                return self._storykin(Path(work))
            return self._peer(name, Path(work))

    def _peer(self, name: str, work: Path) -> Round:
        tool, out, log = TOOLS[name], work / "out.jsonl", work / "log"
        if name == "anatomy":
            command = [sys.executable, "-m", "benchmarks.parts", str(self.pages), str(self.seeds), str(out)]
            cost, more = cost_of(command, log), {}
        else:
            base = self.base
            if tool.named:
                base, port = f"http://{NAME}", self.base.rpartition(":")[2]
                more = {"PYTHONPATH": str(PEERS / "named_site"), "BENCH_SITE": f"{NAME}:{port}"}
            else:
                more = {}
            command = [self.python(name), str(PEERS / tool.script), base, str(out), str(work), *tool.options]
            command = ["timeout", str(LONGEST), "env", *(f"{key}={value}" for key, value in more.items()), *command]
            cost = cost_of(command, log)
        if cost.status or not out.exists():
            return Round(name, problem=f"status {cost.status}: {log.read_text(errors='replace')[-300:]}")
        rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        end = max((row["at"] for row in rows if "at" in row), default=out.stat().st_mtime)
        if name == "anatomy":
            return self._judged(name, rows, cost, cost.begun, end)
        return self._judged(name, rows, cost, min(moment for moment, _ in counts(self.base)), end)

    def _storykin(self, work: Path) -> Round:
        log, database = work / "log", f"bench_{secrets.token_hex(4)}"
        with Store.open(database=database) as store:
            try:
                more = {"MONGODB_URI": store.uri, "STORYKIN_DATABASE": database}
                before = mongod_cpu(store)
                cost = cost_of(self.command, log, more)
                spent = mongod_cpu(store) - before
                found = list(articles.iterate(store))
                rows = [{"url": one.article.url, "title": one.article.title, "text": one.article.text} for one in found]
                repeated = store.db["articles"].find({"duplicate.of": {"$exists": True}}, {"url": 1})
                paths = {_path(row["url"]) for row in repeated}
                if wrong := paths - _copies(self.site):
                    return Round("storykin", problem=f"{len(wrong)} articles are no copies and were called so")
                last = store.db["frontier"].find_one({"state": "done"}, sort=[("finished", -1)])
                if last is None:
                    return Round("storykin", problem=log.read_text(errors="replace")[-300:])
                first = min(moment for moment, _ in counts(self.base))
                judged = self._judged("storykin", rows, cost, first, last["finished"].timestamp())
                judged.duplicates, judged.mongod = len(paths), spent / len(self.site.answering)
                return judged
            finally:
                drop(store.client[database])

    def _judged(self, name: str, rows: Sequence[dict[str, Any]], cost: Cost, first: float, end: float) -> Round:
        texts = {self._paths[path]: row["text"] for row in rows if (path := _path(row["url"])) in self._paths}
        wanted = len(self._paths)
        found = Round(name, pages=len(texts), cpu=cost.cpu / wanted, start=max(0.0, first - cost.begun), peak=cost.peak)
        least = LEAST
        if isinstance(self.site, ArchivedSite):
            least = LEAST_ARCHIVED
            scores = [_words_f1(text, self.site.truth(number)) for number, text in texts.items()]
            found.words = statistics.mean(scores) if any(scores) else None
        elif name != "download":
            found.pages, found.leaked = _invented(self.site, texts)
        found.rate = found.pages / max(0.001, end - first)
        if found.pages < least * wanted:
            found.problem = f"extracted {found.pages} of {wanted} pages"
        return found


def _copies(site: Site | ArchivedSite) -> set[str]:
    """Return the paths of the pages that repeat another or are repeated; of real pages any may."""
    if isinstance(site, ArchivedSite):
        return set(map(site.path, site.answering))
    return set(map(site.path, site.copies)) | {site.path(site.copy_of(number) or 0) for number in site.copies}


def _invented(site: Site, texts: dict[int, str]) -> tuple[int, float]:
    """Return how many texts hold their pages' paragraphs, and the share of the blurbs of others that they hold."""
    good, shown, leaked = 0, 0, 0
    for number, raw in texts.items():
        text = _plain(raw)
        body = [_plain(one) for one in site.body(number)]
        good += sum(one in text for one in body) >= PARAGRAPHS * len(body)
        blurbs = [_plain(site.blurb(one)) for one in site.related(number)]
        shown, leaked = shown + len(blurbs), leaked + sum(blurb in text for blurb in blurbs)
    return good, leaked / shown if shown else 0.0


def _words_f1(text: str, truth: str) -> float:
    """Return the F1 of the words of *text* as bags; each character is a word in scripts without blanks."""
    found, wanted = Counter(words_of(text)), Counter(words_of(truth))
    return 2 * (found & wanted).total() / max(1, found.total() + wanted.total())


def _path(url: str) -> str:
    return "/" + url.partition("://")[2].partition("/")[2]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def mongod_cpu(store: Store) -> float:
    """Return the CPU seconds so far of the server behind *store*, on this machine."""
    pid = store.client.admin.command("serverStatus")["pid"]
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def served(pages: int, archives: Sequence[Path] = ()) -> Iterator[str]:
    """Serve the site from a process of its own; its address without a slash at the end."""
    command = [sys.executable, "-m", "benchmarks.crawl_site", "--pages", str(pages)]
    if archives:
        command += ["--pages-from", *map(str, archives)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()


def table(bench: Bench, rounds: Sequence[Round]) -> str:
    """Return the Markdown table: medians with the spread, ratios to storykin in the same round."""
    by_tool = {name: [one for one in rounds if one.tool == name] for name in dict.fromkeys(one.tool for one in rounds)}
    archived = isinstance(bench.site, ArchivedSite)
    lines = [
        "| crawler | pages/s | storykin is | CPU ms a page | memory, MB | first request after, s | "
        f"{'pages given, F1 of words' if archived else 'blurbs leaked'} | copies found | versions |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, found in by_tool.items():
        label = TOOLS[name].label
        if problem := next((one.problem for one in found if one.problem), ""):
            problem = " ".join(problem.split())[-150:].replace("|", "/")
            lines.append(f"| {label} | does not count: {problem} | | | | | | | {bench.versions(name)} |")
            continue
        ratios = [own.rate / one.rate for own, one in zip(by_tool.get("storykin", []), found, strict=False)]
        times = f"{statistics.median(ratios):.1f} × ({min(ratios):.1f}–{max(ratios):.1f})" if ratios else ""
        copies = "" if found[0].duplicates is None else str(found[-1].duplicates)
        if copies and not archived:
            copies += f" of {len(bench.site.copies)}"
        right = f"{100 * found[-1].leaked:.0f} %"
        if archived:
            right = f"{found[-1].pages} of {bench.site.pages}, {found[-1].words or 0:.3f}"
        cells = [
            label,
            _spread([one.rate for one in found], ".1f"),
            "" if name in ("storykin", "download", "anatomy") else times,
            _spread([1000 * one.cpu for one in found], ".1f") + _mongod_share(found),
            f"{statistics.median(one.peak for one in found) / 1e6:.0f}",
            "" if name == "anatomy" else _spread([one.start for one in found], ".1f"),
            "" if name == "download" else right,
            copies,
            bench.versions(name),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n" + _parts(by_tool)


def _spread(values: Sequence[float], form: str) -> str:
    return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def _mongod_share(found: Sequence[Round]) -> str:
    shares = [one.mongod for one in found if one.mongod is not None]
    return f" + mongod {1000 * statistics.median(shares):.1f}" if shares else ""


def _parts(by_tool: dict[str, list[Round]]) -> str:
    if not {"storykin", "download", "anatomy"} <= by_tool.keys():
        return ""
    together = zip(by_tool["storykin"], by_tool["download"], by_tool["anatomy"], strict=True)
    ratios = [whole.cpu / (one.cpu + other.cpu) for whole, one, other in together]
    return f"\nCPU of storykin's whole crawl over the sum of the two parts: {_spread(ratios, '.2f')}.\n"


def put_into(document: Path, text: str, name: str) -> None:
    """Put *text* between the marks ``<!-- NAME -->`` and ``<!-- /NAME -->`` of *document*."""
    whole = document.read_text(encoding="utf-8")
    before, mark, rest = whole.partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- /{name} -->")
    if not mark or not end:
        raise SystemExit(f"{document} lacks the marks of {name}")
    document.write_text(f"{before}{mark}{text}{end}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tools", nargs="+", choices=TOOLS, help="all by default; of real pages all but fundus")
    parser.add_argument("--pages-from", type=Path, nargs="+", default=[], metavar="WARC", help="serve real pages")
    parser.add_argument(
        "--environments",
        type=Path,
        default=Path(os.environ.get("STORYKIN_BENCH_ENVIRONMENTS") or ROOT / ".venv-bench"),
        help="folder with one environment a tool",
    )
    parser.add_argument(
        "--json",
        type=Path,
        help="file for the figures of all rounds, written anew after each",
    )
    parser.add_argument("--no-docs", action="store_true", help="only print; writes a file only where --json names one")
    given = parser.parse_args()
    place = "bench-crawl-archived" if given.pages_from else "bench-crawl"
    given.tools = given.tools or [one for one in TOOLS if not (given.pages_from and one == "fundus")]
    written = bool(given.json) or not given.no_docs
    given.json = given.json or FOLDER / ("crawl_archived.json" if given.pages_from else "crawl.json")
    rounds: list[Round] = []
    archives = served(given.pages, given.pages_from)
    with tempfile.TemporaryDirectory() as folder, archives as base, ExitStack() as resources:
        os.environ.pop("MONGODB_URI", None)
        os.environ["STORYKIN_DATA"] = str(Path(folder) / "mongodb")
        resources.enter_context(Store.open())  # keeps the server up
        site = ArchivedSite(given.pages_from, given.pages) if given.pages_from else Site(given.pages)
        bench = Bench(site, base, given.environments, Path(folder))
        versions = {name: bench.versions(name) for name in given.tools}
        for turn in range(given.rounds):
            for name in given.tools if turn % 2 == 0 else given.tools[::-1]:
                rounds.append(bench.round(name))
                print(f"round {turn + 1}: {rounds[-1]}", file=sys.stderr, flush=True)
            if written:
                so_far = [asdict(one) for one in rounds]
                write_figures(given.json, {"pages": given.pages, "versions": versions, "rounds": so_far})
        rounds.sort(key=lambda one: given.tools.index(one.tool))  # stable: rounds stay in order
        loads = [one.load for one in rounds]
        words = (
            f"`python -m benchmarks.crawl --pages {given.pages} --rounds {given.rounds}`: median and spread, "
            f"{os.cpu_count()} cores, Python {platform.python_version()}, load average {min(loads):.1f} to "
            f"{max(loads):.1f}.\n\n"
        )
        text = words + table(bench, rounds)
    print(text)
    if not given.no_docs:
        put_into(ROOT / "docs" / "performance.md", text, place)


if __name__ == "__main__":
    main()
