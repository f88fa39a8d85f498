"""Where people whose chat carries no files take their data away: a page that tells nothing, and buttons to press.

Whoever looks at a link without pressing, as chat apps do for a preview, learns nothing and changes nothing. A press
(POST) opens the file for a moment: what chat apps' own browsers cannot save they leave to the phone, which asks again.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from conversation.messages import Rejected, Words, phrase
from conversation.speech import Speech
from handlers.feature import Actor, Registry, look, perform
from handlers.my_data import link_texts as texts
from handlers.my_data.commands import PressLink
from handlers.my_data.queries import FetchByLink, OpenLink
from handlers.my_data.takeaway import DATA, TABLES
from handlers.operating import Operator
from handlers.wording import moment
from storage.database import Database, DatabaseUnavailable
from web.pages import PRIVATE, html, page, paragraphs, points, speech_in

SHAPE = re.compile(r"[0-9a-f]{32}", re.ASCII)
"""Of a token: for anything else the records are not asked."""
TYPES = {DATA: "application/json", TABLES: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
RETRY_AFTER = {"Retry-After": "60"}
Answer = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True)
class Takeaway:
    """Asks the records at each call, and keeps nothing."""

    database: Database
    registry: Registry
    now: Callable[[], datetime]
    operator: Operator
    language: str
    """Of pages that belong to nobody."""

    def answering(self, answer: Answer) -> Answer:
        """An answer, or the kind words in its place."""

        async def kindly(request: web.Request) -> web.Response:
            try:
                return await answer(request) if SHAPE.fullmatch(request.match_info["token"]) else self._gone()
            except Rejected:
                return self._gone()
            except DatabaseUnavailable:
                return self._busy()

        return kindly

    async def show(self, request: web.Request) -> web.Response:
        """The page of a link: the same, also for what asks with HEAD, until the link is over."""
        token, actor = request.match_info["token"], Actor(self.now())
        opened = await self.database.read(lambda tx: look(self.registry, tx, actor, OpenLink(token)))
        speech = speech_in(opened.language)
        body = paragraphs(speech, texts.WHAT, phrase(texts.UNTIL, until=moment(opened.until)))
        return page(speech, texts.TITLE, f"{body}\n{_form(speech, token)}\n{self._ending(speech, texts.HINTS)}")

    async def press(self, request: web.Request) -> web.Response:
        """A button was pressed: on to the file, which a browser may well ask for twice."""
        pressed, actor = PressLink(**request.match_info), Actor(self.now())
        await self.database.write(lambda tx: perform(self.registry, tx, actor, pressed))
        return web.Response(status=303, headers={**PRIVATE, "Location": pressed.name})

    async def hand_out(self, request: web.Request) -> web.Response:
        """The file, made from the records of this moment, while the press holds."""
        asked, actor = FetchByLink(**request.match_info), Actor(self.now())
        made = await self.database.read(lambda tx: look(self.registry, tx, actor, asked))
        content = await asyncio.to_thread(made)
        headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{asked.name}"'}
        return web.Response(body=content, content_type=TYPES[asked.name], headers=headers)

    def _gone(self) -> web.Response:
        """The same for a link that was never made, is over, or is somebody's who has gone."""
        speech = speech_in(self.language)
        body = paragraphs(speech, texts.WHY_GONE, texts.ASK_AGAIN)
        return page(speech, texts.GONE, f"{body}\n{self._ending(speech)}", status=404)

    def _busy(self) -> web.Response:
        speech = speech_in(self.language)
        answer = page(speech, texts.BUSY, paragraphs(speech, texts.LATER), status=503)
        answer.headers.update(RETRY_AFTER)
        return answer

    def _ending(self, speech: Speech, hints: Iterable[Words] = ()) -> str:
        """What else to know, and who answers for the page."""
        told = points(speech, hints) if hints else ""
        whose = paragraphs(speech, self.operator.name, self.operator.to_turn_to)
        return f"{told}\n<footer>{whose}</footer>" if whose else told


def add_takeaway(app: web.Application, path: str, pages: Takeaway) -> None:
    """Let an application answer for the links."""
    app.router.add_get(path + "{token}", pages.answering(pages.show))
    app.router.add_post(path + "{token}/{name}", pages.answering(pages.press))
    app.router.add_get(path + "{token}/{name}", pages.answering(pages.hand_out))


def _form(speech: Speech, token: str) -> str:
    """A press each: what a browser does by itself fetches nothing."""
    buttons = [
        f'<button formaction="{token}/{name}">{html(speech, label)}</button>\n{paragraphs(speech, purpose)}'
        for name, (label, purpose) in texts.BUTTONS.items()
    ]
    return '<form method="post">\n' + "\n".join(buttons) + "\n</form>"
