"""The exchange with the bonus programme: its settings, and messages that are sent again (U-7)."""

from __future__ import annotations

from documents.exchange.transitions import sending, settings
from tests.documents.exchange.consenting import consent, entry_of, switched_on
from tests.documents.exchange.programme import SECRET

from .base import UNION, Asked, Scene, Table

ADDRESS = "https://programme.example/members"


def _waiting(s: Scene) -> int:
    """The message about a member who has consented, to a programme that is switched on."""
    switched_on(s.place, ADDRESS)
    consent(s.member, s.place)
    return entry_of(s.member).pk


TABLE: Table = {
    sending.replay: Asked("+++-- 0 ++- +- 0-! !", "OutboxEntry", lambda s: {"entry_ids": [_waiting(s)]}, UNION),
    settings.change_settings: Asked(
        "----- - --- -+ --- !",
        "Federation ExchangeSettings",
        lambda s: {"channel": "web", "address": ADDRESS, "signed_answers": False, "new_secret": SECRET},
        UNION,
    ),
}
