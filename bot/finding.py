"""One thing the doctor looked at."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from conversation.messages import Json


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is well, and in plain Vietnamese what to do if not."""

    name: str
    fine: bool
    words: str

    def as_json(self) -> Json:
        """For machines."""
        return asdict(self)


def well(name: str, words: str) -> Finding:
    """Nothing to do."""
    return Finding(name, True, words)


def wrong(name: str, words: str) -> Finding:
    """Something to mend."""
    return Finding(name, False, words)
