"""Distribution of income by decisions, money passed on over three levels, acts of reconciliation (V-D7, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from dues.bank.loading import load_file
from dues.distribution.enums import ActState, RemittanceState
from dues.distribution.models import (
    Distribution,
    DistributionDecision,
    DistributionLine,
    DistributionShare,
    Remittance,
    SettlementAct,
    received_between,
)
from dues.distribution.queries import by_organization, owed_from_below, owed_upward, split_into_shares, statement
from dues.distribution.rules import check_period, check_period_of_act, check_shares
from dues.distribution.transitions import (
    answer_act,
    distribute,
    draw_act,
    report_not_found,
    take_decision_back,
    take_distribution_back,
    take_remittance_back,
)
from dues.ledger.enums import AccountKind
from dues.ledger.models import BookAccount, LedgerEntry
from dues.ledger.rules.holdings import held_by
from dues.ledger.transitions import close_books
from dues.payments.transitions import reverse_payment
from members.movement.rules.obstacles import settlement_obstacles
from members.movement.rules.organizations import liquidation_blockers, merge_blockers
from members.movement.transitions.organizations import move_organization
from registry.access import Actor
from registry.accounts.models import Appointment
from registry.days import EARLIEST, day_text
from registry.enums import Level
from registry.errors import NotAllowed
from registry.organizations.models import Organization, OrganizationPassport
from tests.conftest import examples
from tests.dues.bank.world import OWN, paid_out
from tests.dues.bank.world import statement as statement_of
from tests.dues.test_ledger import wrong
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

from .world import DAY, PAID_ON, TODAY, UNTIL, Sharing, sharing

pytestmark = pytest.mark.django_db
KOPECK = Decimal("0.01")


@pytest.fixture
def w() -> Sharing:
    """A world with 100.01 roubles received, with shares of 30 % for the region and 12.5 % for the head."""
    w = sharing()
    w.decide((w.local, "57.50"), (w.region, "30.00"), (w.head, "12.50"))
    w.pay("100.01")
    return w


def sums(distribution: Distribution) -> list[Decimal]:
    return list(distribution.lines.values_list("amount", flat=True))


def upward(organization: Organization) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    found = owed_upward(organization)
    return {one.organization.pk: (one.owed, one.settled, one.open) for one in found}


def test_v_d7_what_is_left_of_a_kopeck_stays_with_the_organisation(w: Sharing) -> None:
    made = w.share()
    # 30 % is 30.003, and 12.5 % is 12.50125.
    assert (made.received, made.corrections, sums(made)) == (
        Decimal("100.01"), 0, [Decimal("57.51"), Decimal("30.00"), Decimal("12.50")],
    )  # fmt: skip
    assert upward(w.local) == {w.region.pk: (30, 0, 30), w.head.pk: (Decimal("12.50"), 0, Decimal("12.50"))}
    assert [(one.organization, one.open) for one in owed_from_below(w.region)] == [(w.local, 30)]
    assert [(one.organization, one.open) for one in owed_from_below(w.head)] == [(w.local, Decimal("12.50"))]
    assert wrong() == []


@given(
    amount=st.integers(1, 10**9),
    parts=st.lists(st.integers(1, 9_999), min_size=0, max_size=5).filter(lambda parts: sum(parts) < 10_000),
)
@settings(max_examples=examples(200), deadline=None)
@pytest.mark.once
def test_v_d7_shares_come_to_the_sum_and_only_the_first_is_more_than_its_percent(amount: int, parts: list[int]) -> None:
    percents = [10_000 - sum(parts), *parts]
    shares = [DistributionShare(position=at, percent=Decimal(part) / 100) for at, part in enumerate(percents, 1)]
    found = split_into_shares(Decimal(amount) / 100, shares)
    assert sum(found) == Decimal(amount) / 100
    exact = [Decimal(amount) * part / 1_000_000 for part in percents]
    assert all(0 <= right - got < KOPECK for right, got in zip(exact[1:], found[1:], strict=True))
    assert 0 <= found[0] - exact[0] < KOPECK * len(percents)


def test_n_d2_a_period_is_distributed_once(w: Sharing) -> None:
    w.share()
    before = LedgerEntry.objects.count()
    for last in (UNTIL, PAID_ON):
        with refused("N-D2", field="last"):
            w.share(last)
    assert (LedgerEntry.objects.count(), Distribution.objects.count()) == (before, 1)


def test_n_d1_reversals_and_late_payments_are_taken_into_the_next_period(w: Sharing) -> None:
    w.share(PAID_ON)
    assert received_between(w.local, PAID_ON, PAID_ON) == Decimal("100.01")
    entry = LedgerEntry.objects.get(kind="payment")
    w.pay("10.00")  # the income of this day is already distributed
    assert received_between(w.local, PAID_ON, PAID_ON) == Decimal("110.01")
    w.pay("30.00", UNTIL)
    made = w.share(UNTIL)
    assert (made.received, made.corrections, made.amount) == (30, 10, 40)
    reverse_payment(entry.pk, reason="Ошибка", by=w.chair)
    assert received_between(w.local, TODAY, TODAY) == -Decimal("100.01")
    assert wrong() == []


def test_v_d7_nothing_is_distributed_while_less_than_nothing_was_received() -> None:
    w = sharing()
    w.decide((w.local, "100.00"))
    with refused("V-D7", field="last"):
        w.share()
    w.pay("0.01")
    assert sums(w.share()) == [KOPECK]


def test_v_d7_each_organisation_shares_by_its_own_decisions() -> None:
    w = sharing()
    w.decide((w.region, "60.00"), (w.head, "40.00"), by=w.region_chair, valid_from=PAID_ON - 31 * DAY)
    own = w.decide((w.local, "70.00"), (w.region, "30.00"))
    w.pay("10.00")
    made = w.share()
    assert (made.decision, made.first, sums(made)) == (own, own.valid_from, [7, 3])


def test_n_d2_a_form_passes_money_on_once(w: Sharing) -> None:
    w.share()
    first = w.send("10.00", key="form")
    assert [w.send("10.00", key=key) == first for key in ("form", "another")] == [True, False]
    assert sorted(Remittance.objects.values_list("amount", flat=True)) == [10, 10]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"first": None}, "V-D7"),
        ({"last": TODAY}, "V-D7"),
        ({"last": PAID_ON - DAY}, "V-D7"),
        ({"next_from": UNTIL}, "V-D7"),
        ({"done_until": UNTIL}, "N-D2"),
    ],
)
def test_v_d7_the_period_has_passed_and_has_one_decision(changed: dict[str, Any], rule: str) -> None:
    good: dict[str, Any] = {"first": PAID_ON, "last": UNTIL, "done_until": None, "today": TODAY, "next_from": TODAY}
    assert check_period(**good) == PAID_ON
    with refused(rule):
        check_period(**{**good, **changed})


def test_v_d7_a_distribution_is_made_after_its_period_and_in_open_books(w: Sharing) -> None:
    for made_on in (UNTIL, TODAY + DAY):
        with refused("V-D7", field="made_on"):
            distribute(w.local.pk, last=UNTIL, made_on=made_on, by=w.chair)
    made = distribute(w.local.pk, last=PAID_ON, made_on=UNTIL, by=w.chair)
    assert set(LedgerEntry.objects.filter(kind="move").values_list("made_on", flat=True)) == {made.made_on} == {UNTIL}


def test_v_d7_each_period_is_shared_by_the_decision_of_its_days(w: Sharing) -> None:
    w.decide((w.local, "50.00"), (w.region, "50.00"), valid_from=UNTIL, number="5")
    w.pay("10.00", UNTIL)
    with refused("V-D7", field="last"):
        w.share(UNTIL)
    assert sums(w.share(PAID_ON))[1] == 30
    assert sums(w.share(UNTIL)) == [5, 5]


def test_v_d7_shares_are_of_the_organisation_and_its_superiors_and_come_to_hundred() -> None:
    w = sharing()
    own, region, other = w.local, w.region, places.voi().keeper
    check_shares(own, [(own, "", Decimal("99.99")), (region, "", KOPECK)])
    for shares in (
        [(own, "", Decimal("99.98")), (region, "", KOPECK)],
        [(own, "", Decimal(100)), (region, "", KOPECK)],
        [(region, "", Decimal(100))],
        [],
        [(own, "", Decimal(50)), (other, "", Decimal(50))],
        [(own, "", Decimal(50)), (w.place.cells[0], "", Decimal(50))],
        [(own, "", Decimal(101)), (region, "", Decimal(-1))],
        [(own, "", Decimal("99.999")), (region, "", Decimal("0.001"))],
    ):
        with refused("V-D7"):
            check_shares(own, shares)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"body": " "}, "body"),
        ({"number": ""}, "number"),
        ({"decided_on": TODAY + DAY}, "decided_on"),
        ({"valid_from": UNTIL}, "valid_from"),
        ({"valid_from": PAID_ON - 30 * DAY}, "valid_from"),
    ],
)
def test_v_d7_a_decision_has_body_number_and_a_day_that_is_not_distributed(
    w: Sharing, changed: dict[str, Any], field: str
) -> None:
    w.share()
    with refused("V-D7", field=field):
        w.decide((w.local, "100.00"), **{"valid_from": TODAY, **changed})
    w.decide((w.local, "100.00"), valid_from=TODAY)


def test_n_d1_only_a_decision_that_was_not_used_is_deleted(w: Sharing) -> None:
    extra = w.decide((w.local, "100.00"), valid_from=TODAY)
    w.share()
    take_decision_back(extra.pk, by=w.chair)
    with refused("N-D1"):
        take_decision_back(DistributionDecision.objects.get().pk, by=w.chair)


def test_n_d1_the_last_distribution_is_taken_back_in_the_books_of_both(w: Sharing) -> None:
    first = w.share(PAID_ON)
    w.pay("10.00", UNTIL)
    last = w.share(UNTIL)
    with refused("N-D1"):
        take_distribution_back(first.pk, reason="Ошибка", by=w.chair)
    with refused("N-D1", field="reason"):
        take_distribution_back(last.pk, reason=" ", by=w.chair)
    take_distribution_back(last.pk, reason="Не тот день", by=w.chair)
    with refused("N-D1"):
        take_distribution_back(last.pk, reason="Ещё раз", by=w.chair)
    assert upward(w.local)[w.region.pk] == (30, 0, 30)
    assert [one.open for one in owed_from_below(w.region)] == [30]
    sent = w.send("30.00")
    with refused("N-D1"):
        take_distribution_back(first.pk, reason="Ошибка", by=w.chair)
    take_remittance_back(sent.pk, reason="Ошибка", by=w.chair)
    take_distribution_back(first.pk, reason="Ошибка", by=w.chair)
    assert (w.share(UNTIL).amount, wrong()) == (Decimal("110.01"), [])


def test_n_d1_two_shares_of_a_superior_are_taken_back_together_or_not_at_all() -> None:
    w = sharing()
    w.pay("100.00")
    w.decide((w.local, "20.00"), (w.region, "40.00"), (w.region, "40.00"))
    made = w.share()
    w.send("0.01")
    with refused("N-D1", match="Деньги этого распределения уже переданы"):
        take_distribution_back(made.pk, reason="Ошибка", by=w.chair)
    take_remittance_back(Remittance.objects.get().pk, reason="Ошибка", by=w.chair)
    take_distribution_back(made.pk, reason="Ошибка", by=w.chair)
    assert ([one.open for one in owed_upward(w.local)], wrong()) == ([0], [])


def test_v_d7_money_is_passed_on_over_three_levels(w: Sharing) -> None:
    w.share()
    sent = w.send("30.00")
    assert upward(w.local)[w.region.pk] == (30, 30, 0)
    (claim,) = owed_from_below(w.region)
    assert (claim.owed, claim.settled, claim.open, claim.on_the_way) == (30, 0, 30, 30)
    assert wrong() == []
    w.confirm(sent)
    assert (Remittance.objects.get().state, owed_from_below(w.region)[0].open) == (RemittanceState.RECEIVED, 0)
    # The region itself distributes what it has received.
    decided = {"by": w.region_chair, "valid_from": TODAY - 60 * DAY}
    w.decide((w.region, "60.00"), (w.head, "40.00"), **decided)
    assert received_between(w.region, TODAY, TODAY) == 30
    with refused("V-D7", field="last"):
        distribute(w.region.pk, last=UNTIL, by=w.region_chair)
    assert {row["organization"]: row["raised"] for row in by_organization(w.head_chair)} == {
        w.local.pk: Decimal("42.50")
    }
    assert wrong() == []


@pytest.mark.parametrize(
    ("amount", "changed", "field"),
    [
        ("30.01", {}, "amount"),
        ("0.00", {}, "amount"),
        ("0.001", {}, "amount"),
        ("NaN", {}, "amount"),
        ("30.00", {"made_on": TODAY + DAY}, "made_on"),
        ("30.00", {"paper": " "}, "paper"),
        ("30.00", {"source": "bank"}, "source"),
    ],
)
def test_v_d7_only_what_is_owed_is_passed_on_by_a_paper(
    w: Sharing, amount: str, changed: dict[str, Any], field: str
) -> None:
    w.share()
    with refused("V-D7", field=field):
        w.send(amount, **changed)
    with refused("N-D1", field="amount"):
        # The cash desk is empty.
        w.send("30.00", source="cash", paid_to="Дубову Петру")


@pytest.mark.parametrize("stated_first", [True, False])
def test_n_d1_money_passed_on_by_the_bank_is_taken_from_the_account_once(w: Sharing, stated_first: bool) -> None:
    OrganizationPassport.objects.update_or_create(organization=w.local, defaults={"account": OWN})
    w.share()
    file = statement_of(paid_out("30.00", purpose="Доля региону"))
    if stated_first:
        load_file(w.local, file, by=w.chair)
    w.send("30.00", source="bank")
    if not stated_first:
        load_file(w.local, file, by=w.chair)
    accounts = BookAccount.objects.filter(organization=w.local, kind__in=("bank", "other"))
    assert {account.kind: held_by(account) for account in accounts} == {"bank": -30, "other": 0}
    assert upward(w.local)[w.region.pk] == (30, 30, 0)
    assert wrong() == []


def test_n_h3_open_settlements_prevent_the_end_of_both_organisations() -> None:
    w = sharing()
    w.decide((w.local, "70.00"), (w.region, "30.00"))
    w.pay("100.00")

    def told(place: Organization) -> list[str]:
        lines = [str(one) for one in settlement_obstacles(place)]
        merging, ending = merge_blockers(place, w.head, w.head_chair), liquidation_blockers(place, w.head_chair)
        assert {*lines} <= {*map(str, merging)} & {*map(str, ending)}
        return lines

    # The region has no decision, so it has nothing to distribute.
    income = f"Доход с {day_text(PAID_ON - 30 * DAY)} не распределён"
    assert (told(w.local), told(w.region)) == ([income], [])
    w.share(PAID_ON)
    w.pay("50.00", TODAY)
    # Money received today belongs to a period that has not ended.
    assert "не распределён" not in " ".join(told(w.local))
    w.pay("10.00", UNTIL)
    income = f"Доход с {day_text(UNTIL)} не распределён"
    assert told(w.local) == [income, "Не передана доля дохода 1 организации"]
    w.share()
    claim = "1 организация не передала долю дохода"
    assert (told(w.local), told(w.region)) == (["Не передана доля дохода 1 организации"], [claim])
    sent = w.send("33.00")
    waiting = "Не подтверждена 1 сумма между организациями"
    assert (told(w.local), told(w.region)) == ([waiting], [claim, waiting])
    w.confirm(sent)
    assert (told(w.local), told(w.region)) == ([], [])


def test_n_d1_nothing_is_passed_on_or_confirmed_in_closed_months(w: Sharing) -> None:
    w.share()
    last = TODAY.replace(day=1) - DAY
    close_books(w.local.pk, last, by=w.chair)
    with refused("N-D1", field="made_on"):
        w.send("1.00", made_on=last)


def test_v_d7_money_that_did_not_come_is_told_and_taken_back(w: Sharing) -> None:
    w.share()
    sent = w.send("10.00")
    with refused("V-D7", field="reason"):
        report_not_found(sent.pk, reason=" ", by=w.region_chair)
    report_not_found(sent.pk, reason="Нет в выписке", by=w.region_chair)
    with refused("V-D7"):
        report_not_found(sent.pk, reason="Нет в выписке", by=w.region_chair)
    with refused("N-D1", field="reason"):
        take_remittance_back(sent.pk, reason="", by=w.chair)
    take_remittance_back(sent.pk, reason="Платёж не прошёл", by=w.chair)
    assert (upward(w.local)[w.region.pk], wrong()) == ((30, 0, 30), [])
    again = w.send("10.00")
    w.confirm(again)
    with refused("N-D1"):
        take_remittance_back(again.pk, reason="Ошибка", by=w.chair)
    with refused("V-D7"):
        w.confirm(again)


def test_v_d7_each_acts_for_its_own_organisation(w: Sharing) -> None:
    for by in (w.region_chair, w.place.reviewer):
        with pytest.raises(NotAllowed):
            distribute(w.local.pk, last=UNTIL, by=by)
    w.share()
    sent = w.send("10.00")
    with pytest.raises(NotAllowed):
        w.confirm(sent, by=w.chair)
    with pytest.raises(NotAllowed):
        take_remittance_back(sent.pk, reason="Ошибка", by=w.region_chair)
    stranger = places.voi().chair
    with pytest.raises(Remittance.DoesNotExist):
        w.confirm(sent, by=stranger)
    seen = [
        list(model.objects.visible_to(by)) for model in (Remittance, Distribution) for by in (w.region_chair, stranger)
    ]
    assert seen == [[sent], [], [Distribution.objects.get()], []]


def test_v_d7_an_act_of_reconciliation_is_confirmed_by_both(w: Sharing) -> None:
    w.share()
    w.confirm(w.send("10.00"))
    with refused("V-D7", field="last"):
        draw_act(w.local.pk, w.region.pk, first=TODAY, last=UNTIL, by_superior=False, by=w.chair)
    with refused("V-D7", field="last"):
        draw_act(w.local.pk, w.region.pk, first=TODAY, last=TODAY + DAY, by_superior=False, by=w.chair)
    with refused("V-D7", field="first"):
        draw_act(w.local.pk, w.region.pk, first=EARLIEST - DAY, last=TODAY, by_superior=False, by=w.chair)
    check_period_of_act(EARLIEST, TODAY, TODAY)
    act = draw_act(w.local.pk, w.region.pk, first=TODAY, last=TODAY, by_superior=False, by=w.chair)
    assert (act.owed, act.claimed, act.state) == (20, 20, ActState.DRAWN)
    with pytest.raises(NotAllowed):
        answer_act(act.pk, differences="", by=w.chair)
    answer_act(act.pk, differences="", by=w.region_chair)
    assert SettlementAct.objects.get().state == ActState.AGREED
    with refused("V-D7"):
        answer_act(act.pk, differences="", by=w.region_chair)


def test_n_d2_the_same_act_is_drawn_once_until_it_is_answered_or_the_books_change(w: Sharing) -> None:
    w.share()
    w.confirm(w.send("10.00"))
    days: dict[str, dt.date] = {"first": TODAY, "last": TODAY}
    act = draw_act(w.local.pk, w.region.pk, **days, by_superior=False, by=w.chair)
    with refused("N-D2"):
        draw_act(w.local.pk, w.region.pk, **days, by_superior=False, by=w.chair)
    # Acts by the other side, for another period or with other sums are different acts.
    draw_act(w.local.pk, w.region.pk, **days, by_superior=True, by=w.region_chair)
    draw_act(w.local.pk, w.region.pk, first=TODAY - DAY, last=TODAY, by_superior=False, by=w.chair)
    answer_act(act.pk, differences="", by=w.region_chair)
    again = draw_act(w.local.pk, w.region.pk, **days, by_superior=False, by=w.chair)
    w.confirm(w.send("5.00"))
    later = draw_act(w.local.pk, w.region.pk, **days, by_superior=False, by=w.chair)
    assert (again.owed, later.owed) == (20, 15)
    assert SettlementAct.objects.count() == 5


def test_v_d7_an_act_of_books_that_differ_names_the_difference(w: Sharing) -> None:
    w.share()
    sent = w.send("10.00")
    act = draw_act(w.local.pk, w.region.pk, first=TODAY, last=TODAY, by_superior=True, by=w.region_chair)
    assert (act.owed, act.claimed) == (20, 30)
    with refused("V-D7", field="differences"):
        answer_act(act.pk, differences=" ", by=w.chair)
    answer_act(act.pk, differences="10,00 в пути, п/п № 7", by=w.chair)
    assert SettlementAct.objects.get().state == ActState.DIFFERS
    # Later entries do not change the act.
    w.confirm(sent)
    kept = statement(w.local, w.region, AccountKind.OWED_BY, last=act.last, known_at=act.drawn_at)
    assert kept[-1].balance == 30


def test_n_d1_integrity_compares_the_books_of_both(w: Sharing) -> None:
    made = w.share()
    w.confirm(w.send("10.00"))
    assert wrong() == []
    line = made.lines.get(share__organization=w.region)
    DistributionLine.objects.filter(pk=line.pk).update(amount=line.amount + 1)
    assert wrong() == [
        f"distribution {made.pk} is not what its lines come to",
        f"line {line.pk} of a distribution does not agree with its entries",
    ]
    DistributionLine.objects.filter(pk=line.pk).update(amount=line.amount)
    sent = Remittance.objects.get()
    Remittance.objects.update(amount=11)
    assert wrong() == [f"remittance {sent.pk} does not agree with its entries"]
    Remittance.objects.update(amount=10)
    entry = LedgerEntry.objects.get(pk=sent.receipt_id)
    entry.pk, entry.key = None, "astray"
    entry.save(force_insert=True)
    assert wrong() == [f"organisation {w.local.pk} owes 20.00 to {w.region.pk}, which claims 10.00"]


def test_v_d7_days_before_the_first_decision_are_not_distributed(w: Sharing) -> None:
    early = PAID_ON - 31 * DAY
    assert DistributionDecision.objects.get().valid_from == early + DAY
    w.pay("5.00", early)
    made = w.share()
    assert (made.first, made.amount) == (early + DAY, Decimal("100.01"))
    assert isinstance(made.last, dt.date)


def moved_away(w: Sharing) -> Organization:
    """Move the local organisation to another region and return that; the chair of `w` is signed in again."""
    region = trees.below(w.head, Level.REGIONAL)
    move_organization(w.local.pk, region.pk, on=TODAY, by=w.head_chair)
    w.local.refresh_from_db()
    appointment = w.chair.appointment
    assert appointment is not None
    appointment = Appointment.objects.get(pk=appointment.pk)
    w.place.chair = Actor(account=appointment.account, appointment=appointment)
    return region


def test_n_h3_income_is_not_shared_with_a_region_that_is_no_longer_above(w: Sharing) -> None:
    w.share(PAID_ON)
    w.pay("10.00", UNTIL)
    region = moved_away(w)
    with refused("V-D7") as refusal:
        w.share()
    assert str(refusal.message) == (
        f"«{w.region.short_name}» больше не является вышестоящей для вашей организации. Внесите новое решение, "
        f"действующее с {day_text(UNTIL)}."
    )
    w.decide((w.local, "70.00"), (region, "30.00"), valid_from=UNTIL)
    assert sums(w.share()) == [7, 3]
    assert [(one.organization, one.open) for one in owed_from_below(region)] == [(w.local, 3)]
    assert wrong() == []


def test_n_h3_a_decision_without_distributions_is_deleted_once_a_share_goes_to_no_superior(w: Sharing) -> None:
    region = moved_away(w)
    decision = DistributionDecision.objects.get()
    with refused("V-D7") as refusal:
        w.share()
    assert str(refusal.message).endswith(
        f"Удалите решение и внесите новое, действующее с {day_text(decision.valid_from)}."
    )
    take_decision_back(decision.pk, by=w.chair)
    w.decide((w.local, "70.00"), (region, "30.00"))
    assert w.share().received == Decimal("100.01")


def test_n_h3_what_is_owed_to_a_former_region_is_settled_on_the_pages_of_both(w: Sharing) -> None:
    w.share()
    moved_away(w)
    chair, region = places.signed_in(w.chair), places.signed_in(w.region_chair)
    own, theirs = (reverse("dues:settlement", args=[pk]) for pk in (w.region.pk, w.local.pk))
    assert (own in chair.get(reverse("dues:settlements")).content.decode(), chair.get(own).status_code) == (True, 200)
    fields = {"amount": "30.00", "made_on": TODAY, "source": "received", "paper": "Платёжное поручение № 7"}
    answer = chair.post(reverse("dues:pass_on", args=[w.region.pk]), {**fields, "key": uuid.uuid4()})
    assert (answer.status_code, answer["Location"]) == (302, own)
    remittance = Remittance.objects.get()
    answer = region.post(
        reverse("dues:confirm_remittance", args=[remittance.pk]), {"received_on": TODAY, "source": "received"}
    )
    assert (answer.status_code, answer["Location"], region.get(theirs).status_code) == (302, theirs, 200)
    assert settlement_obstacles(w.region) == []
    # Other organisations of the federation cannot see the page.
    assert region.get(own).status_code == 404
    assert wrong() == []
