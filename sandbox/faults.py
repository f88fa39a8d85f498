"""Troubles on order: overload, a lost network, answers that never arrive."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["throttle", "drop", "gateway", "swallow", "html", "false_ok", "slow"]
EVERYTHING: frozenset[str] = frozenset()


def is_send(method: str) -> bool:
    """Tell whether a method puts words before a person."""
    return method.startswith(("send", "edit")) and method != "sendChatAction"


@dataclass(slots=True)
class Fault:
    """One trouble, and how long it lasts."""

    kind: Kind
    value: float = 0.0
    times: int | None = None
    until: float | None = None
    methods: frozenset[str] | None = None
    chat: int | None = None

    def hits(self, method: str, chat: int | None) -> bool:
        """Tell whether this request is struck."""
        if self.chat is not None and self.chat != chat:
            return False
        return is_send(method) if self.methods is None else not self.methods or method in self.methods


@dataclass(slots=True)
class Faults:
    """The troubles in force; each is given a number of times, a number of seconds, or lasts until cleared."""

    monotonic: Callable[[], float] = time.monotonic
    active: list[Fault] = field(default_factory=list)

    def throttle(
        self,
        times: int | None = None,
        *,
        seconds: float | None = None,
        retry_after: int = 1,
        chat: int | None = None,
    ) -> None:
        """Answer sends with 429."""
        self._add(Fault("throttle", retry_after, times, self._until(seconds), chat=chat))

    def network_down(self, seconds: float | None = None, *, gateway: bool = False) -> None:
        """Drop every connection, or answer 502 to everything."""
        kind: Kind = "gateway" if gateway else "drop"
        self._add(Fault(kind, 502, None, self._until(seconds), EVERYTHING))

    def swallow(self, times: int | None = 1, *, methods: Iterable[str] | None = None) -> None:
        """Do what is asked, then drop the connection before answering."""
        self._add(Fault("swallow", 0, times, methods=_names(methods)))

    def html(self, times: int | None = 1, *, code: int = 502, methods: Iterable[str] | None = None) -> None:
        """Answer with a web server's error page and do nothing."""
        self._add(Fault("html", code, times, methods=_names(methods)))

    def false_ok(self, times: int | None = 1, *, methods: Iterable[str] | None = None) -> None:
        """Answer status 200 with ok false and do nothing."""
        self._add(Fault("false_ok", 0, times, methods=_names(methods)))

    def slow(self, delay: float, *, times: int | None = None, methods: Iterable[str] | None = None) -> None:
        """Take this many seconds longer over every send."""
        self._add(Fault("slow", delay, times, methods=_names(methods)))

    def clear(self, kind: Kind | None = None) -> None:
        """End all troubles, or one kind."""
        self.active = [fault for fault in self.active if kind is not None and fault.kind != kind]

    def take(self, method: str, chat: int | None) -> Fault | None:
        """Return the trouble that strikes this request, using it up once."""
        self._forget_ended()
        for fault in self.active:
            if fault.hits(method, chat):
                if fault.times is not None:
                    fault.times -= 1
                self._forget_ended()
                return fault
        return None

    def kinds(self) -> list[Kind]:
        """Return the kinds in force."""
        self._forget_ended()
        return sorted({fault.kind for fault in self.active})

    @property
    def cut_off(self) -> bool:
        """Tell whether the network is down."""
        return any(kind in ("drop", "gateway") for kind in self.kinds())

    def _add(self, fault: Fault) -> None:
        self.active.append(fault)

    def _until(self, seconds: float | None) -> float | None:
        return None if seconds is None else self.monotonic() + seconds

    def _forget_ended(self) -> None:
        now = self.monotonic()
        self.active = [
            fault
            for fault in self.active
            if (fault.times is None or fault.times > 0) and (fault.until is None or fault.until > now)
        ]


def _names(methods: Iterable[str] | None) -> frozenset[str] | None:
    return None if methods is None else frozenset(methods)
