"""Rules for a registered person: names, ages, order of dates (V-A1, V-B1, U-5a; practice 9)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.charters.base import Charter
from registry.days import FULL_AGE, OLDEST_AGE, PASSPORT_AGE, whole_years, years_after
from registry.errors import RuleViolation
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization, OrganizationQuerySet

from ..enums import Category, DisabilityGroup, OpeningReason, PaperKind
from .fields import NAMES, label_of, normalise, place_of

#: A joining within this time is checked against the minimum age like an admission.
FRESH = dt.timedelta(days=366)
#: Ages at which a Russian passport is replaced, and the time allowed for it (practice 9).
CHANGED_AT = (20, 45)
CHANGED_WITHIN = dt.timedelta(days=90)
_NAME = re.compile(r"[\u0400-\u052f][\u0400-\u052f’\-. ]*")
_TICKET = re.compile(r"[0-9A-Za-zА-Яа-яЁё/\-]{1,20}")

_WORK_DATES = ("hired_on", "dues_statement_on")
_ISSUE_DATES = ("paper_issued_on", "certificate_issued_on")
#: Dates of the card that are never in the future.
NEVER_AHEAD = frozenset({"birth_date", "joined_on", "registered_on", "minutes_date", *_WORK_DATES, *_ISSUE_DATES})
#: Minimum and maximum of numbers.
_BOUNDS: dict[str, tuple[int, int]] = {
    "experience": (0, 80),
    "teaching_experience": (0, 80),
    "course": (1, 10),
    "graduated": (1900, 2100),
    "dues_percent": (0, 100),
    "family_working": (0, 50),
    "dependents": (0, 50),
}


def person_violations(
    values: Mapping[str, Any], charter: Charter, today: dt.date, *, joins: bool = True
) -> tuple[dict[str, Any], list[RuleViolation]]:
    """Return the normalised values and all violations, each with its field.

    `joins` is False for a represented person, who is not a member: age and citizenship do not matter.
    """
    known = {name: value for name, value in values.items() if name != "confirmed_duplicate"}
    done, wrong = normalise(known, charter)
    refused = {violation.field for violation in wrong}
    usable = {name: value for name, value in done.items() if name not in refused}
    wrong += _names(usable, charter, refused) + _birth(usable, today)
    if joins:
        wrong += _joining(usable, charter, today) + _registration(usable, today)
    wrong += _papers(usable, today) + _work(usable, today) + _numbers(usable)
    if joins:
        wrong += _citizenship(usable, charter)
    return done, wrong


def _names(values: Mapping[str, Any], charter: Charter, refused: set[str]) -> list[RuleViolation]:
    found: list[RuleViolation] = []
    message: Any
    for name in NAMES:
        text = values.get(name) or ""
        if not text and name != "patronymic" and name not in refused:
            message = _("%(field)s: fill it in, nobody is registered without it.") % {"field": label_of(name, charter)}
            found.append(RuleViolation("U-5a", message, field=name))
        elif text and not _NAME.fullmatch(text):
            message = _("Write it in Russian letters; a hyphen, an apostrophe and a space are allowed.")
            found.append(RuleViolation("U-5a", message, field=name))
    if values.get("patronymic") and values.get("no_patronymic"):
        message = _("A patronymic is entered although «has no patronymic» is ticked. Keep one of the two.")
        found.append(RuleViolation("U-5a", message, field="patronymic"))
    ticket = values.get("ticket_number") or ""
    if ticket and not _TICKET.fullmatch(ticket):
        message = _("A ticket number has digits, letters, a hyphen or a stroke only.")
        found.append(RuleViolation("V-B3", message, field="ticket_number"))
    return found


def _birth(values: Mapping[str, Any], today: dt.date) -> list[RuleViolation]:
    birth = values.get("birth_date")
    if birth is None:
        return []
    if birth > today:
        return [RuleViolation("U-5a", _("The date of birth is in the future."), field="birth_date")]
    if whole_years(birth, today) > OLDEST_AGE:
        message = _("This person would be more than %(years)d years old. Compare the date with the passport.")
        return [RuleViolation("U-5a", message % {"years": OLDEST_AGE}, field="birth_date")]
    return []


def _joining(values: Mapping[str, Any], charter: Charter, today: dt.date) -> list[RuleViolation]:
    birth, joined = values.get("birth_date"), values.get("joined_on")
    if joined is not None and joined > today:
        return [RuleViolation("V-A1", _("The date of joining is in the future."), field="joined_on")]
    if birth is None or birth > today:
        return []
    old_enough = years_after(birth, charter.minimum_age)
    if joined is None:
        if old_enough <= today:
            return []
        message = _("Members are at least %(age)d years old; this person is %(years)d.")
        return [
            RuleViolation(
                "V-A1", message % {"age": charter.minimum_age, "years": whole_years(birth, today)}, field="birth_date"
            )
        ]
    latest = dt.date(joined.year, 12, 31) if values.get("joined_year_only") else joined
    if latest < birth:
        return [
            RuleViolation(
                "V-A1", _("The date of joining is before the date of birth. Correct one of them."), field="joined_on"
            )
        ]
    # Joinings of long ago can no longer be corrected: old lists contain many, and the import only warns of them.
    if latest < old_enough and (today - joined <= FRESH or today < old_enough):
        message = _("This person joined before the age of %(age)d. Compare both dates with the papers.")
        return [RuleViolation("V-A1", message % {"age": charter.minimum_age}, field="joined_on")]
    return []


def _registration(values: Mapping[str, Any], today: dt.date) -> list[RuleViolation]:
    registered, joined, minutes = (values.get(n) for n in ("registered_on", "joined_on", "minutes_date"))
    found = []
    if registered is not None:
        if registered > today:
            found.append(RuleViolation("V-B1", _("The date of registration is in the future."), field="registered_on"))
        elif joined is not None and registered < (
            dt.date(joined.year, 1, 1) if values.get("joined_year_only") else joined
        ):
            message = _("Nobody can be registered before joining. Compare both dates.")
            found.append(RuleViolation("V-B1", message, field="registered_on"))
        elif minutes is not None and registered < minutes:
            message = _("The decision is dated later than the registration based on it.")
            found.append(RuleViolation("V-B1", message, field="minutes_date"))
    if minutes is not None and minutes > today:
        found.append(RuleViolation("V-B1", _("The date of the minutes is in the future."), field="minutes_date"))
    return found


def kept_since(organization: Organization) -> dt.date:
    """Return the day since which admissions of the organisation are recorded in the registry."""
    return timezone.localdate(organization.created_at, organization.tz)


def decided_here(values: Mapping[str, Any], organization: Organization) -> bool:
    """Return whether the values state the decision of an admission since the organisation has used the registry
    (V-B1).
    """
    day = values.get("minutes_date")
    return bool(day is not None and values.get("minutes_number") and day > kept_since(organization))


def undecided_joining(values: Mapping[str, Any], organization: Organization) -> list[RuleViolation]:
    """Return violations for a joining since the organisation has used the registry without a stated decision (V-B1,
    V-B4).
    """
    joined = values.get("joined_on")
    if joined is None or values.get("joined_year_only") or joined <= kept_since(organization):
        return []
    if values.get("minutes_date") is not None and values.get("minutes_number"):
        if values["minutes_date"] == joined:
            return []
        message = _("The day of joining is that of the decision. Compare both dates with the minutes.")
        return [RuleViolation("V-B1", message, field="minutes_date")]
    message = _(
        "This person joined after the organisation began to use the registry: enter number and date of the minutes "
        "of the admission, or begin with an application."
    )
    missing = "minutes_date" if values.get("minutes_number") else "minutes_number"
    return [RuleViolation("V-B1", message, field=missing)]


def ungrounded_joining(values: Mapping[str, Any], ground: str) -> list[RuleViolation]:
    """Return a violation if nothing proves the membership of a person registered as an existing member (V-B1).

    A ticket, the minutes or another paper is enough.
    """
    if ground.strip() or values.get("ticket_number") or (values.get("minutes_number") and values.get("minutes_date")):
        return []
    message = _("Enter what proves the membership: the ticket №, number and date of the minutes, or another document.")
    return [RuleViolation("V-B1", message, field="ground")]


def _work(values: Mapping[str, Any], today: dt.date) -> list[RuleViolation]:
    """Return violations for dates of employment and of the statement on deduction."""
    found: list[RuleViolation] = []
    birth = values.get("birth_date")
    for name in _WORK_DATES:
        day = values.get(name)
        if day is not None and day > today:
            found.append(RuleViolation("U-5a", _("This date is in the future."), field=name))
        elif day is not None and birth is not None and day < birth:
            found.append(
                RuleViolation("U-5a", _("This date is before the date of birth. Compare both dates."), field=name)
            )
    return found


def _papers(values: Mapping[str, Any], today: dt.date) -> list[RuleViolation]:
    found: list[RuleViolation] = []
    message: Any
    birth, issued = values.get("birth_date"), values.get("paper_issued_on")
    if not values.get("paper_kind") and any(values.get(name) for name in ("paper_series", "paper_number")):
        found.append(
            RuleViolation("U-5a", _("Choose the kind of paper: the number is checked accordingly."), field="paper_kind")
        )
    for name in _ISSUE_DATES:
        day = values.get(name)
        if day is not None and day > today:
            found.append(RuleViolation("U-5a", _("The paper cannot have been issued in the future."), field=name))
        elif day is not None and birth is not None and day < birth:
            found.append(
                RuleViolation("U-5a", _("The paper was issued before the birth. Compare both dates."), field=name)
            )
    if (
        issued is not None
        and birth is not None
        and birth <= issued < years_after(birth, PASSPORT_AGE)
        and values.get("paper_kind") == PaperKind.PASSPORT
    ):
        message = _("A passport is issued from the age of 14. Compare the date with the passport.")
        found.append(RuleViolation("U-5a", message, field="paper_issued_on"))
    until, since = values.get("certificate_expires_on"), values.get("certificate_issued_on")
    if until is not None and values.get("certificate_indefinite"):
        message = _("A certificate without a term has no last day. Keep one of the two.")
        found.append(RuleViolation("V-B2", message, field="certificate_expires_on"))
    elif until is not None and since is not None and until < since:
        message = _("The certificate would end before it was issued. Compare both dates.")
        found.append(RuleViolation("V-B2", message, field="certificate_expires_on"))
    return found


def outlived_at(values: Mapping[str, Any], today: dt.date) -> int | None:
    """Return the age at which the Russian passport should have been replaced according to the card, or None."""
    birth, issued = values.get("birth_date"), values.get("paper_issued_on")
    if birth is None or issued is None or values.get("paper_kind") != PaperKind.PASSPORT:
        return None
    past = [age for age in CHANGED_AT if issued < (day := years_after(birth, age)) and today > day + CHANGED_WITHIN]
    return max(past, default=None)


def grown_up(values: Mapping[str, Any], today: dt.date) -> list[RuleViolation]:
    """Return violations for a disabled child of 18 or older; the import of old lists only warns of them."""
    birth = values.get("birth_date")
    child = values.get("disability_group") == DisabilityGroup.CHILD and values.get("category") == Category.DISABLED
    if not child or birth is None or whole_years(birth, today) < FULL_AGE:
        return []
    message = _("«Disabled child» is a category of people under %(age)d. Compare it with the certificate.")
    return [RuleViolation("V-A1", message % {"age": FULL_AGE}, field="disability_group")]


def _numbers(values: Mapping[str, Any]) -> list[RuleViolation]:
    found: list[RuleViolation] = []
    message: Any
    for name, (lowest, highest) in _BOUNDS.items():
        number = values.get(name)
        if number is not None and not lowest <= number <= highest:
            message = _("Enter a number from %(lowest)d to %(highest)d.") % {
                "lowest": lowest,
                "highest": highest,
            }
            found.append(RuleViolation("U-5a", message, field=name))
    whole, teaching = values.get("experience"), values.get("teaching_experience")
    if whole is not None and teaching is not None and teaching > whole:
        message = _("The teaching service cannot be longer than the whole service.")
        found.append(RuleViolation("U-5a", message, field="teaching_experience"))
    return found


def _citizenship(values: Mapping[str, Any], charter: Charter) -> list[RuleViolation]:
    accepted = charter.terms.get("citizenship", ())
    text = values.get("citizenship") or ""
    if not accepted or not text or text.casefold() in {spelling.casefold() for spelling in accepted}:
        return []
    message = _("Members are citizens of the Russian Federation; write: %(spelling)s.") % {"spelling": accepted[0]}
    return [RuleViolation("V-A1", message, field="citizenship")]


def check_reason_to_open(opening: Organization, reason: str) -> None:
    """Raise `RuleViolation` (N-S1) if the charter requires a reason from officers of this level and there is none."""
    asks = opening.level in opening.charter.reason_to_open
    if (asks and not reason) or (reason and reason not in OpeningReason.values):
        raise RuleViolation("N-S1", _("Say why you open the card."), field="reason")


def check_keeps_cards(organization: Organization) -> None:
    """Raise `RuleViolation` (V-H1, N-H3) unless the organisation keeps cards under the charter and is working
    (U-H1).
    """
    if not organization.keeps_cards:
        level = organization.charter.levels[organization.charter.keeper]
        message: Any = _("«%(organization)s» keeps no cards: people are registered in a %(level)s.")
        raise RuleViolation("V-H1", message % {"organization": organization, "level": level})
    if organization.status == OrganizationStatus.ENDED:
        message = _("«%(organization)s» has ended; nobody can be registered there.") % {"organization": organization}
        raise RuleViolation("N-H3", message)


def check_cell(cell: Organization | None, organization: Organization) -> None:
    """Raise `RuleViolation` (V-H1) unless the cell is working and below the organisation that keeps the card."""
    if cell is None:
        return
    below = cell.federation_id == organization.federation_id and cell.path.startswith(organization.path)
    if not below or cell.level != organization.charter.cell or cell.status == OrganizationStatus.ENDED:
        message = _("Choose a primary cell of this organisation.")
        raise RuleViolation("V-H1", message, field="cell")


def check_cell_found(cell: Organization | None) -> Organization:
    """Return the chosen cell by its id. Raises `RuleViolation` (V-H1) if there is none."""
    if cell is None:
        raise RuleViolation("V-H1", _("Choose a primary cell of this organisation."), field="cell")
    return cell


def cells_of(organization: Organization) -> list[Organization]:
    """Return the cells that cards of the organisation may be assigned to, in order.

    Empty if the charter has no cells.
    """
    if organization.charter.cell is None:
        return []
    return list(_cells(organization))


def cell_names(organization: Organization) -> list[tuple[int, str]]:
    """Return id and short name of the cells of `cells_of`, for forms that need nothing else of them."""
    if organization.charter.cell is None:
        return []
    return list(_cells(organization).values_list("pk", "short_name"))


def _cells(organization: Organization) -> OrganizationQuerySet:
    found = Organization.objects.under(organization).working().filter(level=organization.charter.cell)
    return found.exclude(pk=organization.pk).order_by("sort_key", "pk")


def usual_values(organization: Organization) -> dict[str, Any]:
    """Return card fields that are equal for most people of the organisation, as initial values of forms."""
    passport = getattr(organization, "passport", None)
    return {
        "workplace": getattr(passport, "employer_name", ""),
        "citizenship": next(iter(organization.charter.terms.get("citizenship", ())), ""),
    }


def relevant(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are card fields, without others such as those of the form."""
    found = {}
    for name, value in values.items():
        try:
            place_of(name)
        except KeyError:
            continue
        found[name] = value
    return found
