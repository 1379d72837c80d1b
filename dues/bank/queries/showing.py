"""Lines of bank statements for pages, with their candidates, entries and sums (V-D4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Case, Count, Min, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from dues.money import money
from members.people.models import Member
from registry.access import Actor
from registry.days import day_text
from registry.organizations.models import Organization

from ..enums import BAND_TONES, Band, Evidence, LineState
from ..models import BankLine, BankLineQuerySet, BankPart, KnownPayer
from .matching import matches

NOTHING = Decimal("0.00")
#: Maximum number of entries that the page of a line shows.
MAX_PARTS = 100


@dataclass(frozen=True)
class Candidate:
    """A member named by a line, with the evidence in words."""

    member: Member
    evidence: str


@dataclass
class Row:
    """A line of a list; an open one has its present band and candidates, other ones their entries."""

    line: BankLine
    amount: str
    left: str
    #: Days since the money was received.
    age: int
    band: str = ""
    candidates: list[Candidate] = field(default_factory=list)
    not_here: bool = False
    #: Entries by member, excluding those of an employer's list.
    parts: list[BankPart] = field(default_factory=list)
    #: Number of members in the employer's list by which money is posted.
    listed: int = 0
    #: Money between organisations that the line probably is.
    proposal: object | None = None
    #: The first row of the page that can be confirmed, which gets the focus.
    is_first: bool = False

    @property
    def band_label(self) -> str:
        return str(Band(self.band).label)

    @property
    def tone(self) -> str:
        """The tone of the band."""
        return BAND_TONES[Band(self.band)]

    @property
    def is_likely(self) -> bool:
        """Return whether one member is offered for confirmation."""
        return self.band != Band.OPEN and bool(self.candidates)

    @property
    def remarks(self) -> list[str]:
        return self.line.remarks.splitlines()


def by_band(lines: BankLineQuerySet) -> BankLineQuerySet:
    """Return the open lines in page order: certain, likely, others, each by day."""
    rank = Case(*(When(band=band, then=Value(at)) for at, band in enumerate(Band)), default=Value(len(Band)))
    return lines.order_by(rank, "made_on", "pk")


def with_listed(lines: BankLineQuerySet) -> BankLineQuerySet:
    """Annotate the lines with `listed`, the number of members of the employer's list by which money is posted.

    There may be hundreds, so a page does not name them.
    """
    parts = BankPart.objects.valid().filter(line=OuterRef("pk"), evidence=Evidence.LIST).order_by()
    people = parts.values("line").annotate(people=Count("entry__account", distinct=True)).values("people")
    return lines.annotate(listed=Coalesce(Subquery(people), 0))


def rows_of(lines: Sequence[BankLine], organization: Organization, actor: Actor, today: dt.date) -> list[Row]:
    """Return the lines of `with_listed` with everything that the page shows, with a constant number of queries."""
    rows = {
        line.pk: Row(
            line,
            money(line.amount),
            money(line.left),
            (today - line.made_on).days,
            line.band,
            listed=vars(line)["listed"],
        )
        for line in lines
    }
    open_ones = [line for line in lines if line.state == LineState.OPEN]
    found = list(zip(open_ones, matches(organization, open_ones, actor), strict=True))
    wanted = {pk for _line, match in found for pk, _evidence in match.candidates}
    members = {member.pk: member for member in Member.objects.visible_to(actor).filter(pk__in=wanted)}
    known = _known(organization, [line.other_account for line in open_ones], actor) if wanted else {}
    for line, match in found:
        row = rows[line.pk]
        row.band, row.not_here = match.band, match.not_here
        row.candidates = [
            Candidate(members[pk], _in_words(evidence, known.get((line.other_account, pk))))
            for pk, evidence in match.candidates
            if pk in members
        ]
    _add_parts(rows, actor)
    first = next((row for row in rows.values() if row.band == Band.LIKELY and row.candidates), None)
    if first is not None:
        first.is_first = True
    return list(rows.values())


def _add_parts(rows: Mapping[int, Row], actor: Actor) -> None:
    """Add the entries of partly or wholly posted lines."""
    posted = [pk for pk, row in rows.items() if row.line.posted]
    if not posted:
        return
    parts = BankPart.objects.visible_to(actor).valid().filter(line__in=posted)
    for part in parts.exclude(evidence=Evidence.LIST).select_related("entry__account__member"):
        row = rows[part.line_id]
        # A payment for several years is listed once.
        if all(one.entry.account_id != part.entry.account_id for one in row.parts):
            row.parts.append(part)


def parts_of(line: BankLine, actor: Actor) -> tuple[list[BankPart], int]:
    """Return the first entries of the line, and the number of the others."""
    parts = BankPart.objects.visible_to(actor).valid().filter(line=line)
    shown = parts.select_related("entry__account__member", "entry__contribution")[:MAX_PARTS]
    return list(shown), max(parts.count() - MAX_PARTS, 0)


def _known(organization: Organization, accounts: Sequence[str], actor: Actor) -> Mapping[tuple[str, int], KnownPayer]:
    known = KnownPayer.objects.visible_to(actor).filter(organization=organization, account__in=set(accounts))
    return {(one.account, one.member_id): one for one in known.select_related("confirmed_by")}


def _in_words(evidence: Evidence, known: KnownPayer | None) -> str:
    if evidence != Evidence.ACCOUNT or known is None:
        return str(evidence.label)
    words = {
        "evidence": evidence.label,
        "day": day_text(known.confirmed_on),
        "clerk": known.confirmed_by.full_name if known.confirmed_by else "—",
    }
    return _("%(evidence)s: %(day)s, %(clerk)s") % words


@dataclass(frozen=True)
class Waiting:
    """Open lines: their number, their remaining money, and the day of the oldest."""

    count: int
    total: Decimal
    oldest: dt.date | None

    @property
    def kopecks(self) -> int:
        """The money as a whole number of kopecks, for a form."""
        return int(self.total.scaleb(2))


def waiting_in(lines: BankLineQuerySet) -> Waiting:
    """Return the number of the open lines, and their remaining money."""
    sums = lines.unidentified().aggregate(
        count=Count("pk"), amount=Sum("amount"), posted=Sum("posted"), oldest=Min("made_on")
    )
    return Waiting(sums["count"], (sums["amount"] or NOTHING) - (sums["posted"] or NOTHING), sums["oldest"])
