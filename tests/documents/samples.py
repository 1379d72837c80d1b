"""Organisations and people of both charters for tests of papers: filled, partly filled, and with the longest values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from documents.printing.core import Batch, Form, forms, lay_out_sheets, sheets_for
from documents.printing.engine.sheets import Sheets
from dues.ledger.book.entries import insert
from dues.ledger.models import DuesAccount, LedgerEntry
from members.people.models import CardEntry, Member
from members.people.transitions.registration import register_person
from registry.enums import DataClass, Level
from registry.organizations.models import Federation, Organization
from tests.documents.pdfs import text_of as text_of
from tests.registry import trees
from tests.worlds import world

TODAY = dt.date(2025, 11, 23)
#: Verification code of the papers, and the line with it in their footer.
CODE, CODE_LINE = "1234567890123450", "Код проверки: 1234 5678 9012 3450"
KINDS = ("filled", "partly", "blank", "longest")
CHARTERS = ("voi", "education_union")
ALL_CLASSES = frozenset(DataClass)

_REQUISITES = {
    "is_legal_entity": True,
    "inn": "7707083893",
    "ogrn": "1027700132195",
    "legal_address": "143000, Московская область, г. Одинцово, ул. Маршала Жукова, д. 1",
}
_PERSON: dict[str, Any] = {
    "surname": "Иванов", "given_name": "Пётр", "patronymic": "Сергеевич", "sex": "male",
    "birth_date": dt.date(1958, 3, 5), "snils": "11223344595", "region": "Московская область", "postcode": "143002",
    "city": "Одинцово", "street": "улица Молодёжная", "house": "15", "flat": "27", "phone_mobile": "+7 916 123-45-67",
    "email": "ivanov.ps@example.ru", "marital_status": "married", "joined_on": dt.date(2015, 4, 27),
    "ticket_number": "0104512", "paper_kind": "passport", "paper_series": "4506", "paper_number": "123456",
    "paper_issued_on": dt.date(2006, 4, 27), "paper_issued_by": "ОВД района Хамовники города Москвы",
    "paper_code": "772-001", "registered_on": dt.date(2015, 5, 1), "minutes_number": "4",
    "minutes_date": dt.date(2015, 4, 27),
}  # fmt: skip
_OF_CHARTER: dict[str, dict[str, Any]] = {
    "voi": {
        "citizenship": "Российская Федерация",
        "birth_place": "Одинцово",
        "category": "disabled",
        "education": "vocational",
        "profession": "слесарь-инструментальщик",
        "workplace": "ООО «Завод»",
        "disability_group": "II",
        "disability_cause": "internationalist",
        "certificate_series": "МСЭ-2015",
        "certificate_number": "1234567",
        "certificate_issued_on": dt.date(2015, 6, 1),
        "certificate_indefinite": True,
        "group_since": "2015",
        "diagnosis": "последствия травмы",
        "mobility": "crutches",
        "prostheses": ["corset", "leg"],
        "needs": ["housing", "job"],
        "needs_other": "лекарства",
        "transport": "автомобиль «Ока»",
        "hobby": "шахматы",
        "achievements": "кубок области",
        "housing": "квартира, 34 кв. м",
        "family": "жена, дочь",
        "family_working": 1,
        "dependents": 0,
        "proposals": "Больше выездных консультаций.",
    },
    "education_union": {
        "category": "employed",
        "education": "specialist",
        "workplace": "МБОУ «СОШ № 7»",
        "position": "учитель математики",
        "worker_category": "teaching",
        "hired_on": dt.date(1990, 9, 1),
        "experience": 36,
        "teaching_experience": 30,
        "institution": "МГПИ имени В. И. Ленина",
        "speciality": "математика",
        "graduated": 1980,
        "dues_form": "cashless",
        "division": "профгруппа начальной школы",
    },
}
_NAMES = {
    "voi": {
        "short_name": "Одинцовская районная организация ВОИ",
        "full_name": "Одинцовская районная организация ВОИ",
    },
    "education_union": {
        "short_name": "ППО МБОУ «СОШ № 7»",
        "full_name": "Первичная профсоюзная организация МБОУ «СОШ № 7»",
    },
}
_CHAIRS = {
    "voi": {"chair_name": "Сидорова Анна Петровна", "chair_sex": "female"},
    "education_union": {"chair_name": "Иванов Иван Иванович", "chair_sex": "male"},
}
_ENTRIES = {
    "education_union": [
        {
            "kind": "award",
            "title": "Почётная грамота",
            "award_kind": "union",
            "year": 2020,
            "document": "№ 12 от 05.10.2020",
        }
    ]
}
_LONG = "Щучинско-Магометанская объединённая широкопрофильная имени Жукова и Шмидта "
_NOT_WORDS = {"phone_mobile", "phone_home", "email", "snils", "ticket_number", "postcode", "birth_place", "citizenship"}


def keeper(charter: str) -> Organization:
    """Return the organisation that keeps the cards, below a region, with all its requisites and its chair."""
    return _KEEPERS[charter]()


def _keeper(charter: str) -> Organization:
    head = trees.head(charter)
    region = trees.below(head, Level.REGIONAL, "Московская областная организация", is_legal_entity=True)
    names, chair = dict(_NAMES[charter]), _CHAIRS[charter]
    level = Federation.objects.get(pk=head.federation_id).charter.keeper
    made = trees.below(region, level, names.pop("short_name"), **names)
    Organization.objects.filter(pk=made.pk).update(**_REQUISITES, **chair)
    return trees.again(made)


@world
def _of_voi() -> Organization:
    return _keeper("voi")


@world
def _of_union() -> Organization:
    return _keeper("education_union")


_KEEPERS = {"voi": _of_voi, "education_union": _of_union}


def person(charter: str, organization: Organization, **values: Any) -> Member:
    """Create a member with every field of the charter filled."""
    known = {**_PERSON, **_OF_CHARTER[charter], **values}
    fields = set(organization.charter.fields)
    member = register_person(
        organization=organization,
        values={n: v for n, v in known.items() if n in fields},
        by=trees.INSTALLATION,
        ground="учётная карточка",
    )
    for entry in _ENTRIES.get(charter, ()):
        CardEntry.objects.create(member=member, **entry)
    return member


def half_known(organization: Organization, **values: Any) -> Member:
    """Create a member with only a name, unless values are given."""
    return trees.members(organization, **{"given_name": "Пётр", "confirmed_duplicate": True, **values})[0]


def longest(charter: str, organization: Organization) -> Member:
    """Return a member with the longest values in every field, also of the organisation; they are not saved."""
    member = Member.objects.select_related("organization__federation").get(pk=person(charter, organization).pk)
    answers, health = getattr(member, "questionnaire", None), getattr(member, "health", None)
    for source in (member, member.identity, health, answers):
        for field in source._meta.concrete_fields if source is not None else ():
            length = getattr(field, "max_length", None)
            plain = not (field.choices or field.name in _NOT_WORDS or field.name.endswith(("_key", "_on", "_state")))
            if length and plain and field.name not in {"state", "id"}:
                setattr(source, field.name, (_LONG * 10)[:length].strip())
    member.surname, member.given_name, member.patronymic = "Щ" + "ш" * 59, "Ю" + "м" * 59, "Ж" + "щ" * 59
    member.email, member.phone_mobile = "w" * 64 + "@" + "m" * 60 + ".ru", "+7 916 123-45-67 добавочный 12345, после 18"
    member.identity.paper_number, member.identity.paper_series = "1234567890" * 2, "ЖЩ-ШМ-ЮФ-12"
    member.identity.paper_issued_by = (_LONG * 5)[:200]
    member.name_genitive = ""
    if health is not None:
        health.diagnosis = health.needs_other = (_LONG * 10)[:300].strip()
        health.group_since = (_LONG * 2)[:100].strip()
    organization = member.organization
    organization.short_name, organization.full_name = (_LONG * 3)[:150].strip(), (_LONG * 5)[:250].strip()
    organization.genitive_name = (_LONG * 5)[:250].strip()
    organization.legal_address = (_LONG * 5)[:200].strip()
    organization.chair_name = "Константинопольско-Преображенская Александра Константиновна"
    return member


def batch_of(
    organization: Organization, reads: frozenset[DataClass] = ALL_CLASSES, printed_on: dt.date = TODAY, code: str = ""
) -> Batch:
    """Return a batch of the organisation, by default on the tests' day."""
    return Batch(organization, reads, printed_on, code)


def paid(
    organization: Organization, member: Member, year: int, made_on: dt.date, amount: Decimal = Decimal(50)
) -> None:
    """Insert a payment of the annual fee of the year, as from before the registry was used."""
    entry = LedgerEntry(
        account=DuesAccount.objects.get_or_create(member=member)[0], organization=organization, kind="payment",
        fee="annual", year=year, amount=amount, made_on=made_on, key=f"{amount} of {member.pk} for {year}",
        posted_at=timezone.now(),
    )  # fmt: skip
    insert([entry], organization)


def paper(code: str, organization: Organization, member: Member | None, **kwargs: Any) -> bytes:
    """Return the PDF of one sheet of the form."""
    return lay_out_sheets(sheets(code, organization, member, **kwargs))


def sheets(code: str, organization: Organization, member: Member | None, **kwargs: Any) -> Sheets:
    """Return one sheet of the form before the layout."""
    form: Form = forms()[code]
    as_given = kwargs.pop("as_given", False)
    if member is not None and not as_given:
        member = form.members(Member.objects.filter(pk=member.pk)).get()
    batch = batch_of(organization, code=kwargs.pop("code_of_print", ""), **kwargs)
    return sheets_for(form, [form.build(member, batch)], batch)
