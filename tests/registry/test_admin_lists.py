"""Reference lists in Django's admin: values out of use are no longer offered but stay on cards (U-5a)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.papers.card import written
from members.lists.reading.reader import Row
from members.lists.reading.records import build_record
from members.movement.forms import LeaveForm
from members.movement.transitions.leaving import deregister
from members.people.exports import cells_of_card, sheet_for
from members.people.filters import MemberFilter
from members.people.forms.cards import CardForm, NewCardForm
from members.people.models import Member
from members.people.queries.showing import in_words
from members.people.rules.fields import card_values, choices_of, known_choices
from members.people.transitions.cards import edit_card
from members.reconciliation.forms import CheckForm, ProposeForm
from members.reconciliation.models import ReconciliationLine
from registry import charters
from registry.access import Actor
from registry.charters import Charter
from registry.enums import Role
from registry.journal.models import Event
from registry.organizations.models import Federation, Organization
from registry.organizations.rules.charters import can_go_out_of_use
from registry.organizations.transitions.charters import change_charter
from tests.members.places import Place, signed_in
from tests.refusals import refused
from tests.registry import trees
from tests.registry.charter_pages import admin, client, place, url_of
from tests.registry.charter_pages import shown as charter_values

pytestmark = pytest.mark.django_db
__all__ = ["admin", "client", "place"]


def again(place: Place) -> Organization:
    """Return the organisation that keeps the cards, with its present charter."""
    return Organization.objects.select_related("federation").get(pk=place.keeper.pk)


def own(place: Place) -> Charter:
    return again(place).charter


def without(place: Place, admin: Actor, **out: list[str]) -> Place:
    """Put these values out of use; return the place with its new charter."""
    change_charter(place.head.federation_id, values={"out_of_use": out}, by=admin)
    for actor in (place.chair, place.reviewer):
        actor.appointment.organization = again(place)  # type: ignore[union-attr]
    return place


def test_u_5a_every_reference_list_is_on_the_page_with_words(client: Client, place: Place) -> None:
    form = client.get(url_of(place)).context["adminform"].form
    lists = charters.get(place.head.federation.charter_key).lists
    assert {"education", "category", "contact_channel", "end_reasons"} < lists.keys()
    for name, keys in lists.items():
        assert [key for key, _label in form.fields[name].choices] == [k for k in keys if can_go_out_of_use(name, k)]
        assert all(label[:1].isupper() and label != key for key, label in form.fields[name].choices)


def test_u_5a_a_value_on_cards_is_asked_about_once_and_stays_there(client: Client, place: Place) -> None:
    member = place.put(education="secondary")
    values = {**charter_values(client, place), "education": ["secondary"]}
    asked = client.post(url_of(place), values)
    text = asked.content.decode()
    assert "В 1 карточке стоит значение, которое больше не будет предлагаться; в ней оно останется." in text
    assert (asked.status_code, own(place).out_of_use) == (200, {})
    tick = asked.context["adminform"].form.fields["confirmed"].widget.attrs["value"]
    assert client.post(url_of(place), {**values, "confirmed": tick}).status_code == 302
    assert own(place).out_of_use == {"education": ("secondary",)}
    assert Event.objects.get(action="federation.charter_changed").facts == {"fields": ["out_of_use"]}
    # A value already out of use needs no new confirmation, and removing its tick restores it.
    assert client.post(url_of(place), {**charter_values(client, place), "appeal_months": "2"}).status_code == 302
    assert Member.objects.get(pk=member.pk).education == "secondary"
    assert client.post(url_of(place), {**charter_values(client, place), "education": []}).status_code == 302
    assert "secondary" in dict(choices_of("education", own(place)))
    assert "out_of_use" not in Federation.objects.get(pk=place.head.federation_id).charter_values


def test_u_5a_a_value_out_of_use_is_offered_to_nobody_new(place: Place, admin: Actor) -> None:
    member = place.put(education="vocational")
    without(place, admin, education=["secondary"])
    fresh = NewCardForm(organization=again(place), actor=place.chair)
    other = CardForm(organization=again(place), actor=place.chair, member=member)
    offered = [key for key, _label in choices_of("education", own(place))]
    for form in (fresh, other):
        assert [key for key, _label in form.fields["education"].choices] == ["", *offered]
    assert "secondary" not in offered
    with refused("U-5a", field="education"):
        place.put(surname="Новая", education="secondary", snils="", ticket_number="")
    with refused("U-5a", field="education"):
        edit_card(member.pk, values={"education": "secondary"}, version=member.version, by=place.chair)
    # An imported list with this value gets a remark, and the person is registered without the value.
    record = build_record(
        Row(1, ["Ким Лев Ильич", "01.02.1960", "м", "среднее"]),
        {0: "full_name", 1: "birth_date", 2: "sex", 3: "education"},
        today=timezone.localdate(), minimum_age=18, options=own(place).options,
    )  # fmt: skip
    assert "education" not in record.values
    assert [issue.code for issue in record.issues if issue.field == "education"] == ["unknown_option"]


def test_u_5a_a_card_keeps_its_value_in_form_list_file_and_on_paper(place: Place, admin: Actor) -> None:
    member = place.put(education="secondary")
    before = {
        "words": in_words("education", "secondary", own(place)),
        "paper": written(own(place), "education", "secondary"),
        "file": cells_of_card(member, card_values(member), sheet_for(place.chair)),
    }
    without(place, admin, education=["secondary"])
    assert {
        "words": in_words("education", "secondary", own(place)),
        "paper": written(own(place), "education", "secondary"),
        "file": cells_of_card(member, card_values(member), sheet_for(place.chair)),
    } == before
    assert known_choices("education", own(place))[-1] == (
        "secondary",
        dict(known_choices("education", own(place)))["secondary"],
    )
    # Another field of the card is changed; the form sends the old value along.
    client = signed_in(place.chair)
    url = reverse("members:edit", args=[member.pk])
    form = client.get(url).context["form"]
    assert "secondary" in dict(form.fields["education"].choices)
    values = {name: value for name, value in form.initial.items() if value not in (None, False)}
    answer = client.post(url, {**values, "education": "secondary", "email": "a@example.ru", "version": member.version})
    changed = Member.objects.get(pk=member.pk)
    assert (answer.status_code, changed.email, changed.education) == (302, "a@example.ru", "secondary")
    found = MemberFilter({"education": "secondary"}, actor=place.chair)
    assert list(found.ids) == [member.pk]


@pytest.mark.parametrize("place", ["voi"], indirect=True)
def test_v_b8_the_reconciliation_keeps_a_value_that_went_out_of_use(admin: Actor, place: Place) -> None:
    member = place.put(education="secondary")
    without(place, admin, education=["secondary", "primary"])
    cell = trees.officer(place.cells[0], Role.CHAIR, "Клеткина")
    line = ReconciliationLine(member=member)
    current = card_values(member)
    for form in (
        ProposeForm(member, own(place), cell),
        CheckForm(line, current, own(place).reconciled, {}, own(place)),
    ):
        assert form.initial["education"] == "secondary"
        assert [key for key, _label in form.fields["education"].choices if key in {"secondary", "primary"}] == [
            "secondary"
        ]
    told = CheckForm(
        line, current, own(place).reconciled, {}, own(place),
        {f"m{member.pk}-{name}": value for name, value in {**current, "result": "unchanged"}.items()},
    )  # fmt: skip
    assert (told.is_valid(), told.answer) == (True, "unchanged")


def test_v_b10_a_reason_out_of_use_ends_no_registration(place: Place, admin: Actor) -> None:
    member = place.put()
    without(place, admin, end_reasons=["own_wish"])
    offered = [key for key, _label in LeaveForm(member=Member.objects.get(pk=member.pk)).fields["reason"].choices]
    assert "own_wish" not in offered and "death" in offered
    with refused("V-B10", field="reason"):
        deregister(member.pk, reason="own_wish", on=timezone.localdate(), by=place.chair)


@pytest.mark.parametrize(
    ("out", "field"),
    [
        ({"education": ["no_such"]}, "education"),
        ({"sex": ["male"]}, "sex"),
        ({"end_reasons": ["death"]}, "end_reasons"),
        ({"contact_channel": ["phone", "email", "post", "in_person"]}, "contact_channel"),
    ],
)
def test_u_5a_what_rules_need_stays_in_use(place: Place, admin: Actor, out: dict[str, list[str]], field: str) -> None:
    with refused("U-5a", field=field):
        without(place, admin, **out)
    assert own(place).out_of_use == {}


def test_n_h1_lists_are_changed_within_the_federation_alone(place: Place, admin: Actor, client: Client) -> None:
    other = trees.head("voi", "Чужая")
    url = reverse("admin:registry_federation_change", args=[other.federation_id])
    assert client.post(url, {"required": ["surname"], "education": ["higher"]}).status_code == 404
    assert Federation.objects.get(pk=other.federation_id).charter_values == {}
