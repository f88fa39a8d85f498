"""Events of a Zalo Official Account, read by shape: all that people do, and all that a clumsy server may write."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels.zalo_oa_updates import hear
from conversation.messages import Address, Contact, FileRef, Heard, Joined, Json, Left

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OA, SAU = "1357913579135791357", "7012345678901234567"
ACCOUNT = f"zalo_oa:{OA}"
ME = Address(ACCOUNT, SAU)
TIME = "1795406400123"
MSG = "8f3c1e5ab7d94c20a6e1"
PHOTO, VOICE = "https://photo.example/a.jpg", "https://voice.example/a.m4a"


def sent(kind: str, *, by: str = SAU, to: str = OA, time: Any = TIME, **content: Any) -> Json:
    message = {"msg_id": MSG} | content
    return {"app_id": "42", "user_id_by_app": "55", "event_name": kind, "sender": {"id": by}, "recipient": {"id": to},
            "message": message, "timestamp": time}  # fmt: skip


def attached(kind: str, url: object, **content: Any) -> Json:
    payload = {"url": url, "thumbnail": "https://photo.example/t.jpg"}
    return sent(f"user_send_{kind}", attachments=[{"type": kind, "payload": payload}], **content)


def managed(name: str, *, time: str = TIME, oa: str = OA) -> Json:
    return {"app_id": "42", "oa_id": oa, "user_id_by_app": "55", "event_name": name, "follower": {"id": SAU},
            "source": "oa_profile", "timestamp": time}  # fmt: skip


def form(**info: Any) -> Json:
    return {"app_id": "42", "event_name": "user_submit_info", "sender": {"id": SAU}, "recipient": {"id": OA},
            "info": {"name": "Nguyễn Thị Sáu"} | info, "timestamp": TIME}  # fmt: skip


def heard(**fields: Any) -> Heard:
    return Heard(ME, MSG, NOW, **fields)


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        (sent("user_send_text", text="2"), heard(text="2")),
        (sent("user_send_text", text="Đường\x00 hư \u200b"), heard(text="Đường hư")),
        (sent("user_send_text", text="a" * 9000), heard(text="a" * 4096)),
        (sent("user_send_text", msg_id=None, message_id=MSG, text="2"), heard(text="2")),
        (sent("user_send_text", time=int(TIME), text="2"), heard(text="2")),
        (attached("image", PHOTO, text="Ổ gà đầu ngõ"), heard(file=FileRef("photo", PHOTO), text="Ổ gà đầu ngõ")),
        (attached("image", "javascript:alert(1)"), heard(other="image")),
        (attached("image", "http://[::1"), heard(other="image")),
        (attached("audio", VOICE), heard(file=FileRef("voice", VOICE))),
        (attached("audio", 5), heard(other="audio")),
        (attached("link", "https://vi.example/a", text="Xem https://vi.example/a"),
         heard(text="Xem https://vi.example/a")),
        (attached("link", "https://vi.example/a"), heard(text="https://vi.example/a")),
        (sent("user_send_link"), heard(other="link")),
        (sent("user_send_sticker"), heard(other="sticker")),
        (sent("user_send_location"), heard(other="location")),
        (sent("user_send_file"), heard(other="document")),
        (sent("user_send_business_card"), heard(other="contact_card")),
    ],
)  # fmt: skip
def test_what_people_send(update: Json, expected: Heard) -> None:
    assert hear(update, ACCOUNT, NOW) == expected


@pytest.mark.parametrize(
    "update",
    [
        sent("oa_send_text", by=OA, to=SAU, text="Đã ghi nhận."),
        sent("user_send_text", by=OA, text="của chính mình"),
        sent("user_send_text", to="2468024680246802468", text="gửi tới OA khác cùng ứng dụng"),
        sent("anonymous_send_text", by="", text="?"),
        sent("user_send_group_text", text="trong nhóm"),
        sent("user_seen_message", msg_ids=["a"]),
        sent("user_received_message", by=OA, to="84900000001"),
        sent("user_click_chatnow"),
        sent("user_send_text", msg_id=None, time=None, text="không mã, không giờ"),
        managed("user_follow"),
        managed("follow", oa="2468024680246802468"),
        managed("follow", time=""),
        form(phone=None),
        {"app_id": "42", "oa_id": OA, "event_name": "add_user_to_tag", "tag": {"user_ids": [SAU]}, "timestamp": TIME},
        {},
    ],
)
def test_what_is_nobodys_doing_is_left_out(update: Json) -> None:
    assert hear(update, ACCOUNT, NOW) is None


def test_somebody_follows_and_leaves_each_time_anew() -> None:
    came, left, again = (
        hear(managed(name, time=time), ACCOUNT, NOW)
        for name, time in (("follow", TIME), ("unfollow", TIME), ("follow", "1795406999000"))
    )
    assert isinstance(came, Joined)
    assert isinstance(left, Left)
    assert isinstance(again, Joined)
    assert len({came.update, left.update, again.update}) == 3
    assert hear(managed("follow"), ACCOUNT, NOW) == came
    assert SAU not in came.update  # which is kept when their data are erased


@pytest.mark.parametrize("phone", ["84900000001", 84900000001])
def test_a_form_that_was_asked_for_gives_the_own_number(phone: object) -> None:
    event = hear(form(phone=phone, full_address={"user_ward": "Xã Mẫu"}), ACCOUNT, NOW)
    assert isinstance(event, Heard)
    assert event.contact == Contact("84900000001", own=True)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["event_name", "sender", "recipient", "message", "timestamp", "follower", "oa_id", "info"]
SAMPLES = [sent("user_send_text", text="2"), attached("image", PHOTO), managed("follow"), form(phone="849")]


@given(st.sampled_from(SAMPLES), st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=3))
@example(SAMPLES[0], {"timestamp": 10**4400})
def test_no_update_is_too_strange_to_be_read(sample: Json, changes: Json) -> None:
    event = hear(sample | changes, ACCOUNT, NOW)
    if event is not None:
        assert event.address == ME or event.address.chat.isprintable()
        json.dumps([event.address.chat, event.update])
