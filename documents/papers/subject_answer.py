"""Answer to a request for access, with the extract, and letter about any request about personal data
(152-ФЗ art. 14 p. 7, art. 20, art. 21, practice N4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.consents.book import text_of_day
from documents.consents.enums import ConsentPurpose
from documents.printing.core import Batch, Paper, render, titles
from documents.printing.declension import Case, decline, sex_of, split_name
from documents.rights.enums import RequestKind
from documents.rights.queries.extract import consents_signed, extract_of
from members.people.models import Member
from registry.days import day_text, moment_text
from registry.enums import DataClass

from .card import addressee_of, chair_of, name_in

if TYPE_CHECKING:
    import datetime as dt

    from documents.consents.models import Consent
    from documents.rights.models import SubjectRequest
    from documents.rights.queries.receipts import Receipt
    from registry.organizations.models import Organization

#: Maximum number of lines of each list on paper; the JSON file contains more.
MAX_LINES = 100
#: Kind of a request, in the case that follows «о».
ASKED: dict[str, str] = {
    RequestKind.ACCESS: "предоставлении сведений об обработке персональных данных",
    RequestKind.CORRECTION: "уточнении персональных данных",
    RequestKind.STOPPING: "прекращении обработки персональных данных",
}
#: Titles of the letter.
EXTENDED, ANSWERED = "УВЕДОМЛЕНИЕ о продлении срока ответа", "ОТВЕТ НА ОБРАЩЕНИЕ"
#: Articles of the law with the term and its extension.
LAW: dict[str, str] = {
    RequestKind.ACCESS: "частью 1 статьи 20",
    RequestKind.CORRECTION: "частью 2 статьи 21",
    RequestKind.STOPPING: "частью 5.1 статьи 21",
}


def build(request: SubjectRequest, member: Member, made_at: dt.datetime, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the answer to a request for access."""
    keeper = request.organization
    extract = extract_of(member, made_at, batch.charter, titles())
    return [
        {
            **_heading(request, batch),
            **_processing(member, keeper, batch),
            "facts": {"время сведений": moment_text(made_at, keeper.tz)},
            "signed_on": request.settled_on,
            "superiors": [one.full_name or one.short_name for one in reversed(batch.superiors(keeper))],
            "sections": [
                {
                    "title": section.title,
                    "records": section.records[:MAX_LINES],
                    "one": len(section.records) == 1,
                    "left": section.left_off + max(len(section.records) - MAX_LINES, 0),
                }
                for section in extract.sections
            ],
            "receipts": _lines(extract.receipts, keeper),
            "receipts_left": extract.receipts_left + max(len(extract.receipts) - MAX_LINES, 0),
            "openings": _lines(extract.openings, keeper),
            "openings_left": extract.openings_left + max(len(extract.openings) - MAX_LINES, 0),
            "unnamed_exports": extract.unnamed_exports,
        }
    ]


def build_letter(request: SubjectRequest, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the letter about an extension, an answer or a refusal."""
    extended = request.is_open
    return [
        {
            **_heading(request, batch),
            "title": EXTENDED if extended else ANSWERED,
            "extended": extended,
            "reply": request.reply if request.is_answered else "",
            "usual_replies": [request.kind] if request.is_answered and not request.reply else [],
            "refused": request.is_refused,
            "facts": {
                "номер обращения": request.number,
                "дата обращения": day_text(request.received_on),
                "предмет обращения": ASKED[request.kind],
                "норма закона": LAW[request.kind],
                "новый срок": day_text(request.answer_by),
                "причина": request.reply if request.is_refused else request.extension_reason,
            },
            "signed_on": request.extended_on if extended else request.settled_on,
        }
    ]


def _answer_specimens(batch: Batch) -> list[Mapping[str, Any]]:
    """Return an answer without data, to preview its text."""
    return [_blank_heading(batch)]


def _letter_specimens(batch: Batch) -> list[Mapping[str, Any]]:
    """Return a letter of each kind, to preview their text."""
    common = _blank_heading(batch)
    return [
        common | {"outline": "Продление срока", "title": EXTENDED, "extended": True},
        common | {"outline": "Ответ", "title": ANSWERED, "usual_replies": RequestKind.values},
        common | {"outline": "Отказ", "title": ANSWERED, "refused": True},
    ]


def render_answer(request: SubjectRequest, member: Member, made_at: dt.datetime, batch: Batch) -> bytes:
    """Return the PDF of the answer, with the extract at the given time."""
    return render(ANSWER, build(request, member, made_at, batch), batch)


def render_letter(request: SubjectRequest, batch: Batch) -> bytes:
    """Return the PDF of the letter."""
    return render(LETTER, build_letter(request, batch), batch)


def _blank_heading(batch: Batch) -> dict[str, Any]:
    return _operator(batch.organization, batch) | {"facts": {}}


def _operator(keeper: Organization, batch: Batch) -> dict[str, Any]:
    """Return the values about operator and keeper of the data at the head of the letter."""
    operator = batch.operator(keeper)
    ids = (("ОГРН", operator.ogrn), ("ИНН", operator.inn))
    return {
        "operator": operator.full_name or operator.short_name,
        "address": operator.legal_address or operator.postal_address,
        "ids": ", ".join(f"{name} {value}" for name, value in ids if value),
        "keeper": "" if operator == keeper else keeper.full_name or keeper.short_name,
        "keeper_name": keeper.short_name,
        "chair": chair_of(keeper),
    }


def _heading(request: SubjectRequest, batch: Batch) -> dict[str, Any]:
    keeper, member = request.organization, request.member
    here = member is not None and member.organization_id == keeper.pk
    known = member if member is not None and here else None
    name = known.full_name if known is not None else request.person_name
    sex = sex_of(name) if known is None else known.sex
    return {
        **_operator(keeper, batch),
        "addressee": name_in(known, Case.DATIVE) if known is not None else _dative(request.person_name),
        "lives_at": (known.residence or known.address) if known is not None else "",
        "card": addressee_of(known or Member(sex=sex or ""), name, here=known is not None),
        "number": request.number,
        "received_on": day_text(request.received_on),
    }


def _dative(name: str) -> str:
    """Return the name in the dative, for a person whose card is kept by another organisation."""
    surname, given_name, patronymic = split_name(name)
    return decline(surname, given_name, patronymic, sex=sex_of(name), case=Case.DATIVE) if name else ""


def _processing(member: Member, keeper: Organization, batch: Batch) -> dict[str, Any]:
    """Return the facts about the processing required by law: purposes, grounds, methods, terms, processor."""
    consents = consents_signed(member)
    of_processing = next((one for one in consents if one.purpose == ConsentPurpose.PROCESSING), None)
    text = (
        of_processing.text
        if of_processing is not None
        else text_of_day(keeper.federation, batch.today, ConsentPurpose.PROCESSING)
    )
    wording = text.wording
    processor = ", ".join(part for part in (wording.get("processor"), wording.get("processor_address")) if part)
    return {
        "grounds": [_ground(one) for one in consents],
        "blocked_on": member.blocked_on,
        "purposes": [line.rstrip(";. ") for line in wording["purposes"]],
        "method": wording["methods"][wording["method"]],
        "actions": wording["actions"],
        "term": wording["term"],
        "processor": processor or "нет",
    }


def _ground(consent: Consent) -> str:
    day: dt.date | None = consent.signed_on
    return f"{_PURPOSES[consent.purpose]}, подписано {day_text(day)}"


_PURPOSES: dict[str, str] = {
    ConsentPurpose.PROCESSING: "согласие на обработку персональных данных",
    ConsentPurpose.TRANSFER: "согласие на передачу оператору бонусной программы и изготовителю билетов",
    ConsentPurpose.PUBLICATION: "согласие на распространение персональных данных",
}


def _lines(receipts: Sequence[Receipt], keeper: Organization) -> list[dict[str, str]]:
    return [{"at": one.in_words(keeper.tz), "who": one.who, "what": one.what} for one in receipts[:MAX_LINES]]


ANSWER = Paper(
    code="subject_answer", title="Ответ на запрос субъекта персональных данных", build=build,
    data_classes=frozenset(DataClass), stylesheet="subject_answer", specimens=_answer_specimens,
)  # fmt: skip
LETTER = Paper(
    code="request_letter", title="Ответ на обращение субъекта персональных данных", build=build_letter,
    data_classes=frozenset({DataClass.GENERAL}), stylesheet="subject_answer", specimens=_letter_specimens,
)  # fmt: skip
