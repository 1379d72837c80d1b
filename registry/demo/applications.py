"""Applications of the demonstration in every state: incomplete and whole, on an agenda, admitted, refused, withdrawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from documents.prints.application import FORM
from documents.prints.core import Batch, render
from members.enums import ItemKind, ItemState, MeetingState
from members.models import AgendaItem, Application, Meeting
from members.rules.applicants import as_member
from members.rules.applications import papers_of
from members.transitions import admission
from members.transitions.applications import (
    file_application,
    note_attended,
    note_invited,
    note_notified,
    put_on_agenda,
    route_application,
    withdraw_application,
)
from members.transitions.attachments import attach
from members.transitions.representations import add_representation

from ..access import Actor
from ..enums import BodyKind, DataClass
from ..models import GoverningBody, Organization
from ..transitions.base import change
from . import names
from .people import People
from .tree import Place


def file(keeper: Organization, place: Place, people: People, by: Actor, *, neighbour: Organization | None) -> None:
    """Applications in every state for one organisation that keeps cards."""
    desk = _Desk(keeper, place, people, by)
    whole = [desk.apply(days) for days in (24, 17, 9)]
    desk.scan(whole[0])
    desk.apply(6, consent=False)
    desk.apply(3, copies=False)
    withdraw_application(desk.apply(15).pk, by=by)
    if keeper.charter.admission.representing:
        desk.represented(desk.apply(12, category="legal_representative"))
        desk.apply(2, category="guardian")
    if neighbour is not None and keeper.charter.admission.by_address:
        passed = desk.apply(5, city="Дальнегорск")
        route_application(passed.pk, to=neighbour, reason="ближайшая: в посёлке местной организации нет", by=by)
    desk.planned([desk.apply(11), desk.apply(10), desk.apply(8)])
    desk.decided()


class _Desk:
    """The table at which one organisation receives applications."""

    def __init__(self, keeper: Organization, place: Place, people: People, by: Actor) -> None:
        self.keeper, self.place, self.people, self.by = keeper, place, people, by
        self.today = timezone.localdate()

    def day(self, ago: int) -> dt.date:
        return self.today - dt.timedelta(days=ago)

    def apply(
        self, ago: int, *, category: str = "", consent: bool = True, copies: bool = True, city: str = ""
    ) -> Application:
        """Somebody brings his papers so many days ago."""
        where = {"city": city or self.place.city, "region": f"{self.place.region} область", "postcode": ""}
        if self.keeper.charter.admission.representing:
            values = self.people.society_member(**where) | {"category": category or "disabled"}
            if not category:
                values |= {"disability_group": values.get("disability_group") or "III", "disability_cause": "general"}
        else:
            values = self.people.union_member(workplace=self.keeper.passport.employer_name, **where)
        charter = self.keeper.charter
        papers = [*papers_of(values["category"], charter), *charter.admission.later]
        acquainted = self.day(ago) if charter.admission.statutes else None
        facts: dict[str, Any] = {
            "filed_on": self.day(ago),
            "copies": papers if copies else papers[:1],
            "acquainted_on": acquainted,
            "acquainted_by": self.keeper.chair_name if acquainted else "",
            "consent_signed_on": self.day(ago) if consent and charter.admission.consent else None,
        }
        values["confirmed_duplicate"] = True
        return file_application(organization=self.keeper, values=values, facts=facts, by=self.by)

    def represented(self, application: Application) -> None:
        """A child whom the applicant represents."""
        chance = self.people.chance
        _surname, given, patronymic = names.name(chance, woman=False)
        born = self.day(chance.randint(7, 16) * 365)
        values = {
            "surname": application.surname,
            "given_name": given,
            "patronymic": patronymic,
            "sex": "male",
            "birth_date": born,
            "disability_group": "child",
            "disability_cause": "childhood",
            "mandate_kind": "birth_certificate",
            "mandate_number": f"II-БО № {chance.randint(100_000, 999_999)}",
            "mandate_issued_on": born + dt.timedelta(days=20),
            "mandate_issued_by": f"отдел ЗАГС, г. {self.place.city}",
            "consent_signed_on": application.filed_on,
        }
        add_representation(application_id=application.pk, values=values, by=self.by)

    def scan(self, application: Application) -> None:
        """The signed application as a scan: here, the printed paper itself."""
        batch = Batch(self.keeper, frozenset(DataClass), self.today)
        paper = render(FORM, [FORM.build(as_member(application), batch)], batch)
        attach(application_id=application.pk, kind="application", data=paper, by=self.by)

    def planned(self, applications: list[Application]) -> None:
        """They stand on the agenda of a meeting to come; one was told."""
        self._item(applications, held_on=self.today + dt.timedelta(days=6), state=MeetingState.PLANNED, number="")
        note_invited([applications[0].pk], on=self.day(1), way="phone", by=self.by)

    def decided(self) -> None:
        """Some were admitted, two refused; some of them know it."""
        applicants = [self.apply(ago) for ago in (40, 38, 35, 33)]
        item = self._item(applicants, held_on=self.day(4), state=MeetingState.HELD, number="11")
        self._decide(item, ItemState.ADOPTED)
        ids = [application.pk for application in applicants]
        note_attended(ids[:3], attended=True, by=self.by)
        pickup = self.today + dt.timedelta(days=9)
        note_notified(
            ids[:2], on=self.day(3), way="in_person", pickup_on=pickup, pickup_at=dt.time(15),
            pickup_place=self.keeper.postal_address, by=self.by,
        )  # fmt: skip
        refused = [self.apply(34), self.apply(30)]
        item = self._item(refused, held_on=self.day(4), state=MeetingState.HELD, number="11")
        self._decide(item, ItemState.REJECTED, reason="Представленная справка недействительна")
        note_notified([refused[0].pk], on=self.day(2), way="post", by=self.by)

    def _item(self, applications: list[Application], *, held_on: dt.date, state: str, number: str) -> AgendaItem:
        with change(by=self.by, rule="V-A5", event="meeting.planned") as act:
            body, _made = GoverningBody.objects.get_or_create(
                organization=self.keeper, kind=BodyKind.COMMITTEE, defaults={"name": "Правление"}
            )
            meeting = Meeting.objects.filter(organization=self.keeper, held_on=held_on).first()
            if meeting is None:
                meeting = Meeting(
                    organization=self.keeper, body=body, state=state, held_on=held_on, starts_at=dt.time(15),
                    place=self.keeper.postal_address or "по месту нахождения организации", number=number,
                    chaired_by=self.keeper.chair_name,
                )  # fmt: skip
                act.save(meeting)
            item = AgendaItem(
                organization=self.keeper, kind=ItemKind.ADMISSION, state=ItemState.SCHEDULED, meeting=meeting,
                position=meeting.items.count() + 1, title="О приёме в члены организации", filed_on=self.day(10),
            )  # fmt: skip
            act.save(item)
            put_on_agenda(act, item, applications)
            act.about(meeting, organization=self.keeper)
        return item

    def _decide(self, item: AgendaItem, state: str, *, reason: str = "") -> None:
        with change(by=self.by, rule="V-A5", event="item.decided") as act:
            item.state, item.reason, item.decided_at = state, reason, act.now
            item.votes_for, item.votes_against, item.votes_abstained = 5, 0, 0
            item.resolution = "Принять в члены организации." if state == ItemState.ADOPTED else "Отказать в приёме."
            act.save(item)
            if state == ItemState.ADOPTED:
                admission.admit(act, item)
            else:
                admission.refuse(act, item)
            act.about(item, organization=self.keeper)
