"""The passport: tabs, completeness, requisites, bodies, two editors, the operator (U-4, practice 2)."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from registry.access import Actor
from registry.charters import get as get_charter
from registry.charters import keys as charter_keys
from registry.enums import Level, Role
from registry.errors import NotAllowed, StaleVersion
from registry.organizations.forms.passports import PassportForm, build
from registry.organizations.models import BodySeat, GoverningBody, Organization, OrganizationPassport
from registry.organizations.rules import passports as rules
from registry.organizations.tasks import ending_seats
from registry.organizations.transitions.passports import (
    add_body,
    edit_body,
    edit_seat,
    fill_passport,
    remove_body,
    seat_person,
)
from tests.refusals import refused
from tests.registry.trees import again, below, head, officer
from tests.worlds import world

pytestmark = [pytest.mark.django_db, pytest.mark.once]

FULL = {
    "kind": "workers", "employer_name": "МБОУ СОШ № 14", "employer_inn": "7707083893", "employer_kind": "school",
    "ownership": "municipal", "postal_address": "300000, г. Тула, ул. Мира, д. 1", "phone": "8 (4872) 27-01-17",
    "email": "ppo14@Example.RU", "chair_name": "Орлова Мария Сергеевна", "chair_sex": "female",
    "chair_position": "учитель", "chair_phone": "9105550117", "chair_email": "orlova@example.ru",
    "chair_elected_on": dt.date(2024, 5, 1), "chair_released": False, "founded_on": dt.date(1999, 9, 1),
}  # fmt: skip


@pytest.fixture
@world
def chair() -> Actor:
    return officer(below(below(head(), Level.REGIONAL), Level.PRIMARY, "ППО СОШ № 14"))


def passport_of(actor: Actor) -> OrganizationPassport:
    return OrganizationPassport.objects.select_related("organization__federation").get(organization=actor.organization)


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(actor.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def post(client: Client, organization: Organization, tab: str, **values: str) -> object:
    return client.post(reverse("organizations:passport_tab", args=[organization.pk, tab]), values)


def test_u4_inpo_is_the_first_tab_of_every_charter_and_level() -> None:
    for key in charter_keys():
        for level in Level:
            assert get_charter(key).passport_tabs(level)[0].key == "inpo"


def test_u4_every_field_of_every_passport_tab_exists_and_has_a_form_field() -> None:
    for key in charter_keys():
        top = head(key)
        for tab in get_charter(key).passport:
            assert [name for name in tab.required if name not in tab.fields] == []
            assert [build(name, top).label for name in tab.fields if not build(name, top).label] == []


@pytest.mark.both
def test_u4_completeness_reaches_a_hundred_with_the_required_fields(chair: Actor) -> None:
    organization = chair.organization
    assert organization is not None
    before = rules.missing(again(organization), passport_of(chair))
    assert {m.tab.key for m in before} == {"inpo", "headcount"}
    fill_passport(organization.pk, tab="inpo", values=FULL, by=chair)
    passport = passport_of(chair)
    assert [m.field for m in rules.missing(again(organization), passport)] == ["employees", "counted_on"]
    assert passport.completeness == 90
    fill_passport(
        organization.pk, tab="headcount", values={"employees": 79, "counted_on": dt.date(2025, 9, 1)}, by=chair
    )
    assert passport_of(chair).completeness == 100
    fill_passport(organization.pk, tab="headcount", values={"employees": None}, by=chair)
    assert passport_of(chair).completeness == 95


def test_u4_zero_and_no_count_as_filled(chair: Actor) -> None:
    fill_passport(chair.organization.pk, tab="inpo", values={"chair_released": False}, by=chair)
    fill_passport(chair.organization.pk, tab="headcount", values={"employees": 0}, by=chair)
    names = [m.field for m in rules.missing(again(chair.organization), passport_of(chair))]
    assert ("chair_released" in names, "employees" in names) == (False, False)


def test_u4_a_legal_entity_needs_its_requisites(chair: Actor) -> None:
    before = passport_of(chair).completeness
    fill_passport(chair.organization.pk, tab="inpo", values={**FULL, "is_legal_entity": True}, by=chair)
    names = [m.field for m in rules.missing(again(chair.organization), passport_of(chair))]
    assert names == ["inn", "ogrn", "legal_address", "employees", "counted_on"]
    assert before < passport_of(chair).completeness < 90


def test_u4_values_are_kept_in_one_spelling(chair: Actor) -> None:
    fill_passport(chair.organization.pk, tab="inpo", values=FULL, by=chair)
    organization, passport = again(chair.organization), passport_of(chair)
    assert (organization.phone, organization.email, passport.chair_phone) == (
        "+74872270117",
        "ppo14@example.ru",
        "+79105550117",
    )
    assert organization.history.first().history_change_reason == "U-4"


@pytest.mark.parametrize(
    ("tab", "values", "field"),
    [
        ("inpo", {"inn": "7707083894"}, "inn"),
        ("inpo", {"inn": "500100732259"}, "inn"),
        ("inpo", {"ogrn": "304500116000157"}, "ogrn"),
        ("inpo", {"kpp": "12"}, "kpp"),
        ("inpo", {"employer_inn": "1"}, "employer_inn"),
        ("inpo", {"email": "нет"}, "email"),
        ("inpo", {"founded_on": dt.date(2100, 1, 1)}, "founded_on"),
        ("inpo", {"founded_on": dt.date(1800, 1, 1)}, "founded_on"),
        ("bank", {"bik": "544525225"}, "bik"),
        ("bank", {"account": "40702810438000060473"}, "bik"),
        ("bank", {"bik": "044525225", "account": "40702810438000060474"}, "account"),
        ("bank", {"bik": "044525225", "correspondent_account": "30101810400000000226"}, "correspondent_account"),
        (
            "partnership",
            {"agreement_on": dt.date(2025, 2, 1), "agreement_until": dt.date(2025, 1, 1)},
            "agreement_until",
        ),
    ],
)
def test_u4_wrong_requisites_are_refused_at_their_field(
    chair: Actor, tab: str, values: dict[str, object], field: str
) -> None:
    with refused("U-4", field=field):
        fill_passport(chair.organization.pk, tab=tab, values=values, by=chair)
    assert passport_of(chair).history.count() == 1


def test_u4_an_account_is_checked_against_the_bank(chair: Actor) -> None:
    fill_passport(
        chair.organization.pk, tab="bank", values={"bik": "044525225", "account": "40702810438000060473"}, by=chair
    )
    assert passport_of(chair).account == "40702810438000060473"


def test_u3_the_passport_does_not_change_the_name(chair: Actor) -> None:
    fill_passport(chair.organization.pk, tab="inpo", values={"full_name": "Иное", "short_name": "Иное"}, by=chair)
    assert again(chair.organization).short_name == "ППО СОШ № 14"


def test_u4_fields_of_other_tabs_are_ignored(chair: Actor) -> None:
    fill_passport(
        chair.organization.pk,
        tab="headcount",
        values={"employees": 5, "inn": "7707083893", "path": "1/", "status": "ended"},
        by=chair,
    )
    organization = again(chair.organization)
    assert (organization.inn, organization.path, organization.status) == ("", chair.organization.path, "active")


@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.REVIEWER])
def test_n_h1_only_the_own_officers_change_the_passport(chair: Actor, role: str) -> None:
    with pytest.raises(NotAllowed):
        fill_passport(chair.organization.pk, tab="inpo", values=FULL, by=officer(chair.organization, role))
    superior = officer(again(chair.organization).parent)
    with pytest.raises(NotAllowed):
        fill_passport(chair.organization.pk, tab="inpo", values=FULL, by=superior)
    neighbour = officer(below(again(chair.organization).parent))
    with pytest.raises(Organization.DoesNotExist):
        fill_passport(chair.organization.pk, tab="inpo", values=FULL, by=neighbour)


def test_v_h1_the_keeper_of_the_cards_fills_the_passports_of_its_cells() -> None:
    local = below(below(head("voi", "ВОИ"), Level.REGIONAL), Level.LOCAL)
    cell = below(local)
    fill_passport(cell.pk, tab="inpo", values={"phone": "27-01-17"}, by=officer(local))
    assert again(cell).phone == "27-01-17"


# The operator of personal data


def test_the_operator_is_the_nearest_superior_that_is_a_legal_entity() -> None:
    top = head()
    region = below(top, Level.REGIONAL)
    primary = below(region)
    assert again(primary).operator() == top
    Organization.objects.filter(pk=region.pk).update(is_legal_entity=True)
    assert again(primary).operator() == region
    Organization.objects.filter(pk=primary.pk).update(is_legal_entity=True)
    assert again(primary).operator() == primary


def test_the_head_stays_a_legal_entity() -> None:
    chair = officer(head())
    with refused("U-4", field="is_legal_entity"):
        fill_passport(chair.organization.pk, tab="inpo", values={"is_legal_entity": False}, by=chair)


# Two editors of one passport


def test_u4_a_save_over_a_newer_version_is_refused(chair: Actor) -> None:
    version = again(chair.organization).version
    fill_passport(chair.organization.pk, tab="inpo", values={"phone": "27-01-17"}, version=version, by=chair)
    with pytest.raises(StaleVersion):
        fill_passport(chair.organization.pk, tab="inpo", values={"phone": "27-01-18"}, version=version, by=chair)
    assert again(chair.organization).phone == "27-01-17"


def opened(organization: Organization, tab: str, client: Client) -> dict[str, str]:
    """Return the data that a browser would send from the page just opened."""
    form = client.get(reverse("organizations:passport_tab", args=[organization.pk, tab])).context["form"]
    sent = {}
    for name, field in form.fields.items():
        value = field.widget.format_value(form[name].value())
        if not (isinstance(value, bool) or value is None):
            sent[name] = value[0] if isinstance(value, list) else value
    return {**dict(form.bases()), **sent}


def test_u4_two_people_who_change_different_fields_lose_nothing(chair: Actor) -> None:
    organization = chair.organization
    first, second = signed_in(chair), signed_in(officer(organization, Role.DEPUTY))
    mine, theirs = opened(organization, "inpo", first), opened(organization, "inpo", second)
    assert (
        second.post(
            reverse("organizations:passport_tab", args=[organization.pk, "inpo"]), {**theirs, "phone": "27-01-17"}
        ).status_code
        == 302
    )
    assert (
        first.post(
            reverse("organizations:passport_tab", args=[organization.pk, "inpo"]), {**mine, "chair_name": "Ким Л. В."}
        ).status_code
        == 302
    )
    assert (again(organization).phone, again(organization).chair_name) == ("27-01-17", "Ким Л. В.")


@pytest.mark.parametrize(("choice", "kept"), [("mine", "Ким Л. В."), ("theirs", "Белова А. А.")])
def test_u4_the_second_editor_sees_both_versions_and_chooses(chair: Actor, choice: str, kept: str) -> None:
    organization = chair.organization
    first, second = signed_in(chair), signed_in(officer(organization, Role.DEPUTY))
    url = reverse("organizations:passport_tab", args=[organization.pk, "inpo"])
    mine, theirs = opened(organization, "inpo", first), opened(organization, "inpo", second)
    second.post(url, {**theirs, "chair_name": "Белова А. А."})
    page = first.post(url, {**mine, "chair_name": "Ким Л. В."})
    assert [(c.name, c.saved, c.typed) for c in page.context["conflicts"]] == [
        ("chair_name", "Белова А. А.", "Ким Л. В.")
    ]
    assert again(organization).chair_name == "Белова А. А."
    assert first.post(url, {**mine, "chair_name": "Ким Л. В.", "choose-chair_name": choice}).status_code == 302
    assert again(organization).chair_name == kept


def test_u4_a_page_saved_unchanged_changes_nothing(chair: Actor) -> None:
    organization = chair.organization
    fill_passport(organization.pk, tab="inpo", values={**FULL, "is_legal_entity": True}, by=chair)
    before = {**again(organization).__dict__}, {**passport_of(chair).__dict__}
    client = signed_in(chair)
    sent = opened(organization, "inpo", client)
    client.post(
        reverse("organizations:passport_tab", args=[organization.pk, "inpo"]), {**sent, "is_legal_entity": "on"}
    )
    after = {**again(organization).__dict__}, {**passport_of(chair).__dict__}
    changing = {"_state", "version", "_organization_cache", "search_key"}
    for old, new in zip(before, after, strict=True):
        assert {k: v for k, v in old.items() if k not in changing} == {
            k: v for k, v in new.items() if k not in changing
        }


@pytest.mark.both
def test_u4_all_invalid_fields_are_reported_at_once_and_the_input_is_kept(chair: Actor) -> None:
    page = post(
        signed_in(chair), chair.organization, "inpo", employer_inn="1", email="x", phone="y", chair_name="Ким Л. В."
    )
    form: PassportForm = page.context["form"]  # type: ignore[attr-defined]
    assert (page.status_code, sorted(form.errors)) == (200, ["email", "employer_inn", "phone"])  # type: ignore[attr-defined]
    assert form["chair_name"].value() == "Ким Л. В."


# Bodies and seats


def test_u4_nobody_sits_twice_in_a_body_at_a_time(chair: Actor) -> None:
    body = add_body(chair.organization.pk, kind="committee", name="Правление", by=chair)
    years = [dt.date(2020 + number, 1, 1) for number in range(4)]
    seat_person(body.pk, full_name="Ким Лёва", since=years[1], until=years[2], by=chair)
    for since, until in ((years[0], None), (years[2], None), (years[0], years[1])):
        with refused("U-4", field="full_name"):
            seat_person(body.pk, full_name="ким  лева", since=since, until=until, by=chair)
    later = seat_person(body.pk, full_name="Ким Лева", since=years[3], by=chair)
    edit_seat(later.pk, full_name="Ким Лева", since=years[3], until=None, duty="член", minutes="", by=chair)
    with refused("U-4", field="full_name"):
        edit_seat(later.pk, full_name="Ким Лева", since=years[2], until=None, duty="", minutes="", by=chair)
    assert body.seats.count() == 2


@pytest.mark.both
def test_u4_a_body_its_seats_and_their_end(chair: Actor) -> None:
    body = add_body(chair.organization.pk, kind="committee", name="Профсоюзный комитет", by=chair)
    seat = seat_person(body.pk, full_name="Ким Л. В.", since=dt.date(2024, 5, 1), duty="секретарь", by=chair)
    edit_seat(
        seat.pk,
        full_name="Ким Л. В.",
        since=dt.date(2024, 5, 1),
        until=dt.date(2025, 5, 1),
        duty="секретарь",
        minutes="3",
        by=chair,
    )
    edit_body(body.pk, kind="presidium", name="Президиум", by=chair)
    assert (GoverningBody.objects.get().name, BodySeat.objects.get().until) == ("Президиум", dt.date(2025, 5, 1))
    assert [h.until for h in seat.history.order_by("history_id")] == [None, dt.date(2025, 5, 1)]
    with refused("U-4", match="уже были люди"):
        remove_body(body.pk, by=chair)


def test_u4_a_name_of_a_body_that_is_declined_wrongly_is_typed_and_not_inherited_by_a_new_one(chair: Actor) -> None:
    assert chair.organization is not None
    name, typed = "Контрольное бюро", "Контрольного бюро"
    body = add_body(chair.organization.pk, kind="audit", name=name, name_genitive=f" {typed}", by=chair)
    url, client = reverse("organizations:body_edit", args=[body.pk]), signed_in(chair)
    assert f"Сейчас в документах: заседание {typed}." in client.get(url).content.decode()

    def edited(**values: str) -> str:
        edit_body(body.pk, by=chair, **{"kind": "audit", "name": name, **values})
        return GoverningBody.objects.get().name_genitive

    assert edited() == typed
    assert edited(name_genitive="контрольного бюро") == "контрольного бюро"
    assert edited(name="Комиссия", name_genitive="контрольного бюро") == ""
    assert "Сейчас в документах: заседание комиссии." in client.get(url).content.decode()
    assert edited(name="Ревком", name_genitive="Ревкома") == "Ревкома"
    assert edited(name="Ревком", name_genitive="") == ""
    client.post(url, {"kind": "audit", "name": "Ревком", "name_genitive": "Ревкома"})
    assert GoverningBody.objects.get().name_genitive == "Ревкома"


@pytest.mark.both
def test_u4_an_empty_body_is_removed_and_names_do_not_repeat(chair: Actor) -> None:
    body = add_body(chair.organization.pk, kind="audit", name="Ревизионная комиссия", by=chair)
    with refused("U-4", field="name"):
        add_body(chair.organization.pk, kind="audit", name="ревизионная  КОМИССИЯ", by=chair)
    remove_body(body.pk, by=chair)
    assert GoverningBody.objects.count() == 0


@pytest.mark.parametrize(("since", "until", "field"), [(1, None, "since"), (-10, -11, "until")])
def test_u4_days_of_a_seat_are_checked(chair: Actor, since: int, until: int | None, field: str) -> None:
    today = timezone.localdate()
    body = add_body(chair.organization.pk, kind="audit", name="Комиссия", by=chair)
    with refused("U-4", field=field):
        seat_person(
            body.pk,
            full_name="Ким Л. В.",
            since=today + dt.timedelta(days=since),
            until=today + dt.timedelta(days=until) if until else None,
            by=chair,
        )


def test_n_h1_bodies_of_other_organisations_cannot_be_changed(chair: Actor) -> None:
    body = add_body(chair.organization.pk, kind="audit", name="Комиссия", by=chair)
    superior, neighbour = officer(again(chair.organization).parent), officer(below(again(chair.organization).parent))
    with pytest.raises(NotAllowed):
        edit_body(body.pk, kind="audit", name="Иная", by=superior)
    with pytest.raises(GoverningBody.DoesNotExist):
        edit_body(body.pk, kind="audit", name="Иная", by=neighbour)
    assert signed_in(neighbour).get(reverse("organizations:body_edit", args=[body.pk])).status_code == 404
    assert signed_in(superior).get(reverse("organizations:body_edit", args=[body.pk])).status_code == 403


def test_u4_saving_stays_on_the_tab_and_saving_onward_goes_to_the_next_one_with_gaps(chair: Actor) -> None:
    client, own = signed_in(chair), chair.organization
    inpo, headcount = (reverse("organizations:passport_tab", args=[own.pk, tab]) for tab in ("inpo", "headcount"))  # type: ignore[union-attr]
    count = {"employees": "12", "counted_on": "01.02.2024"}
    assert client.get(inpo).context["onward"]
    # The first tab still has gaps; after it comes the second one, and after the last comes the first.
    assert client.post(inpo, {"phone": "27-01-17"}).url == inpo  # type: ignore[attr-defined]
    assert client.post(inpo, {"phone": "27-01-17", "onward": "1"}).url == headcount  # type: ignore[attr-defined]
    assert client.post(headcount, count).url == headcount  # type: ignore[attr-defined]
    assert client.post(headcount, {**count, "onward": "1"}).url == inpo  # type: ignore[attr-defined]
    assert not client.get(inpo).context["onward"]
    assert client.post(inpo, {"phone": "27-01-17", "onward": "1"}).url == inpo  # type: ignore[attr-defined]
    fill_passport(own.pk, tab="inpo", values=FULL, by=chair)  # type: ignore[union-attr]
    detail = reverse("organizations:detail", args=[own.pk])  # type: ignore[union-attr]
    assert client.post(headcount, {**count, "onward": "1"}).url == detail  # type: ignore[attr-defined]


def test_n_h1_a_superior_reads_the_passport_and_has_no_form(chair: Actor) -> None:
    superior = signed_in(officer(again(chair.organization).parent))
    url = reverse("organizations:passport_tab", args=[chair.organization.pk, "inpo"])
    page = superior.get(url)
    assert (page.status_code, "form" in page.context) == (200, False)
    assert superior.post(url, {"chair_name": "Иной"}).status_code == 403
    assert again(chair.organization).chair_name == ""


def elected(chair: Actor, name: str, *terms: int | None, since: int = -900) -> GoverningBody:
    """Create a body with seats that end this many days from today; return it."""
    today = timezone.localdate()
    body = add_body(chair.organization.pk, kind="committee", name=name, by=chair)  # type: ignore[union-attr]
    for number, days in enumerate(terms):
        until = None if days is None else today + dt.timedelta(days=days)
        seat_person(body.pk, full_name=f"Ким {number}", since=today + dt.timedelta(days=since), until=until, by=chair)
    return body


@pytest.mark.both
def test_n_s2_terms_of_a_body_that_end_within_sixty_days_ask_for_an_election(
    chair: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    today = timezone.localdate()
    elected(chair, "Комиссия", None, 61)
    elected(chair, "Профком", None, 60, 30)
    elected(chair, "Президиум", -1, -40)
    elected(chair, "Ревизия", -40, None)
    add_body(chair.organization.pk, kind="audit", name="Без состава", by=chair)  # type: ignore[union-attr]
    beside = officer(below(chair.organization.parent, Level.PRIMARY))  # type: ignore[arg-type,union-attr]
    with django_assert_num_queries(1), translation.override("en"):
        tasks = list(ending_seats(chair, today))
    assert sorted((task.link, task.detail, task.due) for task in tasks) == [
        ("Президиум", "All terms are over; nobody sits in the body.", today - dt.timedelta(days=1)),
        ("Профком", "The terms of 2 members end.", today + dt.timedelta(days=30)),
    ]
    above = officer(chair.organization.parent, Role.CHAIR, "Выше")  # type: ignore[arg-type,union-attr]
    assert [list(ending_seats(actor, today)) for actor in (beside, above)] == [[], []]


@pytest.mark.both
def test_u4_the_pages_of_a_body_highlight_the_own_organisation_in_the_navigation(chair: Actor) -> None:
    body = add_body(chair.organization.pk, kind="audit", name="Комиссия", by=chair)
    seat = seat_person(body.pk, full_name="Ким Л. В.", since=timezone.localdate(), until=None, by=chair)
    client, own = signed_in(chair), reverse("organizations:detail", args=[chair.organization.pk])
    pages = [
        reverse("organizations:body_edit", args=[body.pk]),
        reverse("organizations:seat_add", args=[body.pk]),
        reverse("organizations:seat_edit", args=[seat.pk]),
    ]
    lit = [[entry["url"] for entry in client.get(page).context["nav"] if entry["current"]] for page in pages]
    assert lit == [[own]] * 3
