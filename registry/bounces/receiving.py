"""The mailbox for returned e-mails, read by IMAP or from a local Maildir or mbox file."""

from __future__ import annotations

import imaplib
import mailbox
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

#: Timeout of the server in seconds; maximum bytes read of a letter; maximum number of letters in one reading.
TIMEOUT, MAX_BYTES, MAX_LETTERS = 20, 256 * 1024, 1000


class MailboxFailed(Exception):
    """The mailbox cannot be read; the text gives the reason, without address, user or password."""


class Letter(NamedTuple):
    """A letter, with functions that delete it (returned e-mails) or mark it as read (others)."""

    data: bytes
    finish: Callable[[bool], None]


@contextmanager
def letters_in(url: str) -> Iterator[Iterator[Letter]]:
    """Open the mailbox of the URL and yield its unread letters. Raises `MailboxFailed`."""
    parts = urlsplit(url)
    kinds = {"imaps": _imap, "imap": _imap, "imap+tls": _imap, "maildir": _maildir, "mbox": _mbox}
    if parts.scheme not in kinds:
        raise MailboxFailed("BOUNCES_URL begins with imaps://, imap+tls://, imap://, maildir:// or mbox://")
    try:
        with kinds[parts.scheme](parts) as letters:
            yield letters
    except (imaplib.IMAP4.error, OSError, mailbox.Error) as error:
        raise MailboxFailed(type(error).__name__) from None


def check(url: str) -> None:
    """Open the mailbox and close it again. Raises `MailboxFailed`."""
    with letters_in(url):
        pass


@contextmanager
def _imap(parts: SplitResult) -> Iterator[Iterator[Letter]]:
    host, context = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "imaps":
        server: imaplib.IMAP4 = imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=context, timeout=TIMEOUT)
    else:
        server = imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT)
    try:
        if parts.scheme == "imap+tls":
            server.starttls(context)
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        if server.select(f'"{folder}"')[0] != "OK":
            raise MailboxFailed("the folder of BOUNCES_URL is not there")
        yield _unseen(server)
        server.expunge()
    finally:
        try:
            server.logout()
        except (imaplib.IMAP4.error, OSError):
            server.shutdown()


def _unseen(server: imaplib.IMAP4) -> Iterator[Letter]:
    _answer, found = server.uid("SEARCH", "UNSEEN", "UNDELETED")
    for uid in (found[0] or b"").split()[:MAX_LETTERS]:
        _answer, parts = server.uid("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{MAX_BYTES}>)")
        data = next((part[1] for part in parts if isinstance(part, tuple)), None)
        if data is not None:

            def finish(came_back: bool, uid: str = uid.decode()) -> None:
                server.uid("STORE", uid, "+FLAGS", r"(\Seen \Deleted)" if came_back else r"(\Seen)")

            yield Letter(data, finish)


@contextmanager
def _maildir(parts: SplitResult) -> Iterator[Iterator[Letter]]:
    yield _of_files(mailbox.Maildir(_path(parts), create=False), "S")


@contextmanager
def _mbox(parts: SplitResult) -> Iterator[Iterator[Letter]]:
    opened = mailbox.mbox(_path(parts), create=False)
    opened.lock()
    try:
        yield _of_files(opened, "R")
        opened.flush()
    finally:
        opened.unlock()
        opened.close()


def _path(parts: SplitResult) -> Path:
    path = Path(unquote(parts.path))
    if not path.exists():
        raise FileNotFoundError
    return path


def _of_files(opened: mailbox.Maildir | mailbox.mbox, read: str) -> Iterator[Letter]:
    """Yield the letters without the flag `read`, and set it once they were read."""
    for key in list(opened.iterkeys())[: 10 * MAX_LETTERS]:
        try:
            message = opened.get_message(key)
        except KeyError:
            # Another worker has read it.
            continue
        if read in message.get_flags():
            continue

        def finish(came_back: bool, key: str = key, message: mailbox.Message = message) -> None:
            if came_back:
                opened.discard(key)
                return
            message.add_flag(read)  # type: ignore[attr-defined]
            if isinstance(message, mailbox.MaildirMessage):
                message.set_subdir("cur")
            try:
                opened[key] = message
            except KeyError:
                return

        yield Letter(message.as_bytes()[:MAX_BYTES], finish)
