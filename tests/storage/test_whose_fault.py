"""A broken connection is the storage's fault only when it is the connection to the records."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy import Connection

from storage.database import Database
from storage.unavailable import storage_fault


@pytest.mark.parametrize("kind", [ConnectionResetError, BrokenPipeError, TimeoutError, OSError])
async def test_what_a_feature_raises_is_its_own_fault(database: Database, kind: type[OSError]) -> None:
    def work(_tx: Connection) -> None:
        raise kind("another machine is away")

    with pytest.raises(kind):
        await database.write(work)
    with pytest.raises(kind):
        await database.read(work)


def test_a_server_without_a_free_connection_is_busy_and_not_full() -> None:
    assert storage_fault(asyncpg.TooManyConnectionsError()) == "busy"
    assert storage_fault(asyncpg.DiskFullError()) == "full"
