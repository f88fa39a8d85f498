"""The first settings file: a few questions, and a comment for each line."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from bot import checkup_telegram, checkup_zalo_bot
from bot.settings import SettingsError, load_settings

QUESTIONS: Mapping[str, str] = {
    "telegram_token": "Token của BotFather (Enter để điền sau)",
    "database_url": "Nơi giữ dữ liệu: postgresql+asyncpg://… (Enter để dùng tệp SQLite caunoi.db ở đây)",
    "zalo_bot_token": "Token Zalo Bot (Enter nếu chưa dùng Zalo)",
    "telegram_webhook_url": "Địa chỉ https nhận tin, ví dụ https://bot.example.vn/tg/ (Enter để tự đi lấy tin)",
}
TEMPLATE = """\
# Thiết đặt của Cầu Nối. Biến môi trường CAUNOI_… (viết hoa) được ưu tiên hơn tệp này.

# Token do BotFather cấp. Giữ kín như mật khẩu.
telegram_token = {telegram_token}

# Token do Zalo Bot Creator gửi qua tin nhắn Zalo. Giữ kín như mật khẩu.
zalo_bot_token = {zalo_bot_token}

# Zalo gửi tin tới địa chỉ này và lấy ảnh ở đây; thiếu nó thì tin gửi lúc Cầu Nối nghỉ sẽ mất.
{zalo_off}public_url = {public_url}
{zalo_off}zalo_bot_webhook_secret = {zalo_secret}

# Nơi giữ dữ liệu: một tệp SQLite, hoặc postgresql+asyncpg://tên:mật-khẩu@máy/cơ-sở-dữ-liệu
database_url = {database_url}

# Sổ xóa, bản sao lưu; với SQLite cả ảnh và ghi âm.
data_dir = "caunoi-data"

# {webhook_note}
{off}telegram_webhook_url = {telegram_webhook_url}
{off}telegram_webhook_secret = {secret}

# Cơ quan quản lý, người phụ trách, số điện thoại: Cầu Nối nói ngay từ tin đầu tiên.
operator_name = ""
operator_person = ""
operator_phone = ""

# Giữ bao lâu, tính bằng ngày; hết hạn thì xóa (đề xuất, chưa có luật nào ghi con số; nhờ luật sư xem trước khi đổi).
# Ảnh, ghi âm sau khi phản ánh khép lại; tên người gửi phản ánh; nhật ký gửi tin; nhật ký ai đã xem; nhiệm vụ đã nhận mà
# người mời không xác nhận; tin bị gác lại.
keep_files_days = 365
keep_tickets_days = 1825
keep_deliveries_days = 180
keep_audit_days = 1825
keep_unconfirmed_days = 14
keep_failures_days = 30

timezone = "Asia/Ho_Chi_Minh"
language = "vi"
"""
POLLING = "Bỏ dấu # nếu có tên miền https; bỏ trống thì Cầu Nối tự hỏi Telegram lấy tin."
WEBHOOK = "Telegram gửi tin tới đây. Phần cuối đường dẫn và chuỗi bí mật được đặt ngẫu nhiên: giữ kín."


async def objection(name: str, answer: str) -> str:
    """Why an answer will not do, in the operator's words; empty when it will. A token is shown to its platform."""
    if not answer:
        return ""
    if name == "telegram_webhook_url" and not answer.startswith("https://"):
        return "Phải là https://; Telegram không gửi tới nơi khác."
    guard = {"telegram_webhook_secret": "x"} if name == "telegram_webhook_url" else {}
    try:
        settings = load_settings(**{name: answer}, **guard)
    except SettingsError as wrong:
        return str(wrong)
    asks = {"telegram_token": checkup_telegram.look, "zalo_bot_token": checkup_zalo_bot.look}.get(name)
    found = [finding async for finding in asks(settings)] if asks else []
    return next((finding.words for finding in found if f"{finding.name}_token" == name and not finding.fine), "")


def write_settings_file(file: Path, answers: Mapping[str, str]) -> None:
    """Write a commented TOML that only its owner can read."""
    webhook = answers.get("telegram_webhook_url", "")
    address = f"{(webhook or 'https://bot.example.vn/tg').rstrip('/')}/{secrets.token_urlsafe(12)}"
    zalo, host = answers.get("zalo_bot_token", ""), urlsplit(address)
    text = TEMPLATE.format(
        zalo_bot_token=quoted(zalo),
        public_url=quoted(f"{host.scheme}://{host.netloc}"),
        zalo_secret=quoted(secrets.token_urlsafe(32)),
        zalo_off="" if zalo and webhook else "# ",
        telegram_token=quoted(answers.get("telegram_token", "")),
        database_url=quoted(answers.get("database_url") or "sqlite:///caunoi.db"),
        telegram_webhook_url=quoted(address),
        secret=quoted(secrets.token_urlsafe(32)),
        webhook_note=WEBHOOK if webhook else POLLING,
        off="" if webhook else "# ",
    )
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        output.write(text)


def quoted(words: str) -> str:
    """Words as TOML writes them."""
    return json.dumps(words, ensure_ascii=False)
