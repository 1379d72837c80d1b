"""From the superior's slip to a signed consent: the main task of a chair, with each of three real lists.

One list for the card keeper of each charter, and each of the three results of checking the name (U-2 to U-7).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from members.people.models import Member
from registry.enums import Level
from registry.organizations.models import Organization
from tests.browser import steps
from tests.registry import trees

from .conftest import OpenWindow
from .steps import Papers, figure, fill, follow, message, press, ru


@dataclass(frozen=True)
class Case:
    """A federation, the chair's file, and the result of checking the name."""

    charter: str
    level: str
    file: str
    outcome: str
    #: The error in the first invalid row.
    correction: dict[str, str]


CASES = [
    Case("education_union", Level.PRIMARY, "school_union_list.xlsx", "wrong", {"text_birth_date": "14.05.1984"}),
    Case("voi", Level.LOCAL, "voi_local_list_cp1251.csv", "right", {"text_joined_on": "03.04.2025"}),
    Case("voi", Level.LOCAL, "old_cell_list.xls", "mistake", {"text_joined_on": "03.04.2025"}),
]
READY, WRONG = "ready", "wrong"
#: Number of people whose consents are laid out within seconds, and the number printed of a longer list.
FEW, SOME = 12, 6
PASSPORT = {
    "genitive_name": "организации Заречного района",
    "kind": "workers",
    "employer_name": "МБОУ «Школа № 15»",
    "employer_inn": "7707083893",
    "employer_kind": "school",
    "ownership": "municipal",
    "postal_address": "300041, г. Тула, ул. Садовая, д. 5",
    "phone": "8 487 230-15-15",
    "email": "zarechnaya@example.ru",
    "chair_name": "Зорина Мария Петровна",
    "chair_sex": "female",
    "chair_position": "учитель",
    "chair_phone": "8 910 555-01-17",
    "chair_email": "zorina@example.ru",
    "chair_elected_on": "12.02.2024",
    "chair_released": "false",
    "founded_on": "17.08.1988",
}


@pytest.mark.parametrize("case", CASES, ids=[case.file for case in CASES])
def test_u_2_to_u_7_from_the_slip_to_the_signed_consent(
    case: Case, window: OpenWindow, run_jobs: Callable[[], None]
) -> None:
    go_through(case, window, run_jobs)


def go_through(case: Case, window: OpenWindow, run_jobs: Callable[[], None], **options: Any) -> None:
    """Go through a new chair's first day, from the superior's page to the figures on the chair's start page."""
    head = trees.head(case.charter)
    region = trees.below(head, Level.REGIONAL, "Тульская областная")
    above, page = window(trees.officer(region, surname="Громова"), **options), window(**options)

    place = steps.found(above, region.pk, level=case.level, name="Зоречная организация")
    login, password = steps.give_access(above, place, "Зорина")
    steps.come_for_the_first_time(page, login, password)
    check_the_name(case.outcome, page, above, place)
    fill_the_passport(page, place)
    everybody = register_person(page, case.file, case.correction)
    the_same_file_again(page, case.file)
    assert Member.objects.filter(organization=place).count() == everybody
    print_consents(page, everybody, run_jobs, scripts=options.get("java_script_enabled", True))
    member = Member.objects.filter(organization=place).alphabetical()[0]
    print_card(page, member)
    mark_the_consent(page, member)

    page.goto("/")
    shown = [figure(page, label) for label in ("Registered members", "Consents signed")]
    assert shown == [str(everybody), "1"]


def check_the_name(outcome: str, page: Page, above: Page, place: int) -> None:
    """Check the name: right; misspelt and corrected by the chair; or wrong, and decided by the superior (U-3)."""
    if outcome == "right":
        page.get_by_role("button", name=ru("The name is right")).click()
        expect(page).to_have_url(re.compile(r"/passport/inpo/$"))
        return
    page.goto(f"/name-check/?way={outcome}")
    if outcome == "mistake":
        fill(page, full_name="Заречная организация (полное наименование)", short_name="Заречная организация")
        press(page, "Save the correct name")
        message(page, "The name is corrected. Now fill in the passport, the tab ИНПО first.")
        return
    fill(page, full_name="Организация лицея № 15", short_name="Организация лицея")
    fill(page, comment="Школа стала лицеем с 1 сентября")
    press(page, "Send to the superior organisation")
    expect(page).to_have_url(re.compile(r"/passport/"))
    above.goto("/")
    follow(above, "Decide")
    fill(above, accept="yes")
    press(above, "Decide")
    message(above, "The name is changed.")
    page.goto("/")
    message(page, "The new name is accepted:")
    follow(page, "Read")
    press(page, "I have read it")
    assert Organization.objects.get(pk=place).short_name == "Организация лицея"


def fill_the_passport(page: Page, place: int) -> None:
    """Fill in the tab ИНПО, the first one, completely (U-4)."""
    page.goto(f"/organizations/{place}/passport/")
    asked = {name: value for name, value in PASSPORT.items() if page.locator(f"main form [name={name}]").count()}
    fill(page, **asked)
    press(page, "Save")
    page.goto(f"/organizations/{place}/passport/inpo/")
    expect(page.locator("main [name=phone]")).to_have_value(re.compile("487"))


def register_person(page: Page, file: str, correction: dict[str, str]) -> int:
    """Register people: columns, rows, a correction, accepted assumptions, all valid rows; return the number (U-5)."""
    steps.load_list(page, file)
    press(page, "Check the rows")
    address = page.url
    assumed = page.get_by_role("button", name=ru("I have looked: everything assumed is right"), exact=True)
    if assumed.count():
        assumed.click()
    right = page.get_by_role("button", name=re.compile(rf"^\s*{ru('This is right')}"))
    while right.count():
        right.first.click()
        page.wait_for_load_state()
    before = steps.verdicts(page)
    page.goto(f"{address}?show=wrong")
    number = page.locator("main table").last.locator("td").first.inner_text()
    follow(page, "Correct row %(n)s", n=number)
    fill(page, **correction)
    press(page, "Save the row")
    message(page, "Row %(n)s is settled.", n=number)
    page.goto(address)
    after = steps.verdicts(page)
    wanted = {**before, WRONG: before[WRONG] - 1, READY: before[READY] + 1}
    assert after == {verdict: count for verdict, count in wanted.items() if count}
    follow(page, "Register: %(n)s", n=after[READY])
    press(page, "Register")
    expect(page).to_have_url(re.compile(r"/members/\?batch="))
    return after[READY]


def the_same_file_again(page: Page, file: str) -> None:
    """Upload the same file again: the page says so, and offers nobody who is already registered (U-5)."""
    steps.load_list(page, file)
    message(page, "The people in this file were registered already, on %(day)s.", day=steps.today())
    press(page, "Check the rows")
    message(page, "The people in this file were registered already, on %(day)s.", day=steps.today())
    assert READY not in steps.verdicts(page)


def print_consents(page: Page, everybody: int, run_jobs: Callable[[], None], *, scripts: bool) -> None:
    """Print consents for all in one PDF, or for the first people of a long list in a job, whose page shows the progress
    (U-6).
    """
    if everybody <= FEW:
        page.goto("/papers/")
        page.locator("main a[href='/papers/forms/consent/many/']").click()
    else:
        page.goto("/members/")
        for box in page.locator("main [name=selected]").all()[:SOME]:
            box.check()
        page.locator("main summary", has_text=ru("Print")).click()
        page.locator("main [formaction^='/papers/forms/consent/many/']").click()
    # The lists of chairs have no identity papers, so these are written on the consents by hand.
    page.locator("main [name=by_hand]").check()
    press(page, "Print")
    expect(page).to_have_url(re.compile("/jobs/"))
    run_jobs()
    fetch = page.get_by_role("link", name=ru("Download the result"))
    if not scripts:
        follow(page, "See the progress")
    fetch.wait_for()
    with page.expect_download() as kept:
        fetch.click()
    assert steps.pages_of(kept.value.path().read_bytes()) == 2 * (everybody if everybody <= FEW else SOME)


def print_card(page: Page, member: Member) -> None:
    """Print the member card from the member's page."""
    papers = Papers().of(page)
    page.goto(f"/papers/forms/member_card/members/{member.pk}/")
    paper = papers.taken_by(page, lambda: press(page, "Print"))
    assert member.surname in steps.text_of(paper)


def mark_the_consent(page: Page, member: Member) -> None:
    """Tick the consent on the tab «Общие»; without the date of the signature, this is refused (U-7)."""
    page.goto(f"/members/{member.pk}/")
    page.locator("#consent [name=given]").check()
    press(page, "Mark the consent as signed")
    message(page, "Enter the date of the signature as written on the paper.")
    fill(page, signed_on=steps.today())
    by_hand = page.locator("main [name=by_hand]")
    if by_hand.count():
        # The lists have neither passport nor address, which were written on the paper.
        by_hand.check()
    page.locator("main [name=given]").check()
    press(page, "Mark the consent as signed")
    expect(page.locator("#consent")).to_contain_text(ru("consent given"))
