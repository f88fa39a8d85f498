"""Small files that are what they say: a photo, a sticker, a second of recorded silence."""

import io
import struct
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageOps

SIDES = (90, 320, 800, 1280)
_SILENCE = b"\xf8\xff\xfe"  # one Opus frame, 20 ms, nobody speaking
_SILENT_AAC = b"\x00\xc8\x00\x80\x23\x80"
_FRAMES = 50
_RATE = 48_000
_POLYNOMIAL = 0x04C11DB7
_TOP_BIT = 0x80000000


class Picture(NamedTuple):
    """A picture at one size."""

    width: int
    height: int
    data: bytes


def photo(colour: str = "#3f6f8f") -> bytes:
    """Return a small JPEG picture of a street lamp."""
    image = Image.new("RGB", (640, 480), colour)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 380, 640, 480), fill="#4a4a46")
    draw.rectangle((312, 120, 328, 400), fill="#2a2a28")
    draw.ellipse((280, 70, 360, 150), fill="#d9c27a")
    return _encoded(image, "JPEG")


def sticker() -> bytes:
    """Return a WEBP sticker: a smiling sun."""
    image = Image.new("RGBA", (256, 256), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((24, 24, 232, 232), fill="#f0b429", outline="#b7791f", width=6)
    draw.ellipse((88, 96, 108, 120), fill="#3b2a0a")
    draw.ellipse((148, 96, 168, 120), fill="#3b2a0a")
    draw.arc((80, 100, 176, 184), 20, 160, fill="#3b2a0a", width=8)
    return _encoded(image, "WEBP")


def sizes(data: bytes) -> list[Picture]:
    """Return a photo the way Telegram keeps it: recompressed, without metadata, at up to four sizes."""
    with Image.open(io.BytesIO(data)) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    longest = max(image.size)
    wanted = [side for side in SIDES if side < longest] + [min(longest, SIDES[-1])]
    return [_at(image, side) for side in sorted(set(wanted))]


def dimensions(data: bytes) -> tuple[int, int]:
    """Return the width and height of a picture, (0, 0) when it is none."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            return image.size
    except (OSError, ValueError):
        return 0, 0


def voice(seconds: int = 1) -> bytes:
    """Return a valid Ogg Opus recording of silence."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, _RATE, 0, 0)
    vendor = b"cau noi"
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
    pages = [_page([head], 0, 0, 2), _page([tags], 0, 1, 0)]
    for index in range(seconds):
        last = 4 if index == seconds - 1 else 0
        pages.append(_page([_SILENCE] * _FRAMES, (index + 1) * _RATE, index + 2, last))
    return b"".join(pages)


def aac(seconds: int = 1) -> bytes:
    """Return a valid recording of silence in raw AAC, 16 kHz, as Zalo hands voices out."""
    head = bytes((0xFF, 0xF1, 0x60, 0x40, 0x01, 0xBF, 0xFC))  # ADTS: low complexity, 16 kHz, one ear, 13 bytes a frame
    return (head + _SILENT_AAC) * (seconds * 16_000 // 1024 + 1)


def _at(image: Image.Image, side: int) -> Picture:
    copy = image.copy()
    copy.thumbnail((side, side))
    return Picture(copy.width, copy.height, _encoded(copy, "JPEG"))


def _encoded(image: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    image.save(out, form, quality=82)
    return out.getvalue()


def _page(packets: list[bytes], granule: int, number: int, flags: int) -> bytes:
    lengths = bytes(len(packet) for packet in packets)
    head = b"OggS" + struct.pack("<BBqIIIB", 0, flags, granule, 1, number, 0, len(packets))
    raw = head + lengths + b"".join(packets)
    return raw[:22] + struct.pack("<I", _checksum(raw)) + raw[26:]


def _checksum(data: bytes) -> int:
    total = 0
    for byte in data:
        total ^= byte << 24
        for _ in range(8):
            total = ((total << 1) ^ _POLYNOMIAL if total & _TOP_BIT else total << 1) & 0xFFFFFFFF
    return total
