"""What a script sees of a conversation: ask by name, look, do, say, and go.

A script is a plain function run again from the top on every message. Answered questions return their answer;
the first one without an answer is asked, and the function stops there until the next message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from conversation.messages import Command, FileRef, Heard, Opening, Query, Template, Words, phrase
from conversation.questions import (
    SKIP_LABEL,
    Again,
    AskBack,
    AskContact,
    Check,
    Choose,
    Confirm,
    NoLonger,
    Photo,
    Pick,
    Question,
    Text,
    Told,
)
from conversation.speech import Speaker
from conversation.state import Offer, Progress
from conversation.talks import Talk

__all__ = ["AskBack", "Chat", "Given", "Pick", "Records", "Talk", "Told"]

T = TypeVar("T")


class Records(Protocol):
    """The port to the records: everything a turn can learn or change."""

    def speaker(self) -> Speaker:
        """Who is talking, by the records; a `Speaker` without person when they have none."""

    def look(self, query: Query[T]) -> T:
        """Answer a query in the turn's transaction."""

    def do(self, command: Command[T]) -> T:
        """Perform a command in its own savepoint; raises `Rejected`."""

    def offers(self) -> Sequence[Offer]:
        """Questions delivered to this chat by letters and not taken up yet, newest first."""

    def offer(self, number: int) -> Offer | None:
        """One of this chat's offers, taken or not."""

    def take(self, number: int) -> None:
        """The person took the offer up."""

    def carries(self, name: str) -> bool:
        """Whether a document of this name can be sent to this chat."""


class Given(dict[str, Any]):
    """What a talk is about; a missing name reads as None."""

    def __getattr__(self, name: str) -> Any:
        return self.get(name)


class Waiting(BaseException):
    """The script has reached a question nobody has answered yet; not an Exception, so that no script eats it."""

    def __init__(self, question: Question[Any], again: Again | None) -> None:
        super().__init__()
        self.question, self.again = question, again


class AskedAfterDo(RuntimeError):
    """A fault in a script: after a `do`, questions belong in the next talk (`return chat.go(…)`)."""


@dataclass
class Heeding:
    """An answer on its way to the question it is for."""

    question: str
    heard: Heard
    key: str | None = None
    """Key of a tapped button; None when words are to be read."""
    fp: str = ""


@dataclass
class Chat:
    """One run of a script."""

    progress: Progress
    heard: Heard
    speaker: Speaker
    records: Records
    heeding: Heeding | None = None
    says: list[Words] = field(default_factory=list)
    documents: list[tuple[str, bytes]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    next: Opening | None = None
    dropped: set[str] = field(default_factory=set)
    forgotten: bool = False
    done: bool = False

    @property
    def given(self) -> Given:
        """What the talk is about."""
        return Given(self.progress.given)

    @property
    def at(self) -> datetime:
        """When the message was received."""
        return self.heard.at

    # ask ---------------------------------------------------------------------------------------------------

    def choose(
        self,
        name: str,
        prompt: Words,
        options: Mapping[str, Words],
        *,
        page: int = 8,
        free: bool | Callable[[str], bool] = False,
        unsure: Mapping[str, AskBack] | None = None,
        asides: Mapping[str, tuple[Words, Words]] | None = None,
        optional: Words | None = None,
    ) -> Pick:
        """The key of one of the options, or words if `free`; `asides` are labels that show something and ask again."""
        return self._ask(Choose(name, prompt, optional, options, page, free, unsure or {}, asides or {}))

    def text(
        self,
        name: str,
        prompt: Words,
        *,
        at_least: int = 1,
        at_most: int = 2000,
        check: Check | None = None,
        optional: Words | None = None,
        photo_alone: bool = False,
    ) -> Told:
        """Words of the person's own, a voice message, or a photo with words; lengths in characters."""
        return self._ask(Text(name, prompt, optional, at_least, at_most, check, photo_alone))

    def few_words(self, name: str, prompt: Words, *, check: Check, optional: Words | None = None) -> str:
        """A name or the like; a story, a cry for help or the name of another talk is meant for something else."""
        return self._ask(Text(name, prompt, optional, check=check, brief=True)).text

    def photo(self, name: str, prompt: Words, *, optional: Words | None = SKIP_LABEL) -> tuple[FileRef, ...]:
        """The photos of one message or album; empty when skipped."""
        return self._ask(Photo(name, prompt, optional))

    def confirm(
        self, name: str, prompt: Words, *, about: object = (), yes: Words | None = None, no: Words | None = None
    ) -> bool:
        """A yes or no that holds only for the values in `about`."""
        labels = {key: label for key, label in (("yes", yes), ("no", no)) if label is not None}
        return self._ask(Confirm(name, prompt, None, about, **labels))

    def contact(self, name: str, prompt: Words, *, optional: Words | None = SKIP_LABEL) -> str:
        """The person's own phone number as they gave it; empty when skipped."""
        return self._ask(AskContact(name, prompt, optional))

    def _ask(self, question: Question[T]) -> T:
        if self.done:
            raise AskedAfterDo(f"{self.progress.talk}: question {question.name!r} after a do")
        again = self._heed(question)
        answer = self.progress.answers.get(question.name)
        if answer is None or again is not None:
            raise Waiting(question, again)
        try:
            value = question.value(answer)
        except NoLonger as finding:
            del self.progress.answers[question.name]
            raise Waiting(question, Again(finding.words)) from None
        for said in (self.says, self.documents, self.files):
            said.clear()  # what stands before an answered question has been said in an earlier turn
        return value

    def _heed(self, question: Question[Any]) -> Again | None:
        """Read what was heard if it is for this question; None when there is nothing to ask again."""
        heeding, asking = self.heeding, self.progress.asking
        if heeding is None or heeding.question != question.name or asking is None:
            return None
        self.heeding = None
        if heeding.key is not None:
            outcome = question.pick(heeding.key, heeding.fp, asking.page)
        else:
            outcome = question.read(heeding.heard, asking)
        if isinstance(outcome, Again):
            return outcome
        self.progress.answers[question.name] = outcome.answer
        return None

    # look, do, say, go ---------------------------------------------------------------------------------------

    def look(self, query: Query[T]) -> T:
        """Read the records."""
        return self.records.look(query)

    def do(self, command: Command[T]) -> T:
        """Change the records, once; after it the script may only say, do and go."""
        self.done = True
        return self.records.do(command)

    def say(self, words: Words, **fields: object) -> None:
        """Say something; a turn's says are joined into one message."""
        self.says.append(phrase(words, **fields) if fields and isinstance(words, Template) else words)

    def carries(self, names: Iterable[str]) -> bool:
        """Whether the channel can `show` documents of all these names."""
        return all(map(self.records.carries, names))

    def show(self, *, document: tuple[str, bytes] | None = None, files: Iterable[str] = ()) -> None:
        """Send a small file (name, content), or stored files by id."""
        self.documents += [document] if document else []
        self.files += files

    def go(self, talk: str, **given: object) -> None:
        """Hand over to another talk, which starts in the same turn."""
        self.next = Opening(talk, dict(given))

    def drop(self, talk: str) -> None:
        """Let go of runs of a talk that were put aside: what they were for is done."""
        self.dropped.add(talk)

    def forget(self) -> None:
        """End here and keep nothing of this session."""
        self.forgotten = True

    def call(self, *, honorific: str = "", name: str = "", language: str = "") -> None:
        """Address the person so from here on."""
        self.speaker = self.speaker.called(honorific=honorific, name=name, language=language)
