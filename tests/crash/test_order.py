"""What the bench says of the order of answers."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.crash.bench import Bench, Witness, settings_for
from tests.crash.program import Build


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("tin-0 tin-1 tin-2", 0),
        ("tin-0 tin-1 tin-0 tin-2", 0),
        ("tin-2", 0),
        ("tin-1 tin-0 tin-2", 1),
        ("tin-2 tin-1 tin-0", 2),
    ],
)
def test_answers_that_overtake_others_are_counted(said: str, wrong: int, tmp_path: Path) -> None:
    bench = Bench(
        Witness(),
        settings_for("polling", f"sqlite:///{tmp_path}/x.db", tmp_path, "http://127.0.0.1:1"),
        tmp_path / "log",
        random.Random(1),
        Build(),
    )
    bench.gather(1)
    person = bench.people[0]
    for _ in range(3):
        bench.write(person)
    person.chat.spoken += [{"text": words} for words in said.split()]
    assert bench.out_of_order() == wrong


def test_what_the_platform_repeats_may_come_at_any_time(tmp_path: Path) -> None:
    bench = Bench(
        Witness(),
        settings_for("polling", f"sqlite:///{tmp_path}/x.db", tmp_path, "http://127.0.0.1:1"),
        tmp_path / "log",
        random.Random(1),
        Build(),
    )
    bench.gather(1)
    person = bench.people[0]
    bench.write(person)
    bench.write(person)
    bench.repeat(bench.world.bot.updates.history[1])
    person.chat.spoken += [{"text": "tin-1"}, {"text": "tin-0"}]
    assert bench.out_of_order() == 0
