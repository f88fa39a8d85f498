"""A failure is logged by where it happened, never by its words: those may be somebody's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WORDS = "Đèn đường hẻm 47 hư"
PROGRAM = f"""
import logging, structlog
from sqlalchemy import create_engine, text
from bot.logs import set_up_logs

set_up_logs()
try:
    create_engine("sqlite://").connect().execute(text("SELECT :words FROM nowhere"), {{"words": "{WORDS}"}})
except Exception as failure:
    assert "{WORDS}" in str(failure)  # a statement fails with its parameters in its words
    log = LOGGER("bot.turns")
    log.error("turn.failed", exc_info=failure)
    log.warning("079163001234 0912345678 +84912345678")
"""


@pytest.mark.parametrize("logger", ["structlog.get_logger", "logging.getLogger"])
def test_the_words_of_a_failure_are_not_logged(logger: str) -> None:
    command = [sys.executable, "-c", PROGRAM.replace("LOGGER", logger)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert WORDS not in done.stderr
    assert "turn.failed" in done.stderr
    assert "OperationalError" in done.stderr
    assert "‹số› ‹số› ‹số›" in done.stderr
    assert "in <module>" in done.stderr
