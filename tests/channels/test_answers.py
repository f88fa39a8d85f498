"""How Telegram's answers are read, however odd: which error they come to, and how long silence is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.channels import telegram
from bot.channels.aiohttp_request import AiohttpRequest
from bot.channels.channel import ChannelError, Gone, Refused, Throttled
from bot.channels.telegram import Telegram
from conversation.messages import Address, Said
from tests.channels.conftest import plainly, stored

LONGEST_ATTEMPT = 35
DAY = 24 * 3600


class Answering(AiohttpRequest):
    """Has one answer to everything."""

    def __init__(self, status: int, answer: object) -> None:
        super().__init__()
        self.answer = status, json.dumps(answer).encode()

    async def _exchange(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        return self.answer


async def error_of(status: int, answer: object) -> ChannelError:
    channel = Telegram("8123:khong-ai-biet", stored, plainly)
    channel._requests = Answering(status, answer)
    with pytest.raises(ChannelError) as caught:
        await channel.send(Address("telegram:8123", "1"), Said("x"))
    return caught.value


def throttling(**parameters: object) -> dict[str, object]:
    words = "Too Many Requests: retry after"
    return {"ok": False, "error_code": 429, "description": words, "parameters": parameters}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [(1, 1), (60, 60), (2282, 2282), (10_072, 10_072), ("60", 60), (2.5, 2.5), (10**12, DAY), (10**400, DAY),
     (0, 5), (-7, 5), ("soon", 5), (None, 5), (True, 5), ([9], 5), ("-3", 5)],
)  # fmt: skip
async def test_silence_is_kept_as_long_as_asked_and_five_seconds_when_that_makes_no_sense(
    asked: object, kept: float
) -> None:
    error = await error_of(429, throttling(retry_after=asked))
    assert isinstance(error, Throttled)
    assert error.after == kept


@pytest.mark.parametrize("answer", [{}, {"ok": False}, throttling(), [], "x", None, {"ok": False, "parameters": 7}])
async def test_a_throttle_that_names_no_time_is_one_all_the_same(answer: object) -> None:
    error = await error_of(429, answer)
    assert isinstance(error, Throttled)
    assert error.after == 5


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (403, "Forbidden: bot was blocked by the user", Gone),
        (403, "Forbidden: user is deactivated", Gone),
        (403, "Forbidden: bot can't initiate conversation with a user", Gone),
        (403, "Forbidden: bot was kicked from the group chat", Gone),
        (400, "Bad Request: chat not found", Gone),
        (400, "Bad Request: PEER_ID_INVALID", Gone),
        (400, "Bad Request: USER_IS_BLOCKED", Gone),
        (400, "Bad Request: can't parse entities: Can't find end of the entity starting at byte offset 7", Refused),
        (400, "Bad Request: message is too long", Refused),
        (400, "Bad Request: BUTTON_DATA_INVALID", Refused),
        (413, "Request Entity Too Large", Refused),
    ],
)
async def test_refusals(status: int, words: str, kind: type[ChannelError]) -> None:
    error = await error_of(status, {"ok": False, "error_code": status, "description": words})
    assert type(error) is kind


async def test_a_group_that_became_another_is_gone() -> None:
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    moved = {"ok": False, "error_code": 400, "description": words, "parameters": {"migrate_to_chat_id": -100123}}
    assert type(await error_of(400, moved)) is Gone


def test_no_attempt_takes_longer_than_thirty_five_seconds() -> None:
    requests = AiohttpRequest()
    assert requests._seconds + requests._upload_seconds <= LONGEST_ATTEMPT
    assert telegram.POLL_SECONDS + 10 <= LONGEST_ATTEMPT
    assert telegram.DOWNLOAD_SECONDS <= LONGEST_ATTEMPT
