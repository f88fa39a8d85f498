"""Who may be read how often: a person in a hurry is never turned away, a flood is, and told so once."""

from __future__ import annotations

from bot.channels.channel import Rate
from bot.gate import TIDY_AT, Gate, Verdict
from conversation.messages import Address

HOA, NAM = Address("telegram:1", "5"), Address("telegram:1", "6")


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def verdicts(gate: Gate, times: int, who: Address = HOA) -> list[Verdict]:
    return [gate.admit(who) for _ in range(times)]


def test_a_phone_that_was_offline_is_read_whole() -> None:
    assert set(verdicts(Gate(), 60)) == {Verdict.READ}


def test_a_flood_is_told_once_and_does_not_touch_others() -> None:
    watch = Watch()
    gate = Gate(Rate(1, burst=3), watch)
    assert verdicts(gate, 6) == [Verdict.READ] * 3 + [Verdict.ASK_TO_SLOW_DOWN] + [Verdict.TURN_AWAY] * 2
    assert verdicts(gate, 1, NAM) == [Verdict.READ]
    watch.now += 1
    assert verdicts(gate, 2) == [Verdict.READ, Verdict.TURN_AWAY]  # read again at a calm pace, not told again


def test_after_a_calm_while_a_new_flood_is_told_again() -> None:
    watch = Watch()
    gate = Gate(Rate(1, burst=3), watch)
    verdicts(gate, 9)
    watch.now += 10
    assert verdicts(gate, 4) == [Verdict.READ] * 3 + [Verdict.ASK_TO_SLOW_DOWN]


def test_what_had_no_effect_is_not_counted() -> None:
    gate = Gate(Rate(1, burst=3), Watch())
    for _ in range(20):
        assert gate.admit(HOA) is Verdict.READ
        gate.take_back(HOA, Verdict.READ)
    verdicts(gate, 3)
    for _ in range(3):
        assert gate.admit(HOA) is Verdict.ASK_TO_SLOW_DOWN
        gate.take_back(HOA, Verdict.ASK_TO_SLOW_DOWN)


def test_those_who_are_calm_are_forgotten() -> None:
    watch = Watch()
    gate = Gate(monotonic=watch)
    for number in range(3 * TIDY_AT):
        watch.now += 1
        gate.admit(Address("telegram:1", str(number)))
    assert len(gate._visitors) <= TIDY_AT
