"""Processes of our own that start warm: new every time, yet without a second of imports.

Some commands must start cold all the same, to show that they find what they import where they use it: those of
tests/bot/test_cli.py do.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

PATIENCE = 60
Done = subprocess.CompletedProcess[str]
warm = multiprocessing.get_context("forkserver")
warm.set_forkserver_preload(["tests.crash.program", "bot.cli", "bot.main", "storage.copying"])


First = Callable[[], None]


def command(folder: Path, words: tuple[str, ...], env: Mapping[str, str], first: First | None = None) -> Done:
    """Run `caunoi` with these words there, with this environment and no other."""
    with TemporaryDirectory() as outputs:
        process = warm.Process(target=_be_caunoi, args=(folder, words, dict(env), outputs, first))
        process.start()
        process.join(PATIENCE)
        assert process.exitcode is not None, f"caunoi {' '.join(words)} does not end"
        said, complained = (Path(outputs, str(number)).read_text() for number in (1, 2))
        return Done(words, process.exitcode, said, complained)


def _be_caunoi(folder: Path, words: tuple[str, ...], env: dict[str, str], outputs: str, first: First | None) -> None:
    from bot.cli import app  # noqa: PLC0415 - for the process that is started, not for the one that starts it

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    for number in (1, 2):
        os.dup2(os.open(f"{outputs}/{number}", os.O_WRONLY | os.O_CREAT), number)
    sys.argv = ["caunoi", *words]
    if first:
        first()
    app()
