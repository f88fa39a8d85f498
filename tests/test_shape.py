"""The house keeps its shape: sizes, the direction of imports, one place that commits, one clock, literal texts."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PRODUCT = ["bot", "conversation", "handlers", "reports", "sandbox", "scheduler", "storage", "web"]
ENOUGH = 20  # with fewer than this a median says nothing

# Longer than the rule allows, each with its reason: one clear thing is better long than in three pieces.
LONG_FUNCTIONS: dict[str, str] = {}

PURE = {"asyncio", "os", "random", "secrets", "socket", "sqlite3", "subprocess", "threading", "time", "uuid"}
LEAVES = ["scheduler/calendar_vn.py", "scheduler/quiet_hours.py", "scheduler/recurrence.py"]
REGISTRIES = [
    name + "." + end
    for name, end in [
        ("pypi", "org"),
        ("files.pythonhosted", "org"),
        ("registry.npmjs", "org"),
        ("deb.debian", "org"),
        ("security.debian", "org"),
    ]
]

Found = Iterator[tuple[int, str]]


# --- reading the code -----------------------------------------------------------------------------------------------


def files(*folders: str) -> list[Path]:
    """Return the Python files that are the product; migrations are history, written once."""
    found = chain.from_iterable((ROOT / folder).rglob("*.py") for folder in folders)
    return sorted(path for path in found if "migrations" not in path.parts)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), path)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Give each function's name and its length in lines, its signature and docstring included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name_of(path)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Give each imported name with its line, `from a import b` as `a.b`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def places(paths: list[Path], find: Callable[[ast.Module], Found]) -> list[str]:
    """Return "file:line what" for all that `find` finds."""
    return [f"{name_of(path)}:{line} {what}" for path in paths for line, what in find(tree(path))]


def calls(module: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module) if isinstance(node, ast.Call))


# --- sizes ----------------------------------------------------------------------------------------------------------


def p95(sizes: list[int]) -> float:
    return quantiles(sizes, n=20)[-1]


def test_files_are_short() -> None:
    sizes = [size for path in files(*PRODUCT) if (size := len(path.read_text("utf-8").splitlines()))]
    if len(sizes) >= ENOUGH:
        assert median(sizes) <= 90
        assert p95(sizes) <= 300


def test_functions_are_short() -> None:
    sizes = [size for path in files(*PRODUCT) for _, size in functions(path)]
    if len(sizes) >= ENOUGH:
        assert median(sizes) <= 7
        assert p95(sizes) <= 30


def test_no_function_is_too_long() -> None:
    long = {name: size for path in files(*PRODUCT) for name, size in functions(path) if size > 60}
    assert long.keys() == LONG_FUNCTIONS.keys(), long


# --- imports --------------------------------------------------------------------------------------------------------


def test_imports_point_downwards() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-logo", "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", files("conversation"), ids=name_of)
def test_the_conversation_needs_only_the_standard_library(path: Path) -> None:
    tops = {name.split(".")[0] for _, name in imports(path)}
    assert tops <= (sys.stdlib_module_names | {"conversation", ""}) - PURE


@pytest.mark.parametrize("leaf", LEAVES)
def test_the_calendar_is_pure(leaf: str) -> None:
    path = ROOT / leaf
    tops = {name.split(".")[0] for _, name in imports(path)} if path.exists() else set()
    assert not tops & (PURE | {"aiohttp", "apscheduler", "sqlalchemy", "telegram"})


def features() -> set[str]:
    return {folder.name for folder in (ROOT / "handlers").iterdir() if (folder / "__init__.py").exists()}


def test_features_do_not_import_each_other() -> None:
    """A feature may import the plain modules of handlers, and these no feature."""
    wrong = []
    for path in files("handlers"):
        own = path.relative_to(ROOT / "handlers").parts[0]
        for line, name in imports(path):
            parts = name.split(".")
            if parts[0] == "handlers" and len(parts) > 1 and parts[1] in features() - {own}:
                wrong.append(f"{name_of(path)}:{line} imports {name}")
    assert not wrong


def test_nobody_imports_by_dots() -> None:
    """Whole names only, so that a reader, and the tests here, see where a thing comes from."""
    wrong = [f"{name_of(path)}:{line}" for path in files(*PRODUCT) for line, name in imports(path) if name[0] == "."]
    assert not wrong


# --- one place, one clock -------------------------------------------------------------------------------------------


def commits(module: ast.Module) -> Found:
    for call in calls(module):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit":
            yield call.lineno, "commits"


def test_only_the_database_commits() -> None:
    paths = [path for path in files(*PRODUCT) if name_of(path) != "storage/database.py"]
    assert not places(paths, commits)


def clocks(module: ast.Module) -> Found:
    """Find who asks the machine for the time: only an instant that was handed over can be tested and replayed."""
    for call in calls(module):
        written = ast.unparse(call.func)
        if re.fullmatch(r"(datetime\.)?(datetime|date)\.(now|utcnow|today)|time\.(time|time_ns)", written):
            yield call.lineno, written


def test_the_time_is_always_handed_over() -> None:
    assert not places(files("conversation", "handlers", "storage"), clocks)


def catch_alls(module: ast.Module) -> Found:
    for node in ast.walk(module):
        if isinstance(node, ast.ExceptHandler) and (node.type is None or "BaseException" in ast.unparse(node.type)):
            yield node.lineno, "catches BaseException"


def test_a_conversation_can_always_be_stopped() -> None:
    assert not places(files("conversation", "handlers"), catch_alls)


# --- texts ----------------------------------------------------------------------------------------------------------


def built_texts(module: ast.Module) -> Found:
    """Find an N_() around anything but a literal text: gettext could not collect it."""
    for call in calls(module):
        if isinstance(call.func, ast.Name) and call.func.id == "N_":
            literal = len(call.args) == 1 and isinstance(call.args[0], ast.Constant)
            if not literal or not isinstance(ast.literal_eval(call.args[0]), str):
                yield call.lineno, ast.unparse(call)


def test_translatable_texts_are_literal() -> None:
    assert not places(files(*PRODUCT), built_texts)


def test_the_finders_find() -> None:
    bad = 'tx.commit()\ntime.time()\ndatetime.now(UTC)\nN_(f"{a}")\nN_("a".format())\nN_("a" + b)\ntry: 0\nexcept: 0\n'
    module = ast.parse(bad)
    assert [len(list(find(module))) for find in (commits, clocks, built_texts, catch_alls)] == [1, 2, 3, 1]


# --- the tree -------------------------------------------------------------------------------------------------------


def settings() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_every_package_of_the_house_is_installed_and_ordered() -> None:
    present = {name for name in PRODUCT if (ROOT / name / "__init__.py").exists()}
    installed = {pattern.rstrip("*") for pattern in settings()["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert present <= installed
    assert present <= {*settings()["tool"]["importlinter"]["root_packages"]}


@pytest.mark.parametrize("name", PRODUCT)
def test_every_folder_of_the_design_is_there(name: str) -> None:
    assert (ROOT / name / "__init__.py").exists()


def test_every_requirement_is_locked() -> None:
    project = settings()["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = {plain(line) for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines()}
    assert {plain(line) for line in wanted} <= locked


def plain(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9_.-]", requirement)[0].lower().replace("_", "-")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=False, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_registry() -> None:
    """Which registry is asked is the machine's business, not the project's."""
    hosts = [host.encode() for host in REGISTRIES]
    assert not [name_of(path) for path in tracked() if any(host in path.read_bytes() for host in hosts)]
