"""From the order of appointment to the cash receipt order: a collector and a cashier on one register (V-D4 to V-D6)."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import Page, expect

from documents.papers.card_lines import annual_payments
from documents.printing.core import Batch
from dues.collecting.models import CashOrder, CollectorOrder, PaymentRegister
from dues.ledger.models import DuesAccount, LedgerEntry
from members.people.models import Member
from registry.enums import DataClass
from tests.dues.collecting.world import TODAY, YEAR, Collecting, collecting

from .conftest import OpenWindow
from .steps import Papers, fill, follow, message, ru, text_of, wrong


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=ru(name), exact=True).click()


def test_v_d5_dues_go_from_the_order_by_a_register_to_the_cash_desk_and_the_card(window: OpenWindow) -> None:
    w = collecting()
    cashier = window(w.chair)
    order = appointed(cashier, w)
    collector = window(w.collector, width=390)
    collector.goto("/dues/registers/")
    collector.get_by_role("link", name=ru("Open a register")).click()
    fill(collector, order=str(order.pk), cell=str(w.cell.pk), purpose=f"annual:{YEAR}")
    press(collector, "Open")
    press(collector, "Begin collecting")
    expect(collector.locator("h1")).to_contain_text("№ 1")
    with collector.expect_response(lambda answer: "/print/" in answer.url) as printed:
        press(collector, "Print")
    assert printed.value.headers["content-type"] == "application/pdf"
    collector.goto(f"/dues/registers/{PaymentRegister.objects.get(organization=w.keeper).pk}/")
    # Enter moves to the next line; a line without a sum means that the member has not paid.
    collector.locator("[name^=sum_]").nth(0).focus()
    collector.keyboard.type("50")
    collector.keyboard.press("Enter")
    collector.keyboard.press("Enter")
    collector.keyboard.type("20,50")
    press(collector, "Save")
    expect(collector.locator("main")).to_contain_text("70,50")
    press(collector, "Save and close the register")
    expect(collector.locator("main")).to_contain_text("Сдайте деньги")
    assert collector.evaluate("document.documentElement.scrollWidth") == 390
    cashier.goto(f"/dues/registers/{PaymentRegister.objects.get(organization=w.keeper).pk}/")
    cashier.get_by_role("link", name=ru("Receive the money")).click()
    cashier.locator("[name=amount]").fill("70")
    press(cashier, "Receive the money")
    expect(cashier.locator("[data-error-summary]")).to_contain_text("0,50")
    cashier.locator("[name=note]").fill("Мелочь сдам завтра")
    press(cashier, "Receive the money")
    expect(cashier.locator("main")).to_contain_text(f"№ 1, {TODAY:%d.%m.%Y}")
    assert CashOrder.objects.get(register__organization=w.keeper).amount == 70
    payments = LedgerEntry.objects.filter(kind="payment", organization=w.keeper).order_by("pk")
    assert [*payments.values_list("amount", flat=True)] == [Decimal(50), Decimal("20.50")]
    batch = Batch(w.keeper, frozenset(DataClass), TODAY, "member_card")
    marked = annual_payments(Member.objects.get(pk=w.members[0].pk), batch)
    assert [(entry.year, entry.amount, entry.made_on) for entry in marked] == [(YEAR, 50, TODAY)]
    # The page of the cash desk shows the collector's remaining money; the card names the register.
    cashier.goto("/dues/cash/")
    expect(cashier.locator("main")).to_contain_text(order.full_name)
    cashier.goto(f"/members/{w.members[0].pk}/dues/")
    expect(cashier.locator("main")).to_contain_text(f"Ведомость № 1 от {TODAY:%d.%m.%Y}")
    part = DuesAccount.objects.get(member=w.members[1])
    assert (part.paid_to, part.unpaid) == (None, Decimal("29.50"))
    assert wrong() == {}


def appointed(page: Page, w: Collecting) -> CollectorOrder:
    """Appoint the collector by another order, by keyboard, and print this order."""
    assert w.collector.account is not None
    page.goto("/dues/collectors/")
    follow(page, "Appoint a collector")
    fill(page, full_name="Яблокова Анна Ивановна", collector=str(w.collector.account.pk))
    page.locator(f"main [name=cells][value='{w.cell.pk}']").check()
    page.locator("main [name=number]").focus()
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    message(page, "The collector is appointed. Print the order, then open a register.")
    row = page.locator("main tr", has_text="Яблокова")
    printing = Papers().of(page)
    paper = printing.taken_by(page, row.get_by_role("button", name=ru("Print")).click)
    assert "Яблоков" in text_of(paper)
    return CollectorOrder.objects.get(organization=w.keeper, number="5")
