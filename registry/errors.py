"""Errors raised by transitions; each has a message for the user."""

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _


class RuleViolation(Exception):
    """Raised if a rule forbids the step. `rule` is its id, `message` is for the user, `field` names the form field, if
    any.
    """

    def __init__(self, rule: str, message: Any, *, field: str = "") -> None:
        self.rule = rule
        self.message = message
        self.field = field
        super().__init__(str(message))


@dataclass(frozen=True)
class Obstacle:
    """A record that prevents the step, with the page where the actor can settle it, if they may."""

    text: str
    page: str = ""
    number: int = 0

    def __str__(self) -> str:
        return self.text


class Blocked(RuleViolation):
    """Raised if other records prevent the step; `blockers` describes each of them."""

    def __init__(self, rule: str, message: Any, blockers: Sequence[Any]) -> None:
        super().__init__(rule, message)
        self.blockers = list(blockers)


class TooManyJobs(RuleViolation):
    """Raised if the account has the maximum number of open jobs."""


class StaleVersion(Exception):
    """Raised if somebody else saved the record after it was opened; `current` is its present state."""

    def __init__(self, current: Any) -> None:
        self.current = current
        super().__init__("stale version")


#: PostgreSQL codes of a server that is stopping or starting; class 08 means failed connections.
_STOPPED = {"57P01", "57P02", "57P03"}


def lost_database(error: BaseException | None) -> bool:
    """Return whether the error means that the database closed or refused the connection, such as during a restart."""
    cause = getattr(error, "__cause__", None)
    # psycopg errors from the connection rather than the server have no code.
    if not isinstance(error, OperationalError | InterfaceError) or not isinstance(cause, psycopg.Error):
        return False
    return cause.sqlstate is None or cause.sqlstate.startswith("08") or cause.sqlstate in _STOPPED


class LostStore(OSError):
    """Raised if the store of files does not answer or refuses access. The message contains no key."""


class ForeignStore(LostStore):
    """Raised if the store of files belongs to another installation; the message says what to do."""


#: Errors of a full or read-only disk, of the system and of both databases.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}
_NO_ROOM_IN_DATABASE = {"53100", "SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR_WRITE"}


def lost_disk(error: BaseException | None) -> bool:
    """Return whether the error or one of its causes means that nothing can be written: the disk is full or read-only,
    or the store of files does not answer.
    """
    for _step in range(10):
        code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
        if code in _NO_ROOM_IN_DATABASE or isinstance(error, LostStore):
            return True
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return True
        error = (error.__cause__ or error.__context__) if error is not None else None
    return False


class FontsMissing(Exception):
    """Raised if the font of the papers is not installed; another one would lack letters and shift the lines."""


class AnotherPageFirst(Exception):
    """Raised if another page at `url` has to be shown first; the browser is redirected to it."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(url)


class ServerBusy(Exception):
    """Raised if the server is too busy for the request; nothing has been changed."""

    message = _("The server is busy just now. Nothing has been changed: wait some seconds and press the button again.")
    #: Seconds after which the browser may try again.
    RETRY_AFTER = 5


class NotAllowed(PermissionDenied):
    """Raised if the actor may see the record, but their role does not allow the step (403)."""
