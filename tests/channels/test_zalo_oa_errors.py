"""What each answer of the Zalo OA OpenAPI comes to."""

from __future__ import annotations

import pytest

from bot.channels.channel import Gone, Misconfigured, NotAllowed, Refused, Throttled, Unreachable
from bot.channels.json_request import Answer
from bot.channels.zalo_oa_errors import NOT_ALLOWED, failure_of, wants_new_token

TOKEN = "k9QxvZ-0aBcDeFgHiJkLmNoPqRsTuVw"


def answer(code: object, message: str = "không được", status: int = 200) -> Answer:
    return Answer(status, {"error": code, "message": message}, 5.0)


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        ([-204, -205, -209, -212, -219, -221, -223, -224, -320, -321, -101, -105, -118, -216], Misconfigured),
        ([-213, -230, -232, -227, -222, -234, -133, -305, -211, -218], NotAllowed),
        ([-217, -244, -114, -119], Gone),
        ([-201, -210, -233, -240, -108, -1121, -1122, -131, -249, -999, "-210"], Refused),
        ([-32], Throttled),
        ([-200, -100, None, "lạ", True, 1.5], Unreachable),
    ],
)
def test_each_code_is_one_of_the_closed_set(codes: list[object], kind: type[Exception]) -> None:
    assert {type(failure_of(answer(code))) for code in codes} == {kind}


@pytest.mark.parametrize(("code", "reason"), NOT_ALLOWED.items())
def test_what_is_not_allowed_says_why(code: int, reason: str) -> None:
    failure = failure_of(answer(code))
    assert isinstance(failure, NotAllowed)
    assert failure.reason == reason


def test_a_success_is_none_and_a_broken_server_is_no_success() -> None:
    assert failure_of(answer(0)) is None
    assert failure_of(answer("0", status=201)) is None
    assert isinstance(failure_of(answer(0, status=502)), Unreachable)
    assert isinstance(failure_of(answer(0, status=429)), Throttled)


def test_no_token_is_repeated_in_a_reason() -> None:
    failure = failure_of(answer(-201, f"param {TOKEN} is\x00 invalid"))
    assert str(failure) == "-201 param … is invalid"


@pytest.mark.parametrize(("code", "status"), [(-216, 200), (-220, 200), (216, 200), (-401, 200), (None, 401)])
def test_a_dead_access_token_is_known(code: object, status: int) -> None:
    assert wants_new_token(answer(code, status=status))
    assert isinstance(failure_of(answer(code, status=status)), Misconfigured)  # letters wait for whoever mends it
    assert not wants_new_token(answer(-230))
