"""A disk as it is when the power goes: what was not synced may be lost, kept or torn, one write whatever another."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.campaigns.system_calls import Call

SECTOR = 512
LOST, KEPT = 0.4, 0.8
"""Below the first a change is lost, below the second it is kept, above it is torn."""
NOT_DATA = ("-shm", ".lock", ".sock")
"""Endings of what the next process makes anew: the shared index of the log, the lock, the socket."""


@dataclass(eq=False, slots=True)
class Inode:
    """A file's content on the disk, and what is on its way there."""

    folder: bool = False
    kept: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Bytes for an offset; None: the file ends there."""

    def size(self) -> int:
        """How long it is for those who ask now."""
        size = len(self.kept)
        for offset, data in self.pending:
            size = offset if data is None else max(size, offset + len(data))
        return size

    def now(self) -> bytes:
        """The content for those who read it now."""
        content = bytearray(self.kept)
        for offset, data in self.pending:
            _change(content, offset, data)
        return bytes(content)

    def sync(self) -> None:
        """Everything so far is on the disk."""
        for offset, data in self.pending:
            _change(self.kept, offset, data)
        self.pending.clear()

    def survives(self, dice: random.Random) -> bytes:
        """What may be found after the power has gone."""
        content = bytearray(self.kept)
        for offset, data in self.pending:
            fate = dice.random()
            if fate < LOST:
                continue
            if fate < KEPT or data is None:
                _change(content, offset, data)
            else:
                for begin, sector in _sectors(offset, data):
                    if dice.random() < 1 / 2:
                        _change(content, begin, sector)
        return bytes(content)


Names = dict[str, Inode]
State = dict[str, bytes | None]
"""Paths below the root, and their contents; None: a folder."""


class Disk:
    """One folder of a file system; names are paths, and each folder's changes of names wait for its own sync."""

    def __init__(self, root: Path, before: Path) -> None:
        """Begin with what lies in a copy of the folder, safe on the disk."""
        self.root = str(root)
        self.now: Names = {}
        self._positions: dict[int, int] = {}
        self._waiting: dict[str, list[tuple[str, str, Inode | None]]] = {}
        """By folder: a name that went, a name that came, and what it names."""
        for path in filter(lambda path: _is_data(str(path)), (before, *sorted(before.rglob("*")))):
            content = b"" if path.is_dir() else path.read_bytes()
            self.now[str(root / path.relative_to(before))] = Inode(path.is_dir(), bytearray(content))
        self._kept = dict(self.now)

    def concerns(self, call: Call) -> bool:
        """Whether a call may change this disk."""
        path = _path(call)
        reads = call.name == "openat" and "O_CREAT" not in call.flags
        return path.startswith(self.root) and _is_data(path) and not reads

    def apply(self, call: Call) -> None:
        """Take note of a call."""
        if not self.concerns(call):
            return
        path = _path(call)
        match call.name:
            case "openat":
                self._open(path, call)
            case "mkdir":
                self._rename("", path, Inode(folder=True))
            case "rename":
                self._rename(path, os.fsdecode(call.strings[1]), self.now[path])
            case "unlink" | "unlinkat" | "rmdir":
                self._rename(path, "", None)
            case "fsync" | "fdatasync":
                self._sync(path)
            case _:
                self._write(self.now[path], call)

    def crashed(self, dice: random.Random) -> State:
        """One of the states in which the power may leave it."""
        names = dict(self._kept)
        for gone, come, inode in (change for changes in self._waiting.values() for change in changes):
            if dice.random() < LOST:
                continue
            names.pop(gone, None)
            if inode is not None:
                names[come] = inode
        state: State = {}
        for path in sorted(names):  # folders come before what is in them
            name = path.removeprefix(self.root).removeprefix("/")
            if name and (os.path.dirname(name) in state or "/" not in name):
                state[name] = None if names[path].folder else names[path].survives(dice)
        return state

    # calls -----------------------------------------------------------------------------------------------------------

    def _open(self, path: str, call: Call) -> None:
        if path not in self.now:
            self._rename("", path, Inode())
        if "O_TRUNC" in call.flags:
            self.now[path].pending.append((0, None))
        self._positions[call.descriptor] = -1 if "O_APPEND" in call.flags else 0

    def _write(self, inode: Inode, call: Call) -> None:
        match call.name:
            case "pwrite64":
                inode.pending.append((call.numbers[-1], call.strings[0][: call.result]))
            case "ftruncate":
                inode.pending.append((call.numbers[0], None))
            case "sendfile":
                begin = self._advance(inode, call)
                source = self.now[os.fsdecode(call.strings[0])].now()
                inode.pending.append((begin, source[begin : begin + call.result]))
            case "write":
                inode.pending.append((self._advance(inode, call), call.strings[0][: call.result]))

    def _advance(self, inode: Inode, call: Call) -> int:
        position = self._positions[call.descriptor]
        if position < 0:
            return inode.size()
        self._positions[call.descriptor] = position + call.result
        return position

    def _rename(self, gone: str, come: str, inode: Inode | None) -> None:
        self.now.pop(gone, None)
        if inode is not None:
            self.now[come] = inode
        self._waiting.setdefault(os.path.dirname(come or gone), []).append((gone, come, inode))

    def _sync(self, path: str) -> None:
        inode = self.now[path]
        inode.sync()
        if inode.folder:
            for gone, come, named in self._waiting.pop(path, ()):
                self._kept.pop(gone, None)
                if named is not None:
                    self._kept[come] = named


def _path(call: Call) -> str:
    return call.path or (os.fsdecode(call.strings[0]) if call.strings and not call.tells else "")


def _is_data(path: str) -> bool:
    return not path.endswith(NOT_DATA)


def _change(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


def _sectors(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """Cut at the sectors of the disk, not of the write."""
    begin = offset
    while begin < offset + len(data):
        end = min((begin // SECTOR + 1) * SECTOR, offset + len(data))
        yield begin, data[begin - offset : end - offset]
        begin = end
