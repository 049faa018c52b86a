"""``storykin db``: start, stop and inspect the database; upkeep is in ``crawler.cli.db_upkeep``."""

from __future__ import annotations

import json
import os
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table

from crawler.cli._output import SentenceGroup
from crawler.cli.db_upkeep import migrate, move, prune
from dedupe.errors import InputError
from storage.database.health import ServerStatus, server_status
from storage.database.store import DATABASE, Store, masked
from storage.embedded import client
from storage.embedded.binary import free_megabytes
from storage.embedded.folder import Running, ServerFolder

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object instead of sentences.")


@click.group("db", cls=SentenceGroup)
def command() -> None:
    """Start, stop, inspect, move and tidy up the database.

    Without MONGODB_URI, storykin's commands share an embedded MongoDB. The first command starts it, and it stops some
    seconds after the last one. "db start" lets it run until "db stop". Its data is in STORYKIN_DATA, else in the user's
    data folder, else in .storykin here.
    """


command.add_command(migrate)
command.add_command(move)
command.add_command(prune)


@command.command("start")
@as_json
def start(*, as_json: bool) -> None:
    """Start the embedded MongoDB and let it run until "storykin db stop"."""
    _require_embedded("start")
    with Store.open(prepare=False) as store:
        assert store.lease is not None
        folder = store.lease.folder
        client.keep_running(folder)
        version = store.client.server_info()["version"]
        server = client.running(folder)
    port = server.port if server else 0
    facts = {"state": "running", "version": version, "port": port, "data_folder": str(folder.path)}
    _answer(facts, f"MongoDB {version} runs on 127.0.0.1:{port}, its data is in {folder.path}", as_json=as_json)


@command.command("stop")
@click.option("--force", is_flag=True, help="Stop it under commands that still use it.")
@as_json
def stop(*, force: bool, as_json: bool) -> None:
    """Stop the embedded MongoDB. While commands use it, only --force does; it stops by itself after the last one."""
    _require_embedded("stop")
    stopped = client.stop(client.server_folder(), force=force)
    words = "The embedded MongoDB is stopped" if stopped else "The embedded MongoDB was not running"
    _answer({"state": "stopped", "was_running": stopped}, words, as_json=as_json)


@command.command("uri")
@as_json
def uri(*, as_json: bool) -> None:
    """Print the connection string, password included, for mongosh or pymongo."""
    address = os.environ.get("MONGODB_URI") or None
    if address is None:
        folder, server = _embedded_server()
        if server is None:
            raise InputError("the embedded MongoDB is not running: start it with storykin db start")
        address = folder.uri(server.port, DATABASE)
    click.echo("storykin: this line contains the password", err=True)
    _answer({"uri": address}, address, as_json=as_json)


@command.command("status")
@as_json
def status(*, as_json: bool) -> None:
    """Show which server is used, its version, data folder, disk, clients and collections; starts nothing."""
    address = os.environ.get("MONGODB_URI") or None
    facts: dict[str, Any] = {"kind": "MONGODB_URI", "uri": masked(address)} if address else {}
    if address is None:
        folder, server = _embedded_server()
        facts = _embedded_facts(folder, server)
        address = folder.uri(server.port, DATABASE) if server else None
    found = None
    if address is not None:
        with Store.open(address, prepare=False) as store:
            found = server_status(store)
    if as_json:
        state = "running" if found else "stopped"
        click.echo(json.dumps({"state": state, **facts, **(found.to_json() if found else {})}, indent=2))
        return
    _show(Console(highlight=False, soft_wrap=True), facts, found)


def _require_embedded(verb: str) -> None:
    if os.environ.get("MONGODB_URI"):
        raise InputError(f"MONGODB_URI is set, so there is no embedded server to {verb}: unset it first")


def _embedded_server() -> tuple[ServerFolder, Running | None]:
    folder = client.server_folder()
    return folder, client.running(folder)


def _embedded_facts(folder: ServerFolder, server: Running | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"kind": "embedded", "data_folder": str(folder.path)}
    if folder.path.exists():
        facts["folder_bytes"] = folder.bytes()
        facts["free_bytes"] = free_megabytes(folder.path) * 1_000_000
    if server is not None:
        facts |= {"port": server.port, "stays": folder.must_stay(server.keeper_pid)}
    return facts


def _answer(facts: dict[str, Any], words: str, *, as_json: bool) -> None:
    click.echo(json.dumps(facts) if as_json else words)


def _show(console: Console, facts: dict[str, Any], found: ServerStatus | None) -> None:
    version = f"MongoDB {found.version}" if found else "stopped"
    if facts["kind"] == "embedded":
        stays = ", until storykin db stop" if facts.get("stays") else ""
        where = f", 127.0.0.1:{facts['port']}{stays}" if found else ""
        console.print(f"server      embedded, {version}{where}", markup=False)
        console.print(f"data        {facts['data_folder']}", markup=False)
        if "folder_bytes" in facts:
            used, free = decimal(facts["folder_bytes"]), decimal(facts["free_bytes"])
            console.print(f"disk        {used} used, {free} free")
    else:
        console.print(f"server      {facts['uri']}, {version}", markup=False)
    if found is None:
        return
    clients = "not shown to this user" if found.clients is None else ", ".join(found.clients) or "none"
    console.print(f"clients     {clients}", markup=False)
    console.print(f"database    {found.database}, {decimal(found.bytes)}", markup=False)
    if found.collections:
        table = Table("collection", box=box.SIMPLE)
        table.add_column("documents", justify="right")
        table.add_column("on disk", justify="right")
        for one in found.collections:
            table.add_row(one.name, f"{one.documents:,}", decimal(one.bytes))
        console.print(table)
