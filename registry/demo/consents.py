"""Consents of the demonstration: signed, printed only, or not printed yet (U-6, U-7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import DateTimeField, F
from django.db.models.functions import Cast

from documents.consents.models import Consent, ConsentText
from documents.consents.transitions.consents import mark_many_signed
from documents.consents.transitions.withdrawals import block_card, register_withdrawal
from documents.printing.transitions import record_prints
from documents.rights.enums import RequestKind
from documents.rights.models import SubjectRequest
from documents.rights.transitions import (
    answer_request,
    extend_term,
    recall_request,
    refuse_request,
    register_request,
)
from members.people.enums import ConsentState
from members.people.models import Member
from registry.accounts.models import Account
from registry.organizations.models import Organization

from ..access import Actor
from ..enums import DataClass
from .people import People


def collect(keeper: Organization, people: People, by: Actor) -> None:
    """Print for nine of ten members and mark most as signed on a day of the last two years."""
    members = list(Member.objects.visible_to(by).filter(organization=keeper, consent_state="none").order_by("pk"))
    chance = people.chance
    printed = [member for member in members if chance.random() < 0.93]
    record_prints("consent", [m.pk for m in printed], data_classes=[DataClass.GENERAL, DataClass.IDENTITY], by=by)
    last = people.today - dt.timedelta(days=3)
    signed = {
        member.pk: people.day(max(member.joined_on or last, last - dt.timedelta(days=700)), last)
        for member in printed
        if chance.random() < 0.93
    }
    mark_many_signed({pk: min(day, last) for pk, day in signed.items()}, by_hand=True, by=by)
    # Backdate printing and wording, which precede the signatures.
    ConsentText.objects.filter(federation=keeper.federation).update(valid_from=last - dt.timedelta(days=800))
    moment = Cast(F("signed_on"), DateTimeField())
    # Backdate the history too, because consents are compared with it.
    rows: Any
    for rows in (Consent.objects.all(), Consent.history.filter(state=ConsentState.SIGNED)):
        rows.filter(member__in=signed).update(printed_at=moment, ticked_at=moment)


def withdraw(keeper: Organization, people: People, by: Actor) -> None:
    """Register two statements of withdrawal; one card is blocked, the other is still waiting for it (N-C1)."""
    signed = Member.objects.visible_to(by).filter(organization=keeper, consent_state="signed").order_by("-pk")
    blocked, waiting = signed.exclude(agenda_items__isnull=False)[:2]
    for member, ago, channel in ((blocked, 6, "post"), (waiting, 1, "hand")):
        day = people.today - dt.timedelta(days=ago)
        found = register_withdrawal(member.pk, purposes=["processing"], received_on=day, channel=channel, by=by)
        if member == blocked:
            block_card(found.pk, by=by)


def ask(keeper: Organization, people: People, by: Actor) -> None:
    """Register requests about personal data: one in each state, and one unanswered of each kind."""
    members = list(Member.objects.visible_to(by).filter(organization=keeper).order_by("-pk")[2:8])

    def asked(member: Member, kind: str, ago: int, details: str = "") -> SubjectRequest:
        day = people.today - dt.timedelta(days=ago)
        return register_request(member.pk, kind=kind, received_on=day, channel="hand", details=details, by=by)

    mistake = "В карточке неверно указан номер дома; исправить по паспорту"
    asked(members[0], RequestKind.ACCESS, 3)
    asked(members[1], RequestKind.CORRECTION, 2, mistake)
    longer = asked(members[2], RequestKind.STOPPING, 5)
    extend_term(longer.pk, reason="Документы о взносах хранятся у бухгалтера", by=by)
    answer: dict[str, Any] = {"settled_on": people.today, "channel": "hand", "by": by}
    answer_request(asked(members[3], RequestKind.CORRECTION, 8, mistake).pk, reply="Номер дома исправлен.", **answer)
    refused = asked(members[4], RequestKind.ACCESS, 9)
    refuse_request(refused.pk, reason="Запрос подан повторно ранее 30 дней (часть 4 статьи 14)", **answer)
    recall_request(asked(members[5], RequestKind.ACCESS, 4).pk, reason="Отозван заявителем", by=by)


def take_over(chair: Account, keeper: Organization, since: dt.date) -> None:
    """Attribute marks since the chair's first day to the chair."""
    Consent.objects.filter(member__organization=keeper, signed_on__gte=since).update(ticked_by=chair)
