"""Data that are destroyed after a withdrawal of the consent to processing, and data kept on other grounds (N-C1).

152-ФЗ art. 21 p. 5, practice 7.4 and 7.5. Every model that leads to a member is declared once; tests check this.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models
from django.db.models import Q

from members.admission.enums import CopyKind
from members.people.enums import MarkKind
from members.people.models import Member
from members.reconciliation.enums import DECIDED_PROPOSALS

from .enums import Carrier, Way


class Ground(NamedTuple):
    """A legal ground: the kept data, the law and the term, as printed on papers."""

    what: str
    law: str
    term: str


_ARCHIVES, _ACCOUNTS, _PROOF = (
    "законодательство об архивном деле",
    "законодательство о бухгалтерском учёте",
    "подтверждение законности обработки",
)
#: Grounds in their order on papers.
GROUNDS: dict[str, Ground] = {
    "minutes": Ground("протоколы заседаний и решения", _ARCHIVES, "постоянно"),
    "admission": Ground("документы о вступлении", _ARCHIVES, "3 года"),
    "book": Ground("книга регистрации и записи о постановке на учёт", _ARCHIVES, "3 года"),
    "tickets": Ground("документы о членских билетах и карточках", _ARCHIVES, "3 года"),
    "dues": Ground("ведомости и записи об уплате взносов", _ACCOUNTS, "5 лет"),
    "consents": Ground("согласия и заявления об их отзыве", _PROOF, "3 года"),
    "requests": Ground("обращения о персональных данных и ответы на них", _PROOF, "3 года"),
}

#: Model → ground on which its rows are kept; only the fields in `EMPTIED` are emptied.
KEPT: dict[str, str] = {
    # The kept card has only the data that are also in the book and in the papers of the admission.
    "members.Member": "book",
    "members.BookLine": "book",
    "members.Registration": "book",
    "members.Transfer": "book",
    "members.CardMark": "minutes",
    "members.AgendaItem": "minutes",
    "members.Appeal": "minutes",
    "members.Application": "admission",
    "members.Attachment": "admission",
    "members.ImportRow": "admission",
    "members.ReconciliationLine": "minutes",
    "members.ChangeProposal": "minutes",
    "dues.DuesAccount": "dues",
    "dues.LedgerEntry": "dues",
    "dues.Reduction": "dues",
    "dues.Exemption": "dues",
    "dues.RegisterLine": "dues",
    "dues.Deduction": "dues",
    "dues.DuesReminder": "dues",
    "dues.EmployeeNumber": "dues",
    "dues.PayrollAbsence": "dues",
    "dues.PayrollLine": "dues",
    "dues.PayrollPart": "dues",
    "dues.CashOrder": "dues",
    "dues.ExpenseOrder": "dues",
    "dues.BankLine": "dues",
    "dues.BankPart": "dues",
    "dues.DistributionLine": "dues",
    "dues.Remittance": "dues",
    "documents.Blank": "tickets",
    "documents.IssueLine": "tickets",
    "documents.CardRequest": "tickets",
    "documents.ElectronicCard": "tickets",
    "documents.CardDeliveryLine": "tickets",
    "documents.Consent": "consents",
    "documents.Withdrawal": "consents",
    "documents.OutboxEntry": "consents",
    "documents.PrintRecord": "consents",
    "documents.SubjectRequest": "requests",
}
#: Models without a ground: their rows and history are deleted.
DESTROYED = (
    "members.IdentityPaper", "members.HealthRecord", "members.Questionnaire", "members.CardEntry",
    "members.Representation", "members.CardUpdateRow", "members.Reminder", "dues.KnownPayer",
    "documents.LeafletMail", "registry.RemarkStep", "registry.Remark", "registry.RemarkPerson",
    "registry.BreachPerson",
)  # fmt: skip
#: Lookup from a model of `DESTROYED` to the member, if it has no foreign key to them.
LOOKUPS = {"registry.RemarkStep": "remark__member"}
#: Fields of the card that are also in the book or the papers of the admission, and fields without personal data. They
#: include the date of birth, because after a merger the book takes the year of birth from the card.
CARD_KEEPS = frozenset(
    {
        "id", "surname", "given_name", "patronymic", "no_patronymic", "name_genitive", "name_dative",
        "name_accusative", "birth_date", "federation", "organization", "cell", "unit", "state", "joined_on",
        "joined_year_only", "ticket_number", "consent_state", "blocked_on", "missing", "batch", "reprint",
        "last_organization", "last_unit", "ended_on", "erase_after", "version", "created_at", "search_key",
        "sort_key", "name_key",
    }
)  # fmt: skip
#: Fields that are emptied in kept rows and in their history; those of the card follow from `CARD_KEEPS`.
EMPTIED: dict[str, tuple[str, ...]] = {
    "members.Application": ("values",),
    "members.ChangeProposal": ("before", "after"),
    "members.ImportRow": ("cells", "corrections", "carried", "values", "issues"),
    "documents.CardRequest": ("photo",),
}
#: Kinds of scans that are kept: papers of the admission and consents.
KEPT_SCANS = (CopyKind.APPLICATION, CopyKind.CONSENT, CopyKind.WARD_CONSENT)
#: Kinds of marks that are kept, because they repeat decisions, the book or the ledger of tickets.
KEPT_MARKS = (MarkKind.DISCIPLINE, MarkKind.TICKET, MarkKind.NAME, MarkKind.RESTORED)
#: Marks of other kinds are kept if they were made or lifted by a decision.
MARKS_OF_DECISIONS = Q(kind__in=KEPT_MARKS) | Q(item__isnull=False) | Q(lifted_item__isnull=False)
#: Models with some kept rows, and those rows: lines of submitted reports stay, without the values.
PARTLY: dict[str, Q] = {
    "members.CardMark": MARKS_OF_DECISIONS,
    "members.ChangeProposal": Q(reconciliation__reported_at__isnull=False, state__in=DECIDED_PROPOSALS),
}

#: Reason of the destruction, with the day of the statement; in Russian, because it is printed.
REASON = "отзыв согласия на обработку персональных данных (заявление от {}); ч. 5 ст. 21 Федерального закона № 152-ФЗ"
#: Kinds of destroyed papers, as printed in the act; other papers are named by the chair.
CARRIERS: dict[str, str] = {
    Carrier.QUESTIONNAIRE: "анкета",
    Carrier.COPIES: "копии документов",
    Carrier.PHOTOGRAPHS: "фотографии",
}
#: Ways in which papers were destroyed, as printed in the act.
WAYS: dict[str, str] = {
    Way.SHREDDED: "измельчение в шредере",
    Way.BURNED: "сожжение",
    Way.PULPED: "измельчение вручную и сдача в макулатуру",
}
#: Categories of destroyed data, as printed in the act.
CATEGORIES = (
    "пол, место рождения, гражданство",
    "адрес, телефоны, электронная почта",
    "реквизиты документа, удостоверяющего личность, СНИЛС",
    "сведения об инвалидности и здоровье",
    "образование, профессия, место работы или учёбы",
    "семейное положение, состав семьи, представляемые лица, жилищные условия",
    "фотография, сканы документов",
    "анкета, льготы, награды, обучение, отметки, форма уплаты взносов",
)


def emptied_of_card() -> dict[str, Any]:
    """Return the emptied fields of the card with their empty values."""
    return {field.name: empty(field) for field in Member._meta.concrete_fields if field.name not in CARD_KEEPS}


def emptied() -> Iterator[tuple[type[models.Model], dict[str, Any]]]:
    """Yield the models with emptied fields, each with these fields and their empty values."""
    yield Member, emptied_of_card()
    for label, names in EMPTIED.items():
        model = apps.get_model(label)
        yield model, {name: empty(model._meta.get_field(name)) for name in names}


def empty(field: Any) -> Any:
    """Return the value of the field when it is not filled in."""
    return None if field.null else field.get_default()
