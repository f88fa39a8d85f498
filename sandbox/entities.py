"""Text with entities, counted in UTF-16 units the way Telegram counts."""

import re
from typing import Any, NamedTuple

from sandbox.errors import bad
from sandbox.html_text import read_html
from sandbox.markdown_text import read_markdown
from sandbox.utf16 import is_boundary, units

Json = dict[str, Any]
MAX_TEXT = 4096
MAX_CAPTION = 1024
_COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(@\w{3,32})?(?!\w)")
_URL = re.compile(r"https?://[^\s<>\"]+")
_TYPES = frozenset(
    [
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    ]
)


class Formatted(NamedTuple):
    """A text and its entities."""

    text: str
    entities: list[Json]


def formatted(text: object, parse_mode: object, entities: object) -> Formatted:
    """Return the text as it will be shown, or refuse markup that cannot be read."""
    source = "" if text is None else str(text)
    mode = str(parse_mode or "").lower()
    if mode == "html":
        found = Formatted(*read_html(source))
    elif mode == "markdownv2":
        found = Formatted(*read_markdown(source))
    elif mode:
        raise bad("unsupported parse_mode")
    else:
        found = Formatted(source, _checked(source, entities))
    return _with_detected(_trimmed(found))


def message_text(text: object, parse_mode: object, entities: object) -> Formatted:
    """Return the text of a message, or refuse one that is empty or too long."""
    if not str(text or "").strip():
        raise bad("message text is empty")
    found = formatted(text, parse_mode, entities)
    if not found.text:
        raise bad("message text is empty")
    if units(found.text) > MAX_TEXT:
        raise bad("message is too long")
    return found


def caption(text: object, parse_mode: object, entities: object) -> Formatted:
    """Return the words under a file, or refuse too many."""
    found = formatted(text, parse_mode, entities)
    if units(found.text) > MAX_CAPTION:
        raise bad("message caption is too long")
    return found


def detected(text: str) -> list[Json]:
    """Return the commands and links Telegram finds in plain words by itself."""
    found = [("bot_command", match) for match in _COMMAND.finditer(text)]
    found += [("url", match) for match in _URL.finditer(text)]
    return [
        {"type": kind, "offset": units(text[: match.start()]), "length": units(match.group())} for kind, match in found
    ]


def _checked(text: str, entities: object) -> list[Json]:
    if entities is None:
        return []
    if not isinstance(entities, list) or not all(isinstance(item, dict) for item in entities):
        raise bad("can't parse entities: expected an Array of MessageEntity")
    for item in entities:
        _check(text, item)
    return sorted(entities, key=lambda item: (item["offset"], -item["length"]))


def _check(text: str, entity: Json) -> None:
    offset, length = entity.get("offset"), entity.get("length")
    if entity.get("type") not in _TYPES:
        raise bad("can't parse MessageEntity: unsupported type specified")
    if not isinstance(offset, int) or offset < 0:
        raise bad(f"receive an entity with incorrect offset {offset}")
    if not isinstance(length, int) or length <= 0:
        raise bad(f"receive an entity with incorrect length {length}")
    end = offset + length
    if end > units(text):
        raise bad(f"entity beginning at UTF-16 offset {offset} ends after the end of the text"
                  f" at UTF-16 offset {end}")  # fmt: skip
    if not is_boundary(text, offset):
        raise bad(f"entity begins in a middle of a UTF-16 symbol at UTF-16 offset {offset}")
    if not is_boundary(text, end):
        raise bad(f"entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol"
                  f" at UTF-16 offset {end}")  # fmt: skip


def _trimmed(found: Formatted) -> Formatted:
    """Take the blanks off both ends, moving the entities along."""
    text = found.text.rstrip()
    start = units(text) - units(text.lstrip())
    text = text.lstrip()
    end = units(text)
    kept = []
    for item in found.entities:
        first = max(0, item["offset"] - start)
        last = min(end, item["offset"] + item["length"] - start)
        if last > first:
            kept.append({**item, "offset": first, "length": last - first})
    return Formatted(text, kept)


def _with_detected(found: Formatted) -> Formatted:
    """Add commands and links outside code."""
    opaque = [item for item in found.entities if item["type"] in ("code", "pre", "text_link", "bot_command", "url")]
    extra = [
        item
        for item in detected(found.text)
        if not any(
            item["offset"] < other["offset"] + other["length"] and other["offset"] < item["offset"] + item["length"]
            for other in opaque
        )
    ]
    entities = sorted(found.entities + extra, key=lambda item: (item["offset"], -item["length"]))
    return Formatted(found.text, entities)
