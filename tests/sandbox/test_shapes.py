"""What the sandbox tells a bot has the shapes of Telegram's own specification."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp

from sandbox import samples
from tests.bot_api_spec import SPEC
from tests.sandbox.bench import Bench

PLAIN: dict[str, Any] = {"Integer": int, "String": str, "Boolean": bool, "Float": (int, float)}
OURS = json.loads((Path(__file__).parents[2] / "sandbox" / "spec.json").read_text(encoding="utf-8"))


def faults(value: Any, kinds: list[str], where: str = "") -> list[str]:
    """Return what is wrong with a value; nothing when one of the types fits."""
    return min((list(against(value, kind, where)) for kind in kinds), key=len)


def against(value: Any, kind: str, where: str) -> Iterator[str]:
    if kind.startswith("Array of "):
        for index, item in enumerate(value):
            yield from faults(item, [kind.removeprefix("Array of ")], f"{where}[{index}]")
    elif kind in PLAIN:
        if not isinstance(value, PLAIN[kind]) or (isinstance(value, bool) and kind != "Boolean"):
            yield f"{where}: {value!r} is not {kind}"
    elif "subtypes" in SPEC["types"][kind]:
        yield from faults(value, SPEC["types"][kind]["subtypes"], where)
    else:
        fields = {field["name"]: field for field in SPEC["types"][kind].get("fields", [])}
        yield from (f"{where}.{name} is missing" for name, f in fields.items() if f["required"] and name not in value)
        for name, item in value.items():
            if name not in fields:
                yield f"{where}.{name} is unknown to {kind}"
            else:
                yield from faults(item, fields[name]["types"], f"{where}.{name}")


async def test_updates(api: Bench) -> None:
    hoa = api.hoa
    buttons = {"inline_keyboard": [[{"text": "Có", "callback_data": "co"}]]}
    await api.send("<b>Có</b> không", parse_mode="HTML", reply_markup=buttons)
    hoa.tap(None, "Có")
    hoa.edit(hoa.type("/lich xem http://a.b/c", reply_to=2)["message_id"], "sửa")
    hoa.send_photo(caption="ảnh", album="1")
    hoa.send_voice()
    hoa.send_sticker()
    hoa.send_document(b"x", "đơn.pdf", "application/pdf")
    hoa.share_contact()
    hoa.share_contact(own=False)
    hoa.share_location(10.5, 106.5)
    hoa.block()
    hoa.unblock()

    updates = await api.ok("getUpdates")
    assert len(updates) == 13
    assert [fault for update in updates for fault in faults(update, ["Update"])] == []


async def test_results(api: Bench) -> None:
    found: dict[str, Any] = {}
    place = {"chat_id": api.hoa.id, "message_id": 2}
    contact = api.hoa.send_photo()["photo"][0]["file_id"]
    for method, params in (
        ("getMe", {}),
        ("sendMessage", {"chat_id": api.hoa.id, "text": "a", "reply_parameters": {"message_id": 1}}),
        ("sendPhoto", {"chat_id": api.hoa.id, "photo": contact, "caption": "/lich"}),
        ("sendVoice", {"chat_id": api.hoa.id, "voice": api.hoa.send_voice()["voice"]["file_id"]}),
        ("editMessageText", place | {"message_id": 4, "text": "b"}),
        ("sendChatAction", {"chat_id": api.hoa.id, "action": "typing"}),
        ("deleteMessage", place),
        ("setMyCommands", {"commands": [{"command": "a", "description": "b"}]}),
        ("getMyCommands", {}),
        ("setMyDescription", {"description": "Chào bà con"}),
        ("setMyShortDescription", {"short_description": "Cầu Nối"}),
        ("getFile", {"file_id": contact}),
        ("setWebhook", {"url": "http://127.0.0.1:9/", "allowed_updates": ["message"]}),
        ("getWebhookInfo", {}),
        ("deleteWebhook", {}),
        ("getUpdates", {}),
    ):
        found[method] = await api.ok(method, **params)
    form = aiohttp.FormData({"chat_id": str(api.hoa.id)})
    form.add_field("document", b"x", filename="a.pdf")
    async with api.http.post(f"{api.base}/bot{api.world.bot.token}/sendDocument", data=form) as answer:
        found["sendDocument"] = (await answer.json())["result"]

    for method, result in found.items():
        assert faults(result, SPEC["methods"][method]["returns"], method) == []
    assert not api.world.complaints


def test_our_copy_of_the_specification_is_the_specification() -> None:
    for kind, taken in (("methods", OURS["methods"]), ("types", OURS["types"])):
        for name, fields in taken.items():
            theirs = SPEC[kind][name]
            if "*" in fields:
                assert fields["*"].split("|") == theirs["subtypes"]
                continue
            told = {
                field["name"]: ("!" if field["required"] else "") + "|".join(field["types"])
                for field in theirs.get("fields", [])
            }
            assert fields == told, name


def test_samples_are_what_they_say() -> None:
    assert samples.dimensions(samples.photo()) == (640, 480)
    assert samples.dimensions(samples.sticker()) == (256, 256)
    assert samples.voice(2).count(b"OggS") == 4
    assert samples.dimensions(b"nothing") == (0, 0)
