"""Undoing the loading of a bank statement that was misread, and loading it again (N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dues.bank.enums import LineState
from dues.bank.loading import ColumnsUnknown, load_file
from dues.bank.models import BankLine, BankStatement, StatementColumns
from dues.bank.rules.unloading import check_can_be_unloaded
from dues.bank.transitions.loading import Loaded
from dues.bank.transitions.posting import mark_not_dues, post_line, put_back
from dues.bank.transitions.settling import Share
from dues.bank.transitions.unloading import unload_statement
from dues.ledger.models import BookAccount, ClosedBooks, LedgerEntry
from dues.ledger.rules.holdings import held_by
from registry.errors import NotAllowed
from registry.journal.models import Event
from tests.dues.test_ledger import wrong
from tests.members import places
from tests.refusals import refused

from .test_table_pages import MEANT, row, table
from .world import FEE, TODAY, Bank, Doc, bank, paid_out

pytestmark = [pytest.mark.django_db, pytest.mark.both]
RIGHT = dict(enumerate(MEANT))
#: The columns of received and paid sums are swapped.
WRONG = {**RIGHT, 2: "received", 3: "paid"}


@pytest.fixture
def w() -> Bank:
    return bank()


@pytest.fixture
def chair(w: Bank) -> Client:
    return places.signed_in(w.chair)


def file() -> bytes:
    return table(row("1"), row("1"), row("2", purpose="Взнос за год"))


def misread(w: Bank) -> Loaded:
    return load_file(w.keeper, file(), columns=WRONG, by=w.chair)


def unload(w: Bank, loaded: Loaded, reason: str = "Не те столбцы") -> int:
    return unload_statement(loaded.statement.pk, reason=reason, by=w.chair)


def balances(w: Bank) -> dict[str, Decimal]:
    accounts = BookAccount.objects.filter(organization=w.keeper, kind__in=["bank", "unknown", "other"])
    return {account.kind: held_by(account) for account in accounts}


def test_n_d2_a_file_that_was_read_wrongly_is_taken_back_and_loaded_by_other_columns(w: Bank) -> None:
    first = misread(w)
    assert [(line.incoming, line.state) for line in first.lines] == [(False, LineState.OTHER)] * 3
    assert balances(w) == {"bank": -3 * FEE, "other": 3 * FEE}
    assert unload(w, first) == 3
    assert (BankLine.objects.count(), balances(w)) == (0, {"bank": 0, "other": 0})
    # The columns are asked again, the wrong ones are forgotten.
    with pytest.raises(ColumnsUnknown):
        load_file(w.keeper, file(), by=w.chair)
    again = load_file(w.keeper, file(), columns=RIGHT, by=w.chair)
    assert (again.before, [(line.incoming, line.state) for line in again.lines]) == (
        False,
        [(True, LineState.OPEN)] * 3,
    )
    assert balances(w) == {"bank": 3 * FEE, "other": 0, "unknown": -3 * FEE}
    assert load_file(w.keeper, file(), by=w.chair).before
    assert (again.statement.repeated, list(BankStatement.objects.kept())) == (0, [again.statement])
    assert wrong() == []


def test_n_d2_the_same_payments_are_booked_once_more_after_each_time(w: Bank) -> None:
    """The columns stay the same, so only the file distinguishes the entries."""
    for times in (1, 2, 3):
        loaded = load_file(w.keeper, file(), columns=RIGHT, by=w.chair)
        assert (len(loaded.lines), balances(w)["bank"], LedgerEntry.objects.filter(kind="move").count()) == (
            3, 3 * FEE, 3 * times,
        )  # fmt: skip
        unload(w, loaded)
    load_file(w.keeper, file(), columns=RIGHT, by=w.chair)
    assert (BankLine.objects.count(), LedgerEntry.objects.filter(kind="reversal").count()) == (3, 9)
    assert wrong() == []


def test_n_d1_integrity_finds_payments_of_a_file_that_was_taken_back(w: Bank) -> None:
    came, went = w.load(Doc()).statement, w.load(paid_out()).statement
    BankStatement.objects.update(unloaded_at=timezone.now())
    assert sorted(wrong()) == [f"bank statement {one.pk}: totals are not those of its lines" for one in (came, went)]


def test_n_d1_no_day_counts_the_payments_of_a_file_that_was_taken_back(w: Bank) -> None:
    day = TODAY - dt.timedelta(days=40)
    loaded = w.load(Doc(day=day), Doc(number="2"), paid_out())
    unload(w, loaded)
    sums = LedgerEntry.objects.filter(kind="reversal").values_list("made_on", "reverses__made_on", "paper", "rule")
    assert sorted(set(sums)) == [(one, one, "Не те столбцы", "N-D1") for one in (day, TODAY)]
    loaded.statement.refresh_from_db()
    assert (loaded.statement.unloaded_by, loaded.statement.unloaded_at is not None) == (w.chair.account, True)
    event = Event.objects.get(action="dues.statement_unloaded")
    assert (event.organization, event.object_id, event.rule, event.facts) == (
        w.keeper, str(loaded.statement.pk), "N-D1", {"count": 3},
    )  # fmt: skip
    assert w.chair.account is not None
    last = BankLine.history.filter(history_type="-")
    assert list(last.values_list("history_user", "history_change_reason")) == [(w.chair.account.pk, "N-D1")] * 3


def test_n_d1_a_file_of_which_something_was_posted_stays_even_if_it_was_put_back(w: Bank) -> None:
    loaded = w.load(Doc(), Doc(number="2"), Doc(number="3"))
    check_can_be_unloaded(loaded.statement)
    posted, other = loaded.lines[:2]
    post_line(posted.pk, [Share(w.members[0].pk, Decimal("10.00"))], by=w.chair)
    for _state in ("posted", "put back"):
        with refused("N-D1", match="№ 1, .* уже разносили"):
            check_can_be_unloaded(loaded.statement)
        with refused("N-D1", match="№ 1, .* уже разносили"):
            unload(w, loaded)
        if BankLine.objects.get(pk=posted.pk).posted:
            put_back(posted.pk, reason="Ошибка", by=w.chair)
    mark_not_dues(other.pk, reason="Грант", by=w.chair)
    assert BankLine.objects.count() == 3


def test_n_d2_a_file_on_which_a_later_one_counts_is_taken_back_after_it(w: Bank) -> None:
    first = w.load(Doc(), Doc(number="2"))
    second = w.load(Doc(number="2"), Doc(number="3"))
    assert (len(second.lines), second.statement.repeated) == (1, 1)
    with refused("N-D2", match="загруженном позже"):
        check_can_be_unloaded(first.statement)
    with refused("N-D2", match="загруженном позже"):
        unload(w, first)
    assert (unload(w, second), unload(w, first)) == (1, 2)
    assert len(w.load(Doc(number="2"), Doc(number="3")).lines) == 2


@pytest.mark.parametrize(("closed", "refuses"), [(-1, False), (0, True), (1, True)])
def test_n_d1_payments_of_a_closed_period_stay(w: Bank, closed: int, refuses: bool) -> None:
    day = TODAY - dt.timedelta(days=10)
    loaded = w.load(Doc(day=day), Doc(number="2"))
    ClosedBooks.objects.create(organization=w.keeper, until=day + dt.timedelta(days=closed))
    if not refuses:
        assert unload(w, loaded) == 2
        return
    with refused("N-D1", match="Учёт закрыт"):
        check_can_be_unloaded(loaded.statement)
    with refused("N-D1", match="Учёт закрыт"):
        unload(w, loaded)
    assert BankLine.objects.count() == 2


def test_n_d1_a_file_is_taken_back_once_and_with_a_reason(w: Bank) -> None:
    loaded = w.load(Doc())
    with refused("N-D1", field="reason"):
        unload(w, loaded, " ")
    unload(w, loaded)
    with refused("N-D2", match="уже убран"):
        unload(w, loaded)
    assert LedgerEntry.objects.filter(kind="reversal").count() == 1


def test_v_d4_other_columns_are_still_remembered(w: Bank) -> None:
    load_file(w.keeper, table(row("8"), head="Дата;Номер;Списано;Зачислено;Имя;Счет;Назначение\n"), columns=RIGHT,
              by=w.chair)  # fmt: skip
    unload(w, misread(w))
    assert [bool(one.columns) for one in StatementColumns.objects.order_by("pk")] == [True, False]


def test_v_d4_who_takes_a_file_back(w: Bank) -> None:
    loaded = w.load(Doc())
    for by in (w.place.reviewer, w.place.region_chair):
        with pytest.raises(NotAllowed):
            unload_statement(loaded.statement.pk, reason="Ошибка", by=by)
    with pytest.raises(BankStatement.DoesNotExist):
        unload_statement(loaded.statement.pk, reason="Ошибка", by=places.union().chair)


def test_n_d2_the_clerk_is_asked_and_the_list_of_files_says_what_was_taken_back(w: Bank, chair: Client) -> None:
    loaded = w.load(Doc(), Doc(number="2"))
    ask = reverse("dues:unload_bank_statement", args=[loaded.statement.pk])
    lines, files = f"{reverse('dues:bank')}?statement={loaded.statement.pk}", reverse("dues:bank_statements")
    assert ask in chair.get(lines).content.decode()
    shown = chair.get(ask).content.decode()
    assert ("Убрать файл" in shown, "100,00" in shown, BankLine.objects.count()) == (True, True, 2)
    assert (chair.post(ask, {"reason": " "}).status_code, BankLine.objects.count()) == (200, 2)
    assert chair.post(ask, {"reason": "Не те столбцы"})["Location"] == files
    page = chair.get(files).content.decode()
    assert ("убран" in page, f"?statement={loaded.statement.pk}" in page, BankLine.objects.count()) == (True, False, 0)
    assert chair.post(ask, {"reason": "Ещё раз"})["Location"] == files
    assert LedgerEntry.objects.filter(kind="reversal").count() == 2


def test_n_d1_the_page_of_a_file_says_why_it_stays(w: Bank, chair: Client) -> None:
    loaded = w.load(Doc())
    post_line(loaded.lines[0].pk, [Share(w.members[0].pk, FEE)], by=w.chair)
    page = chair.get(f"{reverse('dues:bank')}?statement={loaded.statement.pk}").content.decode()
    ask = reverse("dues:unload_bank_statement", args=[loaded.statement.pk])
    assert ("Файл остаётся" in page, ask in page) == (True, False)
    assert chair.get(ask)["Location"] == reverse("dues:bank_statements")
