"""Background jobs of movement: destroying cards, deleting wrong codes and old records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.admission.models import Application
from members.people.models import Member
from members.people.transitions.destroying import destroy_left_behind
from registry.errors import RuleViolation
from registry.jobs.kinds import daily, job
from registry.jobs.models import Job
from registry.jobs.work import Work

from .enums import Destroyed
from .models import DestructionRecord
from .transitions.erasing import erase, erase_application, forget_records
from .transitions.transfers import forget_attempts


@daily
def forget_wrong_codes(today: dt.date) -> None:
    """Delete wrong transfer codes older than the throttle remembers (V-B9)."""
    forget_attempts()


def _destroyed(summary: Mapping[str, Any]) -> str:
    return _("Cards and applications destroyed: %(count)s.") % {"count": summary.get("cards", 0)}


def _erasing_page(row: Job) -> str:
    return reverse("moves:erasing")


@job(
    "members.erase",
    _("Destruction of cards and applications whose retention period has ended"),
    page=_erasing_page,
    outcome=_destroyed,
)
def erase_cards(work: Work) -> None:
    """Destroy the cards `params["ids"]` and applications `params["applications"]`; those under appeal are skipped."""
    cards, applications = work.params["ids"], work.params.get("applications", [])

    def destroy(chunk: list[list[Any]]) -> None:
        subject, pk = chunk[0]
        try:
            (erase if subject == Destroyed.CARD else erase_application)(pk, by=work.actor)
        except (RuleViolation, Member.DoesNotExist, Application.DoesNotExist):
            return

    def records() -> int:
        found = DestructionRecord.objects.visible_to(work.actor)
        return found.filter(
            Q(subject=Destroyed.CARD, member_number__in=cards)
            | Q(subject=Destroyed.APPLICATION, member_number__in=applications)
        ).count()

    work.each([[Destroyed.CARD, pk] for pk in cards] + [[Destroyed.APPLICATION, pk] for pk in applications], 1, destroy)
    work.finish(cards=records())


@daily
def destroy_cards_taken_back(today: dt.date) -> None:
    """Destroy cards that were undone before undoing also destroyed them (U-5)."""
    destroy_left_behind()


@daily
def forget_destructions(today: dt.date) -> None:
    """Delete destruction records after three years (practice 7.4)."""
    forget_records()
