"""Invariants of the ledger (N-D1)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from itertools import groupby
from operator import or_

from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from members.people.enums import MemberState
from members.people.models import Member
from registry.days import EARLIEST
from registry.fields import KopecksField
from registry.integrity import EVERYTHING, Scope, invariant
from registry.sizes import CHUNK_READ

from .book import STANDING_FIELDS
from .enums import CHARGED, MONEY, MOVES, AccountKind, EntryKind
from .models import BookAccount, DuesAccount, LedgerEntry
from .rules.holdings import held_by, spendable
from .rules.standing import NOTHING, standing


@invariant("The standing of every personal account is what its entries come to")
def standings(scope: Scope = EVERYTHING) -> Iterable[str]:
    entries = LedgerEntry.objects.filter(account__isnull=False).order_by("account", "pk")
    own_accounts = scope.of(DuesAccount.objects.order_by("pk"), "member__unit")
    if not scope.is_everything:
        entries = entries.filter(account__among=list(own_accounts.values_list("pk", flat=True)))
    with_entries = groupby(entries.iterator(chunk_size=CHUNK_READ), key=lambda entry: entry.account_id)
    pk, group = next(with_entries, (None, iter(())))
    for account in own_accounts.iterator(chunk_size=CHUNK_READ):
        own: list[LedgerEntry] = []
        if account.pk == pk:
            own = list(group)
            pk, group = next(with_entries, (None, iter(())))
        right = standing(own)
        wrong = [name for name in STANDING_FIELDS if getattr(account, name) != getattr(right, name)]
        if wrong:
            yield f"account {account.pk}: {', '.join(wrong)} not as the entries say"


@invariant("Every registered member has a personal account of dues")
def accounts(scope: Scope = EVERYTHING) -> Iterable[str]:
    without = scope.of(Member.objects.filter(state=MemberState.REGISTERED, dues__isnull=True), "unit")
    yield from (f"member {pk} has no personal account" for pk in without.values_list("pk", flat=True))


@invariant("Both sides of an entry are accounts of its organisation, as its kind says")
def sides(scope: Scope = EVERYTHING) -> Iterable[str]:
    own = Q(debit__organization=F("organization"), credit__organization=F("organization"))
    of_income = Q(credit__kind=AccountKind.INCOME, credit__fee=F("fee"), credit__year=Coalesce("year", 0))
    settles = Q(credit__kind=AccountKind.MEMBERS, fee__in=CHARGED)
    charge = Q(kind=EntryKind.CHARGE, debit__kind=AccountKind.MEMBERS) & (
        of_income | Q(credit__kind=AccountKind.OPENING)
    )
    payment = Q(kind=EntryKind.PAYMENT) & (
        Q(debit__kind__in=MONEY) & (settles | (of_income & ~Q(fee__in=CHARGED)))
        | Q(debit__kind=AccountKind.OPENING) & settles
    )
    move = Q(kind=EntryKind.MOVE) & reduce(or_, (Q(debit__kind=d, credit__kind=c) for d, c in MOVES))
    reversal = Q(kind=EntryKind.REVERSAL, debit=F("reverses__credit"), credit=F("reverses__debit"))
    entries = scope.of(LedgerEntry.objects.all(), "organization")
    astray = entries.exclude(pk__in=entries.filter(own, charge | payment | move | reversal))
    yield from (f"entry {pk} is booked on the wrong accounts" for pk in astray.values_list("pk", flat=True))


@invariant("A reversal repeats what it reverses, and nothing stands charged twice")
def reversals(scope: Scope = EVERYTHING) -> Iterable[str]:
    of_scope = scope.of(LedgerEntry.objects.filter(kind=EntryKind.REVERSAL), "organization")
    reversing = of_scope.annotate(
        _contribution=Coalesce("contribution", 0), _reversed_contribution=Coalesce("reverses__contribution", 0)
    )
    astray = reversing.filter(
        ~(Q(account=F("reverses__account")) | Q(account__isnull=True, reverses__account__isnull=True))
        | ~Q(amount=F("reverses__amount"))
        | ~Q(fee=F("reverses__fee"))
        | ~Q(organization=F("reverses__organization"))
        | ~Q(_contribution=F("_reversed_contribution"))
        | Q(reverses__kind=EntryKind.REVERSAL)
    )
    yield from (f"entry {pk} does not agree with what it reverses" for pk in astray.values_list("pk", flat=True))
    twice = (
        scope.of(LedgerEntry.objects.valid(), "organization")
        .filter(kind=EntryKind.CHARGE)
        .exclude(year__isnull=True)
        .order_by()
        # A property contribution is charged once by each of its terms.
        .annotate(term=Case(When(contribution__isnull=False, then="due_on"), default=None))
        .values("account", "fee", "year", "contribution", "term")
        .annotate(count=Count("pk"))
        .filter(count__gt=1)
    )
    for row in twice:
        yield f"account {row['account']}: {row['fee']} for {row['year']} is charged {row['count']} times"


@invariant("No property contribution is paid beyond what is charged of it")
def contributions(scope: Scope = EVERYTHING) -> Iterable[str]:
    valid = scope.of(LedgerEntry.objects.valid(), "organization").filter(contribution__isnull=False).order_by()
    sums = valid.values("account", "contribution").annotate(
        charged=Coalesce(Sum("amount", filter=Q(kind=EntryKind.CHARGE)), Value(NOTHING, KopecksField())),
        paid=Coalesce(Sum("amount", filter=Q(kind=EntryKind.PAYMENT)), Value(NOTHING, KopecksField())),
    )
    for row in sums.filter(paid__gt=F("charged")):
        yield f"account {row['account']}: more is paid of contribution {row['contribution']} than is charged"


@invariant("No collector holds less than nothing, and no cash desk at the end of any day")
def money_held(scope: Scope = EVERYTHING) -> Iterable[str]:
    accounts = scope.of(BookAccount.objects.order_by("pk"), "organization")
    for account in accounts.filter(kind=AccountKind.COLLECTOR).iterator(CHUNK_READ):
        if held_by(account) < 0:
            yield f"account of the books {account.pk} holds less than nothing"
    for account in accounts.filter(kind=AccountKind.CASH).select_related("organization"):
        if spendable(account.organization, EARLIEST) < 0:
            yield f"account of the books {account.pk} holds less than nothing"
