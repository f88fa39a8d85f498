"""The rules of a ticket by themselves: states, clocks, words, codes."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.messages import Address, FileRef, Heard, Opening, Rejected
from handlers.feedback.codes import read_code
from handlers.feedback.rules import CLOSED, FOLLOWS, Act, Status, after, again_by, deadlines, soon_from, starts, waited
from handlers.feedback.texts import SHORT_STATES, STATES
from handlers.feedback.topic_words import TOPIC_WORDS
from handlers.feedback.topics import NAMES, alarm_of, elsewhere, suggests, topic_of
from scheduler.civil_zone import VIETNAM

DIAGRAM = Path(__file__).parents[2] / "docs" / "ticket_states.md"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def heard(text: str, file: FileRef | None = None) -> Heard:
    return Heard(Address("test:1", "a"), "1", at("2026-11-23 08:00"), text=text, file=file)


# states -------------------------------------------------------------------------------------------------------------


def test_the_diagram_shows_exactly_the_rules() -> None:
    drawn = set(re.findall(r"^    (\w+) --> (\w+) : (\w+)$", DIAGRAM.read_text(), re.MULTILINE))
    meant = {(before.value, then.value, act.value) for act, moves in FOLLOWS.items() for before, then in moves.items()}
    assert drawn == meant


def test_every_act_and_every_state_has_its_place() -> None:
    assert set(FOLLOWS) == set(Act)
    assert set(STATES) == set(SHORT_STATES) == {status.value for status in Status}


def test_what_is_closed_stays_closed_but_for_silence() -> None:
    left = {before for moves in FOLLOWS.values() for before in moves if before in CLOSED}
    assert left == {Status.SILENT}


@given(st.sampled_from(Act), st.sampled_from(Status))
def test_an_act_leads_on_or_is_kindly_refused(act: Act, status: Status) -> None:
    if status in FOLLOWS[act]:
        assert after(act, status.value) is FOLLOWS[act][status]
    else:
        with pytest.raises(Rejected, match="ạ"):
            after(act, status.value)


# clocks -------------------------------------------------------------------------------------------------------------


def test_the_worked_example() -> None:
    times = deadlines(at("2026-11-23 08:00"), urgent=False)
    assert times.receive_by == at("2026-11-25 08:00")
    assert times.resolve_by == at("2026-12-01 17:00")
    assert again_by(at("2026-11-26 09:30")) == at("2026-12-03 17:00")


def test_danger_has_four_office_hours() -> None:
    assert deadlines(at("2026-11-23 15:00"), urgent=True).resolve_by == at("2026-11-25 09:30")


def test_a_clock_starts_at_a_quarter_of_an_hour() -> None:
    assert starts(at("2026-11-23 08:14"), anonymous=False) == at("2026-11-23 08:00")


@given(st.times(), st.times(), st.booleans())
def test_without_a_name_no_deadline_tells_the_hour(one: time, other: time, urgent: bool) -> None:
    day = date(2026, 11, 23)
    moments = [datetime.combine(day, moment, VIETNAM) for moment in (one, other)]
    first, second = (deadlines(starts(moment, anonymous=True), urgent) for moment in moments)
    assert first == second


def test_waiting_for_a_resident_does_not_count() -> None:
    extended = waited(at("2026-12-01 17:00"), at("2026-11-26 09:00"), at("2026-11-26 14:30"))
    assert extended == at("2026-12-02 11:30")  # four office hours more


def test_a_reminder_comes_when_four_fifths_are_gone() -> None:
    assert soon_from(at("2026-11-25 07:30"), at("2026-12-01 17:00")) == at("2026-11-30 17:00")


# words --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("den duong hem 47 hu 3 hom roi", "dien_chieu_sang"),
        ("Rác đổ đầy hẻm 12 cả tuần", "ve_sinh_moi_truong"),
        ("ổ gà to trước cổng chợ", "giao_thong_ha_tang"),
        ("nhà tôi ở hẻm 47", ""),
        ("hát karaoke ồn quá", "an_ninh_trat_tu"),
        ("đề nghị làm gờ giảm tốc gần trường", "giao_thong_ha_tang"),
        ("xin chào mọi người", ""),
    ],
)
def test_topics_are_guessed_from_words(text: str, topic: str) -> None:
    assert topic_of(text) == topic


@pytest.mark.parametrize(
    ("text", "kind", "sure"),
    [
        ("Cháy nhà hẻm 5 cứu với", "fire", True),
        ("dang chay nha", "fire", True),
        ("chay bo moi sang", "fire", False),
        ("có người bị điện giật", "hurt", True),
        ("chồng đánh đập vợ", "threat", True),
        ("xe chạy nhanh quá", None, None),
    ],
)
def test_danger_is_heard_and_one_bare_word_is_not_sure(text: str, kind: str | None, sure: bool | None) -> None:
    alarm = alarm_of(text)
    assert (alarm and alarm.key, alarm and alarm.sure) == (kind, sure)


def test_complaints_and_denunciations_are_told_apart() -> None:
    assert elsewhere("tôi khiếu nại quyết định thu hồi đất") == "khieu_nai"
    assert elsewhere("ong A nhan hoi lo") == "to_cao"
    assert elsewhere("đèn đường hư") == ""


def test_every_topic_of_the_word_list_has_a_name() -> None:
    assert set(TOPIC_WORDS) < set(NAMES)


@pytest.mark.parametrize("text", ["hôm nay họp mấy giờ vậy", "chào em", "hẻm 47", "cảm ơn nhiều nhé"])
def test_talk_is_not_taken_for_feedback(text: str) -> None:
    assert suggests(heard(text)) is None


def test_matter_and_photos_propose_feedback() -> None:
    opening = suggests(heard("den duong hem 47 hu"))
    assert opening == Opening("feedback", {"text": "den duong hem 47 hu"})
    pictured = suggests(heard("", FileRef("photo", "p1")))
    assert pictured is not None
    assert pictured.given["files"][0]["ref"] == "p1"


@pytest.mark.parametrize(
    ("text", "talk", "given_"),
    [
        ("PA 0427", "ticket_state", {"number": "0427"}),
        ("pa 2611-0427", "ticket_state", {"number": "2611-0427"}),
        ("Pa26110427", "ticket_state", {"number": "2611-0427"}),
        ("pa 7", "ticket_state", {"number": "0007"}),
        ("TRA 4729-1836", "claim", {"digits": "47291836", "words": ""}),
        ("tra cứu 4729 1836: vẫn hôi", "claim", {"digits": "47291836", "words": "vẫn hôi"}),
    ],
)
def test_codes_are_read_however_they_are_typed(text: str, talk: str, given_: dict[str, str]) -> None:
    assert read_code(heard(text)) == Opening(talk, given_)


@pytest.mark.parametrize("text", ["PA", "xem PA 0427 giúp", "tra 123", "trả lời", "pano 12"])
def test_other_words_are_no_codes(text: str) -> None:
    assert read_code(heard(text)) is None
