"""Both engines are there for the tests, empty, and real."""

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tests import postgres


async def ask(url: str, *statements: str) -> list[object]:
    """Execute each statement in one transaction, and return the first value of each that gives rows."""
    driver = make_url(url)
    if driver.get_backend_name() == "sqlite":
        driver = driver.set(drivername="sqlite+aiosqlite")
    engine = create_async_engine(driver, poolclass=NullPool)
    async with engine.begin() as connection:
        results = [await connection.execute(text(statement)) for statement in statements]
        found = [result.scalar() for result in results if result.returns_rows]
    await engine.dispose()
    return found


async def test_each_engine_answers(database_url: str) -> None:
    assert await ask(database_url, "SELECT 1") == [1]


async def test_each_test_gets_an_empty_database(database_url: str) -> None:
    assert await ask(database_url, "CREATE TABLE leftover (id INTEGER)", "SELECT count(*) FROM leftover") == [0]


async def test_and_so_does_the_next(database_url: str) -> None:
    assert await ask(database_url, "CREATE TABLE leftover (id INTEGER)", "SELECT count(*) FROM leftover") == [0]


async def test_postgres_syncs_what_it_commits_where_campaigns_and_benches_look() -> None:
    with postgres.server() as server:
        assert await ask(server.render_as_string(hide_password=False), "SHOW fsync") == ["on"]


async def test_postgres_knows_vietnamese_letters(empty_postgres: str) -> None:
    assert await ask(empty_postgres, "SELECT 'Đường hẻm'") == ["Đường hẻm"]
