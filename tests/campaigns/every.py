"""All campaigns there are: a new one is added here."""

from __future__ import annotations

from tests.campaigns import (
    backup_under_load,
    bad_files,
    canary,
    clock_jumps,
    database_away,
    disk_full,
    disk_readonly,
    file_replaced,
    flood,
    http_faults,
    instances,
    intake,
    io_errors,
    leadership,
    missed_occurrences,
    outcomes,
    poison,
    power_loss,
    sending,
    sigterm,
    soak,
    stalls,
    steps,
    too_many,
    webhook_replay,
)
from tests.campaigns.campaign import Campaign

CAMPAIGNS: tuple[Campaign, ...] = (
    *intake.CAMPAIGNS,
    *sending.CAMPAIGNS,
    *sigterm.CAMPAIGNS,
    *steps.CAMPAIGNS,
    *instances.CAMPAIGNS,
    *leadership.CAMPAIGNS,
    *http_faults.CAMPAIGNS,
    *too_many.CAMPAIGNS,
    *outcomes.CAMPAIGNS,
    *clock_jumps.CAMPAIGNS,
    *missed_occurrences.CAMPAIGNS,
    *poison.CAMPAIGNS,
    *stalls.CAMPAIGNS,
    *flood.CAMPAIGNS,
    *canary.CAMPAIGNS,
    *soak.CAMPAIGNS,
    *webhook_replay.CAMPAIGNS,
    *power_loss.CAMPAIGNS,
    *io_errors.CAMPAIGNS,
    *disk_full.CAMPAIGNS,
    *disk_readonly.CAMPAIGNS,
    *database_away.CAMPAIGNS,
    *file_replaced.CAMPAIGNS,
    *backup_under_load.CAMPAIGNS,
    *bad_files.CAMPAIGNS,
)


def chosen(names: list[str]) -> list[Campaign]:
    """The campaigns of these names; all when none is given. Raises KeyError for a name that is none."""
    of_name = {campaign.name: campaign for campaign in CAMPAIGNS}
    return [of_name[name] for name in names] if names else list(CAMPAIGNS)
