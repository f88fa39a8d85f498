"""`caunoi organisation`, `caunoi branch` and `caunoi rollup`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from bot.cli_tools import AsJson, give_order, refuse, show
from conversation.messages import Json

organisation_app = typer.Typer(help="Tổ chức: Mặt trận, các đoàn thể, câu lạc bộ.", no_args_is_help=True)
branch_app = typer.Typer(help="Chi hội, chi đoàn, tổ hội, câu lạc bộ ở từng nơi.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="Mã tổ chức, ví dụ pn.")]
Unit = Annotated[str, typer.Option(help="Mã đơn vị.")]
Organisation = Annotated[str, typer.Option(help="Mã tổ chức; bỏ trống là mọi tổ chức.")]
HIDDEN = "ít"


def add_to(app: typer.Typer) -> None:
    """Make these commands of `caunoi`."""
    app.add_typer(organisation_app, name="organisation")
    app.add_typer(branch_app, name="branch")
    app.command("eligible")(eligible)
    app.command("rollup")(rollup)


@organisation_app.command("list")
def list_organisations(as_json: AsJson = False) -> None:
    """Các tổ chức. Ví dụ: caunoi organisation list"""
    found = give_order("organisation-list", {})["organisations"]
    show(found, as_json, "\n".join(map(_in_words, found)) or "Chưa có tổ chức nào.")


def _in_words(each: Json) -> str:
    words = ", ".join(filter(None, (each["member_word"], each["branch_word"], each["leader_word"])))
    return f"{each['code']}  {each['name']} ({words})"


@organisation_app.command("add")
def add_organisation(
    code: Code,
    name: Annotated[str, typer.Option(help="Tên đầy đủ.")],
    short: Annotated[str, typer.Option(help="Tên gọn.")],
    member: Annotated[str, typer.Option(help="Gọi người trong tổ chức là gì.")] = "hội viên",
    branch: Annotated[str, typer.Option(help="Gọi nơi sinh hoạt là gì; bỏ trống: Chi hội và tên gọn.")] = "",
    leader: Annotated[str, typer.Option(help="Gọi người đứng đầu là gì; bỏ trống: chi hội trưởng và tên gọn.")] = "",
    as_json: AsJson = False,
) -> None:
    """Thêm một tổ chức. Ví dụ: caunoi organisation add nct --name "Hội Người cao tuổi" --short "Người cao tuổi\""""
    words = {"member_word": member, "branch_word": branch or f"Chi hội {short}"}
    words["leader_word"] = leader or f"chi hội trưởng {short}"
    done = give_order("organisation-add", {"code": code, "name": name, "short_name": short, **words})
    show(done, as_json, f"Đã thêm {done['name']}.")


@organisation_app.command("edit")
def edit_organisation(
    code: Code,
    name: Annotated[str, typer.Option(help="Tên đầy đủ mới.")] = "",
    short: Annotated[str, typer.Option(help="Tên gọn mới.")] = "",
    member: Annotated[str, typer.Option(help="Cách gọi mới của người trong tổ chức.")] = "",
    branch: Annotated[str, typer.Option(help="Cách gọi mới của nơi sinh hoạt.")] = "",
    leader: Annotated[str, typer.Option(help="Cách gọi mới của người đứng đầu.")] = "",
    as_json: AsJson = False,
) -> None:
    """Sửa tên, cách gọi. Ví dụ: caunoi organisation edit dtn --short "Đoàn\""""
    words = {"name": name, "short_name": short, "member_word": member, "branch_word": branch, "leader_word": leader}
    done = give_order("organisation-edit", {"code": code, **words})
    show(done, as_json, _in_words(done))


@organisation_app.command("close")
def close_organisation(code: Code, as_json: AsJson = False) -> None:
    """Thôi dùng một tổ chức không còn chi hội. Ví dụ: caunoi organisation close nct"""
    show(give_order("organisation-close", {"code": code}), as_json, "Đã đóng.")


@branch_app.command("list")
def list_branches(unit: Unit, organisation: Organisation = "", as_json: AsJson = False) -> None:
    """Chi hội, chi đoàn của một nơi và các nơi bên trong. Ví dụ: caunoi branch list --unit 26878"""
    found = give_order("branch-list", {"unit": unit, "organisation": organisation})["branches"]
    lines = [f"{each['id']}  {each['name']} ({each['unit']})" for each in found]
    show(found, as_json, "\n".join(lines) or "Chưa có chi hội nào.")


@branch_app.command("add")
def add_branch(
    organisation: Code,
    unit: Unit,
    name: Annotated[str, typer.Option(help="Tên; bỏ trống thì đặt tên thường gọi.")] = "",
    parent: Annotated[int | None, typer.Option(help="Mã chi hội chứa nó, nếu là tổ hội.")] = None,
    as_json: AsJson = False,
) -> None:
    """Lập một chi hội; in ra mã. Ví dụ: caunoi branch add pn --unit 26878-04"""
    wanted = {"organisation": organisation, "unit": unit, "name": name, "parent": parent}
    done = give_order("branch-add", wanted)
    show(done, as_json, f"{done['id']}  {done['name']}")


@branch_app.command("close")
def close_branch(
    branch: Annotated[int, typer.Argument(help="Mã ở đầu dòng của caunoi branch list.")], as_json: AsJson = False
) -> None:
    """Đóng một chi hội không còn ai. Ví dụ: caunoi branch close 123456789"""
    show(give_order("branch-close", {"branch": branch}), as_json, "Đã đóng.")


def eligible(
    unit: Unit,
    people: Annotated[int | None, typer.Option(help="Số người.", min=0)] = None,
    organisation: Organisation = "",
    forget: Annotated[bool, typer.Option("--forget", help="Xóa con số đã nhập.")] = False,
    as_json: AsJson = False,
) -> None:
    """Nhập số người trong độ tuổi để tính tỷ lệ. Ví dụ: caunoi eligible --unit 26878 --organisation pn --people 5200"""
    if (people is None) != forget:
        refuse("Hãy ghi --people (số người), hoặc --forget để xóa con số cũ.")
    done = give_order("eligible-set", {"unit": unit, "organisation": organisation, "people": people})
    show(done, as_json, "Đã ghi.")


def rollup(unit: Unit, organisation: Organisation = "", as_json: AsJson = False) -> None:
    """Bao nhiêu hội viên, bao nhiêu người, tỷ lệ, có mặt, đi xa; từng nơi. Ví dụ: caunoi rollup --unit 26878"""
    found = give_order("rollup", {"unit": unit, "organisation": organisation})
    show(found, as_json, "\n".join(_told(found)))


def _told(found: Json) -> Iterator[str]:
    yield from _line(found["whole"])
    for line in found["below"]:
        yield from _line(line)
    if any(cell["members"] != 0 for cell in found["itself"]["numbers"].values()):
        yield from _line({**found["itself"], "name": "Chưa rõ ở nơi nào bên trong"})


def _line(line: Json) -> Iterator[str]:
    yield f"{line['name']} ({line['unit']})"
    for code, cell in line["numbers"].items():
        share = "" if cell["share"] is None else f", {100 * cell['share']:.1f}".replace(".", ",") + " %"
        here, away = (HIDDEN if cell[part] is None else cell[part] for part in ("present", "away"))
        count = HIDDEN if cell["members"] is None else cell["members"]
        yield f"  {'người' if code == 'people' else code}: {count} (có mặt {here}, đi xa {away}{share})"
