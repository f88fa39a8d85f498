"""The log, read by the inspectors of a place: what was done there to whose data, and by whom."""

from __future__ import annotations

from conversation.talks import Talk
from handlers.auditing import queries, script, texts
from handlers.feature import Feature, MenuItem
from handlers.policy import Action

FEATURE = Feature(
    name="auditing",
    talks=(Talk("log", script.log, texts.TITLE, ("/nhatky", "nhật ký", "xem nhật ký"), asks_first=False),),
    queries={queries.LogsToRead: queries.logs_to_read, queries.LogOf: queries.log_of},
    menu=(MenuItem("log", texts.MENU, 78, needs=Action.AUDIT_READ),),
)
