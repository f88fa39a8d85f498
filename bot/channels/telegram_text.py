"""Words for Telegram: bold as entities in UTF-16 units, so that nothing anybody wrote can be misread as markup."""

from __future__ import annotations

from telegram import MessageEntity

from bot.channels.cutting import bold_spans, cuts, read_marks, repaired

ENTITIES = 100
"""Entities one message may have; source: Bot API, formatting options."""

Part = tuple[str, list[MessageEntity]]
"""The text of one message, and where it is bold."""


def render(marked: str, limit: int) -> list[Part]:
    """Cut a marked text into messages of at most `limit` UTF-16 units; none for a text of blanks."""
    plain, bold = read_marks(repaired(marked))
    return [
        (
            plain[part[0] : part[1]],
            [MessageEntity(MessageEntity.BOLD, *span) for span in bold_spans(plain, part, bold)][:ENTITIES],
        )
        for part in cuts(plain, limit)
    ]
