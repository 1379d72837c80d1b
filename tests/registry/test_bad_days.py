"""Failures of the server: a page that explains, nothing lost, one line in the log (N-D2, V-C5)."""

from __future__ import annotations

import errno
import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from members.people.models import Member
from registry import integrity, monitoring
from registry.errors import lost_disk
from registry.files import storage, stores, tokens
from registry.files.models import StoredFile
from registry.logs import OneLineRefusals
from registry.organizations.models import Organization
from tests.clock import at
from tests.members import places
from tests.members.people.test_photos import picture

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def heading(answer: Any) -> str:
    return str(answer.content.decode()).partition("<h1>")[2].partition("</h1>")[0].strip()


@pytest.mark.django_db
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_n_d2_a_full_or_locked_disk_has_a_page_and_nothing_is_lost(
    place: places.Place, monkeypatch: pytest.MonkeyPatch, own_files: Path, number: int
) -> None:
    member = place.put()
    client = places.signed_in(place.chair)
    change = f"/members/{member.pk}/photo/change/"
    client.post(change, {"photo": SimpleUploadedFile("x.jpg", picture())})
    before = StoredFile.objects.get()

    def half(data: bytes, key: str, file: Any) -> None:
        file.write(b"half")
        raise OSError(number, "no room for Константинопольская")

    monkeypatch.setattr(tokens, "write", half)
    client.raise_request_exception = False
    answer = client.post(change, {"photo": SimpleUploadedFile("x.jpg", picture((600, 900)))})
    assert (answer.status_code, heading(answer), "Retry-After" in answer) == (
        503, "Реестр сейчас ничего не может сохранить", True,
    )  # fmt: skip
    assert "Константинопольская" not in answer.content.decode()
    assert (StoredFile.objects.get(), storage.read(before)[:2]) == (before, b"\xff\xd8")
    assert [path.name for path in (own_files / "new").iterdir()] == [str(before.pk)]


@pytest.mark.usefixtures("several_connections")
def test_n_d2_a_file_that_cannot_be_moved_after_the_commit_is_read_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def locked(*_args: Any) -> None:
        raise OSError(errno.EROFS, "read-only")

    with monkeypatch.context() as patched:
        patched.setattr(stores.DirectoryStore, "move", locked)
        row = storage.store_file(b"scan", purpose="photo", name="photo.jpg", content_type="image/jpeg")
    assert (storage.read(row), storage.orphans()) == (b"scan", ([], []))


def caused(code: str) -> OperationalError:
    cause = sqlite3.OperationalError("x")
    cause.sqlite_errorname = code
    error = OperationalError("x")
    error.__cause__ = cause
    return error


def test_a_full_disk_is_known_in_files_and_in_both_databases_and_nothing_else_is() -> None:
    class Full(Exception):
        sqlstate = "53100"

    full = OperationalError("x")
    full.__cause__ = Full()
    known = [OSError(errno.ENOSPC, "x"), PermissionError(errno.EACCES, "x"), caused("SQLITE_FULL"), full]
    assert [lost_disk(error) for error in known] == [True] * 4
    others = [OSError(errno.ENOENT, "x"), caused("SQLITE_BUSY"), ValueError(), None]
    assert [lost_disk(error) for error in others] == [False] * 4


@pytest.mark.django_db
def test_without_the_font_of_papers_a_page_says_so_and_no_paper_is_made(
    place: places.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitoring, "_font_until", 0.0)
    monkeypatch.setattr(monitoring, "PAPER_FONT", "No such font")
    client = places.signed_in(place.chair)
    client.raise_request_exception = False
    answer = client.post(reverse("documents:print_blank", args=[sorted(place.keeper.charter.forms)[0]]))
    assert (answer.status_code, heading(answer)) == (503, "Документы сейчас не печатаются")


@pytest.mark.django_db
def test_v_c5_a_refusal_of_rights_is_one_line_of_the_log_and_a_failure_keeps_its_trace(
    place: places.Place, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["number", "refusals"]
    caplog.handler.addFilter(OneLineRefusals())
    with caplog.at_level(logging.WARNING, "django.request"):
        member = place.put()
        assert places.signed_in(place.reviewer).get(f"/members/{member.pk}/photo/change/").status_code == 403
        logging.getLogger("django.request").error("a failure", exc_info=ValueError())
    refusal, failure = caplog.records
    assert (refusal.levelname, refusal.exc_info, refusal.exc_text) == ("WARNING", None, None)
    assert failure.exc_info is not None


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["abc", "abc/def", "//evil.example", "https://evil.example/", "/\\evil", "http://["])
def test_an_address_to_go_on_to_that_is_none_leads_to_a_page_of_the_registry(place: places.Place, target: str) -> None:
    password = "Очень-длинный-пароль-7"
    account = place.chair.account
    assert account is not None
    account.set_password(password)
    account.save()
    client = Client()
    page = reverse("login")
    assert client.get(page, {"next": target}).status_code == 200
    data = {"username": account.login, "password": password, "next": target}
    answer = client.post(page, data)
    assert answer.status_code == 302
    assert answer["Location"] == ("abc/def" if target == "abc/def" else "/")
    assert Client().get("/admin/login/", {"next": target}).status_code == 302


@pytest.mark.django_db
def test_n_h1_chosen_rows_that_are_not_found_are_told_and_the_others_are_done(place: places.Place) -> None:
    other = places.voi()
    mine, foreign = place.put(), other.put()
    client = places.signed_in(place.chair)
    cell = Organization.objects.filter(pk=place.cells[0].pk).get()
    sent = {"selected": [mine.pk, foreign.pk, 999_999_999], "cell": cell.pk}
    page = client.post(reverse("members:assign_cell"), sent, follow=True).content.decode()
    assert "Не найдены 2 отмеченные строки; с ними ничего не сделано." in page
    assert (Member.objects.get(pk=mine.pk).cell, Member.objects.get(pk=foreign.pk).cell) == (cell, foreign.cell)
    again = client.post(reverse("members:assign_cell"), sent | {"selected": [mine.pk]}, follow=True)
    assert "отмеченные строки" not in again.content.decode()


#: Views whose transition compares the selection with the present rows, or that show the rows again.
COMPARED = {
    "documents/ecards/views/cards.py", "documents/ecards/views/deliveries.py", "documents/ecards/views/orders.py",
    "documents/tickets/views/issuing.py", "documents/tickets/views/writing_off.py",
    "dues/payments/views/collecting.py", "members/lists/views/updates.py", "members/meetings/views/agenda.py",
}  # fmt: skip


def test_every_view_that_reads_chosen_ids_says_which_were_not_found() -> None:
    silent = {
        str(path.relative_to(ROOT))
        for app in ("registry", "members", "dues", "documents")
        for path in (ROOT / app).rglob("*.py")
        if "ids_in(request" in (text := path.read_text(encoding="utf-8")) and "say_missing(" not in text
    }
    assert silent - COMPARED - {"documents/consents/views/consents.py"} == set()


@pytest.mark.django_db
def test_n_s1_a_clock_that_was_set_back_loses_nothing_and_stops_nobody() -> None:
    with at("2040-02-29T12:00"):
        place = places.voi()
        first = place.put()
    with at("2040-02-29T09:00"):
        client = places.signed_in(place.chair)
        second = place.put(surname="Липова", snils="", ticket_number="7")
        answers = [client.get(page).status_code for page in ("/", f"/members/{second.pk}/", f"/members/{first.pk}/")]
    assert answers == [200, 200, 200]
    with at("2040-02-29T13:00"):
        assert [member.pk for member in Member.objects.order_by("pk")] == [first.pk, second.pk]
        assert [name for name, faults in integrity.run() if faults] == []
