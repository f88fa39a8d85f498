"""A bench per test."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.sandbox.bench import Bench, bench


@pytest_asyncio.fixture
async def api() -> AsyncIterator[Bench]:
    """Return a served world whose person has pressed start."""
    async with bench() as made:
        yield made
