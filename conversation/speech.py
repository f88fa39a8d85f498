"""Turning templates into words for one person: translated, filled, with the honorific they chose."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from conversation.letters import JUST_READ
from conversation.messages import BOLD, N_, PLAIN, Phrase, Template, Words

Translator = Callable[[str], str]

TEMPLATES = 4096
"""More than the program has in all its languages."""
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_NO_MARKS = str.maketrans("", "", BOLD + PLAIN)

HONORIFICS = {
    "ong": N_("Ông"),
    "ba": N_("Bà"),
    "bac": N_("Bác"),
    "co": N_("Cô"),
    "chu": N_("Chú"),
    "anh": N_("Anh"),
    "chi": N_("Chị"),
    "ban": N_("Bạn"),
}
UNKNOWN = N_("Ông/bà")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is being talked to, as far as words need to know."""

    person: int | None = None
    honorific: str = ""
    """A key of `HONORIFICS`, empty while unknown."""
    name: str = ""
    language: str = "vi"

    def called(self, *, honorific: str = "", name: str = "", language: str = "") -> Speaker:
        """The same person, addressed so from here on; what is empty stays."""
        return Speaker(self.person, honorific or self.honorific, name or self.name, language or self.language)

    @property
    def short_name(self) -> str:
        """The last word, as Vietnamese greet; the whole name where that would be wrong (H'Bliă Niê)."""
        words = self.name.split()
        return self.name if any("'" in word for word in words) or not words else words[-1]


@dataclass(frozen=True, slots=True)
class Speech:
    """Renders words for a speaker."""

    speaker: Speaker
    translate: Translator

    def render(self, words: Words) -> str:
        """The final text, bold marked by control characters; a plain str is somebody's value and stays as it is."""
        if isinstance(words, Phrase):
            return self._fill(words.template, {name: self._value(value) for name, value in words.fields.items()})
        if isinstance(words, Template):
            return self._fill(words, {})
        return words.translate(_NO_MARKS)

    def _fill(self, template: Template, fields: dict[str, str]) -> str:
        return _marked(template, self.translate).format_map({**_address(self.speaker, self.translate), **fields})

    def _value(self, value: object) -> str:
        return self.render(value) if isinstance(value, (Phrase, str)) else str(value)


@lru_cache(TEMPLATES)
def _marked(template: Template, translate: Translator) -> str:
    """A template in another language, its bold words between control characters."""
    return _BOLD.sub(f"{BOLD}\\1{PLAIN}", translate(template))


@lru_cache(JUST_READ)
def _address(speaker: Speaker, translate: Translator) -> dict[str, str]:
    title = translate(HONORIFICS.get(speaker.honorific, UNKNOWN))
    name = speaker.short_name
    call = f"{title} {name}".strip() if speaker.language == "vi" else name or title
    return {"You": title, "you": title[0].lower() + title[1:], "Call": call, "call": _lower_first(call, name)}


def _lower_first(call: str, name: str) -> str:
    return call if call == name else call[0].lower() + call[1:]


def plain(text: str) -> str:
    """The text without its bold marks."""
    return text.translate(_NO_MARKS)
