"""The machine: Python, time zones, disk, folders and files, ports."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import SecretStr

from bot.control import SOCKET
from bot.finding import Finding, well, wrong
from bot.loopback import is_own_host
from bot.settings import FILE, Settings
from bot.starting import not_opened
from handlers.languages import LANGUAGES, SOURCE

LEAST_PYTHON = (3, 11)
LEAST_FREE = 200 * 2**20
WAL_RESET_FIXED = (3, 51, 3)
WAL_RESET_BACKPORTS = ((3, 44, 6), (3, 50, 7))
OTHERS = 0o077


def look_without_settings() -> Iterator[Finding]:
    """What is looked at even when the settings cannot be read."""
    yield _python()
    yield _zone_data()
    yield _catalogues()


def look(settings: Settings) -> Iterator[Finding]:
    """What stands in files and folders."""
    yield _sqlite_version()
    yield _settings_file(settings)
    yield _data_dir(settings.data_dir)
    yield _disk(settings.data_dir)
    yield _socket(settings.data_dir)
    yield _web_host(settings)
    yield _roles(settings)
    if settings.has_channel:
        yield _operator(settings)
    if settings.telegram_token or settings.telegram_webhook_url:
        yield _webhook_address(settings.telegram_webhook_url)


def _operator(settings: Settings) -> Finding:
    """Whom people are told of before they agree to anything: the law has them know."""
    names = ("operator_name", "operator_person", "operator_phone")
    if missing := [name for name in names if not getattr(settings, name).strip()]:
        return wrong(
            "operator",
            f"Bà con chưa biết ai giữ thông tin của mình: điền {', '.join(missing)} trong {FILE} "
            "(tên cơ quan, cán bộ phụ trách, số điện thoại), rồi khởi động lại.",
        )
    return well("operator", f"Bà con được biết ai giữ thông tin: {settings.operator_name}, {settings.operator_person}.")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < LEAST_PYTHON:
        return wrong("python", f"Python {version} quá cũ. Hãy cài Python 3.11 trở lên rồi cài lại Cầu Nối.")
    return well("python", f"Python {version}.")


def _zone_data() -> Finding:
    try:
        ZoneInfo.no_cache("Asia/Ho_Chi_Minh")
    except (ZoneInfoNotFoundError, OSError):
        return wrong("zone_data", "Máy thiếu dữ liệu múi giờ. Chạy: pip install tzdata (hoặc apt-get install tzdata).")
    return well("zone_data", "Có dữ liệu múi giờ.")


def _catalogues() -> Finding:
    for language in LANGUAGES:
        catalogue = files("handlers").joinpath("locales", language, "LC_MESSAGES", "caunoi.po")
        if language != SOURCE and not catalogue.is_file():
            return wrong("catalogue", f"Thiếu bản dịch «{language}». Hãy cài lại Cầu Nối.")
    return well("catalogue", "Đủ các bản dịch.")


def _sqlite_version() -> Finding:
    version = sqlite3.sqlite_version_info
    mended = version >= WAL_RESET_FIXED or any(
        version[:2] == mended[:2] and version >= mended for mended in WAL_RESET_BACKPORTS
    )
    note = "" if mended else " (bản này có lỗi WAL-reset; không sao, vì Cầu Nối chỉ cho một tiến trình ghi)"
    return well("sqlite", f"SQLite {sqlite3.sqlite_version}{note}.")


def _settings_file(settings: Settings) -> Finding:
    secret = any(isinstance(value, SecretStr) for _, value in settings)
    if FILE.exists() and secret and FILE.stat().st_mode & OTHERS:
        return wrong("settings_file", f"Người khác trên máy đọc được token trong {FILE}. Chạy: chmod 600 {FILE}")
    return well("settings_file", f"Tệp {FILE}: " + ("có." if FILE.exists() else "không có, dùng biến môi trường."))


def _data_dir(folder: Path) -> Finding:
    place = existing(folder)
    if not place.is_dir():
        return wrong("data_dir", f"{place} không phải thư mục. Hãy dời tệp đó đi, hoặc đổi CAUNOI_DATA_DIR.")
    if _read_only(place):
        return wrong("data_dir", f"Ổ chứa {place} đang gắn chỉ đọc. Hãy gắn lại để ghi được, rồi xem ổ có lỗi không.")
    if not writable(place):
        return wrong("data_dir", f"Không ghi được vào {place}. Sửa quyền, hoặc đổi CAUNOI_DATA_DIR.")
    if folder.exists() and folder.stat().st_mode & OTHERS:
        return wrong("data_dir", f"Người khác trên máy đọc được {folder}. Chạy: chmod 700 {folder}")
    return well("data_dir", f"Thư mục dữ liệu: {folder}.")


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(existing(folder)).free
    if free < LEAST_FREE:
        return wrong("disk", f"Ổ đĩa chỉ còn trống {free // 2**20} MB. Hãy dọn bớt, hoặc thêm đĩa.")
    return well("disk", f"Ổ đĩa còn trống {free // 2**20} MB.")


def existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(place for place in (folder.resolve(), *folder.resolve().parents) if place.exists())


def writable(place: Path) -> bool:
    """Whether this user may write there, and anybody can."""
    return os.access(place, os.W_OK) and not _read_only(place)


def _read_only(place: Path) -> bool:
    return bool(os.statvfs(place).f_flag & os.ST_RDONLY)


def _socket(data_dir: Path) -> Finding:
    door = data_dir / SOCKET
    if not door.exists():
        return well("socket", "Không có tiến trình nào đang chạy ở thư mục này.")
    with socket.socket(socket.AF_UNIX) as knock:
        try:
            knock.connect(os.path.relpath(door))
        except OSError:
            return wrong("socket", f"{door} là của một tiến trình đã chết. Khởi động lại Cầu Nối, hoặc xóa tệp đó.")
    return well("socket", "Cầu Nối đang chạy.")


def _web_host(settings: Settings) -> Finding:
    if "web" in settings.roles and not is_own_host(settings.web_host):
        return wrong(
            "web_host",
            f"Cổng {settings.web_port} mở ra ngoài trên {settings.web_host} mà không mã hóa. "
            "Đặt CAUNOI_WEB_HOST=127.0.0.1 và cho nginx có TLS đứng trước.",
        )
    return well("web_host", f"Trang của Cầu Nối chỉ mở trên {settings.web_host}.")


def _roles(settings: Settings) -> Finding:
    missing = {"listen", "send", "work", "clock"} - set(settings.roles)
    if settings.has_channel and missing and settings.database_url.startswith("sqlite"):
        named = ", ".join(sorted(missing))
        return wrong("roles", f"Có token mà thiếu vai trò {named}: việc đó không ai làm. Bỏ CAUNOI_ROLES để làm đủ.")
    return well("roles", f"Vai trò: {', '.join(settings.roles)}.")


def _webhook_address(url: str) -> Finding:
    if url and urlsplit(url).scheme != "https":
        return wrong("webhook", "CAUNOI_TELEGRAM_WEBHOOK_URL phải là https://; Telegram không gửi tới http.")
    return well("webhook", "Nhận tin bằng webhook." if url else "Nhận tin bằng cách hỏi Telegram (polling).")


def port(settings: Settings) -> Finding:
    """Whether the web port is free; while Cầu Nối runs it is its own."""
    if "web" not in settings.roles:
        return well("port", "Tiến trình này không mở trang.")
    try:
        family, _, _, _, address = socket.getaddrinfo(settings.web_host, settings.web_port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address, family=family).close()
    except OSError as failure:
        return wrong("port", str(not_opened(settings, failure)))
    return well("port", f"Cổng {settings.web_port} còn trống.")
