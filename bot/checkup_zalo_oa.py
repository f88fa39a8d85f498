"""A Zalo Official Account: its tokens, whether Zalo has verified it, and who knocks at our webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from bot import control
from bot.channels.channel import ChannelError, Misconfigured
from bot.channels.zalo_oa_tokens import NEW_CONSENT, DeadToken
from bot.channels_of import Outfitter
from bot.clock import Clock
from bot.control import OrderRefused
from bot.finding import Finding, well, wrong
from bot.settings import Settings
from conversation.messages import Json
from storage import webhook_posts
from storage.database import DatabaseUnavailable, open_database, sqlite_file

NOBODY = dict.fromkeys(webhook_posts.KINDS, 0)
SUSPICIOUS = 10
"""Posts refused in a row, more than somebody who only tries the door."""


async def look(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """What the running process knows; where none runs, Zalo is asked."""
    if not settings.zalo_oa_id:
        return
    try:
        status = await control.pass_on(settings.data_dir, "status", {})
    except (OrderRefused, OSError):  # told with the records already
        return
    findings = _running(status) if status is not None else [await _asked(settings, clock)]
    for finding in findings:
        yield finding


def _running(status: Json) -> Iterator[Finding]:
    for facts in status["zalo_oa"]:
        state = status["channels"].get(facts["account"], "up")
        yield _account(facts["verified"], dead=facts["token_dead"], state=state)
        posted = status["webhooks"].get(facts["account"], NOBODY)
        yield _webhook(posted["accepted"], posted["refused"], posted["refused_in_a_row"])


def _account(verified: bool | None, *, dead: bool, state: str = "up") -> Finding:
    if dead:
        return wrong("zalo_oa", NEW_CONSENT)
    if state != "up":
        return wrong(
            "zalo_oa",
            "Không dùng được Zalo OA: xem lại CAUNOI_ZALO_OA_APP_ID, CAUNOI_ZALO_OA_APP_SECRET, gói dịch vụ của OA, "
            "mạng; nhật ký có lý do ở dòng platform.",
        )
    if verified is False:
        return wrong("zalo_oa", "Zalo chưa xác thực OA này, nên có tin không gửi được. Xác thực ở oa.zalo.me.")
    return well("zalo_oa", "Zalo nhận mã truy cập của OA.")


def _webhook(accepted: int, refused: int, in_a_row: int) -> Finding:
    """A wrong secret shows only in posts that are refused, one after another."""
    if in_a_row >= SUSPICIOUS or (refused and not accepted):
        return wrong(
            "zalo_oa_webhook",
            f"Đã từ chối {in_a_row} lần liền Zalo OA gửi tin tới vì sai chữ ký. Xem lại "
            "CAUNOI_ZALO_OA_SECRET (OA Secret Key ở trang Webhook) và CAUNOI_ZALO_OA_APP_ID.",
        )
    if refused:
        return well("zalo_oa_webhook", f"Zalo OA: đã nhận {accepted} tin, từ chối {refused} tin giả hoặc quá cũ.")
    return well("zalo_oa_webhook", f"Zalo OA: đã nhận {accepted} tin, không tin nào sai chữ ký.")


async def _asked(settings: Settings, clock: Clock) -> Finding:
    """A new token that this takes is kept in the records, as always; where there are none, none are made."""
    file = sqlite_file(settings.database_url)
    try:
        if file and not file.exists():
            raise DatabaseUnavailable("absent", str(file))
        database = await open_database(settings.database_url, settings.data_dir, now=clock.now(), migrate=False)
    except DatabaseUnavailable:
        return well("zalo_oa", "Chưa hỏi Zalo OA, vì dữ liệu chưa mở được.")
    channel = Outfitter(settings, database, clock).zalo_oa()
    try:
        await channel.open()
    except DeadToken:
        return wrong("zalo_oa", NEW_CONSENT)
    except Misconfigured as trouble:
        return wrong("zalo_oa", f"Không dùng được Zalo OA ({trouble}). Xem lại các thiết đặt CAUNOI_ZALO_OA_….")
    except ChannelError as trouble:
        return wrong("zalo_oa", f"Không hỏi được Zalo OA ({trouble}). Kiểm tra mạng, và CAUNOI_ZALO_OA_API_BASE.")
    finally:
        await channel.close()
        await database.close()
    return _account(channel.facts()["verified"], dead=channel.facts()["token_dead"])
