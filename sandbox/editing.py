"""Methods that change what is already there, and answers to taps."""

from datetime import timedelta
from typing import Any

from sandbox import markup
from sandbox.call import Call
from sandbox.entities import message_text
from sandbox.errors import bad
from sandbox.records import Chat
from sandbox.updates import CALLBACK_KEPT

Json = dict[str, Any]
MAX_ANSWER = 200
DELETABLE = timedelta(hours=48)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def edit_message_text(call: Call) -> Json:
    """Change the words of a message."""
    found = message_text(call.get("text"), call.get("parse_mode"), call.get("entities"))
    chat, message = _editable(call)
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    content: Json = {"text": found.text} | ({"entities": found.entities} if found.entities else {})
    kept = {key: value for key, value in message.items() if key not in ("text", "entities", "reply_markup")}
    return _replace(call, chat, message, kept | content)


def edit_message_reply_markup(call: Call) -> Json:
    """Change the buttons of a message."""
    chat, message = _editable(call)
    kept = {key: value for key, value in message.items() if key != "reply_markup"}
    return _replace(call, chat, message, kept)


def delete_message(call: Call) -> bool:
    """Take a message away from both sides."""
    chat = call.chat()
    message = chat.messages.get(call.get("message_id"))
    if message is None:
        raise bad("message to delete not found")
    if call.world.seconds() - message["date"] > DELETABLE.total_seconds():
        raise bad("message can't be deleted")
    del chat.messages[message["message_id"]]
    call.world.changed()
    return True


def answer_callback_query(call: Call) -> bool:
    """Answer a tap, once and in time."""
    text = call.get("text") or ""
    if len(text) > MAX_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    callback = call.bot.callbacks.get(str(call.get("callback_query_id")))
    now = call.world.clock.now()
    if callback is None or callback.answered or now - callback.at > CALLBACK_KEPT:
        raise bad(TOO_OLD)
    callback.answered = True
    if text:
        chat = call.world.chat(call.bot, callback.chat)
        chat.notice = {"text": text, "alert": call.flag("show_alert"), "number": call.world.changes}
    call.world.changed()
    return True


def _editable(call: Call) -> tuple[Chat, Json]:
    chat = call.chat()
    message = chat.messages.get(call.get("message_id"))
    if message is None:
        raise bad("message to edit not found")
    if not message["from"]["is_bot"]:
        raise bad("message can't be edited")
    return chat, message


def _replace(call: Call, chat: Chat, old: Json, fresh: Json) -> Json:
    """Put the changed message in the old one's place, unless nothing changed."""
    keyboard = markup.inline(call.get("reply_markup"))
    fresh |= {"reply_markup": keyboard} if keyboard else {}
    if _looks(fresh) == _looks(old):
        raise bad(NOT_MODIFIED)
    fresh["edit_date"] = call.world.seconds()
    chat.messages[old["message_id"]] = fresh
    call.world.spoke(chat, fresh)
    return fresh


def _looks(message: Json) -> Json:
    return {key: value for key, value in message.items() if key != "edit_date"}
