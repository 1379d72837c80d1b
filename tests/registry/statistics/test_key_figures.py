"""Key figures of statistics: groups of people and organisations by level, with the lists behind them (N-S3)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from members.book.queries.moved_since import moved_since
from members.movement.transitions.organizations import move_organization
from registry.days import day_text
from registry.enums import Level, Role
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization
from registry.statistics.counting import by_level
from registry.statistics.views.composition import composition
from tests.members import places
from tests.registry import trees

from .test_composition import DAY, YEAR, aged, society
from .test_pages import TODAY, client_of


@pytest.mark.django_db
def test_n_s3_members_under_35_are_listed_behind_their_number() -> None:
    place = places.union()
    for at, (surname, age) in enumerate((("Абрамова", 34), ("Белова", 35), ("Власова", 19))):
        place.put(
            snils="", ticket_number="", surname=surname, birth_date=aged(age), category="employed",
            worker_category="teaching" if at else "leading", dues_form="cash", joined_on=dt.date(YEAR - 1, 9, 1),
        )  # fmt: skip
    with override("en"):
        report = composition(place.region_chair, place.region, {})
    client = client_of(place.region_chair)
    for label, names in (("Under 35", ["Абрамова", "Власова"]), ("Teaching staff", ["Белова", "Власова"])):
        (figure,) = [one for name, one in report.tiles if name == label]
        answer = client.get(figure.url)
        assert [one["name"].split()[0] for one in answer.context["rows"]] == names
        assert answer.context["unlisted"] == 0
    for query in ("under_35=not-given", "representatives=representatives"):
        page = reverse("statistics:people", args=[place.region.pk])
        assert client.get(f"{page}?{query}").status_code == 404, query


@pytest.mark.django_db
def test_n_s3_representatives_are_listed_behind_their_number() -> None:
    place = society()
    with override("en"):
        tiles = dict(composition(place.region_chair, place.region, {}).tiles)
    answer = client_of(place.region_chair).get(tiles["Representatives"].url)
    assert (tiles["Representatives"].text, [one["name"].split()[0] for one in answer.context["rows"]]) == (
        "1", ["Дятлов"],
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.both
def test_n_s3_organisations_are_counted_by_level_as_they_were_on_the_day() -> None:
    place = society()
    first, second = place.cells
    other = trees.below(place.head, Level.REGIONAL, "Орловская РО ВОИ")
    Organization.objects.update(founded_on=DAY - dt.timedelta(days=1))
    Organization.objects.filter(pk=first.pk).update(founded_on=DAY)
    Organization.objects.filter(pk=second.pk).update(
        status=OrganizationStatus.ENDED, ended_on=DAY + dt.timedelta(days=1)
    )
    trees.below(place.region, Level.LOCAL, "Новая МО ВОИ", status=OrganizationStatus.FORMING)
    undated = trees.below(other, Level.LOCAL, "Мценская МО ВОИ")
    Organization.objects.filter(pk=undated.pk).update(founded_on=None)

    def counted_on(at: Organization, day: dt.date) -> tuple[int, ...]:
        found = by_level(at, day, moved_since(at.federation_id, day))
        return tuple(found[level] for level in (Level.REGIONAL, Level.LOCAL, Level.PRIMARY))

    days = [DAY + dt.timedelta(days=n) for n in (-2, -1, 0, 1)]
    assert [counted_on(place.head, day) for day in days] == [(0, 1, 0), (2, 2, 1), (2, 2, 2), (2, 2, 1)]
    assert [counted_on(place.region, day) for day in days] == [(0, 0, 0), (0, 1, 1), (0, 1, 2), (0, 1, 1)]
    assert [counted_on(place.keeper, day) for day in days] == [(0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 0, 1)]
    assert counted_on(place.cells[0], DAY) == (0, 0, 0)


@pytest.mark.django_db
def test_n_s3_the_organisations_behind_a_number_are_listed_with_those_that_went_elsewhere_named() -> None:
    place = society()
    client = client_of(place.region_chair)
    page = reverse("statistics:organizations", args=[place.region.pk])
    Organization.objects.update(founded_on=DAY)
    answer = client.get(f"{page}?level=primary&day={day_text(DAY)}")
    assert [one.short_name for one in answer.context["rows"]] == ["ПО № 1", "ПО № 2"]
    assert (answer.context["elsewhere"], answer.context["undated"]) == (0, 0)
    Organization.objects.filter(pk=place.cells[0].pk).update(founded_on=None)
    assert client.get(f"{page}?level=primary").context["undated"] == 1
    for query in ("level=regional", "level=wrong", "", f"level=primary&day={day_text(TODAY() + dt.timedelta(days=1))}"):
        assert client.get(f"{page}?{query}").status_code == 404, query
    other = trees.below(place.head, Level.REGIONAL, "Орловская РО ВОИ")
    past = timezone.now() - dt.timedelta(days=1500)
    Organization.history.update(history_date=past)  # type: ignore[attr-defined]
    move_organization(place.keeper.pk, other.pk, on=TODAY(), by=trees.officer(place.head, Role.CHAIR, "Сомов"))
    answer = client.get(f"{page}?level=primary&day={day_text(DAY)}")
    assert (answer.context["rows"], answer.context["elsewhere"]) == ([], 2)
    assert client.get(reverse("statistics:organizations", args=[other.pk]) + "?level=primary").status_code == 404
