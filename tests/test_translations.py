"""The English catalogue: complete, in step with the source, and sayable."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from conversation.messages import Phrase, Template
from conversation.speech import HONORIFICS, Speaker, Speech, plain
from handlers.languages import LANGUAGES, SOURCE, translator

ROOT = Path(__file__).parent.parent
FOLDERS = ("bot", "conversation", "handlers", "reports", "sandbox", "scheduler", "storage", "web")
OTHERS = [language for language in LANGUAGES if language != SOURCE]
FIELD = re.compile(r"\{(\w*)\}")
ADDRESS = {"you", "You", "call", "Call"}
"""Always at hand: English says "your" and leaves "you" out where Vietnamese must name the person."""
WITHOUT = {("en", "{title} {name}"): {"title"}}
"""Fields a language leaves out: English knows no honorifics."""
NAMES = re.compile("Cầu Nối|«Bà»|«Bác»|Khu phố 4|Thôn Đông")
"""What stays Vietnamese in other languages."""
MARKED = re.compile("[à-ỹđĐÀ-Ỹ]")


@cache
def sources() -> frozenset[str]:
    """All texts that the source marks with N_()."""
    return frozenset(
        str(message)
        for folder in FOLDERS
        for _file, _line, message, _comments, _context in extract_from_dir(ROOT / folder, keywords={"N_": None})
    )


@cache
def catalogue(language: str) -> Catalog:
    with (ROOT / "handlers" / "locales" / language / "LC_MESSAGES" / "caunoi.po").open("rb") as file:
        return read_po(file, locale=language, domain="caunoi")


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def translated(message: Message) -> str:
    return str(message.string)


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_has_every_text_and_no_other(language: str) -> None:
    """If this fails: `make messages`, then translate what is empty."""
    known = {str(message.id) for message in messages(language)}
    assert sorted(sources() - known) == []
    assert sorted(known - sources()) == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_by_somebody(language: str) -> None:
    assert [message.id for message in messages(language) if not translated(message).strip()] == []
    assert [message.id for message in messages(language) if message.fuzzy] == []
    assert not catalogue(language).obsolete


@pytest.mark.parametrize("language", OTHERS)
def test_translations_fill_the_same_fields(language: str) -> None:
    for message in messages(language):
        wanted, given = (set(FIELD.findall(text)) for text in (str(message.id), translated(message)))
        left_out = ADDRESS | WITHOUT.get((language, str(message.id)), set())
        assert wanted - left_out == given - left_out, message.id


@pytest.mark.parametrize("language", OTHERS)
def test_translations_are_as_bold_as_the_source(language: str) -> None:
    for message in messages(language):
        assert str(message.id).count("**") == translated(message).count("**"), message.id


@pytest.mark.parametrize("language", OTHERS)
def test_translations_begin_and_end_as_the_source(language: str) -> None:
    """Some texts are joined to others: their blanks and line breaks at the edges count."""
    for message in messages(language):
        source, text = str(message.id), translated(message)
        assert source[: len(source) - len(source.lstrip())] == text[: len(text) - len(text.lstrip())], source
        assert source[len(source.rstrip()) :] == text[len(text.rstrip()) :], source


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("speaker", [Speaker(), Speaker(1, "bac", "Nguyễn Thị Hoa"), Speaker(2, "anh")])
def test_every_translation_can_be_said(language: str, speaker: Speaker) -> None:
    speech = Speech(Speaker(speaker.person, speaker.honorific, speaker.name, language), translator(language))
    for message in messages(language):
        fields = {name: "4" for name in FIELD.findall(str(message.id)) if name not in ADDRESS}
        said = speech.render(Phrase(Template(str(message.id)), fields))
        assert said.strip() or not str(message.id).strip()
        assert not re.search(r"[{}]|\*\*", said), said


def test_nothing_is_left_in_vietnamese() -> None:
    left = {translated(message) for message in messages("en")}
    assert [text for text in left if MARKED.search(NAMES.sub("", text))] == []


def test_english_calls_everybody_you() -> None:
    for honorific in ("", *HONORIFICS):
        speech = Speech(Speaker(1, honorific, "Nguyễn Thị Hoa", "en"), translator("en"))
        said = [plain(speech.render(Template(text))) for text in ("{You}, {you}", "{Call}, {call}")]
        assert said == ["You, you", "Hoa, Hoa"]
