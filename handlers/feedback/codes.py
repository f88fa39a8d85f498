"""Short codes typed as a whole message: `PA 0427`, `PA 2611-0427`, `TRA 4729-1836`."""

from __future__ import annotations

import re

from conversation.letters import clean, fold
from conversation.messages import Heard, Opening

_NUMBER = re.compile(r"pa[ :.]*(?:(\d{4})[ .\-]*)?(\d{1,4})\.?")
_CLAIM = re.compile(r"tra(?:\s+c[ứu]u)?[\s:.]*(\d{4})[\s.\-]*(\d{4})(?!\d)[\s,.:;\-]*(.*)", re.IGNORECASE | re.DOTALL)


def read_code(heard: Heard) -> Opening | None:
    """The talk that a code opens; a claim code may be followed by words."""
    number = _NUMBER.fullmatch(fold(heard.text))
    if number:
        month, ending = number.groups()
        return Opening("ticket_state", {"number": f"{month}-{ending:0>4}" if month else f"{ending:0>4}"})
    claim = _CLAIM.fullmatch(clean(heard.text))
    if claim:
        return Opening("claim", {"digits": claim[1] + claim[2], "words": claim[3]})
    return None
