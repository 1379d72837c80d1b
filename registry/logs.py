"""Log formatting without personal data (V-C5): tracebacks contain frames and error classes, never messages.

Messages of database errors quote the row, those of parsers the cell.
"""

import datetime as dt
import logging
import traceback
from types import TracebackType
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from pythonjsonlogger.json import JsonFormatter


class QuietFormatter(logging.Formatter):
    """Formats a traceback as frames and class names with their causes, and the time with its zone."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        """Return the time of the record in the installation's time zone, with its UTC offset."""
        return dt.datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")

    def formatException(  # noqa: N802 - the name is logging's
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        lines: list[str] = []
        error: Any = ei[1]
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            lines += [
                *traceback.format_tb(error.__traceback__),
                f"{type(error).__module__}.{type(error).__qualname__}\n",
            ]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "".join(lines).rstrip("\n")


class OneLineRefusals(logging.Filter):
    """Shortens a refusal of rights or a malformed request to one line, because it is not a failure of the program."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Remove the traceback from the record of a refusal."""
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if isinstance(error, PermissionDenied | BadRequest | SuspiciousOperation):
            record.exc_info = record.exc_text = None
        return True


class QuietJsonFormatter(QuietFormatter, JsonFormatter):
    """The same as one JSON object on each line, for log collectors."""
