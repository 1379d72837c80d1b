"""Invariants of the outbox to the bonus programme."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from members.people.models import Member
from registry.integrity import invariant

from .enums import Word
from .models import OutboxEntry
from .queries import consenting, heads_with_programme


@invariant("The bonus programme is told of those who consented, and of nobody else")
def words() -> Iterable[str]:
    said = OutboxEntry.objects.filter(word=Word.MEMBER)
    for head in heads_with_programme():
        people = consenting(Member.objects.filter(federation=head.federation_id))
        untold = people.exclude(Exists(said.filter(member=OuterRef("pk"))))
        yield from (
            f"member {pk} consented, and the outbox does not say so" for pk in untold.values_list("pk", flat=True)
        )
        of_federation = said.filter(federation=head.federation_id)
        wrong = of_federation.exclude(member__in=people.values("pk"))
        yield from (f"outbox {pk} names somebody without consent" for pk in wrong.values_list("pk", flat=True))
        gone = of_federation.filter(member=None)
        yield from (f"outbox {pk} names a destroyed card" for pk in gone.values_list("pk", flat=True))
