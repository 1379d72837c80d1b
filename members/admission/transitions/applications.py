"""Applications from filing to the agenda: filing, editing, routing, withdrawing, notices (V-A2 to V-A5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from members.lists.models import encode
from members.meetings.enums import ItemState
from members.meetings.models import AgendaItem
from members.meetings.rules import admission_title, check_attendance_is_open
from members.movement.rules.erasing import application_terms
from members.people.rules.duplicates import confirmation, duplicate_violation, find_duplicates
from members.people.rules.fields import is_empty, not_offered, refuse_unreadable
from members.people.rules.person import check_cell, check_keeps_cards, grown_up, person_violations, relevant
from members.people.rules.searches import check_may_search
from members.people.search import member_search_key
from members.people.transitions.searches import noting
from registry import states
from registry.access import Actor, require_reading
from registry.enums import DataClass, Permission
from registry.files.models import StoredFile
from registry.organizations.models import Organization
from registry.organizations.transitions.figures import adjust
from registry.text import sort_key
from registry.transitions import Act, change, write_event

from ..enums import ApplicationState
from ..models import Application, Attachment, Representation
from ..rules import applications as rules
from ..rules import steps

#: Attributes of the application that are not fields of the future card.
FACTS = ("filed_on", "copies", "acquainted_on", "acquainted_by", "consent_signed_on", "routing")


def file_application(
    *, organization: Organization, values: Mapping[str, Any], facts: Mapping[str, Any], by: Actor
) -> Application:
    """File an application; `values` are fields of the future card, `facts` those of `FACTS` (V-A4).

    Raises `RuleViolation` (the first one), `DuplicateFound` for a person who is registered or has applied already
    (N-A1), `NotAllowed`.
    """
    with noting(organization, by=by), change(by=by, rule="V-A4", event="application.filed") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization.pk)
        act.require(Permission.FILE_APPLICATIONS, organization)
        check_keeps_cards(organization)
        application = Application(federation=organization.federation, organization=organization)
        _fill(act, application, values, facts)
        act.save(application)
        adjust(organization.pk, applications=1)
        act.about(application, organization=organization)
    return application


def edit_application(
    application_id: int, *, values: Mapping[str, Any], facts: Mapping[str, Any], version: int | None, by: Actor
) -> Application:
    """Change an application that is not decided yet. Raises `StaleVersion` and the exceptions of `file_application`."""
    with noting(None, by=by), change(by=by, rule="V-A4", event="application.changed") as act:
        application, organization = _own(act, application_id, version=version)
        rules.check_open(application)
        changed = _fill(act, application, values, facts)
        if changed:
            act.save(application)
        act.silent = not changed
        act.about(application, organization=organization, fields=changed)
    return application


def withdraw_application(application_id: int, *, by: Actor) -> Application:
    """Withdraw the application, and drop its agenda item if it has no other applicants (V-A4)."""
    with change(by=by, rule="V-A4", event="application.withdrawn") as act:
        application, organization = _own(act, application_id)
        states.check(application, ApplicationState.WITHDRAWN, "V-A5")
        item, application.item = application.item, None
        application.state = ApplicationState.WITHDRAWN
        set_terms(act, [application], organization)
        act.save(application)
        if item is not None:
            others = list(item.applications.order_by("sort_key", "pk"))
            if not others:
                item.state, item.meeting, item.position = ItemState.DROPPED, None, 0
            elif item.state == ItemState.SCHEDULED:
                item.title = admission_title(organization, others)
            act.save(item)
        adjust(organization.pk, applications=-1)
        act.about(application, organization=organization)
    return application


def restore_application(application_id: int, *, by: Actor) -> Application:
    """Undo a withdrawal entered by mistake: the application waits again."""
    with change(by=by, rule="V-A4", event="application.withdrawal_taken_back") as act:
        application, organization = _own(act, application_id)
        steps.check_can_be_restored(application)
        _check_new(act, application, rules.values_of_application(application), None)
        application.state, application.erase_after = ApplicationState.FILED, None
        act.save(application)
        adjust(organization.pk, applications=1)
        act.about(application, organization=organization)
    return application


def route_application(application_id: int, *, to: Organization, reason: str, by: Actor) -> Application:
    """Forward the application to the organisation that serves the address, or the nearest one (V-A2)."""
    with change(by=by, rule="V-A2", event="application.passed_on") as act:
        application, former = _own(act, application_id)
        to = Organization.objects.select_related("federation").get(pk=to.pk)
        rules.check_can_be_routed(application, to)
        steps.check_routing_reason(reason)
        application.organization, application.received_by = to, former
        application.routing = reason.strip()[:200]
        application.values = {name: value for name, value in application.values.items() if name != "cell"}
        act.save(application)
        files = Attachment.objects.filter(application=application).values("file")
        StoredFile.objects.filter(pk__in=files).update(organization=to)
        # In the order of ids, so that two transactions cannot deadlock.
        for organization, delta in sorted(((former.pk, -1), (to.pk, 1))):
            adjust(organization, applications=delta)
        act.about(application, organization=former, to=to.pk)
    return application


def put_on_agenda(act: Act, item: AgendaItem, applications: Sequence[Application]) -> None:
    """Put the applications on the item, within the change of the agenda; only complete sets are accepted (V-A5)."""
    charter = item.organization.charter
    locked = act.lock_many(Application.objects.filter(pk__in=[a.pk for a in applications]))
    wards: dict[int | None, list[Representation]] = {}
    for ward in Representation.objects.filter(application__in=locked):
        wards.setdefault(ward.application_id, []).append(ward)
    for application in locked:
        steps.check_decided_here(application, item)
        rules.check_ready(application, charter, wards.get(application.pk, []))
        application.state, application.item = ApplicationState.SCHEDULED, item
        application.version += 1
    act.update_many(Application, locked, ["state", "item", "version"])


def take_off_agenda(act: Act, item: AgendaItem) -> None:
    """Return the applications of the item to waiting: it was taken off, or the meeting was called off."""
    applications = act.lock_many(Application.objects.filter(item=item, state=ApplicationState.SCHEDULED))
    for application in applications:
        application.state, application.item = ApplicationState.FILED, None
        application.invited_on, application.invited_by, application.attended = None, "", None
        application.version += 1
    fields = ["state", "item", "invited_on", "invited_by", "attended", "version"]
    act.update_many(Application, applications, fields)


def note_invited(ids: Sequence[int], *, on: dt.date | None, way: str, by: Actor) -> list[Application]:
    """Record that the applicants were notified of the meeting; `on=None` removes the record (V-A5)."""
    with change(by=by, rule="V-A5", event="application.invited") as act:
        applications, organization = _own_many(act, ids)
        for application in applications:
            steps.check_invited(application, on, way, act.today)
            application.invited_on, application.invited_by = on, way if on else ""
            application.version += 1
        act.update_many(Application, applications, ["invited_on", "invited_by", "version"])
        act.about(applications[0], organization=organization, count=len(applications))
    return applications


def note_attended(ids: Sequence[int], *, attended: bool | None, by: Actor) -> list[Application]:
    """Record whether the applicants attended the meeting; None if unknown (V-A5).

    Raises `RuleViolation` once the minutes are closed.
    """
    with change(by=by, rule="V-A5", event="application.attendance_noted") as act:
        applications, organization = _own_many(act, ids)
        for application in applications:
            check_attendance_is_open(application.item.meeting if application.item else None, act.today)
            application.attended = attended
            application.version += 1
        act.update_many(Application, applications, ["attended", "version"])
        act.about(applications[0], organization=organization, count=len(applications))
    return applications


def note_notified(
    ids: Sequence[int],
    *,
    on: dt.date | None,
    way: str = "",
    pickup_on: dt.date | None = None,
    pickup_at: dt.time | None = None,
    pickup_place: str = "",
    by: Actor,
) -> list[Application]:
    """Record that the applicants were notified of the decision, with day and place of the ticket if admitted (V-A5).

    The month for an appeal starts on `on` (K7); None removes the record, unless an appeal was received.
    """
    with change(by=by, rule="V-A5", event="application.notified") as act:
        applications, organization = _own_many(act, ids)
        for application in applications:
            steps.check_notified(application, on, way, pickup_on=pickup_on, today=act.today)
            admitted = application.state == ApplicationState.ADMITTED and on is not None
            application.notified_on, application.notified_by = on, way if on else ""
            if admitted:
                # Removing the record keeps day and place of the ticket for the next notice.
                application.pickup_on, application.pickup_at = pickup_on, pickup_at
                application.pickup_place = pickup_place.strip()[:300]
            application.version += 1
        set_terms(act, applications, organization)
        fields = ["notified_on", "notified_by", "pickup_on", "pickup_at", "pickup_place", "erase_after", "version"]
        act.update_many(Application, applications, fields)
        act.about(applications[0], organization=organization, count=len(applications))
    return applications


def set_pickup(
    ids: Sequence[int], *, on: dt.date | None, at: dt.time | None, place: str, by: Actor
) -> list[Application]:
    """Set when and where admitted applicants receive their tickets, before the notices are printed (V-A5)."""
    with change(by=by, rule="V-A5", event="application.pickup_set") as act:
        applications, organization = _own_many(act, ids)
        for application in applications:
            steps.check_pickup(application, on)
            application.pickup_on, application.pickup_at, application.pickup_place = on, at, place.strip()[:300]
            application.version += 1
        act.update_many(Application, applications, ["pickup_on", "pickup_at", "pickup_place", "version"])
        act.about(applications[0], organization=organization, count=len(applications))
    return applications


def set_terms(act: Act, applications: Sequence[Application], organization: Organization) -> None:
    """Set until when the applications are kept, within the change that ends them or records the notice (V-A6)."""
    terms = application_terms(applications, organization.charter, act.today)
    for application in applications:
        application.erase_after = terms[application.pk]


def _own(act: Act, application_id: int, *, version: int | None = None) -> tuple[Application, Organization]:
    application = act.lock(Application.objects.visible_to(act.by), application_id, version=version)
    organization = Organization.objects.select_related("federation").get(pk=application.organization_id)
    act.require(Permission.FILE_APPLICATIONS, organization)
    return application, organization


def _own_many(act: Act, ids: Sequence[int]) -> tuple[list[Application], Organization]:
    found = Application.objects.filter(pk__in=ids).select_related("item__meeting", "organization__federation")
    applications = act.lock_many(found)
    visible = set(Application.objects.visible_to(act.by).filter(pk__in=ids).values_list("pk", flat=True))
    if (
        not applications
        or visible != {a.pk for a in applications}
        or len({a.organization_id for a in applications}) > 1
    ):
        raise Application.DoesNotExist
    act.require(Permission.FILE_APPLICATIONS, applications[0].organization)
    return applications, applications[0].organization


def _fill(act: Act, application: Application, values: Mapping[str, Any], facts: Mapping[str, Any]) -> list[str]:
    """Write the values into the application; return the names of changed fields."""
    organization = application.organization
    charter = organization.charter
    before = rules.values_of_application(application)
    given = {name: value for name, value in relevant(values).items() if name not in rules.OF_THE_DECISION}
    if isinstance(given.get("cell"), Organization):
        given["cell"] = given["cell"].pk
    touched = {n for n, v in given.items() if v != before.get(n) and not (is_empty(v) and is_empty(before.get(n)))}
    refuse_unreadable(touched, act.by)
    known = {name: value for name, value in before.items() if name != "confirmed_duplicate"}
    done, wrong = person_violations({**known, **given}, charter, act.today)
    wrong += grown_up(done, act.today)
    wrong += not_offered({name: done.get(name) for name in touched}, charter)
    if wrong:
        raise wrong[0]
    rules.check_names(done)
    stated = {**{name: getattr(application, name) for name in FACTS}, **facts}
    rules.check_days(stated, birth_date=done.get("birth_date"), today=act.today)
    rules.check_eligible(done, charter, stated["filed_on"])
    if done.get("cell"):
        check_cell(Organization.objects.filter(pk=done["cell"]).first(), organization)
    confirmed = _check_new(act, application, done, values.get("confirmed_duplicate"))
    stated["copies"] = rules.check_copies(stated["copies"] or [])
    changed = sorted({*touched, *(name for name in FACTS if getattr(application, name) != stated[name])})
    for name in FACTS:
        setattr(application, name, stated[name])
    kept = {name: value for name, value in done.items() if not is_empty(value) and value is not False}
    application.values = {name: encode(value) for name, value in kept.items()}
    if confirmed:
        application.values["confirmed_duplicate"] = confirmed
    _write_person(application, done)
    return changed


def _check_new(act: Act, application: Application, values: Mapping[str, Any], confirmed: Any) -> str:
    """Raise a violation for duplicates (N-A1); return the confirmation that the admission needs later."""
    organization = application.organization
    check_may_search(organization, by=act.by)
    cards = find_duplicates(organization.federation, values, actor=act.by, organization=organization)
    waiting = rules.waiting_twins(organization.federation, values, exclude=application.pk)
    earlier = application.values.get("confirmed_duplicate") if isinstance(application.values, dict) else None
    if earlier and confirmed in (None, "") and earlier == confirmation(cards) and not waiting:
        return str(earlier)
    violation = duplicate_violation([*cards, *waiting], confirmed)
    if violation is not None:
        raise violation
    return confirmation(cards)


def _write_person(application: Application, values: Mapping[str, Any]) -> None:
    for name in ("surname", "given_name", "patronymic", "category"):
        setattr(application, name, values.get(name) or "")
    application.birth_date = values.get("birth_date")
    names = [application.surname, application.given_name, application.patronymic]
    application.search_key = member_search_key(
        names, snils=values.get("snils") or "", ticket_number="", birth_date=application.birth_date
    )
    application.sort_key = sort_key(*names)[:420]


#: Journal events for opening protected data classes.
_OPENED = {DataClass.IDENTITY: "application.identity_opened", DataClass.HEALTH: "application.health_opened"}


def note_application_opened(application: Application, data_class: DataClass, *, by: Actor) -> None:
    """Record that the identity paper or health data of an applicant were opened (V-C5).

    Raises `NotAllowed` if the actor may not read them.
    """
    require_reading(by, data_class)
    write_event(_OPENED[data_class], by=by, rule="V-C5", about=application, organization=application.organization)
