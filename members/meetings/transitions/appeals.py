"""Appeals against refusals and exclusions: receiving, deciding, withdrawing (V-A6, V-B14)."""

from __future__ import annotations

import datetime as dt

from members.admission.enums import ApplicationState
from members.admission.models import Application
from members.admission.transitions import admission
from members.admission.transitions.applications import set_terms
from members.movement.transitions import leaving
from members.people.models import Member
from members.people.transitions import marks
from registry import states
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from .. import rules
from ..enums import AppealState, ItemKind, ItemState
from ..models import AgendaItem, Appeal


def receive_appeal(
    against_id: int,
    *,
    application_id: int | None = None,
    received_on: dt.date,
    text: str = "",
    late_reason: str = "",
    by: Actor,
) -> Appeal:
    """Receive an appeal, which then waits for the body of the regional organisation (V-A6).

    After the term it is marked as late, with the reason. Raises `RuleViolation`.
    """
    with change(by=by, rule="V-A6", event="appeal.received") as act:
        application = _application(act, against_id, application_id)
        against = act.lock(AgendaItem.objects.visible_to(by), against_id)
        rules.check_can_be_appealed(against, application)
        organization = rules.deciding_organization(against)
        act.require(Permission.RUN_MEETINGS, organization)
        term = rules.appeal_term(against, application)
        held_on = against.meeting.held_on if against.meeting is not None else None
        late = received_on > term
        rules.check_appeal_days(received_on, decided_on=held_on, late=late, late_reason=late_reason, today=act.today)
        if application is not None:
            states.check(application, ApplicationState.APPEALED, "V-A5")
            application.state, application.erase_after = ApplicationState.APPEALED, None
            act.save(application)
        name = application.full_name if application is not None else _member(act, against).full_name
        appeal = Appeal(
            organization=organization, against=against, application=application,
            member_id=None if application is not None else against.member_id, received_on=received_on, term_on=term,
            late=late, late_reason=late_reason.strip() if late else "", text=text.strip(), person_name=name,
        )  # fmt: skip
        act.save(appeal)
        _wait(act, appeal)
        act.about(appeal, organization=organization, late=late, against=against.pk)
    return appeal


def withdraw_appeal(appeal_id: int, *, by: Actor) -> Appeal:
    """Withdraw the appeal before its decision; the original decision stays (V-A6)."""
    with change(by=by, rule="V-A6", event="appeal.withdrawn") as act:
        appeal, items = _lock_waiting(act, appeal_id)
        _close(act, appeal, AppealState.WITHDRAWN)
        for item in items:
            item.state, item.meeting, item.position = ItemState.DROPPED, None, 0
            act.save(item)
        _refused_again(act, appeal)
        act.about(appeal, organization=appeal.organization)
    return appeal


def restore_appeal(appeal_id: int, *, by: Actor) -> Appeal:
    """Undo a withdrawal entered by mistake: the appeal waits again with its original date (V-A6)."""
    with change(by=by, rule="V-A6", event="appeal.withdrawal_taken_back") as act:
        appeal, _items = _lock_waiting(act, appeal_id)
        rules.check_appeal_can_be_restored(appeal)
        _close(act, appeal, AppealState.RECEIVED)
        _appealed_again(act, appeal)
        _wait(act, appeal)
        act.about(appeal, organization=appeal.organization)
    return appeal


def satisfy(act: Act, item: AgendaItem) -> None:
    """Apply an adopted item: admit the refused applicant or restore the excluded member (V-A6)."""
    appeal = _locked_appeal(act, item)
    appeal.decided_on = _day(item, appeal)
    if appeal.application_id is not None:
        states.check(appeal, AppealState.SATISFIED, "V-A6")
        admission.admit_by_appeal(act, appeal)
    else:
        member = _member(act, appeal.against)
        leaving.restore(act, member)
        marks.note_restored(act, member, item)
    _close(act, appeal, AppealState.SATISFIED)


def dismiss(act: Act, item: AgendaItem) -> None:
    """Apply a rejected item: the original decision stays, and the retention terms run again (V-B14)."""
    appeal = _locked_appeal(act, item)
    appeal.decided_on = _day(item, appeal)
    _close(act, appeal, AppealState.DISMISSED)
    _refused_again(act, appeal)


def undo_satisfaction(act: Act, item: AgendaItem) -> None:
    """Undo a satisfied appeal entered by mistake: refused or excluded as before, and the appeal waits again."""
    appeal = _locked_appeal(act, item)
    rules.check_is_last_appeal(appeal)
    if appeal.application_id is not None:
        admission.undo_admission_by_appeal(act, appeal)
    else:
        # The card is locked before its marks.
        leaving.exclude(act, AgendaItem.objects.select_related("meeting").get(pk=appeal.against_id))
        marks.undo_measure(act, item)
    _close(act, appeal, AppealState.RECEIVED)


def undo_dismissal(act: Act, item: AgendaItem) -> None:
    """Undo a dismissal entered by mistake: the appeal waits again."""
    appeal = _locked_appeal(act, item)
    rules.check_is_last_appeal(appeal)
    _close(act, appeal, AppealState.RECEIVED)
    _appealed_again(act, appeal)


def _wait(act: Act, appeal: Appeal) -> None:
    """Create the agenda item of the appeal."""
    about = "отказ в приёме" if appeal.application_id is not None else "исключение"
    title = f"Жалоба на {about} ({appeal.against.organization.short_name}): {appeal.person_name}"
    act.save(
        AgendaItem(
            organization=appeal.organization,
            kind=ItemKind.APPEAL,
            appeal=appeal,
            filed_on=appeal.received_on,
            title=title,
        )
    )


def _appealed_again(act: Act, appeal: Appeal) -> None:
    if appeal.application_id is None:
        return
    application = act.lock(Application, appeal.application_id)
    states.check(application, ApplicationState.APPEALED, "V-A5")
    application.state, application.erase_after = ApplicationState.APPEALED, None
    act.save(application)


def _close(act: Act, appeal: Appeal, state: str) -> None:
    states.check(appeal, state, "V-A6")
    appeal.state = state
    if state == AppealState.RECEIVED:
        appeal.decided_on = None
    act.save(appeal)


def _refused_again(act: Act, appeal: Appeal) -> None:
    if appeal.application_id is None:
        return
    application = act.lock(Application, appeal.application_id)
    states.check(application, ApplicationState.REFUSED, "V-A5")
    application.state = ApplicationState.REFUSED
    set_terms(act, [application], application.organization)
    act.save(application)


def _lock_waiting(act: Act, appeal_id: int) -> tuple[Appeal, list[AgendaItem]]:
    """Return the appeal and its open items, locked after its application. Raises `NotAllowed`."""
    found = Appeal.objects.visible_to(act.by).get(pk=appeal_id)
    act.require(Permission.RUN_MEETINGS, Organization.objects.get(pk=found.organization_id))
    act.lock_many(Application.objects.filter(pk=found.application_id or 0).only("pk"))
    items = act.lock_many(found.items.open())
    return act.lock(Appeal.objects.visible_to(act.by), appeal_id), items


def _application(act: Act, against_id: int, application_id: int | None) -> Application | None:
    if application_id is None:
        return None
    application = act.lock(Application.objects.visible_to(act.by), application_id)
    if application.item_id != against_id:
        raise Application.DoesNotExist
    return application


def _member(act: Act, against: AgendaItem) -> Member:
    return act.lock(Member, rules.check_card_is_kept(against))


def _locked_appeal(act: Act, item: AgendaItem) -> Appeal:
    return act.lock(Appeal, rules.check_about_appeal(item))


def _day(item: AgendaItem, appeal: Appeal) -> dt.date:
    held_on = item.meeting.held_on if item.meeting is not None else appeal.received_on
    rules.check_appeal_came_before(appeal, held_on)
    return held_on
