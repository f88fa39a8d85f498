"""What is wrong with this installation, in plain Vietnamese, with what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot import control
from bot.channels.channel import ChannelError, Misconfigured
from bot.channels.telegram import Telegram
from bot.clock import SystemClock
from bot.settings import Settings, SettingsError, load_settings
from conversation.messages import Json
from storage.database import DatabaseUnavailable, open_database, sqlite_file

LEAST_FREE = 200 * 2**20
WAL_RESET_FIXED = (3, 51, 3)
WAL_RESET_BACKPORTS = ((3, 44, 6), (3, 50, 7))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    name: str
    fine: bool
    words: str

    def as_json(self) -> Json:
        """For machines."""
        return asdict(self)


async def examine() -> list[Finding]:
    """Look at everything; a wrong setting ends the examination."""
    try:
        settings = load_settings()
    except SettingsError as wrong:
        return [Finding("settings", False, str(wrong))]
    return [finding async for finding in _look(settings)]


async def _look(settings: Settings) -> AsyncIterator[Finding]:
    yield Finding("settings", True, "Thiết đặt đọc được.")
    yield _data_dir(settings.data_dir)
    yield _disk(settings.data_dir)
    yield _sqlite_version()
    yield _webhook_address(settings.telegram_webhook_url)
    yield await _database(settings)
    yield await _telegram(settings)


def _data_dir(folder: Path) -> Finding:
    if folder.exists() and not os.access(folder, os.W_OK):
        return Finding("data_dir", False, f"Không ghi được vào {folder}. Sửa quyền, hoặc đổi CAUNOI_DATA_DIR.")
    if folder.exists() and folder.stat().st_mode & 0o077:
        return Finding("data_dir", False, f"Người khác trên máy đọc được {folder}. Chạy: chmod 700 {folder}")
    return Finding("data_dir", True, f"Thư mục dữ liệu: {folder}.")


def _disk(folder: Path) -> Finding:
    existing = next(place for place in (folder.resolve(), *folder.resolve().parents) if place.exists())
    free = shutil.disk_usage(existing).free
    fine = free >= LEAST_FREE
    return Finding("disk", fine, f"Ổ đĩa còn trống {free // 2**20} MB." + ("" if fine else " Hãy dọn bớt."))


def _sqlite_version() -> Finding:
    version = sqlite3.sqlite_version_info
    mended = version >= WAL_RESET_FIXED or any(
        version[:2] == mended[:2] and version >= mended for mended in WAL_RESET_BACKPORTS
    )
    note = "" if mended else " (bản này có lỗi WAL-reset; không sao, vì Cầu Nối chỉ cho một tiến trình ghi)"
    return Finding("sqlite", True, f"SQLite {sqlite3.sqlite_version}{note}, Python {sys.version.split()[0]}.")


def _webhook_address(url: str) -> Finding:
    if url and urlsplit(url).scheme != "https":
        return Finding("webhook", False, "CAUNOI_TELEGRAM_WEBHOOK_URL phải là https://; Telegram không gửi tới http.")
    return Finding("webhook", True, "Nhận tin bằng webhook." if url else "Nhận tin bằng cách hỏi Telegram (polling).")


async def _database(settings: Settings) -> Finding:
    if await control.pass_on(settings.data_dir, "status", {}) is not None:
        return Finding("database", True, "Cầu Nối đang chạy và giữ dữ liệu.")
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        return Finding("database", True, f"Chưa có dữ liệu; Cầu Nối sẽ tạo {file} khi chạy.")
    try:
        database = await open_database(settings.database_url, settings.data_dir, now=SystemClock().now(), migrate=False)
    except DatabaseUnavailable as away:
        return Finding("database", False, str(away).replace("\n", ". "))
    await database.close()
    return Finding("database", True, f"Cơ sở dữ liệu mở được ({database.dialect}).")


async def _telegram(settings: Settings) -> Finding:
    if settings.telegram_token is None:
        return Finding("telegram", True, "Chưa có token Telegram: chỉ chạy thử được (caunoi demo).")

    async def no_files(_name: str) -> object:
        raise AssertionError("the doctor sends nothing")

    channel = Telegram(settings.telegram_token.get_secret_value(), no_files, api=settings.telegram_api_base)  # type: ignore[arg-type]
    try:
        await channel.check()
    except Misconfigured:
        return Finding("telegram", False, "Telegram không nhận token này. Lấy lại ở BotFather: /mybots → API Token.")
    except ChannelError as trouble:
        return Finding("telegram", False, f"Không hỏi được Telegram ({trouble}). Kiểm tra mạng; có thể bị chặn.")
    finally:
        await channel.close()
    return Finding("telegram", True, f"Telegram nhận token ({channel.account}).")
