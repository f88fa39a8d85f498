"""Bold without markup, counted as Telegram counts; long texts cut where a reader would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.cutting import utf16_length
from bot.channels.telegram_text import render
from conversation.messages import BOLD, PLAIN


def bold_words(text: str, start: int, length: int) -> str:
    """Cut as Telegram does, in UTF-16 units."""
    return text.encode("utf-16-le")[2 * start : 2 * (start + length)].decode("utf-16-le")


def test_bold_words_are_marked_in_utf16_units() -> None:
    [(text, entities)] = render(f"📅 Họp {BOLD}19 giờ 30{PLAIN}, số {BOLD}🏠 5{PLAIN}", 4096)
    assert text == "📅 Họp 19 giờ 30, số 🏠 5"
    assert [bold_words(text, each.offset, each.length) for each in entities] == ["19 giờ 30", "🏠 5"]


def test_what_looks_like_markup_is_said_as_it_is() -> None:
    words = "<b>*_[x](http://y)`~ &amp; \\"
    assert render(words, 4096) == [(words, [])]


def test_marks_that_do_not_match_harm_nobody() -> None:
    [(text, entities)] = render(f"{PLAIN}a {BOLD}b {BOLD}c", 4096)
    assert (text, [(each.offset, each.length) for each in entities]) == ("a b c", [(2, 3)])


def test_blanks_are_no_message() -> None:
    assert render(f" \n{BOLD}{PLAIN} ", 4096) == []


def test_a_long_text_is_cut_between_paragraphs_then_lines_then_words() -> None:
    assert [text for text, _ in render("a" * 30 + "\n\n" + "b" * 30, 40)] == ["a" * 30, "b" * 30]
    assert [text for text, _ in render("a" * 30 + "\n" + "b" * 30, 40)] == ["a" * 30, "b" * 30]
    assert [text for text, _ in render("a" * 30 + " " + "b" * 30, 40)] == ["a" * 30, "b" * 30]
    assert [text for text, _ in render("a" * 70, 40)] == ["a" * 40, "a" * 30]
    assert [text for text, _ in render("a\n\n" + "b" * 50, 40)] == ["a\n\n" + "b" * 37, "b" * 13]


def test_a_bold_stretch_goes_on_in_the_next_message() -> None:
    parts = render(f"{'a' * 30} {BOLD}{'b' * 5} {'c' * 30}{PLAIN}", 40)
    assert [[bold_words(text, each.offset, each.length) for each in marks] for text, marks in parts] == [
        ["b" * 5],
        ["c" * 30],
    ]


alphabet = st.sampled_from(["a", "ế", "🏠", " ", "\n", "\n\n", BOLD, PLAIN, "\ud83c", "<b>", "&"])


@given(st.lists(alphabet, max_size=200).map("".join), st.integers(2, 60))
def test_every_part_fits_and_no_word_is_lost(marked: str, limit: int) -> None:
    parts = render(marked, limit)
    letters = [piece for piece in marked.encode("utf-16", "surrogatepass").decode("utf-16", "replace").split()]
    assert "".join("".join(text.split()) for text, _ in parts) == (
        "".join(letters).replace(BOLD, "").replace(PLAIN, "")
    )
    for text, entities in parts:
        assert 0 < utf16_length(text) <= limit
        assert text == text.strip()
        assert all(bold_words(text, each.offset, each.length).strip() for each in entities)
