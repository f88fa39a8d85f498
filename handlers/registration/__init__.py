"""Registration: getting to know each other, with consent, by link, by search, or again after a pause."""

from conversation.answers import GlobalWord
from conversation.messages import Heard, Opening
from conversation.talks import Talk
from handlers.feature import Feature, MenuItem
from handlers.place import LINK, read_join_code
from handlers.purposes import NEWS
from handlers.registration import commands, queries, script, texts
from handlers.registration.personal_data import RegistrationData


def read_code(heard: Heard) -> Opening | None:
    """The code of a place, off a poster, typed as the whole message."""
    unit = read_join_code(heard.text)
    return Opening("start", {"argument": f"{LINK}{unit}", "typed": True}) if unit else None


FEATURE = Feature(
    name="registration",
    talks=(
        Talk("start", script.start, texts.START_TITLE, ("/start", "/batdau", "bắt đầu"), GlobalWord.START),
        Talk("registration", script.registration, texts.REGISTRATION_TITLE, ("/dangky", "đăng ký", "đăng kí")),
        Talk("naming", script.naming, texts.NAMING_TITLE),
        Talk(
            "move",
            script.move,
            texts.MOVE_TITLE,
            ("/doikhupho", "đổi khu phố", "đổi thôn", "đổi ấp", "đổi nơi ở", "chuyển khu phố"),
        ),
        Talk("rejoin", script.rejoin, texts.REJOIN_TITLE, ("nhận tin", "nhận tin lại", "nhận lại tin", "nhận lại")),
        Talk("about", script.about, texts.ABOUT_TITLE, ("/gioithieu", "giới thiệu", "bạn là ai"), asks_first=False),
    ),
    queries={queries.Me: queries.me},
    commands={
        commands.Register: commands.register,
        commands.CallMeBy: commands.call_me_by,
        commands.MoveTo: commands.move_to,
        commands.Rejoin: commands.rejoin,
    },
    codes=read_code,
    personal_data=RegistrationData(),
    menu=(
        MenuItem("start", texts.MENU_START, 1, visitors=True, registered=False),
        MenuItem("move", texts.MENU_MOVE, 60, own=True),
        MenuItem("rejoin", texts.MENU_REJOIN, 74, own=True, not_agreeing_to=NEWS),
        MenuItem("about", texts.MENU_ABOUT, 90, visitors=True),
    ),
)
