"""The permission matrix: each office against each thing, by the real commands and queries; no way in is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer.main

from bot.cli import app
from bot.features import FEATURES, registry
from bot.operations import OPERATIONS
from conversation.messages import Address, Query, Rejected
from handlers import policy
from handlers.actor import Actor, Forbidden
from handlers.auditing.queries import LogOf
from handlers.enrolling import ONLY_IN_A_CHAT, REGISTER_FIRST
from handlers.feature import look, perform
from handlers.feedback import commands as tickets
from handlers.feedback import officer_commands as desk
from handlers.feedback import officer_texts, queries
from handlers.helping.commands import HelpFor
from handlers.invites.commands import Invite
from handlers.invites.texts import OFFICE_LATER
from handlers.linking.commands import MakeLinkCode, Prefer, Unlink
from handlers.linking.queries import Namesakes
from handlers.members import commands as member_commands
from handlers.members import queries as members
from handlers.members.exporting import ExportMembers
from handlers.members.importing import CheckList, ImportList
from handlers.members.pairs import DecidePair, ShowPair, UndecidedPairs
from handlers.members.scope import ScopeOf
from handlers.members.sheet import Entry
from handlers.menu.commands import CallMe, SpeakTo
from handlers.my_data import commands as my_data
from handlers.my_data import queries as my_data_queries
from handlers.operating import Operator
from handlers.organisations.commands import AddBranch, SetEligible
from handlers.organisations.queries import RollUp
from handlers.place import PosterOf, ResponsibleFor
from handlers.policy import Action, Object
from handlers.purposes import NEWS
from handlers.registration import commands as registration
from handlers.roles.commands import EndOffice
from handlers.roles.queries import OfficesToEnd, WhoHolds
from handlers.units.commands import AddCluster, AddOldName, AddUnit, CloseUnit, MergeUnitsAs, RenameUnit, SplitUnit
from storage import rights
from storage.schema import audit
from tests.policy_world import MONDAY, OF_ONE, WARD, Thing, World, open_world
from web.server import Door, add_doors, add_media, application
from web.takeaway import Takeaway, add_takeaway

HERE = Path(__file__).parent
REGISTRY = registry()
REFUSALS = (REGISTER_FIRST, ONLY_IN_A_CHAT, officer_texts.NOT_AN_OFFICER)
"""Kind answers to those who are not even asked what they want to reach."""
Probe = Callable[[World, Actor, Thing], bool]


# the table as it is written ------------------------------------------------------------------------------------------


@cache
def table() -> dict[str, dict[str, dict[str, bool]]]:
    """For each action, office and placement, whether it may be done."""
    lines = [line.split() for line in (HERE / "policy_matrix.txt").read_text().splitlines()]
    rows = [line for line in lines if line and line[0] != "#"]
    header, offices = rows[0], next(row for row in rows if row[0] == "office")
    letters = {row[0]: dict(zip(header[1:], [word == "yes" for word in row[1:]], strict=True)) for row in rows
               if len(row) == len(header) and row is not header}  # fmt: skip
    assert all(short in office for short, office in zip(offices[1:], OFFICES, strict=True))
    return {row[0]: dict(zip(OFFICES, [letters[letter] for letter in row[1:]], strict=True))
            for row in rows if "." in row[0] or row[0] == "help"}  # fmt: skip


OFFICES = (
    "visitor", "resident", "member", "household_rep", "visiting_agency", "helper", "group_leader", "branch_leader",
    "area_officer", "commune_officer", "province_officer", "auditor", "admin", "operator",
)  # fmt: skip


@cache
def paths() -> dict[str, str]:
    """Every way in, and its action or `open`."""
    lines = [line for line in (HERE / "policy_paths.txt").read_text().splitlines() if line and line[0] != "#"]
    return {way: action.split()[0] for way, _, action in (line.partition("  ") for line in lines)}


# trying --------------------------------------------------------------------------------------------------------------


def tried(world: World, actor: Actor, order: Any, seen: Callable[[Any], bool] = lambda _: True) -> bool:
    """Whether an order is carried out, or a query answered with what was asked for; a refusal is in the log."""
    try:
        run = look if isinstance(order, Query) else perform
        return seen(run(REGISTRY, world.tx, actor, order))
    except Forbidden:
        newest = world.tx.execute(audit.select().order_by(audit.c.id.desc()).limit(1)).one()
        return bool(newest.action != "refused")  # so that a refusal that is not in the log is found, too
    except Rejected as refusal:
        return refusal.words.template not in REFUSALS


def ordering(make: Callable[[Thing], Any], seen: Callable[[Any, Thing], bool] = lambda _found, _thing: True) -> Probe:
    return lambda world, actor, thing: tried(world, actor, make(thing), lambda found: seen(found, thing))


def listed(found: Any, thing: Thing) -> bool:
    return thing.number in [each.id for each in found]


def called_for(world: World, actor: Actor, thing: Thing) -> bool:
    asks = Actor(MONDAY, world.citizen, Address("test:1", "citizen"), "1")
    found = look(REGISTRY, world.tx, asks, ResponsibleFor(thing.unit))
    return actor.person in [each.person for each in found]


def resigning(world: World, actor: Actor, _thing: Thing) -> bool:
    held = rights.held_by(world.tx, actor.person or 0)
    return bool(held) and tried(world, actor, EndOffice(held[-1].id))


def helping(world: World, actor: Actor, _thing: Thing) -> bool:
    return tried(world, actor, HelpFor(world.citizen))


ON_TICKETS: dict[str, list[Probe]] = {
    "tickets.own": [
        ordering(lambda ticket: queries.MyTickets(), listed),
        ordering(lambda ticket: queries.MyTicket(ticket.number)),
        ordering(lambda ticket: tickets.AddWords(ticket.number, "Vẫn hư")),
        ordering(lambda ticket: tickets.ConfirmSolved(ticket.number)),
        ordering(lambda ticket: tickets.Reopen(ticket.number)),
        ordering(lambda ticket: tickets.Withdraw(ticket.number)),
    ],
    "tickets.read": [
        ordering(lambda ticket: queries.OnDesk(), listed),
        ordering(lambda ticket: queries.DeskTicket(ticket.number)),
        ordering(lambda ticket: queries.DeskCode(ticket.code), lambda found, _ticket: found is not None),
        ordering(lambda ticket: queries.LetterAbout(ticket.number, "new")),
        ordering(lambda ticket: desk.ViewTicket(ticket.number)),
    ],
    "tickets.work": [
        ordering(lambda ticket: desk.ReceiveTicket(ticket.number)),
        ordering(lambda ticket: desk.AnswerTicket(ticket.number, "Đã thay bóng")),
        ordering(lambda ticket: desk.AskResident(ticket.number, "Ở số mấy ạ?")),
        ordering(lambda ticket: desk.ForwardTicket(ticket.number, "power", "")),
        ordering(lambda ticket: desk.GuideTicket(ticket.number, "Mời bác đến phường")),
    ],
}
ON_PLACES: dict[str, list[Probe]] = {
    "tickets.open": [
        ordering(lambda place: tickets.OpenTicket(place.unit, "dien_chieu_sang", "Đèn hư", (), False, None))
    ],
    "calls.take": [called_for],
    "units.change": [
        ordering(lambda place: RenameUnit(place.unit, "Phường Mới")),
        ordering(lambda place: AddUnit(place.unit, "Khu phố 9")),
        ordering(lambda place: CloseUnit(place.unit)),
        ordering(lambda place: SplitUnit(place.unit, ())),
        ordering(lambda place: MergeUnitsAs((place.unit,), "Phường Mới")),
        ordering(lambda place: AddOldName(place.unit, "Phường 15")),
    ],
    "posters.make": [ordering(lambda place: PosterOf(place.unit))],
    "clusters.change": [ordering(lambda place: AddCluster("Cụm 1", (place.unit,)))],
}
OF_ORGANISATIONS: dict[str, list[Probe]] = {
    "audit.read": [
        ordering(lambda place: LogOf(place.unit, place.organisation)),
    ],
    "branches.change": [ordering(lambda place: AddBranch(place.organisation, place.unit))],
    "rollups.read": [ordering(lambda place: RollUp(place.unit, place.organisation))],
    "eligible.set": [ordering(lambda place: SetEligible(place.unit, place.organisation, 100))],
}
ON_PEOPLE: dict[str, list[Probe]] = {
    "people.link": [
        ordering(lambda somebody: MakeLinkCode(somebody.number or None)),
        ordering(lambda somebody: Namesakes("somebody"), lambda found, whom: whom.number in dict([*found, (0, "")])),
    ]
}
ON_MEMBERS: dict[str, list[Probe]] = {
    "members.read": [
        ordering(lambda who: members.BranchBy(int(who.code))),
        ordering(lambda who: members.MembersIn(int(who.code))),
        ordering(lambda who: members.GroupNamed(int(who.code), "Tổ 2")),
        ordering(lambda who: members.MemberCard(who.number)),
        ordering(lambda who: members.BranchesLed(), lambda found, who: int(who.code) in [each.id for each in found]),
        ordering(lambda who: member_commands.ViewMember(who.number)),
        ordering(lambda who: member_commands.OpenList(int(who.code))),
    ],
    "members.edit": [
        ordering(lambda who: member_commands.CorrectMember(who.number, name="Lan")),
        ordering(lambda who: member_commands.ChangeStatus(who.number, "away")),
    ],
    "members.confirm": [
        ordering(lambda who: members.ToConfirm(int(who.code))),
        ordering(lambda who: member_commands.ConfirmMembers(((who.number, "home"),))),
    ],
    "people.enter": [ordering(lambda who: member_commands.EnterMember(int(who.code), "Lan", "", 1957, "", "oral"))],
    "members.import": [
        ordering(lambda who: ScopeOf(who.unit, who.organisation)),
        ordering(lambda who: CheckList(who.organisation, who.unit, ())),
        ordering(lambda who: ImportList(who.organisation, who.unit, (Entry(3, "Lan"),), "hash")),
    ],
    "members.export": [ordering(lambda who: ExportMembers(who.unit, who.organisation, "vay vốn"))],
    "duplicates.decide": [
        ordering(
            lambda who: UndecidedPairs(who.unit),
            lambda found, who: {*who.pair} in [{pair.older.id, pair.younger.id} for pair in found],
        ),
        ordering(lambda who: ShowPair(*who.pair)),
        ordering(lambda who: DecidePair(*who.pair, "same")),
        ordering(lambda who: DecidePair(*who.pair, "different")),
    ],
}
ON_ONESELF: dict[str, list[Probe]] = {
    "calls.ask": [ordering(lambda _: CallMe("0912345678"))],
    "roles.resign": [resigning],
    "help": [helping],
    "own.data": [
        ordering(lambda _: my_data_queries.WhatIsKept()),
        ordering(lambda _: my_data_queries.WhatErasingDoes()),
        ordering(lambda _: my_data_queries.WhoSawIt()),
        ordering(lambda _: my_data_queries.MyConsents()),
        ordering(lambda _: my_data_queries.HavePhone()),
        ordering(lambda _: my_data.TakeAway()),
        ordering(lambda _: my_data.MakeLink(timedelta(hours=1))),
        ordering(lambda _: my_data.CorrectMe("Hoa")),
        ordering(lambda _: my_data.ForgetPhone()),
        ordering(lambda _: my_data.KeepBirthYear(1960)),
        ordering(lambda _: my_data.Withdraw(NEWS)),
        ordering(lambda _: my_data.StopNews()),
        ordering(lambda _: my_data.EraseMe()),
        ordering(lambda _: SpeakTo("en")),
        ordering(lambda _: Prefer("test:1")),
        ordering(lambda _: Unlink("nowhere")),
        ordering(lambda _: member_commands.MyStatus("away")),
        ordering(lambda _: member_commands.GivePhone("0912345678", "Đồng ý")),
        ordering(lambda _: registration.CallMeBy("Hoa")),
        ordering(lambda _: registration.MoveTo(WARD, ("Đồng ý",))),
        ordering(lambda _: registration.Rejoin(("Đồng ý",))),
    ],
}
ELSEWHERE = {"places.ResponsibleFor", "invites.ConfirmOffice", "invites.WhoTookIt", "invites.Neighbours"}
"""Played by their own stories, in tests/handlers/test_roles.py."""


def cells(action: str) -> Iterator[tuple[str, str, bool]]:
    for office, placements in table()[action].items():
        for placement, allowed in placements.items():
            yield office, placement, allowed


def play(world: World, action: str, probe: Probe, make: Callable[[str, Actor], Thing], only: tuple[str, ...]) -> None:
    """Try each cell, and undo it."""
    wrong = []
    for office, placement, allowed in cells(action):
        if placement in only:
            world.actor(office, placement)  # registered before the savepoint, once
            point = world.tx.begin_nested()
            actor = world.actor(office, placement)
            if probe(world, actor, make(placement, actor)) != allowed:
                wrong.append((office, placement, not allowed))
            point.rollback()
    assert wrong == [], action


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    yield from open_world()


TICKETS = ("mine", "own", "below", "above", "beside", "passed", "none")
UNITS = ("own", "below", "above", "beside", "none")
PLACES = ("own", "below", "above", "beside", *OF_ONE)


@pytest.mark.parametrize("action", ON_TICKETS)
def test_tickets_are_reached_as_the_table_says(world: World, action: str) -> None:
    for probe in ON_TICKETS[action]:
        play(world, action, probe, world.ticket, TICKETS)


@pytest.mark.parametrize("action", ON_PLACES)
def test_places_are_reached_as_the_table_says(world: World, action: str) -> None:
    for probe in ON_PLACES[action]:
        play(world, action, probe, world.unit, UNITS)


@pytest.mark.parametrize("action", ON_PEOPLE)
def test_people_are_reached_as_the_table_says(world: World, action: str) -> None:
    for probe, where in zip(ON_PEOPLE[action], (("mine", *UNITS), UNITS), strict=True):
        play(world, action, probe, world.neighbour, where)


@pytest.mark.parametrize("action", OF_ORGANISATIONS)
def test_organisations_are_reached_as_the_table_says(world: World, action: str) -> None:
    for probe in OF_ORGANISATIONS[action]:
        play(world, action, probe, world.place, PLACES)


def undone(world: World, attempt: Callable[[], bool]) -> bool:
    """The outcome of an attempt that leaves no trace."""
    point = world.tx.begin_nested()
    try:
        return attempt()
    finally:
        point.rollback()


def test_members_are_reached_as_the_table_says(world: World) -> None:
    """As `play` does, with all actions on one member."""
    wrong = []
    for office, placement in product(OFFICES, ("own", "below", "above", "beside", "same", "other")):
        actor = world.actor(office, placement)
        point = world.tx.begin_nested()
        member = world.member(placement, actor)
        for action, probes in ON_MEMBERS.items():
            allowed = table()[action][office][placement]
            wrong += [
                (office, placement, action, number)
                for number, probe in enumerate(probes)
                if undone(world, lambda: probe(world, actor, member)) != allowed  # noqa: B023 - called at once
            ]
        point.rollback()
    assert wrong == []


@pytest.mark.parametrize("action", ON_ONESELF)
def test_what_is_ones_own_is_reached_as_the_table_says(world: World, action: str) -> None:
    for probe in ON_ONESELF[action]:
        play(world, action, probe, world.unit, ("mine",))


@pytest.mark.parametrize("role", list(policy.MANAGED_BY))
def test_offices_are_given_and_ended_as_the_table_says(world: World, role: str) -> None:
    def office(placement: str, actor: Actor) -> Thing:
        return world.office(role, placement, actor)

    def helped(thing: Thing) -> Invite:
        unit = LIVES if thing.person else thing.unit
        return Invite(role, unit, "" if thing.person else thing.organisation, helps=thing.person or 0)

    where = ("mine", *PLACES)
    play(world, f"{role}.invite", ordering(helped), office, where)
    play(world, f"{role}.revoke", ordering(lambda thing: EndOffice(thing.number)), office, where)
    listed_at = ("mine", "own", "beside", "other")
    play(world, f"{role}.revoke", by_people(ordering(lambda _: OfficesToEnd(most=1000), listed)), office, listed_at)
    play(world, "roles.read", ordering(lambda thing: WhoHolds(thing.unit), listed), office, listed_at[1:])


LIVES = "26882"


def by_people(probe: Probe) -> Probe:
    """The operator has a list of their own."""
    return lambda world, actor, thing: bool(actor.operator) or probe(world, actor, thing)


PLAYED = {*ON_TICKETS, *ON_PLACES, *OF_ORGANISATIONS, *ON_PEOPLE, *ON_ONESELF, "roles.read", *ON_MEMBERS}


@pytest.mark.parametrize("action", [name for name in map(str, Action) if name not in PLAYED and name in policy.RULES])
def test_the_policy_itself_says_what_the_table_says(world: World, action: str) -> None:
    def asked(world: World, actor: Actor, thing: Thing) -> bool:
        on = Object(thing.unit, thing.organisation, person=thing.person, escalated=thing.escalated)
        return policy.may(world.tx, actor, Action(action), on)

    play(world, action, asked, world.place, ("mine", *PLACES))


# nothing is left out -------------------------------------------------------------------------------------------------


def test_the_table_names_every_action_and_every_office() -> None:
    managed = {f"{role}.{act}" for role in policy.MANAGED_BY for act in ("invite", "revoke")}
    assert set(table()) == {*map(str, policy.RULES), *managed}
    assert {*policy.Role} <= set(OFFICES)


@pytest.mark.parametrize("office", list(policy.LATER))
def test_an_office_whose_acts_are_not_built_yet_is_kindly_not_given(world: World, office: str) -> None:
    assert office not in {*policy.Role, *policy.MANAGED_BY}
    assert all(row[office] == row["resident"] for row in table().values())  # what they can do today
    with pytest.raises(Rejected) as refusal:
        perform(REGISTRY, world.tx, Actor(MONDAY, operator="cli"), Invite(office, WARD))
    assert refusal.value.words.template == OFFICE_LATER


def test_every_action_is_asked_for_somewhere() -> None:
    code = "".join(path.read_text() for path in (HERE.parent / "handlers").rglob("*.py") if path.name != "policy.py")
    used = {action for action in Action if f"Action.{action.name}" in code}
    assert used == {*Action}


def ways_in() -> Iterator[str]:
    for feature in FEATURES:
        for kind in (*feature.queries, *feature.commands):
            yield f"{feature.name}.{kind.__name__}"
    yield from (f"order {name}" for name in OPERATIONS)
    web = application(None, {})  # type: ignore[arg-type]
    add_doors(web, [Door(SimpleNamespace(path="/hook"), None)])  # type: ignore[arg-type]
    add_media(web, "/media/", None)  # type: ignore[arg-type]
    add_takeaway(web, "/take/", Takeaway(None, REGISTRY, None, Operator(), "vi"))  # type: ignore[arg-type]
    for route in web.router.routes():
        if route.method != "HEAD" and route.resource is not None:
            yield f"{route.method} {route.resource.canonical}"
    yield from command_lines(typer.main.get_command(app), "caunoi")


def command_lines(command: Any, name: str) -> Iterator[str]:
    if not hasattr(command, "commands"):
        yield name
        return
    for word, below in command.commands.items():
        yield from command_lines(below, f"{name} {word}")


def test_every_way_in_has_its_action_or_a_reason_to_be_open() -> None:
    assert sorted(paths()) == sorted(ways_in())


def test_every_action_of_a_way_in_is_in_the_policy() -> None:
    named = {action for action in paths().values() if action != "open"}
    assert named <= {*map(str, Action), *table()}
    orders = [action for way, action in paths().items() if way.startswith(("order", "caunoi")) and action != "open"]
    for action in orders:
        assert policy.Role.OPERATOR in policy.grants(Action(action), "helper")
