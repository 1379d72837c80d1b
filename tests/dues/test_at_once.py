"""The same form sent twenty times at once has one effect; without its key it would have twenty (N-D2)."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dues.ledger import book as ledger
from dues.ledger.book import accounts as personal_accounts
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.payments import rules as payments
from members.people.models import Member
from registry.journal.models import Event
from registry.transitions import Act
from tests.members import places

from .test_ledger import pay, wrong

pytestmark = pytest.mark.usefixtures("several_connections")
LAST_YEAR = f"annual:{timezone.localdate().year - 1}"


def form(**changed: str) -> dict[str, str]:
    values = {"purpose": "voluntary:", "amount": "100,50", "made_on": "01.10.2025", "paper": "Ведомость № 3"}
    return {**values, "key": str(uuid.uuid4()), **changed}


def send_twenty(place: places.Place, address: str, values: dict[str, str]) -> list[int]:
    clients = [places.signed_in(place.chair) for _ in range(20)]

    def send(client: Client) -> int:
        try:
            return client.post(address, values).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        return sorted(pool.map(send, clients))


def paid(member: Member) -> tuple[int, int]:
    entries = LedgerEntry.objects.filter(account__member=member, kind="payment").count()
    return entries, Event.objects.filter(action="dues.paid").count()


def test_n_d2_twenty_identical_posts_at_once_record_one_payment() -> None:
    place = places.voi()
    member = place.put()
    assert send_twenty(place, reverse("dues:pay", args=[member.pk]), form()) == [302] * 20
    assert paid(member) == (1, 1)


def test_n_d2_without_the_key_of_the_form_twenty_payments_would_be_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    place = places.voi()
    member = place.put()

    def always_another(*_args: Any) -> str:
        return uuid.uuid4().hex

    monkeypatch.setattr(payments, "payment_key", always_another)
    address = reverse("dues:pay", args=[member.pk])
    # After the first of twenty equal forms, the others ask for a confirmation.
    send_twenty(place, address, form())
    assert paid(member) == (1, 1)
    send_twenty(place, address, form(confirmed="on"))
    assert paid(member) == (21, 21)


def test_n_d1_twenty_different_payments_at_once_are_all_recorded() -> None:
    place = places.voi()
    member = place.put()
    address = reverse("dues:pay", args=[member.pk])
    forms = [form(purpose=LAST_YEAR, amount=f"{number},0{number % 10}") for number in range(1, 21)]
    jobs = [(places.signed_in(place.chair), values) for values in forms]

    def send(job: tuple[Client, dict[str, str]]) -> int:
        try:
            return job[0].post(address, job[1]).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(send, jobs)) == [302] * 20
    assert DuesAccount.objects.get(member=member).advance == Decimal("210.90")
    assert wrong() == []


@pytest.mark.postgresql
def test_n_d1_without_the_lock_of_the_account_a_payment_would_be_lost_from_the_standing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = places.voi()
    member = place.put()
    # Open the accounts of the books beforehand; otherwise the payments would wait for each other there.
    pay(place, place.put(snils="", ticket_number="2", surname="Первая"), year=timezone.localdate().year)
    both_have_read = Barrier(2, timeout=20)
    read = personal_accounts.entries_by_account

    def read_together(accounts: Any) -> Any:
        found = read(accounts)
        both_have_read.wait()
        return found

    monkeypatch.setattr(Act, "lock", lambda act, queryset, pk, **_version: queryset.get(pk=pk))
    monkeypatch.setattr(Act, "lock_many", lambda act, queryset: list(queryset))
    monkeypatch.setattr(
        ledger, "open_accounts", lambda act, members: {member.pk: DuesAccount.objects.get(member=member)}
    )
    monkeypatch.setattr(personal_accounts, "entries_by_account", read_together)

    def send(key: str) -> None:
        try:
            pay(place, member, year=timezone.localdate().year, key=key)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(send, ["one", "other"]))
    account = DuesAccount.objects.get(member=member)
    assert (account.advance, wrong()) == (50, [f"account {account.pk}: advance not as the entries say"])


def test_n_d1_twenty_reversals_at_once_make_one_reversal() -> None:
    place = places.voi()
    member = place.put()
    places.signed_in(place.chair).post(reverse("dues:pay", args=[member.pk]), form(purpose=LAST_YEAR, confirmed="on"))
    entry = LedgerEntry.objects.get(kind="payment")
    assert DuesAccount.objects.get(member=member).advance == entry.amount
    answers = send_twenty(place, reverse("dues:reverse", args=[entry.pk]), {"reason": "Ошибка"})
    # Requests that read the payment before its reversal show the refusal (200), the others are redirected.
    assert {*answers} <= {200, 302}
    assert LedgerEntry.objects.filter(reverses=entry).count() == 1
    assert Event.objects.filter(action="dues.payment_reversed").count() == 1
    assert DuesAccount.objects.get(member=member).advance == 0
