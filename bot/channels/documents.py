"""Which documents each platform carries."""

from __future__ import annotations

from bot.channels import telegram, zalo_bot, zalo_oa
from bot.channels.channel import Limits

LIMITS: dict[str, Limits] = {"telegram": telegram.LIMITS, "zalo_bot": zalo_bot.LIMITS, "zalo_oa": zalo_oa.LIMITS}


def documents_of(account: str) -> tuple[str, ...]:
    """How their names end, for an account, which begins with its platform."""
    known = LIMITS.get(account.partition(":")[0])
    return known.documents if known else ("",)
