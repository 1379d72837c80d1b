"""The fees of ten people are recorded on one page, with the mouse and by keyboard (V-D1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone
from playwright.sync_api import expect

from dues.ledger.models import LedgerEntry
from dues.ledger.transitions import charge_new_year
from members.people.models import Member
from tests.members import places

from .conftest import OpenWindow
from .steps import ru, wrong
from .test_few_steps import count_clicks

SURNAMES = (
    "Абрикосова", "Берёзова", "Вишнева", "Грушева", "Дубова", "Еловая", "Жасминова", "Ивина", "Калинина", "Липова",
    "Малинина", "Ольхова",
)  # fmt: skip


def charged() -> tuple[places.Place, list[Member]]:
    place = places.voi()
    people = [
        place.put(surname=surname, snils="", ticket_number=str(100 + n), joined_on=dt.date(2010, 1, 1))
        for n, surname in enumerate(SURNAMES)
    ]
    charge_new_year(place.keeper.pk, timezone.localdate().year, by=place.chair)
    return place, people


def test_v_d1_ten_fees_are_recorded_on_one_page(window: OpenWindow) -> None:
    place, _people = charged()
    page = window(place.chair)
    page.goto("/dues/collect/")
    visited = [page.url]
    page.on("framenavigated", lambda frame: visited.append(frame.url) if frame.url != visited[-1] else None)
    count_clicks(page)
    page.goto("/dues/collect/")
    page.locator("[name=paper]").fill("Ведомость № 7")
    for surname in SURNAMES[:9]:
        page.locator("[data-row]", has_text=surname).locator("[name=selected]").check()
    # Typing a sum for a part payment ticks the member.
    page.locator("[data-row]", has_text=SURNAMES[9]).locator("[data-row-sum]").fill("20,50")
    expect(page.locator("[data-total]")).to_have_text("470,50")
    expect(page.locator("[data-selected-count]")).to_have_text("10")
    page.get_by_role("button", name=ru("Record the payments")).click()
    expect(page.locator("main")).to_contain_text("Внесено 10 уплат. Всего: 470,50 руб.")
    paid = LedgerEntry.objects.filter(kind="payment", organization=place.keeper).order_by("account__member__sort_key")
    assert list(paid.values_list("amount", flat=True)) == [*[Decimal("50.00")] * 9, Decimal("20.50")]
    clicks = int(page.evaluate("Number(window.name || 0)"))
    # One click for each member who pays the whole fee, and one for the button; the second address selects the fee.
    assert (clicks, {address.partition("?")[0] for address in visited}) == (10, {page.url.partition("?")[0]})
    assert wrong() == {}


def test_n_s2_fees_are_recorded_by_keyboard_alone(window: OpenWindow) -> None:
    place, _people = charged()
    page = window(place.chair)
    page.goto("/dues/collect/")
    keys = page.keyboard

    def field() -> str:
        return page.evaluate("document.activeElement.name")

    page.locator("[name=made_on]").focus()
    keys.press("Enter")
    assert field() == "paper"
    keys.type("Ведомость № 7")
    keys.press("Enter")
    assert field() == "q"
    keys.type("вишн")
    keys.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("[name=paper]")).to_have_value("Ведомость № 7")
    assert field() == "selected"
    keys.press("Space")
    keys.press("Enter")
    assert field().startswith("sum_")
    keys.type("30")
    keys.press("Enter")
    assert field().startswith("paper_")
    keys.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("Внесена 1 уплата. Всего: 30,00 руб.")
    paid = LedgerEntry.objects.filter(kind="payment", organization=place.keeper)
    assert list(paid.values_list("account__member__surname", "amount")) == [("Вишнева", Decimal("30.00"))]


def test_v_d1_an_error_leaves_ticks_and_sums_on_a_telephone(window: OpenWindow) -> None:
    place, _people = charged()
    page = window(place.chair, width=390)
    page.goto("/dues/collect/")
    page.locator("[name=paper]").fill("Ведомость № 7")
    for surname in SURNAMES[:3]:
        page.locator("[data-row]", has_text=surname).locator("[name=selected]").check()
    page.locator("[data-row]", has_text="Берёзова").locator("[data-row-sum]").fill("сто")
    page.locator("[data-row]", has_text="Ольхова").locator("[data-row-input]").fill("Квитанция № 3")
    page.get_by_role("button", name=ru("Record the payments")).click()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_contain_text("Берёзова")
    ticked = page.locator("[name=selected]:checked").evaluate_all(
        "boxes => boxes.map(box => box.closest('[data-row]').querySelector('th').innerText.trim().split(' ')[0])"
    )
    assert ticked == ["Абрикосова", "Берёзова", "Вишнева", "Ольхова"]
    expect(page.locator("[data-row]", has_text="Ольхова").locator("[data-row-input]")).to_have_value("Квитанция № 3")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    summary.get_by_role("link").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("50")
    page.get_by_role("button", name=ru("Record the payments")).click()
    expect(page.locator("main")).to_contain_text("Внесены 4 уплаты")
