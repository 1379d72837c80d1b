"""Registering people, one or many at once, and undoing a mistaken entry (V-B1, U-5, N-A1)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from dues.ledger import book as ledger
from members.book.enums import RegistrationReason
from members.book.models import Registration
from members.book.transitions import lines as book
from members.lists.models import ImportBatch
from registry.access import Actor
from registry.charters.base import Charter
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.organizations.rules.tree import check_takes_members
from registry.organizations.transitions.figures import adjust
from registry.text import sort_key
from registry.transitions import Act, change

from ..enums import ConsentState, MarkKind
from ..errors import SomeRefused
from ..models import CardMark, HealthRecord, Member
from ..rules import duplicates as twins
from ..rules.completeness import missing_fields
from ..rules.duplicates import name_key
from ..rules.fields import PARTS, is_empty, not_offered, place_of, refuse_unreadable, to_stored
from ..rules.person import (
    check_cell,
    check_cell_found,
    check_keeps_cards,
    decided_here,
    grown_up,
    person_violations,
    relevant,
    undecided_joining,
    ungrounded_joining,
)
from ..rules.searches import check_may_search
from ..search import member_search_key
from . import reminders
from .searches import noting

_NOBODY = _("Nobody was registered, because some of the people cannot be.")


def register_person(
    *,
    organization: Organization,
    values: Mapping[str, Any],
    by: Actor,
    started_on: dt.date | None = None,
    start_reason: str = RegistrationReason.EXISTING,
    minutes_number: str = "",
    minutes_date: dt.date | None = None,
    cell: Organization | None = None,
    batch: ImportBatch | None = None,
    arrived_from: str = "",
    ground: str = "",
    rule: str = "U-5",
) -> Member:
    """Register a person in the organisation that keeps the card, with card, registration and history (V-B1, U-5).

    `values` are card fields by name (`members.people.rules.fields`); `registered_on`, `minutes_number`, `minutes_date`
    and `cell` among them take precedence over the arguments. A probable duplicate is accepted only if
    `values["confirmed_duplicate"]` is True or the `confirmation` of the duplicates shown.
    `arrived_from` is an organisation outside the registry; it is written in section 2 and in a mark (V-B9). `ground` is
    the document that proves the membership, needed without a ticket and minutes (V-B1).

    Raises `RuleViolation` (the first one), `DuplicateFound`, `NotAllowed`.
    """
    if arrived_from:
        start_reason = RegistrationReason.ARRIVAL
    common = grounds(started_on, start_reason, minutes_number, minutes_date, cell, batch)
    common |= {"ground": ground.strip(), "arrived_from": arrived_from.strip()}
    try:
        with noting(organization, by=by), change(by=by, rule=rule, event="member.put_on_account") as act:
            if batch is None:
                check_may_search(organization, by=by)
            member = _register(act, organization, [values], common)[0]
            if arrived_from:
                text = f"Прибытие из организации, не состоящей в реестре: {arrived_from}"
                act.save(CardMark(member=member, kind=MarkKind.OTHER, made_on=act.today, text=text))
            facts = {"outside": True} if arrived_from else {}
            act.about(member, organization=organization, batch=batch.pk if batch else None, **facts)
    except SomeRefused as refusal:
        raise refusal.refused[0][0] from None
    except IntegrityError as error:
        raise _lost_race(error, organization, [values], by).refused[0][0] from error
    return member


def register_many(
    *,
    organization: Organization,
    people: Sequence[Mapping[str, Any]],
    by: Actor,
    batch: ImportBatch | None = None,
    started_on: dt.date | None = None,
    start_reason: str = RegistrationReason.EXISTING,
    minutes_number: str = "",
    minutes_date: dt.date | None = None,
    cell: Organization | None = None,
    rule: str = "U-5",
) -> list[Member]:
    """Register many people, all or none, in their order, with one event. Otherwise like `register_person`.

    Raises `SomeRefused`, which lists the violations by position in `people`, and `NotAllowed`.
    """
    common = grounds(started_on, start_reason, minutes_number, minutes_date, cell, batch)
    try:
        with noting(organization, by=by), change(by=by, rule=rule, event="members.put_on_account") as act:
            members = _register(act, organization, people, common)
            act.about(batch, organization=organization, count=len(members))
    except IntegrityError as error:
        raise _lost_race(error, organization, people, by) from error
    return members


def grounds(
    started_on: dt.date | None,
    start_reason: str,
    minutes_number: str,
    minutes_date: dt.date | None,
    cell: Organization | None,
    batch: ImportBatch | None = None,
) -> dict[str, Any]:
    """Return the common values for registering several people, in the form for `register_people`."""
    return {
        "registered_on": started_on,
        "minutes_number": minutes_number,
        "minutes_date": minutes_date,
        "cell": cell,
        "start_reason": start_reason,
        "batch": batch,
    }


def _register(
    act: Act, organization: Organization, people: Sequence[Mapping[str, Any]], common: Mapping[str, Any]
) -> list[Member]:
    # Locking the organisation serialises requests: the second of two identical ones finds the member of the first.
    organization = act.lock(Organization.objects.visible_to(act.by), organization.pk)
    permission = Permission.IMPORT_MEMBERS if common["batch"] else Permission.EDIT_MEMBERS
    act.require(permission, organization)
    refuse_unreadable({name for person in people for name in relevant(person)}, act.by)
    return register_people(act, organization, people, common)


def register_people(
    act: Act,
    organization: Organization,
    people: Sequence[Mapping[str, Any]],
    common: Mapping[str, Any],
    *,
    signed: Collection[int] = (),
) -> list[Member]:
    """Register people within the caller's change, such as a decision that admits them (V-B1).

    The caller has locked the organisation and checked the permission. `common` are the values of `grounds`; `signed`
    contains the positions of people whose consent is signed. Raises `SomeRefused`.
    """
    check_keeps_cards(organization)
    check_takes_members(organization)
    charter = organization.charter
    cells = _cells(people, organization)
    cards, refused = [], {}
    for position, person in enumerate(people):
        card, wrong = _checked(person, common, cells, organization, charter, act.today)
        cards.append(card)
        if wrong:
            refused[position] = wrong
    for position, violation in _duplicates(people, cards, organization, act.by).items():
        refused.setdefault(position, []).append(violation)
    if refused:
        raise SomeRefused(_NOBODY, refused)
    return _create_records(act, organization, cards, common, charter, signed)


def _cells(people: Sequence[Mapping[str, Any]], organization: Organization) -> dict[int, Organization]:
    wanted = {person["cell"] for person in people if isinstance(person.get("cell"), int)}
    return Organization.objects.under(organization).in_bulk(wanted) if wanted else {}


def _checked(
    person: Mapping[str, Any],
    common: Mapping[str, Any],
    cells: Mapping[int, Organization],
    organization: Organization,
    charter: Charter,
    today: dt.date,
) -> tuple[dict[str, Any], list[RuleViolation]]:
    merged = relevant(person)
    for name in ("registered_on", "minutes_number", "minutes_date", "cell"):
        if is_empty(merged.get(name)):
            merged[name] = common[name]
    given = merged.pop("cell")
    merged["registered_on"] = merged["registered_on"] or today
    card, wrong = person_violations(merged, charter, today)
    if common["start_reason"] == RegistrationReason.EXISTING:
        # A value stated by an applicant stays valid even if it went out of use later.
        wrong += not_offered(card, charter)
        wrong += undecided_joining(card, organization)
        if "ground" in common:
            wrong += ungrounded_joining(card, common["ground"])
    if common["batch"] is None:
        wrong += grown_up(card, today)
    card["cell"] = cell = cells.get(given) if isinstance(given, int) else given
    try:
        if isinstance(given, int):
            check_cell_found(cell)
        check_cell(cell, organization)
    except RuleViolation as violation:
        wrong.append(violation)
    return card, wrong


def _duplicates(
    people: Sequence[Mapping[str, Any]], cards: Sequence[Mapping[str, Any]], organization: Organization, by: Actor
) -> dict[int, RuleViolation]:
    refused: dict[int, RuleViolation] = {}
    found = twins.find_many_duplicates(organization.federation, cards, actor=by, organization=organization)
    for position, duplicates in enumerate(found):
        violation = twins.duplicate_violation(duplicates, people[position].get("confirmed_duplicate"))
        if violation is not None:
            refused[position] = violation
    confirmed = {position for position, values in enumerate(people) if values.get("confirmed_duplicate") is True}
    return {**twins.repeated_in_list(cards, confirmed), **refused}


def _lost_race(
    error: IntegrityError, organization: Organization, people: Sequence[Mapping[str, Any]], by: Actor
) -> SomeRefused:
    """Report as a duplicate that another organisation used the same SNILS or ticket number at the same moment."""
    cards = [person_violations(relevant(p), organization.charter, organization.today)[0] for p in people]
    refused = _duplicates(people, cards, organization, by)
    if not refused:
        raise error
    return SomeRefused(_NOBODY, {position: [violation] for position, violation in refused.items()})


def _create_records(
    act: Act,
    organization: Organization,
    cards: Sequence[Mapping[str, Any]],
    common: Mapping[str, Any],
    charter: Charter,
    signed: Collection[int],
) -> list[Member]:
    new = [_member(card, organization, common, charter) for card in cards]
    for position in signed:
        new[position].consent_state = ConsentState.SIGNED
    members = act.create_many(Member, new)
    health: list[HealthRecord] = []
    for part, model in PARTS.items():
        rows = []
        for member, card in zip(members, cards, strict=True):
            filled = {
                n: to_stored(n, v)
                for n, v in card.items()
                # Zero is an answer.
                if place_of(n) == part and not is_empty(v) and v is not False
            }
            if filled:
                rows.append(model(member=member, **filled))
        if rows:
            act.create_many(model, rows)
            health += [row for row in rows if isinstance(row, HealthRecord)]
    act.create_many(
        Registration,
        [
            Registration(
                member=member,
                organization=organization,
                started_on=card["registered_on"],
                start_reason=RegistrationReason.ADMISSION
                if decided_here(card, organization)
                else common["start_reason"],
                ground=common.get("ground", ""),
                arrived_from=common.get("arrived_from", ""),
                minutes_number=card.get("minutes_number") or "",
                minutes_date=card.get("minutes_date"),
            )
            for member, card in zip(members, cards, strict=True)
        ],
    )
    count_in(members)
    ledger.open_first_accounts(members)
    _charge_the_admitted(act, members, cards, organization)
    reminders.begin(health)
    days = {m.pk: card["registered_on"] for m, card in zip(members, cards, strict=True)}
    book.add_lines(act, members, on=days, first=True)
    return members


def _charge_the_admitted(
    act: Act, members: Sequence[Member], cards: Sequence[Mapping[str, Any]], organization: Organization
) -> None:
    """Charge people whose admission was decided since the registry has been in use, as for every admission (V-B4)."""
    admitted: dict[dt.date, list[Member]] = {}
    for member, card in zip(members, cards, strict=True):
        if decided_here(card, organization):
            admitted.setdefault(card["minutes_date"], []).append(member)
    for decided_on, group in sorted(admitted.items()):
        ledger.charge_admission(act, group, organization=organization, decided_on=decided_on)


def _member(card: Mapping[str, Any], organization: Organization, common: Mapping[str, Any], charter: Charter) -> Member:
    own = {n: to_stored(n, v) for n, v in card.items() if place_of(n) == "member" and n != "cell"}
    member = Member(
        federation=organization.federation,
        organization=organization,
        cell=card["cell"],
        unit=card["cell"] or organization,
        batch=common["batch"],
        missing=len(missing_fields(card, charter)),
        **own,
    )
    _renew(member)
    return member


def renew_keys(members: Sequence[Member]) -> None:
    """Update the keys for searching, sorting and duplicates, from the cards and their lines in the book.

    The search also finds former names and ticket numbers (V-B5).
    """
    former = book.former(members)
    for member in members:
        _renew(member, *former[member.pk])


def _renew(member: Member, names: Sequence[str] = (), tickets: Sequence[str] = ()) -> None:
    member.search_key = member_search_key(
        [member.surname, member.given_name, member.patronymic],
        snils=member.snils,
        ticket_number=member.ticket_number,
        birth_date=member.birth_date,
        phones=(member.phone_mobile, member.phone_home),
        former_names=names,
        former_tickets=tickets,
    )
    member.sort_key = sort_key(member.surname, member.given_name, member.patronymic)[:420]
    member.name_key = name_key(member.surname, member.given_name)


def count_in(members: Sequence[Member], *, less: Sequence[Member] = ()) -> None:
    """Add the members to the stored figures of their units, and subtract the members in `less`."""
    deltas: dict[int, Counter[str]] = {}
    for member, sign in [*((m, 1) for m in members), *((m, -1) for m in less)]:
        if member.unit_id is not None:
            counts = deltas.setdefault(member.unit_id, Counter())
            for name, count in figures_of(member).items():
                counts[name] += sign * count
    # In the order of ids, so that two transactions cannot deadlock.
    for unit, counts in sorted(deltas.items()):
        adjust(unit, **counts)


def figures_of(member: Member) -> dict[str, int]:
    """Return the figures that one member adds to their unit; a blocked card adds nothing (N-C1)."""
    if member.blocked_on is not None:
        return {}
    return {
        "members": 1,
        "incomplete": int(member.missing > 0),
        "consents_printed": int(member.consent_state == "printed"),
        "consents_signed": int(member.consent_state == "signed"),
    }
