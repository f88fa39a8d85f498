"""Checks keyboards the way Telegram does."""

from typing import Any

from sandbox.errors import bad

Json = dict[str, Any]
MAX_DATA = 64
MAX_BUTTONS = 100
MAX_ROW = 8
_KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")
_ACTIONS = (
    "callback_data", "url", "web_app", "login_url", "switch_inline_query", "copy_text", "callback_game", "pay",
    "switch_inline_query_current_chat", "switch_inline_query_chosen_chat",
)  # fmt: skip


def inline(markup: object) -> Json | None:
    """Return a checked inline keyboard, None when there is none or it is emptied."""
    if markup is None:
        return None
    found = checked(markup, empty_allowed=True)
    if "inline_keyboard" not in found:
        raise bad("inline keyboard expected")
    return found if found["inline_keyboard"] else None


def checked(markup: Any, *, empty_allowed: bool = False) -> Json:
    """Return a keyboard that Telegram would take, or refuse it."""
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    kind = next((name for name in _KINDS if name in markup), None)
    if kind is None:
        raise bad("object expected as reply markup")
    if kind == "inline_keyboard":
        _check_inline(markup[kind], empty_allowed)
    elif kind == "keyboard":
        _check_reply(markup[kind])
    return markup


def _rows(rows: Any, kind: str, field: str, empty_allowed: bool) -> list[list[Any]]:
    if not isinstance(rows, list) or (not rows and not empty_allowed):
        raise bad(f'field "{field}" of the {kind} must be a non-empty Array of Arrays')
    for row in rows:
        if not isinstance(row, list) or not row:
            raise bad(f'field "{field}" of the {kind} must be an Array of Arrays')
        if len(row) > MAX_ROW:
            raise bad("REPLY_MARKUP_TOO_LONG" if kind == "InlineKeyboardMarkup" else "KEYBOARD_ROW_TOO_LONG")
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bad("REPLY_MARKUP_TOO_LONG")
    return rows


def _check_inline(rows: object, empty_allowed: bool) -> None:
    for row in _rows(rows, "InlineKeyboardMarkup", "inline_keyboard", empty_allowed):
        for button in row:
            _check_inline_button(button)


def _check_inline_button(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad("can't parse inline keyboard button: can't find field \"text\"")
    if not button["text"].strip():
        raise bad("inline keyboard button text is empty")
    actions = [name for name in _ACTIONS if button.get(name) is not None]
    if not actions:
        raise bad("can't parse inline keyboard button: text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and (not isinstance(data, str) or not 1 <= len(data.encode()) <= MAX_DATA):
        raise bad("BUTTON_DATA_INVALID")


def _check_reply(rows: Any) -> None:
    for row in _rows(rows, "ReplyKeyboardMarkup", "keyboard", empty_allowed=False):
        for button in row:
            text: object = button.get("text") if isinstance(button, dict) else button
            if not isinstance(text, str):
                raise bad("can't parse keyboard button: can't find field \"text\"")
            if not text.strip():
                raise bad("keyboard button text is empty")
