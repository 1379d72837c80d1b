"""The extract: all stored data of a person, with lists of recipients and readers (152-ФЗ art. 14 p. 7, V-C5).

The texts are Russian in every language of the interface, because the extract is a paper. A long list contains its
newest rows and the number of the omitted ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import override

from documents.consents.enums import ConsentPurpose
from documents.consents.models import Consent
from members.admission.enums import CopyKind
from members.admission.models import Representation
from members.lists.models import decode
from members.movement.contents import CONTENT
from members.people.enums import ConsentState
from members.people.models import Member
from members.people.queries.showing import in_words, plain
from members.people.rules.fields import card_fields, from_stored, label_of
from registry.days import day_text, moment_text
from registry.files.models import StoredFile
from registry.organizations.models import Organization

from .. import contents
from .receipts import Receipt, openings_of, receipts_of

if TYPE_CHECKING:
    from registry.charters.base import Charter

#: Maximum number of records of one model, of receipts and of openings.
MAX_RECORDS = 500
#: Models shown in the list of recipients instead of a separate section.
_SHOWN_AS_RECEIPTS = frozenset({"documents.PrintRecord", "documents.LeafletMail", "documents.OutboxEntry"})
#: Lookup from a model to the member, if the model has no foreign key to them or has rows without it.
_PATHS: dict[str, str] = {
    "members.Member": "pk",
    "members.Attachment": "application__member",
    "members.Representation": "application__member",
    "documents.CardDeliveryLine": "request__member",
    "dues.LedgerEntry": "account__member",
    "dues.Exemption": "account__member",
    "dues.CashOrder": "entry__account__member",
    "dues.PayrollPart": "entry__account__member",
    "dues.ExpenseOrder": "entry__account__member",
    "dues.BankLine": "entry__account__member",
    "dues.BankPart": "entry__account__member",
    "dues.DistributionLine": "entry__account__member",
    "dues.Remittance": "entry__account__member",
    # Remarks on many cards have separate rows for theirs; steps are shown for remarks on this card only.
    "registry.Remark": "people__member",
    "registry.RemarkStep": "remark__member",
}

#: Columns with a list of choices.
_CHOSEN: dict[str, type[models.TextChoices]] = {"purposes": ConsentPurpose, "copies": CopyKind}


@dataclass(frozen=True)
class Value:
    """A stored value in words, with the name and the label of its column."""

    key: str
    label: str
    text: str


@dataclass(frozen=True)
class Section:
    """The newest records of a model; `left_off` is the number of omitted ones."""

    key: str
    title: str
    records: list[list[Value]]
    left_off: int = 0


@dataclass(frozen=True)
class Extract:
    """All stored data of a person at the time `made_at`."""

    member: Member
    made_at: dt.datetime
    sections: list[Section]
    receipts: list[Receipt]
    openings: list[Receipt]
    #: Numbers of older receipts and openings that are omitted.
    receipts_left: int = 0
    openings_left: int = 0
    #: Number of lists that may have contained the card; earlier versions did not record their people.
    unnamed_exports: int = 0


def extract_of(
    member: Member, made_at: dt.datetime, charter: Charter, titles: Mapping[str, str], *, limit: int = MAX_RECORDS
) -> Extract:
    """Return the extract. `titles` are the titles of papers by code.

    The caller has checked that the actor may read all of the data.
    """
    with override("ru"):
        sections = [_section(label, member, charter, limit) for label in CONTENT if label not in _SHOWN_AS_RECEIPTS]
        wards = list(Representation.objects.filter(member=member).values_list("pk", flat=True))
        receipts, receipts_left, unnamed = receipts_of(member, titles, limit)
        openings, openings_left = openings_of(member, wards, limit)
    return Extract(
        member=member,
        made_at=made_at,
        sections=[section for section in sections if section.records],
        receipts=receipts,
        openings=openings,
        receipts_left=receipts_left,
        openings_left=openings_left,
        unnamed_exports=unnamed,
    )


def rows_about(model: type[models.Model], member: Member) -> Any:
    """Return the rows of the model that are about the member. Raises `KeyError` for a model without members."""
    label = model._meta.label
    named = {column.name for column in model._meta.fields}
    about = Q(member=member.pk) if "member" in named else Q()
    if label in _PATHS or not about:
        about |= Q(**{_PATHS[label]: member.pk})
    return model._default_manager.filter(about)


def _section(label: str, member: Member, charter: Charter, limit: int) -> Section:
    model = apps.get_model(label)
    keys = [column.name for column in contents.shown(model) if column.is_relation]
    rows = rows_about(model, member).order_by("-pk")
    found = list(rows.select_related(*keys)[: limit + 1])
    left = rows.count() - limit if len(found) > limit else 0
    records = [[value for column in contents.shown(model) if (value := _value(column, row, charter))] for row in found]
    title = contents.TITLES.get(label) or str(capfirst(model._meta.verbose_name_plural))
    return Section(label, title, [record for record in records[:limit] if record], left)


def _value(column: Any, row: models.Model, charter: Charter) -> Value | None:
    text = _in_words(column, getattr(row, column.name), charter)
    if not text:
        return None
    return Value(column.name, label_in_words(column, charter), text)


def label_in_words(column: Any, charter: Charter) -> str:
    """Return the label of the column in the extract."""
    if _is_card_field(column):
        return str(label_of(column.name, charter))
    if column.name in contents.LABELS:
        return contents.LABELS[column.name]
    return str(column.verbose_name)


def _is_card_field(column: Any) -> bool:
    return contents.is_of_the_card(column.model) and column.name in card_fields()


def _in_words(column: Any, value: Any, charter: Charter) -> str:
    if value is None or value in ("", [], {}) or value is False:
        return ""
    if column.name in _CHOSEN:
        labels = dict(_CHOSEN[column.name].choices)
        return "; ".join(str(labels.get(one, one)) for one in value)
    if isinstance(value, Organization):
        return value.full_name or value.short_name
    if isinstance(value, StoredFile):
        return value.name
    if isinstance(value, models.Model):
        return str(value)
    if _is_card_field(column):
        return in_words(column.name, from_stored(column.name, value), charter)
    if column.flatchoices and not isinstance(value, list | dict):
        return str(dict(column.flatchoices).get(value, value))
    return _plain(value, charter, column.name)


def _plain(value: Any, charter: Charter, name: str = "") -> str:
    """Return a stored value in words; a mapping becomes labels with values."""
    if isinstance(value, bool):
        return "да" if value else ""
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, dt.datetime):
        return moment_text(value)
    if isinstance(value, dt.date):
        return day_text(value)
    if isinstance(value, Decimal):
        return plain(name, value)
    if isinstance(value, Mapping) and value.keys() & {"date", "moment", "decimal"} == value.keys():
        return _plain(decode(value), charter, name)
    if isinstance(value, Mapping):
        return "; ".join(_pair(str(key), one, charter) for key, one in value.items() if one not in (None, "", [], {}))
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(text for one in value if (text := _plain(one, charter)))
    return str(value) if value is not None else ""


def _pair(key: str, value: Any, charter: Charter) -> str:
    if key in card_fields() and isinstance(value, str | bool | int | list):
        return f"{label_of(key, charter)}: {in_words(key, from_stored(key, value), charter)}"
    return f"{key}: {_plain(value, charter, key)}"


def consents_signed(member: Member) -> list[Consent]:
    """Return the signed consents of the member, with their texts."""
    signed = Consent.objects.filter(member=member, state=ConsentState.SIGNED)
    return list(signed.select_related("text").order_by("purpose"))
