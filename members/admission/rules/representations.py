"""Rules for representation: represented people, papers and terms (V-A1, V-A4, practice 3.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from members.lists.models import decode
from members.meetings.enums import ItemKind
from members.meetings.models import AgendaItem
from members.people.enums import Category, MemberState
from members.people.models import Person
from members.people.rules.duplicates import name_key
from members.people.rules.fields import is_empty
from members.people.rules.person import person_violations
from registry.charters.base import Charter, Section
from registry.days import FULL_AGE, years_after
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.text import clean

from ..enums import MandateKind
from ..models import Representation

#: The paper of the mandate, and the consent signed for the represented person.
MANDATE = (
    "mandate_kind", "mandate_number", "mandate_issued_on", "mandate_issued_by", "mandate_until", "consent_signed_on",
)  # fmt: skip
#: Fields of the address that represented people may share with their representative.
ADDRESS = ("postcode", "region", "city", "street", "house", "flat", "residence")
#: Papers that are no longer valid once the represented person is of age.
_UNTIL_OF_AGE = {MandateKind.BIRTH_CERTIFICATE, MandateKind.ADOPTION}
#: Fields that only members have.
_OF_MEMBERS = {"category", "cell"}
_OF_PERSON = frozenset(field.name for field in Person._meta.get_fields()) - {"photo"}
_LENGTH = 300


def sections_of_ward(charter: Charter) -> list[Section]:
    """Return the sections of a represented person's questionnaire: the sections of the card without membership."""
    return [section for section in charter.sections if section.key != "membership"]


def fields_of_ward(charter: Charter) -> list[str]:
    """Return the fields of the represented person's questionnaire, in order."""
    return [n for section in sections_of_ward(charter) for n in section.fields if n not in _OF_MEMBERS]


def is_of_person(name: str) -> bool:
    """Return whether the field is a column of the record; the others are stored in `answers`."""
    return name in _OF_PERSON


def values_of_ward(ward: Representation, charter: Charter) -> dict[str, Any]:
    """Return the questionnaire by field name, and the mandate."""
    found = {n: getattr(ward, n) if is_of_person(n) else decode(ward.answers.get(n)) for n in fields_of_ward(charter)}
    return found | {name: getattr(ward, name) for name in MANDATE}


def signs_alone(ward: Representation, representative: str = "") -> bool:
    """Return whether represented people sign for themselves: a trustee consents to their acts, but does not act for
    them (GK art. 33).

    `representative` is the category of the representative, for mandates without a kind.
    """
    if ward.mandate_kind in {"", MandateKind.OTHER}:
        return representative == Category.TRUSTEE
    return ward.mandate_kind == MandateKind.TRUSTEESHIP


def check_ward(
    values: Mapping[str, Any], charter: Charter, today: dt.date, *, representative: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the normalised values. Raises the first `RuleViolation` (V-A1, V-A4)."""
    fields = fields_of_ward(charter)
    done, wrong = person_violations({n: values.get(n) for n in fields}, charter, today, joins=False)
    if wrong:
        raise wrong[0]
    birth = done.get("birth_date")
    if birth is None:
        raise RuleViolation("V-A4", _("Fill it in."), field="birth_date")
    same_name = name_key(done["surname"], done["given_name"]) == name_key(
        representative.get("surname"), representative.get("given_name")
    )
    if same_name and birth == representative.get("birth_date"):
        raise RuleViolation("V-A1", _("Applicants cannot represent themselves."), field="surname")
    return done | _check_mandate(values, birth, today)


def check_not_written(ward: Representation, done: Mapping[str, Any]) -> None:
    """Raise `RuleViolation` (V-A4) if the person is already represented here, such as after a double click (N-D2)."""
    twins = Representation.objects.filter(
        application=ward.application, member=ward.member, ended_on__isnull=True, birth_date=done["birth_date"],
        name_key=name_key(done["surname"], done["given_name"]),
    )  # fmt: skip
    if twins.exists():
        raise RuleViolation("V-A4", _("This person is entered here already."), field="surname")


def _check_mandate(values: Mapping[str, Any], birth: dt.date, today: dt.date) -> dict[str, Any]:
    kind = values.get("mandate_kind") or ""
    if kind and kind not in MandateKind.values:
        raise RuleViolation("V-A4", _("Choose one of the values offered."), field="mandate_kind")
    message: Any
    issued, until, signed = (values.get(n) for n in ("mandate_issued_on", "mandate_until", "consent_signed_on"))
    for name, day in (("mandate_issued_on", issued), ("consent_signed_on", signed)):
        if day is not None and not birth <= day <= today:
            message = _("This date is before the date of birth or in the future. Check the paper.")
            raise RuleViolation("V-A4", message, field=name)
    if until is not None and (until < today or (issued is not None and until < issued)):
        message = _("The mandate has ended already. Another paper is needed.")
        raise RuleViolation("V-A1", message, field="mandate_until")
    if _until_of_age(kind, birth, issued) and years_after(birth, FULL_AGE) <= today:
        message = _(
            "The represented person is of age: an act on guardianship is needed, or one on trusteeship issued since."
        )
        raise RuleViolation("V-A1", message, field="mandate_kind")
    texts = {n: clean(values.get(n) or "").strip() for n in ("mandate_number", "mandate_issued_by")}
    for name, text in texts.items():
        if len(text) > _LENGTH:
            message = _("Too long: at most %(limit)d characters are allowed.") % {"limit": _LENGTH}
            raise RuleViolation("V-A4", message, field=name)
    return {
        "mandate_kind": kind, "mandate_issued_on": issued, "mandate_until": until, "consent_signed_on": signed, **texts,
    }  # fmt: skip


def check_can_end(ward: Representation, on: dt.date | None, today: dt.date) -> None:
    """Raise `RuleViolation` (V-A1) if the mandate ended already or the day is impossible."""
    if ward.ended_on is not None:
        raise RuleViolation("V-A1", _("The end is recorded already."))
    earliest = ward.mandate_issued_on or ward.birth_date
    if on is None or on > today or (earliest is not None and on < earliest):
        raise RuleViolation(
            "V-A1", _("Enter a day that is neither in the future nor before the date of the paper."), field="on"
        )


def check_end_note(note: str) -> None:
    """Raise `RuleViolation` (V-A1) if the end of the representation has no reason."""
    if not note.strip():
        raise RuleViolation("V-A1", _("Write down why."), field="end_note")


def check_can_be_removed(ward: Representation) -> None:
    """Raise `RuleViolation` (V-A4) for people represented by a member, whose end is recorded instead."""
    if ward.member_id is not None:
        raise RuleViolation("V-A4", _("The card keeps the represented people; record the end instead."))


def _until_of_age(kind: str, birth: dt.date, issued: dt.date | None) -> bool:
    """Return whether the paper expires when the person comes of age; adults with limited capacity also have
    trustees.
    """
    if kind == MandateKind.TRUSTEESHIP:
        return issued is None or issued < years_after(birth, FULL_AGE)
    return kind in _UNTIL_OF_AGE


def _of_age(ward: Representation) -> dt.date | None:
    """Return the day of coming of age if it ends the mandate."""
    if ward.birth_date is None or not _until_of_age(ward.mandate_kind, ward.birth_date, ward.mandate_issued_on):
        return None
    return years_after(ward.birth_date, FULL_AGE)


def ends_on(ward: Representation) -> dt.date | None:
    """Return the day on which the mandate ends: its last day or the coming of age."""
    return min((day for day in (ward.mandate_until, _of_age(ward)) if day is not None), default=None)


def holds_on(ward: Representation, day: dt.date) -> bool:
    """Return whether the mandate is valid on the day."""
    if ward.mandate_until is not None and ward.mandate_until < day:
        return False
    of_age = _of_age(ward)
    return of_age is None or of_age > day


def grounds_lost(ended: QuerySet[Representation], organization: Organization) -> QuerySet[Representation]:
    """Return the last ended representation of members who represent nobody now and without a decision since (V-A1).

    `waits` is annotated: whether the question is already waiting for a decision.
    """
    others = Representation.objects.filter(member=OuterRef("member"))
    later = others.filter(ended_on__gt=OuterRef("ended_on")) | others.filter(
        ended_on=OuterRef("ended_on"), pk__gt=OuterRef("pk")
    )
    items = AgendaItem.objects.filter(member=OuterRef("member"), kind=ItemKind.EXCLUSION)
    judged = items.decided().filter(meeting__held_on__gte=OuterRef("ended_on"))
    found = ended.filter(
        ~Exists(others.filter(ended_on__isnull=True)), ~Exists(later), ~Exists(judged),
        ended_on__isnull=False, member__organization=organization, member__state=MemberState.REGISTERED,
        member__category__in=organization.charter.admission.representing,
    )  # fmt: skip
    waits = Exists(items.open())
    return found.annotate(waits=waits).order_by("ended_on", "pk")


def changed_names(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the fields whose values changed."""
    return sorted(
        name
        for name, value in after.items()
        if value != before.get(name) and not (is_empty(value) and is_empty(before.get(name)))
    )
