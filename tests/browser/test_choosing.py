"""People selected one by one stay selected when other pages and searches are shown, and the action applies to all
selected people.
"""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest import MonkeyPatch

from members.people.views import member_list as lists
from registry.organizations.transitions.passports import add_body
from tests.members import places

from .conftest import OpenWindow
from .steps import press


def test_selected_rows_stay_selected_across_pages_order_and_search(
    window: OpenWindow, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE_ROWS", 2)
    place = places.union()
    for surname in ("Авдеева", "Бажова", "Вяземская", "Гусева"):
        place.put(surname=surname)
    page = window(place.chair)
    page.goto("/members/")
    count = page.locator("[data-selected-count]")

    def tick(surname: str) -> None:
        page.locator("main tbody tr", has_text=surname).locator("[name=selected]").check()

    tick("Авдеева")
    page.locator("main .pager [rel=next]").click()
    expect(page.locator("main tbody")).to_contain_text("Гусева")
    expect(page).to_have_url(re.compile(r"page=2$"))
    expect(page.locator("main h2")).to_be_focused()
    expect(count).to_have_text("1")
    tick("Гусева")
    page.fill("main [name=q]", "бажова")
    expect(page.locator("main tbody tr")).to_have_count(1)
    expect(count).to_have_text("2")
    tick("Бажова")
    expect(count).to_have_text("3")
    page.locator(
        "[data-selection] [formaction*='/export/'], [data-selection] button:not([formaction]):not([type=button])"
    ).last.click()
    names = page.locator("main li").all_inner_texts()
    assert [name.split()[0] for name in names if "Марфа" in name] == ["Авдеева", "Бажова", "Гусева"]


def test_the_choice_is_cleared_by_its_button(window: OpenWindow, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE_ROWS", 1)
    place = places.union()
    for surname in ("Авдеева", "Бажова"):
        place.put(surname=surname)
    page = window(place.chair)
    page.goto("/members/")
    clear = page.locator("[data-select-none]")
    page.locator("main tbody [name=selected]").check()
    expect(clear).to_be_hidden()
    page.locator("main .pager [rel=next]").click()
    expect(page.locator("main tbody")).to_contain_text("Бажова")
    clear.click()
    expect(page.locator("[data-selected-count]")).to_have_text("0")
    page.locator("main .pager [rel=prev]").click()
    expect(page.locator("main tbody")).to_contain_text("Авдеева")
    assert not page.locator("main tbody [name=selected]").is_checked()


def test_the_box_of_a_row_names_the_action_and_the_member(window: OpenWindow) -> None:
    place = places.union()
    name = place.put(surname="Авдеева").full_name
    page = window(place.chair)
    page.goto("/members/")
    expect(page.get_by_role("checkbox", name=f"Выбрать: {name}", exact=True)).to_have_count(1)


@pytest.mark.parametrize("width", [1360, 390])
def test_u4_somebody_is_put_into_a_body_from_the_cards_by_keyboard(window: OpenWindow, width: int) -> None:
    place = places.union()
    place.put(surname="Авдеева", given_name="Зоя", patronymic="Львовна")
    place.put(surname="Авдеенко", given_name="Ия", patronymic="Львовна")
    body = add_body(place.keeper.pk, kind="committee", name="Профсоюзный комитет", by=place.chair)
    page = window(place.chair, width)
    page.goto(reverse("organizations:seat_add", args=[body.pk]))
    field = page.locator("[name=full_name]")
    field.focus()
    page.keyboard.type("авде")
    expect(page.locator("[data-take]")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Авдеенко Ия Львовна")
    expect(field).to_be_focused()
    expect(page.locator("[data-take]")).to_have_count(0)
    page.locator("[name=since]").fill("01.02.2024")
    page.keyboard.press("Control+Enter")
    page.wait_for_load_state()
    expect(page.locator(".message, [role=status]").first).to_be_visible()
    assert [seat.full_name for seat in body.seats.all()] == ["Авдеенко Ия Львовна"]
    page.locator("[name=full_name]").fill("авде")
    expect(page.locator("[data-take]")).to_have_count(2)


def test_n_s1_the_actions_of_a_part_appear_when_it_is_chosen(window: OpenWindow) -> None:
    place = places.voi()
    place.put()
    page = window(place.chair)
    page.goto(reverse("organizations:journal"))
    part, action = page.locator("#id_part"), page.locator("#id_action")
    expect(action).to_have_count(0)
    page.locator("#id_since").fill("01.01.2020")
    part.focus()
    part.select_option("members")
    expect(action).to_be_visible()
    expect(part).to_be_focused()
    expect(page.locator("#id_since")).to_have_value("01.01.2020")
    action.select_option("member.put_on_account")
    press(page, "Show")
    expect(page.locator("table.events tbody tr")).to_have_count(1)
    expect(page.locator("#id_action")).to_have_value("member.put_on_account")
    page.locator("#id_part").select_option("organizations")
    expect(page.locator("#id_action")).to_have_value("")
