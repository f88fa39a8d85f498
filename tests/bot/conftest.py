"""What tests of the operator's commands share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def ward(loaded_sqlite: Path, tmp_path: Path) -> Path:
    """A folder with the records of a new ward."""
    shutil.copyfile(loaded_sqlite, tmp_path / "caunoi.db")
    return tmp_path
