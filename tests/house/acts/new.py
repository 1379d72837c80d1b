"""Arguments of transitions, created in a scene by its officers when needed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.ledger.transitions import charge_new_year
from dues.payments.transitions import record_payment
from members.admission.models import Application, Attachment, Representation
from members.admission.transitions import applications, attachments, representations
from members.book.enums import EndReason, RegistrationReason
from members.book.models import BookLine, Registration
from members.lists import batches, loading, updates
from members.lists.models import CardUpdate, ImportBatch
from members.lists.transitions import batches as imports
from members.lists.transitions import updates as card_updates
from members.meetings.enums import ItemKind
from members.meetings.models import AgendaItem, Appeal, Meeting
from members.meetings.transitions import agenda, appeals, arrears, decisions
from members.movement.enums import PaperCard
from members.movement.models import Transfer
from members.movement.transitions import leaving, transfers
from members.people.models import CardMark, Member, SearchRequest
from members.people.rules.duplicates import Duplicate, DuplicateKind
from members.people.transitions import cards, marks, registration
from members.reconciliation.models import ChangeProposal, Reconciliation
from members.reconciliation.transitions import proposals, reconciliation
from registry.organizations.transitions.lifecycle import begin_liquidation
from tests.members import sessions
from tests.members.places import UNION_PERSON, VOI_PERSON
from tests.members.reconciliations import open_year
from tests.registry import trees

from ..cast import picture
from .base import Scene

TODAY = timezone.localdate


def ago(days: int) -> dt.date:
    return TODAY() - dt.timedelta(days=days)


def person(s: Scene) -> dict[str, Any]:
    whole = VOI_PERSON if s.society else UNION_PERSON
    return {**whole, "surname": "Новикова", "snils": "", "ticket_number": "", "joined_on": dt.date(2019, 3, 12)}


# Applications and meetings


def filed(s: Scene) -> int:
    return s.apply().pk


def withdrawn(s: Scene) -> int:
    return applications.withdraw_application(filed(s), by=s.chair).pk


def meeting(s: Scene, day: dt.date | None = None) -> Meeting:
    return sessions.planned(s.keeper, s.chair, held_on=day)


def scheduled(s: Scene) -> AgendaItem:
    (item,) = agenda.put_on(meeting(s).pk, applications=[filed(s), filed(s)], by=s.chair)
    return item


def held(s: Scene) -> AgendaItem:
    item = scheduled(s)
    assert item.meeting is not None
    sessions.held(item.meeting, s.chair)
    return item


def decided(s: Scene, *, adopted: bool = True) -> AgendaItem:
    return sessions.decided(held(s), s.chair, adopted=adopted)


def waiting(s: Scene, kind: str = ItemKind.OTHER, **values: Any) -> AgendaItem:
    given = {"organization": s.keeper, "kind": kind, "title": "О делах", "filed_on": ago(5), **values}
    return decisions.put_forward(by=s.chair, **given)


def of_items(item: AgendaItem) -> list[int]:
    return list(Application.objects.filter(item=item).values_list("pk", flat=True))


def votes(item: AgendaItem) -> dict[str, Any]:
    return {
        "item_id": item.pk, "adopted": True, "votes_for": 4, "votes_against": 1, "votes_abstained": 0,
        "resolution": "Принять.", "not_notified": True,
    }  # fmt: skip


def excluded(s: Scene) -> AgendaItem:
    item = waiting(s, ItemKind.EXCLUSION, member=s.member, exclusion_reason="violation")
    planned = meeting(s, TODAY())
    agenda.put_on(planned.pk, items=[item.pk], by=s.chair)
    sessions.held(planned, s.chair)
    return sessions.decided(item, s.chair)


def appeal(s: Scene) -> Appeal:
    return appeals.receive_appeal(excluded(s).pk, received_on=TODAY(), by=s.superior)


def meeting_values(s: Scene, **values: Any) -> dict[str, Any]:
    body = sessions.body_of(s.keeper)
    return {"body_id": body.pk, "held_on": TODAY(), "starts_at": dt.time(9), "place": "ул. Садовая, 5", **values}


def at_once(s: Scene) -> dict[str, Any]:
    values = meeting_values(s, starts_at=dt.time(7))
    seats = list(sessions.body_of(s.keeper).seats.values_list("pk", flat=True))
    return {**values, "seats": seats, "chaired_by": "Громов Г. Г.", "attended": True, "votes_for": len(seats)}


# Cards


def entry(s: Scene) -> dict[str, int]:
    entry = cards.add_entry(s.member.pk, kind="award", values=AWARD, by=s.chair)
    return {"entry_id": entry.pk, "member_id": s.member.pk}


AWARD = {"title": "Почётная грамота", "year": 2020}


def scan(s: Scene) -> Attachment:
    return attachments.attach(member_id=s.member.pk, kind="application", data=picture(), by=s.chair)


def ward(s: Scene) -> Representation:
    application = s.apply(category="guardian", disability_group="")
    return representations.add_representation(application_id=application.pk, values=WARD, by=s.chair)


WARD = {
    "surname": "Ромашкин", "given_name": "Тимофей", "birth_date": dt.date(2015, 5, 5), "sex": "male",
    "mandate_kind": "birth_certificate", "mandate_number": "II-БО № 123456", "mandate_issued_on": dt.date(2015, 5, 20),
    "disability_group": "child", "consent_signed_on": dt.date(2025, 5, 5),
}  # fmt: skip


def ended_ward(s: Scene) -> int:
    return representations.end_representation(ward(s).pk, on=TODAY(), note="Ошибка", by=s.chair).pk


def mark(s: Scene, kind: str = "trip") -> CardMark:
    return marks.add_mark(s.member.pk, kind=kind, text="Учёба", on=ago(9), by=s.chair)


def merged(s: Scene) -> Member:
    """Return the member, whose registration began with a merger of organisations."""
    Registration.objects.filter(member=s.member).update(start_reason=RegistrationReason.MERGER)
    return s.member


# Moves


def gone(s: Scene, reason: str = EndReason.DEATH) -> BookLine:
    leaving.deregister(
        s.member.pk, reason=reason, on=TODAY(), paper="Свидетельство", paper_card=PaperCard.TAKEN,
        destination="Калуга", by=s.chair,
    )  # fmt: skip
    return BookLine.objects.get(member=s.member)


def departed(s: Scene) -> Transfer:
    leaving.deregister(
        s.member.pk, reason=EndReason.DEPARTURE, on=TODAY(), destination="Калуга", paper_card=PaperCard.HANDED,
        by=s.chair,
    )  # fmt: skip
    return Transfer.objects.get(member=s.member)


def theirs(s: Scene) -> Member:
    """Register a member of the neighbour, with the ticket number with which they may arrive."""
    assert s.neighbour.organization is not None
    given = {**person(s), "surname": "Переездова", "ticket_number": "0777"}
    return registration.register_person(organization=s.other, values=given, by=s.neighbour)


def named(member: Member) -> dict[str, Any]:
    return {name: getattr(member, name) for name in ("surname", "given_name", "patronymic", "birth_date")}


def arriving(s: Scene) -> dict[str, Any]:
    member = theirs(s)
    left = leaving.deregister(
        member.pk, reason=EndReason.DEPARTURE, on=TODAY(), destination="Тула", paper_card=PaperCard.HANDED,
        by=s.neighbour,
    )  # fmt: skip
    return {"organization": s.keeper, "ticket_number": "0777", "code": left.code, "on": TODAY()}


def arrived(s: Scene) -> int:
    if s.society:
        transfers.arrive(**arriving(s), by=s.chair)
        return Transfer.objects.get().pk
    return transfers.confirm(offered(s).pk, by=s.chair).pk


def offered(s: Scene) -> Transfer:
    """The neighbour requests a transfer of one of its members to this organisation."""
    return transfers.request_departure(theirs(s).pk, target=s.keeper, by=s.neighbour)


def wanted(s: Scene) -> Transfer:
    """This organisation requests a transfer of one of its members to the neighbour."""
    return transfers.request_departure(s.member.pk, target=s.other, by=s.chair)


def silent(s: Scene) -> int:
    transfer = offered(s)
    Transfer.objects.filter(pk=transfer.pk).update(answer_by=ago(1))
    return transfer.pk


def due(s: Scene) -> int:
    gone(s)
    Member.objects.filter(pk=s.member.pk).update(erase_after=ago(1))
    return s.member.pk


def outlived(s: Scene) -> int:
    pk = withdrawn(s)
    Application.objects.filter(pk=pk).update(erase_after=ago(1))
    return pk


# Lists


_LIST = "ФИО;Дата рождения;Дата вступления\nКим Лев Олегович;01.02.1970;05.05.2005\n"


def batch(s: Scene, text: str = _LIST) -> ImportBatch:
    data = text.encode()
    batch = batches.upload_list(organization=s.keeper, data=data, name="list.csv", by=s.chair)
    return batches.set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=s.chair)


def unread(s: Scene) -> ImportBatch:
    return loading.store_unread_list(_LIST.encode(), "list.csv", organization=s.keeper, by=s.chair)


def fresh(s: Scene) -> dict[str, Any]:
    found = {"sheet": "", "sheets": [], "headings": ["ФИО"], "guesses": [], "samples": {}}
    return {"found": found, "rows": [{"number": 2, "cells": ["Ким Лев"]}]}


def applied_in_part(s: Scene) -> ImportBatch:
    return applied(s, f"{_LIST}Пак Олег Львович;;05.05.2005\n")


def applied(s: Scene, text: str = _LIST) -> ImportBatch:
    found = batch(s, text)
    batches.accept(found.pk, by=s.chair)
    imports.apply_batch(found.pk, by=s.chair)
    found.refresh_from_db()
    return found


def card_update(s: Scene) -> CardUpdate:
    return updates.update_chosen([s.member.pk], name="workplace", value="Почта", by=s.chair)


def cards_updated(s: Scene) -> CardUpdate:
    return card_updates.apply_update(card_update(s).pk, by=s.chair)


# Cells and reconciliation


def proposal(s: Scene) -> ChangeProposal:
    (made,) = proposals.propose(s.member.pk, values={"workplace": "Почта"}, by=s.actors.get("cell", s.chair))
    return made


def opened(s: Scene) -> Reconciliation:
    open_year(TODAY().year, today=TODAY(), by=s.actors["installation"])
    return Reconciliation.objects.get(unit=s.member.unit)


def checked(s: Scene) -> Reconciliation:
    found = opened(s)
    return reconciliation.check(found.pk, {s.member.pk: "unchanged"}, by=s.actors.get("cell", s.chair))


def reported(s: Scene) -> int:
    return reconciliation.report(checked(s).pk, note="Сверено.", by=s.actors.get("cell", s.chair)).pk


def two_items(s: Scene) -> int:
    planned = meeting(s)
    _first, second = agenda.put_on(planned.pk, items=[waiting(s).pk, waiting(s, title="Иное").pk], by=s.chair)
    return second.pk


def few(s: Scene) -> Meeting:
    planned = meeting(s)
    agenda.put_on(planned.pk, applications=[filed(s)], by=s.chair)
    return sessions.held(planned, s.chair, present=1)


def ending(s: Scene) -> int:
    """Begin the liquidation of an organisation without members; return its id."""
    empty = trees.below(s.place.region, s.keeper.level, "Пустая")
    return begin_liquidation(empty.pk, by=s.superior).pk


def debtor(s: Scene) -> int:
    """Return a member who has owed an annual fee for longer than the charter requires for an exclusion."""
    year = TODAY().year - 2
    Member.objects.filter(pk=s.member.pk).update(joined_on=dt.date(year - 3, 3, 1))
    charge_new_year(s.keeper.pk, year, by=s.chair)
    return s.member.pk


def paid_debtor(s: Scene) -> int:
    """Propose to exclude a debtor who then pays; return the organisation."""
    arrears.propose_exclusions(s.keeper.pk, [debtor(s)], by=s.chair)
    record_payment(
        s.member.pk, fee="annual", year=TODAY().year - 2, amount=Decimal(50), made_on=TODAY(), paper="Ведомость № 1",
        key="one", by=s.chair,
    )  # fmt: skip
    return s.keeper.pk


def search_request(s: Scene) -> SearchRequest:
    """Create the chair's request to be shown more people of other organisations."""
    return SearchRequest.objects.create(
        account=s.chair.account, organization=s.keeper, wanted=50, asked_at=timezone.now()
    )


def found_elsewhere(s: Scene) -> Duplicate:
    """Return a duplicate whose card another organisation keeps."""
    return Duplicate(DuplicateKind.PERSON, s.other.short_name, None, "0" * 16, organization_id=s.other.pk)
