"""A Zalo bot's events, read by shape: both bodies, all kinds, and whatever a hostile or clumsy server may write."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels.zalo_bot_updates import hear
from conversation.messages import Address, FileRef, Heard, Json

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MS = int(NOW.timestamp() * 1000)
BOT = "zalo_bot:2000000001"
SAU = "b41c09d7e2f8356a71c0"
ME = Address(BOT, SAU)


def event(kind: str, *, chat: Json | None = None, **content: Any) -> Json:
    message = {
        "date": MS, "chat": chat or {"chat_type": "PRIVATE", "id": SAU}, "message_id": "7d10c4e95ab2836f01be",
        "from": {"id": SAU, "is_bot": False, "display_name": "Chị Sáu"}, **content,
    }  # fmt: skip
    return {"event_name": f"message.{kind}.received", "message": message}


def heard(**fields: Any) -> Heard:
    return Heard(ME, "7d10c4e95ab2836f01be", NOW, **fields)


PHOTO, VOICE = "https://photo.example/abc.jpg", "https://voice.example/abc.aac"
TEXT = event("text", text="Đường hư")


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        (TEXT, heard(text="Đường hư")),
        ({"ok": True, "result": TEXT}, heard(text="Đường hư")),
        (event("text", text="Đu\u031bo\u031b\u0300ng\x00 hư\ud800"), heard(text="Đường hư")),
        (event("text", text="a" * 9000), heard(text="a" * 4096)),
        (event("image", photo_url=PHOTO, caption=" Ổ gà "), heard(file=FileRef("photo", PHOTO), text="Ổ gà")),
        (event("image", photo=PHOTO), heard(file=FileRef("photo", PHOTO))),
        (event("image", photo_url="file:///etc/passwd"), None),
        (event("image", photo_url=f"https://a/{'x' * 3000}"), None),
        (event("image"), None),
        (event("voice", voice_url=VOICE), heard(file=FileRef("voice", VOICE))),
        (event("sticker", sticker="a1b2", url=PHOTO), heard(other="sticker")),
        (event("unsupported"), heard(other="unsupported")),
        (event("poll", text="x"), None),
        (event("text", text="2", date=MS // 1000), heard(text="2")),
        (event("text", text="2", date=MS - 49 * 3600 * 1000), None),
        (event("text", text="2", date=MS // 1000 - 49 * 3600), None),
        (event("text", text="2", date="hôm qua"), heard(text="2")),
        (event("text", text="x", **{"from": {"id": SAU, "is_bot": True}}), None),
        (event("text", text="x", chat={"chat_type": "PRIVATE", "id": "another"}), None),
        (event("text", text="@Bot lịch", chat={"chat_type": "GROUP", "id": "g-1"}),
         Heard(Address(BOT, "g-1"), "7d10c4e95ab2836f01be", NOW, group=True)),
        (event("sticker", chat={"chat_type": "GROUP", "id": "g-1"}), None),
        (event("text", text="x", message_id=""), None),
        (event("text", text="x", message_id="với dấu"), None),
        ({"event_name": "user.follow"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_an_event_is_read(update: Json, expected: Heard | None) -> None:
    assert hear(update, BOT, NOW) == expected


def test_ids_that_come_as_numbers_are_words() -> None:
    update = event("text", text="2", chat={"chat_type": "PRIVATE", "id": 7}, message_id=9, **{"from": {"id": 7}})
    assert hear(update, BOT, NOW) == Heard(Address(BOT, "7"), "9", NOW, text="2")


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)


@given(st.sampled_from(["message", "from", "chat", "text", "date", "message_id", "event_name", "id"]), junk)
@example("date", 10**30)
@example("date", float("nan"))
def test_junk_in_any_place_raises_nothing(place: str, value: Any) -> None:
    def spoilt(shape: Any) -> Any:
        if not isinstance(shape, dict):
            return shape
        return {key: value if key == place else spoilt(inner) for key, inner in shape.items()}

    found = hear(spoilt(json.loads(json.dumps(TEXT))), BOT, NOW)
    assert found is None or found.address.account == BOT
