"""Helping: somebody acts for a leader or an elder, and every act tells so."""

from __future__ import annotations

from conversation.talks import Talk
from handlers.feature import Feature, MenuItem
from handlers.helping import commands, queries, script, texts
from handlers.policy import Action

FEATURE = Feature(
    name="helping",
    talks=(
        Talk("help_for", script.help_for, texts.TITLE, ("/lamgiup", "làm giúp", "giúp người khác", "làm giúp ai")),
        Talk("stop_helping", script.stop_helping, texts.STOP_TITLE, ("thôi giúp", "/thoigiup"), asks_first=False),
    ),
    queries={queries.WhomIHelp: queries.whom_i_help},
    commands={commands.HelpFor: commands.help_for, commands.StopHelping: commands.stop_helping},
    menu=(
        MenuItem("help_for", texts.MENU, 10, needs=Action.HELP),
        MenuItem("stop_helping", texts.MENU_STOP, 40, helping=True),
    ),
)
