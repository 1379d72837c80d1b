"""Sign-ins from usual and from new places, without storing addresses (N-S1, ADR 19)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from registry.access import Actor
from registry.accounts.models import Account, KnownPlace
from registry.accounts.transitions.known_places import note_place, sweep_places
from registry.accounts.transitions.sessions import signed_in
from registry.enums import Role
from registry.jobs.queue import sweep
from registry.journal.models import Event
from tests.clock import at
from tests.members import places
from tests.members.places import signed_in as client_of
from tests.registry import trees

pytestmark = pytest.mark.django_db
DAY = dt.date(2040, 3, 5)
NEW, USUAL, UNKNOWN = "session.elsewhere_started", "session.usual_started", "session.started"


@pytest.fixture
def account() -> Account:
    return trees.account(trees.head())


@pytest.mark.both
@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("192.0.2.1", "192.0.2.254", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("192.0.2.1", "::ffff:192.0.2.9", True),
        ("2001:db8:1::1", "2001:db8:1:ffff::2", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
    ],
)
def test_n_s1_a_place_is_a_network(account: Account, first: str, second: str, same: bool) -> None:
    assert note_place(account, first, DAY) is False
    assert note_place(account, second, DAY + dt.timedelta(days=1)) is same
    assert KnownPlace.objects.count() == 2 - same


@pytest.mark.both
@pytest.mark.parametrize(("later", "usual"), [(0, False), (1, True), (90, True), (91, False)])
def test_n_s1_a_place_is_usual_from_the_next_day_and_for_90_days(account: Account, later: int, usual: bool) -> None:
    note_place(account, "192.0.2.1", DAY)
    day = DAY + dt.timedelta(days=later)
    assert note_place(account, "192.0.2.1", day) is usual
    assert KnownPlace.objects.get().last_on == day
    assert note_place(account, "192.0.2.1", day) is usual
    assert note_place(account, "192.0.2.1", day + dt.timedelta(days=1)) is True


@pytest.mark.parametrize(("later", "left"), [(90, 1), (91, 0)])
def test_n_s1_a_place_is_forgotten_90_days_after_the_last_sign_in(account: Account, later: int, left: int) -> None:
    note_place(account, "192.0.2.1", DAY)
    with at(DAY + dt.timedelta(days=later)):
        assert (sweep_places(), KnownPlace.objects.count()) == (1 - left, left)
    with at(DAY + dt.timedelta(days=91)):
        sweep()
    assert KnownPlace.objects.count() == 0


def test_n_c1_no_address_is_stored_and_two_accounts_of_a_network_have_no_digest_in_common(account: Account) -> None:
    other = trees.account(account.home)
    for one in (account, other):
        note_place(one, "192.0.2.7", DAY)
    keys = KnownPlace.objects.values_list("key", flat=True)
    assert len(set(keys)) == 2
    assert [len(key) for key in keys] == [64, 64]
    assert "192.0" not in str(list(KnownPlace.objects.values_list()))


@pytest.mark.parametrize("address", [None, "", "unknown", "192.0.2.7:80"])
def test_n_s1_without_an_address_the_event_says_nothing_of_the_place(account: Account, address: str | None) -> None:
    signed_in(by=Actor.of(account), address=address)
    assert Event.objects.get(action__startswith="session.").action == UNKNOWN
    assert KnownPlace.objects.count() == 0


def test_n_s1_the_journal_says_from_a_usual_or_a_new_place_and_is_filtered_by_it() -> None:
    place = places.voi()
    account = place.chair.account
    assert account is not None
    account.set_password("верный конь батарея скрепка")
    account.save()
    for days, address in ((0, "192.0.2.7"), (1, "192.0.2.8"), (1, "198.51.100.7")):
        with at(DAY + dt.timedelta(days=days)):
            values = {"username": account.login, "password": "верный конь батарея скрепка"}
            assert Client(REMOTE_ADDR=address).post(reverse("login"), values).status_code == 302
    events = Event.objects.filter(action__startswith="session.").order_by("pk")
    assert list(events.values_list("action", "facts", "account")) == [
        (action, {}, account.pk) for action in (NEW, USUAL, NEW)
    ]
    auditor = client_of(trees.officer(place.region, Role.REVIEWER, "Ревизорова"))
    page = auditor.get(reverse("organizations:journal"), {"action": NEW})
    assert [row["action"] for row in page.context["rows"]] == ["Вход с нового места"] * 2
    assert "192.0.2" not in page.content.decode() and "198.51" not in page.content.decode()
    signings = auditor.get(reverse("organizations:journal"), {"kind": "signed_in"})
    assert len(signings.context["rows"]) == 3
