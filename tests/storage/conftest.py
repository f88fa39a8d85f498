"""An open database, on each engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import Database, open_database

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
async def database(new_database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """The records, new and empty; the test runs once on each engine."""
    opened = await open_database(new_database_url, tmp_path / "data", now=NOW)
    yield opened
    await opened.close()


@pytest.fixture
async def loaded(loaded_database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """The records with all units and organisations in them; the test runs once on each engine."""
    opened = await open_database(loaded_database_url, tmp_path / "data", now=NOW)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite(new_sqlite_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """The records in an SQLite file `caunoi.db`, new and empty."""
    opened = await open_database(new_sqlite_url, tmp_path / "data", now=NOW)
    yield opened
    await opened.close()
