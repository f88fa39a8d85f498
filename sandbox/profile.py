"""Methods about the bot itself: commands, descriptions, files, webhook."""

import json
import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sandbox.call import Call
from sandbox.errors import ApiError, bad
from sandbox.world import Bot, Webhook

Json = dict[str, Any]
MAX_COMMANDS = 100
MAX_DESCRIPTION = 256
MAX_ABOUT = {"description": 512, "short_description": 120}
MAX_DOWNLOAD = 20 * 2**20
_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def get_me(call: Call) -> Json:
    """Say who the bot is."""
    return call.bot.user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_file(call: Call) -> Json:
    """Say where a file is fetched from."""
    stored = call.world.files.get(call.get("file_id"))
    if stored is None:
        raise bad("invalid file_id")
    if len(stored.data) > MAX_DOWNLOAD:
        raise bad("file is too big")
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.data),
        "file_path": stored.path,
    }


def set_my_commands(call: Call) -> bool:
    """Replace the command menu of a scope and language."""
    commands = call.get("commands")
    if not isinstance(commands, list):
        raise bad("expected an Array of BotCommand")
    if len(commands) > MAX_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for item in commands:
        if not _COMMAND.fullmatch(str(item.get("command", ""))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(item.get("description", ""))) <= MAX_DESCRIPTION:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    call.bot.commands[_key(call)] = [item | {"command": item["command"].lstrip("/")} for item in commands]
    call.world.changed()
    return True


def get_my_commands(call: Call) -> list[Json]:
    """Return the command menu of a scope and language."""
    return call.bot.commands.get(_key(call), [])


def delete_my_commands(call: Call) -> bool:
    """Forget the command menu of a scope and language."""
    call.bot.commands.pop(_key(call), None)
    call.world.changed()
    return True


def menu(bot: Bot, user_id: int, language: str) -> list[Json]:
    """Return the commands a person sees: the narrowest scope first, their language before the rest."""
    scopes: list[Json] = [
        {"type": "chat", "chat_id": user_id},
        {"type": "all_private_chats"},
        {"type": "default"},
    ]
    for scope in scopes:
        for code in (language, ""):
            if found := bot.commands.get((_scope(scope), code)):
                return found
    return []


def set_my_description(call: Call) -> bool:
    """Set the words before the first start."""
    return _about(call, "description")


def set_my_short_description(call: Call) -> bool:
    """Set the words on the bot's profile."""
    return _about(call, "short_description")


def set_webhook(call: Call) -> bool:
    """Have updates sent to an address; an empty one ends that."""
    url = str(call.get("url") or "")
    if not url:
        return delete_webhook(call)
    _check_url(url)
    secret = str(call.get("secret_token") or "")
    if secret and not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    connections = call.get("max_connections") or 40
    if not 1 <= connections <= 100:  # noqa: PLR2004  (the documented bounds)
        raise bad("max_connections must be between 1 and 100")
    if call.get("allowed_updates") is not None:
        call.bot.updates.allow(call.get("allowed_updates"))
    if call.flag("drop_pending_updates"):
        call.bot.updates.pending.clear()
    call.bot.webhook = Webhook(url, secret, connections)
    call.world.changed()
    return True


def delete_webhook(call: Call) -> bool:
    """Go back to getUpdates."""
    call.bot.webhook = None
    if call.flag("drop_pending_updates"):
        call.bot.updates.pending.clear()
    call.world.changed()
    return True


def get_webhook_info(call: Call) -> Json:
    """Say how the webhook is doing."""
    hook = call.bot.webhook
    info: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(call.bot.updates.pending),
    }
    if hook:
        info["max_connections"] = hook.max_connections
        if hook.last_error:
            info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error}
    if call.bot.updates.allowed:
        info["allowed_updates"] = sorted(call.bot.updates.allowed)
    return info


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad("bad webhook: invalid URL specified")
    try:
        local = parts.hostname == "localhost" or ip_address(parts.hostname).is_loopback
    except ValueError:
        local = False
    if not local and parts.scheme == "http":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not local:
        raise ApiError(400, "Bad Request: bad webhook: Failed to resolve host: Name or service not known")


def _about(call: Call, name: str) -> bool:
    words = str(call.get(name) or "")
    if len(words) > MAX_ABOUT[name]:
        raise bad(f"{name.replace('_', ' ')} is too long")
    call.bot.about[f"{name}:{call.get('language_code') or ''}"] = words
    call.world.changed()
    return True


def _key(call: Call) -> tuple[str, str]:
    return _scope(call.get("scope") or {"type": "default"}), str(call.get("language_code") or "")


def _scope(scope: Json) -> str:
    return json.dumps(scope, sort_keys=True)
