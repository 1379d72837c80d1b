"""Counting the indicators of report forms for a part of the tree, and the part that a report covers (N-S3).

Members are counted as in `registry.statistics`: registration as the books say now, fields with the present values of
the cards, ages on the last day. Blocked cards are left out. Dues are counted as in the report of dues. Everybody is
counted at one organisation only, so the figures of parts add up to those of the whole.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from documents.consents.enums import ConsentPurpose
from documents.consents.models import Consent
from documents.ecards.models import ElectronicCard
from documents.tickets.enums import BlankKind, Place
from documents.tickets.models import BlankMovement, BlankStock
from dues.reports.queries.asked import Asked as AskedOfDues
from dues.reports.queries.sums import sums_of
from members.book.models import BookLine
from members.book.queries.on_day import lines_on
from members.meetings.enums import HELD_MEETINGS
from members.meetings.models import Meeting
from members.people.enums import ConsentState
from registry.access import Actor
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization
from registry.statistics.columns import AGE, AGES, GONE, NOT_GIVEN, REPRESENTING, YOUNG, group_key
from registry.statistics.counting import MAX_HEALTH, Asked, by_each, came_by_reason, counted, left_by_reason

from .enums import LineSource
from .indicators import PASSPORT, UNDER_35, dimensions_of
from .models import CampaignReport
from .queries import own_units

Found = Mapping[str, int | Decimal | None]


@dataclass(frozen=True)
class _Lines(Asked):
    """A query of statistics for only the organisations with these ids; `at` is the root of their tree."""

    units: tuple[int, ...] = ()

    @property
    def counts_cards(self) -> bool:
        return False

    @property
    def lines(self) -> QuerySet[BookLine]:
        return lines_on(_lines_of(self.units), self.day)


def _lines_of(units: tuple[int, ...]) -> QuerySet[BookLine]:
    return counted(BookLine.objects.filter(unit__among=units))


@dataclass(frozen=True)
class _Part:
    """Organisations of one federation that are counted, the first and the last day, and the keys asked for."""

    root: Organization
    units: tuple[int, ...]
    first: dt.date
    last: dt.date
    keys: frozenset[str]

    @cached_property
    def actor(self) -> Actor:
        return Actor.system("reports", self.root)

    def lines(self, day: dt.date) -> _Lines:
        return _Lines(self.root, day, self.actor, self.units)

    def asks(self, *starts: str) -> bool:
        """Return whether a key is requested, or one below a requested key."""
        return any(key == one or key.startswith(f"{one}.") for key in self.keys for one in starts)

    def working(self) -> QuerySet[Organization]:
        """Return the organisations that were working on the last day."""
        on_day = Q(founded_on__isnull=True) | Q(founded_on__lte=self.last)
        not_ended = Q(ended_on__isnull=True) | Q(ended_on__gt=self.last)
        found = Organization.objects.filter(on_day, not_ended, pk__among=self.units)
        return found.exclude(status=OrganizationStatus.FORMING).order_by()


def count(units: Collection[int], first: dt.date, last: dt.date, keys: Collection[str]) -> dict[str, Decimal | None]:
    """Return the figures of the organisations with these ids, by key, with a bounded number of queries.

    Organisations are of one federation. A figure is None if nobody has entered it, such as a number of the passport,
    and if the charter no longer has the key.
    """
    root = Organization.objects.filter(federation__organizations__among=list(units)[:1], parent__isnull=True)
    part = _Part(root.select_related("federation").get(), tuple(units), first, last, frozenset(keys))
    found: dict[str, int | Decimal | None] = {}
    for starts, source in _SOURCES.items():
        if part.asks(*starts):
            found.update(source(part))
    return {key: None if (value := found.get(key)) is None else Decimal(value) for key in keys}


def _numbers(part: _Part) -> Found:
    found = {}
    for key, day in (("members.begin", part.first - dt.timedelta(days=1)), ("members.end", part.last)):
        if part.asks(key):
            found[key] = part.lines(day).lines.count()
    return found


def _composition(part: _Part) -> Found:
    """Return the numbers of members by fields of their cards: one query, and one that reads health data row by row."""
    dimensions = dimensions_of(part.root.charter)
    wanted = {key for key in dimensions if part.asks(f"members.{key}")}
    if part.asks("members.representatives"):
        wanted.add("category")
    if part.asks("members.gone"):
        wanted.add("sex")
    of_health = {key for key in wanted if dimensions[key].of_health}
    by_field: dict[str, Counter[str]] = {}
    for some in (wanted - of_health, of_health):
        if some:
            by_field |= by_each(part.lines(part.last), [one for key, one in dimensions.items() if key in some])
    found = {
        f"members.{key}.{value}": numbers[value]
        for key, numbers in by_field.items()
        for value in (*dimensions[key].values, NOT_GIVEN)
    }
    if AGE in by_field:
        young = (group_key(n, AGES) for n in range(len(AGES) - 1) if AGES[n + 1] <= YOUNG)
        found[f"members.{AGE}.{UNDER_35}"] = sum(by_field[AGE][group] for group in young)
    if "category" in by_field:
        found["members.representatives"] = sum(by_field["category"][one] for one in REPRESENTING)
    if "sex" in by_field:
        found["members.gone"] = by_field["sex"][GONE]
    return found


def _movement(part: _Part) -> Found:
    found: dict[str, int] = {}
    lines = _lines_of(part.units)
    for way, by_reason in (("came", came_by_reason), ("left", left_by_reason)):
        if part.asks(way):
            numbers = Counter(by_reason(lines, part.first, part.last))
            found |= {key: numbers[key.removeprefix(f"{way}.")] for key in part.keys if key.startswith(f"{way}.")}
            found[way] = sum(numbers.values())
    return found


def _organizations(part: _Part) -> Found:
    levels = Counter(dict(part.working().values_list("level").annotate(number=Count("pk"))))
    by_level = {f"organizations.{level}": levels[level] for level in part.root.charter.levels}
    return {"organizations": sum(levels.values()), **by_level}


def _passports(part: _Part) -> Found:
    return part.working().aggregate(**{f"passport.{name}": Sum(f"passport__{name}") for name in PASSPORT})


def _consents(part: _Part) -> Found:
    signed = Consent.objects.filter(
        member=OuterRef("member"), purpose=ConsentPurpose.PROCESSING, state=ConsentState.SIGNED,
        signed_on__lte=part.last,
    )  # fmt: skip
    return {"consents.signed": part.lines(part.last).lines.filter(Exists(signed)).count()}


def _meetings(part: _Part) -> Found:
    held = Meeting.objects.filter(
        organization__among=part.units, state__in=HELD_MEETINGS, held_on__range=(part.first, part.last)
    )
    return {"meetings": held.count()}


def _dues(part: _Part) -> Found:
    asked = AskedOfDues(part.root, part.first, part.last, units=part.units)
    sums = sums_of(asked, part.actor)
    return {"dues.charged": sums.charged, "dues.paid": sums.paid, "dues.owed": sums.owed}


def _tickets(part: _Part) -> Found:
    """Return the tickets issued to members, and those in stock: today's balance minus later movements."""
    moves = BlankMovement.objects.filter(kind=BlankKind.TICKET).order_by()
    out, into = moves.filter(giver__among=part.units), moves.filter(taker__among=part.units)
    number = Sum(F("last") - F("first") + 1)

    def of(found: QuerySet[BlankMovement]) -> int:
        return int(found.aggregate(number=number)["number"] or 0)

    in_period = out.filter(made_on__range=(part.first, part.last))
    stocks = BlankStock.objects.filter(organization__among=part.units, kind=BlankKind.TICKET)
    stock = stocks.aggregate(number=Sum("in_stock"))["number"] or 0
    went = of(out.filter(made_on__gt=part.last, from_place=Place.STOCK))
    came = of(into.filter(made_on__gt=part.last, to_place=Place.STOCK))
    return {
        "tickets.issued": of(in_period.filter(from_place=Place.STOCK, to_place=Place.ISSUED)),
        "tickets.stock": stock + went - came,
    }


def _ecards(part: _Part) -> Found:
    handed_out = ElectronicCard.objects.filter(
        request__organization__among=part.units, handed_out_on__range=(part.first, part.last)
    )
    return {"ecards.handed_out": handed_out.count()}


#: Prefixes of keys → the functions that count them.
_SOURCES: Mapping[tuple[str, ...], Callable[[_Part], Found]] = {
    ("members.begin", "members.end"): _numbers,
    ("members",): _composition,
    ("came", "left"): _movement,
    ("organizations",): _organizations,
    ("passport",): _passports,
    ("consents",): _consents,
    ("meetings",): _meetings,
    ("dues",): _dues,
    ("tickets",): _tickets,
    ("ecards",): _ecards,
}


def keys_of(report: CampaignReport) -> dict[str, str]:
    """Return the code of each line that the registry counts, with the key of its indicator."""
    lines = report.campaign.form.lines.filter(source=LineSource.COMPUTED)
    return dict(lines.values_list("code", "indicator"))


def count_report(report: CampaignReport) -> dict[str, Decimal | None]:
    """Return the figures that the registry counts for the report's own part, by line code."""
    keys = keys_of(report)
    if not keys:
        return {}
    campaign = report.campaign
    found = count(own_units(report), campaign.first, campaign.last, set(keys.values()))
    return {code: found[key] for code, key in keys.items()}


def needs_job(report: CampaignReport) -> bool:
    """Return whether health data of too many people have to be read for a page to wait."""
    dimensions = dimensions_of(report.organization.charter)
    of_health = tuple(f"members.{key}." for key, one in dimensions.items() if one.of_health)
    if not any(key.startswith(of_health) for key in keys_of(report).values()):
        return False
    lines = lines_on(_lines_of(tuple(own_units(report))), report.campaign.last)
    return lines.order_by()[: MAX_HEALTH + 1].count() > MAX_HEALTH
