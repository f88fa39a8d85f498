"""Offices that people hold: given up by themselves, or ended by those above."""

from __future__ import annotations

from conversation.talks import Talk
from handlers.feature import Feature, MenuItem
from handlers.policy import Action
from handlers.roles import commands, queries, script, texts

FEATURE = Feature(
    name="roles",
    talks=(
        Talk(
            "roles",
            script.roles,
            texts.TITLE,
            ("/vaitro", "thôi vai trò", "vai trò", "thôi nhiệm vụ", "thu vai trò", "thôi người giúp"),
        ),
    ),
    queries={queries.OfficesToEnd: queries.offices_to_end, queries.WhoHolds: queries.who_holds},
    commands={commands.EndOffice: commands.end_office},
    menu=(MenuItem("roles", texts.MENU, 77, needs=Action.ROLES_REVOKE),),
)
