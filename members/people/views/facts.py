"""The charter's sections as labelled texts for the panels of a card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registry.access import Actor
from registry.charters.base import Charter, Section
from registry.components.facts import contact
from registry.enums import DataClass

from ..models import Member
from ..queries.history import CLOSED
from ..queries.showing import birth_in_words, in_words, joined_in_words
from ..rules.fields import label_of
from ..rules.person import outlived_at

#: Fields of the registered address, shown as one line.
_ADDRESS = ("region", "postcode", "city", "street", "house", "flat")
#: Fields by which a person is called or written to, from a telephone by one touch.
_REACHED = {"phone_mobile", "phone_home", "email"}
#: Fields shown in the head of the card or by another fact.
_TOLD_ELSEWHERE = {"surname", "given_name", "patronymic", "joined_year_only"}


@dataclass(frozen=True)
class Fact:
    """One line: label and text; `wanted` if it is required and empty."""

    label: str
    text: str
    wanted: bool = False


@dataclass
class Box:
    """A section of the card: open, closed until requested, or refused for this role."""

    section: Section
    facts: list[Fact] = field(default_factory=list)
    closed: bool = False
    refused: bool = False
    #: Advice about the section, for readers of its class.
    note: str = ""

    @property
    def part(self) -> str:
        """Return the data class that the button «Show» opens."""
        return str(self.section.data_class)


def boxes(
    member: Member,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    charter: Charter,
    tab: str,
    opened: Iterable[DataClass],
    missing: Iterable[str],
    today: dt.date,
) -> list[Box]:
    """Return the sections of the tab in the charter's order."""
    found = []
    for section in charter.sections:
        if section.tab != tab:
            continue
        box = Box(section, refused=not actor.reads(section.data_class))
        box.closed = not box.refused and section.data_class in CLOSED and section.data_class not in opened
        if not (box.refused or box.closed):
            box.facts = list(_facts(member, section, values, charter, set(missing), today))
        if not box.refused and "paper_issued_on" in section.fields:
            box.note = _advice(values, today)
        found.append(box)
    return found


def _advice(values: Mapping[str, Any], today: dt.date) -> str:
    age = outlived_at(values, today)
    text = _("The passport should have been replaced at the age of %(age)s. Ask the person for the new one.")
    return "" if age is None else text % {"age": age}


def _facts(
    member: Member, section: Section, values: Mapping[str, Any], charter: Charter, missing: set[str], today: dt.date
) -> Iterable[Fact]:
    address_told = False
    for name in section.fields:
        if name in _TOLD_ELSEWHERE and name not in missing:
            continue
        if name in _ADDRESS:
            if not address_told:
                address_told = True
                yield from _address(member, charter, missing)
            continue
        if name == "no_patronymic":
            if values.get(name):
                yield Fact(str(capfirst(str(label_of("patronymic", charter)))), _("none"))
            continue
        text = _text(name, values, charter, member, today)
        if text and name in _REACHED:
            text = contact(text)
        if text or name in missing:
            yield Fact(capfirst(str(label_of(name, charter))), text, wanted=name in missing)


def _address(member: Member, charter: Charter, missing: set[str]) -> Iterable[Fact]:
    lacking = [name for name in _ADDRESS if name in missing]
    if member.address or lacking:
        yield Fact(_("Address"), member.address, wanted=bool(lacking) and not member.address)
    if member.address:
        yield from (Fact(capfirst(str(label_of(name, charter))), "", wanted=True) for name in lacking)


def _text(name: str, values: Mapping[str, Any], charter: Charter, member: Member, today: dt.date) -> str:
    value = values.get(name)
    if name == "birth_date":
        return birth_in_words(value, today)
    if name == "joined_on":
        return joined_in_words(values)
    if value is False:
        return ""
    cells = {member.cell_id: member.cell.short_name} if member.cell and member.cell_id else None
    return in_words(name, value, charter, cells=cells)


def facts_of_section(
    card: Member, section: Section, values: Mapping[str, Any], charter: Charter, today: dt.date
) -> list[Fact]:
    """Return one section as facts for a represented person, who has no card."""
    return list(_facts(card, section, values, charter, set(), today))
