"""New databases with today's schema and all units in them: made once, then copied."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from storage.database import open_database
from storage.first_records import load_first_records
from tests import postgres
from tests.campaigns.campaign import Engine


class Records:
    """The templates of one run; nothing is made or started before somebody asks for it."""

    def __init__(self, *, fsync: bool = True) -> None:
        self._kept = ExitStack()
        self._fsync = fsync

    def close(self) -> None:
        """Remove the templates, and stop the server if it is ours."""
        self._kept.close()

    @cached_property
    def server(self) -> str:
        """A PostgreSQL server: that of TEST_DATABASE_URL, else one started for this run."""
        if given := os.environ.get("TEST_DATABASE_URL"):
            return postgres.asyncpg_url(given).render_as_string(hide_password=False)
        return self._kept.enter_context(postgres.server(fsync=self._fsync)).render_as_string(hide_password=False)

    @cached_property
    def sqlite_template(self) -> Path:
        """A file: to be copied, never opened."""
        file = Path(self._kept.enter_context(TemporaryDirectory())) / "caunoi.db"
        _load(f"sqlite:///{file}", file.parent)
        return file

    @cached_property
    def postgres_template(self) -> str:
        """The name of a database: to be copied, never connected to."""
        url = self._kept.enter_context(postgres.fresh_database(self.server))
        _load(url, Path(self._kept.enter_context(TemporaryDirectory())))
        return str(make_url(url).database)

    @contextmanager
    def fresh(self, engine: Engine) -> Iterator[str]:
        """The URL of a new database, dropped afterwards."""
        if engine == "postgresql":
            with postgres.fresh_database(self.server, self.postgres_template) as url:
                yield url
            return
        with TemporaryDirectory() as folder:
            shutil.copyfile(self.sqlite_template, Path(folder) / "caunoi.db")
            yield f"sqlite:///{folder}/caunoi.db"


def _load(url: str, folder: Path) -> None:
    async def work() -> None:
        database = await open_database(url, folder, now=datetime.now(UTC))
        await database.write(load_first_records)
        await database.close()

    postgres.in_own_loop(work)
