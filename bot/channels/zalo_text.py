"""Words for Zalo, which has no buttons: choices become numbered lines, and long texts several messages."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from bot.channels.channel import Wording
from bot.channels.cutting import Span, bold_spans, cuts, joined, read_marks, repaired
from conversation.messages import N_, Address, Choice, Said, Template

LONGEST = 1900
"""UTF-16 units of one message: Zalo takes 2,000, but does not say of what."""
BY_NUMBER = N_("Trả lời bằng số ạ.")
NOT_SHOWN = N_("Zalo chưa gửi được tệp này. Muốn xem, {you} nhắn **NỐI** để dùng cả Telegram, hoặc hỏi cán bộ giúp ạ.")
TYPE_NUMBER = N_("{You} gõ số điện thoại vào đây giúp ạ.")

Part = tuple[str, list[Span]]
"""The text of one message, and where it is bold: start and length in UTF-16 units."""


def numbered(text: str, choices: Sequence[Choice]) -> str:
    """Add the choices as numbered lines; a text that has them all stays as it is."""
    lines = [f"{number}. {choice.label}" for number, choice in enumerate(choices, 1)]
    present = set(map(str.strip, read_marks(text)[0].splitlines()))
    return text if present.issuperset(lines) else joined(text, "\n".join(lines))


async def worded(said: Said, to: Address, wording: Wording, about_file: Template | None = None) -> str:
    """All the words of a message: what is said, the choices numbered, and how to answer."""
    hints = TYPE_NUMBER if said.asks_contact else None, BY_NUMBER if said.choices else None
    text = joined(said.text, await wording(to, about_file) if about_file else "")
    return joined(numbered(text, said.choices), *[await wording(to, hint) for hint in hints if hint is not None])


def render(marked: str, limit: int = LONGEST) -> list[Part]:
    """Cut a marked text, NFC first, into messages of at most `limit` UTF-16 units; none for a text of blanks."""
    plain, bold = read_marks(unicodedata.normalize("NFC", repaired(marked)))
    return [(plain[part[0] : part[1]], bold_spans(plain, part, bold)) for part in cuts(plain, limit)]
