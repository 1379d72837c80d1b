"""The command `read_bounces`: reads the mailbox of BOUNCES_URL now, as workers do once a day."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ...bounces.jobs import read_bounces
from ...bounces.receiving import MailboxFailed


class Command(BaseCommand):
    """Prints no addresses: the registry shows whose e-mails are returned."""

    help = "Read the e-mails that came back, so that nothing more is sent to addresses that are refused."

    def handle(self, **options: Any) -> None:
        if not settings.BOUNCES_URL:
            raise CommandError("There is no mailbox: set BOUNCES_URL.")
        try:
            read = read_bounces(settings.BOUNCES_URL)
        except MailboxFailed as error:
            raise CommandError(f"The mailbox of BOUNCES_URL cannot be read: {error}") from None
        self.stdout.write(
            f"E-mails that came back: {read.came_back}, to refused addresses: {read.refused}. "
            f"Other letters, left there as read: {read.others}."
        )
