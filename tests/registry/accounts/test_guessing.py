"""Guessing passwords: many logins from one address, the present password on an open page (U-2)."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registry.access import Actor
from registry.accounts.models import VisitCount
from registry.accounts.rules import accounts as rules
from registry.accounts.rules import attempts
from registry.accounts.transitions.sessions import failed_from, note_failed_from
from registry.journal.models import Event
from tests.clock import at
from tests.refusals import refused
from tests.registry import trees
from tests.worlds import world

PASSWORD = "correct horse battery"
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
@world
def chair() -> Actor:
    return trees.officer(trees.below(trees.head()))


def events(action: str) -> list[Event]:
    return list(Event.objects.filter(action=action).order_by("pk"))


def test_u2_fifty_failures_from_one_address_close_its_sign_in_for_every_login(chair: Actor, settings: Any) -> None:
    settings.PROXY_COUNT = 1
    start = dt.datetime(2040, 2, 15, 12, 0, 1, tzinfo=dt.UTC)

    def tried(login: str, password: str, address: str) -> int:
        values = {"username": login, "password": password}
        return Client().post(reverse("login"), values, HTTP_X_FORWARDED_FOR=address).status_code

    with at(start, tick=False):
        # One password for many logins blocks none of the logins.
        assert {tried(f"user9{number}", "Summer-2026-x", "203.0.113.4") for number in range(49)} == {200}
        assert tried(chair.account.login, PASSWORD, "203.0.113.4") == 302
        assert tried("user999", "Summer-2026-x", "203.0.113.4") == 200
        assert tried(chair.account.login, PASSWORD, "203.0.113.4") == 429
        assert tried(chair.account.login, PASSWORD, "203.0.113.5") == 302
        (closed,) = events("session.address_closed")
        assert (closed.facts, closed.object_id, closed.organization) == ({}, "", None)
    with at(start + dt.timedelta(minutes=15) - dt.timedelta(seconds=2), tick=False):
        answer = Client().post(reverse("login"), {}, HTTP_X_FORWARDED_FOR="203.0.113.4")
        assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    with at(start + dt.timedelta(minutes=15), tick=False):
        assert tried(chair.account.login, PASSWORD, "203.0.113.4") == 302
    assert "203.0.113" not in str([vars(row) for row in VisitCount.objects.all()])


def test_u2_an_unknown_address_closes_nothing(chair: Actor) -> None:
    for _ in range(60):
        note_failed_from(None)
    assert (failed_from(None), VisitCount.objects.count()) == (0, 0)


@pytest.mark.parametrize(("failed", "closed"), [(49, False), (50, True)])
def test_u2_the_rule_closes_at_fifty(failed: int, closed: bool) -> None:
    with refused("U-2") if closed else nullcontext():
        attempts.check_address_may_sign_in(failed)


def test_u2_the_present_password_is_guessed_five_times_only(chair: Actor) -> None:
    client = Client()
    new = {"password": "a quite new password", "again": "a quite new password"}
    start = dt.datetime(2040, 2, 15, 12, 0, 1, tzinfo=dt.UTC)

    def said(present: str) -> list[str]:
        answer = client.post(reverse("change-password"), {"present": present, **new})
        return [] if answer.status_code == 302 else answer.context["form"].errors["present"]

    with at(start, tick=False):
        client.force_login(chair.account, "django.contrib.auth.backends.ModelBackend")
        assert [said("wrong") for _ in range(5)] == [["Это не ваш нынешний пароль."]] * 5
        assert said(PASSWORD) == ["Нынешний пароль слишком часто вводили неверно. Попробуйте через четверть часа."]
        (event,) = events("account.password_guessed")
        assert (event.object_id, event.account, event.facts) == (str(chair.account.pk), chair.account, {})
    with at(start + dt.timedelta(minutes=15), tick=False):
        client.force_login(chair.account, "django.contrib.auth.backends.ModelBackend")
        assert said(PASSWORD) == []


def test_u2_a_wrong_guess_has_no_other_password_compared(chair: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    monkeypatch.setattr(rules, "check_new_password", lambda account, password: compared.append(password))
    client = Client()
    client.force_login(chair.account, "django.contrib.auth.backends.ModelBackend")
    for present in ("wrong", PASSWORD):
        client.post(reverse("change-password"), {"present": present, "password": "new", "again": "other"})
    assert compared == ["new"]


def test_u2_right_passwords_are_not_counted(chair: Actor) -> None:
    client = Client()
    client.force_login(chair.account, "django.contrib.auth.backends.ModelBackend")
    for present in ("wrong", *[PASSWORD] * 7):
        client.post(reverse("change-password"), {"present": present, "password": "a", "again": "b"})
    assert list(VisitCount.objects.values_list("count", flat=True)) == [1]


@pytest.mark.parametrize(("failed", "closed"), [(4, False), (5, True)])
def test_u2_the_rule_refuses_a_sixth_guess(failed: int, closed: bool) -> None:
    with refused("U-2", field="present") if closed else nullcontext():
        attempts.check_may_prove_password(failed)


def test_production_names_cookies_that_other_hosts_cannot_set(chair: Actor) -> None:
    client = Client()
    client.cookies["display"] = "large_type"
    client.cookies["__Host-display"] = "high_contrast"
    secure = client.get(reverse("login"), secure=True).content.decode()
    assert ("contrast-high" in secure, "type-large" in secure) == (True, False)
    changed = client.post(reverse("preferences"), {"large_type": "1"}, secure=True)
    kept = changed.cookies["__Host-display"]
    assert (kept["secure"], kept["path"], kept["domain"], kept.value) == (True, "/", "", "high_contrast.large_type")
