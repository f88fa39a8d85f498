"""The webhook's door: what comes again, late, out of order or edited has one effect; what is forged has none.

Posts with the right secret, and among them some without it, with half of it, in another case or with another.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random

import aiohttp

from conversation.messages import Json
from sandbox.people import Person
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.trial import Trial, trial_of
from tests.crash.reckoning import noted

HEADER = "X-Telegram-Bot-Api-Secret-Token"
BATCH = 100
UNAUTHORIZED = 401
FIRST = 900_000_000
YEAR_AGO = 365 * 24 * 3600


def message_of(trial: Trial, person: Person, words: str, update: int, *, edited: bool, stale: bool) -> Json:
    """An update that says `/ghi <words>`."""
    date = trial.world.seconds() - (YEAR_AGO if stale else 0)
    message = {"message_id": update - FIRST + 1, "date": date, "chat": person.chat.shape(), "from": person.user}
    message |= {"text": f"/ghi {words}", **({"edit_date": date} if edited else {})}
    return {"update_id": update, "edited_message" if edited else "message": message}


def forged_secrets(secret: str) -> list[dict[str, str]]:
    """Headers that must not open the door."""
    wrong = ["", secret[:-1], secret + "x", secret.upper(), " ", f"{secret},{secret}", "ế", secret[::-1]]
    return [{}, *({HEADER: each} for each in wrong), {"Authorization": secret}]


async def replay(shard: Shard) -> Outcome:
    """Post so many updates, half of them seen before."""
    dice = shard.dice()
    async with trial_of(shard, mode="webhook") as trial:
        secret = trial.world.bot.webhook.secret if trial.world.bot.webhook else ""
        genuine: list[Json] = []
        answers: Counter[str] = Counter()
        async with aiohttp.ClientSession() as http:
            for start in range(0, shard.count, BATCH):
                batch = [_next(trial, dice, genuine) for _ in range(min(BATCH, shard.count - start))]
                dice.shuffle(batch)
                await asyncio.gather(*(_post(http, trial, update, {HEADER: secret}, answers) for update in batch))
                forged = [message_of(trial, trial.people[0], "giả", FIRST - start - n, edited=False, stale=False)
                          for n in range(1, 11)]  # fmt: skip
                headers = forged_secrets(secret)
                await asyncio.gather(*(
                    _post(http, trial, update, headers[n % len(headers)], answers) for n, update in enumerate(forged)
                ))  # fmt: skip
        await trial.until(lambda: all(trial.world.heard.values()))
        await trial.stop()
        effects = await trial.ask(noted)
    fresh = {str(update["message"]["text"]).removeprefix("/ghi ") for update in genuine if "message" in update}
    posted = shard.count
    return Outcome(
        shard.count,
        lost=sum(words not in effects for words in fresh),
        twice=sum(times > 1 for times in effects.values()),
        corrupt=("giả" in effects) + (answers["good 200"] != posted) + any(
            key.startswith("forged") and key != f"forged {UNAUTHORIZED}" for key in answers
        ),
    )  # fmt: skip


def _next(trial: Trial, dice: Random, genuine: list[Json]) -> Json:
    """A new update, or one that was posted before."""
    if genuine and dice.random() < 0.5:
        return dice.choice(genuine)
    number = len(genuine)
    edited, stale = dice.random() < 0.1, dice.random() < 0.2
    update = message_of(trial, dice.choice(trial.people), f"tin-{number}", FIRST + number, edited=edited, stale=stale)
    genuine.append(update)
    return update


async def _post(
    http: aiohttp.ClientSession, trial: Trial, update: Json, headers: dict[str, str], answers: Counter[str]
) -> None:
    kind = "good" if update["update_id"] >= FIRST else "forged"
    async with http.post(trial.hook, json=update, headers=headers) as answer:
        answers[f"{kind} {answer.status}"] += 1


CAMPAIGNS = (Campaign("webhook_replay", "posts", full=10_000, short=400, piece=2_500, run=replay),)
