"""E-mails, sent by the mail server of the installation."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage

from .enums import MailFailure


def send_pdf(
    address: str, *, subject: Any, text: Any, pdf: bytes, name: str, reply_to: Sequence[str] = ()
) -> MailFailure | None:
    """Send the PDF to the address as the file `name`; return the reason if it could not be sent, else None."""
    message = EmailMessage(str(subject), str(text), to=[address], reply_to=list(reply_to))
    message.attach(name, pdf, "application/pdf")
    return _send(message)


def send_text(address: str, *, subject: Any, text: Any) -> MailFailure | None:
    """Send the text to the address; return the reason if it could not be sent, else None."""
    return _send(EmailMessage(str(subject), str(text), to=[address]))


def _send(message: EmailMessage) -> MailFailure | None:
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
        return MailFailure.ADDRESS
    except (smtplib.SMTPException, OSError):
        return MailFailure.SERVER
    return None
