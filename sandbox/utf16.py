"""Lengths in UTF-16 units."""


def units(text: str) -> int:
    """Return how many UTF-16 units a text takes."""
    return len(text) + sum(char > "\uffff" for char in text)


def is_boundary(text: str, offset: int) -> bool:
    """Tell whether an offset in UTF-16 units falls between two characters."""
    raw = text.encode("utf-16-le", "surrogatepass")
    at = offset * 2
    return at >= len(raw) or not 0xDC <= raw[at + 1] <= 0xDF  # noqa: PLR2004  (a low surrogate)
