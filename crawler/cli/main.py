"""The console script ``storykin``: gathers the commands of the three packages.

A command's module is imported only when the command is called, so that ``storykin clean`` loads
neither Scrapy nor pymongo.
"""

from __future__ import annotations

import errno
import io
import signal
import sys
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module, metadata
from types import FrameType
from typing import Any, TextIO

import click

from dedupe import printable
from dedupe.errors import InputError
from storage.base.masking import mask
from storage.errors import StorageError

COMMANDS: dict[str, tuple[str, str]] = {
    "crawl": ("crawler.cli.crawl", "Crawl a portal, or any site from a URL."),
    "demo": ("crawler.cli.demo", "Serve the bundled demo portal, crawl it, print the report."),
    "extract": ("crawler.cli.extract", "Extract articles from saved pages or a WARC. No database."),
    "corpus": ("crawler.cli.corpus", "Make clean, distinct stories of WARC files, on one machine or on Spark."),
    "clean": ("crawler.cli.clean", "Clean already extracted text. No database."),
    "schedule": ("crawler.cli.schedule", "Crawl all portals by the timetables of their seeds."),
    "status": ("crawler.cli.status", "Show how every portal stands: days, runs under way, next starts."),
    "serve": ("crawler.cli.serve", "Show portals, articles and stories in a browser; nothing is written."),
    "check": ("crawler.cli.check", "Say what is wrong with portals: runs, sources, articles."),
    "runs": ("crawler.cli.runs", "Show what was crawled, how it ended, and how it compares with earlier runs."),
    "failures": ("crawler.cli.failures", "List, group and retry the addresses that did not become articles."),
    "hosts": ("crawler.cli.hosts", "Show what was asked of each host and day, robots.txt and rests."),
    "doctor": ("crawler.cli.doctor", "Check this installation, its database, seeds and portals; say what to do."),
    "reprocess": ("crawler.cli.reprocess", "Read stored pages or a WARC anew with this version; say what changed."),
    "portals": ("crawler.cli.portals", "List and check the portals (seed files), learn promotion lines."),
    "dedupe": ("crawler.cli.dedupe", "Find duplicates in a file of documents, or in the whole store."),
    "report": ("crawler.cli.report", "Report what was repeated, where, why, and what it saved."),
    "explain": ("crawler.cli.explain", "Explain one article or saved page: every decision and why."),
    "export": ("crawler.cli.export", "Export articles, or what changed, as JSON Lines, CSV or Parquet."),
    "consumers": ("crawler.cli.consumers", "Show who pulls, and how far each has come; begin anew, forget."),
    "withdraw": ("crawler.cli.withdraw", "Withdraw an article, so that exports leave it out."),
    "graph": ("crawler.cli.graph", "The story graph: related-story and duplicate links."),
    "cluster": ("crawler.cli.cluster", "Stories over portals: members side by side, roles, corrections by hand."),
    "db": ("crawler.cli.db", "Start, stop and inspect the database."),
}


_BEGINNING = (
    ("storykin demo", "A whole crawl on this machine, without any network."),
    ("storykin portals list", "The portals it knows; then: storykin crawl NAME --max-pages 50"),
    ("storykin COMMAND --help", "Everything about one command."),
)
_ENVIRONMENT = (
    ("MONGODB_URI", "Server to use; without it, an embedded one of this machine."),
    ("STORYKIN_DATABASE", "Database, else the one that the URI names, else storykin."),
    ("STORYKIN_DATA", "Folder of the embedded server's data."),
    ("STORYKIN_SEEDS", "Folder of further seed files, for every command; --seeds wins."),
    ("STORYKIN_CONTACT", "E-mail address or web page, told to every portal that is crawled."),
)


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called; each module names its command ``command``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the command names in the order of :data:`COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, or ``None`` if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first of *args* names.

        :raises click.UsageError: if there is none, with the nearest
        """
        near = get_close_matches(args[0], COMMANDS, n=1, cutoff=0.6)
        if args[0] not in COMMANDS and near:
            ctx.fail(f"No such command {args[0]!r}; did you mean {near[0]}?")
        return super().resolve_command(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write where to begin, and the variables that every command obeys."""
        with formatter.section("To begin with"):
            formatter.write_dl(_BEGINNING)
        with formatter.section("Environment"):
            formatter.write_dl(_ENVIRONMENT)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from their one-line summaries, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(metadata.version("storykin"), prog_name="storykin")
def root() -> None:
    """Follow related stories through news portals; get clean, deduplicated articles."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code.

    0 ok, 1 failed to start, 2 usage or bad input, 3 below expectation, 4 blocked, 5 storage,
    6 already running, 130 interrupted.
    """
    if (arguments or sys.argv[1:])[:1] in (["crawl"], ["schedule"], ["demo"], ["serve"]):
        # From the first moment on; the command's own handlers follow when all is imported.
        signal.signal(signal.SIGTERM, _interrupted)
    for stream in (sys.stdout, sys.stderr):
        _speak_unicode(stream)
    sys.exit(run(arguments))


def _interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _speak_unicode(stream: TextIO | Any) -> None:
    """Let *stream* take every letter: UTF-8 in a file or a pipe; a terminal shows ``?`` for what its encoding lacks."""
    if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower().replace("-", "") != "utf8":
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8")


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code; errors are one sentence on standard error."""
    try:
        result: Any = root.main(args=arguments, prog_name="storykin", standalone_mode=False)
        sys.stdout.flush()  # a full disk is told here, not when the interpreter has gone
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # The reader has gone (``storykin report | head``): a message would reach nobody.
        sys.stderr.close()
        return 0
    except (InputError, StorageError, OSError) as problem:
        click.echo(f"storykin: {printable.lines(_in_words(problem))}", err=True)
        _give_up_unwritten(problem)
        return int(getattr(problem, "exit_code", 1))
    return result if isinstance(result, int) else 0


def _give_up_unwritten(problem: Exception) -> None:
    """Forget what a full disk did not take, else the interpreter tries again at its end and complains a second time."""
    if isinstance(problem, OSError) and problem.errno == errno.ENOSPC:
        with suppress(OSError):
            sys.stdout.close()


def _in_words(problem: Exception) -> str:
    """Return the error's sentence; the operating system's ``[Errno 2] …: 'file'`` as ``file: …``."""
    if isinstance(problem, OSError) and problem.filename and problem.strerror:
        return f"{problem.filename}: {problem.strerror.lower()}; check the path"
    if isinstance(problem, OSError) and problem.errno == errno.ENOSPC:
        return "cannot write: no space left on the device; free some space"
    return mask(str(problem))
