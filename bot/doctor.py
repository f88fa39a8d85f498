"""What is wrong with this installation, in plain Vietnamese, with what to do.

What is not configured is not imported either: what asks platforms and servers takes long to load.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot import checkup_machine, checkup_records
from bot.clock import Clock, SystemClock
from bot.finding import Finding, well, wrong
from bot.settings import Settings, SettingsError, load_settings
from storage.sqlite_file import sqlite_file


async def examine(clock: Clock | None = None) -> list[Finding]:
    """Look at everything; where the settings cannot be read, only at what needs none."""
    clock = clock or SystemClock()
    machine = list(checkup_machine.look_without_settings())
    try:
        settings = load_settings()
    except SettingsError as refused:
        return [*machine, wrong("settings", str(refused))]
    return machine + [finding async for finding in _look(settings, clock)]


async def _look(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    yield well("settings", "Thiết đặt đọc được.")
    for finding in checkup_machine.look(settings):
        yield finding
    running, findings = await checkup_records.look(settings, clock.now())
    for finding in findings:
        yield finding
    if sqlite_file(settings.database_url) is None:
        from bot import checkup_postgres

        for finding in await checkup_postgres.look(settings.database_url, clock.now()):
            yield finding
    if not running:
        yield checkup_machine.port(settings)
    if not settings.has_channel:
        yield well("channels", "Chưa có token của kênh nào: chỉ chạy thử được (caunoi demo).")
        return
    async for finding in _platforms(settings, clock):
        yield finding


async def _platforms(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    from bot import checkup_clock, checkup_telegram, checkup_zalo_bot, checkup_zalo_oa

    for platform in (checkup_telegram, checkup_zalo_bot):
        async for finding in platform.look(settings):
            yield finding
    async for finding in checkup_zalo_oa.look(settings, clock):
        yield finding
    for finding in await checkup_clock.look(settings.apis[0], clock):
        yield finding
