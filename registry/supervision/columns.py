"""Columns of the overview: their labels, bars, and the lists behind their figures (N-S1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.access import Actor
from registry.charters.base import Charter
from registry.enums import DataClass, Permission
from registry.organizations.models import Organization

from .queries.overview import own_figures

Label = str | Promise


@dataclass(frozen=True)
class Column:
    """One figure of each row; `of` is the figure that it is part of, drawn as a bar."""

    key: str
    label: Label
    of: str = ""
    is_money: bool = False
    #: Filter of the member list for the people behind the figure.
    people: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The stored figures that add up to this one."""
        return _DERIVED.get(self.key, (self.key,))

    def value(self, sums: Mapping[str, Any]) -> Decimal | int:
        """Return the figure."""
        found: Decimal | int = sums.get(self.key, 0)
        return found

    def share(self, sums: Mapping[str, Any]) -> int | None:
        """Return the figure's percentage of the whole, rounded down, at most 100; None without a whole."""
        whole = sums.get(self.of, 0) if self.of else 0
        return min(int(100 * self.value(sums) / whole), 100) if whole else None


@dataclass(frozen=True)
class Topic:
    """Columns shown together, with the permission that they need."""

    key: str
    label: Label
    columns: tuple[Column, ...]
    permission: Permission = Permission.VIEW_FIGURES


#: Derived figures, and the figures that they derive from.
_DERIVED = {
    "complete": ("members", "incomplete"),
    "passport_incomplete": ("organizations", "passport_complete"),
    "reconciliations": ("reconciliation_sent", "reconciliation_due"),
}
_PEOPLE = Topic(
    "people",
    _("People"),
    (
        Column("organizations", _("organisations")),
        Column("members", _("on account")),
        Column("came", _("registered this year")),
        Column("left", _("left this year")),
        Column("in_transit", _("in transit")),
        Column("applications", _("applications not decided")),
    ),
)
_PAPERS = Topic(
    "papers",
    _("Cards and consents"),
    (
        Column("members", _("on account")),
        Column("complete", _("cards complete"), of="members", people="complete=yes"),
        Column("incomplete", _("cards not complete"), people="complete=no"),
        Column("consents_signed", _("consents signed"), of="members", people="consent=signed"),
        Column("consents_printed", _("consents printed, not signed"), people="consent=printed"),
        Column("passport_complete", _("passports of organisations complete"), of="organizations"),
        Column("passport_incomplete", _("passports of organisations not complete")),
    ),
)
_DUES = Topic(
    "dues",
    _("Dues"),
    (
        Column("charged", _("charged this year, roubles"), is_money=True),
        Column("paid", _("paid this year, roubles"), of="charged", is_money=True),
        Column("owed", _("arrears, roubles"), is_money=True),
        Column("debtors", _("members in arrears"), of="members", people="dues=arrears"),
    ),
)
_TICKETS = (
    Column("tickets_in_stock", _("tickets in stock")),
    Column("without_ticket", _("members without a ticket"), people="ticket=no"),
)
_CARDS = tuple(
    Column(f"card_{status}", label, of="members" if status == "issued" else "", people=f"electronic_card={status}")
    for status, label in (
        ("issued", _("cards handed out")),
        ("here", _("cards to be handed out")),
        ("above", _("cards at the superior organisation")),
        ("production", _("cards being made")),
        ("ordered", _("cards in an order")),
        ("none", _("cards not ordered")),
    )
)
_WORK = (
    Column("tasks_overdue", _("overdue tasks")),
    Column("without_chair", _("without a chair"), of="organizations"),
    Column("chair_away", _("chair has not signed in for 30 days"), of="organizations"),
)
_RECONCILIATION = Column("reconciliation_sent", _("reconciliations sent"), of="reconciliations")


def topics_for(actor: Actor, charter: Charter) -> list[Topic]:
    """Return the topics of the charter that the actor may see."""
    found = [_PEOPLE, _PAPERS]
    if charter.charges_dues and actor.reads(DataClass.MONEY):
        found.append(_DUES)
    tickets = (_TICKETS if "ticket" in charter.blanks else ()) + (_CARDS if charter.electronic_cards else ())
    if tickets:
        found.append(Topic("tickets", _("Tickets and cards"), tickets))
    work = (*_WORK, *([_RECONCILIATION] if charter.cell is not None else []))
    found.append(Topic("work", _("Work of the chairs"), work))
    return [topic for topic in found if actor.may(topic.permission)]


def with_derived(sums: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sums with the derived figures."""
    return {
        **sums,
        "complete": sums.get("members", 0) - sums.get("incomplete", 0),
        "passport_incomplete": sums.get("organizations", 0) - sums.get("passport_complete", 0),
        "reconciliations": sums.get("reconciliation_sent", 0) + sums.get("reconciliation_due", 0),
    }


def behind_figure(at: Organization, actor: Actor, key: str) -> tuple[Topic, Column, dict[int, Decimal | int]] | None:
    """Return the figure's topic and column, and the organisations of the subtree that have it, by id.

    None if there is no such figure, or the actor may not see it.
    """
    for topic in topics_for(actor, at.charter):
        for column in topic.columns:
            if column.key == key:
                found = own_figures(at, actor, column.parts)
                values = {place: column.value(with_derived(sums)) for place, sums in found.items()}
                return topic, column, {place: value for place, value in values.items() if value}
    return None
