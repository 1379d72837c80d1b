"""Effects of decisions on applications; nothing else makes a person a member (V-A5, V-A6, V-B1, V-B4).

Called by the decisions within their act, which has locked the agenda item; all effects happen or none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from documents.consents import book as consents
from dues.ledger import book as ledger
from members.book.enums import RegistrationReason
from members.book.models import Registration
from members.lists.models import encode
from members.meetings.enums import AppealState
from members.meetings.models import AgendaItem, Appeal, Meeting
from members.people.models import Member
from members.people.rules.fields import card_values, is_empty
from members.people.transitions import reminders
from members.people.transitions.destroying import destroy_taken_back
from members.people.transitions.registration import grounds, register_people
from members.people.transitions.taking_back import cancel
from registry import states
from registry.organizations.models import Federation, Organization
from registry.organizations.transitions.figures import adjust
from registry.transitions import Act

from ..enums import ApplicationState
from ..models import Application, Attachment, Representation
from ..rules.admission import (
    check_filed_before,
    check_has_meeting,
    check_is_on_agenda,
    check_nothing_rests,
    check_refusal_reason,
    refusing_applicants,
)
from ..rules.applications import OF_THE_DECISION, check_ready, values_of_application
from ..rules.steps import check_told_of_meeting, not_told_of_meeting
from .applications import set_terms


def admit(act: Act, item: AgendaItem) -> list[Member]:
    """Admit the applicants of the item: card, registration, consent, account and charges, all in this act.

    Skips applicants admitted already. Raises `RuleViolation`, or `Blocked` with all who cannot be admitted.
    """
    meeting = check_has_meeting(item)
    applications = [a for a in _locked(act, item) if a.state != ApplicationState.ADMITTED]
    if not applications:
        return []
    organization = act.lock(Organization.objects.all(), item.organization_id)
    members = _admit(act, applications, organization, meeting)
    adjust(organization.pk, applications=-len(applications))
    return members


def note_untold(act: Act, item: AgendaItem, *, confirmed: bool) -> None:
    """Record that applications are decided without a notice of the meeting. Raises `Blocked` unless `confirmed`."""
    applications = _locked(act, item)
    check_told_of_meeting(applications, confirmed=confirmed)
    untold = not_told_of_meeting(applications)
    for application in untold:
        application.uninvited = True
    act.update_many(Application, untold, ["uninvited"])


def refuse(act: Act, item: AgendaItem) -> list[Application]:
    """Refuse the applicants of the item; the notice contains the reason (V-A6).

    Raises `RuleViolation` without one.
    """
    meeting = check_has_meeting(item)
    check_refusal_reason(item.reason)
    applications = _locked(act, item)
    for application in applications:
        states.check(application, ApplicationState.REFUSED, "V-A5")
        check_filed_before(application, meeting.held_on)
        application.state, application.decided_on = ApplicationState.REFUSED, meeting.held_on
        application.refusal = item.reason
        application.version += 1
    set_terms(act, applications, item.organization)
    act.update_many(Application, applications, ["state", "decided_on", "refusal", "erase_after", "version"])
    adjust(item.organization_id, applications=-len(applications))
    return applications


def undo(act: Act, item: AgendaItem) -> None:
    """Reverse a decision entered by mistake. Raises `Blocked` if something depends on it."""
    applications = _locked(act, item)
    appeals = Appeal.objects.filter(application__in=applications).exclude(state=AppealState.WITHDRAWN)
    check_nothing_rests(applications, [_("An appeal against it was received.")] if appeals.exists() else [])
    admitted = [a for a in applications if a.state == ApplicationState.ADMITTED]
    for application in applications:
        states.check(application, ApplicationState.SCHEDULED, "V-A5")
        application.state, application.decided_on, application.refusal = ApplicationState.SCHEDULED, None, ""
        # Attendance is a fact of the meeting and stays, whatever was decided there.
        application.erase_after, application.uninvited = None, False
    _take_back(act, applications, admitted)
    adjust(item.organization_id, applications=len(applications))


def undo_admission_by_appeal(act: Act, appeal: Appeal) -> None:
    """Undo the region's decision: the application is refused and appealed again, as before."""
    application = act.lock(Application, appeal.application_id or 0)
    check_nothing_rests([application])
    states.check(application, ApplicationState.APPEALED, "V-A5")
    before = Application.history.filter(id=application.pk, state=ApplicationState.APPEALED).latest("history_date")
    for name in ("state", "decided_on", "refusal", "notified_on", "notified_by"):
        setattr(application, name, getattr(before, name))
    _take_back(act, [application], [application])


def _take_back(act: Act, applications: Sequence[Application], admitted: Sequence[Application]) -> None:
    """Destroy the cards of the admitted members and return their values to the applications."""
    cards = {application.pk: application.member_id or 0 for application in admitted}
    people = {m.pk: m for m in act.lock_many(Member.objects.filter(application__in=admitted))}
    for application in applications:
        if application.member_id in people:
            application.values = _as_filed(people[application.member_id])
        application.member = application.pickup_on = application.pickup_at = None
        application.pickup_place = ""
        application.version += 1
    told = ["notified_on", "notified_by", "pickup_on", "pickup_at", "pickup_place"]
    fields = ["state", "decided_on", "refusal", "values", "member", "erase_after", "uninvited", *told, "version"]
    act.update_many(Application, list(applications), fields)
    wards, scans = _belongings(admitted)
    for ward in wards:
        ward.member = None
    for scan in scans:
        scan.member = None
    act.update_many(Representation, wards, ["member"])
    act.update_many(Attachment, scans, ["member"])
    consents.delete_of(act, people.values())
    cancel(act, list(people.values()), rule=act.rule)
    for model in (Application, Representation, Attachment):
        history: Any = model.history
        history.filter(member__in=list(people)).update(member=None)
    organizations = Organization.objects.select_related("federation").in_bulk({a.organization_id for a in admitted})
    for place in organizations.values():
        of_place = [people[pk] for a in admitted if a.organization_id == place.pk and (pk := cards[a.pk]) in people]
        destroy_taken_back(act, of_place, place)


def admit_by_appeal(act: Act, appeal: Appeal) -> list[Member]:
    """Admit a refused applicant by decision of the region's body, which binds the local organisation (V-A6)."""
    item = check_is_on_agenda(appeal)
    application = act.lock(Application, appeal.application_id or 0)
    if application.state == ApplicationState.ADMITTED:
        return []
    # The actor's scope does not matter: the region's decision binds the organisation below it.
    organization = act.lock(Organization.objects.all(), application.organization_id)
    # The notice of the refusal is void; the applicant has to be notified of the admission.
    application.refusal, application.notified_on, application.notified_by = "", None, ""
    return _admit(act, [application], organization, check_has_meeting(item))


def number_registrations(act: Act, meeting: Meeting) -> None:
    """Set the number of the minutes in the registrations based on them (V-B1)."""
    admitted = Q(member__application__item__meeting=meeting) | Q(
        member__application__appeals__items__meeting=meeting, member__application__decided_on=meeting.held_on
    )
    found = Registration.objects.filter(
        admitted, start_reason=RegistrationReason.ADMISSION, minutes_date=meeting.held_on, ended_on__isnull=True
    ).exclude(minutes_number=meeting.number)
    registrations = list(found.distinct())
    for registration in registrations:
        registration.minutes_number = meeting.number
    act.update_many(Registration, registrations, ["minutes_number"])


def _admit(act: Act, applications: Sequence[Application], organization: Organization, meeting: Meeting) -> list[Member]:
    charter = organization.charter
    wards = _wards(applications)
    for application in applications:
        states.check(application, ApplicationState.ADMITTED, "V-A5")
        check_filed_before(application, meeting.held_on)
        check_ready(application, charter, wards.get(application.pk, []), meeting.held_on)
    people = [_card(application, meeting.held_on) for application in applications]
    common = grounds(meeting.held_on, RegistrationReason.ADMISSION, meeting.number, meeting.held_on, None)
    signed = [index for index, application in enumerate(applications) if application.consent_signed_on]
    with refusing_applicants(applications), transaction.atomic():
        members = register_people(act, organization, people, common, signed=signed)
    by_application = {a.pk: m for a, m in zip(applications, members, strict=True)}
    _record_consents(act, applications, by_application, organization.federation)
    _hand_over(act, applications, by_application)
    ledger.charge_admission(act, members, organization=organization, decided_on=meeting.held_on)
    for application in applications:
        application.state, application.decided_on = ApplicationState.ADMITTED, meeting.held_on
        application.member, application.values = by_application[application.pk], {}
        application.version += 1
    told = ["refusal", "notified_on", "notified_by"]
    act.update_many(Application, list(applications), ["state", "decided_on", "member", "values", *told, "version"])
    return members


def _card(application: Application, decided_on: dt.date) -> dict[str, Any]:
    kept = {name: value for name, value in values_of_application(application).items() if name not in OF_THE_DECISION}
    return {**kept, "joined_on": decided_on, "joined_year_only": False}


def _record_consents(
    act: Act, applications: Sequence[Application], members: dict[int, Member], federation: Federation
) -> None:
    """Record the consents that were signed with the applications (V-A4, U-7)."""
    signed = {members[a.pk]: a.consent_signed_on for a in applications if a.consent_signed_on is not None}
    papers = {members[a.pk].pk: a.consent_paper for a in applications}
    if signed:
        days = {member.pk: day for member, day in signed.items()}
        consents.sign(act, list(signed), days, federation, papers=papers)


def _hand_over(act: Act, applications: Sequence[Application], members: dict[int, Member]) -> None:
    """Attach represented people and scans to the new cards."""
    wards, scans = _belongings(applications)
    for ward in wards:
        ward.member = members[ward.application_id or 0]
    for scan in scans:
        scan.member = members[scan.application_id or 0]
    act.update_many(Representation, wards, ["member"])
    act.update_many(Attachment, scans, ["member"])
    representing = {ward.application_id or 0 for ward in wards}
    reminders.refresh(act, [members[pk] for pk in sorted(representing)])


def _belongings(applications: Sequence[Application]) -> tuple[list[Representation], list[Attachment]]:
    wards = list(Representation.objects.filter(application__in=applications))
    return wards, list(Attachment.objects.filter(application__in=applications))


def _wards(applications: Sequence[Application]) -> dict[int, list[Representation]]:
    found: dict[int, list[Representation]] = {}
    for ward in Representation.objects.filter(application__in=applications):
        found.setdefault(ward.application_id or 0, []).append(ward)
    return found


def _locked(act: Act, item: AgendaItem) -> list[Application]:
    return act.lock_many(Application.objects.filter(item=item))


def _as_filed(member: Member) -> dict[str, Any]:
    """Return the card's values in the form stored in applications."""
    kept = {
        n: v for n, v in card_values(member).items() if n not in OF_THE_DECISION and not is_empty(v) and v is not False
    }
    return {name: encode(value) for name, value in kept.items()}
