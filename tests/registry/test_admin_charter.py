"""Values of a charter in Django's admin: terms, required and offered fields, effects on cards (U-5a)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.tickets.models import BlankStock
from members.movement.transitions.transfers import request_departure
from members.people.models import Member
from members.people.queries.lacking import count_filled, count_newly_incomplete
from members.people.rules.completeness import missing_fields
from members.people.rules.fields import card_values, is_empty
from registry import charters
from registry.access import Actor
from registry.days import after_working_days
from registry.enums import Role
from registry.jobs import queue as jobs
from registry.jobs.models import Job
from registry.journal.models import Event
from registry.organizations.models import Federation
from registry.organizations.transitions.charters import change_charter
from tests.members import places
from tests.members.places import Place, signed_in
from tests.refusals import refused
from tests.registry import trees
from tests.registry.charter_pages import admin, client, place, url_of
from tests.registry.charter_pages import shown as charter_values

pytestmark = pytest.mark.django_db
__all__ = ["admin", "client", "place"]


def own(place: Place) -> charters.Charter:
    """Return the charter with its changes, as stored in the database now."""
    return Federation.objects.get(pk=place.head.federation_id).charter


def test_terms_of_the_charter_are_changed_within_their_bounds(client: Client, place: Place) -> None:
    url, values = url_of(place), charter_values(client, place)
    terms = [name for name in ("after_decision_days", "appeal_months", "transfer_working_days") if name in values]
    assert terms == [name for name in terms if name in own(place).terms]
    assert "appeal_months" in terms
    saved = client.post(url, {**values, "appeal_months": "2"}, follow=True)
    assert "Значения устава сохранены." in saved.content.decode()
    assert own(place).terms["appeal_months"] == 2
    for wrong in ("0", "13", "-1", "x"):
        answer = client.post(url, {**values, "appeal_months": wrong})
        assert (wrong, answer.status_code, own(place).terms["appeal_months"]) == (wrong, 200, 2)
    # An empty field restores the charter's own value, and nothing is stored.
    assert client.post(url, {**values, "appeal_months": ""}).status_code == 302
    assert Federation.objects.get(pk=place.head.federation_id).charter_values == {}


def test_a_changed_term_holds_where_it_is_reckoned(place: Place, admin: Actor) -> None:
    name = "transfer_working_days"
    if name not in own(place).terms:
        with refused("U-5a"):
            change_charter(place.head.federation_id, values={name: 3}, by=admin)
        return
    change_charter(place.head.federation_id, values={name: 3}, by=admin)
    member = place.put()
    other = trees.below(place.region, place.keeper.level)
    transfer = request_departure(member.pk, target=other, by=place.chair)
    assert transfer.answer_by == after_working_days(timezone.localdate(), 3)


def test_u_5a_cards_that_would_become_incomplete_are_counted_before_the_change(client: Client, place: Place) -> None:
    member = place.put()
    Member.objects.filter(pk=member.pk).update(email="", missing=0)
    url = url_of(place)
    values = charter_values(client, place)
    values["required"] = [*values["required"], "email"]
    asked = client.post(url, values)
    text = asked.content.decode()
    assert (asked.status_code, "email" in own(place).required) == (200, False)
    assert "1 карточка, полная сейчас, станет неполной." in text
    box = re.search(r'<input[^>]*name="confirmed"[^>]*>', text)
    assert box is not None and 'type="checkbox"' in box.group(0) and "checked" not in box.group(0)
    tick = re.search(r'value="(\w+)"', box.group(0))
    assert tick is not None
    # The tick confirms only the change that was shown.
    other = {**values, "required": [*values["required"], "snils"], "confirmed": tick.group(1)}
    Member.objects.filter(pk=member.pk).update(snils="")
    assert (client.post(url, other).status_code, "snils" in own(place).required) == (200, False)
    assert client.post(url, {**values, "confirmed": tick.group(1)}).status_code == 302
    assert "email" in own(place).required
    event = Event.objects.get(action="federation.charter_changed")
    assert (event.facts, event.organization) == ({"fields": ["required"]}, place.head)
    # The cards are counted at once, not at night.
    job = Job.objects.get(kind="members.count_completeness")
    jobs.run_job.call(str(job.pk))
    job.refresh_from_db()
    assert (job.is_done, job.summary["cards"], job.organization) == (True, 1, place.head)
    member.refresh_from_db()
    assert member.missing == len(missing_fields(card_values(member), own(place))) > 0


def test_u_5a_a_change_that_concerns_no_card_is_not_asked_about(client: Client, place: Place) -> None:
    url = url_of(place)
    values = charter_values(client, place)
    values["required"] = [*values["required"], "email"]
    assert (client.post(url, values).status_code, "email" in own(place).required) == (302, True)


def test_u_5a_the_count_without_reading_cards_is_that_of_the_rule(place: Place) -> None:
    """Compares every field of the card, for a filled-in card and an empty one."""
    place.put()
    empty = place.put(
        surname="Пустова", **dict.fromkeys(("snils", "email", "phone_home", "ticket_number", "paper_number"), "")
    )
    federation, charter = place.head.federation, own(place)
    Member.objects.update(missing=0)
    cards = [card_values(member) for member in Member.objects.all()]
    counted, reckoned = {}, {}
    for name in charter.fields:
        alone = charter.changed({"required": [name]})
        counted[name] = count_newly_incomplete(federation, [name], alone)
        reckoned[name] = sum(bool(missing_fields(card, alone)) for card in cards)
    assert counted == reckoned
    assert {0, len(cards)} < {*counted.values(), -1}
    assert empty.pk
    filled = {name: count_filled(federation, [name]) for name in charter.optional}
    assert filled == {
        name: sum(not is_empty(card[name]) and card[name] is not False for card in cards) for name in charter.optional
    }


def test_fields_that_rules_need_are_always_offered(place: Place, admin: Actor) -> None:
    charter = own(place)
    assert {"surname", "birth_date", "joined_on", "category", "workplace"} & set(charter.optional) == set()
    assert set(charter.optional) & charter.required == set()
    assert {"email", "snils"} < set(charter.optional)
    with refused("U-5a", field="hidden"):
        change_charter(place.head.federation_id, values={"hidden": ["surname"]}, by=admin)
    with refused("U-5a", field="hidden"):
        required = [*charter.required, "email"]
        change_charter(place.head.federation_id, values={"hidden": ["email"], "required": required}, by=admin)
    assert own(place).fields == charter.fields


def test_every_page_works_without_the_fields_that_are_left_out(client: Client, place: Place) -> None:
    member = place.put(email="a@example.org")
    url = url_of(place)
    values = charter_values(client, place)
    optional = own(place).optional
    asked = client.post(url, {**values, "hidden": optional})
    assert (asked.status_code, "1 карточка содержит" in asked.content.decode()) == (200, True)
    tick = re.search(r'name="confirmed"[^>]*value="(\w+)"|value="(\w+)"[^>]*name="confirmed"', asked.content.decode())
    assert tick is not None
    sent = {**values, "hidden": optional, "confirmed": tick.group(1) or tick.group(2)}
    assert client.post(url, sent).status_code == 302
    assert set(own(place).fields) == set(charters.get(own(place).key).fields) - set(optional)
    chair = signed_in(place.chair)
    pages = [
        reverse("members:list"), reverse("members:add"), reverse("members:detail", args=[member.pk]),
        reverse("members:edit", args=[member.pk]), reverse("imports:list"), reverse("applications:list"),
        reverse("documents:print_member", args=["member_card", member.pk]),
        reverse("documents:print_member", args=["consent", member.pk]),
    ]  # fmt: skip
    assert {page: chair.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert "a@example.org" not in chair.get(pages[2]).content.decode()
    # The value is stored, and shown again with its field.
    client.post(url, {**values, "hidden": []})
    assert "a@example.org" in chair.get(pages[2]).content.decode()


def test_holidays_and_moved_days_count_in_terms_of_working_days(client: Client, place: Place) -> None:
    url, values = url_of(place), charter_values(client, place)
    # Friday; then a weekend with a working Saturday, and a Monday off.
    day = dt.date(2017, 9, 15)
    assert after_working_days(day, 1, own(place).moved_days) == dt.date(2017, 9, 18)
    sent = {**values, "days_off": "18.09.2017\n19.09.2017", "days_worked": "17.09.2017"}
    assert client.post(url, sent).status_code == 302
    moved = own(place).moved_days
    assert [after_working_days(day, count, moved) for count in (1, 2)] == [dt.date(2017, 9, 17), dt.date(2017, 9, 20)]
    assert "19.09.2017" in client.get(url).content.decode()
    for wrong in ("31.02.2017", "18.09", "18.09.1917", "x"):
        answer = client.post(url, {**values, "days_off": wrong})
        assert (wrong, answer.status_code, own(place).moved_days) == (wrong, 200, moved)
    both = client.post(url, {**values, "days_off": "18.09.2017", "days_worked": "18.09.2017"})
    assert (both.status_code, own(place).moved_days) == (200, moved)
    assert client.post(url, {**values, "days_off": "", "days_worked": ""}).status_code == 302
    assert own(place).moved_days == {}


def test_a_day_off_moves_the_answer_to_a_transfer() -> None:
    place = places.union()
    member, other = place.put(), trees.below(place.region, place.keeper.level)
    usual = after_working_days(timezone.localdate(), 10)
    administrator = trees.officer(place.head, Role.ADMINISTRATOR)
    change_charter(place.head.federation_id, values={"days_off": [usual.isoformat()]}, by=administrator)
    chair = Actor.of(place.chair.account)  # type: ignore[arg-type]
    transfer = request_departure(member.pk, target=trees.again(other), by=chair)
    assert transfer.answer_by == after_working_days(timezone.localdate(), 11) > usual


def test_v_c1_kinds_of_blanks_and_who_writes_them_off_are_changed_where_the_other_values_are(
    client: Client, place: Place
) -> None:
    before, values = own(place), charter_values(client, place)
    asked = {"blanks": ["card"], "written_off_by_another": "on", "blanks_counted_in": "3"}
    assert client.post(url_of(place), {**values, **asked}).status_code == 302
    after = own(place)
    assert (after.blanks, after.written_off_by_another, after.blanks_counted_in) == (("card",), True, 3)
    changed = Federation.objects.get(pk=place.head.federation_id).charter_values
    assert changed == {"blanks": ["card"], "written_off_by_another": True, "blanks_counted_in": 3}
    for name, wrong in (("blanks", ["badge"]), ("blanks_counted_in", "13"), ("blanks_counted_in", "-1")):
        answer = client.post(url_of(place), {**values, **asked, name: wrong})
        assert (answer.status_code, own(place)) == (200, after)
    # Unchanged values are the charter's own again.
    assert client.post(url_of(place), values).status_code == 302
    assert own(place) == before


def test_v_c1_a_kind_of_blanks_that_was_received_stays(client: Client, place: Place, admin: Actor) -> None:
    change_charter(place.head.federation_id, values={"blanks": ["card", "ticket"]}, by=admin)
    stock = BlankStock.objects.create(organization=place.keeper, kind="card")
    # Nothing has been received yet.
    change_charter(place.head.federation_id, values={"blanks": ["ticket"]}, by=admin)
    BlankStock.objects.filter(pk=stock.pk).update(received=1, lost=1)
    with refused("V-C1", field="blanks"):
        change_charter(place.head.federation_id, values={"minimum_age": 15}, by=admin)
    change_charter(place.head.federation_id, values={"blanks": ["card"]}, by=admin)
    values = charter_values(client, place)
    answer = client.post(url_of(place), {**values, "blanks": ["ticket"]})
    assert (answer.status_code, own(place).blanks) == (200, ("card",))
    assert "подлежат учёту" in answer.content.decode()


# Electronic cards and the bonus programme of a union

OWN_CARDS = {"cards_printed_here": "on", "cards_from": "10000001", "cards_to": "10000999"}


@pytest.fixture
def union() -> Place:
    return places.union()


@pytest.fixture
def union_client(union: Place) -> Client:
    return signed_in(trees.officer(union.head, Role.ADMINISTRATOR, "Наладова"))


def test_u8_a_federation_that_prints_its_cards_has_numbers_and_no_producer(union: Place, union_client: Client) -> None:
    assert own(union).card_producer == "ООО «Интернет Медиа»"
    url, values = url_of(union), charter_values(union_client, union)
    assert union_client.post(url, {**values, **OWN_CARDS}).status_code == 302
    cards = own(union).electronic_cards
    assert cards is not None
    assert (cards.printed_here, cards.range, own(union).card_producer) == (True, (10_000_001, 10_000_999), "")
    assert [one.key for one in own(union).recipients] == ["bonus_programme"]
    # The producer's data are kept, in case the federation returns to the producer.
    values = charter_values(union_client, union)
    assert values["card_producer_name"] == "ООО «Интернет Медиа»"
    values.pop("cards_printed_here")
    assert union_client.post(url, values).status_code == 302
    assert own(union).card_producer == "ООО «Интернет Медиа»"


@pytest.mark.parametrize(
    ("first", "last"),
    [(0, 0), (1_000_000, 999_999), (1_000_001, 1_000_000), (100_000, 100_000), (1_000_000, 10_000_000)],
)
def test_u8_own_cards_need_a_range_of_numbers(union: Place, first: int, last: int) -> None:
    given = {"cards_printed_here": True, "cards_from": first, "cards_to": last}
    with refused("U-8", field="cards_from"):
        change_charter(union.head.federation_id, values=given, by=Actor.system("test"))


@pytest.mark.parametrize(("first", "last"), [(1_000_000, 1_000_000), (10**17, 10**18 - 1)])
def test_u8_the_shortest_and_the_longest_numbers_are_taken(union: Place, first: int, last: int) -> None:
    given = {"cards_printed_here": True, "cards_from": first, "cards_to": last}
    charter = change_charter(union.head.federation_id, values=given, by=Actor.system("test")).charter
    assert charter.electronic_cards is not None
    assert charter.electronic_cards.range == (first, last)


def test_u8_a_federation_without_electronic_cards_prints_none() -> None:
    place = places.voi()
    with refused("U-5a", match="здесь не меняется"):
        change_charter(place.head.federation_id, values={"cards_printed_here": True}, by=Actor.system("test"))
    with refused("U-5a", match="здесь не меняется"):
        change_charter(place.head.federation_id, values={"programme_site": "https://a.ru"}, by=Actor.system("test"))


def test_u11_the_site_on_leaflets_is_entered_by_the_administrator(union: Place, union_client: Client) -> None:
    url, values = url_of(union), charter_values(union_client, union)
    assert values["programme_site"] == "https://profcards.ru"
    union_client.post(url, {**values, "programme_site": " https://cards.example.ru/join "})
    assert own(union).programme_site == "https://cards.example.ru/join"
    union_client.post(url, {**values, "programme_site": ""})
    assert (own(union).programme_site, own(union)) == ("https://profcards.ru", charters.get("education_union"))


@pytest.mark.parametrize(
    "address",
    [
        "http://cards.example.ru", "cards.example.ru", "https://", "https://a@cards.example.ru", "https://карты.рф",
        "https://cards.example.ru/a b", "https://cards.example.ru/<b>", "https://[", "https://cards.example.ru:0",
        "https://" + "a" * 90 + ".ru",
    ],
)  # fmt: skip
def test_u11_an_invalid_site_is_refused(union: Place, address: str) -> None:
    with refused("U-5a", field="programme_site"):
        change_charter(union.head.federation_id, values={"programme_site": address}, by=Actor.system("test"))


def test_n_c1_the_producer_is_named_in_one_place(union: Place) -> None:
    """Orders and the consent to the transfer print this name."""
    named = {"card_producer": {"name": "ООО «Карты»", "address": "Москва"}}
    change_charter(union.head.federation_id, values={"recipients": named}, by=Actor.system("test"))
    assert own(union).card_producer == "ООО «Карты»"
    named["card_producer"] = {"name": "", "address": ""}
    change_charter(union.head.federation_id, values={"recipients": named}, by=Actor.system("test"))
    federation = Federation.objects.get(pk=union.head.federation_id)
    assert (federation.charter.card_producer, federation.charter_values) == ("ООО «Интернет Медиа»", {})


def test_n_s1_levels_that_see_counts_alone_or_give_a_reason_are_chosen(client: Client, place: Place) -> None:
    url, values = url_of(place), charter_values(client, place)
    above = [str(level) for level in own(place).levels_above]
    assert (values["counts_only"], values["reason_to_open"]) == ([], [])
    assert client.post(url, {**values, "counts_only": ["federal"], "reason_to_open": ["regional"]}).status_code == 302
    assert (own(place).counts_only, own(place).reason_to_open) == ({"federal"}, {"regional"})
    assert Federation.objects.get(pk=place.head.federation_id).charter_values == {
        "counts_only": ["federal"], "reason_to_open": ["regional"],
    }  # fmt: skip
    assert Event.objects.get(action="federation.charter_changed").facts == {"fields": ["counts_only", "reason_to_open"]}
    # The administrator, who no longer sees names, can reverse it.
    shown = charter_values(client, place)
    assert (shown["counts_only"], shown["reason_to_open"]) == (["federal"], ["regional"])
    assert client.post(url, {**shown, "counts_only": [], "reason_to_open": above}).status_code == 302
    assert (own(place).counts_only, own(place).reason_to_open) == (set(), set(above))


def test_n_s1_a_level_that_sees_no_names_gives_no_reason(place: Place, admin: Actor) -> None:
    with refused("N-S1", field="reason_to_open", match="не открывает"):
        change_charter(
            place.head.federation_id, values={"counts_only": ["federal"], "reason_to_open": ["federal"]}, by=admin
        )
    change_charter(place.head.federation_id, values={"counts_only": ["federal"]}, by=admin)
    # Also together with a value stored earlier.
    with refused("N-S1", field="reason_to_open"):
        change_charter(place.head.federation_id, values={"reason_to_open": ["federal", "regional"]}, by=admin)
    assert own(place).reason_to_open == set()


@pytest.mark.parametrize("name", ["counts_only", "reason_to_open"])
def test_n_s1_only_levels_above_the_keeper_of_the_cards_are_taken(place: Place, admin: Actor, name: str) -> None:
    for level in (str(own(place).keeper), "wrong"):
        with refused("N-S1", field=name):
            change_charter(place.head.federation_id, values={name: ["federal", level]}, by=admin)
    assert Federation.objects.get(pk=place.head.federation_id).charter_values == {}
