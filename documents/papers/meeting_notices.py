"""Values of the notices of a meeting and of a decision (V-A5, V-A6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from documents.printing.core import Batch
from documents.printing.declension import Case, signed_name, with_initials
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
from members.meetings.queries import tail_of
from members.meetings.rules import decided_on_appeal, deciding_organization, last_appeal
from members.people.enums import MemberState
from members.people.models import Member
from registry.days import day_text
from registry.organizations.models import Organization

from .card import addressee_of, chair_of, name_in
from .minutes_wording import body_in_genitive, card_of_applicant, people_of, with_declined_names

FORMATS = {"in_person": "очная", "absentee": "заочная", "online": "в режиме онлайн"}
#: Form of address by sex, and that of a person of unknown sex.
_DEAR = {"male": "Уважаемый", "female": "Уважаемая"}
_DEAR_ALL = "Уважаемый(ая)"
#: Fees as named in the notice of an admission.
FEES = {"entrance": "вступительный взнос", "annual": "членский взнос за {year} год"}


def build_invitations(applications: Sequence[Application]) -> list[dict[str, Any]]:
    """Return the values of the notices of the meeting. Raises `RuleViolation` for applicants already decided on
    (V-A5).
    """
    sheets = []
    for application in applications:
        item = check_is_invited(application)
        sheet = common("invitation", check_has_meeting(item)) | _addressee(application)
        facts = {"органа": sheet["body"], **_filed(application)}
        sheets.append(sheet | {"facts": facts, "signed_on": application.invited_on})
    return sheets


def build_decisions(about: AgendaItem | Sequence[Application]) -> list[dict[str, Any]]:
    """Return the values of the notices of a decision. Raises `RuleViolation` if nothing is decided yet (V-A5).

    For applicants: where to receive the ticket, or how to appeal (V-A5, V-A6). For other items, for the member or the
    appellant: how to appeal against an exclusion, or that the decision on the appeal is final.
    """
    if isinstance(about, AgendaItem):
        return [_item_decision(about)]
    to_pay = _to_pay(about)
    return [_decision(one, to_pay.get(one.member_id, [])) for one in about]


def common(kind: str, meeting: Meeting) -> dict[str, Any]:
    """Return the values shared by all papers of a meeting."""
    organization = meeting.organization
    return _of_kind(kind, organization) | {
        "body": body_in_genitive(meeting.body.name, meeting.body.name_genitive),
        "number": meeting.number,
        "day": day_text(meeting.held_on),
        "time": f"{meeting.starts_at:%H:%M}",
        "place": meeting.place,
        "format": FORMATS[meeting.format],
        "chaired_by": meeting.chaired_by,
        "secretary": meeting.secretary,
        "chairing_signs": signed_name(meeting.chaired_by),
        "secretary_signs": signed_name(meeting.secretary),
        "guests": meeting.guests,
    }


def _of_kind(kind: str, organization: Organization) -> dict[str, Any]:
    return {
        "kind": kind,
        "is_letter": kind in {"invitation", "decision"},
        **{f"is_{paper}": paper == kind for paper in ("invitation", "agenda", "minutes", "extract")},
        "federation": organization.charter.wording["federation_full"],
        "organization": organization.full_name,
        "keeper_name": organization.short_name,
        "chair": chair_of(organization),
        "printed": day_text(organization.today),
    }


#: Placeholders for the values of a preview.
_PLACES = {
    "addressee": "(фамилия, имя, отчество)", "called": "(имя, отчество)", "dear": _DEAR_ALL, "body": "(орган)",
    "day": "(дата)", "time": "(время)", "place": "(место)", "format": "(форма)", "title": "(вопрос)",
    "resolution": "(решение)", "reason": "(причина)",
}  # fmt: skip


def specimen(kind: str, batch: Batch, **values: Any) -> dict[str, Any]:
    """Return a paper of a meeting with placeholders as values, to preview its text."""
    tail = batch.charter.wording["member"].partition(" ")[2]
    return _of_kind(kind, batch.organization) | _PLACES | {"tail": tail, "facts": {"объединения": tail}} | values


def invitation_specimens(batch: Batch) -> list[dict[str, Any]]:
    """Return the notice of a meeting to preview its text."""
    return [specimen("invitation", batch)]


def decision_specimens(batch: Batch) -> list[dict[str, Any]]:
    """Return a notice of each kind of decision to preview its text."""
    final = {"facts": {}, "resolution": "(решение)"}
    kinds: list[dict[str, Any]] = [
        {"outline": "Приём", "admitted": True, "to_pay": True},
        {"outline": "Отказ в приёме"},
        {"outline": "Отказ в приёме, жалоба рассмотрена", "final": final},
        {"outline": "Исключение", "told": True, "superior": True},
        {"outline": "Исключение, жалоба подана", "told": True, "pending": {"facts": {}}},
        {"outline": "Решение по жалобе", "told": True, "appeal": True, "late": True, "refused": True},
    ]
    return [specimen("decision", batch, **kind) for kind in kinds]


def _item_decision(item: AgendaItem) -> dict[str, Any]:
    check_can_be_told(item)
    context = common("decision", check_has_meeting(item)) | {
        "told": True,
        "adopted": item.state == ItemState.ADOPTED,
        "reason": item.reason,
        "resolution": with_declined_names(item.resolution, people_of(item)),
        "signed_on": item.notified_on,
    }
    facts = {"дата решения": context["day"], "органа и протокол": _with_minutes(context["body"], context)}
    appeal = item.appeal
    if appeal is None:
        context |= _addressee_of(item.member, item.organization) | {
            "title": with_declined_names(item.title, people_of(item))
        }
        if item.kind == ItemKind.EXCLUSION and item.state == ItemState.ADOPTED:
            lodged = last_appeal(item.appeals.all())
            context["superior"] = lodged is None
            facts |= _superior(item) if lodged is None else {}
            context |= {} if lodged is None else _appealed(lodged, "исключение", item.notified_on)
        return context | {"facts": facts}
    application, first = appeal.application, appeal.against
    context |= _addressee(application) if application is not None else _addressee_of(appeal.member, first.organization)
    what = "отказ в приёме в члены" if application is not None else "исключение из членов"
    first_on = f", решение от {day_text(first.meeting.held_on)}" if first.meeting is not None else ""
    return context | {
        "appeal": True,
        "refused": application is not None,
        "late": appeal.late,
        "facts": facts
        | {
            "дата жалобы": day_text(appeal.received_on),
            "обжалованное решение": f"{what} {tail_of(item)} ({first.organization.full_name}{first_on})",
            "конец срока": day_text(appeal.term_on),
            "первая организация": first.organization.full_name,
        },
    }


def _decision(application: Application, to_pay: Sequence[str]) -> dict[str, Any]:
    item = check_is_decided(application)
    context = common("decision", check_has_meeting(item)) | _addressee(application)
    context |= {
        "admitted": application.state == "admitted",
        # The paper is issued by the local organisation even if the regional body decided.
        "organization": application.organization.full_name,
        "keeper_name": application.organization.short_name,
        "chair": chair_of(application.organization),
        "tail": _tail(application),
        "reason": application.refusal,
        "pickup_on": day_text(application.pickup_on),
        "pickup_at": f"{application.pickup_at:%H:%M}" if application.pickup_at else "",
        "pickup_place": application.pickup_place or application.organization.postal_address,
        "to_pay": to_pay,
        "signed_on": application.notified_on,
    }
    facts = {
        **_filed(application),
        "дата решения": day_text(application.decided_on),
        "органа и протокол": _with_minutes(context["body"] + _on_appeal(item, application), context),
        "взносы и сроки": "; ".join(to_pay),
    }
    if not context["admitted"]:
        lodged = last_appeal(application.appeals.all())
        facts |= _superior(item) if lodged is None else {}
        context |= {} if lodged is None else _appealed(lodged, "отказ в приёме", application.notified_on)
    return context | {"facts": facts}


def _with_minutes(body: str, minutes: Mapping[str, Any]) -> str:
    """Return the body, followed by number and date of the minutes once they have a number."""
    return f"{body}, протокол № {minutes['number']} от {minutes['day']}" if minutes["number"] else body


def _superior(item: AgendaItem) -> dict[str, str]:
    """Return the words that name the superior body for appeals."""
    superior = deciding_organization(item)
    body = superior.bodies.filter(kind="committee").first()
    address = superior.postal_address or superior.legal_address
    where = ", ".join(filter(None, (body.name if body is not None else "", superior.full_name, address)))
    return {"куда обжаловать": where}


def _appealed(appeal: Appeal, what: str, told_on: dt.date | None) -> dict[str, Any]:
    """Return the text about an appeal for the reprinted notice of the first decision (V-A6)."""
    item = decided_on_appeal(appeal)
    against = {"дата жалобы": day_text(appeal.received_on), "обжалованное решение": what}
    again = {"again": day_text(told_on)} if told_on is not None else {}
    if item is None:
        return again | {"pending": {"facts": against | {"кто решает": appeal.organization.full_name}}}
    meeting = check_has_meeting(item)
    body = body_in_genitive(meeting.body.name, meeting.body.name_genitive)
    minutes = {"number": meeting.number, "day": day_text(meeting.held_on)}
    facts = against | {
        "дата решения": minutes["day"],
        "органа и протокол": _with_minutes(f"{body} ({appeal.organization.full_name})", minutes),
    }
    final = {
        "facts": facts,
        "resolution": with_declined_names(item.resolution, people_of(item)),
        "reason": item.reason,
        "upheld": item.state == ItemState.REJECTED,
    }
    return again | {"final": final}


def _to_pay(applications: Sequence[Application]) -> dict[int | None, list[str]]:
    """Return the open charges with their terms, by the admitted member's id (V-B4)."""
    members = [one.member_id for one in applications if one.member_id is not None]
    found = standings_in(applications[0].organization, members)
    return {member: [_due(one) for one in now.open if one.charge.fee in FEES] for member, now in found.items()}


def _due(one: Open) -> str:
    fee = FEES[one.charge.fee].format(year=one.charge.year)
    return f"{fee} – {on_paper(one.left)} руб. до {day_text(one.charge.due_on)}"


def _on_appeal(item: AgendaItem, application: Application) -> str:
    """Return the words after the body if another organisation decided, on appeal."""
    if item.organization_id == application.organization_id:
        return ""
    return f" ({item.organization.full_name}) по Вашей жалобе на отказ в приёме"


def _tail(application: Application) -> str:
    return application.organization.charter.wording["member"].partition(" ")[2]


def _filed(application: Application) -> dict[str, str]:
    return {"дата заявления": day_text(application.filed_on), "объединения": _tail(application)}


def _addressee(application: Application) -> dict[str, Any]:
    card = card_of_applicant(application)
    same = card.full_name == application.full_name
    return _addressee_of(card, application.organization, None if same else application)


def _addressee_of(card: Member | None, organization: Organization, named: Application | None = None) -> dict[str, Any]:
    """Return the addressee; `named` is the application if its name differs from the card's."""
    card = check_can_be_addressed(card)
    by_name = named or card
    names = (by_name.surname, by_name.given_name, by_name.patronymic)
    # Cards of people who have left are not read, because they are no longer the organisation's. An excluded person has
    # the right to a notice by post, which starts the month for an appeal (V-B14).
    excluded = card.organization_id is None and card.state == MemberState.EXCLUDED
    here = organization.pk == (card.last_organization_id if excluded else card.organization_id)
    return {
        "addressee": name_in(card, Case.DATIVE) if named is None else named.full_name,
        "lives_at": (card.residence or card.address) if here else "",
        "card": addressee_of(card, by_name.full_name, here=here),
        "dear": _DEAR.get(card.sex, _DEAR_ALL),
        "called": " ".join(filter(None, names[1:])),
        "signer": with_initials(*names),
        "outline": " ".join(filter(None, names)),
    }
