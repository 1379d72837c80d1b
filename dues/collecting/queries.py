"""Accounts that can be named in an order, and the money of collectors and the cash desk (V-D4, V-D6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from dues.ledger.enums import AccountKind
from dues.ledger.models import BookAccount, LedgerEntry
from dues.payments.queries import kinds, members_of
from dues.payments.rules import Purpose
from dues.rates.rules.rates import rates_of
from members.people.models import Member, MemberQuerySet
from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.organizations.models import Organization

from .models import CollectorOrder, PaymentRegister
from .rules import COLLECTING_ROLES

#: Maximum number of accounts offered in a list.
MAX_ACCOUNTS = 200


def accounts_of(organization: Organization) -> list[Account]:
    """Return the accounts with a current appointment to collect in the organisation or its cells, by name."""
    appointments = Appointment.objects.current().filter(
        Q(organization=organization) | Q(organization__parent=organization), role__in=COLLECTING_ROLES
    )
    found = Account.objects.filter(pk__in=appointments.values("account")).order_by("sort_key", "pk")
    return list(found[:MAX_ACCOUNTS])


def offered_in(organization: Organization, today: dt.date) -> list[Purpose]:
    """Return the dues for which a register of the organisation can be opened."""
    # A collector sees no charges, but collects all of them.
    return kinds(Actor.system("register", organization), rates_of(organization.federation), today)


def people_to_add(register: PaymentRegister) -> MemberQuerySet:
    """Return the members of the register's place who are not in it; a collector reads only their names and numbers."""
    people = members_of(register.place, Member.objects.registered())
    return people.exclude(register_lines__register=register)


@dataclass(frozen=True)
class Held:
    """The money of a collector or of the cash desk."""

    order: CollectorOrder | None
    amount: Decimal


def money_held(organization: Organization, actor: Actor) -> list[Held]:
    """Return the money in the cash desk, and with each collector who has any."""
    entries = LedgerEntry.objects.in_books_of(actor).filter(organization=organization).order_by()
    kinds = (AccountKind.CASH, AccountKind.COLLECTOR)
    sums: dict[int, Decimal] = {}
    for side, sign in (("debit", 1), ("credit", -1)):
        found = entries.filter(**{f"{side}__kind__in": kinds}).values_list(side).annotate(total=Sum("amount"))
        for pk, total in found:
            sums[pk] = sums.get(pk, Decimal("0.00")) + sign * total
    accounts = BookAccount.objects.filter(pk__in=sums).select_related("collector").order_by("-kind", "collector")
    held = [Held(account.collector, sums[account.pk]) for account in accounts]
    return [one for one in held if one.amount or one.order is None]
