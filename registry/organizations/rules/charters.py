"""Rules for charter values changed by an administrator (U-5a, practice 3.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from documents.tickets.enums import BlankKind
from documents.tickets.models import BlankStock
from registry.charters import Charter
from registry.charters.base import CHANGEABLE_TERMS, END_REASONS
from registry.days import from_iso
from registry.errors import RuleViolation

from ..models import Federation

#: Numbers that an administrator may change, with their bounds.
NUMBERS = {"minimum_age": (0, 99), "retention_years": (1, 75), "blanks_counted_in": (0, 12)}
#: Settings that an administrator can switch on or off.
FLAGS = ("written_off_by_another",)
#: Settings with levels above the one that keeps the cards (N-S1).
LEVELS = ("counts_only", "reason_to_open")
#: Settings with the first and last number of the federation's own range of electronic cards, without check digit; 0 for
#: none.
CARD_RANGE = ("cards_from", "cards_to")
_CARD_NUMBER_LENGTHS = range(7, 19)

#: Lists of exceptions from the calendar: days off and working days.
DAYS = ("days_off", "days_worked")
#: Maximum number of days in each list, and their allowed years.
_MOST_DAYS, _YEARS = 200, range(2000, 2101)
_TERMS = {
    "after_decision_days": (1, 60), "appeal_months": (1, 12), "transfer_working_days": (1, 60), "hand_in_days": (1, 60),
    "identify_days": (1, 60),
    "exclude_after_months": (0, 60), "appeal_decision_days": (1, 180),
}  # fmt: skip

#: Maximum length of the name or address of a recipient of members' data.
LONGEST_RECIPIENT = 250

#: Maximum length of a site's address; longer ones make the QR code too fine for a telephone.
LONGEST_SITE = 100

#: Reasons for leaving that rules depend on: they stay in use.
_NEEDED_REASONS = frozenset({"death", "departure"})

#: Values that an administrator may change → their names on pages and in the journal.
LABELS = {
    "required": _("Required fields of the card"),
    "hidden": _("Fields that the card does not offer"),
    "out_of_use": _("Values of reference lists that are out of use"),
    "recipients": _("Recipients of members' data"),
    "days_off": _("Days off beyond the calendar"),
    "days_worked": _("Days off that are worked"),
    "blanks": _("Blanks of strict accountability"),
    "written_off_by_another": _("The keeper of blanks may not write them off"),
    "blanks_counted_in": _("Month of the stock-taking of blanks, 0 for none"),
    "cards_printed_here": _("The federation prints its electronic cards itself"),
    "cards_from": _("First number of own electronic cards, without the check digit"),
    "cards_to": _("Last number of own electronic cards, without the check digit"),
    "programme_site": _("Site of the bonus programme, as on leaflets"),
    "counts_only": _("Levels that see counts and no names"),
    "reason_to_open": _("Levels that give a reason before they open a card"),
    "minimum_age": _("Minimum age of members, years"),
    "retention_years": _("Years for which closed cards and ended applications are kept"),
    "after_decision_days": _("Days within which a decision is told"),
    "appeal_months": _("Months within which an exclusion can be appealed"),
    "appeal_decision_days": _("Days within which an appeal is decided"),
    "transfer_working_days": _("Working days within which a transfer is answered"),
    "hand_in_days": _("Days within which collected dues are handed in"),
    "identify_days": _("Days within which bank payments are identified"),
    "exclude_after_months": _("Months of arrears after which an exclusion may be proposed for many"),
}


def numbers_of(charter: Charter) -> dict[str, tuple[int, int]]:
    """Return the changeable numbers of this charter with their bounds, without terms that it does not have."""
    cards = dict.fromkeys(CARD_RANGE, (0, 10**18 - 1)) if charter.electronic_cards is not None else {}
    return NUMBERS | cards | {name: _TERMS[name] for name in CHANGEABLE_TERMS if name in charter.terms}


def number_in(charter: Charter, name: str) -> int:
    """Return a number of the charter by its name."""
    if name in CARD_RANGE:
        own = charter.electronic_cards.range if charter.electronic_cards is not None else None
        return own[CARD_RANGE.index(name)] if own else 0
    return int(charter.terms[name] if name in charter.terms else getattr(charter, name))


def check_charter_value(charter: Charter, name: str, value: Any) -> None:
    """Raise `RuleViolation` for a value that the charter does not have or that is out of bounds (U-5a)."""
    if name == "required":
        if set(value) - set(charter.fields):
            raise RuleViolation("U-5a", _("The card has no such field."), field="required")
        return
    if name == "hidden":
        if set(value) - set(charter.optional):
            raise RuleViolation("U-5a", _("The card cannot do without this field."), field="hidden")
        return
    if name == "out_of_use":
        _check_out_of_use(charter, value)
        return
    if name == "recipients":
        _check_recipients(charter, value)
        return
    if name in DAYS:
        if len(value) > _MOST_DAYS:
            refusal = ngettext_lazy(
                "At most %(n)s day can be entered.", "At most %(n)s days can be entered.", _MOST_DAYS
            )
            raise RuleViolation("U-5a", refusal % {"n": _MOST_DAYS}, field=name)
        if not all((day := from_iso(text)) is not None and day.year in _YEARS for text in value):
            raise RuleViolation("U-5a", _("Check the dates."), field=name)
        return
    if name == "blanks":
        if set(value) - set(BlankKind.values):
            raise RuleViolation("U-5a", _("There are no such blanks."), field="blanks")
        return
    if name in LEVELS:
        if set(value) - {str(level) for level in charter.levels_above}:
            raise RuleViolation("N-S1", _("Choose levels above the one that keeps the cards."), field=name)
        return
    if name in FLAGS:
        return
    if name == "cards_printed_here" and charter.electronic_cards is not None:
        return
    if name == "programme_site" and charter.programme_site:
        _check_site(value)
        return
    numbers = numbers_of(charter)
    if name not in numbers:
        raise RuleViolation("U-5a", _("This value of the charter cannot be changed here."))
    least, most = numbers[name]
    if not least <= int(value) <= most:
        bounds = {"least": least, "most": most}
        raise RuleViolation("U-5a", _("A number from %(least)s to %(most)s is expected.") % bounds, field=name)


def _check_recipients(charter: Charter, value: Mapping[str, Mapping[str, str]]) -> None:
    known = {recipient.key for recipient in charter.recipients}
    for key, said in value.items():
        if key not in known or set(said) - {"name", "address"}:
            raise RuleViolation("U-5a", _("The charter has no such recipient."))
        for part, text in said.items():
            if len(text) > LONGEST_RECIPIENT:
                raise RuleViolation("U-5a", _("The text is too long. Shorten it."), field=f"{key}_{part}")


def _check_site(address: str) -> None:
    """Raise `RuleViolation` (U-5a) unless the address is https and short; empty means the charter's own."""
    try:
        parts = urlsplit(address)
        right = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        right = False
    plain = address.isascii() and len(address) <= LONGEST_SITE and not set(address) & set(' <>"')
    if address and not (right and plain):
        message = _("Enter an address such as https://programme.example.ru.")
        raise RuleViolation("U-5a", message, field="programme_site")


def can_go_out_of_use(name: str, key: str) -> bool:
    """Return whether this value of a reference list may be put out of use, because no rule depends on it."""
    return name != END_REASONS or key not in _NEEDED_REASONS


def _check_out_of_use(charter: Charter, out: Mapping[str, Collection[str]]) -> None:
    for name, keys in out.items():
        own = charter.lists.get(name, ())
        if set(keys) - set(own):
            raise RuleViolation("U-5a", _("The charter has no such value."), field=name)
        if not all(can_go_out_of_use(name, key) for key in keys):
            raise RuleViolation("U-5a", _("Death and departure stay in use: rules count on them."), field=name)
        if set(own) == set(keys):
            raise RuleViolation("U-5a", _("At least one value stays in use."), field=name)


def check_blanks_stay(federation: Federation, kinds: Collection[str]) -> None:
    """Raise `RuleViolation` (V-C1) unless the federation keeps the kinds of blanks that it has received."""
    stocks = BlankStock.objects.filter(organization__federation=federation, received__gt=0)
    if stocks.exclude(kind__in=kinds).exists():
        raise RuleViolation("V-C1", _("Blanks that were received have to be accounted for."), field="blanks")


def check_together(charter: Charter, values: Mapping[str, Any]) -> None:
    """Raise `RuleViolation` for values that contradict each other (U-5a, U-8, N-S1).

    Examples: a field both required and hidden, a day both off and worked, own cards without numbers, a level that needs
    a reason to open cards that it cannot see.
    """
    if values.get("cards_printed_here"):
        first, last = (int(values.get(name) or 0) for name in CARD_RANGE)
        if len(str(first)) not in _CARD_NUMBER_LENGTHS or len(str(first)) != len(str(last)) or first > last:
            message = _(
                "Enter the first and the last number of the own range: of 7 to 18 digits, of the same length, "
                "the first one not greater than the last."
            )
            raise RuleViolation("U-8", message, field="cards_from")
    if both := set(values.get("counts_only", charter.counts_only)) & set(
        values.get("reason_to_open", charter.reason_to_open)
    ):
        message = _("A level that sees no names opens no card, so it gives no reason: %(levels)s.")
        names = [str(charter.levels[level]) for level in charter.levels_above if level in both]
        raise RuleViolation("N-S1", message % {"levels": ", ".join(names)}, field="reason_to_open")
    if set(values.get("days_off", ())) & set(values.get("days_worked", ())):
        raise RuleViolation("U-5a", _("The same day cannot be both off and worked."), field="days_worked")
    if set(values.get("required", charter.required)) & set(values.get("hidden", ())):
        raise RuleViolation("U-5a", _("A field that must be filled cannot be left out of the card."), field="hidden")
