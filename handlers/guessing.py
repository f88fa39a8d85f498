"""One-time codes that somebody types: a wrong one counts, and after a few the chat waits for an hour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from sqlalchemy import Connection

from conversation.messages import N_, Rejected
from handlers import policy
from handlers.actor import Actor
from handlers.enrolling import ONLY_IN_A_CHAT
from storage import invites

Guess = Literal["right", "wrong", "too_many"]

TOO_MANY = N_("Sai nhiều lần quá ạ. {You} chờ **một giờ nữa** rồi thử lại giúp.")


def guess(tx: Connection, actor: Actor, is_right: Callable[[], bool]) -> Guess:
    """How a try ends; it does not reject, because a rejection would undo the counting."""
    if actor.address is None:
        raise Rejected(ONLY_IN_A_CHAT)
    if actor.on_behalf_of is not None:
        raise Rejected(policy.NOT_FOR_ANOTHER)
    if invites.too_many_misses(tx, actor.address, actor.at):
        return "too_many"
    if is_right():
        return "right"
    invites.note_miss(tx, actor.address, actor.at)
    return "too_many" if invites.too_many_misses(tx, actor.address, actor.at) else "wrong"
