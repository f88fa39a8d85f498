"""Links by which people take their data away: whoever looks learns nothing, whoever presses gets what is kept now."""

from __future__ import annotations

import json
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, expect
from sqlalchemy import Connection, select
from structlog.testing import capture_logs

from bot.features import registry
from bot.housekeeping import Housekeeping
from conversation.messages import Address, Command
from handlers.feature import Actor, look, perform
from handlers.linking.commands import Link, MakeLinkCode, Unlink
from handlers.my_data.commands import EraseMe, MakeLink, TakeAway
from handlers.my_data.queries import WhoSawIt
from handlers.my_data.takeaway import DATA, FORMS, PATH, TABLES
from handlers.operating import Operator
from storage import audit_chain, data_links, people
from storage.audit import FETCHED
from storage.database import Database, DatabaseUnavailable, open_database
from storage.invites import hash_of
from storage.linking import key_of
from storage.schema import metadata
from tests.street import Standing
from tests.web.browser import DESKTOP, PHONE, browser_page, violations
from web.takeaway import Takeaway, add_takeaway

NOW = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
DAY = timedelta(hours=24)
HERE, THERE = Address("zalo_bot:1", "hoa"), Address("zalo_oa:2", "hoa-oa")
NAME = "Nguyễn Thị Hoa"
OPERATOR = Operator("MTTQ phường An Hội Đông", "Trần Văn Nam", "028 3894 1234", "https://bot.example.vn")


class Undone(Exception):
    """So that what was done is not kept."""

    def __init__(self, files: Sequence[tuple[str, bytes]]) -> None:
        super().__init__()
        self.files = files


@dataclass
class Scene:
    """Hoa, who writes from Zalo, and the pages in a browser."""

    database: Database
    http: TestClient[web.Request, web.Application]
    clock: Standing
    hoa: int = 0

    async def do(self, command: Command[Any], at: Address = HERE) -> Any:
        """She orders it in one of her chats."""

        def work(tx: Connection) -> Any:
            person = people.person_at(tx, at)
            return perform(REGISTRY, tx, Actor(self.clock.now(), person.id if person else None, at, "1"), command)

        return await self.database.write(work)

    async def link(self) -> str:
        """The path of a new link of hers."""
        return f"{PATH}{(await self.do(MakeLink(DAY))).token}"

    async def taken_in_chat(self) -> dict[str, bytes]:
        """The files as they would go to a chat that carries files, which is not kept."""

        def work(tx: Connection) -> None:
            raise Undone(perform(REGISTRY, tx, Actor(self.clock.now(), self.hoa, HERE), TakeAway()))

        with pytest.raises(Undone) as undone:
            await self.database.write(work)
        return dict(undone.value.files)

    async def rows(self, name: str) -> list[Any]:
        return await self.database.read(lambda tx: [*tx.execute(select(metadata.tables[name]))])

    async def all_answers(self, path: str) -> list[ClientResponse]:
        """Looked at, each of the buttons pressed, and each of the files asked for."""
        asked = [(ask, f"{path}/{name}") for ask in (self.http.post, self.http.get) for name in FORMS]
        return [await self.http.get(path), *[await ask(file) for ask, file in asked]]

    async def is_dead(self, path: str) -> bool:
        """Whether it leads nowhere, told in the same words as for a link that was never made."""
        answers = await self.all_answers(path)
        never = await (await self.http.get(f"{PATH}{'0' * 32}")).text()
        return all([answer.status == 404 and await answer.text() == never for answer in answers])


REGISTRY = registry(OPERATOR)


@pytest.fixture
async def scene(loaded_database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    clock = Standing(NOW)
    database = await open_database(loaded_database_url, tmp_path / "data", now=NOW)
    app = web.Application()
    add_takeaway(app, PATH, Takeaway(database, REGISTRY, clock.now, OPERATOR, "vi"))
    async with TestClient(TestServer(app)) as http:
        made = Scene(database, http, clock)
        made.hoa = await database.write(register)
        yield made
    await database.close()


def register(tx: Connection) -> int:
    hoa = people.register(tx, HERE, "ba", "26878", NOW)
    people.change(tx, hoa, name=NAME, phone="+84912345678", birth_year=1960)
    people.consent(tx, hoa, "news", "Đồng ý nhận tin", HERE, "1", NOW)
    return hoa


def cells(book: bytes) -> dict[str, bytes]:
    """What is in a workbook, but for when it was written."""
    with zipfile.ZipFile(BytesIO(book)) as parts:
        return {name: parts.read(name) for name in parts.namelist() if name != "docProps/core.xml"}


async def test_looking_tells_nothing_and_changes_nothing(scene: Scene) -> None:
    path = await scene.link()
    before = [await scene.rows(name) for name in ("data_links", "audit")]
    with capture_logs() as logs:
        for ask in (scene.http.get, scene.http.head, scene.http.get):
            answer = await ask(path, headers={"User-Agent": "TelegramBot (like TwitterBot)"})
            assert (answer.status, answer.content_type) == (200, "text/html")
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Robots-Tag"].startswith("noindex")
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        seen = await (await scene.http.get(path)).text()
    assert [await scene.rows(name) for name in ("data_links", "audit")] == before
    assert "đến <strong>8 giờ 05, ngày 24/11</strong>" in seen
    assert "<strong>Trần Văn Nam</strong>, điện thoại <strong>028 3894 1234</strong>" in seen
    told = (NAME, "Hoa", "Bà ", " bà ", "1960", "912", HERE.chat, str(scene.hoa), "<script")
    assert [words for words in told if words in seen.replace("MTTQ phường An Hội Đông", "")] == []
    assert path.removeprefix(PATH) not in f"{logs}{before}"
    assert [(await ask(f"{path}/{TABLES}")).status for ask in (scene.http.get, scene.http.head)] == [404, 404]


async def test_pressing_hands_out_what_a_chat_would_and_she_sees_that_it_was(scene: Scene) -> None:
    path = await scene.link()
    for name, kind in ((TABLES, "spreadsheetml.sheet"), (DATA, "application/json")):
        scene.clock.at += timedelta(minutes=1)
        answer = await scene.http.post(f"{path}/{name}")
        in_chat = (await scene.taken_in_chat())[name]
        assert (answer.status, answer.headers["Content-Disposition"]) == (200, f'attachment; filename="{name}"')
        assert kind in answer.content_type
        assert answer.headers["Cache-Control"] == "no-store"
        content = await answer.read()
        assert content == in_chat if name == DATA else cells(content) == cells(in_chat)
        assert NAME.encode() in (content if name == DATA else cells(content)["xl/sharedStrings.xml"])
    content = (await scene.taken_in_chat())[DATA]
    assert json.loads(content)["duong_dan"] == "2026-11-24T01:05:00+00:00"
    saw = await scene.database.read(lambda tx: look(REGISTRY, tx, Actor(NOW, scene.hoa, HERE), WhoSawIt()))
    assert [(sight.entry.action, sight.entry.subject_id) for sight in saw] == [(FETCHED, scene.hoa)] * 2
    assert (await scene.database.read(audit_chain.verify)).wrong == ""
    await scene.database.write(people.change, scene.hoa, language="en", name="Hoa Nguyen")
    seen = await (await scene.http.get(path)).text()
    assert '<html lang="en">' in seen
    assert "Download to read (Excel)" in seen
    assert b"Hoa Nguyen" in await (await scene.http.post(f"{path}/{DATA}")).read()


async def test_a_press_opens_the_file_for_a_moment_and_is_written_down_once(scene: Scene) -> None:
    path = await scene.link()
    pressed = await scene.http.post(f"{path}/{DATA}", allow_redirects=False)
    assert (pressed.status, pressed.headers["Location"], await pressed.read()) == (303, DATA, b"")
    for later, status in (
        (timedelta(0), 200),
        (data_links.OPEN_FOR - timedelta(seconds=1), 200),
        (timedelta(seconds=1), 404),
    ):
        scene.clock.at += later
        assert (await scene.http.get(f"{path}/{DATA}")).status == status
    assert [row.uses for row in await scene.rows("data_links")] == [1]
    assert [row.action for row in await scene.rows("audit")] == ["made_link", FETCHED]


async def newer(scene: Scene, _path: str) -> None:
    await scene.link()


async def erased(scene: Scene, _path: str) -> None:
    await scene.do(EraseMe())


async def too_old(scene: Scene, _path: str) -> None:
    scene.clock.at += DAY


async def used_up(scene: Scene, path: str) -> None:
    """Twice it was pressed before."""
    answers = [await scene.http.post(f"{path}/{DATA}") for _ in range(data_links.MOST_USES - 2)]
    assert {answer.status for answer in answers} == {200}
    scene.clock.at += data_links.OPEN_FOR


async def unlinked(scene: Scene, _path: str) -> None:
    """She linked another chat, and lets go of the one in which she asked."""
    code = await scene.do(MakeLinkCode())
    await scene.do(Link(hash_of(code)), THERE)
    await scene.do(Unlink(key_of(HERE)), THERE)


async def joined(scene: Scene, _path: str) -> None:
    """Her record becomes part of another."""
    await scene.database.write(people.register, THERE, "ba", "26878", NOW)
    await scene.do(Link(hash_of(await scene.do(MakeLinkCode(), THERE))))


async def grown(scene: Scene, _path: str) -> None:
    """Another record becomes part of hers: whoever has the link was not given that."""
    await scene.database.write(people.register, THERE, "ba", "26878", NOW)
    await scene.do(Link(hash_of(await scene.do(MakeLinkCode()))), THERE)


End = Callable[[Scene, str], Awaitable[None]]
ENDS: list[End] = [newer, erased, too_old, used_up, unlinked, joined, grown]


@pytest.mark.parametrize("end", ENDS)
async def test_a_link_that_is_over_is_as_one_that_never_was(scene: Scene, end: End) -> None:
    path = await scene.link()
    assert [answer.status for answer in await scene.all_answers(path)] == [200] * 5
    await end(scene, path)
    assert await scene.is_dead(path)


async def test_a_made_up_link_and_a_made_up_file_lead_nowhere(scene: Scene) -> None:
    path = await scene.link()
    token = path.removeprefix(PATH)
    wrong = [
        token[:-1],
        f"{token}0",
        token.upper().replace("0", "O"),
        token[::-1],
        "x" * 32,
        "\u0661" * 32,
        "%00",
        "..%2f",
    ]
    answers = [answer for each in wrong for answer in await scene.all_answers(PATH + each)]
    assert {answer.status for answer in answers} == {404}
    assert [await scene.is_dead(PATH + each) for each in (token[::-1], "f" * 32, "x" * 32)] == [True] * 3
    for name in ("thong-tin-cua-toi.csv", "..", "thong-tin-cua-toi.json%00", "a/b"):
        assert (await scene.http.post(f"{path}/{name}")).status == 404
    assert [row.uses for row in await scene.rows("data_links")] == [0]


async def test_links_that_are_over_are_forgotten(scene: Scene, tmp_path: Path) -> None:
    await scene.link()
    for later, stays in ((DAY - timedelta(minutes=1), 1), (DAY, 0)):
        await Housekeeping(scene.database, tmp_path / "data", Standing(NOW + later), REGISTRY).clean()
        assert len(await scene.rows("data_links")) == stays


class Away:
    """Records that cannot be asked now."""

    async def read(self, *_: object) -> None:
        raise DatabaseUnavailable("unreachable", "máy chủ")

    write = read


async def test_without_its_records_the_page_asks_to_come_again() -> None:
    app = web.Application()
    add_takeaway(app, PATH, Takeaway(Away(), REGISTRY, lambda: NOW, OPERATOR, "vi"))  # type: ignore[arg-type]
    async with TestClient(TestServer(app)) as http:
        for answer in (await http.get(f"{PATH}{'0' * 32}"), await http.post(f"{PATH}{'0' * 32}/{DATA}")):
            assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
            assert "đang bận" in await answer.text()


@pytest.mark.browser
@pytest.mark.parametrize("loaded_database_url", ["sqlite"], indirect=True)
async def test_it_is_read_and_pressed_on_a_phone_and_at_a_desk(scene: Scene, browser: Browser, tmp_path: Path) -> None:
    base, path = str(scene.http.make_url("/")).rstrip("/"), await scene.link()
    for size in (PHONE, DESKTOP):
        async with browser_page(browser, size, "light" if size == PHONE else "dark") as page:
            await page.goto(base + path)
            await expect(page).to_have_title("Tải thông tin của mình về")
            assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]
            assert await violations(page) == []
            async with page.expect_download() as pressed:
                await page.get_by_role("button", name="Excel").click()
            file = await pressed.value
            await file.save_as(tmp_path / file.suggested_filename)
            assert cells((tmp_path / TABLES).read_bytes())
            await expect(page.get_by_role("heading")).to_be_visible()
    gone = await scene.http.get(f"{PATH}0")
    async with browser_page(browser) as page:
        await page.set_content(await gone.text())
        assert await violations(page) == []
