"""Counts over many tables in one statement, for the tasks of the start page.

A tally is a function that returns a query for a `Scope`, in which the organisation and the day are not known yet. It is
compiled once for each process, role and kind of organisation, and `count_all` runs all requested tallies at once.
PostgreSQL takes longer to plan such a statement than to run it, so `count_for_each` plans it once for many actors.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.dateparse import parse_date

from .access import Actor
from .charters.base import Charter
from .enums import Role
from .fields import KopecksField
from .indexes import by_index
from .prepared import Given, put_in

if TYPE_CHECKING:
    from .organizations.models import Organization


class _Own(Given):
    """Placeholder of the actor's organisation in a query: its kind is known, its id is filled in later."""

    charter: Charter
    level: str
    #: Conditions for the head alone are not compiled: the same statement serves every organisation of the kind.
    parent_id = 0

    def __init__(self) -> None:
        super().__init__("organization", models.BigIntegerField())
        self.federation_id = self.federation = Given("federation", models.BigIntegerField())
        self.path = Given("path", models.CharField())

    @property
    def keeps_cards(self) -> bool:
        return self.charter.keeps_cards(self.level)

    def within(self, prefix: str) -> Q:
        """Return the condition of `in_scope` that an organisation is in the subtree."""
        return Q(**{f"{prefix}path__startswith": self.path})


class _OneOfMany(_Own):
    """Placeholder of the organisation of one of many actors.

    A path that differs from row to row cannot use an index, so the subtree is given as ids.
    """

    def within(self, prefix: str) -> Q:
        return Q(**{f"{prefix}pk__any_of": Given("below", models.BigIntegerField())})


@models.BigAutoField.register_lookup
class _AnyOf(models.Lookup):
    """One of the numbers of an array of PostgreSQL."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, params = self.process_lhs(compiler, connection)
        right, more = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*params, *more)


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
        """Return the date `days` after today."""
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
    """Return the single-row query of a `Tally`; `first`, `one` and `total` are aggregates."""
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
    """Return the result of each tally for the actor on the day, with one statement.

    A tally about records that the actor may not see is empty.
    """
    found = {name: Tally() for name in wanted}
    own = actor.organization
    if own is None or actor.role is None:
        return found
    kind = _kind(actor.role, own)
    parts = {
        name: part for name, tallying in wanted.items() if (part := _compiled(tallying, kind, own, _Own)) is not None
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


#: Columns of the actors in the statement of `count_for_each`, with their types.
_COLUMNS = {
    "n": "int", "account": "bigint", "organization": "bigint", "federation": "bigint", "below": "text", "today": "date",
    "now": "timestamptz",
}  # fmt: skip
_PLACEHOLDER = re.compile("%%|%s")


@dataclass(frozen=True)
class Asking:
    """An actor with an appointment, their date, and the ids of their organisation and of all below it."""

    actor: Actor
    today: dt.date
    below: Sequence[int]


def count_for_each(asking: Sequence[Asking], wanted: Mapping[str, Tallying]) -> list[dict[str, Tally]]:
    """Return the result of each tally for each of the actors, like `count_all`.

    On PostgreSQL it is one statement for all with the same role, level and charter; for subtrees of thousands of
    organisations `count_all` is better.
    """
    if connection.vendor != "postgresql":
        return [count_all(one.actor, wanted, one.today) for one in asking]
    found = [{name: Tally() for name in wanted} for _one in asking]
    kinds: defaultdict[Any, list[int]] = defaultdict(list)
    for n, one in enumerate(asking):
        own = one.actor.organization
        if own is not None and one.actor.role is not None:
            kinds[_kind(one.actor.role, own)].append(n)
    for kind, places in kinds.items():
        _count_kind(asking, kind, places, wanted, found)
    return found


def _count_kind(
    asking: Sequence[Asking],
    kind: tuple[Any, ...],
    places: Sequence[int],
    wanted: Mapping[str, Tallying],
    found: list[dict[str, Tally]],
) -> None:
    first = asking[places[0]].actor
    names, arms, params = list(wanted), [], []
    for number, name in enumerate(names):
        part = _compiled(wanted[name], kind, first.organization, _OneOfMany)  # type: ignore[arg-type]
        if part is not None:
            sql, given = _by_columns(*part)
            arms.append(f"SELECT {number} AS number, t.* FROM ({sql}) t")  # noqa: S608
            params += given
    if not arms:
        return
    rows = [_row(n, asking[n]) for n in places]
    columns = ", ".join(f"%s::{kind}[]" for kind in _COLUMNS.values())
    # Each actor has few rows, which the planner cannot know here.
    with by_index(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT each.n, tally.* FROM (SELECT n, account, organization, federation, below::bigint[] AS below, today,"  # noqa: S608
            f" now FROM unnest({columns}) AS given ({', '.join(_COLUMNS)})) AS each"
            f" CROSS JOIN LATERAL ({' UNION ALL '.join(arms)}) AS tally",
            [*map(list, zip(*rows, strict=True)), *params],
        )
        for n, number, *values in cursor.fetchall():
            found[n][names[number]] = _tally(*values)


def _row(n: int, one: Asking) -> tuple[Any, ...]:
    own, account = one.actor.organization, one.actor.account
    below = "{" + ",".join(map(str, one.below)) + "}"
    return n, account.pk if account else None, own.pk, own.federation_id, below, one.today, timezone.now()  # type: ignore[union-attr]


def _by_columns(sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """Return the SQL with columns of the actors instead of each `Given`, and the other parameters."""
    rest, waiting = [], iter(params)

    def replace(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%%"
        param = next(waiting)
        if not isinstance(param, Given):
            rest.append(param)
            return "%s"
        if not param.days:
            return f"each.{param.name}"
        days = f"interval '{param.days} days'" if param.name == "now" else f"({param.days})"
        return f"(each.{param.name} + {days})"

    return _PLACEHOLDER.sub(replace, sql), rest


def _kind(role: Role, own: Organization) -> tuple[Any, ...]:
    """Return what distinguishes the statements of actors, apart from values."""
    federation = own.federation
    return role, federation.charter_key, repr(federation.charter_values), own.level


_COMPILED: dict[tuple[Any, ...], tuple[str, Sequence[Any]] | None] = {}


def _compiled(
    tallying: Tallying, kind: tuple[Any, ...], own: Organization, placeholder: type[_Own]
) -> tuple[str, Sequence[Any]] | None:
    """Return the SQL of the tally and its values, with placeholders for later ones; None if it can have no rows.

    `own` is an organisation of the kind.
    """
    key = (tallying, placeholder, connection.vendor, *kind)
    if key not in _COMPILED:
        role: Role = kind[0]
        stand_in = placeholder()
        stand_in.charter, stand_in.level = own.charter, own.level
        account: Any = Given("account", models.BigIntegerField())
        scope = Scope(Actor(account=account, appointment=_Office(role, stand_in)), stand_in)  # type: ignore[arg-type]
        try:
            _COMPILED[key] = tallying(scope).query.sql_with_params()
        except EmptyResultSet:
            _COMPILED[key] = None
    return _COMPILED[key]
