"""What stays when a person goes tells neither their name nor a number by which they are called."""

from __future__ import annotations

import pytest

from handlers.nameless import NAME_TAKEN_OUT, without_name


@pytest.mark.parametrize(
    "number",
    [
        "0903 111 222",
        "0903.111.222",
        "+84 903 111 222",
        "84903111222",
        "028 3894 1234",
        "(028) 3894 1234",
        "+842838941234",
    ],
)
def test_neither_name_nor_number_is_left(number: str) -> None:
    words = without_name(f"Gọi NGUYỄN THỊ HOA số {number} ạ", "Nguyễn Thị Hoa")
    assert words == f"Gọi {NAME_TAKEN_OUT} số ••• ạ"


@pytest.mark.parametrize("words", ["PA 2611-0001 hẻm 47", "079163001234", "10.500.000.000 đồng", "Hoàng Thị Hoan"])
def test_other_words_and_numbers_stay(words: str) -> None:
    assert without_name(words, "Hoàng Thị Hoa") == words
