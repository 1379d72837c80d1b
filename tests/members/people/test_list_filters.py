"""Filters of the list: each finds the right people, an invalid one nobody, a wide one requires an organisation."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from members.lists.models import ImportBatch
from members.people import filter_fields, filters
from members.people.enums import ConsentState
from members.people.filters import MemberFilter
from members.people.models import Member
from members.people.transitions.registration import register_many
from registry.access import Actor
from registry.accounts.models import Appointment
from registry.enums import Level, Role
from registry.organizations.models import Organization
from tests.clock import at
from tests.members.listing import ask, browser, errors, names, surnames, text_of
from tests.registry import trees
from tests.worlds import world

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
@world
def region() -> Organization:
    return trees.below(trees.head(), Level.REGIONAL, "Тульская организация")


@pytest.fixture
def school(region: Organization) -> Organization:
    return trees.below(region, Level.PRIMARY, "Школа № 1")


@pytest.fixture
def chair(school: Organization) -> Actor:
    return trees.officer(school)


@pytest.fixture
def client(chair: Actor) -> Client:
    return browser(chair)


def put(organization: Organization, surname: str, **values: Any) -> Member:
    return trees.members(organization, surname=surname, **values)[0]


def years_ago(years: int, days: int = 0) -> dt.date:
    day = TODAY - dt.timedelta(days=days)
    return day.replace(year=day.year - years)


def test_each_filter_finds_the_right_members(client: Client, school: Organization) -> None:
    put(
        school, "Первая", patronymic="Ивановна", sex="female", category="employed", education="master",
        dues_form="cash", worker_category="teaching", birth_date=dt.date(1970, 3, 5), joined_on=dt.date(2001, 9, 1),
        phone_mobile="+79101234567", email="first@example.ru", workplace="Школа", position="учитель",
    )  # fmt: skip
    second = put(
        school, "Второй", sex="male", category="student", birth_date=dt.date(1990, 7, 5), joined_on=dt.date(2012, 1, 1)
    )
    Member.objects.filter(pk=second.pk).update(consent_state=ConsentState.SIGNED)
    expected = {
        ("sex", "female"): ["Первая"],
        ("sex", "male"): ["Второй"],
        ("category", "student"): ["Второй"],
        ("education", "master"): ["Первая"],
        ("worker_category", "teaching"): ["Первая"],
        ("dues_form", "cash"): ["Первая"],
        ("birth_month", "3"): ["Первая"],
        ("consent", "signed"): ["Второй"],
        ("consent", "none"): ["Первая"],
        ("complete", "yes"): ["Первая"],
        ("complete", "no"): ["Второй"],
        ("joined_from", "01.01.2012"): ["Второй"],
        ("joined_to", "31.12.2011"): ["Первая"],
        ("phone", "yes"): ["Первая"],
        ("phone", "no"): ["Второй"],
        ("email", "yes"): ["Первая"],
        ("email", "no"): ["Второй"],
        ("photo", "yes"): [],
        ("photo", "no"): ["Второй", "Первая"],
        ("nonsense", "1"): ["Второй", "Первая"],
    }
    assert {key: surnames(ask(client, **dict([key]))) for key in expected} == expected
    assert surnames(ask(client, sex="female", birth_month="7")) == []


def test_what_is_not_given_can_be_asked_for(client: Client, school: Organization) -> None:
    put(
        school, "Полная", sex="female", category="employed", education="master", dues_form="cash", workplace="Школа",
        worker_category="teaching", hired_on=dt.date(2001, 9, 1), email="whole@example.ru", ticket_number="12",
    )  # fmt: skip
    put(school, "Пустая")
    for name in ("sex", "category", "education", "worker_category", "dues_form"):
        assert (name, surnames(ask(client, **{name: "none"}))) == (name, ["Пустая"])
    for name in ("sex", "category", "education", "workplace", "hired_on", "email", "ticket_number"):
        assert (name, surnames(ask(client, empty=name))) == (name, ["Пустая"])
    Member.objects.filter(surname="Пустая").update(birth_date=None)
    assert surnames(ask(client, birth_month="none")) == surnames(ask(client, empty="birth_date")) == ["Пустая"]
    assert surnames(ask(client, empty="snils")) == ["Полная", "Пустая"]
    assert [label for label, _sentence in errors(ask(client, empty="search_key"))] == ["В карточке не указано"]


def test_every_optional_column_of_the_card_is_offered_and_closed_data_are_not(school: Organization) -> None:
    society = trees.below(trees.head("voi"), Level.LOCAL)
    found = {
        key: MemberFilter(QueryDict(), actor=trees.officer(place)).filters["empty"]
        for key, place in (("union", school), ("society", society))
    }
    offered = {key: [str(name) for name, _label in one.extra["choices"]] for key, one in found.items()}
    closed = {"paper_number", "disability_group", "diagnosis", "surname", "given_name", "no_patronymic"}
    assert closed & {*offered["union"], *offered["society"]} == set()
    assert {"birth_date", "sex", "snils", "joined_on", "email", "workplace"} <= {*offered["union"]} & {
        *offered["society"]
    }
    assert "marital_status" in offered["society"]
    assert {"dues_form", "position", "worker_category", "hired_on"} <= set(offered["union"])


def test_joined_from_finds_members_with_only_the_year_known(client: Client, school: Organization) -> None:
    for surname, day, year_only in (
        ("Весной", dt.date(2012, 3, 1), False), ("Осенью", dt.date(2012, 10, 1), False),
        ("Когда-то", dt.date(2012, 1, 1), True), ("Раньше", dt.date(2011, 1, 1), True),
    ):  # fmt: skip
        put(school, surname, joined_on=day, joined_year_only=year_only)
    assert surnames(ask(client, joined_from="01.06.2012")) == ["Когда-то", "Осенью"]
    assert surnames(ask(client, joined_from="01.01.2012")) == ["Весной", "Когда-то", "Осенью"]
    assert surnames(ask(client, joined_from="01.01.2013")) == []
    assert surnames(ask(client, joined_to="31.05.2012")) == ["Весной", "Когда-то", "Раньше"]
    assert surnames(ask(client, joined_from="01.06.2012", joined_to="30.06.2012")) == ["Когда-то"]


def test_age_is_counted_in_full_years_to_the_day(client: Client, school: Organization) -> None:
    put(school, "Сегодня", birth_date=years_ago(60))
    put(school, "Завтра", birth_date=years_ago(60, days=-1))
    put(school, "Неизвестна", birth_date=None)
    assert surnames(ask(client, age_from="60")) == ["Сегодня"]
    assert surnames(ask(client, age_to="59")) == ["Завтра"]
    assert surnames(ask(client, age_from="59", age_to="60")) == ["Завтра", "Сегодня"]


@pytest.mark.parametrize(
    ("today", "born", "age"),
    [
        (dt.date(2023, 2, 28), dt.date(2000, 2, 29), 22),
        (dt.date(2023, 3, 1), dt.date(2000, 2, 29), 23),
        (dt.date(2024, 2, 29), dt.date(2000, 2, 29), 24),
        (dt.date(2024, 2, 29), dt.date(2001, 3, 1), 22),
        (dt.date(2024, 2, 29), dt.date(2001, 2, 28), 23),
    ],
)
def test_age_at_the_end_of_february(
    monkeypatch: pytest.MonkeyPatch, client: Client, school: Organization, today: dt.date, born: dt.date, age: int
) -> None:
    put(school, "Февральский", birth_date=born, joined_on=dt.date(2019, 6, 1))
    Appointment.objects.update(starts_on=dt.date(2020, 1, 1))
    monkeypatch.setattr("members.people.filters.timezone.localdate", lambda *_args, **_zone: today)
    found = {years: surnames(ask(client, age_from=years, age_to=years)) for years in (age - 1, age, age + 1)}
    assert found == {age - 1: [], age: ["Февральский"], age + 1: []}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sex": "other"}, "Пол"),
        ({"age_from": "abc"}, "Возраст от"),
        ({"age_from": "-1"}, "Возраст от"),
        ({"age_from": "1" * 5000}, "Возраст от"),
        ({"age_from": "60", "age_to": "20"}, "Возраст до"),
        ({"birth_month": "13"}, "Месяц рождения"),
        ({"joined_from": "31.02.2020"}, "Вступили с"),
        ({"joined_from": "01.01.2020", "joined_to": "01.01.2019"}, "Вступили по"),
        ({"consent": "x"}, "Согласие"),
        ({"q": "а" * 101}, "Поиск в этом списке"),
        ({"q": "а\0б"}, "Поиск в этом списке"),
        ({"category": "disabled"}, "Категория"),
    ],
)
def test_an_invalid_value_finds_nobody_and_is_named(
    client: Client, school: Organization, query: dict[str, str], field: str
) -> None:
    put(school, "Иванов")
    answer = ask(client, **query)
    assert answer.status_code == 200
    assert names(answer) == []
    assert [label for label, _sentence in errors(answer)] == [field]
    assert answer.context["count"] == 0


def test_the_charter_decides_which_filters_there_are(school: Organization) -> None:
    society = trees.below(trees.head("voi"), Level.LOCAL)
    trees.below(society, Level.PRIMARY)
    offered = {
        key: set(MemberFilter(QueryDict(), actor=trees.officer(organization)).filters)
        for key, organization in (("union", school), ("society", society))
    }
    assert offered["union"] - offered["society"] == {
        "worker_category", "dues_form", "electronic_card", "publication", "transfer",
    }  # fmt: skip
    assert offered["society"] - offered["union"] == {"cell", "dues"}


def test_an_empty_filter_is_kept_with_all_that_it_is_made_of(school: Organization, region: Organization) -> None:
    union, other = trees.officer(school), trees.officer(trees.below(region, Level.PRIMARY, "Школа № 2"))
    local = trees.below(trees.head("voi"), Level.LOCAL)
    first, second = (trees.below(local, Level.PRIMARY, f"Ячейка {number}") for number in (1, 2))
    society = trees.officer(local)

    def shown(actor: Actor, query: dict[str, str]) -> dict[str, str]:
        return {field.name: str(field.as_field_group()) for field in MemberFilter(query, actor=actor).form}

    def usual(actor: Actor, query: dict[str, str]) -> dict[str, str]:
        form = MemberFilter(query, actor=actor).form
        form.bound_field_class = None
        return {field.name: str(field.as_field_group()) for field in form}

    empty, filled = {}, {"sex": "male", "age_from": "9", "age_to": "3", "joined_from": "31.02.2000"}
    filter_fields._KEPT.clear()
    for actor, query in ((society, empty), (union, empty), (society, filled), (other, empty), (society, {"sex": ""})):
        for language in ("ru", "en", "ru"):
            with translation.override(language):
                assert shown(actor, query) == usual(actor, query)
    before = shown(society, empty)["cell"]
    assert (first.short_name in before, second.short_name in before) == (True, True)
    Organization.objects.filter(pk=second.pk).update(short_name="Новая ячейка")
    assert shown(society, empty)["cell"] == before.replace(second.short_name, "Новая ячейка")
    # The calendar starts at today.
    with at("2040-02-29"):
        assert shown(society, empty)["joined_from"] == usual(society, empty)["joined_from"]


def test_few_empty_filters_are_kept(school: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filter_fields, "_KEPT", {})
    monkeypatch.setattr(filter_fields, "_MOST_KEPT", 3)
    for field in MemberFilter({"sex": "male"}, actor=trees.officer(school)).form:
        field.as_field_group()
        assert len(filter_fields._KEPT) <= 3
        assert "sex" not in {key[4] for key in filter_fields._KEPT}


def test_filters_of_one_request_are_not_those_of_another(school: Organization) -> None:
    society = trees.below(trees.head("voi"), Level.LOCAL)
    trees.below(society, Level.PRIMARY, "Ячейка")
    names, declared = ("education", "empty", "sex"), MemberFilter.base_filters
    before = {name: list(declared[name].extra.get("choices", ())) for name in names}
    of_society, of_union = (MemberFilter({"sex": "male"}, actor=trees.officer(one)) for one in (society, school))
    of_society.form.fields["sex"].label = "changed"
    assert of_union.form.fields["sex"].label == "Пол"
    cells = [label for _value, label in of_society.form.fields["cell"].choices]
    assert cells == ["не важно", "без первичной ячейки", "Ячейка"]
    assert {name: list(declared[name].extra.get("choices", ())) for name in names} == before
    # The method of a copied filter belongs to its own list.
    assert of_society.filters["cell"].filter.f.parent is of_society
    assert all("_field" not in vars(one) for one in declared.values())


@pytest.mark.parametrize("day", ["2001-02-03", "03.02.2001", "3.2.2001"])
def test_the_day_of_a_filter_is_told_as_people_write_it(school: Organization, day: str) -> None:
    listing = MemberFilter(QueryDict(f"joined_from={day}&joined_to=31.02.2001"), actor=trees.officer(school))
    assert [(name, value) for name, _label, value in listing.told] == [
        ("joined_from", "03.02.2001"), ("joined_to", "31.02.2001"),
    ]  # fmt: skip


def test_v_h1_filter_by_cell_and_by_people_without_a_cell(region: Organization) -> None:
    local = trees.below(trees.head("voi"), Level.LOCAL)
    cell, other = (trees.below(local, Level.PRIMARY, f"Ячейка {number}") for number in (1, 2))
    strange = trees.below(trees.below(trees.head("voi", "Другие"), Level.LOCAL), Level.PRIMARY)
    trees.members(local, surname="Ячейкин", cell=cell)
    trees.members(local, surname="Местный")
    client = browser(trees.officer(local))
    expected = {str(cell.pk): ["Ячейкин"], str(other.pk): [], "none": ["Местный"], "": ["Местный", "Ячейкин"]}
    assert {value: surnames(ask(client, cell=value)) for value in expected} == expected
    answer = ask(client, cell=strange.pk)
    assert (names(answer), [label for label, _ in errors(answer)]) == ([], ["Первичная ячейка"])


def test_u_5_the_people_of_a_loaded_list(client: Client, chair: Actor, school: Organization) -> None:
    put(school, "Прежний")
    batch = ImportBatch.objects.create(
        organization=school, sha256="0" * 64, state="applied", uploaded_at=timezone.now(), applied_at=timezone.now()
    )
    person = {
        "surname": "Списков",
        "given_name": "Пётр",
        "birth_date": dt.date(1980, 1, 1),
        "joined_on": dt.date(2010, 5, 1),
    }
    register_many(
        organization=trees.again(school), people=[person], by=chair, batch=batch, started_on=dt.date(2020, 1, 1)
    )
    assert surnames(ask(client, batch=batch.pk)) == ["Списков"]
    assert [label for label, _ in errors(ask(client, batch=batch.pk + 1))] == ["Загруженный список"]


# Organisations below


def test_n_s1_a_superior_filters_by_an_organisation_below(region: Organization, school: Organization) -> None:
    other = trees.below(region, Level.PRIMARY, "Школа № 2")
    neighbour = trees.below(trees.below(region.parent, Level.REGIONAL), Level.PRIMARY)
    for organization, surname in ((school, "Первый"), (other, "Второй"), (neighbour, "Сосед")):
        put(organization, surname)
    client = browser(trees.officer(region))
    assert surnames(ask(client, organization=school.pk)) == ["Первый"]
    assert ask(client, organization=school.pk).context["count"] == 1
    for stranger in (neighbour.pk, region.parent_id, 10**17, "1" * 40, "x"):
        answer = ask(client, organization=stranger)
        assert (answer.status_code, names(answer), [label for label, _ in errors(answer)]) == (200, [], ["Организация"])


def test_the_drop_down_shows_the_tree_in_order(region: Organization) -> None:
    town = trees.below(region, Level.LOCAL, "Алексинская")
    trees.below(region, Level.PRIMARY, "Вуз")
    trees.below(town, Level.PRIMARY, "Школа № 15")
    trees.below(town, Level.PRIMARY, "Школа № 2")
    text = text_of(ask(browser(trees.officer(region))))
    order = ["Алексинская", "\u2003\u2003Школа № 2<", "\u2003\u2003Школа № 15<", "Вуз"]
    assert [text.find(label) for label in order] == sorted(text.find(label) for label in order)
    assert min(text.find(label) for label in order) > 0


def test_with_many_organisations_one_is_chosen_on_a_separate_page(
    region: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "MAX_IN_DROPDOWN", 2)
    town = trees.below(region, Level.LOCAL, "Алексинская")
    school = trees.below(town, Level.PRIMARY, "Школа № 15")
    stranger = trees.below(trees.below(region.parent, Level.REGIONAL), Level.PRIMARY, "Школа № 15 чужая")
    client = browser(trees.officer(region))
    answer = ask(client, sex="male", organization=school.pk)
    assert answer.context["places_url"] == f"/members/places/?sex=male&organization={school.pk}"
    chooser = reverse("members:places")
    shown = {
        query: [place.short_name for place, _deeper in client.get(f"{chooser}?{query}").context["places"]]
        for query in ("", f"up={town.pk}", "find=15", f"find={school.code}", "find=" + "щ" * 500, "find=%00")
    }
    assert shown == {
        "": ["Алексинская"], f"up={town.pk}": ["Школа № 15"], "find=15": ["Школа № 15"],
        f"find={school.code}": ["Школа № 15"], "find=" + "щ" * 500: [], "find=%00": ["Алексинская"],
    }  # fmt: skip
    for up in (stranger.pk, region.parent_id):
        assert client.get(f"{chooser}?up={up}").status_code == 404
    assert client.get(f"{chooser}?up={'1' * 5000}").context["at"].pk == region.pk
    assert f"/members/?organization={school.pk}&sex=male" in text_of(client.get(f"{chooser}?sex=male&find=15"))


def test_filters_among_too_many_people_ask_for_an_organisation(
    region: Organization, school: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees.members(school, 2, sex="male")
    other = trees.below(region, Level.PRIMARY)
    trees.members(other, 2, sex="male")
    monkeypatch.setattr(filters, "MAX_FOUND", 3)
    monkeypatch.setattr("members.people.views.member_list.MAX_FOUND", 3)
    client = browser(trees.officer(region))
    answer = ask(client, sex="male")
    assert (names(answer), len(errors(answer))) == ([], 1)
    assert "Сначала выберите организацию" in errors(answer)[0][1]
    assert len(names(ask(client, sex="male", organization=school.pk))) == 2
    # The search has an index and covers everybody; orders other than by name have none.
    found = names(ask(client, q="фамилия", sort="-birth_date"))
    assert (len(found), found) == (3, sorted(found))
    assert ask(client, q="фамилия", sort="-birth_date").context["listing"].sort == "name"


def test_reviewers_are_offered_no_lists(school: Organization) -> None:
    ImportBatch.objects.create(
        organization=school, sha256="0" * 64, state="applied", uploaded_at=timezone.now(), applied_at=timezone.now()
    )
    assert "batch" not in MemberFilter(QueryDict(), actor=trees.officer(school, Role.REVIEWER)).filters
    assert "batch" in MemberFilter(QueryDict(), actor=trees.officer(school, Role.REGISTRAR)).filters
