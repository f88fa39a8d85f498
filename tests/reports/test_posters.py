"""Posters: what is printed can be scanned, read, and typed back."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from pydantic import SecretStr
from pypdf import PdfReader

from bot.control import OrderRefused
from bot.posters import make_poster
from bot.settings import Settings
from handlers.place import join_code, read_join_code
from reports.fonts import width
from reports.posters import PAGE, POINT, Poster, Words, as_pdf, as_png, as_svg, drawing
from sandbox.clock import MovableClock
from sandbox.server import serving
from sandbox.world import World
from storage.units import COMMUNE, HAMLET, PROVINCE, Unit
from tests.unpaced import TOKEN

AT = datetime(2026, 11, 23, tzinfo=UTC)
KP4 = Poster(
    "Khu phố 4", "phường An Hội Đông", "26878-04", "26878-04", "caunoi_bot", "Bot Cầu Nối An Hội Đông",
    "cô Lan, người phụ trách Khu phố 4", "0912 345 678",
)  # fmt: skip
PRINTED = ["lịch họp", "Khu phố 4", "phường An Hội Đông", "26878-04", "t.me/caunoi_bot?start=u_26878-04",
           "Bot Cầu Nối An Hội Đông", "cô Lan, người phụ trách Khu phố 4", "0912 345 678", "NGỪNG"]  # fmt: skip
Squares = Iterable[tuple[float, float, float, float]]


def scanned(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def drawn(dark: Squares) -> Image.Image:
    """A picture of the dark squares alone, four dots to the millimetre."""
    picture = Image.new("L", (round(PAGE[0] * 4), round(PAGE[1] * 4)), 255)
    draw = ImageDraw.Draw(picture)
    for x, y, wide, high in dark:
        draw.rectangle((x * 4, y * 4, (x + wide) * 4, (y + high) * 4), 0)
    return picture


def test_the_poster_of_a_commune_names_it_once() -> None:
    ward = replace(KP4, place="Phường An Hội Đông", unit="26878")
    lines = [mark.words for mark in drawing(ward) if isinstance(mark, Words)]
    assert [line for line in lines if line.casefold() == KP4.commune.casefold()] == ["Phường An Hội Đông"]


def test_the_picture_can_be_scanned() -> None:
    assert scanned(Image.open(io.BytesIO(as_png(KP4)))) == ["https://t.me/caunoi_bot?start=u_26878-04"]


def test_the_drawing_can_be_scanned_and_says_it_all() -> None:
    svg = ET.fromstring(as_svg(KP4))  # noqa: S314 - our own
    name = "{http://www.w3.org/2000/svg}"
    dark = [rect for rect in svg.iter(f"{name}rect") if rect.get("fill") == "#111111"]
    squares = [tuple(float(rect.get(side, "")) for side in ("x", "y", "width", "height")) for rect in dark]
    assert scanned(drawn(squares)) == [KP4.link]  # type: ignore[arg-type]
    words = "\n".join(text.text or "" for text in svg.iter(f"{name}text"))
    assert [each for each in PRINTED if each not in words] == []


def test_the_sheet_can_be_scanned_and_says_it_all() -> None:
    [page] = PdfReader(io.BytesIO(as_pdf(KP4, AT))).pages
    assert [round(float(side) * POINT) for side in page.mediabox[2:]] == [210, 297]
    words = page.extract_text()
    assert [each for each in PRINTED if each not in words] == []
    content = page.get_contents()
    assert content is not None
    runs = re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) (-?[\d.]+) re", content.get_data().decode("latin-1"))
    sides = [tuple(float(side) * POINT for side in run) for run in runs]
    squares = [(x, PAGE[1] - y, wide, -high) for x, y, wide, high in sides if abs(high) < 5]
    assert scanned(drawn(squares)) == [KP4.link]


@pytest.mark.parametrize("place", ["Khu phố 4", "Tổ dân phố số 12 Trường Thạnh Mỹ Tây Hòa Bình Thịnh Vượng", "Ấp 1"])
def test_every_line_fits_the_page(place: str) -> None:
    sheet = replace(KP4, place=place, commune=f"phường {place}", who=f"bà Nguyễn, người phụ trách {place}", zalo=place)
    lines = [mark for mark in drawing(sheet) if isinstance(mark, Words)]
    edges = [(mark.x, width(mark.words, bold=mark.bold) * mark.size * POINT / 2) for mark in lines]
    assert all(half <= middle <= PAGE[0] - half for middle, half in edges)


def test_an_official_account_is_scanned_and_the_code_typed() -> None:
    sheet = replace(KP4, telegram="", zalo_link="https://zalo.me/579745863508352884")
    assert scanned(Image.open(io.BytesIO(as_png(sheet)))) == [sheet.zalo_link]
    both = scanned(Image.open(io.BytesIO(as_png(replace(KP4, zalo_link=sheet.zalo_link)))))
    assert sorted(both) == [KP4.link, sheet.zalo_link]


def test_without_telegram_there_is_nothing_to_scan() -> None:
    sheet = replace(KP4, telegram="")
    assert scanned(Image.open(io.BytesIO(as_png(sheet)))) == []
    assert "Quét mã" not in str(list(drawing(sheet)))


@given(st.sampled_from([PROVINCE, COMMUNE, HAMLET]), st.integers(0, 99), st.integers(10000, 999999))
def test_the_code_that_is_printed_is_understood_when_typed(depth: int, number: int, commune: int) -> None:
    code = [f"{number:02}", f"{commune}", f"{commune}-{number:02}"][depth]
    printed = join_code(Unit(code, None, depth, "", "", "", "", "", "", True))
    for typed in (printed, printed.lower(), printed.replace("-", " "), f" {printed.replace('MÃ', 'ma')} "):
        assert read_join_code(typed) == code


@pytest.mark.parametrize("typed", ["26878", "4729-1836", "PA 2611-0427", "0912 345 678", "7KQ4-M2XP", "20-11-2026"])
def test_other_words_are_no_place(typed: str) -> None:
    assert read_join_code(typed) == ""


async def test_the_bot_is_asked_what_it_is_called(loaded_sqlite_url: str, tmp_path: Path) -> None:
    world = World(MovableClock())
    world.add_bot(TOKEN)
    async with serving(world) as api:
        settings = Settings(
            database_url=loaded_sqlite_url, data_dir=tmp_path / "data", telegram_token=SecretStr(TOKEN),
            telegram_api_base=api,
        )  # fmt: skip
        await make_poster(settings, "26878", {}, tmp_path / "to.png")
        for unit, out, why in (("99999", "a.png", "Không có đơn vị"), ("26878", "a.doc", "phải có đuôi")):
            with pytest.raises(OrderRefused, match=why):
                await make_poster(settings, unit, {}, tmp_path / out)
    link = f"https://t.me/{world.bot.user()['username']}?start=u_26878"
    assert scanned(Image.open(tmp_path / "to.png")) == [link]
