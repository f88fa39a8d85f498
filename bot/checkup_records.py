"""The records: whether they open, and what in them waits for the operator."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot import control
from bot.checkup_machine import OTHERS, existing, writable
from bot.control import OrderRefused
from bot.finding import Finding, well, wrong
from bot.settings import Settings
from conversation.messages import Json
from storage import leases, rerouting
from storage.backup import last_backup
from storage.database import DatabaseUnavailable, open_database, sqlite_file
from storage.restore import ASIDE
from storage.schema import channel_accounts, inbox_updates, jobs, units

BACKUP_LATE = timedelta(days=3)
HOLDER_SILENT_SECONDS = 30


async def look(settings: Settings, now: datetime) -> tuple[bool, list[Finding]]:
    """Whether a process holds the records, and what was found."""
    file = sqlite_file(settings.database_url)
    at_rest = _files(settings, file, now) if file and file.is_file() else []
    try:
        status = await control.pass_on(settings.data_dir, "status", {})
    except (OrderRefused, OSError) as silent:
        return False, [*at_rest, wrong("database", str(silent))]
    if status is not None:
        running = well("database", "Cầu Nối đang chạy và giữ dữ liệu.")
        return True, [*at_rest, running, _failures(status), _letters(settings, status["letters_by_account"])]
    if file and not (file.exists() or list(file.parent.glob(f"{file.name}*"))):
        return False, [_to_be_made(file)]
    return False, [*at_rest, *await _opened(settings, now)]


def _to_be_made(file: Path) -> Finding:
    if not writable(existing(file.parent)):
        return wrong("database", f"Không ghi được vào {file.parent}. Sửa quyền, hoặc đổi CAUNOI_DATABASE_URL.")
    return well("database", f"Chưa có dữ liệu; Cầu Nối sẽ tạo {file} khi chạy.")


async def _opened(settings: Settings, now: datetime) -> list[Finding]:
    try:
        database = await open_database(settings.database_url, settings.data_dir, now=now, migrate=False)
    except DatabaseUnavailable as away:
        return [wrong("database", _why(away))]
    try:
        facts = await database.read(_facts)
    except DatabaseUnavailable as away:
        return [wrong("database", _why(away))]
    finally:
        await database.close()
    return [
        well("database", f"Cơ sở dữ liệu mở được ({database.dialect})."),
        _failures(facts),
        _letters(settings, facts["letters_by_account"]),
        _units(facts["units"]),
        _account(settings, facts["accounts"]),
        _leases(facts["leases"]),
    ]


def _why(away: DatabaseUnavailable) -> str:
    """The refusal; of a server's, the one of four that it is."""
    match str(getattr(getattr(away.__cause__, "orig", away.__cause__), "sqlstate", ""))[:2]:
        case "3D":
            return f"Máy chủ PostgreSQL chạy nhưng không có cơ sở dữ liệu này: {away.place}. Tạo nó bằng createdb."
        case "08" if "startup parameter" in str(away.__cause__):
            return f"{away.place} là PgBouncer, không phải PostgreSQL. Nối thẳng tới PostgreSQL, cổng thường là 5432."
        case "28":
            return f"PostgreSQL không nhận tên hoặc mật khẩu: {away.place}. Sửa trong CAUNOI_DATABASE_URL."
    return str(away).replace("\n", ". ")


def _facts(tx: Connection) -> Json:
    failed = select(func.count()).where(inbox_updates.c.state == "quarantined")
    accounts = select(inbox_updates.c.account).union(select(channel_accounts.c.account))
    return {
        "updates_quarantined": tx.scalar(failed),
        "jobs_failing": tx.scalar(select(func.count()).where(jobs.c.state != "dead", jobs.c.error.is_not(None))),
        "jobs_dead": tx.scalar(select(func.count()).where(jobs.c.state == "dead")),
        "letters_by_account": rerouting.waiting_by_account(tx),
        "units": tx.scalar(select(func.count()).select_from(units)),
        "accounts": sorted(tx.scalars(accounts)),
        "leases": leases.all_of_them(tx),
    }


def _failures(facts: Json) -> Finding:
    updates, failed = facts["updates_quarantined"], facts["jobs_failing"] + facts["jobs_dead"]
    if updates or failed:
        return wrong(
            "failures",
            f"Tin bị gác lại: {updates} (xem: caunoi quarantine list). Việc nền hỏng hoặc đang thử lại: {failed} "
            "(xem nhật ký, dòng job.failed).",
        )
    return well("failures", "Không có tin nào bị gác lại, không việc nền nào hỏng.")


def _letters(settings: Settings, waiting: dict[str, int]) -> Finding:
    """A channel that was taken out of the settings, by mistake perhaps; another machine may still have it."""
    for account, count in waiting.items():
        if account not in settings.accounts:
            return wrong(
                "letters",
                f"Còn {count} tin chờ gửi qua {account}, mà thiết đặt ở đây không có kênh này. Lỡ bỏ thì đặt lại "
                "token. Nếu 10 phút không máy nào gửi: thư sang kênh khác của người nhận, không có thì thôi; "
                "lời đáp thì bỏ.",
            )
    return well("letters", "Không có tin nào chờ gửi qua một kênh đã bỏ.")


def _leases(held: list[Json]) -> Finding:
    for lease in held:
        if (lease["beat_age_seconds"] or 0) > HOLDER_SILENT_SECONDS:
            return wrong(
                "leases",
                f"Việc {lease['name']} do {lease['owner']} giữ, nhưng nó im lặng đã {lease['beat_age_seconds']} giây. "
                "Xem tiến trình đó còn chạy không; khởi động lại Cầu Nối ở một máy là có máy khác làm thay.",
            )
    return well("leases", "Không tiến trình nào giữ việc mà im lặng.")


def _units(count: int) -> Finding:
    if not count:
        return wrong("units", "Chưa nạp danh mục xã, phường. Chạy: caunoi migrate")
    return well("units", f"Danh mục có {count} đơn vị.")


def _account(settings: Settings, accounts: list[str]) -> Finding:
    for mine in settings.accounts:
        platform = mine.partition(":")[0]
        others = [account for account in accounts if account.startswith(f"{platform}:")]
        if others and mine not in others:
            return wrong(
                "account",
                f"Token là của {mine}, còn dữ liệu là của {', '.join(others)}. "
                "Dùng token của bot cũ, hoặc tệp dữ liệu khác: người của bot cũ không nhận được tin của bot này.",
            )
    return well("account", "Dữ liệu và token không trái nhau.")


def _files(settings: Settings, file: Path, now: datetime) -> list[Finding]:
    return [_mode(file), _backup(settings.data_dir, file, now), _left_aside(file, now)]


def _mode(file: Path) -> Finding:
    if file.stat().st_mode & OTHERS:
        return wrong("database_file", f"Người khác trên máy đọc được dữ liệu. Chạy: chmod 600 {file}")
    return well("database_file", f"Tệp dữ liệu: {file}.")


def _backup(data_dir: Path, file: Path, now: datetime) -> Finding:
    last = last_backup(data_dir)
    begun = datetime.fromtimestamp(file.stat().st_ctime, now.tzinfo) if last is None else last
    if now - begun > BACKUP_LATE:
        return wrong("backup", "Đã quá 3 ngày không có bản sao lưu nào. Chạy: caunoi backup, rồi xem nhật ký.")
    return well("backup", f"Sao lưu gần nhất: {last:%d/%m/%Y %H:%M} UTC." if last else "Chưa có bản sao lưu nào.")


def _left_aside(file: Path, now: datetime) -> Finding:
    for left in sorted(file.parent.glob(f"{ASIDE}*")):
        if now.timestamp() - left.stat().st_mtime > BACKUP_LATE.total_seconds():
            return wrong("left_aside", f"{left} còn từ lần khôi phục trước, có dữ liệu cá nhân. Xong việc thì xóa.")
    return well("left_aside", "Không có dữ liệu cũ để quên.")
