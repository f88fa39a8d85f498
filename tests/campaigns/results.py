"""What was found: a line for each shard in `results.jsonl`, and the table of `RESULTS.md` made from them."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from tests.campaigns.campaign import Campaign, Outcome, Shard

ROOT = Path(__file__).parents[2]
LINES = Path(__file__).with_name("results.jsonl")
TABLE = Path(__file__).with_name("RESULTS.md")
PRODUCT = ("bot", "conversation", "handlers", "sandbox", "scheduler", "storage", "web")
HEAD = ("campaign", "count", "lost", "applied twice", "doubled", "bound", "corrupt", "seconds", "held?", "seed",
        "commit", "date", "notes")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One shard that was run to its end."""

    campaign: str
    seed: int
    shard: int
    outcome: Outcome
    seconds: float
    program: str
    """The fingerprint of the product that was tried."""
    commit: str
    date: str
    machine: str

    @property
    def key(self) -> tuple[str, int, int, int, str]:
        """What need not be done again."""
        return self.campaign, self.seed, self.shard, self.outcome.count, self.program

    @property
    def run(self) -> tuple[int, str]:
        """What its numbers may be added to."""
        return self.seed, self.program


def line_of(campaign: Campaign, shard: Shard, outcome: Outcome, seconds: float) -> Line:
    """The line of a shard that has just ended."""
    date = datetime.now(UTC).isoformat(timespec="seconds")
    at = (round(seconds, 1), fingerprint(), commit(), date, machine())
    return Line(campaign.name, shard.seed, shard.index, outcome, *at)


def read(file: Path = LINES) -> list[Line]:
    """All lines, oldest first."""
    rows = [json.loads(row) for row in file.read_text("utf-8").splitlines()] if file.exists() else []
    return [Line(**row | {"outcome": Outcome(**row["outcome"])}) for row in rows]


def append(line: Line, file: Path = LINES) -> None:
    """Add a line, and let it be on disk: a long run may be cut off at any time."""
    with file.open("a", encoding="utf-8") as lines:
        print(json.dumps(asdict(line), ensure_ascii=False), file=lines, flush=True)
        os.fsync(lines.fileno())


def total(lines: Iterable[Line]) -> Outcome:
    """What they came to together."""
    return reduce(add, (line.outcome for line in lines), Outcome(0))


def newest(lines: list[Line], campaign: Campaign) -> list[Line]:
    """The lines of the last run of a campaign: one seed, one program."""
    own = [line for line in lines if line.campaign == campaign.name]
    return list({line.key: line for line in own if line.run == own[-1].run}.values())


def table(lines: list[Line], campaigns: Iterable[Campaign]) -> str:
    """The table in Markdown; a campaign that was never run shows so."""
    rows = [HEAD, ("---",) * len(HEAD), *(_row(campaign, newest(lines, campaign)) for campaign in campaigns)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _row(campaign: Campaign, lines: list[Line]) -> tuple[str, ...]:
    if not lines:
        return (campaign.name, f"0 of {campaign.full:,} {campaign.counts}", *("",) * (len(HEAD) - 2))
    found, last = total(lines), lines[-1]
    done = f"{found.count:,}" if found.count >= campaign.full else f"{found.count:,} of {campaign.full:,}"
    bound = "" if found.bound is None else f"{found.bound:,}"
    numbers = (f"{found.lost:,}", f"{found.twice:,}", f"{found.doubled:,}", bound, f"{found.corrupt:,}")
    seconds, origin = f"{sum(line.seconds for line in lines):,.0f}", (str(last.seed), last.commit, last.date[:10])
    return (
        campaign.name,
        f"{done} {campaign.counts}",
        *numbers,
        seconds,
        verdict(campaign, found),
        *origin,
        found.note,
    )


def verdict(campaign: Campaign, outcome: Outcome) -> str:
    """The one word that matters."""
    if campaign.control:
        return "HOLDS, and must not" if outcome.held else "fails, as it must"
    return "yes" if outcome.held else "NO"


def write_table(lines: list[Line], campaigns: Iterable[Campaign], file: Path = TABLE) -> None:
    """Write RESULTS.md anew."""
    machines = "\n".join(f"* {name}" for name in dict.fromkeys(line.machine for line in lines))
    text = f"""# What the campaigns found

`make campaign` writes this from `results.jsonl`. A campaign whose name ends in `_control` tries a build that is broken
on purpose, and must fail. `docs/architecture.md` says what the campaigns are and how to run them.

{table(lines, campaigns)}

Machines:

{machines}
"""
    file.write_text(text, "utf-8")


# --- what was tried, and where --------------------------------------------------------------------------------------


def fingerprint() -> str:
    """Tell one state of the product from another, committed or not."""
    digest = hashlib.sha256()
    for folder in PRODUCT:
        for file in sorted((ROOT / folder).rglob("*.py")):
            digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def commit() -> str:
    """The commit, with a plus when the product differs from it."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, check=False, capture_output=True, text=True)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--", *PRODUCT)
    return git("rev-parse", "--short=9", "HEAD") + ("+" if changed else "")


def machine() -> str:
    """What it ran on."""
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
    )


def as_dict(outcome: Outcome) -> dict[str, Any]:
    """The numbers that are not nothing."""
    return {field.name: value for field in fields(outcome) if (value := getattr(outcome, field.name))}
