"""Rules of the exchange with the bonus programme (U-7)."""

from __future__ import annotations

import datetime as dt
import ipaddress
import random
from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from registry.errors import RuleViolation
from registry.organizations.models import Organization

from .enums import MAX_RETRY_AFTER, RETRY_SCHEDULE, Channel
from .signing import key_of

if TYPE_CHECKING:
    from members.people.models import Member
    from registry.files.models import StoredFile

    from .models import ExchangeFile, ExchangeSettings, OutboxEntry

#: Maximum number of members for one print of leaflets, one print of labels or one job of e-mails.
MAX_LEAFLETS = 500
#: Random share added to a wait, so that entries that failed together are not all retried together.
MAX_JITTER = 0.2


def check_has_programme(organization: Organization | None) -> Organization:
    """Return the organisation. Raises `RuleViolation` if its federation has no bonus programme (U-7)."""
    if organization is None or not organization.charter.programme_site:
        raise RuleViolation("U-7", _("Your federation has no bonus programme."))
    return organization


def check_settings(*, channel: str, address: str, secret: str) -> None:
    """Raise `RuleViolation` unless messages can be sent safely with these settings (U-7)."""
    if secret:
        try:
            key_of(secret)
        except ValueError:
            message = _("This is not a secret: it begins with whsec_ and is followed by 32 or more letters and digits.")
            raise RuleViolation("U-7", message, field="new_secret") from None
    if channel != Channel.WEB and not address:
        return
    if not address:
        raise RuleViolation("U-7", _("Enter the address that the programme has given you."), field="address")
    check_address(address)
    if channel == Channel.WEB and not secret:
        message = _("Without a secret the programme cannot verify that a message is yours. Enter one or have one made.")
        raise RuleViolation("U-7", message, field="new_secret")


def check_address(address: str) -> None:
    """Raise `RuleViolation` unless it is an https address without user name and password (U-7).

    Plain http is accepted only if the installation allows internal networks.
    """
    try:
        parts = urlsplit(address)
        known = bool(parts.hostname) and parts.port != 0 and not any(sign.isspace() for sign in address)
    except ValueError:
        known = False
    if not known or parts.fragment or "@" in parts.netloc or not address.isascii():
        message = _("This is not an address. It looks like https://programme.example.ru/members.")
        raise RuleViolation("U-7", message, field="address")
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.EXCHANGE_NETWORKS):
        message = _("The address has to begin with https://, so that nobody can read the messages.")
        raise RuleViolation("U-7", message, field="address")


def networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return the internal networks to which the installation may send messages."""
    return [ipaddress.ip_network(network) for network in settings.EXCHANGE_NETWORKS]


def check_sends(exchange: ExchangeSettings | None) -> None:
    """Raise `RuleViolation` while the exchange is switched off (U-7)."""
    if exchange is None or not exchange.sends:
        raise RuleViolation("U-7", _("The exchange is switched off. Your federation's administrator switches it on."))


def check_can_be_replayed(entry: OutboxEntry) -> None:
    """Raise `RuleViolation` if the programme has confirmed the message (U-7)."""
    if entry.is_confirmed:
        raise RuleViolation("U-7", _("The programme has confirmed this already: there is nothing to send again."))


def check_can_be_picked_up(file: ExchangeFile) -> StoredFile:
    """Return the stored file. Raises `RuleViolation` if it was deleted as outdated or too old (U-7)."""
    if file.file is None:
        message = _("This file is out of date and was deleted. A newer file has the messages that were not sent yet.")
        raise RuleViolation("U-7", message)
    return file.file


def check_keeps_members(organization: Organization | None) -> Organization:
    """Return the organisation. Raises `RuleViolation` unless it keeps cards and has a bonus programme (U-11)."""
    own = check_has_programme(organization)
    if not own.keeps_cards:
        raise RuleViolation("U-11", _("Leaflets are given out by the organisation that keeps the members' cards."))
    return own


def check_can_be_mailed(member: Member, *, consented: bool) -> None:
    """Raise `RuleViolation` unless the member has an e-mail address and consented to the transfer (U-11, N-C1)."""
    if not consented:
        message = _("%(name)s has not signed the consent to the transfer of data.")
        raise RuleViolation("U-11", message % {"name": member.full_name})
    if not member.email:
        raise RuleViolation("U-11", _("%(name)s has no e-mail address on the card.") % {"name": member.full_name})


def check_chosen(ids: Collection[int]) -> None:
    """Raise `RuleViolation` if no member is selected, or more than `MAX_LEAFLETS` (U-11)."""
    if not ids:
        raise RuleViolation("U-11", _("Nobody is selected. Tick the people first."))
    if len(ids) > MAX_LEAFLETS:
        message = _("At most %(most)s people at once. Choose fewer.")
        raise RuleViolation("U-11", message % {"most": MAX_LEAFLETS})


def next_attempt(
    attempts: int, now: dt.datetime, *, asked: dt.timedelta | None = None, chance: float | None = None
) -> dt.datetime | None:
    """Return the time of the next attempt after `attempts` failed ones, or None after the last.

    `asked` is the wait requested by the programme: it can only lengthen the scheduled wait, up to `MAX_RETRY_AFTER`.
    `chance`, from 0 to 1, replaces the random number.
    """
    if attempts >= len(RETRY_SCHEDULE):
        return None
    chance = random.random() if chance is None else chance  # noqa: S311 - spreads load, protects nothing
    wait = RETRY_SCHEDULE[attempts] * (1 + MAX_JITTER * chance)
    return now + max(wait, min(asked or dt.timedelta(), MAX_RETRY_AFTER))
