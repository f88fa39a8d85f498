"""Where the platforms post what people write: asked, set, taken back, for every configured channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from bot.channels.channel import Channel, ChannelError
from conversation.messages import Json


async def show(channel: Channel) -> Json:
    """Where a platform posts now."""
    return {"posts_to": await channel.posts_to()}


async def put(channel: Channel) -> Json:
    """Have it post to us, where there is an address of ours."""
    if channel.webhook:
        await channel.set_webhook()
    return await show(channel)


async def delete(channel: Channel) -> Json:
    """Have it post nowhere."""
    await channel.delete_webhook()
    return await show(channel)


VERBS: Mapping[str, Callable[[Channel], Awaitable[Json]]] = {
    "webhook-show": show,
    "webhook-set": put,
    "webhook-delete": delete,
}


async def carry_out(channels: Iterable[Channel], verb: str) -> Json:
    """Do it for each channel; one that fails tells why, and the others are done."""
    return {"webhooks": [await _done(channel, verb) for channel in channels]}


async def _done(channel: Channel, verb: str) -> Json:
    webhook = channel.webhook
    known = {
        "account": channel.account,
        "ours": webhook.url if webhook else "",
        "by_hand": bool(webhook and webhook.by_hand),
    }
    try:
        return {**known, **await VERBS[verb](channel)}
    except ChannelError as error:
        return {**known, "error": str(error)}
    finally:
        await channel.close()
