"""Entering a list: the same look at the records tells what a list would do, and does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from conversation.messages import Command, Query, Words, phrase
from handlers import policy
from handlers.actor import Actor
from handlers.members import list_texts as texts
from handlers.members.branch_names import BranchNames
from handlers.members.scope import Scope, scope_of
from handlers.members.sheet import Entry, Problem
from handlers.policy import Action, Object
from handlers.purposes import MEMBERS, NEWS
from storage import audit, duplicates, member_lists, member_lookup
from storage.member_lists import Given, Newcomer
from storage.member_lookup import Same, Sight, Sought
from storage.memberships import STATUSES

PAPER = {NEWS: texts.PAPER_FOR_NEWS, MEMBERS: texts.PAPER_FOR_MEMBERS}
"""What somebody on a list has agreed to, where the list says that they have."""


@dataclass(frozen=True, slots=True)
class CheckList(Query["Outcome"]):
    """What a list, or a part of one, would do."""

    organisation: str
    unit: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ImportList(Command["Outcome"]):
    """Enter those of a list, or of a part of one, who are not there; `source` is the hash of the file."""

    organisation: str
    unit: str
    entries: tuple[Entry, ...]
    source: str


@dataclass(slots=True)
class Outcome:
    """How many people are new, how many are there already, and what is to be known of single rows."""

    new: int = 0
    there: int = 0
    problems: list[Problem] = field(default_factory=list)


def check_list(tx: Connection, actor: Actor, query: CheckList) -> Outcome:
    """Nothing is changed."""
    return _planned(tx, actor, query)[0]


def import_list(tx: Connection, actor: Actor, command: ImportList) -> Outcome:
    """All of them or, when one row is wrong, nobody."""
    member_lists.one_at_a_time(tx)
    outcome, newcomers = _planned(tx, actor, command)
    if any(problem.fatal for problem in outcome.problems):
        return Outcome(problems=outcome.problems)
    given = [Given(purpose, str(text), command.source) for purpose, text in PAPER.items()]
    numbers = member_lists.add(tx, newcomers, actor.at, given)
    duplicates.propose(tx, numbers, actor.at)
    if numbers:
        what = f"{command.organisation}@{command.unit}"
        by = actor.operator or actor.person or ""
        audit.note(tx, by, actor.at, "imported", audit.MEMBER_LIST, what, reason=f"{len(numbers)}: {command.source}")
    return outcome


def _planned(tx: Connection, actor: Actor, asked: CheckList | ImportList) -> tuple[Outcome, list[Newcomer]]:
    scope = scope_of(tx, actor, Action.MEMBERS_IMPORT, asked.unit, asked.organisation)
    names = BranchNames(member_lists.places(tx, scope.organisation, scope.unit.path), scope.unit.full_name)
    plan = _Plan(tx, scope, _sight(tx, actor, scope), names, {each.row: each for each in asked.entries})
    return plan.outcome, plan.made()


def _sight(tx: Connection, actor: Actor, scope: Scope) -> Sight:
    """Of whom whoever brings a list may hear that they are in the records: of those they could decide on."""

    def may(on: Object) -> bool:
        return policy.may(tx, actor, Action.DUPLICATES_DECIDE, on)

    if may(Object()):
        return Sight()
    return Sight(scope.unit.path, "" if may(Object(scope.unit.code)) else scope.organisation)


@dataclass
class _Plan:
    """What becomes of each entry."""

    tx: Connection
    scope: Scope
    sight: Sight
    names: BranchNames
    entries: Mapping[int, Entry]
    """By row."""
    outcome: Outcome = field(default_factory=Outcome)

    def made(self) -> list[Newcomer]:
        """All entries; nobody is new whom the branch has, or once had."""
        placed = [each for entry in self.entries.values() if (each := self._placed(entry)) is not None]
        strangers = self._not_there(placed)
        known = member_lookup.same(self.tx, self.scope.organisation, strangers, self.sight)
        unknown = [each for each in strangers if each.row not in known]
        newcomers = [*self._joining(strangers, known), *self._new(unknown)]
        self.outcome.new = len(newcomers)
        return newcomers

    def _placed(self, entry: Entry) -> Sought | None:
        place, words = self.names.find(entry.branch, entry.group)
        if words is not None:
            self._note(entry.row, words, fatal=place is None)
        return Sought(entry.row, entry.name_fold, entry.birth_year, entry.phone, place) if place else None

    def _not_there(self, placed: list[Sought]) -> list[Sought]:
        there = member_lookup.there(self.tx, self.scope.organisation, placed)
        self.outcome.there += len(there)
        for row, status in there.items():
            if status != self.entries[row].status:
                self._note(row, phrase(texts.THERE_BUT_STATUS, status=STATUSES[status]))
        return [each for each in placed if each.row not in there]

    def _joining(self, strangers: list[Sought], known: Mapping[int, Same]) -> Iterator[Newcomer]:
        """People of the commune who come from another organisation."""
        for each in strangers:
            same = known.get(each.row)
            if same is not None and same.member:
                self.outcome.there += 1
                self._note(each.row, texts.IN_ANOTHER_BRANCH)
            elif same is not None:
                self._note(each.row, texts.SAME_PERSON)
                yield self._newcomer(each, same.person)

    def _new(self, unknown: list[Sought]) -> Iterator[Newcomer]:
        alike = member_lookup.suspected(self.tx, unknown, self.sight)
        for each in unknown:
            if each.row in alike:
                self._note(each.row, texts.MAY_BE_SAME)
            yield self._newcomer(each)

    def _newcomer(self, sought: Sought, person: int = 0) -> Newcomer:
        of = self.entries[sought.row]
        return Newcomer(of.name, of.birth_year, of.phone, sought.place, of.status, of.since, of.consent, person)

    def _note(self, row: int, words: Words, *, fatal: bool = False) -> None:
        self.outcome.problems.append(Problem(row, words, fatal))
