"""The bookkeeping of campaigns: nothing is run twice, and nothing that failed looks as if it had held."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.results import Line, append, newest, read, table, total, verdict


async def never(_shard: Shard) -> Outcome:
    raise NotImplementedError


FLOOD = Campaign("flood", "waves", full=250, short=2, piece=100, run=never)
CONTROL = replace(FLOOD, name="flood_control", control=True)
LINE = Line("flood", 7, 0, Outcome(100, bound=400, doubled=3), 1.5, "abc", "c0ffee", "2026-11-24T08:00", "a machine")


@pytest.mark.parametrize(
    ("outcome", "held"),
    [
        (Outcome(9), True),
        (Outcome(9, doubled=1), False),
        (Outcome(9, doubled=4, bound=4), True),
        (Outcome(9, doubled=5, bound=4), False),
        (Outcome(9, lost=1, bound=4), False),
        (Outcome(9, twice=1), False),
        (Outcome(9, corrupt=1), False),
    ],
)
def test_what_holds(outcome: Outcome, held: bool) -> None:
    assert outcome.held is held
    assert FLOOD.as_it_should_be(outcome) is held
    assert CONTROL.as_it_should_be(outcome) is not held
    assert verdict(FLOOD, outcome) == ("yes" if held else "NO")
    assert verdict(CONTROL, outcome) == ("HOLDS, and must not" if held else "fails, as it must")


def test_shards_are_added_up() -> None:
    parts = [Outcome(2, lost=1, bound=4, note="slow"), Outcome(3, twice=2, doubled=1, bound=6, note="slow; wet")]
    assert parts[0] + parts[1] == Outcome(5, lost=1, twice=2, doubled=1, bound=10, note="slow; wet")
    assert list(FLOOD.pieces()) == [100, 100, 50]


def test_lines_are_kept_and_only_those_of_one_run_are_added_up(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    lines = [replace(LINE, program="old"), LINE, LINE, replace(LINE, shard=1), replace(LINE, campaign="other", seed=8)]
    for line in lines:
        append(line, file)
    assert read(file) == lines
    assert total(newest(read(file), FLOOD)).count == 200  # the same shard twice is one
    assert "| flood | 200 of 250 waves | 0 | 0 | 6 | 800 | 0 | 3 | yes | 7 | c0ffee | 2026-11-24 |  |" in table(
        lines, [FLOOD]
    )
    assert "| flood_control | 0 of 250 waves |" in table(lines, [CONTROL])
