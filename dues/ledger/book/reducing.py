"""Open charges of a member, reduced by a decision about them (V-D1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dues.rates.models import Reduction
from dues.rates.rules.rates import rate_on, rates_of
from dues.rates.rules.reductions import Due, reduced
from registry.organizations.models import Organization

from ..enums import EntryKind
from ..models import DuesAccount, LedgerEntry
from ..rules.reducing import is_reducible
from ..rules.standing import standing
from .accounts import update_standing
from .charges import charge_by_rate, charge_key, exempt
from .entries import insert, reverse

if TYPE_CHECKING:
    from registry.transitions import Act


def reduce_open(act: Act, account: DuesAccount, reduction: Reduction, *, organization: Organization) -> int:
    """Reverse the unpaid charges of the reduction's days and charge what remains of them; return their number.

    The caller has locked the account. Charges that are partly paid, or not more than the reduced sum, stay.
    """
    rates = rates_of(organization.federation)
    entries = list(LedgerEntry.objects.filter(account=account))
    changed = 0
    for one in standing(entries).open:
        charge = one.charge
        rate = rate_on(rates, charge.fee, charge.made_on)
        if rate is None or charge.organization_id != organization.pk or not is_reducible(one, reduction):
            continue
        due = Due(reduced(rate.amount, reduction), reduction)
        if due.amount >= charge.amount:
            continue
        changed += 1
        reverse(act, [charge], accounts=[], rule="V-D1", paper=reduction.paper)
        wanted, _reduction = charge_by_rate(rate, charge.year, act.today, charge.due_on or act.today, due)
        if not due.amount:
            exempt(act, [(account.pk, wanted, reduction)])
            continue
        key = charge_key(charge)
        before = sum(1 for entry in entries if entry.kind == EntryKind.CHARGE and charge_key(entry) == key)
        wanted.account, wanted.organization = account, organization
        wanted.key = f"charge:{account.pk}:{key}:{before + 1}"
        wanted.posted_at, wanted.posted_by, wanted.rule = act.now, act.by.account, "V-D1"
        insert([wanted], organization)
    update_standing([account])
    return changed
