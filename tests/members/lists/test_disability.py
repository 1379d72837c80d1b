"""Group, cause and term of a disability found in text, in the column of the group or of the category (U-5a)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from members.lists import batches
from members.lists.models import ImportBatch
from members.lists.reading.values import parse
from tests.clock import at
from tests.members.lists.test_batches import codes, load, row_of, sheet, verdicts
from tests.members.lists.test_cases import BORN, NAMES, on_cards, read
from tests.members.places import Place, union, voi

TODAY = dt.date(2015, 11, 23)


def found(field: str, raw: Any) -> tuple[dict[str, Any], list[str]]:
    parsed = parse(field, raw, today=TODAY, minimum_age=18)
    assert all(issue.message and "%(" not in issue.message for issue in parsed.issues)
    return parsed.values, [issue.code for issue in parsed.issues]


@pytest.mark.parametrize(
    ("text", "category", "others", "remarks"),
    [
        ("инвалид 2 гр.", "disabled", {"disability_group": "II"}, ["group_in_category"]),
        ("инв. I группы", "disabled", {"disability_group": "I"}, ["group_in_category"]),
        ("ребёнок-инвалид", "disabled", {"disability_group": "child"}, ["group_in_category"]),
        ("пенсионер, инвалид 3 гр.", "pensioner", {"disability_group": "III"}, ["group_in_category"]),
        ("инвалидность 2 группы", "disabled", {"disability_group": "II"}, ["group_in_category"]),
        ("опекун инвалида 2 гр.", "guardian", {"disability_group": "II"}, ["group_in_category"]),
        ("2 группа", "disabled", {"disability_group": "II"}, ["category_by_group", "group_in_category"]),
        ("инв. П гр.", "disabled", {"disability_group": "II"}, ["group_letters", "group_in_category"]),
        (
            "инвалид с детства, 2 группы", "disabled", {"disability_group": "II", "disability_cause": "childhood"},
            ["group_in_category"],
        ),
        ("инвалид детства", "disabled", {"disability_cause": "childhood"}, []),
        (
            "инвалид 1 гр. бессрочно", "disabled", {"disability_group": "I", "certificate_indefinite": True},
            ["indefinite_in_group", "group_in_category"],
        ),
        (
            "инвалид 2 группы до 01.05.2017", "disabled",
            {"disability_group": "II", "certificate_expires_on": dt.date(2017, 5, 1)},
            ["term_in_group", "group_in_category"],
        ),
        ("мать ребёнка-инвалида", "legal_representative", {}, []),
        ("пенсионер", "pensioner", {}, []),
        ("Инвалиды", "disabled", {}, []),
        ("студент, гр. 2", "student", {}, []),
    ],
)  # fmt: skip
def test_u_5a_a_category_tells_the_group_too(
    text: str, category: str, others: dict[str, Any], remarks: list[str]
) -> None:
    assert found("category", text) == ({"category": category, **others}, remarks)


@pytest.mark.parametrize(
    "text", ["жена инвалида 2 гр.", "не инвалид", "без инвалидности", "семья инвалида", "космонавт"]
)
def test_u_5a_the_disability_of_another_person_is_no_category(text: str) -> None:
    assert found("category", text) == ({}, ["unknown_option"])


@pytest.mark.parametrize(
    ("text", "group", "term", "remarks"),
    [
        ("2 гр. до 01.05.2017", "II", "2017-05-01", ["term_in_group"]),
        ("II до 05.2017", "II", "2017-05-01", ["month_begins"]),
        ("II гр., до мая 2017 г.", "II", "2017-05-01", ["month_begins"]),
        ("2гр.до 1 мая 2017г.", "II", "2017-05-01", ["term_in_group"]),
        ("3 гр. переосв. 12.03.2018", "III", "2018-03-12", ["term_in_group"]),
        ("III (переосвидетельствование 12.03.2018)", "III", "2018-03-12", ["term_in_group"]),
        ("2-я до 1.5.17", "II", "2017-05-01", ["date_two_digits"]),
        ("1 гр. срок до 01.02.2014", "I", "2014-02-01", ["term_in_group"]),
        ("2 гр. с 01.02.2010 до 01.02.2017", "II", "2017-02-01", ["term_in_group", "rest_left"]),
        ("2 гр. 01.05.2017", "II", "2017-05-01", ["term_in_group"]),
        # A past date without «до» may be the date of the decision.
        ("2 гр. 01.05.2010", "II", None, ["rest_left"]),
        ("2 гр. до 31.02.2017", "II", None, ["rest_left"]),
        ("2 гр. на 1 год", "II", None, ["rest_left"]),
        ("до 01.05.2017", None, "2017-05-01", ["term_in_group"]),
        ("1 А", "I", None, []),
    ],
)
def test_u_5a_a_group_tells_the_last_day_too(
    text: str, group: str | None, term: str | None, remarks: list[str]
) -> None:
    values, told = found("disability_group", text)
    day = values.get("certificate_expires_on")
    assert (values.get("disability_group"), day and day.isoformat(), told) == (group, term, remarks)


def test_u_5a_a_certificate_ends_on_the_first_of_a_month() -> None:
    assert found("certificate_expires_on", "05.2017") == (
        {"certificate_expires_on": dt.date(2017, 5, 1)}, ["month_begins"],
    )  # fmt: skip
    assert found("certificate_expires_on", "май 2017")[0] == {"certificate_expires_on": dt.date(2017, 5, 1)}
    assert found("certificate_expires_on", "2017") == ({}, ["date_incomplete"])
    assert found("certificate_expires_on", "13.2017") == ({}, ["date_impossible"])


def of_category(place: Place, *cells: str, groups: tuple[str, ...] = ()) -> ImportBatch:
    people = ["Анна", "Вера", "Дина", "Зоя", "Инна", "Кира"]
    headings = (*NAMES, "Категория", *(["Группа инвалидности"] if groups else []))
    rows = [
        (f"Липова {name} Олеговна", BORN, cell, *([group] if groups else []))
        for name, cell, group in zip(people, cells, groups or [""] * len(cells), strict=False)
    ]
    return load(place, sheet(*rows, headings=headings))


@pytest.mark.django_db
def test_u_5_category_and_group_of_one_cell_reach_the_cards() -> None:
    place = voi()
    batch = of_category(place, "инвалид 2 гр.", "инв. I группы", "пенсионер, инвалид 3 гр.", "инвалид")
    # Pensioners are no category of the society: they are members because of a disability.
    right = [("disabled", "II"), ("disabled", "I"), ("disabled", "III"), ("disabled", None)]
    assert read(batch, "category", "disability_group") == right
    assert verdicts(batch) == {"ready": 4}
    told = [issue.message for issue in batches.issues_of(row_of(batch, 2)) if issue.code == "group_in_category"]
    assert told == ["«инвалид 2 гр.»: группа инвалидности II взята из категории."]
    assert on_cards(place, batch, "category", "disability_group") == right


@pytest.mark.django_db
def test_u_5_the_group_beside_a_representative_is_asked_about() -> None:
    place = voi()
    batch = of_category(place, "опекун инвалида 2 гр.", "ребёнок-инвалид", "мать ребёнка-инвалида", "2 группа")
    assert read(batch, "category", "disability_group") == [
        ("guardian", "II"), ("disabled", "child"), ("legal_representative", None), ("disabled", "II"),
    ]  # fmt: skip
    assert "group_of_represented" in codes(batch, 2)
    assert "child_group_adult" in codes(batch, 3)
    assert [row_of(batch, number).verdict for number in range(2, 6)] == ["unsure", "unsure", "ready", "unsure"]
    batches.leave_groups_out(batch.pk, by=place.chair)
    batches.check_batch(batch.pk, by=place.chair)
    assert read(batch, "disability_group")[0] == (None,)


@pytest.mark.django_db
def test_u_5_two_cells_about_one_group_are_compared() -> None:
    batch = of_category(voi(), "инвалид 2 гр.", "инвалид 2 гр.", "инвалид 3 гр.", groups=("2", "3", ""))
    assert read(batch, "disability_group") == [("II",), ("III",), ("III",)]
    assert [codes(batch, number) for number in (2, 3, 4)] == [
        ["female_by_patronymic"], ["values_differ", "female_by_patronymic"],
        ["group_in_category", "female_by_patronymic"],
    ]  # fmt: skip
    assert verdicts(batch) == {"ready": 2, "unsure": 1}


@pytest.mark.django_db
def test_v_c5_a_union_takes_no_group_out_of_the_category() -> None:
    place = union()
    batch = of_category(place, "пенсионер, инвалид 3 гр.", "работающий инвалид II гр.")
    assert read(batch, "category", "disability_group") == [("pensioner", None), ("employed", None)]
    assert all("group" not in issue.field for issue in batches.issues_of(row_of(batch, 2)))


@pytest.mark.django_db
def test_u_5_the_last_day_of_a_group_reaches_the_card() -> None:
    with at("2016-11-28"):
        place = voi()
        cells = ("2 гр. до 01.05.2017", "II до 05.2017", "2 гр. бессрочно", "3 гр. переосв. 12.03.2018")
        people = ("Анна", "Вера", "Дина", "Зоя")
        rows = [(f"Липова {name} Олеговна", BORN, cell) for name, cell in zip(people, cells, strict=True)]
        batch = load(place, sheet(*rows, headings=(*NAMES, "Группа")))
        names = ("disability_group", "certificate_expires_on", "certificate_indefinite")
        right = [
            ("II", dt.date(2017, 5, 1), None), ("II", dt.date(2017, 5, 1), None), ("II", None, True),
            ("III", dt.date(2018, 3, 12), None),
        ]  # fmt: skip
        assert read(batch, *names) == right
        # A month without a day needs confirmation.
        assert [row_of(batch, number).verdict for number in range(2, 6)] == ["ready", "unsure", "ready", "ready"]
        assert on_cards(place, batch, *names) == right
