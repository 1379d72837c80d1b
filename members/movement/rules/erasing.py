"""Sealed cards and ended applications that have to be destroyed, and texts of the record (V-B14, V-A6, order 179)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from members.admission.enums import ApplicationState
from members.admission.models import Application
from members.meetings.enums import AppealState
from members.meetings.models import Appeal
from members.people.enums import MemberState
from members.people.models import Member
from registry.charters.base import Charter
from registry.days import after_months
from registry.errors import RuleViolation
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization

from ..enums import Destroyed

#: Retention of destruction records in months (practice 7.4).
RECORD_KEPT = 36
#: Texts of the record, in Russian because paper forms are.
METHOD = (
    "электронных данных: удаление записей и файлов без возможности восстановления; в резервных копиях — по истечении "
    "срока их хранения"
)
#: Prefix of the way in which papers were destroyed.
OF_PAPERS = "; бумажных носителей: "
SYSTEM = "Единый реестр членов организации"
REASONS = {
    MemberState.DECEASED: "смерть; срок хранения истёк",
    MemberState.EXCLUDED: "исключение; сроки обжалования и хранения истекли",
    MemberState.LEFT: "прекращение членства; срок хранения истёк",
}
#: For entries that were undone (U-5, V-A5).
TAKEN_BACK = {
    Destroyed.LIST: "список загружен по ошибке и отменён",
    Destroyed.CARD: "карточка внесена по ошибке; запись отменена",
}
APPLICATION_REASONS = {
    ApplicationState.REFUSED: "отказ в приёме; сроки обжалования и хранения истекли",
    ApplicationState.WITHDRAWN: "отзыв заявления о приёме; срок хранения истёк",
}
#: Categories of data on a card, named in the record instead of values.
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
APPLICATION_CATEGORIES = (
    *CATEGORIES[:-2],
    "сканы документов",
    "сведения заявления о приёме, уведомления, жалобы",
)


def places_of(organization: Organization) -> set[int]:
    """Return ids of the organisation and of ended ones whose papers it keeps: merged into it or liquidated below it."""
    found, last = {organization.pk}, {organization.pk}
    while last:
        last = set(left_papers_to(*last).exclude(pk__in=found).values_list("pk", flat=True))
        found |= last
    return found


def left_papers_to(*organizations: Any) -> QuerySet[Organization]:
    """Return ended organisations whose papers went directly to one of these, by succession or as their superior."""
    came = Q()
    for organization in organizations:
        came |= Q(successor=organization) | Q(successor__isnull=True, parent=organization)
    return Organization.objects.filter(came, status=OrganizationStatus.ENDED)


def due_for_erasing(organization: Organization, today: dt.date) -> QuerySet[Member]:
    """Return sealed cards last kept by the organisation whose retention has ended, without those under appeal (V-B14).

    Pages may show only the numbers of these cards.
    """
    found = cards_due(today).filter(last_organization__in=places_of(organization))
    return found.order_by("erase_after", "pk")


def cards_due(today: dt.date) -> QuerySet[Member]:
    """Return sealed cards of all organisations whose terms are over, without those with an open appeal (V-B14)."""
    appealed = Appeal.objects.filter(member=OuterRef("pk"), state=AppealState.RECEIVED)
    return Member.objects.filter(~Exists(appealed), erase_after__lte=today, state__in=list(REASONS))


def check_due(member: Member, today: dt.date) -> None:
    """Raise `RuleViolation` (V-B14) if the card is not sealed, its retention has not ended or an appeal is open."""
    if member.state not in REASONS or member.erase_after is None or member.erase_after > today:
        raise RuleViolation("V-B14", _("The retention period of this card is not over."))
    if Appeal.objects.filter(member=member, state=AppealState.RECEIVED).exists():
        raise RuleViolation("V-B14", _("An appeal keeps this card until the final decision."))


def application_terms(
    applications: Sequence[Application], charter: Charter, today: dt.date
) -> dict[int, dt.date | None]:
    """Return by id the first day on which each application may be destroyed; None if undecided, appealed or admitted.

    The retention period (practice 7.5) starts with the withdrawal; for refusals it starts after the month for an
    appeal, counted from the notice (V-A6, K7), or after the meeting that dismissed the appeal.
    """
    kept = 12 * charter.retention_years
    appeal = int(charter.terms.get("appeal_months", 1))
    closed = Appeal.objects.filter(application__in=applications, state=AppealState.DISMISSED).order_by()
    dismissed = dict(closed.values_list("application").annotate(day=Max("decided_on")))

    def term(application: Application) -> dt.date | None:
        if application.state == ApplicationState.WITHDRAWN:
            return after_months(today, kept)
        told = application.notified_on or application.decided_on
        if application.state != ApplicationState.REFUSED or told is None:
            return None
        final = dismissed.get(application.pk)
        over = after_months(told, appeal)
        return after_months(max(over, final) if final else over, kept)

    return {application.pk: term(application) for application in applications}


def applications_due_for_erasing(organization: Organization, today: dt.date) -> QuerySet[Application]:
    """Return refused and withdrawn applications whose retention has ended, without those under appeal (V-A6)."""
    return applications_due(today).filter(organization__in=places_of(organization)).order_by("erase_after", "pk")


def applications_due(today: dt.date) -> QuerySet[Application]:
    """Return the same for all organisations (V-A6)."""
    appealed = Appeal.objects.filter(application=OuterRef("pk"), state=AppealState.RECEIVED)
    return Application.objects.filter(~Exists(appealed), erase_after__lte=today, state__in=list(APPLICATION_REASONS))


def check_application_due(application: Application, today: dt.date) -> None:
    """Raise `RuleViolation` (V-A6) if the application is not over, is still retained, or an appeal is open."""
    if (
        application.state not in APPLICATION_REASONS
        or application.erase_after is None
        or application.erase_after > today
    ):
        raise RuleViolation("V-A6", _("The retention period of this application is not over."))
    if Appeal.objects.filter(application=application, state=AppealState.RECEIVED).exists():
        raise RuleViolation("V-A6", _("An appeal keeps this application until the final decision."))


def record_kept_until(day: dt.date) -> dt.date:
    """Return the last day on which a destruction record is kept."""
    return after_months(day, RECORD_KEPT)
