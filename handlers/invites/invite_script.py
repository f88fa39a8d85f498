"""Inviting somebody: to which office, where, and here is the code."""

from __future__ import annotations

from conversation.chat import Chat
from conversation.messages import Words, phrase
from handlers.invites import texts
from handlers.invites.commands import CONFIRMED, Invite
from handlers.invites.queries import GivenAs, MyPlace, Neighbours, OfficesToGive
from handlers.offices import OFFICES, office_at
from handlers.place import ChildrenOf, UnitBy
from handlers.policy import Role
from handlers.wording import in_sentence
from storage.people import Person
from storage.rights import Held
from storage.units import Unit

PAGE = 6


def invite(chat: Chat) -> None:
    """What may be given is asked of the records at each step, and once more when it is given."""
    roles = chat.look(OfficesToGive())
    if not roles:
        return chat.say(texts.REGISTER_FIRST)
    role = str(chat.choose("role", texts.WHICH_OFFICE, {role: OFFICES[role] for role in roles}))
    if role == Role.HELPER:
        return _helper(chat)
    held = _given_as(chat, role)
    unit = _place(chat, held.office.unit_code) if held else None
    if held is None or unit is None:
        return chat.say(texts.NO_INVITE)
    return _give(chat, Invite(role, unit.code, held.office.organisation_code, _branch(held, unit)), unit)


def _given_as(chat: Chat, role: str) -> Held | None:
    """The office by which one invites, asked when there are several."""
    mine = {str(held.id): held for held in chat.look(GivenAs(role))}
    if len(mine) <= 1:
        return next(iter(mine.values()), None)
    options = {key: _office(chat, held) for key, held in mine.items()}
    return mine[str(chat.choose(f"as_{role}"[:16], texts.BY_WHICH, options))]


def _office(chat: Chat, held: Held) -> Words:
    unit = chat.look(UnitBy(held.office.unit_code))
    return office_at(held.office.role, unit) if unit else held.office.unit_code


def _place(chat: Chat, code: str) -> Unit | None:
    """The whole place, or one below it, or one below that."""
    unit = chat.look(UnitBy(code))
    below = {each.code: each for each in chat.look(ChildrenOf(code))}
    if unit is None or not below:
        return unit
    options: dict[str, Words] = {code: phrase(texts.ALL_OF_IT, unit=in_sentence(unit))}
    options |= {key: each.full_name for key, each in below.items()}
    picked = str(chat.choose(f"in_{code}", texts.WHERE, options, page=PAGE))
    return unit if picked == code else _place(chat, picked)


def _branch(held: Held, unit: Unit) -> int:
    """A branch leader invites to their own branch, where it lies."""
    return held.office.branch_id if unit.code == held.office.unit_code else 0


# helpers --------------------------------------------------------------------------------------------------------------


def _helper(chat: Chat) -> None:
    """For oneself, or for somebody of one's place who has agreed."""
    held = _given_as(chat, Role.HELPER)
    options = {"me": texts.HELPS_ME, "other": texts.HELPS_ANOTHER}
    if held is None or chat.choose("whom", texts.WHOM_TO_HELP, options) == "me":
        return _give_helper(chat, chat.look(MyPlace()), chat.speaker.person or 0)
    helped = _neighbour(chat, held)
    if helped is None:
        return chat.say(texts.NO_INVITE)
    asked = {"yes": texts.THEY_AGREED, "no": texts.NOT_ASKED}
    if chat.choose("agreed", phrase(texts.HAVE_THEY_AGREED, who=helped.name), asked) == "no":
        return chat.say(texts.ASK_THEM_FIRST, who=helped.name)
    own = held.office
    return _give_helper(chat, helped.unit_code or "", helped.id, own.organisation_code, own.branch_id)


def _neighbour(chat: Chat, held: Held) -> Person | None:
    def unknown(name: str) -> Words | None:
        return None if chat.look(Neighbours(name, held.id)) else texts.NOBODY_NAMED_SO

    name = chat.few_words("name", texts.NAME_OF_HELPED, check=unknown, optional=texts.NO_CODE)
    found = {str(each.id): each for each in chat.look(Neighbours(name, held.id))} if name else {}
    if not found:
        return None
    options: dict[str, Words] = {key: _told_apart(chat, each) for key, each in found.items()}
    return found.get(str(chat.choose("who", texts.WHICH_ONE, options, optional=texts.NONE_OF_THEM)))


def _told_apart(chat: Chat, person: Person) -> Words:
    unit = chat.look(UnitBy(person.unit_code or ""))
    return f"{person.name}, {unit.full_name}" if unit else person.name


def _give_helper(chat: Chat, place: str, helped: int, organisation: str = "", branch: int = 0) -> None:
    unit = chat.look(UnitBy(place))
    if unit is None:
        return chat.say(texts.NO_INVITE)
    return _give(chat, Invite(Role.HELPER, place, organisation, branch, helped), unit)


# the code -------------------------------------------------------------------------------------------------------------


def _give(chat: Chat, order: Invite, unit: Unit) -> None:
    office = office_at(order.role, unit)
    sure = phrase(texts.SURE, office=office)
    if not chat.confirm("sure", sure, about=order, yes=texts.GIVE_CODE, no=texts.NO_CODE):
        return chat.say(texts.NO_INVITE)
    code = chat.do(order)
    chat.say(texts.THE_CODE, office=office, code=code)
    return chat.say(texts.AND_CONFIRM) if order.role in CONFIRMED else None
