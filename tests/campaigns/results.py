"""What was found: a line for each shard in `results.jsonl`, and the table of `RESULTS.md` made from them."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cache, reduce
from operator import add
from pathlib import Path
from typing import Any

from tests.campaigns.campaign import Campaign, Outcome, Shard

ROOT = Path(__file__).parents[2]
LINES = Path(__file__).with_name("results.jsonl")
TABLE = Path(__file__).with_name("RESULTS.md")
PRODUCT = ("bot", "conversation", "handlers", "sandbox", "scheduler", "storage", "web")
HARNESS = ("tests/campaigns", "tests/crash", "tests/records.py", "tests/unpaced.py", "tests/channels/conftest.py")
TRIED = (*PRODUCT, *HARNESS)
MOST_WORDS = 200
"""Characters of what broke a shard: enough to know it by."""
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
    """The fingerprint of the product that was tried, and of what tried it."""
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


def broken(shard: Shard, failure: Exception) -> Outcome:
    """The outcome of a shard that fell over: it counts as run, and only another seed tries again."""
    words = f"{type(failure).__name__}: {failure}".strip().partition("\n")[0]
    return Outcome(shard.count, broken=words.removesuffix(":").replace(";", ",")[:MOST_WORDS])


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
        verdict(campaign, [line.outcome for line in lines]),
        *origin,
        _notes(campaign, found),
    )


def _notes(campaign: Campaign, found: Outcome) -> str:
    each = f"{found.doubled / found.count:.1f} a {campaign.counts.removesuffix('s')}, worst {found.worst}"
    broken = f"broken: {found.broken}" if found.broken else ""
    consents = f"{found.consents:,} needed consent" if found.consents else ""
    in_vain = f"{found.in_vain:,} posted in vain" if found.in_vain else ""
    notes = "; ".join(filter(None, (broken, each if found.worst else "", consents, in_vain, found.note)))
    return notes.replace("|", "\\|")


def verdict(campaign: Campaign, outcomes: Sequence[Outcome]) -> str:
    """The one word that matters; a shard for itself, so that none hides behind the others."""
    if any(outcome.broken for outcome in outcomes):
        return "NO, broken"
    if campaign.all_as_they_should_be(outcomes):
        return "fails, as it must" if campaign.control else "yes"
    return "HOLDS, and must not" if campaign.control else "NO"


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


@cache
def fingerprint() -> str:
    """Tell one state of product and harness from another, committed or not: as it was when first asked for."""
    return digest_of(files_tried())


def unchanged() -> bool:
    """Whether the files are still those that this process began with."""
    return digest_of(files_tried()) == fingerprint()


def digest_of(files: Iterable[Path], root: Path = ROOT) -> str:
    """Short for all that is in these files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def files_tried() -> Iterator[Path]:
    """The Python files whose change makes a result an old one."""
    for place in TRIED:
        path = ROOT / place
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def commit() -> str:
    """The commit, with a plus when product or harness differ from it."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, check=False, capture_output=True, text=True)
        return done.stdout.strip()

    changed = git(
        "status", "--porcelain", "--", *TRIED, *(f":(exclude)tests/campaigns/{own.name}" for own in (LINES, TABLE))
    )
    return git("rev-parse", "--short=9", "HEAD") + ("+" if changed else "")


def machine() -> str:
    """What it ran on."""
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
    )


def as_dict(outcome: Outcome) -> dict[str, Any]:
    """The numbers that are not nothing."""
    return {field.name: value for field in fields(outcome) if (value := getattr(outcome, field.name))}
