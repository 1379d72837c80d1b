"""Papers of a meeting: agenda, minutes, extract for one person, notices of the meeting and of the decision (V-A5, V-A6).

No forms of a member, so the menus of printing do not find them: they are printed from the page of the meeting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from dues.rules import Open, standings_in
from members.enums import ItemKind
from members.models import AgendaItem, Application, Meeting
from members.rules.meetings import agenda_of, decided_by, deciding_organization, quorum_of
from members.rules.resolutions import tail_of
from registry.errors import RuleViolation
from registry.models import Organization

from .card import chair_of
from .core import Batch, Form, render
from .declension import with_initials
from .russian import short_date

TITLES = {
    "agenda": "Повестка дня",
    "minutes": "Протокол заседания",
    "extract": "Выписка из протокола",
    "invitation": "Уведомление о заседании",
    "decision": "Извещение о решении",
}
#: Dues as the notice of an admission calls them.
FEES = {"entrance": "вступительный взнос", "annual": "членский взнос за {year} год"}
FORMATS = {"in_person": "очное", "absentee": "заочное", "online": "в режиме онлайн"}


def _build(member: Any, batch: Batch) -> Mapping[str, Any]:
    """These papers belong to a meeting, never to a member; without one they are empty."""
    return {}


PAPERS = {kind: Form(code="meeting", title=title, build=_build, two_sided=False) for kind, title in TITLES.items()}


def render_meeting(kind: str, meeting: Meeting) -> bytes:
    """The agenda or the minutes."""
    items = list(
        agenda_of(meeting).select_related("member", "organization__federation").prefetch_related("applications")
    )
    context = _common(kind, meeting)
    context["items"] = [_item(item, number) for number, item in enumerate(items, 1)]
    if kind == "minutes":
        context |= _attendance(meeting)
    return _print(kind, meeting.organization, [context])


def render_extract(item: AgendaItem, application: Application | None) -> bytes:
    """What the minutes say of one person: of an admission of many, the one applicant alone."""
    meeting = _meeting(item)
    line = _item(item, item.position)
    if application is not None:
        line["title"] = f"О приёме в члены {tail_of(item)}: {application.full_name}"
        line["resolution"] = _admission(item, application.full_name)
        line["people"] = []
    context = _common("extract", meeting) | _attendance(meeting) | {"item": line}
    return _print("extract", item.organization, [context])


def render_invitations(applications: Sequence[Application]) -> bytes:
    """Date, time and place of the meeting for each applicant."""
    sheets = []
    for application in applications:
        if application.item is None:
            raise RuleViolation("V-A5", "Заявление не включено в повестку заседания.")
        if application.decided_on is not None:
            raise RuleViolation("V-A5", "Решение уже принято: о заседании не уведомляют.")
        sheets.append(_common("invitation", _meeting(application.item)) | _addressee(application))
    return _print("invitation", applications[0].organization, sheets)


def render_decisions(applications: Sequence[Application]) -> bytes:
    """The decision for each applicant of an organisation: where the ticket is received, or how to appeal (V-A5, V-A6)."""
    to_pay = _to_pay(applications)
    sheets = [_decision(one) | {"to_pay": to_pay.get(one.member_id, [])} for one in applications]
    return _print("decision", applications[0].organization, sheets)


def _to_pay(applications: Sequence[Application]) -> dict[int | None, list[str]]:
    """What the admitted still have to pay and until when, by the key of the member (V-B4)."""
    members = [one.member_id for one in applications if one.member_id is not None]
    found = standings_in(applications[0].organization, members)
    return {member: [_due(one) for one in now.open if one.charge.fee in FEES] for member, now in found.items()}


def _due(one: Open) -> str:
    fee, amount = FEES[one.charge.fee].format(year=one.charge.year), f"{one.left:.2f}".replace(".", ",")
    return f"{fee} – {amount} руб. до {short_date(one.charge.due_on)}"


def _decision(application: Application) -> dict[str, Any]:
    item = decided_by(application)
    if item is None or application.decided_on is None:
        raise RuleViolation("V-A5", "Решение ещё не принято.")
    context = _common("decision", _meeting(item)) | _addressee(application)
    context |= {
        "admitted": application.state == "admitted",
        # The region's body decided: the paper is the local organisation's, and says whose decision it tells of.
        "organization": application.organization.full_name,
        "chair": chair_of(application.organization),
        "decided_at": item.organization.full_name if item.organization_id != application.organization_id else "",
        "decided_on": short_date(application.decided_on),
        "tail": tail_of(item),
        "reason": application.refusal,
        "pickup_on": short_date(application.pickup_on),
        "pickup_at": f"{application.pickup_at:%H:%M}" if application.pickup_at else "",
        "pickup_place": application.pickup_place or application.organization.postal_address,
    }
    if not context["admitted"]:
        superior = deciding_organization(item)
        body = superior.bodies.filter(kind="committee").first()
        context |= {
            "superior": superior.full_name,
            "superior_body": body.name if body is not None else "",
            "superior_address": superior.postal_address or superior.legal_address,
        }
    return context


def _common(kind: str, meeting: Meeting) -> dict[str, Any]:
    organization = meeting.organization
    return {
        "kind": kind,
        "federation": organization.charter.wording["federation_full"],
        "organization": organization.full_name,
        "body": meeting.body.name,
        "number": meeting.number,
        "day": short_date(meeting.held_on),
        "time": f"{meeting.starts_at:%H:%M}",
        "place": meeting.place,
        "format": FORMATS[meeting.format],
        "chair": chair_of(organization),
        "chaired_by": meeting.chaired_by,
        "secretary": meeting.secretary,
        "guests": meeting.guests,
        "printed": short_date(timezone.localdate()),
    }


def _attendance(meeting: Meeting) -> dict[str, Any]:
    present = [attendance.seat.full_name for attendance in meeting.attendance.select_related("seat")]
    seats = meeting.seats or 0
    return {
        "present": sorted(present), "present_count": len(present), "seats": seats,
        "quorum": seats > 0 and len(present) >= quorum_of(seats),
    }  # fmt: skip


def _item(item: AgendaItem, number: int) -> dict[str, Any]:
    people = [application.full_name for application in item.applications.all()]
    return {
        "number": number,
        "title": item.title,
        "speaker": item.speaker,
        "people": sorted(people) if len(people) > 1 else [],
        "votes": (item.votes_for, item.votes_against, item.votes_abstained) if item.votes_for is not None else None,
        "resolution": item.resolution,
        # Of an admission the reason is that of a refusal; an exclusion or a measure has its ground either way.
        "reason": item.reason if item.state == "rejected" or item.kind != ItemKind.ADMISSION else "",
        "adopted": item.state == "adopted",
        "decided": item.state in {"adopted", "rejected"},
    }


def _admission(item: AgendaItem, name: str) -> str:
    tail = tail_of(item)
    if item.state == "adopted":
        return f"Принять в члены {tail}: {name}."
    return f"Отказать в приёме в члены {tail}: {name}."


def _addressee(application: Application) -> dict[str, Any]:
    names = (application.surname, application.given_name, application.patronymic)
    return {
        "applicant": application.full_name,
        "signer": with_initials(*names),
        "filed_on": short_date(application.filed_on),
        "tail": application.organization.charter.wording["member"].partition(" ")[2],
    }


def _meeting(item: AgendaItem) -> Meeting:
    if item.meeting is None:
        raise RuleViolation("V-A5", "Вопрос не включён в повестку заседания.")
    return item.meeting


def _print(kind: str, organization: Organization, contexts: list[dict[str, Any]]) -> bytes:
    batch = Batch(organization, frozenset(), timezone.localdate())
    return render(PAPERS[kind], contexts, batch)
