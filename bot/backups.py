"""Copies of the records on the operator's order, and their way back; the words are the operator's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bot.control import OrderRefused
from bot.settings import Settings
from conversation.messages import Json
from storage import backup, restore
from storage.database import sqlite_file
from storage.lock import DataLock
from storage.sqlite_open import recognise
from storage.unavailable import DatabaseUnavailable, file_faults_named

ON_POSTGRES = "Dữ liệu nằm ở PostgreSQL: việc này làm bằng pg_dump và pg_restore, xem docs/howto/sao-luu.md."
NOTHING_YET = "Chưa có dữ liệu để sao lưu: không thấy {file}. Hãy xem lại CAUNOI_DATABASE_URL."
NO_FOLDER = "Không có thư mục {folder}. Hãy tạo thư mục đó trước, hoặc chọn chỗ khác với --to."
TAKEN = "Đã có {file}; không ghi đè. Hãy chọn tên khác với --to."
REFUSALS: Mapping[restore.Reason, str] = {
    "missing": "Không thấy tệp {backup}",
    "not_a_file": "{backup} là thư mục hoặc thiết bị, không phải tệp sao lưu",
    "unreadable": "Không đọc được {backup}; hãy sửa quyền của tệp",
    "checksum": "Tệp {backup} không khớp mã kiểm trong tệp .sha256 cạnh nó: đã hỏng hoặc bị sửa; hãy dùng bản khác",
    "foreign": "{backup} không phải bản sao lưu của Cầu Nối",
    "corrupt": "Bản sao lưu {backup} bị hỏng; hãy dùng bản khác",
    "newer": "Bản sao lưu {backup} do một bản Cầu Nối mới hơn ghi; hãy cài bản mới đó rồi làm lại",
    "in_use": "{backup} là tệp đang dùng dở (cạnh nó còn tệp -wal hoặc -journal), không phải bản sao lưu",
    "itself": "{backup} chính là tệp dữ liệu đang dùng",
}


def data_file(database_url: str) -> Path:
    """The file of the records; refused where a server keeps them."""
    file = sqlite_file(database_url)
    if file is None:
        raise OrderRefused(ON_POSTGRES)
    return file


async def back_up(database_url: str, data_dir: Path, now: datetime, order: Json) -> Json:
    """Copy the records, beside their writer, into the folder of backups or to a name of the operator's choice."""
    file, to = data_file(database_url), order.get("to")
    target = Path(to) if to else None
    if not file.exists():
        raise OrderRefused(NOTHING_YET.format(file=file))
    if target and not target.parent.is_dir():
        raise OrderRefused(NO_FOLDER.format(folder=target.parent))
    if target and target.exists():
        raise OrderRefused(TAKEN.format(file=target))
    try:
        with file_faults_named(str(target.parent if target else data_dir / "backups")):
            if target:
                copy = await asyncio.to_thread(backup.copy_to, file, target)
            else:
                copy = await asyncio.to_thread(backup.back_up, file, data_dir, now)
            return {"file": str(copy), "bytes": copy.stat().st_size, "sha256": backup.known_checksum(copy)}
    except DatabaseUnavailable as failure:
        if failure.kind in ("corrupt", "foreign"):  # it is what was read that is so, not where it was to go
            raise DatabaseUnavailable(failure.kind, str(file)) from failure
        raise


async def back_up_at_rest(settings: Settings, now: datetime, order: Json) -> Json:
    """Copy the records that no process holds, as they are: they are not upgraded for that."""
    file = data_file(settings.database_url)
    if not file.exists():
        raise OrderRefused(NOTHING_YET.format(file=file))
    lock = DataLock(file)
    try:
        await asyncio.to_thread(recognise, file)
        return await back_up(settings.database_url, settings.data_dir, now, order)
    finally:
        lock.release()


def put_back(settings: Settings, chosen: Path, now: datetime) -> Json:
    """Put a backup in the place of the records; `OrderRefused` in one plain sentence, and then nothing was touched."""
    file = data_file(settings.database_url)
    try:
        aside = restore.restore(chosen.resolve(), file, now)
    except restore.BackupRefused as refused:
        why = REFUSALS[refused.reason].format(backup=chosen)
        raise OrderRefused(f"{why}. Dữ liệu hiện có vẫn nguyên vẹn.") from refused
    return {"file": str(file), "before": str(aside) if aside else None}
