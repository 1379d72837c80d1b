"""E-mails with a PDF, sent by the mail server of the installation."""

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
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
        return MailFailure.ADDRESS
    except (smtplib.SMTPException, OSError):
        return MailFailure.SERVER
    return None
