"""One bench per channel: the conformance suite runs on each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.benches import BENCHES, Bench
from tests.channels.files import FILES, NOW, plainly, stored

__all__ = ["FILES", "NOW", "Bench", "plainly", "stored"]


@pytest.fixture(params=sorted(BENCHES))
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    """The tokens of an Official Account are in the records; the other channels have none."""
    url = request.getfixturevalue("loaded_sqlite_url") if request.param == "zalo_oa" else ""
    async with BENCHES[request.param](url, tmp_path / "data") as made:
        yield made
