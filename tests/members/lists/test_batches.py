"""Registering people from lists: three real lists, repeats, corrections, refusals, jobs (U-5)."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from dues.ledger.models import LedgerEntry
from members.book.models import Registration
from members.lists import batches
from members.lists.enums import BatchState, RowVerdict
from members.lists.jobs import forget_old_lists
from members.lists.models import ColumnMapping, ImportBatch, ImportRow
from members.lists.remarks import remarks_workbook
from members.lists.verdicts import kinds_asked
from members.lists.views.rows import field_label
from members.people.enums import MemberState
from members.people.models import Member
from members.people.transitions.registration import register_person
from registry import integrity
from registry.errors import NotAllowed
from registry.files.models import StoredFile
from registry.jobs.enums import JobState
from registry.jobs.models import Job
from registry.journal.models import Event
from registry.organizations.models import Organization
from tests.members import applicants
from tests.members.places import Place, signed_in, union, voi
from tests.refusals import refused

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[2] / "data"
HEADINGS = ("ФИО", "Дата рождения", "Пол", "Должность")


def sheet(*rows: tuple[object, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    """Return a workbook with these rows."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("Список")
    for row in (headings, *rows):
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def load(place: Place, data: bytes, name: str = "list.xlsx", **defaults: Any) -> ImportBatch:
    """Upload a list and check it with the recognised columns."""
    batch = batches.upload_list(organization=place.keeper, data=data, name=name, by=place.chair)
    return batches.set_columns(batch.pk, mapping=batch.mapping, defaults=defaults, by=place.chair)


def load_file(place: Place, name: str) -> ImportBatch:
    """Load one of the three real lists."""
    return load(place, (DATA / name).read_bytes(), name)


def verdicts(batch: ImportBatch) -> dict[str, int]:
    """Return the rows of the batch by verdict, after checking that the stored counts agree."""
    batch.refresh_from_db()
    found = {v: ImportRow.objects.filter(batch=batch, verdict=v).count() for v in RowVerdict.values}
    assert {v: batch.counts[v] for v in RowVerdict.values} == found
    return {verdict: number for verdict, number in found.items() if number}


def codes(batch: ImportBatch, number: int) -> list[str]:
    """Return the codes of the remarks on the row with this number in the file."""
    return [issue.code for issue in batches.issues_of(ImportRow.objects.get(batch=batch, number=number))]


def fields_of(surname: str, given_name: str, *names: str) -> list[Any]:
    member = Member.objects.get(surname=surname, given_name=given_name)
    return [getattr(member, name) for name in names]


def registered() -> int:
    return Member.objects.filter(state=MemberState.REGISTERED).count()


def since(surname: str) -> dt.date:
    """Return the day on which the person was registered."""
    return Registration.objects.get(member__surname=surname).started_on


def row_of(batch: ImportBatch, number: int = 2) -> ImportRow:
    return ImportRow.objects.get(batch=batch, number=number)


LISTS = [
    (
        "school_union_list.xlsx", union, 7,
        {"ready": 40, "unsure": 23, "wrong": 1, "duplicate": 2}, {"wrong": 1, "duplicate": 2, "done": 63},
        {"wrong": 1, "duplicate": 65},
    ),
    (
        "voi_local_list_cp1251.csv", voi, None,
        {"ready": 42, "unsure": 352, "wrong": 18}, {"wrong": 18, "done": 394}, {"wrong": 18, "duplicate": 394},
    ),
    (
        "old_cell_list.xls", voi, None,
        {"ready": 34, "unsure": 3, "wrong": 1}, {"wrong": 1, "done": 37}, {"wrong": 1, "duplicate": 37},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kind", "dropped", "checked", "applied", "again"), LISTS)
def test_u_5_every_row_of_a_real_list_has_a_verdict_and_loading_it_twice_adds_nobody(
    name: str,
    kind: Callable[[], Place],
    dropped: int | None,
    checked: dict[str, int],
    applied: dict[str, int],
    again: dict[str, int],
) -> None:
    place = kind()
    batch = load_file(place, name)
    assert verdicts(batch) == checked
    if dropped is not None:
        assert len(batch.dropped) == dropped
    assert batches.same_file_before(batch) is None
    assert Member.objects.count() == 0
    # Names are not readable in the table of lists, and are deleted from it with the registration.
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM members_importbatch")
        plain = " ".join(str(value) for row in cursor.fetchall() for value in row)
    heads = " ".join(batch.headings)
    words = {word for sample in batch.samples.values() for word in sample if len(word) > 5 and word not in heads}
    # SQLite stores JSON with escapes.
    assert [word for word in words if word in plain or json.dumps(word)[1:-1] in plain] == []
    assert any(batch.samples.values())
    batches.accept(batch.pk, kinds_asked(batch.pk, by=place.chair), by=place.chair)
    batches.apply_batch(batch.pk, by=place.chair)
    assert (verdicts(batch), batch.samples) == (applied, {})
    assert Member.objects.filter(organization=place.keeper).count() == applied["done"] == Member.objects.count()
    done = ImportRow.objects.filter(batch=batch, verdict=RowVerdict.DONE)
    assert {(*row.cells, *row.values, *row.corrections, *row.issues) for row in done} == {()}
    twice = load_file(place, name)
    assert (verdicts(twice), batches.same_file_before(twice)) == (again, batch)
    with refused("U-5", match="Нет строк"):
        batches.apply_batch(twice.pk, by=place.chair)
    assert Member.objects.count() == applied["done"]
    batches.undo_batch(batch.pk, by=place.chair)
    batch.refresh_from_db()
    assert (registered(), ImportRow.objects.filter(batch=batch).count()) == (0, 0)
    assert (batch.state, batch.source, batches.same_file_before(twice)) == (BatchState.UNDONE, None, None)
    assert verdicts(load_file(place, name)) == checked
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def test_u_5_cards_of_the_school_list_have_the_values_of_the_file() -> None:
    place = union()
    batch = load_file(place, "school_union_list.xlsx")
    batches.accept(batch.pk, kinds_asked(batch.pk, by=place.chair), by=place.chair)
    batches.apply_batch(batch.pk, by=place.chair)
    names = (
        "patronymic", "birth_date", "sex", "joined_on", "position", "education", "dues_form", "dues_percent",
        "phone_mobile", "email",
    )  # fmt: skip
    assert fields_of("Киселев", "Яков", *names) == [
        "Денисович", dt.date(2005, 4, 9), "male", dt.date(2026, 2, 9), "лаборант", "incomplete_higher", "cashless",
        Decimal("1.00"), "+79554368826", "prohorovradim@example.com",
    ]  # fmt: skip
    assert fields_of("Абрамова", "Марфа", *names) == [
        "Никифоровна", dt.date(1958, 9, 22), "female", dt.date(1981, 5, 7), "педагог-психолог", "higher", "cash",
        None, "+79847359293", "",
    ]  # fmt: skip


def test_u_5_cards_of_the_local_list_have_the_values_of_the_file() -> None:
    place = voi()
    batch = load_file(place, "voi_local_list_cp1251.csv")
    # The list has a disability group for 131 representatives, which is asked about.
    batches.accept(batch.pk, ["disability_group:group_of_represented"], by=place.chair)
    batches.apply_batch(batch.pk, by=place.chair)
    names = (
        "birth_date", "snils", "category", "joined_on", "joined_year_only", "postcode", "city", "street", "house",
        "cell"
    )  # fmt: skip
    assert fields_of("Михеев", "Тарас", *names) == [
        dt.date(1970, 5, 12), "05217578253", "disabled", dt.date(1998, 1, 10), False, "245027", "г. Калевала",
        "пр. Дальневосточный", "990 к. 877", place.cells[1],
    ]  # fmt: skip
    assert fields_of("Фролова", "Пелагея", *names) == [
        dt.date(1969, 1, 6), "12482967482", "legal_representative", dt.date(1995, 1, 1), True, "666155", "клх Кашира",
        "пр. 40 лет Победы", "70", place.cells[0],
    ]  # fmt: skip


def test_u_5_cards_of_the_old_list_have_the_values_of_the_file() -> None:
    place = voi()
    batch = load_file(place, "old_cell_list.xls")
    batches.accept(batch.pk, kinds_asked(batch.pk, by=place.chair), by=place.chair)
    batches.apply_batch(batch.pk, by=place.chair)
    names = ("patronymic", "birth_date", "sex", "joined_on", "joined_year_only", "profession", "ticket_number")
    assert fields_of("Савина", "Валентина", *names) == [
        "Геннадиевна", dt.date(1962, 11, 11), "female", dt.date(2013, 1, 1), True, "Учитель математики", "56444",
    ]  # fmt: skip
    assert fields_of("Рыбаков", "Исай", *names) == [
        "Германович", dt.date(1979, 6, 26), "male", dt.date(1995, 1, 1), True, "зам. директора по УВР", "68535",
    ]  # fmt: skip


def test_u_5_nothing_is_guessed_silently() -> None:
    place = union()
    batch = load(place, sheet(("Петров Пётр Петрович", "01.02.80", "", "учитель"), ("Ким Ли", "02.13.1980", "м", "")))
    assert (codes(batch, 2), codes(batch, 3)) == (
        ["date_two_digits", "male_by_patronymic"],
        ["date_swapped", "no_patronymic"],
    )
    assert verdicts(batch) == {"unsure": 2}
    with refused("U-5", match="Нет строк"):
        batches.apply_batch(batch.pk, by=place.chair)
    batches.accept(batch.pk, kinds_asked(batch.pk, by=place.chair), by=place.chair)
    batches.apply_batch(batch.pk, by=place.chair)
    assert fields_of("Ким", "Ли", "birth_date", "sex", "no_patronymic") == [dt.date(1980, 2, 13), "male", True]
    assert fields_of("Петров", "Пётр", "birth_date", "sex") == [dt.date(1980, 2, 1), "male"]


def test_u_5_what_was_assumed_is_accepted_together_and_what_should_be_checked_by_its_kind() -> None:
    place = union()
    batch = load(
        place, sheet(("Петров Пётр Петрович", "01.02.80", "", ""), ("Ким Яна Ильинична", "01.02.1980", "м", ""))
    )
    assert (codes(batch, 2), codes(batch, 3)) == (["date_two_digits", "male_by_patronymic"], ["sex_conflict"])
    batches.accept(batch.pk, by=place.chair)
    assert [row_of(batch, n).verdict for n in (2, 3)] == ["ready", "unsure"]
    batches.accept(batch.pk, ["sex:sex_conflict"], by=place.chair)
    assert [row_of(batch, n).verdict for n in (2, 3)] == ["ready", "ready"]
    batches.accept(batch.pk, ["birth_date:date_two_digits"], taken_back=True, by=place.chair)
    assert [row_of(batch, n).verdict for n in (2, 3)] == ["unsure", "ready"]
    batches.check_batch(batch.pk, by=place.chair)
    assert verdicts(batch) == {"unsure": 1, "ready": 1}
    batches.accept(batch.pk, ["birth_date:date_two_digits"], by=place.chair)
    for mapping, left in ((batch.mapping, {"ready": 2}), ({**batch.mapping, "3": "ignore"}, {"unsure": 2})):
        batches.set_columns(batch.pk, mapping=mapping, defaults={}, by=place.chair)
        assert verdicts(batch) == left


def test_v_h1_an_unknown_cell_name_is_resolved_once_for_all_rows() -> None:
    place = voi()
    people = [(f"Петров Пётр {name}", "01.02.1980", "м", "Дальняя") for name in ("Ильич", "Петрович", "Львович")]
    batch = load(place, sheet(*people, headings=("ФИО", "Дата рождения", "Пол", "Первичная организация")))
    assert [codes(batch, n) for n in (2, 3, 4)] == [["unknown_cell"]] * 3
    with refused("V-H1", field="cell"):
        batches.name_cells(batch.pk, {"Дальняя": place.keeper.pk}, by=place.chair)
    batches.name_cells(batch.pk, {"Дальняя": place.cells[1].pk}, by=place.chair)
    assert [row_of(batch, n).person["cell"] for n in (2, 3, 4)] == [place.cells[1].pk] * 3
    assert verdicts(batch) == {"ready": 3}
    batches.name_cells(batch.pk, {"Дальняя": None}, by=place.chair)
    assert [(codes(batch, n), row_of(batch, n).person.get("cell")) for n in (2, 3, 4)] == [([], None)] * 3


def test_v_h1_subheadings_of_a_list_put_the_people_below_them_into_their_cells() -> None:
    place = voi()
    cells = list(Organization.objects.filter(parent=place.keeper).order_by("pk"))
    name = cells[0].short_name
    rows = [(name,), ("Ким Лев Ильич", dt.date(1960, 1, 2), "м"), ("Ом Ян Ильич", dt.date(1961, 1, 2), "м")]
    batch = load(place, sheet(*rows, headings=HEADINGS[:3]))
    assert verdicts(batch) == {"ready": 2}
    batches.apply_batch(batch.pk, by=place.chair)
    assert {member.cell_id for member in Member.objects.filter(batch=batch)} == {cells[0].pk}


def test_v_b14_rows_marked_as_dead_or_gone_are_confirmed_one_by_one() -> None:
    place = union()
    rows = [("Ким Лев Ильич", dt.date(1960, 1, 2), "м", "умер"), ("Ом Ян Ильич", dt.date(1961, 1, 2), "м", None)]
    batch = load(place, sheet(*rows, headings=(*HEADINGS[:3], "Примечание")))
    assert (codes(batch, 2), verdicts(batch)) == (["gone_mark"], {"ready": 1, "unsure": 1})
    batches.accept(batch.pk, [":gone_mark"], by=place.chair)
    batches.accept(batch.pk, kinds_asked(batch.pk, by=place.chair), by=place.chair)
    assert verdicts(batch) == {"ready": 1, "unsure": 1}
    row = ImportRow.objects.get(batch=batch, number=2)
    batches.correct_row(row.pk, values={}, skip=True, by=place.chair)
    assert verdicts(batch) == {"ready": 1, "skipped": 1}


def test_u_5_a_corrected_name_keeps_the_date_of_birth_next_to_it() -> None:
    place = union()
    batch = load(place, sheet(("Ким Лев Ильичь, 02.01.1960 г.р.", "м"), headings=("ФИО, дата рождения", "Пол")))
    row = ImportRow.objects.get(batch=batch)
    shown = batches.row_texts(row)
    assert shown["birth_date"] == "02.01.1960"
    row = batches.correct_row(row.pk, values={**shown, "patronymic": "Ильич"}, accepted=True, by=place.chair)
    assert (row.person["patronymic"], row.person["birth_date"]) == ("Ильич", dt.date(1960, 1, 2))


def test_u_5_numbers_stay_numbers_in_the_workbook_of_remarks_and_read_back_the_same() -> None:
    place = union()
    # The spreadsheet has dropped a zero of the СНИЛС and stores the date of birth as a number.
    rows = [("Ким Лев Ильич", 21917, "м", 8765432147), ("Ом Ян Ильич", 22282, "м", 1)]
    batch = load(place, sheet(*rows, headings=(*HEADINGS[:3], "СНИЛС")))
    before = [codes(batch, number) for number in (2, 3)]
    assert {"date_serial", "leading_zeros"} <= set(before[0])
    data = remarks_workbook(batch, list(ImportRow.objects.filter(batch=batch).order_by("number")), field_label)
    again = load(place, data)
    assert [codes(again, number) for number in (2, 3)] == before


def test_n_a1_the_same_person_is_reported_as_such_and_not_by_the_ticket() -> None:
    place = voi()
    headings = (*HEADINGS[:3], "№ билета")
    row = ("Ким Лев Ильич", dt.date(1960, 1, 2), "м", "123")
    batches.apply_batch(load(place, sheet(row, headings=headings)).pk, by=place.chair)
    batch = load(place, sheet(row, headings=headings), "c.xlsx")
    [issue] = batches.issues_of(ImportRow.objects.get(batch=batch))
    name = place.keeper.short_name
    assert issue.params["text"] == f"На учёте уже есть человек с теми же ФИО и датой рождения: {name}."
    batch = load(place, sheet(("Ом Ян Ильич", dt.date(1961, 1, 2), "м", "123"), headings=headings), "d.xlsx")
    [issue] = batches.issues_of(ImportRow.objects.get(batch=batch))
    assert issue.params["text"] == f"Такой номер билета уже занят: {name}."


def test_v_b1_people_who_joined_after_the_registry_began_need_a_decision_and_are_charged() -> None:
    place = voi()
    Organization.objects.filter(pk=place.keeper.pk).update(created_at=timezone.now() - dt.timedelta(days=60))
    joined_on = timezone.localdate() - dt.timedelta(days=20)
    joined = f"{joined_on:%d.%m.%Y}"
    headings = ("ФИО", "Дата рождения", "Пол", "Дата вступления", "Номер протокола", "Дата протокола")
    people = [
        ("Петров Пётр Ильич", "01.02.1980", "м", joined, None, None),
        ("Петров Пётр Львович", "01.02.1980", "м", joined, "7", joined),
        ("Петров Пётр Юрьевич", "01.02.1980", "м", "01.02.2001", None, None),
    ]
    batch = load(place, sheet(*people, headings=headings))
    assert [codes(batch, n) for n in (2, 3, 4)] == [["rule"], [], []]
    batches.apply_batch(batch.pk, by=place.chair)
    told = Registration.objects.order_by("member__patronymic").values_list("member__patronymic", "start_reason")
    assert list(told) == [("Львович", "admission"), ("Юрьевич", "existing")]
    owed = LedgerEntry.objects.values_list("account__member__patronymic", "fee").order_by("fee")
    assert list(owed) == [("Львович", fee) for fee, _due in applicants.charged(joined_on)]


def test_u_5_all_errors_of_a_row_are_shown_at_once() -> None:
    headings = ("ФИО", "Дата рождения", "Пол", "СНИЛС", "Дата вступления", "Эл. почта")
    row = ("П. П.", "31.02.1980", "оно", "111-111-111 11", "99.99.2001", "нет@")
    batch = load(voi(), sheet(row, headings=headings))
    issues = batches.issues_of(row_of(batch))
    told = {kind: sorted(i.field for i in issues if i.kind == kind) for kind in ("error", "warning")}
    # Errors in optional values do not prevent the registration.
    assert told == {
        "error": ["birth_date", "full_name"], "warning": ["email", "joined_on", "sex", "snils"],
    }  # fmt: skip


def test_u_5_a_row_is_corrected_left_out_and_included_again() -> None:
    place = union()
    batch = load(place, sheet(("Петров Пётр Петрович", "31.02.1980", "м", "учитель")))
    row = row_of(batch)
    shown = batches.row_texts(row, batch)
    assert shown == {
        "surname": "Петров", "given_name": "Пётр", "patronymic": "Петрович", "birth_date": "31.02.1980", "sex": "м",
        "position": "учитель",
    }  # fmt: skip
    batches.correct_row(row.pk, values=shown, skip=True, by=place.chair)
    assert verdicts(batch) == {"skipped": 1}
    batches.correct_row(row.pk, values={**shown, "birth_date": "28.02.1980", "surname": "Петренко"}, by=place.chair)
    assert verdicts(batch) == {"ready": 1}
    row.refresh_from_db()
    assert row.corrections == {"birth_date": "28.02.1980", "surname": "Петренко"}
    assert batches.row_texts(row, batch) == {**shown, "birth_date": "28.02.1980", "surname": "Петренко"}
    batches.apply_batch(batch.pk, by=place.chair)
    assert fields_of("Петренко", "Пётр", "birth_date") == [dt.date(1980, 2, 28)]
    with refused("U-5", match="уже на учёте"):
        batches.correct_row(row_of(batch).pk, values=shown, by=place.chair)


def test_u_5_required_values_missing_in_the_list_can_be_entered_on_the_screen() -> None:
    place = union()
    batch = load(place, sheet(("Петров Пётр Петрович", None, "м", "учитель")))
    row = row_of(batch)
    assert (row.verdict, batches.row_texts(row)["birth_date"]) == (RowVerdict.WRONG, "")
    batches.correct_row(row.pk, values={"birth_date": "01.02.1980"}, by=place.chair)
    assert verdicts(batch) == {"ready": 1}


def test_u_5_rows_corrected_later_go_in_with_the_same_list() -> None:
    place = union()
    people = (("Петров Пётр Петрович", "01.02.1980", "м", ""), ("Яшина Яна Яновна", "31.02.1980", "ж", ""))
    batch = load(place, sheet(*people))
    batches.apply_batch(batch.pk, by=place.chair)
    assert verdicts(batch) == {"done": 1, "wrong": 1}
    batches.correct_row(row_of(batch, 3).pk, values={"birth_date": "28.02.1980"}, by=place.chair)
    batches.apply_batch(batch.pk, by=place.chair)
    assert (verdicts(batch), Member.objects.count()) == ({"done": 2}, 2)
    batches.undo_batch(batch.pk, by=place.chair)
    assert registered() == 0


def test_u_5_values_for_all_rows_apply_to_rows_without_a_value() -> None:
    place = voi()
    headings = ("ФИО", "Дата рождения", "Пол", "Первичная организация")
    rows = (("Петров Пётр Петрович", "01.02.1980", "м", "ПО № 2"), ("Яшина Яна Яновна", "03.02.1980", "ж", None))
    decided = dt.date(2025, 11, 10)
    batch = load(
        place, sheet(*rows, headings=headings),
        registered_on=decided, minutes_number="7", minutes_date=decided, cell=place.cells[0].pk,
    )  # fmt: skip
    batches.apply_batch(batch.pk, by=place.chair)
    assert fields_of("Петров", "Пётр", "cell") == [place.cells[1]]
    assert fields_of("Яшина", "Яна", "cell") == [place.cells[0]]
    assert [since("Петров"), since("Яшина")] == [decided, decided]


def test_u_5_columns_are_remembered_for_the_organisations_next_list_alone() -> None:
    place, other = union(), voi()
    headings = ("Кто", "Когда родился", "Пол", "Х")
    data = sheet(("Петров Пётр Петрович", "01.02.1980", "м", "учитель"), headings=headings)
    first = batches.upload_list(organization=place.keeper, data=data, name="a.xlsx", by=place.chair)
    mapping = {"0": "full_name", "1": "birth_date", "2": "sex", "3": "position"}
    batches.set_columns(first.pk, mapping=mapping, defaults={}, by=place.chair)
    second = batches.upload_list(organization=place.keeper, data=data, name="b.xlsx", by=place.chair)
    assert second.mapping == mapping
    assert ColumnMapping.objects.filter(organization=other.keeper).count() == 0


def test_u_5_empty_columns_and_repeated_headings_are_remembered() -> None:
    place = union()
    headings = ("ФИО", "Дата", "Пол", "Дата", "СНИЛС", "Кружок")
    row = ("Петров Пётр Петрович", "01.02.1980", "м", "05.09.2010", "", "хор")
    first = batches.upload_list(
        organization=place.keeper, data=sheet(row, headings=headings), name="a.xlsx", by=place.chair
    )
    mapping = {"0": "full_name", "1": "birth_date", "2": "sex", "3": "joined_on", "4": "ignore", "5": "ignore"}
    batches.set_columns(first.pk, mapping=mapping, defaults={}, by=place.chair)
    row = ("Яшина Яна Яновна", "01.02.1981", "ж", "05.09.2011", "112-233-445 95", "хор")
    second = batches.upload_list(
        organization=place.keeper, data=sheet(row, headings=headings), name="b.xlsx", by=place.chair
    )
    assert [guess["field"] for guess in second.guesses] == [
        "full_name", "birth_date", "sex", "joined_on", "snils", "ignore",
    ]  # fmt: skip


def test_u_5_columns_without_a_name_are_refused() -> None:
    place = union()
    data = sheet(("Петров Пётр Петрович", "01.02.1980", "м", "учитель"))
    batch = batches.upload_list(organization=place.keeper, data=data, name="a.xlsx", by=place.chair)
    with refused("U-5a", match="столбец с именем"):
        batches.set_columns(batch.pk, mapping={"1": "birth_date", "2": "surname"}, defaults={}, by=place.chair)
    batch.refresh_from_db()
    assert batch.state == BatchState.UPLOADED


def test_u_5_another_sheet_of_the_workbook_can_be_used() -> None:
    place = union()
    book = openpyxl.Workbook()
    for title, whole_name in (("2025", "Петров Пётр Петрович"), ("2026", "Яшина Яна Яновна")):
        page = book.create_sheet(title)
        page.append(HEADINGS)
        page.append((whole_name, "01.02.1980", "", ""))
    del book["Sheet"]
    out = io.BytesIO()
    book.save(out)
    batch = batches.upload_list(organization=place.keeper, data=out.getvalue(), name="a.xlsx", by=place.chair)
    other = next(name for name in batch.sheets if name != batch.sheet)
    batch = batches.choose_sheet(batch.pk, sheet=other, by=place.chair)
    batch = batches.set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=place.chair)
    assert (batch.sheet, row_of(batch).person["surname"]) == (other, {"2025": "Петров", "2026": "Яшина"}[other])
    with refused("U-5", field="sheet", match="нет такого листа"):
        batches.choose_sheet(batch.pk, sheet="Чужой", by=place.chair)
    ImportBatch.objects.filter(pk=batch.pk).update(source=None)
    with refused("U-5", match="больше не хранится"):
        batches.choose_sheet(batch.pk, sheet=batch.sheet, by=place.chair)


def test_u_5_a_discarded_list_leaves_no_rows_and_no_file() -> None:
    place = union()
    batch = load(place, sheet(("Петров Пётр Петрович", "01.02.1980", "м", "учитель")))
    assert StoredFile.objects.count() == 1
    batches.discard_batch(batch.pk, by=place.chair)
    batch.refresh_from_db()
    assert [batch.state, ImportRow.objects.count(), StoredFile.objects.count()] == [BatchState.DISCARDED, 0, 0]
    with refused("U-5", match="закончена"):
        batches.set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=place.chair)


def test_u_5_a_list_with_a_changed_card_cannot_be_undone() -> None:
    place = union()
    batch = load(place, sheet(("Петров Пётр Петрович", "01.02.1980", "м", "учитель")))
    batches.apply_batch(batch.pk, by=place.chair)
    Member.objects.update(version=2)
    with refused("U-5", blockers=1) as refusal:
        batches.undo_batch(batch.pk, by=place.chair)
    assert (len(refusal.value.blockers), Member.objects.count()) == (1, 1)


def test_n_a1_somebody_registered_since_the_check_is_not_entered_twice() -> None:
    place = union()
    row = ("Абрамова Марфа Никифоровна", "22.09.1978", "ж", "педагог")
    batch = load(place, sheet(row, ("Яшина Яна Яновна", "03.02.1980", "ж", "")))
    place.put()
    with refused("U-5", match="некоторые строки стали неверными"):
        batches.apply_batch(batch.pk, by=place.chair)
    batches.check_batch(batch.pk, by=place.chair)
    assert verdicts(batch) == {"duplicate": 1, "ready": 1}
    batches.apply_batch(batch.pk, by=place.chair)
    assert Member.objects.count() == 2


def test_n_h1_only_officers_of_the_organisation_change_a_list() -> None:
    place, stranger = union(), voi()
    data = sheet(("Тайная Яна Яновна", "03.02.1980", "ж", ""))
    batch = load(place, data)
    row = row_of(batch)
    steps: list[Callable[[Any], object]] = [
        lambda by: batches.set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=by),
        lambda by: batches.check_batch(batch.pk, by=by),
        lambda by: batches.choose_sheet(batch.pk, sheet=batch.sheet, by=by),
        lambda by: batches.correct_row(row.pk, values={}, by=by),
        lambda by: batches.accept(batch.pk, by=by),
        lambda by: batches.apply_batch(batch.pk, by=by),
        lambda by: batches.undo_batch(batch.pk, by=by),
        lambda by: batches.discard_batch(batch.pk, by=by),
    ]
    before = (verdicts(batch), batch.version, Event.objects.count())
    for by in (stranger.chair, place.region_chair):
        for step in steps:
            with pytest.raises((ImportBatch.DoesNotExist, ImportRow.DoesNotExist)):
                step(by)
    for step in steps[4:]:
        with pytest.raises(NotAllowed):
            step(place.reviewer)
    with pytest.raises((NotAllowed, place.keeper.DoesNotExist)):
        batches.upload_list(organization=place.keeper, data=data, name="b.xlsx", by=stranger.chair)
    assert (verdicts(batch), batch.version, Event.objects.count()) == before


def long_list(number: int) -> bytes:
    """Return a list of this number of people with different names."""
    letters = "абвгдежзик"
    rows = [
        (f"Петров{''.join(letters[int(digit)] for digit in str(n))} Пётр Петрович", "01.02.1980", "м", "")
        for n in range(number)
    ]
    return sheet(*rows)


def test_u_5_a_long_list_is_checked_and_registered_by_jobs(run_jobs: Callable[[], None]) -> None:
    place = union()
    client = signed_in(place.chair)
    size = batches.MAX_ROWS_AT_ONCE + 5
    client.post(reverse("imports:upload"), {"file": SimpleUploadedFile("long.xlsx", long_list(size))})
    batch = ImportBatch.objects.get()
    columns = {f"column_{index}": batch.mapping.get(str(index), "ignore") for index in range(len(HEADINGS))}
    answer = client.post(reverse("imports:columns", args=[batch.pk]), columns)
    check = Job.objects.get()
    assert (answer["Location"], check.kind) == (reverse("jobs:detail", args=[check.pk]), "import.check")
    run_jobs()
    assert verdicts(batch) == {"ready": size}
    assert reverse("imports:detail", args=[batch.pk]) in client.get(answer["Location"]).content.decode()
    answer = client.post(reverse("imports:apply", args=[batch.pk]))
    assert Member.objects.count() == 0
    run_jobs()
    put = Job.objects.exclude(pk=check.pk).get()
    assert (verdicts(batch), Member.objects.count(), put.state) == ({"done": size}, size, JobState.DONE)
    assert put.summary["people"] == size
    assert "1005 человек" in client.get(answer["Location"]).content.decode().replace("\xa0", "")


def test_n_a1_a_job_reports_people_registered_meanwhile_and_checks_the_list_again(
    run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MAX_ROWS_AT_ONCE", 1)
    place = union()
    people = [("Абрамова Марфа Никифоровна", "22.09.1978", "ж", ""), ("Яшина Яна Яновна", "03.02.1980", "ж", "")]
    batch = load(place, sheet(*people))
    batches.check_batch(batch.pk, by=place.chair)
    signed_in(place.chair).post(reverse("imports:apply", args=[batch.pk]))
    register_person(
        organization=place.keeper,
        values={
            "surname": "Абрамова", "given_name": "Марфа", "patronymic": "Никифоровна", "sex": "female",
            "birth_date": dt.date(1978, 9, 22),
        },
        ground="учётная карточка", by=place.chair,
    )  # fmt: skip
    run_jobs()
    job = Job.objects.get()
    assert (job.state, bool(job.error), verdicts(batch)) == (JobState.FAILED, True, {"duplicate": 1, "ready": 1})


# Rows that are left


def aged(*lists: ImportBatch, days: float) -> None:
    """Change the upload time of the lists to this number of days ago."""
    ImportBatch.objects.filter(pk__in=[one.pk for one in lists]).update(uploaded_at=timezone.now() - dt.timedelta(days))


def test_v_c5_rows_of_people_who_were_not_registered_are_deleted_after_thirty_days() -> None:
    place = union()
    one = ("Иванова Анна Петровна", dt.date(1970, 1, 1), "ж", "учитель")
    unread = ("Петрова", "когда-то", "", "")
    waiting, young = (load(place, sheet(one, (f"Лосева {n}", "когда-то", "", ""))) for n in range(2))
    applied = load(place, sheet(("Сидорова Ольга Ильинична", dt.date(1971, 2, 2), "ж", "завуч"), unread))
    batches.apply_batch(applied.pk, by=place.chair)
    aged(waiting, applied, days=30.01)
    aged(young, days=29.99)
    forget_old_lists(timezone.localdate())
    found = {batch.pk: batch for batch in ImportBatch.objects.all()}
    assert [found[batch.pk].state for batch in (waiting, young, applied)] == ["discarded", "checked", "applied"]
    assert [batch.rows.count() for batch in (waiting, young, applied)] == [0, 2, 1]
    assert (found[waiting.pk].source, found[waiting.pk].samples) == (None, {})
    counts = {name: count for name, count in found[applied.pk].counts.items() if count}
    assert (counts, applied.rows.get().verdict) == ({"rows": 1, "done": 1}, "done")
    assert Member.objects.filter(surname="Сидорова").count() == 1
    page = signed_in(place.chair).get(reverse("imports:list"))
    assert "за 30 дней не поставили на учёт, удаляются" in page.content.decode()
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}
