"""The card on the screen: pages for each role, the forms, two editors, cells, entries (V-B2, U-5, V-C5)."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from members.book.models import BookLine
from members.people.models import CardEntry, Member
from members.people.rules.completeness import missing_fields
from members.people.rules.duplicates import DuplicateFound
from members.people.rules.fields import card_values
from members.people.transitions.cards import add_entry, edit_card, put_photo
from members.people.transitions.registration import figures_of
from registry.charters import get
from registry.drafts.models import Draft
from registry.drafts.tokens import ticket
from registry.enums import Role
from registry.errors import NotAllowed, RuleViolation, StaleVersion
from registry.journal.models import Event
from registry.organizations.models import Figures
from tests.clock import at
from tests.conftest import examples
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = pytest.mark.once

TABS = ["", "questionnaire/", "accounting/", "dues/", "papers/", "history/", "access/"]


def typed(**changed: Any) -> dict[str, Any]:
    """Return the form of a VOI card as a browser sends it."""
    values = {**places.VOI_PERSON, "registered_on": dt.date(2019, 3, 15), "phone_home": "", **changed}
    return {name: f"{value:%d.%m.%Y}" if isinstance(value, dt.date) else value for name, value in values.items()}


def actions(member: Member) -> list[str]:
    found = Event.objects.filter(object_type="member", object_id=str(member.pk)).order_by("pk")
    return list(found.values_list("action", flat=True))


# Changing


@pytest.mark.django_db
def test_v_b2_a_change_is_saved_with_history_version_keys_and_event() -> None:
    place = places.voi()
    member = place.put()
    values = {"surname": "Новикова", "paper_number": "654321", "hobby": "хор", "minutes_number": "15"}
    edit_card(member.pk, values=values, version=1, by=place.chair)
    member.refresh_from_db()
    assert (member.surname, member.version, member.identity.paper_number) == ("Новикова", 2, "654321")
    assert (member.questionnaire.hobby, member.registrations.get().minutes_number) == ("хор", "15")
    assert member.search_key.startswith(" новикова александра")
    assert member.history.count() == member.identity.history.count() == 2
    assert Event.objects.latest("pk").facts == {"fields": ["hobby", "minutes_number", "paper_number", "surname"]}


@pytest.mark.django_db
def test_v_b2_saving_without_a_change_leaves_no_trace() -> None:
    place = places.voi()
    member = place.put()
    events = Event.objects.count()
    edit_card(member.pk, values={**places.VOI_PERSON, "phone_home": "", "needs": []}, version=1, by=place.chair)
    member.refresh_from_db()
    assert (member.version, member.history.count(), Event.objects.count()) == (1, 1, events)


@pytest.mark.django_db
def test_v_b2_a_card_changed_in_the_meantime_is_not_overwritten() -> None:
    place = places.voi()
    member = place.put()
    edit_card(member.pk, values={"profession": "бухгалтер"}, version=1, by=place.chair)
    with pytest.raises(StaleVersion) as stale:
        edit_card(member.pk, values={"profession": "швея"}, version=1, by=place.chair)
    assert stale.value.current.profession == "бухгалтер"


@pytest.mark.both
@pytest.mark.usefixtures("several_connections")
def test_v_b2_of_ten_simultaneous_saves_of_one_version_one_succeeds() -> None:
    place = places.voi()
    member = place.put()

    def save(number: int) -> str:
        try:
            edit_card(member.pk, values={"profession": f"профессия {number}"}, version=1, by=place.chair)
        except StaleVersion:
            return "stale"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(5) as pool:
        answers = sorted(pool.map(save, range(10)))
    assert answers == ["done", *["stale"] * 9]
    assert Member.history.filter(id=member.pk).count() == 2


@pytest.mark.django_db
def test_n_h1_superiors_and_reviewers_cannot_change_and_neighbours_get_404() -> None:
    place, other = places.voi(), places.voi()
    member = place.put()
    for actor in (place.region_chair, place.reviewer):
        with pytest.raises(NotAllowed):
            edit_card(member.pk, values={"profession": "швея"}, version=1, by=actor)
    with pytest.raises(Member.DoesNotExist):
        edit_card(member.pk, values={"profession": "швея"}, version=1, by=other.chair)


@pytest.mark.django_db
def test_v_h1_the_chair_of_a_cell_reads_cards_of_the_cell_and_changes_none() -> None:
    place = places.voi()
    mine = place.put(cell=place.cells[0].pk)
    other = place.put(surname="Другая", snils="", ticket_number="", cell=place.cells[1].pk)
    actor = trees.officer(place.cells[0])
    with pytest.raises(NotAllowed):
        edit_card(mine.pk, values={"profession": "швея"}, version=1, by=actor)
    client = places.signed_in(actor)
    pages = [client.get(f"/members/{pk}/{tail}").status_code for pk in (mine.pk, other.pk) for tail in ("", "edit/")]
    assert pages == [200, 403, 404, 404]


@pytest.mark.both
@pytest.mark.django_db
def test_v_b2_an_old_error_does_not_block_another_change() -> None:
    place = places.voi()
    member = place.put()
    Member.objects.filter(pk=member.pk).update(citizenship="Беларусь", phone_home="нет")
    edit_card(member.pk, values={"profession": "швея"}, version=1, by=place.chair)
    with refused("V-A1", field="citizenship"):
        edit_card(member.pk, values={"citizenship": "Казахстан"}, version=2, by=place.chair)


@pytest.mark.django_db
def test_v_a1_a_change_of_the_birth_date_is_checked_against_the_whole_card() -> None:
    place = places.voi()
    member = place.put()
    with refused("V-A1", field="joined_on"):
        edit_card(member.pk, values={"birth_date": dt.date(2020, 1, 1)}, version=1, by=place.chair)


@pytest.mark.django_db
def test_v_h1_moving_between_cells_moves_the_figures() -> None:
    place = places.voi()
    member = place.put(cell=place.cells[0].pk, education="")
    edit_card(member.pk, values={"cell": place.cells[1]}, version=1, by=place.chair)
    edit_card(member.pk, values={"education": "higher"}, version=2, by=place.chair)
    counted = {
        f.pk: (f.members, f.incomplete) for f in Figures.objects.filter(organization__in=[place.keeper, *place.cells])
    }
    assert counted == {place.keeper.pk: (0, 0), place.cells[0].pk: (0, 0), place.cells[1].pk: (1, 0)}
    edit_card(member.pk, values={"cell": None}, version=3, by=place.chair)
    member.refresh_from_db()
    assert (member.unit, member.cell) == (place.keeper, None)
    with refused("V-H1", field="cell"):
        edit_card(member.pk, values={"cell": place.region.pk}, version=4, by=place.chair)


class AnySequence(TestCase):
    """After any sequence of entries and changes, the stored figures and keys agree with the cards."""

    @settings(max_examples=examples(25), suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["put", "edit"]),
                st.integers(0, 5),
                st.fixed_dictionaries(
                    {},
                    optional={
                        "surname": st.sampled_from(["Ёлкин", "Белых", "", "Smith"]),
                        "birth_date": st.dates(dt.date(1900, 1, 1), dt.date(2030, 1, 1)),
                        "education": st.sampled_from(["", "higher", "moon"]),
                        "category": st.sampled_from(["disabled", "guardian"]),
                        "disability_group": st.sampled_from(["", "I", "III"]),
                        "snils": st.sampled_from(["", *places.SNILS]),
                        "ticket_number": st.text(max_size=25),
                        "cell": st.sampled_from([None, 0, 1]),
                        "family": st.text(max_size=400),
                    },
                ),
            ),
            max_size=8,
        )
    )
    def test_v_b2_figures_and_missing_fields_follow_any_sequence(self, steps: list[Any]) -> None:
        place = places.voi()
        for verb, number, values in steps:
            if values.get("cell") is not None:
                values["cell"] = place.cells[values["cell"]].pk
            present = list(Member.objects.filter(organization=place.keeper).order_by("pk"))
            try:
                if verb == "put" or not present:
                    place.put(**{"snils": "", "ticket_number": "", **values, "confirmed_duplicate": True})
                else:
                    member = present[number % len(present)]
                    edit_card(
                        member.pk,
                        values={**values, "confirmed_duplicate": True},
                        version=member.version,
                        by=place.chair,
                    )
            except (RuleViolation, DuplicateFound):
                continue
        for unit in (place.keeper, *place.cells):
            members = Member.objects.filter(unit=unit)
            counted = {name: sum(figures_of(m)[name] for m in members) for name in ("members", "incomplete")}
            stored = Figures.objects.get(organization=unit)
            assert {"members": stored.members, "incomplete": stored.incomplete} == counted
        for member in Member.objects.filter(organization=place.keeper):
            assert member.missing == len(missing_fields(card_values(member), get("voi")))
            assert member.search_key.split()[0] == member.surname.lower().replace("ё", "е")
            assert member.history.latest().surname == member.surname


# Pages


@pytest.mark.django_db
@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("charter", ["voi", "union"])
def test_v_b2_every_tab_opens_for_its_own_federation(charter: str, tab: str) -> None:
    place = getattr(places, charter)()
    member = place.put()
    page = places.signed_in(place.chair).get(f"/members/{member.pk}/{tab}")
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store, private")
    assert member.full_name in page.content.decode()


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize("tab", TABS)
def test_v_b2_a_tab_takes_a_constant_number_of_queries(tab: str) -> None:
    place = places.union()
    member = place.put()
    client = places.signed_in(place.chair)
    client.get(f"/members/{member.pk}/{tab}")
    with CaptureQueriesContext(connection) as first:
        client.get(f"/members/{member.pk}/{tab}")
    for number in range(5):
        edit_card(member.pk, values={"profession": f"профессия {number}"}, version=None, by=place.chair)
        add_entry(member.pk, kind="award", values={"title": f"Грамота {number}"}, by=place.chair)
        trees.officer(place.region, Role.DEPUTY, f"Заместитель{number}")
    with CaptureQueriesContext(connection) as later:
        client.get(f"/members/{member.pk}/{tab}")
    assert len(later) == len(first) <= 30


@pytest.mark.django_db
def test_v_c5_closed_sections_are_hidden_until_opened_and_opening_is_recorded() -> None:
    place = places.voi()
    member = place.put(diagnosis="редкая болезнь")
    client = places.signed_in(place.chair)
    for tab in TABS:
        text = client.get(f"/members/{member.pk}/{tab}").content.decode()
        assert not any(secret in text for secret in ("123456", "ОУФМС", "редкая болезнь"))
    assert actions(member) == ["member.put_on_account"]
    text = client.post(f"/members/{member.pk}/general/show/identity/").content.decode()
    assert "123456" in text and "ОУФМС" in text
    text = client.post(f"/members/{member.pk}/questionnaire/show/health/").content.decode()
    assert "редкая болезнь" in text and "123456" not in text
    assert actions(member)[1:] == ["card.identity_opened", "card.health_opened"]


@pytest.mark.django_db
def test_v_c5_a_form_that_says_that_a_class_is_open_already_leaves_an_event_too() -> None:
    place = places.voi()
    member = place.put(diagnosis="редкая болезнь")
    client = places.signed_in(place.chair)
    address = f"/members/{member.pk}/questionnaire/edit/"
    forged = {"opened": "health", "open": "identity"}
    assert "редкая болезнь" in client.post(address, forged).content.decode()
    assert actions(member)[1:] == ["card.identity_opened", "card.health_opened"]
    # Within an hour it counts as the same opening.
    client.post(address, forged)
    assert actions(member)[1:] == ["card.identity_opened", "card.health_opened", "card.identity_opened"]


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["chair", "reviewer"])
def test_v_c5_a_photograph_leaves_an_event_once_an_hour(by: str) -> None:
    place = places.voi()
    member = place.put()
    put_photo(member.pk, jpeg=b"jpeg", by=place.chair)
    before = len(actions(member))
    client = places.signed_in(getattr(place, by))
    address = f"/members/{member.pk}/photo/"
    assert [client.get(address).status_code for _turn in range(2)] == [200, 200]
    assert actions(member)[before:] == ["card.photo_opened"]
    for minutes, opened in ((58, 1), (62, 2)):
        with at(f"{timezone.now() + dt.timedelta(minutes=minutes):%Y-%m-%dT%H:%MZ}"):
            signed = places.signed_in(getattr(place, by))
            assert signed.get(address).status_code == 200
            assert actions(member)[before:] == ["card.photo_opened"] * opened


@pytest.mark.django_db
def test_v_c5_a_reviewer_is_never_shown_data_outside_the_role() -> None:
    place = places.voi()
    member = place.put()
    client = places.signed_in(place.reviewer)
    assert client.get(f"/members/{member.pk}/").status_code == 200
    answers = [
        client.post(f"/members/{member.pk}/{tab}/show/{part}/").status_code
        for tab, part in (("general", "identity"), ("history", "closed"))
    ]
    assert answers == [403, 403]
    assert "123456" not in client.get(f"/members/{member.pk}/history/").content.decode()
    assert actions(member) == ["member.put_on_account"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["moon/show/identity/", "general/show/moon/", "dues/show/health/"])
def test_v_c5_only_existing_sections_can_be_opened(address: str) -> None:
    place = places.voi()
    member = place.put()
    assert places.signed_in(place.chair).post(f"/members/{member.pk}/{address}").status_code == 404


@pytest.mark.django_db
def test_n_s1_a_card_opened_by_a_superior_is_recorded_once_an_hour() -> None:
    place = places.voi()
    member = place.put()
    client = places.signed_in(place.region_chair)
    for tab in TABS:
        client.get(f"/members/{member.pk}/{tab}")
    assert actions(member)[1:] == ["card.opened"]
    places.signed_in(place.chair).get(f"/members/{member.pk}/")
    assert actions(member)[1:] == ["card.opened"]
    assert "Непомнящая" in places.signed_in(place.chair).get(f"/members/{member.pk}/history/").content.decode()


@pytest.mark.django_db
def test_n_h1_the_page_names_who_can_see_a_person_and_why() -> None:
    place, _other = places.voi(), places.voi()
    member = place.put(cell=place.cells[0].pk)
    cell_chair = trees.officer(place.cells[0], Role.CHAIR, "Ли")
    trees.officer(place.cells[1], Role.CHAIR, "Чужих")
    trees.officer(place.keeper, Role.COLLECTOR, "Сборщиков")
    page = places.signed_in(place.region_chair).get(f"/members/{member.pk}/access/")
    told = [(w.name.split()[0], w.role, w.organization.pk, w.edits) for w, _classes in page.context["watchers"]]
    assert told == [
        ("Ли", Role.CHAIR, cell_chair.organization.pk, False),  # type: ignore[union-attr]
        ("Громов", Role.CHAIR, place.keeper.pk, True),
        ("Швец", Role.REVIEWER, place.keeper.pk, False),
        ("Непомнящая", Role.CHAIR, place.region.pk, False),
    ]


# Forms


@pytest.mark.django_db
def test_u5_a_person_is_registered_by_the_form() -> None:
    place = places.voi()
    client = places.signed_in(place.chair)
    Draft.objects.create(
        account=place.chair.account, key=f"members-add-{place.keeper.pk}", values={}, saved_at="2025-01-01T00:00Z"
    )
    answer = client.post(
        "/members/add/", typed(surname="КОНСТАНТИНОПОЛЬСКАЯ", joined_on="1999", snils="112-233-445 95")
    )
    member = Member.objects.get()
    assert answer["Location"] == f"/members/{member.pk}/"
    assert (member.surname, member.joined_on, member.joined_year_only) == (
        "Константинопольская",
        dt.date(1999, 1, 1),
        True,
    )
    assert (member.missing, member.snils, member.identity.paper_issued_on) == (0, "11223344595", "2013-08-01")
    assert member.registrations.get().started_on == dt.date(2019, 3, 15)
    assert not Draft.objects.exists()


@pytest.mark.django_db
def test_u5a_the_form_shows_every_error_at_its_field_and_keeps_the_input() -> None:
    place = places.voi()
    sent = typed(
        surname="<script>alert(1)</script>",
        birth_date="31.02.1968",
        snils="112-233-445 96",
        city="",
        citizenship="=1+1",
    )
    page = places.signed_in(place.chair).post("/members/add/", sent)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == ["surname", "birth_date", "citizenship", "snils", "city"]
    text = page.content.decode()
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text
    assert 'value="31.02.1968"' in text and 'value="112-233-445 96"' in text
    assert not Member.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    ["\0", "Я" * 10_000, "<script>", "=cmd|' /C calc'!A0", "\ud800", "\u202eевр", "👩‍👩‍👧", "{{ 7*7 }}", "' OR 1=1 --"],
)
def test_u5_any_input_is_refused_with_an_explanation_or_saved_as_text(text: str) -> None:
    place = places.voi()
    client = places.signed_in(place.chair)
    for name in (
        "surname",
        "patronymic",
        "city",
        "diagnosis",
        "paper_issued_by",
        "workplace",
        "birth_date",
        "snils",
        "cell",
        "category",
    ):
        answer = client.post("/members/add/", typed(**{name: text.encode("utf-8", "replace").decode()}))
        assert answer.status_code in {200, 302}
    # Characters that change the direction of text are removed; the rest is a name.
    assert set(Member.objects.values_list("surname", flat=True)) <= {"Константинопольская", "евр"}


@pytest.mark.django_db
def test_u5_a_draft_comes_back_when_the_form_is_opened_again() -> None:
    place = places.voi()
    client = places.signed_in(place.chair)
    key = f"members-add-{place.keeper.pk}"
    typed = {"surname": "Недописан", "needs": "x", "sex": "male", "draft_of": ticket(place.chair.account, key)}
    client.post(f"/drafts/{key}/", typed)
    text = client.get("/members/add/").content.decode()
    assert 'value="Недописан"' in text
    other = places.signed_in(trees.officer(place.keeper, Role.REGISTRAR))
    assert "Недописан" not in other.get("/members/add/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["region_chair", "reviewer"])
def test_v_h1_the_form_is_not_offered_where_no_cards_are_kept_or_to_readers(who: str) -> None:
    place = places.voi()
    client = places.signed_in(getattr(place, who))
    assert (client.get("/members/add/").status_code, client.post("/members/add/", typed()).status_code) == (403, 403)
    assert not Member.objects.exists()


@pytest.mark.both
@pytest.mark.django_db
def test_r2_missing_required_values_do_not_block_other_changes_and_existing_ones_cannot_be_emptied() -> None:
    place = places.voi()
    member = place.put(education="", marital_status="")
    client = places.signed_in(place.chair)
    page = client.get(f"/members/{member.pk}/edit/")
    sent = _sent(page)
    assert client.post(f"/members/{member.pk}/edit/", {**sent, "profession": "швея"}).status_code == 302
    page = client.post(f"/members/{member.pk}/edit/", {**_sent(client.get(f"/members/{member.pk}/edit/")), "city": ""})
    assert list(page.context["form"].errors) == ["city"]


@pytest.mark.django_db
@pytest.mark.parametrize("charter", ["voi", "union"])
def test_u5a_a_patronymic_or_the_mark_that_there_is_none_is_required(charter: str) -> None:
    place = getattr(places, charter)()
    member = place.put()
    client, address = places.signed_in(place.chair), f"/members/{member.pk}/edit/"
    refused = client.post(address, {**_sent(client.get(address)), "patronymic": ""})
    assert refused.context["form"].errors == {"patronymic": ["Заполните это поле или вместо него «Отчества нет»."]}
    kept = client.post(address, {**_sent(client.get(address)), "patronymic": "", "no_patronymic": "on"})
    member.refresh_from_db()
    assert (kept.status_code, member.patronymic, member.no_patronymic, member.missing) == (302, "", True, 0)
    # A list may lack this information; then the card is incomplete.
    other = place.put(patronymic="", given_name="Ирина", snils="", ticket_number="")
    assert (other.missing, missing_fields(card_values(other), other.organization.charter)) == (1, ["patronymic"])


@pytest.mark.django_db
def test_v_b2_either_telephone_is_enough_and_a_missing_one_is_named() -> None:
    place = places.voi()
    member = place.put(phone_home="")
    client, address = places.signed_in(place.chair), f"/members/{member.pk}/edit/"
    refused = client.post(address, {**_sent(client.get(address)), "phone_mobile": ""})
    assert refused.context["form"].errors == {
        "phone_mobile": ["Заполните это поле или вместо него «Домашний телефон»."]
    }
    kept = client.post(address, {**_sent(client.get(address)), "phone_mobile": "", "phone_home": "4-28-40"})
    member.refresh_from_db()
    assert (kept.status_code, member.phone_mobile, member.phone_home, member.missing) == (302, "", "4-28-40", 0)


@pytest.mark.django_db
def test_v_c5_the_form_opens_closed_fields_by_a_button_and_loses_nothing_typed() -> None:
    place = places.voi()
    member = place.put(certificate_indefinite=True)
    client = places.signed_in(place.chair)
    page = client.get(f"/members/{member.pk}/edit/")
    assert "123456" not in page.content.decode()
    page = client.post(f"/members/{member.pk}/edit/", {**_sent(page), "profession": "швея", "open": "health"})
    assert page.status_code == 200
    sent = _sent(page)
    assert (sent["profession"], sent["disability_group"], sent["certificate_indefinite"]) == ("швея", "II", "on")
    assert "paper_number" not in sent
    client.post(f"/members/{member.pk}/edit/", {**sent, "disability_group": "III", "opened": "health"})
    member.refresh_from_db()
    assert (member.profession, member.health.disability_group, member.identity.paper_number) == (
        "швея",
        "III",
        "123456",
    )
    assert actions(member)[1:] == ["card.health_opened", "member.changed"]


@pytest.mark.django_db
def test_v_b2_the_second_editor_sees_both_versions_and_chooses_field_by_field() -> None:
    place = places.voi()
    member = place.put(profession="бухгалтер")
    first, second = (
        places.signed_in(place.chair),
        places.signed_in(trees.officer(place.keeper, Role.REGISTRAR, "Осадчая")),
    )
    address = f"/members/{member.pk}/edit/"
    mine, theirs = _sent(first.get(address)), _sent(second.get(address))
    second.post(address, {**theirs, "street": "ул. Мира", "house": "7"})
    page = first.post(address, {**mine, "street": "ул. Победы", "profession": "экономист"})
    assert page.status_code == 409
    differences = {d.name: (d.before, d.theirs, d.mine, d.choice) for d in page.context["conflict"].differences}
    assert differences == {
        "street": ("ул. Садовая", "ул. Мира", "ул. Победы", ""),
        "house": ("5", "7", "5", "theirs"),
        "profession": ("бухгалтер", "бухгалтер", "экономист", "mine"),
    }
    assert "Осадчая" in page.content.decode()
    chosen = _carried(page) | {"choice_house": "theirs", "choice_profession": "mine"}
    assert first.post(address, chosen).status_code == 409
    assert first.post(address, {**chosen, "choice_street": "mine"}).status_code == 302
    member.refresh_from_db()
    assert (member.street, member.house, member.profession, member.version) == ("ул. Победы", "7", "экономист", 3)


@pytest.mark.both
@pytest.mark.django_db
def test_v_b2_a_third_change_in_the_meantime_means_choosing_again() -> None:
    place = places.voi()
    member = place.put()
    client = places.signed_in(place.chair)
    address = f"/members/{member.pk}/edit/"
    sent = _sent(client.get(address))
    edit_card(member.pk, values={"street": "ул. Мира"}, version=1, by=place.chair)
    page = client.post(address, {**sent, "street": "ул. Победы"})
    edit_card(member.pk, values={"house": "9"}, version=2, by=place.chair)
    page = client.post(address, {**_carried(page), "choice_street": "mine"})
    assert page.status_code == 409
    answer = client.post(address, {**_carried(page), "choice_street": "mine", "choice_house": "theirs"})
    member.refresh_from_db()
    assert (answer.status_code, member.street, member.house) == (302, "ул. Победы", "9")


# Entries


@pytest.mark.both
@pytest.mark.django_db
def test_u5a_entries_of_the_charter_are_added_changed_and_removed() -> None:
    place = places.union()
    member = place.put()
    client = places.signed_in(place.chair)
    address = f"/members/{member.pk}/entries"
    client.post(f"{address}/add/award/", {"title": "Грамота", "award_kind": "union", "year": "2019", "hours": "77"})
    entry = CardEntry.objects.get()
    assert (entry.kind, entry.title, entry.award_kind, entry.year, entry.hours) == (
        "award",
        "Грамота",
        "union",
        2019,
        None,
    )
    client.post(f"{address}/{entry.pk}/edit/", {"title": "Почётная грамота", "award_kind": "union", "year": "2020"})
    entry.refresh_from_db()
    assert (entry.title, entry.year, entry.history.count()) == ("Почётная грамота", 2020, 2)
    assert client.get(f"{address}/{entry.pk}/delete/").status_code == 200
    client.post(f"{address}/{entry.pk}/delete/")
    assert not CardEntry.objects.exists()
    assert actions(member)[1:] == ["member.entry_added", "member.entry_changed", "member.entry_deleted"]
    assert client.get(f"{address}/add/moon/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sent", [{"title": ""}, {"title": "Я" * 500}, {"title": "Х", "year": "1066"}, {"title": "Х", "year": "x"}]
)
def test_u5a_an_invalid_entry_is_refused_at_its_field(sent: dict[str, str]) -> None:
    place = places.union()
    page = places.signed_in(place.chair).post(f"/members/{place.put().pk}/entries/add/training/", sent)
    assert (page.status_code, len(page.context["form"].errors)) == (200, 1)


@pytest.mark.django_db
def test_n_h1_an_entry_is_reached_only_through_its_own_card() -> None:
    place = places.union()
    one, two = place.put(), place.put(surname="Другая")
    entry = add_entry(one.pk, kind="benefit", values={"title": "ветеран труда"}, by=place.chair)
    client = places.signed_in(place.chair)
    assert client.post(f"/members/{two.pk}/entries/{entry.pk}/delete/").status_code == 404
    assert "ветеран труда" not in client.get(f"/members/{one.pk}/questionnaire/").content.decode()
    assert "ветеран труда" in client.post(f"/members/{one.pk}/questionnaire/show/health/").content.decode()
    for actor in (place.region_chair, place.reviewer):
        assert places.signed_in(actor).post(f"/members/{one.pk}/entries/{entry.pk}/delete/").status_code == 403
    assert CardEntry.objects.count() == 1


def _sent(page: Any) -> dict[str, Any]:
    """Return the values that a browser would send for the form on the page."""
    form = page.context["form"]
    sent: dict[str, Any] = {"opened": [str(part) for part in page.context["opened"]]}
    for bound in form:
        value = bound.value()
        if value in (None, "", [], False):
            continue
        shown = bound.field.widget.format_value(value) if hasattr(bound.field.widget, "format_value") else value
        sent[bound.name] = "on" if value is True else shown[0] if isinstance(shown, list) and len(shown) == 1 else shown
    return sent


def _carried(page: Any) -> dict[str, Any]:
    conflict = page.context["conflict"]
    sent: dict[str, Any] = {}
    for name, value in conflict.carried:
        sent.setdefault(name, []).append(value)
    return sent | {"version": conflict.form.cleaned_data["version"], "seen": conflict.member.version}


@pytest.mark.django_db
def test_n_d1_a_card_counts_as_incomplete_until_the_last_field_is_filled() -> None:
    place = places.voi()
    member = place.put(city="", street="")
    counted = []
    for values in ({"city": "Тула"}, {"street": "ул. Садовая"}, {"city": ""}):
        counted.append(Figures.objects.get(pk=member.unit_id).incomplete)
        member = edit_card(member.pk, values=values, version=None, by=place.chair)
    counted.append(Figures.objects.get(pk=member.unit_id).incomplete)
    assert counted == [1, 1, 0, 1]


@pytest.mark.django_db
def test_v_b7_the_open_line_of_the_book_follows_the_card_and_a_closed_one_stays() -> None:
    place = places.voi()
    member = place.put(cell=place.cells[0].pk)
    edit_card(member.pk, values={"registered_on": dt.date(2019, 3, 20)}, version=None, by=place.chair)
    line = BookLine.objects.get(member=member)
    assert line.entered_on == dt.date(2019, 3, 20)
    moved = {"registered_on": dt.date(2019, 3, 25), "cell": place.cells[1].pk}
    edit_card(member.pk, values=moved, version=None, by=place.chair)
    former = member.full_name
    edit_card(member.pk, values={"surname": "Яблокова"}, version=None, by=place.chair)
    today, renamed = timezone.localdate(), Member.objects.get(pk=member.pk).full_name
    lines = BookLine.objects.filter(member=member).order_by("pk")
    assert list(lines.values_list("unit", "entered_on", "left_on", "full_name")) == [
        (place.cells[0].pk, dt.date(2019, 3, 25), today, former),
        (place.cells[1].pk, today, None, renamed),
    ]
