"""Linking: one person writes from several apps, and is reached in one of them."""

from __future__ import annotations

from conversation.messages import Heard, Opening
from conversation.talks import Talk
from handlers.feature import Feature
from handlers.linking import commands, queries, script, texts
from handlers.linking.personal_data import LinkingData
from storage.linking import is_code


def read_code(heard: Heard) -> Opening | None:
    """A code typed as the whole message."""
    return Opening("link_code", {"code": heard.text}) if is_code(heard.text) else None


OPENS = ("/noi", "nối", "nối zalo", "nối telegram", "nối thêm", "nối tài khoản", "nối ứng dụng")
UNLINKS = ("/bonoi", "bỏ nối", "hủy nối", "thôi nối")

FEATURE = Feature(
    name="linking",
    talks=(
        Talk("link", script.link, texts.LINK_TITLE, OPENS, asks_first=False),
        Talk("link_code", script.link_code, texts.LINK_TITLE, asks_first=False),
        Talk("link_chat", script.link_chat, texts.LINK_TITLE),
        Talk("prefer", script.prefer, texts.PREFER_TITLE, ("đổi nơi nhận tin",), asks_first=False),
        Talk("channels", script.channels, texts.CHANNELS_TITLE, ("nơi nhận tin",), asks_first=False),
        Talk("unlink", script.unlink, texts.UNLINK_TITLE, UNLINKS),
        Talk("link_whom", script.link_whom, texts.LINK_FOR_TITLE),
        Talk("link_for", script.link_for, texts.LINK_FOR_TITLE, ("nối giúp", "nối hộ", "nối cho bà con")),
    ),
    queries={
        queries.MyPlaces: queries.my_places,
        queries.WhoMeet: queries.who_meet,
        queries.Namesakes: queries.namesakes,
    },
    commands={
        commands.MakeLinkCode: commands.make_link_code,
        commands.ShowNamesakes: commands.show_namesakes,
        commands.TryLinkCode: commands.try_link_code,
        commands.Link: commands.link,
        commands.Prefer: commands.prefer,
        commands.Unlink: commands.unlink,
    },
    codes=read_code,
    personal_data=LinkingData(),
)
