"""Checks an outgoing request against Telegram's own specification, converted to JSON Schema.

`check("sendMessage", {"chat_id": 7, "text": ""})` tells what Telegram would refuse; an empty list is a valid request.
Form values may still be texts ("7", "true", "[…]"), and a file is bytes or any object that carries `data`.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

TYPE_NAMES = {
    "Integer": "integer",
    "Float": "number",
    "String": "string",
    "Boolean": "boolean",
    "InputFile": "file",
}
Schema = dict[str, Any]
ARRAY = "Array of "
SPEC: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "telegram-bot-api-10.1.json").read_text("utf-8"))

# Rules that the specification tells in sentences only.
CHAT = r"^(-?\d+|@[A-Za-z]\w+)$"
PATTERNS = {
    "Can contain only lowercase English letters, digits and underscores": r"^[a-z0-9_]+$",
    "nly characters A-Z, a-z, 0-9, _ and - are allowed": r"^[A-Za-z0-9_-]+$",
    "only A-Z, a-z, 0-9, _ and - are allowed": r"^[A-Za-z0-9_-]+$",
}
NOT_AN_ACTION = {"text", "icon_custom_emoji_id", "style"}


def check(method: str, params: Mapping[str, object]) -> list[str]:
    """Return what is wrong with a request, in words; nothing when it is valid."""
    if method not in SPEC["methods"]:
        return [f"{method}: unknown method"]
    types = {field["name"]: field["types"] for field in SPEC["methods"][method].get("fields", [])}
    values = {name: _from_form(value, types.get(name, [])) for name, value in params.items()}
    attached = {name for name in values.keys() - types.keys() if _is_file(None, values[name])}
    wanted = {text.removeprefix("attach://") for text in _texts(values) if text.startswith("attach://")}
    known: Any = {name: value for name, value in values.items() if name not in attached & wanted}
    found = [f"{method}: attach://{name} is not among the files" for name in sorted(wanted - values.keys())]
    return found + [f"{method}: {_words(error)}" for error in _validator(method).iter_errors(known)]


# --- values as they travel ------------------------------------------------------------------------------------------


def _from_form(value: object, types: list[str]) -> object:
    """Read a form's text as the type it stands for; leave it a text, and so a fault, when it cannot be."""
    if not isinstance(value, str) or not types or {"String", "InputFile"} & set(types):
        return value
    try:
        read = json.loads(value)
    except ValueError:
        return value
    return value if isinstance(read, str) else read


def _is_file(_: object, value: object) -> bool:
    return isinstance(value, bytes | bytearray | memoryview) or hasattr(value, "data") or hasattr(value, "filename")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


# --- the specification as schemas -----------------------------------------------------------------------------------


@cache
def _validator(method: str) -> Validator:
    checker: Validator = Checker({**_object(SPEC["methods"][method]), "$defs": _definitions()})
    return checker


@cache
def _definitions() -> Schema:
    return {name: _definition(kind) for name, kind in SPEC["types"].items()}


def _definition(kind: Schema) -> Schema:
    return _any(kind["subtypes"]) if kind.get("subtypes") else _object(kind)


def _object(kind: Schema) -> Schema:
    """Turn a method's parameters or a type's fields into the schema of an object."""
    fields = kind.get("fields", [])
    schema: Schema = {
        "type": "object",
        "properties": {field["name"]: _field(field) for field in fields},
        "required": [field["name"] for field in fields if field["required"]],
        "additionalProperties": False,
        "parsed": _parsed_limits(fields),
    }
    if kind["name"] == "InlineKeyboardButton":
        schema["oneAction"] = sorted(schema["properties"].keys() - NOT_AN_ACTION)
    return schema


def _any(types: list[str]) -> Schema:
    schemas = [_type(name) for name in types]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _type(name: str) -> Schema:
    if name.startswith(ARRAY):
        return {"type": "array", "items": _type(name.removeprefix(ARRAY))}
    return {"type": TYPE_NAMES[name]} if name in TYPE_NAMES else {"$ref": f"#/$defs/{name}"}


def _field(field: Schema) -> Schema:
    types, words = field["types"], field["description"]
    if types == ["Integer", "String"]:
        return {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": CHAT}]}
    schema = _any(types)
    if types == ["String"]:
        schema |= _text_rules(field["name"], words)
    elif types[0].startswith(ARRAY):
        schema |= _count_rules(words)
    elif types in (["Integer"], ["Float"]):
        schema |= _range_rules(words)
    return schema


# --- rules told in words --------------------------------------------------------------------------------------------


def _text_rules(name: str, words: str) -> Schema:
    rules: Schema = {}
    if (limit := _limit(words)) and limit[2] != "parsed":
        rules["limit"] = limit
    if allowed := _allowed(name, words):
        rules["enum"] = allowed
    for phrase, pattern in PATTERNS.items():
        if phrase in words:
            rules["pattern"] = pattern
    return rules


def _limit(words: str) -> tuple[int, int, str] | None:
    """Find "1-64 bytes", "up to 256 characters" or "1-4096 characters after entities parsing"."""
    found = re.search(r"(?:(\d+)-|up to )(\d+) (characters|bytes)", words, re.IGNORECASE)
    if not found or "total length" in words:
        return None
    after = re.search(r"after entit(?:ies|y) parsing", words)
    return int(found[1] or 0), int(found[2]), "parsed" if after else found[3].lower()


def _allowed(name: str, words: str) -> list[str]:
    """Find the few words that a text may be."""
    if name.endswith("parse_mode"):
        return ["HTML", "Markdown", "MarkdownV2"]
    if constant := re.search(r", must be (\w+)$", words):
        return [constant[1]]
    listed = re.search(r"[Mm]ust be (?:one of|either) (.*?)(?:\. |$)", words)
    return re.findall(r'"([^"]+)"', listed[1]) if listed else []


def _count_rules(words: str) -> Schema:
    if between := re.search(r"(?:ist of|include) (\d+)-(\d+) ", words):
        return {"minItems": int(between[1]), "maxItems": int(between[2])}
    if most := re.search(r"(?:[Aa]t most|up to) (\d+) (?!characters)", words):
        return {"maxItems": int(most[1])}
    return {}


def _range_rules(words: str) -> Schema:
    between = re.search(r"(?:; |[Vv]alues between |[Mm]ust be between )(\d+)(?:-| and )(\d+)(?!\d| *\*)", words)
    if not between or "0x7FFFFFFF" in words:
        return {}
    return {"minimum": int(between[1]), "maximum": int(between[2])}


def _parsed_limits(fields: list[Schema]) -> Schema:
    """Find the limits that hold for what is left of a text when its markup has been read."""
    names = {field["name"] for field in fields}
    limits = {field["name"]: _limit(field["description"]) for field in fields if field["types"] == ["String"]}
    return {
        name: (*limit[:2], f"{name}_parse_mode" if f"{name}_parse_mode" in names else "parse_mode")
        for name, limit in limits.items()
        if limit and limit[2] == "parsed"
    }


# --- keywords of ours -----------------------------------------------------------------------------------------------


def _check_limit(_: Validator, limit: tuple[int, int, str], value: object, __: Schema) -> Iterator[ValidationError]:
    if isinstance(value, str):
        least, most, unit = limit
        size = len(value.encode()) if unit == "bytes" else _units(value)
        if not least <= size <= most:
            yield ValidationError(f"{size} {unit}, not {least}-{most}")


def _check_parsed(_: Validator, limits: Schema, value: object, __: Schema) -> Iterator[ValidationError]:
    if not isinstance(value, dict):
        return
    for name, (least, most, mode) in limits.items():
        if isinstance(text := value.get(name), str):
            size = _units(_without_markup(text, value.get(mode)).strip())
            if not least <= size <= most:
                yield ValidationError(f"{size} characters, not {least}-{most}", path=[name])


def _check_action(_: Validator, actions: list[str], value: object, __: Schema) -> Iterator[ValidationError]:
    if isinstance(value, dict) and len(value.keys() & set(actions)) != 1:
        yield ValidationError("a button needs exactly one action")


def _without_markup(text: str, mode: object) -> str:
    if mode == "HTML":
        return html.unescape(re.sub(r"<[^>]*>", "", text))
    return re.sub(r"[\\*_~`|\[\]]", "", text) if mode else text


def _units(text: str) -> int:
    """Count as Telegram does, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


Checker = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    validators={"limit": _check_limit, "parsed": _check_parsed, "oneAction": _check_action},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("file", _is_file),
)


# --- faults in words ------------------------------------------------------------------------------------------------


def _words(error: ValidationError) -> str:
    """Say where the fault is and what it is; of a union, by the alternative that was most likely meant."""
    while error.context:
        error = _likeliest(error.context)
    return f"{error.json_path}: {error.message[-200:]}"  # the reason comes last


def _likeliest(errors: list[ValidationError]) -> ValidationError:
    """Take the first error of the alternative whose kind fits and that has the fewest errors."""
    by_alternative = sorted(errors, key=lambda error: str(error.schema_path[0]))
    groups = [list(group) for _, group in groupby(by_alternative, key=lambda error: str(error.schema_path[0]))]
    return min(groups, key=lambda group: (any(_is_of_another_kind(error) for error in group), len(group)))[0]


def _is_of_another_kind(error: ValidationError) -> bool:
    return (error.validator == "type" and not error.path) or list(error.path) == ["type"]
