"""Reads request parameters by the Bot API's own specification and complains about what it does not know."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sandbox.errors import bad

_SPEC = json.loads(Path(__file__).with_name("spec.json").read_text(encoding="utf-8"))
_METHODS: dict[str, dict[str, str]] = _SPEC["methods"]
_TYPES: dict[str, dict[str, str]] = _SPEC["types"]
_PLAIN: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "String": (str,),
    "Boolean": (bool,),
    "Float": (int, float),
}
_ARRAY = "Array of "
_TRUE = {"true", "yes", "1"}
_JSON_NAMES = {"reply_markup": "reply keyboard markup JSON object"}
NAMES = {name.lower(): name for name in _METHODS}


class Upload(NamedTuple):
    """A file that came with a request."""

    name: str
    mime: str
    data: bytes


def decode(method: str, raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the parameters as values, and every complaint about them."""
    known = _METHODS[method]
    params: dict[str, Any] = {}
    complaints = [f"{method}: required parameter {name!r} is missing" for name in _missing(known, raw)]
    for name, value in raw.items():
        if name not in known:
            params[name] = value
            if not isinstance(value, Upload):
                complaints.append(f"{method}: parameter {name!r} is not in the specification")
            continue
        types = known[name].lstrip("!").split("|")
        params[name] = _value(name, value, types)
        complaints += [f"{method}: {words}" for words in _wrong(name, params[name], types)]
    return params, complaints


def _missing(known: Mapping[str, str], given: Mapping[str, Any]) -> list[str]:
    return [name for name, kind in known.items() if kind.startswith("!") and name not in given]


def _value(name: str, value: Any, types: list[str]) -> Any:
    if not isinstance(value, str):
        return value
    if "Integer" in types and value.strip().lstrip("-").isdigit():
        return int(value)
    if "Boolean" in types:
        return value.lower() in _TRUE
    if "Float" in types:
        return float(value)
    if "String" in types or "InputFile" in types or "Integer" in types:
        return value
    return _parsed(name, value)


def _parsed(name: str, value: str) -> Any:
    try:
        return json.loads(value) if value else None
    except ValueError:
        what = _JSON_NAMES.get(name, f"{name.replace('_', ' ')} JSON object")
        raise bad(f"can't parse {what}") from None


def _wrong(where: str, value: Any, types: list[str]) -> list[str]:
    """Return what is wrong with a value, or nothing when one of the types fits it."""
    if value is None or isinstance(value, Upload):
        return []
    found = [list(_against(where, value, kind)) for kind in types]
    return min(found, key=len, default=[])


def _against(where: str, value: Any, kind: str) -> Iterator[str]:
    if kind.startswith(_ARRAY):
        yield from _against_array(where, value, kind.removeprefix(_ARRAY))
    elif kind in _PLAIN:
        if not isinstance(value, _PLAIN[kind]) or (isinstance(value, bool) and kind != "Boolean"):
            yield f"{where} should be {kind}, not {type(value).__name__}"
    elif kind in _TYPES:
        yield from _against_object(where, value, _TYPES[kind])


def _against_array(where: str, value: Any, kind: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{where} should be an array"
        return
    for index, item in enumerate(value):
        yield from _wrong(f"{where}[{index}]", item, [kind])


def _against_object(where: str, value: Any, fields: Mapping[str, str]) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where} should be an object"
        return
    if "*" in fields:
        yield from _wrong(where, value, fields["*"].split("|"))
        return
    yield from (f"{where}.{name} is missing" for name in _missing(fields, value))
    for name, item in value.items():
        if name not in fields:
            yield f"{where}.{name} is not in the specification"
        else:
            yield from _wrong(f"{where}.{name}", item, fields[name].lstrip("!").split("|"))
