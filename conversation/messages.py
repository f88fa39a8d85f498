"""What passes between people and features, whatever the channel."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

Json = dict[str, Any]
T_co = TypeVar("T_co", covariant=True)

BOLD, PLAIN = "\x02", "\x03"
"""Marks around bold words inside `Said.text`. What people wrote never holds control characters."""


class Template(str):
    """Words of ours: translated, then filled with named fields. A plain str is somebody's value, said as it is."""

    __slots__ = ()


def N_(text: str) -> Template:  # noqa: N802 - gettext's own name
    """Mark a Vietnamese text as translatable, `**bold**` and `{fields}` included."""
    return Template(text)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A template with the values of its fields, which may be phrases themselves."""

    template: Template
    fields: Mapping[str, object] = field(default_factory=dict)


Words = str | Phrase
"""Anything that can be said: a `Template`, a `Phrase`, or a plain value."""


def phrase(template: Template, **fields: object) -> Phrase:
    """Fill a template later, in the person's own language."""
    return Phrase(template, fields)


class Rejected(Exception):  # noqa: N818 - it is an answer, not a fault
    """A command that the rules refuse; its words are kind and said to the person."""

    def __init__(self, words: Template, **fields: object) -> None:
        super().__init__(str(words))
        self.words = Phrase(words, fields)


class Query(Generic[T_co]):
    """A question to the records; its answer has type T."""

    __slots__ = ()


class Command(Generic[T_co]):
    """An order to the records; its result has type T."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person is reached: a bot account such as `telegram:8123`, and a chat of it."""

    account: str
    chat: str


@dataclass(frozen=True, slots=True)
class FileRef:
    """A photo or voice message that still lies at the platform."""

    kind: Literal["photo", "voice"]
    ref: str
    size: int = 0
    """Bytes, 0 when the platform does not say."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone number shared from the address book; `own` when it is the sender's."""

    phone: str
    own: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What a person sent: at most one of text, tap, file, contact or something else."""

    address: Address
    update: str
    """The platform's own id of the update, unique in the account."""
    at: datetime
    """Receipt time by our clock, aware."""
    text: str = ""
    tap: str = ""
    """Data of the button, checked by nobody yet."""
    callback: str = ""
    """What must be acknowledged so that the button stops spinning."""
    file: FileRef | None = None
    contact: Contact | None = None
    other: str = ""
    """A kind nobody can use: sticker, location, document…"""
    edited: bool = False
    group: bool = False
    album: str = ""
    hidden: bool = False
    """Whether the number of an identity card was taken out of the text."""


@dataclass(frozen=True, slots=True)
class Left:
    """The person blocked the bot."""

    address: Address
    update: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Joined:
    """The person unblocked the bot."""

    address: Address
    update: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer offered: `data` travels in the button, the label is read, the number is its place."""

    data: str
    label: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A talk to open, what it is about, and the question that the message already asks."""

    talk: str
    given: Json = field(default_factory=dict)
    question: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What the bot says; a channel renders it as well as it can."""

    text: str
    choices: tuple[Choice, ...] = ()
    asks_contact: str = ""
    """Label of the button that shares the person's own number, where the channel has one."""
    file: str = ""
    """Id of a stored file sent along."""
    document: tuple[str, bytes] | None = None
    """Name and content of a small file sent along."""

    def to_json(self) -> Json:
        """The stored form; empty fields are left out."""
        row: Json = {"text": self.text}
        if self.choices:
            row["choices"] = [[choice.data, choice.label] for choice in self.choices]
        if self.asks_contact:
            row["asks_contact"] = self.asks_contact
        if self.file:
            row["file"] = self.file
        if self.document:
            name, content = self.document
            row["attached"] = [name, b64encode(content).decode()]
        return row

    @classmethod
    def from_json(cls, row: Json) -> Said:
        """The inverse of `to_json`."""
        attached = row.get("attached")
        return cls(
            text=row["text"],
            choices=tuple(Choice(data, label) for data, label in row.get("choices", ())),
            asks_contact=row.get("asks_contact", ""),
            file=row.get("file", ""),
            document=(attached[0], b64decode(attached[1])) if attached else None,
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """What one message led to: words to say, and the state to keep; None forgets the session."""

    says: tuple[Said, ...]
    keeps: Json | None
