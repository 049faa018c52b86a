"""Portals as data: the ``Seed`` that a TOML file under ``seeds/`` becomes, and the strict reader."""

from __future__ import annotations

import logging
import re
import tomllib
import unicodedata
import zipfile
from collections.abc import Container, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from crawler.portals.checks import problems
from crawler.portals.seed import Seed, SeedError

logger = logging.getLogger(__name__)

_REQUIRED = ("title", "start_urls", "allowed_domains")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def load_seed(name: str, directory: Path | str | None = None) -> Seed:
    """Return the seed called *name*: from *directory* where it has one, else a bundled one.

    :raises SeedError: if there is no such portal (the nearest names are given), or its file cannot be used
    """
    return read_seed(seed_file(name, directory))


def seed_file(name: str, directory: Path | str | None = None) -> Path | Traversable:
    """Return the file of the seed called *name*: in *directory* where it has one, else a bundled one.

    :raises SeedError: if there is no such portal (the nearest names are given)
    """
    files = _seed_files(directory)
    if name not in files:
        nearest = get_close_matches(name, files, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(nearest)}?" if nearest else f"known: {', '.join(sorted(files))}."
        raise SeedError(f"unknown portal {name!r}; {hint} `storykin portals list` shows them all")
    return files[name]


def seed_names(directory: Path | str | None = None) -> list[str]:
    """Return the names of all portals, sorted, without reading their files.

    :raises SeedError: if *directory* is no folder
    """
    return sorted(_seed_files(directory))


def seed_stamps(directory: Path | str | None = None) -> dict[str, tuple[int, int]]:
    """Return time of change (ns) and size of each seed file by portal: equal as long as no file has changed.

    :raises SeedError: if *directory* is no folder
    """
    stats = {name: file.stat() for name, file in _seed_files(directory).items() if isinstance(file, Path)}
    return {name: (stat.st_mtime_ns, stat.st_size) for name, stat in stats.items()}


def load_seeds(directory: Path | str | None = None, *, required: Container[str] = ()) -> dict[str, Seed]:
    """Return all seeds by name, sorted: the bundled ones and those of *directory*, which wins if names are equal.

    A seed file that cannot be used disables its own portal only: the portal is left out, and one warning says why.

    :param required: names of portals that the caller cannot do without
    :raises SeedError: if the seed file of a required portal cannot be used
    """
    seeds = {}
    for name, file in sorted(_seed_files(directory).items()):
        try:
            seeds[name] = read_seed(file)
        except SeedError as problem:
            if name in required:
                raise
            logger.warning("%s; the portal %s is left out", problem, name)
    return seeds


def seed_for_url(url: str, seeds: Mapping[str, Seed]) -> Seed | None:
    """Return the seed whose allowed domains hold the host of *url*; the longest domain wins.

    A ``loopback`` seed answers for the addresses of its start pages only, port included.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    best = max(
        ((len(domain), seed) for seed in seeds.values() for domain in _domains_of(seed, host, parts.netloc)),
        key=lambda found: found[0],
        default=None,
    )
    return best[1] if best else None


def read_seed(file: Path | Traversable) -> Seed:
    """Return the seed in the TOML *file*; its name is the file's stem.

    :raises SeedError: on an unreadable file, an unknown or missing key, a value of the wrong type, an
        expression or selector that does not compile; names file, key and the nearest valid key
    """
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as problem:
        raise SeedError(f"{file}: not UTF-8 at byte {problem.start}; save the file as UTF-8") from problem
    except OSError as problem:
        raise SeedError(f"{file}: cannot be read: {problem.strerror or problem}") from problem
    return parse_seed(text, name=file.name.removesuffix(".toml"), where=str(file))


def parse_seed(text: str, *, name: str, where: str) -> Seed:
    """Return the seed in the TOML *text*, NFC; *where* names the file in errors.

    :raises SeedError: see :func:`read_seed`
    """
    if not _NAME.fullmatch(name):
        raise SeedError(f"{where}: {name!r} cannot name a portal; use a-z, 0-9 and single hyphens")
    try:
        table = tomllib.loads(unicodedata.normalize("NFC", text))
    except tomllib.TOMLDecodeError as problem:
        raise SeedError(f"{where}: not valid TOML: {problem}") from problem
    wrong: list[str] = []
    values = _read_section(Seed, table, "", wrong)
    missing = [key for key in _REQUIRED if not values.get(key)]
    wrong += [
        f"missing key {key!r}; a portal needs {', '.join(_REQUIRED)}"
        for key in missing
        if key in values or key not in table
    ]
    seed = Seed(**{**values, "name": name})
    if not missing:  # else start pages would be held against no domains
        wrong += _problems(seed)
    if wrong:
        raise SeedError(*(f"{where}: {problem}" for problem in wrong))
    return seed


def _seed_files(directory: Path | str | None) -> dict[str, Path | Traversable]:
    found = _toml_files(_bundled())
    if directory is not None:
        folder = Path(directory)
        if not folder.is_dir():
            raise SeedError(f"{folder}: not a folder; --seeds needs a folder of TOML files")
        found.update(_toml_files(folder))
    return found


def _toml_files(folder: Path | Traversable) -> dict[str, Path | Traversable]:
    return {file.name.removesuffix(".toml"): file for file in folder.iterdir() if file.name.endswith(".toml")}


def _bundled() -> Path | Traversable:
    """Return the folder of bundled seeds: inside the package of a wheel, else at the top of checkout or egg."""
    package = resources.files("crawler")
    packed = package / "seed_files"
    if packed.is_dir():
        return packed
    if isinstance(package, zipfile.Path):  # Scrapyd's eggs are zipped
        return zipfile.Path(package.root, "seeds/")
    return Path(__file__).resolve().parents[2] / "seeds"


def _domains_of(seed: Seed, host: str, netloc: str) -> Iterable[str]:
    if seed.loopback:
        return (host,) if any(urlsplit(start).netloc == netloc for start in seed.start_urls) else ()
    return (d for d in seed.allowed_domains if host == d or host.endswith(f".{d}"))


def _read_section(section: type, table: Mapping[str, Any], prefix: str, wrong: list[str]) -> dict[str, Any]:
    """Return the values of *table* that are of the right type, and add what is wrong with the others to *wrong*."""
    hints = get_type_hints(section)
    values = {}
    for key, value in table.items():
        if section is Seed and key == "name":
            wrong.append("key 'name' is not allowed; the file's own name names the portal")
        elif key not in hints:
            wrong.append(f"unknown key {prefix + key!r}; the nearest valid key is {_nearest(key)!r}")
        else:
            try:
                values[key] = _read_value(hints[key], value, prefix + key, wrong)
            except TypeError as problem:
                wrong.append(str(problem))
    return values


def _read_value(hint: Any, value: Any, key: str, wrong: list[str]) -> Any:
    if is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
        return hint(**_read_section(hint, value, f"{key}.", wrong))
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint == tuple[str, ...] and isinstance(value, list) and _all_text(value):
        return tuple(value)
    if hint == tuple[tuple[str, str], ...] and isinstance(value, dict) and _all_text(value.values()):
        return tuple(sorted(value.items()))
    if hint is str and type(value) is date:
        return value.isoformat()
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise TypeError(f"{key!r} must be {_wanted(hint)}, not {value!r}")


def _all_text(values: Iterable[Any]) -> bool:
    return all(isinstance(member, str) and member.strip() for member in values)


def _wanted(hint: Any) -> str:
    known = {
        str: "a text", float: "a number", int: "a whole number", bool: "true or false",
        tuple[str, ...]: "a list of texts, none empty", tuple[tuple[str, str], ...]: "a table of host = host",
    }  # fmt: skip
    return known.get(hint, "a table")


@cache
def _valid_keys() -> tuple[str, ...]:
    keys = []
    for field, hint in get_type_hints(Seed).items():
        if is_dataclass(hint):
            keys += [field, *(f"{field}.{inner.name}" for inner in fields(hint))]
        elif field != "name":
            keys.append(field)
    return tuple(keys)


def _nearest(key: str) -> str:
    by_leaf = {valid.rpartition(".")[2]: valid for valid in reversed(_valid_keys())}
    return by_leaf[get_close_matches(key, by_leaf, n=1, cutoff=0.0)[0]]


def _problems(seed: Seed) -> Iterable[str]:
    """Yield what is wrong with values of the right type that no crawl could use."""
    for key, problem in problems(seed):
        yield f"{key!r}: {problem}"
    for key in seed.verified.unverified:
        if key not in _valid_keys():
            yield f"'verified.unverified': {key!r} is no key; the nearest is {_nearest(key)!r}"
