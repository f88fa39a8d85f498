"""Refusals in Telegram's own words."""

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """A refusal with its code and Telegram's description."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters: Mapping[str, int] = parameters

    def body(self) -> dict[str, Any]:
        """Return the answer as Telegram writes it."""
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return answer | ({"parameters": dict(self.parameters)} if self.parameters else {})


def bad(words: str) -> ApiError:
    """Return a 400 with these words."""
    return ApiError(400, f"Bad Request: {words}")


def forbidden(words: str) -> ApiError:
    """Return a 403 with these words."""
    return ApiError(403, f"Forbidden: {words}")


def conflict(words: str) -> ApiError:
    """Return a 409 with these words."""
    return ApiError(409, f"Conflict: {words}")


def too_many(seconds: int) -> ApiError:
    """Return a 429 asking to wait."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
