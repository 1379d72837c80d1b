"""What is destroyed after a withdrawal of the consent to the processing, and what other grounds keep (N-C1).

152-ФЗ art. 21 p. 5, practice 7.4 and 7.5. Every model with a key path to a member is declared once: tests hold that.
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


class Ground(NamedTuple):
    """What is kept, by which law and for how long, in the words of the papers."""

    what: str
    law: str
    term: str


_ARCHIVES, _ACCOUNTS, _PROOF = (
    "законодательство об архивном деле",
    "законодательство о бухгалтерском учёте",
    "подтверждение законности обработки",
)
#: Grounds in the order of the papers.
GROUNDS: dict[str, Ground] = {
    "minutes": Ground("протоколы заседаний и решения", _ARCHIVES, "постоянно"),
    "admission": Ground("документы о вступлении", _ARCHIVES, "3 года"),
    "book": Ground("книга регистрации и записи о постановке на учёт", _ARCHIVES, "3 года"),
    "tickets": Ground("документы о членских билетах и карточках", _ARCHIVES, "3 года"),
    "dues": Ground("ведомости и записи об уплате взносов", _ACCOUNTS, "5 лет"),
    "consents": Ground("согласия и заявления об их отзыве", _PROOF, "3 года"),
    "requests": Ground("обращения о персональных данных и ответы на них", _PROOF, "3 года"),
}

#: Model → the ground that keeps its rows. What they say of the person stays, but for `EMPTIED`.
KEPT: dict[str, str] = {
    # The card that is left holds what the book and the papers of the admission say of the person.
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
#: Models whose rows no ground keeps: rows and history are deleted.
DESTROYED = (
    "members.IdentityPaper", "members.HealthRecord", "members.Questionnaire", "members.CardEntry",
    "members.Representation", "members.CardUpdateRow", "members.Reminder",
    "documents.LeafletMail",
)  # fmt: skip
#: Fields of the card that the book and the papers of the admission keep, and those that say nothing about a person.
#: The book says the year of birth and takes it from the card again when the organisations merge.
CARD_KEEPS = frozenset(
    {
        "id", "surname", "given_name", "patronymic", "no_patronymic", "name_genitive", "name_dative",
        "name_accusative", "birth_date", "federation", "organization", "cell", "unit", "state", "joined_on",
        "joined_year_only", "ticket_number", "consent_state", "blocked_on", "missing", "batch", "reprint",
        "last_organization", "last_unit", "ended_on", "erase_after", "version", "created_at", "search_key",
        "sort_key", "name_key",
    }
)  # fmt: skip
#: Fields that are emptied in rows that are kept, and in their history; those of the card follow from `CARD_KEEPS`.
EMPTIED: dict[str, tuple[str, ...]] = {
    "members.Application": ("values",),
    "members.ChangeProposal": ("before", "after"),
    "members.ImportRow": ("cells", "corrections", "carried", "values", "issues"),
    "documents.CardRequest": ("photo",),
}
#: Scans that are papers of the admission or consents; others are destroyed.
KEPT_SCANS = (CopyKind.APPLICATION, CopyKind.CONSENT, CopyKind.WARD_CONSENT)
#: Marks on the card that repeat decisions, the book or the ticket ledger; others are destroyed.
KEPT_MARKS = (MarkKind.DISCIPLINE, MarkKind.TICKET, MarkKind.NAME, MarkKind.RESTORED)
#: Marks of other kinds that a decision has made or lifted are kept with it.
MARKS_OF_DECISIONS = Q(kind__in=KEPT_MARKS) | Q(item__isnull=False) | Q(lifted_item__isnull=False)
#: Models of which some rows are kept, and those rows: lines of reports that were submitted stay, without the values.
PARTLY: dict[str, Q] = {
    "members.CardMark": MARKS_OF_DECISIONS,
    "members.ChangeProposal": Q(reconciliation__reported_at__isnull=False, state__in=DECIDED_PROPOSALS),
}

#: Why the data were destroyed, with the day of the statement; the record is printed in Russian.
REASON = "отзыв согласия на обработку персональных данных (заявление от {}); ч. 5 ст. 21 Федерального закона № 152-ФЗ"
#: Categories of what is destroyed, as the record and the act name them.
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
    """Return the fields of the card that are emptied, each with its empty value."""
    return {field.name: empty(field) for field in Member._meta.concrete_fields if field.name not in CARD_KEEPS}


def emptied() -> Iterator[tuple[type[models.Model], dict[str, Any]]]:
    """Yield the models whose rows are kept in part, each with the fields that are emptied and their empty values."""
    yield Member, emptied_of_card()
    for label, names in EMPTIED.items():
        model = apps.get_model(label)
        yield model, {name: empty(model._meta.get_field(name)) for name in names}


def empty(field: Any) -> Any:
    """Return the value of the field where nothing was filled in."""
    return None if field.null else field.get_default()
