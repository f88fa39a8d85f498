"""Settings: `CAUNOI_*` variables over `caunoi.toml` over defaults."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.database import sqlite_file

FILE = Path("caunoi.toml")
PREFIX = "CAUNOI_"
Role = Literal["listen", "work", "send", "clock", "web"]
ALL_ROLES: tuple[Role, ...] = ("listen", "work", "send", "clock", "web")
POSTGRES = ("postgresql", "postgresql+asyncpg")
POSTGRES_OPTIONS = {"host", "port", "sslmode", "ssl"}
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{20,}")


class SettingsError(Exception):
    """A setting is wrong; the words name it and say what to do, for the operator, in Vietnamese."""


def known_database(url: str) -> str:
    """The URL of records; `ValueError` says what is wrong with it."""
    try:
        parsed, file = make_url(url), sqlite_file(url)
    except (ArgumentError, ValueError):
        parsed, file = URL.create("unknown"), None
    if parsed.drivername in POSTGRES and (strange := set(parsed.query) - POSTGRES_OPTIONS):
        raise ValueError(f"bỏ phần {', '.join(sorted(strange))} sau dấu ?; chỉ nhận sslmode")
    if (parsed.drivername in POSTGRES and parsed.database) or file is not None:
        return url
    raise ValueError("phải là sqlite:///tên-tệp hoặc postgresql+asyncpg://tên:mật-khẩu@máy/cơ-sở-dữ-liệu")


class Settings(BaseSettings):
    """Everything an operator may set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, toml_file=FILE, extra="forbid", frozen=True
    )

    database_url: str = "sqlite:///caunoi.db"
    data_dir: Path = Path("caunoi-data")
    telegram_token: SecretStr | None = None
    telegram_api_base: str = "https://api.telegram.org"
    telegram_webhook_url: str = ""
    telegram_webhook_secret: SecretStr | None = None
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8080, ge=0, le=65535)
    roles: Annotated[tuple[Role, ...], NoDecode] = ALL_ROLES
    timezone: str = "Asia/Ho_Chi_Minh"
    language: Literal["vi", "en"] = "vi"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        return known_database(url)

    @field_validator("telegram_token", mode="after")
    @classmethod
    def _token_shape(cls, token: SecretStr | None) -> SecretStr | None:
        if token is None or not token.get_secret_value():
            return None
        if TOKEN.fullmatch(token.get_secret_value()):
            return token
        raise ValueError("không giống mã của BotFather (dạng 123456789:AA…); chép lại cả dòng")

    @field_validator("telegram_api_base", "telegram_webhook_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if not url or (urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname):
            return url.rstrip("/")
        raise ValueError("phải là một địa chỉ http:// hoặc https://")

    @field_validator("telegram_webhook_secret", mode="after")
    @classmethod
    def _secret_shape(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None or SECRET.fullmatch(secret.get_secret_value()):
            return secret
        raise ValueError("chỉ gồm chữ không dấu, số, gạch dưới, gạch nối; 1 đến 256 ký tự")

    @field_validator("roles", mode="before")
    @classmethod
    def _split_roles(cls, roles: object) -> object:
        named = tuple(filter(None, re.split(r"[,\s]+", roles))) if isinstance(roles, str) else roles
        if named:
            return named
        raise ValueError(f"cần ít nhất một trong {', '.join(ALL_ROLES)}")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
            raise ValueError("không có múi giờ này; dùng Asia/Ho_Chi_Minh") from unknown
        return name

    @model_validator(mode="after")
    def _webhook_is_guarded(self) -> Settings:
        if self.telegram_webhook_url and not self.telegram_webhook_secret:
            raise ValueError("CAUNOI_TELEGRAM_WEBHOOK_URL cần kèm CAUNOI_TELEGRAM_WEBHOOK_SECRET (chuỗi bí mật tự đặt)")
        if self.telegram_webhook_url and "web" not in self.roles and sqlite_file(self.database_url):
            raise ValueError(
                "CAUNOI_TELEGRAM_WEBHOOK_URL cần vai web trong CAUNOI_ROLES; không thì tin gửi tới mất lối vào"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**given: Any) -> Settings:
    """Read the settings; `SettingsError` names what is wrong and what to do."""
    _refuse_unknown_variables()
    try:
        return Settings(**given)
    except tomllib.TOMLDecodeError as broken:
        raise SettingsError(f"Tệp {FILE} viết chưa đúng ({broken}). Sửa dòng đó rồi chạy lại.") from broken
    except UnicodeDecodeError as broken:
        raise SettingsError(f"Tệp {FILE} không phải chữ UTF-8. Mở ra và lưu lại với mã UTF-8.") from broken
    except OSError as closed:
        raise SettingsError(f"Không đọc được {FILE}. Hãy chạy bằng tài khoản của chủ tệp: sudo -u caunoi …") from closed
    except ValidationError as invalid:
        raise SettingsError(" ".join(_explain(error) for error in invalid.errors(include_input=False))) from None


def _refuse_unknown_variables() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in os.environ:
        if name.startswith(PREFIX) and name not in known:
            raise SettingsError(f"Không có thiết đặt {name}.{_nearest(name, known)}")


def _nearest(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f" Có phải {close[0]} không?" if close else f" Các tên có: {', '.join(sorted(known))}."


def _explain(error: Any) -> str:
    if not error["loc"]:
        return f"{str(error['msg']).removeprefix('Value error, ')}."
    name = str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        return f"Không có thiết đặt «{name}» trong {FILE}.{_nearest(name, set(Settings.model_fields))}"
    reason = {
        "value_error": str(error["msg"]).removeprefix("Value error, "),
        "int_parsing": "phải là một con số",
        "greater_than_equal": "phải từ 0 đến 65535",
        "less_than_equal": "phải từ 0 đến 65535",
        "literal_error": f"chỉ nhận {error.get('ctx', {}).get('expected', '').replace(' or ', ', ')}",
    }.get(error["type"], "không dùng được")
    return f"Thiết đặt {PREFIX}{name.upper()} chưa đúng: {reason}."
