"""A bank's table on the screen: columns corrected, file undone and loaded again, posted in three bands (V-D4, N-D2)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from dues.bank.models import BankLine, StatementColumns
from dues.ledger.models import BookAccount
from dues.ledger.rules.holdings import held_by
from tests.dues.bank.world import OTHER_PAYER, PAYER, TODAY, Bank, bank

from .conftest import OpenWindow
from .steps import fill, follow, message, press, wrong
from .test_bank import line, paid

#: Two headings are ambiguous: the account's owner, and the purpose.
HEAD = "Дата;№ документа;Списание;Зачисление;Контрагент;Реквизит 1;Реквизит 2"


def table(w: Bank) -> bytes:
    """Return a table with one certain, one likely and one unidentified payment, and one from an organisation."""
    first, second = w.members[:2]
    day = f"{TODAY:%d.%m.%Y}"
    rows = [
        f"{day};1;;50,00;{first.full_name.upper()};{PAYER};Взнос ЛС {w.number(0)}",
        f"{day};2;;50,00;{second.full_name.upper()};{OTHER_PAYER};Членский взнос",
        f"{day};3;;120,00;КУЗНЕЦОВА ОЛЬГА;40817810600000000203;Взнос за соседку",
        f"{day};4;240,00;;ООО СВЯЗЬ;40702810000000000099;Оплата связи",
    ]
    return "\r\n".join([HEAD, *rows, "Итого;;240,00;220,00;;;"]).encode("cp1251")


def upload(page: Page, w: Bank) -> None:
    page.goto("/dues/bank/")
    follow(page, "Load a bank statement")
    file = {"name": "vypiska.csv", "mimeType": "text/csv", "buffer": table(w)}
    page.locator("main input[type=file]").set_input_files([file])  # type: ignore[list-item]
    press(page, "Load")
    expect(page.locator("h1")).to_have_text("Столбцы выписки")


def held(w: Bank) -> Decimal:
    return sum((held_by(one) for one in BookAccount.objects.filter(organization=w.keeper, kind="bank")), Decimal(0))


@pytest.mark.parametrize(("scripts", "width"), [(True, 1360), (False, 390)])
def test_v_d4_a_table_is_read_as_the_clerk_says_and_posted(window: OpenWindow, scripts: bool, width: int) -> None:
    w = bank()
    page = window(w.chair, java_script_enabled=scripts, width=width)
    main = page.locator("main")
    upload(page, w)
    expect(main).to_contain_text("240,00")
    expect(main.locator("table")).not_to_contain_text("Членский взнос")
    # Without a purpose no payment would be identified: the clerk names the columns and sees the result.
    fill(page, column_5="account", column_6="purpose")
    press(page, "Show again")
    expect(main.locator("table")).to_contain_text("Членский взнос")
    expect(main.locator("table")).to_contain_text(PAYER)
    assert (BankLine.objects.filter(organization=w.keeper).count(), page.evaluate("innerWidth")) == (0, width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # Then she swaps the two sums by mistake, and undoes the file.
    fill(page, column_2="received", column_3="paid")
    press(page, "Load")
    message(page, "Load a bank statement")
    assert held(w) == 240 - 220
    follow(page, "Bank statements")
    page.locator("main tbody th a").first.click()
    page.wait_for_load_state()
    follow(page, "Take the file back")
    expect(main).to_contain_text("220,00")
    fill(page, reason="Перепутаны столбцы сумм")
    press(page, "Take the file back")
    message(page, "The file is taken back. It can be loaded again.")
    assert (BankLine.objects.filter(organization=w.keeper).count(), held(w), wrong()) == (0, 0, {})
    upload(page, w)
    fill(page, column_5="account", column_6="purpose")
    press(page, "Load")
    expect(main).to_contain_text("Загружены 4 платежа.")
    assert StatementColumns.objects.get(organization=w.keeper).columns["зачисление"] == "received"
    press(page, "Post all sure payments")
    expect(main).to_contain_text("Разнесён 1 платёж.")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(main).to_contain_text("Разнесено 50,00 руб.: Борисова Алёна Юрьевна.")
    line(page, "3")
    page.locator("main [name=q]").fill("Викторова")
    press(page, "Find")
    page.get_by_label("Викторова").check()
    fill(page, amount="50", purpose="")
    press(page, "Post")
    whole = [(surname, "annual", Decimal(50)) for surname in ("Алексеева", "Борисова", "Викторова")]
    assert (paid(w), held(w), wrong()) == (whole, Decimal(-20), {})
    page.goto("/dues/bank/")
    line(page, "3")
    follow(page, "Put back")
    fill(page, reason="Платила за другую")
    press(page, "Put it back")
    expect(main).to_contain_text("Платёж снова ждёт выяснения.")
    # A file whose payments were posted once cannot be removed.
    page.goto(f"/dues/bank/?statement={BankLine.objects.filter(organization=w.keeper).latest('pk').statement_id}")
    expect(main).to_contain_text("Файл остаётся, даже если разноска отменена")
    assert (paid(w), wrong()) == (whole[:2], {})
