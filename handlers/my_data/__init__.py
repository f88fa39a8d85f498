"""My data: see it, take it away, correct it, know who saw it, withdraw a consent, stop, erase."""

from __future__ import annotations

from collections.abc import Iterable

from conversation.answers import GlobalWord
from conversation.talks import Talk
from handlers.feature import Feature, MenuItem
from handlers.my_data import commands, queries, script, texts
from handlers.my_data.keepers import Keepers
from handlers.my_data.personal_data import LinkData
from handlers.purposes import OF_PLACE


def feature(others: Iterable[Feature]) -> Feature:
    """Over everything that the other features keep about people, and its own; the first of them is erased last."""
    own = LinkData()
    keepers = Keepers((*(other.personal_data for other in others if other.personal_data is not None), own))
    return Feature(
        name="my_data",
        talks=(
            Talk("my_data", script.my_data, texts.TITLE, ("/dulieu",), GlobalWord.DATA, asks_first=False),
            Talk("correct", script.correct, texts.CORRECT_TITLE, ("sửa thông tin", "sửa tên", "đổi tên")),
            Talk("withdraw", script.withdraw, texts.WITHDRAW_TITLE, ("rút đồng ý",)),
            Talk("stop", script.stop, texts.STOP_TITLE, ("/ngung",), GlobalWord.STOP),
            Talk("erase", script.erase, texts.ERASE_TITLE, ("/xoa", "xóa", "xóa hết"), GlobalWord.ERASE),
        ),
        queries={
            queries.WhatIsKept: queries.what_is_kept(keepers),
            queries.OpenLink: queries.open_link,
            queries.FetchByLink: queries.fetch_by_link(keepers),
            queries.WhatErasingDoes: queries.what_erasing_does(keepers),
            queries.WhoSawIt: queries.who_saw_it,
            queries.MyConsents: queries.my_consents,
            queries.HavePhone: queries.have_phone,
        },
        commands={
            commands.CorrectMe: commands.correct_me,
            commands.ForgetPhone: commands.forget_phone,
            commands.KeepBirthYear: commands.keep_birth_year,
            commands.Withdraw: commands.withdraw,
            commands.StopNews: commands.stop_news,
            commands.TakeAway: commands.take_away(keepers),
            commands.MakeLink: commands.make_link,
            commands.PressLink: commands.press_link,
            commands.EraseMe: commands.erase_me(keepers),
        },
        personal_data=own,
        menu=(
            MenuItem("my_data", texts.MENU, 70, own=True),
            MenuItem("stop", texts.MENU_STOP, 75, own=True, agreeing_to=OF_PLACE),
        ),
    )
