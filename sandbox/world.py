"""The truth of the sandbox: bots, people, chats, messages, files; in memory only."""

import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.clock import Clock, MovableClock
from sandbox.errors import bad, forbidden
from sandbox.faults import Faults, Kind
from sandbox.files import Files
from sandbox.pace import Pace
from sandbox.people import Person
from sandbox.phone import Phone
from sandbox.records import Bot, Callback, Chat, Request
from sandbox.updates import CALLBACK_KEPT, Updates
from sandbox.zalo.bot import ZaloBot
from sandbox.zalo.oa import ZaloOA

Json = dict[str, Any]
TOKEN = "1000000001:khung-thu-cau-noi"  # noqa: S105  (a made-up bot of a made-up Telegram)
FIRST_USER = 5_000_000_001


class World:
    """Everything that is so in this pretend Telegram, and the pretend Zalo beside it."""

    def __init__(self, clock: Clock | None = None, *, pace: bool = True, keep: int | None = None) -> None:
        self.clock: Clock = clock or MovableClock()
        self.monotonic: Callable[[], float] = time.monotonic
        self.second = 1.0  # how long a second of webhook retry waiting lasts; tests make it short
        self.keep = keep
        self.paced = pace
        self.bots: dict[str, Bot] = {}
        self.people: dict[int, Person] = {}
        self.phones: dict[int, Phone] = {}
        self.address = ""
        self.files = Files(keep)
        self.faults = Faults(lambda: self.monotonic())  # noqa: PLW0108  (set later by tests)
        self.requests: deque[Request] = deque(maxlen=keep)
        self.complaints: deque[str] = deque(maxlen=keep)
        self.changes = 0
        self._listeners: set[Callable[[], None]] = set()
        self.zalo_bot = ZaloBot(self)
        self.zalo_oa = ZaloOA(self)

    @property
    def bot(self) -> Bot:
        """Return the first bot, making the default one when there is none."""
        return next(iter(self.bots.values()), None) or self.add_bot(TOKEN)

    def add_bot(self, token: str, *, username: str = "caunoi_bot", name: str = "Cầu Nối") -> Bot:
        """Return the bot with this token, making it when it is new."""
        if token not in self.bots:
            if not token.partition(":")[0].isdigit():
                raise ValueError("a token is a number, a colon and a secret")
            pace = Pace(self.paced, monotonic=lambda: self.monotonic())  # noqa: PLW0108  (set later by tests)
            updates = Updates(lambda: self.clock.now(), self.keep)  # noqa: PLW0108  (set later by build)
            self.bots[token] = Bot(token, username, name, updates, pace)
        return self.bots[token]

    def add_person(
        self, first_name: str, *, user_id: int | None = None, language_code: str = "vi", role: str = ""
    ) -> Person:
        """Add a person with a phone in hand."""
        number = user_id or max(self.people, default=FIRST_USER - 1) + 1
        user = {"id": number, "is_bot": False, "first_name": first_name, "language_code": language_code}
        self.people[number] = self.phones[number] = Person(self, user, role)
        self.changed()
        return self.people[number]

    def chat(self, bot: Bot, user_id: int) -> Chat:
        """Return a person's chat with a bot."""
        if user_id not in self.people:
            raise bad("chat not found")
        if user_id not in bot.chats:
            bot.chats[user_id] = Chat(self.people[user_id].user, str(secrets.randbits(62)))
        return bot.chats[user_id]

    def open_chat(self, bot: Bot, user_id: int) -> Chat:
        """Return a chat a bot may write to, or refuse as Telegram does."""
        chat = self.chat(bot, user_id)
        if chat.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def post(self, bot: Bot, chat: Chat, content: Json, *, by_bot: bool) -> Json:
        """Put a new message in a chat."""
        chat.last_id += 1
        message: Json = {
            "message_id": chat.last_id,
            "from": bot.user() if by_bot else chat.user,
            "chat": chat.shape(),
            "date": self.seconds(),
            **content,
        }
        chat.messages[chat.last_id] = message
        if self.keep and len(chat.messages) > self.keep:
            del chat.messages[next(iter(chat.messages))]
        if by_bot:
            chat.typing_until = 0.0
            self.spoke(chat, message)
        self.changed()
        return message

    def spoke(self, chat: Chat, message: Json) -> None:
        """Remember what a bot said or changed, in order."""
        chat.spoken.append(message)
        if self.keep:
            del chat.spoken[: -self.keep]
        self.changed()

    def remember_callback(self, bot: Bot, number: str, chat: int) -> None:
        """Let a tap wait for its answer; the long forgotten ones go."""
        now = self.clock.now()
        old = [key for key, item in bot.callbacks.items() if now - item.at > CALLBACK_KEPT]
        for key in old if self.keep else []:
            del bot.callbacks[key]
        bot.callbacks[number] = Callback(chat, now)

    def push(self, bot: Bot, kind: str, payload: Json, queue: str) -> int:
        """Hand an update to a bot; return its number."""
        number = bot.updates.add(kind, payload, queue)
        self.changed()
        return number

    def inject(self, update: Json) -> int:
        """Hand a bot an update exactly as written, numbered when it has no number."""
        number = self.bot.updates.inject(update)
        self.changed()
        return number

    def repeat(self, update_id: int) -> None:
        """Deliver an update once more."""
        self.bot.updates.repeat(update_id)
        self.changed()

    def calls(self, method: str, *, accepted: bool | None = True) -> list[Json]:
        """Return the parameters of the requests for a method: accepted, refused (False) or all (None)."""
        return [
            request.params
            for request in self.requests
            if request.method == method and accepted in (None, request.status == 200)  # noqa: PLR2004  (OK)
        ]

    def troubles(self) -> list[Faults]:
        """Return the troubles of every platform."""
        return [self.faults, self.zalo_bot.faults, self.zalo_oa.faults]

    def all_complaints(self) -> list[deque[str]]:
        """Return the complaints of every platform."""
        return [self.complaints, self.zalo_bot.complaints, self.zalo_oa.complaints]

    def kinds(self) -> list[Kind]:
        """Return the kinds of trouble in force anywhere."""
        return sorted({kind for faults in self.troubles() for kind in faults.kinds()})

    def complain(self, words: list[str]) -> None:
        """Remember what a stricter server would not have taken."""
        self.complaints.extend(words)

    def seconds(self) -> int:
        """Return the moment in whole seconds."""
        return int(self.clock.now().timestamp())

    def move(self, seconds: float) -> None:
        """Push the clock forward and tell everybody who looks."""
        self.clock.move(seconds)
        self.changed()

    def changed(self) -> None:
        """Wake everybody who waits for something to happen."""
        self.changes += 1
        for listener in tuple(self._listeners):
            listener()

    @contextmanager
    def watched(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call the listener at every change while inside."""
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)
