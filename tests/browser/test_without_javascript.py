"""All tasks of a chair work in a browser without scripts too, with the same result."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from members.lists import batches
from members.people.models import Member
from registry.enums import Role
from tests.browser import steps
from tests.members import places
from tests.registry import trees

from .conftest import OpenWindow, Watch
from .steps import fill, follow, message, press
from .test_journeys import CASES, go_through

OFF = {"java_script_enabled": False}


def test_u_2_to_u_7_the_whole_way_without_scripts(window: OpenWindow, run_jobs: Callable[[], None]) -> None:
    (case,) = [case for case in CASES if case.file == "school_union_list.xlsx"]
    go_through(case, window, run_jobs, **OFF)


def test_u5_by_hand_without_scripts_a_refused_form_keeps_what_was_typed(window: OpenWindow) -> None:
    place = places.union()
    page = window(place.chair, **OFF)
    page.goto("/members/add/")
    fill(page, surname="Абрамова", given_name="Марфа", patronymic="Никифоровна", sex="female", birth_date="31.02.1978")
    fill(page, category="employed", workplace="Школа № 15", position="педагог", education="specialist")
    fill(page, dues_form="cashless", joined_on="07.05.2001", ground="профсоюзный билет № 17")
    press(page, "Register")
    expect(page.locator("[data-error-summary] a[href='#id_birth_date']")).to_be_visible()
    kept = [page.input_value(f"main [name={name}]") for name in ("surname", "patronymic", "birth_date")]
    assert (kept, Member.objects.filter(organization=place.keeper).count()) == (
        ["Абрамова", "Никифоровна", "31.02.1978"], 0,
    )  # fmt: skip
    fill(page, birth_date="28.02.1978")
    press(page, "Register")
    message(page, "%(name)s is registered.", name="Абрамова Марфа Никифоровна")


def test_n_a1_the_list_is_searched_and_filtered_without_scripts(window: OpenWindow) -> None:
    place = places.union()
    place.put()
    place.put(surname="Щербакова", given_name="Ольга", birth_date=places.UNION_PERSON["birth_date"].replace(year=1981))
    page = window(place.chair, **OFF)
    page.goto("/")
    page.fill("header [type=search]", "щерб")
    page.locator("header [type=search]").press("Enter")
    page.wait_for_url("**/members/?*")
    assert page.locator("table.people tbody th").all_inner_texts() == ["Щербакова Ольга Никифоровна"]


def test_v_b2_two_versions_are_chosen_from_without_scripts(window: OpenWindow, watch: Watch) -> None:
    place = places.union()
    member = place.put()
    first, second = (window(who, **OFF) for who in (place.chair, trees.officer(place.keeper, Role.REGISTRAR, "Сомов")))
    for page in (first, second):
        page.goto(f"/members/{member.pk}/edit/")
    fill(first, position="директор")
    press(first, "Save")
    watch.expected.add(409)
    fill(second, position="завуч")
    press(second, "Save")
    second.locator("table.conflict [value=mine]").check()
    press(second, "Save what is chosen")
    message(second, "The card is saved.")
    assert Member.objects.get(pk=member.pk).position == "завуч"


def test_u2_larger_type_is_switched_on_without_scripts(window: OpenWindow) -> None:
    page = window(places.union().chair, **OFF)
    page.goto("/my/")
    press(page, "Larger type")
    assert "type-large" in (page.locator("html").get_attribute("class") or "")
    follow(page, "Change the password")
    assert page.locator(f"text={steps.ru('Change of password')}").count() > 0


def test_u_5_a_column_is_opened_and_changed_by_keyboard_without_scripts(window: OpenWindow) -> None:
    place = places.union()
    batch = batches.upload_list(
        organization=place.keeper, data="ФИО;Дата рождения;Пол\nКим Лев Ильич;02.01.1960;м\n".encode(), name="a.csv",
        by=place.chair,
    )  # fmt: skip
    page = window(place.chair, **OFF)
    page.goto(f"/imports/{batch.pk}/columns/")
    expect(page.locator("select[name^=column_]")).to_have_count(0)
    page.fill("[name=minutes_number]", "7")
    page.locator("button[value=column_2]").focus()
    page.keyboard.press("Enter")
    opened = page.locator("select[name=column_2]")
    expect(opened).to_be_focused()
    opened.select_option("ignore")
    page.locator("[name=minutes_number]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/rows/**")
    batch.refresh_from_db()
    assert (batch.mapping["2"], batch.defaults["minutes_number"]) == ("ignore", "7")
