"""New databases with today's schema, with all units in them or with nothing: made once, then copied."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from storage.database import open_database
from storage.first_records import load_first_records
from tests import postgres
from tests.campaigns.campaign import Engine

Filling = Callable[[Connection], None]


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
        """A file with all units: to be copied, never opened."""
        return self._sqlite(load_first_records)

    @cached_property
    def sqlite_schema(self) -> Path:
        """A file with nothing in it: to be copied, never opened."""
        return self._sqlite(_nothing)

    @cached_property
    def postgres_template(self) -> str:
        """The name of a database with all units: to be copied, never connected to."""
        return self._postgres(load_first_records)

    @cached_property
    def postgres_schema(self) -> str:
        """The name of a database with nothing in it: to be copied, never connected to."""
        return self._postgres(_nothing)

    def _sqlite(self, filled: Filling) -> Path:
        file = Path(self._kept.enter_context(TemporaryDirectory())) / "caunoi.db"
        _make(f"sqlite:///{file}", file.parent, filled)
        return file

    def _postgres(self, filled: Filling) -> str:
        url = self._kept.enter_context(postgres.fresh_database(self.server))
        _make(url, Path(self._kept.enter_context(TemporaryDirectory())), filled)
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


def _nothing(_tx: Connection) -> None:
    """Nothing is put in."""


def _make(url: str, folder: Path, filled: Filling) -> None:
    async def work() -> None:
        database = await open_database(url, folder, now=datetime.now(UTC))
        await database.write(filled)
        await database.close()

    postgres.in_own_loop(work)
