"""Rules for the tree: positions of organisations, life cycle, codes and unique names (V-H1, U-3, N-H3)."""

from __future__ import annotations

import datetime as dt
import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry import states
from registry.access import Actor
from registry.accounts.models import Appointment
from registry.days import day_text, moment_text
from registry.enums import Level, Permission
from registry.errors import Obstacle, RuleViolation
from registry.jobs.enums import JobState
from registry.jobs.models import Job
from registry.states import allowed
from registry.text import sort_key

from ..enums import CLOSED_ORGANIZATIONS, OrganizationStatus
from ..models import Federation, Organization

#: Maximum number of blocking records of one kind that are listed; the rest are counted.
MAX_NAMED = 10


def levels_below(parent: Organization) -> list[Level]:
    """Return the levels allowed for an organisation directly below this one; one may be skipped (V-H1, U-H1)."""
    return [level for level in Level if level in parent.charter.levels and level.depth > Level(parent.level).depth]


def check_place(level: str, parent: Organization) -> None:
    """Raise `RuleViolation` unless the level is below the superior's and the superior is working (V-H1, U-H1)."""
    if Level(level) not in levels_below(parent):
        titles = parent.charter.levels
        raise RuleViolation(
            "V-H1",
            _(
                "«%(parent)s» is a %(parent_level)s: a %(level)s cannot be placed below it. Choose a superior of a "
                "higher level."
            )
            % {
                "parent": parent.short_name,
                "parent_level": titles[Level(parent.level)],
                "level": titles.get(Level(level), level),
            },
            field="level",
        )
    check_takes_subordinates(parent)


def check_takes_subordinates(parent: Organization) -> None:
    """Raise `RuleViolation` if the organisation has ended or is in liquidation, and so takes no subordinates (N-H3)."""
    if parent.status in CLOSED_ORGANIZATIONS:
        raise RuleViolation(
            "N-H3",
            _("«%(name)s» is not active (%(status)s), so no organisation can be placed below it.")
            % {"name": parent.short_name, "status": parent.get_status_display()},
        )


def can_take_subordinates(parent: Organization) -> bool:
    """Return whether organisations may be founded below this one."""
    return bool(levels_below(parent)) and allowed(check_takes_subordinates, parent)


def check_takes_members(organization: Organization) -> None:
    """Raise `RuleViolation` if the organisation has ended or is in liquidation, and so takes no members (N-H3)."""
    if organization.status in CLOSED_ORGANIZATIONS:
        raise RuleViolation(
            "N-H3",
            _("«%(name)s» is not active (%(status)s), so nobody can be registered there.")
            % {"name": organization.short_name, "status": organization.get_status_display()},
        )


def check_name_is_free(parent: Organization | None, short_name: str, *, excluding: int | None = None) -> None:
    """Raise `RuleViolation` if a working organisation below the same superior already has this short name (N-H3)."""
    if parent is None:
        return
    same = (
        Organization.objects.filter(parent=parent, sort_key=sort_key(short_name))
        .working()
        .exclude(pk=excluding or 0)
        .first()
    )
    if same:
        raise RuleViolation(
            "N-H3",
            _("There is «%(name)s» (code %(code)s) below «%(parent)s» already. Add something that tells the two apart.")
            % {"name": same.short_name, "code": same.code, "parent": parent.short_name},
            field="short_name",
        )


def name_after_merger(child: Organization, source: Organization, target: Organization) -> str:
    """Return the child's short name after a merger, with the former superior's name added if it is taken (N-H3)."""
    taken = Organization.objects.filter(parent=target, sort_key=sort_key(child.short_name)).working()
    if not taken.exists():
        return child.short_name
    longest = Organization._meta.get_field("short_name").max_length or 150
    return f"{child.short_name} ({source.short_name})"[:longest]


def check_code(federation: Federation, code: str) -> None:
    """Raise `RuleViolation` if the code is malformed or was ever used: codes are not reused (N-H3)."""
    if not re.fullmatch(r"[0-9A-Za-zА-Яа-яЁё./-]{1,20}", code):
        raise RuleViolation(
            "N-H3", _("A code has at most 20 letters, digits, hyphens, dots and slashes, without spaces."), field="code"
        )
    if Organization.objects.filter(federation=federation, code=code).exists():
        raise RuleViolation(
            "N-H3",
            _("The code %(code)s is taken. Codes are never given twice; leave the field empty for a new one.")
            % {"code": code},
            field="code",
        )


def check_not_root(organization: Organization) -> None:
    """Raise `RuleViolation` for the head of a federation, which has no superior that could do this (N-H3)."""
    if organization.parent_id is None:
        raise RuleViolation("N-H3", _("The head of the federation has no superior organisation that could do this."))


def check_is_forming(organization: Organization) -> None:
    """Raise `RuleViolation` unless the organisation is being founded and can be opened (N-H3)."""
    states.check(organization, OrganizationStatus.ACTIVE, "N-H3")
    if organization.status != OrganizationStatus.FORMING:
        raise RuleViolation("N-H3", _("«%(name)s» is not being founded.") % {"name": organization.short_name})


def check_liquidation_can_begin(organization: Organization) -> None:
    """Raise `RuleViolation` unless the organisation is a working subordinate (N-H3)."""
    check_not_root(organization)
    states.check(organization, OrganizationStatus.LIQUIDATING, "N-H3")


def check_is_liquidating(organization: Organization) -> None:
    """Raise `RuleViolation` unless the organisation is in liquidation, which can then be called off (N-H3)."""
    states.check(organization, OrganizationStatus.ACTIVE, "N-H3")
    if organization.status != OrganizationStatus.LIQUIDATING:
        raise RuleViolation("N-H3", _("«%(name)s» is not being liquidated.") % {"name": organization.short_name})


def check_not_in_future(organization: Organization, on: dt.date) -> None:
    """Raise `RuleViolation` for a date that is in the future at the organisation (N-H3)."""
    if on > organization.today:
        raise RuleViolation("N-H3", _("The date is in the future. Enter today's date or an earlier one."), field="on")


def check_day(organization: Organization, on: dt.date) -> None:
    """Raise `RuleViolation` for a date in the future or before the founding (N-H3)."""
    check_not_in_future(organization, on)
    if organization.founded_on and on < organization.founded_on:
        raise RuleViolation(
            "N-H3",
            _("The day is before the founding of the organisation (%(day)s).")
            % {"day": day_text(organization.founded_on)},
            field="on",
        )


def check_moves(organization: Organization) -> None:
    """Raise `RuleViolation` for the head of a federation and for an organisation that has ended (N-H3)."""
    check_not_root(organization)
    check_working(organization)


def check_can_move(organization: Organization, parent: Organization) -> None:
    """Raise `RuleViolation` unless the organisation may be moved below this superior (N-H3).

    It must be working; the superior belongs to the same federation, has a higher level and is not its subordinate.
    """
    check_moves(organization)
    if parent.federation_id != organization.federation_id:
        raise RuleViolation("N-H3", _("An organisation cannot move to another federation."), field="target")
    if parent.path.startswith(organization.path):
        raise RuleViolation(
            "N-H3", _("An organisation cannot be placed below itself or below its own subordinate."), field="target"
        )
    if parent.pk == organization.parent_id:
        raise RuleViolation(
            "N-H3", _("The organisation is below «%(name)s» already.") % {"name": parent.short_name}, field="target"
        )
    check_place(organization.level, parent)
    check_name_is_free(parent, organization.short_name, excluding=organization.pk)


def check_working(organization: Organization) -> None:
    """Raise `RuleViolation` if the organisation has ended (N-H3)."""
    if organization.status == OrganizationStatus.ENDED:
        raise RuleViolation(
            "N-H3", _("«%(name)s» has ended and does not change any more.") % {"name": organization.short_name}
        )


def check_merges(source: Organization) -> None:
    """Raise `RuleViolation` for the head of a federation and for an organisation in a state that cannot end (N-H3)."""
    check_not_root(source)
    states.check(source, OrganizationStatus.ENDED, "N-H3")


def check_can_merge(source: Organization, target: Organization, on: dt.date) -> None:
    """Raise `RuleViolation` unless the source may be merged into the target (N-H3).

    The target must be active, in the same federation, of the same or a higher level and not a subordinate.
    """
    check_merges(source)
    if target.federation_id != source.federation_id:
        raise RuleViolation("N-H3", _("Organisations of different federations cannot be merged."), field="target")
    if target.path.startswith(source.path):
        raise RuleViolation(
            "N-H3", _("An organisation cannot be merged into itself or into its own subordinate."), field="target"
        )
    if target.status != OrganizationStatus.ACTIVE:
        raise RuleViolation(
            "N-H3",
            _("«%(name)s» is %(status)s: only an active organisation can take another one in.")
            % {"name": target.short_name, "status": target.get_status_display()},
            field="target",
        )
    if Level(target.level).depth > Level(source.level).depth:
        raise RuleViolation("N-H3", _("An organisation cannot be merged into one of a lower level."), field="target")
    check_day(source, on)


def check_ends(organization: Organization) -> None:
    """Raise `RuleViolation` unless liquidation has begun or the organisation was never opened (N-H3)."""
    check_not_root(organization)
    states.check(organization, OrganizationStatus.ENDED, "N-H3")
    if organization.status == OrganizationStatus.ACTIVE:
        raise RuleViolation(
            "N-H3",
            _("Begin the liquidation of «%(name)s» first: from then on nobody is registered there.")
            % {"name": organization.short_name},
        )


def check_can_liquidate(organization: Organization, on: dt.date) -> None:
    """Raise `RuleViolation` unless the organisation may be liquidated on this day (N-H3)."""
    check_ends(organization)
    check_day(organization, on)


def with_rest(found: list[Obstacle], total: int) -> list[Obstacle]:
    """Append the number of blocking records that are not listed."""
    rest = total - len(found)
    if rest > 0:
        text = ngettext("… and %(count)s more", "… and %(count)s more", rest) % {"count": rest}
        found = [*found, Obstacle(text)]
    return found


def subordinate_blockers(organization: Organization) -> list[Obstacle]:
    """Return the working organisations below this one as obstacles."""
    below = Organization.objects.filter(parent=organization).working()
    lines = [
        Obstacle(
            _("Subordinate organisation: %(name)s (code %(code)s)") % {"name": o.short_name, "code": o.code},
            "organizations:detail",
            o.pk,
        )
        for o in below[:MAX_NAMED]
    ]
    return with_rest(lines, below.count())


def appointment_blockers(organization: Organization, by: Actor) -> list[Obstacle]:
    """Return present and future appointments as obstacles, except the actor's own."""
    held = Appointment.objects.filter(organization=organization).not_over(organization.today)
    if by.account is not None:
        held = held.exclude(account=by.account)
    page = "accounts:detail" if by.may(Permission.MANAGE_ACCOUNTS, organization) else ""
    lines = [
        Obstacle(
            _("Appointment: %(role)s %(name)s") % {"role": a.get_role_display(), "name": a.account.full_name},
            page,
            a.account_id,
        )
        for a in held.select_related("account")[:MAX_NAMED]
    ]
    return with_rest(lines, held.count())


def job_blockers(organization: Organization) -> list[Obstacle]:
    """Return unfinished jobs of the organisation as obstacles, with their owners."""
    jobs = Job.objects.open().filter(organization=organization)
    lines = [
        Obstacle(
            _("Job of %(day)s (%(who)s): %(state)s, %(percent)s %%")
            % {
                "day": moment_text(job.created_at),
                "who": job.account.full_name if job.account else _("by the registry itself"),
                "state": JobState(job.state).label,
                "percent": job.percent,
            }
        )
        for job in jobs.select_related("account")[:MAX_NAMED]
    ]
    return with_rest(lines, jobs.count())


def unplaceable_children(source: Organization, target: Organization) -> list[Obstacle]:
    """Return the working subordinates of the source that cannot be placed below the target."""
    low = [level for level in Level if level not in levels_below(target)]
    found = Organization.objects.filter(parent=source, level__in=low).working()
    lines = [
        Obstacle(
            _("%(name)s (%(level)s) cannot be placed below «%(target)s». Move it first.")
            % {"name": o.short_name, "level": source.charter.levels[Level(o.level)], "target": target.short_name},
            "organizations:detail",
            o.pk,
        )
        for o in found[:MAX_NAMED]
    ]
    return with_rest(lines, found.count())


def check_founding_status(status: str) -> None:
    """Raise `RuleViolation` unless a new organisation is being founded or active (N-H3)."""
    if status in CLOSED_ORGANIZATIONS:
        raise RuleViolation("N-H3", _("A new organisation is either being founded or active."), field="status")
