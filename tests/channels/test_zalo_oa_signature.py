"""Signatures of a Zalo Official Account, on the very bytes: the worked examples, and what a forger may try."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_oa_signature import SIGNATURE, TIMESTAMP, Signer, is_probe

SIGNER = Signer("4204242424242424242", "1357913579135791357", "demoOaSecretKey_Abc123")
RAW = (
    '{"app_id":"4204242424242424242","sender":{"id":"7012345678901234567"},'
    '"recipient":{"id":"1357913579135791357"},"user_id_by_app":"5512345678901234567",'
    '"event_name":"user_send_text","message":{"text":"Đăng ký","msg_id":"8f3c1e5ab7d94c20a6e1"},'
    '"timestamp":"1795406400123"}'
).encode()
TIME = "1795406400123"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
BY_APP = "9645ae60d61b700d3dc8453a0efe2acfe2b21919b3afef4a187712971463c965"
BY_OA = "d74af1fe3b235309b327ad03033d215434acfda3b9399d528068511422b93fc5"


def mac(raw: bytes, time: str = TIME, *, first: str = SIGNER.app_id, secret: str = SIGNER.secret) -> str:
    return hashlib.sha256(first.encode() + raw + time.encode() + secret.encode()).hexdigest()


@pytest.mark.parametrize(
    ("headers", "first"),
    [
        ({SIGNATURE: f"mac={BY_APP}", TIMESTAMP: TIME}, "app_id"),
        ({SIGNATURE: f"mac={BY_OA}", TIMESTAMP: TIME}, "oa_id"),
        ({SIGNATURE: f"mac={BY_APP}"}, "app_id"),
        ({SIGNATURE: BY_APP.upper()}, "app_id"),
        ({SIGNATURE: f" MAC={BY_OA} ", TIMESTAMP: "1"}, "oa_id"),
    ],
)
def test_the_worked_example(headers: dict[str, str], first: str) -> None:
    assert SIGNER.signed(headers, RAW, NOW) == first


def test_the_vector_of_another_implementation() -> None:
    then = datetime(1970, 1, 15, tzinfo=UTC)  # its time would be in seconds
    expected = "2f1ef5aabe67e8396a459ca89562e108ad541f82ba5022c85f645bd6b7220cb9"
    assert (
        Signer("X", "", "Y").signed({SIGNATURE: f"mac={expected}", TIMESTAMP: "1234567890"}, b"BODY", then) == "app_id"
    )


def test_a_time_may_be_a_number_in_the_body() -> None:
    raw = RAW.replace(b'"1795406400123"', b"1795406400123")
    assert SIGNER.signed({SIGNATURE: mac(raw)}, raw, NOW) == "app_id"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {SIGNATURE: ""},
        {SIGNATURE: "mac="},
        {SIGNATURE: f"mac={BY_APP[:-1]}"},
        {SIGNATURE: f"mac={mac(RAW, secret='another')}"},
        {SIGNATURE: f"mac={mac(RAW, first='another app')}"},
        {SIGNATURE: f"mac={mac(RAW, secret='')}"},
        {SIGNATURE: "mac=\ud800ế"},
    ],
)
def test_forgeries_are_refused(headers: dict[str, str]) -> None:
    assert SIGNER.signed(headers | {TIMESTAMP: TIME}, RAW, NOW) is None


def test_what_was_written_anew_is_not_what_was_signed() -> None:
    anew = json.dumps(json.loads(RAW)).encode()
    assert SIGNER.signed({SIGNATURE: BY_APP, TIMESTAMP: TIME}, anew, NOW) is None
    assert mac(anew).startswith("7c1219988d13")


def test_an_account_without_its_secret_takes_nothing() -> None:
    bare = Signer(SIGNER.app_id, SIGNER.oa_id, "")
    assert bare.signed({SIGNATURE: mac(RAW, secret=""), TIMESTAMP: TIME}, RAW, NOW) is None


def test_a_part_of_the_body_cannot_pass_for_the_time() -> None:
    """The parts are joined without anything between them, so their border could be moved."""
    shorter, rest = RAW[:-1], RAW[-1:].decode()
    assert SIGNER.signed({SIGNATURE: BY_APP, TIMESTAMP: rest + TIME}, shorter, NOW) is None


@pytest.mark.parametrize(("later", "first"), [(2, "app_id"), (48, None), (1000, None)])
def test_an_old_one_does_not_come_again(later: int, first: str | None) -> None:
    assert SIGNER.signed({SIGNATURE: BY_APP, TIMESTAMP: TIME}, RAW, NOW + timedelta(hours=later)) == first


@given(st.integers(0, len(RAW) - 1), st.integers(0, 255))
def test_no_byte_can_be_changed(place: int, byte: int) -> None:
    changed = RAW[:place] + bytes([byte]) + RAW[place + 1 :]
    assert SIGNER.signed({SIGNATURE: BY_APP, TIMESTAMP: TIME}, changed, NOW) == ("app_id" if changed == RAW else None)


@given(st.binary(max_size=60), st.dictionaries(st.sampled_from([SIGNATURE, TIMESTAMP]), st.text(max_size=70)))
def test_nothing_a_stranger_posts_passes_or_raises(raw: bytes, headers: dict[str, str]) -> None:
    assert SIGNER.signed(headers, raw, NOW) is None


def test_only_an_empty_body_is_the_probe() -> None:
    assert all(map(is_probe, [b"{}", b"", b" {}\n"]))
    assert not any(map(is_probe, [RAW, b"[]", b"{ }", b'{"event_name":"follow"}']))
