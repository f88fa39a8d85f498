"""Troubles on order: overload, a lost network, answers that never arrive."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal["throttle", "drop", "gateway", "html", "false_ok", "redirect", "slow", "reset", "swallow", "silence",
               "half", "loris", "broken", "junk", "empty"]  # fmt: skip
Garbled = Literal["swallow", "silence", "half", "loris", "broken", "junk", "empty"]
GARBLED: frozenset[str] = frozenset(get_args(Garbled))
"""The request is carried out, and the answer is cut off, withheld, halved, dripped, or made unreadable."""
FILE = "file"
"""What downloads are called here; they are no method of the API."""
OA_SENDS = "v3.0/oa/message/"
"""How the methods begin with which a Zalo Official Account speaks."""
EVERYTHING: frozenset[str] = frozenset()


def is_send(method: str) -> bool:
    """Tell whether a method puts words before a person."""
    return method.startswith(("send", "edit", OA_SENDS)) and method != "sendChatAction"


@dataclass(slots=True)
class Fault:
    """One trouble, and how long it lasts."""

    kind: Kind
    value: float = 0.0
    times: int | None = None
    until: float | None = None
    methods: frozenset[str] | None = None
    chat: int | str | None = None

    def hits(self, method: str, chat: int | str | None, *, unread: bool) -> bool:
        """Tell whether this request is struck, before it is read or after."""
        if (self.kind == "reset") != unread:
            return False
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
        chat: int | str | None = None,
    ) -> None:
        """Answer sends with 429."""
        self._add(Fault("throttle", retry_after, times, self._until(seconds), chat=chat))

    def network_down(self, seconds: float | None = None, *, gateway: bool = False) -> None:
        """Drop every connection, or answer 502 to everything."""
        kind: Kind = "gateway" if gateway else "drop"
        self._add(Fault(kind, 502, None, self._until(seconds), EVERYTHING))

    def swallow(self, times: int | None = 1, *, methods: Iterable[str] | None = None) -> None:
        """Do what is asked, then drop the connection before answering."""
        self.garble("swallow", times, methods=methods)

    def garble(self, kind: Garbled, times: int | None = 1, *, methods: Iterable[str] | None = None) -> None:
        """Do what is asked, then answer in this wrong way."""
        self._add(Fault(kind, 0, times, methods=_names(methods)))

    def reset(self, times: int | None = 1, *, methods: Iterable[str] | None = None) -> None:
        """Drop the connection before the request is read."""
        self._add(Fault("reset", 0, times, methods=_names(methods)))

    def drop(self, times: int | None = 1, *, methods: Iterable[str] | None = None) -> None:
        """Read the request, do nothing, and drop the connection."""
        self._add(Fault("drop", 0, times, methods=_names(methods)))

    def redirect(self, times: int | None = 1, *, code: int = 302, methods: Iterable[str] | None = None) -> None:
        """Send the request elsewhere and do nothing."""
        self._add(Fault("redirect", code, times, methods=_names(methods)))

    def html(self, times: int | None = 1, *, code: int = 502, methods: Iterable[str] | None = None) -> None:
        """Answer with a web server's error page and do nothing."""
        self._add(Fault("html", code, times, methods=_names(methods)))

    def false_ok(self, times: int | None = 1, *, methods: Iterable[str] | None = None) -> None:
        """Answer status 200 with ok false and do nothing."""
        self._add(Fault("false_ok", 0, times, methods=_names(methods)))

    def slow(self, delay: float, *, times: int | None = None, methods: Iterable[str] | None = None) -> None:
        """Answer every send this many seconds late."""
        self._add(Fault("slow", delay, times, methods=_names(methods)))

    def clear(self, kind: Kind | None = None) -> None:
        """End all troubles, or one kind."""
        self.active = [fault for fault in self.active if kind is not None and fault.kind != kind]

    def take(self, method: str, chat: int | str | None, *, unread: bool = False) -> Fault | None:
        """Return the trouble that strikes this request, using it up once; `unread` before it has been read."""
        self._forget_ended()
        for fault in self.active:
            if fault.hits(method, chat, unread=unread):
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
        return any(fault.kind in ("drop", "gateway") and fault.methods == EVERYTHING for fault in self.active)

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
