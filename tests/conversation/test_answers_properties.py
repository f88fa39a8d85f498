"""What holds for whatever is typed, and whatever the labels are."""

import unicodedata

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conversation import answers
from conversation.answers import Doubt, Picked

SMALL_WORDS = (
    "có không vâng vắng vang dạ ạ ko k đừng đúng dung ban bận thôi ừ hai ba nam số 2 khu phố 4 tôi đi đồng ý hem chưa"
)
LABEL_WORDS = (
    "Tôi đi đồng ý không chưa khu phố tổ ấp xem đầy đủ gửi phản ánh lịch họp khảo sát bác cô chú bà ba năm nam tư "
    "vắng mặt bận rồi Đúng sửa sữa dừa dứa 1 4 15 Hài lòng rất kém Wifi Ê H'Bliă ភូមិ (cũ) – , ☆ nơi khác đến lần"
)
NEGATIONS = "không khong ko k hông hổng hem chẳng chưa chua đừng khỏi khoong KHÔNG"
AROUND_WORDS = (
    "tôi em bác dạ ạ đi đồng ý đúng rồi có được tham gia gửi phản ánh vẫn nhé chuyển phải di dong y duoc dung"
)
ANYTHING = st.one_of(
    st.text(max_size=200),
    st.text(st.characters(categories=("Cs", "Cc", "Cf", "Lu", "Ll", "Nd", "No", "Mn", "Zs", "Po")), max_size=120),
    st.text(st.sampled_from("aăâeêoôơuưiyđdwsfrxjz \u0301\u0323\u030812.,-()ạÐ\u200b\ud800\n"), max_size=90),
    st.lists(st.sampled_from(SMALL_WORDS.split()), max_size=12).map(" ".join),
)
LABELS = st.one_of(
    st.lists(st.sampled_from(LABEL_WORDS.split()), min_size=1, max_size=5).map(" ".join),
    st.text(min_size=1, max_size=30),
)
SHOWN = st.lists(LABELS, min_size=1, max_size=8).map(lambda labels: [(f"k{i}", text) for i, text in enumerate(labels)])
AFFIRMATIONS = [
    "Tôi đi",
    "Có",
    "Tôi đồng ý",
    "Đúng",
    "Đúng rồi",
    "Vẫn đi",
    "Đúng, gửi phản ánh",
    "Tôi tham gia",
    "Đi",
    "Chuyển",
]
REFUSALS = ["Không", "Tôi không đi được", "Không đồng ý", "Chọn lại", "Vắng", "Bận rồi", "Không phải, tìm lại", "Thôi"]
AROUND = st.lists(st.sampled_from(AROUND_WORDS.split()), max_size=5).map(" ".join)


def bare(text: str) -> str:
    """Type a text without its marks."""
    letters = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in letters if not "\u0300" <= letter < "\u0370")


def meant(reading: answers.Reading) -> set[str]:
    match reading:
        case Picked(key):
            return {key}
        case Doubt(keys):
            return set(keys)
    return set()


@given(ANYTHING)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = answers.fold(text)
    assert answers.fold(once) == once
    assert answers.fold(answers.clean(text)) == once
    once.encode()


@given(ANYTHING)
def test_folding_sees_no_difference_in_composition(text: str) -> None:
    assert answers.fold(unicodedata.normalize("NFD", text)) == answers.fold(unicodedata.normalize("NFC", text))


@given(ANYTHING)
def test_clean_text_is_safe(text: str) -> None:
    kept = answers.clean(text)
    assert answers.clean(kept) == kept == unicodedata.normalize("NFC", kept) == kept.strip()
    assert all(unicodedata.category(letter) not in ("Cc", "Cs") or letter == "\n" for letter in kept)
    assert not set(kept) & set("\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\xd0\xf0\r\t")
    assert "\n\n\n" not in kept
    assert "  " not in kept


@given(ANYTHING, SHOWN)
def test_nothing_typed_raises(text: str, shown: list[tuple[str, str]]) -> None:
    keys = {key for key, _ in shown}
    assert meant(answers.read_choice(text, shown)) <= keys
    assert len(meant(answers.read_choice(text, shown, unsure={"vang": ("k0", "k1")}))) <= 3
    answers.read_number(text)
    answers.read_yes_no(text)
    answers.global_word(text)
    answers.is_skip(text)
    answers.courtesy(text)
    answers.has_marks(text)
    undone = answers.undo_telex(text)
    assert undone is None or undone != text


@given(SHOWN, st.data(), st.sampled_from(["{}", "{}.", "({})", "số {}", "{} ạ", " {} ", "chọn {}", "[{}]", "#{}"]))
def test_a_number_is_always_a_place(shown: list[tuple[str, str]], data: st.DataObject, form: str) -> None:
    place = data.draw(st.integers(1, len(shown)))
    typed = form.format(place)
    assume(form in ("{}", "{}.", "({})", " {} ", "[{}]", "#{}") or not any(str(place) in label for _, label in shown))
    assert answers.read_choice(typed, shown) == Picked(shown[place - 1][0])


@given(SHOWN, st.data())
def test_a_label_typed_is_the_label(shown: list[tuple[str, str]], data: st.DataObject) -> None:
    key, label = data.draw(st.sampled_from(shown))
    assume(answers.clean(label) and answers.read_number(label) is None)
    reading = answers.read_choice(label, shown)
    same = [other for other, text in shown if answers.clean(text).casefold() == answers.clean(label).casefold()]
    alike = [other for other, text in shown if answers.fold(text) == answers.fold(label)]
    if len(alike) == 1 or (answers.has_marks(label) and len(same) == 1):
        assert reading == Picked(key)
    elif len(alike) <= 3:
        assert key in meant(reading)


@given(SHOWN, st.data())
def test_a_label_typed_without_marks_is_at_least_among_those_asked_about(
    shown: list[tuple[str, str]], data: st.DataObject
) -> None:
    key, label = data.draw(st.sampled_from(shown))
    typed = bare(label)
    assume(answers.fold(typed) == answers.fold(label) != "" and answers.read_number(typed) is None)
    assume(not answers.has_marks(typed))
    if sum(answers.fold(text) == answers.fold(label) for _, text in shown) <= 3:
        assert key in meant(answers.read_choice(typed, shown))


@given(
    st.sampled_from(AFFIRMATIONS),
    st.sampled_from(REFUSALS),
    st.sampled_from(NEGATIONS.split()),
    AROUND,
    AROUND,
    st.sampled_from([("yes", "no"), ("a", "b")]),
)
@settings(max_examples=300)
def test_a_negation_is_never_a_yes(
    yes: str, no: str, negation: str, before: str, after: str, keys: tuple[str, str]
) -> None:
    shown = [(keys[0], yes), (keys[1], no), ("maybe", "Để xem đã")]
    assert answers.read_choice(f"{before} {negation} {after}", shown) != Picked(keys[0])
    assert answers.read_yes_no(f"{before} {negation} {after}") is not True
