"""Playing a talk: the script runs until it asks, ends, or hands over; what it says is collected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conversation import engine_texts as words
from conversation.chat import Chat, Heeding, Records, Waiting
from conversation.messages import Choice, Heard, Opening, Rejected, Said, Turn, Words, phrase
from conversation.questions import Again, AskContact, Question
from conversation.speech import Speaker, Speech
from conversation.state import Asking, Doubt, Progress, Session, Shown
from conversation.talks import Talk, Talks

Translators = Callable[[str], Callable[[str], str]]

MOST_HANDOVERS = 8
HELP_AT, HUMAN_AT = 2, 3
RUN_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass
class Stage:
    """One message's talk: the session, the speaker, and what has been said so far."""

    talks: Talks
    session: Session
    heard: Heard
    records: Records
    translators: Translators
    speaker: Speaker
    texts: list[str] = field(default_factory=list)
    choices: tuple[Choice, ...] = ()
    asks_contact: str = ""
    extras: list[Said] = field(default_factory=list)
    forgotten: bool = False

    @property
    def now(self) -> int:
        """Receipt time, ms UTC."""
        return int(self.heard.at.timestamp() * 1000)

    @property
    def asking(self) -> Asking | None:
        """The question under way, if any."""
        return self.session.progress.asking if self.session.progress else None

    def outcome(self) -> Turn:
        """What is said, in as few messages as possible, and what is kept."""
        said = Said("\n\n".join(self.texts), self.choices, self.asks_contact)
        says = (*((said,) if self.texts else ()), *self.extras)
        return Turn(says, None if self.forgotten else self.session.to_json())

    def say(self, text: Words) -> None:
        """Add words to what is said."""
        self.texts.append(self.speech.render(text))

    @property
    def speech(self) -> Speech:
        """How the speaker is talked to."""
        return Speech(self.speaker, self.translators(self.speaker.language))

    # playing ---------------------------------------------------------------------------------------------------

    def start(self, opening: Opening) -> None:
        """Begin a talk and play it."""
        self.session.progress = Progress(opening.talk, self.new_run(), opening.given)
        self.play()

    def new_run(self) -> str:
        """Six letters that grow with time, so that no button of an earlier run is ever mistaken for this one's."""
        last = int(self.session.last_run, 36) if self.session.last_run else 0
        number, letters = max(last + 1, self.now // 1000), ""
        while number:
            number, digit = divmod(number, 36)
            letters = RUN_LETTERS[digit] + letters
        self.session.last_run = letters
        return letters

    def play(self, heeding: Heeding | None = None) -> None:
        """Run the current talk until it asks, or ends, or hands over until one of them asks."""
        for _ in range(MOST_HANDOVERS):
            progress = self.session.progress
            talk = self.talks.by_name.get(progress.talk) if progress else None
            if progress is None or talk is None:
                self.session.progress = None
                return self.say(words.STALE)
            chat = Chat(progress, self.heard, self.speaker, self.records, heeding)
            heeding = None
            if not self._run_to_the_end(talk, chat):
                return None
        raise RuntimeError("talks hand over to each other without end")

    def _run_to_the_end(self, talk: Talk, chat: Chat) -> bool:
        """True when another talk was handed the turn."""
        try:
            talk.script(chat)
        except Waiting as waiting:
            self._note_how_to_call(chat)
            self._ask(chat, waiting.question, waiting.again)
            return False
        except Rejected as refusal:
            chat.says.append(refusal.words)
        self._note_how_to_call(chat)
        self._utter(chat)
        return self._close(chat)

    def _close(self, chat: Chat) -> bool:
        self.session.end(self.now)
        self.session.parked = [talk for talk in self.session.parked if talk.talk not in chat.dropped]
        if chat.forgotten:
            self.forgotten = True
            self.session = Session()
        if chat.next is not None:
            self.session.progress = Progress(chat.next.talk, self.new_run(), chat.next.given)
            return True
        self.resume_parked()
        return False

    def resume_parked(self) -> None:
        if self.session.parked:
            self.session.progress = self.session.parked.pop()
            self.say(phrase(words.RESUMED, title=self.title()))
            self.play()

    def _note_how_to_call(self, chat: Chat) -> None:
        self.speaker = chat.speaker
        if chat.done and (known := self.records.speaker()).person is not None:
            self.speaker = known
            self.session.called = {}
        elif self.speaker.person is None:
            names = {"honorific": self.speaker.honorific, "name": self.speaker.name, "language": self.speaker.language}
            self.session.called = {name: value for name, value in names.items() if value}

    # asking ----------------------------------------------------------------------------------------------------

    def wonder(self, kind: str, options: Mapping[str, Words], text: Words, opening: Opening | None = None) -> None:
        """Ask a question of the engine's own before anything is done."""
        shown = [(key, self.speech.render(label)) for key, label in options.items()]
        self.session.doubt = Doubt(kind, shown, self.heard.text, opening)
        self.say(text)
        self.choices = tuple(Choice(f"?:{kind}:{key}", label) for key, label in shown)

    def _utter(self, chat: Chat) -> None:
        self.texts += [self.speech.render(text) for text in chat.says]
        self.extras += [Said("", document=document) for document in chat.documents]
        self.extras += [Said("", file=file) for file in chat.files]

    def _ask(self, chat: Chat, question: Question[object], again: Again | None) -> None:
        progress, before = chat.progress, chat.progress.asking
        repeated = again is not None and before is not None and before.question == question.name
        if repeated:
            chat.says.clear()
        self._utter(chat)
        misses = (before.misses if repeated and before else 0) + (again.missed if again else 0)
        progress.asking = asking = Asking(question.name, question.kind, [], self.now, misses=misses)
        if again is not None and again.missed and misses % HUMAN_AT == 0:
            asking.shown = self._shown(question.page(0))
            return self.wonder("human", {"yes": words.CALL_HUMAN, "no": words.NO_HUMAN}, words.GIVE_UP)
        asking.page, asking.kept = (again.page, again.kept) if again else (0, {})
        asking.fp, asking.brief = question.fp, question.wants_few_words
        self._ask_again(asking, again, misses)
        asking.shown = self._shown((again.options if again else None) or question.page(asking.page))
        if again is None or not again.instead:
            self.say(question.prompt)
        self._offer_choices(progress, question, asking)
        return None

    def _ask_again(self, asking: Asking, again: Again | None, misses: int) -> None:
        if again is None:
            return
        if again.words is not None:
            self.say(again.words)
        if again.missed and misses >= HELP_AT:
            self.say(how_to(asking))

    def _shown(self, options: Mapping[str, Words]) -> Shown:
        return [(key, self.speech.render(label)) for key, label in options.items()]

    def _offer_choices(self, progress: Progress, question: Question[object], asking: Asking) -> None:
        tail = f":{asking.fp}" if asking.fp else ""
        self.choices = tuple(
            Choice(f"{progress.run}:{asking.question}:{key}{tail}", label) for key, label in asking.shown
        )
        if isinstance(question, AskContact):
            self.asks_contact = self.speech.render(question.button)

    def title(self) -> Words:
        """What is being done, in words."""
        talk = self.talks.by_name.get(self.session.progress.talk) if self.session.progress else None
        return talk.title if talk else words.SOMETHING


def how_to(asking: Asking) -> Words:
    """How a question of this kind is answered."""
    if asking.kind != "text":
        return words.HOW_TO_ANSWER
    return words.HOW_TO_NAME if asking.brief else words.HOW_TO_TELL
