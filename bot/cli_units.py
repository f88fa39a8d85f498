"""`caunoi unit` and `caunoi cluster`: the tree of units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.cli_tools import FAILED, AsJson, give_order, refuse, show
from conversation.messages import Json

app = typer.Typer(help="Đơn vị: tìm, thêm, đổi tên, chuyển, gộp, chia, đóng.", no_args_is_help=True)
cluster_app = typer.Typer(help="Cụm thi đua: 3 đến 4 đơn vị giáp ranh.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="Mã đơn vị, như caunoi unit find in ra.")]
Codes = Annotated[list[str], typer.Argument(help="Mã các đơn vị.")]
Shares = Annotated[list[str] | None, typer.Option(help="Chia cho phần nào, ví dụ 26878-04-01=2.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Tên, ví dụ «Khu phố 4».")],
    parent: Annotated[str, typer.Option(help="Mã nơi chứa nó, ví dụ xã, phường.")],
    as_json: AsJson = False,
) -> None:
    """Thêm một thôn, ấp, khu phố; in ra mã. Ví dụ: caunoi unit add --parent 26878 "Khu phố 4\""""
    done = give_order("unit-add", {"parent": parent, "name": name})
    show(done, as_json, done["code"])


@app.command()
def find(
    words: Annotated[str, typer.Argument(help="Tên cũ hay mới, có dấu hay không.")], as_json: AsJson = False
) -> None:
    """Tìm xã, phường, thôn, khu phố. Ví dụ: caunoi unit find "p15 quan go vap" --json"""
    found = give_order("unit-find", {"words": words})["candidates"]
    lines = [f"{match['code']}  {_where(match)}" for match in found]
    show(found, as_json, "\n".join(lines) or "Không tìm thấy. Thử tên ngắn hơn, hoặc kèm tên tỉnh.")
    if not found:
        raise typer.Exit(FAILED)


def _where(match: Json) -> str:
    return ", ".join(dict.fromkeys(filter(None, (match["name"], match["in"], match["province"]))))


@app.command()
def rename(
    unit: Code, name: Annotated[str, typer.Argument(help="Tên mới; xã, phường thì viết đủ.")], as_json: AsJson = False
) -> None:
    """Đổi tên; tên cũ vẫn tìm được, báo cáo cũ giữ tên cũ. Ví dụ: caunoi unit rename 26878 "Phường An Hội\""""
    done = give_order("unit-rename", {"unit": unit, "name": name})
    show(done, as_json, f"{done['code']} nay là {done['name']}.")


@app.command()
def move(unit: Code, to: Annotated[str, typer.Option(help="Mã nơi chứa mới.")], as_json: AsJson = False) -> None:
    """Chuyển sang nơi khác, cùng mọi người và mọi việc bên trong. Ví dụ: caunoi unit move 26878-04 --to 26882"""
    done = give_order("unit-move", {"unit": unit, "parent": to})
    show(done, as_json, f"{done['name']} nay thuộc {done['parent']}.")


@app.command()
def merge(
    units: Codes,
    into: Annotated[str, typer.Option(help="Mã đơn vị đang có mà các đơn vị kia nhập vào.")] = "",
    name: Annotated[str, typer.Option(help="Hoặc tên của đơn vị mới.")] = "",
    as_json: AsJson = False,
) -> None:
    """Gộp các đơn vị, cùng mọi người và mọi việc. Ví dụ: caunoi unit merge 26878-04 26878-05 --name "Khu phố 4\""""
    if bool(into) == bool(name):
        refuse("Hãy ghi --into (mã đơn vị đang có), hoặc --name (tên đơn vị mới).")
    done = give_order("unit-merge", {"units": units, "into": into, "name": name})
    show(done, as_json, f"Đã gộp thành {done['name']}, mã {done['code']}.")


@app.command()
def split(
    unit: Code,
    into: Annotated[list[str], typer.Option(help="Tên từng phần; phần đầu nhận những gì không chia cho ai.")],
    child: Shares = None,
    branch: Shares = None,
    people: Annotated[Path | None, typer.Option(help="Tệp chữ, mỗi dòng: mã người=số phần.")] = None,
    as_json: AsJson = False,
) -> None:
    """Chia thành nhiều đơn vị mới.

    Ví dụ: caunoi unit split 26878-04 --into "Khu phố 4A" --into "Khu phố 4B" --child 26878-04-02=2
    """
    if people is not None and not people.is_file():
        refuse(f"Không thấy tệp {people}.")
    listed = people.read_text("utf-8").split() if people else []
    shares: dict[str, list[tuple[object, int]]] = {
        "children": list(_shared(child or [], len(into))),
        "branches": [(_number(what), part) for what, part in _shared(branch or [], len(into))],
        "people": [(_number(what), part) for what, part in _shared(listed, len(into))],
    }
    parts = [
        {"name": name, **{kind: [what for what, part in given if part == number] for kind, given in shares.items()}}
        for number, name in enumerate(into, 1)
    ]
    made = give_order("unit-split", {"unit": unit, "parts": parts})["units"]
    show(made, as_json, "\n".join(f"{each['code']}  {each['name']}" for each in made))


def _shared(given: Sequence[str], parts: int) -> Iterator[tuple[str, int]]:
    for each in given:
        what, _, part = each.rpartition("=")
        if not what or not part.isdecimal() or not 1 <= int(part) <= parts:
            refuse(f"«{each}» chưa đúng: cần dạng mã=số phần, ví dụ 26878-04-02=2; có {parts} phần.")
        yield what, int(part)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else refuse(f"«{text}» không phải là mã số.")


@app.command()
def close(unit: Code, as_json: AsJson = False) -> None:
    """Đóng một đơn vị không còn ai. Ví dụ: caunoi unit close 26878-04"""
    show(give_order("unit-close", {"unit": unit}), as_json, "Đã đóng.")


@app.command("add-name")
def add_name(
    unit: Code,
    name: Annotated[str, typer.Argument(help="Tên cũ, ví dụ «Phường 4».")],
    district: Annotated[str, typer.Option(help="Quận, huyện cũ, ví dụ «quận Gò Vấp».")] = "",
    as_json: AsJson = False,
) -> None:
    """Thêm một tên cũ để bà con tìm được. Ví dụ: caunoi unit add-name 26890 "Phường 4" --district "quận Gò Vấp\""""
    found = give_order("unit-add-name", {"unit": unit, "name": name, "district": district})["units"]
    show(found, as_json, "\n".join(f"Tìm «{name}» sẽ ra {each['name']}." for each in found))


@app.command()
def history(unit: Code, as_json: AsJson = False) -> None:
    """Đơn vị này từng tên gì, ở đâu, gộp vào đâu. Ví dụ: caunoi unit history 26878"""
    found = give_order("unit-history", {"unit": unit})
    show(found, as_json, "\n".join(_told(found)))


HOW = {"merged": "gộp vào", "split": "chia thành"}


def _told(found: Json) -> Iterator[str]:
    for each in found["versions"]:
        when = f"trước {each['until_day']}" if each["until_day"] else "nay"
        yield f"{when}: {each['full_name']}" + (f", thuộc {each['parent_code']}" if each["parent_code"] else "")
    for each in found["successions"]:
        yield f"{each['on_day']}: {each['old_code']} {HOW[each['kind']]} {each['new_code']}"
    yield "Hôm nay: " + (", ".join(f"{each['name']} ({each['code']})" for each in found["today"]) or "đã đóng")


# clusters -------------------------------------------------------------------------------------------------------------


@cluster_app.command("add")
def add_cluster(units: Codes, name: Annotated[str, typer.Option(help="Tên cụm.")], as_json: AsJson = False) -> None:
    """Lập cụm từ 3 đến 4 đơn vị giáp ranh. Ví dụ: caunoi cluster add 26878-01 26878-02 26878-03 --name "Cụm 1\""""
    done = give_order("cluster-add", {"units": units, "name": name})
    show(done, as_json, f"Đã lập {done['name']}, số {done['id']}.")


@cluster_app.command("list")
def list_clusters(unit: Annotated[str, typer.Option(help="Mã xã, phường.")], as_json: AsJson = False) -> None:
    """Các cụm của một xã, phường. Ví dụ: caunoi cluster list --unit 26878"""
    found = give_order("cluster-list", {"unit": unit})["clusters"]
    lines = [f"{each['id']}  {each['name']}: {', '.join(each['units'])}" for each in found]
    show(found, as_json, "\n".join(lines) or "Chưa có cụm nào.")


@cluster_app.command("end")
def end_cluster(
    cluster: Annotated[int, typer.Argument(help="Số ở đầu dòng của caunoi cluster list.")], as_json: AsJson = False
) -> None:
    """Thôi một cụm. Ví dụ: caunoi cluster end 1"""
    show(give_order("cluster-end", {"cluster": cluster}), as_json, "Đã thôi cụm này.")
