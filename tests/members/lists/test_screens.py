"""Screens of the import, with the three real lists of chairs (U-5, U-5a, N-A1)."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from members.lists.enums import BatchState, RowVerdict
from members.lists.forms import most_open
from members.lists.models import ImportBatch, ImportRow
from members.people.models import Member
from registry import integrity
from registry.enums import Role
from registry.journal.models import Event
from registry.organizations.models import Organization
from tests.benchmarks.measure import PAGE_KB
from tests.clock import at
from tests.members.places import Place, signed_in, union, voi
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DATA = Path(__file__).resolve().parents[2] / "data"
SCHOOL, LOCAL, OLD = "school_union_list.xlsx", "voi_local_list_cp1251.csv", "old_cell_list.xls"


@pytest.fixture
def school() -> Place:
    return union()


@pytest.fixture
def local() -> Place:
    return voi()


def upload(client: Client, data: bytes, name: str = "list.xlsx") -> ImportBatch:
    client.post(reverse("imports:upload"), {"file": SimpleUploadedFile(name, data)})
    return ImportBatch.objects.latest("pk")


def settle(client: Client, batch: ImportBatch, **values: str) -> ImportBatch:
    """Save the recognised columns, with these values for all rows."""
    form = client.get(reverse("imports:columns", args=[batch.pk])).context["form"]
    given = {name: field.initial for name, field in form.fields.items() if name.startswith("column_")}
    client.post(reverse("imports:columns", args=[batch.pk]), {**given, **values})
    batch.refresh_from_db()
    return batch


def _save_as_it_stands(client: Client, row: ImportRow) -> None:
    """Assert that saving a row unchanged does not change its values."""
    url = reverse("imports:row", args=[row.batch_id, row.pk])
    form = client.get(url).context["form"]
    texts = {f"text_{name}": form.fields[f"text_{name}"].initial for name in form.names}
    before = row.person
    client.post(url, {**texts, "word": "take"})
    row.refresh_from_db()
    assert (row.person, row.accepted) == (before, True)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 40), "white").save(out, "PNG")
    return out.getvalue()


def small(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in (("ФИО", "Дата рождения", "Пол", "Должность"), *rows):
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("name", "found"), [(SCHOOL, union), (LOCAL, voi), (OLD, voi)])
def test_u_5_a_list_is_registered_and_undone(name: str, found: Callable[[], Place]) -> None:
    place = found()
    client = signed_in(place.chair)
    data, decided = (DATA / name).read_bytes(), timezone.localdate() - dt.timedelta(days=1)
    batch = settle(client, upload(client, data, name), minutes_number="7", minutes_date=f"{decided:%d.%m.%Y}")
    assert (batch.state, sum(batch.counts[v] for v in RowVerdict.values)) == (BatchState.CHECKED, batch.counts["rows"])
    for verdict in RowVerdict.values:
        page = client.get(reverse("imports:rows", args=[batch.pk]), {"show": verdict})
        assert page.status_code == 200
        for row in ImportRow.objects.filter(batch=batch, verdict=verdict)[:2]:
            _save_as_it_stands(client, row)
    batch.refresh_from_db()
    client.post(reverse("imports:accept", args=[batch.pk]))
    page = client.get(reverse("imports:rows", args=[batch.pk])).content.decode()
    for kind in re.findall(r'name="kind" value="([^"]+)">(?!<button type="submit" class="button quiet)', page):
        assert client.get(reverse("imports:rows", args=[batch.pk]), {"about": kind}).context["rows"]
        client.post(reverse("imports:accept", args=[batch.pk]), {"kind": kind})
    batch.refresh_from_db()
    ready = batch.counts["ready"]
    assert (ready > 0, batch.counts["unsure"]) == (True, 0)
    client.post(reverse("imports:apply", args=[batch.pk]))
    assert Member.objects.visible_to(place.chair).count() == ready
    again = settle(client, upload(client, data, name))
    assert (
        "Этот самый файл уже поставлен на учёт" in client.get(reverse("imports:rows", args=[again.pk])).content.decode()
    )
    assert (again.counts["ready"], again.counts["unsure"]) == (0, 0)
    client.post(reverse("imports:undo", args=[batch.pk]))
    assert Member.objects.visible_to(place.chair).count() == 0
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def test_u_5_a_row_is_corrected_on_the_screen(school: Place) -> None:
    client = signed_in(school.chair)
    batch = settle(client, upload(client, small(("Петров Пётр", "31.02.1980", "м", "учитель"))))
    row = ImportRow.objects.get()
    assert row.verdict == RowVerdict.WRONG
    url = reverse("imports:row", args=[batch.pk, row.pk])
    texts = {
        f"text_{n}": f.initial
        for n, f in client.get(url).context["form"].fields.items()
        for n in [n[5:]]
        if f.initial and n
    }
    shown = client.get(url).context["form"]
    texts = {f"text_{name}": shown.fields[f"text_{name}"].initial for name in shown.names}
    kept = client.post(url, {**texts, "text_birth_date": "30.02.1980", "word": "take"}, follow=True).content.decode()
    assert "30.02.1980" in kept
    client.post(url, {**texts, "text_birth_date": "28.02.1980", "word": "take"})
    row.refresh_from_db()
    assert (row.verdict, str(row.person["birth_date"])) == (RowVerdict.READY, "1980-02-28")


def test_n_a1_a_probable_duplicate_elsewhere_is_shown_with_its_organisation_only(school: Place) -> None:
    other = union()
    keeper = trees.below(school.region, "primary", "ППО лицея № 2")
    lyceum = signed_in(trees.officer(keeper, Role.CHAIR, "Сомов"))
    school.put(phone_mobile="+79105550117", workplace="Секретная школа")
    batch = settle(lyceum, upload(lyceum, small(("Абрамова Марфа Никифоровна", "22.09.1978", "ж", "завуч"))))
    row = ImportRow.objects.get()
    page = lyceum.get(reverse("imports:row", args=[batch.pk, row.pk])).content.decode()
    assert [text in page for text in ("ППО школы № 15", "9105550117", "Секретная")] == [True, False, False]
    assert row.verdict == RowVerdict.DUPLICATE
    shown = lyceum.get(reverse("imports:row", args=[batch.pk, row.pk])).context["form"]
    texts = {f"text_{name}": shown.fields[f"text_{name}"].initial for name in shown.names}
    lyceum.post(reverse("imports:row", args=[batch.pk, row.pk]), {**texts, "word": "take", "confirm_duplicate": "on"})
    row.refresh_from_db()
    assert row.verdict == RowVerdict.READY
    assert other.keeper != keeper


def test_u_5_remarks_come_as_a_workbook_that_loads_again(school: Place) -> None:
    client = signed_in(school.chair)
    rows = (("=1+1", "01.01.1980", "м", ""), ("Яшина Яна Яновна", "99.99.1980", "ж", "@SUM(A1)"))
    batch = settle(client, upload(client, small(*rows)))
    answer = client.get(reverse("imports:remarks", args=[batch.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]  # type: ignore[union-attr]
    assert (cells[0][-1], cells[-1][1]) == ("Замечания реестра", "99.99.1980")
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}  # type: ignore[union-attr]
    again = upload(client, answer.content)
    assert again.counts["rows"] == batch.counts["rows"]
    assert "remarks" not in again.mapping.values()


NO_LIST = "Это не список. Принимаются файлы .xlsx, .xls, .ods и .csv."
DAMAGED = "Файл повреждён или это не таблица. Откройте его в программе для таблиц и сохраните как .xlsx."
NOBODY = "Строк с людьми в файле не нашлось. Проверьте, тот ли это файл и лист."


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Файл пуст. Выберите файл со списком."),
        (picture(), NO_LIST),
        (b"\x00\x01\x02" * 100, NO_LIST),
        (b"PK\x03\x04" + b"x" * 200, DAMAGED),
        ("Итого\n".encode("cp1251"), NOBODY),
    ],
)
def test_u_5_files_that_are_not_lists_are_refused_with_an_explanation(
    school: Place, data: bytes, sentence: str
) -> None:
    client = signed_in(school.chair)
    answer = client.post(reverse("imports:upload"), {"file": SimpleUploadedFile("a.xlsx", data)})
    assert (answer.status_code, ImportBatch.objects.count()) == (200, 0)
    assert [str(error) for error in answer.context["form"].errors["file"]] == [sentence]


def test_u_5_a_zip_bomb_is_refused_before_it_is_unpacked(school: Place) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    client = signed_in(school.chair)
    answer = client.post(reverse("imports:upload"), {"file": SimpleUploadedFile("a.xlsx", out.getvalue())})
    assert (answer.status_code, ImportBatch.objects.count()) == (200, 0)


def test_n_h1_lists_are_visible_only_to_the_organisation_that_uploaded_them(school: Place, local: Place) -> None:
    client = signed_in(school.chair)
    batch = settle(client, upload(client, (DATA / SCHOOL).read_bytes()))
    row = ImportRow.objects.filter(batch=batch).earliest("number")
    pages = [
        reverse("imports:columns", args=[batch.pk]), reverse("imports:rows", args=[batch.pk]),
        reverse("imports:row", args=[batch.pk, row.pk]), reverse("imports:remarks", args=[batch.pk]),
        reverse("imports:apply", args=[batch.pk]), reverse("imports:undo", args=[batch.pk]),
    ]  # fmt: skip
    asked = {
        actor.account.login: [signed_in(actor).get(url).status_code for url in pages]  # type: ignore[union-attr]
        for actor in (local.chair, school.region_chair, school.reviewer)
    }
    assert sorted(asked.values()) == sorted([[404] * 6, [404] * 6, [403] * 6])
    stranger = signed_in(local.chair)
    for name in ("accept", "check", "apply", "undo", "discard", "sheet"):
        assert stranger.post(reverse(f"imports:{name}", args=[batch.pk])).status_code == 404
    foreign = settle(stranger, upload(stranger, (DATA / OLD).read_bytes(), OLD))
    # The id of another list's row with the id of the chair's own list.
    assert stranger.get(reverse("imports:row", args=[foreign.pk, row.pk])).status_code == 404
    assert signed_in(school.region_chair).get(reverse("imports:upload")).status_code == 403


def test_v_c5_pages_and_the_workbook_of_a_list_leave_events(school: Place) -> None:
    client = signed_in(school.chair)
    batch = upload(client, small(("Ли", "Пётр", "Ильич")))

    def openings() -> list[str]:
        found = Event.objects.filter(object_type="importbatch", object_id=str(batch.pk)).order_by("pk")
        return [
            action
            for action in found.values_list("action", flat=True)
            if action in {"import.opened", "import.remarks_downloaded"}
        ]

    client.get(reverse("imports:rows", args=[batch.pk]))
    client.get(reverse("imports:columns", args=[batch.pk]))
    assert openings() == ["import.opened"]
    for _turn in range(2):
        client.get(reverse("imports:remarks", args=[batch.pk]))
    assert openings() == ["import.opened", *["import.remarks_downloaded"] * 2]
    with at(f"{timezone.now() + dt.timedelta(minutes=62):%Y-%m-%dT%H:%MZ}"):
        signed_in(school.chair).get(reverse("imports:rows", args=[batch.pk]))
    assert openings()[-1] == "import.opened"


def test_u_5_a_list_that_something_depends_on_is_not_undone(school: Place) -> None:
    client = signed_in(school.chair)
    batch = settle(client, upload(client, small(("Петров Пётр Петрович", "01.02.1980", "м", "учитель"))))
    client.post(reverse("imports:accept", args=[batch.pk]))
    client.post(reverse("imports:apply", args=[batch.pk]))
    member = Member.objects.get()
    Member.objects.update(version=2)
    page = client.post(reverse("imports:undo", args=[batch.pk])).content.decode()
    assert (member.full_name in page, Member.objects.visible_to(school.chair).count()) == (True, 1)


def test_u_5_the_number_of_queries_does_not_grow_with_the_rows(school: Place) -> None:
    client, counts = signed_in(school.chair), []
    for size in (1, 3):
        people = [(f"Петров{'аб'[size % 2]} Пётр Петрович", f"0{n + 1}.02.1980", "м", "учитель") for n in range(size)]
        batch = settle(client, upload(client, small(*people)))
        for url in (reverse("imports:rows", args=[batch.pk]), reverse("imports:list")):
            client.get(url)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_u_5_the_template_reads_back_without_asking(school: Place, local: Place) -> None:
    for place in (school, local):
        client = signed_in(place.chair)
        data = client.get(reverse("imports:template")).content
        book = openpyxl.load_workbook(io.BytesIO(data))
        sheet = book.worksheets[0]
        sheet.append(["Яшина", "Яна", "Яновна"] + [""] * (sheet.max_column - 3))
        out = io.BytesIO()
        book.save(out)
        batch = upload(client, out.getvalue())
        assert [g["heading"] for g in batch.guesses if not g["sure"] and g["field"] == "ignore"] == []


def test_u_5_rows_that_are_not_people_are_shown_unchanged_until_registration(school: Place) -> None:
    client = signed_in(school.chair)
    batch = upload(client, small(("Ким Лев Ильич", "02.01.1960", "м", ""), ("Итого: 1",), ("Учителя",)))
    page = client.get(reverse("imports:columns", args=[batch.pk]))
    assert [(number, text) for number, _reason, text in page.context["dropped"]] == [
        (1, "ФИО Дата рождения Пол Должность"), (3, "Итого: 1"), (4, "Учителя"),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT samples FROM members_importbatch")
        assert "Учителя" not in str(cursor.fetchone()[0])
    settle(client, batch)
    client.post(reverse("imports:apply", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.samples == {}


def test_n_a1_a_list_without_new_people_says_so(school: Place) -> None:
    client = signed_in(school.chair)
    rows = (("Ким Лев Ильич", "02.01.1960", "м", ""), ("Ом Ян Ильич", "02.01.1961", "м", ""))
    first = settle(client, upload(client, small(*rows)))
    client.post(reverse("imports:apply", args=[first.pk]))
    again = settle(client, upload(client, small(*rows)))
    assert client.get(reverse("imports:rows", args=[again.pk])).context["all_known"] is True
    more = settle(client, upload(client, small(*rows, ("Ли Ян Ильич", "02.01.1962", "м", ""))))
    assert client.get(reverse("imports:rows", args=[more.pk])).context["all_known"] is False


def test_u_5_an_undone_list_has_no_counted_rows(school: Place) -> None:
    client = signed_in(school.chair)
    batch = settle(client, upload(client, small(("Ким Лев Ильич", "02.01.1960", "м", ""), ("Ом", "1960", "м", ""))))
    for step in ("apply", "undo"):
        client.post(reverse(f"imports:{step}", args=[batch.pk]))
    page = client.get(reverse("imports:rows", args=[batch.pk]))
    assert (page.context["tabs"], page.context["open"], list(page.context["rows"])) == ([], False, [])


def test_u_5_a_sheet_that_is_named_as_a_cell_offers_it_for_all_rows(local: Place) -> None:
    client = signed_in(local.chair)
    book = openpyxl.Workbook()
    cell = Organization.objects.filter(parent=local.keeper).order_by("pk").first()
    assert cell is not None
    book.active.title = cell.short_name  # type: ignore[union-attr]
    for row in (("ФИО", "Дата рождения"), ("Ким Лев Ильич", "02.01.1960")):
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    batch = upload(client, out.getvalue())
    form = client.get(reverse("imports:columns", args=[batch.pk])).context["form"]
    assert form.initial["cell"] == str(cell.pk)


def test_u_5_the_content_of_a_file_is_escaped_on_the_page(school: Place) -> None:
    client = signed_in(school.chair)
    evil = "<script>alert(1)</script>"
    batch = settle(client, upload(client, small((f"Петров {evil}", evil, 'он & "она"', evil))))
    row = ImportRow.objects.get()
    for url in (reverse("imports:rows", args=[batch.pk]), reverse("imports:row", args=[batch.pk, row.pk])):
        answer = client.get(url)
        assert (answer.status_code, "<script>alert" in answer.content.decode()) == (200, False)
    form = client.get(reverse("imports:row", args=[batch.pk, row.pk])).context["form"]
    assert form.fields["text_sex"].help_text == (
        '<span class="remark warn">Значения «он &amp; &quot;она&quot;» в карточке нет, оно опущено. '
        "Выберите значение потом.</span>"
    )


def test_u_5_a_list_is_discarded_after_confirmation_and_never_after_registration(school: Place) -> None:
    client = signed_in(school.chair)
    person = ("Петров Пётр Петрович", "01.02.1980", "м", "учитель")
    batch = settle(client, upload(client, small(person)))
    url = reverse("imports:discard", args=[batch.pk])
    assert (client.get(url).status_code, ImportRow.objects.count()) == (200, 1)
    client.post(url)
    batch.refresh_from_db()
    assert (batch.state, ImportRow.objects.count()) == (BatchState.DISCARDED, 0)
    applied = settle(client, upload(client, small(person)))
    client.post(reverse("imports:apply", args=[applied.pk]))
    url = reverse("imports:discard", args=[applied.pk])
    assert client.get(url)["Location"] == reverse("imports:rows", args=[applied.pk])
    client.post(url)
    applied.refresh_from_db()
    assert (applied.state, Member.objects.visible_to(school.chair).count()) == (BatchState.APPLIED, 1)


def test_u_5_another_sheet_comes_with_its_columns_recognised(school: Place) -> None:
    client = signed_in(school.chair)
    book = openpyxl.Workbook()
    for name in ("Прошлый год", "Этот год"):
        page = book.create_sheet(name)
        page.append(("ФИО", "Дата рождения", "Пол", "Должность"))
        page.append((f"Петров {name[0]}ётр Петрович", "01.02.1980", "м", "учитель"))
    del book["Sheet"]
    out = io.BytesIO()
    book.save(out)
    batch = upload(client, out.getvalue())
    other = next(name for name in batch.sheets if name != batch.sheet)
    client.post(reverse("imports:sheet", args=[batch.pk]), {"sheet": other})
    batch.refresh_from_db()
    assert (batch.sheet, settle(client, batch).state) == (other, BatchState.CHECKED)


def forty(*, headed: bool) -> bytes:
    """Return a list of forty columns: the first three are certain if they have headings, the others are doubtful."""
    headings = ("ФИО", "Дата рождения", "Пол", *(f"Графа {n}" for n in range(4, 41)))
    person = ("Ким Лев Ильич", "02.01.1960", "м", *(f"слово {n}" for n in range(4, 41)))
    book = openpyxl.Workbook()
    for row in (headings, person) if headed else (person, person):
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("headed", [True, False])
@pytest.mark.parametrize("place", [union, voi])
def test_u_5_the_page_of_forty_columns_is_small_and_sends_all_columns(place: Callable[[], Place], headed: bool) -> None:
    client = signed_in(place().chair)
    batch = upload(client, forty(headed=headed))
    assert len(batch.headings) == 40
    url = reverse("imports:columns", args=[batch.pk])
    form = client.get(url).context["form"]
    given = {name: field.initial for name, field in form.fields.items() if name.startswith("column_")}
    for page, selects in ((client.get(url), 1), (client.post(url, {**given, "open": "column_39"}), 2)):
        text = page.content.decode()
        assert len(page.content) < PAGE_KB * 1024
        assert len(re.findall(r'<select[^>]* name="column_', text)) == selects
        assert set(re.findall(r'name="(column_\d+)"', text)) == set(given)


def test_u_5_the_first_doubtful_columns_are_open(school: Place) -> None:
    client = signed_in(school.chair)
    batch = upload(client, forty(headed=True))
    form = client.get(reverse("imports:columns", args=[batch.pk])).context["form"]
    assert [row["open"] for row, _field in form.rows] == [False] * 3 + [True] + [False] * 36
    assert [most_open(columns) for columns in (1, 9, 10, 20, 40, 45, 100)] == [11, 9, 9, 6, 1, 1, 1]


def test_u_5_a_sure_column_is_text_until_it_is_opened_and_nothing_entered_is_lost(school: Place) -> None:
    client = signed_in(school.chair)
    batch = upload(client, small(("Ким Лев Ильич", "02.01.1960", "м", "")))
    url = reverse("imports:columns", args=[batch.pk])
    form = client.get(url).context["form"]
    assert [row["open"] for row, _field in form.rows[:3]] == [False, False, False]
    given = {name: field.initial for name, field in form.fields.items() if name.startswith("column_")}
    entered = {**given, "column_1": "joined_on", "minutes_number": "7", "minutes_date": "завтра"}
    page = client.post(url, {**entered, "open": "column_0"})
    batch.refresh_from_db()
    assert (page.status_code, batch.state) == (200, BatchState.UPLOADED)
    opened = page.context["form"]
    assert [(row["open"], field.value()) for row, field in opened.rows[:2]] == [
        (True, given["column_0"]),
        (False, "joined_on"),
    ]
    assert (opened["minutes_number"].value(), opened["minutes_date"].value()) == ("7", "завтра")
    text = page.content.decode()
    assert re.findall(r"<select[^>]* autofocus[^>]*>", text) == re.findall(r'<select[^>]*name="column_0"[^>]*>', text)
    # Enter checks the rows, because that button comes before those that open a column.
    assert re.findall(r"<button[^>]*>", text[text.index("novalidate") :])[0].find("name=") == -1
