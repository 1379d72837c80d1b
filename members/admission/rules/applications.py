"""Eligibility, the required set of papers, and what blocks the decision (V-A1 to V-A5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from members.lists.models import decode
from members.people.enums import Category
from members.people.rules.completeness import lacking_for_consent, missing_fields
from members.people.rules.duplicates import Duplicate, DuplicateKind, name_key
from members.people.rules.fields import is_empty, told_alone
from registry.charters.base import Charter
from registry.days import day_text, whole_years
from registry.errors import Blocked, RuleViolation
from registry.organizations.models import Federation, Organization
from registry.text import name_letters

from ..enums import OPEN_APPLICATIONS, ApplicationState, CopyKind
from ..models import Application, Representation
from .representations import holds_on

#: Fields set by the decision, not by the application.
OF_THE_DECISION = frozenset(
    {"joined_on", "joined_year_only", "registered_on", "minutes_number", "minutes_date", "ticket_number"}
)
#: Earlier dates are typing errors.
_EARLIEST = dt.date(1990, 1, 1)
#: Prefix of parts that are filled in on the page of a represented person.
OF_WARD = "ward:"


@dataclass(frozen=True)
class Point:
    """A requirement of an application with its rule; those with `holds` block the decision."""

    rule: str
    text: Any
    done: bool
    holds: bool = True
    #: Field of the application's form, `wards`, or `OF_WARD` followed by the key of a represented person.
    part: str = ""


def represents(category: str, charter: Charter) -> bool:
    """Return whether people of this category are members as representatives of another person (V-A1)."""
    return category in charter.admission.representing


def check_represents(category: str, charter: Charter) -> None:
    """Raise `RuleViolation` (V-A1) unless people of this category are representatives."""
    if not represents(category, charter):
        raise RuleViolation("V-A1", _("Only legal representatives, guardians and trustees represent somebody."))


def papers_of(category: str, charter: Charter) -> tuple[str, ...]:
    """Return the kinds of papers to inspect before the decision (V-A4)."""
    return charter.admission.representing.get(category, charter.admission.papers)


def values_of_application(application: Application) -> dict[str, Any]:
    """Return the fields of the future card as Python objects."""
    return {name: decode(value) for name, value in application.values.items()}


def eligibility(values: Mapping[str, Any], charter: Charter, on: dt.date) -> list[Point]:
    """Return the charter's conditions of membership, and whether this person meets them (V-A1)."""
    birth, category = values.get("birth_date"), values.get("category") or ""
    age = _("at least %(age)d years old on the day of the application") % {"age": charter.minimum_age}
    points = [
        Point("V-A1", age, birth is not None and whole_years(birth, on) >= charter.minimum_age, part="birth_date")
    ]
    spellings = {spelling.casefold() for spelling in charter.terms.get("citizenship", ())}
    if spellings:
        citizen = (values.get("citizenship") or "").casefold() in spellings
        points.insert(0, Point("V-A1", _("citizen of the Russian Federation"), citizen, part="citizenship"))
    if charter.admission.representing:
        text = _("disabled person, legal representative, guardian or trustee of one")
        points.append(Point("V-A1", text, bool(category), part="category"))
    return points


def check_eligible(values: Mapping[str, Any], charter: Charter, on: dt.date) -> None:
    """Raise `RuleViolation` for the first condition of membership that the person does not meet (V-A1)."""
    for point in eligibility(values, charter, on):
        if not point.done:
            message = _("An admission requires this: %(what)s.") % {"what": point.text}
            raise RuleViolation(point.rule, message, field=point.part)


def points_of(
    application: Application,
    charter: Charter,
    wards: Sequence[Representation],
    *,
    named: bool = True,
    on: dt.date | None = None,
) -> list[Point]:
    """Return all requirements of the application before the decision, in the order of the papers (V-A1 to V-A4).

    `named` is False for readers who may not know the represented people; `on` is the day of the decision, by default
    today.
    """
    values = values_of_application(application)
    points = eligibility(values, charter, application.filed_on)
    points += _points_of_set(application, charter, wards, named, on)
    empty = [name for name in missing_fields(values, charter) if name not in OF_THE_DECISION]
    for name in empty:
        text = _("field of the card: %(field)s") % {"field": told_alone(name, charter)}
        points.append(Point("U-5a", text, done=False, holds=False, part=name))
    if charter.admission.consent:
        for name, label in lacking_for_consent(values).items():
            if name not in empty:
                text = _("the law requires in the consent: %(point)s") % {"point": label}
                points.append(Point("V-C5", text, done=False, holds=False, part=name))
    return points


def set_is_whole(application: Application, charter: Charter, wards: Sequence[Representation]) -> bool:
    """Return whether nothing blocks the decision. Eligibility was checked when the application was filed."""
    return all(point.done for point in _points_of_set(application, charter, wards, False, None) if point.holds)


#: Fields that determine whether a set of papers is complete.
_JUDGED = (
    "organization", "filed_on", "category", "values", "copies", "acquainted_on", "acquainted_by", "consent_signed_on",
)  # fmt: skip


def sets_of(
    filed: QuerySet[Application], organization: Organization, limit: int = 500
) -> tuple[list[Application], list[Application]]:
    """Return the organisation's waiting applications with complete and with incomplete sets of papers, earliest first.

    Checks at most `limit` applications. Only the fields for this check are read.
    """
    found = filed.filter(organization=organization).only(*_JUDGED)
    waiting = list(found.order_by("filed_on", "pk")[:limit])
    for application in waiting:
        application.organization = organization
    whole = whole_sets(waiting)
    return [a for a in waiting if a.pk in whole], [a for a in waiting if a.pk not in whole]


def whole_sets(applications: Sequence[Application]) -> set[int]:
    """Return the ids of applications with complete sets, with at most one query."""
    wards: dict[int | None, list[Representation]] = {}
    if any(represents(a.category, a.organization.charter) for a in applications):
        for ward in Representation.objects.filter(application__in=applications):
            wards.setdefault(ward.application_id, []).append(ward)
    return {a.pk for a in applications if set_is_whole(a, a.organization.charter, wards.get(a.pk, []))}


def _points_of_set(
    application: Application, charter: Charter, wards: Sequence[Representation], named: bool, on: dt.date | None
) -> list[Point]:
    on = on or timezone.localdate()
    points = _points_of_wards(wards, named, on) if represents(application.category, charter) else []
    if application.category == Category.DISABLED and CopyKind.CERTIFICATE in charter.admission.papers:
        until = decode(application.values.get("certificate_expires_on"))
        text = _("the disability certificate has not ended")
        points.append(Point("V-A1", text, until is None or until >= on, part="certificate_expires_on"))
    if charter.admission.statutes:
        done = application.acquainted_on is not None and bool(application.acquainted_by)
        points.append(Point("V-A3", _("acquainted with the statutes"), done, part="acquainted_on"))
    seen = set(application.copies)
    for kind in papers_of(application.category, charter):
        points.append(Point("V-A4", CopyKind(kind).label, kind in seen, part="copies"))
    if charter.admission.consent:
        done = application.consent_signed_on is not None
        points.append(Point("V-A4", _("consent signed"), done, part="consent_signed_on"))
    for kind in charter.admission.later:
        points.append(Point("V-B3", CopyKind(kind).label, kind in seen, holds=False, part="copies"))
    return points


def _points_of_wards(wards: Sequence[Representation], named: bool, on: dt.date) -> list[Point]:
    present = [ward for ward in wards if ward.ended_on is None]
    points = [Point("V-A1", _("represented person entered"), bool(present), part="wards")]
    for ward in present:
        place = f"{OF_WARD}{ward.pk}"
        who = {"name": ward.short_name if named else _("the represented person")}
        disabled = bool(ward.answers.get("disability_group"))
        points.append(Point("V-A1", _("group of disability: %(name)s") % who, disabled, part=place))
        paper = bool(ward.mandate_kind and ward.mandate_number and ward.mandate_issued_on)
        points.append(Point("V-A4", _("paper of the mandate, its number and date: %(name)s") % who, paper, part=place))
        points.append(Point("V-A1", _("the mandate has not ended: %(name)s") % who, holds_on(ward, on), part=place))
        points.append(
            Point("V-A4", _("consent signed: %(name)s") % who, ward.consent_signed_on is not None, part=place)
        )
    return points


def held_up_by(
    application: Application, charter: Charter, wards: Sequence[Representation], on: dt.date | None = None
) -> list[Point]:
    """Return the unmet requirements that block the decision, today or on the given day."""
    return [point for point in points_of(application, charter, wards, on=on) if point.holds and not point.done]


def check_ready(
    application: Application, charter: Charter, wards: Sequence[Representation], on: dt.date | None = None
) -> None:
    """Raise `Blocked` with the unmet requirements: the body decides only on complete sets."""
    missing = held_up_by(application, charter, wards, on)
    if missing:
        message = _("The papers of %(name)s are not complete; the application cannot be decided on yet:") % {
            "name": application.full_name
        }
        raise Blocked(missing[0].rule, message, [capfirst(str(point.text)) for point in missing])


def check_open(application: Application) -> None:
    """Raise `RuleViolation` (V-A5) if the application is already decided."""
    if application.state not in OPEN_APPLICATIONS:
        message = _("The application of %(name)s is %(state)s; it is not changed any more.") % {
            "name": application.full_name,
            "state": application.get_state_display(),
        }
        raise RuleViolation("V-A5", message)


def check_days(facts: Mapping[str, Any], *, birth_date: dt.date | None, today: dt.date) -> None:
    """Raise `RuleViolation` (V-A4) for dates in the future, before the birth or implausibly early."""
    if facts.get("filed_on") is None:
        raise RuleViolation("V-A4", _("Enter the day on which the application was filed."), field="filed_on")
    for name in ("filed_on", "acquainted_on", "consent_signed_on"):
        check_day(facts.get(name), name, birth_date=birth_date, today=today)


def check_day(day: dt.date | None, field: str, *, birth_date: dt.date | None, today: dt.date) -> None:
    """Raise `RuleViolation` (V-A4) if the date is in the future, before the birth or implausibly early."""
    if day is None:
        return
    if day > today:
        raise RuleViolation("V-A4", _("This date is in the future. Check the paper."), field=field)
    if day < _EARLIEST:
        message = _("Days before %(day)s are not accepted. Look at the paper again.")
        raise RuleViolation("V-A4", message % {"day": day_text(_EARLIEST)}, field=field)
    if birth_date is not None and day <= birth_date:
        message = _("This date is before the person's date of birth. Check the paper.")
        raise RuleViolation("V-A4", message, field=field)


def check_copies(copies: Iterable[str]) -> list[str]:
    """Return the keys of `CopyKind` in order, without repetitions. Raises `RuleViolation` (V-A4) for unknown ones."""
    seen = set(copies)
    if not seen <= set(CopyKind.values):
        raise RuleViolation("V-A4", _("Choose one of the values offered."), field="copies")
    return [str(kind) for kind in CopyKind.values if kind in seen]


def check_can_be_routed(application: Application, to: Organization) -> None:
    """Raise `RuleViolation` (V-A2) unless the application is not on an agenda and `to` is another organisation that
    keeps cards.
    """
    if application.state != ApplicationState.FILED:
        raise RuleViolation("V-A2", _("Take the application off the agenda first."))
    if to.federation_id != application.federation_id or not to.keeps_cards or to.ended_on is not None:
        raise RuleViolation("V-A2", _("Choose a working organisation that keeps cards."), field="organization")
    if to.pk == application.organization_id:
        raise RuleViolation("V-A2", _("The application is with that organisation already."), field="organization")


def waiting_twins(federation: Federation, values: Mapping[str, Any], *, exclude: int | None = None) -> list[Duplicate]:
    """Return waiting applications of a person with this name and birth date in the whole federation (N-A1)."""
    birth = values.get("birth_date")
    if birth is None:
        return []
    found = Application.objects.open().filter(federation=federation, birth_date=birth)
    if exclude is not None:
        found = found.exclude(pk=exclude)
    key = name_key(values.get("surname") or "", values.get("given_name") or "")
    own = name_letters(values.get("patronymic") or "")
    twins = []
    for other in found.select_related("organization"):
        theirs = name_letters(other.patronymic)
        if name_key(other.surname, other.given_name) == key and not (own and theirs and own != theirs):
            ref = salted_hmac("members.duplicate", f"application:{other.pk}").hexdigest()[:16]
            there = other.organization
            twins.append(Duplicate(DuplicateKind.APPLICATION, there.short_name, None, ref, organization_id=there.pk))
    return twins


def check_names(values: Mapping[str, Any]) -> None:
    """Raise `RuleViolation` (V-A4) if the name is missing."""
    for name in ("surname", "given_name"):
        if is_empty(values.get(name)):
            raise RuleViolation("V-A4", _("Fill it in."), field=name)
