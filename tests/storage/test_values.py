"""Ids and times."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ids import random_id
from storage.times import VIETNAM, day_of, from_ms, to_ms


def test_an_id_fits_a_signed_bigint_and_is_not_repeated() -> None:
    ids = [random_id() for _ in range(1000)]
    assert len(set(ids)) == len(ids)
    assert all(0 <= one < 2**62 for one in ids)


@given(st.integers(0, 4_102_444_800_000))
def test_a_stored_time_comes_back_to_the_millisecond(milliseconds: int) -> None:
    assert to_ms(from_ms(milliseconds)) == milliseconds
    assert from_ms(milliseconds).tzinfo is UTC


def test_the_same_moment_is_the_same_number_in_every_zone() -> None:
    moment = datetime(2025, 6, 30, 17, 0, tzinfo=UTC)
    assert to_ms(moment) == to_ms(moment.astimezone(VIETNAM)) == 1_751_302_800_000


def test_a_day_begins_at_midnight_in_vietnam() -> None:
    assert day_of(datetime(2025, 6, 30, 16, 59, 59, tzinfo=UTC)) == "2025-06-30"
    assert day_of(datetime(2025, 6, 30, 17, 0, tzinfo=UTC)) == "2025-07-01"


def test_a_naive_datetime_is_refused() -> None:
    naive = datetime(2025, 6, 30)  # noqa: DTZ001 - that is the point
    with pytest.raises(TypeError):
        to_ms(naive)
    with pytest.raises(TypeError):
        day_of(naive)
