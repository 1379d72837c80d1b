"""Papers of collecting dues: register, slips, cash receipt order, journal, cash book, appointment (V-D4 to V-D6)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.papers import (
    cash_book,
    cash_journal,
    cash_order,
    collector_order,
    expense_order,
    payment_register,
    payment_slips,
)
from documents.papers.subtotals import Sums, summed
from documents.printing.core import papers, render, sheets_for
from documents.printing.models import PrintRecord
from documents.printing.queries import page_about
from documents.printing.russian import kopecks_of, number_in_words, roubles_in_words
from dues.collecting.models import CollectorOrder, PaymentRegister, RegisterLine
from dues.collecting.rules import MAX_DAYS_OF_CASH, check_can_be_printed, check_period_of_cash
from dues.collecting.transitions import cancel_register, enter_sums, void_cash_order
from dues.expenses.models import ExpenseOrder
from dues.expenses.transitions import void_expense_order
from dues.ledger.book import CASH, AccountKey, Move, post_moves
from dues.ledger.enums import AccountKind
from dues.ledger.queries.cash_book import cash_days
from members.book.enums import EndReason
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry.enums import Role
from registry.organizations.models import Organization
from registry.transitions import change
from tests.documents.papers.dues_papers import loaded, long_register, paid_out, received
from tests.documents.pdfs import text_of
from tests.documents.pdfs import texts_of as pages_in
from tests.documents.samples import batch_of
from tests.dues.collecting.world import FEE, TODAY, YEAR, Collecting, collecting
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = dt.timedelta(days=1)
TODAY_TEXT = f"{TODAY:%d.%m.%Y}"


@pytest.fixture
def w() -> Collecting:
    return collecting()


def texts(pages: Sequence[Mapping[str, Any]], *names: str) -> list[list[tuple[str, ...]]]:
    """Return the texts of these columns for each row of each page."""
    return [[tuple(_plain(row[name].lines[0]) for name in names) for row in page["rows"]] for page in pages]


def _plain(lines: Sequence[str]) -> str:
    return " ".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def register_of(register: PaymentRegister, w: Collecting) -> Sequence[Mapping[str, Any]]:
    return payment_register.build(loaded(register), batch_of(w.keeper))


# The payment register


def test_v_d5_a_register_is_printed_to_collect_signatures_with_the_sums_entered_so_far(w: Collecting) -> None:
    register = w.begun()
    columns = ("number", "name", "ticket", "day", "amount", "signature")
    names = [member.full_name for member in w.members]
    empty = [(str(at), name, str(at - 1), "", "", "") for at, name in enumerate(names, 1)]
    assert texts(register_of(register, w), *columns) == [[*empty, ("", "Итого:", "", "", "", "")]]
    w.fill(register, FEE)
    first = ("1", names[0], "0", TODAY_TEXT, "50,00", "")
    # No total is printed while sums are missing, because they are written by hand.
    assert texts(register_of(register, w), *columns) == [[first, *empty[1:], ("", "Итого:", "", "", "", "")]]
    w.fill(register, FEE, FEE, Decimal("20.50"))
    assert texts(register_of(register, w), *columns)[0][-1] == ("", "Итого:", "", "", "120,50", "")


def test_v_d5_the_register_has_the_labels_of_the_form_in_their_order(w: Collecting) -> None:
    said = text_of(render(payment_register.REGISTER, register_of(w.closed(), w), batch_of(w.keeper)))
    order = (
        "Общероссийская общественная организация «Всероссийское общество инвалидов» (ВОИ)",
        f"ВЕДОМОСТЬ № 1 от {TODAY_TEXT} ПО УПЛАТЕ ВЗНОСОВ",
        "членских",
        "(вступительных, членских, иных имущественных)",
        w.keeper.full_name, "(наименование местной организации ВОИ)", w.cell.full_name, f"за {YEAR} год",
        "№ п/п", "ФИО члена ВОИ", "№ членского билета", "Дата внесения", "Сумма взноса", "Подпись члена ВОИ",
        "Смирнова Ольга Петровна", "(ФИО ответственного за сбор взносов)", "(подпись)",
        "Распоряжение Председателя", "Заречн", "местной организации ВОИ", "от", "№ 3",
        "«О назначении ответственного за сбор взносов»",
        # Rows come last in the PDF, because they are drawn after everything else.
        w.members[0].full_name, "Итого:", "100,00",
    )  # fmt: skip
    at = 0
    for label in order:
        found = said.find(label, at)
        assert found >= 0, (label, said[at:])
        at = found + len(label)


@pytest.mark.parametrize(
    ("fee", "kind", "underlined"),
    [
        ("entrance", "вступительных", True), ("annual", "членских", True), ("percent", "членских", True),
        ("property", "иных имущественных", True), ("voluntary", "добровольных", False),
    ],
)  # fmt: skip
def test_v_d5_the_kind_of_dues_is_written_and_underlined(w: Collecting, fee: str, kind: str, underlined: bool) -> None:
    register = w.begun()
    PaymentRegister.objects.update(fee=fee)
    pages = register_of(register, w)
    assert pages[0]["kind"] == kind
    html = sheets_for(payment_register.REGISTER, pages, batch_of(w.keeper)).html
    assert re.findall("<u [^>]*>(.*?)</u>", html) == ([kind] if underlined else [])


def test_v_d5_an_empty_register_has_one_page_of_lines_to_fill(w: Collecting) -> None:
    (page,) = payment_register.build(None, batch_of(w.cell))
    (rows,) = texts([page], "number", "name", "amount")
    assert rows == [*((str(at), "", "") for at in range(1, 11)), ("", "Итого:", "")]
    assert (page["organization"], "kind" in page, "year" in page) == (w.keeper.full_name, False, False)


def test_v_d5_long_registers_have_subtotals_and_what_was_brought_forward(w: Collecting) -> None:
    register = long_register(w, 60, "Иванова Анна", "7")
    amounts = [Decimal(at) + Decimal("0.10") for at in range(1, 61)]
    for line, amount in zip(register.lines.order_by("position"), amounts, strict=True):
        RegisterLine.objects.filter(pk=line.pk).update(amount=amount)
    pages = texts(register_of(register, w), "number", "name", "amount")
    number = [[int(row[0]) for row in page if row[0]] for page in pages]
    assert [at for page in number for at in page] == list(range(1, 61))
    so_far, said = Decimal(0), []
    for of_page in number:
        expected = sum((amounts[at - 1] for at in of_page), Decimal(0))
        said.append((so_far, expected))
        so_far += expected
    money = lambda amount: f"{amount:,.2f}".replace(",", " ").replace(".", ",")  # noqa: E731
    assert [page[0][1:] for page in pages[1:]] == [("Перенос", money(before)) for before, _page in said[1:]]
    assert [page[-1][1:] for page in pages[:-1]] == [("Итого на странице", money(page)) for _before, page in said[:-1]]
    assert [row[1:] for row in pages[-1][-2:]] == [
        ("Итого на странице", money(said[-1][1])), ("Итого:", money(sum(amounts, Decimal(0)))),
    ]  # fmt: skip
    assert len(pages) == 4


def test_v_d5_a_closed_register_is_printed_the_same_for_ever(w: Collecting) -> None:
    register = w.closed()
    before = register_of(register, w)
    assert [row[0] for row in texts(before, "name")[0]] == [*(m.full_name for m in w.members[:2]), "Итого:"]
    Member.objects.update(surname="Другая", ticket_number="", blocked_on=TODAY)
    for place in (w.keeper, w.cell):
        place.full_name, place.short_name, place.chair_name = "Новая МО", "Новая", "Новый Иван Иванович"
        place.save()
    received(w, loaded(register))
    assert register_of(register, w) == before
    # The destruction of a card removes the name.
    RegisterLine.objects.filter(position=1).update(full_name="", ticket_number="", member=None)
    assert texts(register_of(register, w), "name", "ticket", "amount")[0][0] == ("(данные уничтожены)", "", "50,00")


def test_n_c1_a_register_still_open_leaves_out_the_blocked_and_those_who_left_without_paying(w: Collecting) -> None:
    register = w.begun()
    w.fill(register, None, FEE)
    for member in w.members[:2]:
        deregister(member.pk, reason=EndReason.DEATH, on=TODAY, paper="Свидетельство", by=w.chair)
    assert [line.position for line in payment_register.lines_of(register)] == [2, 3]
    Member.objects.filter(pk=w.members[2].pk).update(blocked_on=TODAY)
    assert [line.position for line in payment_register.lines_of(register)] == [2]
    RegisterLine.objects.filter(position=2).update(member=None)
    assert payment_register.lines_of(register) == []


def test_v_d5_the_number_of_queries_does_not_grow_with_the_lines(w: Collecting) -> None:
    register, counts = loaded(w.closed()), []
    for count in (1, 40):
        RegisterLine.objects.all().delete()
        RegisterLine.objects.bulk_create(
            RegisterLine(register=register, position=at, full_name="Я", amount=FEE, paid_on=TODAY)
            for at in range(1, count + 1)
        )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            payment_register.build(loaded(register), batch_of(w.keeper))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_sums_that_are_not_known_leave_every_subtotal_empty() -> None:
    sums = Sums([{"amount": FEE}] * 60, ("amount",), "name", known=False)
    pages = summed([{"name": "А"}] * 60, sums, [], payment_register.COLUMNS, {}, {"end": 1}, payment_register.LAYOUT)
    assert {row for page in texts(pages, "name", "amount") for row in page} == {
        ("А", ""), ("Перенос", ""), ("Итого на странице", ""),
    }  # fmt: skip
    assert [page.get("end") for page in pages] == [None, None, None, 1]


# Slips


def test_v_d5_each_member_has_a_slip_with_their_own_sum_only(w: Collecting) -> None:
    register = w.begun()
    w.fill(register, Decimal("151.05"))
    (sheet,) = payment_slips.build(loaded(register), batch_of(w.keeper))
    first, second, _third = sheet["slips"]
    assert first == {
        "number": 1, "name": w.members[0].full_name, "ticket": "0", "day": TODAY, "roubles": "151", "kopecks": "05",
        "in_words": "Сто пятьдесят один",
    }  # fmt: skip
    assert second == {"number": 2, "name": w.members[1].full_name, "ticket": "1", "day": None}
    assert (sheet["paid_for"], sheet["collector"]) == (f"членский взнос за {YEAR} год", "Смирнова О.П.")
    said = text_of(render(payment_slips.SLIPS, [sheet], batch_of(w.keeper)))
    assert said.count(w.members[0].full_name) == 2
    assert said.count(f"к ведомости № 1 от {TODAY_TEXT}") == 6


def test_v_d5_four_slips_are_on_a_sheet_and_a_voluntary_one_has_no_year(w: Collecting) -> None:
    register = long_register(w, 5, "Иванова Анна", "7")
    PaymentRegister.objects.update(fee="voluntary", year=None)
    sheets = payment_slips.build(loaded(register), batch_of(w.keeper))
    assert [len(sheet["slips"]) for sheet in sheets] == [4, 1]
    assert sheets[0]["paid_for"] == "добровольный взнос"
    (empty,) = payment_slips.build(None, batch_of(w.keeper))
    assert payment_slips.build(loaded(register), batch_of(w.keeper), 1) == []
    assert (empty["slips"], "paid_for" in empty) == ([{}] * 4, False)


def test_v_d5_a_long_register_has_its_slips_in_parts(w: Collecting) -> None:
    register = long_register(w, payment_slips.MAX_SLIPS + 1, "Иванова Анна", "7")
    parts = [payment_slips.build(loaded(register), batch_of(w.keeper), part) for part in (0, 1)]
    numbers = [[slip["number"] for sheet in sheets for slip in sheet["slips"]] for sheets in parts]
    assert numbers == [list(range(1, 101)), [101]]
    said = pages_in(post(w.collector, "print_slips", register.pk, part="1").content)
    assert [text.count("КВИТАНЦИЯ № 101 ") for text in said] == [1]
    assert post(w.collector, "print_slips", register.pk, part="2").status_code == 404


# The cash receipt order


def test_v_d6_the_cash_receipt_order_has_both_halves(w: Collecting) -> None:
    order = received(w, w.closed(FEE, Decimal("101.07")), Decimal("151.07"))
    (sheet,) = cash_order.build(order, batch_of(w.keeper))
    said = text_of(render(cash_order.ORDER, [sheet], batch_of(w.keeper)))
    for label in (
        "Унифицированная форма № КО-1", "Форма по ОКУД 0310001", "по ОКПО",
        "(структурное подразделение)", "ПРИХОДНЫЙ КАССОВЫЙ ОРДЕР", "Номер документа", "Дата составления",
        "Дебет", "Кредит", "Сумма, руб. коп.", "Приложение Ведомость на 1 л.", "Получил кассир", "КВИТАНЦИЯ",
        "к приходному кассовому ордеру", "М.П. (штампа)", "(цифрами)",
    ):  # fmt: skip
        assert said.count(label) == 1, label
    for twice in (
        "Смирновой Ольги Петровны", "Членские взносы, ведомость № 1", "Сто пятьдесят один", "Липова А.С.",
        "Дубов П.Н.", "Главный бухгалтер", "без НДС", "(организация)", w.keeper.full_name,
    ):  # fmt: skip
        assert said.count(twice) == 2, twice
    assert (said.count("151 руб. 07 коп."), "151,07" in said, "АННУЛИРОВАН" in said) == (3, True, False)
    assert (sheet["debit"], sheet["number"], sheet["made"]) == ("50", 1, TODAY_TEXT)


def test_n_d1_a_void_order_is_printed_with_its_mark(w: Collecting) -> None:
    register = w.closed()
    order = received(w, register)
    before = cash_order.build(order, batch_of(w.keeper))[0]
    void_cash_order(order.pk, reason="ошибка в сумме", by=w.chair)
    w.keeper.full_name = "Новая МО"
    w.keeper.save()
    (sheet,) = cash_order.build(type(order).objects.get(pk=order.pk), batch_of(w.keeper))
    assert sheet == {**before, "void_on": TODAY_TEXT, "void_because": "ошибка в сумме"}
    said = text_of(render(cash_order.ORDER, [sheet], batch_of(w.keeper)))
    assert [word in said for word in (f"АННУЛИРОВАН {TODAY_TEXT}", "ошибка в сумме", "АННУЛИРОВАНА")] == [True] * 3


@pytest.mark.parametrize(
    ("amount", "words", "kopecks"),
    [
        ("0.01", "Ноль", "01"), ("1.00", "Один", "00"), ("2000.50", "Две тысячи", "50"),
        ("21.99", "Двадцать один", "99"), ("1000000.00", "Один миллион", "00"),
    ],
)  # fmt: skip
def test_v_d6_sums_are_written_in_words(amount: str, words: str, kopecks: str) -> None:
    assert (roubles_in_words(Decimal(amount)), kopecks_of(Decimal(amount))) == (words, kopecks)
    assert number_in_words(2) == "два"


# The cash desk by days


def move(w: Collecting, day: dt.date, amount: Decimal, *, out: bool = False) -> None:
    """Post a movement of the cash desk: from the collector, or to the bank."""
    other = (
        AccountKey(AccountKind.BANK, number="4" * 20)
        if out
        else AccountKey(AccountKind.COLLECTOR, collector=w.order.pk)
    )
    debit, credit = (other, CASH) if out else (CASH, other)
    key = f"move {day} {amount} {out}"
    with change(by=w.chair, rule="V-D6", event="dues.money_received") as act:
        post_moves(act, [Move(debit, credit, amount, day, "Объявление № 5", key)], organization=w.keeper, rule="V-D6")
        act.about(w.keeper, organization=w.keeper)


def test_v_d6_each_day_begins_with_what_the_day_before_has_left(w: Collecting) -> None:
    last_year, this_year = dt.date(YEAR - 1, 12, 31), dt.date(YEAR, 1, 1)
    move(w, last_year - DAY, Decimal("10.05"))
    move(w, last_year, Decimal(100))
    move(w, last_year, Decimal(30), out=True)
    move(w, this_year, Decimal(5))
    found = cash_days(w.keeper, last_year, this_year)
    read = [(day.day, day.sheet, day.opening, day.came, day.went, day.closing) for day in found]
    assert read == [
        (last_year, 2, Decimal("10.05"), 100, 30, Decimal("80.05")),
        (this_year, 1, Decimal("80.05"), 5, 0, Decimal("85.05")),
    ]
    # The sheets of a day are numbered the same in every print.
    assert cash_days(w.keeper, this_year, TODAY) == found[1:]
    assert cash_days(w.cell, last_year, TODAY) == []
    pages = cash_book.build(w.keeper, last_year, last_year, batch_of(w.keeper))
    assert texts(pages, "number", "who", "account", "came", "went") == [
        [
            ("", "Остаток на начало дня", "X", "10,05", "X"),
            ("", "Объявление № 5", "", "100,00", ""),
            ("", "Объявление № 5", "", "", "30,00"),
            ("", "Итого за день", "", "100,00", "30,00"),
            ("", "Остаток на конец дня", "X", "80,05", "X"),
        ]
    ]
    (page,) = pages
    assert (page["receipts"], page["payments"], page["sheet"], page["day"]) == ("один", "один", 2, last_year)


def test_v_d6_the_cash_expense_order_leaves_what_the_receiver_writes(w: Collecting) -> None:
    received(w, w.closed())
    order = paid_out(w, Decimal("20.05"))
    (sheet,) = expense_order.build(order, batch_of(w.keeper))
    said = text_of(render(expense_order.ORDER, [sheet], batch_of(w.keeper))).replace("\N{NO-BREAK SPACE}", " ")
    for label in (
        "форма № КО-2", "0310002", "РАСХОДНЫЙ КАССОВЫЙ ОРДЕР", "Дебет", "Кредит", "50", "20,05",
        "Выдать", "Дубову Петру Николаевичу", "Двадцать", "Авансовый отчёт № 2",
        "Руководитель организации", "Председатель", "Липова А.С.", "Получил", "(сумма прописью)",
        "удостоверяющего личность получателя", "Выдал кассир", "Дубов П.Н.",
    ):  # fmt: skip
        assert label in said, label
    assert "АННУЛИРОВАН" not in said
    void_expense_order(order.pk, reason="ошибка в сумме", by=w.chair)
    void = ExpenseOrder.objects.select_related("organization__federation", "entry__reversed_by").get()
    (sheet,) = expense_order.build(void, batch_of(w.keeper))
    assert (sheet["void_on"], sheet["void_because"]) == (TODAY_TEXT, "ошибка в сумме")


def test_v_d6_cash_orders_of_both_sides_stand_in_the_journal_and_in_the_cash_book(w: Collecting) -> None:
    received(w, w.closed())
    void_expense_order(paid_out(w, Decimal(30)).pk, reason="ошибка в сумме", by=w.chair)
    paid_out(w, Decimal("20.05"))
    (journal,) = cash_journal.build(w.keeper, TODAY, TODAY, batch_of(w.keeper))
    assert texts([journal], "day_out", "number_out", "amount_out", "note_out") == [
        [(TODAY_TEXT, "1", "30,00", f"аннулирован {TODAY_TEXT}"), (TODAY_TEXT, "2", "20,05", "")]
    ]
    assert [journal[name] for name in ("count", "count_out", "void_out", "total", "total_out")] == [
        1, 2, 1, "100,00", "20,05",
    ]  # fmt: skip
    (sheet,) = cash_book.build(w.keeper, TODAY, TODAY, batch_of(w.keeper))
    assert texts([sheet], "number", "who", "came", "went")[0][1:] == [
        ("1", "От Смирновой Ольги Петровны", "100,00", ""),
        ("1", "Дубову Петру Николаевичу", "", "30,00"),
        ("1", "Аннулировано: ошибка в сумме", "", "-30,00"),
        ("2", "Дубову Петру Николаевичу", "", "20,05"),
        ("", "Итого за день", "100,00", "20,05"),
        ("", "Остаток на конец дня", "79,95", "X"),
    ]


def test_n_d1_a_void_order_is_taken_off_the_receipts_of_its_day(w: Collecting) -> None:
    register = w.closed()
    void_cash_order(received(w, register).pk, reason="ошибка в сумме", by=w.chair)
    register.refresh_from_db()
    received(w, register, Decimal(70), note="остальное завтра")
    (page,) = cash_book.build(w.keeper, TODAY, TODAY, batch_of(w.keeper))
    assert texts([page], "number", "who", "came")[0][1:] == [
        ("1", "От Смирновой Ольги Петровны", "100,00"),
        ("1", "Аннулировано: ошибка в сумме", "-100,00"),
        ("2", "От Смирновой Ольги Петровны", "70,00"),
        ("", "Итого за день", "70,00"),
        ("", "Остаток на конец дня", "70,00"),
    ]
    assert (page["receipts"], page["payments"]) == ("два", "ноль")
    (journal,) = cash_journal.build(w.keeper, TODAY, TODAY, batch_of(w.keeper))
    assert texts([journal], "day", "number", "amount", "note") == [
        [(TODAY_TEXT, "1", "100,00", f"аннулирован {TODAY_TEXT}"), (TODAY_TEXT, "2", "70,00", "")]
    ]
    assert [journal[name] for name in ("count", "void", "total", "total_out")] == [2, 1, "70,00", "0,00"]


def test_v_d6_without_a_movement_there_is_an_empty_sheet_and_an_empty_journal(w: Collecting) -> None:
    (page,) = cash_book.build(w.keeper, TODAY, TODAY, batch_of(w.keeper))
    assert (page["day"], page["sheet"], page["receipts"]) == (None, "", "")
    assert set(texts([page], "who", "came")[0]) == {
        ("Остаток на начало дня", ""), ("", ""), ("Итого за день", ""), ("Остаток на конец дня", ""),
    }  # fmt: skip
    (journal,) = cash_journal.build(w.keeper, TODAY, TODAY, batch_of(w.keeper))
    assert (journal["count"], journal["total"]) == (0, "0,00")


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (TODAY, TODAY + DAY, "last"), (TODAY, TODAY - DAY, "last"), (TODAY - MAX_DAYS_OF_CASH * DAY, TODAY, "first"),
        (TODAY - (MAX_DAYS_OF_CASH - 1) * DAY, TODAY, ""), (TODAY, TODAY, ""),
    ],
)  # fmt: skip
def test_v_d6_the_cash_desk_is_printed_for_a_year_at_most(first: dt.date, last: dt.date, field: str) -> None:
    if not field:
        check_period_of_cash(first, last, TODAY)
        return
    with refused("V-D6") as refusal:
        check_period_of_cash(first, last, TODAY)
    assert refusal.value.field == field


# The appointment


def test_v_d4_the_order_appoints_the_collector_in_the_accusative_for_its_cells_and_term(w: Collecting) -> None:
    w.keeper.chair_name = "Громов Иван Петрович"
    w.keeper.save()
    Organization.history.update(chair_name="Громов Иван Петрович")  # type: ignore[attr-defined]
    order = CollectorOrder.objects.get(pk=w.order.pk)
    batch = batch_of(w.keeper)
    said = text_of(render(collector_order.ORDER, collector_order.build(order, batch), batch))
    for text in (
        w.keeper.full_name, "РАСПОРЯЖЕНИЕ", "№ 3", "О назначении ответственного за сбор взносов",
        "1. Назначить ответственным за сбор взносов членов ВОИ: Смирнову Ольгу Петровну", w.cell.full_name,
        "до отмены распоряжения", "Громов И.П.", "С распоряжением ознакомлен(а):", "Смирнова О.П.",
    ):  # fmt: skip
        assert text in said, text
    CollectorOrder.objects.update(valid_until=dt.date(YEAR, 12, 31))
    order = CollectorOrder.objects.get(pk=w.order.pk)
    before = collector_order.build(order, batch)
    order.cells.clear()
    said = text_of(render(collector_order.ORDER, collector_order.build(order, batch), batch))
    assert ("все члены, состоящие на учёте" in said, "до отмены" in said, "декабря" in said) == (True, False, True)
    # The order is printed as it was signed, even if the organisation is renamed.
    w.keeper.full_name = w.keeper.chair_name = "Новая МО"
    w.keeper.save()
    order = CollectorOrder.objects.get(pk=w.order.pk)
    assert collector_order.build(order, batch) == [{**before[0], "cells": []}]


# Pages


def post(actor: Any, name: str, *args: Any, **values: Any) -> Any:
    return signed_in(actor).post(reverse(f"dues:{name}", args=args), values)


def test_v_d4_a_collector_prints_registers_and_slips_of_their_own_orders_and_nothing_else(w: Collecting) -> None:
    register = w.closed()
    order = received(w, register)
    for name, code in (("print_register", "payment_register"), ("print_slips", "payment_slips")):
        answer = post(w.collector, name, register.pk)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        record = PrintRecord.objects.get(form=code)
        assert (record.about, record.about_id, record.organization) == ("paymentregister", register.pk, w.cell)
        assert record.code is not None and record.code[-4:] in pages_in(answer.content)[0]
        assert w.members[0].full_name in " ".join(pages_in(answer.content))
    assert post(w.collector, "print_cash_order", order.pk).status_code == 403
    assert post(w.collector, "print_collector_order", w.order.pk).status_code == 403
    assert post(w.collector, "cash_book_period", "cash_book").status_code == 403
    assert post(w.collector, "print_empty_paper", "payment_register").status_code == 403
    other = trees.officer(w.keeper, Role.COLLECTOR, "Чужая")
    assert [post(other, name, register.pk).status_code for name in ("print_register", "print_slips")] == [404, 404]


def test_v_d5_officers_print_where_they_may_and_reviewers_do_not(w: Collecting) -> None:
    register = w.closed()
    order = received(w, register)
    cell_chair, neighbour = trees.officer(w.cell), trees.officer(w.place.cells[1])
    asked = (("print_register", register), ("print_cash_order", order), ("print_collector_order", w.order))
    for name, about in asked:
        assert post(w.chair, name, about.pk).status_code == 200, name
        assert post(w.place.reviewer, name, about.pk).status_code == 403, name
        assert post(neighbour, name, about.pk).status_code == 404, name
    assert [post(cell_chair, name, about.pk).status_code for name, about in asked] == [200, 404, 404]
    pages = [page_about(record, w.chair) for record in PrintRecord.objects.order_by("pk")]
    of_register = ("dues:register", register.pk)
    assert pages == [of_register, of_register, None, of_register]
    about = PrintRecord.objects.order_by("pk").values_list("form", "about", "about_id", "organization")
    assert list(about) == [
        ("payment_register", "paymentregister", register.pk, w.cell.pk),
        ("cash_order", "cashorder", order.pk, w.keeper.pk),
        ("collector_order", "collectororder", w.order.pk, w.keeper.pk),
        ("payment_register", "paymentregister", register.pk, w.cell.pk),
    ]


def offered(actor: Any, register: PaymentRegister) -> list[str]:
    """Return the prints that the page of the register offers."""
    page = signed_in(actor).get(reverse("dues:register", args=[register.pk])).content.decode()
    return [name for name in ("print", "slips") if f"/registers/{register.pk}/{name}/" in page]


def test_v_d5_a_draft_and_a_cancelled_register_are_not_printed(w: Collecting) -> None:
    register = w.open()
    with refused("V-D5"):
        check_can_be_printed(register)
    for name in ("print_register", "print_slips"):
        assert post(w.chair, name, register.pk).status_code == 302
    assert offered(w.chair, register) == []
    assert not PrintRecord.objects.exists()
    cancel_register(register.pk, reason="ошибка", by=w.chair)
    register.refresh_from_db()
    with refused("V-D5"):
        check_can_be_printed(register)
    begun = w.begun()
    check_can_be_printed(begun)
    assert offered(w.chair, begun) == offered(w.collector, begun) == ["print", "slips"]
    assert offered(w.place.reviewer, begun) == []
    enter_sums(begun.pk, {}, by=w.collector)
    assert post(w.chair, "print_slips", begun.pk).status_code == 200


@pytest.mark.parametrize("code", ["cash_journal", "cash_book"])
def test_v_d6_journal_and_cash_book_are_printed_for_a_period(w: Collecting, code: str) -> None:
    received(w, w.closed())
    client, url = signed_in(w.chair), reverse("dues:cash_book_period", args=[code])
    page = client.get(url).content.decode()
    assert papers()[code].title in page
    assert ">Касса</a>" in page
    answer = client.post(url, {"first": TODAY_TEXT, "last": TODAY_TEXT})
    assert "100,00" in pages_in(answer.content)[0]
    assert PrintRecord.objects.get().form == code
    late = f"{TODAY + DAY:%d.%m.%Y}"
    assert client.post(url, {"first": TODAY_TEXT, "last": late}).context["form"].errors
    assert client.post(reverse("dues:cash_book_period", args=["minutes"])).status_code == 404
    assert signed_in(trees.officer(w.cell)).get(url).status_code == 404


@pytest.mark.parametrize("code", ["payment_register", "payment_slips", "collector_order", "cash_order"])
def test_v_d5_empty_papers_are_printed_without_a_code(w: Collecting, code: str) -> None:
    answer = post(trees.officer(w.cell), "print_empty_paper", code)
    assert "Код проверки" not in pages_in(answer.content)[0]
    record = PrintRecord.objects.get()
    assert (record.form, record.about_id, record.code, record.organization) == (code, None, None, w.cell)
    assert post(w.chair, "print_empty_paper", "minutes").status_code == 404
    assert post(w.place.region_chair, "print_empty_paper", code).status_code == 404
