"""Invariants of the data, one function each; every app registers its own (`manage.py check_integrity`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from inspect import signature
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from registry.accounts.models import Appointment
from registry.journal.queries import attested_faults, faults
from registry.organizations.models import Figures, Organization

from . import guards
from .enums import Level, Role
from .fields import InvalidToken
from .files import storage

Check = Callable[..., Iterable[str]]
_CHECKS: dict[str, Check] = {}
Rows = TypeVar("Rows", bound=QuerySet[Any])


class Scope:
    """The records to check: all, or those of an organisation and everything below it."""

    def __init__(self, organization: Organization | None = None) -> None:
        #: Ids of the organisations, or None for all; with ids, PostgreSQL reads no rows of others.
        self.ids: list[int] | None = None
        if organization is not None:
            below = Organization.objects.under(organization).order_by("pk")
            self.ids = list(below.values_list("pk", flat=True))

    @property
    def is_everything(self) -> bool:
        return self.ids is None

    def of(self, rows: Rows, to: str) -> Rows:
        """Return the rows that the lookup `to` connects to an organisation of the scope."""
        return rows if self.ids is None else rows.filter(**{f"{to}__among": self.ids})


EVERYTHING = Scope()


def invariant(title: str) -> Callable[[Check], Check]:
    """Register a check that yields a sentence for each fault, with ids and no personal values.

    A check with a parameter `scope` can also run for a single organisation.
    """

    def register(check: Check) -> Check:
        _CHECKS[title] = check
        return check

    return register


def missing_tables() -> list[str]:
    """Return a sentence for each table that the models have and the database lacks."""
    known = set(connection.introspection.table_names())
    wanted = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    return [f"the table {name} is missing" for name in sorted(wanted - known)]


def run_for(organization: Organization) -> Iterator[tuple[str, list[str]]]:
    """Run the checks that are possible for an organisation and everything below it; yields as `run` does.

    Only `run` checks files, guards, evidence of histories, and matching records of two organisations.
    """
    autodiscover_modules("integrity")
    scope = Scope(organization)
    for title, check in _CHECKS.items():
        if "scope" in signature(check).parameters:
            yield title, _faults_of(check, scope)


def run(*, every_file: bool = False, strays: bool = True) -> Iterator[tuple[str, list[str]]]:
    """Run all checks and yield each title with its faults; the list is empty if there are none.

    Contents of files are checked in parts, one a day, or for all files at once. Without `strays`, files without a row
    are accepted: those of a replaced registry stay in the bucket.
    """
    autodiscover_modules("integrity")
    rows, places = storage.orphans()
    wrong = [f"file {pk} is missing" for pk in rows]
    if strays:
        wrong += [f"file {place.rpartition('/')[2]} has no row" for place in places]
    yield "Every file has its row and every row its file", wrong
    for title, check in _CHECKS.items():
        yield title, _faults_of(check)
    compared = storage.compare(None if every_file else timezone.localdate())
    title = f"Contents of stored files agree with their checksums: {compared.read} of {compared.total} read"
    yield title, [f"contents of file {pk} are not what was stored" for pk in compared.wrong]


def _faults_of(check: Check, *scope: Scope) -> list[str]:
    try:
        return list(check(*scope))
    except InvalidToken:
        return ["it reads a value that FIELD_KEYS do not open"]


@invariant("Path, level and time zone of an organisation agree with its superior, without cycles")
def tree(scope: Scope = EVERYTHING) -> Iterable[str]:
    read = ("pk", "path", "level", "parent_id", "federation_id", "time_zone", "zone")
    checked = scope.of(Organization.objects.only(*read), "pk")
    organizations = {o.pk: o for o in checked}
    if not scope.is_everything:
        # The superior of the organisation itself.
        organizations |= {o.pk: o for o in Organization.objects.only(*read).filter(children__in=checked)}
    for organization in checked:
        parent = organizations.get(organization.parent_id) if organization.parent_id else None
        wanted = f"{parent.path if parent else ''}{organization.pk}/"
        if organization.path != wanted:
            yield f"organisation {organization.pk}: path {organization.path}, should be {wanted}"
        if organization.zone != (zone := organization.time_zone or (parent.zone if parent else "")):
            yield f"organisation {organization.pk}: zone {organization.zone!r}, should be {zone!r}"
        if parent and Level(organization.level).depth <= Level(parent.level).depth:
            yield f"organisation {organization.pk}: level {organization.level} under {parent.level}"
        if parent and organization.federation_id != parent.federation_id:
            yield f"organisation {organization.pk}: another federation than its superior {parent.pk}"


@invariant("No organisation without a chair is stored as having one")
def chairs(scope: Scope = EVERYTHING) -> Iterable[str]:
    today = timezone.localdate()
    leading = Appointment.objects.filter(role=Role.CHAIR).not_over(today)
    led = scope.of(leading, "organization").values("organization")
    stored = scope.of(Figures.objects.filter(led_until__gte=today), "organization")
    wrong = stored.exclude(organization__in=led)
    yield from (f"organisation {pk} is stored as led, and nobody leads it" for pk in wrong.values_list("pk", flat=True))


@invariant("The journal's chains are whole")
def journal(scope: Scope = EVERYTHING) -> Iterable[str]:
    yield from faults(scope.ids)


@invariant("Entries, history and records of destruction are as the registry wrote them")
def attested() -> Iterable[str]:
    yield from attested_faults()


@invariant("Append-only tables are guarded by the database")
def guarded() -> Iterable[str]:
    yield from (f"missing guard {name}" for name in guards.missing())


@invariant("Organisations that have ended hold nobody")
def ended(scope: Scope = EVERYTHING) -> Iterable[str]:
    organizations = scope.of(Organization.objects.filter(status="ended"), "pk")
    for pk in organizations.filter(figures__members__gt=0).values_list("pk", flat=True):
        yield f"organisation {pk} has ended and counts members"
    for pk in (
        organizations.filter(children__isnull=False)
        .exclude(children__status="ended")
        .values_list("pk", flat=True)
        .distinct()
    ):
        yield f"organisation {pk} has ended and has working subordinates"
