"""Counts over many tables in one statement, for the tasks of the start page.

A tally is a function that makes a query of a `Scope`, in which the organisation and the day are not known yet. Each is
compiled once for a process, a role and a kind of organisation, and `count_all` runs all that are asked for at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Count, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.dateparse import parse_date

from .access import Actor
from .charters.base import Charter
from .enums import Role
from .fields import KopecksField
from .prepared import Given, put_in

if TYPE_CHECKING:
    from .organizations.models import Organization


class _Own(Given):
    """Placeholder of the actor's organisation in a query: its kind is known, its id is filled in later."""

    charter: Charter
    level: str

    def __init__(self) -> None:
        super().__init__("organization", models.BigIntegerField())
        self.federation_id = self.federation = Given("federation", models.BigIntegerField())
        self.path = Given("path", models.CharField())

    @property
    def keeps_cards(self) -> bool:
        return self.charter.keeps_cards(self.level)


@dataclass(frozen=True)
class _Office:
    """Placeholder of the actor's appointment."""

    role: Role
    organization: Any


@dataclass(frozen=True)
class Scope:
    """Scope of a tally: `actor` for `visible_to`, `own` for the actor's organisation, and the day."""

    actor: Actor
    own: Any

    @property
    def today(self) -> Any:
        return self.day(0)

    def day(self, days: int) -> Any:
        """Return the day `days` after today."""
        return Given("today", models.DateField(), days)

    def moment(self, days: int) -> Any:
        """Return the time `days` after now."""
        return Given("now", models.DateTimeField(), days)


@dataclass(frozen=True)
class Tally:
    """Number of rows, and optionally their first day, lowest id and sum of money."""

    count: int = 0
    first: dt.date | None = None
    one: int | None = None
    total: Decimal | None = None


Tallying = Callable[[Scope], QuerySet[Any, Any]]


def tally(
    rows: QuerySet[Any, Any], *, count: Any = None, first: Any = None, one: Any = None, total: Any = None
) -> QuerySet[Any, Any]:
    """Return the query of one row that a `Tally` is made of; `first`, `one` and `total` are aggregates."""
    nothing: dict[str, Any] = {
        "first": models.DateField(), "one": models.BigIntegerField(),
        "total": KopecksField()
    }  # fmt: skip
    given = {"first": first, "one": one, "total": total}
    columns = {name: given[name] or Cast(Value(None), field) for name, field in nothing.items()}
    everything = rows.order_by().annotate(tally_all=Value(1)).values("tally_all")
    found: QuerySet[Any, Any] = everything.annotate(tally_count=count or Count("pk")).values("tally_count")
    return found.annotate(**{f"tally_{name}": column for name, column in columns.items()})


def count_all(actor: Actor, wanted: Mapping[str, Tallying], today: dt.date | None = None) -> dict[str, Tally]:
    """Return what each tally finds for the actor on the day, all in one statement.

    A tally of which the actor may see nothing at all is empty.
    """
    found = {name: Tally() for name in wanted}
    own = actor.organization
    if own is None or actor.role is None:
        return found
    parts = {
        name: part for name, tallying in wanted.items() if (part := _compiled(tallying, actor.role, own)) is not None
    }
    if not parts:
        return found
    names = list(parts)
    sql = " UNION ALL ".join(f"SELECT {number}, t.* FROM ({parts[name][0]}) t" for number, name in enumerate(names))  # noqa: S608
    values = {
        "account": actor.account.pk if actor.account is not None else None,
        "organization": own.pk,
        "federation": own.federation_id,
        "path": own.path,
        "today": today or timezone.localdate(),
        "now": timezone.now(),
    }
    params = put_in([param for name in names for param in parts[name][1]], values)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    return found | {names[number]: _tally(*row) for number, *row in rows}


def _tally(count: int, first: Any, one: int | None, total: Any) -> Tally:
    # SQLite has no type for dates.
    day = parse_date(first) if isinstance(first, str) else first
    return Tally(count, day, one, None if total is None else Decimal(total).scaleb(-2))


_COMPILED: dict[tuple[Any, ...], tuple[str, Sequence[Any]] | None] = {}


def _compiled(tallying: Tallying, role: Role, own: Organization) -> tuple[str, Sequence[Any]] | None:
    """Return the SQL of the tally and its values, with placeholders for later ones; None if it can have no rows."""
    federation = own.federation
    key = (tallying, role, federation.charter_key, repr(federation.charter_values), own.level, connection.vendor)
    if key not in _COMPILED:
        stand_in = _Own()
        stand_in.charter, stand_in.level = own.charter, own.level
        account: Any = Given("account", models.BigIntegerField())
        scope = Scope(Actor(account=account, appointment=_Office(role, stand_in)), stand_in)  # type: ignore[arg-type]
        try:
            _COMPILED[key] = tallying(scope).query.sql_with_params()
        except EmptyResultSet:
            _COMPILED[key] = None
    return _COMPILED[key]
