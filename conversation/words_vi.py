"""The Vietnamese words that answer questions, with their marks, and what a row of them says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Generic, TypeVar

from conversation.letters import Wording, fits, wording

V = TypeVar("V")


class Book(Generic[V]):
    """Phrases written with their marks, found by what was typed with or without them."""

    def __init__(self, pages: Iterable[tuple[str, V]], *, strict: bool = False) -> None:
        self._strict = strict
        self._pages: dict[tuple[str, ...], list[tuple[Wording, V]]] = {}
        for phrases, value in pages:
            for phrase in map(wording, phrases.split("|")):
                self._pages.setdefault(phrase.bare, []).append((phrase, value))
        self.longest = max(map(len, self._pages), default=0)
        self.starts = frozenset(bare[0] for bare in self._pages)
        """Bare first words, for a quick look before a search."""

    def find(self, said: Wording) -> list[V]:
        """Every meaning that the words typed may have."""
        return [value for meant, value in self._pages.get(said.bare, ()) if fits(said, meant, self._strict)]


class Part(StrEnum):
    """What a word does in an answer."""

    YES = "Y"
    NOT = "N"
    """Turns the yes after it into a no; alone it is a no."""
    NOT_YET = "C"
    NO = "L"
    UNSURE = "?"
    PARTICLE = "P"


PERSONS = (
    "em|cháu|con|bác|cô|chú|anh|chị|ông|bà|bạn|tôi|tui|mình|tớ|cậu|thím|mợ|bot|ad|cán bộ|"
    "cầu nối|mọi người|cả nhà|bà con|cảm ơn|cám ơn"
)
PARTICLES = "dạ|ạ|nhé|nhá|nha|nhe|nghen|nghe|hen|hén|ơi|thưa|vậy|luôn|liền|đó|đấy|chứ|với|rồi|vẫn|cũng|sẽ|thì"
COURTESIES = "xin|cho|chọn|bấm|nhấn|nhắn|gõ|gọi|là|lấy|muốn|kính|cảm|cám|ơn"
SOFT = Book([(PARTICLES, True), (COURTESIES, True)])
PEOPLE = Book([(PERSONS, True)])
SAFE_BARE = frozenset({"em", "chau", "toi", "tui", "minh", "bac", "bot"})
"""Persons that are hardly anything else when typed without marks; "ba" may be three, "anh" a photo."""
NUMBER_LEADS = Book([("số|câu|chọn|mục|cái|bấm|nhấn|nhắn|ấn|gõ|lựa|phương|án|thứ|đáp|nút|phím|ý|lấy|trả|lời", True)])

ANSWERS = Book(
    [
        ("có|vâng|vầng|vg|ừ|ừm|ừa|ờ|uk|ukm|uki|uh|uhm|uhu|um|u|ok|oke|okê|okie|oki|okay|okela|okla|ô kê", Part.YES),
        ("đồng ý|nhất trí|tán thành|chấp nhận|chấp thuận|xác nhận|được|đc|dc|đúng|phải|chuẩn|chính xác", Part.YES),
        ("đi|dự|tham gia|tham dự|có mặt|muốn|cần|tất nhiên|dĩ nhiên|ưng|yes|yeah|yep|ye|y|đúng rồi|phải rồi", Part.YES),
        ("không|ko|kô|k|kg|kh|khg|khong|khum|hok|hk|hông|hong|hổng|hem|chẳng|chả|đừng|khỏi|không có", Part.NOT),
        ("chưa", Part.NOT_YET),
        ("vắng|vắng mặt|bận|bận việc|mắc bận|mắc việc|thôi|thôi đi|bỏ đi|sai|nhầm|từ chối|phản đối|no|nope", Part.NO),
        ("tôi bận|em bận|cháu bận|con bận|mình bận|bận rồi|không đúng|không phải|không được|khỏi cần", Part.NO),
        (PERSONS, Part.PARTICLE),
        (PARTICLES, Part.PARTICLE),
    ]
)
MAYBES = Book(
    [
        (
            "chưa biết|chưa chắc|chưa rõ|chưa quyết|chưa quyết định|để xem|để xem đã|xem đã|có thể|tùy|báo sau|"
            "để báo sau|không biết|không chắc|không rõ|ko biết|ko chắc|ko rõ|k biết|k chắc|chắc không|có lẽ",
            True,
        )
    ]
)

_ONES = ("một|mốt", "hai", "ba", "bốn|tư", "năm|lăm", "sáu", "bảy|bẩy", "tám", "chín", "mười")
_TEENS = ("một", "hai", "ba", "bốn|mười tư", "lăm|mười năm", "sáu", "bảy|mười bẩy", "tám", "chín")
NUMBERS = Book(
    [
        *((words, i) for i, words in enumerate(_ONES, 1)),
        *(("mười " + words, i) for i, words in enumerate(_TEENS, 11)),
        ("nhất|đầu|đầu tiên", 1),
        ("nhì", 2),
        ("hai mươi|hai chục", 20),
    ],
    strict=True,
)
"""Firsts (nhất, đầu, nhì) count after a word such as `thứ` only."""
FIRSTS = frozenset({"nhat", "dau", "nhi"})

REVERSERS = Book(
    [
        (
            "không|ko|khum|hok|hông|hổng|hem|chẳng|chả|đừng|khỏi|chưa|thôi|ngừng|ngưng|dừng|bỏ|hủy|rút|tắt",
            True,
        )
    ]
)
"""Words that turn round what follows them."""

SHORT = {
    "ko": "không",
    "kô": "không",
    "kg": "không",
    "khg": "không",
    "k": "không",
    "kh": "không",
    "hok": "không",
    "hk": "không",
    "khum": "không",
    "dc": "được",
    "đc": "được",
    "bit": "biết",
    "kp": "khu phố",
    "tdp": "tổ dân phố",
    "p": "phường",
    "tv": "thành viên",
    "hv": "hội viên",
    "pa": "phản ánh",
    "ks": "khảo sát",
}


class GlobalWord(StrEnum):
    """Words obeyed whatever the talk."""

    MENU = "menu"
    HELP = "help"
    CANCEL = "cancel"
    BACK = "back"
    STOP = "stop"
    START = "start"
    DATA = "data"
    ERASE = "erase"
    HUMAN = "human"
    SKIP = "skip"


_ORDERS = [
    ("menu|trang chủ|chức năng|danh mục", GlobalWord.MENU),
    ("trợ giúp|giúp|giúp tôi|giúp đỡ|hướng dẫn|cách dùng|làm sao|help", GlobalWord.HELP),
    ("hủy|hủy bỏ|thôi không|thôi|bỏ|dừng lại|cancel", GlobalWord.CANCEL),
    (
        "quay lại|lùi lại|trở lại|quay về|trở về|lại|back|sửa|sửa lại|sửa câu trước|làm lại|nhầm rồi|"
        "bấm nhầm|ấn nhầm|gõ nhầm|chọn nhầm|bấm lộn|chọn lộn",
        GlobalWord.BACK,
    ),
    (
        "ngừng|ngưng|dừng|ngừng nhận|ngưng nhận|ngừng nhận tin|ngưng nhận tin|dừng nhận tin|thôi nhận tin|"
        "thôi nhận|tắt|tắt thông báo|từ chối|từ chối nhận|hủy đăng ký|stop|unsubscribe",
        GlobalWord.STOP,
    ),
    ("bắt đầu|start", GlobalWord.START),
    ("dữ liệu|dữ liệu của tôi|thông tin của tôi", GlobalWord.DATA),
    ("xóa|xóa dữ liệu|xóa thông tin", GlobalWord.ERASE),
    (
        "gặp người|gặp người thật|gặp cán bộ|nói chuyện với người|gọi cho tôi|gặp tổ trưởng|gặp trưởng khu phố|"
        "gặp chi hội trưởng",
        GlobalWord.HUMAN,
    ),
    ("bỏ qua|skip", GlobalWord.SKIP),
]
GLOBALS = Book(_ORDERS)
COMMANDS = {
    "".join(wording(phrase).bare): order for phrases, order in reversed(_ORDERS) for phrase in phrases.split("|")
}
"""As `/trogiup`, without the slash."""
RUN_TOGETHER = {
    "".join(wording(phrase).bare): order for phrases, order in _ORDERS for phrase in phrases.split("|") if " " in phrase
}
"""The same for people who copy `batdau` from a poster."""
UNSURE_ALWAYS = frozenset({"thoi", "bo", "tu choi", "sua", "sua lai", "lam lai", "nham roi"})
"""Global words that are answers as well, even with their marks."""
UNSURE_BARE = UNSURE_ALWAYS | {"huy", "dung", "lai", "tat"}
"""And those that are something else when typed without marks: a name, đúng, lãi, tất."""

SKIPS = Book(
    [
        (
            "bỏ qua|cho qua|qua|tiếp|tiếp tục|next|skip|không trả lời|không có|không có gì|không có ý kiến|không góp ý|"
            "không cần|khỏi|khỏi cần|không cho biết|để sau|hết rồi|không có thêm",
            True,
        )
    ]
)
GREETINGS = Book(
    [
        (
            "chào|xin chào|kính chào|chào buổi sáng|chào buổi chiều|chào buổi tối|alo|a lô|hello|helo|hê lô|hi|hey",
            Part.YES,
        ),
        (PERSONS, Part.PARTICLE),
        (PARTICLES, Part.PARTICLE),
    ]
)


class Courtesy(StrEnum):
    """What is said to be polite, and asks for nothing."""

    GREETING = "greeting"
    THANKS = "thanks"
    FINE = "fine"
    """«ok», «dạ», «không cần gì»: heard, nothing more is wanted."""


_PADDING = "ok|oke|okie|vâng|ừ|được|xong|tốt|hay|quá|lắm|nhiều|rất|xin|chân thành|trước"
THANKS = Book(
    [
        ("cảm ơn|cám ơn|thank|thanks|thank you|tks|thanks you", Part.YES),
        (_PADDING, Part.PARTICLE),
        (PERSONS, Part.PARTICLE),
        (PARTICLES, Part.PARTICLE),
    ]
)
FINE = Book(
    [
        (
            "ok|oke|okê|okie|oki|okay|ô kê|vâng|dạ|ừ|ừm|uk|uh|được|được rồi|biết rồi|hiểu rồi|rõ rồi|rồi|tốt|tốt rồi|"
            "hay quá|tốt quá|không cần|không cần gì|không cần nữa|không cần gì nữa|không cần gì đâu|không cần đâu|"
            "không có gì|chưa cần|chưa cần gì",
            Part.YES,
        ),
        (PERSONS, Part.PARTICLE),
        (PARTICLES, Part.PARTICLE),
    ]
)
COURTESY = {Courtesy.GREETING: GREETINGS, Courtesy.THANKS: THANKS, Courtesy.FINE: FINE}


def verdict(said: Wording) -> bool | str | None:
    """True, False, "?" when it may be both, None when other words or no words are there."""
    found = parts(said)
    if not found:
        return True if found == "" and "da" in said.bare else None
    if "?" in found or "NL" in found:
        return "?"
    kinds = set(re.sub("[NC]Y+", "L", found))
    if kinds == {"Y"}:
        return True
    return False if kinds <= {"N", "L"} else None


def parts(said: Wording, book: Book[Part] = ANSWERS) -> str | None:
    """One letter for each part of an answer, particles left out; None if anything else is said."""
    found, place = "", 0
    while place < len(said.bare):
        if said.bare[place] not in book.starts:
            return None
        for stop in range(min(len(said.bare), place + book.longest), place, -1):
            meanings = set(book.find(said.part(place, stop)))
            if meanings:
                break
        else:
            return None
        found += _part(meanings)
        place = stop
    return found


def _part(meanings: set[Part]) -> str:
    """The part played by words of several meanings: "co" is có rather than cô, "ban" may be bận or bạn."""
    if len(meanings) > 1 and Part.NO not in meanings:
        meanings = meanings - {Part.PARTICLE}
    part = meanings.pop() if len(meanings) == 1 else Part.UNSURE
    return "" if part == Part.PARTICLE else part.value
