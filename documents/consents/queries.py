"""Queries about members' consents by purpose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from documents.ecards.models import CardRequest
from documents.rights.models import SubjectRequest
from documents.tickets.models import Blank, IssueLine
from dues.ledger.models import LedgerEntry
from members.admission.models import Application
from members.book.models import BookLine, Registration
from members.meetings.models import AgendaItem
from members.people.enums import ConsentState
from members.people.models import CardMark, Member

from .contents import GROUNDS, MARKS_OF_DECISIONS, Ground
from .enums import ConsentPurpose
from .models import Consent, Withdrawal

if TYPE_CHECKING:
    from registry.charters.base import Charter


def signed_for(members: QuerySet[Member], purpose: str) -> QuerySet[Member]:
    """Return the members whose consent for the purpose is signed and neither withdrawn nor expired (N-C1)."""
    signed = Consent.objects.filter(member=OuterRef("pk"), purpose=purpose, state=ConsentState.SIGNED)
    return members.filter(Exists(signed))


def withdrawn_days(members: Collection[int], purpose: str) -> dict[int, dt.date]:
    """Return the day of the last withdrawal of the consent for the purpose, by the member's id."""
    withdrawn = Consent.objects.filter(member__in=members, purpose=purpose, state=ConsentState.WITHDRAWN)
    return dict(withdrawn.order_by().values_list("member").annotate(day=Max("withdrawn_on")))


def latest(name: str, purpose: str) -> Subquery:
    """Return an expression for members: a field of their latest consent for the purpose, or None."""
    return Subquery(Consent.objects.filter(member=OuterRef("pk"), purpose=purpose).order_by("-pk").values(name)[:1])


def state_for(purpose: str) -> Any:
    """Return an expression for members: the state of their latest consent for the purpose (`ConsentState`)."""
    return Coalesce(latest("state", purpose), Value(ConsentState.NONE.value))


def tick_of(purpose: str, charter: Charter) -> str:
    """Return the label of the checkbox that marks the consent as signed; the charter has the one for processing."""
    if purpose == ConsentPurpose.PROCESSING:
        return charter.wording["consent_tick"]
    return _("The consent is signed by the member: %(purpose)s") % {"purpose": ConsentPurpose(purpose).label}


def kept_of(member: Member) -> list[Ground]:
    """Return the grounds on which data of the member are kept after a withdrawal, if they have such records (N-C1)."""
    mine = {"member": member.pk}
    admission = Q(member=member.pk) | Q(applications__member=member.pk)
    there = {
        "minutes": AgendaItem.objects.filter(admission).exists()
        or CardMark.objects.filter(MARKS_OF_DECISIONS, **mine).exists(),
        "admission": Application.objects.filter(**mine).exists(),
        "book": BookLine.objects.filter(**mine).exists() or Registration.objects.filter(**mine).exists(),
        "tickets": Blank.objects.filter(**mine).exists()
        or IssueLine.objects.filter(**mine).exists()
        or CardRequest.objects.filter(**mine).exists(),
        "dues": LedgerEntry.objects.filter(account__member=member.pk).exists(),
        "consents": Consent.objects.filter(**mine).exists() or Withdrawal.objects.filter(**mine).exists(),
        "requests": SubjectRequest.objects.filter(**mine).exists(),
    }
    return [ground for key, ground in GROUNDS.items() if there[key]]
