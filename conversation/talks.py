"""The talks there are, and how a message opens one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conversation.answers import GlobalWord, fold
from conversation.messages import Heard, Opening, Template

if TYPE_CHECKING:
    from conversation.chat import Chat

Script = Callable[["Chat"], None]
Reader = Callable[[Heard], Opening | None]


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation about one thing."""

    name: str
    script: Script
    title: Template
    """What is being done, as in «{you} đang <title> dở»."""
    opens_with: tuple[str, ...] = ()
    """Whole messages that open it: words of any spelling, and /commands."""
    word: GlobalWord | None = None
    """The global word that opens it from anywhere."""
    asks_first: bool = True
    """Whether leaving another talk under way for this one deserves a question."""


@dataclass(frozen=True)
class Talks:
    """All talks, with the readers that features add for short codes, for messages nobody asked for, and for alarms."""

    talks: Iterable[Talk]
    codes: tuple[Reader, ...] = ()
    suggestions: tuple[Reader, ...] = ()
    alarms: tuple[Reader, ...] = ()
    by_name: dict[str, Talk] = field(init=False, default_factory=dict)
    by_words: dict[str, Talk] = field(init=False, default_factory=dict)
    by_global: dict[GlobalWord, Talk] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for talk in self.talks:
            self.by_name[talk.name] = talk
            self.by_words.update({fold(words): talk for words in talk.opens_with})
            if talk.word is not None:
                self.by_global[talk.word] = talk

    def command(self, text: str) -> Opening | None:
        """What a /command opens; its argument is given as `argument`."""
        if not text.startswith("/"):
            return None
        word, _, argument = text.partition(" ")
        talk = self.by_words.get(fold(word.partition("@")[0]))
        return Opening(talk.name, {"argument": argument.strip()} if argument.strip() else {}) if talk else None

    def code(self, heard: Heard) -> Opening | None:
        """What a short code, typed as the whole message, opens."""
        return next((opening for read in self.codes if (opening := read(heard))), None)

    def words(self, text: str) -> Opening | None:
        """What words that name a talk open."""
        talk = self.by_words.get(fold(text)) or self.by_words.get(f"/{fold(text)}")
        return Opening(talk.name) if talk else None

    def alarm(self, heard: Heard) -> Opening | None:
        """The talk that a cry for help opens, whatever is being asked."""
        return next((opening for read in self.alarms if (opening := read(heard))), None)

    def suggest(self, heard: Heard) -> Opening | None:
        """The talk that a message nobody asked for may be about."""
        return next((opening for read in self.suggestions if (opening := read(heard))), None)
