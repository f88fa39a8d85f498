"""Ids that tell neither order nor time."""

from __future__ import annotations

import secrets

BITS = 62
"""Two fewer than a signed BIGINT can hold, so the sign and the sum of two ids are never a worry."""


def random_id() -> int:
    """A new id for a person, a ticket or a file."""
    return secrets.randbits(BITS)
