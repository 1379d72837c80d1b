"""What people and their lists mean for an organisation that is moved, merged or liquidated (N-H3)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import DataClass, Permission
from registry.errors import RuleViolation
from registry.models import Organization
from registry.rules.organizations import (
    NAMED,
    appointments_in_the_way,
    children_without_place,
    jobs_in_the_way,
    named,
    subordinates_in_the_way,
)

from ..enums import BatchState
from ..models import ImportBatch, Member, Registration
from ..models.cards import MemberQuerySet


def people_of(organization: Organization) -> MemberQuerySet:
    """Everybody whose card the organisation keeps, or who belongs to it as a cell."""
    return Member.objects.filter(Q(organization=organization) | Q(cell=organization)).on_account()


def keeper_and_cell(
    place: Organization, parent: Organization | None
) -> tuple[Organization, Organization | None] | None:
    """Who keeps the cards of people who come to this place, and their cell there; None where nobody does (V-H1)."""
    if place.keeps_cards:
        return place, None
    if place.level == place.charter.cell and parent is not None and parent.keeps_cards:
        return parent, place
    return None


def cards_without_keeper(
    organization: Organization, home: tuple[Organization, Organization | None] | None
) -> list[str]:
    """People whose cards nobody could keep at the new place."""
    count = 0 if home else people_of(organization).count()
    if not count:
        return []
    level = organization.charter.levels[organization.charter.keeper]
    return [
        ngettext(
            "%(count)s member could not be on account there: cards are kept by a %(level)s.",
            "%(count)s members could not be on account there: cards are kept by a %(level)s.",
            count,
        )
        % {"count": count, "level": level}
    ]


def check_registrations_begin_before(people: QuerySet[Member], on: dt.date) -> None:
    """Nobody changes his organisation before the day he came to the present one (V-B9, N-H3)."""
    last = Registration.objects.filter(member__in=people, ended_on__isnull=True).aggregate(last=Max("started_on"))[
        "last"
    ]
    if last and last > on:
        raise RuleViolation(
            "N-H3",
            _("Somebody came on account there on %(day)s. Enter that day or a later one.")
            % {"day": f"{last:%d.%m.%Y}"},
            field="on",
        )


def members_in_the_way(organization: Organization, by: Actor) -> list[str]:
    """People on account there: by name for who reads their cards, otherwise their number."""
    people = people_of(organization)
    count = people.count()
    if not count:
        return []
    if by.may(Permission.VIEW_MEMBERS, organization) and by.reads(DataClass.GENERAL):
        return named([_("Member: %(name)s") % {"name": m.full_name} for m in people.alphabetical()[:NAMED]], count)
    return [ngettext("%(count)s member on account", "%(count)s members on account", count) % {"count": count}]


def batches_in_the_way(organization: Organization) -> list[str]:
    """Lists that were uploaded and are neither put on account nor thrown away."""
    waiting = ImportBatch.objects.filter(organization=organization, state__in=[BatchState.UPLOADED, BatchState.CHECKED])
    lines = [
        _("Uploaded list of %(day)s that is not finished")
        % {"day": f"{timezone.localtime(b.uploaded_at):%d.%m.%Y %H:%M}"}
        for b in waiting[:NAMED]
    ]
    return named(lines, waiting.count())


def move_blockers(organization: Organization, parent: Organization) -> list[str]:
    """What speaks against moving the organisation under this superior, each record named."""
    if organization.level != organization.charter.cell:
        return []
    return cards_without_keeper(organization, keeper_and_cell(organization, parent))


def merge_blockers(source: Organization, target: Organization) -> list[str]:
    """What speaks against merging the source into the target, each record named."""
    return [
        *children_without_place(source, target),
        *cards_without_keeper(source, keeper_and_cell(target, target.parent)),
        *jobs_in_the_way(source),
        *batches_in_the_way(source),
    ]


def liquidation_blockers(organization: Organization, by: Actor) -> list[str]:
    """What must be settled before the organisation is liquidated, each record named."""
    return [
        *members_in_the_way(organization, by),
        *subordinates_in_the_way(organization),
        *appointments_in_the_way(organization, by),
        *jobs_in_the_way(organization),
        *batches_in_the_way(organization),
    ]
