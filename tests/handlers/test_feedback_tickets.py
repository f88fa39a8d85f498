"""Tickets in the records: numbers, rights, the clock, and what must not be told by those without a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, event, insert, select
from sqlalchemy.exc import IntegrityError

from conversation.messages import N_, Address, Command, FileRef, Phrase, Rejected, Words
from handlers.feature import Actor, Registry, look, perform
from handlers.feedback import FEATURE
from handlers.feedback.claims import Claimed, LookUpClaim
from handlers.feedback.commands import AddWords, ConfirmSolved, Opened, OpenTicket, Reopen, Sender, Withdraw
from handlers.feedback.officer_commands import AnswerTicket, AskResident, ForwardTicket, ReceiveTicket, ViewTicket
from handlers.feedback.personal_data import FeedbackData
from handlers.feedback.queries import DeskTicket, MyTicket, OnDesk
from handlers.feedback.retention import forget_senders
from handlers.feedback.rules import Act
from handlers.feedback.sweep import sweep
from handlers.feedback.words import desk_words
from handlers.not_arrived import why
from scheduler.civil_zone import VIETNAM
from storage import audit, outbox, people, tickets
from storage.outbox import Outcome
from storage.schema import deliveries, jobs, metadata, ticket_events, unit_closure, units
from storage.schema import files as files_table
from storage.schema import tickets as table
from storage.times import to_ms

REGISTRY = Registry([FEATURE])
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=VIETNAM)
AGREED = N_("Đồng ý")
COMMUNE, OTHER_COMMUNE = "26878", "26882"


def make(url: str) -> Iterator[Connection]:
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def _strict(connection: object, _record: object) -> None:
        connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[attr-defined]
        connection.execute("PRAGMA secure_delete = ON")  # type: ignore[attr-defined]

    metadata.create_all(engine)
    with engine.begin() as tx:
        for code, parent in (("79", None), (COMMUNE, "79"), (OTHER_COMMUNE, "79")):
            tx.execute(insert(units).values(
                code=code, parent_code=parent, depth=1 if parent else 0, kind="phuong", name=code, full_name=code,
                fold=code, path=f"{parent}/{code}/" if parent else f"{code}/",
            ))  # fmt: skip
            up = [(code, 0), (parent, 1)] if parent else [(code, 0)]
            tx.execute(insert(unit_closure), [
                {"ancestor": above, "descendant": code, "distance": distance} for above, distance in up
            ])  # fmt: skip
        yield tx
    engine.dispose()


@pytest.fixture
def tx() -> Iterator[Connection]:
    yield from make("sqlite://")


def resident(tx: Connection, chat: str, at: datetime = MONDAY, name: str = "Nguyễn Thị Hoa") -> Actor:
    address = Address("test:1", chat)
    person = people.register(tx, address, "bac", COMMUNE, at)
    people.change(tx, person, name=name)
    return Actor(at, person, address, "7")


def officer(tx: Connection, chat: str, unit: str = COMMUNE, role: str = "commune_officer") -> Actor:
    actor = resident(tx, chat, name="Trần Văn Nam")
    people.grant(tx, actor.person or 0, role, unit, MONDAY)
    return actor


def report(text: str = "Đèn đường hẻm 47 hư", *, named: bool = True, urgent: bool = False) -> OpenTicket:
    sender = Sender(agreed_to=AGREED) if named else None
    return OpenTicket(COMMUNE, "dien_chieu_sang", text, (), urgent, sender)


def do(tx: Connection, actor: Actor, command: Command[object]) -> object:
    return perform(REGISTRY, tx, actor, command)


def opened(tx: Connection, actor: Actor, command: OpenTicket) -> tuple[Opened, tickets.Ticket]:
    receipt = perform(REGISTRY, tx, actor, command)
    ticket = tickets.by_code(tx, receipt.code)
    assert ticket is not None
    return receipt, ticket


# named --------------------------------------------------------------------------------------------------------------


def test_numbers_follow_one_another_and_begin_anew_each_month(tx: Connection) -> None:
    hoa = resident(tx, "hoa")
    codes = [opened(tx, hoa, report())[0].code for _ in range(3)]
    december = replace(hoa, at=MONDAY + timedelta(days=10))
    assert codes == ["PA 2611-0001", "PA 2611-0002", "PA 2611-0003"]
    assert opened(tx, december, report())[0].code == "PA 2612-0001"


def test_signing_needs_a_yes_which_is_kept_with_its_words(tx: Connection) -> None:
    hoa = resident(tx, "hoa")
    with pytest.raises(Rejected):
        do(tx, hoa, replace(report(), sender=Sender()))
    do(tx, hoa, report())
    assert [kept.text for kept in people.consents_in_force(tx, hoa.person or 0)] == ["Đồng ý"]
    do(tx, hoa, replace(report(), sender=Sender()))


def test_photos_need_a_yes_of_their_own(tx: Connection) -> None:
    hoa, photo = resident(tx, "hoa"), (FileRef("photo", "p1"),)
    with pytest.raises(Rejected):
        do(tx, hoa, replace(report(), files=photo))
    do(tx, hoa, replace(report(), files=photo, sender=Sender(agreed_to=AGREED, photos=AGREED)))
    assert [kept.purpose for kept in people.consents_in_force(tx, hoa.person or 0)] == ["reply", "photos"]
    _, ticket = opened(tx, hoa, replace(report(), files=photo, sender=Sender()))
    do(tx, hoa, AddWords(ticket.id, "", photo))
    assert len(tickets.files_of(tx, ticket.id)) == 2
    people.withdraw(tx, hoa.person or 0, ["photos"], MONDAY)
    with pytest.raises(Rejected):
        do(tx, hoa, AddWords(ticket.id, "", photo))
    do(tx, hoa, AddWords(ticket.id, "Số 12"))


def test_a_stranger_who_signs_becomes_known(tx: Connection) -> None:
    stranger = Actor(MONDAY, None, Address("test:1", "new"), "9")
    _, ticket = opened(tx, stranger, replace(report(), sender=Sender("ba", "Trần Thị Bảy", "vi", AGREED)))
    known = people.person(tx, ticket.person_id or 0)
    assert known is not None
    assert (known.name, known.honorific, known.unit_code) == ("Trần Thị Bảy", "ba", COMMUNE)


def test_ten_a_day_are_enough_yet_danger_always_gets_through(tx: Connection) -> None:
    hoa = resident(tx, "hoa")
    for _ in range(10):
        do(tx, hoa, report())
    with pytest.raises(Rejected):
        do(tx, hoa, report())
    do(tx, hoa, report(urgent=True))
    do(tx, replace(hoa, at=MONDAY + timedelta(days=1)), report())


def test_nobody_but_the_sender_and_those_in_charge_can_touch_a_ticket(tx: Connection) -> None:
    hoa, other, elsewhere = resident(tx, "hoa"), resident(tx, "other"), officer(tx, "lan", OTHER_COMMUNE)
    above = officer(tx, "minh", "79", "province_officer")
    number = opened(tx, hoa, report())[1].id
    forbidden: list[Command[object]] = [
        ViewTicket(number), ReceiveTicket(number), AnswerTicket(number, "x"), AskResident(number, "x"),
        ForwardTicket(number, "power", "x"), AddWords(number, "x"), ConfirmSolved(number), Reopen(number),
        Withdraw(number),
    ]  # fmt: skip
    for actor in (other, elsewhere, above, Actor(MONDAY), Actor(MONDAY, None, Address("test:1", "?"))):
        for command in forbidden:
            before = tickets.by_id(tx, number)
            with pytest.raises(Rejected):
                do(tx, actor, command)
            assert tickets.by_id(tx, number) == before
        with pytest.raises(Rejected):
            look(REGISTRY, tx, actor, MyTicket(number))
        with pytest.raises(Rejected):
            look(REGISTRY, tx, actor, DeskTicket(number))


def test_a_missing_ticket_and_anothers_sound_the_same(tx: Connection) -> None:
    hoa, other = resident(tx, "hoa"), resident(tx, "other")
    number = opened(tx, hoa, report())[1].id
    said = []
    for wanted in (number, 12345):
        with pytest.raises(Rejected) as refusal:
            do(tx, other, ConfirmSolved(wanted))
        said.append(refusal.value.words)
    assert said[0] == said[1]


def test_what_was_passed_up_is_seen_above_and_still_below(tx: Connection) -> None:
    nam, minh = officer(tx, "nam"), officer(tx, "minh", "79", "province_officer")
    number = opened(tx, resident(tx, "hoa"), report())[1].id
    assert look(REGISTRY, tx, minh, OnDesk()) == []
    do(tx, nam, ForwardTicket(number, "up", "Nhờ tỉnh lo giúp"))
    assert [ticket.id for ticket in look(REGISTRY, tx, minh, OnDesk())] == [number]
    do(tx, minh, AnswerTicket(number, "Đã giao Điện lực"))


def test_looking_is_written_down_for_the_sender_to_see(tx: Connection) -> None:
    nam, hoa = officer(tx, "nam"), resident(tx, "hoa")
    number = opened(tx, hoa, report())[1].id
    do(tx, nam, ViewTicket(number))
    seen = audit.by_others(tx, hoa.person or 0)
    assert [(entry.actor_name, entry.action, entry.object_id) for entry in seen] == [
        ("Trần Văn Nam", "view", "PA 2611-0001")
    ]


def test_it_is_reopened_twice_then_passed_up_then_owned_up_to(tx: Connection) -> None:
    nam, hoa = officer(tx, "nam"), resident(tx, "hoa")
    number = opened(tx, hoa, report())[1].id
    how = []
    for _ in range(4):
        do(tx, nam, AnswerTicket(number, "Đã sửa xong"))
        how.append(perform(REGISTRY, tx, hoa, Reopen(number)).how)
    assert how == [Act.REOPEN, Act.REOPEN, Act.ESCALATE, Act.GIVE_UP]
    closed = tickets.by_id(tx, number)
    assert closed is not None
    assert (closed.status, closed.closed_on) == ("closed_unsolved", "2026-11-23")


def test_who_answered_learns_that_the_letter_did_not_arrive_and_why(tx: Connection) -> None:
    nam, hoa = officer(tx, "nam"), resident(tx, "hoa")
    number = opened(tx, hoa, report())[1].id
    do(tx, nam, AnswerTicket(number, "Đã sửa xong"))
    assert told(tx, nam, number) is None
    [letter] = outbox.claim(tx, "test:1", MONDAY, 10, except_chats=["nam"])
    outbox.settle(tx, letter, Outcome("skipped", reason="window"), MONDAY)
    assert told(tx, nam, number) == why("window")
    do(tx, hoa, Reopen(number))
    do(tx, nam, AnswerTicket(number, "Nay mới xong"))
    assert told(tx, nam, number) is None


def told(tx: Connection, officer: Actor, ticket: int) -> Words | None:
    line = desk_words(look(REGISTRY, tx, officer, DeskTicket(ticket)), MONDAY, shown=False).fields["history"]
    assert isinstance(line, Phrase)
    last = line.fields["w1"]
    return last.fields["why"] if isinstance(last, Phrase) else None  # type: ignore[return-value]


def test_the_clock_stands_still_while_the_resident_is_asked(tx: Connection) -> None:
    nam, hoa = officer(tx, "nam"), resident(tx, "hoa")
    before = opened(tx, hoa, report())[1]
    do(tx, nam, AskResident(before.id, "Nhà số mấy ạ?"))
    after = perform(REGISTRY, tx, replace(hoa, at=MONDAY + timedelta(hours=2)), AddWords(before.id, "Số 12"))
    assert after.status == "received"
    assert after.resolve_by == to_ms(datetime(2026, 12, 2, 9, 30, tzinfo=VIETNAM))


def test_silence_closes_after_a_week_and_may_be_broken(tx: Connection) -> None:
    nam, hoa = officer(tx, "nam"), resident(tx, "hoa")
    number = opened(tx, hoa, report())[1].id
    do(tx, nam, AnswerTicket(number, "Đã sửa xong"))
    sweep(tx, MONDAY + timedelta(days=6, hours=23), {})
    assert tickets.found(tx, number).status == "answered"
    sweep(tx, MONDAY + timedelta(days=7), {})
    assert tickets.found(tx, number).status == "closed_silent"
    do(tx, hoa, Reopen(number))
    assert tickets.found(tx, number).closed_on is None


def test_reminders_come_once_each_and_anew_after_reopening(tx: Connection) -> None:
    officer(tx, "nam")
    _, ticket = opened(tx, resident(tx, "hoa"), report())
    for hours in range(0, 24 * 12, 5):
        sweep(tx, MONDAY + timedelta(hours=hours), {})
    kinds = [each.kind for each in tickets.events(tx, ticket.id)]
    assert kinds == ["opened", "told", "due_soon", "overdue"]


def test_the_sweep_is_one_job_however_many_tickets_there_are(tx: Connection) -> None:
    hoa = resident(tx, "hoa")
    for named in (True, False, True):
        do(tx, hoa, report(named=named))
    assert tx.execute(select(jobs.c.key)).scalars().all() == [f"feedback.sweep:{to_ms(MONDAY) + 3_600_000}"]


def test_erasing_leaves_the_matter_and_no_name(tx: Connection) -> None:
    hoa = resident(tx, "hoa")
    _, ticket = opened(tx, hoa, report("Tôi là Nguyễn Thị Hoa, 0912 345 678: đèn hư"))
    assert FeedbackData().export(tx, hoa.person or 0)["phan_anh"][0]["so"] == ticket.code
    FeedbackData().erase(tx, hoa.person or 0, MONDAY)
    kept = tickets.found(tx, ticket.id)
    assert kept.person_id is None
    assert "Hoa" not in kept.text
    assert "0912" not in kept.text
    assert "đèn hư" in kept.text
    assert list(FeedbackData().summary(tx, hoa.person or 0)) == []


def test_a_senders_time_is_over_though_somebody_wrote_for_them(tx: Connection) -> None:
    hoa, helper = resident(tx, "hoa"), resident(tx, "binh")
    people.grant(tx, helper.person or 0, "helper", COMMUNE, MONDAY, helps=hoa.person or 0)
    opened(tx, hoa, report())  # with a yes, for the next one too
    _, ticket = opened(tx, replace(helper, on_behalf_of=hoa.person), replace(report(), sender=Sender()))
    tickets.happened(tx, ticket, "told", MONDAY)
    tickets.change(tx, ticket.id, status="closed_solved", closed_on="2026-11-23")
    assert forget_senders(tx, "2026-11-23", 9) == 1
    events = tx.execute(select(ticket_events).where(ticket_events.c.ticket_id == ticket.id)).all()
    assert {value for row in events for value in (row.author_id, row.on_behalf_of)} == {None}


# without a name -----------------------------------------------------------------------------------------------------


def test_without_a_name_no_row_tells_who_or_when(tx: Connection) -> None:
    officer(tx, "nam")
    hoa = resident(tx, "hoa", MONDAY + timedelta(hours=3, minutes=17))
    receipt, ticket = opened(tx, hoa, report(named=False))
    assert re.fullmatch(r"\d{4}-\d{4}", receipt.claim)
    assert re.fullmatch(r"AD \d{4}-\d\d", receipt.code)
    assert (ticket.person_id, ticket.opened_at, ticket.opened_on) == (None, None, "2026-11-23")
    assert ticket.receive_by == to_ms(datetime(2026, 11, 25, 17, tzinfo=VIETNAM))
    assert [(each.author_id, each.at) for each in tickets.events(tx, ticket.id)] == [(None, None)]
    assert tx.execute(select(deliveries)).all() == []
    hashed = tx.execute(select(table.c.claim_hash)).scalar_one()
    assert receipt.claim.replace("-", "") not in hashed


def test_officers_hear_of_it_at_the_next_full_hour_only(tx: Connection) -> None:
    nam = officer(tx, "nam")
    _, ticket = opened(tx, resident(tx, "hoa"), report(named=False))
    assert look(REGISTRY, tx, nam, OnDesk()) == []
    sweep(tx, MONDAY + timedelta(hours=1), {})
    assert [listed.id for listed in look(REGISTRY, tx, nam, OnDesk())] == [ticket.id]
    assert len(tx.execute(select(deliveries)).all()) == 1
    sweep(tx, MONDAY + timedelta(hours=2), {})
    assert len(tx.execute(select(deliveries)).all()) == 1


def test_the_claim_code_opens_it_and_says_more_without_naming_anybody(tx: Connection) -> None:
    nam, hoa = officer(tx, "nam"), resident(tx, "hoa")
    receipt, ticket = opened(tx, hoa, report(named=False))
    digits = receipt.claim.replace("-", "")
    do(tx, nam, AnswerTicket(ticket.id, "Đã sửa xong"))
    seen = perform(REGISTRY, tx, hoa, LookUpClaim(digits))
    assert isinstance(seen, Claimed)
    assert seen.ticket.status == "answered"
    again = perform(REGISTRY, tx, hoa, LookUpClaim(digits, "vẫn hư"))
    assert isinstance(again, Claimed)
    assert again.ticket.status == "received"
    authors = {each.author_id for each in tickets.events(tx, ticket.id) if each.kind != Act.ANSWER}
    assert authors == {None}
    assert {each.at for each in tickets.events(tx, ticket.id)} == {None}


def test_five_wrong_codes_an_hour_and_no_more(tx: Connection) -> None:
    hoa, other = resident(tx, "hoa"), resident(tx, "other")
    digits = opened(tx, hoa, report(named=False))[0].claim.replace("-", "")
    wrong = "0" * 8 if digits != "0" * 8 else "1" * 8
    tried = [perform(REGISTRY, tx, other, LookUpClaim(wrong)) for _ in range(6)]
    assert tried == ["unknown"] * 5 + ["too_often"]
    assert perform(REGISTRY, tx, other, LookUpClaim(digits)) == "too_often"
    later = replace(other, at=MONDAY + timedelta(minutes=61))
    assert isinstance(perform(REGISTRY, tx, later, LookUpClaim(digits)), Claimed)


def test_a_row_with_both_a_name_and_a_claim_code_cannot_exist(tx: Connection) -> None:
    hoa = resident(tx, "hoa")
    _, ticket = opened(tx, hoa, report(named=False))
    with pytest.raises(IntegrityError), tx.begin_nested():
        tickets.change(tx, ticket.id, person_id=hoa.person)


def test_photos_hang_on_random_ids_without_a_chat(tx: Connection) -> None:
    hoa = resident(tx, "hoa")
    command = replace(report(named=False), files=(FileRef("photo", "p1"), FileRef("photo", "p2")))
    _, ticket = opened(tx, hoa, command)
    rows = tx.execute(select(files_table)).mappings().all()
    assert {row["id"] for row in rows} == set(tickets.files_of(tx, ticket.id))
    assert "hoa" not in str(rows)
    assert {row["kept_on"] for row in rows} == {"2026-11-23"}


def test_the_file_does_not_tell_in_which_order_they_came(tmp_path: Path) -> None:
    place = tmp_path / "caunoi.db"
    stream = make(f"sqlite:///{place}")
    tx = next(stream)
    came = {}
    for number in range(20):
        hoa = resident(tx, f"chat{number}", MONDAY + timedelta(minutes=number))
        _, ticket = opened(tx, hoa, report(f"dấu{number:02}dấu đèn hư rồi", named=False))
        came[ticket.id] = f"dấu{number:02}dấu"
    list(stream)  # commits
    raw = place.read_bytes()
    lying = sorted(came, key=lambda each: raw.index(came[each].encode()))
    pages: dict[int, list[int]] = {}
    for each in lying:
        pages.setdefault(raw.index(came[each].encode()) // 4096, []).append(each)
    assert all(page in (sorted(page), sorted(page, reverse=True)) for page in pages.values())
    assert all(raw.count(mark.encode()) == 1 for mark in came.values())


def test_mixing_changes_nothing_but_the_order(tx: Connection) -> None:
    nam = officer(tx, "nam")
    hoa = resident(tx, "hoa")
    for number in range(4):
        _, ticket = opened(tx, hoa, replace(report(f"đèn hư {number}", named=number % 2 == 0), files=()))
        do(tx, nam, AnswerTicket(ticket.id, "Đã sửa xong"))
    before = [sorted(map(tuple, tx.execute(select(each)).all()), key=str) for each in (table, ticket_events)]
    tickets.mix_anonymous(tx, "2026-11-23")
    after = [sorted(map(tuple, tx.execute(select(each)).all()), key=str) for each in (table, ticket_events)]
    assert before == after
