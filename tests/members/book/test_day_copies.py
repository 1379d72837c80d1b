"""The list of members on a past day, downloaded and printed as the page shows it (V-B7)."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from documents.printing.models import PrintRecord
from members.book.enums import EndReason
from members.book.models import BookLine
from members.book.queries.on_day import moved_since, names_on
from members.book.views import book, day_copies
from members.movement.enums import PaperCard
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister
from members.people import exports
from members.people.models import Member
from registry.access import Actor
from registry.idsets import packed
from registry.jobs.models import Job
from registry.jobs.queue import fetch_result
from registry.journal.models import Event
from tests.documents.pdfs import texts_of
from tests.members.places import Place, signed_in, union, voi
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
HEADINGS = ("№ п/п", "ФИО", "Организация", "№ билета", "На учёте с", "Снятие с учёта")


def days(count: int) -> dt.date:
    return TODAY - dt.timedelta(days=count)


def url(name: str, pk: int, day: dt.date) -> str:
    return f"{reverse(f'cells:{name}', args=[pk])}?day={day:%d.%m.%Y}"


@pytest.fixture
def place() -> Place:
    """Return a local organisation with three people: one in a cell, one in none, and one who has died since."""
    found = voi()
    since = {"registered_on": days(300), "snils": ""}
    found.put(cell=found.cells[0].pk, **since)
    found.put(surname="Яшина", ticket_number="2", **since)
    gone = found.put(surname="Бородина", ticket_number="3", **since)
    deregister(
        gone.pk, reason=EndReason.DEATH, on=days(5), paper="свидетельство", paper_card=PaperCard.TAKEN, by=found.chair
    )
    return found


def told(place: Place) -> list[tuple[Any, ...]]:
    """Return the rows of the list ten days ago, by name."""
    tail, cell = " Александра Владимировна", place.cells[0].short_name
    own = place.keeper.short_name
    return [
        (1, f"Бородина{tail}", own, "3", days(300), days(5)),
        (2, f"Константинопольская{tail}", cell, "0104512", days(300), None),
        (3, f"Яшина{tail}", own, "2", days(300), None),
    ]


def rows_of(data: bytes) -> list[tuple[Any, ...]]:
    headings, *rows = openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)  # type: ignore[union-attr]
    assert headings == HEADINGS
    return [tuple(v.date() if isinstance(v, dt.datetime) else v for v in row) for row in rows]


def test_v_b7_the_names_of_a_day_are_downloaded_as_the_page_shows_them(place: Place) -> None:
    chair = signed_in(place.chair)
    page = chair.get(url("on_day", place.keeper.pk, days(10))).content.decode()
    assert [url(name, place.keeper.pk, days(10)) in page for name in ("export_day", "print_day")] == [True, True]
    answer = chair.post(url("export_day", place.keeper.pk, days(10)))
    assert rows_of(answer.content) == told(place)
    event = Event.objects.get(action="book.day_exported")
    assert event.organization_id == place.keeper.pk
    moved = moved_since(place.keeper.federation_id, days(10))
    people = packed(line.member_id for line in names_on(place.keeper, days(10), moved, place.chair) if line.member_id)
    assert event.facts == {"day": days(10).isoformat(), "count": 3, "people": people}


def test_v_b7_a_long_list_of_a_day_is_downloaded_and_printed_by_jobs(
    place: Place, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MAX_ROWS_AT_ONCE", 2)
    monkeypatch.setattr("members.people.jobs.CHUNK", 2)
    monkeypatch.setattr(day_copies, "MAX_PRINTED_AT_ONCE", 2)
    chair, made = signed_in(place.chair), {}
    for name in ("export_day", "print_day"):
        assert chair.post(url(name, place.keeper.pk, days(10))).status_code == 302
        run_jobs()
        job = Job.objects.order_by("created_at").last()
        assert job is not None
        made[name] = fetch_result(job.pk, by=place.chair)[1]
    assert rows_of(made["export_day"]) == told(place)
    assert [name in texts_of(made["print_day"])[0] for _n, name, *_rest in told(place)] == [True] * 3
    assert list(PrintRecord.objects.values_list("form", "organization")) == [("state_on_day", place.keeper.pk)]


def test_v_b7_copies_of_a_day_are_limited_to_the_scope_of_the_reader(place: Place) -> None:
    cell_chair, neighbour = (trees.officer(cell) for cell in place.cells)
    actors: dict[str, Actor] = {
        "region": place.region_chair, "cell": cell_chair, "neighbour": neighbour, "reviewer": place.reviewer,
        "stranger": union().chair,
    }  # fmt: skip
    found = {}
    for who, actor in actors.items():
        client = signed_in(actor)
        found[who] = [
            client.post(url(name, place.cells[0].pk, days(10))).status_code for name in ("export_day", "print_day")
        ]
    assert found == {
        "region": [200, 200], "cell": [200, 200], "neighbour": [404, 404], "reviewer": [403, 403],
        "stranger": [404, 404],
    }  # fmt: skip
    page = signed_in(place.reviewer).get(url("on_day", place.keeper.pk, days(10))).content.decode()
    assert ("Яшина" in page, reverse("cells:print_day", args=[place.keeper.pk]) in page) == (True, False)


def test_v_b14_destroyed_cards_appear_in_the_copies_as_on_the_page(place: Place) -> None:
    gone = Member.objects.get(surname="Бородина")
    Member.objects.filter(pk=gone.pk).update(erase_after=days(1))
    erase(gone.pk, by=place.chair)
    chair = signed_in(place.chair)
    shown = chair.get(url("on_day", place.keeper.pk, days(10))).content.decode()
    (first, *_others) = rows_of(chair.post(url("export_day", place.keeper.pk, days(10))).content)
    printed = texts_of(chair.post(url("print_day", place.keeper.pk, days(10))).content)[0]
    assert first == (1, "сведения уничтожены", place.keeper.short_name, None, days(300), days(5))
    assert [(text.count("сведения уничтожены"), "Бородина" in text) for text in (shown, printed)] == [(1, False)] * 2


def test_v_b7_only_the_first_names_of_a_long_list_are_paged_through(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "MAX_PEOPLE", 2)
    monkeypatch.setattr(day_copies, "MAX_PEOPLE", 2)
    monkeypatch.setattr(book, "PAGE_ROWS", 1)
    chair, shown = signed_in(place.chair), []
    for number in (1, 2, 3):
        answer = chair.get(url("on_day", place.keeper.pk, days(10)), {"day": f"{days(10):%d.%m.%Y}", "page": number})
        shown.append([line.full_name.split()[0] for line in answer.context["page"]])
    assert shown == [["Бородина"], ["Константинопольская"], ["Константинопольская"]]
    page = answer.content.decode()
    assert ("Первые 2 человека" in page, reverse("cells:print_day", args=[place.keeper.pk]) in page) == (True, False)
    refused = [chair.post(url(name, place.keeper.pk, days(10)), follow=True) for name in ("export_day", "print_day")]
    assert ["слишком много" in answer.content.decode() for answer in refused] == [True, True]
    assert (PrintRecord.objects.count(), Event.objects.filter(action="book.day_exported").count()) == (0, 0)


def test_v_b7_an_empty_day_and_an_invalid_day_redirect_to_the_page(place: Place) -> None:
    chair = signed_in(place.chair)
    for day in (days(400), None, TODAY + dt.timedelta(days=1)):
        asked = url("print_day", place.keeper.pk, day) if day else reverse("cells:print_day", args=[place.keeper.pk])
        answer = chair.post(asked)
        assert (answer.status_code, reverse("cells:on_day", args=[place.keeper.pk]) in answer.url) == (302, True)
    assert list(names_on(place.keeper, days(400), [], place.chair)) == []
    assert BookLine.objects.count() == 3
