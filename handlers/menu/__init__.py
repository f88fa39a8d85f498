"""The menu, help, a human, and the language: what somebody finds from anywhere."""

from __future__ import annotations

from collections.abc import Iterable

from conversation.answers import GlobalWord
from conversation.talks import Talk
from handlers.feature import Feature, MenuItem
from handlers.menu import commands, queries, script, texts

OWN = (MenuItem("human", texts.MENU_HUMAN, 80, visitors=True),)


def feature(others: Iterable[Feature]) -> Feature:
    """The menu of everything that the other features and this one offer."""
    items = (*(item for other in others for item in other.menu), *OWN)
    return Feature(
        name="menu",
        talks=(
            Talk("menu", script.menu, texts.MENU_TITLE, ("/menu",), GlobalWord.MENU, asks_first=False),
            Talk("help", script.help_me, texts.HELP_TITLE, ("/trogiup", "/help"), GlobalWord.HELP, asks_first=False),
            Talk("human", script.human, texts.HUMAN_TITLE, ("/gapcanbo", "gặp cán bộ"), GlobalWord.HUMAN),
            Talk(
                "english", script.english, texts.LANGUAGE_TITLE, ("/english", "english", "tiếng anh"), asks_first=False
            ),
            Talk(
                "vietnamese",
                script.vietnamese,
                texts.LANGUAGE_TITLE,
                ("/tiengviet", "vietnamese", "tiếng việt"),
                asks_first=False,
            ),
        ),
        queries={queries.MenuOf: queries.menu_of(items)},
        commands={commands.CallMe: commands.call_me, commands.SpeakTo: commands.speak_to},
        menu=OWN,
    )
