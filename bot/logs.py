"""Structured logs on standard error, one JSON object a line, without any secret.

`structlog` is imported only when logs are written: it takes long to load, and help writes none.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from structlog.typing import ExcInfo

TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_.-]{12,}")
PHONE = re.compile(r"(?<!\d)(?:(?:\+?84|0)\d{9}|\d{12})(?!\d)")
"""Phone numbers, and those of identity cards."""


def _redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last step before writing: tokens and phone numbers never leave the process."""
    return {name: _clean(value) for name, value in event.items()}


def _clean(value: Any) -> Any:
    return PHONE.sub("‹số›", TOKEN.sub("‹token›", value)) if isinstance(value, str) else value


def places_only(exc_info: ExcInfo) -> str:
    """Where it happened and what kind of failure it was; its words may be those of a person, or an SQL parameter."""
    lines: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}\n{frames}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "after\n".join(lines)


def set_up_logs(*, human: bool = False) -> None:
    """Send all logs to standard error: JSON for machines, short lines for the demo."""
    import structlog  # noqa: PLC0415 - see above

    steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(places_only),
        _redact,
    ]
    writer = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if human
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _redact,
            writer,
        ],
        foreign_pre_chain=steps,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.raiseExceptions = False  # a record that cannot be written is not spelled out on standard error either
    logging.basicConfig(handlers=[handler], level=logging.WARNING if human else logging.INFO, force=True)
    for noisy in ("aiohttp.access", "alembic", "asyncio", "telegram"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick skipped on a busy machine is made up by the next
    structlog.configure(
        processors=[*steps, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
