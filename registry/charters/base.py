"""The structure of a charter (устав): levels, fields of the card, passport, terms, rates, wording."""

import datetime as dt
import json
import re
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..enums import DataClass, Level
from .texts import read_clauses

#: Keys of `wording` that every charter must define.
WORDS = frozenset({"federation_full", "as_member", "member", "members", "of_member", "of_members", "consent_tick"})

#: Terms of the charter, as numbers, that an administrator may change.
CHANGEABLE_TERMS = (
    "after_decision_days", "appeal_months", "transfer_working_days", "hand_in_days", "identify_days",
    "exclude_after_months", "appeal_decision_days",
)  # fmt: skip

#: Fields of the card that rules, papers and lists rely on: they are always offered.
ALWAYS_OFFERED = frozenset(
    {
        "surname", "given_name", "patronymic", "no_patronymic", "sex", "birth_date", "citizenship", "category",
        "region", "postcode", "city", "street", "house", "flat", "residence", "workplace", "joined_on",
        "joined_year_only", "ticket_number", "cell", "registered_on", "minutes_number", "minutes_date",
    }
)  # fmt: skip

#: Name of the reference list of reasons for leaving; other lists have the names of their fields.
END_REASONS = "end_reasons"

#: Key of the recipient of members' data that produces the electronic cards.
CARD_PRODUCER = "card_producer"

#: Part of a rule's id after its group: the number, possibly with a letter.
_NUMBER = re.compile(r"\d+[a-z]?$")

Text = Any  # a str or a lazily translated one


@dataclass(frozen=True)
class Option:
    """One choice of a field: the stored key and its label."""

    key: str
    label: Text


@dataclass(frozen=True)
class Section:
    """A group of fields on a tab of the member's card; field names come from the models of `members`."""

    key: str
    title: Text
    fields: tuple[str, ...]
    #: Tab of the card: general or questionnaire.
    tab: str = "general"
    #: Only roles with this class of data may read and change the section.
    data_class: DataClass = DataClass.GENERAL


@dataclass(frozen=True)
class PassportTab:
    """A tab of the organisation's passport; completeness counts its `required` fields."""

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
    """A starting rate in roubles (or percent), valid from a date, with the paper that sets it (V-D1)."""

    kind: str
    amount: Decimal
    valid_from: str
    paper: str


@dataclass(frozen=True)
class Recipient:
    """An external recipient of members' data, which needs a separate consent (practice 7.2).

    An administrator enters the name and address that the consent states.
    """

    key: str
    title: Text
    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class Admission:
    """Requirements that an application meets before the body decides on it (V-A1 to V-A4); papers are keys of
    `CopyKind`.
    """

    papers: tuple[str, ...] = ("application",)
    #: Categories of members who represent another person → their papers.
    representing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Papers that are also required but may follow after the decision.
    later: tuple[str, ...] = ()
    #: Whether the consent is signed with the application instead of after the admission.
    consent: bool = False
    #: Documents that the applicant confirms to have read; empty if this is not recorded.
    statutes: tuple[Text, ...] = ()
    #: Whether the address decides which organisation receives the application.
    by_address: bool = False


@dataclass(frozen=True)
class ElectronicCards:
    """Settings of a federation's electronic cards (U-8 to U-10)."""

    #: Whether the federation prints the cards itself, from its own range of numbers.
    printed_here: bool = False
    #: Days of the month on which orders are processed; an order before `cutoff` is processed on the same day (Q7).
    processing_days: tuple[int, ...] = (1, 15)
    #: Time and time zone of the cut-off.
    cutoff: dt.time = dt.time(12)
    cutoff_zone: str = "Europe/Moscow"
    #: Calendar days after processing within which the cards are sent (U-9).
    ship_days: int = 14
    #: First and last number of the federation's own range, without check digit; None if the producer assigns numbers.
    range: tuple[int, int] | None = None


@dataclass(frozen=True)
class Charter:
    """The charter of one federation. Other code asks the charter and never checks which federation it is."""

    key: str
    title: Text
    #: Title of each level as shown on screens, such as «primary cell».
    levels: Mapping[Level, Text]
    #: Title of all organisations of a level below the head, such as «primary cells».
    levels_together: Mapping[Level, Text]
    #: Level that keeps the member cards (V-H1, U-H1).
    keeper: Level
    #: Level of the cells below the keeper, or None where there are no cells.
    cell: Level | None
    sections: tuple[Section, ...]
    #: Fields without which a card is incomplete (marked with an asterisk, U-5a).
    required: frozenset[str]
    #: Field → its choices: the reference lists whose values an administrator may put out of use.
    options: Mapping[str, tuple[str, ...]]
    entries: tuple[Entry, ...]
    passport: tuple[PassportTab, ...]
    minimum_age: int
    #: Codes of the paper forms, in the order of the menu.
    forms: tuple[str, ...]
    #: Keys of a new chair's first steps (U-1 … U-11), defined in `registry.start.steps`.
    steps: tuple[str, ...]
    rates: tuple[Rate, ...]
    #: Terms in days or as (month, day).
    terms: Mapping[str, Any]
    #: Codes of the papers about an organisation that keeps cards, in the order of the menu.
    organization_papers: tuple[str, ...] = ()
    #: Russian wording of papers and screens that differs between federations.
    wording: Mapping[str, str] = field(default_factory=dict)
    #: Field → its label, where the federation's term differs from the model's.
    labels: Mapping[str, Text] = field(default_factory=dict)
    #: Category → fields that are not required for its members.
    excused: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: Field → the categories of members that have it; other fields are for everybody.
    only_for: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: Required field → fields that may be filled in instead.
    stand_ins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Years after which a sealed card, or an application without result, is erased (practice 7.5).
    retention_years: int = 3
    #: Tables of the paper card → number of rows on a new card; further rows are printed on an inset leaf (V-B6).
    card_rows: Mapping[str, int] = field(default_factory=dict)
    #: Whether new lines are printed onto the existing paper card, so that every table keeps an empty row (V-B2).
    card_continued: bool = False
    #: Fields that are not on the paper card, so changing them does not make it outdated.
    off_card: frozenset[str] = frozenset()
    #: Reasons for leaving without a decision of a body: keys of `members.enums.EndReason`.
    end_reasons: tuple[str, ...] = ("own_wish", "death")
    #: Fields that the year-end reconciliation compares; empty if there is no reconciliation (V-B8).
    reconciled: tuple[str, ...] = ()
    #: Kinds of governing bodies that an organisation may have: keys of `registry.organizations.enums.BodyKind`.
    bodies: tuple[str, ...] = ("committee", "presidium", "audit", "commission")
    #: Those of the bodies in which people who are not members can sit too.
    bodies_of_others: tuple[str, ...] = ("commission",)
    #: How a member changes the organisation: by a «code» on the paper card, or by a «request» that both sides approve.
    transfer: str = "request"
    #: Whether members belong where they work or study, so that a transfer asks for the place again.
    by_workplace: bool = False
    admission: Admission = field(default_factory=Admission)
    #: Purposes with a separate sheet of consent: keys of `documents.consents.enums.ConsentPurpose`.
    consents: tuple[str, ...] = ("processing",)
    #: Recipients of the data of members who consented to the transfer.
    recipients: tuple[Recipient, ...] = ()
    #: Kinds of blanks of strict accountability (keys of `documents.tickets.enums.BlankKind`); empty if papers have no
    #: numbers of their own (V-C1).
    blanks: tuple[str, ...] = ()
    #: Whether blanks must be written off by somebody other than their keeper.
    written_off_by_another: bool = False
    #: Month by the end of which the stock of blanks is counted each year; 0 if no stock-taking is required.
    blanks_counted_in: int = 0
    #: Settings of electronic cards; None if the federation has none (U-8).
    electronic_cards: ElectronicCards | None = None
    #: Website of the bonus programme, where members register; empty if there is no programme (U-11).
    programme_site: str = ""
    #: Name of the programme.
    programme_name: str = ""
    #: Reference list → values that an administrator has put out of use: cards keep them, forms do not offer them.
    out_of_use: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Days off beyond the calendar (False) and days off that are worked (True), as an administrator has entered them.
    moved_days: Mapping[dt.date, bool] = field(default_factory=dict)
    #: Levels whose officers see only counts of what is below them, and no names (N-S1).
    counts_only: frozenset[str] = frozenset()
    #: Levels whose officers give a reason before they open a card kept below them (N-S1).
    reason_to_open: frozenset[str] = frozenset()
    #: Rule or group of rules, such as «V-A» → the federation's document and section, in Russian.
    documents: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise `ValueError` for an incomplete charter at import, rather than on a page that needs the missing part."""
        places = {Level.FEDERAL, self.keeper, *([self.cell] if self.cell else [])}
        lacking = {
            "wording": WORDS - self.wording.keys(),
            "levels": {str(level) for level in places - self.levels.keys()},
            "fields": (self.required | self.only_for.keys()) - {*self.fields},
        }
        missing = [f"{name}: {', '.join(sorted(what))}" for name, what in lacking.items() if what]
        if missing:
            raise ValueError(f"The charter «{self.key}» lacks {'; '.join(missing)}.")

    @property
    def card_producer(self) -> str:
        """Return the name of the producer of cards as used on orders; empty if the federation prints cards itself."""
        return next((one.name or str(one.title) for one in self.recipients if one.key == CARD_PRODUCER), "")

    @property
    def consent(self) -> dict[str, Any]:
        """Return the first version of the wording of the consent to processing."""
        return self.consent_for("processing")

    def consent_for(self, purpose: str) -> dict[str, Any]:
        """Return the first version of the consent's wording; administrators store later versions as records."""
        return {name: value for name, value in self._wording_for(purpose).items() if name != "variants"}

    def consent_variants(self, purpose: str) -> dict[str, dict[str, Any]]:
        """Return complete alternative wordings for administrators by name, such as an earlier form."""
        whole = self._wording_for(purpose)
        return {name: {**self.consent_for(purpose), **changed} for name, changed in whole.get("variants", {}).items()}

    def clauses_of(self, form: str) -> Mapping[str, Mapping[str, str]]:
        """Return the clauses of a paper that administrators can change: name → Russian label and default text.

        They are read from the files in `clauses/`: one for each charter and a common one.
        """
        return read_clauses(self.key).get(form, {})

    @property
    def changeable_texts(self) -> tuple[str, ...]:
        """Return the codes of the papers with clauses that administrators can change."""
        return tuple(read_clauses(self.key))

    def _wording_for(self, purpose: str) -> dict[str, Any]:
        name = f"{self.key}.json" if purpose == "processing" else f"{self.key}.{purpose}.json"
        places = [Path(place) / "consents" / name for place in sys.modules[__package__].__path__]
        path = next((path for path in places if path.exists()), places[0])
        wording: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return wording

    def keeps_cards(self, level: str) -> bool:
        """Return whether organisations of this level keep the member cards (V-H1, U-H1)."""
        return self.keeper == level

    @property
    def levels_above(self) -> tuple[Level, ...]:
        """The levels above the one that keeps the cards, from the top."""
        return tuple(level for level in Level if level in self.levels and level.depth < self.keeper.depth)

    @property
    def pays_percentage(self) -> bool:
        """Return whether members pay a percentage of their pay, which employers deduct (U-D1)."""
        return any(rate.kind == "percent" for rate in self.rates)

    @property
    def transfers_by_request(self) -> bool:
        """Return whether both organisations agree to a transfer; otherwise the member brings a code."""
        return self.transfer == "request"

    @property
    def charges_dues(self) -> bool:
        """Return whether dues are charged at rates in roubles; otherwise they are a percentage of pay (V-D1, U-D1)."""
        return any(rate.kind != "percent" for rate in self.rates)

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of all fields of the card, in order."""
        return tuple(name for section in self.sections for name in section.fields)

    @property
    def optional(self) -> tuple[str, ...]:
        """The fields that an administrator may remove from the card: no rule and no required field needs them."""
        needed = ALWAYS_OFFERED | self.required | {*self.reconciled}
        needed |= {other for others in self.stand_ins.values() for other in others}
        whole = [section for section in self.sections if not any(name in self.required for name in section.fields)]
        free = {name for section in self.sections if section.data_class == DataClass.GENERAL for name in section.fields}
        free |= {name for section in whole for name in section.fields}
        return tuple(name for name in self.fields if name in free and name not in needed)

    @property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """The reference lists by name: fields of the card with their choices, and the reasons for leaving."""
        offered = set(self.fields)
        return {name: keys for name, keys in self.options.items() if name in offered} | {END_REASONS: self.end_reasons}

    def excused_of(self, category: str | None) -> frozenset[str]:
        """Return the fields that a card of this category may lack, including those that do not apply to it."""
        if not category:
            return frozenset()
        foreign = {name for name, categories in self.only_for.items() if category not in categories}
        return self.excused.get(category, frozenset()) | foreign

    def asks_for(self, name: str) -> bool:
        """Return whether a card without the field may be incomplete."""
        return name in self.required or any(name in others for others in self.stand_ins.values())

    def document_of(self, rule: str) -> str:
        """Return the document and section of the rule, in words; empty for a rule without a document."""
        return self.documents.get(rule) or self.documents.get(_NUMBER.sub("", rule), "")

    def passport_tabs(self, level: str) -> list[PassportTab]:
        """Return the passport's tabs for organisations of this level."""
        return [tab for tab in self.passport if not tab.levels or Level(level) in tab.levels]

    def changed(self, values: Mapping[str, Any]) -> "Charter":
        """Return the charter with an administrator's values: fields, lists, ages, terms, labels and wording."""
        if not values:
            return self
        allowed: dict[str, Any] = {}
        if "required" in values:
            allowed["required"] = frozenset(values["required"]) & frozenset(self.fields)
        if hidden := {*values.get("hidden", ())} & {*self.optional}:
            allowed["sections"] = tuple(
                replace(section, fields=tuple(name for name in section.fields if name not in hidden))
                for section in self.sections
            )
            allowed["required"] = allowed.get("required", self.required) - hidden
            allowed["only_for"] = {name: who for name, who in self.only_for.items() if name not in hidden}
        if out := {name: tuple(keys) for name, keys in values.get("out_of_use", {}).items() if keys}:
            allowed["out_of_use"] = out
            allowed["options"] = {name: _without(keys, out.get(name, ())) for name, keys in self.options.items()}
            allowed["end_reasons"] = _without(self.end_reasons, out.get(END_REASONS, ()))
        if terms := {name: int(values[name]) for name in CHANGEABLE_TERMS if name in values and name in self.terms}:
            allowed["terms"] = {**self.terms, **terms}
        if moved := [(day, name) for name in ("days_off", "days_worked") for day in values.get(name, ())]:
            allowed["moved_days"] = {dt.date.fromisoformat(day): name == "days_worked" for day, name in moved}
        if "recipients" in values:
            allowed["recipients"] = tuple(
                replace(one, **values["recipients"].get(one.key, {})) for one in self.recipients
            )
        if self.electronic_cards is not None and values.get("cards_printed_here"):
            own_range = int(values["cards_from"]), int(values["cards_to"])
            allowed["electronic_cards"] = replace(self.electronic_cards, printed_here=True, range=own_range)
            # No external recipient gets the data for cards then.
            named = allowed.get("recipients", self.recipients)
            allowed["recipients"] = tuple(one for one in named if one.key != CARD_PRODUCER)
        if self.programme_site and values.get("programme_site"):
            allowed["programme_site"] = values["programme_site"]
        above = frozenset(self.levels_above)
        kinds: dict[str, Any] = {
            **dict.fromkeys(("minimum_age", "retention_years", "blanks_counted_in"), int), "blanks": tuple,
            "written_off_by_another": bool, **dict.fromkeys(("counts_only", "reason_to_open"), above.intersection),
        }  # fmt: skip
        allowed |= {name: kind(values[name]) for name, kind in kinds.items() if name in values}
        for name in ("labels", "wording"):
            if name in values:
                allowed[name] = {**getattr(self, name), **values[name]}
        return replace(self, **allowed)


def _without(keys: tuple[str, ...], out: Collection[str]) -> tuple[str, ...]:
    return tuple(key for key in keys if key not in out)
