"""The list of members: scope, search, order, pages, columns, saved filters (N-H1, N-A1, N-S1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.people import columns, filters
from members.people.filters import MemberFilter
from members.people.models import Member
from registry.accounts.models import Account, SavedFilter
from registry.enums import Level, Role
from registry.organizations.models import Organization
from tests.members import places
from tests.members.listing import ask, browser, names, surnames, text_of
from tests.registry import trees
from tests.worlds import world

pytestmark = pytest.mark.django_db


@pytest.fixture
@world
def region() -> Organization:
    return trees.below(trees.head(), Level.REGIONAL, "Тульская организация")


@pytest.fixture
def school(region: Organization) -> Organization:
    return trees.below(region, Level.PRIMARY, "Школа № 1")


@pytest.fixture
def other(region: Organization) -> Organization:
    return trees.below(region, Level.PRIMARY, "Школа № 2")


@pytest.fixture
def client(school: Organization) -> Client:
    return browser(trees.officer(school))


def put(organization: Organization, surname: str, **values: Any) -> Member:
    return trees.members(organization, surname=surname, **values)[0]


# Visible people


def test_n_h1_a_chair_sees_only_members_of_the_own_organisation(
    client: Client, school: Organization, other: Organization
) -> None:
    put(school, "Свой")
    put(other, "Чужой")
    assert surnames(ask(client)) == ["Свой"]
    assert surnames(ask(client, q="Чужой")) == []


def test_n_s1_a_superior_sees_everything_below_with_the_organisation_beside_it(
    region: Organization, school: Organization, other: Organization
) -> None:
    put(school, "Первый")
    put(other, "Второй")
    stranger = trees.below(trees.head("voi"), Level.LOCAL)
    put(stranger, "Посторонний")
    answer = ask(browser(trees.officer(region)))
    assert surnames(answer) == ["Второй", "Первый"]
    assert [cells[0].text for *_person, cells in answer.context["rows"]] == ["Школа № 2", "Школа № 1"]


def test_n_h2_a_collector_has_no_list(school: Organization) -> None:
    put(school, "Свой")
    answer = ask(browser(trees.officer(school, Role.COLLECTOR)))
    assert answer.status_code == 403
    assert "Свой" not in text_of(answer)


def test_n_h2_rights_end_with_the_appointment(school: Organization) -> None:
    put(school, "Свой")
    actor = trees.officer(school)
    client = browser(actor)
    actor.appointment.starts_on = actor.appointment.ends_on = dt.date(2020, 1, 1)  # type: ignore[union-attr]
    actor.appointment.save()  # type: ignore[union-attr]
    assert ask(client).status_code == 403


# Order


def test_names_are_in_russian_alphabetical_order(client: Client, school: Organization) -> None:
    for surname in ("Юдин", "Ёлкин", "Ежов", "Еремин", "Петрова", "Петров-Водкин", "Абрамов"):
        put(school, surname)
    assert surnames(ask(client)) == ["Абрамов", "Ежов", "Ёлкин", "Еремин", "Петров-Водкин", "Петрова", "Юдин"]


def test_the_list_sorts_by_date_and_by_number_with_the_empty_ones_last(client: Client, school: Organization) -> None:
    put(school, "Старший", birth_date=dt.date(1950, 5, 1), ticket_number="100", joined_on=dt.date(2015, 1, 1))
    put(school, "Младший", birth_date=dt.date(1990, 5, 1), ticket_number="99", joined_on=dt.date(2012, 1, 1))
    put(school, "Неизвестный", birth_date=None, joined_on=None)
    expected = {
        "birth_date": ["Старший", "Младший", "Неизвестный"],
        "-birth_date": ["Младший", "Старший", "Неизвестный"],
        "ticket_number": ["Младший", "Старший", "Неизвестный"],
        "-ticket_number": ["Старший", "Младший", "Неизвестный"],
        "joined_on": ["Младший", "Старший", "Неизвестный"],
        "-joined_on": ["Старший", "Младший", "Неизвестный"],
        "nonsense": ["Младший", "Неизвестный", "Старший"],
    }
    assert {sort: surnames(ask(client, sort=sort)) for sort in expected} == expected


# Search


def test_n_a1_typing_requests_only_the_rows(client: Client, school: Organization) -> None:
    put(school, "Иванов")
    put(school, "Петров")
    answer = client.get(reverse("members:list"), {"q": "bdfy", "sex": ""}, headers={"HX-Request": "true"})
    assert names(answer) == ["Иванов Пётр"]
    assert "<html" not in text_of(answer)
    assert answer["HX-Replace-Url"].startswith("/members/?found=")
    boost = {"HX-Request": "true", "HX-Boosted": "true"}
    leafed = client.get("/members/?q=&page=1&sort=-birth_date", headers=boost)
    assert (leafed["HX-Push-Url"], "HX-Replace-Url" in leafed) == ("/members/?sort=-birth_date&page=1", False)
    for asked, told in (("page=1", "/members/?page=1"), ("", "/members/"), ("sex=female", "/members/?sex=female")):
        boosted = client.get(f"{reverse('members:list')}?{asked}", headers=boost)
        assert boosted["HX-Push-Url"] == told
    assert "HX-Request" in answer["Vary"]
    assert answer["Cache-Control"] == "no-store, private"


def test_going_back_in_the_browser_gives_the_whole_page(client: Client, school: Organization) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in text_of(client.get(reverse("members:list"), headers=headers))


def test_an_empty_search_result_says_what_to_do(client: Client, school: Organization) -> None:
    put(school, "Иванов")
    assert "Никто не найден" in text_of(ask(client, q="щукин"))


def test_an_empty_organisation_is_told_how_to_begin(client: Client, school: Organization) -> None:
    text = text_of(ask(client))
    assert "На учёте пока никого нет" in text
    assert [url in text for url in (reverse("members:add"), reverse("imports:upload"))] == [True, True]


def test_a_reviewer_of_an_empty_organisation_is_not_told_to_register_people(school: Organization) -> None:
    text = text_of(ask(browser(trees.officer(school, Role.REVIEWER))))
    assert "На учёте пока никого нет" in text
    assert reverse("members:add") not in text


# Counts and pages


def test_the_count_of_everybody_is_the_stored_figure(client: Client, school: Organization) -> None:
    trees.members(school, 3)
    # The counts of the navigation are cached after the first page.
    ask(client)
    with CaptureQueriesContext(connection) as queries:
        assert ask(client).context["count"] == 3
    assert [q["sql"] for q in queries if "COUNT(" in q["sql"] and "members_member" in q["sql"]] == []


def test_a_found_count_ends_at_the_limit(client: Client, school: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    trees.members(school, 7)
    monkeypatch.setattr(filters, "MAX_FOUND", 20)
    assert ask(client, q="фам").context["shown_count"] == "7"
    monkeypatch.setattr(filters, "MAX_FOUND", 5)
    monkeypatch.setattr("members.people.views.member_list.MAX_FOUND", 5)
    assert ask(client, q="фам").context["shown_count"] == "больше 5"


def namesakes(school: Organization, surname: str, given_name: str) -> None:
    for day in (1, 2, 3):
        trees.members(school, 1, surname=surname, given_name=given_name, birth_date=dt.date(1980, 1, day))


def test_a_wide_search_counts_to_its_own_limit_and_shows_surnames_first(
    region: Organization, school: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    namesakes(school, "Яшин", "Иван")
    namesakes(school, "Иванов", "Олег")
    monkeypatch.setattr(filters, "MAX_FOUND", 5)
    monkeypatch.setattr("members.people.views.member_list.MAX_FOUND", 5)
    shown, client = {}, browser(trees.officer(region))
    for limit in (2, 3, 4, 6):
        monkeypatch.setattr(filters, "MAX_SEARCHED", limit)
        answer = ask(client, q="иван")
        shown[limit] = (answer.context["shown_count"], [name.split()[0] for name in names(answer)])
    assert shown == {
        2: ("больше 2", ["Иванов"] * 2),
        3: ("больше 3", ["Иванов"] * 3),
        4: ("больше 4", ["Иванов"] * 3 + ["Яшин"]),
        # Only up to the limit of lists without a search.
        6: ("больше 5", ["Иванов"] * 3 + ["Яшин"] * 2),
    }


def test_a_wide_search_counts_exactly_up_to_its_limit(
    region: Organization, school: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    namesakes(school, "Иванов", "Олег")
    namesakes(school, "Яшин", "Олег")
    monkeypatch.setattr(filters, "MAX_FOUND", 5)
    monkeypatch.setattr(filters, "MAX_SEARCHED", 3)
    answer = ask(browser(trees.officer(region)), q="иванов")
    assert (answer.context["shown_count"], len(names(answer))) == ("3", 3)


def test_selecting_all_includes_members_beyond_the_pages_of_a_wide_search(
    region: Organization, school: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees.members(school, 7)
    monkeypatch.setattr(filters, "MAX_FOUND", 6)
    monkeypatch.setattr(filters, "MAX_SEARCHED", 2)
    actor = trees.officer(region)
    answer = ask(browser(actor), q="фам")
    assert (answer.context["selectable"], len(names(answer))) == ("больше 2", 2)
    assert len(MemberFilter(QueryDict("q=фам"), actor=actor).ids) == 6


def test_pages_have_fifty_rows_and_an_invalid_number_is_the_first_page(client: Client, school: Organization) -> None:
    trees.members(school, 53)
    assert [len(names(ask(client, page=page))) for page in ("1", "2", "99", "-1", "x", "1" * 30, "0")] == [
        50, 3, 3, 50, 50, 50, 50,
    ]  # fmt: skip


@pytest.mark.parametrize("level", ["chair", "superior"])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    level: str, region: Organization, school: Organization, other: Organization
) -> None:
    client = browser(trees.officer(region if level == "superior" else school))
    ask(client)
    counts = []
    for more in (1, 2, 47):
        trees.members(school, more)
        trees.members(other, more)
        with CaptureQueriesContext(connection) as queries:
            assert ask(client, q="фам").status_code == 200
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts


# Columns


def test_columns_are_the_charters_and_the_choice_is_kept_with_the_account(client: Client, school: Organization) -> None:
    put(school, "Иванов", position="учитель", sex="male")
    page = client.get(reverse("members:columns"))
    offered = [column.key for column, _used in page.context["offer"]]
    assert ("workplace" in offered, "cell" in offered, "disability_group" in offered, "paper_number" in offered) == (
        True, False, False, False,
    )  # fmt: skip
    answer = client.post(reverse("members:columns") + "?q=иван", {"columns": ["position", "sex", "paper_number", "x"]})
    assert answer.url.startswith("/members/?found=")
    heads = [str(head["label"]) for head in ask(client).context["heads"]]
    assert heads == ["Фамилия, имя, отчество", "пол", "должность"]
    assert Account.objects.get().preferences == {"members.columns": ["sex", "position"]}


def test_more_columns_than_fit_are_refused_and_stay_ticked(client: Client, school: Organization) -> None:
    every = [column.key for column, _used in client.get(reverse("members:columns")).context["offer"]]
    refused = client.post(reverse("members:columns"), {"columns": every[:9]})
    assert refused.context["too_many"] == 1
    assert [column.key for column, used in refused.context["offer"] if used] == every[:9]
    assert "Уберите 1 лишний столбец" in refused.content.decode()
    assert Account.objects.get().preferences == {}
    client.post(reverse("members:columns"), {"columns": [*every[:8], "strange"]})
    assert Account.objects.get().preferences == {"members.columns": every[:8]}


# Saved filters


def test_a_filter_is_kept_under_a_name_without_the_search_text(client: Client) -> None:
    client.post(
        reverse("members:save_filter") + "?q=Иванов&sex=male&age_from=60&sort=name&nonsense=1", {"name": " Мужчины "}
    )
    kept = SavedFilter.objects.get()
    assert (kept.name, kept.values) == ("Мужчины", {"sex": "male", "age_from": "60"})
    assert ask(client).context["saved"] == [{"pk": kept.pk, "name": "Мужчины", "url": "/members/?sex=male&age_from=60"}]
    client.post(reverse("members:save_filter") + "?sex=female", {"name": "Мужчины"})
    assert [row.values for row in SavedFilter.objects.all()] == [{"sex": "female"}]


@pytest.mark.parametrize("query", ["q=Иванов", "age_from=abc", ""])
def test_an_empty_or_invalid_filter_is_not_saved(client: Client, query: str) -> None:
    client.post(f"{reverse('members:save_filter')}?{query}", {"name": "Имя"})
    assert SavedFilter.objects.count() == 0


def test_a_saved_filter_belongs_to_its_account(client: Client, school: Organization) -> None:
    stranger = browser(trees.officer(school, Role.DEPUTY))
    stranger.post(reverse("members:save_filter") + "?sex=male", {"name": "Чужой отбор"})
    kept = SavedFilter.objects.get()
    assert "Чужой отбор" not in text_of(client.get(reverse("members:saved_filters")))
    assert client.post(reverse("members:delete_filter", args=[kept.pk])).status_code == 404
    assert stranger.post(reverse("members:delete_filter", args=[kept.pk])).status_code == 302
    assert SavedFilter.objects.count() == 0


def test_looking_changes_nothing(client: Client) -> None:
    for name in ("save_filter", "assign_cell"):
        assert client.get(reverse(f"members:{name}")).status_code == 405
    assert client.get(reverse("members:delete_filter", args=[1])).status_code == 405


@pytest.mark.parametrize("found", [places.voi, places.union])
def test_the_columns_of_a_charter_read_their_fields_with_the_row(found: Callable[[], places.Place]) -> None:
    place = found()
    place.put()
    for actor in (place.chair, place.region_chair):
        for column in columns.offered(actor):
            fields = columns.read_fields([column])
            related = {field.partition("__")[0] for field in fields if "__" in field}
            shown = Member.objects.select_related(*related).only(*fields)
            member = shown.annotate(**column.annotations).get()
            with CaptureQueriesContext(connection) as captured:
                column.show(member)
                assert member.full_name
            assert (column.key, len(captured)) == (column.key, 0)
