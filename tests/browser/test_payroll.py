"""From the accounts office's file to the cards: a payroll list compared with a bank payment (U-D1, N-D1)."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import Page, expect

from dues.ledger.models import LedgerEntry
from dues.payroll.models import EmployeeNumber, PayrollList
from tests.dues.payroll.world import MONTH, deducted

from .conftest import OpenWindow
from .steps import ru, wrong

LIST = """Анализ удержаний
Таб. №;Сотрудник;Удержано
101;АБРАМОВА МАРФА НИКИФОРОВНА;600,00
102;Белов И. И.;300,50
103;Чужова Алла Павловна;9,50
Итого;;910,00
"""


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=ru(name)).first.click()


def test_u_d1_a_payroll_list_is_compared_and_posted_against_the_bank_total(window: OpenWindow) -> None:
    w = deducted()
    (line,) = w.bank("910.00")
    page = window(w.chair, width=390)
    page.goto("/dues/payroll/load/")
    page.locator("[name=month]").select_option(MONTH.isoformat())
    page.locator("[name=file]").set_input_files(
        {"name": "october.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    )
    press(page, "Load")
    expect(page.locator("main")).to_contain_text("910,00")
    press(page, "Compare")
    found = PayrollList.objects.get()
    # A non-member is answered by the digit key of the answer, which does not work while a date is typed; initials, by
    # the first member.
    expect(page.locator("button[name=answer]").first).to_be_focused()
    page.locator("[name=until]").press("2")
    assert found.lines.get(position=5).reason == ""
    page.locator("[name=until]").fill("")
    page.locator("main h1").click()
    page.keyboard.press("2")
    expect(page.locator("main")).to_contain_text(ru("Noted."))
    assert found.lines.get(position=5).reason == "never_joined"
    page.goto(f"/dues/payroll/{found.pk}/?show=person")
    page.keyboard.press("0")
    expect(page.locator("button[name=member]").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Табельный номер запомнен")
    page.get_by_role("link", name=ru("Post the list")).click()
    press(page, "Post the list")
    expect(page.locator("[data-error-summary]")).to_contain_text("9,50")
    page.locator("[name=note]").fill("Чужова не состоит в организации")
    press(page, "Post the list")
    expect(page.locator("main")).to_contain_text("Список проведён")
    payments = LedgerEntry.objects.filter(kind="payment", organization=w.keeper).order_by("pk")
    assert [*payments.values_list("account__member", "amount")] == [
        (w.members[0].pk, Decimal(600)),
        (w.members[1].pk, Decimal("300.50")),
    ]
    line.refresh_from_db()
    assert (line.left, EmployeeNumber.objects.count()) == (Decimal("9.50"), 2)
    page.goto(f"/dues/payroll/{found.pk}/?show=missing")
    expect(page.locator("main")).to_contain_text(w.members[2].full_name)
    page.get_by_role("link", name=ru("Reverse the list")).click()
    page.locator("[name=reason]").fill("Прислали другой список")
    press(page, "Reverse")
    line.refresh_from_db()
    assert (line.left, wrong()) == (Decimal(910), {})
