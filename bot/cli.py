"""`caunoi`: the operator's commands. Words for people go to standard output, logs to standard error."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bot import (
    cli_audit,
    cli_database,
    cli_init,
    cli_members,
    cli_organisations,
    cli_poster,
    cli_quarantine,
    cli_records,
    cli_roles,
    cli_units,
    cli_webhook,
    cli_world,
)
from bot.cli_tools import (
    FAILED,
    NO_CHANNEL,
    AsJson,
    give_order,
    refuse,
    run_plainly,
    settings_or_refuse,
    show,
    stop_on_signals,
)
from bot.cli_words import Vietnamese
from bot.clock import SystemClock
from bot.logs import set_up_logs
from conversation.messages import Json

app = typer.Typer(
    cls=Vietnamese,
    help="Cầu Nối: chatbot nối chính quyền cơ sở với người dân.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_units.app, name="unit")
app.add_typer(cli_units.cluster_app, name="cluster")
cli_organisations.add_to(app)
app.add_typer(cli_quarantine.app, name="quarantine")
app.add_typer(cli_webhook.app, name="webhook")
app.add_typer(cli_audit.app, name="audit")
app.add_typer(cli_database.app, name="db")
app.add_typer(cli_roles.app, name="role")
app.add_typer(cli_members.app, name="members")
cli_records.add_to(app)
app.command()(cli_poster.poster)
app.command()(cli_world.world)
app.command()(cli_init.init)


@app.command()
def demo(
    data: Annotated[Path | None, typer.Option(help="Thư mục giữ dữ liệu thử; bỏ trống thì dùng thư mục tạm.")] = None,
    host: Annotated[str, typer.Option(help="Chỉ nhận địa chỉ của chính máy này.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Cổng của trang thử.", min=1, max=65535)] = 8080,
) -> None:
    """Chạy thử trong trình duyệt: không cần token, không cần thiết đặt. Ví dụ: caunoi demo --port 8081"""
    from bot.demo import run_demo
    from sandbox.guard import require_loopback

    set_up_logs(human=True)
    try:
        require_loopback(host)
    except ValueError:
        refuse(f"Bản chạy thử chỉ mở trên chính máy này (127.0.0.1), không mở trên {host}.")

    async def work(folder: Path) -> None:
        await run_demo(folder, host, port, stop_on_signals())

    if data is not None:
        return run_plainly(work(data))
    with tempfile.TemporaryDirectory(prefix="caunoi-") as folder:
        return run_plainly(work(Path(folder)))


@app.command()
def run(
    workers: Annotated[int, typer.Option(help="Số tiến trình trên máy này; từ 2 trở lên cần PostgreSQL.", min=1)] = 1,
) -> None:
    """Chạy thật với Telegram, Zalo Bot, Zalo OA: những nơi đã có token. Ví dụ: caunoi run --workers 2"""
    from bot.workers import run_workers, serve
    from storage.sqlite_file import sqlite_file

    settings = settings_or_refuse()
    if not settings.has_channel:
        refuse(NO_CHANNEL)
    if workers > 1 and sqlite_file(settings.database_url) is not None:
        refuse("Dữ liệu SQLite chỉ chạy được một tiến trình: bỏ --workers, hoặc chuyển dữ liệu sang PostgreSQL.")
    set_up_logs()
    run_plainly(run_workers(settings, workers) if workers > 1 else serve(settings))


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Khám: chỗ nào chưa ổn và cách sửa. Ví dụ: caunoi doctor --json"""
    from bot.doctor import examine

    set_up_logs(human=True)
    findings = run_plainly(examine())
    bad = [finding for finding in findings if not finding.fine]
    lines = [f"{'✔' if finding.fine else '✘'} {finding.words}" for finding in findings]
    show({"findings": [finding.as_json() for finding in findings]}, as_json, "\n".join(lines))
    if bad:
        raise typer.Exit(FAILED)


@app.command()
def migrate() -> None:
    """Nâng cấp dữ liệu lên bản đang cài, có sao lưu trước. `caunoi run` cũng tự làm việc này. Ví dụ: caunoi migrate"""
    from bot.main import Service

    set_up_logs(human=True)
    settings = settings_or_refuse()

    async def work() -> None:
        service = await Service.open(settings, SystemClock())
        await service.close()

    run_plainly(work())
    typer.echo("Dữ liệu đã đúng bản đang cài.")


@app.command()
def invite(
    role: Annotated[str, typer.Option(help="Vai trò, ví dụ commune_officer.")],
    unit: Annotated[str, typer.Option(help="Mã đơn vị.")],
    organisation: Annotated[str, typer.Option(help="Mã đoàn thể; bỏ trống là mọi đoàn thể.")] = "",
    branch: Annotated[int, typer.Option(help="Số chi hội; 0 là mọi chi hội.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Tạo mã mời dùng một lần, hạn 72 giờ. Ví dụ: caunoi invite --role commune_officer --unit 26878"""
    done = give_order("invite", {"role": role, "unit": unit, "organisation": organisation, "branch": branch})
    show(done, as_json, done["code"])


STATES = {
    "up": "đang chạy.",
    "lost": "chưa nối được, đang thử lại.",
    "misconfigured": "nền tảng không nhận thiết đặt; chạy caunoi doctor để biết chỗ sửa.",
}
LANES = {"reply": "Trả lời", "personal": "Thư riêng", "bulk": "Thông báo chung"}
LEASES = {"sender": "Gửi tin", "poller": "Nhận tin", "worker": "Việc nền", "tokens": "Xin mã mới"}


def lease_in_words(lease: Json) -> str:
    """Who does what only one process may do."""
    name, _, account = lease["name"].partition(":")
    what = f"{LEASES.get(name, name)} {account}".rstrip()
    if not lease["held"]:
        return f"{what}: chưa có tiến trình nào."
    words = f"{what}: {lease['owner']}, từ {lease['held_seconds']} giây trước (lần thứ {lease['epoch']})"
    return f"{words}, tạm ngừng {lease['pause_seconds']} giây nữa." if lease["pause_seconds"] else f"{words}."


@app.command()
def status(as_json: AsJson = False) -> None:
    """Có gì đang chờ, có gì hỏng. Ví dụ: caunoi status --json"""
    now = give_order("status", {})
    lines = [
        *(f"Kênh {account}: {STATES.get(state, state)}" for account, state in now.get("channels", {}).items()),
        f"Người đã đăng ký: {now['people']}. Phản ánh đang mở: {now['tickets_open']}.",
        f"Tin chờ gửi: {now['letters_waiting']} (lâu nhất {now['letters_waiting_oldest_seconds']} giây).",
        *(
            f"  {LANES[lane]}: {count} (lâu nhất {now['letters_by_lane_oldest_seconds'][lane]} giây)."
            for lane, count in now["letters_by_lane"].items()
        ),
        f"Tin nhận chờ đọc: {now['updates_waiting']} (lâu nhất {now['updates_waiting_oldest_seconds']} giây).",
        f"Tin nhận bị lỗi: {now['updates_failed']} (lâu nhất {now['updates_failed_oldest_seconds']} giây), "
        f"trong đó đã gác lại: {now['updates_quarantined']}.",
        f"Việc nền chờ: {now['jobs_waiting']}, đang thử lại: {now['jobs_failing']}, hỏng: {now['jobs_dead']}.",
        *(lease_in_words(lease) for lease in now["leases"] if lease["held"] or not lease["name"].startswith("tokens:")),
    ]
    show(now, as_json, "\n".join(lines))
