"""A bank statement on the screen: loaded, posted in three bands, split, undone; also without scripts (V-D4)."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from dues.ledger.models import LedgerEntry
from tests.dues.bank.world import Bank, Doc, bank, paid_out, statement

from .conftest import OpenWindow
from .steps import fill, follow, press, wrong


def load(page: Page, w: Bank) -> None:
    """Load a statement with one certain, one likely and two unidentified payments, and one from an organisation."""
    likely = replace(w.named(1), purpose="Членский взнос")
    several = Doc("КУЗНЕЦОВА ОЛЬГА", "Взносы за двоих", "120.00", "7")
    gift = Doc("ОРЛОВ ГЛЕБ", "На ремонт", "1000.00", "8")
    data = statement(w.named(0), likely, several, gift, paid_out())
    page.goto("/dues/bank/")
    follow(page, "Load a bank statement")
    file = {"name": "kl_to_1c.txt", "mimeType": "text/plain", "buffer": data}
    page.locator("main input[type=file]").set_input_files([file])  # type: ignore[list-item]
    press(page, "Load")
    expect(page.locator("main")).to_contain_text("Загружено 5 платежей")


def line(page: Page, number: str) -> None:
    """Open the page of the payment with this number."""
    page.locator("main").get_by_role("link", name=re.compile(f"^№ {number},")).click()
    page.wait_for_load_state()


def paid(w: Bank) -> list[tuple[str, str, Decimal]]:
    found = LedgerEntry.objects.filter(kind="payment", organization=w.keeper, reversed_by__isnull=True).order_by("pk")
    return [(e.account.member.surname, e.fee, e.amount) for e in found.select_related("account__member")]  # type: ignore[union-attr]


@pytest.mark.parametrize("scripts", [True, False])
def test_v_d4_a_statement_is_posted_and_put_back(window: OpenWindow, scripts: bool) -> None:
    w = bank()
    page = window(w.chair, java_script_enabled=scripts)
    load(page, w)
    press(page, "Post all sure payments")
    expect(page.locator("main")).to_contain_text("Разнесён 1 платёж.")
    # The likely payment has the focus, so one key confirms it.
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("Разнесено 50,00 руб.: Борисова Алёна Юрьевна.")
    line(page, "7")
    for surname, amount, purpose in (("Викторова", "50", ""), ("Алексеева", "70", "voluntary")):
        page.locator("main [name=q]").fill(surname)
        press(page, "Find")
        page.get_by_label(surname).check()
        fill(page, amount=amount, purpose=purpose)
        press(page, "Post")
    expect(page.locator("main")).to_contain_text("Не выяснен 1 платёж: 1 000,00 ₽")
    line(page, "8")
    follow(page, "Not dues")
    fill(page, reason="Пожертвование на ремонт")
    press(page, "Record as not dues")
    expect(page.locator("main")).to_contain_text("Все поступившие платежи выяснены.")
    whole = [
        ("Алексеева", "annual", Decimal(50)), ("Борисова", "annual", Decimal(50)),
        ("Викторова", "annual", Decimal(50)), ("Алексеева", "voluntary", Decimal(70)),
    ]  # fmt: skip
    assert (paid(w), wrong()) == (whole, {})
    page.goto("/dues/bank/?state=posted")
    line(page, "7")
    follow(page, "Put back")
    fill(page, reason="Платили за других")
    press(page, "Put it back")
    expect(page.locator("main")).to_contain_text("Платёж снова ждёт выяснения.")
    assert (paid(w), w.keeper.bank_lines.get(number="7").left, wrong()) == (whole[:2], Decimal(120), {})
