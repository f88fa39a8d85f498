"""`caunoi audit`: who did what to whose data, and whether anybody has changed what was written down about it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

import typer

from bot.cli_tools import FAILED, AsJson, give_order, refuse, show
from conversation.messages import Json
from storage.times import VIETNAM

app = typer.Typer(help="Nhật ký ai đã làm gì với thông tin của ai: xem, kiểm tra.", no_args_is_help=True)

CODE = re.compile(r"(\d{1,18})-([0-9a-f]{16,64})")
SHOWN_OF_HASH = 16
WRONG = {
    "changed": "Dòng số {place} (id {id}) đã bị sửa sau khi ghi.",
    "missing": "Mất dòng số {place}: có dòng đã bị xóa.",
    "strange": "Có một dòng lạ chen vào (id {id}, số {place}).",
    "end": "Mất phần cuối, từ dòng số {place}.",
    "older": "Số dòng ghi từ trước bản 0.3.0 không còn đúng: có dòng bị thêm hoặc bị xóa.",
    "seen": "Dòng số {place} (id {id}) không còn khớp với mã đã ghi lại lần trước.",
}


@app.command()
def verify(
    seen: Annotated[str, typer.Option("--seen", help="Mã mà lần kiểm tra trước in ra.")] = "",
    as_json: AsJson = False,
) -> None:
    """Kiểm tra nhật ký còn nguyên vẹn. Ghi mã in ra vào sổ, để lần sau đối chiếu. Ví dụ: caunoi audit verify --json"""
    code = CODE.fullmatch(seen)
    if seen and not code:
        refuse("Mã không đúng dạng. Mã do lệnh caunoi audit verify in ra, ví dụ 1204-9f86d081884c7d65.")
    found = give_order("audit-verify", {"seen": [int(code[1]), code[2]] if code else None})
    show(found, as_json, _verdict(found))
    if found["wrong"]:
        raise typer.Exit(FAILED)


def _verdict(found: Json) -> str:
    if found["wrong"]:
        return f"✘ Nhật ký KHÔNG còn nguyên vẹn. {WRONG[found['wrong']].format(**found)}"
    lines = [f"✔ Nhật ký còn nguyên vẹn: {found['rows']} dòng."]
    if found["older"]:
        lines.append(f"{found['older']} dòng ghi từ trước bản 0.3.0 chỉ kiểm được số lượng.")
    if found["rows"]:
        lines.append(f"Mã để ghi vào sổ: {found['last_place']}-{found['last_hash'][:SHOWN_OF_HASH]}")
    return "\n".join(lines)


@app.command("list")
def show_all(
    person: Annotated[int | None, typer.Option(help="Chỉ những dòng về một người, theo số của họ.")] = None,
    unit: Annotated[str, typer.Option(help="Chỉ những dòng về người trong một đơn vị, theo mã đơn vị.")] = "",
    most: Annotated[int, typer.Option(help="Nhiều nhất bao nhiêu dòng.", min=1, max=10_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """Liệt kê, mới nhất trước. Ví dụ: caunoi audit list --unit 26878"""
    found = give_order("audit-list", {"person": person, "unit": unit, "most": most})["entries"]
    show(found, as_json, "\n".join(map(in_words, found)) or "Không có dòng nào.")


def in_words(entry: Json) -> str:
    """A line of the log as operators read it, in Vietnam's time."""
    from handlers.auditing.texts import ACTS, FOR_A_PURPOSE, OBJECTS

    who = f"{entry['actor_name'] or 'người'} ({entry['actor_id']})" if entry["actor_id"] else entry["actor_name"]
    did, what = ACTS.get(entry["action"], entry["action"]), OBJECTS.get(entry["object_kind"], entry["object_kind"])
    when = datetime.fromisoformat(entry["at"]).astimezone(VIETNAM)
    words = f"{when:%d/%m/%Y %H:%M:%S}  {who}: {did} {what} {entry['object_id']}"
    himself = entry["object_kind"] == "person" and entry["object_id"] == str(entry["subject_id"])
    words += f", về người {entry['subject_id']}" if entry["subject_id"] and not himself else ""
    words += f", làm thay người {entry['on_behalf_of']}" if entry["on_behalf_of"] else ""
    if not entry["reason"]:
        return words
    return f"{words}, để {entry['reason']}" if entry["action"] in FOR_A_PURPOSE else f"{words} ({entry['reason']})"
