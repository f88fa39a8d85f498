"""What is said to the operator when the records cannot be reached, and how drivers' errors are told apart."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import walk_tb
from typing import Literal

from sqlalchemy.exc import DBAPIError, InterfaceError

from conversation.messages import N_, Template

Kind = Literal[
    "locked",
    "unreachable",
    "newer",
    "older",
    "not_a_file",
    "foreign",
    "corrupt",
    "missing",
    "replaced",
    "half_restored",
    "half_copied",
    "being_copied",
    "absent",
    "taken",
    "files_lost",
    "not_taken",
    "readonly",
    "forbidden",
    "full",
    "busy",
    "stopped",
]

WORDS: dict[Kind, tuple[Template, Template]] = {
    "locked": (
        N_("Đang có một Cầu Nối khác chạy trên tệp dữ liệu này: {place}"),
        N_("Hãy dừng tiến trình kia trước, hoặc dùng tệp dữ liệu khác."),
    ),
    "unreachable": (
        N_("Không kết nối được máy chủ cơ sở dữ liệu: {place}"),
        N_("Hãy kiểm tra máy chủ PostgreSQL có chạy không, rồi đến địa chỉ, tên và mật khẩu trong cấu hình."),
    ),
    "newer": (
        N_("Dữ liệu do một bản Cầu Nối mới hơn ghi: {place}"),
        N_("Hãy cài lại bản mới, hoặc khôi phục bản sao lưu làm trước khi nâng cấp. Dữ liệu vẫn nguyên vẹn."),
    ),
    "older": (
        N_("Dữ liệu do một bản Cầu Nối cũ hơn ghi: {place}"),
        N_("Hãy nâng cấp bằng lệnh caunoi migrate, rồi làm lại."),
    ),
    "not_a_file": (
        N_("Chỗ này là một thư mục hoặc thiết bị, không phải tệp dữ liệu: {place}"),
        N_("Hãy ghi cả tên tệp trong CAUNOI_DATABASE_URL hoặc --from, ví dụ sqlite:////var/lib/caunoi/caunoi.db."),
    ),
    "foreign": (
        N_("Đây không phải dữ liệu của Cầu Nối: {place}"),
        N_("Hãy kiểm tra đường dẫn. Nếu đúng là tệp của Cầu Nối thì tệp đã hỏng: khôi phục bản sao lưu gần nhất."),
    ),
    "corrupt": (
        N_("Dữ liệu bị hỏng: {place}"),
        N_("Hãy giữ lại để kiểm tra, đừng xóa, và khôi phục bản sao lưu gần nhất (docs/howto/sao-luu.md)."),
    ),
    "missing": (
        N_("Tệp dữ liệu không còn, nhưng nhật ký của nó vẫn ở đây: {place}"),
        N_("Hãy đưa tệp dữ liệu về chỗ cũ, hoặc dời tệp -wal, -journal đi nếu muốn bắt đầu lại từ đầu."),
    ),
    "replaced": (
        N_("Tệp dữ liệu bị thay, cắt bớt hoặc xóa trong khi Cầu Nối đang chạy: {place}"),
        N_("Hãy chuyển đúng tệp cũ về chỗ, hoặc chạy caunoi restore với bản sao lưu gần nhất, rồi chạy lại Cầu Nối."),
    ),
    "half_restored": (
        N_("Việc khôi phục bản sao lưu chưa xong: {place}"),
        N_("Hãy chạy lại caunoi restore. Dữ liệu cũ nằm cạnh đó, tên bắt đầu bằng caunoi-before-restore."),
    ),
    "half_copied": (
        N_("Việc chép dữ liệu vào đây chưa xong: {place}"),
        N_("Hãy chạy lại đúng lệnh caunoi db copy lúc trước; nó chép tiếp phần còn lại. Dữ liệu cũ vẫn nguyên vẹn."),
    ),
    "being_copied": (
        N_("Đang có một lệnh caunoi db copy khác chép vào đây: {place}"),
        N_("Hãy đợi lệnh kia xong."),
    ),
    "absent": (
        N_("Không thấy tệp dữ liệu: {place}"),
        N_("Hãy vào đúng thư mục, xem lại đường dẫn sau sqlite:///; mới cài thì chạy caunoi migrate trước."),
    ),
    "taken": (
        N_("Nơi này đã có dữ liệu khác: {place}"),
        N_("Hãy tạo một cơ sở dữ liệu trống bằng createdb rồi chép vào đó. Chưa có gì bị đụng tới."),
    ),
    "files_lost": (
        N_("Có ảnh hoặc ghi âm không thấy trong thư mục dữ liệu, hoặc đã hỏng: {place}"),
        N_("Hãy đặt CAUNOI_DATA_DIR đúng thư mục, hoặc chép chúng về từ bản sao lưu; mất hẳn thì thêm --without-lost."),
    ),
    "not_taken": (
        N_("PostgreSQL không nhận một dòng của bảng này: {place}"),
        N_("Hãy báo cho người phát triển; dữ liệu cũ vẫn nguyên vẹn, cứ chạy tiếp trên SQLite."),
    ),
    "readonly": (
        N_("Không ghi được vào nơi chứa dữ liệu: {place}"),
        N_("Hãy kiểm tra quyền ghi của thư mục, của tệp, và ổ đĩa có bị gắn chỉ đọc không."),
    ),
    "forbidden": (
        N_("Tài khoản PostgreSQL không đủ quyền ở đây: {place}"),
        N_("Hãy cho nó làm chủ cơ sở dữ liệu: ALTER DATABASE … OWNER TO …, rồi chạy lại."),
    ),
    "full": (
        N_("Ổ đĩa đã đầy hoặc bị lỗi: {place}"),
        N_(
            "Chưa có gì bị xác nhận sai. Hãy giải phóng chỗ trống, kiểm tra ổ đĩa; "
            "Cầu Nối đang chạy thì tự chạy tiếp, còn lệnh thì chạy lại."
        ),
    ),
    "busy": (
        N_("Cơ sở dữ liệu đang bận: {place}"),
        N_("Thường tự hết; nếu kéo dài, hãy xem tiến trình nào đang giữ khóa hoặc chiếm hết kết nối."),
    ),
    "stopped": (
        N_("Cơ sở dữ liệu đã đóng: {place}"),
        N_("Hãy khởi động lại Cầu Nối."),
    ),
}

SQLITE_KINDS: dict[int, Kind] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_NOMEM: "busy",
    sqlite3.SQLITE_READONLY: "readonly",
    sqlite3.SQLITE_CANTOPEN: "readonly",
    sqlite3.SQLITE_PERM: "readonly",
    sqlite3.SQLITE_IOERR: "full",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "foreign",
}
POSTGRES_KINDS: dict[str, Kind] = {
    "08": "unreachable",  # the connection broke
    "28": "unreachable",  # wrong name or password
    "3D": "unreachable",  # no such database
    "57": "unreachable",  # the server is stopping or starting
    "25": "readonly",  # a standby
    "42501": "forbidden",
    "40": "busy",  # deadlock or serialization failure, and retrying did not help
    "53": "full",  # disk, memory
    "53300": "busy",  # others have all connections
    "55": "busy",  # a lock did not come within lock_timeout
    "58": "full",  # the server's own disk failed
}

DRIVERS = {"aiosqlite", "asyncio", "asyncpg", "socket", "sqlalchemy", "ssl", "storage", "uvloop"}
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


class DatabaseUnavailable(Exception):
    """The storage is at fault, not the work: nothing was kept, and the same work may be tried again."""

    def __init__(self, kind: Kind, place: str) -> None:
        self.kind: Kind = kind
        self.place = place
        self.sentence, self.hint = WORDS[kind]
        super().__init__(f"{self.sentence.format(place=place)}\n{self.hint}")


def storage_fault(error: BaseException) -> Kind | None:
    """The kind of a driver's error, or None when the work itself was at fault."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        # the low byte is the family: SQLITE_IOERR_WRITE is an SQLITE_IOERR
        return SQLITE_KINDS.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    if isinstance(cause, ConnectionError | TimeoutError):
        return "unreachable" if of_driver(cause) else None
    if sqlstate := getattr(cause, "sqlstate", None):
        return POSTGRES_KINDS.get(str(sqlstate)) or POSTGRES_KINDS.get(str(sqlstate)[:2])
    if isinstance(error, DBAPIError) and (error.connection_invalidated or isinstance(error, InterfaceError)):
        return "unreachable"
    return None


def of_driver(error: BaseException) -> bool:
    """Whether a broken connection is that to the records: a feature that raises such an error is at fault itself."""
    raised_in = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
    return not raised_in or raised_in[-1].partition(".")[0] in DRIVERS


@contextmanager
def faults_named(place: str) -> Iterator[None]:
    """Turn the storage's own faults into `DatabaseUnavailable`; those of the work pass as they are."""
    try:
        yield
    except Exception as failure:
        kind = storage_fault(failure)
        if kind is None:
            raise
        raise DatabaseUnavailable(kind, place) from failure


@contextmanager
def file_faults_named(place: str) -> Iterator[None]:
    """Name the faults of a file and its driver in the operator's words."""
    try:
        yield
    except DatabaseUnavailable:
        raise
    except OSError as failure:
        raise DatabaseUnavailable("full" if failure.errno in NO_ROOM else "readonly", place) from failure
    except (sqlite3.Error, DBAPIError) as failure:
        raise DatabaseUnavailable(storage_fault(failure) or "corrupt", place) from failure
