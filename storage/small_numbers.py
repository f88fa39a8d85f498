"""Small numbers in tables for readers who may not see names: a cell of one to four people points at them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

LEAST = 5
"""A cell with fewer people is hidden; zero hides nobody."""

K = TypeVar("K")


def without_small(cells: Mapping[K, int], *, least: int = LEAST) -> dict[K, int | None]:
    """The cells of one row or column, small ones hidden, when their sum is shown beside them.

    One hidden cell alone could be reckoned from the sum, so the smallest of the others is hidden with it.
    """
    hidden = {key for key, count in cells.items() if 0 < count < least}
    if sum(cells[key] for key in hidden) < least and hidden:
        others = [key for key in cells if key not in hidden and cells[key]]
        hidden |= {min(others, key=lambda key: cells[key])} if others else set()
    return {key: None if key in hidden else count for key, count in cells.items()}
