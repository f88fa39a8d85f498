"""The pretend server refuses what Telegram refuses, in Telegram's words."""

import asyncio
import io
from typing import Any

import aiohttp
import pytest
from PIL import Image

from sandbox import samples
from sandbox.clock import MovableClock
from sandbox.entities import formatted
from sandbox.errors import ApiError
from sandbox.server import serving
from sandbox.world import World
from tests.sandbox.bench import Bench, bench

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
ENTITIES = "Bad Request: can't parse entities: "


def keyboard(*labels: str, data: str = "k") -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": label, "callback_data": f"{data}:{label}"[:64]}] for label in labels]}


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": "  \n "}, "Bad Request: message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "Bad Request: message text is empty"),
        ({"text": "ế" * 4097}, "Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "Bad Request: message is too long"),
        ({"text": "<x>a</x>", "parse_mode": "HTML"}, ENTITIES + 'Unsupported start tag "x" at byte offset 0'),
        (
            {"text": "ế<b>a", "parse_mode": "HTML"},
            ENTITIES + 'Can\'t find end tag corresponding to start tag "b"',
        ),
        (
            {"text": "ế <b>a</i>", "parse_mode": "HTML"},
            ENTITIES + 'Unmatched end tag at byte offset 8, expected "</b>", found "</i>"',
        ),
        (
            {"text": "Xong.", "parse_mode": "MarkdownV2"},
            ENTITIES + "Character '.' is reserved and must be escaped with the preceding '\\'",
        ),
        (
            {"text": "*a", "parse_mode": "MarkdownV2"},
            ENTITIES + "Can't find end of Bold entity at byte offset 0",
        ),
        ({"text": "a", "parse_mode": "BBCode"}, "Bad Request: unsupported parse_mode"),
        (
            {"text": "a😀", "entities": [{"type": "bold", "offset": 2, "length": 1}]},
            "Bad Request: entity begins in a middle of a UTF-16 symbol at UTF-16 offset 2",
        ),
        (
            {"text": "ab", "entities": [{"type": "bold", "offset": 1, "length": 2}]},
            "Bad Request: entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 3",
        ),
        (
            {"text": "ab", "entities": [{"type": "bold", "offset": 0, "length": 0}]},
            "Bad Request: receive an entity with incorrect length 0",
        ),
        (
            {"text": "a", "reply_parameters": {"message_id": 99}},
            "Bad Request: message to be replied not found",
        ),
        ({"text": "a", "reply_markup": {}}, "Bad Request: object expected as reply markup"),
        ({"text": "a", "reply_markup": None}, "Bad Request: object expected as reply markup"),
        (
            {"text": "a", "reply_markup": '{"inline'},
            "Bad Request: can't parse reply keyboard markup JSON object",
        ),
        (
            {"text": "a", "reply_markup": {"inline_keyboard": []}},
            'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be a non-empty Array of Arrays',
        ),
        (
            {"text": "a", "reply_markup": {"inline_keyboard": [[]]}},
            'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        (
            {"text": "a", "reply_markup": keyboard(*map(str, range(101)))},
            "Bad Request: REPLY_MARKUP_TOO_LONG",
        ),
        (
            {"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 9]}},
            "Bad Request: REPLY_MARKUP_TOO_LONG",
        ),
        (
            {"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "ế" * 22}]]}},
            "Bad Request: BUTTON_DATA_INVALID",
        ),
        (
            {"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "x"}]]}},
            "Bad Request: can't parse inline keyboard button: text buttons are unallowed in the inline keyboard",
        ),
        ({"text": "a", "chat_id": 5}, "Bad Request: chat not found"),
        ({"text": "a", "chat_id": ""}, "Bad Request: chat_id is empty"),
    ],
)
async def test_a_message_telegram_would_not_send(api: Bench, params: dict[str, Any], words: str) -> None:
    body = await api.call("sendMessage", **({"chat_id": api.hoa.id} | params))

    assert body == {"ok": False, "error_code": 400, "description": words}
    assert api.hoa.heard == []


async def test_the_longest_text_and_the_longest_data_are_taken(api: Bench) -> None:
    await api.ok("sendMessage", chat_id=api.hoa.id, text="😀" * 2048)
    await api.ok("sendMessage", chat_id=api.hoa.id, text="<b>" + "ế" * 4096 + "</b>", parse_mode="HTML")
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "x" * 64}] * 8] * 12}
    await api.ok("sendMessage", chat_id=api.hoa.id, text="a", reply_markup=markup)

    assert not api.world.complaints


async def test_a_bot_may_not_write_to_strangers_or_to_who_blocked_it(api: Bench) -> None:
    lan = api.world.add_person("Cô Lan")
    body = await api.call("sendMessage", chat_id=lan.id, text="a")
    assert (body["error_code"], body["description"]) == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )

    api.hoa.block()
    body = await api.send()
    assert (body["error_code"], body["description"]) == (403, "Forbidden: bot was blocked by the user")
    with pytest.raises(ValueError, match="blocked"):
        api.hoa.type("a")

    api.hoa.unblock()
    assert (await api.send())["ok"]
    api.hoa.delete_account()
    assert (await api.send())["description"] == "Forbidden: user is deactivated"
    changes = [item["my_chat_member"] for item in api.world.bot.updates.history if "my_chat_member" in item]
    statuses = [(item["old_chat_member"]["status"], item["new_chat_member"]["status"]) for item in changes]
    assert statuses == [("member", "kicked"), ("kicked", "member")]


async def test_wrong_token_and_unknown_method(api: Bench) -> None:
    assert await api.call("getMe", token="1:x") == {
        "ok": False,
        "error_code": 401,
        "description": "Unauthorized",
    }
    assert (await api.call("sendSmoke"))["description"] == "Not Found"
    assert (await api.ok("GETME"))["is_bot"] is True


async def test_edits(api: Bench) -> None:
    message = (await api.send(reply_markup=keyboard("Đúng")))["result"]
    place = {"chat_id": api.hoa.id, "message_id": message["message_id"]}

    same = await api.call("editMessageText", **place, text="Chào bác", reply_markup=keyboard("Đúng"))
    assert same["description"] == NOT_MODIFIED
    assert (await api.call("editMessageText", **(place | {"message_id": 77}), text="a"))["description"] == (
        "Bad Request: message to edit not found"
    )
    assert (await api.call("editMessageText", chat_id=api.hoa.id, message_id=1, text="a"))["description"] == (
        "Bad Request: message can't be edited"
    )
    await api.ok("editMessageReplyMarkup", **place, reply_markup={"inline_keyboard": []})
    assert (await api.call("editMessageReplyMarkup", **place))["description"] == NOT_MODIFIED
    edited = await api.ok("editMessageText", **place, text="<b>Đã ghi</b>", parse_mode="HTML")
    assert (edited["text"], edited["entities"][0]["type"]) == ("Đã ghi", "bold")
    assert (await api.call("editMessageText", **place, text="Đã ghi"))["ok"], "the same words without bold differ"


async def test_deleting(api: Bench) -> None:
    first, second = [(await api.send())["result"]["message_id"] for _ in range(2)]
    await api.ok("deleteMessage", chat_id=api.hoa.id, message_id=first)
    body = await api.call("deleteMessage", chat_id=api.hoa.id, message_id=first)
    assert body["description"] == "Bad Request: message to delete not found"

    api.world.move(49 * 3600)
    body = await api.call("deleteMessage", chat_id=api.hoa.id, message_id=second)
    assert body["description"] == "Bad Request: message can't be deleted"


async def test_a_tap_is_answered_once_and_in_time(api: Bench) -> None:
    await api.send(reply_markup=keyboard("Đúng", "Sai"))
    first, late = api.hoa.tap(None, "Đúng"), api.hoa.tap(None, "k:Sai")

    too_long = await api.call("answerCallbackQuery", callback_query_id=first, text="a" * 201)
    assert too_long["description"] == "Bad Request: MESSAGE_TOO_LONG"
    await api.ok("answerCallbackQuery", callback_query_id=first, text="Đã nghe")
    assert (await api.call("answerCallbackQuery", callback_query_id=first))["description"] == TOO_OLD
    assert (await api.call("answerCallbackQuery", callback_query_id="nope"))["description"] == TOO_OLD
    api.world.move(151)
    assert (await api.call("answerCallbackQuery", callback_query_id=late))["description"] == TOO_OLD
    with pytest.raises(ValueError, match="no button"):
        api.hoa.tap(None, "Có")
    query = next(item for item in api.world.bot.updates.history if "callback_query" in item)["callback_query"]
    assert (query["data"], query["message"]["message_id"], query["from"]["id"]) == ("k:Đúng", 2, api.hoa.id)
    assert query["chat_instance"]


async def test_complaints_name_what_the_specification_does_not_know(api: Bench) -> None:
    await api.send(reply_to_message_id=1)
    await api.send(reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "b", "colour": "red"}]]})
    await api.call("sendMessage", chat_id=api.hoa.id)

    assert list(api.world.complaints) == [
        "sendMessage: parameter 'reply_to_message_id' is not in the specification",
        "sendMessage: reply_markup.inline_keyboard[0][0].colour is not in the specification",
        "sendMessage: required parameter 'text' is missing",
    ]


async def test_updates_come_again_until_confirmed(api: Bench) -> None:
    api.hoa.type("một")
    api.hoa.type("hai")
    first = await api.ok("getUpdates")
    assert [item["message"]["text"] for item in first] == ["/start", "một", "hai"]
    assert first[0]["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert [item["update_id"] for item in first] == list(range(first[0]["update_id"], first[0]["update_id"] + 3))
    assert await api.ok("getUpdates", limit=1) == first[:1]

    confirmed = await api.ok("getUpdates", offset=first[1]["update_id"])
    assert confirmed == first[1:]
    assert await api.ok("getUpdates", offset=-1) == first[2:]
    assert await api.ok("getUpdates", offset=first[2]["update_id"] + 1) == []
    api.world.repeat(first[1]["update_id"])
    assert await api.ok("getUpdates", offset=first[2]["update_id"] + 1) == [first[1]]
    assert await api.ok("getUpdates", offset=first[2]["update_id"] + 1) == []


async def test_a_long_poll_wakes_up_and_a_day_is_forgotten(api: Bench) -> None:
    last = (await api.ok("getUpdates"))[-1]["update_id"]
    poll = asyncio.create_task(api.ok("getUpdates", offset=last + 1, timeout=10, allowed_updates=["message"]))
    await asyncio.sleep(0.05)
    api.hoa.block()
    api.hoa.unblock()
    api.hoa.type("ba")
    assert [item["message"]["text"] for item in await poll] == ["ba"], "what was not allowed is not kept"

    api.world.move(24 * 3600 + 1)
    assert await api.ok("getUpdates", offset=last + 1) == []


async def test_the_second_poller_ends_the_first(api: Bench) -> None:
    last = (await api.ok("getUpdates"))[-1]["update_id"]
    first = asyncio.create_task(api.call("getUpdates", offset=last + 1, timeout=10))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(api.call("getUpdates", offset=last + 1, timeout=10))
    assert await first == {
        "ok": False,
        "error_code": 409,
        "description": "Conflict: terminated by other getUpdates request; make sure that only one bot instance"
        " is running",
    }
    await api.ok("setWebhook", url="http://127.0.0.1:9/hook")
    assert (await second)["description"] == "Conflict: terminated by setWebhook request"
    assert (await api.call("getUpdates"))["description"] == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    await api.ok("deleteWebhook", drop_pending_updates=True)
    assert await api.ok("getUpdates") == []


async def test_pace() -> None:
    async with bench(pace=True) as api:
        answers = [await api.send(str(number)) for number in range(6)]
        assert [body["ok"] for body in answers] == [True] * 5 + [False]
        assert answers[-1] == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        }
        people = [api.world.add_person(f"Người {number}") for number in range(40)]
        for person in people:
            person.open_link()
        bodies = [await api.call("sendMessage", chat_id=person.id, text="a") for person in people]
        assert sum(body["ok"] for body in bodies) < 40
        assert api.world.bot.pace.refused == 1 + sum(not body["ok"] for body in bodies)


async def test_troubles(api: Bench) -> None:
    faults = api.world.faults
    faults.throttle(2, retry_after=7)
    assert (await api.send())["parameters"] == {"retry_after": 7}
    assert (await api.ok("getMe"))["is_bot"], "only sends are throttled"
    assert not (await api.send())["ok"]
    assert (await api.send("một"))["ok"]

    faults.swallow()
    with pytest.raises(aiohttp.ClientError):
        await api.send("đã nhận")
    assert api.hoa.last["text"] == "đã nhận"

    faults.network_down()
    with pytest.raises(aiohttp.ClientError):
        await api.send("mất")
    faults.clear()
    assert api.hoa.last["text"] == "đã nhận"

    faults.slow(0.05, times=1)
    started = asyncio.get_running_loop().time()
    await api.ok("sendMessage", chat_id=api.hoa.id, text="đã nhận")
    assert asyncio.get_running_loop().time() - started >= 0.05

    faults.html(code=503)
    url = f"{api.base}/bot{api.world.bot.token}/sendMessage"
    async with api.http.post(url, data={"chat_id": api.hoa.id, "text": "x"}) as answer:
        assert (answer.status, answer.content_type) == (503, "text/html")
    faults.false_ok()
    async with api.http.post(url, data={"chat_id": api.hoa.id, "text": "x"}) as answer:
        assert answer.status == 200
        assert (await answer.json())["ok"] is False
    assert api.hoa.last["text"] == "đã nhận"
    assert [request.status for request in api.world.requests if request.method == "sendMessage"] == [
        429, 429, 200, 200, 0, 200, 503, 500,
    ]  # fmt: skip


async def test_forms_multipart_and_files(api: Bench) -> None:
    url = f"{api.base}/bot{api.world.bot.token}/"
    form = {
        "chat_id": str(api.hoa.id),
        "text": "Chào",
        "reply_markup": '{"keyboard":[[{"text":"Gửi số","request_contact":true}]]}',
    }
    async with api.http.post(url + "sendMessage", data=form) as answer:
        assert "reply_markup" not in (await answer.json())["result"]
    contact = api.hoa.press("Gửi số")["contact"]
    assert contact["user_id"] == api.hoa.id
    assert "user_id" not in api.hoa.share_contact(own=False)["contact"]

    body = aiohttp.FormData(quote_fields=False)
    body.add_field("chat_id", str(api.hoa.id))
    body.add_field("photo", samples.photo(), filename="đèn.jpg", content_type="image/jpeg")
    async with api.http.post(url + "sendPhoto", data=body) as answer:
        sizes = (await answer.json())["result"]["photo"]
    assert [(size["width"], size["height"]) for size in sizes] == [(90, 68), (320, 240), (640, 480)]
    found = await api.ok("getFile", file_id=sizes[-1]["file_id"])
    async with api.http.get(f"{api.base}/file/bot{api.world.bot.token}/{found['file_path']}") as answer:
        assert len(await answer.read()) == found["file_size"]
    assert (await api.call("getFile", file_id="x"))["description"] == "Bad Request: invalid file_id"
    again = await api.ok("sendPhoto", chat_id=api.hoa.id, photo=sizes[-1]["file_id"])
    assert again["photo"][0]["file_unique_id"] == sizes[-1]["file_unique_id"]

    body = aiohttp.FormData()
    body.add_field("chat_id", str(api.hoa.id))
    body.add_field("photo", b"not a picture", filename="x.jpg")
    async with api.http.post(url + "sendPhoto", data=body) as answer:
        assert (await answer.json())["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
    assert not api.world.complaints


async def test_a_persons_photo_loses_its_metadata_and_a_voice_is_a_recording(api: Bench) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Máy ảnh của bác Hoa"
    Image.new("RGB", (1600, 1200), "red").save(out, "JPEG", exif=exif)
    sizes = api.hoa.send_photo(out.getvalue(), caption="đèn hư")["photo"]
    stored = api.world.files.get(sizes[-1]["file_id"])
    assert stored is not None
    assert (sizes[-1]["width"], sizes[-1]["height"]) == (1280, 960)
    assert not Image.open(io.BytesIO(stored.data)).getexif()
    assert api.hoa.send_voice(duration=14)["voice"]["duration"] == 14
    assert api.hoa.send_sticker()["sticker"]["type"] == "regular"
    edited = api.hoa.edit(api.hoa.type("sia")["message_id"], "sửa")
    assert edited["edit_date"] == edited["date"]
    assert "edited_message" in api.world.bot.updates.history[-1]


async def test_commands_are_checked_and_shown_to_the_right_people(api: Bench) -> None:
    await api.ok("setMyCommands", commands=[{"command": "lich", "description": "Lịch họp"}])
    assert await api.ok("getMyCommands") == [{"command": "lich", "description": "Lịch họp"}]
    body = await api.call("setMyCommands", commands=[{"command": "lịch", "description": "Lịch"}])
    assert body["description"] == "Bad Request: BOT_COMMAND_INVALID"
    await api.ok("deleteMyCommands")
    assert await api.ok("getMyCommands") == []
    assert (await api.call("sendChatAction", chat_id=api.hoa.id, action="dancing"))["description"] == (
        "Bad Request: wrong parameter action in request"
    )


async def test_strangers_are_kept_out(api: Bench) -> None:
    url = f"{api.base}/api/state"
    async with api.http.get(url, headers={"Host": "evil.example"}) as answer:
        assert answer.status == 403
    url = f"{api.base}/api/people/{api.hoa.id}/block"
    async with api.http.post(url, json={}, headers={"Origin": "http://evil.example"}) as answer:
        assert answer.status == 403
    async with api.http.post(url, data={}) as answer:
        assert answer.status == 415
    for site, status in (("cross-site", 403), ("same-origin", 404)):  # of a page that tells nobody where it came from
        hidden = {"Origin": "null", "Sec-Fetch-Site": site}
        async with api.http.post(f"{api.base}/nowhere", json={}, headers=hidden) as answer:
            assert answer.status == status
    async with api.http.post(url, json={}, headers={"Origin": api.base}) as answer:
        assert answer.status == 200
    with pytest.raises(ValueError, match="loopback"):
        async with serving(World(MovableClock()), host="192.0.2.1"):
            pass


def test_markdown_and_html_say_the_same() -> None:
    html = formatted('<b>Khu <i>phố</i></b> <a href="http://x.y/z">4</a> &lt;😀&gt; <code>a.b</code>', "HTML", None)
    markdown = formatted("*Khu _phố_* [4](http://x.y/z) <😀\\> `a.b`", "MarkdownV2", None)
    assert html == markdown
    assert [(item["type"], item["offset"], item["length"]) for item in html.entities] == [
        ("bold", 0, 7), ("italic", 4, 3), ("text_link", 8, 1), ("code", 15, 3),
    ]  # fmt: skip
    assert formatted("&lt;b&gt &nbsp; &#272;", "HTML", None).text == "<b> &nbsp; Đ"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href='x", "Unclosed start tag at byte offset 0"),
        ("ế < 4", 'Unsupported start tag "" at byte offset 4'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_html_telegram_cannot_read(source: str, words: str) -> None:
    with pytest.raises(ApiError, match=f"^Bad Request: can't parse entities: {words}$"):
        formatted(source, "HTML", None)
