"""The methods a bot may call, by name."""

from collections.abc import Callable
from typing import Any

from sandbox import editing, hooks, profile, sending
from sandbox.call import Call
from sandbox.errors import ApiError
from sandbox.spec import NAMES

Method = Callable[[Call], Any]

METHODS: dict[str, Method] = {
    "getMe": profile.get_me,
    "getFile": profile.get_file,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyDescription": profile.set_my_description,
    "setMyShortDescription": profile.set_my_short_description,
    "setWebhook": hooks.set_webhook,
    "deleteWebhook": hooks.delete_webhook,
    "getWebhookInfo": hooks.get_webhook_info,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendVoice": sending.send_voice,
    "sendDocument": sending.send_document,
    "sendChatAction": sending.send_chat_action,
    "editMessageText": editing.edit_message_text,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "answerCallbackQuery": editing.answer_callback_query,
}


def spelled(method: str) -> str:
    """Return a method's name as the specification spells it, or refuse an unknown one."""
    name = NAMES.get(method.lower())
    if name is None:
        raise ApiError(404, "Not Found")
    return name


def perform(call: Call) -> Any:
    """Do what a request asks and return its result."""
    return METHODS[call.method](call)
