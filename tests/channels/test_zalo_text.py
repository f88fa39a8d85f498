"""Words for Zalo: numbered where there are no buttons, composed, cut where a reader would."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.cutting import utf16_length
from bot.channels.zalo_text import numbered, render, worded
from conversation.messages import BOLD, PLAIN, Address, Choice, Said, Words

CHOICES = (Choice("r1:coming:yes", "Tôi đi"), Choice("r1:coming:no", "Tôi bận"))
HOA = Address("zalo_bot:1", "b41c")


async def wording(to: Address, words: Words) -> str:
    assert to == HOA
    return str(words)


async def test_choices_are_numbered_lines_with_how_to_answer() -> None:
    words = await worded(Said("Bác có đi không ạ?", CHOICES), HOA, wording)
    assert words == "Bác có đi không ạ?\n\n1. Tôi đi\n2. Tôi bận\n\nTrả lời bằng số ạ."


async def test_where_a_button_would_share_the_number_it_is_typed() -> None:
    words = await worded(Said("Số của bác ạ?", (Choice("s", "Bỏ qua"),), asks_contact="Gửi số"), HOA, wording)
    assert "1. Bỏ qua" in words
    assert "gõ số điện thoại" in words
    assert "Gửi số" not in words


async def test_plain_words_stay_as_they_are() -> None:
    assert await worded(Said("Dạ, đã ghi ạ."), HOA, wording) == "Dạ, đã ghi ạ."
    assert await worded(Said(""), HOA, wording) == ""


def test_a_text_that_numbers_its_choices_is_not_numbered_twice() -> None:
    text = f"Chọn ạ:\n {BOLD}1. Tôi đi{PLAIN}\n2. Tôi bận"
    assert numbered(text, CHOICES) == text
    assert numbered("1. Tôi đi", CHOICES).endswith("\n\n1. Tôi đi\n2. Tôi bận")
    assert numbered("", CHOICES) == "1. Tôi đi\n2. Tôi bận"


def test_marks_are_composed_before_anything_is_counted() -> None:
    apart = (
        unicodedata.normalize("NFD", "Đối thoại ") + f"{BOLD}🏠 " + unicodedata.normalize("NFD", "thôn Đông") + PLAIN
    )
    assert render(apart) == [("Đối thoại 🏠 thôn Đông", [(10, 12)])]


def test_a_long_text_is_cut_between_paragraphs_below_what_zalo_takes() -> None:
    paragraphs = ["à" * 1200, "📅" * 700, "b" * 400]
    assert [text for text, _ in render("\n\n".join(paragraphs))] == [paragraphs[0], "\n\n".join(paragraphs[1:])]


alphabet = st.sampled_from(["a", "ế", "e\u0302\u0301", "🏠", " ", "\n", "\n\n", BOLD, PLAIN, "\ud83c", "<b>"])


@given(st.lists(alphabet, max_size=200).map("".join), st.integers(2, 60))
def test_every_part_fits_and_every_bold_stretch_lies_in_it(marked: str, limit: int) -> None:
    for text, bold in render(marked, limit):
        assert 0 < utf16_length(text) <= limit
        assert unicodedata.is_normalized("NFC", text)
        assert all(start >= 0 and length > 0 and start + length <= utf16_length(text) for start, length in bold)
