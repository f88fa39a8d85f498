"""Photos and voice messages: bounded, bare of what they tell about their maker, stored once, erased for good."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import Connection, select

from bot.channels.channel import Refused, Unreachable
from bot.contents import write_whole
from bot.fetching import Fetching, picture, recording_type
from conversation.messages import FileRef
from sandbox import samples
from storage import files, jobs
from storage.database import Database, open_database
from storage.schema import file_contents
from storage.schema import files as rows
from tests.channels.benches import Bench, telegram

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = "2026-11-23"
ORIENTATION, GPS = 0x0112, 0x8825


@dataclass
class Home:
    """A channel's files, coming home."""

    database: Database
    fetching: Fetching
    bench: Bench
    folder: Path

    async def expect(self, ref: FileRef) -> int:
        return await self.database.write(files.expect, ref, self.bench.channel.account, DAY)

    async def photo(self) -> FileRef:
        self.bench.hoa.send_photo()
        event = await self.bench.only()
        assert event.file is not None
        return event.file

    async def state(self, file: int) -> str:
        def query(tx: Connection) -> str:
            return str(tx.scalar(select(rows.c.state).where(rows.c.id == file)))

        return await self.database.read(query)

    def on_disk(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]

    async def kept(self) -> list[str]:
        """The hashes of all bytes, wherever this engine has them."""
        in_table = await self.database.read(lambda tx: list(tx.scalars(select(file_contents.c.sha256))))
        return [*in_table, *(path.name for path in self.on_disk())]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with telegram("", tmp_path) as made:
        yield made


@pytest.fixture
async def home(bench: Bench, new_database_url: str, tmp_path: Path) -> AsyncIterator[Home]:
    database = await open_database(new_database_url, tmp_path / "data", now=NOW)
    fetching = Fetching(database, {bench.channel.account: bench.channel}, tmp_path)
    yield Home(database, fetching, bench, tmp_path / "files")
    await database.close()


async def test_a_photo_comes_home_and_can_be_sent_on(home: Home) -> None:
    file = await home.expect(await home.photo())
    [job] = await home.database.write(jobs.claim, [files.FETCH], NOW, 9)
    await home.fetching.fetch(job.payload)
    stored = await home.fetching.read(str(file))
    assert (stored.kind, stored.name, stored.content[:2]) == ("photo", "photo.jpg", b"\xff\xd8")
    digest = sha256(stored.content).hexdigest()
    assert await home.kept() == [digest]
    if home.database.dialect == "sqlite":
        assert (home.folder / digest[:2] / digest).stat().st_mode & 0o777 == 0o600
    else:
        assert home.on_disk() == []  # another machine would not have it
    await home.fetching.fetch(job.payload)  # a repeated job does no harm
    assert await home.state(file) == "stored"


async def test_a_voice_message_is_kept_as_it_is(home: Home) -> None:
    home.bench.hoa.send_voice()
    event = await home.bench.only()
    assert event.file is not None
    file = await home.expect(event.file)
    await home.fetching.fetch({"file": file})
    assert (await home.fetching.read(str(file))).content == samples.voice()


async def test_what_cannot_be_had_is_refused_and_what_may_come_later_is_not(home: Home) -> None:
    gone = await home.expect(FileRef("photo", "nosuchfile"))
    await home.fetching.fetch({"file": gone})
    assert await home.state(gone) == "refused"
    later = await home.expect(await home.photo())
    home.bench.faults.network_down()
    with pytest.raises(Unreachable):
        await home.fetching.fetch({"file": later})
    home.bench.faults.clear()
    assert await home.state(later) == "pending"
    stranger = await home.database.write(files.expect, FileRef("photo", "x"), "telegram:0", DAY)
    await home.fetching.fetch({"file": stranger})
    assert await home.state(stranger) == "refused"
    for file in (str(gone), "12345", "x", ""):
        with pytest.raises(Refused):
            await home.fetching.read(file)


async def test_an_erased_file_leaves_the_disk_unless_another_has_the_same_bytes(home: Home) -> None:
    ref = await home.photo()
    first, second = await home.expect(ref), await home.expect(ref)
    for file in (first, second):
        await home.fetching.fetch({"file": file})
    for file, left in ((first, 1), (second, 0)):
        await home.database.write(files.erase, file, NOW)
        [job] = await home.database.write(jobs.claim, [files.ERASE], NOW, 9)
        await home.database.write(jobs.done, job.id)
        await home.fetching.erase(job.payload)
        assert len(await home.kept()) == left
        assert await home.state(file) == "erased"


async def test_a_file_erased_while_it_was_on_its_way_is_not_kept(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    file, fetch = await home.expect(await home.photo()), home.bench.channel.fetch

    async def erased_meanwhile(ref: FileRef, limit: int) -> bytes:
        await home.database.write(files.erase, file, NOW)
        content: bytes = await fetch(ref, limit)
        return content

    monkeypatch.setattr(home.bench.channel, "fetch", erased_meanwhile)
    await home.fetching.fetch({"file": file})
    assert await home.kept() == []


# --- cleaning -------------------------------------------------------------------------------------------------------


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def test_a_picture_forgets_its_place_and_its_comment_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[2] = (10.0, 50.0, 18.0)
    content = picture(encoded(Image.new("RGB", (3000, 1000)), "JPEG", exif=exif, comment=b"nha bac Hoa"))
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (533, 1600)
        assert dict(image.getexif()) == {}
    assert b"nha bac Hoa" not in content


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_pictures_become_jpeg_and_tell_no_place(form: str) -> None:
    exif, notes, xmp = Image.Exif(), PngImagePlugin.PngInfo(), b"<x:xmpmeta>10.50N nha bac Hoa</x:xmpmeta>"
    exif.get_ifd(GPS)[2] = (10.0, 50.0, 18.0)
    notes.add_text("Comment", "nha bac Hoa")
    notes.add_itxt("XML:com.adobe.xmp", xmp.decode())
    told = encoded(Image.new("RGBA", (40, 30)), form, exif=exif, pnginfo=notes, xmp=xmp)
    assert b"nha bac Hoa" in told
    content = picture(told)
    assert content.startswith(b"\xff\xd8")
    assert b"nha bac Hoa" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert dict(image.getexif()) == {}
        assert "xmp" not in image.info


def test_a_picture_of_a_kind_that_cannot_be_cleaned_is_refused() -> None:
    with pytest.raises(Refused):
        picture(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100)


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<svg/>", samples.photo()[:900], encoded(Image.new("1", (30_000, 30_000)), "PNG")],
    ids=["empty", "gif", "svg", "cut", "bomb"],
)
def test_what_is_no_picture_or_a_bomb_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        picture(content)


def test_recordings_are_known_by_their_first_bytes() -> None:
    assert recording_type(samples.voice()) == "audio/ogg"
    assert recording_type(b"\0\0\0\x20ftypM4A ") == "audio/mp4"
    for content in (b"", b"MZ\x90", samples.photo()):
        with pytest.raises(Refused):
            recording_type(content)


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "aa" / "hash", b"x" * 1000)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
