"""The tokens of a Zalo Official Account: renewed in time, once for all processes, on disk before they are used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import Connection
from structlog.testing import capture_logs

from bot.channels.channel import ChannelError, Misconfigured, Throttled, Unreachable
from bot.channels.json_request import JsonRequest
from bot.channels.zalo_oa_tokens import PATH, App, DeadToken, Tokens
from storage import platform_tokens
from storage.database import Database, DatabaseUnavailable, open_database

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ACCOUNT = "zalo_oa:1357913579135791357"
SECRET = "bi-mat-ung-dung"


@dataclass
class OAuth:
    """Zalo's token server, which takes each refresh token once."""

    valid: str = "rt-0"
    given: int = 0
    asked: list[str] = field(default_factory=list)
    lose_answers: int = 0
    says: list[object] = field(default_factory=list)
    """What is answered instead, for once each."""
    slow: float = 0.0

    async def answer(self, request: web.Request) -> web.Response:
        assert request.headers["secret_key"] == SECRET
        form = await request.post()
        assert (form["app_id"], form["grant_type"]) == ("42", "refresh_token")
        self.asked.append(str(form["refresh_token"]))
        await asyncio.sleep(self.slow)
        if self.says:
            return web.json_response(self.says.pop(0))
        if form["refresh_token"] != self.valid:
            return web.json_response({"error": -118, "message": "Invalid refresh token"})
        self.given += 1
        self.valid = f"rt-{self.given}"
        if self.lose_answers:
            self.lose_answers -= 1
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(
            {"access_token": f"at-{self.given}", "refresh_token": self.valid, "expires_in": "90000"}
        )


@dataclass
class Bench:
    """A token server, records, and a clock to move."""

    oauth: OAuth
    database: Database
    http: JsonRequest
    app: App
    now: datetime = NOW

    def process(self, database: Database | None = None, **changes: str) -> Tokens:
        """Another program that uses the same account."""
        return Tokens(database or self.database, self.http, replace(self.app, **changes), lambda: self.now)

    async def stored(self) -> tuple[str, str, int, bool]:
        pair = await self.database.read(platform_tokens.current, ACCOUNT, "")
        assert pair is not None
        return pair.access, pair.refresh, pair.generation, pair.refused


@asynccontextmanager
async def serving(url: str, folder: Path) -> AsyncIterator[Bench]:
    oauth, app = OAuth(), web.Application()
    app.router.add_post(PATH, oauth.answer)
    database = await open_database(url, folder, now=NOW)
    async with TestServer(app) as server:
        base = str(server.make_url("")).rstrip("/")
        http = JsonRequest(base)
        yield Bench(oauth, database, http, App(ACCOUNT, "42", SECRET, "rt-0", base))
        await http.close()
    await database.close()


@pytest.fixture
async def bench(loaded_sqlite_url: str, tmp_path: Path) -> AsyncIterator[Bench]:
    async with serving(loaded_sqlite_url, tmp_path / "data") as made:
        yield made


async def failing(tokens: Tokens) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await tokens.current()
    shown = f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
    assert "rt-" not in shown
    assert SECRET not in shown
    return caught.value


# --- one process ----------------------------------------------------------------------------------------------------


async def test_the_first_pair_is_asked_for_once_and_kept(bench: Bench) -> None:
    tokens = bench.process()
    pairs = await asyncio.gather(*(tokens.current() for _ in range(20)))
    assert {pair.access for pair in pairs} == {"at-1"}
    assert await bench.stored() == ("at-1", "rt-1", 1, False)
    assert (await bench.process().current()).access == "at-1"  # after a restart
    assert bench.oauth.asked == ["rt-0"]
    assert "at-1" not in repr(pairs)
    assert "rt-0" not in repr(bench.app)


async def test_a_pair_is_renewed_when_four_fifths_of_its_life_are_over(bench: Bench) -> None:
    tokens = bench.process()
    await tokens.current()
    bench.now = NOW + timedelta(seconds=0.8 * 90000 - 1)
    assert (await tokens.current()).access == "at-1"
    bench.now = NOW + timedelta(seconds=0.8 * 90000)
    assert (await tokens.current()).access == "at-2"
    assert bench.oauth.asked == ["rt-0", "rt-1"]


async def test_a_refused_token_is_replaced_once_for_all_who_had_it(bench: Bench) -> None:
    tokens = bench.process()
    old = await tokens.current()
    new = await asyncio.gather(*(tokens.newer_than(old) for _ in range(20)))
    assert {pair.access for pair in new} == {"at-2"}
    assert (await tokens.newer_than(old)).access == "at-2"  # one who learns of it late
    assert len(bench.oauth.asked) == 2


async def test_while_no_new_one_is_given_the_old_one_serves(bench: Bench) -> None:
    tokens = bench.process()
    await tokens.current()
    bench.now += timedelta(days=1)
    bench.oauth.says = [{"error": -200, "message": "busy"}]
    with capture_logs() as logs:
        assert [(await tokens.current()).access for _ in range(5)] == ["at-1"] * 5
    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["platform.token_not_renewed"]
    bench.now += timedelta(minutes=1)
    assert (await tokens.current()).access == "at-2"


async def test_who_stops_waiting_does_not_cut_a_renewal_short(bench: Bench) -> None:
    tokens, bench.oauth.slow = bench.process(), 0.2
    waiting = asyncio.create_task(tokens.current())
    await asyncio.sleep(0.1)
    waiting.cancel()
    await tokens.close()
    assert await bench.stored() == ("at-1", "rt-1", 1, False)


async def test_a_pair_that_is_not_on_disk_is_neither_used_nor_lost(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = bench.process()

    def full(tx: Connection, *given: object) -> None:
        raise DatabaseUnavailable("full", "x")

    monkeypatch.setattr(platform_tokens, "replace", full)
    assert isinstance(await failing(tokens), Unreachable)
    assert isinstance(await failing(tokens), Unreachable)
    monkeypatch.undo()
    assert (await tokens.current()).access == "at-1"
    assert bench.oauth.asked == ["rt-0"]


async def test_a_dead_refresh_token_leaves_the_access_token_its_last_hours(bench: Bench) -> None:
    tokens = bench.process()
    await tokens.current()
    bench.now, bench.oauth.valid = NOW + timedelta(seconds=0.9 * 90000), "another"
    assert (await tokens.current()).access == "at-1"
    restarted = bench.process()
    assert (await restarted.current()).access == "at-1"
    with pytest.raises(DeadToken):
        await restarted.newer_than(await restarted.current())


# --- what can go wrong ----------------------------------------------------------------------------------------------


async def test_without_any_refresh_token_the_operator_is_asked_for_one(bench: Bench) -> None:
    error = await failing(bench.process(refresh_token=""))
    assert isinstance(error, Misconfigured)
    assert "CAUNOI_ZALO_OA_REFRESH_TOKEN" in str(error)


async def test_a_dead_refresh_token_is_said_once_plainly_and_zalo_is_left_alone(bench: Bench) -> None:
    bench.oauth.valid = "another"
    with capture_logs() as logs:
        errors = [await failing(bench.process()) for _ in range(3)]
    assert all(isinstance(error, DeadToken) for error in errors)
    assert "cấp quyền lại" in str(errors[0])
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["platform.refresh_token_dead"]
    assert bench.oauth.asked == ["rt-0"]
    assert (await bench.stored())[3]


async def test_a_new_consent_brings_a_dead_account_back_and_a_living_one_keeps_its_own(bench: Bench) -> None:
    bench.oauth.valid = "rt-moi"
    assert isinstance(await failing(bench.process()), DeadToken)
    assert (await bench.process(refresh_token="rt-moi").current()).access == "at-1"
    assert (await bench.process(refresh_token="rt-0").current()).access == "at-1"  # not restarted with the new one yet
    assert bench.oauth.asked == ["rt-0", "rt-moi"]


async def test_when_zalos_answer_is_lost_the_account_is_too_and_that_is_said(bench: Bench) -> None:
    tokens, bench.oauth.lose_answers = bench.process(), 1
    assert isinstance(await failing(tokens), Unreachable)
    assert isinstance(await failing(tokens), DeadToken)


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        ({"error": -32, "message": "rate"}, Throttled),
        ({"error": -14002, "message": "app is not active"}, Misconfigured),
        ({"error_name": "invalid_grant"}, DeadToken),
        ({"error": 0}, Unreachable),
        ({"access_token": 5, "refresh_token": "r"}, Unreachable),
    ],
)
async def test_other_refusals_are_of_the_closed_set(bench: Bench, says: object, kind: type[ChannelError]) -> None:
    bench.oauth.says = [says]
    assert type(await failing(bench.process())) is kind


async def test_the_records_tell_an_operator_no_token(bench: Bench) -> None:
    await bench.process().current()
    [state] = await bench.database.read(platform_tokens.states)
    assert (state["account"], state["generation"], state["refused"]) == (ACCOUNT, 1, False)
    assert not {"access_token", "refresh_token"} & state.keys()


# --- several processes ----------------------------------------------------------------------------------------------


async def test_of_several_processes_one_renews_and_the_others_read_what_it_got(
    loaded_postgres_url: str, tmp_path: Path
) -> None:
    async with serving(loaded_postgres_url, tmp_path) as bench:
        others = [await open_database(loaded_postgres_url, tmp_path, now=NOW) for _ in range(2)]
        processes = [bench.process(), *map(bench.process, others)]
        bench.oauth.slow = 0.1
        first = await asyncio.gather(*(each.current() for each in processes))
        second = await asyncio.gather(*(each.newer_than(old) for each, old in zip(processes, first, strict=True)))
        assert {pair.access for pair in first} == {"at-1"}
        assert {pair.access for pair in second} == {"at-2"}
        assert bench.oauth.asked == ["rt-0", "rt-1"]
        for database in others:
            await database.close()
