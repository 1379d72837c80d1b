"""Invariants of consents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef

from members.people.enums import OPEN_CONSENTS, ConsentState, MemberState
from members.people.models import Member
from registry.integrity import EVERYTHING, Scope, invariant
from registry.sizes import CHUNK_READ

from .contents import DESTROYED, LOOKUPS, emptied
from .models import Consent, Withdrawal


@invariant("The consent on a card is the one in force")
def consent_states(scope: Scope = EVERYTHING) -> Iterable[str]:
    members = scope.of(Member.objects.all(), "unit")
    for state in OPEN_CONSENTS:
        in_force = Consent.objects.filter(member=OuterRef("pk"), purpose="processing", state=state)
        says = members.filter(state=MemberState.REGISTERED, consent_state=state).exclude(Exists(in_force))
        yield from (f"member {pk}: the card says {state}" for pk in says.values_list("pk", flat=True))
        hides = members.filter(Exists(in_force), state=MemberState.REGISTERED).exclude(consent_state=state)
        yield from (
            f"member {pk}: a consent is {state}, the card does not say so" for pk in hides.values_list("pk", flat=True)
        )


@invariant("A card is blocked while a withdrawal of the processing blocks it, and only then")
def blocked_cards(scope: Scope = EVERYTHING) -> Iterable[str]:
    blocks = Withdrawal.objects.filter(member=OuterRef("pk"), blocked_at__isnull=False, ended_on__isnull=True)
    members = scope.of(Member.objects.all(), "unit")
    astray = members.filter(blocked_on__isnull=False).exclude(Exists(blocks))
    yield from (f"member {pk} is blocked without a withdrawal" for pk in astray.values_list("pk", flat=True))
    free = members.filter(Exists(blocks), blocked_on__isnull=True)
    yield from (f"member {pk} is not blocked after a withdrawal" for pk in free.values_list("pk", flat=True))


@invariant("Who has withdrawn the consent to the processing has none in force")
def withdrawn_consents(scope: Scope = EVERYTHING) -> Iterable[str]:
    # A new one may be printed and wait for its signature.
    in_force = Consent.objects.filter(member=OuterRef("member"), purpose="processing", state=ConsentState.SIGNED)
    wrong = scope.of(Withdrawal.objects.all(), "member__unit").filter(
        Exists(in_force), blocked_at__isnull=False, ended_on__isnull=True
    )
    yield from (
        f"withdrawal {pk}: a consent to the processing is in force" for pk in wrong.values_list("pk", flat=True)
    )


@invariant("What was destroyed after a withdrawal is neither on the card nor in its history")
def destroyed_data() -> Iterable[str]:
    destroyed = Withdrawal.objects.destroyed().values("member")
    for model, values in emptied():
        key = "id" if model is Member else "member"
        left = {
            row[key]
            for table in _tables(model)
            for row in table.filter(**{f"{key}__in": destroyed}).values(key, *values)
            if any(row[name] != value for name, value in values.items())
        }
        yield from _kept(model, left)
    for label in DESTROYED:
        model = apps.get_model(label)
        of_person = LOOKUPS.get(label, "member")
        found = [
            table.filter(**{f"{of_person}__in": destroyed}).values_list(of_person, flat=True)
            for table in _tables(model)
        ]
        yield from _kept(model, {pk for rows in found for pk in rows})


#: Facts that the history of a consent and of a withdrawal must repeat. Scans are deleted without a history row.
_TOLD: dict[Any, tuple[str, ...]] = {
    Consent: ("member_id", "purpose", "text_id", "state", "printed_at", "signed_on", "ticked_at", "withdrawn_on"),
    Withdrawal: (
        "member_id", "purposes", "stops_processing", "received_on", "channel", "stop_by", "tell_by", "destroy_by",
        "blocked_at", "told_on", "destroyed_on", "ended_on",
    ),
}  # fmt: skip


@invariant("Consents and withdrawals are as their history says")
def consents_by_history() -> Iterable[str]:
    for model, told in _TOLD.items():
        name = model._meta.model_name
        rows = model.objects.order_by("pk").values_list("pk", *told).iterator(chunk_size=CHUNK_READ)
        now = {pk: tuple(values) for pk, *values in rows}
        history = model.history.order_by("history_id").values_list("id", "history_type", *told)
        last: dict[int, tuple[str, tuple[Any, ...]]] = {}
        for pk, kind, *values in history.iterator(chunk_size=CHUNK_READ):
            last[pk] = (kind, tuple(values))
        for pk, values in now.items():
            if pk not in last or last[pk] != (last[pk][0], values) or last[pk][0] == "-":
                yield f"{name} {pk} is not as its history says"
        gone = [pk for pk, (kind, _values) in last.items() if kind != "-" and pk not in now]
        yield from (f"{name} {pk} is gone, and its history does not say so" for pk in sorted(gone))


def _tables(model: Any) -> list[Any]:
    """Return the managers of the model and of its history, if it has one."""
    return [model._default_manager, *([model.history] if hasattr(model, "history") else [])]


def _kept(model: type[models.Model], members: Iterable[int]) -> Iterable[str]:
    yield from (f"member {pk}: {model._meta.model_name} has what was to be destroyed" for pk in sorted(members))
