"""Invariants of applications for admission."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery

from members.book.enums import EndReason, RegistrationReason
from members.book.models import BookLine, Registration
from members.meetings.enums import ItemState
from members.people.enums import MarkKind
from members.people.models import CardMark
from registry.integrity import EVERYTHING, Scope, invariant
from registry.organizations.models import Figures

from .enums import ENDED_APPLICATIONS, ApplicationState
from .models import Application, Attachment, Representation


@invariant("Stored counts of applications not decided equal a recount")
def waiting(scope: Scope = EVERYTHING) -> Iterable[str]:
    rows = (
        scope.of(Application.objects.open().order_by(), "organization")
        .values_list("organization")
        .annotate(count=Count("pk"))
    )
    counted = dict(rows)
    for pk, stored in scope.of(Figures.objects.all(), "organization").values_list("pk", "applications"):
        right = counted.pop(pk, 0)
        if stored != right:
            yield f"organisation {pk}: applications {stored}, counted {right}"
    yield from (f"organisation {pk} has applications and no figures" for pk in counted)


@invariant("Every application that led to nothing has the day from which it may be destroyed")
def terms(scope: Scope = EVERYTHING) -> Iterable[str]:
    over = scope.of(Application.objects.filter(state__in=ENDED_APPLICATIONS), "organization")
    endless = over.filter(erase_after__isnull=True).values_list("pk", flat=True)
    yield from (f"application {pk} would be kept for ever" for pk in endless)


@invariant("What a decision of admission fixed agrees on card, registration and book")
def fixed(scope: Scope = EVERYTHING) -> Iterable[str]:
    corrected = CardMark.objects.filter(kind=MarkKind.CORRECTION).values("member")
    registrations = (
        scope.of(Registration.objects.all(), "organization")
        .filter(start_reason=RegistrationReason.ADMISSION, member__application__state=ApplicationState.ADMITTED)
        .exclude(end_reason=EndReason.UNDONE)
    )
    decided = F("member__application__decided_on")
    for name in ("started_on", "minutes_date", "member__joined_on"):
        wrong = registrations.exclude(**{name: decided}).exclude(member__in=corrected)
        for pk in wrong.values_list("member", flat=True):
            yield f"member {pk}: {name.removeprefix('member__')} is not the day of the decision"
    numbered = registrations.filter(member__application__item__meeting__held_on=decided, minutes_date=decided).exclude(
        minutes_number=F("member__application__item__meeting__number")
    )
    for pk in numbered.exclude(member__in=corrected).values_list("member", flat=True):
        yield f"member {pk}: the registration has another number of minutes than the meeting"
    # A member's first line in a book of the organisation is that of the admission.
    first = BookLine.objects.filter(member=OuterRef("member")).order_by("pk").values("entered_on")[:1]
    astray = (
        registrations.annotate(entered=Subquery(first)).filter(entered__isnull=False).exclude(entered=F("started_on"))
    )
    yield from (
        f"member {pk}: the book has another day than the registration" for pk in astray.values_list("member", flat=True)
    )


@invariant("Admitted applicants were registered by that decision, and the others have no card")
def admitted(scope: Scope = EVERYTHING) -> Iterable[str]:
    # Erasing a member deletes the card, and the application or its reference to the member.
    admissions = Registration.objects.filter(start_reason=RegistrationReason.ADMISSION)
    registered = scope.of(admissions, "member__application__organization").values("member")
    applications = scope.of(Application.objects.all(), "organization")
    yes = applications.filter(state=ApplicationState.ADMITTED, member__isnull=False)
    yield from (
        f"application {pk} was admitted without a registration"
        for pk in yes.exclude(member__in=registered).values_list("pk", flat=True)
    )
    no = applications.exclude(state=ApplicationState.ADMITTED).filter(member__isnull=False)
    yield from (f"application {pk} was not admitted and has a card" for pk in no.values_list("pk", flat=True))


@invariant("Applications agree with their agenda items")
def items(scope: Scope = EVERYTHING) -> Iterable[str]:
    # Decided by an organisation that has since ended; its successor keeps the papers.
    handed_over = Q(received_by__isnull=False, item__organization=F("received_by"))
    wrong = (
        Q(state=ApplicationState.SCHEDULED) & ~Q(item__state=ItemState.SCHEDULED)
        | Q(state=ApplicationState.FILED, item__isnull=False)
        | Q(item__isnull=False) & ~Q(item__organization=F("organization")) & ~handed_over
    )
    found = scope.of(Application.objects.filter(wrong), "organization").values_list("pk", flat=True)
    yield from (f"application {pk} does not agree with its agenda item" for pk in found)


@invariant("Represented people and scans of who was admitted belong to the card")
def belongings(scope: Scope = EVERYTHING) -> Iterable[str]:
    for model in (Representation, Attachment):
        of_members: Any = model._default_manager.filter(application__member__isnull=False)
        astray = scope.of(of_members, "application__organization").exclude(member=F("application__member"))
        yield from (f"{model._meta.model_name} {pk} stayed behind" for pk in astray.values_list("pk", flat=True))
