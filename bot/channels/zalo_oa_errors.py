"""What an answer of the Zalo OA OpenAPI comes to: its HTTP status is 200 even for errors, their code is in the body."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.channels.channel import (
    ChannelError,
    Gone,
    Misconfigured,
    NotAllowed,
    Reason,
    Refused,
    Throttled,
    Unreachable,
)
from bot.channels.json_request import Answer

TOKEN = frozenset({-216, -220, 216, 401, -401, -124})
"""The access token is dead: a new one is asked for, once."""
NO_BUTTONS = frozenset({-201, -233})
"""A shape that Zalo does not take: where there were buttons, they are to blame."""
_WHY: Mapping[Reason, tuple[int, ...]] = {
    "window": (-230, -232, -305),
    "not_following": (-213,),
    "inactive": (-227, -222),
    "night": (-234, -133),
    "quota": (-211, -218, -144, -147, -1441, -1472, -311),
}
NOT_ALLOWED: Mapping[int | None, Reason] = {code: reason for reason, codes in _WHY.items() for code in codes}
GONE = frozenset({-217, -244, -114, -119})
HUMAN = frozenset({-204, -205, -209, -212, -219, -221, -223, -224, -320, -321, *range(-105, -100), -118, -242})
"""Wrong or missing rights of the app or the account: only its administrator can mend them."""
TRANSIENT = frozenset({-200, -100})
HASTE = -32
TOO_MANY, UNAUTHORISED, SERVER_FAULT = 429, 401, 500
HASTE_SECONDS = 15.0
"""The rate is counted by the minute, and the answer does not say how much of it is left."""
_SECRET = re.compile(r"\S{20,}")
_CODE = re.compile(r"-?[0-9]{1,9}", re.ASCII)


def code_of(answer: Answer) -> int | None:
    """The error in an answer, 0 for a success; None where it does not say."""
    error = answer.content.get("error")
    if isinstance(error, str) and _CODE.fullmatch(error):
        return int(error)
    return error if isinstance(error, int) and not isinstance(error, bool) else None


def wants_new_token(answer: Answer) -> bool:
    """Whether a new access token would help."""
    return code_of(answer) in TOKEN or (answer.status == UNAUTHORISED and code_of(answer) is None)


def failure_of(answer: Answer) -> ChannelError | None:
    """Which of a channel's errors an answer is; None for a success."""
    code = code_of(answer)
    if answer.status == TOO_MANY:
        return Throttled(answer.retry_after)
    if code == 0 and answer.status < SERVER_FAULT:
        return None
    if wants_new_token(answer):  # which a call tells only of a token that is new
        return Misconfigured(said(answer))
    if code in (None, 0):
        return Unreachable(f"status {answer.status} without an error code", maybe_sent=True)
    return _of_code(code, said(answer))


def said(answer: Answer) -> str:
    """What Zalo wrote of an error, without whatever may be a token."""
    code, message = code_of(answer), str(answer.content.get("message") or answer.content.get("error_description") or "")
    return f"{code} {_SECRET.sub('…', ''.join(filter(str.isprintable, message)))[:120]}".strip()


def _of_code(code: int | None, words: str) -> ChannelError:
    if code in NOT_ALLOWED:
        return NotAllowed(NOT_ALLOWED[code])
    if code in GONE:
        return Gone(words)
    if code in HUMAN:
        return Misconfigured(words)
    if code == HASTE:
        return Throttled(HASTE_SECONDS)
    return Unreachable(words, maybe_sent=True) if code in TRANSIENT else Refused(words)
