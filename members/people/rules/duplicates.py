"""Detection of duplicates (N-A1): searches the whole federation, but reveals only the organisation's name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db import IntegrityError
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from registry.access import Actor
from registry.errors import RuleViolation
from registry.organizations.models import Federation, Organization
from registry.sizes import CHUNK
from registry.text import name_letters

from ..enums import PRESENT_MEMBERS, MemberState
from ..models import Member
from .ledger_numbers import known_to_ledger


class DuplicateKind(StrEnum):
    SNILS = "snils"
    TICKET = "ticket"
    #: Same name and birth date.
    PERSON = "person"
    #: Same name in the same organisation, with one of the birth dates unknown.
    NAME = "name"
    #: A number in the ledger of blanks: a ticket with it is or was issued by a sheet.
    BLANK = "blank"
    #: Same name and birth date in an undecided application.
    APPLICATION = "application"


@dataclass(frozen=True)
class Duplicate:
    """A person who is, or may be, the same."""

    kind: DuplicateKind
    organization_name: str
    #: Set only if the card is within the actor's scope.
    member_id: int | None
    #: Opaque; a confirmation lists the refs of the duplicates that were shown.
    ref: str = ""
    #: Whether name and birth date match as well as the number.
    same: bool = False
    #: The organisation that keeps the card or the application; None for a deregistered person.
    organization_id: int | None = None

    @property
    def certain(self) -> bool:
        """Return whether the duplicate is always refused; a probable one may be confirmed as another person."""
        return self.kind in {DuplicateKind.SNILS, DuplicateKind.TICKET, DuplicateKind.BLANK}

    @property
    def sentence(self) -> Any:
        """Return the text shown before saving."""
        values = {"organization": self.organization_name}
        return _SENTENCES[DuplicateKind.PERSON if self.same else self.kind] % values


class DuplicateFound(RuleViolation):
    """Raised if the person is, or may be, registered already (N-A1). `duplicates` reveal only the organisation."""

    def __init__(self, message: object, duplicates: list[Duplicate], *, field: str = "") -> None:
        super().__init__("N-A1", message, field=field)
        self.duplicates = duplicates


_SENTENCES = {
    DuplicateKind.SNILS: _("A person with this SNILS is registered already: %(organization)s."),
    DuplicateKind.TICKET: _("This ticket number is taken already: %(organization)s."),
    DuplicateKind.BLANK: _(
        "A ticket with this number is in the ledger of blanks. It gets onto the card by an issue sheet alone."
    ),
    DuplicateKind.PERSON: _("A person with the same name and date of birth is registered already: %(organization)s."),
    DuplicateKind.NAME: _(
        "A person with the same name is registered already, and one of the dates of birth is unknown: %(organization)s."
    ),
    DuplicateKind.APPLICATION: _(
        "An application of a person with the same name and date of birth waits already: %(organization)s."
    ),
}


def name_key(surname: object, given_name: object) -> str:
    """Return the normalised name, equal for the same person entered twice: ignores letter case, ё, hyphens and
    apostrophes.

    The patronymic is compared separately, because one of the two entries may lack it.
    """
    return name_letters(surname, given_name)[:320]


def confirmation(duplicates: Sequence[Duplicate]) -> str:
    """Return the value of a form's «none of these»; valid only for exactly these duplicates."""
    return "-".join(sorted(d.ref for d in duplicates))


def find_duplicates(
    federation: Federation,
    values: Mapping[str, Any],
    *,
    actor: Actor | None = None,
    organization: Organization | None = None,
    exclude: int | None = None,
) -> list[Duplicate]:
    """Return the duplicates of one person, certain ones first; `exclude` is the id of their own card."""
    return find_many_duplicates(federation, [values], actor=actor, organization=organization, exclude=exclude)[0]


def find_many_duplicates(
    federation: Federation,
    people: Sequence[Mapping[str, Any]],
    *,
    actor: Actor | None = None,
    organization: Organization | None = None,
    exclude: int | None = None,
) -> list[list[Duplicate]]:
    """Return the duplicates of each person, with few queries regardless of the federation's size."""
    index = _Index(federation, people, exclude)
    return [list(_duplicates_of(values, index, actor, organization)) for values in people]


class _Index:
    """Cards that share a number or a name with any of the given people."""

    def __init__(self, federation: Federation, people: Sequence[Mapping[str, Any]], exclude: int | None) -> None:
        self.snils: dict[str, list[dict[str, Any]]] = {}
        self.tickets: dict[str, list[dict[str, Any]]] = {}
        self.names: dict[str, list[dict[str, Any]]] = {}
        self.blanks = known_to_ledger(federation, {p.get("ticket_number") or "" for p in people}, exclude=exclude)
        base = Member.objects.filter(federation=federation)
        if exclude is not None:
            base = base.exclude(pk=exclude)
        present = Q(state__in=PRESENT_MEMBERS)
        taken = ~Q(state=MemberState.WITHDRAWN)
        # The numbers of a blocked card are taken too, though it is not said whose they are (N-C1).
        for column, keys, states, into in (
            ("snils", {p.get("snils") for p in people}, present, self.snils),
            ("ticket_number", {p.get("ticket_number") for p in people}, taken, self.tickets),
            ("name_key", {_key_of(p) for p in people}, present & Q(blocked_on__isnull=True), self.names),
        ):
            wanted = sorted(key for key in keys if key)
            for start in range(0, len(wanted), CHUNK):
                rows = base.filter(states, **{f"{column}__in": wanted[start : start + CHUNK]}).values(
                    "pk", "snils", "ticket_number", "name_key", "patronymic", "birth_date", "organization_id",
                    "organization__short_name", "unit__path", "blocked_on",
                )  # fmt: skip
                for row in map(dict[str, Any], rows):
                    if row["blocked_on"] is not None:
                        hidden = str(_("a card that is not open to you"))
                        row |= {"organization_id": None, "organization__short_name": hidden, "unit__path": ""}
                    into.setdefault(row[column], []).append(row)


def _key_of(values: Mapping[str, Any]) -> str:
    return name_key(values.get("surname") or "", values.get("given_name") or "")


def _duplicates_of(
    values: Mapping[str, Any], index: _Index, actor: Actor | None, organization: Organization | None
) -> Iterator[Duplicate]:
    told = set()
    number = values.get("ticket_number") or ""
    if number in index.blanks and number not in index.tickets:
        ref = salted_hmac("members.duplicate", f"{DuplicateKind.BLANK}:{number}").hexdigest()[:16]
        yield Duplicate(DuplicateKind.BLANK, "", None, ref)
    for kind, rows in (
        (DuplicateKind.SNILS, index.snils.get(values.get("snils") or "", [])),
        (DuplicateKind.TICKET, index.tickets.get(number, [])),
        (DuplicateKind.PERSON, index.names.get(_key_of(values), [])),
    ):
        for row in rows:
            found = kind
            if kind is DuplicateKind.PERSON:
                likely = _same_person(values, row, organization)
                if likely is None:
                    continue
                found = likely
            if row["pk"] not in told:
                told.add(row["pk"])
                twin = _key_of(values) == row["name_key"] and row["organization_id"] is not None
                same = twin and _same_person(values, row, organization) is DuplicateKind.PERSON
                yield replace(_duplicate(found, row, actor), same=same)


def _same_person(
    values: Mapping[str, Any], row: Mapping[str, Any], organization: Organization | None
) -> DuplicateKind | None:
    own, other = name_letters(values.get("patronymic") or ""), name_letters(row["patronymic"])
    if own and other and own != other:
        return None
    birth = values.get("birth_date")
    if birth is not None and row["birth_date"] is not None:
        return DuplicateKind.PERSON if birth == row["birth_date"] else None
    at_home = organization is not None and row["organization_id"] == organization.pk
    return DuplicateKind.NAME if at_home else None


def _duplicate(kind: DuplicateKind, row: Mapping[str, Any], actor: Actor | None) -> Duplicate:
    own = actor.organization if actor is not None else None
    within = own is not None and (row["unit__path"] or "").startswith(own.path)
    ref = salted_hmac("members.duplicate", f"{kind}:{row['pk']}").hexdigest()[:16]
    name = row["organization__short_name"] or str(_("deregistered"))
    return Duplicate(kind, name, row["pk"] if within else None, ref, organization_id=row["organization_id"])


def _patronymics_agree(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether the patronymics are equal; one may be missing."""
    keys = {name_letters(values.get("patronymic") or "") for values in (one, other)} - {""}
    return len(keys) < 2


def may_be_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether people of one name and birth date may be one person: neither patronymic nor СНИЛС differ."""
    return _patronymics_agree(one, other) and not have_other_papers(one, other)


def have_other_papers(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether namesakes born on the same day have different СНИЛС, so that an officer has to confirm them."""
    numbers = {str(values.get("snils") or "") for values in (one, other)} - {""}
    return len(numbers) == 2


def same_in_list(people: Sequence[Mapping[str, Any]]) -> dict[int, tuple[int, DuplicateKind]]:
    """Return people who occur twice in one list: position → earlier position and the equal fields."""
    seen: dict[tuple[str, Any], list[int]] = {}
    found: dict[int, tuple[int, DuplicateKind]] = {}
    for position, values in enumerate(people):
        keys: list[tuple[DuplicateKind, Any]] = [
            (DuplicateKind.SNILS, values.get("snils")),
            (DuplicateKind.TICKET, values.get("ticket_number")),
            (DuplicateKind.PERSON, values.get("birth_date") and (_key_of(values), values["birth_date"])),
        ]
        for kind, key in keys:
            if not key:
                continue
            earlier = seen.setdefault((kind, key), [])
            same = [at for at in earlier if kind is not DuplicateKind.PERSON or may_be_same(people[at], values)]
            earlier.append(position)
            if same and position not in found:
                found[position] = (same[0], kind)
    return found


def repeated_in_list(cards: Sequence[Mapping[str, Any]], confirmed: Collection[int]) -> dict[int, RuleViolation]:
    """Return the violations for people who occur twice in one list, by position (N-A1).

    `confirmed` are the positions of people who were confirmed to be somebody else; the same number is refused anyway.
    """
    return {
        position: RuleViolation("N-A1", _("The same person is in the list twice."))
        for position, (_earlier, kind) in same_in_list(cards).items()
        if kind is not DuplicateKind.PERSON or position not in confirmed
    }


def duplicate_violation(duplicates: list[Duplicate], confirmed: Any) -> DuplicateFound | None:
    """Return the violation for the duplicates, or None if there are none or the probable ones were confirmed (N-A1)."""
    certain = next((d for d in duplicates if d.certain), None)
    if certain is not None:
        field = "snils" if certain.kind is DuplicateKind.SNILS else "ticket_number"
        return DuplicateFound(certain.sentence, duplicates, field=field)
    if not duplicates or confirmed is True or confirmed == confirmation(duplicates):
        return None
    message = _(
        "Perhaps this person is registered already. Look at the possible duplicates and confirm that it "
        "is somebody else."
    )
    return DuplicateFound(message, duplicates)


@contextmanager
def refusing_taken_numbers() -> Iterator[None]:
    """Raise `RuleViolation` (N-A1) if a card saved at the same moment took the СНИЛС or the number of the ticket.

    Only the database can detect this: the other card was not yet committed during the search for duplicates.
    """
    try:
        yield
    except IntegrityError as error:
        raise RuleViolation(
            "N-A1", _("The SNILS or the ticket number has just been given to somebody else.")
        ) from error
