"""Queries about a print that was found by its verification code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from documents.tickets.models import BlankPaper
from dues.collecting.models import CashOrder, PaymentRegister
from dues.distribution.models import SettlementAct
from members.admission.models import Application, Representation
from members.meetings.models import AgendaItem, Meeting
from members.people.models import Member
from members.reconciliation.models import Reconciliation
from registry.organizations.models import Organization

from .models import PrintRecord

if TYPE_CHECKING:
    from registry.access import Actor

#: Name of a model that papers are about → the model, the URL name of its page and the field in the URL.
_PAGES: dict[str, tuple[Any, str, str]] = {
    "member": (Member, "members:detail", "pk"),
    "application": (Application, "applications:detail", "pk"),
    "representation": (Representation, "applications:ward", "pk"),
    "meeting": (Meeting, "meetings:detail", "pk"),
    "agendaitem": (AgendaItem, "meetings:detail", "meeting_id"),
    "reconciliation": (Reconciliation, "cells:report", "pk"),
    "blankpaper": (BlankPaper, "documents:blank_paper", "pk"),
    "paymentregister": (PaymentRegister, "dues:register", "pk"),
    "cashorder": (CashOrder, "dues:register", "register_id"),
    "settlementact": (SettlementAct, "dues:settlement", "superior_id"),
    "organization": (Organization, "organizations:detail", "pk"),
}


def page_about(record: PrintRecord, actor: Actor) -> tuple[str, Any] | None:
    """Return the URL name and id of the page of the printed record, or None if the actor has no such page."""
    about, pk = ("member", record.member_id) if record.member_id else (record.about, record.about_id)
    if about not in _PAGES or pk is None:
        return None
    model, name, field = _PAGES[about]
    found = model.objects.visible_to(actor).filter(pk=pk).values_list(field, flat=True).first()
    return (name, found) if found is not None else None


def latest_print(record: PrintRecord, actor: Actor) -> PrintRecord | None:
    """Return the latest newer print of the same paper for the same record in the actor's scope, or None."""
    if record.member_id is None and record.about_id is None:
        return None
    same = PrintRecord.objects.visible_to(actor).filter(
        form=record.form, member=record.member_id, about=record.about, about_id=record.about_id
    )
    return same.filter(printed_at__gt=record.printed_at).order_by("-printed_at", "-pk").first()
