"""The slip with login and one-time password (U-2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents.papers.credentials_slip import render_slips
from documents.printing.core import forms
from registry.access import Actor
from registry.accounts.models import Account
from registry.accounts.transitions.accounts import Credentials
from registry.enums import Level, Role
from registry.errors import NotAllowed
from tests.documents.pdfs import texts_of
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def superior() -> Actor:
    return trees.officer(trees.below(trees.head(), Level.REGIONAL, "Тульская организация"))


def given(superior: Actor, role: str = Role.CHAIR, **values: str) -> Credentials:
    account = trees.officer(trees.below(superior.organization, Level.PRIMARY), role).account
    for name, value in values.items():
        setattr(account, name, value)
    account.password_given_at = timezone.now()
    return Credentials(account, "hk4t-m7wd-x9pc")


def pages(credentials: list[Credentials], by: Actor) -> list[str]:
    return texts_of(render_slips(credentials, by=by))


def test_u2_the_slip_names_address_login_password_and_what_to_do(superior: Actor, settings: Any) -> None:
    settings.SITE_ADDRESS = "https://reestr.example.ru"
    credentials = given(superior)
    (page,) = pages([credentials], superior)
    wanted = [
        "https://reestr.example.ru", credentials.account.login, "hk4t-m7wd-x9pc", credentials.account.full_name,
        "Председатель", "Тульская организация", "1.", "4.", "ИНПО",
    ]  # fmt: skip
    assert [words for words in wanted if words not in page] == []


def test_u2_slips_of_roles_that_do_not_lead_do_not_mention_the_passport(superior: Actor) -> None:
    (page,) = pages([given(superior, Role.COLLECTOR)], superior)
    assert ("ИНПО" in page, "Ответственный за сбор взносов" in page) == (False, True)


@pytest.mark.parametrize(("count", "sheets"), [(1, 1), (2, 1), (3, 2)])
def test_u2_two_slips_fit_on_a_sheet(superior: Actor, count: int, sheets: int) -> None:
    assert len(pages([given(superior) for _ in range(count)], superior)) == sheets


def test_u2_the_longest_values_stay_on_their_half_of_the_sheet(superior: Actor, settings: Any) -> None:
    settings.SITE_ADDRESS = "https://reestr.obshcherossijskij-profsoyuz-obrazovaniya.example.ru"
    superior.organization.short_name = "Очень длинное наименование организации " * 3
    long = {"surname": "Ы" * 60, "given_name": "Ы" * 60, "patronymic": "Ы" * 60, "login": "w" * 24}
    (page,) = pages([given(superior, **long), given(superior, **long)], superior)
    assert page.count("Выдано") == 2
    assert page.count("w" * 24) == 2


def test_u2_names_are_text_and_never_markup(superior: Actor) -> None:
    (page,) = pages([given(superior, surname="<b>Ж&</b>{{ x }}")], superior)
    assert "<b>Ж&</b>{{ x }}" in page


def test_u2_many_slips_cost_no_more_queries_than_one(superior: Actor) -> None:
    one, three = [given(superior)], [given(superior) for _ in range(3)]
    with CaptureQueriesContext(connection) as few:
        render_slips(one, by=superior)
    with CaptureQueriesContext(connection) as many:
        render_slips(three, by=superior)
    assert len(few) == len(many)


def test_u2_a_slip_is_not_offered_as_a_form_and_outsiders_cannot_print_it(superior: Actor) -> None:
    assert "credentials_slip" not in forms()
    with pytest.raises(NotAllowed):
        render_slips([given(superior)], by=Actor(account=Account(), appointment=None))
