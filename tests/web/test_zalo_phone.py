"""A phone with Zalo on the page: blue, without buttons, answered with numbers; and one that follows an account."""

import pytest
from playwright.async_api import Browser, expect

from sandbox import demo
from sandbox.clock import MovableClock
from sandbox.server import serving
from sandbox.world import World
from tests.web.browser import PHONE, browser_page, violations

pytestmark = pytest.mark.browser


async def test_zalo_phones_are_added_and_answered_with_numbers(browser: Browser) -> None:
    world = World(MovableClock(), pace=False)
    world.add_person("Bác Hoa")
    async with serving(world) as base, browser_page(browser, PHONE) as page:
        await page.goto(base)
        for name, app in (("Chị Sáu", "Zalo (bot)"), ("Bác Tư", "Zalo (Official Account)")):
            await page.get_by_role("button", name="Điều khiển").click()
            if not await page.get_by_label("Tên").is_visible():
                await page.get_by_text("Thêm người").click()
            await page.get_by_label("Tên").fill(name)
            await page.get_by_label("Dùng").select_option(app)
            await page.get_by_role("button", name="Thêm").click()
            await expect(page.get_by_role("region", name=name)).to_be_visible()
        [sau], [tu] = world.zalo_bot.phones.values(), world.zalo_oa.phones.values()

        phone = page.get_by_role("region", name="Bác Tư")
        await expect(phone.locator(".role")).to_have_text("Zalo OA · người dân")
        await phone.get_by_role("button", name="Quan tâm", exact=True).click()
        await expect(phone.get_by_text("Đã quan tâm Cầu Nối")).to_be_visible()
        assert tu.follows

        await page.get_by_role("button", name="Chị Sáu").first.click()
        phone = page.get_by_role("region", name="Chị Sáu")
        await phone.get_by_role("button", name="Nhắn Xin chào").click()
        await expect(phone.locator(".mine")).to_have_count(1)
        bold = [{"type": "bold", "offset": 0, "length": 6}]
        world.zalo_bot.say(sau, {"text": "Chị đi không ạ?\n\n1. Tôi đi\n2. Tôi bận", "entities": bold})
        await expect(phone.locator(".text strong")).to_have_text("Chị đi")
        await phone.get_by_label("Chị Sáu nhắn cho Cầu Nối").fill("2")
        await phone.get_by_role("button", name="Gửi", exact=True).click()
        await expect(phone.locator(".mine .text").last).to_have_text("2")
        await phone.get_by_role("button", name="Tệp").click()
        await expect(phone.locator(".mine")).to_have_count(3)
        for absent in ("Quét mã", "Lệnh", "Sửa"):
            await expect(phone.get_by_role("button", name=absent)).to_be_hidden()
        assert await violations(page) == []
    told = [event["event_name"] for event in world.zalo_bot.history]
    assert told == ["message.text.received", "message.text.received", "message.unsupported.received"]


@pytest.mark.parametrize("size", [(1280, 800), (1440, 900)])
async def test_a_phone_of_each_app_stands_before_ones_eyes(browser: Browser, size: tuple[int, int]) -> None:
    world = demo.demo_world(MovableClock(), "8123:AAabcdefghijklmnopqrstuvwxyz0123456", "")
    async with serving(world) as base, browser_page(browser, size) as page:
        await page.goto(base)
        await expect(page.locator(".phone")).to_have_count(5)
        box = "({left, top, right, bottom}) => [left, top, right, bottom]"
        boxes = await page.locator(".phone").evaluate_all(
            f"all => all.map(each => each.getBoundingClientRect()).map({box})"
        )
        assert len({top for _, top, _, _ in boxes}) == 1  # one row
        whole = [right <= size[0] and bottom <= size[1] for _, _, right, bottom in boxes]
        assert whole == [True] * 4 + [size[0] >= 1440]
        assert await page.locator(".phone.zalo").evaluate("each => [...each.parentNode.children].indexOf(each)") == 1
        assert await page.evaluate("document.documentElement.scrollWidth") == size[0]  # the row scrolls, not the page
        last = page.get_by_role("region", name="Anh Nam").get_by_label("Anh Nam nhắn cho Cầu Nối")
        await last.focus()
        await expect(last).to_be_in_viewport(ratio=1)
        assert await violations(page) == []
