"""Two programs where there may be one: on one data file, and on one token.

On one file they race, one starts, and the other ends with a plain sentence. On one token, each with records of its
own, Telegram sends one of them away: it says so in its log and keeps still, and whoever is left when the operator has
stopped it answers everything.
"""

from __future__ import annotations

import json
from dataclasses import replace

from storage.database import sqlite_file
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.intake import settled
from tests.crash.bench import Bench, free_port
from tests.crash.benches import bench_on
from tests.crash.reckoning import ask, noted

MESSAGES = 5
SENTENCE = "Đang có một Cầu Nối khác chạy trên tệp dữ liệu này"
SENT_AWAY = "another program uses the same token"


def rival_of(bench: Bench, url: str) -> Bench:
    """Another program in the same world."""
    folder = bench.log.parent
    settings = bench.settings.model_copy(
        update={"database_url": url, "data_dir": folder / "rival", "web_port": free_port()}
    )
    return replace(bench, settings=settings, log=folder / "rival.log")


async def race_on_file(bench: Bench, rival: Bench) -> None:
    """Both start at once; exactly one is refused, and the other serves the people."""
    bench.type(MESSAGES)
    for each in bench.dice.sample([bench, rival], 2):
        each.start()
    await bench.until(lambda: not (bench.alive() and rival.alive()))
    winner, loser = (bench, rival) if bench.alive() else (rival, bench)
    await loser.ended(1)
    words = loser.last_words()
    assert words.startswith(SENTENCE), words
    assert len(words.splitlines()) == 2, words
    loser.log.write_text("")
    await winner.until(lambda: not bench.unanswered())
    await winner.stop()


async def on_one_file(shard: Shard) -> Outcome:
    """Race, and count."""
    with shard.records("sqlite") as url:
        assert sqlite_file(url)
        async with bench_on(url, shard.folder, shard.dice()) as bench:
            rival = rival_of(bench, url)
            try:
                for _ in range(shard.count):
                    await race_on_file(bench, rival)
            finally:
                rival.abandon()
            bench.type(MESSAGES)
            bench.start()
            return replace(await settled(bench, good=True), count=shard.count, bound=None)


def sent_away(bench: Bench) -> bool:
    """Whether its log says that another uses the token."""
    lines = bench.log.read_text().splitlines() if bench.log.exists() else []
    events = [json.loads(line) for line in lines if line.startswith("{")]
    return any(event["event"] == "platform.lost" and SENT_AWAY in event["reason"] for event in events)


async def race_on_token(bench: Bench, rival: Bench) -> None:
    """The second comes while the first serves; the one that is sent away is stopped, and the other serves on."""
    bench.type(MESSAGES)
    bench.start()
    await bench.until(lambda: not bench.unanswered())
    rival.start()
    await bench.until(lambda: sent_away(bench) or sent_away(rival))
    bench.type(MESSAGES)
    gone = bench if sent_away(bench) else rival
    assert gone.alive(), gone.last_words()
    await gone.stop()
    await bench.until(lambda: not bench.unanswered(), 40)
    await (rival if gone is bench else bench).stop()
    for each in (bench, rival):
        each.log.write_text("")


async def on_one_token(shard: Shard) -> Outcome:
    """Meet, and count what neither wrote down."""
    with shard.records("sqlite") as url, shard.records("sqlite") as other_url:
        async with bench_on(url, shard.folder, shard.dice()) as bench:
            rival = rival_of(bench, other_url)
            try:
                for _ in range(shard.count):
                    await race_on_token(bench, rival)
            finally:
                rival.abandon()
            written = {**await ask(bench, noted), **await ask(rival, noted)}
            return Outcome(shard.count, lost=bench.unanswered() + sum(words not in written for words in bench.typed))


CAMPAIGNS = (
    Campaign("two_on_one_file", "races", 100, 3, 50, on_one_file),
    Campaign("two_on_one_token", "meetings", 20, 1, 10, on_one_token),
)
