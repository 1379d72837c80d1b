"""Applications and decisions on them, for tests of admission."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from members.admission.models import Application, Representation
from members.admission.transitions import admission
from members.admission.transitions.applications import file_application, put_on_agenda
from members.meetings.enums import ItemKind, ItemState, MeetingState
from members.meetings.models import AgendaItem, Meeting
from members.people.models import Member
from registry.access import Actor
from registry.organizations.enums import BodyKind
from registry.organizations.models import GoverningBody, Organization
from registry.organizations.transitions.figures import adjust
from registry.transitions import change
from tests.members.places import UNION_PERSON, VOI_PERSON, Place
from tests.worlds import Numbers

_numbers = Numbers("applicants")
_LETTERS = "бвгджзклмн"  # a woman's surname with this ending is not declined
TODAY = timezone.localdate


def days(count: int) -> dt.date:
    """Return the day that is this number of days before today."""
    return timezone.localdate() - dt.timedelta(days=count)


def values(place: Place, **changed: Any) -> dict[str, Any]:
    """Return the card's fields of an applicant; every applicant has a different surname."""
    whole = VOI_PERSON if place.keeper.level == "local" else UNION_PERSON
    word = "".join(_LETTERS[int(digit)] for digit in str(next(_numbers)))
    own = {n: v for n, v in whole.items() if n not in {"joined_on", "ticket_number", "snils"}}
    return {**own, "surname": f"Заявитель{word}", **changed}


def facts(**changed: Any) -> dict[str, Any]:
    """Return a complete set of papers, filed ten days ago."""
    return {
        "filed_on": days(10),
        "copies": ["application", "identity", "certificate", "mandate"],
        "acquainted_on": days(10),
        "acquainted_by": "Сидорова А. П.",
        "consent_signed_on": days(10),
        **changed,
    }


def apply(place: Place, *, stated: dict[str, Any] | None = None, **changed: Any) -> Application:
    """File an application with a complete set of papers."""
    return file_application(
        organization=place.keeper, values=values(place, **changed), facts=facts(**(stated or {})), by=place.chair
    )


def many(place: Place, count: int) -> list[Application]:
    """Create applicants with complete papers, as copies of one; the rules are checked only for that one."""
    first = apply(place, diagnosis="гипертония", hobby="шахматы")
    copies = []
    for _ in range(count - 1):
        own = values(place)
        copy = Application.objects.get(pk=first.pk)
        copy.pk, copy.surname, copy.values = None, own["surname"], {**first.values, "surname": own["surname"]}
        copies.append(copy)
    adjust(place.keeper.pk, applications=len(copies))
    return [first, *Application.objects.bulk_create(copies)]


def child_born() -> dt.date:
    """Return the birthday of a represented child, who turns eleven this year."""
    return dt.date(timezone.localdate().year - 11, 5, 5)


def ward_of(application: Application, **changed: Any) -> Representation:
    """Add a child represented by the applicant, and return the representation."""
    own: dict[str, Any] = {
        "surname": "Ромашкин",
        "given_name": "Тимофей",
        "birth_date": child_born(),
        "mandate_kind": "birth_certificate",
        "mandate_number": "II-БО № 123456",
        "mandate_issued_on": child_born() + dt.timedelta(days=15),
        "answers": {"disability_group": "child"},
        "consent_signed_on": days(10),
        **changed,
    }
    return Representation.objects.create(application=application, **own)


def scheduled(
    organization: Organization, applications: list[Application], *, held_on: dt.date | None = None, number: str = "7"
) -> AgendaItem:
    """Put the applications on the agenda of a meeting that was held; return the item."""
    body, _made = GoverningBody.objects.get_or_create(
        organization=organization, kind=BodyKind.values[0], name="Правление"
    )
    meeting = Meeting.objects.create(
        organization=organization,
        body=body,
        state=MeetingState.HELD,
        held_on=held_on or days(2),
        starts_at=dt.time(15),
        place="ул. Садовая, 5",
        number=number,
    )
    item = AgendaItem.objects.create(
        organization=organization,
        kind=ItemKind.ADMISSION,
        state=ItemState.SCHEDULED,
        meeting=meeting,
        position=1,
        title="О приёме",
        filed_on=days(10),
    )
    with change(by=Actor.system("test"), rule="V-A5", event="test.scheduled") as act:
        put_on_agenda(act, item, applications)
        act.about(item, organization=organization)
    return item


def charged(decided_on: dt.date) -> list[tuple[str, dt.date]]:
    """Return the fees and terms that the society charges for a decision of that day, by fee and year."""
    due, term = decided_on + dt.timedelta(days=10), dt.date(decided_on.year, 6, 30)
    begun = range(decided_on.year + 1, timezone.localdate().year + 1)
    later = [("annual", dt.date(year, 6, 30)) for year in begun]
    return [("annual", due if decided_on > term else term), *later, ("entrance", due)]


def admitted(item: AgendaItem, by: Actor) -> list[Member]:
    """Apply only the effect of the decision to admit."""
    with change(by=by, rule="V-A5", event="test.admitted") as act:
        members = admission.admit(act, item)
        act.about(item, organization=item.organization)
    return members


def turned_down(item: AgendaItem, by: Actor, reason: str = "Нет справки") -> None:
    """Apply only the effect of the decision to refuse."""
    item.reason = reason
    with change(by=by, rule="V-A5", event="test.refused") as act:
        admission.refuse(act, item)
        act.about(item, organization=item.organization)


def undone(item: AgendaItem, by: Actor) -> None:
    """Apply only the effect of reversing the decision."""
    with change(by=by, rule="V-A5", event="test.undone") as act:
        admission.undo(act, item)
        act.about(item, organization=item.organization)
