"""`manage.py import_members`: the same steps as on the screen, from the command line (U-5)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from members.lists.models import ColumnMapping, ImportBatch, ImportRow
from members.people.models import Member
from registry import integrity
from registry.files.models import StoredFile
from registry.journal.models import Event
from tests.members.lists.test_batches import sheet
from tests.members.lists.test_look import drawn
from tests.members.places import Place, union, voi

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DATA = Path(__file__).resolve().parents[2] / "data"
SCHOOL = DATA / "school_union_list.xlsx"


def run(file: Path, place: Place, **options: Any) -> list[str]:
    """Run the command and return its output, line by line."""
    out = io.StringIO()
    call_command("import_members", str(file), organization=place.keeper.code, stdout=out, **options)
    return out.getvalue().splitlines()


def state() -> list[int]:
    return [model.objects.count() for model in (Member, ImportBatch, ImportRow, ColumnMapping, StoredFile, Event)]


def test_u_5_a_dry_run_reports_every_row_and_changes_nothing() -> None:
    place = union()
    before = state()
    said = run(SCHOOL, place, dry_run=True)
    assert state() == before
    assert said[-5:] == [
        "постановка на учёт: 40", "нужно проверить: 23", "исправить: 1", "вероятный повтор: 2",
        "Ничего не изменено: это была проверка.",
    ]  # fmt: skip
    # Every row with its verdict and remarks, and the rows that contain no person.
    at = said.index("   52  исправить")
    assert said[at + 1] == "       исправить: Дата рождения: Это обязательное поле. Заполните его."
    assert sum(line[:7].strip().isdigit() for line in said if line[:5].strip()) >= 66
    assert "   72  Итог" in said


def test_n_a1_a_namesake_of_somebody_registered_is_confirmed_by_the_number_of_the_row() -> None:
    place = voi()
    file = DATA / "cases" / "c09-namesakes-two-snils.xlsx"
    run(file, place)
    assert Member.objects.filter(surname="Кузнецова").count() == 1
    said = run(file, place, accept_all=True)
    assert said[-1] == "Все люди этого списка уже на учёте: ставить на учёт некого."
    with pytest.raises(CommandError, match="row 17"):
        run(file, place, another_person=[17])
    run(file, place, another_person=[3])
    assert sorted(Member.objects.filter(surname="Кузнецова").values_list("snils", flat=True)) == [
        "08765430199",
        "11223341791",
    ]
    assert Member.objects.count() == 4


@pytest.mark.parametrize(
    ("name", "kind", "sure", "accepted"),
    [
        ("school_union_list.xlsx", union, 40, 63),
        ("voi_local_list_cp1251.csv", voi, 42, 394),
        ("old_cell_list.xls", voi, 34, 37),
    ],
)
def test_u_5_correct_rows_are_registered_and_doubtful_ones_only_if_accepted(
    name: str, kind: Any, sure: int, accepted: int
) -> None:
    place = kind()
    assert run(DATA / name, place)[-1] == f"уже на учёте: {sure}"
    assert Member.objects.count() == sure
    said = run(DATA / name, place, accept_all=True)
    assert "Этот файл уже ставили на учёт: повторов не будет." in said
    assert said[-1] == f"уже на учёте: {accepted - sure}"
    assert Member.objects.count() == accepted
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def test_u_5_a_file_that_registers_nobody_is_refused_whole() -> None:
    place = union()
    run(SCHOOL, place, accept=True)
    before = state()
    with pytest.raises(CommandError, match="Нет строк, которые можно поставить на учёт"):
        run(SCHOOL, place)
    assert state() == before


def test_n_a1_a_list_of_registered_people_succeeds_and_changes_nothing(tmp_path: Path) -> None:
    place = union()
    people = tmp_path / "people.xlsx"
    rows = [("Петров Пётр Ильич", "01.02.1980", "м", ""), ("Ким Лев Ильич", "02.01.1960", "м", "")]
    people.write_bytes(sheet(*rows))
    run(people, place)
    before = state()
    said = "Все люди этого списка уже на учёте: ставить на учёт некого."
    assert run(people, place)[-1] == said
    assert run(people, place, dry_run=True)[-2:] == [said, "Ничего не изменено: это была проверка."]
    assert state() == before
    # The command fails if a person in the list still needs a correction.
    people.write_bytes(sheet(*rows, ("Ом Ян Ильич", "", "м", "")))
    with pytest.raises(CommandError, match="Нет строк, которые можно поставить на учёт"):
        run(people, place)
    assert state() == before


def test_u_5_the_command_reports_errors_of_file_and_organisation(tmp_path: Path) -> None:
    place = union()
    picture = tmp_path / "list.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)
    with pytest.raises(CommandError, match="Это не список"):
        run(picture, place)
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "none.xlsx", place)
    with pytest.raises(CommandError, match="No organisation has the code 404404"):
        call_command("import_members", str(SCHOOL), organization="404404")
    place.keeper = place.region
    people = tmp_path / "people.xlsx"
    people.write_bytes(sheet(("Петров Пётр Петрович", "01.02.1980", "м", "")))
    with pytest.raises(CommandError):
        run(people, place)
    assert (Member.objects.count(), ImportBatch.objects.count()) == (0, 0)


def test_u_5_the_command_reports_hidden_rows_and_columns(tmp_path: Path) -> None:
    place, people = union(), tmp_path / "people.xlsx"
    people.write_bytes(drawn(rows=(3,), columns="D"))
    said = run(people, place, dry_run=True)
    assert [line.endswith("(скрыт в файле)") for line in said[:4]] == [False, False, False, True]
    assert [line.strip() for line in said if "скрыта" in line] == [
        "проверьте: Строка скрыта в файле. Проверьте, нужно ли ставить человека на учёт."
    ]
