"""Reading the mailbox for returned e-mails, daily and by the command `read_bounces`."""

from __future__ import annotations

import datetime as dt
import logging
from typing import NamedTuple

from django.conf import settings

from registry.access import Actor
from registry.jobs.kinds import daily

from .queries import is_own_mark
from .reading import returned_by
from .receiving import MailboxFailed, letters_in
from .transitions import forget_refusals, note_refusal

logger = logging.getLogger(__name__)


class Read(NamedTuple):
    """Numbers of letters: returned e-mails of the registry, those of them with refused addresses, and others."""

    came_back: int = 0
    refused: int = 0
    others: int = 0


@daily
def read_mailbox(_today: dt.date) -> None:
    """Read the letters returned since yesterday."""
    forget_refusals(by=Actor.system("bounces"))
    if not settings.BOUNCES_URL:
        return
    try:
        read = read_bounces(settings.BOUNCES_URL)
    except MailboxFailed as error:
        logger.warning("the mailbox of BOUNCES_URL was not read: %s", error)
        return
    logger.info("e-mails that came back: %s, refused addresses: %s, other letters: %s", *read)


def read_bounces(url: str) -> Read:
    """Read the mailbox: record refused addresses and delete returned e-mails. Raises `MailboxFailed`.

    A letter counts only if the registry sent the returned e-mail to the address that it names, because anybody can
    write to the mailbox. Other letters stay there, marked as read.
    """
    by, read = Actor.system("bounces"), Read()
    with letters_in(url) as letters:
        for letter in letters:
            bounces, marks = returned_by(letter.data)
            own = [one for one in bounces if any(is_own_mark(mark, one.address) for mark in marks)]
            # A report may list an address twice.
            statuses = {one.address.lower(): one.status for one in own}
            refused = [note_refusal(address, status, by=by) for address, status in statuses.items()]
            letter.finish(bool(own))
            read = Read(read.came_back + bool(own), read.refused + any(refused), read.others + (not own))
    return read
