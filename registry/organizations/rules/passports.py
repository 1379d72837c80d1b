"""Rules for the passport: required fields, valid requisites, bodies and seats (U-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from registry import checks
from registry.charters.base import PassportTab
from registry.days import EARLIEST, day_text
from registry.errors import RuleViolation
from registry.text import search_key

from ..models import GoverningBody, Organization, OrganizationPassport

#: Changed only by the transitions of names, never with the passport (U-3).
NAMES = ("full_name", "short_name")
#: Required of legal entities, which papers state as the operator of personal data (appendix 2).
LEGAL_ENTITY = ("inn", "ogrn", "legal_address")

_PARSERS = {
    "inn": checks.parse_inn,
    "employer_inn": checks.parse_inn,
    "ogrn": checks.parse_ogrn,
    "kpp": checks.parse_kpp,
    "bik": checks.parse_bik,
    "okpo": checks.parse_okpo,
    "oktmo": checks.parse_oktmo,
    "phone": checks.parse_phones,
    "chair_phone": checks.parse_phones,
    "email": checks.parse_email,
    "chair_email": checks.parse_email,
}


class Missing(NamedTuple):
    """A required field of the passport that is empty."""

    tab: PassportTab
    field: str
    label: Any


def holder_of(
    name: str, organization: Organization, passport: OrganizationPassport
) -> Organization | OrganizationPassport:
    """Return the record with this field: the organisation or its passport."""
    return organization if name in _ORGANIZATION_FIELDS else passport


_ORGANIZATION_FIELDS = frozenset(field.name for field in Organization._meta.get_fields())
_PASSPORT_FIELDS = frozenset(field.name for field in OrganizationPassport._meta.get_fields())


def is_passport_field(name: str) -> bool:
    """Return whether the field is part of the passport rather than of the organisation."""
    return name in _PASSPORT_FIELDS - _ORGANIZATION_FIELDS


def label_of(name: str, organization: Organization) -> Any:
    """Return the label of the field: the federation's term or the model's."""
    model = OrganizationPassport if is_passport_field(name) else Organization
    return organization.charter.labels.get(name) or model._meta.get_field(name).verbose_name  # type: ignore[union-attr]


def required_of(tab: PassportTab, is_legal_entity: bool) -> list[str]:
    """Return the required fields of the tab, including the requisites of a legal entity."""
    needed = set(tab.required) | (set(LEGAL_ENTITY) & set(tab.fields) if is_legal_entity else set())
    return [name for name in tab.fields if name in needed]


def missing(organization: Organization, passport: OrganizationPassport) -> list[Missing]:
    """Return the empty required fields of all tabs (U-4)."""
    found = []
    for tab in organization.charter.passport_tabs(organization.level):
        for name in required_of(tab, organization.is_legal_entity):
            if getattr(holder_of(name, organization, passport), name) in ("", None):
                found.append(Missing(tab, name, label_of(name, organization)))
    return found


def completeness(organization: Organization, passport: OrganizationPassport) -> int:
    """Return the percentage of required fields that are filled, 0–100, rounded down (U-4)."""
    tabs = organization.charter.passport_tabs(organization.level)
    total = sum(len(required_of(tab, organization.is_legal_entity)) for tab in tabs)
    return (total - len(missing(organization, passport))) * 100 // total if total else 100


def normalise(name: str, value: Any) -> Any:
    """Return the value in its stored form. Raises `CheckFailed`."""
    if not isinstance(value, str) or not value or name not in _PARSERS:
        return value
    parsed = _PARSERS[name](value)
    if isinstance(parsed, checks.Phones):
        return ", ".join((*parsed.mobile, *parsed.home))
    return parsed


def check_requisites(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values in their stored form. Raises `RuleViolation` for the first invalid one (U-4)."""
    kept = {}
    for name, value in values.items():
        try:
            kept[name] = normalise(name, value)
        except checks.CheckFailed as error:
            raise RuleViolation("U-4", error.message, field=name) from None
    # INN and OGRNIP of entrepreneurs are longer.
    for name, length in (("inn", 10), ("ogrn", 13)):
        if kept.get(name) and len(kept[name]) != length:
            raise RuleViolation("U-4", checks.MESSAGES[f"{name}_length"], field=name)
    if kept.get("founded_on") and kept["founded_on"] > timezone.localdate():
        raise RuleViolation("U-4", _("The founding date is in the future."), field="founded_on")
    for name, value in kept.items():
        if isinstance(value, dt.date) and value < EARLIEST:
            raise RuleViolation("U-4", _("The date is before 1900. Correct it."), field=name)
    _check_accounts(kept)
    _check_order(kept, "chair_elected_on", "chair_until", _("The term of the chair ends before it begins."))
    _check_order(kept, "agreement_on", "agreement_until", _("The agreement ends before it is concluded."))
    return kept


def _check_accounts(values: dict[str, Any]) -> None:
    for name, parse in (
        ("account", checks.parse_account),
        ("correspondent_account", checks.parse_correspondent_account),
    ):
        if not values.get(name):
            continue
        if not values.get("bik"):
            raise RuleViolation("U-4", _("Enter the BIC of the bank: the account is checked against it."), field="bik")
        try:
            values[name] = parse(values[name], values["bik"])
        except checks.CheckFailed as error:
            raise RuleViolation("U-4", error.message, field=name) from None


def _check_order(values: Mapping[str, Any], first: str, last: str, sentence: str) -> None:
    begins, ends = values.get(first), values.get(last)
    if begins and ends and ends < begins:
        raise RuleViolation("U-4", sentence, field=last)


def fields_of(organization: Organization, tab: str) -> tuple[str, ...]:
    """Return the fields saved with the tab, which excludes names. Raises `RuleViolation` for an unknown tab."""
    found = next((t for t in organization.charter.passport_tabs(organization.level) if t.key == tab), None)
    if found is None:
        raise RuleViolation("U-4", _("The passport of this organisation has no such tab."))
    return tuple(name for name in found.fields if name not in NAMES)


def check_legal_entity(organization: Organization, values: Mapping[str, Any]) -> None:
    """Raise `RuleViolation` if the head of a federation, which is the operator of personal data for others, stops being
    a legal entity.
    """
    if organization.parent_id is None and values.get("is_legal_entity") is False and organization.is_legal_entity:
        raise RuleViolation(
            "U-4",
            _(
                "The head of the federation stays a legal entity: organisations below that are none process "
                "personal data in its name."
            ),
            field="is_legal_entity",
        )


def check_body_name(organization: Organization, name: str, *, excluding: int | None = None) -> None:
    """Raise `RuleViolation` if the organisation already has a body with this name (U-4)."""
    bodies = GoverningBody.objects.filter(organization=organization).exclude(pk=excluding or 0)
    if search_key(name) in {search_key(body.name) for body in bodies}:
        raise RuleViolation("U-4", _("A body with this name exists already."), field="name")


def check_body_is_empty(body: GoverningBody) -> None:
    """Raise `RuleViolation` if the body ever had members, because it is then kept for the history (U-4)."""
    if body.seats.exists():
        raise RuleViolation("U-4", _("People sat in this body, so it stays for the history. End their seats instead."))


#: Function that returns whether a person with this name is registered in the organisation or below it. Set by the app
#: of the cards.
HasCard = Callable[[Organization, str], bool]
_lookups: list[HasCard] = []


def card_lookup(function: HasCard) -> HasCard:
    """Register the function that finds a person's card by name."""
    _lookups.append(function)
    return function


def only_members_sit(body: GoverningBody) -> bool:
    """Return whether the charter allows only members in bodies of this kind."""
    return body.kind not in body.organization.charter.bodies_of_others


def check_sits(body: GoverningBody, full_name: str) -> None:
    """Raise `RuleViolation` (U-4) if only members may sit in the body and nobody of this name has a card there."""
    if only_members_sit(body) and not any(has_card(body.organization, full_name) for has_card in _lookups):
        message = _("Nobody of this name is registered here. Choose a card, or confirm below that there is none.")
        raise RuleViolation("U-4", message, field="full_name")


def check_seat_once(
    body: GoverningBody, full_name: str, since: dt.date, until: dt.date | None, *, excluding: int | None = None
) -> None:
    """Raise `RuleViolation` if the person already has a seat in that time, because they would count twice for the
    quorum (U-4).
    """
    name = search_key(full_name)
    for seat in body.seats.exclude(pk=excluding or 0):
        apart = (seat.until is not None and seat.until < since) or (until is not None and until < seat.since)
        if not apart and search_key(seat.full_name) == name:
            day = day_text(seat.since)
            message = _("%(name)s has sat in this body since %(day)s. Correct or end that seat first.")
            raise RuleViolation("U-4", message % {"name": seat.full_name, "day": day}, field="full_name")


def check_seat(since: dt.date, until: dt.date | None) -> None:
    """Raise `RuleViolation` if the seat begins in the future or ends before it begins (U-4)."""
    if since > timezone.localdate():
        raise RuleViolation("U-4", _("The election date is in the future."), field="since")
    if until is not None and until < since:
        raise RuleViolation("U-4", _("The seat ends before it begins."), field="until")
