"""The effect of a list is shown before anybody is registered, and its remaining rows are not forgotten (U-5)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from members.lists import batches
from members.lists.enums import BatchState, RowVerdict
from members.lists.models import ImportBatch, ImportRow
from members.lists.preview import Preview, lacking
from members.people.models import Member
from registry.enums import DataClass
from registry.organizations.models import OrganizationPassport
from registry.tasks import tasks_for
from tests.members.lists.test_screens import settle, upload
from tests.members.places import Place, signed_in, union, voi
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.once]

HEAD = "ФИО;Дата рождения;Дата вступления;Телефон;Категория;Форма взносов"
PEOPLE = (
    "Ким Лев Олегович;01.02.1970;05.05.2005;8 910 555-01-17;работник;безналичная",
    "Пак Ольга Львовна;03.04.1981;2006;;;",
    "Цой Анна Львовна;05.06.1982;05.05.2007;;работник;",
)
WRONG = "Ли Пётр Львович;;05.05.2005;;;"


def listed(place: Place, *rows: str, **defaults: Any) -> ImportBatch:
    data = "\n".join((HEAD, *rows)).encode()
    made = batches.upload_list(organization=place.keeper, data=data, name="Кружок.csv", by=place.chair)
    batches.set_columns(made.pk, mapping=made.mapping, defaults=defaults, by=place.chair)
    return batches.accept(made.pk, by=place.chair)


def rows_of(batch: ImportBatch) -> list[ImportRow]:
    return list(ImportRow.objects.filter(batch=batch).order_by("number"))


def test_u_5_every_value_is_shown_as_the_card_will_store_it() -> None:
    place = union()
    batch = listed(place, *PEOPLE)
    first, second, _third = rows_of(batch)
    preview = Preview(batch, place.chair)
    assert preview.lines(first)[:4] == [
        ("Фамилия", "Ким"), ("Имя", "Лев"), ("Отчество", "Олегович"), ("Пол", "мужской"),
    ]  # fmt: skip
    told = dict(preview.lines(first))
    assert (told["Мобильный телефон"], told["Дата вступления в Профсоюз"]) == ("+7 910 555-01-17", "05.05.2005")
    assert (told["Категория"], dict(preview.lines(second))["Дата вступления в Профсоюз"]) == ("работающий", "2006")
    batches.apply_batch(batch.pk, by=place.chair)
    stored = Member.objects.get(surname="Ким")
    assert (stored.phone_mobile, stored.category, stored.dues_form) == ("+79105550117", "employed", "cashless")


def test_u_5a_what_will_be_missing_is_counted_before_anybody_is_registered() -> None:
    place = union()
    batch = listed(place, *PEOPLE)
    counted = {field.name: field for field in Preview(batch, place.chair).counted(rows_of(batch))}
    assert (counted["category"].filled, counted["category"].missing) == (2, 1)
    assert counted["category"].values == [("работающий", 2)]
    assert (counted["dues_form"].filled, counted["dues_form"].missing) == (1, 2)
    assert (counted["surname"].values, counted["dues_form"].values) == ([], [("безналичная (через работодателя)", 1)])
    # The greatest gap comes first; the cards later lack exactly what was announced.
    gaps = lacking(counted.values())
    assert [field.missing for field in gaps] == sorted((field.missing for field in gaps), reverse=True)
    batches.apply_batch(batch.pk, by=place.chair)
    assert sum(Member.objects.filter(batch=batch).values_list("missing", flat=True)) == sum(f.missing for f in gaps)


def test_u_5_what_is_the_same_for_all_is_entered_once_and_a_row_keeps_its_own() -> None:
    place = union()
    batch = listed(place, *PEOPLE, category="student", dues_form="cash", workplace="Школа № 15")
    found = [(r.person["category"], r.person["dues_form"], r.person["workplace"]) for r in rows_of(batch)]
    assert found == [
        ("employed", "cashless", "Школа № 15"), ("student", "cash", "Школа № 15"), ("employed", "cash", "Школа № 15"),
    ]  # fmt: skip


def test_u_5_a_value_that_cannot_be_read_is_not_replaced_by_the_one_for_all() -> None:
    place = union()
    batch = listed(place, "Ким Лев Олегович;01.02.1970;05.05.2005;;ветеран сцены;", category="student")
    assert "category" not in rows_of(batch)[0].person


def test_u_5_the_place_of_work_is_offered_from_the_passport() -> None:
    place = union()
    OrganizationPassport.objects.update_or_create(organization=place.keeper, defaults={"employer_name": "Школа № 15"})
    client = signed_in(place.chair)
    batch = upload(client, "\n".join((HEAD, *PEOPLE)).encode(), "list.csv")
    form = client.get(reverse("imports:columns", args=[batch.pk])).context["form"]
    assert form["workplace"].initial == "Школа № 15"
    batch = settle(client, batch, workplace="", dues_form="cash")
    assert batch.defaults == {"dues_form": "cash"}
    # After the settlement, the form shows the entered value instead of the suggestion.
    form = client.get(reverse("imports:columns", args=[batch.pk])).context["form"]
    assert (form["workplace"].initial, form["dues_form"].initial) == (None, "cash")


def test_v_a1_a_citizenship_for_all_that_the_charter_does_not_accept_is_refused() -> None:
    place = voi()
    client = signed_in(place.chair)
    batch = upload(client, "\n".join((HEAD, *PEOPLE)).encode(), "list.csv")
    settle(client, batch, citizenship="Франция")
    batch.refresh_from_db()
    assert (batch.state, batch.defaults) == (BatchState.UPLOADED, {})


def test_u_5_pages_show_values_and_gaps() -> None:
    place = union()
    client = signed_in(place.chair)
    batch = listed(place, *PEOPLE)
    shown = client.get(reverse("imports:rows", args=[batch.pk]))
    assert [(f.name, f.missing) for f in shown.context["lacking"] if f.name in {"category", "dues_form"}] == [
        ("dues_form", 2), ("category", 1),
    ]  # fmt: skip
    assert "форма уплаты взносов — у 2" in shown.content.decode()
    asked = client.get(reverse("imports:apply", args=[batch.pk]))
    assert [f.name for f in asked.context["counted"]][:3] == ["surname", "given_name", "patronymic"]


def test_u_5_gaps_are_counted_once_for_a_version_of_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    place = union()
    batch = listed(place, *PEOPLE)
    asked: list[int] = []
    card = Preview.card
    monkeypatch.setattr(Preview, "card", lambda self, row: asked.append(row.pk) or card(self, row))

    def gaps() -> list[tuple[str, int]]:
        found = Preview(batch, place.chair).lacking(batch.rows.all())
        return [(field.name, field.missing) for field in found]

    first, once = gaps(), len(asked)
    assert (once, gaps(), len(asked)) == (len(PEOPLE), first, once)
    batch.version += 1
    assert (gaps(), len(asked)) == (first, 2 * once)


def test_v_c5_values_of_a_class_that_the_reader_may_not_read_are_not_shown() -> None:
    place = voi()
    data = f"{HEAD};Группа инвалидности\n{PEOPLE[0]};II".encode()
    made = batches.upload_list(organization=place.keeper, data=data, name="a.csv", by=place.chair)
    batch = batches.set_columns(made.pk, mapping=made.mapping, defaults={}, by=place.chair)
    row = rows_of(batch)[0]
    assert "disability_group" in row.person
    assert not place.reviewer.reads(DataClass.HEALTH)
    assert ("Группа инвалидности", "II") in Preview(batch, place.chair).lines(row)
    assert "Группа инвалидности" not in dict(Preview(batch, place.reviewer).lines(row))


def test_u_5_rows_left_over_stay_a_task_that_names_file_and_number() -> None:
    place = union()
    batch = listed(place, *PEOPLE, WRONG)
    assert "Люди из списка «Кружок.csv» ждут постановки на учёт" in told(place)
    batches.apply_batch(batch.pk, by=place.chair)
    batch.refresh_from_db()
    assert (batch.state, batch.left) == (BatchState.APPLIED, 1)
    assert "В списке «Кружок.csv» осталась 1 строка" in told(place)
    client = signed_in(place.chair)
    page = client.get(reverse("imports:list")).content.decode()
    assert ("на учёте часть людей" in page, "люди на учёте" in page) == (True, False)
    # Leaving out the remaining rows finishes the list; a row can be included again.
    client.post(reverse("imports:finish", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.left, batch.counts[RowVerdict.SKIPPED]) == (0, 1)
    assert [text for text in told(place) if "Кружок" in text] == []
    row = ImportRow.objects.get(batch=batch, verdict=RowVerdict.SKIPPED)
    batches.correct_row(row.pk, values={"birth_date": "01.02.1970"}, by=place.chair)
    batch.refresh_from_db()
    assert (batch.left, "В списке «Кружок.csv» осталась 1 строка" in told(place)) == (1, True)


def told(place: Place) -> list[str]:
    return [str(task.text) for task in tasks_for(place.chair)]


def test_u_5_a_list_of_which_everybody_is_registered_is_done() -> None:
    place = union()
    batch = listed(place, *PEOPLE)
    batches.apply_batch(batch.pk, by=place.chair)
    batch.refresh_from_db()
    assert (batch.left, [text for text in told(place) if "Кружок" in text]) == (0, [])
    with refused("U-5"):
        batches.finish_batch(batch.pk, by=place.chair)


def test_u_5_an_open_list_cannot_be_finished_before_anybody_is_registered() -> None:
    place = union()
    batch = listed(place, *PEOPLE, WRONG)
    with refused("U-5"):
        batches.finish_batch(batch.pk, by=place.chair)
    assert [row.verdict for row in rows_of(batch)] == ["ready", "ready", "ready", "wrong"]


def test_u_5_the_command_shows_values_and_gaps_and_takes_values_for_all(tmp_path: Path) -> None:
    place = union()
    file = tmp_path / "Кружок.csv"
    file.write_text("\n".join((HEAD, *PEOPLE)))

    def run(**options: Any) -> list[str]:
        out = io.StringIO()
        call_command("import_members", str(file), organization=place.keeper.code, stdout=out, **options)
        return out.getvalue().splitlines()

    said = run(dry_run=True, accept=True)
    assert "       Мобильный телефон: +7 910 555-01-17" in said
    gaps = next(line for line in said if line.startswith("В карточках не хватит:"))
    assert ("форма уплаты взносов — у 2" in gaps, "категория — у 1" in gaps) == (True, True)
    said = run(dry_run=True, accept=True, for_all=["категория=работник", "Форма уплаты взносов=наличная"])
    gaps = next(line for line in said if line.startswith("В карточках не хватит:"))
    assert ("форма уплаты" in gaps, "категория" in gaps) == (False, False)
    with pytest.raises(CommandError, match="cannot be given for all rows"):
        run(dry_run=True, for_all=["Фамилия=Ким"])
    with pytest.raises(CommandError, match="cannot be read"):
        run(dry_run=True, for_all=["Категория=космонавт"])
    assert Member.objects.count() == 0
