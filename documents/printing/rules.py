"""Who may print which paper, and where; read only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from members.people.enums import MemberState
from registry.enums import DataClass
from registry.errors import NotAllowed, RuleViolation

from .models import PrintRecord

if TYPE_CHECKING:
    from members.admission.models import Application
    from members.people.models import Member
    from registry.access import Actor
    from registry.organizations.models import Organization


#: The form that goes with its member all his life, written on line by line.
CARD_FORM = "member_card"
#: Papers that a primary cell keeps itself and prints for its people; the others are made where the cards are kept.
CELL_FORMS = frozenset({"questionnaire"})


def check_readable(data_classes: Iterable[DataClass], *, by: Actor) -> None:
    """A paper is printed by who may read everything on it (V-C5). Raises `NotAllowed`."""
    if not all(by.reads(data_class) for data_class in data_classes):
        raise NotAllowed


def prints_here(form: str, organization: Organization) -> bool:
    """Does this organisation print the paper at all? A cell prints what it keeps: its questionnaires (V-C4, V-H1)."""
    return form in CELL_FORMS or organization.level != organization.charter.cell


def printed_at(form: str, owner: Member | Application) -> Organization | None:
    """Who prints the paper: the cell of the member what a cell keeps, else who keeps the card or application (V-C4)."""
    unit = getattr(owner, "unit", None) if form in CELL_FORMS else None
    return unit or owner.organization


def paper_carries(member: Member) -> Mapping[str, Any]:
    """What the member's paper card carries by its last printing, whoever kept it then; empty where none is known."""
    records = PrintRecord.objects.filter(member=member, form=CARD_FORM).exclude(lines={})
    return records.order_by("-printed_at", "-pk").values_list("lines", flat=True).first() or {}


def check_on_account(member: Member) -> None:
    """Papers and consents are those of people on account (U-6)."""
    if member.state != MemberState.ON_ACCOUNT:
        raise RuleViolation("U-6", _("%(name)s is not on account any more.") % {"name": member.full_name})
