"""Columns of the member list: the charter's columns, the account's choice, and the contents of their cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from documents.consents.enums import ConsentPurpose
from documents.consents.queries import latest, state_for
from documents.ecards.enums import CARD_STATUS_TONES, CardStatus
from documents.ecards.prepared import status_expression
from dues.ledger.queries.showing import standing_pill
from registry.access import Actor
from registry.checks import format_phone, format_snils
from registry.days import day_text, whole_years
from registry.enums import DataClass, Permission
from registry.organizations.models import Organization

from .enums import CONSENT_TONES, ConsentState
from .models import Member, MemberQuerySet
from .rules.fields import class_of, label_of, place_of

SCREEN = "members"
#: Maximum number of columns beside the name that remain readable.
MAX_COLUMNS = 8


@dataclass(frozen=True)
class Cell:
    """The text of a cell, and the tone of the pill around it, if any.

    `value` is used in files and papers if it differs: a date, a number, or words instead of a sign.
    """

    text: str
    tone: str | None = None
    value: Any = None

    @property
    def in_file(self) -> Any:
        """The value in a workbook, where dates and numbers can be sorted."""
        return self.text if self.value is None else self.value

    @property
    def on_paper(self) -> str:
        return self.value if isinstance(self.value, str) else self.text


@dataclass(frozen=True)
class Column:
    """A column of the list; `reads` are the fields it shows if not the one of its key."""

    key: str
    label: Any
    show: Callable[[Member], Cell]
    reads: tuple[str, ...] = ()
    #: Expressions shown by the column besides fields of the card, by name.
    annotations: Mapping[str, Any] = field(default_factory=dict)


def cells_by_member(
    ids: Sequence[int], columns: Sequence[Column], members: MemberQuerySet
) -> Iterator[tuple[Member, list[Cell]]]:
    """Yield the registered members with their cells, in the order of `ids`; reads only the shown columns."""
    fields = read_fields(columns)
    related = {name.partition("__")[0] for name in fields if "__" in name}
    annotations = {name: value for column in columns for name, value in column.annotations.items()}
    found = members.registered().select_related(*related).only(*fields).annotate(**annotations).in_bulk(list(ids))
    for member in (found[pk] for pk in ids if pk in found):
        yield member, [column.show(member) for column in columns]


def read_fields(columns: Iterable[Column]) -> set[str]:
    """Return the fields of cards that the columns and the name need."""
    return {"surname", "given_name", "patronymic"}.union(*(column.reads or (column.key,) for column in columns))


def _date(value: Any) -> str:
    return day_text(value)


def _joined(member: Member) -> Cell:
    if member.joined_on and member.joined_year_only:
        return Cell(str(member.joined_on.year), value=member.joined_on.year)
    return Cell(_date(member.joined_on), value=member.joined_on)


def _age(member: Member) -> Cell:
    if member.birth_date is None:
        return Cell("")
    years = whole_years(member.birth_date, timezone.localdate())
    return Cell(str(years), value=years)


def _phones(numbers: str) -> str:
    return ", ".join(format_phone(number.strip()) for number in numbers.split(","))


#: Sign of a regular state; only other states are shown in words.
_FINE = "✓"


#: States of a consent in words that fit into one line of the list.
_SHORT = {ConsentState.PRINTED: pgettext_lazy("consent", "to be signed")}


def _consent(member: Member) -> Cell:
    state = ConsentState(member.consent_state)
    tone, words = CONSENT_TONES[state], member.get_consent_state_display()
    return Cell(_FINE, value=words) if tone == "ok" else Cell(str(_SHORT.get(state, words)), tone, value=words)


def _missing(member: Member) -> Cell:
    if member.missing:
        return Cell(_("missing: %(count)s") % {"count": member.missing}, "warn")
    return Cell(_FINE, value=_("complete"))


def _reprint(member: Member) -> Cell:
    return Cell(_("print again"), "warn") if member.reprint else Cell("")


def _electronic_card(member: Any) -> Cell:
    status = CardStatus(member.electronic_card)
    return Cell(str(status.label), CARD_STATUS_TONES[status] or None)


def _dues(member: Member) -> Cell:
    text, tone = standing_pill(getattr(member, "dues", None), timezone.localdate())
    return Cell(text, None if tone == "ok" else tone)


def _plain(name: str) -> Callable[[Member], Cell]:
    def show(member: Member) -> Cell:
        value = getattr(member, f"get_{name}_display", lambda: getattr(member, name))()
        if value is None or isinstance(value, str):
            return Cell(value or "")
        return Cell(_date(value) if hasattr(value, "year") else str(value), value=_number_or_day(value))

    return show


def _number_or_day(value: Any) -> Any:
    return value if isinstance(value, int | Decimal | dt.date) and not isinstance(value, bool) else None


_OWN: dict[str, Callable[[Member], Cell]] = {
    "joined_on": _joined,
    "snils": lambda member: Cell(format_snils(member.snils)),
    "phone_mobile": lambda member: Cell(_phones(member.phone_mobile)),
    "phone_home": lambda member: Cell(_phones(member.phone_home)),
    "cell": lambda member: Cell(member.cell.short_name if member.cell else ""),
}
_READS = {"joined_on": ("joined_on", "joined_year_only"), "cell": ("cell__short_name",)}
#: Fields that are not columns: parts of the name, flags, and details that only papers need.
_NO_COLUMNS = {"surname", "given_name", "patronymic", "no_patronymic", "joined_year_only", "postcode", "house", "flat"}
_DUES = ("dues__unpaid", "dues__unpaid_since", "dues__paid_to")
_USUAL = ("birth_date", "ticket_number", "cell", "position")


def offered(actor: Actor) -> list[Column]:
    """Return the columns that the actor may choose, in the order of the card; only general data is listed."""
    own = actor.organization
    if own is None or not actor.reads(DataClass.GENERAL):
        return []
    charter = own.charter
    columns = []
    if not own.keeps_cards and own.level != charter.cell:
        columns.append(
            Column(
                "unit",
                gettext_lazy("organisation"),
                lambda m: Cell(m.organization.short_name if m.organization else ""),
                reads=("organization__short_name",),
            )
        )
    for name in charter.fields:
        if name in _NO_COLUMNS or place_of(name) != "member" or class_of(name) != DataClass.GENERAL:
            continue
        label = label_of(name, charter)
        columns.append(Column(name, label, _OWN.get(name, _plain(name)), _READS.get(name, ())))
        if name == "birth_date":
            columns.append(Column("age", gettext_lazy("age"), _age, reads=("birth_date",)))
    columns.append(Column("consent_state", gettext_lazy("consent"), _consent))
    columns.append(Column("missing", gettext_lazy("card"), _missing))
    columns.append(Column("reprint", gettext_lazy("paper card"), _reprint))
    if charter.electronic_cards is not None:
        shown = {"electronic_card": status_expression()}
        label = gettext_lazy("electronic card")
        columns.append(Column("electronic_card", label, _electronic_card, ("id",), annotations=shown))
    if charter.charges_dues and actor.may(Permission.VIEW_DUES) and actor.reads(DataClass.MONEY):
        columns.append(Column("dues", gettext_lazy("dues"), _dues, reads=_DUES))
    return columns


def _day_cell(day: dt.date | None) -> Cell:
    return Cell(day_text(day), value=day) if day is not None else Cell("—", value="")


def _about_consent(purpose: str) -> tuple[Column, ...]:
    """Return the columns of the consent for the purpose: its state, the day of printing, the day of signing."""
    key = "consent" if purpose == ConsentPurpose.PROCESSING else purpose
    in_state, printed, signed = f"{key}_now", f"{key}_printed_at", f"{key}_signed_on"

    def state(member: Member) -> Cell:
        now = ConsentState(getattr(member, in_state))
        return Cell(str(now.label), CONSENT_TONES[now])

    def printed_on(member: Member) -> Cell:
        moment = getattr(member, printed)
        return _day_cell(timezone.localtime(moment).date() if moment is not None else None)

    of_state = F("consent_state") if purpose == ConsentPurpose.PROCESSING else state_for(purpose)
    return (
        Column(key, gettext_lazy("Consent"), state, ("id",), annotations={in_state: of_state}),
        Column(
            f"{key}_printed", gettext_lazy("Printed"), printed_on, ("id",),
            annotations={printed: latest("printed_at", purpose)},
        ),
        Column(
            f"{key}_signed", gettext_lazy("Signed on"), lambda member: _day_cell(getattr(member, signed)), ("id",),
            annotations={signed: latest("signed_on", purpose)},
        ),
    )  # fmt: skip


#: Columns of the register of consents, by purpose.
_CONSENT = {str(purpose): _about_consent(purpose) for purpose in ConsentPurpose}
_PLACE = gettext_lazy("Organisation or cell")
_UNIT = Column("consent_unit", _PLACE, lambda m: Cell(m.unit.short_name if m.unit else ""), ("unit__short_name",))
_KEEPER = Column(
    "consent_keeper",
    _PLACE,
    lambda m: Cell(m.organization.short_name if m.organization else ""),
    ("organization__short_name",),
)


def of_consents(place: Organization, purpose: str) -> list[Column]:
    """Return the columns of the register of consents; superiors also need the keeper of a cell."""
    wide = not place.keeps_cards and place.level != place.charter.cell
    return [_KEEPER if wide else _UNIT, *_CONSENT[purpose]]


def with_keys(keys: Iterable[str], actor: Actor) -> list[Column]:
    """Return the columns with these keys that the actor may see, in the order of the keys."""
    general = (_UNIT, _KEEPER, *chain.from_iterable(_CONSENT.values())) if actor.reads(DataClass.GENERAL) else ()
    known = {column.key: column for column in (*offered(actor), *general)}
    return [known[key] for key in keys if key in known]


def chosen(actor: Actor) -> list[Column]:
    """Return the account's columns in the order of the card, or the default columns."""
    columns = offered(actor)
    kept = actor.account.preferences.get(f"{SCREEN}.columns") if actor.account is not None else None
    if isinstance(kept, list):
        return [column for column in columns if column.key in kept][:MAX_COLUMNS]
    wanted = {"unit", *_USUAL, "consent_state", "missing", "dues"}
    if any(column.key == "unit" for column in columns):
        wanted.discard("ticket_number")
    return [column for column in columns if column.key in wanted][:MAX_COLUMNS]
