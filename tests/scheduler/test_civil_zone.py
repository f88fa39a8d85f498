"""The zone people live in follows the operator's setting."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduler.civil_zone import CivilZone

MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@given(MOMENTS, st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Paris", "America/New_York"]))
def test_it_tells_the_same_time_as_the_zone_it_names(moment: datetime, name: str) -> None:
    here, there = moment.astimezone(CivilZone(name)), moment.astimezone(ZoneInfo(name))
    assert here.replace(tzinfo=None) == there.replace(tzinfo=None)
    assert here == moment


def test_another_zone_may_be_named_later() -> None:
    zone = CivilZone("Asia/Ho_Chi_Minh")
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert noon.astimezone(zone).hour == 19
    zone.use("UTC")
    assert noon.astimezone(zone).hour == 12
