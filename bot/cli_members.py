"""`caunoi members`: lists of members come in from files and go out as files."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot import cli_duplicates
from bot.cli_tools import FAILED, AsJson, order_taker, refuse, run_plainly, settings_or_refuse, show, whoami
from bot.clock import SystemClock
from bot.logs import set_up_logs
from conversation.messages import Json
from reports.sheets import Table, write_csv, write_workbook
from storage.times import VIETNAM

if TYPE_CHECKING:
    from bot.control import Order
    from bot.settings import Settings
    from handlers.members.sheet import Entry, MemberList
    from reports.tables import Sheet

app = typer.Typer(help="Hội viên, đoàn viên: nhập danh sách từ tệp, xuất ra tệp.", no_args_is_help=True)
app.add_typer(cli_duplicates.app, name="duplicates")

AT_ONCE = 500
"""People entered in one transaction: SQLite has one writer, and people who chat must not wait for a whole list.

A list that was cut short is brought again: those who are there already are left as they are.
"""
Unit = Annotated[str, typer.Option(help="Mã đơn vị, ví dụ 26878.")]
Organisation = Annotated[str, typer.Option(help="Mã đoàn thể, ví dụ pn; bỏ trống nếu ở đó chỉ có một.")]
APPLY = "--apply/--dry-run"
CHECKED = "Xem thử: sẽ nhập {new} người mới, {there} người đã có trong sổ được giữ nguyên. Chưa ghi gì."
REFUSED = "Có {wrong} dòng chưa nhập được (dấu ✘), nên chưa ghi gì. Sửa tệp rồi chạy lại, hoặc thêm --skip-wrong."
GO_ON = "Muốn ghi thật, chạy lại với --apply."
DONE = "Đã nhập {new} người mới; {there} người đã có trong sổ được giữ nguyên."


@app.command("import")
def import_members(
    file: Annotated[Path, typer.Argument(help="Danh sách .xlsx hoặc .csv, có dòng tiêu đề.")],
    unit: Unit,
    organisation: Organisation = "",
    apply: Annotated[bool, typer.Option(APPLY, help="Ghi thật; không có thì chỉ xem thử.")] = False,
    skip_wrong: Annotated[
        bool, typer.Option("--skip-wrong", help="Bỏ qua các dòng sai, nhập các dòng còn lại.")
    ] = False,
    consent: Annotated[
        Literal["paper", "oral", "none"],
        typer.Option(help="Mọi người trong danh sách đã đồng ý bằng giấy (paper), miệng (oral), hay chưa hỏi (none)."),
    ] = "none",
    as_json: AsJson = False,
) -> None:
    """Nhập danh sách hội viên; chạy thử trước, liệt kê mọi chỗ sai theo dòng, nhập lại tệp cũ không đổi gì.

    Ví dụ: caunoi members import danh-sach.xlsx --unit 26878 --organisation pn --consent paper --apply
    """
    from bot.member_orders import say
    from reports.reading import read_safely
    from reports.tables import Unreadable

    set_up_logs(human=True)
    settings = settings_or_refuse()
    try:
        sheets = read_safely(file)
        order = {"unit": unit, "organisation": organisation, "by": whoami(), "source": _hash(file)}
        job = _Import(settings, order, "" if consent == "none" else consent, skip_wrong)
        found = run_plainly(job.run(sheets, apply=apply))
    except Unreadable as unreadable:
        refuse(say(unreadable.words))
    show(found, as_json, "\n".join(_lines(found)))
    if found["wrong"]:
        raise typer.Exit(FAILED)


def _lines(found: Json) -> Iterator[str]:
    for problem in found["problems"]:
        yield f"{'✘' if problem['fatal'] else '•'} Dòng {problem['row']}: {problem['words']}"
    yield (DONE if found["applied"] else CHECKED).format(**found)
    if found["wrong"] and not found["applied"]:
        yield REFUSED.format(**found)
    elif not found["applied"]:
        yield GO_ON


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@dataclass
class _Import:
    """One list on its way in."""

    settings: Settings
    order: Json
    consent: str
    skip_wrong: bool

    async def run(self, sheets: list[Sheet], *, apply: bool) -> Json:
        """Everything is checked before anybody is entered."""
        from handlers.members.sheet import read_list

        async with order_taker(self.settings) as give:
            self.order |= {"organisation": (await give("members-scope", self.order))["organisation"]}
            today = SystemClock().now().astimezone(VIETNAM).date()
            listed = read_list(sheets, self.order["organisation"], today, self.consent)
            found = await self._give(give, "members-check", listed)
            wrong = {problem["row"] for problem in found["problems"] if problem["fatal"]}
            apply = apply and (self.skip_wrong or not wrong)
            if apply:
                listed.entries = [entry for entry in listed.entries if entry.row not in wrong]
                done = await self._give(give, "members-import", listed)
                found |= {"new": done["new"], "there": done["there"]}
            return {**found, "wrong": len(wrong), "applied": apply}

    async def _give(self, give: Order, name: str, listed: MemberList) -> Json:
        from bot.member_orders import told
        from handlers.members.sheet import Entry

        as_told = attrgetter(*Entry.__dataclass_fields__)
        problems = [told(problem) for problem in listed.problems]
        whole: Json = {"new": 0, "there": 0, "problems": problems}
        with typer.progressbar(_parts(listed.entries), file=sys.stderr, hidden=not sys.stderr.isatty()) as parts:
            for part in parts:
                answer = await give(name, self.order | {"entries": [as_told(entry) for entry in part]})
                whole = {key: whole[key] + answer[key] for key in whole}
        whole["problems"].sort(key=lambda problem: problem["row"])
        return whole


def _parts(entries: list[Entry]) -> list[list[Entry]]:
    return [entries[start : start + AT_ONCE] for start in range(0, len(entries), AT_ONCE)]


@app.command("export")
def export_members(
    file: Annotated[Path, typer.Argument(help="Tệp .xlsx hoặc .csv sẽ viết ra; không ghi đè tệp có sẵn.")],
    unit: Unit,
    reason: Annotated[str, typer.Option(help="Để làm gì; ghi vào tệp và nhật ký, người có tên trong đó xem được.")],
    organisation: Annotated[str, typer.Option(help="Mã đoàn thể; bỏ trống là tất cả.")] = "",
    with_phones: Annotated[
        bool, typer.Option("--with-phones", help="Ghi đủ số điện thoại; không có thì che bớt.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Xuất danh sách hội viên, có ghi ai xuất, lúc nào, để làm gì.

    Ví dụ: caunoi members export danh-sach.xlsx --unit 26878 --organisation pn --reason "lập danh sách vay vốn"
    """
    from bot.member_orders import say
    from handlers.members.export_sheets import About, tables, watermark
    from handlers.members.list_texts import ALL_ORGANISATIONS
    from storage.member_pages import Member

    set_up_logs(human=True)
    if file.suffix.lower() not in (".xlsx", ".csv"):
        refuse("Tên tệp phải kết thúc bằng .xlsx hoặc .csv.")
    if file.exists():
        refuse(f"Đã có tệp {file}; không ghi đè. Xin chọn tên khác.")
    if not os.access(file.parent, os.W_OK):
        refuse(f"Không viết được vào {file.parent}. Hãy chọn thư mục khác.")
    who = whoami()
    order = {"unit": unit, "organisation": organisation, "reason": reason, "with_phones": with_phones, "by": who}
    found = run_plainly(_collect(settings_or_refuse(), order))
    of = found["of"] or say(ALL_ORGANISATIONS)
    about = About(found["unit_name"], of, who, reason, SystemClock().now(), with_phones)
    _write(file, tables([Member(*each) for each in found["members"]], found["phones"], about), watermark(about))
    count = len(found["members"])
    show({"file": str(file), "members": count}, as_json, f"Đã xuất {count} người vào {file}. Xin giữ tệp cẩn thận.")


async def _collect(settings: Settings, order: Json) -> Json:
    """All pages."""
    async with order_taker(settings) as give:
        found = await give("members-scope", order | {"whole": True})
        order |= {"organisation": found["organisation"]}
        found |= {"members": [], "phones": []}
        after = 0
        while True:
            page = await give("members-export", order | {"after": after})
            found["members"] += page["members"]
            found["phones"] += page["phones"]
            after = page["next"]
            if not after:
                return found


def _write(file: Path, sheets: list[Table], mark: str) -> None:
    """Readable by its owner only, from the first byte on."""
    before = os.umask(0o077)
    try:
        if file.suffix.lower() == ".csv":
            write_csv(file, sheets[1], mark)
        else:
            write_workbook(file, sheets, mark)
    except OSError as failure:
        refuse(f"Không viết được {file} ({failure.strerror}). Hãy chọn nơi khác.")
    finally:
        os.umask(before)
