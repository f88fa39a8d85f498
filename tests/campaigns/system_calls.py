"""What a process asked of the kernel, recorded by strace: its writes, and what it told others, in their real order."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STRACE = shutil.which("strace")
CHANGES = (
    "openat", "write", "pwrite64", "sendfile", "ftruncate", "fsync", "fdatasync",
    "rename", "unlink", "unlinkat", "mkdir", "rmdir",
)  # fmt: skip
WORDS = ("sendto", "sendmsg", "writev")
MOST_BYTES = 2**22

_LINE = re.compile(r"(\d+) +(?:(\w+)\((.*)|<\.\.\. (\w+) resumed>(.*))")
_RESULT = re.compile(r"\)\s+= (-?\d+)(?:<((?:\\x[0-9a-f]{2})*)>)?")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"(?:^|, )(\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2})*)>(\(deleted\))?")
_NUMBERS = re.compile(r", (\d+)(?=,|\))")


@dataclass(frozen=True, slots=True)
class Call:
    """One call that succeeded."""

    name: str
    descriptor: int
    path: str
    """Of the descriptor: a file's, or `socket:…`."""
    strings: tuple[bytes, ...]
    """Names, or what is written; of `sendfile` the name of what is read."""
    numbers: tuple[int, ...]
    flags: str
    result: int

    @property
    def tells(self) -> bool:
        """Whether somebody outside hears of it."""
        return self.path.startswith("socket:")


def under_strace(log: Path, *command: str) -> list[str]:
    """The command line that runs a command and records it."""
    wanted = ",".join((*CHANGES, *WORDS))
    options = ["-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", str(MOST_BYTES), "-e", "signal=none"]
    return [str(STRACE), *options, "-e", f"trace={wanted}", "-o", str(log), *command]


def recorded(log: Path) -> Iterator[Call]:
    """The calls, where they took effect: what is said when it begins, for nobody knows when it is heard."""
    begun: dict[str, str] = {}
    with log.open(encoding="ascii") as lines:
        for line in lines:
            if not (found := _LINE.match(line)):
                continue
            process, name, rest, resumed, end = found.groups()
            if resumed:
                rest, name = begun.pop(process, "") + end, resumed
            elif rest.rstrip().endswith("<unfinished ...>"):
                rest = rest.rpartition("<unfinished")[0].rstrip()
                if "socket" not in (call := _call(name, f"{rest}) = 0")).path:
                    begun[process] = rest
                else:
                    yield call
                continue
            if rest and (call := _call(name, rest)).result >= 0:
                yield call


def _call(name: str, rest: str) -> Call:
    result = _RESULT.search(rest)
    arguments = rest[: result.start() + 1] if result else rest
    descriptor = _DESCRIPTOR.search(arguments)
    path = _text(descriptor[2]) if descriptor else ""
    if name == "openat" and result and result[2]:
        path = _text(result[2])  # absolute, whatever the argument was
    bare = _STRING.sub('""', arguments)
    strings = tuple(_bytes(string) for string in _STRING.findall(arguments))
    if name == "sendfile":
        strings = (_bytes(_DESCRIPTOR.findall(arguments)[1][1]),)
    return Call(
        name,
        int(result[1]) if name == "openat" and result else _number(descriptor),
        "" if descriptor and descriptor[3] else path,
        strings,
        tuple(map(int, _NUMBERS.findall(bare))),
        bare,
        int(result[1]) if result else -1,
    )


def _number(descriptor: re.Match[str] | None) -> int:
    return int(descriptor[1]) if descriptor and descriptor[1].isdecimal() else -1


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


def _text(escaped: str) -> str:
    return os.fsdecode(_bytes(escaped))
