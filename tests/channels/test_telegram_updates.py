"""Telegram's updates, read by shape: all that people do, and all that a hostile or clumsy server may write."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels.telegram_updates import hear
from conversation.messages import Address, Contact, FileRef, Heard, Joined, Json, Left

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
BOT = "telegram:8123"
HOA = {"id": 41, "is_bot": False, "first_name": "Hoa"}
HERE = {"id": 41, "type": "private", "first_name": "Hoa"}
GROUP = {"id": -100200300, "type": "supergroup", "title": "Khu phố 4"}
ME = Address(BOT, "41")


def message(**content: Any) -> Json:
    return {"update_id": 5, "message": {"message_id": 1, "date": 1, "chat": HERE, "from": HOA} | content}


def tap(**changes: Any) -> Json:
    query = {"id": "77", "from": HOA, "message": {"message_id": 1, "date": 0, "chat": HERE}, "data": "r1:coming:yes"}
    return {"update_id": 5, "callback_query": query | changes}


def heard(**fields: Any) -> Heard:
    return Heard(ME, "5", NOW, **fields)


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        (message(text="Xin chào"), heard(text="Xin chào")),
        (message(text="/start u_26878"), heard(text="/start u_26878")),
        (message(text="Đường\x00 hư\ud800 \u200b"), heard(text="Đường hư")),
        (message(text=""), heard(text="")),
        (message(text="a" * 9000), heard(text="a" * 4096)),
        (message(photo=[{"file_id": "S", "width": 90, "height": 60}, {"file_id": "L", "width": 900, "height": 600,
                 "file_size": 70_000}], caption=" Ổ gà "), heard(file=FileRef("photo", "L", 70_000), text="Ổ gà")),
        (message(photo=[{"file_id": "A", "width": 9, "height": 6}], media_group_id="13"),
         heard(file=FileRef("photo", "A"), album="13")),
        (message(voice={"file_id": "V", "duration": 3, "file_size": 900}), heard(file=FileRef("voice", "V", 900))),
        (message(audio={"file_id": "M", "duration": 3}), heard(file=FileRef("voice", "M"))),
        (message(contact={"phone_number": "+84 912 345 678", "first_name": "Hoa", "user_id": 41}),
         heard(contact=Contact("+84 912 345 678", own=True))),
        (message(contact={"phone_number": "0912", "first_name": "Ai", "user_id": 42}),
         heard(contact=Contact("0912", own=False))),
        (message(contact={"phone_number": "0912", "first_name": "Ai"}), heard(contact=Contact("0912", own=False))),
        (message(sticker={"file_id": "S"}), heard(other="sticker")),
        (message(document={"file_id": "D"}), heard(other="document")),
        (message(animation={"file_id": "D"}, document={"file_id": "D"}), heard(other="animation")),
        (message(location={"latitude": 10.8, "longitude": 106.6}), heard(other="location")),
        (message(venue={}, location={}), heard(other="venue")),
        (message(video={"file_id": "V"}), heard(other="video")),
        (tap(), heard(tap="r1:coming:yes", callback="77")),
        (tap(data="ế\x00"), heard(tap="?", callback="77")),
    ],
)  # fmt: skip
def test_what_people_send_is_heard(update: Json, expected: Heard) -> None:
    assert hear(update, BOT, NOW) == expected


def test_an_edited_message_says_so() -> None:
    update = {"update_id": 5, "edited_message": message(text="sửa lại")["message"] | {"edit_date": 2}}
    assert hear(update, BOT, NOW) == heard(text="sửa lại", edited=True)


def test_a_group_is_heard_as_a_group_and_not_listened_to() -> None:
    update = message(chat=GROUP, text="/phananh số nhà tôi")
    assert hear(update, BOT, NOW) == Heard(Address(BOT, "-100200300"), "5", NOW, group=True)
    assert hear(message(chat=GROUP, new_chat_title="Mới"), BOT, NOW) is None


def test_blocking_and_coming_back() -> None:
    def change(status: str, chat: Json = HERE) -> Json:
        member = {"chat": chat, "from": HOA, "date": 1, "new_chat_member": {"status": status, "user": {"id": 8123}}}
        return {"update_id": 5, "my_chat_member": member}

    assert hear(change("kicked"), BOT, NOW) == Left(ME, "5", NOW)
    assert hear(change("member"), BOT, NOW) == Joined(ME, "5", NOW)
    assert hear(change("restricted"), BOT, NOW) is None
    assert hear(change("kicked", GROUP), BOT, NOW) is None


def test_as_the_npm_package_telegram_test_api_writes_it() -> None:
    chat = {"id": 1, "title": "Test chat", "first_name": "Test Name", "username": "testUserName", "type": "private"}
    user = {"id": 1, "first_name": "TestName", "username": "testUserName"}
    written = {"message_id": 1, "from": user, "chat": chat, "date": 1795392000123, "text": "xin chào"}
    query = {"id": 4, "from": user, "message": written, "data": "r1:x:y"}
    assert hear({"update_id": 1, "message": written}, BOT, NOW) == Heard(Address(BOT, "1"), "1", NOW, text="xin chào")
    assert hear({"update_id": 2, "callback_query": query | {"id": "4"}}, BOT, NOW) is not None


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"update_id": 5},
        {"update_id": "5", "message": message(text="a")["message"]},
        {"update_id": 10**5000, "message": message(text="a")["message"]},
        {"update_id": 5, "channel_post": message(text="a")["message"]},
        {"update_id": 5, "message_reaction": {}},
        {"update_id": 5, "message": None},
        message(text=5),
        message(text=["a"]),
        message(chat=None, text="a"),
        message(chat={"id": 10**40, "type": "private"}, **{"from": {"id": 10**40}}, text="a"),
        message(chat={"id": 41.0, "type": "private"}, text="a"),
        message(chat={"id": 42, "type": "private"}, text="a"),
        message(chat={"id": True, "type": "private"}, **{"from": {"id": True}}, text="a"),
        message(chat={"id": 41, "type": "channel"}, text="a"),
        message(photo=[]),
        message(photo=[None, {"width": "a"}]),
        message(photo=[{"file_id": "a\x00b", "width": 1, "height": 1}]),
        message(voice={"file_id": ""}),
        message(contact={"user_id": 41}),
        message(pinned_message={}),
        message(),
        tap(message=None),
        tap(message={"chat": GROUP}),
        tap(message={"chat": {"id": 42, "type": "private"}}),
        tap(**{"from": {"id": 42}}),
        tap(data=None),
        tap(id=["x"]),
        tap(id="\ud800"),
    ],
)  # fmt: skip
def test_what_is_not_a_persons_doing_is_nothing(update: Json) -> None:
    assert hear(update, BOT, NOW) is None


def test_a_button_pressed_by_somebody_else_is_not_theirs() -> None:
    stranger = {"id": 42, "is_bot": False, "first_name": "Ai"}
    assert hear(tap(**{"from": stranger}), BOT, NOW) is None


# --- property: nothing raises, and what is heard can be stored ------------------------------------------------------

words = st.text() | st.sampled_from(["private", "kicked", "\ud800", "\x00", "1", "x" * 5000])
numbers = st.integers() | st.sampled_from([41, 2**53, -(2**70), 10**4000])
junk = st.recursive(
    st.none() | st.booleans() | numbers | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
KEYS = (
    "chat from text photo voice audio contact caption media_group_id id data message type my_chat_member "
    "new_chat_member status sticker file_id width file_size user_id phone_number"
)
keys = st.sampled_from(KEYS.split())
valid = st.sampled_from([message(text="a"), message(photo=[{"file_id": "A", "width": 1, "height": 1}]), tap()])


@st.composite
def spoiled(draw: st.DrawFn) -> Json:
    """Draw a valid update, some of whose values became junk."""
    update: Json = json.loads(json.dumps(draw(valid)))
    for _ in range(draw(st.integers(1, 4))):
        inner: Any = update
        while isinstance(inner, dict) and inner and draw(st.booleans()):
            inner = inner[draw(st.sampled_from(sorted(inner)))]
        if isinstance(inner, dict):
            inner[draw(keys)] = draw(junk)
    return update


def storable(text: str) -> bool:
    return "\x00" not in text and text == text.encode("utf-8", "replace").decode()


@given(spoiled() | junk | st.dictionaries(keys | words, junk))
@example(message(chat=HERE | {"id": 2**53 - 1}, **{"from": {"id": 2**53 - 1}}, text="a"))
def test_no_update_raises_and_what_is_heard_can_be_stored(update: Any) -> None:
    match hear(update, BOT, NOW):
        case Heard() as event:
            kept = [event.text, event.tap, event.callback, event.album, event.other, event.update]
            kept += [event.address.chat, event.file.ref if event.file else ""]
            kept += [event.contact.phone if event.contact else ""]
            assert all(map(storable, kept))
            assert len(event.text) <= 4096
        case Left() | Joined() as event:
            assert storable(event.address.chat)
