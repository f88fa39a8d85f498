"""The PostgreSQL server: what several processes need of it."""

from __future__ import annotations

from datetime import datetime

from bot.finding import Finding, well, wrong
from storage.database import DatabaseUnavailable
from storage.server_facts import CONNECTIONS_EACH, ServerFacts, ask

LEAST_VERSION = 15
PROCESSES = 2
CLOCK_OFF_SECONDS = 10


async def look(url: str, now: datetime) -> list[Finding]:
    """Ask the server; one that cannot be reached is told elsewhere."""
    try:
        facts = await ask(url)
    except DatabaseUnavailable:
        return []
    return [_version(facts), _durable(facts), _rights(facts), _connections(facts), _pooler(facts), _clock(facts, now)]


def _version(facts: ServerFacts) -> Finding:
    version = facts.version // 10_000
    if version < LEAST_VERSION:
        return wrong("server_version", f"PostgreSQL {version} quá cũ. Hãy nâng lên {LEAST_VERSION} trở lên.")
    return well("server_version", f"PostgreSQL {version}.")


def _durable(facts: ServerFacts) -> Finding:
    if facts.careless:
        named = ", ".join(facts.careless)
        return wrong(
            "server_durable",
            f"PostgreSQL đang tắt {named}: mất điện là mất tin đã nhận. Bật lại trong postgresql.conf rồi nạp lại.",
        )
    return well("server_durable", "PostgreSQL ghi xuống đĩa rồi mới báo xong.")


def _rights(facts: ServerFacts) -> Finding:
    if facts.closed:
        named = ", ".join(sorted(facts.closed)[:3])
        return wrong(
            "server_rights",
            f"Tài khoản PostgreSQL không đủ quyền trên {len(facts.closed)} bảng ({named}…). "
            "Cho nó làm chủ các bảng: REASSIGN OWNED, hoặc GRANT ALL ON ALL TABLES IN SCHEMA public.",
        )
    if not facts.may_create:
        return wrong(
            "server_rights",
            "Tài khoản PostgreSQL không tạo được bảng nên không nâng cấp được. "
            "Cho nó làm chủ: ALTER DATABASE … OWNER TO, hoặc GRANT CREATE ON SCHEMA public.",
        )
    return well("server_rights", "Tài khoản PostgreSQL đủ quyền.")


def _connections(facts: ServerFacts) -> Finding:
    needed = PROCESSES * CONNECTIONS_EACH
    if facts.connections < needed:
        return wrong(
            "server_connections",
            f"PostgreSQL chỉ cho {facts.connections} kết nối; {PROCESSES} tiến trình cần {needed}. "
            "Tăng max_connections, hoặc giới hạn CONNECTION LIMIT của tài khoản và cơ sở dữ liệu.",
        )
    return well("server_connections", f"PostgreSQL cho {facts.connections} kết nối; mỗi tiến trình {CONNECTIONS_EACH}.")


def _pooler(facts: ServerFacts) -> Finding:
    if facts.mixes_sessions:
        return wrong(
            "server_pooler",
            "Giữa Cầu Nối và PostgreSQL có PgBouncer ở chế độ transaction: hai tiến trình sẽ cùng gửi một tin. "
            "Nối thẳng tới PostgreSQL, hoặc đặt pool_mode = session.",
        )
    return well("server_pooler", "Nối thẳng tới PostgreSQL.")


def _clock(facts: ServerFacts, now: datetime) -> Finding:
    ahead = now.timestamp() - facts.clock
    if abs(ahead) > CLOCK_OFF_SECONDS:
        way = "nhanh" if ahead > 0 else "chậm"
        return wrong(
            "server_clock",
            f"Đồng hồ máy này {way} hơn máy PostgreSQL {abs(ahead):.0f} giây. "
            "Chạy trên cả hai: timedatectl set-ntp true",
        )
    return well("server_clock", "Đồng hồ máy này và máy PostgreSQL như nhau.")
