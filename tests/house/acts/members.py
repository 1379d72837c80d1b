"""People, applications, meetings, moves, lists, reconciliation."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from members.admission.transitions import applications, attachments, representations
from members.book.enums import EndReason
from members.lists import batches
from members.lists.transitions import batches as imports
from members.lists.transitions import openings
from members.lists.transitions import updates as card_updates
from members.meetings.enums import ItemKind
from members.meetings.transitions import agenda, appeals, arrears, at_once, decisions, meetings
from members.movement.transitions import arrivals, erasing, leaving, organizations, transfers
from members.people.transitions import (
    cards,
    cells,
    completeness,
    exports,
    marks,
    registration,
    searches,
    taking_back,
)
from members.reconciliation.transitions import proposals, reconciliation
from registry.enums import DataClass, Level
from tests.house.acts import new
from tests.members import sessions
from tests.registry import trees

from ..cast import picture
from .base import CARD, CELL, KEPT, LIST, NOTED, NOTED_BY_READERS, PLACE, SOCIETY, SUPERIOR, UNION, Asked, Table
from .new import ago

TODAY = timezone.localdate
#: Only the chair and the deputy may destroy.
ERASERS = "++--- 0 --- -- 000 +"
#: The body of the superior receives appeals and decides on them.
BODY_ABOVE = "---0- 0 ++- -0 000 +"
#: Transfers, which the other organisation sees too.
TRANSFER = "+++0- 0 --- -0 -00 +"
#: The organisation that the member left, or a superior of it.
LEADING = "+++0- 0 +-- +0 000 +"
#: Counts of people without names.
SHOWN = "+++++ + +++ ++ +++ 0"


TABLE: Table = {
    # People
    registration.register_person: Asked(
        PLACE,
        "Organization",
        lambda s: {"organization": s.keeper, "values": new.person(s), "ground": "карточка"},
    ),
    registration.register_many: Asked(
        PLACE, "Organization", lambda s: {"organization": s.keeper, "people": [new.person(s)]}
    ),
    taking_back.take_back: Asked(PLACE, "Organization Member DuesAccount", lambda s: {"batch": new.applied(s)}),
    cards.edit_card: Asked(
        CARD, "Member", lambda s: {"member_id": s.member.pk, "values": {"city": "Орёл"}, "version": None}
    ),
    cards.add_entry: Asked(
        CARD, "Member", lambda s: {"member_id": s.member.pk, "kind": "award", "values": new.AWARD}, UNION
    ),
    cards.edit_entry: Asked(
        CARD, "Member CardEntry", lambda s: {**new.entry(s), "values": {**new.AWARD, "year": 2021}}, UNION
    ),
    cards.delete_entry: Asked(CARD, "Member CardEntry", new.entry, UNION),
    cards.put_photo: Asked(CARD, "Member", lambda s: {"member_id": s.member.pk, "jpeg": picture("JPEG")}),
    cards.remove_photo: Asked(
        CARD, "Member", lambda s: {"member_id": cards.put_photo(s.member.pk, jpeg=picture("JPEG"), by=s.chair).pk}
    ),
    cards.note_card_opened: Asked(
        "00000 0 +++ ++ +0+ 0",
        "",
        lambda s: {"member": s.member},
        why="the view loads the card in scope; nothing is noted of those who keep it",
    ),
    cards.note_class_opened: Asked(
        NOTED_BY_READERS,
        "",
        lambda s: {"member": s.member, "data_class": DataClass.HEALTH},
        why="the view loads the card in scope; who does not read the class is refused",
    ),
    cards.note_class_shown: Asked(
        NOTED_BY_READERS,
        "",
        lambda s: {"member": s.member, "data_class": DataClass.HEALTH},
        why="the view loads the card in scope; who does not read the class is refused",
    ),
    cards.note_photo_opened: Asked(NOTED, "", lambda s: {"member": s.member}, why="the view loads the card in scope"),
    openings.note_list_opened: Asked(NOTED, "", lambda s: {"batch": new.batch(s)}, why="the view loads the list"),
    openings.note_remarks_downloaded: Asked(
        NOTED, "", lambda s: {"batch": new.batch(s)}, why="the view loads the list"
    ),
    cards.note_fields_shown: Asked(
        NOTED, "", lambda s: {"members": [s.member], "names": ["diagnosis"]}, why="the view loads the cards in scope"
    ),
    searches.allow_searches: Asked(SUPERIOR, "SearchRequest", lambda s: {"request_id": new.search_request(s).pk}),
    searches.note_shown: Asked(
        SHOWN,
        "",
        lambda s: {"found": [new.found_elsewhere(s)], "organization": s.keeper},
        why="counts what the actor is shown",
    ),
    searches.hold_back: Asked(
        SHOWN,
        "",
        lambda s: {"found": [new.found_elsewhere(s)], "organization": s.keeper},
        why="counts what the actor is shown",
    ),
    searches.ask_for_more: Asked(
        SHOWN,
        "SearchRequest",
        lambda s: {"organization": s.keeper, "wanted": 1},
        why="after a refusal of the actor's own step",
    ),
    cells.assign_cell: Asked(
        "+++-- ! 00- 0- !-! -",
        "Organization Member",
        lambda s: {"member_ids": [s.put().pk], "cell": s.place.cells[1]},
        SOCIETY,
    ),
    completeness.count_completeness: Asked(
        NOTED,
        "Member",
        lambda s: {"federation": s.keeper.federation},
        why="a job of the installation; counts and shows nothing",
    ),
    cards.correct_decided: Asked(
        CARD,
        "Member",
        lambda s: {
            "member_id": new.merged(s).pk,
            "values": {"registered_on": ago(9)},
            "reason": "Описка",
            "paper": "Решение",
            "version": None,
        },
    ),
    marks.add_mark: Asked(
        CARD, "Member", lambda s: {"member_id": s.member.pk, "kind": "trip", "text": "Учёба", "on": ago(9)}
    ),
    marks.end_absence: Asked(CARD, "Member CardMark", lambda s: {"mark_id": new.mark(s).pk, "on": ago(2)}),
    marks.take_back_mark: Asked(CARD, "Member CardMark", lambda s: {"mark_id": new.mark(s).pk}),
    exports.record_export: Asked(
        "+++-- + ++- +- +-+ +",
        "",
        lambda s: {"ids": [s.member.pk], "classes": [DataClass.GENERAL], "columns": ["name"]},
        why="the job reads the people in scope",
    ),
    exports.record_day: Asked("+++-- - ++- +- --- +", "", lambda s: {"place": s.keeper, "day": TODAY(), "lines": []}),
    exports.record_reading: Asked(
        "+++0+ + +++ +0 000 +",
        "",
        lambda s: {"ids": [s.member.pk], "classes": [DataClass.HEALTH]},
        why="after `record_export`, which refuses; nothing is told of people out of scope",
    ),
    # Applications
    applications.file_application: Asked(
        PLACE,
        "Organization",
        lambda s: {
            "organization": s.keeper,
            "values": {n: v for n, v in new.person(s).items() if n not in {"joined_on", "ticket_number"}},
            "facts": {"filed_on": ago(3)},
        },
    ),
    applications.edit_application: Asked(
        KEPT,
        "Application",
        lambda s: {"application_id": new.filed(s), "values": {"city": "Орёл"}, "facts": {}, "version": None},
    ),
    applications.withdraw_application: Asked(KEPT, "Application", lambda s: {"application_id": new.filed(s)}),
    applications.restore_application: Asked(KEPT, "Application", lambda s: {"application_id": new.withdrawn(s)}),
    applications.route_application: Asked(
        KEPT, "Application", lambda s: {"application_id": new.filed(s), "to": s.other, "reason": "обслуживает адрес"}
    ),
    applications.note_invited: Asked(
        KEPT, "Application", lambda s: {"ids": new.of_items(new.scheduled(s)), "on": ago(3), "way": "phone"}
    ),
    applications.note_attended: Asked(
        KEPT, "Application", lambda s: {"ids": new.of_items(new.held(s)), "attended": True}
    ),
    applications.note_notified: Asked(
        KEPT, "Application", lambda s: {"ids": new.of_items(new.decided(s)), "on": TODAY(), "way": "phone"}
    ),
    applications.set_pickup: Asked(
        KEPT,
        "Application",
        lambda s: {"ids": new.of_items(new.decided(s)), "on": TODAY(), "at": dt.time(15), "place": "Садовая, 5"},
    ),
    applications.note_application_opened: Asked(
        NOTED_BY_READERS,
        "",
        lambda s: {"application": s.apply(), "data_class": DataClass.HEALTH},
        why="the view loads the application in scope; who does not read the class is refused",
    ),
    attachments.attach: Asked(
        "+++-- - --- -- 0-0 +",
        "Member",
        lambda s: {"member_id": s.member.pk, "kind": "application", "data": picture()},
    ),
    attachments.remove_attachment: Asked(CARD, "Member Attachment", lambda s: {"attachment_id": new.scan(s).pk}),
    attachments.note_attachment_opened: Asked(
        "+++-+ + +++ +- +-+ +",
        "",
        lambda s: {"attachment": new.scan(s)},
        why="the view loads the scan in scope; who does not read what it shows is refused",
    ),
    representations.add_representation: Asked(
        KEPT,
        "Application",
        lambda s: {"application_id": s.apply(category="guardian", disability_group="").pk, "values": new.WARD},
        SOCIETY,
    ),
    representations.edit_representation: Asked(
        KEPT,
        "Application Representation",
        lambda s: {"ward_id": new.ward(s).pk, "values": {**new.WARD, "given_name": "Фёдор"}, "version": None},
        SOCIETY,
    ),
    representations.end_representation: Asked(
        KEPT,
        "Application Representation",
        lambda s: {"ward_id": new.ward(s).pk, "on": TODAY(), "note": "Совершеннолетие"},
        SOCIETY,
    ),
    representations.reopen_representation: Asked(
        KEPT, "Application Representation", lambda s: {"ward_id": new.ended_ward(s)}, SOCIETY
    ),
    representations.remove_representation: Asked(
        KEPT, "Application Representation", lambda s: {"ward_id": new.ward(s).pk}, SOCIETY
    ),
    representations.note_ward_opened: Asked(
        NOTED_BY_READERS,
        "",
        lambda s: {"ward": new.ward(s)},
        SOCIETY,
        why="the view loads the represented person in scope",
    ),
    # Meetings
    at_once.admit_at_once: Asked(
        KEPT,
        "Organization Application Meeting AgendaItem AgendaItem Consent DuesAccount",
        lambda s: {"application_id": new.filed(s), **new.at_once(s)},
    ),
    agenda.put_on: Asked(
        KEPT,
        "Organization Application Meeting AgendaItem",
        lambda s: {"meeting_id": new.meeting(s).pk, "items": [new.waiting(s).pk]},
    ),
    agenda.take_off: Asked(
        KEPT,
        "Organization Application Meeting AgendaItem",
        lambda s: {"item_id": new.scheduled(s).pk},
    ),
    agenda.split_off: Asked(
        KEPT,
        "Organization Application Meeting AgendaItem",
        lambda s: {"application_id": new.of_items(new.scheduled(s))[0]},
    ),
    agenda.move: Asked(
        KEPT,
        "Organization Application Meeting AgendaItem",
        lambda s: {"item_id": new.two_items(s), "up": True},
    ),
    decisions.put_forward: Asked(
        PLACE,
        "Organization",
        lambda s: {"organization": s.keeper, "kind": ItemKind.OTHER, "title": "О делах", "filed_on": ago(5)},
    ),
    arrears.propose_exclusions: Asked(
        PLACE,
        "Organization Member",
        lambda s: {"place_id": s.keeper.pk, "member_ids": [new.debtor(s)]},
        SOCIETY,
    ),
    arrears.drop_paid_of: Asked(
        PLACE, "Organization Meeting AgendaItem", lambda s: {"organization_id": new.paid_debtor(s)}, SOCIETY
    ),
    decisions.drop_item: Asked(KEPT, "Organization Application AgendaItem", lambda s: {"item_id": new.waiting(s).pk}),
    decisions.decide: Asked(
        KEPT,
        "Organization Application Meeting AgendaItem Consent DuesAccount",
        lambda s: new.votes(new.held(s)),
    ),
    decisions.note_spoken: Asked(
        KEPT, "Organization Application Meeting AgendaItem", lambda s: {"item_id": new.held(s).pk, "spoken": "Слово"}
    ),
    decisions.reverse_decision: Asked(
        KEPT,
        "Organization Application Meeting AgendaItem Member DuesAccount",
        lambda s: {"item_id": new.decided(s).pk},
    ),
    decisions.note_item_notified: Asked(
        KEPT,
        "Organization Application Meeting AgendaItem",
        lambda s: {"item_id": new.excluded(s).pk, "on": TODAY(), "way": "phone"},
    ),
    meetings.plan_meeting: Asked(
        PLACE, "Organization", lambda s: {"organization_id": s.keeper.pk, **new.meeting_values(s)}
    ),
    meetings.edit_meeting: Asked(
        KEPT,
        "Organization Application Meeting",
        lambda s: {"meeting_id": new.meeting(s).pk, **new.meeting_values(s), "format": "in_person"},
    ),
    meetings.hold_meeting: Asked(
        KEPT,
        "Organization Application Meeting",
        lambda s: {
            "meeting_id": new.meeting(s).pk,
            "seats": list(sessions.body_of(s.keeper).seats.values_list("pk", flat=True)),
        },
    ),
    meetings.unhold_meeting: Asked(
        KEPT, "Organization Application Meeting", lambda s: {"meeting_id": new.held(s).meeting_id}
    ),
    meetings.close_minutes: Asked(
        KEPT,
        "Organization Application Meeting CardMark",
        lambda s: {"meeting_id": new.decided(s).meeting_id, "number": "7"},
    ),
    meetings.close_without_quorum: Asked(
        KEPT, "Organization Application Meeting", lambda s: {"meeting_id": new.few(s).pk}
    ),
    meetings.reopen_minutes: Asked(
        KEPT,
        "Organization Application Meeting",
        lambda s: {"meeting_id": meetings.close_minutes(new.decided(s).meeting_id or 0, number="7", by=s.chair).pk},
    ),
    meetings.cancel_meeting: Asked(
        KEPT, "Organization Application Meeting", lambda s: {"meeting_id": new.meeting(s).pk}
    ),
    appeals.receive_appeal: Asked(
        BODY_ABOVE, "AgendaItem Member", lambda s: {"against_id": new.excluded(s).pk, "received_on": TODAY()}
    ),
    appeals.withdraw_appeal: Asked(
        BODY_ABOVE, "Application AgendaItem Appeal", lambda s: {"appeal_id": new.appeal(s).pk}
    ),
    appeals.restore_appeal: Asked(
        BODY_ABOVE,
        "Application AgendaItem Appeal",
        lambda s: {"appeal_id": appeals.withdraw_appeal(new.appeal(s).pk, by=s.superior).pk},
    ),
    # Moves
    leaving.deregister: Asked(
        KEPT,
        "Organization Member Registration",
        lambda s: {"member_id": s.member.pk, "reason": EndReason.DEATH, "on": TODAY(), "paper": "Свидетельство"},
    ),
    leaving.take_back_leaving: Asked(
        CARD, "Organization Member BookLine Registration Deduction", lambda s: {"line_id": new.gone(s).pk}
    ),
    arrivals.take_back_arrival: Asked(
        "+++0- 0 +-- +0 -00 +", "Organization Transfer Member", lambda s: {"transfer_id": new.arrived(s)}
    ),
    transfers.renew_code: Asked(LEADING, "Transfer", lambda s: {"transfer_id": new.departed(s).pk}, SOCIETY),
    transfers.call_off: Asked(
        LEADING,
        "Organization Transfer Member Registration Deduction",
        lambda s: {"transfer_id": new.departed(s).pk},
        SOCIETY,
    ),
    transfers.arrive: Asked(PLACE, "Organization Transfer Member", new.arriving, SOCIETY),
    transfers.request_departure: Asked(CARD, "Member", lambda s: {"member_id": s.member.pk, "target": s.other}),
    transfers.request_arrival: Asked(
        PLACE,
        "Organization Member",
        lambda s: {
            "organization": s.keeper,
            **new.named(new.theirs(s)),
        },
    ),
    transfers.confirm: Asked(
        TRANSFER, "Organization Transfer Member Registration", lambda s: {"transfer_id": new.offered(s).pk}
    ),
    transfers.decline: Asked(TRANSFER, "Transfer", lambda s: {"transfer_id": new.offered(s).pk, "answer": "Мест нет"}),
    transfers.withdraw: Asked(TRANSFER, "Transfer", lambda s: {"transfer_id": new.wanted(s).pk}),
    transfers.decide: Asked(
        "---0- 0 +-- +0 -00 +",
        "Organization Transfer Member Registration",
        lambda s: {"transfer_id": new.silent(s), "carry_out": True},
    ),
    erasing.erase: Asked(ERASERS, "Member", lambda s: {"member_id": new.due(s)}),
    erasing.erase_application: Asked(ERASERS, "Application", lambda s: {"application_id": new.outlived(s)}),
    organizations.move_organization: Asked(
        "----- 0 0-- ++ 000 +",
        "Federation Organization Member CampaignReport CardOrder CardRequest",
        lambda s: {
            "organization_id": s.keeper.pk,
            "parent_id": trees.below(s.place.head, Level.REGIONAL).pk,
            "on": TODAY(),
        },
    ),
    organizations.merge_organizations: Asked(
        SUPERIOR,
        "Federation Organization Application Transfer Employer Member Reduction BlankPaper Remark Breach CampaignReport"
        " Account Figures Appointment",
        lambda s: {"source_id": s.keeper.pk, "target_id": s.other.pk, "on": TODAY()},
    ),
    organizations.liquidate_organization: Asked(
        "00000 0 +-- ++ 000 +",
        "Federation Organization Application BlankPaper Remark Breach CampaignReport Appointment",
        lambda s: {"organization_id": new.ending(s), "on": TODAY()},
    ),
    # Lists
    imports.keep_list: Asked(
        PLACE,
        "Organization",
        lambda s: {
            "organization": s.keeper,
            "data": b"\xd0",
            "content_type": "text/csv",
            "name": "a.csv",
            **new.fresh(s),
        },
    ),
    imports.keep_unread: Asked(
        PLACE,
        "Organization",
        lambda s: {"organization": s.keeper, "data": b"\xd0", "content_type": "text/csv", "name": "a.csv"},
    ),
    imports.keep_read: Asked(LIST, "ImportBatch", lambda s: {"batch_id": new.unread(s).pk, **new.fresh(s)}),
    imports.keep_sheet: Asked(LIST, "ImportBatch", lambda s: {"batch_id": new.batch(s).pk, **new.fresh(s)}),
    imports.keep_columns: Asked(
        LIST,
        "ImportBatch ColumnMapping",
        lambda s: {"batch_id": new.batch(s).pk, "mapping": {}, "remembered": {}, "defaults": {}, "signature": "a"},
    ),
    imports.keep_check: Asked(LIST, "ImportBatch", lambda s: {"batch_id": new.batch(s).pk, "changed": []}),
    imports.keep_accepted: Asked(
        LIST, "ImportBatch", lambda s: {"batch_id": new.batch(s).pk, "kinds": [], "changed": []}
    ),
    imports.keep_cells: Asked(LIST, "ImportBatch", lambda s: {"batch_id": new.batch(s).pk, "cells": {}}),
    imports.forget_answers: Asked(LIST, "ImportBatch", lambda s: {"batch_id": new.batch(s).pk}),
    imports.apply_batch: Asked(
        LIST,
        "Organization ImportBatch",
        lambda s: {"batch_id": batches.accept(new.batch(s).pk, by=s.chair).pk},
    ),
    imports.undo_batch: Asked(
        LIST, "Organization ImportBatch Member DuesAccount", lambda s: {"batch_id": new.applied(s).pk}
    ),
    imports.finish_batch: Asked(LIST, "ImportBatch", lambda s: {"batch_id": new.applied_in_part(s).pk}),
    imports.discard_batch: Asked(LIST, "ImportBatch", lambda s: {"batch_id": new.batch(s).pk}),
    card_updates.keep_update: Asked(PLACE, "Organization", lambda s: {"organization": s.keeper, "rows": [], "read": 0}),
    card_updates.choose: Asked(
        LIST,
        "CardUpdate",
        lambda s: {"batch_id": new.card_update(s).pk, "shown": [], "chosen": [], "left_out": ["workplace"]},
    ),
    card_updates.apply_update: Asked(LIST, "CardUpdate Member", lambda s: {"batch_id": new.card_update(s).pk}),
    card_updates.undo_update: Asked(LIST, "CardUpdate Member", lambda s: {"batch_id": new.cards_updated(s).pk}),
    card_updates.discard_update: Asked(LIST, "CardUpdate", lambda s: {"batch_id": new.card_update(s).pk}),
    # Cells and reconciliation
    proposals.propose: Asked(CELL, "Member", lambda s: {"member_id": s.member.pk, "values": {"workplace": "Почта"}}),
    proposals.withdraw: Asked(CELL, "ChangeProposal", lambda s: {"proposal_id": new.proposal(s).pk}),
    proposals.settle: Asked(
        CARD, "Member ChangeProposal", lambda s: {"accepted": [new.proposal(s).pk], "declined": {}}
    ),
    proposals.apply: Asked(CARD, "Member", lambda s: {"member": s.member, "proposals": [new.proposal(s)]}),
    reconciliation.open_reconciliation: Asked(
        "+++++ + +++ ++ 000 +",
        "Organization",
        lambda s: {"unit_id": s.place.cells[0].pk, "year": TODAY().year, "today": TODAY()},
        SOCIETY,
        why="daily work of the installation; opens nothing out of scope",
    ),
    reconciliation.check: Asked(
        CELL,
        "Reconciliation",
        lambda s: {"reconciliation_id": new.opened(s).pk, "results": {s.member.pk: "missing"}},
        SOCIETY,
    ),
    reconciliation.report: Asked(
        CELL, "Reconciliation", lambda s: {"reconciliation_id": new.checked(s).pk, "note": "Сверено."}, SOCIETY
    ),
    reconciliation.take_back: Asked(CELL, "Reconciliation", lambda s: {"reconciliation_id": new.reported(s)}, SOCIETY),
}
