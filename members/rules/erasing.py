"""Which sealed cards are to be destroyed, and what the record of it says (V-B14, practice 7.4 and 7.5, order 179)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from registry.days import after_months
from registry.errors import RuleViolation
from registry.models import Organization

from ..enums import AppealState, MemberState
from ..models import Appeal, Member

#: The record of a destruction is kept so long, months (practice 7.4).
RECORD_KEPT = 36
#: What the record says, on paper and in the extract; paper forms are Russian.
METHOD = "удаление записей и файлов без возможности восстановления; в резервных копиях — по истечении срока их хранения"
SYSTEM = "Единый реестр членов организации"
REASONS = {
    MemberState.DECEASED: "смерть; срок хранения истёк",
    MemberState.EXCLUDED: "исключение; сроки обжалования и хранения истекли",
    MemberState.LEFT: "прекращение членства; срок хранения истёк",
}
#: Categories of data that a card holds; the record names them, never the values.
CATEGORIES = (
    "фамилия, имя, отчество, дата и место рождения, пол",
    "адрес, телефоны, электронная почта",
    "реквизиты документа, удостоверяющего личность, СНИЛС",
    "сведения об инвалидности и здоровье",
    "образование, профессия, место работы",
    "семейное положение, состав семьи, жилищные условия",
    "фотография, сканы документов",
    "сведения о членстве, отметки, согласия",
)


def due_for_erasing(organization: Organization, today: dt.date) -> QuerySet[Member]:
    """Sealed cards that the organisation kept last and whose terms are over; an open appeal keeps a card (V-B14).

    The numbers of such cards are all that a screen may show of them.
    """
    appealed = Appeal.objects.filter(member=OuterRef("pk"), state=AppealState.RECEIVED)
    found = Member.objects.filter(last_organization=organization, erase_after__lte=today, state__in=list(REASONS))
    return found.filter(~Exists(appealed)).order_by("erase_after", "pk")


def check_due(member: Member, today: dt.date) -> None:
    """Raise where the card is not sealed, its term is not over, or an appeal keeps it."""
    if member.state not in REASONS or member.erase_after is None or member.erase_after > today:
        raise RuleViolation("V-B14", _("The term of keeping this card is not over."))
    if Appeal.objects.filter(member=member, state=AppealState.RECEIVED).exists():
        raise RuleViolation("V-B14", _("An appeal keeps this card until the final decision."))


def record_kept_until(day: dt.date) -> dt.date:
    """Last day on which the record of a destruction is kept."""
    return after_months(day, RECORD_KEPT)
