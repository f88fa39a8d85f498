"""Photos in feedback with a name: a consent of their own, asked when there are any; without it the words go alone."""

from __future__ import annotations

from sqlalchemy import Connection

from conversation.chat import Chat
from conversation.messages import FileRef, Rejected, Words
from handlers.enrolling import agree
from handlers.feature import Actor
from handlers.feedback import texts
from handlers.feedback.queries import MayKeepPhotos, Signing
from handlers.purposes import PHOTOS
from storage import people

Files = tuple[FileRef, ...]


def pictured(files: Files) -> bool:
    """Whether there is a photo among them."""
    return any(file.kind == "photo" for file in files)


def ask_for_photos(chat: Chat, files: Files) -> tuple[Files, Words | None]:
    """The files that may be sent, and the words that were agreed to if that was asked now."""
    if not pictured(files) or chat.look(MayKeepPhotos()):
        return files, None
    helped = chat.look(Signing()).helped
    if helped is not None:
        chat.say(texts.WITHOUT_PHOTOS, who=helped)
    elif chat.choose("photos", texts.CONSENT_PHOTOS, {"yes": texts.AGREE, "no": texts.NO_PHOTOS}) == "yes":
        return files, texts.CONSENT_PHOTOS
    return tuple(file for file in files if file.kind != "photo"), None


def require_consent(tx: Connection, actor: Actor, person: int, files: Files, agreed_to: Words | None) -> None:
    """Keep a consent to photos that was given now; without any they are refused."""
    if not pictured(files):
        return
    if agreed_to is not None:
        agree(tx, actor, person, PHOTOS, agreed_to)
    elif not people.agrees(tx, person, PHOTOS):
        raise Rejected(texts.NOT_NOW)
