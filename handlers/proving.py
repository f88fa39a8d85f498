"""In which chats an office is had: the one that took it, and those that a code from there has proven since.

A chat that was linked before may be in other hands: its code was one for a resident's chat, not for an officer's.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from conversation.messages import N_, Address, Said, Words, phrase
from handlers.letters import speech_for
from handlers.wording import moment
from storage import invites, linking, outbox, people, rights

OFFICE_IS_HAD = N_("Lúc {when}, {you} nhận nhiệm vụ **{office}** trong Cầu Nối.")
OFFICE_IS_ELSEWHERE = N_(
    "Lúc {when}, {you} nhận nhiệm vụ **{office}** ở một nơi nhắn tin khác.\n"
    "Ở đây chưa làm việc ấy được. Muốn làm cả ở đây: nhắn **NỐI** ở nơi kia, rồi gõ mã vào đây.\n"
    "Không phải {you} làm thì nhắn **GẶP CÁN BỘ** ngay ạ."
)


def take_here(tx: Connection, person: int, here: Address, at: datetime, *, by_operator: bool) -> None:
    """Before somebody's first office only this chat will carry it; also when the operator says so to whom lost one.

    Helpers whom another chat may have chosen have no part in it either.
    """
    if people.roles_of(tx, person) and not (by_operator and linking.is_unproven(tx, here)):
        return
    linking.prove_only(tx, person, here)
    if len(linking.chats_of(tx, person)) > 1:
        rights.lend_no_more(tx, person)
        invites.take_back(tx, person, at)


def none_left(tx: Connection, person: int) -> None:
    """Without an office, or one that waits to be confirmed, there is nothing to carry."""
    if not invites.has_office(tx, person):
        linking.prove_all(tx, person)


def tell_chats(tx: Connection, person: int, office: Words, at: datetime, *, but: Address | None) -> None:
    """All chats of whoever begins an office, `but` where they are told already."""
    chats = linking.chats_of(tx, person)
    for chat in chats if len(chats) > 1 else ():
        if chat.address != but and not chat.blocked:
            words = OFFICE_IS_ELSEWHERE if chat.unproven else OFFICE_IS_HAD
            say_at(tx, person, chat.address, phrase(words, when=moment(at), office=office), f"began:{at}", at)


def say_at(tx: Connection, person: int, there: Address, words: Words, what: str, at: datetime) -> None:
    """Tell somebody something in just this chat of theirs."""
    said = Said(speech_for(tx, person).render(words))
    outbox.post(tx, there, said, key=f"{what}:{person}:{linking.key_of(there)}", at=at)
