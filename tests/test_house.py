"""Rules of the house that no other tool checks."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import networkx
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
HOMES = {"trafilatura": "crawler/article/body/trafilatura.py", "datasketch": "dedupe/minhash/permutations.py"}
"""Heavy third parties and the one module each may be imported in."""


def modules() -> list[Path]:
    return [path for package in ("crawler", "dedupe", "storage") for path in sorted((ROOT / package).rglob("*.py"))]


@cache
def modules_imported(path: Path) -> frozenset[str]:
    """The names that *path* imports, with their dots."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def imported_from(package: str, paths: Iterable[Path]) -> set[str]:
    """What any of *paths* imports from *package*."""
    return {name for path in paths for name in modules_imported(path) if name.partition(".")[0] == package}


@pytest.mark.parametrize(("library", "home"), HOMES.items())
def test_heavy_libraries_have_one_home(library: str, home: str) -> None:
    """A library that shapes the data can be replaced in one place."""
    assert {str(path.relative_to(ROOT)) for path in modules() if imported_from(library, [path])} == {home}


def test_tests_and_benchmarks_meet_in_tests_support_only() -> None:
    """What both need stands there, so that neither breaks when the other is changed."""
    assert imported_from("benchmarks", (ROOT / "tests").rglob("*.py")) == set()
    tests = imported_from("tests", (ROOT / "benchmarks").rglob("*.py"))
    assert {name for name in tests if not name.startswith("tests.support")} == set()


def circles(root: Path, paths: list[Path]) -> list[set[str]]:
    """Return the sets of modules that import each other, those for types and within functions included."""
    names = {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}
    imports = networkx.DiGraph()
    for name, path in names.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imports.add_edges_from((name, alias.name) for alias in node.names if alias.name in names)
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{name}: write whole names of modules"
                found = (f"{node.module}.{alias.name}" for alias in node.names)
                imports.add_edges_from((name, one if one in names else node.module) for one in found)
    return [circle for circle in networkx.strongly_connected_components(imports) if len(circle) > 1]


def test_no_modules_import_each_other() -> None:
    """Not even for types or within functions: each module can be read and tested without what is above it."""
    assert circles(ROOT, modules()) == []


def test_a_circle_through_types_and_functions_is_found(tmp_path: Path) -> None:
    written = {
        "one": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.two import Two\n",
        "two": "def three():\n    from house import three\n",
        "three": "import house.one\n",
        "four": "import house.one\n",
    }
    paths = [tmp_path / "house" / f"{name}.py" for name in written]
    paths[0].parent.mkdir()
    for path, text in zip(paths, written.values(), strict=True):
        path.write_text(text)
    assert circles(tmp_path, paths) == [{"house.one", "house.two", "house.three"}]


def test_every_dependency_is_explained() -> None:
    """Each package of pyproject.toml has its line in docs/dependencies.md."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    named = {re.split(r"[<>=;\[ ]", name)[0] for name in project["dependencies"] + extras}
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert {name for name in named if name not in text} == set()


LOCKS = re.findall(r"^lock (\w+) ([\w ]+)$", (ROOT / ".ci" / "lock").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("lock", "extras"), LOCKS)
def test_every_lock_holds_what_is_declared_and_names_no_index(lock: str, extras: str) -> None:
    """``make upgrade`` was run after the last change of pyproject.toml, and no place of one machine is in a lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    declared = [*project["dependencies"], *(one for name in extras.split() for one in optional[name])]
    text = (ROOT / ".ci" / "locks" / f"{lock}.txt").read_text(encoding="utf-8")
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^ ]+)", text, re.MULTILINE):
        pins.setdefault(canonicalize_name(name), set()).add(version)
    for wanted in map(Requirement, declared):
        found = pins.get(canonicalize_name(wanted.name), set())
        assert found, f"{wanted} is not in the lock {lock}: make upgrade"
        assert all(wanted.specifier.contains(version) for version in found), f"{wanted}: make upgrade"
    assert {"hatchling", "editables"} <= pins.keys()
    assert "://" not in text
    assert " @ " not in text


OWNERS = {
    "articles": "storage/articles",
    "fingerprints": "storage/duplicates",
    "frontier": "storage/frontier",
    "edges": "storage/frontier",
}
"""Collections, and the room that alone names each: all others ask it."""
WHOLE_DATABASE = ("storage/database", "storage/maintenance", "crawler/cli/demo.py")
"""What goes through all collections, whatever their names: indexes, statistics, moves, migrations, pruning."""


def _is_database(node: ast.expr) -> bool:
    """Say whether an expression is a database by its name: ``store.db``, ``database``."""
    return (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")) in {"db", "database"}


def collections_named(tree: ast.AST) -> Iterable[str]:
    """Yield the names of collections that code asks a database for, ``""`` for one in a variable."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and _is_database(node.value):
            constants = {"META": "meta"}
            yield getattr(node.slice, "value", constants.get(getattr(node.slice, "id", ""), ""))
        elif isinstance(node, ast.Attribute) and _is_database(node.value) and node.attr in {*OWNERS, "get_collection"}:
            yield node.attr.replace("get_collection", "")
        elif isinstance(node, ast.Dict):  # stages of pipelines that read a second collection
            for key, value in zip(node.keys, node.values, strict=True):
                if getattr(key, "value", "") in {"coll", "from", "into"} and isinstance(value, ast.Constant):
                    yield str(value.value)


def test_only_the_room_of_a_collection_names_it() -> None:
    """Then what each write of it needs, such as the marks of a changed article, is added in one place."""
    for path in modules():
        place = str(path.relative_to(ROOT))
        for name in collections_named(ast.parse(path.read_text(encoding="utf-8"))):
            if name in OWNERS:
                assert place.startswith(OWNERS[name] + "/"), f"{place} names {name}: ask {OWNERS[name]}"
            assert name or place.startswith(WHOLE_DATABASE), f"{place} asks for a collection by a variable"


@pytest.mark.parametrize(
    "code",
    [
        'store.db["edges"]',
        "self._store.db.edges",
        "database.get_collection(name)",
        "store.db[name]",
        '{"from": "edges"}',
    ],
)
def test_a_collection_is_found_however_it_is_named(code: str) -> None:
    assert list(collections_named(ast.parse(code))) in (["edges"], [""])


def test_the_page_about_the_parts_lists_the_rooms_on_disk() -> None:
    listed, above = set(), [""]
    for line in (
        (ROOT / "docs" / "architecture.md")
        .read_text(encoding="utf-8")
        .partition("```")[2]
        .partition("```")[0]
        .splitlines()
    ):
        if found := re.match(r"( *)(\w+)/", line):
            above = [*above[: len(found[1]) // 2], found[2]]
            listed.add("/".join(above))
    rooms = {
        path.parent for package in ("crawler", "storage", "dedupe") for path in (ROOT / package).rglob("__init__.py")
    }
    assert listed == {str(room.relative_to(ROOT)) for room in rooms}
