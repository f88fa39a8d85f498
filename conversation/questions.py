"""The kinds of question: how each is shown, how what was heard is read, and what still holds today."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Generic, TypeVar
from zlib import crc32

from conversation import answers
from conversation.engine_texts import NO_CONTACTS
from conversation.messages import N_, Contact, FileRef, Heard, Json, Phrase, Words, phrase
from conversation.state import Asking, Shown

T = TypeVar("T")
Check = Callable[[str], Words | None]
"""Why words will not do as an answer, or None when they will; empty words came by voice."""

SKIP = "~skip"
NEXT_PAGE = "~next"
CHOOSE_AGAIN = "~again"
"""An option of an `AskBack` that shows the whole question again."""


class Pick(str):
    """The key chosen, empty when skipped; `words` holds what was typed where other words are welcome."""

    __slots__ = ("words",)
    words: str

    def __new__(cls, key: str, words: str = "") -> Pick:
        pick = super().__new__(cls, key)
        pick.words = words
        return pick


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody told: words, a voice message, a photo, or several; falsy when skipped."""

    text: str = ""
    voice: FileRef | None = None
    photos: tuple[FileRef, ...] = ()
    """Those of one message or album."""

    def __bool__(self) -> bool:
        return bool(self.text or self.voice or self.photos)

    @property
    def files(self) -> tuple[FileRef, ...]:
        """Everything that is not words."""
        return (*((self.voice,) if self.voice else ()), *self.photos)


@dataclass(frozen=True, slots=True)
class AskBack:
    """What to ask when the words typed could mean several of the options."""

    words: Words
    options: Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class Answered:
    """Understood: what to store."""

    answer: Json


@dataclass(frozen=True, slots=True)
class Again:
    """Not an answer yet: ask again with these words before the question, or instead of it."""

    words: Words | None = None
    instead: bool = False
    options: Mapping[str, Words] | None = None
    """Only these options, for asking back."""
    page: int = 0
    missed: bool = False
    kept: Json = field(default_factory=dict)


class NoLonger(Exception):  # noqa: N818 - it is a finding, not a fault
    """A stored answer does not hold under today's rules."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.words = words


PICK_ONE = N_("{You} chọn giúp một mục bên dưới, hoặc nhắn số của mục đó ạ.")
OUT_OF_RANGE = N_("{You} chọn từ **1** đến **{last}** giúp ạ.")
WHICH = N_("{You} cho Cầu Nối hỏi lại: ý {you} là mục nào ạ?")
WITHDRAWN = N_("Mục {you} đã chọn nay không còn nữa. {You} chọn lại giúp ạ.")
CHANGED = N_("Nội dung đã thay đổi, {you} xem lại giúp trước khi đồng ý ạ.")
MORE_WORDS = N_("{You} viết rõ thêm một chút giúp ạ.")
TOO_LONG = N_("Tin này dài quá, Cầu Nối chỉ nhận được **{most}** chữ cái. {You} rút ngắn giúp ạ.")
PHOTO_NEEDS_WORDS = N_("Cầu Nối đã nhận ảnh. {You} viết thêm vài chữ: việc gì, ở đâu ạ?")
WORDS_PLEASE = N_("Câu này {you} trả lời bằng chữ hoặc giọng nói giúp ạ.")
WORDS_OR_PHOTO = N_("Câu này {you} nhắn chữ, gửi giọng nói hoặc gửi ảnh giúp ạ.")
PHOTO_PLEASE = N_("Câu này cần một tấm ảnh ạ. {You} bấm hình cái kẹp giấy hoặc máy ảnh để gửi.")
CONTACT_PLEASE = N_("{You} gửi số điện thoại của mình giúp ạ, ví dụ 0912 345 678.")
OTHERS_CONTACT = N_("Đây là số của người khác. {You} chỉ gửi số của chính mình giúp ạ.")
SKIP_LABEL = N_("Bỏ qua")
MORE_LABEL, FIRST_LABEL = N_("Xem thêm"), N_("Xem lại từ đầu")
YES, NO = N_("Đúng"), N_("Không")


@dataclass(frozen=True)
class Question(Generic[T]):
    """What all kinds share."""

    name: str
    prompt: Words
    optional: Words | None = None
    """Label of the button that skips; None when an answer is needed."""

    kind = "question"

    @property
    def wants_few_words(self) -> bool:
        """Whether a story cannot be the answer, though words are."""
        return False

    def options(self) -> dict[str, Words]:
        """Everything that can be picked today, by key."""
        return {SKIP: self.optional} if self.optional is not None else {}

    def page(self, number: int) -> dict[str, Words]:
        """The options shown on one page."""
        return self.options()

    @property
    def fp(self) -> str:
        """Fingerprint of what a yes would be about; empty for most questions."""
        return ""

    def read(self, heard: Heard, asking: Asking) -> Answered | Again:
        """What was heard, against the options as they were shown."""
        if self.optional is not None and (answers.is_skip(heard.text) or self._names_skip(heard.text, asking)):
            return Answered({"key": SKIP})
        return self.read_kind(heard, asking)

    def _names_skip(self, text: str, asking: Asking) -> bool:
        """By the number or the label of its button."""
        number = answers.read_number(text)
        by_number = number is not None and [key for key, _ in asking.shown][number - 1 : number] == [SKIP]
        return by_number or any(
            key == SKIP and answers.fold(label) == answers.fold(text) for key, label in asking.shown
        )

    def read_kind(self, heard: Heard, asking: Asking) -> Answered | Again:
        raise NotImplementedError

    def pick(self, key: str, fp: str, page: int) -> Answered | Again:
        """One of the options was chosen on a page, by button or by words."""
        if key == SKIP and self.optional is not None:
            return Answered({"key": SKIP})
        return Again(WITHDRAWN)

    def value(self, answer: Json) -> T:
        """The stored answer by today's rules; raises `NoLonger`."""
        raise NotImplementedError


@dataclass(frozen=True)
class Choose(Question[Pick]):
    """One of several; paged, with free words, words to ask back about, and asides."""

    choices: Mapping[str, Words] = field(default_factory=dict)
    page_size: int = 8
    free: bool | Callable[[str], bool] = False
    """Whether other words are welcome, or which are."""
    unsure: Mapping[str, AskBack] = field(default_factory=dict)
    asides: Mapping[str, tuple[Words, Words]] = field(default_factory=dict)

    kind = "choose"

    def options(self) -> dict[str, Words]:
        return {**self.choices, **{key: label for key, (label, _) in self.asides.items()}, **super().options()}

    def page(self, number: int) -> dict[str, Words]:
        keys = list(self.choices)
        if len(keys) <= self.page_size:
            return self.options()
        pages = -(-len(keys) // self.page_size)
        start = number % pages * self.page_size
        part = {key: self.choices[key] for key in keys[start : start + self.page_size]}
        extra = {key: label for key, label in self.options().items() if key not in self.choices}
        return {**part, NEXT_PAGE: MORE_LABEL if number % pages < pages - 1 else FIRST_LABEL, **extra}

    def read_kind(self, heard: Heard, asking: Asking) -> Answered | Again:
        text = heard.text
        ask_back = None if answers.has_marks(text) else self.unsure.get(answers.fold(text))
        if ask_back is not None:
            return Again(ask_back.words, instead=True, options=ask_back.options)
        match answers.read_choice(text, asking.shown) if text else None:
            case answers.Picked(key):
                return self.pick(key, asking.fp, asking.page)
            case answers.Doubt(keys):
                return Again(WHICH, instead=True, options=_labels(asking.shown, keys))
            case answers.OutOfRange():
                return Again(_out_of_range(asking), missed=True)
        if text and (self.free(text) if callable(self.free) else self.free):
            return Answered({"words": text})
        return self._read_off_page(text)

    def _read_off_page(self, text: str) -> Answered | Again:
        """A label typed in full counts though its page was not shown; a number never does."""
        rest = [(key, str(label)) for key, label in self.choices.items() if not isinstance(label, Phrase)]
        wanted = answers.fold(text)
        keys = [key for key, label in rest if answers.fold(label) == wanted]
        if wanted and len(keys) == 1:
            return Answered({"key": keys[0]})
        return Again(PICK_ONE, missed=True)

    def pick(self, key: str, fp: str, page: int) -> Answered | Again:
        if key == NEXT_PAGE:
            return Again(page=page + 1)
        if key == CHOOSE_AGAIN:
            return Again(page=page)
        if key in self.asides:
            return Again(self.asides[key][1])
        if key in self.choices:
            return Answered({"key": key})
        return super().pick(key, fp, page)

    def value(self, answer: Json) -> Pick:
        if "words" in answer and self.free:  # which are welcome was asked when they came
            return Pick("", answer["words"])
        key: str = answer.get("key", "")
        if key == SKIP and self.optional is not None:
            return Pick("")
        if key in self.choices:
            return Pick(key)
        raise NoLonger(WITHDRAWN)


def _out_of_range(asking: Asking) -> Words:
    last = len(asking.shown)
    return phrase(OUT_OF_RANGE, last=last) if last > 1 else PICK_ONE


def _labels(shown: Shown, keys: Sequence[str]) -> dict[str, Words]:
    return {key: label for key, label in shown if key in keys}


@dataclass(frozen=True)
class Confirm(Question[bool]):
    """A yes that holds only for the values it was about."""

    about: object = ()
    yes: Words = YES
    no: Words = NO

    kind = "confirm"

    def options(self) -> dict[str, Words]:
        return {"yes": self.yes, "no": self.no}

    @property
    def fp(self) -> str:
        return f"{crc32(repr(self.about).encode('utf-8', 'replace')):08x}"

    def read_kind(self, heard: Heard, asking: Asking) -> Answered | Again:
        match answers.read_choice(heard.text, asking.shown) if heard.text else None:
            case answers.Picked(key):
                return self.pick(key, asking.fp, asking.page)
            case answers.Doubt(keys):
                return Again(WHICH, instead=True, options=_labels(asking.shown, keys))
            case answers.OutOfRange():
                return Again(_out_of_range(asking), missed=True)
        return Again(PICK_ONE, missed=True)

    def pick(self, key: str, fp: str, page: int) -> Answered | Again:
        return Answered({"key": key, "fp": fp}) if key in ("yes", "no") else Again(WITHDRAWN)

    def value(self, answer: Json) -> bool:
        if answer.get("key") not in ("yes", "no") or answer.get("fp") != self.fp:
            raise NoLonger(CHANGED)
        return bool(answer["key"] == "yes")


@dataclass(frozen=True)
class Text(Question[Told]):
    """Words of the person's own; a voice message or a photo with words will do."""

    at_least: int = 1
    at_most: int = 2000
    check: Check | None = None
    photo_alone: bool = False
    """Whether a photo needs no words."""
    brief: bool = False
    """Whether a name or a few words are wanted, no story."""

    kind = "text"

    @property
    def wants_few_words(self) -> bool:
        return self.brief

    def read_kind(self, heard: Heard, asking: Asking) -> Answered | Again:
        if self.optional is not None and answers.read_yes_no(heard.text) is False:
            return Answered({"key": SKIP})
        if heard.contact is not None:
            return Again(NO_CONTACTS)
        parts: Json = {**asking.kept, **_parts(heard, asking.kept)}
        if heard.text:
            parts["text"] = heard.text
        problem = self._problem(parts)
        if problem is None:
            return Answered(parts)
        kept: Json = {name: parts[name] for name in ("files", "album") if name in parts}
        return Again(problem, missed=not kept, kept=kept)

    def _problem(self, parts: Json) -> Words | None:
        text = parts.get("text", "")
        if len(text) > self.at_most:
            return phrase(TOO_LONG, most=self.at_most)
        pictured = "files" in parts
        worded = self.check is not None or any(map(str.isalnum, text))  # one smile is no answer
        if "voice" in parts or (pictured and self.photo_alone) or (worded and len(text) >= max(self.at_least, 1)):
            return self.check(text) if self.check else None
        if text and worded:
            return MORE_WORDS
        if pictured:
            return PHOTO_NEEDS_WORDS
        return WORDS_OR_PHOTO if self.photo_alone else WORDS_PLEASE

    def value(self, answer: Json) -> Told:
        if answer.get("key") == SKIP and self.optional is not None:
            return Told()
        problem = self._problem(answer)
        if problem is not None:
            raise NoLonger(problem)
        voice = FileRef(**answer["voice"]) if "voice" in answer else None
        return Told(answer.get("text", ""), voice, tuple(FileRef(**row) for row in answer.get("files", ())))


def _parts(heard: Heard, kept: Json) -> Json:
    """The file that was sent, as an answer keeps it; photos gather."""
    if heard.file is None:
        return {}
    if heard.file.kind == "voice":
        return {"voice": asdict(heard.file)}
    return {"files": [*kept.get("files", ()), asdict(heard.file)], "album": heard.album}


@dataclass(frozen=True)
class Photo(Question[tuple[FileRef, ...]]):
    """One photo, or the photos of one album."""

    kind = "photo"

    def read_kind(self, heard: Heard, asking: Asking) -> Answered | Again:
        if heard.file and heard.file.kind == "photo":
            return Answered({"files": [asdict(heard.file)], "album": heard.album})
        return self._read_words(heard, asking)

    def _read_words(self, heard: Heard, asking: Asking) -> Answered | Again:
        match answers.read_choice(heard.text, asking.shown) if heard.text and asking.shown else None:
            case answers.Picked(key):
                return self.pick(key, asking.fp, asking.page)
        if self.optional is not None and answers.read_yes_no(heard.text) is False:
            return Answered({"key": SKIP})
        return Again(PHOTO_PLEASE, missed=True)

    def value(self, answer: Json) -> tuple[FileRef, ...]:
        if answer.get("key") == SKIP and self.optional is not None:
            return ()
        if not answer.get("files"):
            raise NoLonger(PHOTO_PLEASE)
        return tuple(FileRef(**row) for row in answer["files"])


@dataclass(frozen=True)
class AskContact(Question[str]):
    """The person's own phone number, shared by a button or typed; empty when skipped."""

    button: Words = N_("Gửi số của tôi")

    kind = "contact"

    def read_kind(self, heard: Heard, asking: Asking) -> Answered | Again:
        if isinstance(heard.contact, Contact):
            own = heard.contact.own
            return Answered({"phone": heard.contact.phone}) if own else Again(OTHERS_CONTACT, missed=True)
        digits = "".join(letter for letter in answers.fold(heard.text) if letter.isdigit() or letter == "+")
        if 9 <= len(digits) <= 15:  # noqa: PLR2004 - E.164 allows 15 digits, Vietnam's shortest has 9
            return Answered({"phone": digits})
        match answers.read_choice(heard.text, asking.shown) if heard.text and asking.shown else None:
            case answers.Picked(key):
                return self.pick(key, asking.fp, asking.page)
        return Again(CONTACT_PLEASE, missed=True)

    def value(self, answer: Json) -> str:
        if answer.get("key") == SKIP and self.optional is not None:
            return ""
        if "phone" not in answer:
            raise NoLonger(CONTACT_PLEASE)
        return str(answer["phone"])
