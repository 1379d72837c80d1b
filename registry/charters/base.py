"""The shape of a charter (устав): levels, fields of the card, passport, terms, rates, wording."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..enums import DataClass, Level

#: Words that every charter says, for papers and screens.
WORDS = frozenset({"federation_full", "member", "members", "of_members", "consent_tick"})

Text = Any  # a str or a lazily translated one


@dataclass(frozen=True)
class Option:
    """One choice of a field: the stored key and its label."""

    key: str
    label: Text


@dataclass(frozen=True)
class Section:
    """A group of fields on a tab of the member's card; field names are those of the models of `members`."""

    key: str
    title: Text
    fields: tuple[str, ...]
    #: Tab of the card: general or questionnaire.
    tab: str = "general"
    #: Readable and writable only to roles with this class of data.
    data_class: DataClass = DataClass.GENERAL


@dataclass(frozen=True)
class PassportTab:
    """A tab of the organisation's passport; `required` of its fields make up completeness."""

    key: str
    title: Text
    fields: tuple[str, ...]
    required: tuple[str, ...] = ()
    #: Levels that have the tab; empty means all.
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A kind of repeated entry on the card (award, training …) with the columns it uses."""

    key: str
    title: Text
    columns: tuple[str, ...]
    data_class: DataClass = DataClass.GENERAL


@dataclass(frozen=True)
class Rate:
    """A starting rate, roubles, valid from a date by a paper (V-D1)."""

    kind: str
    amount: Decimal
    valid_from: str
    paper: str


@dataclass(frozen=True)
class Admission:
    """What belongs to an application before the body decides on it (V-A1 to V-A4); papers are keys of `CopyKind`."""

    papers: tuple[str, ...] = ("application",)
    #: Categories that are members for the sake of somebody else → their papers.
    representing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Papers that are wanted too, and may come after the decision.
    later: tuple[str, ...] = ()
    #: The consent is signed with the application, not after the admission.
    consent: bool = False
    #: What the applicant is acquainted with; nothing where that is not recorded.
    statutes: tuple[Text, ...] = ()
    #: The address decides which organisation the application goes to.
    by_address: bool = False


@dataclass(frozen=True)
class Charter:
    """What one federation's charter says; everything else asks it and never asks which federation it is in."""

    key: str
    title: Text
    #: Title of each level, for the screen, such as «primary cell».
    levels: Mapping[Level, Text]
    #: Level that keeps the member cards (V-H1, U-H1).
    keeper: Level
    #: Level of the cells below the keeper, where there are such.
    cell: Level | None
    sections: tuple[Section, ...]
    #: Fields of the card without which it is not complete (marked with an asterisk, U-5a).
    required: frozenset[str]
    #: Options of a field where the charter offers other ones than the field has.
    options: Mapping[str, tuple[str, ...]]
    entries: tuple[Entry, ...]
    passport: tuple[PassportTab, ...]
    minimum_age: int
    #: Codes of the paper forms, in the order of the menu.
    forms: tuple[str, ...]
    #: Steps of a chair at the beginning (U-1 … U-11), keys that `registry.tasks` knows.
    steps: tuple[str, ...]
    rates: tuple[Rate, ...]
    #: Terms in days or as (month, day).
    terms: Mapping[str, Any]
    #: Russian wording for papers and screens where the federations speak differently.
    wording: Mapping[str, str] = field(default_factory=dict)
    #: Labels of fields where the federation's own word differs from the model's.
    labels: Mapping[str, Text] = field(default_factory=dict)
    #: Required fields that people of a category have nothing to say to: category → fields.
    excused: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: Required fields that another field may answer: field → those that will do as well.
    stand_ins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Years that the erasing of a sealed card, or of an application that led to nothing, waits (practice 7.5).
    retention_years: int = 3
    #: Tables of a paper card that is continued line by line → rows that a new one has (V-B2).
    card_rows: Mapping[str, int] = field(default_factory=dict)
    #: Fields that the paper card does not show: a change of them leaves it true.
    off_card: frozenset[str] = frozenset()
    #: Reasons of leaving without a decision of a body that the screen offers: keys of `members.enums.EndReason`.
    end_reasons: tuple[str, ...] = ("own_wish", "death")
    #: Fields that the year-end reconciliation asks of every person; empty where there is no reconciliation (V-B8).
    reconciled: tuple[str, ...] = ()
    #: Kinds of governing bodies that an organisation may have: keys of `registry.enums.BodyKind`.
    bodies: tuple[str, ...] = ("committee", "presidium", "audit", "commission")
    #: How a member changes his organisation: by a «code» on his paper card, or by a «request» that both sides settle.
    transfer: str = "request"
    admission: Admission = field(default_factory=Admission)
    #: The organisation that keeps the cards gives every member a numbered ticket (V-B3).
    gives_tickets: bool = False

    def __post_init__(self) -> None:
        """A charter that lacks something is found when it is read, not by whoever opens the page that needs it."""
        places = {Level.FEDERAL, self.keeper, *([self.cell] if self.cell else [])}
        lacking = {
            "wording": WORDS - self.wording.keys(),
            "levels": {str(level) for level in places - self.levels.keys()},
            "fields": self.required - set(self.fields),
        }
        said = [f"{name}: {', '.join(sorted(what))}" for name, what in lacking.items() if what]
        if said:
            raise ValueError(f"The charter «{self.key}» lacks {'; '.join(said)}.")

    @property
    def consent(self) -> dict[str, Any]:
        """The first version of the consent's wording; later ones are records that an administrator makes."""
        places = [Path(place) / "consents" / f"{self.key}.json" for place in sys.modules[__package__].__path__]
        path = next((path for path in places if path.exists()), places[0])
        wording: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return wording

    @property
    def charges_dues(self) -> bool:
        """Are dues charged by rates in roubles, or only received as a percent of pay (V-D1, U-D1)?"""
        return any(rate.kind != "percent" for rate in self.rates)

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields that the card offers, in order."""
        return tuple(name for section in self.sections for name in section.fields)

    def passport_tabs(self, level: str) -> list[PassportTab]:
        """Tabs of the passport for an organisation of the level."""
        return [tab for tab in self.passport if not tab.levels or Level(level) in tab.levels]

    def changed(self, values: Mapping[str, Any]) -> "Charter":
        """The charter with an administrator's values: required, minimum_age, retention_years, labels, wording."""
        if not values:
            return self
        allowed: dict[str, Any] = {}
        if "required" in values:
            allowed["required"] = frozenset(values["required"]) & frozenset(self.fields)
        for name in ("minimum_age", "retention_years"):
            if name in values:
                allowed[name] = int(values[name])
        for name in ("labels", "wording"):
            if name in values:
                allowed[name] = {**getattr(self, name), **values[name]}
        return replace(self, **allowed)
