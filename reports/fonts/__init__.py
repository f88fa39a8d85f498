"""The letters we print with: DejaVu Sans, cut down to Latin with all marks of Vietnam's languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import ImageFont

FOLDER = Path(__file__).parent
REGULAR, BOLD = FOLDER / "DejaVuSans.ttf", FOLDER / "DejaVuSans-Bold.ttf"
MEASURED_AT = 200
"""Points; large, so that rounding does not matter."""


def font_file(*, bold: bool) -> Path:
    """Where the font lies."""
    return BOLD if bold else REGULAR


@cache
def font(points: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    """The font in a size, in pixels of a picture."""
    return ImageFont.truetype(font_file(bold=bold), points)


def width(words: str, *, bold: bool) -> float:
    """How wide words are, in times their size."""
    return font(MEASURED_AT, bold=bold).getlength(words) / MEASURED_AT
