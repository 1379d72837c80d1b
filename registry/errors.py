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
    """A rule forbids the step. `rule` is its id, `message` says what to do, `field` names the form field, if any."""

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
    """Other records prevent the step; `blockers` describes each of them."""

    def __init__(self, rule: str, message: Any, blockers: Sequence[Any]) -> None:
        super().__init__(rule, message)
        self.blockers = list(blockers)


class TooManyJobs(RuleViolation):
    """The account has as many open jobs as one may have."""


class StaleVersion(Exception):
    """Somebody else saved the record after it was opened; `current` is its present state."""

    def __init__(self, current: Any) -> None:
        self.current = current
        super().__init__("stale version")


#: Codes of PostgreSQL for a server that is stopping or starting; class 08 is for failed connections.
_STOPPED = {"57P01", "57P02", "57P03"}


def lost_database(error: BaseException | None) -> bool:
    """Return whether the error says that the database ended the connection or accepts none, as while it restarts."""
    cause = getattr(error, "__cause__", None)
    # Errors of psycopg that come from the connection instead of the server have no code.
    if not isinstance(error, OperationalError | InterfaceError) or not isinstance(cause, psycopg.Error):
        return False
    return cause.sqlstate is None or cause.sqlstate.startswith("08") or cause.sqlstate in _STOPPED


class LostStore(OSError):
    """The store of files does not answer, or refuses. The message holds no key."""


class ForeignStore(LostStore):
    """The store of files is not that of this installation; the message says what to do."""


#: Errors of a disk that is full or cannot be written to, of the system and of both databases.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}
_NO_ROOM_IN_DATABASE = {"53100", "SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR_WRITE"}


def lost_disk(error: BaseException | None) -> bool:
    """Return whether the error, or one of its causes, says that nothing can be written: the disk is full or locked, or
    the store of files does not answer.
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
    """The font of the papers is not installed, and another one would lack letters and shift the lines."""


class AnotherPageFirst(Exception):
    """The page is shown only after another one at `url`, to which the browser is redirected."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(url)


class ServerBusy(Exception):
    """The server has no turn for the request just now, and nothing of it was done."""

    message = _("The server is busy just now. Nothing has been changed: wait some seconds and press the button again.")
    #: Seconds after which the browser may ask again.
    RETRY_AFTER = 5


class NotAllowed(PermissionDenied):
    """The actor may see the record, but their role does not allow the step (403)."""
