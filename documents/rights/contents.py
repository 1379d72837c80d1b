"""Categories of the stored columns about a person (152-ФЗ art. 9 p. 4, V-C5, K2).

Every column of a model that leads to a member (`members.movement.contents.keyed`) is declared once. It belongs to a
category in the consent's list of data, it records an act of the organisation, or it is technical. `undeclared` finds
columns that are not declared; a test checks that there are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models

from members.movement.contents import keyed
from members.people.models import Member
from members.people.rules.fields import PARTS

#: A category is named after a field of the card that it covers.
_NAME, _BIRTH, _TICKET, _MEMBERSHIP, _PHOTO = "surname", "birth_date", "ticket_number", "joined_on", "photo"
#: Columns filled from the application or the questionnaire; their values are fields of the card.
_CARD = "*"

#: Model → category → its columns. Columns with the name of a field of the card need no entry.
COVERED: dict[str, dict[str, str]] = {
    "members.Member": {
        _NAME: "name_genitive name_dative name_accusative search_key sort_key name_key",
        _MEMBERSHIP: "organization unit state ended_on last_organization last_unit",
    },
    "members.Registration": {
        _MEMBERSHIP: "organization started_on start_reason ground arrived_from minutes_number minutes_date ended_on "
        "end_reason destination end_paper paper_card mail_number"
    },
    # Each kind of entry has its own category (`entry:KIND`), which the charter's list names.
    "members.CardEntry": {
        _CARD: "kind title body award_kind sex started_on ended_on year hours amount document",
    },
    "members.CardMark": {
        _MEMBERSHIP: "kind made_on text until lifted_on lifted_text",
        _TICKET: "former_number new_number",
    },
    "members.ChangeProposal": {_CARD: "field before after"},
    "members.Representation": {
        _NAME: "name_genitive name_dative name_accusative search_key sort_key name_key",
        "category": "mandate_kind mandate_number mandate_issued_on mandate_issued_by mandate_until ended_on end_note",
        _CARD: "answers",
    },
    "members.Attachment": {_CARD: "kind file"},
    "documents.Consent": {_CARD: "paper"},
    "documents.Blank": {_TICKET: "series number kind state reason"},
    "documents.IssueLine": {_NAME: "full_name", _MEMBERSHIP: "joined_on", _TICKET: "replaces ground reason"},
    "documents.CardRequest": {_NAME: "printed_name", _PHOTO: "photo", _TICKET: "number state reason note"},
    "documents.ElectronicCard": {_TICKET: "state handed_out_on blocked_on block_reason destroyed_on"},
    "members.Application": {
        _NAME: "surname given_name patronymic sort_key search_key",
        _BIRTH: "birth_date",
        "category": "category copies",
        _MEMBERSHIP: "organization state filed_on invited_on invited_by attended notified_on notified_by pickup_on "
        "pickup_at pickup_place decided_on refusal acquainted_on acquainted_by",
        _CARD: "values consent_paper",
    },
    "members.Transfer": {
        _NAME: "person_name",
        _TICKET: "ticket_number",
        _MEMBERSHIP: "state source source_unit target started_on ended_on reason answer paper_card mail_number",
    },
    "members.Appeal": {_NAME: "person_name", _MEMBERSHIP: "state received_on late late_reason text decided_on"},
    "members.ReconciliationLine": {_MEMBERSHIP: "result"},
    "members.BookLine": {
        _NAME: "full_name former_names search_key sort_key",
        _BIRTH: "birth_year",
        _TICKET: "ticket_number former_tickets",
        _MEMBERSHIP: "number unit joined_year entered_on left_on reason destination",
    },
    "members.AgendaItem": {
        _MEMBERSHIP: "organization kind state title ticket_reason statement_on exclusion_reason amount due_on filed_on "
        "spoken resolution reason notified_on notified_by",
    },
    "members.ImportRow": {_CARD: "cells corrections values carried"},
    "members.CardUpdateRow": {_CARD: "seen changes"},
    "members.Reminder": {_MEMBERSHIP: "kind due_on"},
    "dues.DuesAccount": {_MEMBERSHIP: "unpaid unpaid_since paid_to advance entrance_paid_on"},
    "dues.LedgerEntry": {_MEMBERSHIP: "organization kind fee year contribution amount made_on due_on paper"},
    "dues.Reduction": {_MEMBERSHIP: "organization fee percent amount valid_from valid_until paper"},
    "dues.Exemption": {_MEMBERSHIP: "fee year made_on"},
    "dues.Deduction": {"dues_form": "employer state percent begins_on ends_on handed_over_on"},
    "dues.KnownPayer": {_MEMBERSHIP: "account confirmed_on"},
    "dues.EmployeeNumber": {"workplace": "number"},
    "dues.PayrollAbsence": {"dues_form": "in_a_row reason until"},
    "dues.PayrollLine": {_NAME: "full_name", "workplace": "employee_number", "dues_form": "base percent amount reason"},
    "dues.RegisterLine": {_NAME: "full_name", _TICKET: "ticket_number", _MEMBERSHIP: "amount paid_on"},
    "dues.DuesReminder": {_MEMBERSHIP: "amount"},
    "registry.Remark": {_CARD: "text"},
    "registry.RemarkStep": {_CARD: "text"},
    "documents.SubjectRequest": {_NAME: "person_name", _CARD: "details reply extension_reason"},
}

#: Model → columns that record what the organisation did with the data, as the law requires of an operator.
ACTS: dict[str, str] = {
    "members.Member": "consent_state blocked_on created_at erase_after",
    "members.ChangeProposal": "ground state proposed_at decided_at answer",
    "members.Representation": "consent_signed_on",
    "members.Attachment": "added_on",
    "members.Application": "consent_signed_on routing received_by uninvited created_at erase_after",
    "members.AgendaItem": "votes_for votes_against votes_abstained speaker decided_at",
    "members.Appeal": "organization term_on",
    "members.Transfer": "asked_by answer_by",
    "members.BookLine": "recorded_at left_recorded_at",
    "documents.Consent": "purpose state printed_at signed_on ticked_at scan withdrawn_on",
    "documents.Withdrawal": "organization purposes received_on channel scan stop_by tell_by destroy_by blocked_at "
    "told_on destroyed_on ended_on",
    "documents.Blank": "organization",
    "documents.CardRequest": "organization place made_at",
    "documents.CardDeliveryLine": "arrived",
    "documents.LeafletMail": "sent_at state failure",
    "dues.DuesReminder": "sent_at state failure",
    "documents.OutboxEntry": "organization kind state since outcome confirmed_at",
    "documents.PrintRecord": "form organization printed_at about",
    "documents.SubjectRequest": "organization received_by number kind state received_on channel scan answer_by "
    "extended_on extract_at settled_on reply_channel",
    "dues.LedgerEntry": "posted_at",
    "registry.Remark": "organization made_by kind field term state made_on",
    "registry.RemarkStep": "kind term organization made_at",
    "registry.BreachPerson": "told_on",
}

#: Model → columns without information about a person: keys, counters, digests, positions in a sheet, officers.
TECHNICAL: dict[str, str] = {
    "members.Member": "federation missing batch reprint version",
    "members.CardMark": "item lifted_item",
    "members.ChangeProposal": "proposed_by decided_by reconciliation",
    "members.Representation": "application version consent_paper",
    "members.Attachment": "application added_by",
    "members.Application": "federation item version",
    "members.Transfer": "federation code_digest version",
    "members.Appeal": "against application version",
    "members.ReconciliationLine": "reconciliation place",
    "members.AgendaItem": "meeting position mark appeal reconciliation version",
    "members.ImportRow": "batch number look issues verdict accepted",
    "members.CardUpdateRow": "batch number verdict chosen remarks",
    "members.Reminder": "source",
    "documents.Consent": "text ticked_by",
    "documents.Withdrawal": "stops_processing",
    "documents.Blank": "federation width version",
    "documents.IssueLine": "paper position blank",
    "documents.CardRequest": "order batch replaces photo_digest position federation serial code version",
    "documents.ElectronicCard": "request handed_out_by version",
    "documents.CardDeliveryLine": "delivery position request",
    "documents.LeafletMail": "job sent_by",
    "documents.OutboxEntry": "subject federation version digest next_at attempts code offered_version "
    "confirmed_version",
    "documents.PrintRecord": "printed_by job card_version lines code about_id",
    "documents.SubjectRequest": "version",
    "registry.Remark": "about_id raised_to version",
    "registry.RemarkStep": "remark account",
    "registry.RemarkPerson": "remark",
    "registry.BreachPerson": "breach",
    "dues.LedgerEntry": "account debit credit reverses key posted_by rule",
    "dues.RegisterLine": "register position entry",
    "dues.Reduction": "category version",
    "dues.Exemption": "account reduction",
    "dues.Deduction": "version ended_with stated_end",
    "dues.DistributionLine": "distribution share amount entry claim",
    "dues.Remittance": "organization receiver amount made_on source paper state entry received_on receipt reason "
    "sent_line received_line version",
    "dues.EmployeeNumber": "employer",
    "dues.PayrollAbsence": "payroll_list",
    "dues.PayrollLine": "payroll_list position who evidence difference until",
    "dues.PayrollPart": "payroll_list entry times corrects",
    "dues.ExpenseOrder": "organization year number made_on paid_to ground enclosure amount head_post head accountant "
    "cashier entry",
    "dues.BankLine": "organization statement position fingerprint account incoming made_on amount number kind "
    "other_name other_account other_inn purpose raw remarks state band posted reason entry version",
    "dues.BankPart": "line entry evidence",
    "dues.KnownPayer": "organization confirmed_by",
    "dues.DuesReminder": "job sent_by",
    "dues.CashOrder": "organization year number made_on register received_from ground enclosure amount note accountant "
    "cashier entry",
}

#: Labels in the extract, for columns whose own label is for developers or names an organisation.
LABELS: dict[str, str] = {
    "after": "стало",
    "answers": "анкета",
    "arrived": "получено",
    "before": "было",
    "carried": "перенесено",
    "cells": "строка файла",
    "changes": "изменения",
    "consent_paper": "согласие подписано по документу",
    "corrections": "исправления",
    "erase_after": "хранится до",
    "full_name": "фамилия, имя, отчество",
    "last_organization": "прежняя организация",
    "last_unit": "прежнее подразделение",
    "organization": "организация",
    "paper": "документ",
    "person_name": "фамилия, имя, отчество",
    "photo": "фотография",
    "place": "место выдачи",
    "result": "результат",
    "seen": "версия карточки",
    "source_unit": "прежнее подразделение",
    "unit": "подразделение",
    "values": "сведения",
}
#: Titles of sections of the extract that differ from the name of the model.
TITLES: dict[str, str] = {
    "members.ImportRow": "Строки загруженных списков",
    "members.Member": "Учётная карточка",
}

#: Keys for searching and sorting; they repeat the name, so the extract omits them.
_REPEATED = frozenset({"search_key", "sort_key", "name_key"})


def declared(model: type[models.Model]) -> dict[str, str]:
    """Return the category of each declared column of the model: empty for acts, «-» for technical columns.

    Fields of the card, of its parts and of represented people are not declared: each is its own category.
    """
    label = model._meta.label
    found = dict.fromkeys(TECHNICAL.get(label, "").split(), "-") | dict.fromkeys(ACTS.get(label, "").split(), "")
    for category, columns in COVERED.get(label, {}).items():
        found |= dict.fromkeys(columns.split(), category)
    return found


def columns_of(model: type[models.Model]) -> list[Any]:
    """Return the columns of the model, except its id and its foreign key to the member."""
    return [field for field in model._meta.concrete_fields if not (field.primary_key or field.name == "member")]


def is_of_the_card(model: type[models.Model]) -> bool:
    """Return whether the model is the card, a part of it or a represented person, so that its columns are fields."""
    return model is Member or model in PARTS.values() or model._meta.label == "members.Representation"


def category_of(model: type[models.Model], name: str, covered: Iterable[str]) -> str | None:
    """Return the category of the column: empty for acts, «-» for technical columns, None if it is not declared.

    `covered` are the fields in the consent's list of data.
    """
    found = declared(model)
    if name in found:
        return found[name]
    return name if is_of_the_card(model) and name in set(covered) else None


def undeclared(covered: Iterable[str], found: Iterable[type[models.Model]] | None = None) -> list[str]:
    """Return the columns about a person that are not declared and not in a category, as `app.Model.column`."""
    named = set(covered)
    return sorted(
        f"{model._meta.label}.{field.name}"
        for model in (keyed() if found is None else found)
        for field in columns_of(model)
        if category_of(model, field.name, named) is None
    )


def uncovered(covered: Iterable[str]) -> list[str]:
    """Return the categories of declared columns that are missing in the consent's list."""
    named = {*covered, _CARD}
    return sorted({category for categories in COVERED.values() for category in categories} - named)


def shown(model: type[models.Model]) -> Iterator[Any]:
    """Yield the columns of the model in the extract: all except technical ones and keys for searching."""
    found = declared(model)
    for field in columns_of(model):
        if found.get(field.name) != "-" and field.name not in _REPEATED:
            yield field
