"""Sentences of minutes with declined names: «Принять в члены ВОИ Ковалёву Тамару Никитичну»."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from documents.printing.declension import Case, decline_organization
from members.admission.queries.applicants import as_member

from .card import name_in

if TYPE_CHECKING:
    from members.admission.models import Application
    from members.meetings.models import AgendaItem
    from members.people.models import Member


# Beginnings of the standard sentences (members.meetings.resolutions), the preposition of the name, and its case.
_SENTENCES = (
    ("О приёме в члены", "", Case.GENITIVE),
    ("Об исключении из членов", "", Case.GENITIVE),
    ("О выдаче нового членского билета", "", Case.DATIVE),
    ("О взыскании", "в отношении", Case.GENITIVE),
    ("О снятии взыскания", "с", Case.GENITIVE),
    ("Принять в члены", "", Case.ACCUSATIVE),
    ("Восстановить в членах", "", Case.ACCUSATIVE),
    ("Отказать в", "", Case.DATIVE),
    ("Выдать новый членский билет", "", Case.DATIVE),
    ("Исключить из членов", "", Case.ACCUSATIVE),
    ("Не исключать из членов", "", Case.ACCUSATIVE),
    ("Наложить взыскание", "на", Case.ACCUSATIVE),
    ("Взыскания не налагать", "на", Case.ACCUSATIVE),
    ("Снять взыскание", "с", Case.GENITIVE),
    ("Взыскания не снимать", "с", Case.GENITIVE),
)
#: The people named in an item's sentences, by full name.
People = Mapping[str, "Member"]


def card_of_applicant(application: Application) -> Member:
    """Return the applicant's card, or the card they would have."""
    return application.member or as_member(application)


def people_of(item: AgendaItem) -> People:
    """Return the people named in the item."""
    cards = {application.full_name: card_of_applicant(application) for application in item.applications.all()}
    if item.member is not None:
        cards[item.member.full_name] = item.member
    appeal = item.appeal
    if appeal is not None:
        appellant = appeal.member or (card_of_applicant(appeal.application) if appeal.application else None)
        if appellant is not None:
            cards[appellant.full_name] = appellant
    return cards


def with_declined_names(text: str, people: People) -> str:
    """Return a standard sentence with its names declined; other text is returned unchanged."""
    head, colon, tail = text.rpartition(": ")
    sentence = head.rpartition(". ")[2]
    usual = next((row for row in _SENTENCES if sentence.startswith(row[0])), None)
    stop = "." if tail.endswith(".") else ""
    names = tail.removesuffix(".").split("; ")
    if not colon or usual is None or any(name not in people for name in names):
        return text
    _begins, preposition, case = usual
    declined = [_declined(people[name], case) for name in names]
    if not all(declined):
        return text
    if len(names) > 1:
        return f"{head}: {'; '.join(declined)}{stop}"
    return " ".join(filter(None, (head, preposition, declined[0]))) + stop


def _declined(member: Member, case: Case) -> str:
    """Return the name in the case, or an empty string if the declension is unknown."""
    if case is Case.ACCUSATIVE and member.name_genitive and not member.name_accusative:
        # The accusative of men equals the genitive, except for names such as «Илья»; that of women does not.
        same = member.sex == "male" and not member.given_name.endswith(("а", "я"))
        return member.name_genitive if same else ""
    name = name_in(member, case)
    return name if member.sex or name != member.full_name else ""


def body_in_genitive(name: str, typed: str = "") -> str:
    """Return the body's name in the genitive («правления»), or the nominative in brackets if it cannot be declined.

    A genitive that was entered for the body takes precedence.
    """
    if typed:
        return typed
    declined = decline_organization(name, Case.GENITIVE)
    if declined == name and not name.lower().startswith("бюро"):
        return f"коллегиального органа ({name})" if name else "коллегиального органа"
    lower = declined[:1].lower() + declined[1:]
    return declined if declined[1:2].isupper() else lower
