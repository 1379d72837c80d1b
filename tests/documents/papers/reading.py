"""Records which classes of data are read from models while a paper is built (V-C5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from documents.consents.models import Consent, ConsentText, Withdrawal
from documents.ecards.models import CardDelivery, CardDeliveryLine, CardOrder, CardRequest
from documents.printing.models import PrinterCalibration, PrintRecord
from documents.rights.models import SubjectRequest
from documents.tickets.models import Blank, BlankMovement, BlankPaper, IssueLine
from dues.collecting.models import CashOrder, CollectorOrder, PaymentRegister, RegisterLine
from dues.distribution.models import SettlementAct
from dues.expenses.models import ExpenseOrder
from dues.ledger.models import BookAccount, DuesAccount, LedgerEntry
from dues.payroll.models import Deduction, Employer
from dues.rates.models import Rate
from members.admission.models import Application, Representation
from members.book.models import BookLine, Registration
from members.meetings.models import AgendaItem, Appeal, Attendance, Meeting
from members.movement.models import DestructionRecord, Transfer
from members.people.models import CardEntry, CardMark, HealthRecord, IdentityPaper, Member, Questionnaire
from members.people.rules.fields import class_of
from members.reconciliation.models import ChangeProposal, Reconciliation
from registry.accounts.models import Account, Appointment
from registry.breaches.models import Breach
from registry.enums import DataClass
from registry.files.models import StoredFile
from registry.organizations.models import BodySeat, Federation, GoverningBody, Organization, OrganizationPassport

#: The class of each model's data; None if it has no data about a person. Every model read by a paper is required.
CLASSES: dict[type[models.Model], DataClass | None] = {
    **dict.fromkeys((Member, Questionnaire, Application, Registration, BookLine, CardMark), DataClass.GENERAL),
    **dict.fromkeys((Transfer, AgendaItem, Appeal, DestructionRecord, Consent, Withdrawal, Breach), DataClass.GENERAL),
    **dict.fromkeys((Blank, IssueLine, CardRequest, SubjectRequest, PrintRecord), DataClass.GENERAL),
    **dict.fromkeys((BlankMovement, BlankPaper, CardDelivery, CardDeliveryLine, CardOrder, PrinterCalibration), None),
    IdentityPaper: DataClass.IDENTITY,
    HealthRecord: DataClass.HEALTH,
    **dict.fromkeys((DuesAccount, LedgerEntry, Rate), DataClass.MONEY),
    # Names in a register are those of payers; the collector sees them with the sums (V-D4).
    **dict.fromkeys((PaymentRegister, RegisterLine, CashOrder, ExpenseOrder), DataClass.MONEY),
    **dict.fromkeys((CollectorOrder, BookAccount, Employer, SettlementAct), None),
    Deduction: DataClass.GENERAL,
    **dict.fromkeys((Account, Appointment), DataClass.SERVICE),
    **dict.fromkeys(
        (Organization, OrganizationPassport, Federation, GoverningBody, BodySeat, Meeting, Attendance), None
    ),
    **dict.fromkeys((Reconciliation, ConsentText, StoredFile), None),
}


def class_read(row: models.Model, name: str) -> DataClass | None:
    """Return the class of data shown by the field of the row. Raises `KeyError` for an unknown model."""
    # A row of the history has the class of its record.
    model, values = getattr(type(row), "instance_type", type(row)), vars(row)
    if model is CardEntry:
        entries = values["_state"].fields_cache["member"].organization.charter.entries
        return next(entry.data_class for entry in entries if entry.key == values["kind"])
    if model is ChangeProposal:
        return class_of(values["field"]) if name in {"before", "after"} else DataClass.GENERAL
    if model is Representation:
        # The paper of the mandate identifies a person like a passport; the answers are those of a questionnaire.
        return {"answers": DataClass.HEALTH, "consent_paper": DataClass.IDENTITY}.get(
            name, DataClass.IDENTITY if name.startswith("mandate_") else DataClass.GENERAL
        )
    if name in {"paper", "consent_paper"} and model is not LedgerEntry:
        # The identity paper as printed in a consent.
        return DataClass.IDENTITY
    return CLASSES[model]


def _tells(field: Any) -> bool:
    """Return whether the field has data about a person: keys and the kind of an entry do not."""
    return not (field.primary_key or field.is_relation or (field.model is CardEntry and field.name == "kind"))


@contextmanager
def recorded() -> Iterator[set[DataClass]]:
    """Collect the classes of data that are read from rows within the block."""
    seen: set[DataClass] = set()
    reads: list[tuple[models.Model, str]] = []
    with pytest.MonkeyPatch.context() as patch:
        for config in ("registry", "members", "dues", "documents"):
            for model in apps.get_app_config(config).get_models():
                names = frozenset(field.attname for field in model._meta.concrete_fields if _tells(field))

                def read(row: Any, name: str, names: frozenset[str] = names) -> Any:
                    if name in names:
                        reads.append((row, name))
                    return object.__getattribute__(row, name)

                patch.setattr(model, "__getattribute__", read)
        yield seen
    seen |= {found for row, name in reads if (found := class_read(row, name)) is not None}
