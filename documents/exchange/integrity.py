"""Invariants of the outbox to the bonus programme."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from members.people.models import Member
from registry.integrity import invariant

from .enums import MessageKind
from .models import OutboxEntry
from .queries import consenting, heads_with_programme


@invariant("The bonus programme receives data of members who consented, and of nobody else")
def entries_agree_with_consents() -> Iterable[str]:
    known = OutboxEntry.objects.filter(kind=MessageKind.MEMBER)
    for head in heads_with_programme():
        people = consenting(Member.objects.filter(federation=head.federation_id))
        without_entry = people.exclude(Exists(known.filter(member=OuterRef("pk"))))
        yield from (
            f"member {pk} consented and has no entry in the outbox" for pk in without_entry.values_list("pk", flat=True)
        )
        of_federation = known.filter(federation=head.federation_id)
        wrong = of_federation.exclude(member__in=people.values("pk"))
        yield from (f"outbox {pk} is about a person without consent" for pk in wrong.values_list("pk", flat=True))
        gone = of_federation.filter(member=None)
        yield from (f"outbox {pk} is about a destroyed card" for pk in gone.values_list("pk", flat=True))
