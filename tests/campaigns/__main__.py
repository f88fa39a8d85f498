"""`make campaign`: run what has not been run yet of this program and this seed, and write the table anew."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
import traceback
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.campaigns import results
from tests.campaigns.campaign import Campaign, Shard
from tests.campaigns.every import CAMPAIGNS, chosen
from tests.records import Records


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns", description=__doc__)
    names = [campaign.name for campaign in CAMPAIGNS]
    parser.add_argument("--only", action="append", default=[], choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--seed", type=int, help="the seed; without one a run that was cut off goes on")
    parser.add_argument("--short", action="store_true", help="only a look, of which nothing is written down")
    return parser.parse_args()


def seed_to_go_on_with(lines: list[results.Line]) -> int:
    """The seed of the last run of this very program, else a new one."""
    own = [line.seed for line in lines if line.program == results.fingerprint()]
    return own[-1] if own else random.randrange(10**6)


def run_shard(campaign: Campaign, seed: int, index: int, count: int, records: Records) -> results.Line:
    """Run a shard in a folder of its own; one that breaks is written down like any other."""
    with TemporaryDirectory(prefix=f"{campaign.name}-") as folder:
        shard = Shard(seed, index, count, Path(folder), records.fresh)
        began = time.monotonic()
        try:
            outcome = asyncio.run(campaign.run(shard))
        except Exception as failure:
            traceback.print_exc()
            outcome = results.broken(shard, failure)
    seconds = time.monotonic() - began
    print(f"{campaign.name} {index}: {seconds:.1f} s, {results.as_dict(outcome)}", flush=True)
    return results.line_of(campaign, shard, outcome, seconds)


def run_short(campaigns: list[Campaign], seed: int, records: Records) -> bool:
    """Run the first faults of each; tell whether all came out as they should."""
    good = True
    for campaign in filter(attrgetter("short"), campaigns):
        line = run_shard(campaign, seed, 0, campaign.short, records)
        good = good and campaign.as_it_should_be(line.outcome)
    return good


def run_full(campaigns: list[Campaign], seed: int, records: Records) -> bool:
    """Run the shards that are missing; tell whether all came out as they should."""
    program, done = results.fingerprint(), {line.key for line in results.read()}
    for campaign in campaigns:
        for index, count in enumerate(campaign.pieces()):
            if (campaign.name, seed, index, count, program) in done:
                continue
            line = run_shard(campaign, seed, index, count, records)
            if not results.unchanged():
                print("Files of the product or of its campaigns changed meanwhile: run it again.", flush=True)
                return False
            results.append(line)
            results.write_table(results.read(), CAMPAIGNS)
    lines = results.read()
    return all(
        campaign.all_as_they_should_be(line.outcome for line in results.newest(lines, campaign))
        for campaign in campaigns
    )


def main() -> int:
    """Run; return the exit code."""
    given = arguments()
    seed = given.seed if given.seed is not None else seed_to_go_on_with(results.read())
    print(f"seed {seed}, program {results.fingerprint()}", flush=True)
    records, campaigns = Records(), chosen(given.only)
    if lacking := [campaign.lacks for campaign in campaigns if campaign.lacks]:
        print(*dict.fromkeys(lacking), sep="\n")
        return 1
    try:
        good = (run_short if given.short else run_full)(campaigns, seed, records)
    finally:
        records.close()
    if not given.short:
        print(results.table(results.read(), campaigns))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
