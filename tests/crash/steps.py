"""Every step of the product at which it may die: found in its code, so that a new one cannot be missed.

A step is a call of `database.write`, of a verb of the channel, or of the intake by the webhook's receiver, and a moment
of it. Nothing of this is in the product: the calls are wrapped from outside, in a process that is going to die.
"""

from __future__ import annotations

import ast
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from bot.channels.telegram import Telegram
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_oa import ZaloOA
from bot.runner import Intake
from storage.database import SqliteDatabase
from storage.postgres import PostgresDatabase

ROOT = Path(__file__).parents[2]
FOLDERS = ("bot", "web")
NOT_THE_SERVICE = {"bot/demo.py", "bot/cli_tools.py", "bot/checkup_zalo_oa.py"}
VERBS = {
    "write": ("database", "_database"),
    "open": ("channel", "_channel"),
    "updates": ("channel", "_channel"),
    "send": ("channel", "_channel"),
    "acknowledge": ("channel", "_channel"),
    "fetch": ("channel", "_channel"),
    "take": ("webhook",),
}
"""What is called, and on what."""


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """One place in the code that calls such a verb."""

    file: str
    line: int
    last_line: int
    verb: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.text}"


@dataclass(frozen=True, slots=True)
class Step:
    """A moment of the n-th call from a site: `before` it, `inside` its transaction, or `after` it."""

    site: Site
    moment: str
    passing: int = 1


@cache
def sites() -> tuple[Site, ...]:
    """All there are in the service."""
    files = (file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py")))
    return tuple(site for file in files for site in _sites_in(file))


def steps() -> Iterator[Step]:
    """Every moment of every site."""
    for site in sites():
        for moment in ("before", "inside", "after") if site.verb == "write" else ("before", "after"):
            yield Step(site, moment)


def _sites_in(file: Path) -> Iterator[Site]:
    name = file.relative_to(ROOT).as_posix()
    if name in NOT_THE_SERVICE:
        return
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in VERBS:
            receiver = ast.unparse(node.func.value).rpartition(".")[2]
            if receiver in VERBS[node.func.attr]:
                yield Site(name, node.lineno, node.end_lineno or node.lineno, node.func.attr, ast.unparse(node)[:60])


# --- in the process that dies ---------------------------------------------------------------------------------------


def die_at(step: Step) -> None:
    """Wrap the product's calls in this process, so that it is killed exactly there."""
    death = _Death(step)
    owners: list[type[Any]] = [SqliteDatabase, PostgresDatabase]
    for owner in owners:
        owner.write = death.wrapped("write", owner.write)
    for channel, verb in product((Telegram, ZaloBot, ZaloOA), ("open", "updates", "send", "acknowledge", "fetch")):
        setattr(channel, verb, death.wrapped(verb, getattr(channel, verb)))
    for verb in ("take", "keep"):  # how a webhook's door takes an update
        setattr(Intake, verb, death.wrapped("take", getattr(Intake, verb)))


class _Death:
    def __init__(self, step: Step) -> None:
        self._step, self._left = step, step.passing

    def wrapped(self, verb: str, real: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        def called(*given: Any, **named: Any) -> Awaitable[Any]:
            if not self._is_from_the_site(verb, sys._getframe(1).f_code.co_filename, sys._getframe(1).f_lineno):
                return real(*given, **named)
            self._left -= 1
            return real(*given, **named) if self._left else self._through(verb, real, given, named)

        return called

    def _is_from_the_site(self, verb: str, file: str, line: int) -> bool:
        site = self._step.site
        return verb == site.verb and file == str(ROOT / site.file) and site.line <= line <= site.last_line

    async def _through(
        self, verb: str, real: Callable[..., Awaitable[Any]], given: tuple[Any, ...], named: dict[str, Any]
    ) -> Any:
        self._die("before")
        if verb == "write":
            database, work, *rest = given
            given = (database, self._dying(work), *rest)
        try:
            done = await real(*given, **named)
        except BaseException:
            self._left = 1  # it did not come so far; the next one may
            raise
        self._die("after")
        return done

    def _dying(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def worked(*given: Any, **named: Any) -> Any:
            done = work(*given, **named)
            self._die("inside")
            return done

        return worked

    def _die(self, moment: str) -> None:
        if moment == self._step.moment:
            os.kill(os.getpid(), signal.SIGKILL)
