"""A small country in which every office is held, and everything that can be reached lies near and far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, create_engine, event, insert

from conversation.messages import Address
from handlers.actor import Actor
from handlers.purposes import NEWS, OFFICE, REPLY
from scheduler.civil_zone import VIETNAM
from storage import branches, duplicates, entering, memberships, people, rights, tickets
from storage.entering import Entered
from storage.memberships import Joining
from storage.people import Role
from storage.schema import metadata, organisations, unit_closure, units
from storage.times import to_ms

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=VIETNAM)
PROVINCE, WARD, HAMLET, ELSEWHERE = "79", "26878", "26878-01", "26882"
WOMEN, FARMERS = "pn", "nd"
UNITS = {PROVINCE: (), WARD: (PROVINCE,), HAMLET: (WARD, PROVINCE), ELSEWHERE: (PROVINCE,)}
LIES_IN = {"mine": ELSEWHERE, "below": HAMLET, "above": PROVINCE, "beside": ELSEWHERE}
"""Where the other placements lie: in the ward."""
OF_ONE = ("same", "other", "none")
"""Placements tried with an office of one organisation."""
OF_WHICH = {"same": WOMEN, "other": FARMERS, "none": ""}


@dataclass(frozen=True)
class Thing:
    """Something that may be reached: a ticket, a place, an office; whose it is, if anybody's."""

    unit: str
    organisation: str = ""
    person: int | None = None
    number: int = 0
    code: str = ""
    escalated: bool = False
    pair: tuple[int, int] = (0, 0)
    """Ids of two people who may be one."""


@dataclass
class World:
    """The records, and those who try."""

    tx: Connection
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def actor(self, office: str, placement: str = "") -> Actor:
        """Who holds an office over the ward, of one organisation where the placement asks for it."""
        if office == "operator":
            return Actor(MONDAY, operator="cli")
        chat = Address("test:1", f"{office}:{placement in OF_ONE}")
        if office == "visitor":
            return Actor(MONDAY, None, chat, "1")
        return Actor(MONDAY, self._person(office, WOMEN if placement in OF_ONE else ""), chat, "1")

    def _person(self, office: str, organisation: str) -> int:
        key = (office, organisation)
        if key not in self.numbers:
            self.numbers[key] = person = self.resident(f"{office}:{bool(organisation)}", ELSEWHERE)
            helps = self.citizen if office == "helper" else 0
            if office != "resident":
                by = helps or None
                people.grant(self.tx, person, office, WARD, MONDAY, organisation=organisation, helps=helps, by=by)
            people.grant(self.tx, person, "member", ELSEWHERE, MONDAY)  # something to give up
        return self.numbers[key]

    def resident(self, name: str, unit: str) -> int:
        """Somebody registered who agreed to everything."""
        address = Address("test:1", name)
        person = people.register(self.tx, address, "bac", unit, MONDAY)
        people.change(self.tx, person, name=name)
        for purpose in (NEWS, REPLY, OFFICE):
            people.consent(self.tx, person, purpose, "Đồng ý", address, "1", MONDAY)
        return person

    @property
    def citizen(self) -> int:
        """A resident of the ward to whom things happen."""
        if ("citizen", "") not in self.numbers:
            self.numbers["citizen", ""] = self.resident("citizen", WARD)
        return self.numbers["citizen", ""]

    def ticket(self, placement: str, actor: Actor) -> Thing:
        """A ticket, signed by the citizen or by who tries."""
        owner = actor.person if placement == "mine" else self.citizen
        return self._ticket(placement, owner if owner is not None else self.citizen)

    def _ticket(self, placement: str, owner: int) -> Thing:
        found = tickets.add(
            self.tx, code=tickets.next_code(self.tx, MONDAY), anonymous=False, person_id=owner, opened_at=to_ms(MONDAY),
            unit_code=LIES_IN.get(placement, WARD), topic="dien_chieu_sang", text="Đèn hư", urgent=False, status="new",
            opened_on="2026-11-23", receive_by=to_ms(MONDAY), resolve_by=to_ms(MONDAY),
        )  # fmt: skip
        if placement == "passed":
            tickets.happened(self.tx, found, "escalated", MONDAY)
        return Thing(found.unit_code, person=owner, number=found.id, code=found.code, escalated=placement == "passed")

    def place(self, placement: str, actor: Actor) -> Thing:
        """A place, or something of an organisation in it."""
        organisation = OF_WHICH.get(placement, WOMEN)
        owner = actor.person if placement == "mine" else None
        return Thing(LIES_IN.get(placement, WARD), organisation, owner, escalated=placement == "passed")

    def neighbour(self, placement: str, actor: Actor) -> Thing:
        """Somebody without an office who lives there, or who tries."""
        if placement == "mine":
            return Thing(ELSEWHERE, person=actor.person)
        at = LIES_IN.get(placement, WARD)
        person = self.resident("somebody", at)
        return Thing(at, person=person, number=person)

    def unit(self, placement: str, actor: Actor) -> Thing:
        """A place as such, of no organisation."""
        return replace(self.place(placement, actor), organisation="")

    def member(self, placement: str, actor: Actor) -> Thing:
        """Somebody in a branch, who may be the same as another there; `code` is the branch."""
        at = self.place(placement, actor)
        branch = branches.add_branch(self.tx, at.organisation, at.unit)
        who = Entered("Lan", "co", 1957, "+84912345678", at.unit, self.citizen)
        one, other = (entering.enter(self.tx, who, MONDAY) for _ in range(2))
        memberships.join_all(self.tx, [Joining(each, branch.id, "2020") for each in (one, other)], "2026", "leader")
        duplicates.propose(self.tx, [one], MONDAY)
        number = memberships.memberships_of(self.tx, one)[0].id
        return replace(at, number=number, code=str(branch.id), pair=(one, other))

    def office(self, role: str, placement: str, actor: Actor) -> Thing:
        """An office that somebody else holds; a helper's is one's own when it helps oneself."""
        at = self.place(placement, actor)
        helps = actor.person or 0 if placement == "mine" and role == "helper" else 0
        people.grant(self.tx, self.citizen, role, at.unit, MONDAY, organisation=at.organisation, helps=helps)
        wanted = Role(role, at.unit, at.organisation, 0, helps)
        held = next(each for each in rights.held_by(self.tx, self.citizen) if each.office == wanted)
        return replace(at, person=helps or None, number=held.id)


def open_world() -> Iterator[World]:
    """A world in memory."""
    engine = create_engine("sqlite://")

    @event.listens_for(engine, "connect")
    def _strict(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    metadata.create_all(engine)
    with engine.begin() as tx:
        for code, above in UNITS.items():
            path = "/".join((*reversed(above), code)) + "/"
            tx.execute(insert(units).values(
                code=code, parent_code=above[0] if above else None, depth=len(above), kind="phuong", name=code,
                full_name=code, fold=code, path=path,
            ))  # fmt: skip
            line = [{"ancestor": up, "descendant": code, "distance": n} for n, up in enumerate((code, *above))]
            tx.execute(insert(unit_closure), line)
        for place, code in enumerate((WOMEN, FARMERS)):
            tx.execute(insert(organisations).values(
                code=code, name=code, short_name=code, fold=code, member_word="", branch_word="", place=place,
            ))  # fmt: skip
        world = World(tx)
        assert world.citizen  # from the beginning, and in no savepoint
        yield world
    engine.dispose()
