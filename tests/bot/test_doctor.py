"""The doctor: each thing that may be wrong with an installation is done for real, and must be found by its name."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import zoneinfo
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.engine import URL, make_url

from bot import checkup_machine, checkup_postgres, doctor
from bot.control import SOCKET
from bot.finding import Finding
from conversation.messages import Address, Said
from sandbox.clock import MovableClock
from sandbox.records import Webhook
from sandbox.server import serving
from sandbox.world import World
from sandbox.zalo.bot import TOKEN as ZALO_TOKEN
from storage import inbox, outbox
from storage.database import open_database
from storage.leases import take
from storage.lock import DataLock
from storage.schema import leases
from tests import postgres
from tests.crash.bench import free_port

TOKEN = "8123:AAabcdefghijklmnopqrstuvwxyz0123456"
NOW = datetime.now(UTC)
ROOT = os.geteuid() == 0


@dataclass
class Watch:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class Site:
    """An installation that is well, in the current folder."""

    folder: Path
    patch: pytest.MonkeyPatch
    postgres: Callable[[], str]
    world: World
    api: str
    watch: Watch = field(default_factory=Watch)
    open: ExitStack = field(default_factory=ExitStack)

    @property
    def file(self) -> Path:
        return self.folder / "caunoi.db"

    def set(self, **settings: str) -> None:
        for name, value in settings.items():
            self.patch.setenv(f"CAUNOI_{name.upper()}", value)

    def telegram(self, token: str = TOKEN) -> None:
        self.set(telegram_token=token, telegram_api_base=self.api)

    def zalo_bot(self, token: str = ZALO_TOKEN) -> None:
        self.set(zalo_bot_token=token, zalo_bot_api_base=f"{self.api}/zalo_bot")

    def data(self) -> Path:
        folder = self.folder / "data"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def toml(self, words: str, mode: int = 0o600) -> None:
        (self.folder / "caunoi.toml").write_text(words)
        (self.folder / "caunoi.toml").chmod(mode)

    async def records(self, work: Callable[[Any], Any]) -> None:
        database = await open_database(f"sqlite:///{self.file}", self.data(), now=NOW)
        await database.write(work)
        await database.close()

    async def examined(self) -> dict[str, Finding]:
        return {finding.name: finding for finding in await doctor.examine(self.watch)}


@pytest.fixture
async def site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loaded_sqlite: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Site]:
    for name in [name for name in os.environ if name.startswith("CAUNOI_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(loaded_sqlite, tmp_path / "caunoi.db")
    (tmp_path / "caunoi.db").chmod(0o600)
    world = World(MovableClock(frozen=True), pace=False)
    world.add_bot(TOKEN)
    async with serving(world) as api:
        with ExitStack() as stack:

            def postgres() -> str:
                return str(request.getfixturevalue("postgres_url"))

            made = Site(tmp_path, monkeypatch, postgres, world, api, open=stack)
            made.set(data_dir=str(tmp_path / "data"), database_url=f"sqlite:///{made.file}", web_port="0")
            yield made


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


Seed = Callable[[Site], Awaitable[None] | None]
SEEDS: list[tuple[str, str, Seed]] = []


def seed(name: str, words: str) -> Callable[[Seed], Seed]:
    """One thing that is wrong: the finding it must lead to, and what the operator must read there."""

    def keep(make: Seed) -> Seed:
        SEEDS.append((name, words, make))
        return make

    return keep


# --- settings -------------------------------------------------------------------------------------------------------


@seed("settings", "Có phải CAUNOI_DATA_DIR không")
def unknown_variable(site: Site) -> None:
    site.set(data_dri="x")


@seed("settings", "Không có thiết đặt «databse_url»")
def unknown_line(site: Site) -> None:
    site.toml('databse_url = "sqlite:///x.db"\n')


@seed("settings", "caunoi.toml viết chưa đúng")
def broken_toml(site: Site) -> None:
    site.toml("language = vi\n")


@seed("settings", "không có múi giờ này")
def wrong_zone(site: Site) -> None:
    site.set(timezone="Asia/Saigon_City")


@seed("settings", "CAUNOI_TELEGRAM_WEBHOOK_SECRET")
def webhook_without_secret(site: Site) -> None:
    site.set(telegram_webhook_url="https://bot.example.vn/tg")


@seed("settings", "BotFather")
def token_cut_off(site: Site) -> None:
    site.set(telegram_token="8123")


@seed("webhook", "https://")
def webhook_by_http(site: Site) -> None:
    site.set(telegram_webhook_url="http://bot.example.vn/tg", telegram_webhook_secret="s")


@seed("settings_file", "chmod 600")
def token_for_all_to_read(site: Site) -> None:
    site.telegram()
    site.toml(f'telegram_token = "{TOKEN}"\n', 0o644)


@seed("operator", "operator_person, operator_phone trong")
def nobody_in_charge(site: Site) -> None:
    site.telegram()
    site.set(operator_name="MTTQ phường An Hội Đông", operator_phone=" ")


@seed("roles", "listen")
def nobody_listens(site: Site) -> None:
    site.telegram()
    site.set(roles="send,work,clock,web")


@seed("web_host", "nginx")
def open_to_the_world(site: Site) -> None:
    site.set(web_host="0.0.0.0")  # noqa: S104


@seed("port", "CAUNOI_WEB_PORT")
def port_taken(site: Site) -> None:
    taken = site.open.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
    site.set(web_port=str(taken.getsockname()[1]))


@seed("port", "CAUNOI_WEB_HOST")
def host_of_others(site: Site) -> None:
    site.set(web_host="203.0.113.1")


@seed("port", "CAUNOI_WEB_HOST")
def host_of_nobody(site: Site) -> None:
    site.set(web_host="khong-co-may-nay.invalid")


# --- the machine ----------------------------------------------------------------------------------------------------


@seed("python", "3.11")
def old_python(site: Site) -> None:
    site.patch.setattr(sys, "version_info", (3, 9, 2, "final", 0))


@seed("zone_data", "tzdata")
def no_zone_data(site: Site) -> None:
    site.open.callback(zoneinfo.reset_tzpath)
    zoneinfo.reset_tzpath([])
    for name in [name for name in sys.modules if name.partition(".")[0] == "tzdata"] + ["tzdata"]:
        site.patch.setitem(sys.modules, name, None)


@seed("catalogue", "«en»")
def no_english(site: Site) -> None:
    site.patch.setattr(checkup_machine, "files", lambda _package: site.folder)


@seed("data_dir", "không phải thư mục")
def file_for_folder(site: Site) -> None:
    (site.folder / "data").write_text("to my aunt")


@seed("data_dir", "chmod 700")
def folder_for_all(site: Site) -> None:
    site.data().chmod(0o755)


@seed("socket", "tiến trình đã chết")
def dead_process(site: Site) -> None:
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(site.data() / SOCKET))


@seed("backup", "quá 3 ngày")
def no_backup(site: Site) -> None:
    site.watch.at += timedelta(days=4)


@seed("left_aside", "Xong việc thì xóa")
def left_aside(site: Site) -> None:
    (site.folder / "caunoi-before-restore-20260101T000000Z.db").touch()
    site.watch.at += timedelta(days=4)


@seed("sqlite", "WAL-reset")
def wal_reset_bug(site: Site) -> None:
    site.patch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))


# --- the records ----------------------------------------------------------------------------------------------------


@seed("database_file", "chmod 600")
def records_for_all(site: Site) -> None:
    site.file.chmod(0o644)


@seed("database", "không phải dữ liệu của Cầu Nối")
def foreign(site: Site) -> None:
    site.file.write_text("to my aunt" * 1000)


@seed("database", "bị hỏng")
def corrupt(site: Site) -> None:
    with site.file.open("r+b") as stream:
        stream.seek(site.file.stat().st_size // 2)
        stream.write(b"\xff" * 200_000)


@seed("database", "bị hỏng")
def truncated(site: Site) -> None:
    os.truncate(site.file, site.file.stat().st_size // 3 // 4096 * 4096)


@seed("database", "bị hỏng")
def emptied(site: Site) -> None:
    os.truncate(site.file, 0)


@seed("database", "mới hơn")
def newer(site: Site) -> None:
    with closing(sqlite3.connect(site.file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


@seed("database", "khác chạy")
def locked(site: Site) -> None:
    site.open.callback(DataLock(site.file).release)


@seed("database", "không còn, nhưng nhật ký")
def lost(site: Site) -> None:
    site.file.rename(site.folder / "caunoi.db-wal")


@seed("database", "khôi phục bản sao lưu chưa xong")
def half_restored(site: Site) -> None:
    site.file.rename(site.folder / "caunoi.db.restoring")


@seed("units", "caunoi migrate")
async def no_units(site: Site) -> None:
    site.file.unlink()
    await site.records(lambda _tx: None)
    site.file.chmod(0o600)


@seed("failures", "caunoi quarantine list")
async def set_aside(site: Site) -> None:
    def fail(tx: Any) -> None:
        for _ in range(inbox.MOST_ATTEMPTS):
            inbox.note_failure(tx, "telegram:8123", "1", NOW, "ValueError", {})

    await site.records(fail)


@seed("letters", "qua zalo_oa:9")
async def channel_taken_out(site: Site) -> None:
    await site.records(lambda tx: outbox.reply(tx, Address("zalo_oa:9", "hoa"), Said("Đã ghi ạ."), NOW))
    site.telegram()


@seed("account", "telegram:777")
async def token_of_another_bot(site: Site) -> None:
    await site.records(lambda tx: inbox.first_time(tx, "telegram:777", "1", NOW))
    site.telegram()


@seed("database", "Không kết nối được máy chủ")
def postgres_away(site: Site) -> None:
    site.set(database_url="postgresql+asyncpg://caunoi:secret@127.0.0.1:1/caunoi")


@seed("database", "createdb")
def postgres_without_database(site: Site) -> None:
    url = make_url(site.postgres()).set(database="nowhere")
    site.set(database_url=url.render_as_string(hide_password=False))


@seed("database", "không nhận tên hoặc mật khẩu")
def postgres_refuses(site: Site) -> None:
    url = make_url(site.postgres()).set(username="nobody_we_know")
    site.set(database_url=url.render_as_string(hide_password=False))


# --- the server -----------------------------------------------------------------------------------------------------


def on_postgres(site: Site, *statements: str) -> URL:
    """A server of its own for a site, because what is wrong is wrong for everybody on it; its superuser's URL."""
    url = site.open.enter_context(postgres.server())
    for statement in statements:
        postgres._administer(url, statement)
    site.set(database_url=url.render_as_string(hide_password=False))
    return url


@seed("server_durable", "đang tắt synchronous_commit")
def careless_server(site: Site) -> None:
    on_postgres(
        site, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()"
    )


@seed("server_connections", "max_connections")
def few_connections(site: Site) -> None:
    on_postgres(site, "ALTER DATABASE postgres CONNECTION LIMIT 20")


@seed("server_rights", "không tạo được bảng")
def may_create_nothing(site: Site) -> None:
    url = on_postgres(site, "CREATE ROLE caunoi LOGIN")
    site.set(database_url=url.set(username="caunoi").render_as_string(hide_password=False))


@seed("server_rights", "không đủ quyền")
def tables_of_another(site: Site) -> None:
    url = on_postgres(site, "CREATE ROLE caunoi LOGIN", "CREATE TABLE people (id int)")
    site.set(database_url=url.set(username="caunoi").render_as_string(hide_password=False))


@seed("server_clock", "chậm")
def another_time_than_the_server(site: Site) -> None:
    on_postgres(site)
    site.watch.at -= timedelta(minutes=1)


@seed("server_version", "quá cũ")
def server_of_yesteryear(site: Site) -> None:
    on_postgres(site)
    site.patch.setattr(checkup_postgres, "LEAST_VERSION", 99)  # for there is no server here that is too old


@seed("leases", "im lặng đã")
async def holder_that_is_silent(site: Site) -> None:
    url = on_postgres(site).render_as_string(hide_password=False)
    database = await open_database(url, site.data(), now=NOW)
    long_ago = {"name": "sender:telegram:8123", "owner": "caunoi@may-b:1:a", "epoch": 1, "since": 0, "beat_at": 0}
    await database.write(lambda tx: tx.execute(insert(leases).values(long_ago)))
    await database.close()


if ROOT and shutil.which("pgbouncer"):

    @seed("database", "là PgBouncer")
    async def pooler_that_refuses(site: Site) -> None:
        url = through_pooler(site, "").render_as_string(hide_password=False)
        await (await open_database(url, site.data(), now=NOW)).close()

    @seed("server_pooler", "pool_mode = session")
    def pooler_that_mixes_sessions(site: Site) -> None:
        through_pooler(site, "ignore_startup_parameters = lock_timeout,jit")


def through_pooler(site: Site, more: str) -> URL:
    """A PgBouncer in transaction mode before a server; the server's own URL."""
    url = on_postgres(site)
    folder = site.open.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp"))
    port = free_port()
    Path(folder, "users").write_text('"postgres" ""\n')
    Path(folder, "ini").write_text(
        f"[databases]\npostgres = host={url.query['host']}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {folder}/users\n"
        f"pool_mode = transaction\nlogfile = {folder}/log\n{more}\n"
    )
    shutil.chown(folder, "nobody")
    pooler = subprocess.Popen(["pgbouncer", "-q", f"{folder}/ini"], user="nobody", stderr=subprocess.DEVNULL)
    site.open.callback(pooler.wait)
    site.open.callback(pooler.kill)
    give_up = time.monotonic() + 10
    while time.monotonic() < give_up:
        with socket.socket() as knock:
            if not knock.connect_ex(("127.0.0.1", port)):
                break
    site.set(database_url=f"postgresql+asyncpg://postgres@127.0.0.1:{port}/postgres")
    return url


# --- Telegram -------------------------------------------------------------------------------------------------------


@seed("telegram", "BotFather")
def wrong_token(site: Site) -> None:
    site.telegram("8123:AAzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")


@seed("telegram", "Kiểm tra mạng")
def no_network(site: Site) -> None:
    site.telegram()
    site.world.faults.network_down()


@seed("delivery", "https://other.example.vn")
def webhook_elsewhere(site: Site) -> None:
    site.telegram()
    site.world.bots[TOKEN].webhook = Webhook("https://other.example.vn/tg", "s", 1)


@seed("delivery", "không phải https://bot.example.vn/tg")
def webhook_at_another_address(site: Site) -> None:
    site.telegram()
    site.set(telegram_webhook_url="https://bot.example.vn/tg", telegram_webhook_secret="s")
    site.world.bots[TOKEN].webhook = Webhook("https://old.example.vn/tg", "s", 1)


@seed("clock", "chậm")
def clock_off(site: Site) -> None:
    site.telegram()
    site.watch.at -= timedelta(hours=1)


# --- Zalo Bot -------------------------------------------------------------------------------------------------------


@seed("zalo_bot", "Zalo Bot Creator")
def wrong_zalo_token(site: Site) -> None:
    site.zalo_bot("2000000001:khong-phai-ma-nay")


@seed("zalo_bot", "Kiểm tra mạng")
def no_way_to_zalo(site: Site) -> None:
    site.zalo_bot()
    site.world.zalo_bot.faults.network_down()


@seed("zalo_bot_delivery", "CAUNOI_PUBLIC_URL")
def no_public_address(site: Site) -> None:
    site.zalo_bot()


@seed("zalo_bot_delivery", "https://other.example.vn")
def zalo_webhook_elsewhere(site: Site) -> None:
    site.zalo_bot()
    site.set(public_url="https://bot.example.vn", zalo_bot_webhook_secret="bi-mat-12345")
    site.world.zalo_bot.postman.url = "https://other.example.vn/zalo"


@seed("account", "zalo_bot:777")
async def zalo_token_of_another_bot(site: Site) -> None:
    await site.records(lambda tx: inbox.first_time(tx, "zalo_bot:777", "1", NOW))
    site.zalo_bot()


# --- disks, which only root may mount -------------------------------------------------------------------------------

if ROOT:

    @seed("disk", "MB. Hãy dọn bớt")
    def nearly_full(site: Site) -> None:
        site.open.enter_context(mounted(site.data(), "size=16m,mode=700"))

    @seed("data_dir", "chỉ đọc")
    def read_only(site: Site) -> None:
        site.open.enter_context(mounted(site.data(), "ro,mode=700"))

    @seed("database", "Không ghi được")
    def read_only_records(site: Site) -> None:
        folder = site.folder / "disk"
        folder.mkdir()
        site.open.enter_context(mounted(folder, "size=64m"))
        shutil.copyfile(site.file, folder / "caunoi.db")
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        site.set(database_url=f"sqlite:///{folder / 'caunoi.db'}")

    @seed("database", "Không ghi được")
    def nowhere_for_records(site: Site) -> None:
        folder = site.folder / "disk"
        folder.mkdir()
        site.open.enter_context(mounted(folder, "ro"))
        site.set(database_url=f"sqlite:///{folder / 'caunoi.db'}")


@pytest.mark.parametrize(("name", "words", "make"), SEEDS, ids=[make.__name__ for _, _, make in SEEDS])
async def test_what_is_wrong_is_found(site: Site, name: str, words: str, make: Seed) -> None:
    doing = make(site)
    if doing is not None:
        await doing
    found = (await site.examined())[name]
    assert words in found.words
    assert found.fine == (name == "sqlite")  # one process writes, so that bug is told and does no harm
    assert TOKEN not in found.words
    assert ZALO_TOKEN not in found.words


def test_there_are_enough() -> None:
    assert len(SEEDS) >= 25


async def test_nothing_is_found_where_nothing_is_wrong(site: Site) -> None:
    site.telegram()
    site.zalo_bot()
    site.set(public_url="https://bot.example.vn", zalo_bot_webhook_secret="bi-mat-12345")
    site.set(operator_name="MTTQ phường", operator_person="Trần Văn Nam", operator_phone="028 3894 1234")
    site.watch.at = datetime.now(UTC)
    assert [finding for finding in (await site.examined()).values() if not finding.fine] == []


async def test_a_process_that_was_killed_an_hour_ago_holds_nothing_on_sqlite(site: Site) -> None:
    def killed(tx: Connection) -> None:
        take(tx, "sender:telegram:8123", "caunoi@may-a:1:a")
        tx.execute(text("UPDATE leases SET since = since - 3600000, beat_at = beat_at - 3600000"))

    await site.records(killed)
    assert (await site.examined())["leases"].fine
