"""Rights of officers that a superior should look at (N-H2, N-S1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.tickets.models import BlankStock
from registry.access import Actor, holders, in_scope
from registry.accounts.models import Account, Appointment
from registry.enums import Permission, Role
from registry.granting.enums import GrantKind, GrantState
from registry.granting.models import GrantRequest
from registry.journal.models import Event
from registry.organizations.models import Organization

#: Days without sign-in after which rights count as unused, and days for which an ended appointment is included.
UNUSED_DAYS, ENDED_DAYS = 90, 90
#: Days for which write-offs are included.
WRITTEN_OFF_DAYS = 365
#: Days for which confirmed requests of administrators are included.
ASKED_DAYS = 90
#: Maximum number of rows of one risk.
MAX_OF_RISK = 100
_WRITING_OFF = ("blanks.written_off", "blanks.destroyed")


@dataclass(frozen=True)
class Grant:
    """A risky right: whose, where, in which role, and since when or until when."""

    account: Account
    place: Organization
    role: str
    day: dt.date | None = None


@dataclass(frozen=True)
class Risk:
    """Grants with the same risk; `more` means that there are others."""

    label: Any
    advice: Any
    grants: Sequence[Grant]
    more: bool
    #: Heading of the date column; empty if there is none.
    day: Any = ""


def risks_of(actor: Actor) -> list[Risk]:
    """Return the risks in the actor's scope, with a constant number of queries."""
    found = []
    for label, advice, day, rows, made in _RISKS:
        some = list(rows(actor)[: MAX_OF_RISK + 1])
        if some:
            grants = [made(row) for row in some[:MAX_OF_RISK]]
            found.append(Risk(label, advice, grants, len(some) > MAX_OF_RISK, day))
    return found


def _current(actor: Actor) -> QuerySet[Appointment]:
    found = Appointment.objects.visible_to(actor).current().filter(account__is_active=True)
    return found.select_related("account", "organization").order_by("organization__sort_key", "pk")


def _others() -> QuerySet[Appointment]:
    """Return the other appointments in force of the account of an outer appointment."""
    return Appointment.objects.current().filter(account=OuterRef("account")).exclude(pk=OuterRef("pk"))


def _wide(actor: Actor) -> QuerySet[Appointment]:
    """Return appointments above the account's own organisation, and administrators with another appointment."""
    above = Q(account__home__path__startswith=F("organization__path")) & ~Q(account__home=F("organization"))
    return _current(actor).filter(above | Q(Exists(_others()), role=Role.ADMINISTRATOR))


def _ended(actor: Actor) -> QuerySet[Appointment]:
    """Return recently ended appointments of accounts with other current ones."""
    today = timezone.localdate()
    ended = Appointment.objects.visible_to(actor).filter(
        ends_on__range=(today - dt.timedelta(days=ENDED_DAYS), today - dt.timedelta(days=1)), account__is_active=True
    )
    found = ended.filter(Exists(_others())).select_related("account", "organization")
    return found.order_by("organization__sort_key", "pk")


def _unused(actor: Actor) -> QuerySet[Appointment]:
    """Return appointments whose holder has not signed in for `UNUSED_DAYS` days, or never since that long."""
    since = timezone.now() - dt.timedelta(days=UNUSED_DAYS)
    never = Q(account__last_login__isnull=True, starts_on__lt=timezone.localdate(since))
    return _current(actor).filter(Q(account__last_login__lt=since) | never)


def _collecting(actor: Actor) -> QuerySet[Appointment]:
    """Return collectors who can also receive the money that they hand in."""
    near = (
        Q(organization=OuterRef("organization"))
        | Q(organization=OuterRef("organization__parent"))
        | Q(organization__parent=OuterRef("organization"))
    )
    receiving = _others().filter(near, role__in=holders(Permission.RECORD_DUES))
    return _current(actor).filter(Exists(receiving), role=Role.COLLECTOR)


def _keeping(actor: Actor) -> QuerySet[BlankStock]:
    """Return stocks whose keeper has written off blanks of the organisation themselves."""
    since = timezone.now() - dt.timedelta(days=WRITTEN_OFF_DAYS)
    own = Event.objects.filter(
        account=OuterRef("keeper"), organization=OuterRef("organization"), action__in=_WRITING_OFF, at__gte=since
    )
    stocks = BlankStock.objects.filter(in_scope(actor, "organization__"), keeper__isnull=False).filter(Exists(own))
    return stocks.select_related("keeper", "organization").order_by("organization__sort_key", "pk")


def _asked(actor: Actor) -> QuerySet[GrantRequest]:
    """Return the requests of administrators, and those recently confirmed."""
    since = timezone.now() - dt.timedelta(days=ASKED_DAYS)
    given = Q(state=GrantState.CONFIRMED, decided_at__gte=since, by_administrator=False)
    return _requests(actor).filter(Q(state=GrantState.WAITING) | given)


def _without_chair(actor: Actor) -> QuerySet[GrantRequest]:
    """Return what two administrators have recently granted because there was no chair."""
    since = timezone.now() - dt.timedelta(days=ASKED_DAYS)
    return _requests(actor).filter(state=GrantState.CONFIRMED, decided_at__gte=since, by_administrator=True)


def _requests(actor: Actor) -> QuerySet[GrantRequest]:
    found = GrantRequest.objects.filter(in_scope(actor, "organization__"), organization__isnull=False)
    return found.select_related("account", "organization").order_by("-asked_at", "-pk")


def _requested(row: GrantRequest) -> Grant:
    assert row.organization is not None  # noqa: S101 - the rows have one
    what = row.get_role_display() if row.kind == GrantKind.ROLE else row.get_kind_display()
    return Grant(row.account, row.organization, f"{what} ({row.get_state_display()})", timezone.localdate(row.asked_at))


def _appointed(row: Appointment) -> Grant:
    return Grant(row.account, row.organization, row.get_role_display(), row.starts_on)


def _over(row: Appointment) -> Grant:
    return Grant(row.account, row.organization, row.get_role_display(), row.ends_on)


def _seen(row: Appointment) -> Grant:
    seen = row.account.last_login
    return Grant(
        row.account, row.organization, row.get_role_display(), timezone.localdate(seen) if seen is not None else None
    )


def _kept(row: BlankStock) -> Grant:
    assert row.keeper is not None  # noqa: S101 - the rows have one
    return Grant(row.keeper, row.organization, str(row.get_kind_display()))


_RISKS: tuple[tuple[Any, Any, Any, Callable[[Actor], QuerySet[Any]], Callable[[Any], Grant]], ...] = (
    (
        _("Given by two administrators without a chair"),
        _("In the last 90 days, because there was no chair. See whether these people should have it."),
        _("Requested on"),
        _without_chair,
        _requested,
    ),
    (
        _("Requested by administrators"),
        _("What waits for its confirmation, and what a chair has confirmed in the last 90 days."),
        _("Requested on"),
        _asked,
        _requested,
    ),
    (
        _("Appointments that are too wide"),
        _("Above the person's own organisation, or an administrator with another role. End what is not needed."),
        _("Appointed"),
        _wide,
        _appointed,
    ),
    (
        _("Ended, and still with other access"),
        _("The appointment has ended in the last 90 days; see whether the others should go on."),
        _("Ended on"),
        _ended,
        _over,
    ),
    (
        _("Unused for 90 days"),
        _("Nobody has signed in. End the appointment or block the account."),
        _("Last sign-in"),
        _unused,
        _seen,
    ),
    (
        _("Collects money and receives it"),
        _("Who hands money in should not be the one who receives it. End one of the two."),
        _("Appointed"),
        _collecting,
        _appointed,
    ),
    (
        _("Keeps blanks and writes them off"),
        _("Name another keeper, or have blanks written off by somebody else."),
        "",
        _keeping,
        _kept,
    ),
)
