"""Money between two organisations on the screen: passed on, proposed by the bank, confirmed once, undone (V-D7)."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from dues.distribution.models import Remittance
from dues.distribution.queries import open_between
from dues.ledger.models import BookAccount
from dues.ledger.rules.holdings import held_by
from registry.organizations.models import Organization, OrganizationPassport
from tests.dues.bank.world import OWN, Doc, statement
from tests.dues.distribution.world import Sharing, sharing

from .conftest import OpenWindow
from .steps import day, fill, follow, message, press, wrong

REGION, BIK = "40703810900000000099", "047003999"


def load(page: Page, account: str) -> None:
    """Load the account's statement with the payment of the local organisation to the region."""
    file = statement(Doc("РЕГИОН", "Отчисления", "40.00", "15", payer=OWN, payee=REGION), account=account)
    page.goto("/dues/bank/load/")
    sent = {"name": "kl_to_1c.txt", "mimeType": "text/plain", "buffer": file}
    page.locator("main input[type=file]").set_input_files([sent])  # type: ignore[list-item]
    press(page, "Load")
    expect(page.locator("main")).to_contain_text("Загружен 1 платёж.")


def confirm(page: Page, state: str, other: Organization) -> None:
    """Confirm the payment that the page proposes."""
    page.goto(f"/dues/bank/?state={state}")
    expect(page.locator("main tbody tr")).to_contain_text(other.short_name)
    expect(page.locator("main tbody tr")).to_contain_text("расчёты между организациями")
    page.locator("main tbody").get_by_role("button", name=re.compile("^Подтвердить")).click()
    page.wait_for_load_state()


def put_back(page: Page) -> None:
    follow(page, "Put back")
    fill(page, reason="Это другой платёж")
    press(page, "Put it back")
    message(page, "The payment is free again.")


def held(place: Organization) -> Decimal:
    accounts = BookAccount.objects.filter(organization=place, kind="bank")
    return sum((held_by(one) for one in accounts), Decimal(0))


def told(w: Sharing) -> tuple[Decimal, Decimal, Decimal, list[str]]:
    """Return both account balances, the debt, and the states of the transfers."""
    states = Remittance.objects.filter(organization=w.local).order_by("pk").values_list("state", flat=True)
    return held(w.local), held(w.region), open_between(w.local, w.region), list(states)


@pytest.mark.parametrize(("scripts", "width"), [(True, 1360), (False, 390)])
def test_v_d7_a_payment_between_organisations_is_confirmed_by_both_banks_and_counted_once(
    window: OpenWindow, scripts: bool, width: int
) -> None:
    w = sharing()
    for place, account in ((w.local, OWN), (w.region, REGION)):
        OrganizationPassport.objects.update_or_create(organization=place, defaults={"account": account, "bik": BIK})
    w.pay("100")
    w.decide((w.local, "60"), (w.region, "40"))
    w.share()
    below = window(w.chair, java_script_enabled=scripts, width=width)
    above = window(w.region_chair, java_script_enabled=scripts, width=width)
    below.goto(f"/dues/settlements/with/{w.region.pk}/")
    follow(below, "Pass money on")
    fill(below, made_on=day(0), source="bank", paper="Платёжное поручение № 15")
    press(below, "Record the money")
    message(below, "The money is recorded. The receiver confirms it.")
    load(below, OWN)
    confirm(below, "other", w.region)
    message(below, "The payment is joined with the money passed on.")
    assert told(w) == (-40, 0, 0, ["sent"])
    load(above, REGION)
    # The money waits on both pages, and the list of settlements links to the payment.
    above.goto("/dues/settlements/")
    expect(above.locator("main")).to_contain_text(w.local.short_name)
    assert above.evaluate("document.documentElement.scrollWidth") == width
    confirm(above, "open", w.local)
    message(above, "The money of the other organisation is confirmed.")
    assert (told(w), wrong()) == ((-40, 40, 0, ["received"]), {})
    # It is confirmed once; then no page offers it again.
    above.goto("/dues/bank/?state=open")
    expect(above.locator("main")).to_contain_text("Все поступившие платежи выяснены.")
    above.goto("/dues/settlements/")
    expect(above.locator("main").get_by_role("link", name=re.compile("^Подтвердить"))).to_have_count(0)
    above.goto("/dues/bank/?state=other")
    above.locator("main tbody th a").first.click()
    above.wait_for_load_state()
    put_back(above)
    assert (told(w), wrong()) == ((-40, 40, 0, ["sent"]), {})
    confirm(above, "open", w.local)
    assert (told(w), wrong()) == ((-40, 40, 0, ["received"]), {})
