"""The exchange with the bonus programme: its settings, and sending messages again (U-7)."""

from __future__ import annotations

from documents.exchange.enums import Channel
from documents.exchange.models import ExchangeFile
from documents.exchange.transitions import files, leaflets, sending, settings
from members.people.models import Member
from tests.documents.exchange.consenting import consent, entry_of, switched_on
from tests.documents.exchange.programme import SECRET

from .base import UNION, Asked, Scene, Table

ADDRESS = "https://programme.example/members"


def _waiting(s: Scene) -> int:
    """Switch the exchange on and return the id of a waiting message."""
    switched_on(s.place, ADDRESS)
    consent(s.member, s.place)
    return entry_of(s.member).pk


def _reachable(s: Scene) -> int:
    """Return a member with a consent and an e-mail address."""
    consent(s.member, s.place)
    Member.objects.filter(pk=s.member.pk).update(email="member@example.org")
    return s.member.pk


def written(s: Scene) -> ExchangeFile:
    """Return a file with the message about a member who consented."""
    switched_on(s.place, "", channel=Channel.FILE)
    consent(s.member, s.place)
    file = files.write_file(s.place.head.federation_id)
    assert file is not None
    return file


TABLE: Table = {
    files.pick_up: Asked(
        "00000 0 000 +0 000 +", "OutboxEntry ExchangeFile", lambda s: {"file_id": written(s).pk}, UNION
    ),
    leaflets.start_mail: Asked("+++0- - ++- +0 000 +", "Member", lambda s: {"member_id": _reachable(s)}, UNION),
    sending.replay: Asked("+++-- 0 ++- +- 0-! !", "OutboxEntry", lambda s: {"entry_ids": [_waiting(s)]}, UNION),
    settings.change_settings: Asked(
        "----- - --- -+ --- !",
        "Federation ExchangeSettings",
        lambda s: {"channel": "web", "address": ADDRESS, "signed_answers": False, "new_secret": SECRET},
        UNION,
    ),
}
