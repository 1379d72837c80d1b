"""The command `send_test_email`: sends one e-mail by EMAIL_URL and prints the mail server's answer."""

import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...posting import composed

#: Timeout of each answer in seconds.
TIMEOUT = 15


class Command(BaseCommand):
    """Sends like the registry itself: with the same sender and the same address for returned e-mails."""

    help = "Send an e-mail to the address and say what the mail server answered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")

    def handle(self, *, address: str, **options: Any) -> None:
        if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
            raise CommandError("There is no mail server: set EMAIL_URL. E-mails are written to the log.")
        message = composed(address, f"Test of {settings.SITE_ADDRESS}", "The registry can send e-mails.")
        message.connection = get_connection(timeout=TIMEOUT)
        self.stdout.write(f"From {settings.DEFAULT_FROM_EMAIL}, returned to {message.from_email}.")
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise CommandError(f"The mail server refuses {address}: {code} {self._said(words)}") from None
        except smtplib.SMTPAuthenticationError as error:
            raise CommandError(
                f"The mail server refuses the user or password of EMAIL_URL: {error.smtp_code}"
            ) from None
        except smtplib.SMTPResponseException as error:
            raise CommandError(f"The mail server refuses: {error.smtp_code} {self._said(error.smtp_error)}") from None
        except OSError as error:
            # The library reports a silent server like one that closed the connection.
            if isinstance(error, TimeoutError) or "timed out" in str(error):
                raise CommandError(f"The mail server of EMAIL_URL has not answered for {TIMEOUT} s.") from None
            raise CommandError(f"The mail server of EMAIL_URL cannot be used: {self._kind(error)}") from None
        self.stdout.write(f"The mail server took the e-mail for {address}. Look whether it arrives.")

    def _said(self, words: bytes | str) -> str:
        """Return the server's answer in one line, without the password in case it repeats it."""
        text = words.decode(errors="replace") if isinstance(words, bytes) else words
        for secret in (settings.EMAIL_HOST_PASSWORD, settings.EMAIL_HOST_USER):
            text = text.replace(secret, "…") if secret else text
        return " ".join(text.split())[:300]

    def _kind(self, error: OSError) -> str:
        return f"{type(error).__name__} ({error.strerror})" if error.strerror else type(error).__name__
