"""Methods about the bot itself: commands, descriptions, files."""

import re
from typing import Any

from sandbox.call import Call
from sandbox.errors import bad
from sandbox.records import scope_key

Json = dict[str, Any]
MAX_COMMANDS = 100
MAX_DESCRIPTION = 256
MAX_ABOUT = {"description": 512, "short_description": 120}
MAX_DOWNLOAD = 20 * 2**20
_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")


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


def set_my_description(call: Call) -> bool:
    """Set the words before the first start."""
    return _about(call, "description")


def set_my_short_description(call: Call) -> bool:
    """Set the words on the bot's profile."""
    return _about(call, "short_description")


def _about(call: Call, name: str) -> bool:
    words = str(call.get(name) or "")
    if len(words) > MAX_ABOUT[name]:
        raise bad(f"{name.replace('_', ' ')} is too long")
    call.bot.about[f"{name}:{call.get('language_code') or ''}"] = words
    call.world.changed()
    return True


def _key(call: Call) -> tuple[str, str]:
    return scope_key(call.get("scope") or {"type": "default"}), str(call.get("language_code") or "")
