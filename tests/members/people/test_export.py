"""The list as a workbook: scope, columns, the record of the download, and loading it again (V-C5, N-H1)."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.lists.reading.columns import recognise
from members.lists.reading.reader import read_table
from members.lists.reading.records import build_record, mark_repeats
from members.people import exports
from members.people.models import Member
from members.people.rules.fields import card_values, is_empty
from members.people.transitions.registration import register_many
from registry.access import Actor
from registry.demo.people import People
from registry.enums import DataClass, Level, Role
from registry.idsets import packed
from registry.jobs.models import Job
from registry.journal.models import Event
from registry.organizations.models import Organization
from tests.members.listing import browser
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = dt.date(2025, 11, 23)
PLACE = {"city": "г. Тула", "region": "Тульская область", "postcode": "300000"}

IDENTITY = ("Номер карточки в реестре (не менять)", "Версия карточки (не менять)")


@pytest.fixture
def local() -> Organization:
    return trees.below(trees.head("voi"), Level.LOCAL, "Тульская местная")


@pytest.fixture
def school() -> Organization:
    return trees.below(trees.head(), Level.PRIMARY, "Школа № 1")


@pytest.fixture
def chair(local: Organization) -> Actor:
    return trees.officer(local)


def ask(client: Client, ids: list[int] | None = None, query: str = "", **values: Any) -> Any:
    """Download the chosen people, or everybody found by the filter."""
    chosen = {"all": "1"} if ids is None else {"selected": [str(pk) for pk in ids]}
    return client.post(f"{reverse('members:export')}?{query}", {**chosen, "download": "1", **values})


def sheet(answer: Any) -> list[list[Any]]:
    """Return the rows of the first sheet, including the headings."""
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def told(action: str) -> list[Event]:
    return list(Event.objects.filter(action=action).order_by("pk"))


# Loading it again


def society(organization: Organization, count: int = 60) -> list[Member]:
    people = People(1, TODAY)
    values = [people.society_member(**PLACE) for _ in range(count)]
    values[0] |= {
        "birth_date": dt.date(1958, 11, 5),
        "joined_on": dt.date(1999, 1, 1),
        "joined_year_only": True,
        "phone_mobile": "+79101112233, +79104445566",
    }
    values[1] |= {
        "needs": ["job", "vehicle"],
        "prostheses": ["leg"],
        "needs_other": "Пандус у подъезда",
        "diagnosis": "Ампутация",
    }
    values[2] |= {
        "proposals": "Больше встреч; и автобус.",
        "family": "жена, 2 сына",
        "family_working": 1,
        "dependents": 2,
    }
    values[3] |= {
        "residence": "г. Тула, ул. Мира, д. 5, кв. 1",
        "contact_channel": "post",
        "birth_place": "с. Ясная Поляна",
    }
    return _put(organization, values)


def teachers(organization: Organization, count: int = 60) -> list[Member]:
    people = People(2, TODAY)
    values = [people.union_member(workplace="МБОУ «СОШ № 1»", **PLACE) for _ in range(count)]
    values[0] |= {
        "experience": 30,
        "teaching_experience": 25,
        "hired_on": dt.date(2001, 9, 1),
        "speciality": "математика",
        "graduated": 1995,
    }
    values[1] |= {
        "category": "student",
        "faculty": "Исторический",
        "course": 2,
        "study_group": "ИС-21",
        "study_form": "full_time",
        "study_until": TODAY + dt.timedelta(days=900),
    }
    values[2] |= {
        "degree": "кандидат наук",
        "academic_title": "доцент",
        "division": "Кафедра № 1",
        "paper_kind": "residence",
        "paper_series": "82",
        "paper_number": "0123456",
        "paper_code": "",
    }
    return _put(organization, values)


def _put(organization: Organization, people: list[dict[str, Any]]) -> list[Member]:
    return register_many(
        organization=trees.again(organization),
        people=[{**person, "confirmed_duplicate": True} for person in people],
        started_on=TODAY,
        minutes_number="12-а",
        minutes_date=dt.date(2025, 11, 20),
        by=trees.INSTALLATION,
    )


def filled(values: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if not is_empty(values.get(name)) and values[name] is not False}


@pytest.mark.parametrize("kind", ["society", "union"])
def test_u_5_a_downloaded_list_is_read_back_unchanged(kind: str, local: Organization, school: Organization) -> None:
    organization = local if kind == "society" else school
    members = society(local) if kind == "society" else teachers(school)
    actor = trees.officer(organization)
    charter = actor.organization.charter  # type: ignore[union-attr]
    answer = ask(browser(actor), classes=["identity", "health"])
    table = read_table(answer.content, "members.xlsx")
    found = recognise(table, offered=charter.fields)
    assert [guess.heading for guess in found.guesses if not guess.sure] == []
    records = [build_record(row, found.mapping, today=TODAY, minimum_age=charter.minimum_age) for row in table.rows]
    mark_repeats(records)
    names = tuple(name for name in charter.fields if name != "cell")
    ordered = Member.objects.filter(pk__in=[m.pk for m in members]).alphabetical()
    assert [filled(record.values, names) for record in records] == [filled(card_values(m), names) for m in ordered]
    assert [(record.number, issue.code) for record in records for issue in record.issues if issue.kind == "error"] == []


def test_u_5_into_an_empty_organisation_the_list_gives_equal_cards(chair: Actor, local: Organization) -> None:
    society(local)
    answer = ask(browser(chair), classes=["identity", "health"])
    table = read_table(answer.content, "members.xlsx")
    mapping = recognise(table, offered=chair.organization.charter.fields).mapping  # type: ignore[union-attr]
    records = [build_record(row, mapping, today=TODAY, minimum_age=18) for row in table.rows]
    empty = trees.below(trees.head("voi"), Level.LOCAL, "Тульская местная")
    register_many(
        organization=trees.again(empty),
        people=[{**record.values, "confirmed_duplicate": True} for record in records],
        by=trees.INSTALLATION,
    )
    again = ask(browser(trees.officer(empty)), classes=["identity", "health"])
    # Everything except number and version of the card, which belong to the registry.
    assert [row[:-2] for row in sheet(again)] == [row[:-2] for row in sheet(answer)]
    assert sheet(again)[0][-2:] == sheet(answer)[0][-2:] == list(IDENTITY)
    assert [row[-2:] for row in sheet(again)[1:]] == [
        [member.pk, member.version] for member in Member.objects.filter(organization=empty).alphabetical()
    ]


# Contents of the file


def test_names_that_look_like_formulas_stay_text(chair: Actor, local: Organization) -> None:
    evil = ["=1+1", "@SUM(A1)", "+7", "-1", "http://example.ru", "<script>alert(1)</script>", "'цитата", "x" * 300]
    trees.members(local, surname="Иванов", workplace=evil[0])
    for at, text in enumerate(evil[1:]):
        trees.members(local, surname=f"Иванов{'абвгдежз'[at]}", workplace=text)
    answer = ask(browser(chair))
    rows = sheet(answer)
    at = rows[0].index("Место работы")
    assert [row[at] for row in rows[1:]] == evil
    book = zipfile.ZipFile(io.BytesIO(answer.content))
    assert [name for name in book.namelist() if b"<f>" in book.read(name) or b"hyperlink" in book.read(name)] == []


def test_dates_are_dates_and_a_year_alone_is_a_number(chair: Actor, local: Organization) -> None:
    trees.members(local, joined_on=dt.date(1999, 1, 1), joined_year_only=True, birth_date=dt.date(1958, 11, 5))
    rows = sheet(ask(browser(chair)))
    line = dict(zip(rows[0], rows[1], strict=True))
    assert (line["Дата рождения"], line["Дата вступления"]) == (dt.datetime(1958, 11, 5), 1999)


def test_the_second_sheet_lists_the_allowed_values(chair: Actor, local: Organization) -> None:
    trees.members(local)
    book = openpyxl.load_workbook(io.BytesIO(ask(browser(chair)).content))
    assert book.sheetnames == ["Члены", "Значения"]
    columns = {
        column[0].value: [cell.value for cell in column[1:] if cell.value] for column in book["Значения"].columns
    }
    assert columns["Пол"] == ["мужской", "женский"]
    assert "Группа инвалидности" not in columns


def test_headings_and_words_are_russian_for_an_english_reader(chair: Actor, local: Organization) -> None:
    trees.members(local, sex="male")
    assert chair.account is not None
    chair.account.language = "en"
    chair.account.save()
    rows = sheet(ask(browser(chair)))
    assert dict(zip(rows[0], rows[1], strict=True))["Пол"] == "мужской"


def test_n_s1_the_list_of_a_superior_names_the_organisation_of_each_member(local: Organization) -> None:
    trees.members(local)
    rows = sheet(ask(browser(trees.officer(local.parent))))  # type: ignore[arg-type]
    assert (rows[0][0], rows[1][0]) == ("Числится в организации", "Тульская местная")


# Access


def test_identity_and_health_go_into_the_file_only_when_asked_for(chair: Actor, local: Organization) -> None:
    trees.members(local, diagnosis="Диагноз-1", paper_number="654321", paper_kind="passport")
    client = browser(chair)
    plain, both = ask(client), ask(client, classes=["identity", "health"])
    assert [("Диагноз-1" in str(sheet(a)), "654321" in str(sheet(a))) for a in (plain, both)] == [
        (False, False),
        (True, True),
    ]


def test_columns_that_were_not_chosen_are_not_read(chair: Actor, local: Organization) -> None:
    trees.members(local, diagnosis="Диагноз-1", paper_number="654321", paper_kind="passport")
    with CaptureQueriesContext(connection) as queries:
        ask(browser(chair))
    assert [q["sql"] for q in queries if "diagnosis" in q["sql"] or "paper_number" in q["sql"]] == []


def test_practice_7_6_each_card_records_that_its_closed_data_was_downloaded(chair: Actor, local: Organization) -> None:
    members = trees.members(local, 3)
    client = browser(chair)
    ask(client)
    assert told("card.identity_exported") + told("card.health_exported") == []
    ask(client, [m.pk for m in members[:2]], classes=["health"])
    assert told("card.identity_exported") == []
    assert {(e.object_type, e.object_id, e.account, e.organization) for e in told("card.health_exported")} == {
        ("member", str(m.pk), chair.account, local) for m in members[:2]
    }


def test_v_c5_the_journal_entry_of_a_download_has_only_numbers(chair: Actor, local: Organization) -> None:
    members = trees.members(local, 2)
    ask(browser(chair), classes=["identity"])
    (event,) = told("members.exported")
    assert (event.account, event.organization, event.rule) == (chair.account, local, "V-C5")
    assert event.facts["people"] == packed(m.pk for m in members)
    assert (event.facts["count"], event.facts["classes"]) == (2, ["identity"])
    assert members[0].surname not in str(event.facts)


@pytest.mark.parametrize(("role", "status"), [(Role.REGISTRAR, 200), (Role.REVIEWER, 403), (Role.COLLECTOR, 403)])
def test_n_h2_who_may_download(local: Organization, role: Role, status: int) -> None:
    trees.members(local)
    answer = ask(browser(trees.officer(local, role)))
    assert answer.status_code == status
    assert len(told("members.exported")) == (status == 200)


def test_n_h1_members_outside_the_scope_are_not_in_the_file(chair: Actor, local: Organization) -> None:
    (own,) = trees.members(local, surname="Свой")
    (strange,) = trees.members(trees.below(local.parent, Level.LOCAL), surname="Чужой")  # type: ignore[arg-type]
    rows = sheet(ask(browser(chair), [strange.pk, own.pk]))
    assert [row[0] for row in rows] == ["Фамилия", "Свой"]
    assert ask(browser(chair), [strange.pk]).url == "/members/?"
    assert [event.facts["people"] for event in told("members.exported")] == [packed([own.pk])]


def test_the_file_has_only_the_members_found(chair: Actor, local: Organization) -> None:
    trees.members(local, surname="Мужской", sex="male")
    trees.members(local, surname="Женская", sex="female")
    assert [row[0] for row in sheet(ask(browser(chair), query="sex=male"))[1:]] == ["Мужской"]
    assert ask(browser(chair), query="sex=wrong").status_code == 302


def test_the_download_page_offers_the_columns_that_the_role_may_read(local: Organization, school: Organization) -> None:
    trees.members(local)
    trees.members(school)
    offered = {}
    for organization in (local, school):
        answer = browser(trees.officer(organization, Role.REGISTRAR)).get(reverse("members:export"))
        offered[organization.pk] = [key for key, _label in answer.context["classes"]]
        assert answer.context["count"] == 1
    assert offered == {local.pk: ["identity", "health"], school.pk: ["identity"]}
    assert told("members.exported") == []


def test_the_number_of_queries_does_not_depend_on_the_rows(chair: Actor, local: Organization) -> None:
    sheet_ = exports.sheet_for(chair, [DataClass.IDENTITY, DataClass.HEALTH])
    counts = []
    for more in (1, 2, 20):
        trees.members(local, more, paper_number="1", paper_kind="other", diagnosis="x")
        ids = list(Member.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as queries:
            assert len(exports.rows_of(ids, sheet_, chair)) == len(ids)
        counts.append(len(queries))
    assert counts == [2, 2, 2]


# Long lists


def test_a_long_list_becomes_a_job_with_the_same_file(
    chair: Actor, local: Organization, monkeypatch: pytest.MonkeyPatch, run_jobs: Any
) -> None:
    society(local, 12)
    client = browser(chair)
    at_once = ask(client, classes=["health"])
    monkeypatch.setattr(exports, "MAX_ROWS_AT_ONCE", 5)
    monkeypatch.setattr("members.people.jobs.CHUNK", 5)
    answer = ask(client, classes=["health"])
    job = Job.objects.get()
    assert answer.url == reverse("jobs:detail", args=[job.pk])
    assert sorted(job.params) == ["classes", "ids"]
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.done, job.summary["rows"]) == ("done", 12, 12)
    result = client.get(reverse("jobs:result", args=[job.pk]))
    assert sheet(result) == sheet(at_once)
    assert len(told("card.health_exported")) == 24
    assert [event.facts["count"] for event in told("members.exported")] == [12, 12]
    assert f"{timezone.localdate():%Y-%m-%d}.xlsx" in result["Content-Disposition"]
