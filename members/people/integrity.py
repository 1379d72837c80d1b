"""Invariants of members and their registrations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q

from members.book.models import BookLine, Registration
from members.meetings.enums import ItemState
from members.meetings.models import AgendaItem
from members.movement.enums import TransferState
from members.movement.models import DestructionRecord, Transfer
from members.reconciliation.enums import ReconciliationState
from members.reconciliation.models import Reconciliation
from registry.integrity import EVERYTHING, Scope, invariant
from registry.organizations.models import Figures, Organization
from registry.sizes import CHUNK, CHUNK_READ
from registry.text import SEARCH_KEY_LENGTH, search_key

from .enums import NEVER_LEFT_MEMBERS, ConsentState, MemberState
from .models import Member

#: Figures that are recounted here; those of applications are recounted by admission.
_COUNTED = ("members", "consents_printed", "consents_signed", "incomplete", "in_transit", "last_destruction")


@invariant("A registered member has exactly one open registration, in the organisation that keeps the card")
def registrations(scope: Scope = EVERYTHING) -> Iterable[str]:
    open_one = Q(registrations__ended_on__isnull=True, registrations__isnull=False)
    counted = scope.of(Member.objects.all(), "unit").annotate(open=Count("registrations", filter=open_one))
    for pk, state, count in counted.filter(
        Q(state=MemberState.REGISTERED) & ~Q(open=1) | ~Q(state=MemberState.REGISTERED) & Q(open__gt=0)
    ).values_list("pk", "state", "open"):
        yield f"member {pk} is {state} with {count} open registrations"
    opened = scope.of(Registration.objects.filter(ended_on__isnull=True), "organization")
    astray = opened.exclude(organization=F("member__organization"))
    yield from (f"registration {pk} is open in another organisation" for pk in astray.values_list("pk", flat=True))


@invariant("Stored figures equal a recount")
def figures(scope: Scope = EVERYTHING) -> Iterable[str]:
    counted: dict[int, dict[str, Any]] = {
        row["unit"]: dict(row)
        for row in scope.of(Member.objects.registered(), "unit")
        .values("unit")
        .annotate(
            members=Count("pk"),
            consents_printed=Count("pk", filter=Q(consent_state=ConsentState.PRINTED)),
            consents_signed=Count("pk", filter=Q(consent_state=ConsentState.SIGNED)),
            incomplete=Count("pk", filter=Q(missing__gt=0)),
        )
    }
    on_the_way = scope.of(Transfer.objects.filter(state=TransferState.IN_TRANSIT), "source_unit").order_by()
    for unit, count in on_the_way.values_list("source_unit").annotate(count=Count("pk")):
        counted.setdefault(unit, {})["in_transit"] = count
    destroyed = scope.of(DestructionRecord.objects.order_by(), "organization").values_list("organization")
    for place, last in destroyed.annotate(last=Max("number")):
        counted.setdefault(place, {})["last_destruction"] = last
    for stored in scope.of(Figures.objects.all(), "organization"):
        right = counted.pop(stored.pk, {})
        for name in _COUNTED:
            if getattr(stored, name) != right.get(name, 0):
                yield f"organisation {stored.pk}: {name} {getattr(stored, name)}, counted {right.get(name, 0)}"
    yield from (f"organisation {pk} has people and no figures" for pk in counted)


@invariant("A registered member is found by the former ticket numbers that the book knows")
def former_tickets(scope: Scope = EVERYTHING) -> Iterable[str]:
    lines = BookLine.objects.filter(left_on__isnull=True, member__isnull=False).exclude(former_tickets="")
    found = scope.of(lines, "unit").values_list("member", "former_tickets", "member__search_key").order_by("pk")
    for pk, tickets, key in found.iterator(CHUNK):
        if len(key) < SEARCH_KEY_LENGTH and any(search_key(one) not in key for one in tickets.splitlines()):
            yield f"member {pk} is not found by a former ticket number"


@invariant("Every state has the act that produced it")
def acts(scope: Scope = EVERYTHING) -> Iterable[str]:
    moving = Transfer.objects.filter(state=TransferState.IN_TRANSIT)
    own = scope.of(Member.objects.filter(state=MemberState.IN_TRANSIT), "unit")
    lost = own.exclude(Exists(moving.filter(member=OuterRef("pk"))))
    yield from (f"member {pk} is in transit without a transfer" for pk in lost.values_list("pk", flat=True))
    astray = scope.of(moving, "source_unit").exclude(member__state=MemberState.IN_TRANSIT)
    yield from (f"transfer {pk} is on its way without its member" for pk in astray.values_list("pk", flat=True))
    ended = scope.of(Registration.objects.filter(ended_on__isnull=False), "member__unit").values("member")
    gone = scope.of(Member.objects.exclude(state__in=NEVER_LEFT_MEMBERS), "unit").exclude(pk__in=ended)
    yield from (f"member {pk} has left, and no registration ended" for pk in gone.values_list("pk", flat=True))
    by_body = AgendaItem.objects.filter(state=ItemState.ADOPTED, reconciliation=OuterRef("pk"))
    accepted = scope.of(Reconciliation.objects.filter(state=ReconciliationState.ACCEPTED), "unit")
    without = accepted.exclude(Exists(by_body))
    yield from (f"reconciliation {pk} is accepted without a decision" for pk in without.values_list("pk", flat=True))


@invariant("Cards are kept at the level that the charter names, and cells are below it")
def keepers(scope: Scope = EVERYTHING) -> Iterable[str]:
    keeping = scope.of(Organization.objects.filter(members__isnull=False), "pk").select_related("federation").distinct()
    for organization in keeping:
        if not organization.keeps_cards:
            yield f"organisation {organization.pk} keeps cards on the level {organization.level}"
    members = scope.of(Member.objects.all(), "unit")
    astray = members.filter(cell__isnull=False).exclude(cell__parent=F("organization"))
    yield from (f"member {pk}: the cell is not below the organisation" for pk in astray.values_list("pk", flat=True))
    foreign = members.filter(organization__isnull=False).exclude(organization__federation=F("federation"))
    yield from (f"member {pk}: another federation" for pk in foreign.values_list("pk", flat=True))


@invariant("Every registered member has exactly one open line in the book of their unit, and nobody else has one")
def book(scope: Scope = EVERYTHING) -> Iterable[str]:
    open_lines = BookLine.objects.filter(left_on__isnull=True)
    for pk in (
        scope.of(open_lines, "unit")
        .exclude(member__state=MemberState.REGISTERED, unit=F("member__unit"))
        .values_list("pk", flat=True)
    ):
        yield f"book line {pk} is open and its member does not stand there"
    unlisted = scope.of(Member.objects.filter(state=MemberState.REGISTERED), "unit").exclude(
        pk__in=scope.of(open_lines.filter(member__isnull=False), "member__unit").values("member")
    )
    yield from (f"member {pk} stands in no book" for pk in unlisted.values_list("pk", flat=True))
    for unit, last, lines in (
        scope.of(BookLine.objects.order_by(), "unit")
        .values_list("unit")
        .annotate(last=F("unit__figures__last_book_line"), lines=Max("number"))
        .values_list("unit", "last", "lines")
    ):
        if last != lines:
            yield f"organisation {unit}: the last line of the book is {lines}, the counter says {last}"


@invariant("Members belong to the organisation and the cell that their history says")
def places_by_history(scope: Scope = EVERYTHING) -> Iterable[str]:
    """Personal accounts of dues belong to an organisation by this history, which is attested (ADR 20)."""
    told = ("organization_id", "unit_id")
    last: dict[int, tuple[int | None, ...]] = {}
    history: Any = Member.history
    own = scope.of(Member.objects.order_by("pk"), "unit")
    if not scope.is_everything:
        history = history.filter(id__among=list(own.values_list("pk", flat=True)))
    rows = history.order_by("history_id").values_list("id", *told)
    for pk, *values in rows.iterator(chunk_size=CHUNK_READ):
        last[pk] = tuple(values)
    for pk, *values in own.values_list("pk", *told).iterator(chunk_size=CHUNK_READ):
        if last.get(pk) != tuple(values):
            yield f"member {pk} belongs elsewhere than its history says"
