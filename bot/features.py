"""The explicit list of what the bot does."""
from __future__ import annotations

from handlers import invites, menu, my_data, places, registration
from handlers.feature import Feature, Registry

KEEPING = (registration.FEATURE, places.FEATURE, invites.FEATURE)
"""Features that stand by themselves; registration, which knows people's chats, comes first and erases last."""
MY_DATA = my_data.feature(KEEPING)
FEATURES: tuple[Feature, ...] = (*KEEPING, MY_DATA, menu.feature((*KEEPING, MY_DATA)))


def registry() -> Registry:
    """All features, ready to be talked to."""
    return Registry(FEATURES)
