"""The history of a card: who changed what, when and under which rule, and who opened or printed it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.consents.models import Consent
from documents.printing.models import PrintRecord
from members.admission.models import Attachment, Representation
from members.book.models import Registration
from members.lists.models import decode
from registry.access import Actor
from registry.charters.base import Charter
from registry.days import moment_text
from registry.enums import DataClass, Role
from registry.journal.models import Event
from registry.organizations.models import Organization

from ..enums import MemberState, OpeningReason
from ..models import CardEntry, CardMark, HealthRecord, IdentityPaper, Member, Questionnaire
from ..rules.fields import card_fields, class_of, from_stored, label_of, values_of
from . import showing
from .history_dues import dues_entries
from .history_entries import Change, HistoryEntry

#: Maximum number of history rows per record.
_MAX_ROWS = 1000
#: Rows written by one person under one rule within this time are shown as one act.
_ONE_ACT = dt.timedelta(seconds=2)
#: Data classes that are hidden until opened; every opening is logged.
CLOSED = frozenset({DataClass.IDENTITY, DataClass.HEALTH})

_UNTOLD = {
    "id", "member", "federation", "unit", "missing", "version", "batch", "consent_state", "purpose",
    "last_organization", "last_unit", "application", "erase_after",
}  # fmt: skip
#: Fields not shown for a model: its keys, and fields that its title already contains.
_UNTOLD_OF: dict[type[models.Model], frozenset[str]] = {
    CardEntry: frozenset({"kind"}),
    Consent: frozenset({"kind", "text", "ticked_by", "ticked_at"}),
    CardMark: frozenset({"item", "lifted_item"}),
    Attachment: frozenset({"file", "added_on", "added_by"}),
}
_TITLES: dict[type[models.Model], tuple[Any, Any, Any]] = {
    Member: (_("Registered"), _("Card changed"), _("Card deleted")),
    IdentityPaper: (_("Identity paper recorded"), _("Identity paper changed"), _("Identity paper deleted")),
    HealthRecord: (_("Health data recorded"), _("Health data changed"), _("Health data deleted")),
    Questionnaire: (_("Questionnaire filled"), _("Questionnaire changed"), _("Questionnaire deleted")),
    Registration: (_("Registration started"), _("Registration changed"), _("Registration deleted")),
    CardEntry: (_("Entry added"), _("Entry changed"), _("Entry deleted")),
    Consent: (_("Consent recorded"), _("Consent changed"), _("Consent deleted")),
    CardMark: (_("Mark added to the card"), _("Mark on the card changed"), _("Mark removed from the card")),
    Representation: (
        _("Represented person added"),
        _("Record of the represented person changed"),
        _("Record of the represented person deleted"),
    ),
    Attachment: (_("Scan added"), _("Scan changed"), _("Scan deleted")),
}
#: File fields: only their presence is shown.
_FILES = {"photo", "scan"}
_ARRIVED, _LEFT = _("Registered on arrival"), _("Deregistered")
_PHOTO = {
    (False, True): _("Photograph added to the card"),
    (True, True): _("Photograph replaced"),
    (True, False): _("Photograph removed from the card"),
}
#: Journal events shown in the card's history.
READING = {
    "card.opened": _("Card opened by a superior organisation"),
    "card.identity_opened": _("Identity paper opened"),
    "card.health_opened": _("Health data opened"),
    "card.photo_opened": _("Photograph opened"),
    "card.identity_exported": _("Identity paper downloaded in a list"),
    "card.health_exported": _("Health data downloaded in a list"),
    "attachment.opened": _("Scan opened"),
    "consent.scan_opened": _("Scan of the consent opened"),
    "representation.opened": _("Questionnaire of the represented person opened"),
}


def reading_text(event: Event) -> str:
    """Return the opening in words, with its stated reason."""
    reason = event.facts.get("reason", "")
    text = str(READING[event.action])
    return f"{text}: {OpeningReason(reason).label}" if reason in OpeningReason.values else text


@dataclass(frozen=True)
class Reader:
    """The reader of the history, and the protected data classes that they have opened."""

    actor: Actor
    opened: frozenset[DataClass]

    def reads(self, data_class: DataClass) -> bool:
        return self.actor.reads(data_class) and (data_class not in CLOSED or data_class in self.opened)


def card_history(
    member: Member, actor: Actor, *, opened: Iterable[DataClass] = (), form_titles: Mapping[str, Any] | None = None
) -> list[HistoryEntry]:
    """Return all acts on the card, newest first, in a constant number of queries."""
    assert member.unit is not None  # noqa: S101 — a card that somebody sees belongs to an organisation
    charter = member.unit.charter
    rows = {model: _rows(model, member) for model in _TITLES}
    wards = {row.id for row in rows[Representation]}
    events = list(readings(member, wards).select_related("account").order_by("-pk")[:_MAX_ROWS])
    names = _organization_names(rows, events)
    reader = Reader(actor, frozenset(opened))
    acts = [act for model, found in rows.items() for act in _entries(model, found, charter, reader, names)]
    acts.sort(key=lambda act: act.at)
    merged = _merged(acts)
    merged += [_reading(event, names) for event in events]
    merged += _prints(member, form_titles or {})
    merged += dues_entries(member, actor)
    merged.sort(key=lambda act: act.at, reverse=True)
    return merged


def readings(member: Member, wards: Iterable[int]) -> QuerySet[Event]:
    """Return the journal events about opening the card, its protected parts, its scans or the people represented."""
    about = Q(object_type="member", object_id=str(member.pk))
    if ids := sorted(str(pk) for pk in wards):
        about |= Q(object_type="representation", object_id__in=ids)
    return Event.objects.filter(about, action__in=READING)


def _rows(model: Any, member: Member) -> list[Any]:
    owner = {"id": member.pk} if model is Member else {"member_id": member.pk}
    found = model.history.filter(**owner).select_related("history_user").order_by("-history_id")[:_MAX_ROWS]
    return sorted(found, key=lambda row: row.history_id)


def _organization_names(rows: Mapping[Any, list[Any]], events: Iterable[Event]) -> dict[int, str]:
    wanted = {row.organization_id for row in rows[Member]} | {row.cell_id for row in rows[Member]}
    wanted |= {row.organization_id for row in rows[Registration]}
    wanted |= {int(where) for event in events if (where := event.acting.partition("@")[2]).isdigit()}
    found = Organization.objects.filter(pk__in=wanted - {None}).values_list("pk", "short_name")
    return dict(found)


def _entries(
    model: type[models.Model], rows: list[Any], charter: Charter, reader: Reader, names: Mapping[int, str]
) -> Iterator[HistoryEntry]:
    earlier: dict[Any, Any] = {}
    for row in rows:
        before = earlier.get(row.id)
        earlier[row.id] = row
        changes = list(_changes(model, before, row, charter, reader, names))
        if not changes and row.history_type == "~":
            continue
        title, leads = _title(model, before, row, changes)
        user = row.history_user
        yield HistoryEntry(
            at=row.history_date,
            who=user.full_name if user else "",
            title=str(title),
            rule=row.history_change_reason or "",
            changes=changes,
            account_id=row.history_user_id,
            leads=leads,
        )


def _title(model: type[models.Model], before: Any, row: Any, changes: list[Change]) -> tuple[Any, bool]:
    """Return the title of the row, and whether it describes the whole act, whichever record was written first."""
    created, changed, deleted = _TITLES[model]
    if row.history_type == "-":
        return deleted, False
    if model is not Member:
        # Records of an application were written before the card existed.
        return (created if before is None else changed), False
    if before is None:
        return (created if row.history_type == "+" else changed), False
    if row.state != before.state:
        return (_ARRIVED if row.state == MemberState.REGISTERED else _LEFT), True
    if row.photo_id != before.photo_id and len(changes) == 1:
        return _PHOTO[bool(before.photo_id), bool(row.photo_id)], False
    return changed, False


def _changes(
    model: type[models.Model], before: Any, row: Any, charter: Charter, reader: Reader, names: Mapping[int, str]
) -> Iterator[Change]:
    gone = row.history_type == "-"
    for model_field in row.tracked_fields:
        name, attname = model_field.name, model_field.attname
        if name in _UNTOLD or name in _UNTOLD_OF.get(model, ()):
            continue
        old = getattr(row if gone else before, attname, None)
        new = None if gone else getattr(row, attname)
        if old == new or (before is None and new in (None, "", [], {}, False, "none")):
            continue
        if name == "answers":
            yield from _answers(old or {}, new or {}, charter, reader)
            continue
        data_class = _class_of(model, name, row, charter)
        hidden = not reader.reads(data_class)
        words = ("", "") if hidden else tuple(_word(model_field, value, charter, names) for value in (old, new))
        if name in _FILES and all(words):
            words = (words[0], str(_("another file")))
        if hidden or words[0] != words[1]:
            yield Change(str(_label(model, model_field, charter)), words[0], words[1], hidden)


def _answers(old: Mapping[str, Any], new: Mapping[str, Any], charter: Charter, reader: Reader) -> Iterator[Change]:
    """Yield changed answers of a represented person; each belongs to the health class and to its own class."""
    for name in sorted({*old, *new} & set(card_fields())):
        if old.get(name) == new.get(name):
            continue
        hidden = not (reader.reads(DataClass.HEALTH) and reader.reads(class_of(name)))
        words = (
            ("", "")
            if hidden
            else tuple(showing.in_words(name, decode(values.get(name)), charter) for values in (old, new))
        )
        yield Change(str(label_of(name, charter)), words[0], words[1], hidden)


def _class_of(model: type[models.Model], name: str, row: Any, charter: Charter) -> DataClass:
    if model is CardEntry:
        kind = next((entry for entry in charter.entries if entry.key == row.kind), None)
        # A kind that the charter no longer has is treated as the most protected class.
        return kind.data_class if kind else DataClass.HEALTH
    if model is Representation:
        return DataClass.HEALTH
    if model is CardMark or model is Attachment:
        return DataClass.GENERAL
    return class_of(name) if name in card_fields() else DataClass.GENERAL


def _label(model: type[models.Model], model_field: Any, charter: Charter) -> Any:
    if model is not CardEntry and model is not CardMark and model_field.name in card_fields():
        return label_of(model_field.name, charter)
    return model_field.verbose_name


def _word(model_field: Any, value: Any, charter: Charter, names: Mapping[int, str]) -> str:
    name = model_field.name
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if value in (None, "", []):
        return ""
    if isinstance(model_field, models.ForeignKey):
        return str(_("given")) if name in _FILES else names.get(value, "")
    if isinstance(value, dt.datetime):
        return moment_text(value)
    if name in card_fields() and model_field.model is not CardEntry:
        return showing.in_words(name, from_stored(name, value), charter)
    labels = dict(model_field.flatchoices or ())
    return showing.plain(name, labels.get(value, value))


def _merged(acts: list[HistoryEntry]) -> list[HistoryEntry]:
    """Return the acts in chronological order; records written by one save become one act with the first title."""
    merged: list[HistoryEntry] = []
    for act in acts:
        last = merged[-1] if merged else None
        together = (
            last is not None
            and (last.account_id, last.rule) == (act.account_id, act.rule)
            and act.at - last.at < _ONE_ACT
        )
        if together and last is not None:
            last.changes += act.changes
            if act.leads and not last.leads:
                last.title, last.leads = act.title, True
        else:
            merged.append(act)
    return merged


def _reading(event: Event, names: Mapping[int, str]) -> HistoryEntry:
    role, _at, where = event.acting.partition("@")
    capacity = (
        f"{Role(role).label}, {names.get(int(where), where)}"
        if role in Role.values and where.isdigit()
        else event.acting
    )
    who = event.account.full_name if event.account else ""
    return HistoryEntry(at=event.at, who=who, title=reading_text(event), rule=event.rule, capacity=capacity)


def _prints(member: Member, titles: Mapping[str, Any]) -> list[HistoryEntry]:
    found = PrintRecord.objects.filter(member=member).select_related("printed_by").order_by("-printed_at")[:_MAX_ROWS]
    return [
        HistoryEntry(
            at=record.printed_at,
            who=record.printed_by.full_name if record.printed_by else "",
            title=str(_("Printed: %(form)s") % {"form": titles.get(record.form, record.form)}),
            rule="",
        )
        for record in found
    ]


def values_at(member: Member, version: int) -> dict[str, Any] | None:
    """Return the card's values in that version, for resolving an edit conflict; None if unknown."""
    base = Member.history.filter(id=member.pk, version=version).order_by("-history_id").first()
    if base is None:
        return None
    later = Member.history.filter(id=member.pk, version__gt=version).order_by("history_id").first()
    until = later.history_date if later is not None else timezone.now()
    parts = {}
    for part, model in (("identity", IdentityPaper), ("health", HealthRecord), ("questionnaire", Questionnaire)):
        # The member's row is written before its parts, so rows older than the next version belong to this one.
        rows = model.history.filter(member_id=member.pk, history_date__lt=until)
        parts[part] = rows.order_by("-history_id").first()
    registrations = Registration.history.filter(member_id=member.pk, history_date__lt=until, ended_on__isnull=True)
    parts["registration"] = registrations.order_by("-history_id").first()
    return values_of(base, parts)


def editors_since(member: Member, version: int) -> list[tuple[str, dt.datetime]]:
    """Return who saved the card after that version, and when."""
    rows = (
        Member.history.filter(id=member.pk, version__gt=version).select_related("history_user").order_by("history_id")
    )
    return [(row.history_user.full_name if row.history_user else "", row.history_date) for row in rows[:20]]
