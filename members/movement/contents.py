"""Models with personal content, and what happens to it when the card is sealed and when it is destroyed (V-B10, V-B14).

Every model with a foreign key path to a member must be declared here (tests/house/test_sealing_declared.py). History
tables follow the model that they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.apps import apps
from django.db import models

from members.people.models import Member


class Sealed(Enum):
    """Data that the organisation can still see after the member has left."""

    CLOSED = "closed"  # visible by the card's unit, and a sealed card has none
    DROPPED = "dropped"  # deleted when the card is sealed
    STAYS = "stays"  # the organisation's own record


class Erased(Enum):
    """Data that remain when the card is destroyed."""

    DELETED = "deleted"  # the row, its history and its files
    DETACHED = "detached"  # the row loses its reference to the person, and `blanked` fields are overwritten


@dataclass(frozen=True)
class Content:
    """Treatment of one model's rows with the reason; `blanked` are fields of kept rows that identified the person."""

    sealed: Sealed
    erased: Erased
    why: str
    blanked: tuple[str, ...] = ()


_CARD = Content(Sealed.CLOSED, Erased.DELETED, "part of the card; travels with it to the next organisation")

CONTENT: dict[str, Content] = {
    "members.Member": _CARD,
    "members.IdentityPaper": _CARD,
    "members.HealthRecord": _CARD,
    "members.Questionnaire": _CARD,
    "members.Registration": _CARD,
    "members.CardEntry": _CARD,
    "members.CardMark": _CARD,
    "members.ChangeProposal": _CARD,
    "members.Representation": Content(Sealed.CLOSED, Erased.DELETED, "a child or ward is on the card of the member"),
    "members.Attachment": Content(Sealed.CLOSED, Erased.DELETED, "scans of the person's papers, with their files"),
    "documents.Consent": Content(Sealed.CLOSED, Erased.DELETED, "consent and its scan belong to the card"),
    "documents.Withdrawal": Content(Sealed.CLOSED, Erased.DELETED, "the statement belongs to the card, as consents do"),
    "registry.Remark": Content(
        Sealed.STAYS, Erased.DELETED, "the organisation still answers; what was written about the card goes with it"
    ),
    "registry.RemarkStep": Content(Sealed.STAYS, Erased.DELETED, "answers to remarks go with them"),
    "registry.RemarkPerson": Content(Sealed.CLOSED, Erased.DELETED, "one of the cards that a remark is about"),
    "registry.BreachPerson": Content(Sealed.CLOSED, Erased.DELETED, "one of the people of a breach card"),
    "documents.SubjectRequest": Content(
        Sealed.STAYS,
        Erased.DETACHED,
        "the register shows that requests were answered in time; what it says of the person is destroyed",
        ("person_name", "details", "reply", "extension_reason"),
    ),
    "documents.Blank": Content(
        Sealed.STAYS, Erased.DETACHED, "a number is accounted for for ever, without whose it was", ()
    ),
    "documents.IssueLine": Content(
        Sealed.STAYS, Erased.DETACHED, "the sheet is kept; the name on it is destroyed with the card", ("full_name",)
    ),
    "documents.CardRequest": Content(
        Sealed.STAYS,
        Erased.DETACHED,
        "orders and parcels are kept; the name on the card is destroyed",
        ("printed_name", "code"),
    ),
    "documents.ElectronicCard": Content(
        Sealed.STAYS, Erased.DETACHED, "a number is accounted for, without whose it was"
    ),
    "documents.CardDeliveryLine": Content(
        Sealed.STAYS, Erased.DETACHED, "a line of an act names the request, which names nobody then"
    ),
    "documents.LeafletMail": Content(Sealed.CLOSED, Erased.DELETED, "tells that a leaflet was sent to the person"),
    "dues.DuesReminder": Content(Sealed.CLOSED, Erased.DELETED, "tells that the person was reminded of dues"),
    "documents.OutboxEntry": Content(
        Sealed.STAYS,
        Erased.DETACHED,
        "the bonus programme still has to hear of the withdrawal; names nobody",
        ("digest",),
    ),
    "members.Reminder": Content(
        Sealed.DROPPED, Erased.DELETED, "days ahead are the keeper's; the next keeper computes them again"
    ),
    "members.Application": Content(
        Sealed.STAYS, Erased.DELETED, "the organisation answers for what it decided while the terms run"
    ),
    "members.Transfer": Content(Sealed.STAYS, Erased.DELETED, "both sides see the move, by name and ticket only"),
    "members.Appeal": Content(
        Sealed.STAYS, Erased.DELETED, "an open appeal keeps the card, a decided one goes with it"
    ),
    "members.ReconciliationLine": Content(Sealed.CLOSED, Erased.DELETED, "the report's counts stay without the line"),
    "documents.PrintRecord": Content(Sealed.CLOSED, Erased.DELETED, "tells which papers of the person were printed"),
    "members.BookLine": Content(
        Sealed.STAYS,
        Erased.DETACHED,
        "the book is the organisation's act; its counts of past days stay right",
        (
            "full_name",
            "sort_key",
            "search_key",
            "birth_year",
            "ticket_number",
            "former_names",
            "former_tickets",
            "destination",
        ),
    ),
    "members.AgendaItem": Content(
        Sealed.STAYS,
        Erased.DETACHED,
        "minutes are acts of the organisation",
        ("title", "spoken", "resolution", "reason"),
    ),
    "members.ImportRow": Content(
        Sealed.CLOSED,
        Erased.DETACHED,
        "the batch keeps its count; the cells are emptied when its people are registered",
        ("cells", "values", "corrections", "issues"),
    ),
    "members.CardUpdateRow": Content(
        Sealed.CLOSED, Erased.DELETED, "what a change of many cards compared; deleted with the batch after its days"
    ),
    "dues.DuesAccount": Content(Sealed.STAYS, Erased.DETACHED, "money is kept five years, without the payer's name"),
    "dues.RegisterLine": Content(
        Sealed.STAYS,
        Erased.DETACHED,
        "payment registers are papers of the books; their sums stay right",
        ("full_name", "ticket_number"),
    ),
    "dues.Deduction": Content(Sealed.CLOSED, Erased.DELETED, "statement to an employer of the organisation"),
    "dues.BankLine": Content(
        Sealed.STAYS, Erased.DETACHED, "what the bank states; the payer is blanked when nobody of the line has a card"
    ),
    "dues.BankPart": Content(Sealed.STAYS, Erased.DETACHED, "joins the payment and the line, and names nobody"),
    "dues.KnownPayer": Content(Sealed.DROPPED, Erased.DELETED, "the account of a payer is forgotten when they leave"),
    "dues.EmployeeNumber": Content(Sealed.CLOSED, Erased.DELETED, "number by which an employer names the person"),
    "dues.PayrollAbsence": Content(Sealed.CLOSED, Erased.DELETED, "tells that an employer's list left the person out"),
    "dues.PayrollLine": Content(
        Sealed.STAYS,
        Erased.DETACHED,
        "payroll lists are papers of the books; their sums stay right",
        ("full_name", "employee_number", "who"),
    ),
    "dues.PayrollPart": Content(Sealed.STAYS, Erased.DETACHED, "names an entry of the books, and no member"),
    "dues.CashOrder": Content(Sealed.STAYS, Erased.DETACHED, "names the collector who handed money in, and no member"),
    "dues.DistributionLine": Content(Sealed.STAYS, Erased.DETACHED, "a share of income; it names no member"),
    "dues.Remittance": Content(Sealed.STAYS, Erased.DETACHED, "money between organisations; it names no member"),
    "dues.ExpenseOrder": Content(Sealed.STAYS, Erased.DETACHED, "names who received money of the cash desk, no member"),
    "dues.Reduction": Content(Sealed.CLOSED, Erased.DELETED, "a decision about the dues of the person"),
    "dues.Exemption": Content(Sealed.STAYS, Erased.DETACHED, "hangs on the account of dues and names nobody"),
    "dues.LedgerEntry": Content(Sealed.STAYS, Erased.DETACHED, "hangs on the account of dues and names nobody"),
}

#: Places with personal content but without a key to a member → their contents, and when they are removed.
OTHER_PLACES: dict[str, str] = {
    "registry.StoredFile": (
        "photographs and scans go with the card; results of jobs when it is sealed or after their term"
    ),
    "documents.ExchangeSettings": "the secrets of the exchange with the bonus programme; names nobody",
    "dues.PayrollList": "rows of a payroll list; emptied when it is compared or discarded",
    "registry.SecondFactor": "the secret of an officer's telephone and digests of recovery codes; names nobody",
    "registry.Draft": "forms half filled in; deleted with the card, or after their days",
    "registry.ReportFigure": "reasons for figures of an organisation; the field asks for no names",
    "registry.ReportStep": "notes on the report of an organisation; the field asks for no names",
    "registry.RemarkRequest": "the text of remarks on many organisations, and ids; deleted when its job has ended",
    "registry.Breach": "facts of a breach, and who speaks for the organisation; deleted after three years",
    "registry.KeptCount": "numbers of a day without anybody; deleted with the day",
    "registry.Job": "holds ids; its result is a stored file",
    "registry.Event": "holds ids, codes and rule ids, never values; stays",
    "members.ImportBatch": "the uploaded list is dropped when one of its people is sealed",
    "members.CardUpdate": "the name of the workbook; deleted with its rows after their days",
    "members.DestructionRecord": "names nobody: the number of the card or application, the categories, the reason",
    "django_tasks_database.DBTaskResult": "holds the id of a job",
}


#: Pattern of names of fields that contain a person's name or refer to a person.
NAMING = re.compile(
    r"surname|given_name|patronymic|full_name$|person_name|printed_name|chair_name|other_name|chaired_by|secretary"
    r"|guests|speaker|paid_to|received_from|accountant|cashier|^head$|acquainted_by|destroyed_by|signed_by|addressee"
    r"|contact|email|phone|snils|user_?name|user_agent|login|birth_date|commission"
)


class End(Enum):
    """End of data about a person whose card is not destroyed."""

    TERM = "term"  # daily work deletes or empties them
    ACT = "act"  # emptied by the change to this state
    OFFICE = "office"  # people who act for an organisation, named in its acts and accounts as long as it keeps these
    NOBODY = "nobody"  # the field does not ask for names; its content is the organisation's


#: Models, or their states, with names of people, with or without a card → the end of these data. Models with a life
#: cycle declare each state that differs; tests/house/test_personal_data_ends.py tries every term.
ENDS: dict[str, End | dict[str, End]] = {
    "registry.BodySeat": End.OFFICE,
    "registry.Organization": End.OFFICE,
    "registry.OrganizationPassport": End.OFFICE,
    "registry.Account": End.OFFICE,
    "registry.RenameRequest": End.NOBODY,
    "registry.ReportFigure": End.NOBODY,
    "registry.ReportStep": End.NOBODY,
    "registry.Remark": End.NOBODY,
    "registry.RemarkStep": End.NOBODY,
    "registry.RemarkRequest": End.NOBODY,
    "registry.SecondFactor": End.OFFICE,
    "registry.Breach": {
        "open": End.OFFICE,
        "told": End.OFFICE,
        "explained": End.OFFICE,
        "closed": End.TERM,
        "dismissed": End.TERM,
    },
    "registry.KeptCount": End.NOBODY,
    "registry.Draft": End.TERM,
    "registry.StoredFile": End.TERM,
    "registry.Job": End.TERM,
    "registry.Event": End.NOBODY,
    "members.ImportBatch": End.TERM,
    "members.ImportRow": End.TERM,
    "members.CardUpdate": End.TERM,
    "members.CardUpdateRow": End.TERM,
    "members.Meeting": End.OFFICE,
    "members.AgendaItem": End.OFFICE,
    "members.DestructionRecord": End.TERM,
    "dues.BankLine": {"open": End.TERM, "other": End.TERM},
    "dues.CollectorOrder": End.OFFICE,
    "dues.CashOrder": End.TERM,
    "dues.ExpenseOrder": End.TERM,
    "dues.Employer": End.OFFICE,
    "dues.PayrollList": {"draft": End.TERM, "compared": End.ACT, "posted": End.ACT, "discarded": End.ACT},
    "dues.PayrollLine": End.TERM,
    "documents.BlankPaper": End.OFFICE,
    "documents.ExchangeSettings": End.NOBODY,
    "django_tasks_database.DBTaskResult": End.TERM,
    "sessions.Session": End.TERM,
    "axes.AccessAttempt": End.TERM,
    "axes.AccessLog": End.NOBODY,
    "axes.AccessFailureLog": End.NOBODY,
}


def keyed(target: type[models.Model] = Member) -> set[type[models.Model]]:
    """Return the target and all models with a foreign key path to it, without history tables."""
    found: set[type[models.Model]] = {target}
    while True:
        more = {
            model
            for model in apps.get_models()
            if model not in found and not hasattr(model, "instance_type") and any(_leads(model, found))
        }
        if not more:
            return found
        found |= more


def _leads(model: type[models.Model], to: set[type[models.Model]]) -> Iterator[bool]:
    for field in [*model._meta.fields, *model._meta.many_to_many]:
        yield field.is_relation and field.related_model in to


def kept_models() -> frozenset[type[models.Model]]:
    """Return the models whose rows outlive the person, without a reference to them."""
    return frozenset(apps.get_model(label) for label, content in CONTENT.items() if content.erased is Erased.DETACHED)


def emptied() -> dict[type[models.Model], dict[str, Any]]:
    """Return the models whose rows outlive the person, with the empty values of the fields that name them."""
    found: dict[type[models.Model], dict[str, Any]] = {}
    for label, content in CONTENT.items():
        if content.blanked:
            model = apps.get_model(label)
            fields = [model._meta.get_field(name) for name in content.blanked]
            found[model] = {field.name: None if field.null else field.get_default() for field in fields}
    return found
