"""E-mails, sent by the mail server of the installation, no more in a minute than it takes."""

from __future__ import annotations

import fcntl
import re
import smtplib
import time
from collections.abc import Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from .access import Actor
from .bounces.queries import new_mark, refused_since
from .bounces.transitions import note_refusal
from .enums import MailFailure

#: Seconds in which `EMAIL_PER_MINUTE` e-mails may be sent.
MINUTE = 60.0
#: Status of RFC 3463 in the words of a mail server.
_STATUS = re.compile(r"\s*([45]\.\d{1,3}\.\d{1,3})\b")


def send_pdf(
    address: str, *, subject: Any, text: Any, pdf: bytes, name: str, reply_to: Sequence[str] = ()
) -> MailFailure | None:
    """Send the PDF to the address as the file `name`; return the reason if it could not be sent, else None."""
    message = composed(address, subject, text, reply_to)
    message.attach(name, pdf, "application/pdf")
    return _send(message)


def send_text(address: str, *, subject: Any, text: Any) -> MailFailure | None:
    """Send the text to the address; return the reason if it could not be sent, else None."""
    return _send(composed(address, subject, text))


def composed(address: str, subject: Any, text: Any, reply_to: Sequence[str] = ()) -> EmailMessage:
    """Return the e-mail: `EMAIL_FROM` is seen as its sender, and what cannot be delivered goes to `EMAIL_BOUNCES`.

    By the mark in its Message-ID the registry knows it again when it comes back.
    """
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return EmailMessage(
        str(subject),
        str(text),
        from_email=settings.EMAIL_BOUNCES or settings.DEFAULT_FROM_EMAIL,
        to=[address],
        reply_to=list(reply_to),
        # Nobody's holiday notice is an answer to it.
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Auto-Submitted": "auto-generated",
            "Message-ID": f"<{new_mark(address)}@{host}>",
        },
    )


def _send(message: EmailMessage) -> MailFailure | None:
    (address,) = message.to
    if refused_since(address):
        return MailFailure.ADDRESS
    wait_for_turn()
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        ((code, words),) = error.recipients.values()
        return _refused(address, code, words)
    except smtplib.SMTPDataError as error:
        # What the e-mail says was refused, which tells nothing about the address.
        return MailFailure.LATER if error.smtp_code < 500 else MailFailure.ADDRESS
    except (smtplib.SMTPException, OSError):
        return MailFailure.SERVER
    return None


def _refused(address: str, code: int, words: bytes | str) -> MailFailure:
    """Note the address if the server refuses it for good, and return the reason."""
    if code < 500:
        return MailFailure.LATER
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    found = _STATUS.match(text)
    note_refusal(address, found[1] if found else "5.0.0", by=Actor.system("mail"))
    return MailFailure.ADDRESS


def wait_for_turn() -> None:
    """Wait until one more e-mail may be sent; all processes of this computer share the limit."""
    limit = settings.EMAIL_PER_MINUTE
    if not limit:
        return
    while (seconds := _seconds_to_wait(limit, Path(settings.MAIL_TURNS))) > 0:
        time.sleep(seconds)


def _seconds_to_wait(limit: int, file: Path) -> float:
    """Take the turn and return nothing to wait, or return the seconds after which there may be one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+") as turns:
        fcntl.flock(turns, fcntl.LOCK_EX)
        turns.seek(0)
        now = time.time()
        # A clock that was set back must not hold e-mails up for longer than a minute.
        taken = [at for at in map(float, turns.read().split()) if now - MINUTE < at <= now]
        if len(taken) >= limit:
            return taken[-limit] + MINUTE - now
        turns.seek(0)
        turns.truncate()
        turns.write(" ".join(map(repr, [*taken, now])))
        return 0.0
