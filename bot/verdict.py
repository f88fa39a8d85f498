"""What follows when a letter could not be said: decided here alone, for every error that a channel knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.channels.channel import (
    Channel,
    ChannelError,
    Gone,
    NotAllowed,
    Reason,
    Refused,
    Throttled,
    Unreachable,
)
from bot.clock import Clock
from bot.outage import Outage, backoff
from bot.pace import Pace
from scheduler.quiet_hours import next_morning, tomorrow_morning
from storage.database import DatabaseUnavailable
from storage.outbox import Letter, Outcome

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 5
"""Times a letter that may have arrived is said, before its fate is called uncertain."""


@dataclass(frozen=True, slots=True)
class Again:
    """The letter goes back for another try; it `counts` when it may have arrived."""

    counts: bool


@dataclass
class Judge:
    """Decides how a letter ended or that it is tried again, and when its chat or its account may speak again."""

    channel: Channel
    clock: Clock
    pace: Pace
    outage: Outage
    silence_asked: float = 0.0
    """Seconds of silence that the platform asked for, and that are still to be written down."""

    def after(self, letter: Letter, error: ChannelError, now: float) -> Outcome | Again:
        """What follows an error of the channel."""
        account = self.channel.account
        match error:
            case Throttled(after=seconds):
                log.warning("platform.throttles", account=account, seconds=seconds)
                self.outage.keep_silent(now, seconds)
                self.silence_asked = max(self.silence_asked, seconds)
                self.pace.pause(now + seconds)  # each chat's pace is kept, so it is the account that is meant
                return self._maybe_sent(letter, now, str(error)) if error.partly else Again(counts=False)
            case Gone():
                self.outage.heard_from()
                return Outcome("blocked", reason=str(error))
            case NotAllowed(reason=reason):
                self.outage.heard_from()
                log.info("letter.not_allowed", account=account, letter=letter.id, reason=reason)
                return Outcome("skipped", reason=reason, until=self._allowed_from(reason))
            case Refused():
                self.outage.heard_from()
                log.error("letter.refused", account=account, letter=letter.id, reason=str(error))
                return Outcome("failed", reason=str(error))
            case Unreachable(maybe_sent=True) | ChannelError(partly=True):
                self.outage.begins(now, error)
                return self._maybe_sent(letter, now, str(error))
        self.outage.begins(now, error)
        return Again(counts=False)

    def without_its_file(self, letter: Letter, failure: DatabaseUnavailable, now: float) -> Outcome | Again:
        """The file that goes with it cannot be read now; one that never can must not hold up the chat for ever."""
        if letter.attempts + 1 >= MOST_ATTEMPTS:
            log.error("letter.failed", account=self.channel.account, letter=letter.id, reason=failure.kind)
            return Outcome("failed", reason="its file cannot be read")
        self.pace.pause_chat(letter.address.chat, now + backoff(letter.attempts + 1))
        return Again(counts=True)

    def _allowed_from(self, reason: Reason) -> datetime | None:
        match reason:
            case "night":
                return next_morning(self.clock.now())
            case "quota":
                return tomorrow_morning(self.clock.now())
        return None

    def _maybe_sent(self, letter: Letter, now: float, reason: str) -> Outcome | Again:
        """Say it again: twice is better than never; but a letter that never gets through must not go on for ever."""
        if letter.attempts + 1 >= MOST_ATTEMPTS:
            log.error("letter.uncertain", account=self.channel.account, letter=letter.id, reason=reason)
            return Outcome("uncertain", reason=reason)
        self.pace.pause_chat(letter.address.chat, now + backoff(letter.attempts + 1))
        return Again(counts=True)
