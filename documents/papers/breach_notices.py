"""Notices of a breach to Roskomnadzor within 24 and 72 hours, and the letter to a person
(152-ФЗ art. 21 p. 3.1, practice N5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper, render
from documents.printing.declension import Case
from registry.breaches.enums import BreachData, Noticed
from registry.days import moment_text
from registry.enums import DataClass

from .card import addressee_of, chair_of, name_in

if TYPE_CHECKING:
    from members.people.models import Member
    from registry.breaches.models import Breach
    from registry.organizations.models import Organization

FIRST_TITLE = "УВЕДОМЛЕНИЕ о факте неправомерной или случайной передачи персональных данных"
SECOND_TITLE = "УВЕДОМЛЕНИЕ о результатах внутреннего расследования"
#: Names of data and ways in the notices, in Russian because papers are Russian.
DATA: dict[str, str] = {
    BreachData.NAMES: "фамилия, имя, отчество, дата рождения, пол",
    BreachData.CONTACTS: "адрес, телефоны, электронная почта",
    BreachData.IDENTITY: "реквизиты документов, удостоверяющих личность, СНИЛС",
    BreachData.HEALTH: "сведения об инвалидности и состоянии здоровья (специальная категория)",
    BreachData.WORK: "место работы, должность, образование",
    BreachData.MEMBERSHIP: "сведения о членстве, номера билетов",
    BreachData.DUES: "сведения о взносах и платежах",
    BreachData.PICTURES: "фотографии, копии документов",
    BreachData.ACCOUNTS: "учётные имена должностных лиц",
}
WAYS: dict[str, str] = {
    Noticed.STAFF: "работниками оператора",
    Noticed.PERSON: "по обращению субъекта персональных данных",
    Noticed.AUTHORITY: "по сообщению Роскомнадзора или иного органа",
    Noticed.OUTSIDE: "по сообщению третьего лица или публикации",
    Noticed.JOURNAL: "по журналу регистрации событий",
}


def build_first(breach: Breach, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the first notice: incident, causes, harm, measures, contact."""
    return [_operator(breach.organization, batch) | {"title": FIRST_TITLE, "points": _first_points(breach)}]


def build_second(breach: Breach, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the second notice: the results, and the people responsible."""
    zone = breach.organization.tz
    sent = moment_text(breach.first_at, zone) if breach.first_at else ""
    number = f", № {breach.first_number}" if breach.first_number else ""
    points = [
        ("Первичное уведомление", f"{sent}{number}" if sent else ""),
        *_incident(breach),
        ("Результаты внутреннего расследования", breach.results),
        ("Лица, действия которых стали причиной инцидента", breach.culprits or "не установлены"),
        ("Принятые меры", breach.measures),
        ("Лицо, уполномоченное на взаимодействие с Роскомнадзором", breach.responsible),
    ]
    return [_operator(breach.organization, batch) | {"title": SECOND_TITLE, "points": points}]


def build_letters(breach: Breach, members: Sequence[Member], batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of a letter to each of the members."""
    zone = breach.organization.tz
    common = _operator(breach.organization, batch) | {
        "noticed": moment_text(breach.noticed_at, zone),
        "data": _data(breach),
        "measures": breach.measures,
        "responsible": breach.responsible,
        "keeper_name": breach.organization.short_name,
    }
    return [
        common
        | {
            "addressee": name_in(member, Case.DATIVE),
            "lives_at": member.residence or member.address,
            "card": addressee_of(member, member.full_name, here=True),
        }
        for member in members
    ]


def render_notice(paper: Paper, breach: Breach, batch: Batch) -> bytes:
    """Return the PDF of one of the notices."""
    return render(paper, paper.build(breach, batch), batch)


def render_letters(breach: Breach, members: Sequence[Member], batch: Batch) -> bytes:
    """Return the PDF of the letters, one on a sheet."""
    return render(LETTER, build_letters(breach, members, batch), batch)


def _first_points(breach: Breach) -> list[tuple[str, str]]:
    return [
        *_incident(breach),
        ("Предполагаемые причины инцидента", breach.causes),
        ("Предполагаемый вред, нанесённый правам субъектов", breach.harm),
        ("Принятые меры по устранению последствий", breach.measures),
        ("Лицо, уполномоченное на взаимодействие с Роскомнадзором", breach.responsible),
    ]


def _incident(breach: Breach) -> list[tuple[str, str]]:
    zone = breach.organization.tz
    return [
        ("Описание инцидента", breach.what),
        ("Дата и время выявления", f"{moment_text(breach.noticed_at, zone)}, {WAYS[breach.noticed_by]}"),
        ("Дата и время инцидента", moment_text(breach.happened_at, zone) if breach.happened_at else "устанавливаются"),
        ("Категории персональных данных", _data(breach)),
        ("Примерное количество субъектов", str(breach.people)),
        ("Организации, которых касается инцидент", breach.places or breach.organization.short_name),
    ]


def _data(breach: Breach) -> str:
    return "; ".join(said for code, said in DATA.items() if code in breach.data)


def _operator(organization: Organization, batch: Batch) -> dict[str, Any]:
    operator = batch.operator(organization)
    ids = (("ИНН", operator.inn), ("ОГРН", operator.ogrn))
    return {
        "operator": operator.full_name or operator.short_name,
        "address": operator.legal_address or operator.postal_address,
        "ids": ", ".join(f"{name} {value}" for name, value in ids if value),
        "contacts": ", ".join(part for part in (operator.phone, operator.email) if part),
        "chair": chair_of(organization),
    }


FIRST = Paper(
    code="breach_first_notice", title="Первичное уведомление об инциденте", build=build_first,
    data_classes=frozenset({DataClass.GENERAL}), stylesheet="breach_notices",
)  # fmt: skip
SECOND = Paper(
    code="breach_second_notice", title="Уведомление о результатах расследования", build=build_second,
    data_classes=frozenset({DataClass.GENERAL}), stylesheet="breach_notices",
)  # fmt: skip
LETTER = Paper(
    code="breach_letter", title="Уведомление субъекта об инциденте", build=build_letters,
    data_classes=frozenset({DataClass.GENERAL}), stylesheet="breach_notices",
)  # fmt: skip
