"""Loading of bank statements, posting their lines and undoing that (V-D4, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from dues.bank.enums import Band, Evidence, LineState
from dues.bank.jobs import forget_destroyed_payers
from dues.bank.loading import load_file
from dues.bank.models import BankLine, BankPart, BankStatement, KnownPayer
from dues.bank.reading.statement import StatementRefused
from dues.bank.transitions.forgetting import forget_payers
from dues.bank.transitions.loading import match_again
from dues.bank.transitions.posting import mark_deposit, mark_not_dues, post_line, post_sure, put_back
from dues.bank.transitions.settling import Share
from dues.ledger import book as ledger
from dues.ledger.enums import AccountKind
from dues.ledger.models import BookAccount, DuesAccount, LedgerEntry
from dues.ledger.rules.holdings import held_by, is_stated
from dues.ledger.rules.standing import standing_of
from dues.ledger.transitions import close_books
from dues.payments.rules import RowsRefused
from dues.payments.transitions import reverse_payment
from members.book.enums import EndReason
from members.movement.rules.obstacles import bank_obstacles
from members.movement.rules.organizations import liquidation_blockers
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry.enums import Level, Role
from registry.errors import NotAllowed, StaleVersion
from registry.journal.models import Event
from registry.organizations.models import OrganizationPassport
from registry.transitions import change
from tests.dues.test_ledger import wrong
from tests.refusals import refused
from tests.registry import trees

from .world import FEE, OWN, PAYER, SECOND, TODAY, YEAR, Bank, Doc, bank, paid_out, statement

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = dt.timedelta(days=1)


@pytest.fixture
def w() -> Bank:
    return bank()


def held(w: Bank) -> dict[str, Decimal]:
    """Return debits minus credits of the organisation's money accounts, without those with a zero balance."""
    accounts = BookAccount.objects.filter(organization=w.keeper, kind__in=["bank", "unknown", "other", "received"])
    return {account.kind: amount for account in accounts if (amount := held_by(account))}


def paid(w: Bank) -> list[tuple[int | None, str, int | None, Decimal]]:
    """Return the payments that are not reversed: member, fee, year, amount."""
    found = LedgerEntry.objects.filter(kind="payment", reversed_by__isnull=True).order_by("pk")
    return [(e.member_id, e.fee, e.year, e.amount) for e in found.select_related("account")]


@pytest.mark.both
def test_v_d4_received_money_is_in_the_books_at_once_and_not_identified(w: Bank) -> None:
    loaded = w.load(Doc(), paid_out())
    statement_ = BankStatement.objects.get()
    assert (statement_.received, statement_.paid, statement_.documents, statement_.repeated) == (50, 120, 2, 0)
    assert (statement_.loaded_by, statement_.first_day, loaded.before) == (w.chair.account, TODAY, False)
    lines = BankLine.objects.order_by("pk")
    assert [(line.state, line.band, line.incoming, line.reason) for line in lines] == [
        (LineState.OPEN, Band.OPEN, True, ""),
        (LineState.OTHER, "", False, "Списание со счёта"),
    ]
    assert [(e.made_on, e.paper, e.rule) for e in LedgerEntry.objects.filter(kind="move")] == [
        (TODAY, f"Платежное поручение № {number} от {TODAY:%d.%m.%Y}", "V-D4") for number in "19"
    ]
    assert (held(w), wrong()) == ({"bank": Decimal(-70), "unknown": Decimal(-50), "other": Decimal(120)}, [])


def test_n_d2_the_same_file_again_posts_nothing(w: Bank) -> None:
    first = w.load(Doc())
    again = w.load(Doc())
    assert (again.before, again.statement, again.lines) == (True, first.statement, [])
    assert (BankLine.objects.count(), Event.objects.filter(action="dues.statement_loaded").count()) == (1, 1)


def test_n_d2_overlapping_files_post_a_payment_once_and_two_equal_ones_stay_two(w: Bank) -> None:
    first = w.load(Doc(), Doc())
    second = w.load(Doc(), Doc(), Doc(), replace(Doc(), number="2"))
    assert (len(first.lines), len(second.lines), second.statement.repeated) == (2, 2, 2)
    assert list(second.statement.overlaps.all()) == [first.statement]
    assert (second.statement.received, second.statement.documents, wrong()) == (100, 4, [])
    assert held(w) == {"bank": Decimal(200), "unknown": Decimal(-200)}


def test_v_d4_a_dry_run_changes_nothing(w: Bank) -> None:
    loaded = w.load(Doc(), dry_run=True)
    assert (len(loaded.lines), BankLine.objects.count(), BankStatement.objects.count()) == (1, 0, 0)
    assert not LedgerEntry.objects.filter(kind="move").exists()


def test_v_d4_totals_that_disagree_and_foreign_accounts_refuse_the_whole_file(w: Bank) -> None:
    for data in (statement(Doc(), received=Decimal("50.01")), statement(Doc(), account=SECOND)):
        with pytest.raises(StatementRefused):
            load_file(w.keeper, data, by=w.chair)
    assert not LedgerEntry.objects.filter(kind="move").exists()


def test_v_d4_without_an_account_in_the_passport_nothing_is_loaded(w: Bank) -> None:
    OrganizationPassport.objects.update(account="")
    with refused("V-D4", field="file"):
        w.load(Doc())


def test_v_d4_a_former_account_is_still_the_organisations(w: Bank) -> None:
    w.load(Doc())
    OrganizationPassport.objects.update(account=SECOND)
    assert len(w.load(replace(Doc(), number="2")).lines) == 1


def test_v_d4_money_moved_between_own_accounts_is_not_dues(w: Bank) -> None:
    w.load(Doc())
    OrganizationPassport.objects.update(account=SECOND)
    loaded = w.load(Doc("МО", "Перевод", "30.00", payer=SECOND, payee=OWN), Doc())
    assert [(line.incoming, line.state, line.reason) for line in loaded.lines] == [
        (True, LineState.OTHER, "Перевод между своими счетами")
    ]
    assert (held(w), wrong()) == (
        {"bank": Decimal(80), "unknown": Decimal(-50), "other": Decimal(-30)},
        [],
    )


@pytest.mark.both
@pytest.mark.parametrize("days", [0, 1])
def test_n_d1_a_payment_of_a_closed_month_or_of_the_future_is_refused_with_its_line(w: Bank, days: int) -> None:
    last = TODAY.replace(day=1) - DAY
    close_books(w.keeper.pk, last, by=w.chair)
    day = TODAY + DAY if days else last
    with refused("N-D1", field="file", match="7|17|Строка"):
        w.load(replace(Doc(), day=day))
    w.load(replace(Doc(), day=day + (-DAY if days else DAY)))
    assert BankLine.objects.count() == 1


def test_n_d1_payments_loaded_before_the_month_was_closed_are_passed_over(w: Bank) -> None:
    last = TODAY.replace(day=1) - DAY
    w.load(replace(Doc(), day=last))
    close_books(w.keeper.pk, last, by=w.chair)
    assert w.load(replace(Doc(), day=last), Doc()).statement.repeated == 1


def test_v_d4_a_posted_line_pays_the_debt_and_the_rest_is_an_advance(w: Bank) -> None:
    line = w.line(amount="70.00")
    entries = post_line(line.pk, [Share(w.members[0].pk, line.left)], version=line.version, by=w.chair)
    pk = w.members[0].pk
    assert paid(w) == [(pk, "annual", YEAR, FEE), (pk, "annual", YEAR + 1, Decimal(20))]
    assert {(e.debit.kind, e.made_on, e.paper) for e in entries} == {
        ("unknown", TODAY, f"Платежное поручение № 1 от {TODAY:%d.%m.%Y}")
    }
    line.refresh_from_db()
    assert (line.state, line.band, line.posted, line.version) == (LineState.POSTED, "", 70, 2)
    assert (held(w), standing_of(w.members[0]).unpaid, wrong()) == ({"bank": Decimal(70)}, 0, [])


def test_v_d4_a_line_is_split_over_people_and_kinds_and_its_rest_stays_open(w: Bank) -> None:
    line = w.line(amount="200.00")
    shares = [
        Share(w.members[0].pk, FEE),
        Share(w.members[1].pk, Decimal(50), "annual", YEAR),
        Share(w.members[1].pk, Decimal("10.50"), "voluntary"),
    ]
    post_line(line.pk, shares, by=w.chair)
    line.refresh_from_db()
    assert (line.state, line.posted, line.left, KnownPayer.objects.count()) == (
        LineState.OPEN, Decimal("110.50"), Decimal("89.50"), 0,
    )  # fmt: skip
    assert (held(w)["unknown"], wrong()) == (Decimal("-89.50"), [])
    with refused("N-D1", match="89,50"):
        post_line(line.pk, [Share(w.members[2].pk, Decimal("89.51"))], by=w.chair)
    post_line(line.pk, [Share(w.members[2].pk, Decimal("89.50"))], by=w.chair)
    assert (BankLine.objects.get().state, held(w), wrong()) == (LineState.POSTED, {"bank": Decimal(200)}, [])


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity", "1e400"])
def test_v_d4_a_sum_that_cannot_be_is_refused(w: Bank, amount: str) -> None:
    line = w.line()
    with refused("V-D4", field="amount"):
        post_line(line.pk, [Share(w.members[0].pk, Decimal(amount))], by=w.chair)
    with refused("V-D4"):
        post_line(line.pk, [], by=w.chair)


def test_v_d4_of_a_split_all_parts_are_posted_or_none(w: Bank) -> None:
    line = w.line(amount="100.00")
    Member.objects.filter(pk=w.members[1].pk).update(joined_on=TODAY + 400 * DAY)
    with pytest.raises(RowsRefused) as refusal:
        post_line(line.pk, [Share(member.pk, FEE) for member in w.members[:2]], by=w.chair)
    assert (set(refusal.value.by_row), paid(w), BankPart.objects.count()) == ({w.members[1].pk}, [], 0)


def test_n_d1_money_of_a_closed_month_is_posted_on_the_first_open_day(w: Bank) -> None:
    last = TODAY.replace(day=1) - DAY
    line = w.line(day=last)
    close_books(w.keeper.pk, last, by=w.chair)
    (entry,) = post_line(line.pk, [Share(w.members[0].pk, FEE)], by=w.chair)
    assert (entry.made_on, entry.paper, wrong()) == (
        TODAY.replace(day=1), f"Платежное поручение № 1 от {last:%d.%m.%Y}", [],
    )  # fmt: skip


def test_v_d4_only_people_registered_here_can_be_paid_for(w: Bank) -> None:
    line = w.line()
    deregister(w.members[0].pk, reason=EndReason.DEATH, on=TODAY, paper="Свидетельство № 1", by=w.chair)
    with pytest.raises(Member.DoesNotExist):
        post_line(line.pk, [Share(w.members[0].pk, FEE)], by=w.chair)


@pytest.mark.both
def test_n_d1_a_line_that_is_put_back_can_be_posted_to_somebody_else(w: Bank) -> None:
    line = w.line()
    post_line(line.pk, [Share(w.members[0].pk, FEE)], by=w.chair)
    put_back(line.pk, reason="Однофамилица", by=w.chair)
    line.refresh_from_db()
    assert (line.state, line.band, line.posted, KnownPayer.objects.count()) == (LineState.OPEN, Band.OPEN, 0, 0)
    assert (paid(w), standing_of(w.members[0]).unpaid, held(w)["unknown"]) == ([], FEE, -FEE)
    post_line(line.pk, [Share(w.members[1].pk, FEE)], by=w.chair)
    assert (paid(w), wrong()) == ([(w.members[1].pk, "annual", YEAR, FEE)], [])
    reversal = LedgerEntry.objects.get(kind="reversal")
    assert (reversal.paper, reversal.made_on) == ("Однофамилица", TODAY)


def test_n_d1_only_what_is_posted_is_put_back_and_a_reason_is_needed(w: Bank) -> None:
    line = w.line()
    with refused("N-D1"):
        put_back(line.pk, reason="Ошибка", by=w.chair)
    post_line(line.pk, [Share(w.members[0].pk, FEE)], by=w.chair)
    with refused("N-D1", field="reason"):
        put_back(line.pk, reason=" ", by=w.chair)
    with refused("N-D2"):
        post_line(line.pk, [Share(w.members[0].pk, FEE)], by=w.chair)


@pytest.mark.both
def test_n_d1_a_payment_of_a_statement_is_not_reversed_on_the_card(w: Bank) -> None:
    (entry,) = post_line(w.line().pk, [Share(w.members[0].pk, FEE)], by=w.chair)
    with refused("N-D1", match="выписк"):
        reverse_payment(entry.pk, reason="Ошибка", by=w.chair)


def test_n_d1_money_that_is_not_dues_leaves_the_unidentified_and_can_come_back(w: Bank) -> None:
    line = w.line(amount="80.00")
    with refused("N-D1", field="reason"):
        mark_not_dues(line.pk, reason="", by=w.chair)
    post_line(line.pk, [Share(w.members[0].pk, FEE)], by=w.chair)
    mark_not_dues(line.pk, reason="Пожертвование", by=w.chair)
    line.refresh_from_db()
    assert (line.state, line.reason, line.posted) == (LineState.OTHER, "Пожертвование", 80)
    assert (held(w), wrong()) == ({"bank": Decimal(80), "other": Decimal(-30)}, [])
    with refused("N-D2"):
        mark_not_dues(line.pk, reason="Пожертвование", by=w.chair)
    put_back(line.pk, reason="Ошибка", by=w.chair)
    line.refresh_from_db()
    assert (line.state, line.reason, held(w), wrong()) == (
        LineState.OPEN, "", {"bank": Decimal(80), "unknown": Decimal(-80)}, [],
    )  # fmt: skip


def deposit(w: Bank, amount: Decimal = FEE, day: dt.date = TODAY) -> LedgerEntry:
    """Post the entry of a cash expense order: money paid from the cash desk into the bank."""
    bank_account = ledger.AccountKey(AccountKind.BANK, number=OWN)
    with change(by=w.chair, rule="V-D6", event="dues.paid_out") as act:
        move = ledger.Move(bank_account, ledger.CASH, amount, day, "РКО № 1", f"deposit-{amount}-{day}")
        (entry,) = ledger.post_moves(act, [move], organization=w.keeper, rule="V-D6")
        act.silent = True
    return entry


@pytest.mark.both
@pytest.mark.parametrize(
    ("amount", "days", "found"),
    [("50.00", 0, True), ("50.00", 10, True), ("50.00", 11, False), ("49.99", 0, False), ("50.01", 0, False)],
)
def test_n_d1_money_from_the_cash_desk_is_on_the_account_once(w: Bank, amount: str, days: int, found: bool) -> None:
    entry = deposit(w, Decimal(amount), TODAY - days * DAY)
    line = w.line()
    if not found:
        with refused("N-D1", match="кассы|расходн"):
            mark_deposit(line.pk, by=w.chair)
        return
    mark_deposit(line.pk, by=w.chair)
    line.refresh_from_db()
    assert (line.state, line.reason, line.posted, held(w)) == (LineState.OTHER, "РКО № 1", FEE, {"bank": FEE})
    assert (is_stated(entry), BankPart.objects.get().evidence) == (True, Evidence.NOT_DUES)
    second = w.line(number="2")
    with refused("N-D1"):
        mark_deposit(second.pk, by=w.chair)
    put_back(line.pk, reason="Ошибка", by=w.chair)
    mark_deposit(second.pk, by=w.chair)
    assert (held(w), is_stated(entry)) == ({"bank": 2 * FEE, "unknown": -FEE}, True)
    assert [sentence for sentence in wrong() if "bank" in sentence or "booked" in sentence] == []


def test_n_d1_a_line_that_is_partly_posted_is_no_deposit(w: Bank) -> None:
    deposit(w)
    line = w.line()
    post_line(line.pk, [Share(w.members[0].pk, Decimal(10))], by=w.chair)
    with refused("N-D1"):
        mark_deposit(line.pk, by=w.chair)


def test_v_d4_all_that_are_sure_are_posted_if_they_are_what_was_seen(w: Bank) -> None:
    w.load(w.named(0), w.named(1), Doc(number="7"))
    assert [line.band for line in BankLine.objects.order_by("pk")] == [Band.SURE, Band.SURE, Band.OPEN]
    for seen in ((2, Decimal("100.01")), (1, Decimal(100))):
        with refused("N-D1", match="100,00"):
            post_sure(w.keeper.pk, seen=seen, by=w.chair)
    assert post_sure(w.keeper.pk, seen=(2, Decimal(100)), by=w.chair) == 2
    assert paid(w) == [(member.pk, "annual", YEAR, FEE) for member in w.members[:2]]
    assert [part.evidence for part in BankPart.objects.all()] == [Evidence.NUMBER_NAME] * 2
    assert (held(w), wrong()) == ({"bank": Decimal(150), "unknown": Decimal(-50)}, [])
    assert post_sure(w.keeper.pk, seen=(0, Decimal(0)), by=w.chair) == 0


def test_v_d4_two_sure_payments_of_one_member_pay_the_debt_and_an_advance(w: Bank) -> None:
    w.load(w.named(0), replace(w.named(0), number="8"))
    post_sure(w.keeper.pk, seen=(2, Decimal(100)), by=w.chair)
    pk = w.members[0].pk
    assert (paid(w), wrong()) == ([(pk, "annual", YEAR, FEE), (pk, "annual", YEAR + 1, FEE)], [])


@pytest.mark.both
def test_v_d4_a_line_that_a_rule_refuses_waits_and_the_other_sure_ones_are_posted(w: Bank) -> None:
    w.load(w.named(0), w.named(1))
    Member.objects.filter(pk=w.members[0].pk).update(joined_on=TODAY + 400 * DAY)
    assert post_sure(w.keeper.pk, seen=(2, Decimal(100)), by=w.chair) == 1
    assert [line.band for line in BankLine.objects.order_by("pk")] == [Band.LIKELY, ""]
    assert (paid(w), wrong()) == ([(w.members[1].pk, "annual", YEAR, FEE)], [])


def test_v_d4_sure_lines_of_somebody_who_has_left_since_wait(w: Bank) -> None:
    w.load(w.named(0))
    deregister(w.members[0].pk, reason=EndReason.DEATH, on=TODAY, paper="Свидетельство № 1", by=w.chair)
    assert post_sure(w.keeper.pk, seen=(1, FEE), by=w.chair) == 0
    line = BankLine.objects.get()
    assert (line.state, line.band, paid(w)) == (LineState.OPEN, Band.OPEN, [])


@pytest.mark.both
def test_v_d4_lines_are_matched_by_the_organisation_that_keeps_the_cards(w: Bank) -> None:
    for step in (match_again, partial(post_sure, seen=(0, Decimal(0)))):
        with refused("V-D4"):
            step(w.place.region.pk, by=w.place.region_chair)


@pytest.mark.both
def test_v_d4_the_account_of_a_confirmed_payer_is_remembered_until_the_member_leaves(w: Bank) -> None:
    w.load(Doc(), replace(Doc(), number="2"))
    first, second = BankLine.objects.order_by("pk")
    post_line(first.pk, [Share(w.members[0].pk, FEE)], by=w.chair)
    known = KnownPayer.objects.get()
    assert (known.account, known.member, known.confirmed_on, known.confirmed_by) == (
        PAYER, w.members[0], TODAY, w.chair.account,
    )  # fmt: skip
    second.refresh_from_db()
    assert second.band == Band.LIKELY
    deregister(w.members[0].pk, reason=EndReason.DEATH, on=TODAY, paper="Свидетельство № 1", by=w.chair)
    assert (KnownPayer.objects.count(), match_again(w.keeper.pk, by=w.chair)) == (0, 1)
    second.refresh_from_db()
    assert (second.band, match_again(w.keeper.pk, by=w.chair)) == (Band.OPEN, 0)


@pytest.mark.both
def test_v_b14_payers_whose_cards_are_destroyed_are_forgotten(w: Bank) -> None:
    w.load(w.named(0), replace(w.named(1), number="8"), Doc(amount="100.00", number="9"))
    first, _second, shared = BankLine.objects.order_by("pk")
    post_sure(w.keeper.pk, seen=(2, Decimal(100)), by=w.chair)
    post_line(shared.pk, [Share(member.pk, FEE) for member in w.members[:2]], by=w.chair)
    assert forget_payers() == 0
    DuesAccount.objects.filter(member=w.members[0]).update(member=None)
    forget_destroyed_payers(TODAY)
    told = [bool(line.other_name or line.other_account or line.purpose or line.raw)
            for line in BankLine.objects.order_by("pk")]  # fmt: skip
    assert (told, forget_payers()) == ([False, True, True], 0)
    assert len(w.load(w.named(0), replace(w.named(2), number="8")).lines) == 1
    put_back(first.pk, reason="Ошибка", by=w.chair)
    assert [sentence for sentence in wrong() if "personal account" not in sentence] == []


def test_v_d4_a_transit_account_is_not_remembered(w: Bank) -> None:
    line = w.line(payer="30233810000000000001")
    post_line(line.pk, [Share(w.members[0].pk, FEE)], by=w.chair)
    assert not KnownPayer.objects.exists()


def test_n_h1_a_collector_sees_no_statements_and_a_neighbour_none_of_these(w: Bank) -> None:
    line = w.line()
    collector, region = trees.officer(w.keeper, Role.COLLECTOR), w.place.region_chair
    neighbour = trees.officer(trees.below(w.place.region, Level.LOCAL, "Соседняя МО ВОИ"), Role.CHAIR)
    seen = {name: BankLine.objects.visible_to(actor).count() for name, actor in
            (("chair", w.chair), ("region", region), ("collector", collector), ("neighbour", neighbour))}  # fmt: skip
    assert seen == {"chair": 1, "region": 1, "collector": 0, "neighbour": 0}
    with pytest.raises(NotAllowed):
        post_line(line.pk, [Share(w.members[0].pk, FEE)], by=region)
    with pytest.raises(BankLine.DoesNotExist):
        post_line(line.pk, [Share(w.members[0].pk, FEE)], by=neighbour)


def test_a_line_that_somebody_else_has_changed_is_refused(w: Bank) -> None:
    line = w.line(amount="80.00")
    post_line(line.pk, [Share(w.members[0].pk, FEE)], version=1, by=w.chair)
    with pytest.raises(StaleVersion):
        post_line(line.pk, [Share(w.members[0].pk, Decimal(30))], version=1, by=w.chair)


@pytest.mark.both
@pytest.mark.parametrize(
    "changed",
    [
        {"posted": FEE},
        {"posted": Decimal(-1)},
        {"state": LineState.POSTED, "band": ""},
        {"state": LineState.OTHER, "band": ""},
        {"state": LineState.OTHER, "reason": "Возврат"},
        {"band": ""},
        {"amount": Decimal(0)},
        {"incoming": False},
    ],
)
def test_n_d1_the_database_keeps_a_line_and_its_state_together(w: Bank, changed: dict[str, object]) -> None:
    w.line()
    with pytest.raises(IntegrityError), transaction.atomic():
        BankLine.objects.update(**changed)


def test_n_d1_integrity_finds_a_line_that_does_not_agree_with_the_books(w: Bank) -> None:
    line = w.line(amount="80.00")
    post_line(line.pk, [Share(w.members[0].pk, FEE)], by=w.chair)
    unknown = BookAccount.objects.get(kind="unknown")
    not_identified = f"account of the books {unknown.pk}: not identified money is not that of the open bank lines"
    BankLine.objects.update(posted=Decimal(40))
    assert wrong() == [f"bank line {line.pk}: posted is not the sum of its entries", not_identified]
    BankLine.objects.update(posted=FEE, amount=Decimal(90))
    assert wrong() == [
        f"bank statement {line.statement_id}: totals are not those of its lines",
        f"bank line {line.pk} is not booked as the bank states",
        not_identified,
    ]
    BankLine.objects.update(amount=Decimal(80), account=SECOND)
    assert wrong() == [f"bank line {line.pk} is not booked as the bank states"]


@pytest.mark.both
def test_n_h3_payments_that_wait_prevent_the_end_of_the_organisation(w: Bank) -> None:
    def told() -> list[str]:
        lines = [str(one) for one in bank_obstacles(w.keeper)]
        assert {*lines} <= {str(one) for one in liquidation_blockers(w.keeper, w.chair)}
        return lines

    assert told() == []
    line = w.line()
    assert told() == ["Не выяснен 1 платёж из выписки банка"]
    mark_not_dues(line.pk, reason="Пожертвование", by=w.chair)
    assert told() == []
