"""A page in Chromium that must stay quiet and at home, and the accessibility scan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, Page

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = (360, 740)
DESKTOP = (1280, 860)


@asynccontextmanager
async def browser_page(
    browser: Browser,
    size: tuple[int, int] = PHONE,
    scheme: Literal["light", "dark"] = "light",
    **options: Any,
) -> AsyncIterator[Page]:
    """Open a page and fail at the end if it logged an error or asked another origin for anything."""
    context = await browser.new_context(
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport={"width": size[0], "height": size[1]},
        is_mobile=size == PHONE,
        has_touch=size == PHONE,
        color_scheme=scheme,
        **options,
    )
    page = await context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url) if _is_foreign(request.url) else None)
    try:
        yield page
    finally:
        await context.close()
    assert not problems


async def violations(page: Page) -> list[str]:
    """Scan the page with axe and return the rules it breaks, with where."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"target-size": {"enabled": True}}}
    found = await page.evaluate("options => axe.run(document, options)", options)
    return [f"{item['id']}: {node['html'][:160]}" for item in found["violations"] for node in item["nodes"]]


def _is_foreign(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1", "http://localhost", "blob:", "data:", "about:"))
