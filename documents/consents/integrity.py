"""Invariants of consents."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from members.people.enums import OPEN_CONSENTS, MemberState
from members.people.models import Member
from registry.integrity import invariant

from .models import Consent


@invariant("The consent on a card is the one in force")
def consent_states() -> Iterable[str]:
    for state in OPEN_CONSENTS:
        in_force = Consent.objects.filter(member=OuterRef("pk"), purpose="processing", state=state)
        says = Member.objects.filter(state=MemberState.REGISTERED, consent_state=state).exclude(Exists(in_force))
        yield from (f"member {pk}: the card says {state}" for pk in says.values_list("pk", flat=True))
        hides = Member.objects.filter(Exists(in_force), state=MemberState.REGISTERED).exclude(consent_state=state)
        yield from (
            f"member {pk}: a consent is {state}, the card does not say so" for pk in hides.values_list("pk", flat=True)
        )
