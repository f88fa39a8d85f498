"""The pace on a simulated clock: never above the limit in any window, and never slower than it must be."""

from __future__ import annotations

from bisect import bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.channel import Pace as Allowed
from bot.channels.channel import Rate
from bot.channels.telegram import LIMITS
from bot.pace import MOST_IN_FLIGHT, Bucket, Pace, Window
from storage.outbox import Lane

rates = st.builds(Rate, st.sampled_from([0.5, 1, 3, 28]), st.integers(1, 5))
steps = st.lists(st.sampled_from([0.0, 0.001, 0.03, 0.5, 1.0, 10.0]), min_size=1, max_size=80)


def most_in(times: list[float], seconds: float) -> int:
    """Return the most events in any window of so many seconds."""
    return max((bisect_right(times, start + seconds) - place for place, start in enumerate(times)), default=0)


@given(rates, steps, st.sampled_from([0.1, 1.0, 7.0]))
def test_a_bucket_never_gives_more_than_its_limit_in_any_window(rate: Rate, waits: list[float], window: float) -> None:
    bucket, now, given_at = Bucket(rate), 100.0, []
    for wait in waits:
        now += wait
        while bucket.room(now):
            bucket.take(now)
            given_at.append(now)
    assert most_in(given_at, window) <= rate.burst + rate.per_second * window + 1e-3


@given(rates, steps)
def test_a_bucket_tells_when_it_has_a_token_again(rate: Rate, waits: list[float]) -> None:
    bucket, now = Bucket(rate), 100.0
    for wait in waits:
        now = max(now + wait, bucket.next_at(now + wait))
        assert bucket.room(now) >= 1
        bucket.take(now)


def test_telegrams_thirty_a_second_are_kept_and_used() -> None:
    pace, now = Pace(LIMITS.pace, 0.0), 0.0
    sent: list[float] = []
    while now < 60:
        now = max(now, pace.next_at(now))
        pace.take(Lane.REPLY, str(len(sent)), now)
        sent.append(now)
    assert most_in(sent, 0.999) <= 30
    assert len(sent) / 60 > 27.5


def test_replies_find_room_in_the_middle_of_a_broadcast() -> None:
    pace, now, waited = Pace(LIMITS.pace, 0.0), 0.0, []
    asked_at: float | None = None
    while now < 30:
        now += 0.005
        if asked_at is None and int(now * 200) % 40 == 0:
            asked_at = now
        if asked_at is not None and pace.room(now):
            pace.take(Lane.REPLY, "hoa", now)
            waited.append(now - asked_at)
            asked_at = None
        elif pace.bulk_room(now):
            pace.take(Lane.BULK, str(now), now)
    assert max(waited) <= 0.05


def test_a_chat_rests_after_a_short_burst() -> None:
    pace = Pace(LIMITS.pace, 0.0)
    for _ in range(LIMITS.pace.per_chat.burst):
        assert "hoa" not in pace.resting(10.0)
        pace.take(Lane.REPLY, "hoa", 10.0)
    assert set(pace.resting(10.9)) == {"hoa"}
    assert set(pace.resting(11.0)) == set()


def test_a_pause_is_kept_and_ends_gently() -> None:
    pace = Pace(LIMITS.pace, 0.0)
    pace.pause(100.0)
    assert (pace.room(99.9), pace.room(100.0)) == (0, 1)
    assert pace.next_at(50.0) == pytest.approx(100.0)
    pace.pause(50.0)
    assert pace.room(99.9) == 0


def test_a_new_sender_starts_with_one_message() -> None:
    allowed = Allowed(overall=Rate(10, 10), bulk=Rate(10), per_chat=Rate(1))
    assert Pace(allowed, 1000.0).room(1000.0) == 1


def test_chats_with_nothing_to_remember_are_forgotten() -> None:
    pace = Pace(LIMITS.pace, 0.0)
    for chat in range(100):
        pace.take(Lane.BULK, str(chat), 10.0)
    pace.resting(12.0)
    assert not pace._chats


# --- in flight ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "size"), [(0.001, 1), (0.1, 5), (0.5, 21), (60, MOST_IN_FLIGHT)])
def test_the_window_learns_what_the_pace_needs(seconds: float, size: int) -> None:
    window = Window(Rate(28))
    assert window.size == 5  # at a latency of a tenth of a second
    for _ in range(200):
        window.took(seconds)
    assert window.size == size
