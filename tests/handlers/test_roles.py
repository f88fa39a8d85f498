"""Offices: how they are given, confirmed, helped with and ended; and what happens to who reaches too far."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.control import OrderRefused
from bot.features import erase, registry
from bot.operations import carry_out
from conversation.messages import Address, Rejected
from handlers.actor import Actor, Forbidden
from handlers.feature import look, perform
from handlers.feedback import texts as feedback_texts
from handlers.feedback.commands import OpenTicket, Sender
from handlers.feedback.officer_commands import ViewTicket
from handlers.feedback.queries import DeskTicket, MyTickets
from handlers.helping.commands import HelpFor
from handlers.holding import LAST_ADMIN
from handlers.invites import lapsing, texts
from handlers.invites.commands import ConfirmOffice, Invite, TakeOffice, TryCode
from handlers.invites.queries import Neighbours, WhoTookIt
from handlers.members import pair_texts
from handlers.members.pairs import DecidePair
from handlers.my_data.commands import EraseMe, Withdraw
from handlers.nameless import NAME_TAKEN_OUT
from handlers.policy import NOT_FOR_ANOTHER, Action, Object, Role, doable, may
from handlers.policy import offices as offices_by
from handlers.purposes import OFFICE
from handlers.roles.commands import EndOffice
from handlers.roles.queries import Holding, OfficesToEnd
from storage import duplicates, invites, people, rights
from storage.branches import add_branch, close_branch
from storage.database import open_database
from storage.schema import audit, branches, memberships, metadata, outbox, ticket_events
from storage.unit_changes import close
from tests.policy_world import ELSEWHERE, FARMERS, HAMLET, MONDAY, WARD, WOMEN, World, open_world

REGISTRY = registry()
ADMIN = Actor(MONDAY, operator="cli")


@pytest.fixture
def world() -> Iterator[World]:
    yield from open_world()


def newcomer(name: str) -> Actor:
    return Actor(MONDAY, None, Address("test:1", name), "1")


def taking(code: str, name: str = "Lê Văn Nam") -> TakeOffice:
    return TakeOffice(invites.hash_of(code), "anh", name, "vi", ("Đồng ý",))


def do(world: World, actor: Actor, order: Any) -> Any:
    return perform(REGISTRY, world.tx, actor, order)


def refused(world: World, actor: Actor, order: Any) -> Rejected:
    with pytest.raises(Rejected) as refusal:
        do(world, actor, order)
    return refusal.value


def acts(world: World) -> list[tuple[str, str, str]]:
    rows = world.tx.execute(select(audit).order_by(audit.c.id))
    return [(row.action, row.object_kind, row.object_id) for row in rows]


def offices(world: World, person: int | None) -> list[str]:
    return [held.office.role for held in rights.held_by(world.tx, person or 0)]


def at(world: World, name: str) -> people.Person:
    found = people.person_at(world.tx, Address("test:1", name))
    assert found is not None
    return found


# invites -------------------------------------------------------------------------------------------------------------


def test_an_officer_holds_the_office_when_the_issuer_has_confirmed_it(world: World) -> None:
    admin, stranger = world.actor("admin"), world.actor("commune_officer")
    code = do(world, admin, Invite("commune_officer", WARD))
    assert do(world, newcomer("nam"), taking(code)) is False
    nam, order = at(world, "nam"), ConfirmOffice(invites.hash_of(code), right=True)
    assert offices(world, nam.id) == []
    assert refused(world, stranger, order).words == Rejected(texts.NO_LONGER).words
    with pytest.raises(Rejected):
        look(REGISTRY, world.tx, stranger, WhoTookIt(order.code_hash))
    assert do(world, admin, order) == "Lê Văn Nam"
    assert offices(world, nam.id) == ["commune_officer"]
    assert refused(world, admin, order).words == Rejected(texts.NO_LONGER).words


def test_the_wrong_person_gets_nothing(world: World) -> None:
    admin = world.actor("admin")
    code = do(world, admin, Invite("auditor", WARD))
    do(world, newcomer("la"), taking(code))
    do(world, admin, ConfirmOffice(invites.hash_of(code), right=False))
    assert offices(world, at(world, "la").id) == []
    assert do(world, newcomer("nam"), TryCode(code)) == "wrong"


def letters(world: World, chat: str) -> list[str]:
    query = select(outbox.c.payload).where(outbox.c.chat == chat).order_by(outbox.c.id)
    return [str(payload["text"]) for payload in world.tx.execute(query).scalars()]


def test_an_office_that_nobody_confirms_lapses_after_a_reminder(world: World) -> None:
    admin = world.actor("admin")
    code = do(world, admin, Invite("auditor", WARD))
    do(world, newcomer("nam"), taking(code))
    nam = at(world, "nam").id
    told: list[tuple[float, int, int]] = []
    for hours in (5 * 24, 7 * 24 - 1, 7 * 24, 7 * 24 + 1, 13 * 24, 13 * 24 + 13, 14 * 24 + 13, 15 * 24, 16 * 24):
        lapsing.watch(world.tx, MONDAY + timedelta(hours=hours), 14)
        told.append((hours / 24, len(letters(world, "admin:False")), len(letters(world, "nam"))))
    changed = [now for before, now in pairwise(told) if before[1:] != now[1:]]
    assert changed == [(7, 2, 0), (15, 2, 1)]  # at 14 days it was 21 o'clock
    assert "Sau \x027 ngày\x03 nữa" in letters(world, "admin:False")[-1]
    assert not people.agrees(world.tx, nam, OFFICE)
    assert refused(world, admin, ConfirmOffice(invites.hash_of(code), right=True)).words.template == texts.NO_LONGER
    assert offices(world, nam) == []
    assert ("office_lapsed", "office", f"auditor@{WARD}") in acts(world)


def test_nobody_confirms_who_has_lost_the_right_meanwhile(world: World) -> None:
    admin = world.actor("admin")
    code = do(world, admin, Invite("area_officer", HAMLET))
    do(world, newcomer("nam"), taking(code))
    rights.revoke(world.tx, [held.id for held in rights.held_by(world.tx, admin.person or 0)], MONDAY)
    assert isinstance(refused(world, admin, ConfirmOffice(invites.hash_of(code), right=True)), Forbidden)
    assert offices(world, at(world, "nam").id) == []


def test_a_code_is_worth_nothing_when_its_issuer_may_no_longer_issue_it(world: World) -> None:
    leader = world.actor("branch_leader")
    code = do(world, leader, Invite("group_leader", HAMLET))
    assert do(world, newcomer("nam"), TryCode(code)) == "right"
    rights.revoke(world.tx, [held.id for held in rights.held_by(world.tx, leader.person or 0)], MONDAY)
    assert do(world, newcomer("nam"), TryCode(code)) == "wrong"
    assert refused(world, newcomer("nam"), taking(code)).words == Rejected(texts.WRONG).words


def test_a_code_is_worth_nothing_when_what_it_was_for_is_gone(world: World) -> None:
    branch = add_branch(world.tx, WOMEN, HAMLET).id
    helped = replace(ADMIN, operator="", person=world.citizen)
    led, helper = Invite("branch_leader", HAMLET, WOMEN, branch), Invite("helper", WARD, helps=world.citizen)
    codes = [do(world, ADMIN, led), do(world, helped, helper), do(world, ADMIN, Invite("auditor", HAMLET))]
    assert [do(world, newcomer("nam"), TryCode(code)) for code in codes] == ["right"] * 3
    close_branch(world.tx, branch, MONDAY)
    erase(world.tx, world.citizen, MONDAY)
    close(world.tx, HAMLET, MONDAY)
    assert [do(world, newcomer("nam"), TryCode(code)) for code in codes] == ["wrong"] * 3
    for code in codes:
        assert refused(world, newcomer("nam"), taking(code)).words == Rejected(texts.WRONG).words


def test_nobody_takes_an_office_from_themselves(world: World) -> None:
    admin = world.actor("admin")
    code = do(world, admin, Invite("commune_officer", WARD))
    assert do(world, admin, TryCode(code)) == "wrong"
    assert refused(world, admin, taking(code)).words == Rejected(texts.WRONG).words


def test_a_place_beyond_ones_own_sounds_like_none_at_all(world: World) -> None:
    leader = world.actor("branch_leader", "same")
    for unit, organisation in ((ELSEWHERE, WOMEN), (WARD, FARMERS), (WARD, ""), ("nowhere", WOMEN)):
        said = refused(world, leader, Invite("group_leader", unit, organisation)).words
        assert said == Rejected(texts.UNKNOWN_UNIT, unit=unit).words
    assert [act for act, _, _ in acts(world)] == ["refused"] * 3


def test_an_office_of_a_branch_lies_where_the_branch_does(world: World) -> None:
    world.tx.execute(branches.insert().values(
        id=7, organisation_code=WOMEN, unit_code=HAMLET, kind="chi_hoi", name="Chi hội Phụ nữ", fold="chi hoi phu nu",
    ))  # fmt: skip
    refused(world, ADMIN, Invite("branch_leader", WARD, WOMEN, 7))
    refused(world, ADMIN, Invite("branch_leader", HAMLET, FARMERS, 7))
    refused(world, ADMIN, Invite("branch_leader", HAMLET, WOMEN, 8))
    do(world, newcomer("lan"), taking(do(world, ADMIN, Invite("branch_leader", HAMLET, WOMEN, 7))))
    lan = Actor(MONDAY, at(world, "lan").id)
    reaches = [may(world.tx, lan, Action.PEOPLE_ENTER, Object(HAMLET, WOMEN, branch)) for branch in (7, 8, 0)]
    assert reaches == [True, False, False]


async def test_two_who_use_a_code_at_once_do_not_both_get_the_office(loaded_database_url: str, tmp_path: Path) -> None:
    database = await open_database(loaded_database_url, tmp_path, now=MONDAY)
    code = await database.write(perform_in, ADMIN, Invite("branch_leader", WARD))
    takers = [newcomer(f"nam{each}") for each in range(4)]
    done = await asyncio.gather(
        *(database.write(perform_in, taker, taking(code)) for taker in takers), return_exceptions=True
    )
    held = await database.read(lambda tx: rights.holders(tx, ["branch_leader"], WARD))
    await database.close()
    assert sorted(isinstance(each, Rejected) for each in done) == [False, True, True, True]
    assert len(held) == 1


def perform_in(tx: Connection, actor: Actor, order: Any) -> Any:
    return perform(REGISTRY, tx, actor, order)


# the last administrator ----------------------------------------------------------------------------------------------


async def test_the_last_administrator_stays_whoever_leaves_at_once(loaded_database_url: str, tmp_path: Path) -> None:
    database = await open_database(loaded_database_url, tmp_path, now=MONDAY)
    admins = [await database.write(administrator, name) for name in ("nam", "lan", "hoa")]
    orders = [EraseMe(), Withdraw(OFFICE), EndOffice(await database.read(role_of, admins[2].person or 0))]
    done = await asyncio.gather(
        *(database.write(perform_in, *each) for each in zip(admins, orders, strict=True)), return_exceptions=True
    )
    held = await database.read(lambda tx: rights.holders(tx, ["admin"], WARD))
    await database.close()
    assert [str(each) for each in done if isinstance(each, Exception)] == [LAST_ADMIN]
    assert len(held) == 1


def administrator(tx: Connection, name: str) -> Actor:
    person = people.register(tx, Address("test:1", name), "anh", WARD, MONDAY)
    people.grant(tx, person, "admin", WARD, MONDAY)
    return Actor(MONDAY, person, Address("test:1", name), "1")


def role_of(tx: Connection, person: int) -> int:
    return rights.held_by(tx, person)[0].id


def test_the_operator_does_not_remove_the_last_administrator_either(world: World) -> None:
    admin = world.actor("admin")
    held = next(each for each in rights.held_by(world.tx, admin.person or 0) if each.office.role == Role.ADMIN)
    assert refused(world, ADMIN, EndOffice(held.id)).words.template == LAST_ADMIN
    people.grant(world.tx, world.citizen, "admin", HAMLET, MONDAY)
    refused(world, ADMIN, EndOffice(held.id))  # a hamlet's administrator does not do for the ward
    people.grant(world.tx, world.citizen, "admin", "79", MONDAY)
    do(world, ADMIN, EndOffice(held.id))
    assert "admin" not in offices(world, admin.person)


def test_the_operator_lists_offices_and_ends_them(world: World) -> None:
    person = world.actor("commune_officer", "same").person
    listed = carry_out(world.tx, REGISTRY, MONDAY, "role-list", {"unit": WARD})["roles"]
    (found,) = (each for each in listed if each["role"] == "commune_officer")
    assert (found["unit"], found["organisation"]) == (WARD, WOMEN)
    carry_out(world.tx, REGISTRY, MONDAY, "role-revoke", {"id": found["id"]})
    assert offices(world, person) == ["member"]
    with pytest.raises(OrderRefused, match="không còn nữa"):
        carry_out(world.tx, REGISTRY, MONDAY, "role-revoke", {"id": found["id"]})


# helping -------------------------------------------------------------------------------------------------------------


def test_a_helper_acts_with_the_rights_of_whom_they_help_and_it_is_written_everywhere(world: World) -> None:
    helper = world.actor("helper")
    helping = replace(helper, on_behalf_of=world.citizen)
    do(world, helping, OpenTicket(WARD, "dien_chieu_sang", "Đèn đường hư", (), False, Sender()))
    (ticket,) = look(REGISTRY, world.tx, helping, MyTickets())
    assert ticket.person_id == world.citizen
    opened = (ticket_events.c.ticket_id == ticket.id, ticket_events.c.kind == "opened")
    event = world.tx.execute(select(ticket_events).where(*opened)).one()
    assert (event.author_id, event.on_behalf_of) == (helper.person, world.citizen)
    row = world.tx.execute(select(audit).where(audit.c.action == "helped")).one()
    assert (row.actor_id, row.subject_id, row.on_behalf_of) == (helper.person, world.citizen, world.citizen)


def test_a_helper_decides_nothing_that_is_theirs_alone(world: World) -> None:
    people.grant(world.tx, world.citizen, "commune_officer", WARD, MONDAY)
    helping = replace(world.actor("helper"), on_behalf_of=world.citizen)
    nameless = OpenTicket(WARD, "dien_chieu_sang", "Đèn đường hư", (), False, None)
    for order in (EraseMe(), Withdraw(OFFICE), nameless):
        assert refused(world, helping, order).words.template == NOT_FOR_ANOTHER
    refused(world, helping, Invite("branch_leader", WARD))
    refused(world, helping, ViewTicket(world.ticket("own", helping).number))
    assert may(world.tx, helping, Action.MEMBERS_READ, Object(WARD))
    assert not may(world.tx, helping, Action.MEMBERS_EXPORT, Object(WARD))


def test_a_helper_whom_somebody_else_chose_has_no_part_in_an_office(world: World) -> None:
    code = do(world, world.actor("branch_leader"), Invite("helper", WARD, helps=world.citizen))
    do(world, newcomer("nam"), taking(code))
    people.grant(world.tx, world.citizen, "commune_officer", WARD, MONDAY)
    helping = Actor(MONDAY, at(world, "nam").id, Address("test:1", "nam"), "1", on_behalf_of=world.citizen)
    assert may(world.tx, helping, Action.TICKETS_OWN, Object(person=world.citizen))
    assert not may(world.tx, helping, Action.MEMBERS_READ, Object(WARD))
    assert not offices_by(world.tx, helping, Action.MEMBERS_READ)
    assert not doable(world.tx, helping)


def test_nobody_acts_for_whom_they_do_not_help(world: World) -> None:
    stranger = replace(world.actor("resident"), on_behalf_of=world.citizen)
    assert not may(world.tx, stranger, Action.TICKETS_OWN, Object(person=world.citizen))
    assert isinstance(refused(world, world.actor("resident"), HelpFor(world.citizen)), Forbidden)
    helper = world.actor("helper")
    do(world, helper, HelpFor(world.citizen))
    held = next(each for each in rights.helping(world.tx, world.citizen) if each.person == helper.person)
    do(world, Actor(MONDAY, world.citizen, Address("test:1", "citizen"), "1"), EndOffice(held.id))
    helping = replace(helper, on_behalf_of=world.citizen)
    assert not may(world.tx, helping, Action.TICKETS_OWN, Object(person=world.citizen))
    assert helper.address is not None
    assert people.helped_from(world.tx, helper.address) is None


def test_who_helped_somebody_who_has_gone_hears_no_name(world: World) -> None:
    people.change(world.tx, world.citizen, name="Nguyễn Thị Hoa")
    helper = world.actor("helper")
    held = next(each for each in rights.helping(world.tx, world.citizen) if each.person == helper.person)
    code = do(world, world.actor("branch_leader"), Invite("helper", WARD, helps=world.citizen))
    do(world, newcomer("nam"), taking(code))
    do(world, Actor(MONDAY, world.citizen, Address("test:1", "citizen"), "1"), EndOffice(held.id))
    erase(world.tx, world.citizen, MONDAY)
    waiting = [payload["text"] for payload in world.tx.scalars(select(outbox.c.payload))]
    assert any("thôi làm" in words and NAME_TAKEN_OUT in words for words in waiting)
    assert [words for words in waiting if "Hoa" in words] == []


def test_a_leader_finds_a_helper_only_for_people_of_their_own(world: World) -> None:
    leader, farmers = world.actor("branch_leader", "same"), world.actor("area_officer", "same")
    held = rights.held_by(world.tx, leader.person or 0)[0]
    asked = Neighbours("citizen", held.id)
    assert not look(REGISTRY, world.tx, leader, asked)
    world.tx.execute(branches.insert().values(
        id=7, organisation_code=WOMEN, unit_code=WARD, kind="chi_hoi", name="Chi hội", fold="chi hoi",
    ))  # fmt: skip
    world.tx.execute(memberships.insert().values(
        id=7, person_id=world.citizen, branch_id=7, organisation_code=WOMEN, unit_path=f"79/{WARD}/", status="present",
        status_on="2026-11-23", since="2026-11-23", origin="leader",
    ))  # fmt: skip
    assert [each.id for each in look(REGISTRY, world.tx, leader, asked)] == [world.citizen]
    assert not look(REGISTRY, world.tx, farmers, asked)
    assert do(world, leader, Invite("helper", WARD, WOMEN, helps=world.citizen))
    refused(world, leader, Invite("helper", HAMLET, WOMEN, helps=world.citizen))


def test_nothing_passes_to_another_chat_by_calling_two_people_one(world: World) -> None:
    officer = world.actor("commune_officer")
    chief, twin = (world.resident(name, WARD) for name in ("chief", "twin"))
    people.grant(world.tx, chief, "admin", WARD, MONDAY)
    for each in (chief, twin):
        people.change(world.tx, each, phone="+84912345678")
    duplicates.propose(world.tx, [chief], MONDAY)
    assert refused(world, officer, DecidePair(chief, twin, "same")).words == Rejected(pair_texts.BOTH_WRITE).words
    assert at(world, "twin").id == twin
    do(world, ADMIN, DecidePair(chief, twin, "same"))
    assert at(world, "twin").id == at(world, "chief").id
    one = at(world, "chief").id
    here, there = (Actor(MONDAY, one, Address("test:1", name), "1") for name in ("chief", "twin"))
    assert [bool(doable(world.tx, each)) for each in (here, there)] == [True, False]


# reaching too far ----------------------------------------------------------------------------------------------------


def test_many_offices_are_ended_page_by_page_or_found_by_name_place_and_kind(world: World) -> None:
    admin = world.actor("admin")
    for number in range(40):
        person = world.resident(f"Trần Văn {number}", WARD)
        role, unit = ("group_leader", HAMLET) if number % 2 else ("area_officer", WARD)
        people.grant(world.tx, person, role, unit, MONDAY)
    people.grant(world.tx, world.resident("Nơi Khác", ELSEWHERE), "area_officer", ELSEWHERE, MONDAY)

    def page(words: str = "", after: int = 0, most: int = 6) -> list[Holding]:
        return list(look(REGISTRY, world.tx, admin, OfficesToEnd(words, after, most)))

    assert page()[0].own
    found = [each for each in page() if not each.own]
    while more := page(after=found[-1].id):
        found += more
    assert [each.name for each in found] == [f"Trần Văn {number}" for number in range(40)]
    assert [each.name for each in page("van 17")] == ["Trần Văn 17"]
    assert {each.office.role for each in page("tổ trưởng", most=50)} == {"group_leader"}
    assert len(page(HAMLET, most=50)) == len(page("to truong", most=50)) == 20
    assert page("Nơi Khác") == page("không ai") == []


def test_reaching_too_far_sounds_like_nothing_there_is_logged_and_changes_nothing(world: World) -> None:
    officer = world.actor("commune_officer")
    ticket = world.ticket("beside", officer)
    before = everything(world)
    found, missing = refused(world, officer, ViewTicket(ticket.number)), refused(world, officer, ViewTicket(1))
    assert found.words == missing.words == Rejected(feedback_texts.NOT_FOUND).words
    with pytest.raises(Forbidden):
        look(REGISTRY, world.tx, officer, DeskTicket(ticket.number))
    after = everything(world)
    assert {name for name in after if before[name] != after[name]} == {"audit"}
    assert acts(world)[-2:] == [("refused", "ticket", ticket.code)] * 2
    assert world.tx.execute(select(audit.c.subject_id).where(audit.c.action == "refused")).scalars().all() == [None] * 2


def everything(world: World) -> dict[str, str]:
    return {name: str(world.tx.execute(select(table)).all()) for name, table in metadata.tables.items()}
