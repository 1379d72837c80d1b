"""After any sequence of operations with blanks, every number is in exactly one place with its paper (V-C1)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from django.db.models import Model, QuerySet
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.tickets.enums import PaperKind, Place
from documents.tickets.integrity import balances_of_blanks, movements_have_a_balance, tickets_of_cards
from documents.tickets.models import Blank, BlankMovement, BlankPaper, BlankRange
from documents.tickets.ranges import NumberRange
from documents.tickets.transitions.issuing import post_issue, prepare_issue
from documents.tickets.transitions.stock import confirm_blanks, take_back_blanks
from documents.tickets.transitions.writing_off import destroy_blanks, move_issued, take_stock, write_off_blanks
from members.people.models import Member
from registry.errors import RuleViolation
from tests.conftest import examples

from .stocks import Stocks, empty, numbers, today

LAST = 40
SPAN = st.builds(
    lambda first, length: numbers(first, min(first + length, LAST)), st.integers(1, LAST), st.integers(0, 9)
)
SERIES = st.sampled_from(["", "А"])
STEPS = st.one_of(
    st.tuples(st.just("receive"), SPAN),
    st.tuples(st.just("hand_down"), SPAN),
    st.tuples(st.just("confirm"), SPAN),
    st.tuples(st.just("take_back")),
    st.tuples(st.just("write_off"), SPAN, st.sampled_from([PaperKind.SPOILED, PaperKind.LOST])),
    st.tuples(st.just("count"), st.lists(SPAN, max_size=3)),
    st.tuples(st.just("issue"), st.integers(0, 3)),
    st.tuples(st.just("move"), st.sampled_from([PaperKind.RETURN, PaperKind.LOST, PaperKind.CANCELLATION])),
    st.tuples(st.just("destroy")),
)
PEOPLE = [
    {"surname": surname, "snils": "", "ticket_number": ""} for surname in ("Абрамова", "Белова", "Власова", "Громова")
]
VOID = [Place.RETURNED, Place.SPOILED, Place.CANCELLED]
M = TypeVar("M", bound=Model)
COMMISSION = ["председатель Громов Г. Г.", "член Швец Ш. Ш."]


@dataclass
class Drive:
    """A federation in which steps are tried; checks that a refused step changes nothing."""

    held: Stocks
    members: list[Member] = field(default_factory=list)

    def step(self, verb: str, *values: object) -> None:
        before = self.places()
        try:
            getattr(self, verb)(*values)
        except RuleViolation:
            assert self.places() == before

    def places(self) -> Counter[tuple[str, int, str, int]]:
        found: Counter[tuple[str, int, str, int]] = Counter()
        for one in self.ours(BlankRange):
            found.update((one.series, n, one.place, one.organization_id) for n in range(one.first, one.last + 1))
        found.update(self.ours(Blank).values_list("series", "number", "state", "organization_id"))
        return found

    def ours(self, model: type[M]) -> QuerySet[M]:
        return model._default_manager.filter(federation=self.held.place.head.federation)

    def to_confirm(self) -> BlankPaper | None:
        return BlankPaper.objects.to_confirm().filter(organization=self.held.place.head).first()

    def receive(self, span: NumberRange) -> None:
        self.held.receive(span)

    def hand_down(self, span: NumberRange) -> None:
        self.held.hand_down(span, to=self.held.place.keeper)

    def confirm(self, span: NumberRange) -> None:
        act = self.to_confirm()
        if act is not None:
            sent = [one.range for one in act.ranges_on_the_way.all()]
            parts = [
                one.part(max(one.first, span.first), min(one.last, span.last)) for one in sent if one.overlaps(span)
            ]
            confirm_blanks(act.pk, accepted=parts, by=self.held.place.chair)

    def take_back(self) -> None:
        act = self.to_confirm()
        if act is not None:
            take_back_blanks(act.pk, by=self.held.head_chair)

    def write_off(self, span: NumberRange, kind: PaperKind) -> None:
        write_off_blanks(
            self.held.place.keeper.pk, kind="ticket", paper_kind=kind, numbers=[span], made_on=today(),
            note="намокли", by=self.held.place.chair,
        )  # fmt: skip

    def count(self, spans: list[NumberRange]) -> None:
        take_stock(
            self.held.place.keeper.pk, kind="ticket", counted=spans, made_on=today(), note="пересчёт",
            signed_by=COMMISSION, by=self.held.place.chair,
        )  # fmt: skip

    def issue(self, who: int) -> None:
        keeper, chair = self.held.place.keeper, self.held.place.chair
        sheet = prepare_issue(keeper.pk, kind="ticket", members=[self.members[who].pk], made_on=today(), by=chair)
        post_issue(sheet.pk, made_on=today(), by=chair)

    def move(self, kind: PaperKind) -> None:
        chosen = self.ours(Blank).order_by("-number").values_list("pk", flat=True)[:2]
        move_issued(
            self.held.place.keeper.pk, paper_kind=kind, blanks=list(chosen), made_on=today(), note="порвался",
            by=self.held.place.chair,
        )  # fmt: skip

    def destroy(self) -> None:
        void = self.ours(Blank).filter(state__in=VOID).values_list("pk", flat=True)[:2]
        destroy_blanks(
            self.held.place.keeper.pk, kind="ticket", blanks=list(void), made_on=today(), way="сожжены",
            signed_by=COMMISSION, by=self.held.place.chair,
        )  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=examples(25), deadline=None)
@given(st.lists(STEPS, min_size=4, max_size=14))
def test_every_number_is_in_one_place_and_the_books_agree(
    steps: list[tuple[object, ...]],
) -> None:
    held = empty()
    people = [held.place.put(**PEOPLE[n], confirmed_duplicate=True) for n in range(len(PEOPLE))]
    drive = Drive(held, people)
    for verb, *values in steps:
        drive.step(str(verb), *values)
    found = drive.places()
    assert set(found.values()) <= {1}
    assert len({(series, number) for series, number, _place, _organization in found}) == len(found)
    received = sum(m.last - m.first + 1 for m in drive.ours(BlankMovement).filter(giver=None))
    assert len(found) == received
    for check in (balances_of_blanks, movements_have_a_balance, tickets_of_cards):
        assert list(check()) == []
