"""What every test may ask for: both databases, a browser; and in CI nothing may be skipped."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from sandbox.world import World
from tests import postgres
from tests.bot_api_spec import check
from tests.records import Records

IN_CI = os.environ.get("CI", "").lower() == "true"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
skipped: list[str] = []


# --- databases ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def records() -> Iterator[Records]:
    """Databases that are made once a run, and copied."""
    made = Records(fsync=False)  # what tests kill is our own process, never the machine under the server
    yield made
    made.close()


@pytest.fixture(scope="session")
def postgres_url(records: Records) -> str:
    """A PostgreSQL server: that of TEST_DATABASE_URL, else one started for this run."""
    return records.server


@pytest.fixture
def empty_postgres(postgres_url: str) -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database, dropped after the test."""
    with postgres.fresh_database(postgres_url) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, without a schema: the test runs once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'caunoi.db'}"
    return str(request.getfixturevalue("empty_postgres"))


@pytest.fixture
def new_sqlite_url(records: Records, tmp_path: Path) -> str:
    """The URL of a new SQLite database with today's schema and nothing in it."""
    shutil.copy(records.sqlite_schema, tmp_path / "caunoi.db")
    return f"sqlite:///{tmp_path / 'caunoi.db'}"


@pytest.fixture
def new_postgres_url(records: Records) -> Iterator[str]:
    """The URL of a new PostgreSQL database with today's schema and nothing in it, dropped after the test."""
    with postgres.fresh_database(records.server, records.postgres_schema) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def new_database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a new database with today's schema and nothing in it: the test runs once on each engine."""
    return str(request.getfixturevalue(f"new_{request.param}_url"))


@pytest.fixture(scope="session")
def loaded_sqlite(records: Records) -> Path:
    """An SQLite file with today's schema and all units, made once a run: to be copied, never opened."""
    return records.sqlite_template


@pytest.fixture
def loaded_sqlite_url(loaded_sqlite: Path, tmp_path: Path) -> str:
    """The URL of a new SQLite database with all units in it."""
    shutil.copyfile(loaded_sqlite, tmp_path / "caunoi.db")
    return f"sqlite:///{tmp_path / 'caunoi.db'}"


@pytest.fixture
def loaded_postgres_url(records: Records) -> Iterator[str]:
    """The URL of a new PostgreSQL database with all units in it, dropped after the test."""
    with records.fresh("postgresql") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def loaded_database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a new database with all units in it: the test runs once on each engine."""
    return str(request.getfixturevalue(f"loaded_{request.param}_url"))


# --- what the bot asked of Telegram ---------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def valid_requests(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hold each request that a sandbox received against Telegram's specification; the sandbox's own tests may err."""
    if "sandbox" in request.path.parts:
        yield
        return
    worlds: list[World] = []
    make = World.__init__

    def remember(world: World, *given: object, **named: object) -> None:
        worlds.append(world)
        make(world, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(World, "__init__", remember)
    yield
    asked = [entry for world in worlds for entry in world.requests]
    assert [wrong for entry in asked for wrong in check(entry.method, entry.params)] == []
    assert [complaint for world in worlds for complaint in world.complaints] == []


# --- browser --------------------------------------------------------------------------------------------------------


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium; the test is marked `browser`, so that it is skipped where there is none."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=CHROMIUM_FLAGS)
        yield chromium
        await chromium.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests, with a reason, on a machine without a browser."""
    if CHROMIUM is not None:
        return
    reason = "no Chromium on this machine: apt-get install chromium fonts-noto-core"
    for item in items:
        if item.get_closest_marker("browser") or "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip(reason=reason))


# --- in CI a skip is a failure --------------------------------------------------------------------------------------


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember each skipped test; an expected failure is not one."""
    if report.skipped and not hasattr(report, "wasxfail"):
        skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Remember each file that was skipped whole."""
    if report.skipped:
        skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a CI run that skipped something."""
    if IN_CI and skipped and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which tests made the CI run fail by not running."""
    if IN_CI and skipped:
        terminalreporter.section("skipped, which CI does not allow", red=True)
        terminalreporter.write_line("\n".join(skipped))
