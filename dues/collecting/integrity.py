"""Invariants of payment registers: they, their cash receipt orders and the ledger agree to the kopeck (V-D5, V-D6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from dues.ledger.enums import AccountKind
from dues.ledger.models import BookAccount
from dues.ledger.rules.holdings import held_by, left_to_hand_in
from registry.integrity import EVERYTHING, Scope, invariant
from registry.sizes import CHUNK_READ

from .enums import POSTED_REGISTERS, RegisterState
from .models import PaymentRegister, RegisterLine

_NOTHING = Decimal("0.00")


@invariant("The total of a payment register is that of its payments, whose sums and days are those of its lines")
def registers(scope: Scope = EVERYTHING) -> Iterable[str]:
    posted = scope.of(PaymentRegister.objects.filter(state__in=POSTED_REGISTERS), "organization")
    wrong = posted.annotate(paid=Sum("lines__entry__amount")).exclude(paid=F("total"))
    yield from (f"payment register {pk}: its total is not that of its payments" for pk in _ids(wrong))
    lines = RegisterLine.objects.filter(amount__isnull=False, register__in=posted)
    same = Q(entry__amount=F("amount"), entry__made_on=F("paid_on"), entry__debit__collector=F("register__order"))
    astray = lines.exclude(pk__in=lines.filter(same))
    yield from (f"line {pk} of a payment register does not agree with its payment" for pk in _ids(astray))


@invariant("Each collector holds what their registers have left to hand in: nothing once they are handed in")
def handed_in(scope: Scope = EVERYTHING) -> Iterable[str]:
    left: defaultdict[int, Decimal] = defaultdict(lambda: _NOTHING)
    posted = scope.of(PaymentRegister.objects.filter(state__in=POSTED_REGISTERS), "organization")
    for register in posted.order_by("pk").iterator(CHUNK_READ):
        rest = left_to_hand_in(register)
        left[register.order_id] += rest
        if rest < 0 or (rest > 0) != (register.state == RegisterState.CLOSED):
            yield f"payment register {register.pk} is {register.state}, and {rest} are left to hand in"
    accounts = scope.of(BookAccount.objects.filter(kind=AccountKind.COLLECTOR), "organization")
    for account in accounts.order_by("pk").iterator(CHUNK_READ):
        if held_by(account) != left[account.collector_id or 0]:
            yield f"account of the books {account.pk} does not hold what its registers have left to hand in"


def _ids(rows: QuerySet[Any, Any]) -> Iterable[int]:
    return rows.order_by("pk").values_list("pk", flat=True)
