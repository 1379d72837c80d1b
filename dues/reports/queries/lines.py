"""The lines behind a figure of a report: entries, or members who owed (N-D1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Sum

from dues.ledger.models import DuesAccount
from dues.ledger.rules.standing import NOTHING
from members.people.models import Member
from registry.access import Actor

from ..enums import Figure
from .asked import Asked, entries_behind
from .debts import debtors


@dataclass(frozen=True)
class Line:
    """A line behind a figure; `member` is None if the actor does not see them now."""

    amount: Decimal
    member: Member | None
    #: The entry; None for a debt.
    entry: Any = None


@dataclass(frozen=True)
class Lines:
    """All lines behind a figure: their number, and their sum, which is the figure."""

    figure: str
    asked: Asked
    actor: Actor

    def total(self) -> tuple[int, Decimal]:
        """Return the number of the lines and their sum."""
        if self.figure == Figure.OWED:
            return len(self._debtors), sum((owed for _account, owed in self._debtors), NOTHING)
        sums = self._entries().aggregate(count=Count("pk"), amount=Sum("amount"))
        return sums["count"], sums["amount"] or NOTHING

    def part(self, start: int, stop: int) -> list[Line]:
        """Return a slice of the lines: the latest entries first, the largest debts first."""
        if self.figure == Figure.OWED:
            owed = self._debtors[start:stop]
            accounts = DuesAccount.objects.visible_to(self.actor).filter(pk__in=[pk for pk, _owed in owed])
            whose = dict(accounts.values_list("pk", "member"))
            known = self._members(whose.values())
            return [Line(amount, known.get(whose.get(pk))) for pk, amount in owed]
        entries = self._entries().select_related("account", "contribution").order_by("-made_on", "-pk")
        found = list(entries[start:stop])
        known = self._members(entry.member_id for entry in found)
        return [Line(entry.amount, known.get(entry.member_id), entry) for entry in found]

    @cached_property
    def _debtors(self) -> list[tuple[int, Decimal]]:
        # Their number and sum cost as much as all of them.
        return debtors(self.asked, self.actor)

    def _entries(self) -> Any:
        return entries_behind(self.figure, self.asked, self.actor)

    def _members(self, ids: Iterable[int | None]) -> dict[int | None, Member]:
        names = ("surname", "given_name", "patronymic", "unit__short_name")
        members = Member.objects.visible_to(self.actor).filter(pk__in={pk for pk in ids if pk is not None})
        return {member.pk: member for member in members.select_related("unit").only(*names)}
