"""Invites: how officers come to hold their office in the bot."""

from __future__ import annotations

from conversation.messages import Heard, Opening
from conversation.talks import Talk
from handlers.feature import Feature, MenuItem
from handlers.invites import commands, invite_script, queries, script, showing, texts
from handlers.invites.personal_data import InvitesData
from handlers.policy import Action
from storage.invites import looks_like_code


def read_code(heard: Heard) -> Opening | None:
    """A code typed as the whole message."""
    return Opening("redeem", {"code": heard.text}) if looks_like_code(heard.text) else None


FEATURE = Feature(
    name="invites",
    talks=(
        Talk("redeem", script.redeem, texts.TITLE, asks_first=False),
        Talk("take_office", script.take_office, texts.TITLE),
        Talk("invite", invite_script.invite, texts.INVITE_TITLE, ("/moi", "mời", "mời người", "cấp mã mời")),
        Talk("invite_helper", invite_script.invite_helper, texts.INVITE_TITLE),
        Talk("confirm_office", script.confirm_office, texts.CONFIRM_TITLE, asks_first=False),
    ),
    queries={
        queries.OfficeOf: queries.office_of,
        queries.OfficesToGive: queries.offices_to_give,
        queries.GivenAs: queries.given_as,
        queries.Neighbours: queries.neighbours,
        queries.OrganisationsInUse: queries.organisations_in_use,
        queries.BranchesAt: queries.branches_at,
        queries.MyPlace: queries.my_place,
        queries.WhoTookIt: queries.who_took_it,
    },
    commands={
        commands.Invite: commands.invite,
        showing.ShowNeighbours: showing.show_neighbours,
        commands.TryCode: commands.try_code,
        commands.TakeOffice: commands.take_office,
        commands.ConfirmOffice: commands.confirm_office,
    },
    codes=read_code,
    personal_data=InvitesData(),
    menu=(MenuItem("invite", texts.MENU, 76, needs=Action.ROLES_INVITE),),
)
