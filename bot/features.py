"""The explicit list of what the bot does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from handlers import (
    auditing,
    feedback,
    helping,
    invites,
    linking,
    members,
    menu,
    my_data,
    operating,
    organisations,
    places,
    registration,
    roles,
    units,
)
from handlers.feature import Feature, Registry
from handlers.my_data.keepers import Keepers
from handlers.operating import Operator

KEEPING = (
    registration.FEATURE,
    places.FEATURE,
    invites.FEATURE,
    roles.FEATURE,
    helping.FEATURE,
    linking.FEATURE,
    members.FEATURE,
    feedback.FEATURE,
    units.FEATURE,
    organisations.FEATURE,
    auditing.FEATURE,
)
"""Features that stand by themselves; registration, which knows people's chats, comes first and erases last."""
MY_DATA = my_data.feature(KEEPING)
FEATURES: tuple[Feature, ...] = (*KEEPING, MY_DATA, menu.feature((*KEEPING, MY_DATA)))
COMMANDS = (
    ("menu", "Xem Cầu Nối giúp được gì"),
    ("phananh", "Gửi phản ánh, kiến nghị"),
    ("batdau", "Bắt đầu, đăng ký nhận tin"),
    ("dulieu", "Thông tin của tôi"),
    ("ngung", "Thôi nhận tin"),
    ("trogiup", "Trợ giúp"),
)
"""What Telegram shows behind its menu button."""
NOBODY = Operator()


def registry(operator: Operator = NOBODY) -> Registry:
    """All features, ready to be talked to in the name of who runs the program."""
    return Registry((*FEATURES, operating.feature(operator)))


def erase(tx: Connection, person: int, at: datetime) -> None:
    """Erase everything that any feature keeps about a person."""
    kept = (feature.personal_data for feature in (*KEEPING, MY_DATA))
    Keepers(tuple(keeper for keeper in kept if keeper is not None)).erase(tx, person, at)
