"""Who acts, and the refusal of what is beyond their rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from conversation.messages import Address, Rejected, Template


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, from where and when; what they may do is read from the records at each call."""

    at: datetime
    person: int | None = None
    """Id of a registered person."""
    address: Address | None = None
    """The chat it came from; None for the command line and timers."""
    evidence: str = ""
    """Id of the update that proves the act."""
    operator: str = ""
    """Name of the operator's own tool, such as `cli` or `timer`; empty for people."""
    on_behalf_of: int | None = None
    """Id of the person a helper acts for, with that person's rights and no other."""

    @property
    def whose(self) -> int | None:
        """Id of the person whose affairs these are."""
        return self.person if self.on_behalf_of is None else self.on_behalf_of


class Forbidden(Rejected):
    """Beyond the actor's rights; said with the words for a thing that does not exist, and written down."""

    def __init__(self, attempt: tuple[str, str, str], words: Template, **fields: object) -> None:
        super().__init__(words, **fields)
        self.attempt = attempt
        """The action, and the kind and number of what it was tried on."""
