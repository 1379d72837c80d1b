"""Subjects of remarks: the record, its fields, its name and its page (N-S1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from documents.tickets.enums import IN_FORCE
from documents.tickets.models import BlankPaper
from dues.collecting.models import PaymentRegister
from dues.distribution.models import SettlementAct
from members.people.models import Member
from members.people.rules import fields as card_fields
from registry.charters.base import Charter
from registry.enums import DataClass, Permission, Role
from registry.organizations.models import Organization, OrganizationQuerySet
from registry.organizations.rules import passports

from . import rules
from .enums import INCOMPLETE, RemarkKind
from .models import Remark

if TYPE_CHECKING:
    from registry.access import Actor

#: Kinds of remarks on one record → its model.
_MODELS: dict[str, type[models.Model]] = {
    RemarkKind.CARD: Member,
    RemarkKind.PASSPORT: Organization,
    RemarkKind.ORGANIZATION: Organization,
    RemarkKind.REGISTER: PaymentRegister,
    RemarkKind.ACT: SettlementAct,
    RemarkKind.BLANKS: BlankPaper,
}
_RELATED: dict[str, tuple[str, ...]] = {
    RemarkKind.CARD: ("organization__federation", "unit__federation"),
    RemarkKind.PASSPORT: ("federation",),
    RemarkKind.ORGANIZATION: ("federation",),
    RemarkKind.REGISTER: ("organization__federation",),
    RemarkKind.ACT: ("organization__federation",),
    RemarkKind.BLANKS: ("organization__federation",),
}


@dataclass(frozen=True)
class Place:
    """Subject of a remark in words; `url` is empty if the reader may not see it."""

    label: str
    field: str
    url: str


def records(kind: str, actor: Actor) -> models.QuerySet[Any]:
    """Return the records of this kind that remarks can be about, in the actor's scope. Raises `KeyError`."""
    found: models.QuerySet[Any] = _MODELS[kind]._default_manager.visible_to(actor)  # type: ignore[attr-defined]
    if kind in (RemarkKind.REGISTER, RemarkKind.ACT) and not actor.may(Permission.VIEW_DUES):
        return found.none()
    if kind == RemarkKind.BLANKS:
        found = found.filter(state__in=IN_FORCE)
    return found.select_related(*_RELATED[kind])


def answering(kind: str, record: Any, by: Actor) -> Organization | None:
    """Return the organisation that has to answer a remark on the record; None if nobody can."""
    if kind == RemarkKind.CARD:
        return rules.answers_for(record, by)
    found: Organization = record if isinstance(record, Organization) else record.organization
    return found


def fields_of(kind: str, organization: Organization, by: Actor) -> dict[str, str]:
    """Return the fields that a remark can name, with their labels: those that the actor may read."""
    charter = organization.charter
    if kind == RemarkKind.PASSPORT:
        tabs = charter.passport_tabs(organization.level)
        return {name: capfirst(str(passports.label_of(name, organization))) for tab in tabs for name in tab.fields}
    if kind in (RemarkKind.CARD, RemarkKind.PEOPLE):
        sections = [section for section in charter.sections if by.reads(section.data_class)]
        return {
            name: capfirst(str(card_fields.label_of(name, charter))) for section in sections for name in section.fields
        }
    return {}


def by_organization(ids: Sequence[int], by: Actor) -> dict[int, list[int]]:
    """Return the members with these ids by the organisation responsible for their cards, without the actor's own."""
    own, control = by.organization.pk if by.organization is not None else None, by.role == Role.REVIEWER
    found: dict[int, list[int]] = {}
    rows = Member.objects.visible_to(by).registered().filter(pk__among=ids).order_by("pk")
    for pk, keeper, unit in rows.values_list("pk", "organization", "unit"):
        place = unit if keeper == own and not control else keeper
        if place != own or control:
            found.setdefault(place, []).append(pk)
    return found


def addressed(ids: Collection[int], by: Actor) -> OrganizationQuerySet:
    """Return the organisations with these ids that can get a remark, without the actor's own unless they review it."""
    found = Organization.objects.visible_to(by).working().filter(pk__among=list(ids))
    return found if by.organization is None or by.role == Role.REVIEWER else found.exclude(pk=by.organization.pk)


def field_label(remark: Remark, actor: Actor) -> str:
    """Return the label of the field that the remark names.

    It is empty without a field, for one that the charter no longer has, and for one that the actor may not read (V-C5).
    """
    if not remark.field:
        return ""
    organization = remark.organization
    try:
        if remark.kind == RemarkKind.PASSPORT:
            return capfirst(str(passports.label_of(remark.field, organization)))
        if remark.kind == RemarkKind.PEOPLE and remark.field == INCOMPLETE:
            return _("required fields")
        if not actor.reads(card_fields.class_of(remark.field)):
            return ""
        return capfirst(str(card_fields.label_of(remark.field, organization.charter)))
    except (KeyError, FieldDoesNotExist):
        return ""


def places_of(remarks: Iterable[Remark], actor: Actor) -> dict[int, Place]:
    """Return the subject of each remark, with its page if the actor may see it; one query for each kind."""
    found = list(remarks)
    seen = {kind: _seen(kind, found, actor) for kind in {one.kind for one in found} & set(_MODELS)}
    return {one.pk: _place(one, seen.get(one.kind, {}), actor) for one in found}


def _seen(kind: str, found: list[Remark], actor: Actor) -> Mapping[int, Any]:
    ids = {_record_id(one) for one in found if one.kind == kind}
    if kind in (RemarkKind.PASSPORT, RemarkKind.ORGANIZATION) and not actor.may(Permission.VIEW_ORGANIZATIONS):
        return {}
    if kind in (RemarkKind.REGISTER, RemarkKind.ACT) and not actor.reads(DataClass.MONEY):
        return {}
    seen = records(kind, actor)
    if kind == RemarkKind.CARD:
        # Use the charter of the remark's organisation.
        seen = seen.select_related(None).only("surname", "given_name", "patronymic", "organization")
    return seen.in_bulk([pk for pk in ids if pk is not None])


def _record_id(remark: Remark) -> int | None:
    if remark.kind == RemarkKind.CARD:
        return remark.member_id
    return remark.about_id if remark.about_id is not None else remark.organization_id


def _place(remark: Remark, seen: Mapping[int, Any], actor: Actor) -> Place:
    record, field = seen.get(_record_id(remark) or 0), field_label(remark, actor)
    kind = capfirst(str(remark.get_kind_display()))
    if remark.kind == RemarkKind.PEOPLE:
        return Place(kind, field, reverse("remarks:detail", args=[remark.pk]) + "#people")
    if record is None:
        return Place(kind, field, "")
    if remark.kind == RemarkKind.CARD:
        url = _card_url(record, remark.field if field else "", remark.organization.charter)
        return Place(_("Card: %(name)s") % {"name": record.full_name}, field, url)
    if remark.kind == RemarkKind.PASSPORT:
        return Place(kind, field, _passport_url(record, remark.field))
    if remark.kind == RemarkKind.ORGANIZATION:
        return Place(kind, field, reverse("organizations:detail", args=[record.pk]))
    if remark.kind == RemarkKind.REGISTER:
        label = _("Payment register %(register)s") % {"register": record}
        return Place(label, field, reverse("dues:register", args=[record.pk]))
    if remark.kind == RemarkKind.BLANKS:
        return Place(capfirst(str(record)), field, reverse("documents:blank_paper", args=[record.pk]))
    own = actor.organization.pk if actor.organization is not None else None
    other = {record.organization_id: record.superior_id, record.superior_id: record.organization_id}.get(own)
    label = _("Act of reconciliation %(period)s") % {"period": record}
    return Place(label, field, reverse("dues:settlement", args=[other]) if other is not None else "")


def _card_url(member: Member, field: str, charter: Charter) -> str:
    """Return the address of the card, at the section with the field."""
    page = "members:detail"
    for section in charter.sections if member.organization_id is not None else ():
        if field in section.fields:
            page = "members:questionnaire" if section.tab == "questionnaire" else page
            return reverse(page, args=[member.pk]) + f"#section-{section.key}"
    return reverse(page, args=[member.pk])


def _passport_url(organization: Organization, field: str) -> str:
    for tab in organization.charter.passport_tabs(organization.level):
        if field in tab.fields:
            return reverse("organizations:passport_tab", args=[organization.pk, tab.key])
    return reverse("organizations:passport", args=[organization.pk])
