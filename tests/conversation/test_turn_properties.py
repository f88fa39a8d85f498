"""Whatever is typed, and however the program changes under a conversation: no fault, and nobody is stuck."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.chat import Chat
from conversation.messages import N_, Command, FileRef
from tests.conversation.phone import Phone

Version = list[tuple[str, str, list[str]]]
NAMES = st.sampled_from(["topic", "text", "where", "photo", "more"])
KINDS = st.sampled_from(["choose", "text", "photo", "optional", "confirm"])
KEYS = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=4, unique=True)
VERSION = st.lists(st.tuples(NAMES, KINDS, KEYS), min_size=1, max_size=5, unique_by=lambda question: question[0])
WORDS = st.one_of(
    st.sampled_from(
        [
            "1",
            "2",
            "so 2",
            "huy",
            "hủy",
            "quay lai",
            "menu",
            "co",
            "khong",
            "vang",
            "bo qua",
            "/it",
            "giup",
            "Nhãn a",
            "đường hẻm 47 hư ba hôm rồi chưa ai sửa cả nhà tôi tối om",
            "",
            "dung",
            "chao",
            "xoa",
            "qua",
            "lai",
            "thoi",
            "ngung",
            "du lieu",
            "bat dau",
            "gap can bo",
            "tiep",
        ]
    ),
    st.text(max_size=60),
)
MESSAGES = st.lists(st.one_of(WORDS, st.tuples(st.just("tap"), st.integers(0, 40))), max_size=12)


@dataclass(frozen=True)
class Done(Command[None]):
    answers: tuple[object, ...]


def script_of(version: Version) -> Callable[[Chat], None]:
    """A script that asks the version's questions in order."""

    def script(chat: Chat) -> None:
        answers = tuple(ask(chat, *question) for question in version)
        chat.do(Done(answers))
        chat.say(N_("Đã xong."))

    return script


def ask(chat: Chat, name: str, kind: str, keys: list[str]) -> object:
    match kind:
        case "choose":
            return chat.choose(name, N_("Chọn ạ?"), {key: f"Nhãn {key}" for key in keys})
        case "photo":
            return chat.photo(name, N_("Ảnh ạ?"))
        case "optional":
            return chat.text(name, N_("Thêm gì ạ?"), optional=N_("Bỏ qua"))
        case "confirm":
            return chat.confirm(name, N_("Đúng không ạ?"), about=tuple(keys))
    return chat.text(name, N_("Kể ạ?"))


def send(phone: Phone, message: str | tuple[str, int]) -> None:
    if isinstance(message, str):
        phone.hear(message)
    elif phone.buttons:
        phone.hear(tap=phone.buttons[message[1] % len(phone.buttons)][0])


def answer_kindly(phone: Phone) -> None:
    """What a willing person would do: pick the first option, or write words."""
    if phone.labels:
        phone.hear("1")
    else:
        phone.hear("Dạ đây là câu trả lời của tôi")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(VERSION, MESSAGES), min_size=1, max_size=4))
def test_nobody_is_stuck_when_the_program_changes(versions: list[tuple[Version, list[object]]]) -> None:
    phone = Phone(script_of(versions[0][0]))
    phone.hear("/it")
    for version, messages in versions:
        phone.becomes(script_of(version))
        for message in messages:
            send(phone, message)  # type: ignore[arg-type]
    finished = len(phone.records.done)
    phone.hear("/it")
    for _ in range(25):
        if len(phone.records.done) > finished:
            break
        answer_kindly(phone)
    assert len(phone.records.done) == finished + 1


@settings(max_examples=200, deadline=None)
@given(VERSION, MESSAGES)
def test_a_command_is_done_at_most_once_a_run(version: Version, messages: list[object]) -> None:
    phone = Phone(script_of(version))
    runs = 0
    for message in ["/it", *messages]:
        before = len(phone.records.done)
        send(phone, message)  # type: ignore[arg-type]
        runs += len(phone.records.done) - before
        assert len(phone.records.done) - before <= 1
    assert runs == len(phone.records.done)


@settings(max_examples=200, deadline=None)
@given(VERSION, st.text(max_size=5000), st.sampled_from(["", "sticker", "location"]))
def test_no_words_no_button_and_no_thing_is_a_fault(version: Version, text: str, other: str) -> None:
    phone = Phone(script_of(version))
    phone.hear(text)
    phone.hear("/it")
    phone.hear(text, other=other)
    phone.hear(tap=text[:64])
    phone.hear(file=FileRef("voice", "v"), text=text)
    assert phone.state is not None
