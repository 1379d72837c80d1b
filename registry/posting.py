"""Sending e-mails by the installation's mail server, within its limit per minute."""

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

#: Time window in seconds for `EMAIL_PER_MINUTE` e-mails.
MINUTE = 60.0
#: Status of RFC 3463 in a mail server's text.
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
    """Return the e-mail: `EMAIL_FROM` is the visible sender, and undeliverable mail is returned to `EMAIL_BOUNCES`.

    The mark in its Message-ID identifies it if it is returned.
    """
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return EmailMessage(
        str(subject),
        str(text),
        from_email=settings.EMAIL_BOUNCES or settings.DEFAULT_FROM_EMAIL,
        to=[address],
        reply_to=list(reply_to),
        # Keeps automatic replies away.
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
        # The content of the e-mail was refused, which says nothing about the address.
        return MailFailure.LATER if error.smtp_code < 500 else MailFailure.ADDRESS
    except (smtplib.SMTPException, OSError):
        return MailFailure.SERVER
    return None


def _refused(address: str, code: int, words: bytes | str) -> MailFailure:
    """Record the address if the server refuses it permanently, and return the reason."""
    if code < 500:
        return MailFailure.LATER
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    found = _STATUS.match(text)
    note_refusal(address, found[1] if found else "5.0.0", by=Actor.system("mail"))
    return MailFailure.ADDRESS


def wait_for_turn() -> None:
    """Wait until another e-mail may be sent; all processes of this computer share the limit."""
    limit = settings.EMAIL_PER_MINUTE
    if not limit:
        return
    while (seconds := _seconds_to_wait(limit, Path(settings.MAIL_TURNS))) > 0:
        time.sleep(seconds)


def _seconds_to_wait(limit: int, file: Path) -> float:
    """Take the turn and return 0, or return the seconds to wait before the next attempt."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+") as turns:
        fcntl.flock(turns, fcntl.LOCK_EX)
        turns.seek(0)
        now = time.time()
        # A clock that was set back must not delay e-mails by more than a minute.
        taken = [at for at in map(float, turns.read().split()) if now - MINUTE < at <= now]
        if len(taken) >= limit:
            return taken[-limit] + MINUTE - now
        turns.seek(0)
        turns.truncate()
        turns.write(" ".join(map(repr, [*taken, now])))
        return 0.0
