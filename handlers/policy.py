"""Who may do what on which object: the only place that says so. What is not in these tables is denied.

A right is an action, the offices that have it, and how far each reaches. An office reaches a unit with everything
below it; of one organisation, one branch or one helped person, where its row says so. A helper has no rights of their
own beyond a resident's: acting for somebody, they have that person's, as far as `HELPED` goes; those of an office only
when who holds it has chosen the helper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from sqlalchemy import Connection

from conversation.messages import N_, Rejected, Template
from handlers.actor import Actor, Forbidden
from storage import audit, linking, rights
from storage.rights import Held


class Role(StrEnum):
    """Offices, and the three who hold none."""

    VISITOR = "visitor"
    """Whoever writes."""
    RESIDENT = "resident"
    """Whoever is registered."""
    OPERATOR = "operator"
    """The operator's own tools."""
    GROUP_LEADER = "group_leader"
    BRANCH_LEADER = "branch_leader"
    HELPER = "helper"
    AREA_OFFICER = "area_officer"
    COMMUNE_OFFICER = "commune_officer"
    PROVINCE_OFFICER = "province_officer"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Action(StrEnum):
    """What can be done, as it stands in the log of refusals."""

    TICKETS_OPEN = "tickets.open"
    TICKETS_OWN = "tickets.own"
    TICKETS_READ = "tickets.read"
    TICKETS_WORK = "tickets.work"
    CALLS_ASK = "calls.ask"
    CALLS_TAKE = "calls.take"
    OWN_DATA = "own.data"
    UNITS_CHANGE = "units.change"
    ORGANISATIONS_CHANGE = "organisations.change"
    BRANCHES_CHANGE = "branches.change"
    CLUSTERS_CHANGE = "clusters.change"
    MEMBERS_READ = "members.read"
    MEMBERS_EDIT = "members.edit"
    MEMBERS_CONFIRM = "members.confirm"
    MEMBERS_IMPORT = "members.import"
    MEMBERS_EXPORT = "members.export"
    PEOPLE_ENTER = "people.enter"
    PEOPLE_LINK = "people.link"
    DUPLICATES_DECIDE = "duplicates.decide"
    ROLLUPS_READ = "rollups.read"
    ELIGIBLE_SET = "eligible.set"
    POSTERS_MAKE = "posters.make"
    AUDIT_READ = "audit.read"
    ROLES_READ = "roles.read"
    ROLES_INVITE = "roles.invite"
    ROLES_REVOKE = "roles.revoke"
    ROLES_RESIGN = "roles.resign"
    HELP = "help"


class Reach(Enum):
    """How far a right goes."""

    ANYTHING = auto()
    OWN = auto()
    """One's own things."""
    SCOPE = auto()
    """What lies in the office's unit, organisation and branch."""
    PLACE = auto()
    """What lies in the office's unit, whatever the organisation."""
    HELPED = auto()
    """The person the helper's row names."""
    ESCALATED = auto()
    """As `SCOPE`, and only what was passed up."""


R, A = Role, Action
BY_OFFICE = frozenset({Reach.SCOPE, Reach.PLACE, Reach.ESCALATED, Reach.HELPED})
"""Rights that come with a row of `roles`; the others come with being somebody."""
Grants = Mapping[Role, Reach]

OFFICERS = (R.AREA_OFFICER, R.COMMUNE_OFFICER)
LEADERS = (R.BRANCH_LEADER, *OFFICERS)
TOOLS: Grants = {R.OPERATOR: Reach.ANYTHING}


def _scope(*roles: Role) -> dict[Role, Reach]:
    return dict.fromkeys(roles, Reach.SCOPE)


RULES: Mapping[Action, Grants] = {
    A.TICKETS_OPEN: {R.VISITOR: Reach.ANYTHING},
    A.TICKETS_OWN: {R.RESIDENT: Reach.OWN},
    A.TICKETS_READ: {**_scope(*OFFICERS, R.AUDITOR), R.PROVINCE_OFFICER: Reach.ESCALATED},
    A.TICKETS_WORK: {**_scope(*OFFICERS), R.PROVINCE_OFFICER: Reach.ESCALATED},
    A.CALLS_ASK: {R.RESIDENT: Reach.OWN},
    A.CALLS_TAKE: dict.fromkeys((R.GROUP_LEADER, *LEADERS), Reach.PLACE),
    A.OWN_DATA: {R.RESIDENT: Reach.OWN},
    A.UNITS_CHANGE: {**_scope(R.ADMIN), **TOOLS},
    A.ORGANISATIONS_CHANGE: TOOLS,
    A.BRANCHES_CHANGE: {**_scope(R.COMMUNE_OFFICER, R.ADMIN), **TOOLS},
    A.CLUSTERS_CHANGE: {**_scope(R.COMMUNE_OFFICER, R.ADMIN), **TOOLS},
    A.MEMBERS_READ: _scope(R.GROUP_LEADER, *LEADERS, R.AUDITOR),
    A.MEMBERS_EDIT: _scope(*LEADERS),
    A.MEMBERS_CONFIRM: _scope(R.GROUP_LEADER, *LEADERS),
    A.MEMBERS_IMPORT: {**_scope(R.COMMUNE_OFFICER), **TOOLS},
    A.MEMBERS_EXPORT: {**_scope(R.COMMUNE_OFFICER), **TOOLS},
    A.PEOPLE_ENTER: _scope(*LEADERS),
    A.PEOPLE_LINK: {R.RESIDENT: Reach.OWN, **_scope(*LEADERS)},
    A.DUPLICATES_DECIDE: {**_scope(R.COMMUNE_OFFICER), **TOOLS},
    A.ROLLUPS_READ: {**_scope(*LEADERS, R.PROVINCE_OFFICER, R.AUDITOR), **TOOLS},
    A.ELIGIBLE_SET: {**_scope(R.COMMUNE_OFFICER), **TOOLS},
    A.POSTERS_MAKE: {**_scope(R.BRANCH_LEADER, R.COMMUNE_OFFICER, R.ADMIN), **TOOLS},
    A.AUDIT_READ: {**_scope(R.AUDITOR), **TOOLS},
    A.ROLES_RESIGN: {R.RESIDENT: Reach.OWN},
    A.HELP: {R.HELPER: Reach.HELPED},
    A.ROLES_READ: {**_scope(R.BRANCH_LEADER, R.COMMUNE_OFFICER, R.AUDITOR, R.ADMIN), **TOOLS},
}
"""Source: domain.md 1.3, where each office has what the one before it has, but for the last three."""

LATER: Mapping[str, Template] = {
    "household_rep": N_("biểu quyết thay cả hộ"),
    "visiting_agency": N_("việc «ba cùng» của đơn vị được mời"),
}
"""Offices of domain.md 1.3 whose acts come with features that are not built yet, so that nobody is invited to them."""

BY_ADMINS: Grants = {R.ADMIN: Reach.SCOPE, **TOOLS}
MANAGED_BY: Mapping[Role, Grants] = {
    R.GROUP_LEADER: {**_scope(R.BRANCH_LEADER, R.COMMUNE_OFFICER, R.ADMIN), **TOOLS},
    R.HELPER: {R.RESIDENT: Reach.OWN, **_scope(R.BRANCH_LEADER, R.ADMIN), **TOOLS},
    R.BRANCH_LEADER: {**_scope(R.COMMUNE_OFFICER, R.ADMIN), **TOOLS},
    R.AREA_OFFICER: {**_scope(R.COMMUNE_OFFICER, R.ADMIN), **TOOLS},
    R.COMMUNE_OFFICER: BY_ADMINS,
    R.PROVINCE_OFFICER: BY_ADMINS,
    R.AUDITOR: BY_ADMINS,
    R.ADMIN: BY_ADMINS,
}
"""Who invites to an office, and may end it: nobody to one above their own."""

HELPED = frozenset({A.TICKETS_OPEN, A.TICKETS_OWN, A.CALLS_ASK, A.MEMBERS_READ, A.MEMBERS_EDIT,
                    A.MEMBERS_CONFIRM, A.PEOPLE_ENTER, A.ROLLUPS_READ})  # fmt: skip
"""What can be done for somebody: an elder's errands and a leader's lists, but not what is theirs alone to decide."""

NOT_FOR_ANOTHER = N_("Việc này chỉ chính chủ làm được ạ. {You} nhắn **THÔI GIÚP** để trở lại việc của mình.")


@dataclass(frozen=True, slots=True)
class Object:
    """What something is done to: where it lies, and whose it is."""

    unit: str = ""
    organisation: str = ""
    branch: int = 0
    person: int | None = None
    escalated: bool = False
    role: str = ""
    """The office, when offices are given or taken."""
    kind: str = ""
    """What it is called in the log, with `number`."""
    number: str = ""


def grants(action: Action, role: str = "") -> Grants:
    """Who has the right to an action; for offices, to that office."""
    if action in (A.ROLES_INVITE, A.ROLES_REVOKE):
        return MANAGED_BY.get(Role(role), {}) if role in set(Role) else {}
    return RULES.get(action, {})


def may(tx: Connection, actor: Actor, action: Action, on: Object) -> bool:
    """Whether the actor may do it to this object, by what the records say now."""
    given = grants(action, on.role)
    if R.VISITOR in given or (actor.operator and R.OPERATOR in given):
        return actor.on_behalf_of is None or _helps(tx, actor, action)
    whose = actor.whose
    if whose is None or not (actor.on_behalf_of is None or _helps(tx, actor, action)):
        return False
    if R.RESIDENT in given and on.person == whose:
        return True
    if Reach.HELPED in given.values():
        return on.person in helped_by(tx, actor)
    there = rights.held_over(tx, whose, on.unit) if on.unit and _has_offices(tx, actor) else []
    return any(_covers(tx, held, given, on) for held in there) and _carries_offices(tx, actor)


def require(tx: Connection, actor: Actor, action: Action, on: Object | None, words: Template, **fields: object) -> None:
    """Refuse, with the words for what does not exist, whoever may not; None is what does not exist."""
    if on is None:
        raise Rejected(words, **fields)
    if not may(tx, actor, action, on):
        raise Forbidden((action.value, on.kind, on.number), words, **fields)


def own(tx: Connection, actor: Actor, action: Action, strangers: Template) -> int:
    """The registered person whose affairs these are, for what is done to nobody else's."""
    if actor.whose is None:
        raise Rejected(strangers)
    require(tx, actor, action, Object(person=actor.whose, kind="person", number=str(actor.whose)), NOT_FOR_ANOTHER)
    return actor.whose


def offices(tx: Connection, actor: Actor, action: Action, role: str = "") -> list[Held]:
    """The offices by which the actor may do it somewhere: for lists, whose rows are found by them."""
    if actor.whose is None or not _has_offices(tx, actor) or (actor.on_behalf_of is not None and action not in HELPED):
        return []
    given = grants(action, role)
    found = [held for held in rights.held_by(tx, actor.whose) if given.get(_role(held)) in BY_OFFICE]
    return found if found and _carries_offices(tx, actor) else []


def units_of(held: Iterable[Held], action: Action, reach: Reach) -> list[str]:
    """The units in which offices give a right to what belongs to no organisation, as far as `reach`."""
    given = grants(action)
    whole = (each.office for each in held if not (each.office.organisation_code or each.office.branch_id))
    return [office.unit_code for office in whole if given.get(Role(office.role)) is reach]


def helped_by(tx: Connection, actor: Actor) -> list[int]:
    """Those whose helper the actor is."""
    return [held.office.helps_id for held in _helping(tx, actor)]


def doable(tx: Connection, actor: Actor) -> frozenset[Action]:
    """What the actor may do somewhere by an office."""
    if actor.whose is None or not _has_offices(tx, actor):
        return frozenset()
    held = {_role(each) for each in rights.held_by(tx, actor.whose)}
    if not held or not _carries_offices(tx, actor):
        return frozenset()

    def somewhere(given: Grants) -> bool:
        return any(given.get(role) in BY_OFFICE for role in held)

    by_office = frozenset(action for action, given in RULES.items() if somewhere(given))
    if any(map(somewhere, MANAGED_BY.values())):
        by_office |= {A.ROLES_INVITE, A.ROLES_REVOKE}
    return by_office if actor.on_behalf_of is None else by_office & HELPED


def holders(tx: Connection, action: Action, on: Object, by: Reach = Reach.SCOPE) -> list[int]:
    """Those who may do it to this object by an office of this reach, the nearest first: whom to tell of it."""
    given = {role: reach for role, reach in grants(action, on.role).items() if reach == by}
    found = [held.person for held in rights.holders(tx, given, on.unit) if _covers(tx, held, given, on)]
    return list(dict.fromkeys(found))


def note_refusal(tx: Connection, actor: Actor, attempt: tuple[str, str, str]) -> None:
    """Write down that somebody tried what they may not."""
    by = actor.operator if actor.person is None else actor.person
    action, kind, number = attempt
    audit.note(tx, by, actor.at, "refused", kind, number, reason=action)


def note_help(tx: Connection, actor: Actor, what: str) -> None:
    """Write down what a helper did, for the one they did it for."""
    if actor.person is not None and actor.on_behalf_of is not None:
        audit.note(tx, actor.person, actor.at, "helped", "errand", what, subject=actor.on_behalf_of,
                   on_behalf_of=actor.on_behalf_of)  # fmt: skip


def _covers(tx: Connection, held: Held, given: Grants, on: Object) -> bool:
    office = held.office
    reach = given.get(_role(held))
    if reach is Reach.PLACE:
        return True
    if not (reach is Reach.SCOPE or (reach is Reach.ESCALATED and on.escalated)):
        return False
    of_it = office.organisation_code in ("", on.organisation)
    return of_it and (office.branch_id in (0, on.branch) or office.branch_id in rights.branch_line(tx, on.branch))


def _role(held: Held) -> Role:
    """The office; one that the policy knows nothing of is worth nothing."""
    return Role(held.office.role) if held.office.role in set(Role) else Role.VISITOR


def _helps(tx: Connection, actor: Actor, action: Action) -> bool:
    """Whether the actor still helps the person they act for, and this can be done for another at all."""
    return action in HELPED and actor.on_behalf_of in helped_by(tx, actor)


def _has_offices(tx: Connection, actor: Actor) -> bool:
    """Whether the offices of the person whose affairs these are count: nobody else lends them to a helper."""
    helped = actor.on_behalf_of
    return helped is None or any(helped == held.office.helps_id == held.given_by for held in _helping(tx, actor))


def _helping(tx: Connection, actor: Actor) -> list[Held]:
    held = rights.held_by(tx, actor.person) if actor.person is not None else []
    found = [each for each in held if each.office.role == R.HELPER and each.office.helps_id]
    return found if found and _carries_offices(tx, actor) else []


def _carries_offices(tx: Connection, actor: Actor) -> bool:
    """Whether the chat is not one from before the office, which may be in other hands."""
    return actor.address is None or not linking.is_unproven(tx, actor.address)
