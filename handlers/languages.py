"""The languages the bot speaks: Vietnamese is the source, others are catalogues made by people."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO

SOURCE = "vi"
LANGUAGES = ("vi", "en")


@cache
def translator(language: str) -> Callable[[str], str]:
    """A function from the Vietnamese text to the language's; Vietnamese where a text or a language is missing."""
    catalogue = files("handlers").joinpath("locales", language, "LC_MESSAGES", "caunoi.po")
    if language == SOURCE or not catalogue.is_file():
        return str
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - most processes never speak another language
    from babel.messages.pofile import read_po  # noqa: PLC0415 - as above

    compiled = BytesIO()
    with catalogue.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return GNUTranslations(compiled).gettext
