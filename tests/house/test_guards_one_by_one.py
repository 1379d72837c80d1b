"""Every guard of a transition refuses the situation it exists for, by its own rule; no other guard refuses the step."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from PIL import Image

from documents.consents.transitions import texts
from dues.ledger import transitions as years
from dues.payments import transitions as payments
from dues.payments.transitions import Paid
from members.admission.models import Application
from members.admission.rules.scans import MAX_SCANS
from members.admission.transitions import applications, attachments, representations
from members.book.enums import EndReason
from members.book.models import BookLine
from members.lists.transitions import batches as imports
from members.meetings.enums import ItemKind
from members.meetings.models import AgendaItem
from members.meetings.transitions import agenda, appeals, decisions, meetings
from members.movement.enums import PaperCard
from members.movement.transitions import arrivals, erasing, leaving, organizations, transfers
from members.people.models import Member
from members.people.transitions import cards, cells, marks, registration
from members.reconciliation.transitions import proposals, reconciliation
from registry.accounts.transitions import screens
from registry.enums import Level
from registry.organizations.enums import BodyKind, OrganizationStatus
from registry.organizations.models import Organization
from registry.organizations.transitions import charters, founding, lifecycle, passports, renames
from tests.house.acts import new
from tests.members import applicants, sessions
from tests.refusals import refused
from tests.registry import trees

from . import guards_of_blanks, guards_of_cards
from .acts import Scene
from .acts.new import WARD, ago
from .cast import picture
from .guards import Case, Step, at
from .test_transitions_by_role import files, own_files, scenes  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate


def ended(organization: Organization) -> None:
    Organization.objects.filter(pk=organization.pk).update(status=OrganizationStatus.ENDED, ended_on=TODAY())


def filing(s: Scene, facts: dict[str, Any] | None = None, **values: Any) -> Step:
    given = {**applicants.values(s.place), **values}
    stated = applicants.facts() if facts is None else facts
    return partial(applications.file_application, organization=s.keeper, values=given, facts=stated, by=s.chair)


def routing(s: Scene, to: Organization, application: int | None = None) -> Step:
    pk = application or new.filed(s)
    return partial(applications.route_application, pk, to=to, reason="обслуживает адрес", by=s.chair)


def forward(s: Scene, kind: str, **values: Any) -> Step:
    given = {"organization": s.keeper, "kind": kind, "title": "О делах", "by": s.chair, **values}
    return partial(decisions.put_forward, **given)


def planning(s: Scene, **values: Any) -> Step:
    given = {**new.meeting_values(s), **values}
    return partial(meetings.plan_meeting, s.keeper.pk, by=s.chair, **given)


def representing(s: Scene, member: Member | None = None, **values: Any) -> Step:
    owner = {"member_id": member.pk} if member else {"application_id": guardian(s)}
    return partial(representations.add_representation, **owner, values={**WARD, **values}, by=s.chair)


def guardian(s: Scene) -> int:
    return s.apply(category="guardian", disability_group="").pk


def repeated(s: Scene) -> Step:
    """Restore a withdrawn application whose applicant has applied again."""
    values = applicants.values(s.place)
    given: dict[str, Any] = {"organization": s.keeper, "values": values, "facts": applicants.facts(), "by": s.chair}
    first = applications.file_application(**given)
    applications.withdraw_application(first.pk, by=s.chair)
    applications.file_application(**given)
    return partial(applications.restore_application, first.pk, by=s.chair)


def earlier_line(s: Scene) -> Step:
    """Take back the leaving by the line of a cell in which the member was before."""
    cells.assign_cell([s.member.pk], cell=s.place.cells[1], by=s.chair)
    leaving.deregister(
        s.member.pk, reason=EndReason.DEATH, on=TODAY(), paper="свидетельство", paper_card=PaperCard.TAKEN, by=s.chair
    )
    line = BookLine.objects.get(member=s.member, unit=s.place.cells[0])
    return partial(leaving.take_back_leaving, line.pk, by=s.chair)


def after_the_end(s: Scene, step: Callable[..., Any], pk: int, organization: Organization, **values: Any) -> Step:
    ended(organization)
    return partial(step, pk, by=s.actors["installation"], **values)


def excluded_before_coming(s: Scene) -> Step:
    """Exclude by a meeting two days ago a member who was registered today."""
    member = s.put(surname="Поздняя", registered_on=TODAY())
    item = new.waiting(s, ItemKind.EXCLUSION, member=member, exclusion_reason="violation")
    planned = new.meeting(s)
    agenda.put_on(planned.pk, items=[item.pk], by=s.chair)
    sessions.held(planned, s.chair)
    return partial(sessions.decided, item, s.chair)


def someones_item(s: Scene) -> AgendaItem:
    return decisions.put_forward(
        organization=s.other, kind=ItemKind.OTHER, title="О чужом", filed_on=ago(5), by=s.neighbour
    )


def one_item(s: Scene) -> AgendaItem:
    (item,) = agenda.put_on(new.meeting(s).pk, applications=[new.filed(s)], by=s.chair)
    return item


def changed_since(s: Scene, *, adopted: bool, **facts: Any) -> Step:
    """Decide on an application that was changed after it was put on the agenda."""
    item = new.held(s)
    first = new.of_items(item)[0]
    Application.objects.filter(pk=first).update(**facts)
    return partial(sessions.decided, item, s.chair, adopted=adopted)


def plain_decision(s: Scene) -> AgendaItem:
    """Return a decision that is about nobody."""
    item = new.waiting(s)
    planned = new.meeting(s, TODAY())
    agenda.put_on(planned.pk, items=[item.pk], by=s.chair)
    sessions.held(planned, s.chair)
    return sessions.decided(item, s.chair)


def corrected_after_decision(s: Scene) -> Step:
    item = new.decided(s)
    seats = list(sessions.body_of(s.keeper).seats.values_list("pk", flat=True))
    return partial(meetings.hold_meeting, item.meeting_id, seats=seats, by=s.chair)


def appealed_item(s: Scene, **values: Any) -> Step:
    """Change the day of the notice after an appeal against the exclusion was received."""
    appeal = new.appeal(s)
    return partial(decisions.note_item_notified, appeal.against_id, by=s.chair, **values)


def on_agenda(s: Scene) -> Step:
    """Take back a report that is on an agenda."""
    found = new.reported(s)
    item = AgendaItem.objects.get(reconciliation=found)
    agenda.put_on(new.meeting(s, TODAY()).pk, items=[item.pk], by=s.chair)
    return partial(reconciliation.take_back, found, by=s.chair)


def noted_twice(s: Scene) -> Step:
    new.mark(s)
    return partial(marks.add_mark, s.member.pk, kind="trip", text="Учёба", on=ago(9), by=s.chair)


def of_decision(s: Scene) -> Any:
    """Return a mark that a decision has made."""
    item = new.waiting(s, ItemKind.DISCIPLINE, member=s.member)
    planned = new.meeting(s, TODAY())
    agenda.put_on(planned.pk, items=[item.pk], by=s.chair)
    sessions.held(planned, s.chair)
    sessions.decided(item, s.chair, resolution="Объявить выговор.")
    return s.member.marks.get(kind="discipline")


def twice(step: Callable[..., Any], *args: Any, **values: Any) -> Step:
    step(*args, **values)
    return partial(step, *args, **values)


def sheet(number: int) -> bytes:
    """Return a scan that differs from those with other numbers."""
    data = io.BytesIO()
    Image.new("RGB", (300, 400), (number, 0, 0)).save(data, "PNG")
    return data.getvalue()


def scanned(s: Scene, count: int = 1, **values: Any) -> Step:
    for number in range(count):
        attachments.attach(member_id=s.member.pk, kind="application", data=sheet(number), by=s.chair)
    given = {"member_id": s.member.pk, "kind": "application", "data": sheet(0), **values}
    return partial(attachments.attach, by=s.chair, **given)


def asked(s: Scene, target: Organization, member: Member | None = None) -> Step:
    return partial(transfers.request_departure, (member or s.member).pk, target=target, by=s.chair)


def moved_since(s: Scene) -> Step:
    """Confirm a transfer of a member who has left. The request is reopened, because leaving withdraws it."""
    transfer = new.wanted(s)
    new.gone(s)
    type(transfer).objects.filter(pk=transfer.pk).update(state="requested", ended_on=None)
    return partial(transfers.confirm, transfer.pk, by=s.neighbour)


def moved_on(s: Scene) -> Step:
    """Take back an arrival after the member has left again."""
    arrived = new.arrived(s)
    member = Member.objects.get(ticket_number="0777")
    leaving.deregister(
        member.pk, reason=EndReason.DEPARTURE, on=TODAY(), paper_card=PaperCard.HANDED, destination="?", by=s.chair
    )
    return partial(arrivals.take_back_arrival, arrived, by=s.actors["installation"])


def waits_after_arrival(s: Scene) -> Step:
    arrived = new.arrived(s)
    member = Member.objects.get(ticket_number="0777")
    new.waiting(s, ItemKind.EXCLUSION, member=member, exclusion_reason="violation", filed_on=TODAY())
    return partial(arrivals.take_back_arrival, arrived, by=s.chair)


def paid(s: Scene, **changed: Any) -> Step:
    values: dict[str, Any] = {
        "member_id": s.member.pk, "fee": "voluntary", "year": None, "amount": Decimal("100"), "made_on": TODAY(),
        "paper": "Ведомость № 1", "key": "one", **changed,
    }  # fmt: skip
    return partial(payments.record_payments, s.keeper.pk, [Paid(**values)], by=s.chair)


def paying(s: Scene, **changed: Any) -> Step:
    values = {
        "fee": "voluntary", "year": None, "amount": Decimal("100"), "made_on": TODAY(), "paper": "Квитанция",
        "key": "one", **changed,
    }  # fmt: skip
    return partial(payments.record_payment, s.member.pk, **values, by=s.chair)


def back(s: Scene, **changed: Any) -> Step:
    """Reverse a payment."""
    return partial(payments.reverse_payment, paying(s)().entry.pk, **{"reason": "Ошибка", **changed}, by=s.chair)


def month_end(before: int = 1) -> dt.date:
    """Return the last day of the previous or of the current month."""
    first = TODAY().replace(day=1)
    return (first if before > 0 else (first + dt.timedelta(days=31)).replace(day=1)) - dt.timedelta(days=1)


def closing(s: Scene) -> Step:
    return partial(years.close_books, s.keeper.pk, month_end(), by=s.chair)


def reopening(s: Scene, **changed: Any) -> Step:
    given = {"until": month_end(), "reason": "Нашлась ведомость", **changed}
    return partial(years.reopen_books, s.keeper.pk, **given, by=s.chair)


def founded(s: Scene, **values: Any) -> Step:
    given = {"full_name": "Новая организация", "short_name": "Новая организация", "level": Level.LOCAL, **values}
    return partial(founding.found_organization, parent=s.place.region, by=s.superior, **given)


def named(s: Scene, step: Callable[..., Any], by: Any, **values: Any) -> Step:
    given = {"full_name": s.keeper.full_name, "short_name": s.keeper.short_name, **values}
    return partial(step, s.keeper.pk, by=by, **given)


def opened(s: Scene, status: str) -> Step:
    Organization.objects.filter(pk=s.keeper.pk).update(status=status)
    return partial(lifecycle.open_organization, s.keeper.pk, on=TODAY(), by=s.superior)


def liquidating(s: Scene, **values: Any) -> Step:
    return partial(organizations.liquidate_organization, new.ending(s), by=s.superior, **values)


CASES: dict[str, Case] = {
    **guards_of_blanks.CASES,
    **guards_of_cards.CASES,
    # Consents and dues
    "a method that the wording does not describe": Case(
        "V-C5",
        at("method"),
        lambda s: partial(
            texts.issue_text,
            wording={**s.keeper.federation.charter.consent, "method": "?"},
            valid_from=TODAY(),
            by=s.actors["administrator"],
        ),
    ),
    "a month closed that is not over": Case(
        "N-D1", at("until"), lambda s: partial(years.close_books, s.keeper.pk, month_end(-1), by=s.chair)
    ),
    "half a month closed": Case(
        "N-D1",
        "целыми месяцами",
        lambda s: partial(years.close_books, s.keeper.pk, month_end() - dt.timedelta(days=1), by=s.chair),
    ),
    "a month closed twice": Case("N-D1", "уже закрыт", lambda s: (step := closing(s))() and step),
    "a month opened that is not closed": Case("N-D1", "нет", lambda s: reopening(s, until=month_end())),
    "a month opened twice": Case("N-D1", "уже открыт", lambda s: (closing(s)(), reopening(s)(), reopening(s))[2]),
    "a month opened without a reason": Case(
        "N-D1", at("reason"), lambda s: (closing(s)(), reopening(s, reason=" "))[1]
    ),
    "a payment into a closed month": Case(
        "N-D1", at("made_on"), lambda s: (closing(s)(), paying(s, made_on=month_end()))[1]
    ),
    "a payment of a list into a closed month": Case(
        "N-D1", at("made_on"), lambda s: (closing(s)(), paid(s, made_on=month_end()))[1]
    ),
    "the charge of a year to come": Case(
        "V-D1", "начал", lambda s: partial(years.charge_new_year, s.keeper.pk, TODAY().year + 1, by=s.chair)
    ),
    "a payment reversed twice": Case("N-D1", "уже", lambda s: (step := back(s))() and step),
    "a payment reversed without a reason": Case("N-D1", at("reason"), lambda s: back(s, reason=" ")),
    "a payment of a list that cannot be": Case("V-D1", at("amount"), lambda s: paid(s, amount=Decimal("-1"))),
    # Applications
    "an application without its day": Case("V-A4", at("filed_on"), lambda s: filing(s, facts={"filed_on": None})),
    "a copy of no known kind": Case(
        "V-A4", at("copies"), lambda s: filing(s, facts=applicants.facts(copies=["application", "?"]))
    ),
    "an application of nobody": Case("U-5a", at("surname"), lambda s: filing(s, surname="")),
    "an application under a foreign cell": Case(
        "V-H1",
        at("cell"),
        lambda s: filing(s, cell=trees.below(s.other, Level.PRIMARY).pk),
    ),
    "an application where no cards are kept": Case(
        "V-H1",
        "не ведёт карточек",
        lambda s: partial(
            applications.file_application,
            organization=s.place.region,
            values=applicants.values(s.place),
            facts=applicants.facts(),
            by=s.superior,
        ),
    ),
    "an application routed from an agenda": Case(
        "V-A2", "повестки", lambda s: routing(s, s.other, new.of_items(new.scheduled(s))[0])
    ),
    "an application routed where no cards are kept": Case(
        "V-A2", at("organization"), lambda s: routing(s, s.place.region)
    ),
    "an application routed to another federation": Case(
        "V-A2", at("organization"), lambda s: routing(s, s.stranger.keeper)
    ),
    "an application routed to where it lies": Case("V-A2", at("organization"), lambda s: routing(s, s.keeper)),
    "an application routed to what has ended": Case(
        "V-A2", at("organization"), lambda s: (ended(s.other), routing(s, trees.again(s.other)))[1]
    ),
    "a withdrawn application changed": Case(
        "V-A5",
        "изменить его уже нельзя",
        lambda s: partial(
            applications.edit_application, new.withdrawn(s), values={"city": "Орёл"}, facts={}, version=None, by=s.chair
        ),
    ),
    "an application restored beside its twin": Case("N-A1", "похожих", repeated),
    "a day for a ticket of somebody not admitted": Case(
        "V-A5",
        "кто принят",
        lambda s: partial(
            applications.set_pickup,
            new.of_items(new.scheduled(s)),
            on=TODAY(),
            at=dt.time(15),
            place="Садовая, 5",
            by=s.chair,
        ),
    ),
    "a notice before the decision": Case(
        "V-A5",
        "ещё нет решения",
        lambda s: partial(
            applications.note_notified, new.of_items(new.scheduled(s)), on=TODAY(), way="phone", by=s.chair
        ),
    ),
    "a list where no cards are kept": Case(
        "V-H1",
        "не ведёт карточек",
        lambda s: partial(
            imports.keep_list,
            organization=s.place.region,
            data=b"1",
            content_type="text/csv",
            name="a.csv",
            **new.fresh(s),
            by=s.superior,
        ),
    ),
    "a large list where no cards are kept": Case(
        "V-H1",
        "не ведёт карточек",
        lambda s: partial(
            imports.keep_unread,
            organization=s.place.region,
            data=b"1",
            content_type="text/csv",
            name="a.csv",
            by=s.superior,
        ),
    ),
    "words on an item of closed minutes": Case(
        "V-A5",
        "Протокол закрыт",
        lambda s: (
            item := new.decided(s),
            meetings.close_minutes(item.meeting_id, number="7", by=s.chair),
            partial(decisions.note_spoken, item.pk, spoken="Слово", by=s.chair),
        )[2],
    ),
    "an invitation by no known way": Case(
        "V-A5",
        at("way"),
        lambda s: partial(applications.note_invited, new.of_items(new.scheduled(s)), on=ago(3), way="?", by=s.chair),
    ),
    # Represented people
    "a represented person with the representative's name": Case(
        "V-A1",
        at("surname"),
        lambda s: partial(
            representations.add_representation,
            application_id=(own := s.apply(category="guardian", disability_group="")).pk,
            values={
                **WARD,
                "surname": own.surname,
                "given_name": own.given_name,
                "birth_date": own.birth_date,
                "patronymic": own.patronymic,
            },
            by=s.chair,
        ),
    ),
    "a represented person written down twice": Case(
        "V-A4",
        at("surname"),
        lambda s: twice(representations.add_representation, application_id=guardian(s), values=WARD, by=s.chair),
    ),
    "a mandate of no known kind": Case("V-A4", at("mandate_kind"), lambda s: representing(s, mandate_kind="?")),
    "an end of what has ended": Case(
        "V-A1",
        "Прекращение уже записано",
        lambda s: partial(representations.end_representation, new.ended_ward(s), on=TODAY(), note="Да", by=s.chair),
    ),
    "an end without its reason": Case(
        "V-A1",
        at("end_note"),
        lambda s: partial(representations.end_representation, new.ward(s).pk, on=TODAY(), note=" ", by=s.chair),
    ),
    "a represented person taken off a withdrawn application": Case(
        "V-A5",
        "изменить его уже нельзя",
        lambda s: (
            ward := new.ward(s),
            applications.withdraw_application(ward.application_id, by=s.chair),
            partial(representations.remove_representation, ward.pk, by=s.chair),
        )[2],
    ),
    "a represented person of a member who represents nobody": Case(
        "V-A1", "Представляют кого-либо только", lambda s: representing(s, s.member)
    ),
    # Scans
    "a scan of no known kind": Case("V-A4", at("kind"), lambda s: scanned(s, 0, kind="?")),
    "the very same scan": Case("V-A4", "Этот же скан", lambda s: scanned(s)),
    "one scan too many": Case("V-A4", "Больше сканов", lambda s: scanned(s, MAX_SCANS, data=sheet(200))),
    "a scan on a withdrawn application": Case(
        "V-A5",
        "изменить его уже нельзя",
        lambda s: partial(
            attachments.attach, application_id=new.withdrawn(s), kind="application", data=picture(), by=s.chair
        ),
    ),
    # Cards
    "a cell of no organisation": Case(
        "V-H1",
        at("cell"),
        lambda s: partial(
            registration.register_person,
            organization=s.keeper,
            values={**new.person(s), "cell": s.other.pk},
            ground="карточка",
            by=s.chair,
        ),
    ),
    "an entry without a title": Case(
        "U-5a",
        at("title"),
        lambda s: partial(cards.add_entry, s.member.pk, kind="award", values={"title": "", "year": 2020}, by=s.chair),
        "union",
    ),
    "the same entry twice": Case(
        "U-5a",
        at("title"),
        lambda s: twice(cards.add_entry, s.member.pk, kind="award", values=new.AWARD, by=s.chair),
        "union",
    ),
    "the same mark twice": Case("V-B13", at("text"), noted_twice),
    "an end of a measure": Case(
        "V-B5", "не снимается", lambda s: partial(marks.end_absence, of_decision(s).pk, on=TODAY(), by=s.chair)
    ),
    "a mark of a decision taken back": Case(
        "V-B5", "отмените само решение", lambda s: partial(marks.take_back_mark, of_decision(s).pk, by=s.chair)
    ),
    # Meetings
    "a meeting of a foreign body": Case(
        "V-A5", at("body"), lambda s: planning(s, body_id=sessions.body_of(s.other).pk)
    ),
    "a meeting of no body": Case("V-A5", at("body"), lambda s: planning(s, body_id=0)),
    "a meeting of no known form": Case("V-A5", at("format"), lambda s: planning(s, format="?")),
    "a meeting nowhere": Case("V-A5", at("place"), lambda s: planning(s, place=" ")),
    "attendance changed after a decision": Case("V-A5", "список присутствовавших", corrected_after_decision),
    "a decision before the meeting": Case(
        "V-A5", "Сначала отметьте", lambda s: partial(decisions.decide, **new.votes(new.scheduled(s)), by=s.chair)
    ),
    "a decision without words": Case(
        "V-A5",
        at("resolution"),
        lambda s: partial(decisions.decide, **{**new.votes(new.held(s)), "resolution": " "}, by=s.chair),
    ),
    "minutes without a number": Case(
        "V-B1",
        at("number"),
        lambda s: partial(meetings.close_minutes, new.decided(s).meeting_id, number=" ", by=s.chair),
    ),
    "minutes opened that are not closed": Case(
        "V-B1", "Протокол не закрыт", lambda s: partial(meetings.reopen_minutes, new.decided(s).meeting_id, by=s.chair)
    ),
    "an item without a title": Case("V-A5", at("title"), lambda s: forward(s, ItemKind.OTHER, title=" ")),
    "an item that comes from elsewhere": Case("V-A5", at("kind"), lambda s: forward(s, ItemKind.ADMISSION)),
    "an exclusion of nobody": Case(
        "V-A5", at("kind"), lambda s: forward(s, ItemKind.EXCLUSION, exclusion_reason="violation")
    ),
    "an exclusion without its reason": Case(
        "V-B16", at("exclusion_reason"), lambda s: forward(s, ItemKind.EXCLUSION, member=s.member)
    ),
    "a lifting of nothing": Case("V-A5", at("mark"), lambda s: forward(s, ItemKind.DISCIPLINE_LIFTED, member=s.member)),
    "a duplicate without its reason": Case(
        "V-B5", at("ticket_reason"), lambda s: forward(s, ItemKind.DUPLICATE, member=s.member)
    ),
    "an item about a member of another organisation": Case(
        "V-A5",
        "другая организация",
        lambda s: forward(s, ItemKind.OTHER, organization=s.place.region, member=s.member, by=s.superior),
    ),
    "an application dropped from the agenda alone": Case(
        "V-A5", "Отзовите это там", lambda s: partial(decisions.drop_item, new.scheduled(s).pk, by=s.chair)
    ),
    "a notice by no known way": Case(
        "V-A5",
        at("way"),
        lambda s: partial(decisions.note_item_notified, new.excluded(s).pk, on=TODAY(), way="?", by=s.chair),
    ),
    "a notice changed after an appeal": Case(
        "V-A6", "Поступила жалоба", lambda s: appealed_item(s, on=TODAY(), way="phone")
    ),
    "an item of another organisation": Case(
        "V-A5",
        "другая организация",
        lambda s: partial(agenda.put_on, new.meeting(s).pk, items=[someones_item(s).pk], by=s.actors["installation"]),
    ),
    "an item taken off no agenda": Case(
        "V-A5", "ни в одну повестку", lambda s: partial(agenda.take_off, new.waiting(s).pk, by=s.chair)
    ),
    "an application split off no agenda": Case(
        "V-A5", "ещё не в повестке", lambda s: partial(agenda.split_off, new.filed(s), by=s.chair)
    ),
    "an applicant alone split off": Case(
        "V-A5", "отдельный вопрос", lambda s: partial(agenda.split_off, new.of_items(one_item(s))[0], by=s.chair)
    ),
    "an exclusion before the member came": Case("V-B10", at("on"), excluded_before_coming),
    "an appeal against what is no refusal": Case(
        "V-A6",
        "Обжаловать можно только",
        lambda s: partial(appeals.receive_appeal, plain_decision(s).pk, received_on=TODAY(), by=s.superior),
    ),
    "an appeal received twice": Case(
        "V-A6",
        "уже принята",
        lambda s: partial(appeals.receive_appeal, new.appeal(s).against_id, received_on=TODAY(), by=s.superior),
    ),
    "an appeal restored that was not withdrawn": Case(
        "V-A6", "получена", lambda s: partial(appeals.restore_appeal, new.appeal(s).pk, by=s.superior)
    ),
    # Leaving and transfers
    "a departure taken back as a leaving": Case(
        "V-B10",
        "оформлено иначе",
        lambda s: (
            new.departed(s),
            partial(leaving.take_back_leaving, BookLine.objects.get(member=s.member).pk, by=s.chair),
        )[1],
    ),
    "a leaving while an exclusion waits": Case(
        "V-B10",
        "Сначала решите",
        lambda s: (
            new.waiting(s, ItemKind.EXCLUSION, member=s.member, exclusion_reason="violation"),
            partial(leaving.deregister, s.member.pk, reason=EndReason.OWN_WISH, on=TODAY(), by=s.chair),
        )[1],
    ),
    "a leaving taken back of a card that was destroyed": Case(
        "V-B10",
        "уничтожена",
        lambda s: (
            line := new.gone(s),
            Member.objects.filter(pk=s.member.pk).update(erase_after=ago(1)),
            erasing.erase(s.member.pk, by=s.chair),
            partial(leaving.take_back_leaving, line.pk, by=s.chair),
        )[3],
    ),
    "a refusal before the application": Case(
        "V-A5", "позже заседания", lambda s: changed_since(s, adopted=False, filed_on=TODAY())
    ),
    "an admission whose papers are gone": Case(
        "V-A4", "Комплект неполный", lambda s: changed_since(s, adopted=True, copies=[])
    ),
    "an arrival taken back to what has ended": Case(
        "N-H3", "прекращена", lambda s: after_the_end(s, arrivals.take_back_arrival, new.arrived(s), s.other)
    ),
    "a represented person taken off a card": Case(
        "V-A4",
        "Карточка хранит",
        lambda s: partial(
            representations.remove_representation,
            representing(s, s.put(category="guardian", disability_group="", surname="Опекунова"))().pk,
            by=s.chair,
        ),
    ),
    "a leaving taken back from an earlier line": Case("V-B10", "в другой организации", earlier_line),
    "a leaving taken back where the place has ended": Case(
        "N-H3", "прекращена", lambda s: after_the_end(s, leaving.take_back_leaving, new.gone(s).pk, s.keeper)
    ),
    "an exclusion reversed where the place has ended": Case(
        "N-H3", "прекращена", lambda s: after_the_end(s, decisions.reverse_decision, new.excluded(s).pk, s.keeper)
    ),
    "a transfer to where the member is": Case("U-5", at("target"), lambda s: asked(s, s.keeper)),
    "a transfer to another federation": Case("U-5", at("target"), lambda s: asked(s, s.stranger.keeper)),
    "a transfer to where no cards are kept": Case("V-H1", "не ведёт карточек", lambda s: asked(s, s.place.region)),
    "a transfer to what has ended": Case(
        "N-H3", "поставить туда на учёт нельзя", lambda s: (ended(s.other), asked(s, trees.again(s.other)))[1]
    ),
    "a transfer declined without a word": Case(
        "U-5", at("answer"), lambda s: partial(transfers.decline, new.offered(s).pk, answer=" ", by=s.chair)
    ),
    "a transfer decided against without a word": Case(
        "U-5",
        at("answer"),
        lambda s: partial(transfers.decide, new.silent(s), carry_out=False, answer=" ", by=s.superior),
    ),
    "a transfer of somebody who has gone": Case("U-5", "запрос потерял силу", moved_since),
    "a transfer before the member came": Case(
        "V-B10", at("on"), lambda s: partial(transfers.confirm, new.offered(s).pk, on=dt.date(2000, 1, 1), by=s.chair)
    ),
    "a transfer confirmed by what keeps no cards any more": Case(
        "V-H1",
        "не ведёт карточек",
        lambda s: (
            transfer := new.offered(s),
            Organization.objects.filter(pk=s.keeper.pk).update(level=Level.REGIONAL),
            partial(transfers.confirm, transfer.pk, by=s.actors["installation"]),
        )[2],
    ),
    "an arrival where no cards are kept": Case(
        "V-H1",
        "не ведёт карточек",
        lambda s: partial(transfers.arrive, **{**new.arriving(s), "organization": s.place.region}, by=s.superior),
    ),
    "an arrival in a foreign cell": Case(
        "V-H1", at("cell"), lambda s: partial(transfers.arrive, **new.arriving(s), cell=s.other, by=s.chair)
    ),
    "an arrival tomorrow": Case(
        "V-B9",
        at("on"),
        lambda s: partial(transfers.arrive, **{**new.arriving(s), "on": ago(-1)}, by=s.chair),
    ),
    "an arrival where nobody is registered any more": Case(
        "N-H3",
        "ликвидируется",
        lambda s: (
            given := new.arriving(s),
            Organization.objects.filter(pk=s.keeper.pk).update(status=OrganizationStatus.LIQUIDATING),
            partial(transfers.arrive, **{**given, "organization": trees.again(s.keeper)}, by=s.chair),
        )[2],
    ),
    "a request where no cards are kept": Case(
        "V-H1",
        "не ведёт карточек",
        lambda s: partial(
            transfers.request_arrival, organization=s.place.region, **new.named(new.theirs(s)), by=s.superior
        ),
    ),
    "an arrival taken back that was not": Case(
        "V-B9", "запрошен", lambda s: partial(arrivals.take_back_arrival, new.offered(s).pk, by=s.chair)
    ),
    "an arrival taken back after the next leaving": Case("V-B9", "перевели или сняли", moved_on),
    "an arrival taken back while a decision waits": Case("V-B10", "Сначала решите", waits_after_arrival),
    # Lists and reconciliation
    "a list read that was read before": Case(
        "U-5",
        "нельзя",
        lambda s: partial(imports.keep_read, new.applied(s).pk, **new.fresh(s), by=s.chair),
    ),
    "another sheet of a list that is registered": Case(
        "U-5",
        "уже поставлен на учёт",
        lambda s: partial(imports.keep_sheet, new.applied(s).pk, **new.fresh(s), by=s.chair),
    ),
    "a proposal declined without a word": Case(
        "V-B8", at("answer"), lambda s: partial(proposals.settle, [], {new.proposal(s).pk: " "}, by=s.chair)
    ),
    "a report taken back from an agenda": Case("V-B8", "уже в повестке", on_agenda),
    # Organisations
    "a code of strange signs": Case("N-H3", at("code"), lambda s: founded(s, code="№ 5!")),
    "an organisation founded as ended": Case(
        "N-H3", at("status"), lambda s: founded(s, status=OrganizationStatus.ENDED)
    ),
    "an organisation without a name": Case("U-3", at("full_name"), lambda s: founded(s, full_name=" ")),
    "a move to come": Case(
        "N-H3",
        at("on"),
        lambda s: partial(
            organizations.move_organization,
            s.keeper.pk,
            trees.below(s.place.head, Level.REGIONAL).pk,
            on=ago(-1),
            by=s.actors["head"],
        ),
    ),
    "a move beside a namesake": Case(
        "N-H3",
        at("short_name"),
        lambda s: (
            region := trees.below(s.place.head, Level.REGIONAL),
            trees.below(region, Level.LOCAL, s.keeper.short_name),
            partial(organizations.move_organization, s.keeper.pk, region.pk, on=TODAY(), by=s.actors["head"]),
        )[2],
    ),
    "a merger to come": Case(
        "N-H3",
        at("on"),
        lambda s: partial(organizations.merge_organizations, s.keeper.pk, s.other.pk, on=ago(-1), by=s.superior),
    ),
    "a liquidation to come": Case("N-H3", at("on"), lambda s: liquidating(s, on=ago(-1))),
    "a liquidation called off that was not begun": Case(
        "N-H3", "нельзя", lambda s: partial(lifecycle.stop_liquidation, s.keeper.pk, by=s.superior)
    ),
    "somebody registered while the organisation is being liquidated": Case(
        "N-H3",
        "ликвидируется",
        lambda s: (
            Organization.objects.filter(pk=s.keeper.pk).update(status=OrganizationStatus.LIQUIDATING),
            partial(registration.register_person, organization=trees.again(s.keeper), values=new.person(s), by=s.chair),
        )[1],
    ),
    "an organisation opened that is being liquidated": Case(
        "N-H3",
        "в стадии создания",
        lambda s: opened(s, OrganizationStatus.LIQUIDATING),
    ),
    "a merger into what is being liquidated": Case(
        "N-H3",
        "только к действующей",
        lambda s: (
            Organization.objects.filter(pk=s.other.pk).update(status=OrganizationStatus.LIQUIDATING),
            partial(organizations.merge_organizations, s.keeper.pk, s.other.pk, on=TODAY(), by=s.superior),
        )[1],
    ),
    "a liquidation of the head": Case(
        "N-H3",
        "головной организации",
        lambda s: partial(lifecycle.begin_liquidation, s.place.head.pk, by=s.actors["installation"]),
    ),
    "a name of the head asked for": Case(
        "N-H3",
        "головной организации",
        lambda s: partial(
            renames.ask_rename, s.place.head.pk, full_name="Иное", short_name="Иное", by=s.actors["head"]
        ),
    ),
    "a tab that no passport has": Case(
        "U-4",
        "нет такой вкладки",
        lambda s: partial(passports.fill_passport, s.keeper.pk, tab="?", values={}, by=s.chair),
    ),
    "a body under the name of another": Case(
        "U-4",
        at("name"),
        lambda s: (
            passports.add_body(s.keeper.pk, kind=BodyKind.AUDIT, name="Комиссия", by=s.chair),
            partial(
                passports.edit_body,
                passports.add_body(s.keeper.pk, kind=BodyKind.AUDIT, name="Иная", by=s.chair).pk,
                kind=BodyKind.AUDIT,
                name="Комиссия",
                by=s.chair,
            ),
        )[1],
    ),
    "a name taken beside": Case(
        "N-H3",
        at("short_name"),
        lambda s: named(s, renames.rename_organization, s.superior, short_name=s.other.short_name),
    ),
    "a name asked for that is taken beside": Case(
        "N-H3",
        at("short_name"),
        lambda s: partial(
            renames.decide_rename,
            renames.ask_rename(s.keeper.pk, full_name="Иное", short_name=s.other.short_name, by=s.chair).pk,
            accept=True,
            by=s.superior,
        ),
    ),
    "no name": Case("U-3", at("full_name"), lambda s: named(s, renames.rename_organization, s.superior, full_name=" ")),
    "no name asked for": Case("U-3", at("full_name"), lambda s: named(s, renames.ask_rename, s.chair, full_name=" ")),
    "a name checked of what has ended": Case(
        "N-H3", "прекращена", lambda s: after_the_end(s, renames.confirm_name, s.keeper.pk, s.keeper)
    ),
    "a field that no card has": Case(
        "U-5a",
        at("required"),
        lambda s: partial(
            charters.change_charter, s.keeper.federation_id, values={"required": ["?"]}, by=s.actors["installation"]
        ),
    ),
    "a value that no charter lets change": Case(
        "U-5a",
        "здесь не меняется",
        lambda s: partial(
            charters.change_charter, s.keeper.federation_id, values={"levels": 1}, by=s.actors["installation"]
        ),
    ),
    "a filter without a name": Case(
        "N-S2", at("name"), lambda s: partial(screens.keep_filter, "members", " ", {"a": "b"}, by=s.chair)
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_guard_refuses_by_its_rule(scenes: dict[str, Scene], name: str) -> None:  # noqa: F811
    case = CASES[name]
    with transaction.atomic():
        step = case.step(scenes[case.charter])
        at_field = case.said.startswith("@")
        with refused(case.rule, field=case.said[1:] if at_field else None, match=None if at_field else case.said):
            step()
        transaction.set_rollback(True)
