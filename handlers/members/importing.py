"""Entering a list: the same look at the records tells what a list would do, and does it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import Connection

from conversation.messages import Command, Query, Words, phrase
from handlers.actor import Actor
from handlers.members import list_texts as texts
from handlers.members.branch_names import BranchNames
from handlers.members.scope import scope_of
from handlers.members.sheet import Entry, Problem, alike
from handlers.policy import Action
from handlers.purposes import MEMBERS, NEWS
from storage import audit, duplicates, member_lists
from storage.member_lists import Given, Held, Kept, Newcomer, Place
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
    outcome, newcomers = _planned(tx, actor, command)
    if any(problem.fatal for problem in outcome.problems):
        return Outcome(problems=outcome.problems)
    given = [Given(purpose, str(text), command.source) for purpose, text in PAPER.items()]
    numbers = member_lists.add(tx, newcomers, actor.at, given)
    duplicates.propose(tx, numbers, actor.at)
    if numbers:
        what = f"{command.organisation}@{command.unit}"
        by = actor.operator or actor.person or ""
        audit.note(tx, by, actor.at, "imported", "member_list", what, reason=f"{len(numbers)}: {command.source}")
    return outcome


def _planned(tx: Connection, actor: Actor, asked: CheckList | ImportList) -> tuple[Outcome, list[Newcomer]]:
    scope = scope_of(tx, actor, Action.MEMBERS_IMPORT, asked.unit, asked.organisation)
    names = BranchNames(member_lists.places(tx, scope.organisation, scope.unit.path), scope.unit.full_name)
    return _Plan.over(tx, scope.organisation, names, asked.entries).made(asked.entries)


@dataclass
class _Plan:
    """What becomes of each entry."""

    names: BranchNames
    namesakes: dict[str, list[Kept]]
    by_phone: dict[str, list[Kept]]
    held: dict[int, Held]
    outcome: Outcome = field(default_factory=Outcome)

    @classmethod
    def over(cls, tx: Connection, organisation: str, names: BranchNames, entries: tuple[Entry, ...]) -> _Plan:
        """With those in the records who may be one of these people."""
        kept = member_lists.alike(tx, [(each.name_fold, each.birth_year, each.phone) for each in entries])
        plan = cls(names, defaultdict(list), defaultdict(list), {})
        plan.held = member_lists.held(tx, organisation, (each.id for each in kept))
        for each in kept:
            plan.namesakes[each.name_fold].append(each)
            plan.by_phone[each.phone].append(each)
        return plan

    def made(self, entries: tuple[Entry, ...]) -> tuple[Outcome, list[Newcomer]]:
        """All entries, one after another."""
        newcomers = [newcomer for entry in entries if (newcomer := self._placed(entry)) is not None]
        self.outcome.new = len(newcomers)
        return self.outcome, newcomers

    def _placed(self, entry: Entry) -> Newcomer | None:
        place, words = self.names.find(entry.branch, entry.group)
        if words is not None:
            self._note(entry, words, fatal=place is None)
        return self._newcomer(entry, place) if place else None

    def _newcomer(self, entry: Entry, place: Place) -> Newcomer | None:
        """Nobody new, when the records have this person in this branch, or once had."""
        known = [each for each in self.namesakes[entry.name_fold] if alike(each, entry)]
        family = self.names.family(place)
        here = next(
            (self.held[each.id] for each in known if each.id in self.held and self.held[each.id].branch in family), None
        )
        if here is not None:
            self.outcome.there += 1
            if here.status != entry.status:
                self._note(entry, phrase(texts.THERE_BUT_STATUS, status=STATUSES[here.status]))
            return None
        same = next((each for each in known if _certainly(each, entry)), None)
        if same is None:
            self._suspect(entry)
            return _newcomer(entry, place)
        if same.id in self.held and not self.held[same.id].ended:
            self.outcome.there += 1
            self._note(entry, texts.IN_ANOTHER_BRANCH)
            return None
        self._note(entry, texts.SAME_PERSON)
        return _newcomer(entry, place, same.id)

    def _suspect(self, entry: Entry) -> None:
        namesakes = self.namesakes[entry.name_fold]
        of_age = entry.birth_year and any(each.birth_year == entry.birth_year for each in namesakes)
        if of_age or (entry.phone and self.by_phone[entry.phone]):
            self._note(entry, texts.MAY_BE_SAME)

    def _note(self, entry: Entry, words: Words, *, fatal: bool = False) -> None:
        self.outcome.problems.append(Problem(entry.row, words, fatal))


def _certainly(kept: Kept, entry: Entry) -> bool:
    """Name, year and phone are all known and the same, and nobody writes from a chat who could be asked instead."""
    whole = bool(entry.birth_year and entry.phone) and not kept.has_chat
    return whole and (kept.birth_year, kept.phone) == (entry.birth_year, entry.phone)


def _newcomer(entry: Entry, place: Place, person: int = 0) -> Newcomer:
    return Newcomer(entry.name, entry.birth_year, entry.phone, place, entry.status, entry.since, entry.consent, person)
