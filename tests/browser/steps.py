"""Steps of a superior and a chair in the browser, with and without scripts."""

from __future__ import annotations

import base64
import datetime as dt
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, override
from playwright.sync_api import Page, Route, expect

from members.lists.enums import RowVerdict
from registry import integrity

DATA = Path(__file__).parents[1] / "data"
PASSWORD = "вишня сад зима пароход"


def ru(words: str, **values: object) -> str:
    """Return the Russian translation of the message."""
    with override("ru"):
        return gettext(words) % values if values else gettext(words)


def press(page: Page, words: str) -> None:
    """Press the button with this text in the main part of the page."""
    page.locator("main").get_by_role("button", name=ru(words), exact=True).first.click()
    page.wait_for_load_state()


def follow(page: Page, words: str, **values: object) -> None:
    """Follow the link with this text in the main part of the page, apart from text for screen readers."""
    words = ru(words, **values)
    page.locator("main").get_by_role("link", name=re.compile(rf"^\s*{re.escape(words)}\s*(:|$)")).first.click()
    page.wait_for_load_state()


def fill(page: Page, **values: str) -> None:
    """Fill in the fields of a form by name: type text, choose options, tick boxes."""
    for name, value in values.items():
        found = page.locator(f"main form [name={name}]")
        if found.first.get_attribute("type") in {"radio", "checkbox"}:
            page.locator(f"main form [name={name}][value={value}]").check()
        elif found.evaluate("field => field.tagName") == "SELECT":
            found.select_option(value)
        else:
            found.fill(value)


def figure(page: Page, label: str) -> str:
    """Return the figure with that label."""
    label = ru(label)
    shown = page.locator("dl.figures > div", has=page.locator("dt", has_text=re.compile(f"^{re.escape(label)}$")))
    return shown.locator("dd").evaluate("dd => dd.firstChild.textContent.trim()")


def message(page: Page, words: str, **values: object) -> None:
    """Assert that the page shows this message."""
    expect(page.locator("main")).to_contain_text(ru(words, **values))


def text_of(pdf: bytes) -> str:
    """Return the text of the paper."""
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def pages_of(pdf: bytes) -> int:
    """Return the number of pages of the paper."""
    return text_of(pdf).count("\f")


@dataclass
class Papers:
    """Keeps the PDFs that a window receives."""

    kept: list[bytes] = field(default_factory=list)

    def of(self, page: Page) -> Papers:
        """Listen to all windows of the visitor."""
        page.context.route(re.compile(r"/papers/|/print/|\.pdf"), self._pass)
        return self

    def _pass(self, route: Route) -> None:
        answer = route.fetch(max_redirects=0)
        if answer.headers.get("content-type", "").startswith("application/pdf"):
            self.kept.append(answer.body())
        route.fulfill(response=answer)

    def taken_by(self, page: Page, act: Callable[[], None]) -> bytes:
        """Run the action and return the only paper received meanwhile."""
        before = len(self.kept)
        act()
        for _moment in range(200):
            if len(self.kept) > before:
                break
            page.wait_for_timeout(100)
        (paper,) = self.kept[before:]
        return paper


def found(page: Page, parent_id: int, *, level: str, name: str) -> int:
    """Found an organisation as its superior; return its id."""
    page.goto(f"/organizations/{parent_id}/")
    page.locator("main summary", has_text=ru("Actions")).click()
    follow(page, "Found an organisation below")
    fill(page, level=level, full_name=f"{name} (полное наименование)", short_name=name, status="active")
    press(page, "Found the organisation")
    expect(page).to_have_url(re.compile(r"/organizations/\d+/$"))
    return int(page.url.rstrip("/").rsplit("/", 1)[1])


def give_access(page: Page, organization_id: int, surname: str) -> tuple[str, str]:
    """Create the chair's account as the superior; return login and one-time password from the printed slip (U-2)."""
    page.goto(f"/accounts/add/?organization={organization_id}")
    fill(page, surname=surname, given_name="Мария", patronymic="Петровна", role="chair")
    press(page, "Create and show the slip")
    link = page.locator("a[download]")
    paper = text_of(base64.b64decode((link.get_attribute("href") or "").partition(",")[2]))
    login = re.search(r"^\s*Логин\s+(\S+)\s*$", paper, re.MULTILINE)
    password = re.search(r"^\s*Одноразовый пароль\s+(\S+)\s*$", paper, re.MULTILINE)
    assert (surname in paper, bool(login), bool(password)) == (True, True, True), paper
    return login[1], password[1]  # type: ignore[index]


def sign_in(page: Page, login: str, password: str) -> None:
    """Sign in on the first page."""
    page.goto("/sign-in/")
    fill(page, username=login, password=password)
    press(page, "Sign in")


def come_for_the_first_time(page: Page, login: str, password: str) -> None:
    """Sign in with the printed credentials and replace the one-time password (U-2)."""
    sign_in(page, login, password)
    fill(page, password=PASSWORD, again=PASSWORD)
    press(page, "Save the password and go on")
    expect(page).to_have_url(re.compile("/name-check/$"))


def load_list(page: Page, name: str) -> None:
    """Upload the list and continue to the page of its rows."""
    page.goto("/imports/upload/")
    page.set_input_files("main [name=file]", DATA / name)
    press(page, "Go on")
    expect(page).to_have_url(re.compile(r"/imports/\d+/columns/$"))


def verdicts(page: Page) -> dict[str, int]:
    """Return the number of rows by verdict, from the tabs above them."""
    with override("ru"):
        names = {capfirst(str(verdict.label)): str(verdict.value) for verdict in RowVerdict}
    shown = [" ".join(text.split()) for text in page.locator("main nav.tabs a").all_inner_texts()]
    found = [re.fullmatch(r"(.+?) ([\d ]+)", text) for text in shown]
    return {names[match[1]]: int(match[2].replace(" ", "")) for match in found if match}


def today() -> str:
    """Return today's date as typed."""
    return day()


def day(ago: int = 0) -> str:
    """Return the date `ago` days before today, as typed."""
    return f"{timezone.localdate() - dt.timedelta(days=ago):%d.%m.%Y}"


def act(page: Page, words: str) -> None:
    """Follow the link in the menu «Actions»."""
    page.locator("main summary", has_text=ru("Actions")).click()
    follow(page, words)


def meet(page: Page, ago: int = 0) -> None:
    """Put everything that waits on the agenda and record that the whole body was present."""
    page.goto("/meetings/")
    follow(page, "Plan a meeting")
    fill(page, held_on=day(ago), starts_at="15:30", place="ул. Садовая, 5")
    press(page, "Plan")
    message(page, "The meeting is planned. Make its agenda now.")
    press(page, "Put on the agenda")
    follow(page, "Who was present")
    for box in page.locator("main [name=seats]").all():
        box.check()
    fill(page, chaired_by="Громов Г. Г.", secretary="Ильина И. И.")
    press(page, "Save")
    message(page, "It is recorded who was present.")


def adopt_all(page: Page) -> None:
    """Adopt all items with the votes of everybody present."""
    untold(page)
    page.locator("main [data-select-page]").check()
    press(page, "Adopted")
    close_minutes(page)


def untold(page: Page) -> None:
    """Confirm that nobody was notified of the meeting, if the page asks for it."""
    for box in page.locator("main [name=not_notified]").all():
        box.check()


def close_minutes(page: Page) -> None:
    """Close the minutes with their number."""
    fill(page, number="12")
    press(page, "Close the minutes")
    message(page, "The minutes are closed.")


def wrong() -> dict[str, list[str]]:
    """Return the findings of the integrity check."""
    return {title: found for title, found in integrity.run() if found}
