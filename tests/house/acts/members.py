"""People, applications, meetings, moves, lists, reconciliation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from members.enums import EndReason, ItemKind, PaperCard
from members.imports import batches
from members.models import (
    AgendaItem,
    Appeal,
    Application,
    Attachment,
    BookLine,
    CardMark,
    ChangeProposal,
    ImportBatch,
    Meeting,
    Member,
    Reconciliation,
    Representation,
    Transfer,
)
from members.transitions import (
    accounting,
    agenda,
    appeals,
    applications,
    arrivals,
    attachments,
    cards,
    cells,
    completeness,
    decisions,
    erasing,
    exports,
    imports,
    leaving,
    marks,
    meetings,
    organizations,
    proposals,
    reconciliation,
    representations,
    taking_back,
    transfers,
)
from registry.enums import DataClass, Level
from registry.transitions.lifecycle import begin_liquidation
from tests.members import sessions
from tests.members.people import UNION_PERSON, VOI_PERSON
from tests.registry import trees

from ..cast import picture
from .base import CARD, CELL, KEPT, LIST, NOTED, PLACE, SOCIETY, SUPERIOR, UNION, Asked, Scene, Table

TODAY = timezone.localdate
#: The chair and the deputy destroy.
ERASERS = "++--- 0 --- -- 000 +"
#: The body of the superior takes appeals in and decides on them.
BODY_ABOVE = "---0- 0 ++- -0 000 +"
#: What another organisation has asked for, or was asked: it sees the transfer too.
TRANSFER = "+++0- 0 --- -0 -00 +"
#: The organisation that let the member go, or a superior of it.
LEADING = "+++0- 0 +-- +0 000 +"


def ago(days: int) -> dt.date:
    return TODAY() - dt.timedelta(days=days)


def _person(s: Scene) -> dict[str, Any]:
    whole = VOI_PERSON if s.society else UNION_PERSON
    return {**whole, "surname": "Новикова", "snils": "", "ticket_number": "", "joined_on": dt.date(2019, 3, 12)}


# Applications and meetings


def _filed(s: Scene) -> int:
    return s.apply().pk


def _withdrawn(s: Scene) -> int:
    return applications.withdraw_application(_filed(s), by=s.chair).pk


def _meeting(s: Scene, day: dt.date | None = None) -> Meeting:
    return sessions.planned(s.keeper, s.chair, held_on=day)


def _scheduled(s: Scene) -> AgendaItem:
    (item,) = agenda.put_on(_meeting(s).pk, applications=[_filed(s), _filed(s)], by=s.chair)
    return item


def _held(s: Scene) -> AgendaItem:
    item = _scheduled(s)
    assert item.meeting is not None
    sessions.held(item.meeting, s.chair)
    return item


def _decided(s: Scene, *, adopted: bool = True) -> AgendaItem:
    return sessions.decided(_held(s), s.chair, adopted=adopted)


def _waiting(s: Scene, kind: str = ItemKind.OTHER, **values: Any) -> AgendaItem:
    given = {"organization": s.keeper, "kind": kind, "title": "О делах", "filed_on": ago(5), **values}
    return decisions.put_forward(by=s.chair, **given)


def _of_items(item: AgendaItem) -> list[int]:
    return list(Application.objects.filter(item=item).values_list("pk", flat=True))


def _votes(item: AgendaItem) -> dict[str, Any]:
    return {
        "item_id": item.pk, "adopted": True, "votes_for": 4, "votes_against": 1, "votes_abstained": 0,
        "resolution": "Принять.",
    }  # fmt: skip


def _excluded(s: Scene) -> AgendaItem:
    item = _waiting(s, ItemKind.EXCLUSION, member=s.member, exclusion_reason="violation")
    meeting = _meeting(s, TODAY())
    agenda.put_on(meeting.pk, items=[item.pk], by=s.chair)
    sessions.held(meeting, s.chair)
    return sessions.decided(item, s.chair)


def _appeal(s: Scene) -> Appeal:
    return appeals.receive_appeal(_excluded(s).pk, received_on=TODAY(), by=s.superior)


def _meeting_values(s: Scene, **values: Any) -> dict[str, Any]:
    body = sessions.body_of(s.keeper)
    return {"body_id": body.pk, "held_on": TODAY(), "starts_at": dt.time(9), "place": "ул. Садовая, 5", **values}


# Cards


def _entry(s: Scene) -> dict[str, int]:
    entry = cards.add_entry(s.member.pk, kind="award", values=AWARD, by=s.chair)
    return {"entry_id": entry.pk, "member_id": s.member.pk}


AWARD = {"title": "Почётная грамота", "year": 2020}


def _scan(s: Scene) -> Attachment:
    return attachments.attach(member_id=s.member.pk, kind="application", data=picture(), by=s.chair)


def _ward(s: Scene) -> Representation:
    application = s.apply(category="guardian", disability_group="")
    return representations.add_representation(application_id=application.pk, values=WARD, by=s.chair)


WARD = {
    "surname": "Ромашкин", "given_name": "Тимофей", "birth_date": dt.date(2015, 5, 5), "sex": "male",
    "mandate_kind": "birth_certificate", "mandate_number": "II-БО № 123456", "mandate_issued_on": dt.date(2015, 5, 20),
    "disability_group": "child", "consent_signed_on": dt.date(2026, 5, 5),
}  # fmt: skip


def _ended_ward(s: Scene) -> int:
    return representations.end_representation(_ward(s).pk, on=TODAY(), note="Ошибка", by=s.chair).pk


def _mark(s: Scene, kind: str = "trip") -> CardMark:
    return marks.add_mark(s.member.pk, kind=kind, text="Учёба", on=ago(9), by=s.chair)


# Moves


def _gone(s: Scene, reason: str = EndReason.DEATH) -> BookLine:
    leaving.deregister(
        s.member.pk, reason=reason, on=TODAY(), paper="Свидетельство", paper_card=PaperCard.TAKEN,
        destination="Калуга", by=s.chair,
    )  # fmt: skip
    return BookLine.objects.get(member=s.member)


def _departed(s: Scene) -> Transfer:
    leaving.deregister(
        s.member.pk, reason=EndReason.DEPARTURE, on=TODAY(), destination="Калуга", paper_card=PaperCard.HANDED,
        by=s.chair,
    )  # fmt: skip
    return Transfer.objects.get(member=s.member)


def _theirs(s: Scene) -> Member:
    """A member of the neighbour, with the ticket under which he may come here."""
    assert s.neighbour.organization is not None
    person = {**_person(s), "surname": "Переездова", "ticket_number": "0777"}
    return accounting.put_on_account(organization=s.other, values=person, by=s.neighbour)


def _named(member: Member) -> dict[str, Any]:
    return {name: getattr(member, name) for name in ("surname", "given_name", "patronymic", "birth_date")}


def _arriving(s: Scene) -> dict[str, Any]:
    member = _theirs(s)
    left = leaving.deregister(
        member.pk, reason=EndReason.DEPARTURE, on=TODAY(), destination="Тула", paper_card=PaperCard.HANDED,
        by=s.neighbour,
    )  # fmt: skip
    return {"organization": s.keeper, "ticket_number": "0777", "code": left.code, "on": TODAY()}


def _arrived(s: Scene) -> int:
    if s.society:
        transfers.arrive(**_arriving(s), by=s.chair)
        return Transfer.objects.get().pk
    return transfers.confirm(_offered(s).pk, by=s.chair).pk


def _offered(s: Scene) -> Transfer:
    """The neighbour offers a member of theirs."""
    return transfers.request_departure(_theirs(s).pk, target=s.keeper, by=s.neighbour)


def _wanted(s: Scene) -> Transfer:
    """This organisation offers a member of its own to the neighbour."""
    return transfers.request_departure(s.member.pk, target=s.other, by=s.chair)


def _silent(s: Scene) -> int:
    transfer = _offered(s)
    Transfer.objects.filter(pk=transfer.pk).update(answer_by=ago(1))
    return transfer.pk


def _due(s: Scene) -> int:
    _gone(s)
    Member.objects.filter(pk=s.member.pk).update(erase_after=ago(1))
    return s.member.pk


def _outlived(s: Scene) -> int:
    pk = _withdrawn(s)
    Application.objects.filter(pk=pk).update(erase_after=ago(1))
    return pk


# Lists


def _batch(s: Scene) -> ImportBatch:
    data = "ФИО;Дата рождения;Дата вступления\nКим Лев Олегович;01.02.1970;05.05.2005\n".encode()
    batch = batches.upload_list(organization=s.keeper, data=data, name="list.csv", by=s.chair)
    return batches.set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=s.chair)


def _fresh(s: Scene) -> dict[str, Any]:
    found = {"sheet": "", "sheets": [], "headings": ["ФИО"], "guesses": [], "samples": {}}
    return {"found": found, "rows": [{"number": 2, "cells": ["Ким Лев"]}]}


def _applied(s: Scene) -> ImportBatch:
    batch = _batch(s)
    batches.accept(batch.pk, by=s.chair)
    imports.apply_batch(batch.pk, by=s.chair)
    batch.refresh_from_db()
    return batch


# Cells and reconciliation


def _proposal(s: Scene) -> ChangeProposal:
    (made,) = proposals.propose(s.member.pk, values={"workplace": "Почта"}, by=s.actors.get("cell", s.chair))
    return made


def _reconciliation(s: Scene) -> Reconciliation:
    reconciliation.open_year(TODAY().year, today=TODAY(), by=s.actors["installation"])
    return Reconciliation.objects.get(unit=s.member.unit)


def _checked(s: Scene) -> Reconciliation:
    found = _reconciliation(s)
    return reconciliation.check(found.pk, {s.member.pk: "unchanged"}, by=s.actors.get("cell", s.chair))


def _reported(s: Scene) -> int:
    return reconciliation.report(_checked(s).pk, note="Сверено.", by=s.actors.get("cell", s.chair)).pk


TABLE: Table = {
    # People
    accounting.put_on_account: Asked(PLACE, lambda s: {"organization": s.keeper, "values": _person(s)}),
    accounting.put_many_on_account: Asked(PLACE, lambda s: {"organization": s.keeper, "people": [_person(s)]}),
    taking_back.take_back: Asked(PLACE, lambda s: {"batch": _applied(s)}),
    cards.edit_card: Asked(CARD, lambda s: {"member_id": s.member.pk, "values": {"city": "Орёл"}, "version": None}),
    cards.add_entry: Asked(CARD, lambda s: {"member_id": s.member.pk, "kind": "award", "values": AWARD}, UNION),
    cards.edit_entry: Asked(CARD, lambda s: {**_entry(s), "values": {**AWARD, "year": 2021}}, UNION),
    cards.delete_entry: Asked(CARD, _entry, UNION),
    cards.put_photo: Asked(CARD, lambda s: {"member_id": s.member.pk, "jpeg": picture("JPEG")}),
    cards.remove_photo: Asked(
        CARD, lambda s: {"member_id": cards.put_photo(s.member.pk, jpeg=picture("JPEG"), by=s.chair).pk}
    ),
    cards.note_card_opened: Asked(
        "00000 0 +++ ++ +0+ 0",
        lambda s: {"member": s.member},
        why="the view loads the card in scope; nothing is noted of those who keep it",
    ),
    cards.note_class_opened: Asked(
        "+++-- + ++- +- +-+ +",
        lambda s: {"member": s.member, "data_class": DataClass.HEALTH},
        why="the view loads the card in scope; who does not read the class is refused",
    ),
    cards.note_fields_shown: Asked(
        NOTED, lambda s: {"members": [s.member], "names": ["diagnosis"]}, why="the view loads the cards in scope"
    ),
    cells.assign_cell: Asked(
        "+++-- ! 00- 0- !-! -",
        lambda s: {"member_ids": [s.put().pk], "cell": s.place.cells[1]},
        SOCIETY,
    ),
    completeness.count_completeness: Asked(
        NOTED, lambda s: {"federation": s.keeper.federation}, why="a job of the installation; counts and shows nothing"
    ),
    marks.add_mark: Asked(CARD, lambda s: {"member_id": s.member.pk, "kind": "trip", "text": "Учёба", "on": ago(9)}),
    marks.end_absence: Asked(CARD, lambda s: {"mark_id": _mark(s).pk, "on": ago(2)}),
    marks.take_back_mark: Asked(CARD, lambda s: {"mark_id": _mark(s).pk}),
    exports.record_export: Asked(
        "+++-- + ++- +- +-+ +",
        lambda s: {"ids": [s.member.pk], "classes": [DataClass.GENERAL], "columns": ["name"]},
        why="the job reads the people in scope",
    ),
    exports.record_day: Asked("+++-- - ++- +- --- +", lambda s: {"place": s.keeper, "day": TODAY(), "count": 1}),
    exports.record_reading: Asked(
        "+++0+ + +++ +0 000 +",
        lambda s: {"ids": [s.member.pk], "classes": [DataClass.HEALTH]},
        why="after `record_export`, which refuses; nothing is told of people out of scope",
    ),
    # Applications
    applications.file_application: Asked(
        PLACE,
        lambda s: {
            "organization": s.keeper,
            "values": {n: v for n, v in _person(s).items() if n not in {"joined_on", "ticket_number"}},
            "facts": {"filed_on": ago(3)},
        },
    ),
    applications.edit_application: Asked(
        KEPT, lambda s: {"application_id": _filed(s), "values": {"city": "Орёл"}, "facts": {}, "version": None}
    ),
    applications.withdraw_application: Asked(KEPT, lambda s: {"application_id": _filed(s)}),
    applications.restore_application: Asked(KEPT, lambda s: {"application_id": _withdrawn(s)}),
    applications.route_application: Asked(
        KEPT, lambda s: {"application_id": _filed(s), "to": s.other, "reason": "обслуживает адрес"}
    ),
    applications.note_invited: Asked(KEPT, lambda s: {"ids": _of_items(_scheduled(s)), "on": ago(3), "way": "phone"}),
    applications.note_attended: Asked(KEPT, lambda s: {"ids": _of_items(_held(s)), "attended": True}),
    applications.note_notified: Asked(KEPT, lambda s: {"ids": _of_items(_decided(s)), "on": TODAY(), "way": "phone"}),
    applications.set_pickup: Asked(
        KEPT, lambda s: {"ids": _of_items(_decided(s)), "on": TODAY(), "at": dt.time(15), "place": "Садовая, 5"}
    ),
    applications.note_application_opened: Asked(
        NOTED,
        lambda s: {"application": s.apply(), "data_class": DataClass.HEALTH},
        why="the view loads the application in scope and asks who reads the class",
    ),
    attachments.attach: Asked(
        "+++-- - --- -- 0-0 +",
        lambda s: {"member_id": s.member.pk, "kind": "application", "data": picture()},
    ),
    attachments.remove_attachment: Asked(CARD, lambda s: {"attachment_id": _scan(s).pk}),
    attachments.note_attachment_opened: Asked(
        NOTED, lambda s: {"attachment": _scan(s)}, why="the view loads the scan in scope"
    ),
    representations.add_representation: Asked(
        KEPT,
        lambda s: {"application_id": s.apply(category="guardian", disability_group="").pk, "values": WARD},
        SOCIETY,
    ),
    representations.edit_representation: Asked(
        KEPT,
        lambda s: {"ward_id": _ward(s).pk, "values": {**WARD, "given_name": "Фёдор"}, "version": None},
        SOCIETY,
    ),
    representations.end_representation: Asked(
        KEPT, lambda s: {"ward_id": _ward(s).pk, "on": TODAY(), "note": "Совершеннолетие"}, SOCIETY
    ),
    representations.reopen_representation: Asked(KEPT, lambda s: {"ward_id": _ended_ward(s)}, SOCIETY),
    representations.remove_representation: Asked(KEPT, lambda s: {"ward_id": _ward(s).pk}, SOCIETY),
    representations.note_ward_opened: Asked(
        NOTED, lambda s: {"ward": _ward(s)}, SOCIETY, why="the view loads the represented person in scope"
    ),
    # Meetings
    agenda.put_on: Asked(KEPT, lambda s: {"meeting_id": _meeting(s).pk, "items": [_waiting(s).pk]}),
    agenda.take_off: Asked(KEPT, lambda s: {"item_id": _scheduled(s).pk}),
    agenda.split_off: Asked(KEPT, lambda s: {"application_id": _of_items(_scheduled(s))[0]}),
    agenda.move: Asked(KEPT, lambda s: {"item_id": _two_items(s), "up": True}),
    decisions.put_forward: Asked(
        PLACE,
        lambda s: {"organization": s.keeper, "kind": ItemKind.OTHER, "title": "О делах", "filed_on": ago(5)},
    ),
    decisions.drop_item: Asked(KEPT, lambda s: {"item_id": _waiting(s).pk}),
    decisions.decide: Asked(KEPT, lambda s: _votes(_held(s))),
    decisions.note_spoken: Asked(KEPT, lambda s: {"item_id": _held(s).pk, "spoken": "Слово"}),
    decisions.reverse_decision: Asked(KEPT, lambda s: {"item_id": _decided(s).pk}),
    decisions.note_item_notified: Asked(KEPT, lambda s: {"item_id": _excluded(s).pk, "on": TODAY(), "way": "phone"}),
    meetings.plan_meeting: Asked(PLACE, lambda s: {"organization_id": s.keeper.pk, **_meeting_values(s)}),
    meetings.edit_meeting: Asked(
        KEPT, lambda s: {"meeting_id": _meeting(s).pk, **_meeting_values(s), "format": "in_person"}
    ),
    meetings.hold_meeting: Asked(
        KEPT,
        lambda s: {
            "meeting_id": _meeting(s).pk,
            "seats": list(sessions.body_of(s.keeper).seats.values_list("pk", flat=True)),
        },
    ),
    meetings.unhold_meeting: Asked(KEPT, lambda s: {"meeting_id": _held(s).meeting_id}),
    meetings.close_minutes: Asked(KEPT, lambda s: {"meeting_id": _decided(s).meeting_id, "number": "7"}),
    meetings.close_without_quorum: Asked(KEPT, lambda s: {"meeting_id": _few(s).pk}),
    meetings.reopen_minutes: Asked(
        KEPT,
        lambda s: {"meeting_id": meetings.close_minutes(_decided(s).meeting_id or 0, number="7", by=s.chair).pk},
    ),
    meetings.cancel_meeting: Asked(KEPT, lambda s: {"meeting_id": _meeting(s).pk}),
    appeals.receive_appeal: Asked(BODY_ABOVE, lambda s: {"against_id": _excluded(s).pk, "received_on": TODAY()}),
    appeals.withdraw_appeal: Asked(BODY_ABOVE, lambda s: {"appeal_id": _appeal(s).pk}),
    appeals.restore_appeal: Asked(
        BODY_ABOVE,
        lambda s: {"appeal_id": appeals.withdraw_appeal(_appeal(s).pk, by=s.superior).pk},
    ),
    # Moves
    leaving.deregister: Asked(
        KEPT,
        lambda s: {"member_id": s.member.pk, "reason": EndReason.DEATH, "on": TODAY(), "paper": "Свидетельство"},
    ),
    leaving.take_back_leaving: Asked(CARD, lambda s: {"line_id": _gone(s).pk}),
    arrivals.take_back_arrival: Asked("+++0- 0 +-- +0 -00 +", lambda s: {"transfer_id": _arrived(s)}),
    transfers.renew_code: Asked(LEADING, lambda s: {"transfer_id": _departed(s).pk}, SOCIETY),
    transfers.call_off: Asked(LEADING, lambda s: {"transfer_id": _departed(s).pk}, SOCIETY),
    transfers.arrive: Asked(PLACE, _arriving, SOCIETY),
    transfers.request_departure: Asked(CARD, lambda s: {"member_id": s.member.pk, "target": s.other}),
    transfers.request_arrival: Asked(
        PLACE,
        lambda s: {
            "organization": s.keeper,
            **_named(_theirs(s)),
        },
    ),
    transfers.confirm: Asked(TRANSFER, lambda s: {"transfer_id": _offered(s).pk}),
    transfers.decline: Asked(TRANSFER, lambda s: {"transfer_id": _offered(s).pk, "answer": "Мест нет"}),
    transfers.withdraw: Asked(TRANSFER, lambda s: {"transfer_id": _wanted(s).pk}),
    transfers.decide: Asked(
        "---0- 0 +-- +0 -00 +",
        lambda s: {"transfer_id": _silent(s), "carry_out": True},
    ),
    erasing.erase: Asked(ERASERS, lambda s: {"member_id": _due(s)}),
    erasing.erase_application: Asked(ERASERS, lambda s: {"application_id": _outlived(s)}),
    organizations.move_organization: Asked(
        "----- 0 0-- ++ 000 +",
        lambda s: {
            "organization_id": s.keeper.pk,
            "parent_id": trees.below(s.place.head, Level.REGIONAL).pk,
            "on": TODAY(),
        },
    ),
    organizations.merge_organizations: Asked(
        SUPERIOR, lambda s: {"source_id": s.keeper.pk, "target_id": s.other.pk, "on": TODAY()}
    ),
    organizations.liquidate_organization: Asked(
        "00000 0 +-- ++ 000 +", lambda s: {"organization_id": _ending(s), "on": TODAY()}
    ),
    # Lists
    imports.keep_list: Asked(
        PLACE,
        lambda s: {
            "organization": s.keeper,
            "data": b"\xd0",
            "content_type": "text/csv",
            "name": "a.csv",
            **_fresh(s),
        },
    ),
    imports.keep_sheet: Asked(LIST, lambda s: {"batch_id": _batch(s).pk, **_fresh(s)}),
    imports.keep_columns: Asked(
        LIST, lambda s: {"batch_id": _batch(s).pk, "mapping": {}, "remembered": {}, "defaults": {}, "signature": "a"}
    ),
    imports.keep_check: Asked(LIST, lambda s: {"batch_id": _batch(s).pk, "changed": []}),
    imports.keep_accepted: Asked(LIST, lambda s: {"batch_id": _batch(s).pk, "kinds": [], "changed": []}),
    imports.keep_cells: Asked(LIST, lambda s: {"batch_id": _batch(s).pk, "cells": {}}),
    imports.forget_answers: Asked(LIST, lambda s: {"batch_id": _batch(s).pk}),
    imports.apply_batch: Asked(LIST, lambda s: {"batch_id": batches.accept(_batch(s).pk, by=s.chair).pk}),
    imports.undo_batch: Asked(LIST, lambda s: {"batch_id": _applied(s).pk}),
    imports.discard_batch: Asked(LIST, lambda s: {"batch_id": _batch(s).pk}),
    # Cells and reconciliation
    proposals.propose: Asked(CELL, lambda s: {"member_id": s.member.pk, "values": {"workplace": "Почта"}}),
    proposals.withdraw: Asked(CELL, lambda s: {"proposal_id": _proposal(s).pk}),
    proposals.settle: Asked(CARD, lambda s: {"accepted": [_proposal(s).pk], "declined": {}}),
    proposals.apply: Asked(CARD, lambda s: {"member": s.member, "proposals": [_proposal(s)]}),
    reconciliation.open_year: Asked(
        "+++++ + +++ ++ 000 +",
        lambda s: {"year": TODAY().year, "today": TODAY()},
        SOCIETY,
        why="a job of the installation; opens nothing out of scope",
    ),
    reconciliation.check: Asked(
        CELL, lambda s: {"reconciliation_id": _reconciliation(s).pk, "results": {s.member.pk: "missing"}}, SOCIETY
    ),
    reconciliation.report: Asked(CELL, lambda s: {"reconciliation_id": _checked(s).pk, "note": "Сверено."}, SOCIETY),
    reconciliation.take_back: Asked(CELL, lambda s: {"reconciliation_id": _reported(s)}, SOCIETY),
}


def _two_items(s: Scene) -> int:
    meeting = _meeting(s)
    _first, second = agenda.put_on(meeting.pk, items=[_waiting(s).pk, _waiting(s, title="Иное").pk], by=s.chair)
    return second.pk


def _few(s: Scene) -> Meeting:
    meeting = _meeting(s)
    agenda.put_on(meeting.pk, applications=[_filed(s)], by=s.chair)
    return sessions.held(meeting, s.chair, present=1)


def _ending(s: Scene) -> int:
    """The organisation with nobody left, and its liquidation begun."""
    empty = trees.below(s.place.region, s.keeper.level, "Пустая")
    return begin_liquidation(empty.pk, by=s.superior).pk
