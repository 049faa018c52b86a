"""The options of ``storykin crawl`` for those who schedule it: logs, metrics, and a command that is told the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from crawler.outcome.exit_codes import RUNNING
from storage.base.masking import mask

if TYPE_CHECKING:
    from crawler.outcome.logs import LogRequest
    from crawler.outcome.notification import NotifyOn, Receiver
    from crawler.outcome.summary import PortalSummary
    from storage.frontier.runs import Run

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class _Receiver(click.types.StringParamType):
    """A receiver of notifications; in the environment variable they stand one a line."""

    name = "receiver"
    envvar_list_splitter = "\n"


def operator_options(command: CommandT) -> CommandT:
    """Add the options to *command*; :func:`log_request` and :meth:`AfterCrawl.of` take their values out again."""
    file = click.Path(path_type=Path, dir_okay=False)
    options = (
        click.option(
            "--metrics", type=file, metavar="FILE", help="Write a Prometheus text file when the crawl has ended."
        ),
        click.option(
            "--notify",
            "receivers",
            type=_Receiver(),
            multiple=True,
            envvar="STORYKIN_NOTIFY",
            metavar="COMMAND|ADDRESS",
            help="Run this when a crawl of a portal has ended, with the run's JSON on standard input and "
            "STORYKIN_PORTAL, _RUN, _EXIT_CODE, _VERDICT in the environment. No shell; at most a minute. An address of "
            "apprise (slack://…, mailto://…) gets a short message. Repeatable.",
        ),
        click.option(
            "--notify-on",
            type=click.Choice(["change", "problem", "always"]),
            default="change",
            show_default=True,
            help="change: another exit code than the run before, 130 left out. problem: any but 0 and 130.",
        ),
        click.option(
            "--log-level",
            type=click.Choice(LEVELS, case_sensitive=False),
            help="Least level of the log. Default: WARNING on standard error, INFO in a --log-file.",
        ),
        click.option("--log-file", type=file, metavar="FILE", help="Write the log to FILE as well."),
        click.option(
            "--log-format",
            type=click.Choice(["text", "json"]),
            default="text",
            show_default=True,
            help="json: one object a line; on standard error where there is no --log-file.",
        ),
        click.option(
            "--log-size", default="10MB", show_default=True, metavar="SIZE", help="Put the log file aside at this size."
        ),
        click.option(
            "--log-keep",
            type=click.IntRange(0),
            default=5,
            show_default=True,
            metavar="N",
            help="Log files put aside that are kept.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def log_request(options: dict[str, Any]) -> LogRequest:
    """Take the options of the log out of *options*.

    :raises InputError: for a size that is none
    """
    from crawler.outcome.logs import LogRequest, size_in_bytes

    return LogRequest(
        level=(options.pop("log_level") or "").upper(),
        file=options.pop("log_file"),
        format=options.pop("log_format"),
        size=size_in_bytes(options.pop("log_size")),
        # A rotating file that keeps none is never put aside.
        keep=max(1, options.pop("log_keep")),
    )


@dataclass(frozen=True, slots=True)
class AfterCrawl:
    """What is to be done when a crawl has ended. None of it changes the exit code."""

    metrics: Path | None
    receivers: tuple[Receiver, ...]
    on: NotifyOn
    _counted: list[Run] = field(default_factory=list)
    """Ends that stand in the metrics so far."""

    @classmethod
    def of(cls, options: dict[str, Any]) -> AfterCrawl:
        """Take the options of metrics and notification out of *options*.

        :raises InputError: for a receiver that is neither a command nor an address that apprise knows
        """
        from crawler.outcome.notification import receiver

        receivers = tuple(receiver(text) for text in options.pop("receivers"))
        return cls(options.pop("metrics"), receivers, cast("NotifyOn", options.pop("notify_on")))

    def ended(self, summary: PortalSummary) -> None:
        """Tell how the crawl of a portal ended; report on standard error what went wrong in that."""
        if summary.record is not None:
            self._tell([summary.record], summary.before)

    def failed(self, targets: Iterable[str], problem: Exception) -> None:
        """Tell that no crawl of *targets* took place."""
        from storage.frontier.runs import Run

        now, code = datetime.now(UTC), int(getattr(problem, "exit_code", 1))
        verdict = mask(str(problem))
        self._tell(
            [
                Run(id="", portal=_portal(target), started=now, finished=now, exit_code=code, verdict=verdict)
                for target in targets
            ]
        )

    def _tell(self, runs: list[Run], before: int | None = None) -> None:
        from crawler.outcome.metrics import write_metrics
        from crawler.outcome.notification import notify, wanted
        from crawler.outcome.run_view import run_json
        from dedupe.errors import InputError

        self._counted.extend(run for run in runs if run.exit_code != RUNNING)  # the run under way writes them
        if self.metrics is not None and self._counted:
            try:
                write_metrics(self.metrics, self._counted)
            except InputError as problem:
                click.echo(f"storykin: {problem}", err=True)
        for run in runs:
            for one in self.receivers if wanted(self.on, run.exit_code or 0, before) else ():
                if trouble := notify(one, run_json(run)):
                    click.echo(f"storykin: {run.portal}: {trouble}", err=True)


def _portal(target: str) -> str:
    """Return what a run of *target* would be called: a portal's name, or the host of an address."""
    from crawler.crawl.targets import generic_seed
    from crawler.urls.canonical import is_http

    return generic_seed(target).name if is_http(target) else target
