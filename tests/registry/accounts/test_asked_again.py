"""Dangerous acts ask for password and code again, and nothing typed is lost (U-2, ADR 6)."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.accounts.tokens import SecondFactor
from registry.accounts.transitions import sessions
from registry.enums import Level, Role
from registry.granting.models import GrantRequest
from registry.journal.models import Event
from tests.clock import at, moment
from tests.registry import trees

from . import factors

pytestmark = [pytest.mark.django_db, pytest.mark.once]
START = moment("2040-02-20T10:00")
SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
LATER = START + 10 * MINUTE
PASSWORD = "correct horse battery"

#: Every act that asks, with the reason: it cannot be undone, or it gives out data.
DANGEROUS = {
    "accounts:add": "rights",
    "accounts:add_many": "rights",
    "accounts:appoint": "rights",
    "accounts:reissue": "a password",
    "accounts:reset_factor": "rights",
    "accounts:unblock": "rights",
    "granting:confirm": "rights",
    "granting:confirm_many": "rights",
    "documents:destroy_data": "erasing",
    "documents:download_extract": "closed data",
    "documents:print_extract": "closed data",
    "documents:programme_settings": "keys of another program",
    "imports:remarks": "closed data",
    "meetings:step": "opening of minutes",
    "members:export": "closed data",
    "moves:erase": "erasing",
    "moves:erase_all": "erasing",
    "moves:erase_application": "erasing",
    "organizations:liquidate": "merging",
    "organizations:merge": "merging",
    "second-factor-begin": "rights",
    "second-factor-codes": "codes",
    "second-factor-remove": "rights",
    "second-factor-set-up": "codes",
}
#: Data of acts that ask only in some cases.
SENT = {"members:export": {"download": "1", "classes": "health"}}
#: Arguments of addresses.
PARTS = {"pk": 7, "step": "reopen"}
GET_ASKS = {"imports:remarks", "second-factor-set-up"}


def views(resolver: URLResolver | None = None, space: str = "") -> dict[str, Any]:
    """Return every view by the name of its address, except those of the admin."""
    found: dict[str, Any] = {}
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            found[f"{space}{one.name}"] = one.callback
        elif one.app_name != "admin":
            found |= views(one, f"{space}{one.namespace}:" if one.namespace else space)
    return found


@pytest.fixture
def superior() -> Actor:
    with at(START, tick=False):
        region = trees.below(trees.head(), Level.REGIONAL, "Тульская организация")
        trees.below(region, Level.PRIMARY, "Школа № 1")
        return trees.officer(region)


@pytest.fixture
def officer(superior: Actor) -> Account:
    with at(START, tick=False):
        account = trees.officer(superior.organization, Role.REGISTRAR, "Подчинённая").account  # type: ignore[arg-type]
    assert account is not None
    return account


@pytest.fixture
def client(superior: Actor) -> Client:
    """Return a client that signed in at the beginning."""
    with at(START, tick=False):
        found = Client()
        found.post(reverse("login"), {"username": superior.account.login, "password": PASSWORD})  # type: ignore[union-attr]
    return found


def fields(page: Any) -> dict[str, str]:
    """Return the hidden fields of the page that asks for the password."""
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode())
    return {unescape(name): unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def appointing(superior: Actor) -> dict[str, str]:
    return {"role": "reviewer", "starts_on": "20.02.2040", "ends_on": "", "basis": "Приказ «№ 5» <1>"}


def address(superior: Actor, officer: Account) -> str:
    return f"{reverse('accounts:appoint', args=[officer.pk])}?organization={superior.organization.pk}"  # type: ignore[union-attr]


def test_u2_the_acts_that_ask_are_these_and_each_asks_before_it_is_done(client: Client) -> None:
    asking = {name for name, view in views().items() if hasattr(view, "asks_again")}
    assert asking == set(DANGEROUS)
    with at(LATER, tick=False):
        for name in sorted(asking):
            parts = [PARTS[part] for part in re.findall(r"<(?:\w+:)?(\w+)>", _pattern(name))]
            page = client.post(reverse(name, args=parts), SENT.get(name, {}))
            assert (name, page.status_code, "again-password" in page.content.decode()) == (name, 401, True)
            shown = client.get(reverse(name, args=parts))
            assert (name, shown.status_code == 401) == (name, name in GET_ASKS)


def _pattern(name: str, resolver: URLResolver | None = None, space: str = "", before: str = "") -> str:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            if f"{space}{one.name}" == name:
                return f"{before}{one.pattern}"
        elif one.app_name != "admin":
            inner = f"{space}{one.namespace}:" if one.namespace else space
            if found := _pattern(name, one, inner, f"{before}{one.pattern}"):
                return found
    return ""


@pytest.mark.parametrize(
    ("name", "parts", "sent"),
    [("members:export", [], {"download": "1"}), ("members:export", [], {}), ("meetings:step", [7, "call-off"], {})],
)
def test_u2_an_act_without_closed_data_does_not_ask(client: Client, name: str, parts: list[Any], sent: Any) -> None:
    with at(LATER, tick=False):
        assert client.post(reverse(name, args=parts), sent).status_code != 401


@pytest.mark.parametrize(("later", "asks"), [(10 * MINUTE - SECOND, False), (10 * MINUTE, True)])
def test_u2_signing_in_is_good_for_ten_minutes(
    client: Client, superior: Actor, officer: Account, later: dt.timedelta, asks: bool
) -> None:
    with at(START + later, tick=False):
        page = client.post(address(superior, officer), appointing(superior))
    assert (page.status_code, officer.appointments.count()) == ((401, 1) if asks else (302, 2))


@pytest.mark.parametrize(("later", "asks"), [(10 * MINUTE - SECOND, False), (10 * MINUTE, True)])
def test_u2_being_asked_is_good_for_ten_minutes_of_the_same_session(
    client: Client, superior: Actor, officer: Account, later: dt.timedelta, asks: bool
) -> None:
    with at(LATER, tick=False):
        kept = fields(client.post(address(superior, officer), appointing(superior)))
        client.post(address(superior, officer), kept | {"again-password": PASSWORD})
    with at(LATER + later, tick=False):
        page = client.post(reverse("accounts:reissue", args=[officer.pk]), {"given_at": ""})
    assert (page.status_code == 401) is asks


def test_u2_what_was_typed_goes_on_with_the_act(client: Client, superior: Actor, officer: Account) -> None:
    with at(LATER, tick=False):
        page = client.post(address(superior, officer), appointing(superior))
        kept = fields(page)
        assert kept == appointing(superior) | {"again-for": "post"}
        wrong = client.post(address(superior, officer), kept | {"again-password": "wrong"})
        assert (wrong.status_code, fields(wrong), officer.appointments.count()) == (401, kept, 1)
        done = client.post(address(superior, officer), kept | {"again-password": PASSWORD})
    made = Appointment.objects.get(account=officer, role="reviewer")
    assert (done.status_code, made.basis) == (302, "Приказ «№ 5» <1>")
    assert b"wrong" not in wrong.content.split(b"<main")[1]


def test_u2_with_a_second_factor_the_code_is_asked_for_too(client: Client, superior: Actor, officer: Account) -> None:
    with at(START, tick=False):
        key, codes = factors.connect(superior)
        here = Client()
        here.post(reverse("login"), {"username": superior.account.login, "password": PASSWORD})  # type: ignore[union-attr]
        here.post(reverse("login-code"), {"code": factors.shown(key)})
    with at(LATER, tick=False):
        kept = fields(here.post(address(superior, officer), appointing(superior)))
        for sent in ({}, {"again-code": "000000"}, {"again-code": factors.shown(key), "again-password": "wrong"}):
            page = here.post(address(superior, officer), kept | {"again-password": PASSWORD} | sent)
            assert (page.status_code, officer.appointments.count()) == (401, 1)
        sent = {"again-password": PASSWORD, "again-code": factors.shown(key)}
        assert here.post(address(superior, officer), kept | sent).status_code == 302
    with at(LATER + 10 * MINUTE, tick=False):
        again = address(superior, officer).replace("appoint/", "reissue/")
        sent = {"given_at": "", "again-for": "post", "again-password": PASSWORD}
        assert here.post(again, sent | {"again-code": factors.shown(key, -20)}).status_code == 401
        assert here.post(again, sent | {"again-code": codes[3]}).status_code == 200
    assert factors.of(superior).codes_left == 9


def test_u2_a_page_that_asks_by_get_is_opened_afterwards(client: Client) -> None:
    with at(LATER, tick=False):
        page = client.get(reverse("second-factor-set-up"))
        assert (page.status_code, fields(page)) == (401, {"again-for": "get"})
        sent = {"again-for": "get", "again-password": PASSWORD}
        for _ in range(2):
            assert client.post(reverse("second-factor-set-up"), sent).url == reverse("second-factor-set-up")


def test_u2_guessing_the_password_is_counted_with_the_change_of_password(
    client: Client, superior: Actor, officer: Account
) -> None:
    with at(LATER, tick=False):
        kept = fields(client.post(address(superior, officer), appointing(superior)))
        for _ in range(5):
            page = client.post(address(superior, officer), kept | {"again-password": "wrong"})
        right = client.post(address(superior, officer), kept | {"again-password": PASSWORD})
        assert (page.status_code, right.status_code, fields(right)) == (401, 401, kept)
        assert ("слишком часто" in right.content.decode(), officer.appointments.count()) == (True, 1)
        assert sessions.proofs(superior.account) == 6  # type: ignore[arg-type]
    assert Event.objects.filter(action="account.password_guessed").count() == 1
    with at(LATER + 15 * MINUTE, tick=False):
        client.post(address(superior, officer), kept | {"again-password": PASSWORD})
    assert officer.appointments.count() == 2


def test_u2_the_admin_asks_before_anything_that_is_sent(superior: Actor, officer: Account) -> None:
    with at(START, tick=False):
        account = trees.account(None, is_staff=True, is_superuser=True)
        client = Client()
        client.post(reverse("login"), {"username": account.login, "password": PASSWORD})
    sent = {"action": "block", "_selected_action": [str(officer.pk)]}
    page = reverse("admin:registry_account_changelist")
    with at(LATER, tick=False):
        assert client.get(page).status_code == 200
        asked = client.post(page, sent)
        assert (asked.status_code, fields(asked)) == (
            401, {"action": "block", "_selected_action": str(officer.pk), "again-for": "post"},
        )  # fmt: skip
        officer.refresh_from_db()
        assert officer.is_active
        client.post(page, fields(asked) | {"again-password": PASSWORD})
        officer.refresh_from_db()
        assert not officer.is_active
        assert client.post(reverse("admin:logout")).url == reverse("login")


def test_u2_the_admin_asks_for_the_reset_of_those_who_have_no_superior_and_a_second_administrator_confirms(
    superior: Actor,
) -> None:
    with at(START, tick=False):
        factors.connect(superior)
        account = trees.account(None, is_staff=True, is_superuser=True)
        client = Client()
        client.post(reverse("login"), {"username": account.login, "password": PASSWORD})
        client.post(
            reverse("admin:registry_account_changelist"),
            {"action": "reset_factor", "_selected_action": [str(superior.account.pk)]},  # type: ignore[union-attr]
        )
        assert GrantRequest.objects.count() == 0  # There is nobody yet who could confirm it.
        second = trees.account(None, "Вторая", is_staff=True, is_superuser=True)
        client.post(
            reverse("admin:registry_account_changelist"),
            {"action": "reset_factor", "_selected_action": [str(superior.account.pk)]},  # type: ignore[union-attr]
        )
        asked = GrantRequest.objects.get()
        assert (asked.kind, asked.state, SecondFactor.objects.count()) == ("factor", "waiting", 1)
        confirming = Client()
        confirming.post(reverse("login"), {"username": second.login, "password": PASSWORD})
        confirming.post(
            reverse("admin:registry_grantrequest_changelist"),
            {"action": "confirm", "_selected_action": [str(asked.pk)]},
        )
    assert SecondFactor.objects.count() == 0
