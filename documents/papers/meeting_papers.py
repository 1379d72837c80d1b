"""Papers of a meeting: agenda, minutes, extract, notices of the meeting and of the decision (V-A5, V-A6).

They are printed from the pages of meetings, applications and appeals, and share one template.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from documents.printing.core import Batch, Paper, lay_out_sheets, sheets_for, word_of_sheets
from documents.printing.declension import Case, signed_name, with_initials
from documents.printing.engine.sheets import Sheets
from documents.printing.rules import (
    check_can_be_addressed,
    check_can_be_told,
    check_has_meeting,
    check_is_decided,
    check_is_invited,
)
from dues.ledger.rules.standing import Open, standings_in
from dues.money import on_paper
from members.admission.models import Application
from members.meetings.enums import ItemKind, ItemState
from members.meetings.models import AgendaItem, Appeal, Meeting
from members.meetings.queries import names_in_minutes, tail_of
from members.meetings.rules import (
    agenda_of,
    carries,
    decided_on_appeal,
    deciding_organization,
    last_appeal,
    quorum_of,
)
from members.people.enums import MemberState
from members.people.models import Member
from registry.days import day_text
from registry.enums import DataClass
from registry.organizations.models import Organization

from .card import chair_of, name_in
from .minutes_wording import People, body_in_genitive, card_of_applicant, people_of, with_declined_names

FORMATS = {"in_person": "очная", "absentee": "заочная", "online": "в режиме онлайн"}
#: Relations of the applicants named by an item.
_APPLICANTS = ("applications__member", "applications__organization__federation")
#: Form of address by sex.
_DEAR = {"male": "Уважаемый", "female": "Уважаемая"}
#: Fees as named in the notice of an admission.
FEES = {"entrance": "вступительный взнос", "annual": "членский взнос за {year} год"}


def build_agenda(meeting: Meeting) -> list[dict[str, Any]]:
    """Return the values of the agenda."""
    return [_common("agenda", meeting) | {"items": _items(meeting, 0)}]


def build_minutes(meeting: Meeting) -> list[dict[str, Any]]:
    """Return the values of the minutes: attendance, and the report, the speeches and the decision on each item."""
    attendance = _attendance(meeting)
    return [_common("minutes", meeting) | attendance | {"items": _items(meeting, attendance["present_count"])}]


def _items(meeting: Meeting, present: int) -> list[dict[str, Any]]:
    related = ("member", "organization__federation", "appeal__member", "appeal__application__member")
    items = list(agenda_of(meeting).select_related(*related).prefetch_related(*_APPLICANTS))
    return [_item(item, number, present) for number, item in enumerate(items, 1)]


def build_extract(item: AgendaItem, application: Application | None) -> list[dict[str, Any]]:
    """Return the values of the extract about one person; of an admission of many, the one applicant only."""
    meeting = check_has_meeting(item)
    attendance = _attendance(meeting)
    present = attendance["present_count"]
    if application is not None:
        people = {application.full_name: card_of_applicant(application)}
        line = _item(item, item.position, present, people)
        line["title"] = with_declined_names(f"О приёме в члены {tail_of(item)}: {application.full_name}", people)
        line["resolution"] = with_declined_names(_admission(item, application.full_name), people)
        line["people"] = []
    else:
        prefetch_related_objects([item], *_APPLICANTS)
        line = _item(item, item.position, present)
    return [_common("extract", meeting) | attendance | {"item": line}]


def build_invitations(applications: Sequence[Application]) -> list[dict[str, Any]]:
    """Return the values of the notices of the meeting. Raises `RuleViolation` for applicants already decided on
    (V-A5).
    """
    sheets = []
    for application in applications:
        item = check_is_invited(application)
        sheets.append(_common("invitation", check_has_meeting(item)) | _addressee(application))
    return sheets


def build_decisions(about: AgendaItem | Sequence[Application]) -> list[dict[str, Any]]:
    """Return the values of the notices of a decision. Raises `RuleViolation` if nothing is decided yet (V-A5).

    For applicants: where to receive the ticket, or how to appeal (V-A5, V-A6). For other items, for the member or the
    appellant: how to appeal against an exclusion, or that the decision on the appeal is final.
    """
    if isinstance(about, AgendaItem):
        return [_item_decision(about)]
    to_pay = _to_pay(about)
    return [_decision(one) | {"to_pay": to_pay.get(one.member_id, [])} for one in about]


AGENDA = Paper(code="agenda", title="Повестка дня", build=build_agenda, template="meeting")
MINUTES = Paper(code="minutes", title="Протокол заседания", build=build_minutes, template="meeting", archived=True)
EXTRACT = Paper(code="extract", title="Выписка из протокола", build=build_extract, template="meeting", archived=True)
INVITATION = Paper(
    code="invitation", title="Уведомление о заседании", build=build_invitations, template="meeting", as_word=True
)
DECISION = Paper(
    code="decision",
    title="Извещение о решении",
    build=build_decisions,
    # The notice of an admission states the fees to pay.
    data_classes=frozenset({DataClass.GENERAL, DataClass.MONEY}),
    template="meeting",
    as_word=True,
)


def sheets_of(paper: Paper, organization: Organization, *about: Any, codes: Sequence[str] = ()) -> Sheets:
    """Return the sheets of a paper, ready to be rendered; `about` are the arguments of its `build`.

    `codes` are the verification codes of the sheets, if there are any.
    """
    batch = Batch(organization, frozenset(), organization.today)
    sheets = paper.build(*about)
    if codes:
        sheets = [values | {"paper_code": code} for values, code in zip(sheets, codes, strict=True)]
    return sheets_for(paper, sheets, batch)


def render_meeting(paper: Paper, meeting: Meeting, *, code: str = "") -> bytes:
    """Return the PDF of the agenda or the minutes."""
    return lay_out_sheets(sheets_of(paper, meeting.organization, meeting, codes=[code]))


def render_extract(item: AgendaItem, application: Application | None, *, code: str = "") -> bytes:
    """Return the PDF of the extract from the minutes."""
    return lay_out_sheets(sheets_of(EXTRACT, item.organization, item, application, codes=[code]))


def render_invitations(applications: Sequence[Application], *, codes: Sequence[str] = (), word: bool = False) -> bytes:
    """Return the notices of the meeting."""
    return _notices(INVITATION, applications[0].organization, applications, codes=codes, word=word)


def render_decisions(applications: Sequence[Application], *, codes: Sequence[str] = (), word: bool = False) -> bytes:
    """Return the notices of the decision for applicants of an organisation."""
    return _notices(DECISION, applications[0].organization, applications, codes=codes, word=word)


def render_notice(item: AgendaItem, *, code: str = "", word: bool = False) -> bytes:
    """Return the notice of a decision that is not about an admission."""
    return _notices(DECISION, item.organization, item, codes=[code], word=word)


def _notices(paper: Paper, organization: Organization, about: Any, *, codes: Sequence[str], word: bool) -> bytes:
    """Return notices as a PDF or a Word file."""
    sheets = sheets_of(paper, organization, about, codes=codes)
    return word_of_sheets(paper, sheets) if word else lay_out_sheets(sheets)


def _item_decision(item: AgendaItem) -> dict[str, Any]:
    check_can_be_told(item)
    context = _common("decision", check_has_meeting(item))
    context |= {"told": True, "adopted": item.state == ItemState.ADOPTED, "tail": tail_of(item), "reason": item.reason}
    context["resolution"] = with_declined_names(item.resolution, people_of(item))
    appeal = item.appeal
    if appeal is None:
        context |= _addressee_of(item.member, item.organization) | {
            "title": with_declined_names(item.title, people_of(item))
        }
        if item.kind == ItemKind.EXCLUSION and item.state == ItemState.ADOPTED:
            lodged = last_appeal(item.appeals.all())
            context |= _superior(item) if lodged is None else _appealed(lodged, item.notified_on)
        return context
    application, first = appeal.application, appeal.against
    context |= _addressee(application) if application is not None else _addressee_of(appeal.member, first.organization)
    return context | {
        "appeal": True,
        "refused": application is not None,
        "received_on": day_text(appeal.received_on),
        "late": appeal.late,
        "term_on": day_text(appeal.term_on),
        "first_on": day_text(first.meeting.held_on) if first.meeting is not None else "",
        "first_by": first.organization.full_name,
    }


def _superior(item: AgendaItem) -> dict[str, Any]:
    """Return the superior body to which an appeal is addressed."""
    superior = deciding_organization(item)
    body = superior.bodies.filter(kind="committee").first()
    return {
        "superior": superior.full_name,
        "superior_body": body.name if body is not None else "",
        "superior_address": superior.postal_address or superior.legal_address,
    }


def _appealed(appeal: Appeal, told_on: dt.date | None) -> dict[str, Any]:
    """Return the text about an appeal for the reprinted notice of the first decision (V-A6)."""
    item = decided_on_appeal(appeal)
    against = {"received_on": day_text(appeal.received_on), "organization": appeal.organization.full_name}
    again = {"again": day_text(told_on)} if told_on is not None else {}
    if item is None:
        return again | {"pending": against}
    meeting = check_has_meeting(item)
    final = {
        "body": body_in_genitive(meeting.body.name, meeting.body.name_genitive),
        "number": meeting.number,
        "day": day_text(meeting.held_on),
        "resolution": with_declined_names(item.resolution, people_of(item)),
        "reason": item.reason,
        "upheld": item.state == ItemState.REJECTED,
    }
    return again | {"final": against | final}


def _to_pay(applications: Sequence[Application]) -> dict[int | None, list[str]]:
    """Return the open charges with their terms, by the admitted member's id (V-B4)."""
    members = [one.member_id for one in applications if one.member_id is not None]
    found = standings_in(applications[0].organization, members)
    return {member: [_due(one) for one in now.open if one.charge.fee in FEES] for member, now in found.items()}


def _due(one: Open) -> str:
    fee = FEES[one.charge.fee].format(year=one.charge.year)
    return f"{fee} – {on_paper(one.left)} руб. до {day_text(one.charge.due_on)}"


def _on_appeal(item: AgendaItem, application: Application) -> str:
    """Return the words that follow the body if another organisation decided, on appeal."""
    if item.organization_id == application.organization_id:
        return ""
    return f" ({item.organization.full_name}) по Вашей жалобе на отказ в приёме"


def _decision(application: Application) -> dict[str, Any]:
    item = check_is_decided(application)
    context = _common("decision", check_has_meeting(item)) | _addressee(application)
    context |= {
        "admitted": application.state == "admitted",
        # The paper is issued by the local organisation even if the regional body decided.
        "organization": application.organization.full_name,
        "chair": chair_of(application.organization),
        "on_appeal": _on_appeal(item, application),
        "decided_on": day_text(application.decided_on),
        "tail": tail_of(item),
        "reason": application.refusal,
        "pickup_on": day_text(application.pickup_on),
        "pickup_at": f"{application.pickup_at:%H:%M}" if application.pickup_at else "",
        "pickup_place": application.pickup_place or application.organization.postal_address,
    }
    if not context["admitted"]:
        lodged = last_appeal(application.appeals.all())
        context |= _superior(item) if lodged is None else _appealed(lodged, application.notified_on)
    return context


def _common(kind: str, meeting: Meeting) -> dict[str, Any]:
    organization = meeting.organization
    return {
        "kind": kind,
        "is_letter": kind in {"invitation", "decision"},
        **{f"is_{paper}": paper == kind for paper in ("invitation", "agenda", "minutes", "extract")},
        "federation": organization.charter.wording["federation_full"],
        "organization": organization.full_name,
        "body": body_in_genitive(meeting.body.name, meeting.body.name_genitive),
        "number": meeting.number,
        "day": day_text(meeting.held_on),
        "time": f"{meeting.starts_at:%H:%M}",
        "place": meeting.place,
        "format": FORMATS[meeting.format],
        "chair": chair_of(organization),
        "chaired_by": meeting.chaired_by,
        "secretary": meeting.secretary,
        "chairing_signs": signed_name(meeting.chaired_by),
        "secretary_signs": signed_name(meeting.secretary),
        "guests": meeting.guests,
        "printed": day_text(organization.today),
    }


def _attendance(meeting: Meeting) -> dict[str, Any]:
    """Return who was present, with organisation and body as they were called when the minutes were closed."""
    names = names_in_minutes(meeting)
    seats, present = meeting.seats or 0, len(names.present)
    return {
        "organization": names.organization, "body": body_in_genitive(names.body, names.body_genitive),
        "present": names.present,
        "present_count": present, "seats": seats, "quorum": seats > 0 and present >= quorum_of(seats),
    }  # fmt: skip


def _item(item: AgendaItem, number: int, present: int, people: People | None = None) -> dict[str, Any]:
    applicants = sorted(item.applications.all(), key=lambda application: (application.sort_key, application.pk))
    people = people_of(item) if people is None else people
    return {
        "number": number,
        "title": with_declined_names(item.title, people),
        "speaker": item.speaker,
        "spoken": item.spoken.splitlines(),
        "people": [application.full_name for application in applicants] if len(applicants) > 1 else [],
        "votes": _votes(item, present) if item.votes_for is not None else None,
        "resolution": with_declined_names(item.resolution, people),
        # For admissions the reason is that of a refusal; exclusions and measures have a reason either way.
        "reason": item.reason if item.state == "rejected" or item.kind != ItemKind.ADMISSION else "",
        "adopted": item.state == "adopted",
        "decided": item.state in {"adopted", "rejected"},
    }


def _votes(item: AgendaItem, present: int) -> dict[str, Any]:
    """Return the votes on the decision that was taken; they were counted for the proposal (V-A5).

    Those against the proposal are for a refusal. Where neither had a majority, the votes are those on the proposal.
    """
    votes = {"for": item.votes_for, "against": item.votes_against, "abstained": item.votes_abstained}
    if item.state != ItemState.REJECTED:
        return votes
    if carries(item.votes_against or 0, present):
        return votes | {"for": item.votes_against, "against": item.votes_for}
    return votes | {"on_proposal": True}


def _admission(item: AgendaItem, name: str) -> str:
    tail = tail_of(item)
    if item.state == "adopted":
        return f"Принять в члены {tail}: {name}."
    return f"Отказать в приёме в члены {tail}: {name}."


def _addressee(application: Application) -> dict[str, Any]:
    card = card_of_applicant(application)
    same = card.full_name == application.full_name
    return _addressee_of(card, application.organization, None if same else application) | {
        "filed_on": day_text(application.filed_on),
        "tail": application.organization.charter.wording["member"].partition(" ")[2],
    }


def _addressee_of(card: Member | None, organization: Organization, named: Application | None = None) -> dict[str, Any]:
    """Return the addressee; `named` is the application if it has a different name than the card."""
    card = check_can_be_addressed(card)
    by_name = named or card
    names = (by_name.surname, by_name.given_name, by_name.patronymic)
    # Cards of people who have left are not read: they have another organisation or none. Who was excluded has the right
    # to a notice by post, with which the month of appeal begins (V-B14).
    excluded = card.organization_id is None and card.state == MemberState.EXCLUDED
    here = organization.pk == (card.last_organization_id if excluded else card.organization_id)
    return {
        "applicant": name_in(card, Case.DATIVE) if named is None else named.full_name,
        "applicant_address": (card.residence or card.address) if here else "",
        "dear": _DEAR.get(card.sex, "Уважаемый(ая)"),
        "called": " ".join(filter(None, names[1:])),
        "signer": with_initials(*names),
        "outline": " ".join(filter(None, names)),
    }
