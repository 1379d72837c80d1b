"""The fields of a card: record, data class, choices and stored form of each.

Other modules refer to fields only by name (`charter.sections`). Values are Python objects: dates, numbers, booleans,
keys of choices, lists of keys, an organisation or its id for the cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry import checks
from registry.access import Actor, require_reading
from registry.charters.base import Charter
from registry.days import from_iso
from registry.enums import DataClass
from registry.errors import RuleViolation
from registry.fields import EncryptedJSONField, EncryptedTextField
from registry.text import clean, normalise_name

from .. import enums
from ..models import HealthRecord, IdentityPaper, Member, Questionnaire

#: Related records of the member, by the attribute of the member.
PARTS: dict[str, type[models.Model]] = {
    "identity": IdentityPaper,
    "health": HealthRecord,
    "questionnaire": Questionnaire,
}
#: Fields of the open registration: name on the card → model field.
REGISTRATION = {"registered_on": "started_on", "minutes_number": "minutes_number", "minutes_date": "minutes_date"}
NAMES = ("surname", "given_name", "patronymic")
#: Encrypted texts with an ISO date, and those with a boolean («yes» or empty).
ENCRYPTED_DATES = frozenset({"paper_issued_on", "certificate_issued_on", "certificate_expires_on"})
ENCRYPTED_FLAGS = frozenset({"certificate_indefinite"})
#: Maximum length of an encrypted field, which the database does not limit.
ENCRYPTED_LENGTH = 300

_ENCRYPTED_CHOICES: dict[str, type[models.TextChoices]] = {
    "disability_group": enums.DisabilityGroup,
    "disability_cause": enums.DisabilityCause,
    "mobility": enums.Mobility,
    "prostheses": enums.Prosthesis,
    "needs": enums.Need,
}
_NOT_OF_THE_CARD = {"id", "federation", "organization", "state", "photo", "created_at"}
_LABELS = {
    "registered_on": _("registered since"),
    "minutes_number": _("minutes №"),
    "minutes_date": _("minutes of"),
}
#: Labels that say too little away from the heading of their section.
_ALONE = {
    "paper_kind": _("kind of the passport or other identity paper"),
    "paper_series": _("series of the passport or other identity paper"),
    "paper_number": _("number of the passport or other identity paper"),
    "paper_issued_on": _("day of issue of the passport or other identity paper"),
    "paper_issued_by": _("who issued the passport or other identity paper"),
    "paper_code": _("code of the office in the passport"),
}


@cache
def _places() -> dict[str, str]:
    found = {
        field.name: "member"
        for field in Member._meta.concrete_fields
        if field.editable and field.name not in _NOT_OF_THE_CARD
    }
    for part, model in PARTS.items():
        found |= {f.name: part for f in model._meta.concrete_fields if f.name not in {"id", "member"}}
    return found | dict.fromkeys(REGISTRATION, "registration")


def place_of(name: str) -> str:
    """Return the record of the field: member, identity, health, questionnaire or registration. Raises `KeyError`."""
    return _places()[name]


@cache
def model_field(name: str) -> models.Field[Any, Any] | None:
    """Return the model field, or None for fields of the registration."""
    place = place_of(name)
    if place == "registration":
        return None
    model = PARTS.get(place, Member)
    field: models.Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]
    return field


def class_of(name: str) -> DataClass:
    """Return the data class of the field."""
    return getattr(PARTS.get(place_of(name)), "DATA_CLASS", DataClass.GENERAL)


def label_of(name: str, charter: Charter) -> Any:
    """Return the label of the field on the screen."""
    if name in charter.labels:
        return charter.labels[name]
    field = model_field(name)
    return _LABELS[name] if field is None else field.verbose_name


def told_alone(name: str, charter: Charter) -> Any:
    """Return the label of the field where no heading says what it belongs to."""
    return _ALONE[name] if name in _ALONE and name not in charter.labels else label_of(name, charter)


def choices_of(name: str, charter: Charter) -> list[tuple[str, Any]]:
    """Return the keys and labels that the charter offers; empty for a field without choices."""
    labels = _labels_of(name)
    return [(key, labels[key]) for key in charter.options.get(name, tuple(labels))]


def known_choices(name: str, charter: Charter) -> list[tuple[str, Any]]:
    """Return the offered choices followed by those out of use, which cards may still have."""
    labels = _labels_of(name)
    return choices_of(name, charter) + [(key, labels[key]) for key in charter.out_of_use.get(name, ())]


def _labels_of(name: str) -> dict[str, Any]:
    if name in _ENCRYPTED_CHOICES:
        found: Iterable[tuple[Any, Any]] = _ENCRYPTED_CHOICES[name].choices
    else:
        field = model_field(name)
        found = (field.choices or ()) if field is not None else ()
    return {str(key): label for key, label in found}


def not_offered(values: Mapping[str, Any], charter: Charter) -> list[RuleViolation]:
    """Return a violation for each value that is out of use: cards keep it, but it cannot be chosen (U-5a)."""
    return [
        RuleViolation("U-5a", _("This value is no longer offered. Choose another one."), field=name)
        for name, value in values.items()
        if value in charter.out_of_use.get(name, ())
    ]


def is_list(name: str) -> bool:
    """Return whether the field contains several choices."""
    return isinstance(model_field(name), EncryptedJSONField)


def is_date(name: str) -> bool:
    return (
        name in ENCRYPTED_DATES
        or name in {"registered_on", "minutes_date"}
        or isinstance(model_field(name), models.DateField)
    )


def is_flag(name: str) -> bool:
    return name in ENCRYPTED_FLAGS or isinstance(model_field(name), models.BooleanField)


def length_of(name: str) -> int | None:
    """Return the maximum length of the text; None if the field is not a text."""
    field = model_field(name)
    if field is None:
        return 30 if name == "minutes_number" else None
    if isinstance(field, EncryptedTextField):
        return ENCRYPTED_LENGTH
    return field.max_length


def from_stored(name: str, stored: Any) -> Any:
    """Convert a stored value to a Python object."""
    if name in ENCRYPTED_DATES:
        return from_iso(stored)
    if name in ENCRYPTED_FLAGS:
        return stored == "yes"
    return stored


def to_stored(name: str, value: Any) -> Any:
    """Convert a Python object to the stored value; None becomes the field's empty value."""
    if name in ENCRYPTED_DATES:
        return value.isoformat() if value else ""
    if name in ENCRYPTED_FLAGS:
        return "yes" if value else ""
    field = model_field(name)
    if value is None and field is not None and not field.null:
        return field.get_default()
    return value


def card_fields() -> Mapping[str, str]:
    """Return every card field with the record that contains it."""
    return _places()


def card_values(member: Member) -> dict[str, Any]:
    """Return every value of the card by name; reads `identity`, `health`, `questionnaire` and the open registration."""
    records = {part: getattr(member, part, None) for part in PARTS}
    records["registration"] = member.registrations.filter(ended_on__isnull=True).first() if member.pk else None
    return values_of(member, records)


def values_of(member: Any, records: Mapping[str, Any]) -> dict[str, Any]:
    """Return every value of the card by name, from the member and the related records (or rows of their history)."""
    values: dict[str, Any] = {}
    for name, place in _places().items():
        record = member if place == "member" else records.get(place)
        attribute = "cell_id" if name == "cell" else REGISTRATION.get(name, name)
        stored = getattr(record, attribute, None)
        field = model_field(name)
        # A missing record is equivalent to an empty one.
        if record is None and field is not None:
            stored = field.get_default()
        values[name] = from_stored(name, stored)
    return values


def refuse_unreadable(names: Iterable[str], by: Actor) -> None:
    """Raise `NotAllowed` if the actor may not read one of the fields: nobody may write what they may not read."""
    require_reading(by, *map(class_of, names))


def is_empty(value: Any) -> bool:
    """Return whether nothing was filled in; False and zero are answers."""
    return value is None or value == "" or value == []


def _phones(text: str) -> str:
    return ", ".join(checks.parse_phone(part) for part in text.split(",") if part.strip())


def ticket_text(text: str) -> str:
    """Return the number of a ticket as stored on a card: without spaces and the sign «№»."""
    return "".join(text.replace("№", "").split())


_NORMALISE: dict[str, Callable[[str], str]] = {
    "snils": checks.parse_snils,
    "phone_mobile": _phones,
    "phone_home": _phones,
    "email": checks.parse_email,
    "postcode": checks.parse_postcode,
    "ticket_number": ticket_text,
}
_NORMALISE_PASSPORT: dict[str, Callable[[str], str]] = {
    "paper_series": checks.parse_passport_series,
    "paper_number": checks.parse_passport_number,
    "paper_code": checks.parse_passport_code,
}


def normalise(values: Mapping[str, Any], charter: Charter) -> tuple[dict[str, Any], list[RuleViolation]]:
    """Return the normalised values and all violations of format, length and choice (U-5a)."""
    done: dict[str, Any] = {}
    wrong: list[RuleViolation] = []
    passport = values.get("paper_kind") == enums.PaperKind.PASSPORT
    for name, value in values.items():
        if place_of(name) == "registration" and not isinstance(value, str):
            done[name] = value
            continue
        try:
            done[name] = _normalise_one(name, value, charter, passport=passport)
        except checks.CheckFailed as failed:
            wrong.append(RuleViolation("U-5a", failed.message, field=name))
        except RuleViolation as violation:
            wrong.append(violation)
    return done, wrong


def _normalise_one(name: str, value: Any, charter: Charter, *, passport: bool) -> Any:
    options = known_choices(name, charter)
    if is_list(name):
        return _chosen(name, list(value or []), options)
    if isinstance(value, str):
        value = normalise_name(value).text if name in NAMES else _trimmed(name, value)
        # The length of a number is measured without separators.
        if value and name in _NORMALISE:
            value = _NORMALISE[name](value)
        if value and passport and name in _NORMALISE_PASSPORT:
            value = _NORMALISE_PASSPORT[name](value)
        limit = length_of(name)
        if limit is not None and len(value) > limit:
            message = _("Too long: at most %(limit)d characters are allowed.") % {"limit": limit}
            raise RuleViolation("U-5a", message, field=name)
    if options and not is_empty(value):
        _chosen(name, [value], options)
    return value


def _trimmed(name: str, value: str) -> str:
    field = model_field(name)
    if isinstance(field, models.TextField) and not isinstance(field, EncryptedTextField):
        # Texts of several lines keep their line breaks.
        return "\n".join(clean(line).strip() for line in value.splitlines()).strip()
    return clean(value).strip()


def _chosen(name: str, keys: list[str], options: list[tuple[str, Any]]) -> list[str]:
    offered = {key for key, _label in options}
    if any(key not in offered for key in keys):
        raise RuleViolation("U-5a", _("Choose one of the values offered."), field=name)
    return [str(key) for key in keys]
