"""Updates that can never take effect, of a hundred kinds: tried three times, set aside, and nobody else waits.

Half of them are messages whose talk raises something; the other half are shapes that Telegram never sends.
"""

from __future__ import annotations

import builtins
from typing import Any

from sqlalchemy import Connection, select

from conversation.messages import Json
from sandbox.people import Person
from storage.inbox import MOST_ATTEMPTS
from storage.schema import inbox_updates
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.trial import trial_of
from tests.crash.reckoning import noted

RAISED = sorted(
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, Warning | UnicodeError)
    and name not in ("ExceptionGroup", "EnvironmentError", "IOError")
)  # fmt: skip
FAILING = (*RAISED, "UnicodeDecodeError", "SQL", "Constraint", "Deep", "NobodyHeardOf")[:50]
JUNK: tuple[Any, ...] = (None, 7, -1.5, "x", "", True, [], [[]], {}, {"id": None})
FIELDS = ("message", "edited_message", "callback_query", "my_chat_member", "update_kind_of_2031")
TOLD = "cán bộ kỹ thuật đã được báo"
PERSON_SECONDS = 10.0


def misshapen(number: int, person: Person) -> Json:
    """An update of the right kind with the wrong thing in it."""
    field, junk = FIELDS[number % len(FIELDS)], JUNK[number // len(FIELDS) % len(JUNK)]
    if junk == {}:
        junk = {"chat": person.chat.shape(), "from": person.user, "text": ["not", "words"], "message_id": "seven"}
    return {field: junk}


async def poison(shard: Shard) -> Outcome:
    """Kinds one after the other, each followed by somebody else who only wants an answer."""
    async with trial_of(shard, people=2 + len(FAILING)) as trial:
        *victims, bystander, _ = trial.people
        broken = []
        for number in range(shard.count):
            kind, odd = divmod(shard.index * shard.count + number, 2)
            if odd:
                trial.world.inject(misshapen(kind, bystander))
            else:
                broken.append((victims[kind % len(victims)], FAILING[kind % len(FAILING)]))
                broken[-1][0].type(f"/hong {FAILING[kind % len(FAILING)]}")
            bystander.type(f"/ghi tin-{number}")
            await trial.until(lambda words=f"tin-{number}": trial.heard(bystander, words) > 0, PERSON_SECONDS)  # type: ignore[misc]
        told = [sum(TOLD in str(message.get("text")) for message in person.chat.spoken) for person, _ in broken]
        await trial.stop()
        aside = await trial.ask(_set_aside)
        effects = await trial.ask(noted)
    undone = aside != [MOST_ATTEMPTS] * len(broken)
    lost = sum(times != 1 for times in told) + sum(f"tin-{number}" not in effects for number in range(shard.count))
    return Outcome(shard.count, lost=lost, twice=sum(times > 1 for times in effects.values()),
                   corrupt=undone + ("hỏng" in effects))  # fmt: skip


def _set_aside(tx: Connection) -> list[int]:
    rows = tx.execute(select(inbox_updates.c.attempts).where(inbox_updates.c.state == "quarantined"))
    return list(rows.scalars())


CAMPAIGNS = (Campaign("poison", "kinds", full=100, short=6, piece=100, run=poison),)
