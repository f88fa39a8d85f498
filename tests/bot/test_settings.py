"""A wrong setting is named, with what to do; nothing secret is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.initialise import write_settings_file
from bot.settings import ALL_ROLES, Settings, SettingsError, load_settings

TOKEN = "123456789:AAabcdefghijklmnopqrstuvwxyz0123456"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_nothing_set_is_a_working_setting() -> None:
    settings = load_settings()
    assert settings.database_url == "sqlite:///caunoi.db"
    assert settings.roles == ALL_ROLES
    assert settings.timezone == "Asia/Ho_Chi_Minh"


def test_variables_go_over_the_file_and_the_file_over_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "caunoi.toml").write_text('web_port = 9000\nlanguage = "en"\n')
    monkeypatch.setenv("CAUNOI_WEB_PORT", "9001")
    settings = load_settings()
    assert (settings.web_port, settings.language) == (9001, "en")


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    unset = load_settings()
    for name in Settings.model_fields:
        monkeypatch.setenv(f"CAUNOI_{name.upper()}", "")
    assert load_settings() == unset


def test_roles_are_a_list_of_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUNOI_ROLES", "listen, work")
    assert load_settings().roles == ("listen", "work")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CAUNOI_DATABASE_URL", "mysql://x", "sqlite:///"),
        ("CAUNOI_TELEGRAM_TOKEN", "hello", "BotFather"),
        ("CAUNOI_TELEGRAM_API_BASE", "not a url", "http"),
        ("CAUNOI_TELEGRAM_WEBHOOK_SECRET", "có dấu", "không dấu"),
        ("CAUNOI_WEB_PORT", "tám", "con số"),
        ("CAUNOI_WEB_PORT", "70000", "65535"),
        ("CAUNOI_DATA_LINK_HOURS", "23", "24"),
        ("CAUNOI_ROLES", "listen,dance", "listen"),
        ("CAUNOI_TIMEZONE", "Asia/Saigoon", "Asia/Ho_Chi_Minh"),
        ("CAUNOI_LANGUAGE", "fr", "vi"),
        ("CAUNOI_DATABASE_URL", "sqlite:///", "sqlite:///"),
        ("CAUNOI_DATABASE_URL", "sqlite:///:memory:", "sqlite:///"),
        ("CAUNOI_DATABASE_URL", "postgresql://u:p@host:port/x", "postgresql"),
        ("CAUNOI_DATABASE_URL", "postgresql://u:p@host/x?channel_binding=require", "channel_binding"),
        ("CAUNOI_DATABASE_URL", "postgresql://", "cơ-sở-dữ-liệu"),
        ("CAUNOI_DATABASE_URL", "postgresql+asyncpg://u:p@host", "cơ-sở-dữ-liệu"),
        ("CAUNOI_ROLES", ",", "listen"),
        ("CAUNOI_TIMEZONE", "Asia", "Asia/Ho_Chi_Minh"),
        ("CAUNOI_ZALO_BOT_TOKEN", "hello", "Zalo Bot Creator"),
        ("CAUNOI_ZALO_BOT_API_BASE", "bot-api.zaloplatforms.com", "http"),
        ("CAUNOI_ZALO_BOT_WEBHOOK_SECRET", "ngan", "8 đến 256"),
        ("CAUNOI_ZALO_BOT_WEBHOOK_SECRET", "bi-mat-12345", "CAUNOI_PUBLIC_URL"),
        ("CAUNOI_ZALO_OA_ID", "oa", "chữ số"),
        ("CAUNOI_ZALO_OA_ID", "1357913579135791357", "CAUNOI_ZALO_OA_APP_ID"),
        ("CAUNOI_ZALO_OA_REFRESH_TOKEN", "một hai", "một dòng"),
        ("CAUNOI_ZALO_OA_APP_SECRET", "x", "CAUNOI_ZALO_OA_SECRET"),
        ("CAUNOI_PUBLIC_URL", "http://bot.example.vn", "https://"),
        ("CAUNOI_TELEGRAM_WEBHOOK_URL", "https://bot.example.vn/tg", "WEBHOOK_SECRET"),
    ],
)
def test_a_wrong_setting_names_itself(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert name in str(refusal.value)
    assert words in str(refusal.value)


ZALO_TOKEN = "2000000001:khung-thu-zalo-bot"
ZALO = {
    "zalo_bot_token": ZALO_TOKEN,
    "public_url": "https://bot.example.vn/",
    "zalo_bot_webhook_secret": "bi-mat-12345",
}
OA = {name: "42" for name in ("zalo_oa_app_id", "zalo_oa_id", "zalo_oa_secret", "zalo_oa_refresh_token")}


def test_whole_settings_of_all_channels_are_taken() -> None:
    settings = load_settings(telegram_token=TOKEN, **ZALO, **OA)
    assert settings.accounts == ["telegram:123456789", "zalo_bot:2000000001", "zalo_oa:42"]
    assert settings.public_url == "https://bot.example.vn"
    assert not any(words in repr(settings) for words in (ZALO_TOKEN, "bi-mat-12345"))
    assert load_settings(zalo_bot_token=ZALO_TOKEN).has_channel
    assert load_settings(public_url="http://127.0.0.1:8080").public_url


@pytest.mark.parametrize("missing", [*ZALO, *OA])
def test_half_a_configuration_names_what_is_missing(missing: str) -> None:
    given = {name: value for name, value in (ZALO | OA).items() if name != missing}
    if missing == "zalo_bot_token":
        given.pop("public_url")
    with pytest.raises(SettingsError, match=f"CAUNOI_{missing.upper()}"):
        load_settings(**given)


def test_a_webhook_needs_somebody_at_the_door() -> None:
    with pytest.raises(SettingsError, match="CAUNOI_PUBLIC_URL cần vai web"):
        load_settings(**ZALO, roles=("listen", "send"))


def test_an_unknown_variable_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUNOI_TELEGRAM_TOKN", TOKEN)
    with pytest.raises(SettingsError, match="CAUNOI_TELEGRAM_TOKEN") as refusal:
        load_settings()
    assert TOKEN not in str(refusal.value)


def test_an_unknown_key_in_the_file_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "caunoi.toml").write_text("web_prot = 9000\n")
    with pytest.raises(SettingsError, match="web_port"):
        load_settings()


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "caunoi.toml").write_text("web_port = = 9000\n")
    with pytest.raises(SettingsError, match=r"caunoi\.toml"):
        load_settings()


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "caunoi.toml").write_bytes('language = "vi"'.encode("utf-16"))
    with pytest.raises(SettingsError, match=r"caunoi\.toml không phải chữ UTF-8"):
        load_settings()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "caunoi.toml").symlink_to("/proc/self/mem")  # root, too, cannot read it from its beginning
    with pytest.raises(SettingsError, match=r"Không đọc được caunoi\.toml"):
        load_settings()


def test_the_token_is_in_no_picture_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUNOI_TELEGRAM_TOKEN", TOKEN)
    assert TOKEN not in repr(load_settings())
    assert TOKEN not in load_settings().model_dump_json()


def test_the_file_that_init_writes_is_read_back(tmp_path: Path) -> None:
    write_settings_file(tmp_path / "caunoi.toml", {"telegram_token": TOKEN})
    settings = load_settings()
    assert isinstance(settings, Settings)
    assert settings.telegram_token is not None
    assert settings.telegram_token.get_secret_value() == TOKEN
    assert (tmp_path / "caunoi.toml").stat().st_mode & 0o777 == 0o600


def test_a_webhook_on_one_file_needs_the_role_that_answers_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUNOI_TELEGRAM_WEBHOOK_URL", "https://bot.example.vn/tg")
    monkeypatch.setenv("CAUNOI_TELEGRAM_WEBHOOK_SECRET", "abc")
    monkeypatch.setenv("CAUNOI_ROLES", "listen,work,send,clock")
    with pytest.raises(SettingsError, match="CAUNOI_ROLES"):
        load_settings()
    monkeypatch.setenv("CAUNOI_DATABASE_URL", "postgresql://u:p@host/x")  # another process may have that role
    assert load_settings().telegram_webhook_url


@pytest.mark.parametrize("address", ["https://bot.example.vn/tg", ""])
def test_init_sets_zalo_up_where_there_is_an_address(tmp_path: Path, address: str) -> None:
    answers = {"telegram_token": TOKEN, "zalo_bot_token": ZALO_TOKEN, "telegram_webhook_url": address}
    write_settings_file(tmp_path / "caunoi.toml", answers)
    settings = load_settings()
    assert settings.accounts == ["telegram:123456789", "zalo_bot:2000000001"]
    assert settings.public_url == ("https://bot.example.vn" if address else "")
    assert bool(settings.zalo_bot_webhook_secret) == bool(address)
