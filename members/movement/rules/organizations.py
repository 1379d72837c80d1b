"""Rules about people and lists when an organisation is moved, merged or liquidated (N-H3)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.admission.models import Application
from members.book.models import Registration
from members.meetings.models import AgendaItem
from members.people.enums import OPEN_CONSENTS, MemberState
from members.people.models import Member, MemberQuerySet
from members.reconciliation.enums import RUNNING_RECONCILIATIONS, ReconciliationState
from registry.access import Actor
from registry.days import day_text
from registry.errors import Blocked, Obstacle, RuleViolation
from registry.organizations.models import Organization
from registry.organizations.rules.tree import (
    appointment_blockers,
    job_blockers,
    subordinate_blockers,
    unplaceable_children,
)

from . import obstacles


def people_of(organization: Organization) -> MemberQuerySet:
    """Return the members whose card the organisation keeps, or who belong to it as a cell."""
    here = Q(organization=organization) | Q(cell=organization)
    # Blocked cards are included: the successor becomes responsible for them.
    return Member.objects.filter(here, state=MemberState.REGISTERED)


def keeper_and_cell(
    place: Organization, parent: Organization | None
) -> tuple[Organization, Organization | None] | None:
    """Return the keeper and the cell for people who move to this place, or None if nobody can keep their cards
    (V-H1).
    """
    if place.keeps_cards:
        return place, None
    if place.level == place.charter.cell and parent is not None and parent.keeps_cards:
        return parent, place
    return None


def cards_without_keeper(
    organization: Organization, home: tuple[Organization, Organization | None] | None
) -> list[Obstacle]:
    """Return an obstacle if nobody could keep the people's cards at the new place."""
    count = 0 if home else people_of(organization).count()
    if not count:
        return []
    level = organization.charter.levels[organization.charter.keeper]
    text = ngettext(
        "%(count)s member could not be registered there: cards are kept by a %(level)s.",
        "%(count)s members could not be registered there: cards are kept by a %(level)s.",
        count,
    )
    return [Obstacle(text % {"count": count, "level": level})]


def waiting_at(organization: Organization) -> int:
    """Return the number of undecided applications and waiting items, which a merger passes on."""
    applications = Application.objects.filter(organization=organization).open().count()
    return applications + AgendaItem.objects.filter(organization=organization).waiting().count()


def check_registrations_begin_before(people: QuerySet[Member], on: dt.date) -> None:
    """Raise `RuleViolation` (N-H3) if somebody joined the organisation after the day of the change (V-B9)."""
    last = Registration.objects.filter(member__in=people, ended_on__isnull=True).aggregate(last=Max("started_on"))[
        "last"
    ]
    if last and last > on:
        raise RuleViolation(
            "N-H3",
            _("Somebody was registered there on %(day)s. Enter that day or a later one.") % {"day": day_text(last)},
            field="on",
        )


def consents_to_renew(organization: Organization, parent: Organization) -> QuerySet[Member]:
    """Return people whose consent names an operator that changes when the organisation moves under `parent` (U-6).

    A merged organisation has a successor, which takes over the consents.
    """
    given = Member.objects.filter(consent_state__in=OPEN_CONSENTS).registered()
    former = organization.operator()
    if former == parent.operator() or former.path.startswith(organization.path):
        return given.none()
    if organization.level == organization.charter.cell:
        return given.filter(cell=organization)
    below = Organization.objects.under(organization).filter(members__isnull=False).distinct()
    return given.filter(organization__in=[place.pk for place in below if place.operator() == former])


def move_blockers(organization: Organization, parent: Organization, by: Actor) -> list[Obstacle]:
    """Return what blocks moving the organisation under this superior."""
    if organization.level != organization.charter.cell:
        return []
    return [
        *cards_without_keeper(organization, keeper_and_cell(organization, parent)),
        *obstacles.transit_obstacles(organization, by),
        # The former superior's body has the report, but the cards would be elsewhere.
        *obstacles.reconciliation_obstacles(organization, by, ReconciliationState.REPORTED),
        # The former superior's collector has it.
        *obstacles.register_obstacles(organization, by),
    ]


def merge_blockers(source: Organization, target: Organization, by: Actor) -> list[Obstacle]:
    """Return what blocks merging the source into the target."""
    waiting: list[Obstacle] = []
    home = keeper_and_cell(target, target.parent)
    if source.keeps_cards and not target.keeps_cards:
        # Matters that the target could not decide on cannot be passed on.
        waiting = [
            *obstacles.application_obstacles(source, by),
            *obstacles.item_obstacles(source),
            *obstacles.appeal_obstacles(source, by),
            *obstacles.transfer_obstacles(source, by),
        ]
    if not source.keeps_cards and home and home[0] != source.parent:
        waiting = obstacles.transit_obstacles(source, by)
    return [
        *unplaceable_children(source, target),
        *cards_without_keeper(source, home),
        *waiting,
        *obstacles.meeting_obstacles(source, by),
        *obstacles.reconciliation_obstacles(source, by, *RUNNING_RECONCILIATIONS),
        *job_blockers(source),
        *_accounting_obstacles(source, by),
    ]


def liquidation_blockers(organization: Organization, by: Actor) -> list[Obstacle]:
    """Return what has to be settled before the organisation is liquidated."""
    return [
        *obstacles.member_obstacles(people_of(organization), organization, by),
        *obstacles.application_obstacles(organization, by),
        *obstacles.meeting_obstacles(organization, by),
        *obstacles.item_obstacles(organization),
        *obstacles.appeal_obstacles(organization, by),
        *obstacles.transfer_obstacles(organization, by),
        *obstacles.reconciliation_obstacles(organization, by, *RUNNING_RECONCILIATIONS),
        *subordinate_blockers(organization),
        *appointment_blockers(organization, by),
        *job_blockers(organization),
        *_accounting_obstacles(organization, by),
    ]


def _accounting_obstacles(organization: Organization, by: Actor) -> list[Obstacle]:
    """Return what the organisation still has to account for: blanks, cards, money and lists."""
    return [
        *obstacles.blank_obstacles(organization, by),
        *obstacles.card_obstacles(organization, by),
        *obstacles.register_obstacles(organization, by),
        *obstacles.bank_obstacles(organization),
        *obstacles.payroll_obstacles(organization),
        *obstacles.settlement_obstacles(organization),
        *obstacles.batch_obstacles(organization),
    ]


def check_nothing_blocks_move(organization: Organization, parent: Organization, by: Actor) -> None:
    """Raise `Blocked` (N-H3) with the obstacles to moving the organisation under this superior."""
    _check_settled(_("The organisation cannot be moved there:"), move_blockers(organization, parent, by))


def check_nothing_blocks_merger(source: Organization, target: Organization, by: Actor) -> None:
    """Raise `Blocked` (N-H3) with the obstacles to merging the source into the target."""
    _check_settled(_("The organisations cannot be merged yet:"), merge_blockers(source, target, by))


def check_nothing_blocks_liquidation(organization: Organization, by: Actor) -> None:
    """Raise `Blocked` (N-H3) with the obstacles to liquidating the organisation."""
    message = _("The organisation cannot be liquidated while this is not settled:")
    _check_settled(message, liquidation_blockers(organization, by))


def _check_settled(message: str, blockers: list[Obstacle]) -> None:
    if blockers:
        raise Blocked("N-H3", message, blockers)
