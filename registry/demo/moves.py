"""Transfers, leavings, marks, proposals and reconciliations of the demonstration (V-B5 to V-B14)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from members.admission.transitions.representations import add_representation, end_representation
from members.book.enums import EndReason
from members.meetings.enums import ItemKind
from members.meetings.models import AgendaItem
from members.meetings.queries import usual_title
from members.meetings.transitions import decisions
from members.movement.enums import PaperCard
from members.movement.models import Transfer
from members.movement.transitions import transfers
from members.movement.transitions.leaving import deregister
from members.people.enums import MarkKind
from members.people.models import Member
from members.people.transitions.marks import add_mark
from members.people.transitions.registration import register_person
from members.reconciliation.models import Reconciliation
from members.reconciliation.queries import units_to_reconcile
from members.reconciliation.transitions import proposals, reconciliation
from registry.organizations.models import Organization

from ..access import Actor
from ..days import after_months
from .board import Board
from .people import People
from .tree import Tree

#: Days since the dispatch of cards in transit; the first is overdue.
_DAYS_ON_THE_WAY = (41, 12, 3)


def happen(tree: Tree, keepers: list[Organization], people: People, by: Actor) -> None:
    """Create a year's events: many of each kind for two organisations, a few leavings for the others."""
    first, second = (_Year(keeper, tree, people, by) for keeper in keepers[:2])
    for year in (first, second):
        year.leave()
        year.mark()
        year.represent()
        year.older_leaving()
    if first.departures:
        first.send_away()
        second.send_away()
    # Each requests a transfer from the other; one request is overdue.
    first.ask(second.keeper, "Переезжает к дочери")
    second.ask(first.keeper, "Сменил место жительства" if first.departures else "Перевелась на другую работу")
    silent = second.ask(first.keeper, "Переехала прошлым летом")
    Transfer.objects.filter(pk=silent.pk).update(
        started_on=people.today - dt.timedelta(days=27), answer_by=people.today - dt.timedelta(days=11)
    )
    if first.keeper.charter.reconciled:
        _reconcile(tree, [first, second], people.today, by)
    first.arrive()


class _Year:
    """Creates a year's events of one organisation that keeps cards."""

    def __init__(self, keeper: Organization, tree: Tree, people: People, by: Actor) -> None:
        self.keeper, self.tree, self.people, self.by = keeper, tree, people, by
        self.today = people.today
        self.departures = EndReason.DEPARTURE in keeper.charter.end_reasons
        self.board = Board(keeper, people, by)
        self.taken: list[int] = []

    def day(self, ago: int) -> dt.date:
        return self.today - dt.timedelta(days=ago)

    def anybody(self) -> Member:
        """Return a long-standing member without earlier events and without debts that prevent leaving."""
        found: QuerySet[Member] = Member.objects.filter(
            organization=self.keeper, state="on_account", joined_on__lt=dt.date(self.today.year - 1, 1, 1)
        )
        found = found.exclude(pk__in=self.taken).exclude(ticket_number="", organization__level="local")
        if self.keeper.charter.charges_dues:
            # This year's fee does not prevent leaving; in January nobody has paid it yet.
            paid = Q(dues__unpaid=0) | Q(dues__unpaid_since__gte=dt.date(self.today.year, 1, 1))
            found = found.filter(paid)
        member = found.order_by("pk")[self.people.chance.randint(0, 5)]
        self.taken.append(member.pk)
        return member

    def represent(self) -> None:
        """Add representations: of a child, of a child about to come of age, and one that has ended (V-A1)."""
        found = Member.objects.filter(
            organization=self.keeper, state="on_account", category="legal_representative"
        ).exclude(pk__in=self.taken)
        wards = []
        for parent, months_of_age in zip(found.order_by("pk")[:3], (9 * 12, 18 * 12 - 1, 18 * 12 - 30), strict=False):
            self.taken.append(parent.pk)
            born = after_months(self.day(10), -months_of_age)
            values = self.people.ward(
                parent.surname, sex=parent.sex, born=born, city=parent.city, signed_on=self.day(300)
            )
            wards.append(add_representation(member_id=parent.pk, values=values, by=self.by))
        if wards:
            end_representation(wards[-1].pk, on=self.day(12), note="Инвалидность ребёнка снята", by=self.by)

    def leave(self) -> None:
        """Add leavings of this year for each reason of the charter."""
        reasons = [reason for reason in self.keeper.charter.end_reasons if reason != EndReason.DEPARTURE]
        for number, reason in enumerate([*reasons, EndReason.DEATH]):
            paper = {EndReason.DEATH: "свидетельство о смерти"}.get(EndReason(reason), "личное заявление")
            deregister(
                self.anybody().pk, reason=reason, on=self.day(150 - number * 23), paper=paper,
                paper_card=PaperCard.TAKEN, by=self.by,
            )  # fmt: skip

    def older_leaving(self) -> None:
        """Add a leaving long enough ago that the card has to be destroyed."""
        left = after_months(self.day(9), -12 * self.keeper.charter.retention_years)
        joined = after_months(left, -60)
        member = self._newcomer({"joined_on": joined, "registered_on": joined}, started_on=joined)
        deregister(
            member.pk,
            reason=EndReason.DEATH,
            on=left,
            paper="свидетельство о смерти",
            paper_card=PaperCard.TAKEN,
            by=self.by,
        )

    def arrive(self) -> None:
        """Add an arrival with a paper card from an organisation outside the registry (V-B9)."""
        came = self.day(17)
        came_from = "Обнинская МО ВОИ" if self.departures else "ППО гимназии № 2, г. Рязань"
        values = {
            "joined_on": after_months(came, -70),
            "registered_on": came,
            "ticket_number": f"{self.keeper.pk:03d}9001",
        }
        self._newcomer(values, started_on=came, arrived_from=came_from)

    def _newcomer(self, known: dict[str, Any], **how: Any) -> Member:
        where = {"city": "Тула", "region": "Тульская область", "postcode": ""}
        if self.departures:
            values: dict[str, Any] = self.people.society_member(**where)
        else:
            values = self.people.union_member(workplace=self.keeper.passport.employer_name, **where)
        values |= known | {"confirmed_duplicate": True}
        if "arrived_from" not in how:
            how["ground"] = "учётная карточка"
        return register_person(organization=self.keeper, values=values, by=self.by, **how)

    def send_away(self) -> None:
        """Send three cards, by hand or by post."""
        for number, ago in enumerate(_DAYS_ON_THE_WAY):
            mailed = number == 1
            deregister(
                self.anybody().pk, reason=EndReason.DEPARTURE, on=self.day(ago), paper="личное заявление",
                paper_card=PaperCard.MAILED if mailed else PaperCard.HANDED,
                mail_number=str(30_000_000_000_000 + self.people.chance.randint(1, 10**9)) if mailed else "",
                destination=("Калужская область", "г. Воронеж", "к сыну в г. Рязань")[number], by=self.by,
            )  # fmt: skip

    def ask(self, target: Organization, reason: str) -> Transfer:
        """Request a transfer of a member to another organisation."""
        return transfers.request_departure(self.anybody().pk, target=target, reason=reason, by=self.by)

    def mark(self) -> None:
        """Add marks: a trip about to end, studies, a measure in force and one to be decided, proposed changes."""
        add_mark(
            self.anybody().pk, kind=MarkKind.TRIP, text="Вахта в Норильске", on=self.day(80),
            until=self.day(-20), by=self.by,
        )  # fmt: skip
        add_mark(
            self.anybody().pk, kind=MarkKind.STUDY, text="Повышение квалификации в Москве", on=self.day(40),
            until=self.day(-140), by=self.by,
        )  # fmt: skip
        measure = self._forward(ItemKind.DISCIPLINE, 60, title="Замечание за пропуск собраний без причины")
        self.board.through([measure], held_on=self.day(45), number="9")
        excluded = self._forward(ItemKind.EXCLUSION, 50, exclusion_reason="violation")
        self.board.through([excluded], held_on=self.day(20), number="10")
        decisions.note_item_notified(excluded.pk, on=self.day(18), way="in_person", by=self.by)
        self._forward(ItemKind.DISCIPLINE, 5, title="Выговор за невыполнение поручений")
        self._forward(ItemKind.DUPLICATE, 4, ticket_reason="lost", statement_on=timezone.localdate())
        # Proposals exist only where there are cells.
        asked = ({"phone_home": "+74872550133"}, {"street": "ул. Новая", "house": "12", "flat": "3"})
        for values in asked if self.keeper.charter.cell else ():
            proposals.propose(self.anybody().pk, values=values, ground="со слов члена организации", by=self.by)

    def _forward(self, kind: str, ago: int, *, title: str = "", **more: Any) -> AgendaItem:
        member = self.anybody()
        tail = self.keeper.charter.wording["member"].partition(" ")[2]
        title = title or usual_title(kind, member, tail=tail, **more)
        return decisions.put_forward(
            organization=self.keeper, kind=kind, title=title, member=member, filed_on=self.day(ago), by=self.by, **more
        )


def _reconcile(tree: Tree, years: list[_Year], today: dt.date, by: Actor) -> None:
    """Reconcile: last year all but one cell have reported; this year they are at different stages."""
    last = today.year - 1
    begun = max(dt.date(today.year, 1, 1), today - dt.timedelta(days=22))
    for number, opened_on in ((last, dt.date(last, 10, 15)), (today.year, begun)):
        for unit in units_to_reconcile(number):
            reconciliation.open_reconciliation(unit, number, today=opened_on, by=by)
    for number, year in enumerate(years):
        cells = [cell for cell in tree.primaries if cell.parent_id == year.keeper.pk]
        lagging = cells[-1 - number]
        reported = [year.keeper, *(cell for cell in cells if cell != lagging)]
        _accept(year, last, reported, min(dt.date(today.year, 1, 22), today), "2")
        _report(today.year, cells[1], by)
        _accept(year, today.year, [cells[2]], today - dt.timedelta(days=2), "14")
        mine = Reconciliation.objects.get(unit=cells[0], year=today.year)
        here = list(mine.lines.order_by("pk").values_list("member_id", flat=True))
        half: dict[int, str | dict[str, Any]] = dict.fromkeys(here[: len(here) // 2], "unchanged")
        half[here[1]], half[here[3]] = {"phone_home": "+74872550177"}, "missing"
        reconciliation.check(mine.pk, half, by=by)
    # The other organisations have finished last year's.
    done = {year.keeper.pk for year in years}
    for keeper in tree.locals:
        cells = [cell for cell in tree.primaries if cell.parent_id == keeper.pk]
        if keeper.pk not in done and Reconciliation.objects.filter(unit__in=cells, year=last).exists():
            other = _Year(keeper, tree, years[0].people, by)
            _accept(other, last, cells, min(dt.date(today.year, 1, 25), today), "3")


def _report(year: int, cell: Organization, by: Actor) -> AgendaItem:
    mine = Reconciliation.objects.get(unit=cell, year=year)
    here = mine.lines.values_list("member_id", flat=True)
    reconciliation.check(mine.pk, dict.fromkeys(here, "unchanged"), by=by)
    reconciliation.report(mine.pk, note="Сверено по картотеке ячейки; расхождений по людям нет.", by=by)
    return AgendaItem.objects.get(reconciliation=mine, state="waiting")


def _accept(own: _Year, year: int, cells: list[Organization], held_on: dt.date, number: str) -> None:
    items = [
        _report(year, cell, own.by) for cell in cells if Reconciliation.objects.filter(unit=cell, year=year).exists()
    ]
    # Reported at that time, entered now.
    filed_on = held_on - dt.timedelta(days=6)
    AgendaItem.objects.filter(pk__in=[item.pk for item in items]).update(filed_on=filed_on)
    own.board.through(items, held_on=held_on, number=number)
    sent = timezone.make_aware(dt.datetime.combine(filed_on, dt.time(11)))
    reports = Reconciliation.objects.filter(items__in=items)
    reports.update(reported_at=sent, accepted_on=held_on)
