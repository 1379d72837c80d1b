"""Log formatting without personal data (V-C5): tracebacks contain frames and error classes, never messages.

Messages of database errors quote the row, those of parsers the cell.
"""

import datetime as dt
import logging
import traceback
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter


class QuietFormatter(logging.Formatter):
    """Formats a traceback as frames and class names, causes included, and the time with its zone."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        """Return the time of the record in the zone of the installation, with its difference from UTC."""
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


class QuietJsonFormatter(QuietFormatter, JsonFormatter):
    """The same as one JSON object for each line, for programs that collect logs."""
