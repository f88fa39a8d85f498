"""The specification passes what Telegram takes and catches what it refuses."""

import json
from typing import Any, NamedTuple

import pytest

from tests.bot_api_spec import SPEC, check

Params = dict[str, Any]


class Upload(NamedTuple):
    """A file as the sandbox records it."""

    name: str
    mime: str
    data: bytes


def message(**more: object) -> Params:
    return {"chat_id": 7, "text": "Chào bà con", **more}


def buttons(*row: Params) -> Params:
    return message(reply_markup={"inline_keyboard": [list(row)]})


def media(kind: str, name: str) -> Params:
    return {"type": kind, "media": name}


VALID: list[tuple[str, Params]] = [
    ("getMe", {}),
    ("sendMessage", message()),
    ("sendMessage", {"chat_id": "7", "text": "7", "disable_notification": "true", "message_thread_id": "3"}),
    ("sendMessage", message(chat_id="@phuong15", text="x" * 4096)),
    ("sendMessage", message(text="<b>" + "&lt;" * 4096 + "</b>", parse_mode="HTML")),
    ("sendMessage", buttons({"text": "Đồng ý", "callback_data": "é" * 32})),
    ("sendMessage", message(reply_markup=json.dumps({"force_reply": True}))),
    ("sendMessage", message(reply_markup={"keyboard": [[{"text": "Gửi số", "request_contact": True}]]})),
    ("sendMessage", message(reply_markup={"remove_keyboard": True})),
    ("sendMessage", message(reply_parameters={"message_id": 4}, link_preview_options={"is_disabled": True})),
    ("sendPhoto", {"chat_id": 7, "photo": Upload("hem47.jpg", "image/jpeg", b"\xff\xd8"), "caption": ""}),
    ("sendPhoto", {"chat_id": 7, "photo": "AgACAgIAAx"}),
    ("sendDocument", {"chat_id": 7, "document": b"{}"}),
    (
        "sendMediaGroup",
        {"chat_id": 7, "media": [media("photo", "attach://a"), media("photo", "b")], "a": b"1"},
    ),
    ("setMyCommands", {"commands": [{"command": "phananh", "description": "Phản ánh"}]}),
    ("setMyCommands", {"commands": [], "scope": {"type": "chat", "chat_id": 7}}),
    ("answerCallbackQuery", {"callback_query_id": "9", "text": "Đã nhận"}),
    ("editMessageText", {"chat_id": 7, "message_id": 3, "text": "Đã gửi"}),
    ("getUpdates", {"offset": "5", "limit": 100, "timeout": 30, "allowed_updates": '["message"]'}),
    ("setWebhook", {"url": "https://example.vn/h", "secret_token": "aB_-9"}),
    ("sendLocation", {"chat_id": 7, "latitude": "10.83", "longitude": 106.66}),
]

FAULTS: list[tuple[str, Params, str]] = [
    ("sendMesage", message(), "unknown method"),
    ("sendmessage", message(), "unknown method"),
    ("sendMessage", message(disable_web_preview=True), "disable_web_preview"),
    ("sendMessage", {"chat_id": 7}, "'text' is a required"),
    ("sendMessage", message(text=5), "$.text: 5 is not of type 'string'"),
    ("sendMessage", message(text=None), "$.text"),
    ("sendMessage", message(text=""), "0 characters, not 1-4096"),
    ("sendMessage", message(text=" \n "), "0 characters, not 1-4096"),
    ("sendMessage", message(text="x" * 4097), "4097 characters"),
    ("sendMessage", message(text="😀" * 2049), "4098 characters"),
    ("sendMessage", message(text="<b></b>", parse_mode="HTML"), "0 characters"),
    ("sendMessage", message(parse_mode="html5"), "$.parse_mode"),
    ("sendMessage", message(chat_id="phuong 15"), "$.chat_id"),
    ("sendMessage", message(chat_id=7.5), "$.chat_id"),
    ("sendMessage", message(disable_notification="yes"), "$.disable_notification"),
    ("sendMessage", message(message_thread_id="three"), "$.message_thread_id"),
    ("sendMessage", message(message_thread_id=True), "$.message_thread_id"),
    ("sendMessage", message(entities={"type": "bold"}), "$.entities"),
    ("sendMessage", message(entities=[{"type": "bold", "offset": 0}]), "'length' is a required"),
    ("sendMessage", message(reply_markup="{broken"), "$.reply_markup"),
    ("sendMessage", message(reply_markup={"inline_keyboard": [{"text": "a"}]}), "inline_keyboard[0]"),
    ("sendMessage", message(reply_parameters={"chat_id": 4}), "$.reply_parameters"),
    ("sendMessage", buttons({"text": "a", "callback_data": ""}), "0 bytes, not 1-64"),
    ("sendMessage", buttons({"text": "a", "callback_data": "é" * 33}), "66 bytes, not 1-64"),
    ("sendMessage", buttons({"text": "a"}), "exactly one action"),
    (
        "sendMessage",
        buttons({"text": "a", "callback_data": "b", "url": "https://c.vn"}),
        "exactly one action",
    ),
    ("sendMessage", buttons({"callback_data": "b"}), "'text' is a required"),
    ("sendMessage", buttons({"text": "a", "callback_data": "b", "style": "red"}), "style"),
    ("sendPhoto", {"chat_id": 7, "photo": {"file": "a"}}, "$.photo"),
    ("sendPhoto", {"chat_id": 7, "photo": b"1", "caption": "x" * 1025}, "1025 characters"),
    ("sendPhoto", {"chat_id": 7, "photo": "a", "extra": b"1"}, "extra"),
    ("sendMediaGroup", {"chat_id": 7, "media": [media("photo", "a")]}, "$.media"),
    ("sendMediaGroup", {"chat_id": 7, "media": [media("photo", "a"), media("image", "b")]}, "$.media[1]"),
    (
        "sendMediaGroup",
        {"chat_id": 7, "media": [media("photo", "a"), media("photo", "attach://b")]},
        "attach://b",
    ),
    ("setMyCommands", {"commands": [{"command": "Phản_ánh", "description": "a"}]}, "command"),
    ("setMyCommands", {"commands": [{"command": "a", "description": ""}]}, "description"),
    ("setMyCommands", {"commands": [{"command": "a", "description": "b"}] * 101}, "too long"),
    ("setMyCommands", {"commands": [], "scope": {"type": "everyone"}}, "$.scope"),
    ("answerCallbackQuery", {"callback_query_id": "9", "text": "x" * 201}, "201 characters"),
    ("getUpdates", {"limit": 101}, "$.limit"),
    ("getUpdates", {"allowed_updates": "message"}, "$.allowed_updates"),
    ("setWebhook", {"url": "https://example.vn/h", "secret_token": "bí mật"}, "$.secret_token"),
    ("sendLocation", {"chat_id": 7, "latitude": "north", "longitude": 106.66}, "$.latitude"),
]


@pytest.mark.parametrize(("method", "params"), VALID)
def test_a_valid_request_passes(method: str, params: Params) -> None:
    assert check(method, params) == []


@pytest.mark.parametrize(("method", "params", "words"), FAULTS)
def test_a_planted_fault_is_caught_and_named(method: str, params: Params, words: str) -> None:
    found = check(method, params)
    assert len(found) == 1
    assert words in found[0]


def test_every_fault_of_a_request_is_told() -> None:
    assert len(check("sendMessage", {"text": 5, "wrong": 1})) == 3


def test_every_method_has_a_sound_schema() -> None:
    needs = {name: any(field["required"] for field in m.get("fields", [])) for name, m in SPEC["methods"].items()}
    assert {name for name in SPEC["methods"] if check(name, {})} == {name for name, does in needs.items() if does}
