"""After any sequence of steps with people, every invariant holds and everybody is counted exactly once (N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dues.ledger.models import LedgerEntry
from dues.ledger.transitions import charge_new_year
from dues.payments.transitions import record_payment, reverse_payment
from members.admission.enums import ApplicationState
from members.admission.models import Application
from members.admission.transitions.applications import restore_application, withdraw_application
from members.book.enums import EndReason
from members.book.models import BookLine
from members.lists.batches import set_columns, upload_list
from members.lists.models import ImportBatch
from members.lists.transitions.batches import apply_batch, undo_batch
from members.meetings.enums import ItemKind, ItemState
from members.meetings.models import AgendaItem, Appeal
from members.meetings.transitions import agenda, appeals, decisions
from members.movement.enums import PaperCard, TransferState
from members.movement.models import Transfer
from members.movement.transitions import transfers
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister, take_back_leaving
from members.people.models import CardMark, Member
from members.people.transitions.cards import edit_card
from members.people.transitions.cells import assign_cell
from members.people.transitions.marks import add_mark, end_absence, take_back_mark
from members.reconciliation.models import ChangeProposal, Reconciliation
from members.reconciliation.transitions import proposals, reconciliation
from registry import integrity
from registry.access import Actor
from registry.enums import Level, Role
from registry.errors import NotAllowed, RuleViolation
from registry.files import storage
from registry.organizations.models import Figures, Organization
from tests.conftest import examples
from tests.members import applicants, places, sessions
from tests.members.reconciliations import open_year
from tests.registry import trees

TODAY = timezone.localdate()
#: A person's place: registered at, in transit from, or nowhere.
Where = tuple[str, int]
GONE: Where = ("gone", 0)
_WORDS = "абвгдежзик"


@dataclass
class Side:
    """An organisation that keeps cards, with its officers."""

    keeper: Organization
    cells: list[Organization]
    chair: Actor
    region: Organization
    region_chair: Actor


@dataclass
class Life:
    """The registry, and an independent model of it: a dictionary of where everybody is."""

    sides: list[Side]
    federal: Actor
    put: Callable[..., Member]
    place: places.Place
    where: dict[int, Where] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    chairs: dict[int, Actor] = field(default_factory=dict)
    number: int = 0

    # The records that a step may choose, whether or not the step is allowed for them.

    def side_of(self, member: Member) -> Side:
        kept = self.where.get(member.pk, GONE)
        return next((side for side in self.sides if kept == ("on", side.keeper.pk)), self.sides[0])

    def side(self, organization_id: int) -> Side:
        return next(s for s in self.sides if organization_id in {s.keeper.pk, s.region.pk})

    def chair_of(self, cell: Organization) -> Actor:
        if cell.pk not in self.chairs:
            self.chairs[cell.pk] = trees.officer(cell, Role.CHAIR)
        return self.chairs[cell.pk]

    def found_now(self, side: Side) -> None:
        """Add the people registered at the side by the last step to the model."""
        for pk in Member.objects.filter(organization=side.keeper, state="on_account").values_list("pk", flat=True):
            self.where.setdefault(pk, ("on", side.keeper.pk))

    def name(self) -> str:
        self.number += 1
        return "Живущий" + "".join(_WORDS[int(digit)] for digit in str(self.number))

    # Coming

    def register_person(self, a: int, b: int) -> None:
        side = self.sides[a % 2]
        own = {"surname": self.name(), "snils": "", "ticket_number": f"77{self.number:04d}", "paper_number": ""}
        cell = {"cell": side.cells[b % 2].pk} if side.cells and b % 3 else {}
        place = places.Place(
            self.place.head, side.region, side.keeper, side.cells, side.chair, side.region_chair, self.place.reviewer
        )
        member = place.put(**own, **cell)
        self.where[member.pk] = ("on", side.keeper.pk)

    def apply(self, a: int, b: int) -> None:
        applicants.apply(self.place, surname=self.name(), paper_number="", snils="")

    def withdraw(self, a: int, b: int) -> None:
        withdraw_application(pick(Application.objects.all(), a).pk, by=self.place.chair)

    def restore(self, a: int, b: int) -> None:
        restore_application(pick(Application.objects.all(), a).pk, by=self.place.chair)

    def decide_on_applications(self, a: int, b: int) -> None:
        waiting = Application.objects.filter(state=ApplicationState.FILED, organization=self.place.keeper)
        chosen = [application.pk for application in waiting[: 1 + a % 3]]
        meeting = sessions.planned(self.place.keeper, self.place.chair, held_on=TODAY)
        (item, *_more) = agenda.put_on(meeting.pk, applications=chosen, by=self.place.chair)
        sessions.held(meeting, self.place.chair)
        sessions.decided(item, self.place.chair, adopted=bool(b % 3))
        self.found_now(self.sides[0])

    def reverse(self, a: int, b: int) -> None:
        item = pick(AgendaItem.objects.filter(state__in=[ItemState.ADOPTED, ItemState.REJECTED]), a)
        was = item.state
        admitted = list(Application.objects.filter(item=item).exclude(member=None).values_list("member_id", flat=True))
        side = self.side(item.organization_id)
        decisions.reverse_decision(
            item.pk, by=side.chair if item.organization_id == side.keeper.pk else side.region_chair
        )
        if item.kind == ItemKind.ADMISSION and was == ItemState.ADOPTED:
            self.where.update(dict.fromkeys(admitted, GONE))
        if item.kind == ItemKind.EXCLUSION and was == ItemState.ADOPTED:
            self.where[item.member_id or 0] = ("on", side.keeper.pk)

    def appeal(self, a: int, b: int) -> None:
        decided = AgendaItem.objects.filter(state__in=[ItemState.ADOPTED, ItemState.REJECTED])
        item = pick(decided.filter(kind__in=[ItemKind.ADMISSION, ItemKind.EXCLUSION]), a)
        refused = Application.objects.filter(item=item, state=ApplicationState.REFUSED).first()
        by = self.side(item.organization_id).region_chair
        appeals.receive_appeal(item.pk, application_id=refused.pk if refused else None, received_on=TODAY, by=by)

    def decide_on_appeal(self, a: int, b: int) -> None:
        appeal = pick(Appeal.objects.all(), a)
        item = AgendaItem.objects.get(appeal=appeal, state=ItemState.WAITING)
        if b % 4 == 0:
            appeals.withdraw_appeal(appeal.pk, by=self.side(item.organization_id).region_chair)
            return
        self._decide(item, b)
        self.found_now(self.sides[0])
        if b % 3 and appeal.against.kind == ItemKind.EXCLUSION:
            self.where[appeal.against.member_id or 0] = ("on", appeal.against.organization_id)

    def list_of_people(self, a: int, b: int) -> None:
        side = self.sides[a % 2]
        rows = "".join(f"{self.name()} Пётр Ильич;01.02.19{60 + n};м\n" for n in range(1 + b % 3))
        data = ("ФИО;Дата рождения;Пол\n" + rows).encode()
        batch = upload_list(organization=side.keeper, data=data, name="list.csv", by=side.chair)
        set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=side.chair)
        apply_batch(batch.pk, by=side.chair)
        self.found_now(side)

    def undo_list(self, a: int, b: int) -> None:
        batch = pick(ImportBatch.objects.all(), a)
        on_it = list(Member.objects.filter(batch=batch).values_list("pk", flat=True))
        undo_batch(batch.pk, by=self.side(batch.organization_id).chair)
        # Members who have moved on since then stay where they are.
        left = set(Member.objects.filter(pk__in=on_it).values_list("pk", flat=True))
        self.where.update(dict.fromkeys(set(on_it) - left, GONE))

    # Living

    def edit(self, a: int, b: int) -> None:
        member = pick(Member.objects.all(), a)
        values: dict[str, Any] = {"surname": self.name()} if b % 2 else {"workplace": f"Почта {b}"}
        edit_card(member.pk, values=values, version=None, by=self.side_of(member).chair)

    def move_cell(self, a: int, b: int) -> None:
        side = self.sides[a % 2]
        here = list(Member.objects.filter(organization=side.keeper).values_list("pk", flat=True)[: b % 4])
        assign_cell(here, cell=side.cells[b % 2] if b % 3 and side.cells else None, by=side.chair)

    def mark(self, a: int, b: int) -> None:
        member = pick(Member.objects.all(), a)
        kind = ("trip", "study", "other")[b % 3]
        add_mark(member.pk, kind=kind, text="Вахта", on=TODAY - dt.timedelta(days=b), by=self.side_of(member).chair)

    def end_mark(self, a: int, b: int) -> None:
        mark = pick(CardMark.objects.all(), a)
        by = self.side_of(mark.member).chair
        if b % 2:
            end_absence(mark.pk, on=TODAY, by=by)
        else:
            take_back_mark(mark.pk, by=by)

    def propose(self, a: int, b: int) -> None:
        member = pick(Member.objects.all(), a)
        proposals.propose(member.pk, values={"workplace": f"Завод {b}"}, by=self.side_of(member).chair)

    def settle(self, a: int, b: int) -> None:
        proposal = pick(ChangeProposal.objects.all(), a)
        by = self.side_of(proposal.member).chair
        if b % 3 == 2:
            proposals.withdraw(proposal.pk, by=by)
        else:
            proposals.settle([proposal.pk] if b % 3 else [], {} if b % 3 else {proposal.pk: "Нет"}, by=by)

    def put_forward(self, a: int, b: int) -> None:
        member = pick(Member.objects.all(), a)
        side = self.side_of(member)
        kind = (ItemKind.EXCLUSION, ItemKind.EXCLUSION, ItemKind.DISCIPLINE, ItemKind.DUPLICATE)[b % 4]
        given: dict[str, Any] = {"exclusion_reason": "violation"} if kind == ItemKind.EXCLUSION else {}
        given |= {"ticket_reason": "lost", "statement_on": timezone.localdate()} if kind == ItemKind.DUPLICATE else {}
        decisions.put_forward(
            organization=side.keeper, kind=kind, title="Вопрос", member=member, by=side.chair, **given
        )

    def decide_item(self, a: int, b: int) -> None:
        item = pick(AgendaItem.objects.filter(state=ItemState.WAITING).exclude(kind=ItemKind.APPEAL), a)
        if b % 5 == 0:
            decisions.drop_item(item.pk, by=self.side(item.organization_id).chair)
            return
        self._decide(item, b)
        if b % 3 and item.kind == ItemKind.EXCLUSION:
            self.where[item.member_id or 0] = GONE

    def _decide(self, item: AgendaItem, b: int) -> None:
        side = self.side(item.organization_id)
        own, by = (
            (side.keeper, side.chair) if item.organization_id == side.keeper.pk else (side.region, side.region_chair)
        )
        meeting = sessions.planned(own, by, held_on=TODAY)
        agenda.put_on(meeting.pk, items=[item.pk], by=by)
        sessions.held(meeting, by)
        sessions.decided(item, by, adopted=bool(b % 3))

    def pay(self, a: int, b: int) -> None:
        member = pick(Member.objects.all(), a)
        fee, year = [("annual", TODAY.year - 1), ("annual", TODAY.year), ("entrance", None), ("percent", TODAY.year)][
            b % 4
        ]
        self.number += 1
        record_payment(
            member.pk, fee=fee, year=year, amount=Decimal(1 + a), made_on=TODAY, paper="Ведомость",
            key=str(self.number), by=self.side_of(member).chair,
        )  # fmt: skip

    def take_payment_back(self, a: int, b: int) -> None:
        entry = pick(LedgerEntry.objects.filter(kind="payment"), a)
        reverse_payment(entry.pk, reason="Ошибка", by=self.sides[b % 2].chair)

    def new_year(self, a: int, b: int) -> None:
        side = self.sides[a % 2]
        charge_new_year(side.keeper.pk, TODAY.year - b % 2, by=side.chair)

    def open_reconciliation(self, a: int, b: int) -> None:
        open_year(TODAY.year - a % 2, today=TODAY, by=trees.INSTALLATION)

    def reconcile(self, a: int, b: int) -> None:
        one = pick(Reconciliation.objects.all(), a)
        side = next(s for s in self.sides if one.unit_id in {s.keeper.pk, *(cell.pk for cell in s.cells)})
        by = side.chair if one.unit_id == side.keeper.pk else self.chair_of(one.unit)
        if b % 5 == 4:
            reconciliation.take_back(one.pk, by=by)
            return
        values = ("unchanged", "missing", {"workplace": f"Фабрика {b}"})
        here = list(one.lines.exclude(member=None).values_list("member_id", flat=True))
        reconciliation.check(one.pk, {pk: values[(b + n) % 3] for n, pk in enumerate(here)}, by=by)
        reconciliation.report(one.pk, note="Расхождений нет", by=by)

    # Going and arriving

    def deregister(self, a: int, b: int) -> None:
        member = pick(Member.objects.all(), a)
        side = self.side_of(member)
        reason = (*side.keeper.charter.end_reasons, EndReason.DEPARTURE)[b % (len(side.keeper.charter.end_reasons) + 1)]
        departure = deregister(
            member.pk, reason=reason, on=TODAY, paper_card=PaperCard.HANDED, destination="Калуга", by=side.chair
        )
        self.where[member.pk] = ("way", side.keeper.pk) if departure.code else GONE
        if departure.code:
            self.codes[departure.transfer_id] = departure.code

    def take_leaving_back(self, a: int, b: int) -> None:
        line = pick(BookLine.objects.exclude(left_on=None), a)
        member = take_back_leaving(line.pk, by=self.sides[b % 2].chair)
        self.where[member.pk] = ("on", member.organization_id or 0)

    def call_off(self, a: int, b: int) -> None:
        transfer = pick(Transfer.objects.all(), a)
        transfers.call_off(transfer.pk, by=self.side(transfer.source_id).chair)
        self.where[transfer.member_id] = ("on", transfer.source_id)

    def renew_code(self, a: int, b: int) -> None:
        transfer = pick(Transfer.objects.all(), a)
        _transfer, self.codes[transfer.pk] = transfers.renew_code(transfer.pk, by=self.side(transfer.source_id).chair)

    def arrive(self, a: int, b: int) -> None:
        transfer = pick(Transfer.objects.exclude(state=TransferState.REQUESTED), a)
        side = self.sides[b % 2]
        code = self.codes.get(transfer.pk, "") if b % 5 else "AAAA-BBBB-CCCC"
        transfers.arrive(
            organization=side.keeper, ticket_number=transfer.ticket_number, code=code, on=TODAY, by=side.chair,
            cell=side.cells[0] if side.cells and b % 3 else None,
        )  # fmt: skip
        self.where[transfer.member_id] = ("on", side.keeper.pk)

    def ask_for(self, a: int, b: int) -> None:
        member = pick(Member.objects.all(), a)
        here = self.side_of(member)
        there = next(side for side in self.sides if side is not here)
        if b % 3:
            transfers.request_departure(member.pk, target=there.keeper, by=here.chair)
        else:
            transfers.request_arrival(
                organization=there.keeper, surname=member.surname, given_name=member.given_name,
                patronymic=member.patronymic, birth_date=member.birth_date or TODAY, by=there.chair,
            )  # fmt: skip

    def answer(self, a: int, b: int) -> None:
        transfer = pick(Transfer.objects.exclude(state=TransferState.IN_TRANSIT), a)
        other = self.side(transfers.rules.other_side(transfer).pk)
        way = b % 5
        if way == 0:
            transfers.decline(transfer.pk, answer="Не знаем такого", by=other.chair)
        elif way == 1:
            transfers.withdraw(transfer.pk, by=self.side(transfer.asked_by_id or transfer.source_id).chair)
        elif way == 2:
            Transfer.objects.filter(pk=transfer.pk).update(answer_by=TODAY - dt.timedelta(days=1))
            transfers.decide(transfer.pk, carry_out=bool(a % 2), answer="Так решено", by=self.federal)
        else:
            transfers.confirm(transfer.pk, by=other.chair)
        transfer.refresh_from_db()
        if transfer.state == TransferState.ARRIVED:
            self.where[transfer.member_id] = ("on", transfer.target_id or 0)

    def erase(self, a: int, b: int) -> None:
        member = pick(Member.objects.filter(last_organization__isnull=False), a)
        if self.where.get(member.pk) == GONE:
            Member.objects.filter(pk=member.pk).exclude(erase_after=None).update(erase_after=TODAY)
        erase(member.pk, by=self.side(member.last_organization_id or 0).chair)
        assert self.where.pop(member.pk) == GONE


STEPS: dict[str, Callable[[Life, int, int], None]] = {
    name: step
    for name, step in vars(Life).items()
    if not name.startswith("_") and callable(step) and name not in {"side_of", "side", "chair_of", "found_now", "name"}
}


class Nothing(Exception):
    """Raised if there is no record for the step yet."""


def pick(queryset: Any, number: int) -> Any:
    rows = list(queryset.order_by("pk"))
    if not rows:
        raise Nothing
    return rows[number % len(rows)]


def settle_in(place: places.Place) -> Life:
    """Create two organisations in different regions with two people each, and take some first steps."""
    region = trees.below(place.head, Level.REGIONAL, "Калужская РО")
    keeper = trees.below(region, place.keeper.level, "Боровская организация")
    cells = [trees.below(keeper, Level.PRIMARY, f"Ячейка № {n}") for n in (1, 2)] if place.cells else []
    other = Side(
        trees.again(keeper), cells, trees.officer(keeper, Role.CHAIR, "Сомов"), trees.again(region),
        trees.officer(region, Role.CHAIR, "Титова"),
    )  # fmt: skip
    own = Side(place.keeper, place.cells, place.chair, place.region, place.region_chair)
    life = Life([own, other], trees.officer(place.head, Role.CHAIR, "Фёдорова"), place.put, place)
    for number in range(4):
        life.register_person(number, number)
    # First steps: somebody was refused, somebody excluded, somebody is in transit or has left.
    life.apply(0, 0)
    life.decide_on_applications(0, 3)
    life.put_forward(0, 0)
    life.decide_item(0, 1)
    life.deregister(1, 0)
    return life


def counted(life: Life) -> dict[Where, int]:
    found = {}
    for figures in Figures.objects.filter(pk__in=[side.keeper.pk for side in life.sides]):
        cells = next(side.cells for side in life.sides if side.keeper.pk == figures.pk)
        own = Figures.objects.filter(pk__in=[figures.pk, *(cell.pk for cell in cells)])
        found["on", figures.pk] = Member.objects.filter(organization=figures.pk, state="on_account").count()
        found["way", figures.pk] = sum(own.values_list("in_transit", flat=True))
        assert sum(own.values_list("members", flat=True)) == found["on", figures.pk]
    return {where: number for where, number in found.items() if number}


@pytest.mark.django_db
@pytest.mark.parametrize("charter", ["voi", "education_union"])
@settings(max_examples=examples(12), deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 11), st.integers(0, 29)), min_size=20, max_size=35
    )
)
def test_n_d1_after_any_sequence_of_transitions_everybody_is_counted_once_in_the_right_place(
    charter: str, steps: list[tuple[str, int, int]]
) -> None:
    # Each example begins with an empty registry and no files.
    with transaction.atomic():
        live(settle_in(places.of(charter)), steps)
        transaction.set_rollback(True)
    for path in storage.orphans()[1]:
        path.unlink()


def live(life: Life, steps: list[tuple[str, int, int]]) -> None:
    for verb, a, b in steps:
        try:
            STEPS[verb](life, a, b)
        # `DoesNotExist`: outside the actor's scope, so it does not exist for them.
        except (RuleViolation, NotAllowed, Nothing, ObjectDoesNotExist):
            continue
    assert counted(life) == Counter(where for where in life.where.values() if where != GONE)
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}
