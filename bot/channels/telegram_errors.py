"""What goes wrong between python-telegram-bot and Telegram, as one of a channel's errors."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.channels.aiohttp_request import NotSent, TooLarge
from bot.channels.channel import ChannelError, Gone, Misconfigured, Refused, Throttled, Unreachable

T = TypeVar("T")

GONE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user_is_blocked",
    "deactivated",
    "upgraded to a supergroup",
)


async def answer_of(request: Awaitable[T]) -> T:
    """Await an API call; what goes wrong is one of the channel's errors, without anything secret in it."""
    try:
        return await request
    except TelegramError as error:
        failure = _classified(error)
    except Exception as error:  # python-telegram-bot trips over answers that are not Telegram's
        failure = Unreachable(f"an unreadable answer ({type(error).__name__})", maybe_sent=True)
    raise failure  # out here, where no chained exception brings the URL and the token along


def _classified(error: TelegramError) -> ChannelError:
    # the rest repeats what the server wrote; nor is it always a text that a database takes
    reason = "".join(filter(str.isprintable, error.message.partition(". ")[0]))[:200]
    match error:
        case RetryAfter(retry_after=after):
            return Throttled(after.total_seconds() if isinstance(after, timedelta) else after)
        case InvalidToken():
            return Misconfigured("Telegram does not accept the token")
        case Conflict():
            return Misconfigured(f"another program uses the same token: {reason}")
        case Forbidden():
            return Gone(reason)
        case BadRequest():
            return Gone(reason) if any(words in reason.lower() for words in GONE) else Refused(reason)
        case TooLarge():
            return Refused(reason)
    return Unreachable(reason, maybe_sent=not isinstance(error, NotSent))
