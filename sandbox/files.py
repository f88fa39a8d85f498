"""Files people and bots have sent."""

import base64
import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from sandbox import samples
from sandbox.samples import Picture

Json = dict[str, Any]


class Stored(NamedTuple):
    """A file and where it is fetched from."""

    file_id: str
    unique_id: str
    path: str
    mime: str
    data: bytes
    shape: Json


class Files:
    """All files, found by id and by path; the oldest go first when there is a bound."""

    def __init__(self, keep: int | None = None) -> None:
        self._keep = keep
        self._count = 0
        self._by_id: dict[str, Stored] = {}

    def add(self, folder: str, ending: str, mime: str, data: bytes, **shape: Any) -> Json:
        """Keep a file; return its fields as Telegram writes them."""
        self._count += 1
        name = f"{folder}/file_{self._count}.{ending}"
        file_id = base64.urlsafe_b64encode(f"caunoi-sandbox:{name}".encode()).decode().rstrip("=")
        unique = base64.urlsafe_b64encode(hashlib.sha256(data).digest()[:12]).decode()
        fields = {"file_id": file_id, "file_unique_id": unique, "file_size": len(data), **shape}
        self._by_id[file_id] = Stored(file_id, unique, name, mime, data, fields)
        if self._keep and len(self._by_id) > self._keep:
            del self._by_id[next(iter(self._by_id))]
        return fields

    def add_photo(self, data: bytes) -> list[Json]:
        """Keep a photo at the sizes Telegram makes of it; bytes that are no picture are kept as they are."""
        pictures: Iterable[Picture]
        pictures = samples.sizes(data) if all(samples.dimensions(data)) else [Picture(1280, 960, data)]
        return [
            self.add("photos", "jpg", "image/jpeg", item.data, width=item.width, height=item.height)
            for item in pictures
        ]

    def add_voice(self, data: bytes, duration: int) -> Json:
        """Keep a voice recording."""
        return self.add("voice", "oga", "audio/ogg", data, duration=duration, mime_type="audio/ogg")

    def add_document(self, data: bytes, name: str, mime: str) -> Json:
        """Keep a document."""
        ending = name.rpartition(".")[2] if "." in name else "bin"
        return self.add("documents", ending, mime, data, file_name=name, mime_type=mime)

    def get(self, file_id: object) -> Stored | None:
        """Return the file with this id."""
        return self._by_id.get(file_id) if isinstance(file_id, str) else None

    def at(self, path: str) -> Stored | None:
        """Return the file at this path."""
        return next((item for item in self._by_id.values() if item.path == path), None)
