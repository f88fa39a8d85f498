"""Who runs the program here, and whom to call: said before anything else is asked.

Source: Luật Trí tuệ nhân tạo 134/2025/QH15, Điều 11, and Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15, Điều 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from conversation.messages import N_, Query, Words, phrase
from handlers.feature import Feature

WHO_AND_PHONE = N_("Người phụ trách: **{person}**, điện thoại **{phone}**.")
WHO, PHONE = N_("Người phụ trách: **{person}**."), N_("Muốn hỏi thêm, xin gọi **{phone}**.")


@dataclass(frozen=True, slots=True)
class Operator:
    """As the operator has written it into the settings; each part may be empty."""

    name: str = ""
    """The body that runs it."""
    person: str = ""
    phone: str = ""
    address: str = ""
    """Where the world finds our pages."""
    links_hold: timedelta = timedelta(hours=24)
    """How long one can take one's data away by a link."""

    @property
    def to_turn_to(self) -> Words:
        """Whom to call, in a sentence; empty when nobody is named."""
        if self.person and self.phone:
            return phrase(WHO_AND_PHONE, person=self.person, phone=self.phone)
        if self.person:
            return phrase(WHO, person=self.person)
        return phrase(PHONE, phone=self.phone) if self.phone else ""


@dataclass(frozen=True, slots=True)
class WhoRunsIt(Query[Operator]):
    """The operator of this installation."""


def feature(operator: Operator) -> Feature:
    """What conversations may ask about the operator."""
    return Feature(name="operating", queries={WhoRunsIt: lambda _tx, _actor, _query: operator})
