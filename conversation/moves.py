"""What a turn can do with the talks under way: open one, put one aside, go back, drop, take up a letter, ask first."""

from __future__ import annotations

from dataclasses import replace

from conversation import answers
from conversation import engine_texts as words
from conversation.answers import GlobalWord
from conversation.chat import Heeding
from conversation.messages import Heard, Opening, phrase
from conversation.stage import Stage, how_to
from conversation.state import Asking, Doubt, Offer, Progress


class Moves(Stage):
    """The moves between talks; which of them a message asks for is decided in `turn`."""

    def menu(self) -> Opening:
        """What to open for somebody who asked for nothing in particular."""
        return Opening(self.talks.by_global[GlobalWord.MENU].name)

    def idle_menu(self) -> bool:
        """A menu waiting for a choice is no talk one would be torn from."""
        progress = self.session.progress
        return progress is not None and not progress.answers and not self.talks.by_name[progress.talk].asks_first

    def stale(self) -> None:
        """A button that is over: say so kindly, and ask again what is being asked."""
        self.say(words.STALE)
        if self.asking is not None:
            self.play()

    # doubts ----------------------------------------------------------------------------------------------------

    def settle(self, doubt: Doubt, key: str) -> None:
        """Do what the answer to a question of the engine's own decides."""
        heard = replace(self.heard, text=doubt.text, tap="")
        match doubt.kind, key:
            case "word", "do" if found := answers.global_word(doubt.text):
                self.obey(found[0])
            case ("word", "answer") | ("offer", "here"):
                self.play(Heeding(self.asking.question, heard) if self.asking else None)
            case "offer", number:
                offer = self.records.offer(int(number))
                self.take(offer, heard, None) if offer else self.stale()
            case "resume", "drop":
                self.drop(doubt.opening)
            case "elsewhere", "go":
                self.enter(doubt.opening or self.menu(), ask_first=False)
            case "human", "yes":
                self.obey(GlobalWord.HUMAN)
            case _:
                self.reask()

    def reask(self) -> None:
        """Ask the question under way once more, as if nothing had been missed."""
        if self.asking is not None:
            self.asking.misses = 0
        self.play()

    def ask_whether_to_resume(self, opening: Opening | None) -> None:
        """Go on with what is unfinished, or drop it for `opening`?"""
        drop = words.DROP_IT if opening is None else words.DROP_FOR_OTHER
        self.wonder("resume", {"on": words.GO_ON, "drop": drop}, phrase(words.UNFINISHED, title=self.title()), opening)

    # global words ------------------------------------------------------------------------------------------------

    def obey(self, word: GlobalWord) -> bool:
        """Do what a global word orders; False when no talk is for it."""
        match word:
            case GlobalWord.CANCEL:
                self.drop(None)
            case GlobalWord.BACK:
                self.back()
            case GlobalWord.HELP if self.asking is not None and not self.idle_menu():
                self.say(how_to(self.asking))
                self.play()
            case _:
                talk = self.talks.by_global.get(word)
                if talk is None:
                    return False
                self.enter(Opening(talk.name), ask_first=word in (GlobalWord.MENU, GlobalWord.START))
        return True

    def drop(self, opening: Opening | None) -> None:
        """Leave the talk under way without any effect."""
        if self.session.progress is None or (self.idle_menu() and opening is None):
            self.say(words.NOTHING_TO_DROP)
        elif opening is None:
            self.say(phrase(words.DROPPED, title=self.title()))
        self.session.end(self.now)
        if opening is not None:
            self.start(opening)
        else:
            self.resume_parked()

    def back(self) -> None:
        """Reopen the answer given last."""
        progress = self.session.progress
        if progress is None:
            self.say(words.NOTHING_TO_GO_BACK_TO)
            return
        if progress.answers:
            progress.answers.popitem()
        else:
            self.say(words.FIRST_QUESTION)
        self.play()

    # talks ---------------------------------------------------------------------------------------------------------

    def enter(self, opening: Opening, *, ask_first: bool) -> None:
        """Open a talk; one under way is parked, or asked about first."""
        progress = self.session.progress
        if progress is not None:
            unfinished = bool(progress.answers or progress.given) and not self.idle_menu()
            if ask_first and unfinished and progress.answers:
                return self.ask_whether_to_resume(opening)
            if unfinished and progress.talk != opening.talk:
                self.session.park()
            self.session.progress = None
        return self.start(opening)

    def take(self, offer: Offer, heard: Heard, key: str | None) -> None:
        """Open the talk a letter asked about, its first question already answered by what was heard."""
        self.records.take(offer.number)
        if not self.idle_menu():
            self.session.park()
        opening = offer.opening
        asking = Asking(opening.question, "choose", offer.shown, self.now)
        self.session.progress = Progress(opening.talk, self.new_run(), opening.given, asking=asking)
        self.play(Heeding(opening.question, heard, key))
