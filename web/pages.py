"""Small pages that people open from a chat: large words in their language, no script, nothing from elsewhere."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from html import escape
from importlib.resources import files
from string import Template

from aiohttp import web

from conversation.messages import BOLD, PLAIN, Words
from conversation.speech import Speaker, Speech
from handlers.languages import translator

STYLE = files("web").joinpath("page.css").read_text("utf-8")
PAGE = Template(files("web").joinpath("page.html").read_text("utf-8"))
STYLE_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""For what nobody but the reader should ever have: kept nowhere, told to no other page, in no search engine."""
POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def speech_in(language: str) -> Speech:
    """How somebody is talked to of whom nothing is known."""
    return Speech(Speaker(language=language), translator(language))


def html(speech: Speech, words: Words) -> str:
    """Words on a page."""
    return escape(speech.render(words)).replace(BOLD, "<strong>").replace(PLAIN, "</strong>")


def paragraphs(speech: Speech, *said: Words) -> str:
    """One for each of the words that are not empty."""
    return "\n".join(f"<p>{html(speech, words)}</p>" for words in said if words)


def points(speech: Speech, said: Iterable[Words]) -> str:
    """As a list."""
    return "<ul>\n" + "\n".join(f"<li>{html(speech, words)}</li>" for words in said) + "\n</ul>"


def page(speech: Speech, title: Words, body: str, *, status: int = 200) -> web.Response:
    """A whole page; its body is HTML already."""
    text = PAGE.substitute(language=speech.speaker.language, title=html(speech, title), style=STYLE, body=body)
    headers = {**PRIVATE, "Content-Security-Policy": POLICY}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)
