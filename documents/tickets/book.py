"""The only writer of blanks: ranges, single numbers, balances and movements (V-C1, ADR 12).

Its functions make no decisions: the calling transition checks permissions and rules. They work under the locks of the
balances concerned, which `lock_stocks` takes, so a number is chosen and moved in one step.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from members.people.models import Member
from registry import states
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.sizes import CHUNK

from .enums import PaperKind, PaperState, Place
from .models import COUNT_OF, COUNTS, Blank, BlankMovement, BlankPaper, BlankRange, BlankStock, IssueLine
from .queries.numbering import next_paper_number
from .ranges import NumberRange, count_of

if TYPE_CHECKING:
    from registry.transitions import Act


#: A blank has only the beginning of the text; its paper has all of it.
_MAX_REASON = 200


@dataclass
class Ledger:
    """The locked balances of one kind of blank, and the movements of a paper on its day."""

    act: Act
    paper: BlankPaper
    stocks: Mapping[int, BlankStock]
    made_on: dt.date
    movements: list[BlankMovement] = field(default_factory=list)

    # In ranges ---------------------------------------------------------------------------------------------------

    def take_in(self, numbers: NumberRange, taker: Organization) -> None:
        """Put new numbers into the stock. Raises `RuleViolation` (V-C1) if one of them is already known."""
        self._store(numbers, taker, None)
        # Checked after the lock, which has waited for other processes that were moving these numbers.
        known = Blank.objects.filter(
            federation=taker.federation_id, kind=self.paper.blank, series=numbers.series,
            number__range=(numbers.first, numbers.last),
        )  # fmt: skip
        if known.exists():
            raise _known_already(numbers)
        self._record(numbers, None, "", taker, Place.STOCK)

    def send(self, numbers: NumberRange, giver: Organization) -> None:
        """Move numbers of the stock into transit to the receiver of the paper."""
        self._cut(numbers, giver, None)
        self._store(numbers, giver, self.paper)
        self._record(numbers, giver, Place.STOCK, giver, Place.ON_THE_WAY)

    def arrive(self, numbers: NumberRange, giver: Organization, taker: Organization) -> None:
        """Move numbers in transit into the stock of the taker; for the giver, back into their own."""
        self._cut(numbers, giver, self.paper)
        self._store(numbers, taker, None)
        self._record(numbers, giver, Place.ON_THE_WAY, taker, Place.STOCK)

    def take_out(
        self,
        numbers: NumberRange,
        holder: Organization,
        to: Place,
        *,
        members: Sequence[Member] = (),
        reason: str = "",
    ) -> list[Blank]:
        """Move numbers out of the stock and create a row for each; `members` receive them in order."""
        self._cut(numbers, holder, None)
        receivers: Iterable[Member | None] = members or [None] * numbers.count
        blanks = [
            Blank(
                federation_id=holder.federation_id, kind=self.paper.blank, series=numbers.series, number=number,
                width=numbers.width, organization=holder, state=to, member=member,
                reason=reason[:_MAX_REASON],
            )
            for number, member in zip(range(numbers.first, numbers.last + 1), receivers, strict=True)
        ]  # fmt: skip
        self._record(numbers, holder, Place.STOCK, holder, to)
        return self.act.create_many(Blank, blanks)

    def take_over(self, typed: Iterable[tuple[NumberRange, Member]], holder: Organization) -> list[Blank]:
        """Take single numbers that members already have into the balance as issued."""
        blanks = []
        for one, member in sorted(typed, key=lambda pair: pair[0]):
            self._record(one, None, "", holder, Place.ISSUED)
            blanks.append(
                Blank(
                    federation_id=holder.federation_id, kind=self.paper.blank, series=one.series, number=one.first,
                    width=one.width, organization=holder, state=Place.ISSUED, member=member,
                )
            )  # fmt: skip
        return self.act.create_many(Blank, blanks)

    # Number by number --------------------------------------------------------------------------------------------

    def move(self, moves: Sequence[tuple[Blank, Place, str]], *, taker: Organization) -> None:
        """Move numbers that are out of stock, for a reason, from one organisation's balance to the receiver's."""
        for blank, to, reason in moves:
            self._record(blank.range, blank.organization, blank.state, taker, to)
            blank.state, blank.organization = to, taker
            # A valid one has no reason why it is void.
            blank.reason = "" if to == Place.ISSUED else reason[:_MAX_REASON] or blank.reason
            blank.version += 1
        changed = ["state", "organization", "reason", "version"]
        self.act.update_many(Blank, [blank for blank, _to, _reason in moves], changed)

    def bring_back(self, blank: Blank) -> None:
        """Put a lost number that no member ever had back into the stock."""
        self._record(blank.range, blank.organization, blank.state, blank.organization, Place.STOCK)
        numbers, holder = blank.range, blank.organization
        self.act.delete(blank)
        self._store(numbers, holder, None)

    def pass_on(self, blanks: Sequence[Blank], successor: Organization) -> None:
        """Move numbers that are out of stock into the balance of the successor; their state does not change."""
        for blank in blanks:
            self._record(blank.range, blank.organization, blank.state, successor, blank.state)
            blank.organization = successor
        self.act.update_many(Blank, list(blanks), ["organization"])

    def moved_later(self) -> BlankMovement | None:
        """Return a movement of one of the paper's numbers after the day of the paper, if there is one."""
        after = BlankMovement.objects.filter(
            kind=self.paper.blank, taker__in=self.stocks, made_on__gt=self.made_on
        ).order_by("pk")
        moved = [movement.range for movement in self.movements]
        return next((one for one in after.iterator(CHUNK) if any(one.range.overlaps(two) for two in moved)), None)

    # Inside ------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Write movements and balances."""
        before = BlankMovement.objects.filter(paper=self.paper).count()
        for position, movement in enumerate(self.movements, before + 1):
            movement.position = position
        BlankMovement.objects.bulk_create(self.movements, batch_size=CHUNK)
        for stock in self.stocks.values():
            stock.save(update_fields=["received", *COUNTS])
        self.movements = []

    def _cut(self, numbers: NumberRange, holder: Organization, paper: BlankPaper | None) -> None:
        """Remove numbers from the ranges of the holder. Raises `RuleViolation` (V-C1) unless all of them are there."""
        found = BlankRange.objects.filter(
            organization=holder, kind=self.paper.blank, paper=paper, series=numbers.series, first__lte=numbers.last,
            last__gte=numbers.first,
        )  # fmt: skip
        held = list(found)
        covered = sum(min(one.last, numbers.last) - max(one.first, numbers.first) + 1 for one in held)
        if covered != numbers.count or any(one.width != numbers.width for one in held):
            message = _("Not all of the numbers %(numbers)s are in the stock of «%(organization)s».")
            values = {"numbers": numbers, "organization": holder.short_name}
            raise RuleViolation("V-C1", message % values, field="numbers")
        for one in held:
            rest = one.range.without(numbers)
            if not rest:
                one.delete()
                continue
            one.first, one.last = rest[0].first, rest[0].last
            one.save(update_fields=["first", "last"])
            for more in rest[1:]:
                self._insert(more, holder, paper)

    def _store(self, numbers: NumberRange, holder: Organization, paper: BlankPaper | None) -> None:
        """Add numbers to the ranges of the holder, joined with adjacent ranges."""
        same = BlankRange.objects.filter(
            organization=holder, kind=self.paper.blank, series=numbers.series, width=numbers.width, paper=paper
        )
        before, after = same.filter(last=numbers.first - 1).first(), same.filter(first=numbers.last + 1).first()
        last = after.last if after else numbers.last
        if after:
            after.delete()
        if before is None:
            self._insert(NumberRange(numbers.series, numbers.first, last, numbers.width), holder, paper)
            return
        before.last = last
        try:
            with transaction.atomic():
                before.save(update_fields=["last"])
        except IntegrityError:
            raise _known_already(numbers) from None

    def _insert(self, numbers: NumberRange, holder: Organization, paper: BlankPaper | None) -> None:
        try:
            with transaction.atomic():
                BlankRange.objects.create(
                    federation_id=holder.federation_id, kind=self.paper.blank, series=numbers.series,
                    first=numbers.first, last=numbers.last, width=numbers.width, organization=holder, paper=paper,
                )  # fmt: skip
        except IntegrityError:
            raise _known_already(numbers) from None

    def _record(
        self, numbers: NumberRange, giver: Organization | None, from_place: str, taker: Organization, to: str
    ) -> None:
        """Record a movement and count it in the balances; consecutive numbers with equal movements are one movement."""
        if giver is not None:
            stock = self.stocks[giver.pk]
            _add(stock, COUNT_OF[from_place], -numbers.count)
            if giver.pk != taker.pk:
                _add(stock, "handed_down", numbers.count)
        if giver is None or giver.pk != taker.pk:
            _add(self.stocks[taker.pk], "received", numbers.count)
        _add(self.stocks[taker.pk], COUNT_OF[to], numbers.count)
        last = self.movements[-1] if self.movements else None
        if last is not None and _continues(last, numbers, giver, from_place, taker, to):
            last.last = numbers.last
            return
        self.movements.append(
            BlankMovement(
                federation_id=taker.federation_id,
                kind=self.paper.blank,
                series=numbers.series,
                first=numbers.first,
                last=numbers.last,
                width=numbers.width,
                paper=self.paper,
                giver=giver,
                from_place=from_place,
                taker=taker,
                to_place=to,
                made_on=self.made_on,
                made_at=self.act.now,
                made_by=self.act.by.account,
            )
        )  # fmt: skip


def lock_stocks(act: Act, kind: str, organizations: Iterable[Organization]) -> dict[int, BlankStock]:
    """Return the balances of the organisations by their ids, created if missing, locked until the end of the change."""
    ids = {organization.pk for organization in organizations}
    known = set(BlankStock.objects.filter(organization__in=ids, kind=kind).values_list("organization_id", flat=True))
    BlankStock.objects.bulk_create(
        [BlankStock(organization_id=pk, kind=kind) for pk in sorted(ids - known)], ignore_conflicts=True
    )
    locked = act.lock_many(BlankStock.objects.filter(organization__in=ids, kind=kind))
    return {stock.organization_id: stock for stock in locked}


def next_numbers(holder: Organization, kind: str, count: int) -> list[NumberRange]:
    """Return the lowest `count` numbers of the stock, or all of them if the stock has fewer.

    Call it only under the lock of the balance; otherwise chosen numbers may be moved meanwhile.
    """
    chosen: list[NumberRange] = []
    for one in BlankRange.objects.in_stock().filter(organization=holder, kind=kind).order_by("series", "first"):
        wanted = count - count_of(chosen)
        if not wanted:
            break
        numbers = one.range
        chosen.append(numbers.part(numbers.first, min(numbers.last, numbers.first + wanted - 1)))
    return chosen


def leave_drafts(member: Member) -> None:
    """Delete the member's lines of unposted issue sheets, because the card is blocked (N-C1)."""
    IssueLine.objects.filter(member=member, paper__state=PaperState.DRAFT).delete()


def pass_on_blanks(act: Act, ended: Organization, successor: Organization) -> None:
    """Transfer issued and void blanks of an ended organisation, by a paper of today; its stock is empty (N-H3).

    Unposted issue sheets are dropped: the successor prepares its own.
    """
    for draft in act.lock_many(BlankPaper.objects.filter(organization=ended, state=PaperState.DRAFT)):
        states.check(draft, PaperState.DROPPED, "N-H3")
        draft.state = PaperState.DROPPED
        act.save(draft)
    for kind in ended.charter.blanks:
        kept = Blank.objects.filter(organization=ended, kind=kind).exclude(state=Place.DESTROYED)
        if not kept.exists():
            continue
        stocks = lock_stocks(act, kind, [ended, successor])
        # In a time zone farther east, the last paper may have tomorrow's date.
        last = BlankMovement.objects.of(ended.pk).filter(kind=kind).aggregate(day=Max("made_on"))["day"]
        made_on = max(act.today, last)
        paper = BlankPaper(
            organization=ended, kind=PaperKind.HAND_DOWN, blank=kind, state=PaperState.POSTED, made_on=made_on,
            receiver=successor, confirmed_on=made_on, made_by=act.by.account,
        )  # fmt: skip
        paper.number = next_paper_number(paper)
        act.save(paper)
        ledger = Ledger(act, paper, stocks, made_on)
        ledger.pass_on(act.lock_many(kept.select_related("organization").order_by("series", "number")), successor)
        ledger.close()


def forget_names(member: Member, stems: Collection[str], instead: str) -> None:
    """Remove the name of a member whose card is destroyed from sheets and texts; numbers stay (V-B14).

    `stems` are beginnings of their surnames; a reason or note that contains one becomes `instead`, in the history too.
    """
    IssueLine.objects.filter(member=member).update(full_name="")
    moved = Q(pk__in=[])
    blanks = list(Blank.objects.filter(member=member))
    for blank in blanks:
        moved |= Q(kind=blank.kind, series=blank.series, first__lte=blank.number, last__gte=blank.number)
    papers = BlankMovement.objects.filter(moved, federation=member.federation_id).values_list("paper", flat=True)
    for model, ids, text in ((Blank, [b.pk for b in blanks], "reason"), (BlankPaper, list(papers), "note")):
        rows: Any
        for rows in (model.objects.filter(pk__in=ids), model.history.filter(id__in=ids)):
            named = [row.pk for row in rows if any(stem in getattr(row, text) for stem in stems)]
            rows.filter(pk__in=named).update(**{text: instead})


def _known_already(numbers: NumberRange) -> RuleViolation:
    """Return the refusal for numbers that were received before; it does not reveal where they are."""
    message = _("Some of the numbers %(numbers)s are known in the registry already. Compare series and numbers.")
    return RuleViolation("V-C1", message % {"numbers": numbers}, field="numbers")


def _add(stock: BlankStock, name: str, count: int) -> None:
    setattr(stock, name, getattr(stock, name) + count)


def _continues(
    last: BlankMovement, numbers: NumberRange, giver: Organization | None, from_place: str, taker: Organization, to: str
) -> bool:
    same = (last.giver_id, last.from_place, last.taker_id, last.to_place, last.series, last.width)
    new = (giver.pk if giver else None, from_place, taker.pk, to, numbers.series, numbers.width)
    return same == new and last.last + 1 == numbers.first
