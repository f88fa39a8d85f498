"""Phone numbers: read as people write them, kept as E.164, shown whole or masked."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumberType

NOT_PERSONAL = {
    PhoneNumberType.UNKNOWN,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
    PhoneNumberType.VOICEMAIL,
}
REGION, MASK = "VN", "•••"
SHORTEST_TO_MASK = 7


def e164(written: str) -> str:
    """The number as it is kept; empty when it is none that a person can be called by."""
    try:
        number = phonenumbers.parse(written, REGION)
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.number_type(number) in NOT_PERSONAL:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def readable(phone: str) -> str:
    """As people write it, `0912 345 678`; what is no number of Vietnam stays as it was given."""
    try:
        number = phonenumbers.parse(phone, REGION)
    except phonenumbers.NumberParseException:
        return phone
    if not phonenumbers.is_possible_number(number):
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def masked(phone: str) -> str:
    """Enough for those who know it: `0912 ••• 678`."""
    digits = re.sub(r"\D", "", readable(phone))
    return f"{digits[:4]} {MASK} {digits[-3:]}" if len(digits) >= SHORTEST_TO_MASK else MASK
