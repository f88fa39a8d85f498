"""One message, one turn: whom the message is for, and what follows from it. No I/O, no clock, no randomness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conversation import answers
from conversation import engine_texts as words
from conversation.answers import Courtesy
from conversation.chat import Heeding, Records
from conversation.messages import Heard, Json, Opening, Turn, Words, phrase
from conversation.moves import Moves
from conversation.stage import Translators
from conversation.state import Asking, Offer, Session
from conversation.talks import Talks

RESUME_AFTER = 6 * 3600 * 1000
"""Silence, ms, after which an unfinished talk is offered again instead of simply going on."""
SECOND_TAP_WITHIN = 120_000
"""ms in which a tap on what is already answered is taken for the same tap."""
LONG_FOR_A_CHOICE = 40
NO_REPLIES = (Courtesy.GREETING, Courtesy.THANKS)


def turn(talks: Talks, state: Json | None, heard: Heard, records: Records, translators: Translators) -> Turn:
    """Take one message through the conversation; effects happen through `records`, in its transaction."""
    session = Session.from_json(state)
    session.keep_only(talks.by_name)
    known = records.speaker()
    speaker = known.called(**session.called) if known.person is None else known
    conductor = Conductor(talks, session, heard, records, translators, speaker)
    conductor.hear()
    return conductor.outcome()


@dataclass
class Conductor(Moves):
    """Decides whom a message is for."""

    # whom is it for? -------------------------------------------------------------------------------------------

    def hear(self) -> None:
        """Find the first reading that makes sense of the message."""
        if self.heard.group:
            return self.say(words.IN_A_GROUP)
        if self.heard.hidden:
            self.say(words.HIDDEN)
        if self.heard.other:
            self.say(words.PICTURE_UNREAD if self.heard.other in words.PICTURES else words.MESSAGE_UNREAD)
        if self.heard.edited:
            return self.say(words.EDITED)
        if self.heard.tap:
            return self._tapped(self.heard.tap)
        readings = (
            self._command,
            self._doubt_settled,
            self._code,
            self._global_word,
            self._album_part,
            self._offer_taken,
            self._cried_out,
            self._comes_back,
            self._letter_answered,
            self._polite,
            self._answered,
            self._opened,
        )
        if not any(reading() for reading in readings):
            self._lost()
        return None

    def _command(self) -> bool:
        opening = self.talks.command(self.heard.text)
        if opening is None:
            return False
        self.session.doubt = None
        self.enter(opening, ask_first=not opening.given)
        return True

    def _doubt_settled(self) -> bool:
        doubt, self.session.doubt = self.session.doubt, None
        if doubt is None:
            return False
        reading = answers.read_choice(self.heard.text, doubt.shown)
        if not isinstance(reading, answers.Picked):
            return False
        self.settle(doubt, reading.key)
        return True

    def _code(self) -> bool:
        opening = self.talks.code(self.heard)
        if opening is not None:
            self.enter(opening, ask_first=False)
        return opening is not None

    def _global_word(self) -> bool:
        found = answers.global_word(self.heard.text)
        if found is None or found[0] not in words.WORD_NAMES:
            return False
        word, sure = found
        asking = self.asking
        if asking is not None and self._is_answer(asking, sure):
            return False
        if asking is not None and asking.kind == "text" and not sure:
            self.wonder(
                "word",
                {"do": words.WORD_NAMES[word], "answer": words.IT_IS_MY_ANSWER},
                phrase(words.WORD_OR_ANSWER, text=self.heard.text),
            )
            return True
        return self.obey(word)

    def _is_answer(self, asking: Asking, sure: bool) -> bool:
        """The question's own options come before a global word that is not sure; labels, or their start, always."""
        text = answers.fold(self.heard.text)
        if any(f"{answers.fold(label)} ".startswith(f"{text} ") for _, label in asking.shown):
            return True
        return not sure and answers.read_choice(self.heard.text, asking.shown) is not None

    def _album_part(self) -> bool:
        """A further photo of an album joins the first without another question."""
        progress, album = self.session.progress, self.heard.album
        if progress is None or not album or self.heard.file is None:
            return False
        photo = {"kind": "photo", "ref": self.heard.file.ref, "size": self.heard.file.size}
        for part in (progress.given, self.asking.kept if self.asking else {}):
            if part.get("album") == album:
                part["files"].append(photo)
                return True
        for answer in progress.answers.values():
            if answer.get("album") == album:
                answer["files"].append(photo)
                if self.asking is not None and self.asking.kind == "confirm":
                    self.play()
                return True
        return False

    def _offer_taken(self) -> bool:
        """Bare numbers and labels belong to the question delivered last."""
        text = self.heard.text
        if not text or len(text) > LONG_FOR_A_CHOICE * 2:
            return False
        since = self.asking.at if self.asking else 0
        fitting = [offer for offer in self.records.offers() if offer.delivered_at >= since and _fits(text, offer)]
        offers = _newest_about_each(fitting)
        if not offers:
            return False
        if len(offers) == 1:
            self.take(offers[0], self.heard, None)
            return True
        shown = {str(offer.number): phrase(words.THE_LETTER, subject=self._subject(offer)) for offer in offers[:4]}
        self.wonder("offer", shown, words.WHICH_LETTER)
        return True

    def _subject(self, offer: Offer) -> Words:
        """What a letter was about: named by its sender, else the title of its talk."""
        talk = self.talks.by_name.get(offer.opening.talk)
        subject: Words | None = offer.opening.given.get("subject")
        return subject or (talk.title if talk else words.SOMETHING)

    def _comes_back(self) -> bool:
        """After a long silence an unfinished talk is offered again."""
        asking, progress = self.asking, self.session.progress
        if asking is None or progress is None or self.now - asking.at < RESUME_AFTER or not progress.answers:
            return False
        if answers.read_choice(self.heard.text, asking.shown) is not None:
            return False
        self.ask_whether_to_resume(None)
        return True

    def _letter_answered(self) -> bool:
        """Words of one's own answer the newest letter that welcomes them, unless something else is being asked."""
        text, asking = self.heard.text, self.asking
        if not text or (asking is not None and (not self.idle_menu() or self._fits_question(asking))):
            return False
        if self.talks.words(text) is not None or answers.courtesy(text) in NO_REPLIES:
            return False
        offer = next((offer for offer in self.records.offers() if offer.opening.given.get("free")), None)
        if offer is not None:
            self.take(offer, self.heard, None)
        return offer is not None

    def _cried_out(self) -> bool:
        """A cry for help goes before any question it does not answer."""
        asking, progress = self.asking, self.session.progress
        if asking is None or progress is None or (asking.kind == "text" and not asking.brief):
            return False
        opening = self.talks.alarm(self.heard)
        if opening is None or opening.talk == progress.talk or self._fits_question(asking):
            return False
        self.enter(opening, ask_first=False)
        return True

    def _polite(self) -> bool:
        """A greeting or thanks is answered in kind; what is being asked stays as it is."""
        kind, asking, idle = answers.courtesy(self.heard.text), self.asking, self.asking is None or self.idle_menu()
        if kind is None or (asking is not None and self._fits_question(asking)):
            return False
        if kind is Courtesy.GREETING and asking is not None:
            self.say(words.GREETING)
            self.play()
        elif kind is Courtesy.THANKS and not (asking is not None and asking.kind == "text" and not asking.brief):
            self.say(words.YOU_ARE_WELCOME)
            if not idle:
                self.play()
        elif kind is Courtesy.FINE and idle:
            self.say(words.AT_YOUR_SERVICE)
        else:
            return False
        return True

    def _answered(self) -> bool:
        asking = self.asking
        if asking is None:
            return False
        if (self.idle_menu() or asking.kind == "text") and self._names_a_talk(asking):
            return True
        if (asking.kind != "text" or asking.brief) and not self._fits_question(asking) and self._goes_elsewhere(asking):
            return True
        self.play(Heeding(asking.question, self.heard))
        return True

    def _fits_question(self, asking: Asking) -> bool:
        if self.heard.file is not None and asking.kind == "photo":
            return True
        return answers.read_choice(self.heard.text, asking.shown) is not None

    def _names_a_talk(self, asking: Asking) -> bool:
        """A word such as «PHẢN ÁNH» means its talk, though several lines of a menu have it."""
        opening, progress = self.talks.words(self.heard.text), self.session.progress
        if opening is None or progress is None or opening.talk == progress.talk:
            return False
        picked = isinstance(answers.read_choice(self.heard.text, asking.shown), answers.Picked)
        if picked and not (self.idle_menu() and self._inside_a_label(asking)):
            return False
        if self.idle_menu() or asking.brief:
            self.enter(opening, ask_first=False)
        else:
            self._ask_where_it_goes(opening)
        return True

    def _inside_a_label(self, asking: Asking) -> bool:
        """One word from within a label, as «noi» of «Đổi nơi ở», means less than the talk that is called so."""
        text = answers.fold(self.heard.text).strip()
        labels = [f"{answers.fold(label)} " for _, label in asking.shown]
        return text.isalpha() and not any(label.startswith(f"{text} ") for label in labels)

    def _ask_where_it_goes(self, opening: Opening) -> None:
        title = self.talks.by_name[opening.talk].title
        options: dict[str, Words] = {"stay": words.STAY_HERE, "go": phrase(words.GO_THERE, title=title)}
        self.wonder("elsewhere", options, words.STAY_OR_GO, opening=opening)

    def _goes_elsewhere(self, asking: Asking) -> bool:
        """Words that name another talk open it; a long message may be meant for another."""
        opening = self.talks.words(self.heard.text)
        if opening is not None:
            self.enter(opening, ask_first=False)
            return True
        long = len(self.heard.text) > LONG_FOR_A_CHOICE or (self.heard.file is not None and not asking.brief)
        opening = self.talks.suggest(self.heard) if long or self.idle_menu() else None
        if opening is None:
            return False
        if self.idle_menu():
            self.enter(opening, ask_first=False)
            return True
        self._ask_where_it_goes(opening)
        return True

    def _opened(self) -> bool:
        opening = self.talks.words(self.heard.text)
        if opening is None and answers.courtesy(self.heard.text) is Courtesy.GREETING:
            self.say(words.GREETING)
            opening = self.menu()
        if opening is None:
            opening = self.talks.suggest(self.heard)
        if opening is not None:
            self.enter(opening, ask_first=False)
        return opening is not None

    def _lost(self) -> None:
        if self.heard.contact is not None:
            self.say(words.NO_CONTACTS)
        elif not self.heard.other:
            self.say(words.NOT_UNDERSTOOD if self.heard.text else words.MESSAGE_UNREAD)
        self.enter(self.menu(), ask_first=False)

    # buttons ---------------------------------------------------------------------------------------------------

    def _tapped(self, tap: str) -> None:
        head, _, rest = tap.partition(":")
        question, _, key = rest.partition(":")
        key, _, fp = key.partition(":")
        doubt = self.session.doubt
        if head == "?" and doubt is not None and question == doubt.kind and key in dict(doubt.shown):
            self.session.doubt = None
            return self.settle(doubt, key)
        self.session.doubt = None
        if head[:1] == "o" and head[1:].isascii() and head[1:].isdigit():
            return self._tapped_offer(int(head[1:]), rest)
        if self.now - self.session.ended.get(head, 0) < SECOND_TAP_WITHIN:
            return None
        self._unpark(head)
        return self._tapped_question(head, question, key, fp)

    def _tapped_question(self, run: str, question: str, key: str, fp: str) -> None:
        progress = self.session.progress
        if progress is None or progress.run != run or progress.asking is None or not key:
            return self.stale()
        if question != progress.asking.question:
            if question not in progress.answers:
                return self.stale()
            self.say(words.CORRECTED)
        return self.play(Heeding(question, self.heard, key, fp))

    def _tapped_offer(self, number: int, key: str) -> None:
        offer = self.records.offer(number) if number < 2**62 else None
        if offer is None:
            return self.stale()
        if offer.taken_at is not None:
            return None if self.now - offer.taken_at < SECOND_TAP_WITHIN else self.stale()
        return self.take(offer, self.heard, key)

    def _unpark(self, run: str) -> None:
        """A button of a talk put aside brings that talk back."""
        parked = [talk for talk in self.session.parked if talk.run == run]
        if parked:
            self.session.parked.remove(parked[0])
            self.session.park()
            self.session.progress = parked[0]


def _fits(text: str, offer: Offer) -> bool:
    return isinstance(answers.read_choice(text, offer.shown), (answers.Picked, answers.Doubt))


def _newest_about_each(offers: Sequence[Offer]) -> list[Offer]:
    """Of several letters about the same matter that open the same talk only the newest; they come newest first."""
    newest: dict[object, Offer] = {}
    for offer in offers:
        newest.setdefault((offer.opening.talk, str(offer.opening.given.get("subject") or offer.number)), offer)
    return list(newest.values())
