"""The bookkeeping of campaigns: nothing is run twice, and nothing that failed looks as if it had held."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.campaigns.__main__ import run_shard
from tests.campaigns.campaign import Campaign, Engine, Outcome, Shard
from tests.campaigns.results import (
    Line,
    append,
    broken,
    digest_of,
    files_tried,
    fingerprint,
    newest,
    read,
    table,
    total,
    unchanged,
    verdict,
)
from tests.records import Records


async def never(_shard: Shard) -> Outcome:
    raise NotImplementedError


def nothing(_engine: Engine) -> AbstractContextManager[str]:
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
    assert verdict(FLOOD, [outcome]) == ("yes" if held else "NO")
    assert verdict(CONTROL, [outcome]) == ("HOLDS, and must not" if held else "fails, as it must")


def test_no_shard_hides_behind_the_others() -> None:
    calm, wild = Outcome(9, bound=36), Outcome(9, doubled=40, bound=36)
    assert (calm + wild).held
    assert verdict(FLOOD, [calm, wild]) == "NO"
    assert verdict(CONTROL, [wild, wild]) == "fails, as it must"
    assert verdict(CONTROL, [calm, wild]) == "HOLDS, and must not"


def test_what_broke_is_no_success_of_any_build() -> None:
    fell = broken(Shard(7, 0, 9, Path(), nothing), ArithmeticError("too much; really\nand so on"))
    assert fell == Outcome(9, broken="ArithmeticError: too much, really")
    assert broken(Shard(7, 0, 9, Path(), nothing), TimeoutError()).broken == "TimeoutError"
    assert len(broken(Shard(7, 0, 9, Path(), nothing), ValueError("x" * 999)).broken) == 200
    for campaign in (FLOOD, CONTROL):
        assert not campaign.as_it_should_be(fell)
        assert verdict(campaign, [Outcome(9, lost=1), fell]) == "NO, broken"
    lines = [replace(LINE, outcome=fell), replace(LINE, outcome=fell, shard=1)]
    assert "| NO, broken | 7 | c0ffee | 2026-11-24 | broken: ArithmeticError: too much, really |" in table(
        lines, [FLOOD]
    )
    assert lines[0].key == (FLOOD.name, 7, 0, 9, "abc")


def test_lines_from_before_there_were_broken_ones_are_read(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    row = asdict(LINE)
    del row["outcome"]["broken"], row["outcome"]["worst"]
    file.write_text(json.dumps(row) + "\n")
    assert read(file) == [LINE]


def test_an_edit_makes_another_program(tmp_path: Path) -> None:
    names = {file.name for file in files_tried()}
    assert {"sender.py", "sending.py", "reckoning.py", "records.py"} <= names
    file = tmp_path / "a.py"
    file.write_text("1")
    before = digest_of([file], tmp_path)
    file.write_text("2")
    assert digest_of([file], tmp_path) != before
    assert fingerprint()
    assert unchanged()


def test_shards_are_added_up() -> None:
    parts = [Outcome(2, lost=1, bound=4, note="slow"), Outcome(3, twice=2, doubled=1, bound=6, note="slow; wet")]
    parts[0] = replace(parts[0], worst=3, consents=1, in_vain=2, broken="a")
    parts[1] = replace(parts[1], worst=2, consents=2, in_vain=3, broken="a")
    both = Outcome(
        5, lost=1, twice=2, doubled=1, bound=10, note="slow; wet", worst=3, consents=3, in_vain=5, broken="a"
    )
    assert parts[0] + parts[1] == both
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


def test_the_worst_single_fault_is_told() -> None:
    lines = [replace(LINE, shard=shard, outcome=replace(LINE.outcome, worst=shard)) for shard in range(3)]
    assert "| 0.0 a wave, worst 2 |" in table(lines, [FLOOD])


def test_what_is_no_loss_of_ours_is_told_all_the_same() -> None:
    lines = [replace(LINE, outcome=Outcome(100, consents=3, in_vain=1200, note="wet"))]
    assert "| yes | 7 | c0ffee | 2026-11-24 | 3 needed consent; 1,200 posted in vain; wet |" in table(lines, [FLOOD])


def test_a_shard_that_falls_over_is_written_down(records: Records, capsys: pytest.CaptureFixture[str]) -> None:
    line = run_shard(FLOOD, 7, 1, 9, records)
    assert line.key == ("flood", 7, 1, 9, fingerprint())
    assert line.outcome == Outcome(9, broken="NotImplementedError")
    assert "Traceback" in capsys.readouterr().err
