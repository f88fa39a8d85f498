"""Organisations and their branches, changed; and how many people belong to them, level by level."""

from handlers.feature import Feature
from handlers.organisations import commands, queries

FEATURE = Feature(
    name="organisations",
    queries={
        queries.OrganisationList: queries.organisation_list,
        queries.BranchesUnder: queries.branches_under,
        queries.RollUp: queries.roll_up,
    },
    commands={
        commands.AddOrganisation: commands.add_organisation,
        commands.EditOrganisation: commands.edit_organisation,
        commands.CloseOrganisation: commands.close_organisation,
        commands.AddBranch: commands.add_branch,
        commands.CloseBranch: commands.close_branch,
        commands.SetEligible: commands.set_eligible,
    },
)
