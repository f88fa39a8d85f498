"""Inviting somebody: to which office, where, and here is the code."""

from __future__ import annotations

from conversation.chat import Chat
from conversation.messages import Words, phrase
from handlers.invites import texts
from handlers.invites.commands import CONFIRMED, Invite
from handlers.invites.queries import BranchesAt, GivenAs, MyPlace, Neighbours, OfficesToGive, OrganisationsInUse
from handlers.invites.showing import ShowNeighbours
from handlers.place import ChildrenOf, OfficeCalled, UnitBy
from handlers.policy import Role
from handlers.wording import in_sentence
from storage.people import Person
from storage.people import Role as Office
from storage.rights import Held
from storage.units import COMMUNE, Unit

PAGE = 6
ALL = "all"
OF_ONE = (Role.BRANCH_LEADER, Role.GROUP_LEADER, Role.AREA_OFFICER, Role.COMMUNE_OFFICER)
OF_A_BRANCH = (Role.BRANCH_LEADER, Role.GROUP_LEADER)


def invite(chat: Chat) -> None:
    """What may be given is asked of the records at each step, and once more when it is given."""
    roles = chat.look(OfficesToGive())
    if not roles:
        return chat.say(texts.REGISTER_FIRST)
    role = str(chat.choose("role", texts.WHICH_OFFICE, {role: texts.OFFICE_NAMES[role] for role in roles}))
    if role == Role.HELPER:
        return _helper(chat)
    held = _given_as(chat, role)
    unit = _place(chat, held, role) if held else None
    if held is None or unit is None:
        return chat.say(texts.NO_INVITE)
    organisation = held.office.organisation_code or _organisation(chat, role)
    branch = held.office.branch_id or _branch(chat, role, unit, organisation)
    return _give(chat, Invite(role, unit.code, organisation, branch))


def _given_as(chat: Chat, role: str) -> Held | None:
    """The office by which one invites, asked when there are several."""
    mine = {str(held.id): held for held in chat.look(GivenAs(role))}
    if len(mine) <= 1:
        return next(iter(mine.values()), None)
    options = {key: chat.look(OfficeCalled(held.office)) for key, held in mine.items()}
    return mine[str(chat.choose(f"as_{role}"[:16], texts.BY_WHICH, options))]


def _place(chat: Chat, held: Held, role: str) -> Unit | None:
    """Where the office reaches; one of a branch lies where the branch does."""
    if held.office.branch_id:
        return chat.look(UnitBy(held.office.unit_code))
    return _within(chat, held.office.unit_code, role)


def _within(chat: Chat, code: str, role: str) -> Unit | None:
    """The whole place, or one below it, or one below that; a commune's officer has a whole commune."""
    unit = chat.look(UnitBy(code))
    if unit is None or (role == Role.COMMUNE_OFFICER and unit.depth == COMMUNE):
        return unit
    below = {each.code: each for each in chat.look(ChildrenOf(code))}
    if not below:
        return unit
    options: dict[str, Words] = {code: phrase(texts.ALL_OF_IT, unit=in_sentence(unit))}
    options |= {key: each.full_name for key, each in below.items()}
    picked = str(chat.choose(f"in_{code}", texts.WHERE, options, page=PAGE))
    return unit if picked == code else _within(chat, picked, role)


def _organisation(chat: Chat, role: str) -> str:
    """Whose office it is; empty for one that is all organisations', as a hamlet's head is."""
    asked = chat.look(OrganisationsInUse()) if role in OF_ONE else ()
    found = {each.code: each.short_name for each in asked}
    options: dict[str, Words] = {ALL: texts.NO_ORGANISATION, **found}
    picked = str(chat.choose("of", texts.WHICH_ORGANISATION, options, page=PAGE)) if found else ALL
    return "" if picked == ALL else picked


def _branch(chat: Chat, role: str, unit: Unit, organisation: str) -> int:
    """Leaders lead a branch, where there are any; 0 for all of them."""
    found = chat.look(BranchesAt(unit.code, organisation)) if role in OF_A_BRANCH and organisation else ()
    if not found:
        return 0
    options: dict[str, Words] = {str(each.id): each.name for each in found}
    return int(chat.choose("branch", texts.WHICH_BRANCH, {**options, "0": texts.NO_BRANCH}, page=PAGE))


# helpers --------------------------------------------------------------------------------------------------------------


def _helper(chat: Chat) -> None:
    """For oneself, or for somebody of one's place who has agreed."""
    held = _given_as(chat, Role.HELPER)
    options = {"me": texts.HELPS_ME, "other": texts.HELPS_ANOTHER}
    if held is None or chat.choose("whom", texts.WHOM_TO_HELP, options) == "me":
        return _give_helper(chat, chat.look(MyPlace()), chat.speaker.person or 0)
    name = _name_of_helped(chat, held)
    if not name:
        return chat.say(texts.NO_INVITE)
    chat.do(ShowNeighbours(name, held.id))
    return chat.go("invite_helper", name=name, office=held.id)


def _name_of_helped(chat: Chat, held: Held) -> str:
    def unknown(name: str) -> Words | None:
        return None if chat.look(Neighbours(name, held.id)) else texts.NOBODY_NAMED_SO

    return chat.few_words("name", texts.NAME_OF_HELPED, check=unknown, optional=texts.NO_CODE)


def invite_helper(chat: Chat) -> None:
    """Which of those called so; nobody gets a helper without being asked."""
    found = {str(each.id): each for each in chat.look(Neighbours(chat.given.name, chat.given.office))}
    held = next((each for each in chat.look(GivenAs(Role.HELPER)) if each.id == chat.given.office), None)
    options: dict[str, Words] = {key: _told_apart(chat, each) for key, each in found.items()}
    picked = str(chat.choose("who", texts.WHICH_ONE, options, optional=texts.NONE_OF_THEM)) if found else ""
    helped = found.get(picked)
    if held is None or helped is None:
        return chat.say(texts.NO_INVITE)
    asked = {"yes": texts.THEY_AGREED, "no": texts.NOT_ASKED}
    if chat.choose("agreed", phrase(texts.HAVE_THEY_AGREED, who=helped.name), asked) == "no":
        return chat.say(texts.ASK_THEM_FIRST, who=helped.name)
    own = held.office
    return _give_helper(chat, helped.unit_code or "", helped.id, own.organisation_code, own.branch_id)


def _told_apart(chat: Chat, person: Person) -> Words:
    unit = chat.look(UnitBy(person.unit_code or ""))
    return f"{person.name}, {unit.full_name}" if unit else person.name


def _give_helper(chat: Chat, place: str, helped: int, organisation: str = "", branch: int = 0) -> None:
    return _give(chat, Invite(Role.HELPER, place, organisation, branch, helped))


# the code -------------------------------------------------------------------------------------------------------------


def _give(chat: Chat, order: Invite) -> None:
    office = chat.look(OfficeCalled(Office(order.role, order.unit, order.organisation, order.branch, order.helps)))
    sure = phrase(texts.SURE, office=office)
    if not chat.confirm("sure", sure, about=order, yes=texts.GIVE_CODE, no=texts.NO_CODE):
        return chat.say(texts.NO_INVITE)
    code = chat.do(order)
    chat.say(texts.THE_CODE, office=office, code=code)
    return chat.say(texts.AND_CONFIRM) if order.role in CONFIRMED else None
