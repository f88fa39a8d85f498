"""What a session remembers between two messages; it goes through JSON each time."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from conversation.messages import Json, Opening

VERSION = 1
MOST_PARKED = 2
MOST_ENDED = 3

Shown = list[tuple[str, str]]
"""Options as the person saw them: key and label, in order."""


@dataclass
class Asking:
    """The question that waits for an answer."""

    question: str
    kind: str
    shown: Shown
    at: int
    """When it was last asked, ms UTC."""
    page: int = 0
    misses: int = 0
    fp: str = ""
    """Fingerprint of what a confirmation is about."""
    brief: bool = False
    """Whether a name or a few words are wanted, so that a story is meant for something else."""
    kept: Json = field(default_factory=dict)
    """Parts of an answer that already came, such as a photo without words."""

    def to_json(self) -> Json:
        row: Json = {"question": self.question, "kind": self.kind, "shown": self.shown, "at": self.at}
        sparse = ("page", "misses", "fp", "brief", "kept")
        row.update({name: value for name in sparse if (value := getattr(self, name))})
        return row

    @classmethod
    def from_json(cls, row: Json) -> Asking:
        known = {name: row[name] for name in cls.__dataclass_fields__ if name in row}
        return cls(**{**known, "shown": [(key, label) for key, label in row["shown"]]})


@dataclass
class Progress:
    """One talk under way: what it is about, what was answered, in the order it was answered."""

    talk: str
    run: str
    given: Json
    answers: dict[str, Json] = field(default_factory=dict)
    asking: Asking | None = None

    def to_json(self) -> Json:
        return {
            "talk": self.talk,
            "run": self.run,
            "given": self.given,
            "answers": self.answers,
            "asking": self.asking.to_json() if self.asking else None,
        }

    @classmethod
    def from_json(cls, row: Json) -> Progress:
        asking = Asking.from_json(row["asking"]) if row.get("asking") else None
        return cls(row["talk"], row["run"], row.get("given", {}), row.get("answers", {}), asking)


@dataclass
class Doubt:
    """A question of the engine's own, asked before anything is done with what was heard."""

    kind: str
    shown: Shown
    text: str = ""
    opening: Opening | None = None

    def to_json(self) -> Json:
        opening = self.opening
        return {
            "kind": self.kind,
            "shown": self.shown,
            "text": self.text,
            "opening": [opening.talk, opening.given, opening.question] if opening else None,
        }

    @classmethod
    def from_json(cls, row: Json) -> Doubt:
        opening = Opening(*row["opening"]) if row.get("opening") else None
        return cls(row["kind"], [(key, label) for key, label in row["shown"]], row.get("text", ""), opening)


@dataclass(frozen=True, slots=True)
class Offer:
    """A question that a letter carried: taking it up opens its talk."""

    number: int
    opening: Opening
    shown: Shown
    delivered_at: int
    """ms UTC; the letter's posting when its delivery is not settled yet."""
    taken_at: int | None = None


@dataclass
class Session:
    """Everything remembered about one chat with the bot."""

    progress: Progress | None = None
    parked: list[Progress] = field(default_factory=list)
    doubt: Doubt | None = None
    ended: dict[str, int] = field(default_factory=dict)
    """The runs that ended last, and when, ms UTC: a second tap on one is silent for a while."""
    called: dict[str, str] = field(default_factory=dict)
    """How somebody without a record wants to be addressed: honorific, name, language."""
    last_run: str = ""

    def to_json(self) -> Json:
        progress = self.progress.to_json() if self.progress else {}
        return {
            "v": VERSION,
            **progress,
            "parked": [talk.to_json() for talk in self.parked],
            "doubt": self.doubt.to_json() if self.doubt else None,
            "ended": self.ended,
            "called": self.called,
            "last_run": self.last_run,
        }

    @classmethod
    def from_json(cls, row: Json | None) -> Session:
        """The stored session, be it of an older or a newer program; a new one when nothing is stored."""
        if not row:
            return cls()
        return cls(
            Progress.from_json(row) if "talk" in row else None,
            [Progress.from_json(talk) for talk in row.get("parked", ())],
            Doubt.from_json(row["doubt"]) if row.get("doubt") else None,
            row.get("ended", {}),
            row.get("called", {}),
            row.get("last_run", ""),
        )

    def keep_only(self, talks: Container[str]) -> None:
        """Let go of talks that the program has no more."""
        self.parked = [talk for talk in self.parked if talk.talk in talks]
        if self.progress and self.progress.talk not in talks:
            self.progress = None

    def end(self, at: int) -> None:
        """The talk under way is over."""
        if self.progress:
            last = [*self.ended.items(), (self.progress.run, at)][-MOST_ENDED:]
            self.ended, self.progress = dict(last), None

    def park(self) -> None:
        """Put the current talk aside; the oldest beyond two is forgotten."""
        if self.progress:
            self.parked = [*self.parked, self.progress][-MOST_PARKED:]
            self.progress = None
