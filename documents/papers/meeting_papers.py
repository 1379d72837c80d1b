"""Papers of a meeting: agenda, minutes, extract, notices of the meeting and of the decision (V-A5, V-A6).

They are printed from the pages of meetings, applications and appeals, and share one template.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from documents.printing.core import Batch, Paper, lay_out_sheets, sheets_for, word_of_sheets
from documents.printing.engine.sheets import Sheets
from documents.printing.rules import check_has_meeting
from members.admission.models import Application
from members.meetings.enums import ItemKind, ItemState
from members.meetings.models import AgendaItem, Meeting
from members.meetings.queries import names_in_minutes, tail_of
from members.meetings.rules import agenda_of, carries, quorum_of
from registry.enums import DataClass
from registry.organizations.models import Organization

from .meeting_notices import (
    build_decisions,
    build_invitations,
    common,
    decision_specimens,
    invitation_specimens,
    specimen,
)
from .minutes_wording import People, body_in_genitive, card_of_applicant, people_of, with_declined_names

#: Relations of the applicants named by an item.
_APPLICANTS = ("applications__member", "applications__organization__federation")


def build_agenda(meeting: Meeting) -> list[dict[str, Any]]:
    """Return the values of the agenda."""
    return [common("agenda", meeting) | {"items": _items(meeting, 0)}]


def build_minutes(meeting: Meeting) -> list[dict[str, Any]]:
    """Return the values of the minutes: attendance, and the report, the speeches and the decision on each item."""
    attendance = _attendance(meeting)
    return [common("minutes", meeting) | attendance | {"items": _items(meeting, attendance["present_count"])}]


def _items(meeting: Meeting, present: int) -> list[dict[str, Any]]:
    related = ("member", "organization__federation", "appeal__member", "appeal__application__member")
    items = list(agenda_of(meeting).select_related(*related).prefetch_related(*_APPLICANTS))
    return [_item(item, number, present) for number, item in enumerate(items, 1)]


def build_extract(item: AgendaItem, application: Application | None) -> list[dict[str, Any]]:
    """Return the values of the extract about one person; for an admission of many, only about that applicant."""
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
    return [common("extract", meeting) | attendance | {"item": line}]


def _minutes_specimens(batch: Batch) -> list[dict[str, Any]]:
    """Return minutes with a decision, and without one, to preview their text."""
    undecided = {"number": 1, "title": "(вопрос)"}
    votes = {"facts": {}, "on_proposal": True}
    decided = {"number": 2, "title": "(вопрос)", "decided": True, "resolution": "(решение)", "votes": votes}
    return [specimen("minutes", batch, items=[undecided, decided])]


AGENDA = Paper(code="agenda", title="Повестка дня", build=build_agenda, template="meeting")
MINUTES = Paper(
    code="minutes", title="Протокол заседания", build=build_minutes, template="meeting", archived=True,
    specimens=_minutes_specimens,
)  # fmt: skip
EXTRACT = Paper(
    code="extract", title="Выписка из протокола", build=build_extract, template="meeting", archived=True,
    text_of=MINUTES.code,
)  # fmt: skip
INVITATION = Paper(
    code="invitation", title="Уведомление о заседании", build=build_invitations, template="meeting", as_word=True,
    specimens=invitation_specimens,
)  # fmt: skip
DECISION = Paper(
    code="decision",
    title="Извещение о решении",
    build=build_decisions,
    # The notice of an admission states the fees to pay.
    data_classes=frozenset({DataClass.GENERAL, DataClass.MONEY}),
    template="meeting",
    as_word=True,
    specimens=decision_specimens,
)


def sheets_of(paper: Paper, organization: Organization, *about: Any, codes: Sequence[str] = ()) -> Sheets:
    """Return the sheets of a paper, ready to be rendered; `about` are the arguments of its `build`.

    `codes` are the verification codes of the sheets, if any.
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


def _attendance(meeting: Meeting) -> dict[str, Any]:
    """Return the attendance, with the names of organisation and body at the time of closing the minutes."""
    names = names_in_minutes(meeting)
    seats, present = meeting.seats or 0, len(names.present)
    quorum = seats > 0 and present >= quorum_of(seats)
    return {
        "organization": names.organization,
        "body": body_in_genitive(names.body, names.body_genitive),
        "present_count": present,
        "facts": {
            "членов органа": seats,
            "присутствовали": f"{present}: {', '.join(names.present)}" if present else "0",
            "есть ли кворум": "имеется" if quorum else "отсутствует",
        },
        "signed_on": names.closed_on,
    }


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
        # For admissions it is the reason of a refusal; exclusions and measures have a reason either way.
        "reason": item.reason if item.state == "rejected" or item.kind != ItemKind.ADMISSION else "",
        "adopted": item.state == "adopted",
        "decided": item.state in {"adopted", "rejected"},
    }


def _votes(item: AgendaItem, present: int) -> dict[str, Any]:
    """Return the votes on the decision that was taken; they were counted for the proposal (V-A5).

    Votes against the proposal are votes for a refusal. If neither had a majority, the votes are those on the proposal.
    """
    for_it, against = item.votes_for, item.votes_against
    rejected = item.state == ItemState.REJECTED
    refused = rejected and carries(against or 0, present)
    if refused:
        for_it, against = against, for_it
    facts = {"за": for_it, "против": against, "воздержались": item.votes_abstained}
    return {"facts": facts, "on_proposal": rejected and not refused}


def _admission(item: AgendaItem, name: str) -> str:
    tail = tail_of(item)
    if item.state == "adopted":
        return f"Принять в члены {tail}: {name}."
    return f"Отказать в приёме в члены {tail}: {name}."
