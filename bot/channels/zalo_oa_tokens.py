"""The access token of a Zalo Official Account: renewed in time, by one process, and on disk before it is used.

Each refresh token is good for one use. Whoever loses the answer to it has lost the account, until its administrator
gives consent anew: so an answer is asked for once, and kept in memory until it is on disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.channels.channel import ChannelError, Misconfigured, Throttled, Unreachable
from bot.channels.json_request import Answer, JsonRequest
from bot.channels.zalo_oa_errors import code_of, failure_of, said
from conversation.messages import Json
from storage import platform_tokens
from storage.database import Database, DatabaseUnavailable
from storage.leases import Lease
from storage.platform_tokens import Pair

log = structlog.get_logger(__name__)

PATH: Final = "/v4/oa/access_token"
ASK_SECONDS = 15.0
RENEW_SECONDS = 25.0
AGAIN = timedelta(seconds=60)
SHARE = 0.8
"""How much of its life a token is used for."""
DEFAULT_LIFE = 3600
DEAD = frozenset({-118, -14014})
DEAD_WORDS = ("invalid_grant", "expired", "invalid refresh token")
NEW_CONSENT: Final = (
    "Zalo không nhận mã làm mới (refresh token) của Official Account nữa. Nhờ quản trị viên của OA cấp quyền lại cho "
    "ứng dụng (developers.zalo.me → Công cụ → API Explorer, hoặc đường dẫn cấp quyền), đặt mã mới vào "
    "CAUNOI_ZALO_OA_REFRESH_TOKEN rồi khởi động lại Cầu Nối. Thư chưa gửi vẫn được giữ."
)


class DeadToken(Misconfigured):
    """The refresh token is used up or too old: only a human can get another."""


@dataclass(frozen=True, slots=True)
class App:
    """Who asks for tokens, and where."""

    account: str
    app_id: str
    app_secret: str
    refresh_token: str
    """The first one, which the administrator's consent gave."""
    oauth: str

    def __repr__(self) -> str:
        return f"App({self.account!r})"


@dataclass(frozen=True, slots=True)
class Granted:
    """A new pair, which is nowhere but here yet."""

    access: str
    refresh: str
    renew_at: datetime


class Tokens:
    """The pair in force, shared by all that send at once here, and through the records by all processes."""

    def __init__(self, database: Database, http: JsonRequest, app: App, now: Callable[[], datetime]) -> None:
        self._database, self._http, self._app, self._now = database, http, app, now
        self.dead = False
        """Whether only a new consent can bring another pair."""
        self.newest_given = -1
        """The generation of the pair that Zalo gave us last; others were read from the records."""
        self._pair: Pair | None = None
        self._renewing: asyncio.Task[Pair] | None = None
        self._asked: tuple[int, asyncio.Task[Granted]] | None = None
        self._try_again_at: datetime | None = None

    async def current(self) -> Pair:
        """The pair to use now, renewed when most of its life is over; where that fails, the old one will do."""
        pair, now = self._pair, self._now()
        if pair is None:
            return await self.newer_than(None)
        if now < (self._try_again_at or pair.renew_at):
            return pair
        try:
            return await self.newer_than(pair)
        except ChannelError as trouble:
            self._try_again_at = now + AGAIN
            log.warning("platform.token_not_renewed", account=pair.account, reason=str(trouble))
            return pair

    async def newer_than(self, refused: Pair | None) -> Pair:
        """A pair that was given after this one; all who ask meanwhile get the same."""
        if self._pair is not None and self._pair is not refused:
            return self._pair
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew())
            self._renewing.add_done_callback(_noticed)
        return await asyncio.shield(self._renewing)  # a sender that stops must not cut it short

    async def close(self) -> None:
        """Let a renewal that was begun come to its end."""
        if self._renewing is not None:
            await asyncio.wait({self._renewing}, timeout=ASK_SECONDS)

    async def _renew(self) -> Pair:
        try:
            async with asyncio.timeout(RENEW_SECONDS):
                await self._database.lead(f"tokens:{self._app.account}", self._alone)
        except (TimeoutError, DatabaseUnavailable):
            raise Unreachable("no new token was put on disk in time") from None
        assert self._pair is not None  # noqa: S101 - _alone found one, or raised
        return self._pair

    async def _alone(self, _lease: Lease) -> None:
        """What one process does while the others wait to read what it got."""
        stored = await self._database.write(platform_tokens.current, self._app.account, self._app.refresh_token)
        if stored is None:
            raise Misconfigured("there is no refresh token: set CAUNOI_ZALO_OA_REFRESH_TOKEN")
        self.dead = stored.refused
        if not self._is_newer(stored):
            stored = await self._replaced(stored)
        self._pair, self._try_again_at = stored, None

    def _is_newer(self, stored: Pair) -> bool:
        """Whether it will do, without asking Zalo: even one that can only be used up."""
        if not stored.access:
            return False
        if self._pair is not None:
            return stored.generation > self._pair.generation
        return stored.refused or self._now() < stored.renew_at

    async def _replaced(self, old: Pair) -> Pair:
        if old.refused:
            raise DeadToken(NEW_CONSENT)
        try:
            new = await self._granted(old)
        except DeadToken:
            log.error("platform.refresh_token_dead", account=old.account, advice=NEW_CONSENT)
            await self._database.write(platform_tokens.refuse, old)
            self.dead = True
            raise
        kept = await self._database.write(platform_tokens.replace, old, new.access, new.refresh, new.renew_at)
        self.newest_given = kept.generation
        log.info("platform.token_renewed", account=old.account, generation=kept.generation)
        return kept

    async def _granted(self, old: Pair) -> Granted:
        """What Zalo gives for this pair: asked once, even if whoever waited for it was cut short."""
        if self._asked is None or self._asked[0] != old.generation or _failed(self._asked[1]):
            self._asked = old.generation, asyncio.create_task(self._ask(old.refresh))
            self._asked[1].add_done_callback(_noticed)
        return await asyncio.shield(self._asked[1])

    async def _ask(self, refresh: str) -> Granted:
        form = {"app_id": self._app.app_id, "refresh_token": refresh, "grant_type": "refresh_token"}
        headers = {"secret_key": self._app.app_secret}
        answer = await self._http.ask("POST", self._app.oauth + PATH, seconds=ASK_SECONDS, headers=headers, data=form)
        match answer.content:
            case {"access_token": str(access), "refresh_token": str(new), **rest} if access and new:
                return Granted(access, new, self._now() + timedelta(seconds=SHARE * _life(rest)))
        raise _refusal(answer)


def _life(answer: Json) -> int:
    """Seconds that a token lives, which Zalo writes as a text."""
    written = str(answer.get("expires_in", ""))
    return int(written) if written.isdecimal() and len(written) < 10 else DEFAULT_LIFE  # noqa: PLR2004


def _refusal(answer: Answer) -> ChannelError:
    words = " ".join(str(answer.content.get(name, "")) for name in ("error", "error_name", "error_description"))
    written = f"{words} {answer.content.get('message', '')}".lower()
    if code_of(answer) in DEAD or any(sign in written for sign in DEAD_WORDS):
        return DeadToken(NEW_CONSENT)
    failure = failure_of(answer)
    if failure is None:
        return Unreachable("an answer without tokens", maybe_sent=True)
    if isinstance(failure, Throttled | Unreachable | Misconfigured):
        return failure
    return Misconfigured(f"no new token: {said(answer)}")


def _failed(task: asyncio.Task[Granted]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _noticed(task: asyncio.Task[Pair] | asyncio.Task[Granted]) -> None:
    """Look at a failure that nobody may be waiting for any more."""
    if not task.cancelled():
        task.exception()
