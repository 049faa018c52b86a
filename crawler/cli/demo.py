"""``storykin demo``: serve the bundled demo portal, crawl it, print what was found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from crawler.demo.server import DemoServer
    from crawler.outcome.summary import PortalSummary
    from storage.database.store import Store

DATABASE = "storykin_demo"
"""Real articles never stand beside invented ones."""
_NEXT = f"""To look around in what was stored:
  export STORYKIN_DATABASE={DATABASE}
  storykin report --html demo.html
  storykin cluster list
  storykin export -o demo.jsonl"""


@click.command("demo")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="Port of the demo portal on this machine. Default: a free one.",
)
@click.option("--serve-only", is_flag=True, help="Only serve the portal, until interrupted; crawl nothing.")
def command(port: int, serve_only: bool) -> int:
    """Serve an invented newspaper on this machine, crawl it into the database storykin_demo, print the report.

    The portal has the layouts that real ones have: related stories printed twice, agency copy under another
    headline, updated stories, redirects, dead links, broken markup. A second run starts from nothing again.
    """
    from crawler.demo.server import DemoServer

    with DemoServer(port) as server:
        if serve_only:
            click.echo(server.url)
            click.echo("Serving the demo portal. Ctrl-C ends it.", err=True)
            server.wait()
            return 0
        return _crawl_and_report(server)


def _crawl_and_report(server: DemoServer) -> int:
    from crawler.cli.report import print_report, read_report
    from crawler.outcome.summary import exit_code
    from storage.database.store import Store
    from storage.maintenance.migrations import migrate

    click.echo(f"The demo portal is at {server.url} as long as this command runs.", err=True)
    # The outer store keeps an embedded server up between the crawl and the report.
    with Store.open(database=DATABASE, prepare=False) as store:
        clear(store)
        for _ in migrate(store):  # what an older storykin left is empty by now, and has its schema
            pass
        summaries = crawl(server)
        for summary in summaries:
            click.echo("\n".join(summary.lines()))
        click.echo()
        print_report(read_report(store))
    click.echo(f"\n{_NEXT}", err=True)
    return exit_code(summaries)


def crawl(server: DemoServer, database: str = DATABASE) -> list[PortalSummary]:
    """Crawl the portal that *server* serves into *database*. Once per process."""
    from crawler.crawl.run_crawl import CrawlRequest, run_crawl
    from crawler.portals.reader import load_seed

    seed = replace(load_seed("demo"), start_urls=server.site.start_urls())
    return run_crawl(CrawlRequest(seeds=(seed,), database=database))


def clear(store: Store) -> None:
    """Empty the demo database, so that a run on another port does not meet the articles of the last one.

    :raises AlreadyRunningError: if another demo is under way
    """
    from storage.frontier import runs

    run = runs.begin(store, "demo")
    try:
        for name in store.db.list_collection_names():
            if name not in {"locks", "meta"}:
                store.db[name].delete_many({})
    finally:
        runs.finish(store, run, exit_code=0, counts={})
