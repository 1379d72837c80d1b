"""Transition of the settings of the exchange, by the administrator of the federation (U-7)."""

from __future__ import annotations

from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Federation
from registry.transitions import change

from .. import book
from ..enums import FORMER_SECRET_VALID_FOR
from ..models import ExchangeSettings
from ..rules import check_has_programme, check_settings


def change_settings(
    *, channel: str, address: str, signed_answers: bool, new_secret: str = "", by: Actor
) -> ExchangeSettings:
    """Change the settings of the exchange; an empty secret keeps the present one (U-7).

    A replaced secret signs together with the new one for `FORMER_SECRET_VALID_FOR`. Raises `RuleViolation` for an
    unsafe address or an invalid secret, `NotAllowed`.
    """
    with change(by=by, rule="U-7", event="exchange.changed") as act:
        act.require(Permission.ADMINISTER)
        head = check_has_programme(by.organization)
        federation = act.lock(Federation.objects.all(), head.federation_id)
        found = act.lock_many(ExchangeSettings.objects.filter(federation=federation))
        exchange = found[0] if found else ExchangeSettings(federation=federation)
        check_settings(channel=channel, address=address, secret=new_secret or exchange.secret)
        before = (exchange.channel, exchange.address, exchange.signed_answers)
        exchange.channel, exchange.address, exchange.signed_answers = channel, address, signed_answers
        if new_secret and new_secret != exchange.secret:
            exchange.former_secret, exchange.former_until = exchange.secret, act.now + FORMER_SECRET_VALID_FOR
            exchange.secret = new_secret
        elif before == (channel, address, signed_answers):
            act.silent = True
            return exchange
        if before[0] != channel:
            book.drop_all_files(act, federation)
        # Earlier answers of the programme concerned the former settings.
        exchange.gone_at = exchange.paused_until = exchange.away_since = None
        act.save(exchange)
        act.about(exchange, organization=head)
    return exchange
