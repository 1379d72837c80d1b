"""Applications of the demonstration in every state."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from documents.papers.application import FORM
from documents.printing.core import Batch, render
from members.admission.models import Application
from members.admission.queries.applicants import as_member
from members.admission.rules.applications import papers_of
from members.admission.transitions.applications import (
    file_application,
    note_attended,
    note_invited,
    note_notified,
    route_application,
    withdraw_application,
)
from members.admission.transitions.attachments import attach
from members.admission.transitions.representations import add_representation
from members.meetings.rules import deciding_organization
from members.meetings.transitions.appeals import receive_appeal
from members.meetings.transitions.meetings import close_minutes
from registry.organizations.models import Organization

from ..access import Actor
from ..enums import DataClass
from .board import Board
from .people import People
from .tree import Place


def file(keeper: Organization, place: Place, people: People, by: Actor, *, neighbour: Organization | None) -> None:
    """Create applications in every state for one organisation that keeps cards."""
    desk = _Desk(keeper, place, people, by)
    whole = [desk.apply(days) for days in (24, 17, 9)]
    desk.scan(whole[0])
    desk.apply(6, consent=False)
    desk.apply(3, copies=False)
    withdraw_application(desk.apply(15).pk, by=by)
    desk.outlived()
    if keeper.charter.admission.representing:
        desk.represented(desk.apply(12, category="legal_representative"))
        desk.apply(2, category="guardian")
    if neighbour is not None and keeper.charter.admission.by_address:
        passed = desk.apply(5, city="Дальнегорск")
        route_application(passed.pk, to=neighbour, reason="ближайшая: в посёлке местной организации нет", by=by)
    desk.planned([desk.apply(11), desk.apply(10), desk.apply(8)])
    desk.decided()


class _Desk:
    """Creates the applications of one organisation."""

    def __init__(self, keeper: Organization, place: Place, people: People, by: Actor) -> None:
        self.keeper, self.place, self.people, self.by = keeper, place, people, by
        self.today = timezone.localdate()
        self.board = Board(keeper, people, by)

    def day(self, ago: int) -> dt.date:
        return self.today - dt.timedelta(days=ago)

    def apply(
        self, ago: int, *, category: str = "", consent: bool = True, copies: bool = True, city: str = ""
    ) -> Application:
        """File an application dated `ago` days ago."""
        where = {"city": city or self.place.city, "region": f"{self.place.region} область", "postcode": ""}
        if self.keeper.charter.admission.representing:
            values = self.people.society_member(**where) | {"category": category or "disabled"}
            if not category:
                values |= {"disability_group": values.get("disability_group") or "III", "disability_cause": "general"}
            if (values.get("certificate_expires_on") or self.today) <= self.today + dt.timedelta(days=60):
                # Applicants have valid certificates; those about to expire belong to members.
                values |= {"certificate_indefinite": True, "certificate_expires_on": None}
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
        """Add a child represented by the applicant."""
        born = self.day(self.people.chance.randint(7, 16) * 365)
        values = self.people.ward(
            application.surname, sex=application.values["sex"], born=born, city=self.place.city,
            signed_on=application.filed_on,
        )  # fmt: skip
        add_representation(application_id=application.pk, values=values, by=self.by)

    def scan(self, application: Application) -> None:
        """Add a scan of the signed application; the printed form itself serves as the scan."""
        batch = Batch(self.keeper, frozenset(DataClass), self.today)
        paper = render(FORM, [FORM.build(as_member(application), batch)], batch)
        attach(application_id=application.pk, kind="application", data=paper, by=self.by)

    def outlived(self) -> None:
        """Add an application withdrawn long enough ago to be destroyed now."""
        old = withdraw_application(self.apply(16).pk, by=self.by)
        Application.objects.filter(pk=old.pk).update(erase_after=self.day(4))

    def planned(self, applications: list[Application]) -> None:
        """Put the applications on the agenda of a future meeting; one applicant is notified."""
        self.board.plan(self.today + dt.timedelta(days=6), applications=applications)
        note_invited([applications[0].pk], on=self.day(1), way="phone", by=self.by)

    def decided(self) -> None:
        """Decide applications: some admitted, three refused, one of them appealed."""
        applicants = [self.apply(ago) for ago in (40, 38, 35, 33)]
        meeting = self.board.plan(self.day(4), applications=applicants)
        refused = [self.apply(ago) for ago in (34, 31, 30)]
        self.board.add(meeting, applications=refused)
        self.board.meet(meeting)
        admission, refusal = meeting.items.order_by("position")
        self.board.decide([admission])
        self.board.decide([refusal], adopted=False, reason="Представленная справка недействительна")
        ids = [application.pk for application in applicants]
        note_attended(ids[:3], attended=True, by=self.by)
        close_minutes(meeting.pk, number="11", by=self.by)
        pickup = self.today + dt.timedelta(days=9)
        note_notified(
            ids[:2], on=self.day(3), way="in_person", pickup_on=pickup, pickup_at=dt.time(15),
            pickup_place=self.keeper.postal_address, by=self.by,
        )  # fmt: skip
        note_notified([application.pk for application in refused[:2]], on=self.day(3), way="post", by=self.by)
        receive_appeal(
            refusal.pk, application_id=refused[0].pk, received_on=self.day(1),
            text="Справка действительна, новая выдана взамен утраченной.", by=self.by,
        )  # fmt: skip
        # The regional organisation decides it.
        Board(deciding_organization(refusal), self.people, self.by)
