"""Access control: rights = role × organisation subtree × class of data (N-H1, N-H2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from .enums import DataClass, Level, Permission, Role
from .errors import NotAllowed

if TYPE_CHECKING:
    from registry.accounts.models import Account, Appointment
    from registry.organizations.models import Federation, Organization

P = Permission

#: Name of the installation's administrators in the journal; the id of their account follows.
INSTALLATION = "administrator"
#: Suffix of lookups that reach an organisation through a member's card.
_BY_MEMBER = "member__unit__"

_REVIEW = {P.VIEW_MEMBERS, P.VIEW_FIGURES, P.VIEW_ORGANIZATIONS, P.VIEW_DUES, P.REMARK}
_KEEP = {
    P.EDIT_MEMBERS, P.IMPORT_MEMBERS, P.PRINT, P.EXPORT, P.MARK_CONSENTS, P.RECORD_DUES, P.COLLECT_DUES,
    P.FILE_APPLICATIONS,
    P.RUN_MEETINGS, P.MOVE_MEMBERS, P.PROPOSE_CHANGES, P.SETTLE_CHANGES, P.RECONCILE, P.KEEP_BLANKS,
    P.WRITE_OFF_BLANKS, P.ORDER_CARDS, P.FILL_REPORTS, P.REVIEW_REPORTS,
}  # fmt: skip
#: Decisions that the registrar may not take.
_DECIDE = {P.ARBITRATE, P.ERASE, P.ANSWER_REMARKS, P.RUN_CAMPAIGNS}
_LEAD = {P.EDIT_PASSPORT, P.FOUND_ORGANIZATIONS, P.DECIDE_RENAMES, P.MANAGE_ACCOUNTS, P.SET_RATES}

GRANTS: dict[Role, set[Permission]] = {
    Role.CHAIR: _REVIEW | _KEEP | _DECIDE | _LEAD | {P.VIEW_JOURNAL},
    Role.DEPUTY: _REVIEW | _KEEP | _DECIDE | _LEAD,
    Role.REGISTRAR: _REVIEW | _KEEP | {P.EDIT_PASSPORT},
    Role.COLLECTOR: {P.VIEW_DUES, P.COLLECT_DUES},
    Role.REVIEWER: _REVIEW | {P.VIEW_JOURNAL},
    Role.ADMINISTRATOR: {P.VIEW_ORGANIZATIONS, P.VIEW_JOURNAL, P.ADMINISTER} | _LEAD,
}

CLASSES: dict[Role, set[DataClass]] = {
    Role.CHAIR: {DataClass.GENERAL, DataClass.IDENTITY, DataClass.HEALTH, DataClass.MONEY, DataClass.SERVICE},
    Role.DEPUTY: {DataClass.GENERAL, DataClass.IDENTITY, DataClass.HEALTH, DataClass.MONEY, DataClass.SERVICE},
    Role.REGISTRAR: {DataClass.GENERAL, DataClass.IDENTITY, DataClass.HEALTH, DataClass.MONEY},
    Role.COLLECTOR: {DataClass.MONEY},
    Role.REVIEWER: {DataClass.GENERAL, DataClass.MONEY, DataClass.SERVICE},
    Role.ADMINISTRATOR: {DataClass.SERVICE},
}

#: Permissions and classes of data without names, for levels that see only counts (`Charter.counts_only`, N-S1).
WITHOUT_NAMES = _LEAD | {
    P.VIEW_FIGURES, P.VIEW_ORGANIZATIONS, P.VIEW_JOURNAL, P.ADMINISTER, P.FILL_REPORTS, P.REVIEW_REPORTS,
    P.RUN_CAMPAIGNS,
}  # fmt: skip
CLASSES_WITHOUT_NAMES = {DataClass.MONEY, DataClass.SERVICE}

#: Permissions that apply to the organisation of the appointment only; all others apply to its whole subtree.
OWN_ONLY = _KEEP - {P.PRINT, P.EXPORT, P.FILL_REPORTS, P.REVIEW_REPORTS} | {
    P.EDIT_PASSPORT, P.ERASE, P.ANSWER_REMARKS, P.RUN_CAMPAIGNS,
}  # fmt: skip
#: Permissions that apply only to organisations strictly below: nobody may found, rename or judge their own
#: organisation.
BELOW_ONLY = {P.FOUND_ORGANIZATIONS, P.DECIDE_RENAMES, P.ARBITRATE, P.REVIEW_REPORTS}


@dataclass(frozen=True)
class Actor:
    """The acting party: an account under one current appointment, or a named system actor."""

    account: Account | None
    appointment: Appointment | None
    name: str = ""
    _organization: Organization | None = field(default=None, compare=False)

    @classmethod
    def of(cls, account: Account, appointment: Appointment | None = None) -> Actor:
        """Return the actor for the account under the given appointment, or under its first current one."""
        return cls(account=account, appointment=appointment or next(iter(account.current_appointments()), None))

    @classmethod
    def system(cls, name: str, organization: Organization | None = None) -> Actor:
        """Return the actor for a job or command. Its scope is the subtree of the organisation, or everything if there
        is none.
        """
        return cls(account=None, appointment=None, name=name, _organization=organization)

    @property
    def is_system(self) -> bool:
        return self.account is None and bool(self.name)

    @property
    def person_id(self) -> int | None:
        """Return the id of the acting account, including that of an administrator of the installation."""
        if self.account is not None:
            return self.account.pk
        name, _hash, number = self.name.partition("#")
        return int(number) if name == INSTALLATION and number.isdecimal() else None

    @property
    def is_installation(self) -> bool:
        """Return whether an administrator of the installation acts in the Django admin."""
        return self.account is None and self.person_id is not None

    @property
    def asks_others(self) -> bool:
        """Return whether somebody else has to confirm what the actor grants, because administrators see no people
        (N-H2).
        """
        return self.role == Role.ADMINISTRATOR or self.is_installation

    @property
    def role(self) -> Role | None:
        return Role(self.appointment.role) if self.appointment else None

    @property
    def organization(self) -> Organization | None:
        return self.appointment.organization if self.appointment else self._organization

    @property
    def federation(self) -> Federation | None:
        return self.organization.federation if self.organization else None

    @property
    def permissions(self) -> set[Permission]:
        if self.is_system:
            return set(Permission)
        granted = GRANTS[self.role] if self.role else set()
        return granted & WITHOUT_NAMES if self.sees_counts_only else granted

    @cached_property
    def sees_counts_only(self) -> bool:
        """Return whether the charter shows the actor's level only counts and no names (N-S1)."""
        own = self.organization if not self.is_system else None
        return own is not None and own.level in own.charter.counts_only

    def reads(self, data_class: DataClass) -> bool:
        """Return whether the actor may read data of this class within their scope."""
        if self.sees_counts_only and data_class not in CLASSES_WITHOUT_NAMES:
            return False
        return self.is_system or (self.role is not None and data_class in CLASSES[self.role])

    def reaches(self, organization: Organization) -> bool:
        """Return whether the organisation belongs to the actor's subtree."""
        own = self.organization
        if own is None:
            return self.is_system
        return organization.federation_id == own.federation_id and organization.path.startswith(own.path)

    def may(self, permission: Permission, organization: Organization | None = None) -> bool:
        """Return whether the actor has the permission, in general or for this organisation."""
        if permission not in self.permissions:
            return False
        if organization is None or (self.is_system and self.organization is None):
            return True
        if not self.reaches(organization):
            return False
        own = self.organization
        if permission in OWN_ONLY:
            return organization == own or self._keeps(organization)
        if permission in BELOW_ONLY:
            return organization != own
        return True

    @property
    def administers(self) -> bool:
        """Return whether the actor administers a whole federation, or the installation (N-H2)."""
        own = self.organization
        return Permission.ADMINISTER in self.permissions and (own is None or own.parent_id is None)

    @property
    def reads_blocked(self) -> bool:
        """Return whether the actor may read blocked cards: the chair of the keeper or of the region (N-C1)."""
        own = self.organization
        return self.role == Role.CHAIR and own is not None and (own.keeps_cards or own.level == Level.REGIONAL)

    def _keeps(self, organization: Organization) -> bool:
        """Return whether the organisation is a cell whose cards the actor's own organisation keeps (V-H1)."""
        own = self.organization
        return own is not None and own.keeps_cards and organization.parent_id == own.pk


def zone_of(actor: Actor | None) -> ZoneInfo:
    """Return the time zone of the actor's organisation, or that of the installation if there is none."""
    own = actor.organization if actor is not None else None
    return own.tz if own is not None else ZoneInfo(settings.TIME_ZONE)


def require(actor: Actor, permission: Permission, organization: Organization | None = None) -> None:
    """Raise `NotAllowed` unless the actor has the permission, in general or for this organisation."""
    if not actor.may(permission, organization):
        raise NotAllowed


def require_reading(actor: Actor, *data_classes: DataClass) -> None:
    """Raise `NotAllowed` unless the actor reads all of these classes of data (V-C5)."""
    if not all(actor.reads(data_class) for data_class in data_classes):
        raise NotAllowed


def in_scope(actor: Actor | None, prefix: str = "") -> Q:
    """Return the filter that limits organisations to the subtree of the actor's appointment.

    `prefix` is a lookup that leads to an organisation, such as `unit__`. Without an appointment nothing matches.
    All scopes use this function. If the lookup goes through a member, blocked cards are excluded (N-C1).
    """
    if actor is None:
        return Q(pk__in=[])
    own = actor.organization
    used = usable(prefix.removesuffix("unit__")) if prefix.endswith(_BY_MEMBER) else Q()
    if own is None:
        return used if actor.is_system else Q(pk__in=[])
    return used & Q(**{f"{prefix}federation_id": own.federation_id}) & own.within(prefix)


def usable(prefix: str = "") -> Q:
    """Return the filter that excludes blocked cards; `prefix` is a lookup to a member, who may be null (N-C1)."""
    return Q(**{f"{prefix}blocked_on__isnull": True})


def holders(permission: Permission) -> list[Role]:
    """Return the roles that have the permission; used by pages that explain access."""
    return [role for role, granted in GRANTS.items() if permission in granted]
