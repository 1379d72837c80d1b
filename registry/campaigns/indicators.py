"""Indicators: the figures of report forms that the registry counts under a charter (N-S3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from documents.tickets.enums import BlankKind
from registry.access import Actor
from registry.charters.base import Charter
from registry.enums import DataClass, Level
from registry.organizations.models import OrganizationPassport
from registry.statistics.columns import AGE, NOT_GIVEN, REPRESENTING, YOUNG, Dimension, offered
from registry.statistics.counting import CAME, LEFT
from registry.statistics.exports import reason_name

from .enums import Unit

UNDER_35 = f"under{YOUNG}"
#: Numbers of the passport that can be added up.
PASSPORT = ("employees", "teachers", "young", "students")


@dataclass(frozen=True)
class Indicator:
    """A figure that the registry counts: for the last day of the period, or over the whole of it.

    `group` is the heading of its list; `label` is readable without it.
    """

    key: str
    group: str
    label: str
    unit: Unit = Unit.PEOPLE
    data_class: DataClass = DataClass.GENERAL
    of_period: bool = False

    @property
    def of_health(self) -> bool:
        return self.data_class == DataClass.HEALTH


def dimensions_of(charter: Charter) -> dict[str, Dimension]:
    """Return the fields of the card by which members are counted under the charter, by key."""
    return offered(Actor.system("reports"), charter)


def indicators_for(charter: Charter) -> dict[str, Indicator]:
    """Return the indicators of the charter by key, in the order of a list, with their labels in the present language.

    A key is «members.end», «members.<field>.<value>», «came», «left.<reason>» and the like; fields and values are those
    of the card. Values out of use are included, because cards may still have them.
    """
    found = (*_members(charter), *_movement(charter), *_organizations(charter), *_records(charter))
    return {one.key: one for one in found}


def _members(charter: Charter) -> Iterator[Indicator]:
    group = _("Members")
    yield Indicator("members.begin", group, _("members before the period"))
    yield Indicator("members.end", group, _("members at the end of the period"))
    if set(REPRESENTING) & set(charter.options.get("category", ())):
        yield Indicator("members.representatives", group, _("representatives of disabled people"))
    yield Indicator("members.gone", group, _("members whose card is destroyed"))
    for one in dimensions_of(charter).values():
        heading = str(capfirst(str(one.label)))
        for value in (*one.values, NOT_GIVEN):
            key = f"members.{one.key}.{value}"
            yield Indicator(key, heading, _named(heading, one.label_of(value)), data_class=one.data_class)
        if one.key == AGE:
            yield Indicator(f"members.{AGE}.{UNDER_35}", heading, _named(heading, _("under 35")))


def _named(group: str, value: str) -> str:
    return _("%(group)s: %(value)s") % {"group": group, "value": value}


def _movement(charter: Charter) -> Iterator[Indicator]:
    came, left = _("Came"), _("Left")
    yield Indicator("came", came, _("came in the period"), of_period=True)
    for reason in CAME:
        yield Indicator(f"came.{reason}", came, _named(came, reason_name("came", reason)), of_period=True)
    yield Indicator("left", left, _("left in the period"), of_period=True)
    for reason in LEFT:
        yield Indicator(f"left.{reason}", left, _named(left, reason_name("left", reason)), of_period=True)


def _organizations(charter: Charter) -> Iterator[Indicator]:
    group = _("Organisations")
    yield Indicator("organizations", group, _("working organisations"), Unit.ORGANIZATIONS)
    for level in Level:
        if level in charter.levels:
            label = _named(_("Working organisations"), str(charter.levels[level]))
            yield Indicator(f"organizations.{level}", group, label, Unit.ORGANIZATIONS)
    of_passport = {name for tab in charter.passport for name in tab.fields}
    for name in PASSPORT:
        if name in of_passport:
            label = str(OrganizationPassport._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            yield Indicator(f"passport.{name}", _("Passports of organisations"), label)


def _records(charter: Charter) -> Iterator[Indicator]:
    group, money = _("Work of the organisation"), _("Dues")
    yield Indicator("consents.signed", group, _("members whose consent is signed"))
    yield Indicator("meetings", group, _("meetings held in the period"), Unit.PIECES, of_period=True)
    if BlankKind.TICKET in charter.blanks:
        yield Indicator("tickets.issued", group, _("tickets issued in the period"), Unit.PIECES, of_period=True)
        yield Indicator("tickets.stock", group, _("tickets in stock at the end of the period"), Unit.PIECES)
    if charter.electronic_cards is not None:
        label = _("electronic cards handed out in the period")
        yield Indicator("ecards.handed_out", group, label, Unit.PIECES, of_period=True)
    for key, label, of_period in (
        ("dues.charged", _("dues charged in the period"), True),
        ("dues.paid", _("dues paid in the period"), True),
        ("dues.owed", _("dues owed at the end of the period"), False),
    ):
        yield Indicator(key, money, label, Unit.ROUBLES, DataClass.MONEY, of_period)
