"""The poster on the wall: how to reach the bot from here, by a code to scan or a code to type.

It is drawn once, in millimetres on A4, as a list of marks; each kind of file only knows how to put marks on paper.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

import segno
from fpdf import FPDF
from PIL import Image, ImageDraw

from reports.fonts import font, font_file, width

PAGE = (210.0, 297.0)
MIDDLE, MARGIN = PAGE[0] / 2, 15.0
POINT = 25.4 / 72
"""Millimetres."""
DOTS = 200 / 25.4
"""Of a picture, in a millimetre: 200 to the inch."""
BLUE, BLACK, GREY, WHITE, PALE = "#0b4f8a", "#111111", "#4a4a4a", "#ffffff", "#e8f1fa"
LEADING = 1.35


@dataclass(frozen=True, slots=True)
class Poster:
    """What a place's poster tells."""

    place: str
    """As in «Khu phố 4»."""
    commune: str
    """As in «phường An Hội Đông»."""
    unit: str
    join_code: str
    """What is typed where nothing can be scanned."""
    telegram: str = ""
    """The bot's name there, without @."""
    zalo: str = ""
    """What to look for in Zalo."""
    who: str = ""
    """Who helps, as in «cô Lan, người phụ trách Khu phố 4»."""
    phone: str = ""
    zalo_link: str = ""
    """Opens an Official Account there; it carries no place, so the code is typed."""

    @property
    def link(self) -> str:
        """Opens the bot on Telegram with the place filled in."""
        return f"https://t.me/{self.telegram}?start=u_{self.unit}"


@dataclass(frozen=True, slots=True)
class Words:
    """A line of words, centred on `x`; `y` is where the letters stand."""

    x: float
    y: float
    size: float
    """Points."""
    words: str
    bold: bool = False
    colour: str = BLACK


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle, by its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    colour: str


Mark = Words | Box


# --- what is where --------------------------------------------------------------------------------------------------


def drawing(poster: Poster) -> Iterator[Mark]:
    """All marks, those below others first."""
    yield Box(0, 0, PAGE[0], 74, BLUE)
    how = "Quét mã để nhận lịch họp" if poster.telegram or poster.zalo_link else "Nhắn Cầu Nối để nhận lịch họp"
    yield fitted(MIDDLE, 25, 30, how, bold=True, colour=WHITE)
    yield fitted(MIDDLE, 49, 60, poster.place, bold=True, colour=WHITE)
    if poster.commune.casefold() != poster.place.casefold():
        yield fitted(MIDDLE, 65, 22, poster.commune, colour=WHITE)
    on_zalo = _zalo_by_link if poster.zalo_link else _zalo_by_name
    there = ((poster.telegram, _telegram), (poster.zalo or poster.zalo_link, on_zalo))
    panels = [draw for name, draw in there if name]
    for place, panel in enumerate(panels):
        x = MIDDLE if len(panels) == 1 else (MARGIN + 44, PAGE[0] - MARGIN - 44)[place]
        yield from panel(poster, x)
    yield from _join_code(poster)
    yield from _foot(poster)


def _telegram(poster: Poster, x: float) -> Iterator[Mark]:
    yield Words(x, 90, 26, "Telegram", bold=True, colour=BLUE)
    yield from qr_code(x - 37, 95, 74, poster.link)
    steps = ("1. Mở máy ảnh, quét mã này", "2. Bấm «Bắt đầu» (START)", "Không quét được thì gõ:")
    yield from _lines(x, 178, 14, steps)
    yield fitted(x, 199, 12, poster.link.removeprefix("https://"), colour=GREY, most=90)


def _zalo_by_link(poster: Poster, x: float) -> Iterator[Mark]:
    yield Words(x, 90, 26, "Zalo", bold=True, colour=BLUE)
    yield from qr_code(x - 31, 95, 62, poster.zalo_link)
    yield Words(x, 163, 14, "1. Mở Zalo, quét mã này")
    yield fitted(x, 170, 13, poster.zalo or poster.zalo_link.removeprefix("https://"), bold=True, most=84)
    yield from _lines(x, 177, 14, ("2. Bấm «Nhắn tin»", "3. Gõ mã này rồi gửi:"))
    yield fitted(x, 198, 30, poster.join_code, bold=True, colour=BLUE, most=78)


def _zalo_by_name(poster: Poster, x: float) -> Iterator[Mark]:
    yield Words(x, 90, 26, "Zalo", bold=True, colour=BLUE)
    yield Box(x - 42, 97, 84, 100, PALE)
    yield from _lines(x, 110, 16, ("1. Mở Zalo,", "bấm ô tìm kiếm, gõ tên:"))
    yield fitted(x, 134, 24, poster.zalo, bold=True, most=78)
    yield from _lines(x, 151, 16, ("2. Bấm «Nhắn tin»", "3. Gõ mã này rồi gửi:"))
    yield fitted(x, 182, 34, poster.join_code, bold=True, colour=BLUE, most=78)


def _join_code(poster: Poster) -> Iterator[Mark]:
    yield Box(MARGIN, 206, PAGE[0] - 2 * MARGIN, 34, PALE)
    yield Words(MIDDLE, 217, 16, "Ở ứng dụng nào cũng được: nhắn mã này cho Cầu Nối", colour=BLACK)
    yield fitted(MIDDLE, 234, 40, poster.join_code, bold=True, colour=BLUE)


def _foot(poster: Poster) -> Iterator[Mark]:
    if poster.who:
        yield fitted(MIDDLE, 253, 18, f"Cần giúp, xin gặp {poster.who}", bold=True)
    if poster.phone:
        yield Words(MIDDLE, 264, 22, poster.phone, bold=True)
    about = f"Cầu Nối là máy trả lời tự động của Mặt trận Tổ quốc {poster.commune}. Không mất tiền."
    yield fitted(MIDDLE, 277, 12, about, colour=GREY)
    yield Words(MIDDLE, 284, 12, "Muốn thôi nhận tin lúc nào cũng được: nhắn NGỪNG.", colour=GREY)


def _lines(x: float, y: float, size: float, lines: tuple[str, ...]) -> Iterator[Mark]:
    for place, words in enumerate(lines):
        yield Words(x, y + place * size * LEADING * POINT, size, words)


def fitted(
    x: float, y: float, size: float, words: str, *, bold: bool = False, colour: str = BLACK, most: float = 180
) -> Words:
    """A line that is set smaller when it would be wider than `most` millimetres."""
    wide = width(words, bold=bold) * size * POINT
    return Words(x, y, size * min(1.0, most / wide), words, bold, colour)


def qr_code(x: float, y: float, size: float, data: str) -> Iterator[Mark]:
    """A QR code with its quiet edge; a run of dark squares is one mark."""
    rows = [bytes(row) for row in segno.make(data, error="m", micro=False).matrix_iter(border=4)]
    side = size / len(rows)
    yield Box(x, y, size, size, WHITE)
    for line, row in enumerate(rows):
        for start, length in _runs(row):
            yield Box(x + start * side, y + line * side, length * side, side, BLACK)


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    for run in row.split(b"\0"):
        if run:
            yield start, len(run)
        start += len(run) + 1


# --- kinds of files -------------------------------------------------------------------------------------------------


def as_pdf(poster: Poster, at: datetime) -> bytes:
    """For the printer."""
    pdf = FPDF(format="A4")
    pdf.set_title(f"Cầu Nối, {poster.place}")
    pdf.set_lang("vi")
    pdf.set_creation_date(at)
    for bold in (False, True):
        pdf.add_font("print", "B" if bold else "", font_file(bold=bold))
    pdf.add_page()
    for mark in drawing(poster):
        _onto_page(pdf, mark)
    return bytes(pdf.output())


def _onto_page(pdf: FPDF, mark: Mark) -> None:
    if isinstance(mark, Box):
        pdf.set_fill_color(mark.colour)
        pdf.rect(mark.x, mark.y, mark.width, mark.height, style="F")
    else:
        pdf.set_font("print", "B" if mark.bold else "", mark.size)
        pdf.set_text_color(mark.colour)
        pdf.text(mark.x - pdf.get_string_width(mark.words) / 2, mark.y, mark.words)


def as_png(poster: Poster) -> bytes:
    """For a chat, a screen, or a printer that takes pictures."""
    picture = Image.new("RGB", (round(PAGE[0] * DOTS), round(PAGE[1] * DOTS)), WHITE)
    draw = ImageDraw.Draw(picture)
    for mark in drawing(poster):
        _onto_picture(draw, mark)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True, dpi=(DOTS * 25.4, DOTS * 25.4))
    return file.getvalue()


def _onto_picture(draw: ImageDraw.ImageDraw, mark: Mark) -> None:
    if isinstance(mark, Box):
        left, top = round(mark.x * DOTS), round(mark.y * DOTS)
        right, bottom = round((mark.x + mark.width) * DOTS) - 1, round((mark.y + mark.height) * DOTS) - 1
        return draw.rectangle((left, top, right, bottom), mark.colour)
    letters = font(round(mark.size * POINT * DOTS), bold=mark.bold)
    return draw.text((mark.x * DOTS, mark.y * DOTS), mark.words, mark.colour, letters, anchor="ms")


def as_svg(poster: Poster) -> bytes:
    """For whoever lays it out anew."""
    page = f"{PAGE[0]:g}", f"{PAGE[1]:g}"
    svg = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "lang": "vi", "viewBox": f"0 0 {' '.join(page)}"})
    svg.set("shape-rendering", "crispEdges")  # no hairlines between the squares of the code
    svg.set("width", f"{page[0]}mm")
    svg.set("height", f"{page[1]}mm")
    ET.SubElement(svg, "title").text = f"Cầu Nối, {poster.place}"
    for mark in drawing(poster):
        _into_svg(svg, mark)
    return bytes(ET.tostring(svg, encoding="utf-8", xml_declaration=True))


def _into_svg(svg: ET.Element, mark: Mark) -> None:
    if isinstance(mark, Box):
        named = {"x": mark.x, "y": mark.y, "width": mark.width, "height": mark.height}
        ET.SubElement(svg, "rect", {**{name: f"{value:.3f}" for name, value in named.items()}, "fill": mark.colour})
        return
    style = {"font-family": "DejaVu Sans, Verdana, Arial, sans-serif", "font-size": f"{mark.size * POINT:.3f}"}
    style |= {"font-weight": "bold" if mark.bold else "normal", "text-anchor": "middle", "fill": mark.colour}
    ET.SubElement(svg, "text", {"x": f"{mark.x:.3f}", "y": f"{mark.y:.3f}", **style}).text = mark.words


KINDS: Mapping[str, Callable[[Poster, datetime], bytes]] = {
    "pdf": as_pdf,
    "png": lambda poster, _at: as_png(poster),
    "svg": lambda poster, _at: as_svg(poster),
}
