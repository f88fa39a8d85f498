"""A short run of each campaign."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.campaigns import results
from tests.campaigns.campaign import Campaign, Shard
from tests.campaigns.every import CAMPAIGNS
from tests.records import Records

pytestmark = [pytest.mark.crash, pytest.mark.timeout(180)]


@pytest.mark.parametrize(
    "campaign", [campaign for campaign in CAMPAIGNS if campaign.short], ids=lambda campaign: campaign.name
)
async def test_it_comes_out_as_it_should(campaign: Campaign, records: Records, tmp_path: Path) -> None:
    if campaign.lacks:
        pytest.skip(campaign.lacks)
    seed = random.randrange(10**6)
    outcome = await campaign.run(Shard(seed, 0, campaign.short, tmp_path, records.fresh))
    print(f"seed {seed}: {results.as_dict(outcome)}")
    assert outcome.count == campaign.short
    assert campaign.as_it_should_be(outcome), outcome
