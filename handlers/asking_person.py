"""Questions that several features ask alike: how to address somebody, and their name."""

from __future__ import annotations

import re
import unicodedata

from conversation.answers import clean
from conversation.chat import AskBack, Chat
from conversation.messages import N_, Words, phrase
from conversation.questions import CHOOSE_AGAIN
from conversation.speech import HONORIFICS
from handlers.languages import SOURCE

SHORTEST_NAME, LONGEST_NAME = 2, 60

ASK_HONORIFIC = N_("Xin phép gọi thế nào cho phải ạ?")
IS_IT_THIS = N_("«{title}» phải không ạ?")
YES, CHOOSE_ANEW = N_("Đúng"), N_("Chọn lại")
WHICH_ONE = N_("Ý {you} là «Bà» hay là số 3, «Bác» ạ?")

ASK_NAME = N_("{You} tên gì để tiện xưng hô ạ? (Không bắt buộc.)")
SKIP_NAME = N_("Bỏ qua")
NAME_IN_LETTERS = N_("Tên thì {you} gõ bằng chữ giúp, ví dụ: Nguyễn Thị Hoa.")
NAME_TOO_LONG = N_("Tên này dài quá ạ. {You} gõ tên không quá {most} chữ cái giúp.")
NAME_TOO_SHORT = N_("{You} gõ tên từ hai chữ cái trở lên giúp ạ.")
NO_ID_NUMBERS = N_(
    "Số này giống số căn cước. Cầu Nối **không nhận số căn cước** và chưa lưu số vừa rồi, {you} nên xóa tin ấy đi.\n"
    "{You} chỉ cần gõ tên thôi ạ."
)

_OLD_ID_NUMBER = re.compile(r"(?<!\d)\d{9}(?!\d)")
"""Of the cards before; numbers of today's are hidden before anything reads them."""
_INTRODUCTION = re.compile(
    r"^(?:(?:dạ|da),? )?(?:(?:tôi|toi|tui|em|cháu|con|mình|bác|cô|chú|anh|chị|ông|bà) )?(?:tên|ten) (?:(?:là|la) )?",
    re.IGNORECASE,
)
_ALLOWED_MARKS = "'’ʼ`.- "


def ask_honorific(chat: Chat) -> str:
    """How the person wants to be addressed, and from here on they are; not asked where a language has no such words."""
    if not has_honorifics(chat):
        return ""
    pick = chat.choose("honorific", ASK_HONORIFIC, HONORIFICS, unsure=_UNSURE)
    chat.call(honorific=pick)
    return pick


def has_honorifics(chat: Chat) -> bool:
    """Whether the language spoken addresses people by their age and place, as Vietnamese does."""
    return chat.speaker.language == SOURCE


def _is_it_this(key: str) -> AskBack:
    return AskBack(phrase(IS_IT_THIS, title=HONORIFICS[key]), {key: YES, CHOOSE_AGAIN: CHOOSE_ANEW})


_UNSURE = {
    **{key: _is_it_this(key) for key in ("bac", "co", "ban")},
    "ba": AskBack(WHICH_ONE, {"ba": HONORIFICS["ba"], "bac": HONORIFICS["bac"], CHOOSE_AGAIN: CHOOSE_ANEW}),
}
"""Without marks these are other words too: bạc, có, bận, ba."""


def ask_name(chat: Chat, prompt: Words = ASK_NAME, *, optional: Words | None = SKIP_NAME) -> str:
    """A name as the person writes it; empty when they would rather not."""
    return name_of(chat.few_words("name", prompt, check=problem_of, optional=optional))


def name_of(text: str) -> str:
    """The name in what was typed, «tôi tên là …» left out; spelt as it was typed."""
    line = " ".join(clean(text).split())
    return _INTRODUCTION.sub("", line) or line


def problem_of(text: str) -> Words | None:
    """Why this cannot be a name, in kind words; None when it can."""
    if _OLD_ID_NUMBER.search(re.sub(r"(?<=\d)[ .\-](?=\d)", "", text)):
        return NO_ID_NUMBERS
    name = name_of(text)
    letters = sum(map(_is_letter, name))
    if not letters or not all(_is_letter(each) or each in _ALLOWED_MARKS for each in name):
        return NAME_IN_LETTERS
    if len(name) > LONGEST_NAME:
        return phrase(NAME_TOO_LONG, most=LONGEST_NAME)
    return NAME_TOO_SHORT if letters < SHORTEST_NAME else None


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM"
