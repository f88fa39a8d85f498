"""Numbers of identity cards are hidden however they are typed; phone numbers, codes, sums and dates are not touched."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.answers import clean
from conversation.id_numbers import HIDDEN, hide_id_numbers, hide_in

DIGITS = st.text(st.sampled_from("0123456789"), min_size=12, max_size=12)
SIZES = st.sampled_from([(12,), (3, 3, 3, 3), (4, 4, 4), (6, 6), (3, 9), (3, 1, 2, 6), (1,) * 12])
BETWEEN = st.sampled_from([" ", ".", "-", "  "])
AROUND = st.sampled_from(["", "căn cước ", "CCCD: ", "(", "số nhà 12, ", "gọi 0912 345 678, "])


def grouped(digits: str, sizes: tuple[int, ...], between: str) -> str:
    ends = [sum(sizes[:place]) for place in range(len(sizes) + 1)]
    return between.join(digits[start:end] for start, end in pairwise(ends))


@given(DIGITS, SIZES, BETWEEN, AROUND, st.sampled_from(["", " nhé", ". Cảm ơn", ", sinh 1963"]))
def test_an_identity_number_is_hidden_wherever_it_stands(
    digits: str, sizes: tuple[int, ...], between: str, before: str, after: str
) -> None:
    typed = grouped("0" + digits[1:], sizes, between)
    assert hide_id_numbers(f"{before}{typed}{after}") == f"{before}{HIDDEN}{after}"


@given(st.text(st.sampled_from("0123456789 .-ab"), max_size=40))
def test_no_twelve_digits_stay_together(text: str) -> None:
    kept = hide_id_numbers(text)
    assert not re.search(r"(?<!\d)\d{12}(?!\d)", kept)
    assert hide_id_numbers(kept) == kept


@given(
    st.sampled_from(["0912345678", "0912 345 678", "091 234 5678", "0912.345.678", "+84 912 345 678", "0912-345-678"]),
    st.sampled_from(["", "hẻm 47 ", "12 ", "nhà 5 ", "PA 2611-0427 ", "hôm 23-11 "]),
    st.sampled_from(["", " 12 giờ", " số 3", " 2026", " lúc 7h", ". 12"]),
)
def test_phone_numbers_stay_whatever_stands_beside_them(phone: str, before: str, after: str) -> None:
    assert hide_id_numbers(before + phone + after) == before + phone + after


@pytest.mark.parametrize(
    "text",
    ["PA 2611-0427", "TRA 4729-1836", "TRA 4729 1836 2026", "200.000.000.000 đồng", "23/11/2026 và 24/11/2026",
     "10 20 30 40 50 60", "2345-ABCD-6789", "chuyển 1234567890123", "từ 7.30 đến 21.30"],
)  # fmt: skip
def test_other_numbers_stay(text: str) -> None:
    assert hide_id_numbers(text) == text


def test_two_beside_each_other_are_both_hidden() -> None:
    assert hide_id_numbers("079163001234 079 163 001 235") == f"{HIDDEN} {HIDDEN}"


def test_invisible_letters_do_not_help_it_through() -> None:
    assert hide_id_numbers(clean("0791\u200b6300\u200b1234")) == HIDDEN


def test_in_an_update_only_what_people_wrote_is_looked_at() -> None:
    update = {"update_id": 123456789012, "message": {"id": "123456789012", "text": "số 079163001234", "photo": [
        {"file_id": "AAA-079163001234-x", "caption": "079 163 001 234"}]}}  # fmt: skip
    hidden = {"update_id": 123456789012, "message": {"id": "123456789012", "text": f"số {HIDDEN}", "photo": [
        {"file_id": "AAA-079163001234-x", "caption": HIDDEN}]}}  # fmt: skip
    assert hide_in(update) == hidden
