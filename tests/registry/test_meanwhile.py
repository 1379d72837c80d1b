"""Actions that are too late or conflict in the database get an explanation (N-D2)."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from django.test import Client
from django.urls import reverse

from members.movement.views import leaving
from members.people.models import Member
from registry import guards
from registry.spreadsheets.files import Unreadable
from tests.members import places

pytestmark = pytest.mark.django_db


class Deadlock(Exception):
    sqlstate = "40P01"


class Duplicate(Exception):
    sqlstate = "23505"


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def locked() -> Exception:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorname = "SQLITE_BUSY"
    return caused(OperationalError("database is locked"), cause)


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (Member.DoesNotExist(), 409, "уже"),
        (caused(IntegrityError("Константинопольская"), Duplicate()), 409, "уже"),
        (caused(OperationalError("deadlock"), Deadlock()), 503, "занят"),
        (locked(), 503, "занят"),
        (Unreadable("busy"), 503, "занят"),
        (caused(OperationalError("no such table"), sqlite3.OperationalError()), 500, "сбой"),
        (IntegrityError("Константинопольская"), 500, "сбой"),
        (IntegrityError(f"{guards.EXISTS_ALREADY} dues_ledgerentry"), 409, "уже"),
    ],
)
def test_n_d2_a_conflict_is_explained_and_a_defect_stays_an_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception, status: int, said: str
) -> None:
    place = places.voi()
    member = place.put()

    def meanwhile(*_args: Any, **_kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(leaving.transitions, "deregister", meanwhile)
    client = places.signed_in(place.chair)
    client.raise_request_exception = False
    answer = client.post(
        reverse("moves:leave", args=[member.pk]),
        {"reason": "own_wish", "on": "01.06.2025", "paper": "Заявление", "paper_card": "taken"},
    )
    assert (answer.status_code, said in answer.content.decode().partition("<h1>")[2].partition("</h1>")[0]) == (
        status,
        True,
    )
    assert "Константинопольская" not in answer.content.decode()
    assert "Retry-After" in answer or status != 503


def test_a_page_that_cannot_find_its_own_record_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    place = places.voi()

    def lost(*_args: Any, **_kwargs: Any) -> None:
        raise Member.DoesNotExist

    monkeypatch.setattr(leaving, "_leave_context", lost)
    client = places.signed_in(place.chair)
    client.raise_request_exception = False
    assert client.get(reverse("moves:leave", args=[place.put().pk])).status_code == 500


@pytest.mark.parametrize(
    "name", ["start", "applications:list", "moves:list", "documents:consents", "profile", "jobs:list"]
)
def test_v_c5_pages_cannot_be_reopened_from_the_browser_cache_after_sign_out(name: str) -> None:
    client = places.signed_in(places.voi().chair)
    assert "no-store" in client.get(reverse(name))["Cache-Control"]
    assert "no-store" in Client().get(reverse("login"))["Cache-Control"]


def test_v_c5_refusals_are_not_cached_either() -> None:
    place = places.voi()
    client = places.signed_in(place.reviewer)
    answer = client.get(reverse("moves:leave", args=[place.put().pk]))
    assert (answer.status_code, answer["Cache-Control"]) == (403, "no-store, private")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "9" * 5000), ("page", "0"), ("page", "²"), ("since", "01.01.0001"), ("since", "31.12.9999"),
        ("until", "31.12.9999"), ("until", "01.01.0001"), ("organization", "9" * 5000),
    ],
)  # fmt: skip
def test_n_s1_the_journal_accepts_any_parameters(name: str, value: str) -> None:
    client = places.signed_in(places.voi().chair)
    assert client.get(reverse("organizations:journal"), {name: value}).status_code in {200, 404}
