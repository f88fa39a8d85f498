"""Secrets and people's words, looked for in all that the program puts out: logs, figures, pages, commands, names.

The traffic carries them through every path that could tell: failing turns, refused and lost sends, bad requests. That
they did arrive is read from the records.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from asyncio.subprocess import PIPE, STDOUT
from contextlib import closing
from io import BytesIO

import aiohttp

from bot.control import pass_on
from storage.database import sqlite_file
from tests.campaigns.campaign import Campaign, Outcome, Shard
from tests.campaigns.trial import Trial, environment, trial_of
from tests.unpaced import TOKEN

WORDS = "chim-yến-4711"
PHONE = "0912345678"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
COMMANDS = (("status", "--json"), ("doctor", "--json"), ("quarantine", "list"), ("backup",))
PAGES = ("/-/healthz", "/-/readyz", "/-/metrics", "/-/versions.json", f"/{WORDS}", f"/-/{PHONE}", "/telegram")


async def look(shard: Shard) -> Outcome:
    """Send the canaries so many times, and look for them everywhere."""
    async with trial_of(shard, mode="webhook") as trial:
        invited = await pass_on(trial.settings.data_dir, "invite", {"role": "commune_officer", "unit": "26878"})
        assert invited is not None
        code = str(invited["code"])
        for _ in range(shard.count):
            await _sing(trial, code)
        told = await _pages(trial)
        for command in COMMANDS:
            told.append(await _command(trial, *command))
        await _fail_loudly(trial)
        await trial.stop()
        told += [(trial.folder / "log").read_text("utf-8", "replace")]
        told += [str(path) for path in trial.settings.data_dir.rglob("*")]
        arrived = _in_records(trial)
    secret = trial.settings.telegram_webhook_secret
    assert secret is not None
    canaries = {"token": TOKEN, "secret": secret.get_secret_value(), "phone": PHONE, "phone with 84": f"84{PHONE[1:]}",
                "words": WORDS, "code": code}  # fmt: skip
    found = [name for name, canary in canaries.items() for text in told if canary in text]
    note = f"found: {', '.join(dict.fromkeys(found))}" if found else ""
    return Outcome(shard.count, lost=int(not arrived), corrupt=len(found), note=note)


async def _sing(trial: Trial, code: str) -> None:
    """Words through every path: understood, failing, refused by the platform, lost on the way, malformed."""
    first, second, third, *_ = trial.people
    heard = len(first.chat.spoken)
    trial.world.faults.html(1, code=502, methods=["sendMessage"])
    first.type(f"/ghi {WORDS} {PHONE}")
    second.type(f"/hong ValueError{WORDS}")
    third.type(f"/hong SQL {WORDS} +84{PHONE[1:]}")
    first.type(f"{code} {WORDS}")
    second.send_photo(caption=f"{WORDS} {PHONE}")
    trial.world.inject({"message": {"text": [WORDS, PHONE]}, WORDS: PHONE})
    await trial.until(lambda: len(first.chat.spoken) >= heard + 2 and not trial.world.bot.updates.pending)


async def _pages(trial: Trial) -> list[str]:
    """What everybody on the network may see, errors included."""
    base = trial.page.removesuffix("/-")
    body = {"update_id": WORDS, "message": PHONE}
    secret = trial.world.bot.webhook.secret if trial.world.bot.webhook else ""
    async with aiohttp.ClientSession() as http:
        answers = [await http.get(base + page) for page in PAGES]
        answers += [await http.post(trial.hook, json=body, headers={HEADER: given}) for given in (secret, WORDS)]
        answers += [await http.post(trial.hook, data=BytesIO(WORDS.encode() * 100_000), headers={HEADER: secret})]
        answers += [await http.put(trial.hook, data=WORDS), await http.post(base + "/-/metrics", data=PHONE)]
        return [f"{answer.headers}\n{(await answer.read()).decode('utf-8', 'replace')}" for answer in answers]


async def _command(trial: Trial, *words: str) -> str:
    """What a command prints, errors included."""
    command = [sys.executable, "-c", "from bot.cli import app; app()", *words]
    env = environment(trial.settings)
    process = await asyncio.create_subprocess_exec(*command, cwd=trial.folder, env=env, stdout=PIPE, stderr=STDOUT)
    return (await process.communicate())[0].decode("utf-8", "replace")


async def _fail_loudly(trial: Trial) -> None:
    """The token on the wire while the platform is away."""
    trial.world.faults.network_down(0.5)
    trial.people[3].type(f"/ghi {WORDS}")
    await asyncio.sleep(0.6)


def _in_records(trial: Trial) -> bool:
    file = sqlite_file(trial.settings.database_url)
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return WORDS in "\n".join(connection.iterdump())


CAMPAIGNS = (Campaign("canary", "rounds", full=50, short=1, piece=50, run=look),)
