"""Upgrades that are killed: `python -m tests.storage.dying URL DATA_DIR SCRIPTS FIRST STEP`.

From the given folder of migrations it opens the records again and again, in a process of its own each time, killed
before its n-th statement. Prints a line each time with what was found afterwards, and ends when an opening survives.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import alembic.command  # noqa: F401 - here, so that not each child loads it anew
from sqlalchemy import Engine, event

from storage import migrate
from storage.database import open_database


def die_before(statement: int) -> None:
    """Let this process be killed before its n-th statement; a commit counts as one."""
    left = [statement]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)


async def open_and_close(url: str, data_dir: Path) -> None:
    """Open with today's schema."""
    await (await open_database(url, data_dir, now=datetime.now(UTC))).close()


def main(url: str, data_dir: Path, scripts: Path, first: int, step: int) -> None:
    """Kill one upgrade after the other, each a bit later."""
    migrate.SCRIPTS = scripts
    statement = first
    while True:
        child = os.fork()  # cheaper than starting Python anew, and nothing is open yet
        if child == 0:
            die_before(statement)
            asyncio.run(open_and_close(url, data_dir))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            print("ended", os.waitstatus_to_exitcode(status), statement, flush=True)
            return
        print("killed", statement, flush=True)
        sys.stdin.readline()
        statement += step


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
