"""Payroll lists: matching, differences and their reasons, posting against a payment, reversal (U-D1, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from dues.bank.models import BankLine, BankPart
from dues.bank.transitions.posting import put_back
from dues.bank.transitions.unloading import unload_statement
from dues.ledger.integrity import sides
from dues.ledger.models import BookAccount, LedgerEntry
from dues.ledger.rules.holdings import held_by
from dues.ledger.transitions import close_books
from dues.payments.transitions import reverse_payment
from dues.payroll.enums import REASONS, Difference, Evidence, ListState, Reason
from dues.payroll.models import EmployeeNumber, Employer, PayrollAbsence, PayrollLine, PayrollList
from dues.payroll.queries.showing import payments_offered
from dues.payroll.rules import lists as rules
from dues.payroll.rules.files import checked_sum
from dues.payroll.transitions.employers import add_employer
from dues.payroll.transitions.forgetting import forget_drafts, forget_strangers
from dues.payroll.transitions.lists import answer_absence, answer_line, choose_person, discard_list
from dues.payroll.transitions.posting import post_list, reverse_list
from members.book.enums import EndReason
from members.movement.rules.obstacles import payroll_obstacles
from members.movement.rules.organizations import liquidation_blockers
from members.movement.transitions.leaving import deregister
from members.people.enums import MemberState
from members.people.models import Member
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.organizations.models import Organization
from tests.dues.test_ledger import wrong
from tests.refusals import refused

from .world import MONTH, TODAY, Payroll, deducted, month

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = dt.timedelta(days=1)
A, B, K = "1;АБРАМОВА МАРФА НИКИФОРОВНА;600", "2;Белов Иван Иванович;300,50", "3;Королева Анна Сергеевна;100"


@pytest.fixture
def w() -> Payroll:
    return deducted()


def lines(found: PayrollList) -> list[tuple[Any, ...]]:
    fields = ("position", "member", "evidence", "difference")
    return list(found.lines.order_by("position").values_list(*fields))


def line(found: PayrollList, position: int) -> PayrollLine:
    return found.lines.get(position=position)


def paid(w: Payroll) -> list[Decimal]:
    """Return the sum of each member's payments minus reversals."""
    found = []
    for member in w.members:
        entries = LedgerEntry.objects.filter(account__member=member, fee="percent")
        found.append(sum((e.amount if e.kind == "payment" else -e.amount for e in entries), Decimal(0)))
    return found


def unknown(w: Payroll) -> Decimal:
    """Return the unidentified money of the organisation."""
    account = BookAccount.objects.filter(organization=w.keeper, kind="unknown").first()
    return -held_by(account) if account is not None else Decimal(0)


# Loading


def test_n_d2_the_same_file_changes_nothing(w: Payroll) -> None:
    first = w.load(A, B)
    events = Event.objects.count()
    assert w.load(A, B) == first
    assert (PayrollList.objects.count(), Event.objects.count()) == (1, events)
    assert w.load(A, B, months_ago=1) != first


def test_n_d2_the_same_people_and_sums_in_another_file_are_refused(w: Payroll) -> None:
    w.compare(A, B)
    other = w.load("2;БЕЛОВ ИВАН ИВАНОВИЧ;300.5", "1;Абрамова Марфа Никифоровна;600 руб.")
    with refused("N-D2"):
        w.compare("2;БЕЛОВ ИВАН ИВАНОВИЧ;300.5", "1;Абрамова Марфа Никифоровна;600 руб.")
    other.refresh_from_db()
    assert other.state == ListState.DRAFT
    discard_list(other.pk, by=w.chair)
    assert w.compare(A).total == 600


def test_u_d1_months_of_this_year_and_the_last_are_taken(w: Payroll) -> None:
    rules.check_month(MONTH, TODAY)
    rules.check_month(dt.date(TODAY.year - 1, 1, 1), TODAY)
    for wrong_month in (dt.date(TODAY.year - 2, 12, 1), month(-1)):
        with refused("U-D1", field="month"):
            rules.check_month(wrong_month, TODAY)


def test_u_d1_a_file_that_is_no_list_is_refused(w: Payroll) -> None:
    with refused("U-D1", field="file"):
        w.load("\0\1\2" * 400, head="%PDF-1.7")
    assert not PayrollList.objects.exists()


def test_u_d1_lists_that_wait_are_bounded(w: Payroll, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_OPEN", 2)
    w.load(A)
    w.load(B)
    with refused("U-D1"):
        w.load(K)
    monkeypatch.setattr(rules, "MAX_OPEN", 9)
    monkeypatch.setattr(rules, "MAX_OF_MONTH", 2)
    with refused("U-D1"):
        w.load(K)
    assert w.load(K, months_ago=1).state == ListState.DRAFT


# Matching


def test_u_d1_lines_are_matched_by_number_and_surname_or_by_a_full_name(w: Payroll) -> None:
    EmployeeNumber.objects.create(employer=w.employer, number="7", member=w.members[1])
    found = w.compare(A, "7;Белов И. И.;300", "7;Смирнов Иван Иванович;5", ";Королёва А.С.;7", ";Чужов Пётр Петрович;9")
    first, second = w.members[0].pk, w.members[1].pk
    assert lines(found) == [
        (2, first, Evidence.NAME, ""),
        (3, second, Evidence.NUMBER, ""),
        (4, None, "", Difference.PERSON),
        (5, None, "", Difference.PERSON),
        (6, None, "", Difference.FOREIGN),
    ]
    # A list without numbers, with a person whose number is known.
    assert lines(w.compare(";Белов Иван Иванович;300", months_ago=1)) == [(2, second, Evidence.NAME, "")]
    assert Employer.objects.get().columns == {"таб": "number", "сотрудник": "name", "удержано": "amount"}


def test_u_d1_namesakes_and_a_second_number_for_a_name_are_left_open(w: Payroll) -> None:
    w.place.put(surname="Белов", given_name="Иван", patronymic="Иванович", sex="male", birth_date=dt.date(1990, 1, 2))
    found = w.compare(A, "9;Абрамова Марфа Никифоровна;50", B)
    assert lines(found) == [
        (2, w.members[0].pk, Evidence.NAME, ""),
        (3, None, "", Difference.PERSON),
        (4, None, "", Difference.PERSON),
    ]


def test_u_d1_a_chosen_person_is_remembered_by_the_employee_number(w: Payroll) -> None:
    found = w.compare(A, "3;Королёва-Петрова Анна Сергеевна;100")
    assert line(found, 3).difference == Difference.FOREIGN
    absent = PayrollAbsence.objects.filter(payroll_list=found).values_list("member", flat=True)
    assert set(absent) == {w.members[1].pk, w.members[2].pk}
    chosen = choose_person(line(found, 3).pk, w.members[2].pk, by=w.chair)
    assert (chosen.member, chosen.evidence, chosen.difference) == (w.members[2], Evidence.HAND, "")
    assert list(absent.all()) == [w.members[1].pk]
    assert EmployeeNumber.objects.get(number="3").member == w.members[2]
    with refused("U-D1"):
        choose_person(chosen.pk, w.members[0].pk, by=w.chair)
    # In the next list the number is certain, and the card has the new surname.
    Member.objects.filter(pk=w.members[2].pk).update(surname="Королёва-Петрова")
    again = w.compare("3;Королёва-Петрова А. С.;100", months_ago=1)
    assert lines(again) == [(2, w.members[2].pk, Evidence.NUMBER, "")]


def test_n_d1_nobody_is_chosen_in_a_list_that_is_posted(w: Payroll) -> None:
    found = w.compare(A, "3;Чужова Анна;100")
    found.lines.exclude(difference="").update(reason=next(iter(Reason)))
    (money,) = w.bank(f"{found.total:.2f}")
    w.post(found, lines=[money.pk], note="Чужие деньги")
    with refused("U-D1", field=""):
        choose_person(line(found, 3).pk, w.members[2].pk, by=w.chair)
    assert line(found, 3).member is None


def test_u_d1_a_person_of_another_organisation_cannot_be_chosen(w: Payroll) -> None:
    found = w.compare("3;Чужова Анна;100")
    stranger = Member(organization_id=w.keeper.pk + 1000)
    with refused("U-D1", field="member"):
        rules.check_is_person(line(found, 2), stranger, w.keeper)
    rules.check_is_person(line(found, 2), w.members[0], w.keeper)


# Differences


@pytest.mark.parametrize(
    ("base", "percent", "amount", "differs"),
    [
        ("10000", "1", "100", False), ("10000", "1", "100,01", False), ("10000", "1", "99,99", False),
        ("10000", "1", "100,02", True), ("10000", "1", "99,98", True), ("10000", "2", "200", True),
        ("10050,50", "", "100,51", False), ("", "", "777", False), ("", "", "-5", True),
    ],
)  # fmt: skip
def test_u_d1_a_sum_is_the_percentage_of_the_pay_to_a_kopeck(
    w: Payroll, base: str, percent: str, amount: str, differs: bool
) -> None:
    head = "Таб. №;Сотрудник;Начислено;%;Удержано"
    found = w.compare(f"1;Абрамова Марфа Никифоровна;{base};{percent};{amount}", head=head)
    assert line(found, 2).difference == (Difference.SUM if differs else "")


def test_u_d1_without_the_pay_a_sum_is_compared_with_the_month_before(w: Payroll) -> None:
    w.post(w.compare(A, months_ago=1))
    for amount, differs in (("300", False), ("299,99", True), ("1200", False), ("1200,01", True)):
        found = w.compare(f"1;Абрамова Марфа Никифоровна;{amount}")
        assert line(found, 2).difference == (Difference.SUM if differs else ""), amount
        discard_list(found.pk, by=w.chair)


def test_u_d1_somebody_in_two_lists_of_a_month_is_a_difference(w: Payroll) -> None:
    w.post(w.compare(A))
    found = w.compare("1;Абрамова Марфа Никифоровна;601", B)
    assert [one[3] for one in lines(found)] == [Difference.REPEATED, ""]
    answer_line(line(found, 2).pk, reason=Reason.SECOND_PART, by=w.chair)
    w.post(found)
    assert paid(w) == [Decimal("1201.00"), Decimal("300.50"), 0]


def test_u_d1_an_answer_is_remembered_until_its_day(w: Payroll) -> None:
    stranger = "8;Чужов Пётр Петрович;9"
    found = w.compare(A, stranger, months_ago=2)
    with refused("U-D1"):
        rules.check_all_answered(found)
    with refused("U-D1", field="reason"):
        answer_line(line(found, 3).pk, reason=Reason.LEAVE, by=w.chair)
    for until in (month(2) - DAY, month(2).replace(year=month(2).year + 5, day=2)):
        with refused("U-D1", field="until"):
            answer_line(line(found, 3).pk, reason=Reason.LEFT, until=until, by=w.chair)
    answer_line(line(found, 3).pk, reason=Reason.LEFT, until=month(1), by=w.chair)
    rules.check_all_answered(found)
    known = w.compare(A, stranger, months_ago=1)
    assert (line(known, 3).reason, line(known, 3).until) == (Reason.LEFT, month(1))
    assert line(w.compare(A, stranger), 3).reason == ""


def test_u_d1_absence_never_changes_membership_and_is_counted_in_a_row(w: Payroll) -> None:
    def absent(found: PayrollList) -> list[tuple[Any, ...]]:
        rows = PayrollAbsence.objects.filter(payroll_list=found).order_by("member")
        return list(rows.values_list("member", "in_a_row", "reason"))

    second, third = w.members[1].pk, w.members[2].pk
    first = w.post(w.compare(A, B, months_ago=2))
    assert absent(first) == [(third, 1, "")]
    answer_absence(first.absences.get().pk, reason=Reason.LEAVE, until=month(1), by=w.chair)
    with refused("U-D1", field="reason"):
        answer_absence(first.absences.get().pk, reason=Reason.BASE, by=w.chair)
    known = w.post(w.compare(A, months_ago=1))
    assert absent(known) == [(second, 1, ""), (third, 2, Reason.LEAVE)]
    assert absent(w.compare(A)) == [(second, 2, ""), (third, 3, "")]
    states = set(Member.objects.values_list("state", "dues_form"))
    assert states == {(MemberState.REGISTERED, "cashless")}


def test_u_d1_those_without_a_statement_or_in_cash_are_not_expected(w: Payroll) -> None:
    Member.objects.filter(pk=w.members[1].pk).update(dues_form="cash")
    deregister(w.members[2].pk, reason=EndReason.OWN_WISH, on=TODAY, paper="Заявление", by=w.chair)
    found = w.compare("1;Чужов Пётр Петрович;9")
    assert list(found.absences.values_list("member", flat=True)) == [w.members[0].pk]
    Member.objects.filter(pk=w.members[0].pk).update(joined_on=TODAY)
    again = w.compare("1;Чужов Пётр Петрович;8", months_ago=1)
    assert again.absences.get().reason == (Reason.NEW if month(0) <= TODAY else "")


# Posting


def test_u_d1_a_list_is_posted_whole_against_the_payment_order(w: Payroll) -> None:
    found = w.post(w.compare(A, B, "2;Белов Иван Иванович;10"))
    assert paid(w) == [Decimal(600), Decimal("310.50"), 0]
    assert (unknown(w), found.state, found.paid, wrong()) == ((0, ListState.POSTED, Decimal("910.50"), []))
    entries = LedgerEntry.objects.filter(organization=w.keeper).select_related("debit", "credit").order_by("pk")
    assert [(e.kind, e.debit.kind, e.credit.kind, e.year) for e in entries] == [
        ("payment", "received", "income", MONTH.year),
        ("payment", "received", "income", MONTH.year),
    ]
    assert set(EmployeeNumber.objects.values_list("number", "member")) == {
        ("1", w.members[0].pk),
        ("2", w.members[1].pk),
    }
    with refused("U-D1"):
        w.post(found)
    assert (paid(w), [*sides()]) == ([Decimal(600), Decimal("310.50"), 0], [])


def test_n_d1_total_of_the_list_its_lines_and_the_payment_agree_to_the_kopeck(w: Payroll) -> None:
    found = w.compare(A, B, ";Итого;900,50")
    for amount in ("900.49", "900.51", "0", "-1", "0.001", "NaN", "Infinity", "1e10"):
        with refused("N-D1", field="paid"):
            w.post(found, paid=Decimal(amount), note="Копейка")
    assert not LedgerEntry.objects.filter(kind="payment").exists()
    assert (w.post(found).paid, wrong()) == (Decimal("900.50"), [])


def test_n_d1_what_the_bank_has_more_stays_not_identified_with_a_note(w: Payroll) -> None:
    found = w.compare(A, B)
    short, right, more = w.bank("900.49", "900.50", "900.51")
    with refused("N-D1", field="lines"):
        w.post(found, lines=[short.pk], note="Копейка")
    with refused("N-D1", field="note"):
        w.post(found, lines=[more.pk])
    posted = w.post(found, lines=[more.pk], note="Копейка лишняя")
    more.refresh_from_db()
    assert (more.left, more.state, posted.note, posted.paid) == (
        Decimal("0.01"), "open", "Копейка лишняя", Decimal("900.51"),
    )  # fmt: skip
    assert (paid(w), unknown(w), wrong()) == (
        [Decimal(600), Decimal("300.50"), 0], short.amount + right.amount + Decimal("0.01"), [],
    )  # fmt: skip


def test_n_d1_a_list_is_posted_by_several_bank_lines_and_reversed_as_a_whole(w: Payroll) -> None:
    found = w.compare(A, B)
    lines_of_bank = w.bank("500.00", "400.50")
    ids = [one.pk for one in lines_of_bank]
    w.post(found, lines=ids)
    parts = BankPart.objects.order_by("pk").values_list("line", "entry__amount", "evidence")
    assert list(parts) == [
        (ids[0], 500, "list"), (ids[1], 100, "list"), (ids[1], Decimal("300.50"), "list"),
    ]  # fmt: skip
    assert set(BankLine.objects.values_list("state", flat=True)) == {"posted"}
    assert (paid(w), unknown(w), wrong()) == ([Decimal(600), Decimal("300.50"), 0], 0, [])
    with refused("N-D1"):
        put_back(ids[0], reason="ошибка", by=w.chair)
    other = w.compare("1;Абрамова Марфа Никифоровна;5", months_ago=1)
    with refused("N-D2", field="lines"):
        w.post(other, lines=ids)
    with refused("N-D2", field="lines"):
        w.post(other)
    reverse_list(found.pk, reason="ошибка", by=w.chair)
    assert (paid(w), unknown(w), wrong()) == ([0, 0, 0], Decimal("900.50"), [])
    assert set(BankLine.objects.values_list("state", "posted")) == {("open", 0)}
    w.post(PayrollList.objects.get(pk=found.pk), lines=ids)
    assert (paid(w), unknown(w), wrong()) == ([Decimal(600), Decimal("300.50"), 0], 0, [])


def test_n_d1_the_file_by_which_a_list_was_posted_stays_and_one_that_was_not_is_forgotten(w: Payroll) -> None:
    found = w.compare(A, B)
    (posted,), (free,) = w.bank("900.50"), w.bank("900.51")
    assert payments_offered(found, w.chair) == [free, posted]
    w.post(found, lines=[posted.pk])
    with refused("N-D1", match="уже разносили"):
        unload_statement(posted.statement_id, reason="Не те столбцы", by=w.chair)
    reverse_list(found.pk, reason="ошибка", by=w.chair)
    with refused("N-D1", match="уже разносили"):
        unload_statement(posted.statement_id, reason="Не те столбцы", by=w.chair)
    unload_statement(free.statement_id, reason="Не те столбцы", by=w.chair)
    assert (payments_offered(found, w.chair), wrong()) == ([posted], [])


def test_n_d1_without_a_file_that_is_kept_a_list_is_posted_by_a_payment_order(w: Payroll) -> None:
    found = w.compare(A, B)
    (money,) = w.bank("900.50")
    unload_statement(money.statement_id, reason="Не те столбцы", by=w.chair)
    assert payments_offered(found, w.chair) is None
    with refused("N-D2", field="lines"):
        w.post(found, lines=[money.pk])
    assert (w.post(found).paid, wrong()) == (Decimal("900.50"), [])


def test_n_d1_a_bank_line_pays_several_lists_one_after_the_other(w: Payroll) -> None:
    (line_of_bank,) = w.bank("1200.00")
    w.post(w.compare(A), lines=[line_of_bank.pk], note="Остальное за другой месяц")
    w.post(w.compare(A, months_ago=1), lines=[line_of_bank.pk])
    line_of_bank.refresh_from_db()
    assert (paid(w)[0], line_of_bank.state, line_of_bank.left, wrong()) == (1200, "posted", 0, [])


def test_n_d1_a_correction_uses_the_money_of_the_earlier_bank_line(w: Payroll) -> None:
    first, second = w.bank("900.50", "200.00")
    earlier = w.post(w.compare(A, B, months_ago=1), lines=[first.pk])
    found = w.compare("1;Абрамова Марфа Никифоровна;-100", "2;Белов Иван Иванович;300")
    answer_line(line(found, 2).pk, reason=Reason.RECALCULATED, by=w.chair)
    for _time in range(2):
        w.post(PayrollList.objects.get(pk=found.pk), lines=[second.pk])
        assert (paid(w), unknown(w), wrong()) == ([Decimal(500), Decimal("600.50"), 0], 0, [])
        assert set(BankLine.objects.values_list("state", flat=True)) == {"posted"}
        with refused("N-D1"):
            reverse_list(earlier.pk, reason="ошибка", by=w.chair)
        reverse_list(found.pk, reason="ошибка", by=w.chair)
        assert (paid(w), unknown(w), wrong()) == ([Decimal(600), Decimal("300.50"), 0], 200, [])
    reverse_list(earlier.pk, reason="ошибка", by=w.chair)
    assert (paid(w), unknown(w), wrong()) == ([0, 0, 0], Decimal("1100.50"), [])


def test_n_d1_a_total_that_the_lines_do_not_come_to_needs_a_named_note(w: Payroll) -> None:
    found = w.compare(A, ";Итого;700")
    with refused("N-D1", field="note"):
        w.post(found)
    w.post(found, note="Итог с учётом уволенного")
    assert (paid(w)[0], unknown(w)) == (600, 0)


def test_n_d1_money_of_strangers_stays_not_identified(w: Payroll) -> None:
    found = w.compare(A, "8;Чужов Пётр Петрович;9")
    with refused("U-D1"):
        w.post(found, note="Чужие")
    answer_line(line(found, 3).pk, reason=Reason.NEVER_JOINED, by=w.chair)
    with refused("N-D1", field="paid"):
        w.post(found)
    (line_of_bank,) = w.bank("609.00")
    with refused("N-D1", field="note"):
        w.post(found, lines=[line_of_bank.pk])
    w.post(found, lines=[line_of_bank.pk], note="Чужие")
    assert (paid(w)[0], unknown(w), wrong()) == (600, 9, [])


@pytest.mark.parametrize("amount", ["1000000.00", "-1000000.00"])
def test_u_d1_a_row_has_at_most_a_million(amount: str) -> None:
    largest = Decimal(amount)
    assert checked_sum(2, amount, largest) == largest
    with refused("U-D1", field="columns", match="Строка 2"):
        checked_sum(2, amount, largest + Decimal("0.01").copy_sign(largest))


@pytest.mark.parametrize(
    ("until", "refuses"),
    [("2020-04-30", True), ("2020-05-01", False), ("2025-05-01", False), ("2025-05-02", True)],
)
def test_u_d1_a_reason_holds_from_the_month_of_the_list_for_five_years(until: str, refuses: bool) -> None:
    difference, reasons = next(iter(REASONS.items()))
    with refused("U-D1", field="until") if refuses else nullcontext():
        rules.check_answer(difference, next(iter(reasons)), dt.date.fromisoformat(until), dt.date(2020, 5, 1))


def test_n_d1_strangers_are_named_for_five_years_after_the_year_of_the_list(w: Payroll) -> None:
    found = w.compare(A, "8;Чужов Пётр Петрович;9")
    for month_of_list, today, forgotten in (
        (dt.date(2004, 12, 1), dt.date(2009, 12, 31), 0),
        (dt.date(2005, 1, 1), dt.date(2010, 12, 31), 0),
        (dt.date(2004, 12, 1), dt.date(2010, 1, 1), 1),
    ):
        PayrollList.objects.filter(pk=found.pk).update(month=month_of_list)
        assert forget_strangers(today) == forgotten
    assert [bool(one.full_name or one.who) for one in found.lines.order_by("position")] == [True, False]


@pytest.mark.parametrize(("short_of", "state"), [(dt.timedelta(minutes=1), "draft"), (dt.timedelta(), "discarded")])
def test_u_d1_a_list_that_nobody_compares_is_discarded_after_thirty_days(
    w: Payroll, short_of: dt.timedelta, state: str
) -> None:
    loaded, compared = w.load(A), w.compare(B, months_ago=1)
    PayrollList.objects.update(loaded_at=timezone.now() - dt.timedelta(days=30) + short_of)
    forget_drafts()
    for one in (loaded, compared):
        one.refresh_from_db()
    assert (loaded.state, compared.state) == (state, "compared")


def test_u_d1_the_payment_order_has_a_number_and_a_possible_day(w: Payroll) -> None:
    found = w.compare(A)
    with refused("U-D1", field="paper"):
        w.post(found, paper=" ")
    for day in (TODAY + DAY, MONTH - DAY):
        with refused("U-D1", field="paid_on"):
            w.post(found, paid_on=day)


def test_n_d1_nothing_is_posted_into_a_closed_month(w: Payroll) -> None:
    found = w.compare(A, months_ago=1)
    close_books(w.keeper.pk, MONTH - DAY, by=w.chair)
    with refused("N-D1"):
        w.post(found, paid_on=MONTH - DAY)
    w.post(found)
    assert paid(w)[0] == 600


def test_n_d1_of_a_list_all_lines_are_posted_or_none(w: Payroll) -> None:
    found = w.compare(A, B)
    Member.objects.filter(pk=w.members[1].pk).update(joined_on=TODAY + dt.timedelta(days=800))
    with refused("V-D1"):
        w.post(found)
    assert not LedgerEntry.objects.filter(organization=w.keeper).exists()
    found.refresh_from_db()
    assert (found.state, found.times, EmployeeNumber.objects.count()) == (ListState.COMPARED, 0, 0)


def test_u_d1_dues_of_somebody_who_has_left_since_are_posted(w: Payroll) -> None:
    found = w.compare(A)
    deregister(w.members[0].pk, reason=EndReason.OWN_WISH, on=TODAY, paper="Заявление", by=w.chair)
    w.post(found)
    assert (paid(w)[0], wrong()) == (600, [])


# Reversal and corrections


def test_n_d1_a_list_is_reversed_as_a_whole_and_posted_again(w: Payroll) -> None:
    found = w.post(w.compare(A, B))
    payment = LedgerEntry.objects.filter(kind="payment").order_by("pk")[0]
    with refused("N-D1"):
        reverse_payment(payment.pk, reason="ошибка", by=w.chair)
    with refused("N-D1", field="reason"):
        reverse_list(found.pk, reason=" ", by=w.chair)
    reverse_list(found.pk, reason="прислали другой список", by=w.chair)
    assert (paid(w), unknown(w), wrong()) == ([0, 0, 0], 0, [])
    with refused("N-D1"):
        reverse_list(found.pk, reason="ещё раз", by=w.chair)
    again = w.post(PayrollList.objects.get(pk=found.pk))
    assert (paid(w), again.times, wrong()) == ([Decimal(600), Decimal("300.50"), 0], 2, [])
    reverse_list(found.pk, reason="снова", by=w.chair)
    assert (paid(w), unknown(w), [*sides()]) == ([0, 0, 0], 0, [])


def test_n_d1_a_sum_below_zero_takes_back_a_part_of_an_earlier_month(w: Payroll) -> None:
    earlier = w.post(w.compare(A, B, months_ago=1))
    found = w.compare("1;Абрамова Марфа Никифоровна;-100", "2;Белов Иван Иванович;300")
    answer_line(line(found, 2).pk, reason=Reason.RECALCULATED, by=w.chair)
    w.post(found)
    assert (paid(w), unknown(w), wrong()) == ([Decimal(500), Decimal("600.50"), 0], 0, [])
    with refused("N-D1"):
        reverse_list(earlier.pk, reason="ошибка", by=w.chair)
    reverse_list(found.pk, reason="ошибка", by=w.chair)
    assert (paid(w), unknown(w), wrong()) == ([Decimal(600), Decimal("300.50"), 0], 0, [])
    reverse_list(earlier.pk, reason="ошибка", by=w.chair)
    assert (paid(w), unknown(w), wrong(), [*sides()]) == ([0, 0, 0], 0, [], [])


@pytest.mark.parametrize(("minus", "left"), [("600", "0.00"), ("599,99", "0.01")])
def test_n_d1_a_whole_payment_can_be_taken_back_and_restored(w: Payroll, minus: str, left: str) -> None:
    w.post(w.compare(A, months_ago=1))
    found = w.compare(f"1;Абрамова Марфа Никифоровна;-{minus}", "2;Белов Иван Иванович;700")
    answer_line(line(found, 2).pk, reason=Reason.RECALCULATED, by=w.chair)
    for _time in range(2):
        w.post(PayrollList.objects.get(pk=found.pk))
        assert (paid(w), unknown(w)) == ([Decimal(left), 700, 0], 0)
        reverse_list(found.pk, reason="ошибка", by=w.chair)
        assert (paid(w), unknown(w), wrong()) == ([600, 0, 0], 0, [])


@pytest.mark.parametrize("minus", ["600,01", "1"])
def test_n_d1_nothing_is_taken_back_that_no_earlier_list_paid(w: Payroll, minus: str) -> None:
    if minus != "1":
        w.post(w.compare(A, months_ago=1))
    found = w.compare(f"1;Абрамова Марфа Никифоровна;-{minus}", "2;Белов Иван Иванович;700")
    answer_line(line(found, 2).pk, reason=Reason.RECALCULATED, by=w.chair)
    with refused("N-D1") as refusal:
        w.post(found)
    assert "2" in str(refusal.message)
    assert paid(w)[1] == 0


def test_n_d1_a_list_of_corrections_alone_is_not_posted(w: Payroll) -> None:
    w.post(w.compare(A, months_ago=1))
    found = w.compare("1;Абрамова Марфа Никифоровна;-100")
    answer_line(line(found, 2).pk, reason=Reason.RECALCULATED, by=w.chair)
    with refused("U-D1"):
        rules.check_can_be_posted(found)


# Discarding, other organisations


def test_u_d1_a_discarded_list_is_loaded_again_and_a_posted_one_stays(w: Payroll) -> None:
    found = w.compare(A)
    discard_list(found.pk, by=w.chair)
    assert (found.lines.count(), found.absences.count()) == (0, 0)
    posted = w.post(w.compare(A))
    assert posted.pk != found.pk
    for wrong_list in (found, posted):
        with refused("U-D1"):
            discard_list(wrong_list.pk, by=w.chair)
    with refused("U-D1"):
        answer_line(posted.lines.get().pk, reason=Reason.BASE, by=w.chair)


def test_n_h1_a_list_is_that_of_its_employers_organisation(w: Payroll) -> None:
    found = w.compare(A)
    assert [*PayrollList.objects.visible_to(w.place.region_chair)] == [found]
    other = Payroll(w.place, add_employer(w.keeper.pk, name="МБОУ «Лицей № 1»", by=w.chair), w.members)
    # The same people at another employer are another list.
    assert other.compare(A).pk != found.pk
    with pytest.raises(NotAllowed):
        post_list(found.pk, paper="1", paid_on=TODAY, paid=Decimal(600), by=w.place.region_chair)
    Organization.objects.filter(pk=w.keeper.pk).update(status="liquidating")
    with refused("U-D1"):
        w.load(B)


@pytest.mark.both
def test_n_h3_lists_that_wait_prevent_the_end_of_the_organisation(w: Payroll) -> None:
    def told() -> list[str]:
        lines = [str(one) for one in payroll_obstacles(w.keeper)]
        assert {*lines} <= {str(one) for one in liquidation_blockers(w.keeper, w.chair)}
        return lines

    assert told() == []
    found = w.load(A, B)
    assert told() == ["Не проведён 1 список работодателя"]
    discard_list(found.pk, by=w.chair)
    assert told() == []
