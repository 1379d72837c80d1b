"""The rights that a request would grant and who confirms it, for pages and the report (N-H2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.access import Actor
from registry.accounts.models import Appointment
from registry.days import day_text
from registry.enums import DataClass
from registry.organizations.models import Figures, Organization

from . import rules
from .enums import GrantKind
from .models import GrantRequest

#: Names of the data classes for the screen, without that of the registry itself.
CLASS_NAMES = {
    DataClass.GENERAL: gettext_lazy("general data"),
    DataClass.IDENTITY: gettext_lazy("identity paper"),
    DataClass.HEALTH: gettext_lazy("health data"),
    DataClass.MONEY: gettext_lazy("dues"),
}


@dataclass(frozen=True)
class Opened:
    """Data that a role opens: where, for which period, of how many members and which of their data."""

    role: str
    place: Organization
    term: str
    members: int
    data: str

    @property
    def reads_people(self) -> bool:
        """Return whether the role reads anything about people."""
        return bool(self.data)


def opened_by(asked: GrantRequest) -> list[Opened]:
    """Return the roles of the account once the request is confirmed, the widest first."""
    if asked.kind == GrantKind.ROLE:
        assert asked.organization is not None and asked.starts_on is not None  # noqa: S101 - a constraint of the table
        held = [
            Appointment(
                account_id=asked.account_id,
                organization=asked.organization,
                role=asked.role,
                starts_on=asked.starts_on,
                ends_on=asked.ends_on,
            )
        ]
    else:
        held = list(asked.account.appointments.not_over().select_related("organization__federation"))
        held.sort(key=lambda one: len(rules.ids_in_path(one.organization)))
    return [_opened(one) for one in held]


def _opened(appointment: Appointment) -> Opened:
    place, reader = appointment.organization, Actor(account=None, appointment=appointment)
    classes = [str(name) for data_class, name in CLASS_NAMES.items() if reader.reads(data_class)]
    found = Figures.objects.filter(organization__path__startswith=place.path).aggregate(total=Sum("members"))
    return Opened(
        role=str(appointment.get_role_display()),
        place=place,
        term=term_of(appointment),
        members=found["total"] or 0,
        data=", ".join(classes),
    )


def term_of(held: Appointment | GrantRequest) -> str:
    """Return the first and the last day in words."""
    first, last = day_text(held.starts_on), day_text(held.ends_on)
    return f"{first} – {last}" if last else _("from %(first)s") % {"first": first}


def confirming(chairs: Sequence[Appointment]) -> str:
    """Return who confirms, in words: the nearest chair or a second administrator."""
    if not chairs:
        return _("a second administrator, because there is no chair here or above")
    nearest = chairs[0]
    return _("%(name)s, chair of %(place)s") % {
        "name": nearest.account.full_name,
        "place": nearest.organization.short_name,
    }
