"""Names are kept as people write them."""

import pytest

from handlers.asking_person import (
    NAME_IN_LETTERS,
    NAME_TOO_SHORT,
    NO_ID_NUMBERS,
    name_of,
    problem_of,
)


@pytest.mark.parametrize(
    "name",
    ["Nguyễn Thị Hoa", "Huy", "Dung", "H'Bliă Niê", "K’Brel", "Y Thinh", "A Biu", "Ka Hiền", "Thạch Sa Rương",
     "nguyen thi hoa", "Mary-Jane O'Neil", "Trần Văn A.", "Ng", "ឆាយ សុខា"],
)  # fmt: skip
def test_a_name_stays_as_it_was_written(name: str) -> None:
    assert problem_of(name) is None
    assert name_of(name) == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("tôi tên là Trần Thị Lan", "Trần Thị Lan"),
        ("Toi ten Lan", "Lan"),
        ("dạ, cháu tên Huy", "Huy"),
        ("  Lê\n Văn   Nam ", "Lê Văn Nam"),
        ("Tên", "Tên"),
    ],
)
def test_what_only_introduces_a_name_is_left_out(typed: str, name: str) -> None:
    assert name_of(typed) == name


@pytest.mark.parametrize("typed", ["023456789", "so cmnd 023 456 789", "Hoa 023456789"])
def test_id_numbers_are_refused(typed: str) -> None:
    assert problem_of(typed) is NO_ID_NUMBERS


@pytest.mark.parametrize("typed", ["", "123", "😀", "Hoa!!!", "<b>Hoa</b>", "...", "hoa@x.vn"])
def test_what_is_no_name_is_asked_again(typed: str) -> None:
    assert problem_of(typed) is NAME_IN_LETTERS


def test_one_letter_is_too_short_and_sixty_one_too_long() -> None:
    assert problem_of("A") is NAME_TOO_SHORT
    assert problem_of("a" * 60) is None
    assert problem_of("a" * 61) is not None
