"""The time zone people live in: Vietnam's, unless the operator's setting says otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo


class CivilZone(tzinfo):
    """A zone that the composition root names once, at start, before any time is told."""

    def __init__(self, name: str) -> None:
        self._zone = ZoneInfo(name)

    def use(self, name: str) -> None:
        """Live in another zone from here on."""
        self._zone = ZoneInfo(name)

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """As the zone named has it."""
        return self._zone.utcoffset(moment)

    def dst(self, moment: datetime | None) -> timedelta | None:
        """As the zone named has it."""
        return self._zone.dst(moment)

    def tzname(self, moment: datetime | None) -> str | None:
        """As the zone named has it."""
        return self._zone.tzname(moment)

    def fromutc(self, moment: datetime) -> datetime:
        """The civil time of a moment given in UTC."""
        return self._zone.fromutc(moment.replace(tzinfo=self._zone)).replace(tzinfo=self)


VIETNAM = CivilZone("Asia/Ho_Chi_Minh")
