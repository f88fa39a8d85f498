"""Posters: what the platforms call the bot, and the files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bot.channels.channel import ChannelError
from bot.channels.json_request import JsonRequest
from bot.channels_of import secret
from bot.cli_tools import order
from bot.clock import SystemClock
from bot.control import OrderRefused
from bot.settings import Settings
from conversation.messages import Json
from reports.posters import KINDS, Poster

ASK_SECONDS = 10.0
NO_NAMES = "Chưa biết bot tên gì. Điền token vào thiết đặt, hoặc ghi tên: --telegram ten_bot, --zalo «Bot Cầu Nối …»"
NOT_ASKED = "Không hỏi được tên bot trên {platform} ({why}). Kiểm tra mạng và token, hoặc ghi tên bằng --{option}."
NO_SUCH_KIND = "Tệp phải có đuôi {kinds}; bỏ trống đuôi thì đó là thư mục, và Cầu Nối viết cả ba."


async def make_poster(settings: Settings, unit: str, given: Mapping[str, str], out: Path) -> Json:
    """Write the poster of a unit; what is given goes before what the records and the platforms say."""
    facts = await order(settings, "poster", {"unit": unit})
    known = {name: words for name, words in given.items() if words}
    if not facts["who"]:
        facts |= {"who": settings.operator_person, "phone": settings.operator_phone}
    if settings.zalo_oa_id:
        facts["zalo_link"] = f"https://zalo.me/{settings.zalo_oa_id}"
    sheet = Poster(**{**facts, **known, **await _bot_names(settings, known)})
    files = _write(sheet, out, SystemClock().now())
    return {"join_code": sheet.join_code, "files": [str(file) for file in files]}


async def _bot_names(settings: Settings, known: Mapping[str, str]) -> dict[str, str]:
    """What the bot is called on each platform: as given, else as the platform says for the token there is."""
    names = {platform: known[platform] for platform in ("telegram", "zalo") if platform in known}
    if settings.telegram_token and "telegram" not in names:
        me = await _ask_who("Telegram", settings.telegram_api_base, secret(settings.telegram_token))
        names["telegram"] = str(me.get("username") or "")
    if settings.zalo_bot_token and "zalo" not in names:
        me = await _ask_who("Zalo", settings.zalo_bot_api_base, secret(settings.zalo_bot_token))
        names["zalo"] = str(me.get("display_name") or me.get("account_name") or "")
    if not any(names.values()) and not settings.zalo_oa_id:
        raise OrderRefused(NO_NAMES)
    return names


async def _ask_who(platform: str, api: str, token: str) -> Json:
    """The bot's own account; both platforms are asked alike."""
    calls = JsonRequest(api)
    try:
        answer = (await calls.post(f"{api}/bot{token}/getMe", {}, seconds=ASK_SECONDS)).content
    except ChannelError as away:
        raise OrderRefused(NOT_ASKED.format(platform=platform, why=away, option=platform.lower())) from None
    finally:
        await calls.close()
    me = answer.get("result")
    if not answer.get("ok") or not isinstance(me, dict):
        why = "token không đúng"
        raise OrderRefused(NOT_ASKED.format(platform=platform, why=why, option=platform.lower()))
    return me


def _write(poster: Poster, out: Path, at: datetime) -> list[Path]:
    """One file of the kind its name ends with, or all kinds into a folder; the files written."""
    if out.suffix:
        wanted = {out.suffix[1:].lower(): out}
    else:
        wanted = {kind: out / f"ap-phich-{poster.unit}.{kind}" for kind in KINDS}
    if not wanted.keys() <= KINDS.keys():
        raise OrderRefused(NO_SUCH_KIND.format(kinds=", ".join(f".{kind}" for kind in KINDS)))
    for kind, file in wanted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(KINDS[kind](poster, at))
    return list(wanted.values())
