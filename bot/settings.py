"""Settings: `CAUNOI_*` variables over `caunoi.toml` over defaults."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.loopback import is_loopback
from bot.retention import Retention
from storage.sqlite_file import sqlite_file

FILE = Path("caunoi.toml")
PREFIX = "CAUNOI_"
Role = Literal["listen", "work", "send", "clock", "web"]
ALL_ROLES: tuple[Role, ...] = ("listen", "work", "send", "clock", "web")
POSTGRES = ("postgresql", "postgresql+asyncpg")
POSTGRES_OPTIONS = {"host", "port", "sslmode", "ssl"}
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
ZALO_SECRET = re.compile(r"[A-Za-z0-9_-]{8,256}")
ONE_LINE = re.compile(r"[\x21-\x7e]{1,4096}")
NUMBER = re.compile(r"[0-9]{1,32}")
TOKENS = {
    "telegram_token": (re.compile(r"\d+:[A-Za-z0-9_-]{20,}"), "BotFather"),
    "zalo_bot_token": (re.compile(r"\d+:[A-Za-z0-9_.-]{12,}"), "Zalo Bot Creator"),
}
ZALO_OA = ("zalo_oa_app_id", "zalo_oa_id", "zalo_oa_secret", "zalo_oa_refresh_token")
"""All of them, or none."""


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


class Settings(Retention, BaseSettings):
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
    zalo_bot_token: SecretStr | None = None
    zalo_bot_api_base: str = "https://bot-api.zaloplatforms.com"
    zalo_bot_webhook_secret: SecretStr | None = None
    zalo_oa_app_id: str = ""
    zalo_oa_id: str = ""
    zalo_oa_secret: SecretStr | None = None
    """The key that signs webhooks, from the webhook page."""
    zalo_oa_app_secret: SecretStr | None = None
    """The app's own secret, for new tokens; unset, it is the former."""
    zalo_oa_refresh_token: SecretStr | None = None
    """The first one; Zalo changes it at each use, and the newest is in the records."""
    zalo_oa_api_base: str = "https://openapi.zalo.me"
    zalo_oa_buttons: bool = False
    """Buttons besides the numbered lines; nobody has seen Zalo's own account of their shape confirmed."""
    public_url: str = ""
    """Where the world finds our web server: for webhooks, for photos that a platform fetches, for people's own data."""
    data_link_hours: int = Field(default=24, ge=24, le=168)
    """How long people can take their data away by a link; source: domain.md 7.1, nothing ends in under 24 hours."""
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8080, ge=0, le=65535)
    roles: Annotated[tuple[Role, ...], NoDecode] = ALL_ROLES
    operator_name: str = Field(default="", max_length=100)
    """The body that runs this and answers for the data; people are told at once, with whom to call."""
    operator_person: str = Field(default="", max_length=100)
    operator_phone: str = Field(default="", max_length=30)
    timezone: str = "Asia/Ho_Chi_Minh"
    language: Literal["vi", "en"] = "vi"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        return known_database(url)

    @field_validator("telegram_token", "zalo_bot_token", mode="after")
    @classmethod
    def _token_shape(cls, token: SecretStr | None, field: ValidationInfo) -> SecretStr | None:
        if token is None or not token.get_secret_value():
            return None
        shape, giver = TOKENS[str(field.field_name)]
        if shape.fullmatch(token.get_secret_value()):
            return token
        raise ValueError(f"không giống mã của {giver} (dạng 123456789:AA…); chép lại cả dòng")

    @field_validator("zalo_oa_app_id", "zalo_oa_id")
    @classmethod
    def _number(cls, digits: str) -> str:
        if not digits or NUMBER.fullmatch(digits):
            return digits
        raise ValueError("chỉ gồm chữ số, chép từ trang quản trị của Zalo")

    @field_validator("zalo_oa_secret", "zalo_oa_app_secret", "zalo_oa_refresh_token", mode="after")
    @classmethod
    def _one_line(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None or ONE_LINE.fullmatch(secret.get_secret_value()):
            return secret
        raise ValueError("phải là một dòng chữ không dấu, không có khoảng trắng; chép lại từ trang của Zalo")

    @field_validator("public_url")
    @classmethod
    def _public(cls, url: str) -> str:
        if not url or (urlsplit(url).hostname and (url.startswith("https://") or is_loopback(url))):
            return url.rstrip("/")
        raise ValueError("phải là một địa chỉ https:// mà mọi người vào được, ví dụ https://bot.example.vn")

    @field_validator("telegram_api_base", "telegram_webhook_url", "zalo_bot_api_base", "zalo_oa_api_base")
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

    @field_validator("zalo_bot_webhook_secret", mode="after")
    @classmethod
    def _zalo_secret_shape(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None or ZALO_SECRET.fullmatch(secret.get_secret_value()):
            return secret
        raise ValueError("chỉ gồm chữ không dấu, số, gạch dưới, gạch nối; 8 đến 256 ký tự")

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
        for name in self._posted_to():
            if "web" not in self.roles and sqlite_file(self.database_url):
                raise ValueError(f"{name} cần vai web trong CAUNOI_ROLES; không thì tin gửi tới mất lối vào")
        return self

    def _posted_to(self) -> Iterator[str]:
        """The settings by which a platform posts updates to our web server."""
        if self.telegram_webhook_url:
            yield "CAUNOI_TELEGRAM_WEBHOOK_URL"
        if self.public_url and (self.zalo_bot_token or self.zalo_oa_id):
            yield "CAUNOI_PUBLIC_URL"

    @model_validator(mode="after")
    def _zalo_bot_is_whole(self) -> Settings:
        if self.zalo_bot_webhook_secret and not (self.zalo_bot_token and self.public_url):
            raise ValueError(
                "CAUNOI_ZALO_BOT_WEBHOOK_SECRET cần kèm CAUNOI_ZALO_BOT_TOKEN và CAUNOI_PUBLIC_URL "
                "(nơi Zalo gửi tin tới)"
            )
        if self.zalo_bot_token and self.public_url and not self.zalo_bot_webhook_secret:
            raise ValueError(
                "CAUNOI_ZALO_BOT_TOKEN và CAUNOI_PUBLIC_URL cần kèm CAUNOI_ZALO_BOT_WEBHOOK_SECRET "
                "(chuỗi bí mật tự đặt, từ 8 ký tự)"
            )
        return self

    @model_validator(mode="after")
    def _zalo_oa_is_whole(self) -> Settings:
        given = [name for name in (*ZALO_OA, "zalo_oa_app_secret") if getattr(self, name)]
        missing = [name for name in (*ZALO_OA, "public_url") if not getattr(self, name)]
        if given and missing:
            has, lacks = (", ".join(PREFIX + name.upper() for name in names) for names in (given, missing))
            raise ValueError(f"Có {has} mà còn thiếu {lacks}; đặt đủ cả, hoặc bỏ hết các thiết đặt CAUNOI_ZALO_OA_…")
        return self

    @property
    def has_channel(self) -> bool:
        """Whether there is any platform to talk on."""
        return bool(self.accounts)

    @property
    def accounts(self) -> list[str]:
        """Our accounts, as the records name them."""
        tokens = {"telegram": self.telegram_token, "zalo_bot": self.zalo_bot_token}
        bots = [f"{name}:{token.get_secret_value().partition(':')[0]}" for name, token in tokens.items() if token]
        return [*bots, *([f"zalo_oa:{self.zalo_oa_id}"] if self.zalo_oa_id else [])]

    @property
    def apis(self) -> list[str]:
        """Where the platforms are that we have an account on."""
        known = (
            (self.telegram_token, self.telegram_api_base),
            (self.zalo_bot_token, self.zalo_bot_api_base),
            (self.zalo_oa_id, self.zalo_oa_api_base),
        )
        return [api for configured, api in known if configured]

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
        "bool_parsing": "chỉ nhận true hoặc false",
        "greater_than_equal": f"phải từ {error.get('ctx', {}).get('ge')} trở lên",
        "less_than_equal": f"không quá {error.get('ctx', {}).get('le')}",
        "string_too_long": f"dài quá {error.get('ctx', {}).get('max_length')} chữ cái",
        "literal_error": f"chỉ nhận {error.get('ctx', {}).get('expected', '').replace(' or ', ', ')}",
    }.get(error["type"], "không dùng được")
    return f"Thiết đặt {PREFIX}{name.upper()} chưa đúng: {reason}."
