"""The page of phones: people can do everything they do with a phone, by mouse, finger or keyboard."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from sandbox import demo, samples
from sandbox.clock import MovableClock
from sandbox.page import Hint
from sandbox.people import Person
from sandbox.server import serving
from sandbox.world import World
from tests.web.browser import DESKTOP, PHONE, browser_page, violations
from tests.web.echo_bot import EchoBot

pytestmark = pytest.mark.browser
HINTS: list[Hint] = [
    {"label": "Bác Hoa quét mã Khu phố 4", "payload": "u_26878-04", "person": "Bác Hoa"},
    {"label": "Anh Nam dùng mã mời", "text": "mã mời 7KQ2", "person": "Anh Nam"},
]


class Street:
    """The demo's people, a bot that answers them, and where the page is."""

    def __init__(self, world: World, base: str) -> None:
        self.world = world
        self.base = base
        self.hoa, self.huy, self.lan, self.nam = world.people.values()

    async def open(self, page: Page) -> None:
        """Open the page and wait for the phones."""
        await page.goto(self.base)
        await expect(page.locator(".phone")).to_have_count(4)

    async def start(self, *people: Person) -> None:
        """Have these people press start and be asked."""
        for person in people:
            person.open_link()
            await person.hear("đi được không")


@asynccontextmanager
async def living_street() -> AsyncIterator[Street]:
    """Serve the demo with the echo bot at work."""
    world = World(MovableClock(), pace=False)
    demo.add_people(world)
    async with serving(world, hints=HINTS) as base:
        bot = asyncio.create_task(EchoBot(base, world.bot.token).run())
        try:
            yield Street(world, base)
        finally:
            bot.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await bot
    assert not world.complaints


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    """Return a living street."""
    async with living_street() as made:
        yield made


async def test_words_buttons_and_hostile_words(browser: Browser, street: Street) -> None:
    async with browser_page(browser, DESKTOP) as page:
        await street.open(page)
        phone = page.get_by_role("region", name="Bác Hoa")
        await phone.get_by_role("button", name="Bắt đầu").click()
        await expect(phone.locator(".text strong").nth(1)).to_have_text("19 giờ 30, thứ Bảy 5/12")

        await phone.get_by_role("button", name="1. Tôi đi").click()
        await expect(phone.get_by_text("Dạ, đã ghi Tôi đi. Cảm ơn Bác Hoa.")).to_be_visible()
        await expect(phone.get_by_role("status")).to_have_text("Đã ghi ạ")

        hostile = '<img src=x onerror=alert(1)> & "x" 😀'
        field = phone.get_by_label("Bác Hoa nhắn cho Cầu Nối")
        await field.fill(hostile)
        await field.press("Enter")
        await expect(phone.locator(".message .text").last).to_have_text(f"Bác Hoa vừa nói: {hostile}")
        await expect(field).to_have_value("")
        assert await phone.locator(".message img").count() == 0


async def test_photo_voice_sticker_contact_and_links(browser: Browser, street: Street, tmp_path: Path) -> None:
    picture = tmp_path / "đèn.jpg"
    picture.write_bytes(samples.photo())
    async with browser_page(browser, DESKTOP) as page:
        await street.open(page)
        phone = page.get_by_role("region", name="Anh Huy")
        await phone.locator("input[type=file]").set_input_files(picture)
        await expect(phone.get_by_text("Đã nhận ảnh.")).to_be_visible()
        await expect(phone.get_by_alt_text("Ảnh trong tin của Anh Huy")).to_have_js_property("naturalWidth", 640)

        await phone.get_by_role("button", name="Ghi âm").click()
        await expect(phone.get_by_text("Đã nhận ghi âm.")).to_be_visible()
        await phone.get_by_role("button", name="Hình dán").click()
        await expect(phone.get_by_text("Đã nhận hình dán.")).to_be_visible()

        street.huy.type("số")
        await phone.get_by_role("button", name="Gửi số điện thoại").click()
        await expect(phone.get_by_text("Đã nhận số điện thoại.")).to_be_visible()
        await expect(phone.locator(".keyboard")).to_be_hidden()

        await phone.get_by_role("button", name="Quét mã").click()
        await phone.get_by_label("Dán mã").fill("https://t.me/caunoi_bot?start=t_abc-1")
        await phone.get_by_role("button", name="Mở").click()
        await expect(phone.get_by_text("/start t_abc-1")).to_be_visible()
        await page.get_by_role("button", name="Bác Hoa quét mã Khu phố 4").click()
        await expect(page.get_by_role("region", name="Bác Hoa").get_by_text("u_26878-04")).to_be_visible()


async def test_edit_block_and_typing(browser: Browser, street: Street) -> None:
    async with browser_page(browser, DESKTOP) as page:
        await street.open(page)
        phone = page.get_by_role("region", name="Cô Lan")
        street.lan.type("sia")
        await phone.get_by_role("button", name="Sửa tin: sia").click()
        await page.keyboard.type("sửa")
        await page.keyboard.press("Enter")
        await expect(phone.get_by_text("đã sửa")).to_be_visible()
        assert "edited_message" in street.world.bot.updates.history[-1]

        street.lan.type("chờ")
        await expect(phone.get_by_text("Cầu Nối đang soạn tin")).to_be_visible()
        await phone.get_by_role("button", name="Chặn bot trên máy Cô Lan").click()
        await expect(phone.get_by_text("Đã chặn Cầu Nối.")).to_be_visible()
        assert street.lan.chat.blocked
        await phone.get_by_role("button", name="Bỏ chặn").click()
        await expect(phone.get_by_label("Cô Lan nhắn cho Cầu Nối")).to_be_visible()


async def test_clock_troubles_and_a_new_person(browser: Browser, street: Street) -> None:
    before = street.world.clock.now()
    async with browser_page(browser, DESKTOP) as page:
        await street.open(page)
        await page.get_by_role("button", name="Đến 8 giờ sáng hôm sau").click()
        await expect(page.locator("#now")).to_contain_text("8 giờ 00")
        await page.get_by_role("button", name="+7 ngày").click()
        await page.get_by_text("Sự cố giả lập").click()
        trouble = page.get_by_role("button", name="Quá tải")
        await trouble.click()
        await expect(trouble).to_have_attribute("aria-pressed", "true")
        assert street.world.faults.kinds() == ["throttle"]
        await trouble.click()
        await expect(trouble).to_have_attribute("aria-pressed", "false")

        await page.get_by_text("Thêm người").click()
        await page.get_by_label("Tên").fill("Chị Thu")
        await page.get_by_role("button", name="Thêm", exact=True).click()
        await expect(page.get_by_role("region", name="Chị Thu")).to_be_visible()
    assert (street.world.clock.now() - before).days >= 7


async def test_one_phone_at_a_time_on_a_phone(browser: Browser, street: Street) -> None:
    async with browser_page(browser, PHONE) as page:
        await street.open(page)
        await expect(page.get_by_role("region", name="Bác Hoa")).to_be_visible()
        await expect(page.get_by_role("region", name="Cô Lan")).to_be_hidden()
        await street.start(street.lan)
        switch = page.get_by_role("button", name="Cô Lan 1 tin mới")
        await switch.click()
        await expect(page.get_by_role("region", name="Cô Lan")).to_be_visible()
        await expect(page.get_by_role("region", name="Bác Hoa")).to_be_hidden()


async def test_a_long_name_makes_nothing_wider_and_comes_into_view(browser: Browser, street: Street) -> None:
    async with browser_page(browser, PHONE) as page:
        await street.open(page)
        await page.get_by_role("button", name="Điều khiển").click()
        await page.get_by_text("Sự cố giả lập").click()
        await page.get_by_text("Thêm người").click()
        await page.get_by_label("Tên").fill("Cụ Nguyễn Phước Vĩnh Bảo Ân Thiên Tường")
        await page.get_by_role("button", name="Thêm", exact=True).click()
        await expect(page.locator("#people [aria-pressed=true]")).to_be_in_viewport()
        await expect(page.locator("#panel")).to_be_hidden()
        await page.get_by_role("button", name="Điều khiển").click()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_long_chat_makes_the_page_no_taller(browser: Browser, street: Street) -> None:
    """Words for screen readers lie far down in a chat; the page must not grow with them."""
    async with browser_page(browser, DESKTOP) as page:
        await street.open(page)
        height = await page.evaluate("document.documentElement.scrollHeight")
        for number in range(30):
            street.hoa.type(f"tin {number}")
        await expect(page.locator(".phone").first.locator(".message.mine")).to_have_count(30)
        assert await page.evaluate("document.documentElement.scrollHeight") == height


async def test_words_that_were_not_sent_are_not_lost(browser: Browser, street: Street) -> None:
    async with browser_page(browser, DESKTOP) as page:
        await street.open(page)
        await page.evaluate("() => { window.fetch = () => Promise.reject(new Error('no network')); }")
        field = page.get_by_label("Bác Hoa nhắn cho Cầu Nối")
        await field.fill("đèn đường hẻm 47 hư 3 hôm rồi")
        await field.press("Enter")
        await expect(page.locator("#status")).to_contain_text("Chưa làm được")
        await expect(field).to_have_value("đèn đường hẻm 47 hư 3 hôm rồi")


async def test_everything_by_keyboard(browser: Browser, street: Street) -> None:
    async with browser_page(browser, DESKTOP) as page:
        await street.open(page)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")  # the skip link
        await _tab_to(page, "Bắt đầu")
        await page.keyboard.press("Enter")
        phone = page.get_by_role("region", name="Bác Hoa")
        await expect(phone.get_by_role("button", name="2. Tôi không đi được")).to_be_visible()
        await page.keyboard.press("Shift+Tab")
        await expect(phone.get_by_role("button", name="3. Chưa biết")).to_be_focused()
        await page.keyboard.press("Space")
        await expect(phone.get_by_text("đã ghi Chưa biết")).to_be_visible()
        await expect(phone.get_by_label("nhắn cho Cầu Nối")).to_be_focused()
        await page.keyboard.type("cảm ơn")
        await page.keyboard.press("Enter")
        await expect(phone.get_by_text("Bác Hoa vừa nói: cảm ơn")).to_be_visible()
        await _tab_to(page, "Lệnh")
        await page.keyboard.press("Enter")
        await expect(phone.get_by_role("button", name="/lich")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(phone.get_by_text("Bác Hoa vừa nói: /lich")).to_be_visible()
        await expect(phone.get_by_label("nhắn cho Cầu Nối")).to_be_focused()


async def _tab_to(page: Page, words: str) -> None:
    for _ in range(30):
        await page.keyboard.press("Tab")
        focused = "[document.activeElement.textContent.trim(), getComputedStyle(document.activeElement).outlineWidth]"
        text, outline = await page.evaluate(focused)
        assert outline != "0px", "focus is seen"
        if text == words:
            return
    pytest.fail(f"no way to {words} by keyboard")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_nothing_axe_objects_to(
    browser: Browser, street: Street, size: tuple[int, int], scheme: Literal["light", "dark"], tmp_path: Path
) -> None:
    await street.start(street.hoa, street.huy)
    street.hoa.send_photo()
    street.hoa.send_voice()
    street.hoa.send_sticker()
    street.hoa.type("số")
    await street.hoa.hear("Xin số")
    street.lan.block()
    async with browser_page(browser, size, scheme, reduced_motion="reduce") as page:
        await street.open(page)
        await expect(page.get_by_role("button", name="Gửi số điện thoại")).to_be_visible()
        assert await violations(page) == []
        await page.screenshot(path=tmp_path / "phones.png")
        await page.locator(".phone >> nth=0").get_by_role("button", name="Quét mã").click()
        if size == PHONE:
            await page.get_by_role("button", name="Điều khiển").click()
        await page.get_by_text("Sự cố giả lập").click()
        await page.get_by_role("button", name="Mất mạng").click()
        await expect(page.locator("#fault-count")).to_have_text("2 đang bật")
        assert await violations(page) == []
        await page.screenshot(path=tmp_path / "panel.png", full_page=True)


@pytest.mark.parametrize("zoom", [100, 200])
async def test_nothing_is_lost_on_a_narrow_screen_or_with_large_letters(
    browser: Browser, street: Street, zoom: int
) -> None:
    await street.start(street.hoa)
    async with browser_page(browser, (320, 640)) as page:
        await street.open(page)
        await page.evaluate(f"document.documentElement.style.fontSize = '{zoom}%'")
        await expect(page.get_by_role("button", name="1. Tôi đi")).to_have_count(1)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        field = page.get_by_label("Bác Hoa nhắn cho Cầu Nối")
        await field.scroll_into_view_if_needed()
        await expect(field).to_be_in_viewport()


async def test_axe_does_object_to_a_bad_page(browser: Browser) -> None:
    bad = "<div onclick=x()><img src='data:,'><input><button style='width:9px;height:9px'></button>" * 2
    async with browser_page(browser) as page:
        await page.set_content(bad)
        rules = {line.partition(":")[0] for line in await violations(page)}
    assert {"image-alt", "label", "button-name", "target-size", "html-has-lang"} <= rules


async def test_the_policy_forbids_inline_scripts(browser: Browser, street: Street) -> None:
    async with browser_page(browser) as page:
        answer = await page.goto(street.base)
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
