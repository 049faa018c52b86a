"""``storykin crawl``."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from crawler.cli._run_paths import fill_paths
from crawler.cli._seeds_option import seeds_option
from crawler.cli.after_crawl import AfterCrawl, log_request, operator_options
from crawler.crawl.options import CrawlOptions, follow_of
from crawler.portals.seed import FOLLOWED
from dedupe.errors import InputError
from dedupe.printable import json_text, lines
from storage.errors import StorageError


@click.command("crawl", short_help="Crawl a portal, or any site from a URL.")
@click.argument("targets", nargs=-1, required=True, metavar="PORTAL|URL...")
@click.option("--max-pages", type=click.IntRange(1), help="Pages to fetch in this run, failed ones included.")
@click.option(
    "--follow",
    metavar="KIND[,KIND...]|articles",
    callback=lambda _, __, kinds: "" if kinds is None else follow_of(kinds),  # so a schedule checks it as well
    help=f"From start pages to articles, then along related stories of these kinds ({', '.join(FOLLOWED[:-1])}); "
    "articles: every article link of the portal. Default: what the portal's seed says, else every kind.",
)
@click.option(
    "--depth",
    type=click.IntRange(0),
    help="Links from a start page. Default: what the portal's seed says (8) along related stories, 100 "
    "with --follow articles.",
)
@click.option(
    "--record",
    type=click.Path(path_type=Path),
    metavar="FILE.warc.gz",
    help="Keep every response. An interrupted recording stays as FILE.part and the next one continues it. {portal}, "
    "{run} (its start) and {date} are filled in, as in --metrics and --log-file.",
)
@click.option(
    "--replay",
    type=click.Path(path_type=Path, exists=True),
    metavar="FILE.warc.gz",
    help="Crawl what is in the file, folder of WARC files or WACZ package: no network, no delay.",
)
@click.option(
    "--replay-at",
    default="",
    metavar="DATE",
    help="Answer with the capture nearest to this date or time. Default: the latest capture.",
)
@seeds_option
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="HOST:PORT",
    help="A server inside a private network that may be reached. Repeatable.",
)
@click.option("--join", is_flag=True, help="Help the run of the same portal that is under way, as a further worker.")
@click.option(
    "--scheduled",
    is_flag=True,
    help="Started by a clock: do nothing, with exit code 0, while the portal is paused or has its quiet hours, and "
    "stop when they begin.",
)
@click.option(
    "--workers",
    type=click.IntRange(0),
    help="Processes that take pages apart, each with a time and a memory limit. Default: all cores, or what "
    "STORYKIN_WORKERS says; 0: the crawling process does it, without limits.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON, one line a portal.")
@operator_options
def command(targets: tuple[str, ...], as_json: bool, **options: Any) -> int:
    """Follow related stories through a portal and store its articles.

    PORTAL is a name from `storykin portals list`; a URL of any other site works too. Robots.txt is obeyed.
    Set STORYKIN_CONTACT to your e-mail address or web page before crawling a real portal. What is stored is
    not fetched again: interrupted or not, the same command goes on.

    Exit codes: 0 ok, 1 failed to start, 2 bad input, 3 below expectation (also: worse than the portal's own last runs),
    4 blocked by the portal, 5 database, 6 already being crawled, 130 interrupted (Ctrl-C, SIGTERM).
    """
    if options["record"] and options["replay"]:
        raise click.UsageError("--record and --replay exclude each other: a replay has nothing new to record")
    if options["replay_at"] and not options["replay"]:
        raise click.UsageError("--replay-at needs --replay")
    if not options["scheduled"] and "0" not in (str(options["workers"]), os.environ.get("STORYKIN_WORKERS")):
        from crawler.workers.pool import start_server

        start_server()  # half a second earlier than the crawl would
    # Scrapy and Twisted take most of a second to import: not for --help.
    from crawler.cli.scheduled import keep_timetable
    from crawler.crawl.run_crawl import CrawlRequest, run_crawl
    from crawler.outcome.summary import exit_code

    crawl = CrawlOptions(max_pages=options.pop("max_pages"), follow=options.pop("follow"), depth=options.pop("depth"))
    fill_paths(options, targets)
    after, logs = AfterCrawl.of(options), log_request(options)
    with keep_timetable(targets, options["seeds_folder"]) if options.pop("scheduled") else nullcontext() as not_now:
        if not_now:
            click.echo(f"storykin: not crawled: {not_now}", err=True)
            return 0
        try:
            summaries = run_crawl(CrawlRequest(targets=targets, options=crawl, logs=logs, **options), after.ended)
        except (InputError, StorageError, OSError) as problem:
            after.failed(targets, problem)
            raise
    for summary in summaries:
        if as_json:
            click.echo(json_text(summary.to_json()))
            if summary.exit_code:
                click.echo(f"storykin: {summary.portal}: {summary.verdict}", err=True)
        else:
            click.echo(lines("\n".join(summary.lines())))
    return exit_code(summaries)
