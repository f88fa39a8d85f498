"""The bench with people who have Zalo: a bot on its platform, or an Official Account.

The Bot Platform posts an event once: what it got no 200 for is lost by its own contract, "posted in vain". An Official
Account posts it again, so that nothing may be lost at all; its tokens rotate, and a kill between Zalo's answer and our
commit of a new pair needs an administrator's consent (ADR 22).
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from conversation.messages import Json
from sandbox.faults import Faults
from sandbox.records import Request
from sandbox.zalo.bot import ZaloBot
from sandbox.zalo.oa import ZaloOA
from sandbox.zalo.phone import ZaloPhone
from storage import platform_tokens
from tests.crash.bench import OK, REPEATED, Bench
from tests.crash.program import Build
from tests.crash.reckoning import ask

REFUSED = 1
"""How a program ends that its operator has to mend."""


@dataclass
class ZaloBench(Bench):
    """People who talk to a bot on the Bot Platform."""

    words: dict[str, str] = field(default_factory=dict)
    """What each message said that was posted."""
    asked_first = "getMe"
    """What the program begins with."""

    @property
    def zalo(self) -> ZaloBot | ZaloOA:
        """The account."""
        return self.world.zalo_bot

    @property
    def account(self) -> str:
        return f"zalo_bot:{self.world.zalo_bot.token.partition(':')[0]}"

    @property
    def faults(self) -> Faults:
        return self.zalo.faults

    @property
    def requests(self) -> deque[Request]:
        return self.zalo.requests

    def add_photo(self, data: bytes) -> str:
        return self.zalo.media({"photo": self.world.files.add_photo(data)}, "photo")

    def handed_over(self) -> int:
        return len(self.zalo.postman.tries)

    def not_handed_over(self) -> set[str]:
        return self.typed.keys() - self._taken()

    def owed(self) -> dict[str, Any]:
        return {words: self.typed[words] for words in self._taken()}

    def _taken(self) -> set[str]:
        """What the program answered with 200."""
        return {self.words[key] for key, status in self.zalo.postman.tries if status == OK and key in self.words}

    def gather(self, people: int) -> None:
        self.people = [self.zalo.add_person(f"Người {number}") for number in range(people)]
        say = self.zalo.say

        def witnessed(phone: ZaloPhone, content: Json) -> Json:
            self.world.heard[phone.id, str(content.get("text"))] += 1
            return say(phone, content)

        self.zalo.say = witnessed  # type: ignore[method-assign]

    def type(self, messages: int) -> None:
        for _ in range(messages):
            self.zalo.manner.times = 2 if self.dice.random() < REPEATED else 1
            self.write(self.dice.choice(self.people))

    def post(self, person: Any, words: str, text: str) -> None:
        self.words[person.type(text)["message_id"]] = words

    def press(self, _person: Any) -> None:
        """Do nothing: there are no buttons."""

    def all_is_answered(self) -> bool:
        return self.zalo.postman.idle and super().all_is_answered()

    def out_of_order(self) -> int:
        """Nothing: what was kept when the program died may be taken beside what comes next."""
        return 0

    async def begin(self, deeds: Callable[[], None], build: Build | None = None) -> None:
        """Start the program, and let people do something once it listens, unless it dies before."""
        begun = len(self.zalo.calls(self.asked_first))
        self.start(build)
        await self.until(lambda: not self.alive() or self._listens(begun))
        if self.alive():
            deeds()

    def _listens(self, begun: int) -> bool:
        """Whether events can be posted; an Official Account's tokens are on disk then."""
        if not self.zalo.postman.url or len(self.zalo.calls(self.asked_first)) == begun:
            return False
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.settings.web_port)) == 0


@dataclass
class OfficialBench(ZaloBench):
    """People who talk to an Official Account."""

    asked_first = "v2.0/oa/getoa"

    @property
    def zalo(self) -> ZaloOA:
        return self.world.zalo_oa

    @property
    def account(self) -> str:
        return f"zalo_oa:{self.zalo.oa_id}"

    def owed(self) -> dict[str, Any]:
        return self.typed

    def gather(self, people: int) -> None:
        super().gather(people)
        for person in self.people:
            person.follows, person.interacted = True, self.world.clock.now()
        self.zalo.manner.echoes = False
        self.zalo.hook(f"{self.settings.public_url}/zalo/oa")

    async def mend(self) -> None:
        """Give consent anew where the last pair of tokens that Zalo gave is nowhere on disk."""
        tokens = self.zalo.tokens
        pair = await ask(self, lambda tx: platform_tokens.current(tx, self.account, ""))
        if pair is None or pair.refresh == tokens.refresh:
            return
        self.consents += 1
        self.unsaved += tokens.newest_used
        tokens.expire()
        self.start(Build())
        await self.until(lambda: not self.alive())  # the program finds out, tells its operator, and ends
        await self.ended(REFUSED)
        given = {"zalo_oa_refresh_token": SecretStr(tokens.refresh)}
        self.settings = self.settings.model_copy(update=given)
