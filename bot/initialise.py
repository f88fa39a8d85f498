"""The first settings file, with a comment for each line."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

TEMPLATE = """\
# Thiết đặt của Cầu Nối. Biến môi trường CAUNOI_… (viết hoa) được ưu tiên hơn tệp này.

# Token do BotFather cấp. Giữ kín như mật khẩu.
telegram_token = {token}

# Nơi giữ dữ liệu: một tệp SQLite, hoặc postgresql+asyncpg://tên:mật-khẩu@máy/cơ-sở-dữ-liệu
database_url = "sqlite:///caunoi.db"

# Ảnh, giọng nói, bản sao lưu.
data_dir = "caunoi-data"

# Bỏ dấu # nếu có tên miền https; bỏ trống thì Cầu Nối tự hỏi Telegram lấy tin.
# telegram_webhook_url = "https://bot.example.vn/tg/{path}"
# telegram_webhook_secret = "{secret}"

timezone = "Asia/Ho_Chi_Minh"
language = "vi"
"""


def write_settings_file(file: Path, token: str) -> None:
    """Write a commented TOML that only its owner can read."""
    text = TEMPLATE.format(token=json.dumps(token), path=secrets.token_urlsafe(12), secret=secrets.token_urlsafe(32))
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        output.write(text)
