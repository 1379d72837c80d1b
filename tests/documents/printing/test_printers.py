"""Printers with their shifts: rules, pages, the test sheet, and shifted prints (V-B2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from documents.printing.engine.shifting import shifted
from documents.printing.models import SHIFTS, PrinterCalibration, PrintRecord
from documents.printing.transitions import remove_printer, save_printer
from members.people.enums import MarkKind
from members.people.transitions.marks import add_mark
from registry.errors import StaleVersion
from tests.documents.pdfs import pages_of
from tests.documents.validity import check_accessible
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

pytestmark = pytest.mark.django_db
#: Points per millimetre.
MM = 72 / 25.4


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


def shifts(*values: str) -> dict[str, Decimal]:
    return dict(zip(SHIFTS, map(Decimal, values or ("0",) * 4), strict=True))


def printer(place: places.Place, name: str = "Принтер", *values: str, **more: Any) -> PrinterCalibration:
    return save_printer(place.keeper.pk, name=name, shifts=shifts(*values), by=place.chair, **more)


def texts(pdf: bytes) -> list[dict[str, tuple[float, float]]]:
    return [{text.strip(): (x, y) for x, y, text in page.boxes} for page in pages_of(pdf)]


# Rules


def test_v_b2_a_printer_is_kept_with_its_shifts_and_changed_by_version(voi: places.Place) -> None:
    made = printer(voi, " Принтер ", "1.5", "-2.0", "0", "20")
    assert (made.name, made.organization, made.version) == ("Принтер", voi.keeper, 1)
    assert {name: getattr(PrinterCalibration.objects.get(), name) for name in SHIFTS} == shifts("1.5", "-2", "0", "20")
    again = printer(voi, "Другой", "-20", "20", "-20", "20", printer_id=made.pk, version=1)
    assert (again.pk, again.name, again.version) == (made.pk, "Другой", 2)
    with pytest.raises(StaleVersion):
        printer(voi, "Третий", printer_id=made.pk, version=1)
    assert [row.history_change_reason for row in made.history.all()] == ["V-B2", "V-B2"]


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("value", ["20.1", "-20.1"])
def test_v_b2_a_shift_has_bounds_in_each_direction(voi: places.Place, place: int, value: str) -> None:
    values = ["0"] * 4
    values[place] = value
    with refused("V-B2", field=SHIFTS[place]):
        printer(voi, "Принтер", *values)
    made = printer(voi)
    with pytest.raises(IntegrityError), transaction.atomic():
        PrinterCalibration.objects.filter(pk=made.pk).update(**{SHIFTS[place]: Decimal(value)})


def test_v_b2_names_of_printers_are_given_and_differ_within_an_organisation(voi: places.Place) -> None:
    made = printer(voi)
    with refused("V-B2", field="name"):
        printer(voi, " Принтер")
    with refused("V-B2", field="name"):
        printer(voi, "  ")
    printer(voi, "Принтер", "1", "1", "1", "1", printer_id=made.pk)
    neighbour = trees.officer(trees.below(voi.region, voi.keeper.level, "Соседняя МО ВОИ"))
    assert neighbour.organization is not None
    save_printer(neighbour.organization.pk, name="Принтер", shifts=shifts(), by=neighbour)
    with pytest.raises(PrinterCalibration.DoesNotExist):
        save_printer(
            neighbour.organization.pk, name="Чужой", shifts=shifts(), printer_id=made.pk, by=neighbour
        )  # fmt: skip


def test_v_b2_an_organisation_keeps_twenty_printers(voi: places.Place) -> None:
    made = [printer(voi, f"Принтер {number}") for number in range(20)]
    with refused("V-B2", field="name"):
        printer(voi, "Лишний")
    printer(voi, "Первый", printer_id=made[0].pk)
    remove_printer(made[1].pk, by=voi.chair)
    printer(voi, "Двадцатый")


# Pages


@pytest.mark.once
def test_v_b2_printers_are_added_changed_and_deleted_on_their_pages(voi: places.Place) -> None:
    client = places.signed_in(voi.chair)
    page = reverse("documents:printers")
    assert page in client.get(reverse("documents:print")).content.decode()
    assert reverse("documents:add_printer") in client.get(page).content.decode()
    values = {"name": "Бухгалтерия", "front_x": "1,5", "front_y": "-0,5", "back_x": "0", "back_y": "2"}
    assert client.post(reverse("documents:add_printer"), values).url == page
    made = PrinterCalibration.objects.get()
    assert (made.front_x, made.front_y, made.back_x, made.back_y) == (
        Decimal("1.5"), Decimal("-0.5"), Decimal(0), Decimal(2),
    )  # fmt: skip
    edit = reverse("documents:edit_printer", args=[made.pk])
    assert edit in client.get(page).content.decode()
    answer = client.post(edit, {**values, "front_x": "21", "version": 1})
    assert list(answer.context["form"].errors) == ["front_x"]
    assert client.post(edit, {**values, "front_x": "3", "version": 1}).url == page
    late = client.post(edit, {**values, "version": 1}, follow=True)
    assert "Тем временем принтер изменил кто-то другой." in late.content.decode()
    assert (made.history.count(), late.context["form"].initial["front_x"]) == (2, Decimal("3.0"))
    again = client.post(reverse("documents:add_printer"), values)
    assert "Принтер с таким названием уже есть." in again.content.decode()
    assert client.post(reverse("documents:remove_printer", args=[made.pk])).url == page
    assert not PrinterCalibration.objects.exists()


# Shifting


@pytest.mark.once
def test_v_b2_the_test_sheet_is_printed_as_the_printer_is_set(voi: places.Place) -> None:
    client = places.signed_in(voi.chair)
    straight, moved = printer(voi, "Прямой"), printer(voi, "Кривой", "3.0", "-2.0", "-1.0", "4.0")
    first = client.post(reverse("documents:test_printer", args=[straight.pk])).content
    second = client.post(reverse("documents:test_printer", args=[moved.pk])).content
    check_accessible(second)
    for before, after, (right, down) in zip(texts(first), texts(second), ((3, -2), (-1, 4)), strict=True):
        for word in ("ПРОВЕРКА ПРИНТЕРА", "Направление", "вправо"):
            x, y = before[word]
            assert after[word] == pytest.approx((x + right * MM, y - down * MM), abs=0.01), word
    assert [("−1,0" in page, "4,0" in page) for page in texts(second)] == [(False, False), (True, True)]
    assert list(PrintRecord.objects.values_list("form", "about")) == [
        ("calibration_sheet", "printercalibration"), ("calibration_sheet", "printercalibration"),
    ]  # fmt: skip


@pytest.mark.once
def test_v_b2_new_lines_are_moved_by_the_chosen_printer(voi: places.Place) -> None:
    member, client = voi.put(), places.signed_in(voi.chair)
    url = reverse("documents:print_member", args=["member_card", member.pk])
    client.post(url)
    made = printer(voi, "Кривой", "1.0", "2.0", "3.0", "4.0")
    marks = ("Первая", "Вторая")
    for text in marks:
        add_mark(member.pk, kind=MarkKind.OTHER, text=text, on=timezone.localdate(), by=voi.chair)
    page = client.get(url)
    assert page.context["printers"] == [made]
    assert f'<option value="{made.pk}">Кривой</option>' in page.content.decode()
    straight = texts(client.post(url, {"new_lines": "1"}).content)
    PrintRecord.objects.latest("pk").delete()
    moved = texts(client.post(url, {"new_lines": "1", "printer": made.pk}).content)
    # Marks are on the back of the card.
    assert straight[0] == moved[0] == {}
    assert [moved[1][text] for text in marks] == [
        pytest.approx((straight[1][text][0] + 3 * MM, straight[1][text][1] - 4 * MM), abs=0.01) for text in marks
    ]


@pytest.mark.once
def test_v_b2_each_page_of_an_open_ticket_is_a_front(voi: places.Place) -> None:
    member, client = voi.put(), places.signed_in(voi.chair)
    url = reverse("documents:print_member", args=["membership_ticket", member.pk])
    made = printer(voi, "Кривой", "1.0", "2.0", "3.0", "4.0")
    straight = texts(client.post(url, {"onto_blank": "1"}).content)
    moved = texts(client.post(url, {"onto_blank": "1", "printer": made.pk}).content)
    assert len(straight) == len(moved) == 2
    for before, after in zip(straight, moved, strict=True):
        assert after == {
            text: pytest.approx((x + 1 * MM, y - 2 * MM), abs=0.01) for text, (x, y) in before.items()
        }  # fmt: skip


@pytest.mark.once
def test_v_b2_a_foreign_printer_is_not_found(voi: places.Place) -> None:
    member, made = voi.put(), printer(voi)
    neighbour = trees.officer(trees.below(voi.region, voi.keeper.level, "Соседняя МО ВОИ"))
    foreign = save_printer(neighbour.organization.pk, name="Чужой", shifts=shifts(), by=neighbour)  # type: ignore[union-attr]
    url = reverse("documents:print_member", args=["membership_ticket", member.pk])
    chair = places.signed_in(voi.chair)
    for wrong in (str(foreign.pk), "x"):
        assert chair.post(url, {"onto_blank": "1", "printer": wrong}).status_code == 404
    assert chair.post(url, {"onto_blank": "1", "printer": str(made.pk)}).status_code == 200
    client = places.signed_in(neighbour)
    assert client.post(reverse("documents:test_printer", args=[made.pk])).status_code == 404
    assert client.get(reverse("documents:edit_printer", args=[made.pk])).status_code == 404
    assert client.post(reverse("documents:remove_printer", args=[made.pk])).status_code == 404


def test_a_pdf_that_is_not_moved_stays_as_it_is() -> None:
    assert shifted(b"%PDF", (0, 0), (0.0, 0.0)) == b"%PDF"
