"""Versions of the consent's wording: all read them, administrators issue them, nobody changes them (K1, N-C1, 152-ФЗ
art. 9).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.consents.models import ConsentText
from documents.consents.rules import REQUIRED_WORDING, uncovered_fields
from documents.consents.transitions.texts import issue_text
from documents.printing.transitions import record_prints
from registry import charters
from registry.access import Actor
from registry.enums import Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from tests.documents import samples
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

# Rules and screens; other tests send PostgreSQL the same statements.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


@pytest.fixture
def administrator(voi: places.Place) -> Actor:
    return trees.officer(voi.head, Role.ADMINISTRATOR)


def wording_of(place: places.Place, **changed: Any) -> dict[str, Any]:
    return {**place.keeper.federation.charter.consent, **changed}


def typed(place: places.Place, **changed: Any) -> dict[str, Any]:
    """Return the form data of a new version as a browser sends it."""
    wording = wording_of(place)
    names = (
        "method", "actions", "processor", "processor_address", "third_parties", "transfer_way", "term", "storage",
    )  # fmt: skip
    values = {name: wording[name] for name in names}
    values |= {"purposes": "\n".join(wording["purposes"]), "superiors_are_third_parties": "on"}
    return {**values, "valid_from": f"{timezone.localdate():%d.%m.%Y}", **changed}


@pytest.mark.parametrize("key", samples.CHARTERS)
def test_152_fz_the_wording_of_a_charter_has_every_point_of_the_law_and_every_field_of_the_card(key: str) -> None:
    charter = charters.get(key)
    assert [name for name in REQUIRED_WORDING if not charter.consent.get(name)] == []
    assert uncovered_fields(charter.consent, charter) == []


def test_k1_a_new_version_is_printed_from_its_first_day_on(voi: places.Place, administrator: Actor) -> None:
    member = voi.put()
    record_prints("consent", [member.pk], data_classes=(), by=voi.chair)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    text = issue_text(wording=wording_of(voi, purposes=["для новой цели;"]), valid_from=tomorrow, by=administrator)
    assert (text.version, text.valid_from) == (2, tomorrow)
    today = ConsentText.objects.in_force(voi.keeper.federation, timezone.localdate())
    later = ConsentText.objects.in_force(voi.keeper.federation, tomorrow)
    assert today is not None
    assert later is not None
    assert (today.version, later.version) == (1, 2)
    assert Event.objects.get(action="consent_text.issued").facts == {"version": 2, "purpose": "processing"}


def test_k1_before_a_first_version_of_a_later_day_the_wording_of_the_charter_is_printed(
    voi: places.Place, administrator: Actor
) -> None:
    today = timezone.localdate()
    tomorrow = today + dt.timedelta(days=1)
    issue_text(wording=wording_of(voi, purposes=["для новой цели;"]), valid_from=tomorrow, by=administrator)
    record_prints("consent", [voi.put().pk], data_classes=(), by=voi.chair)
    federation = voi.keeper.federation
    found = {day: ConsentText.objects.in_force(federation, day) for day in (today, tomorrow)}
    assert {day: (text.version, text.wording["purposes"]) for day, text in found.items() if text is not None} == {
        today: (1, federation.charter.consent["purposes"]),
        tomorrow: (2, ["для новой цели;"]),
    }


@pytest.mark.parametrize("name", REQUIRED_WORDING)
def test_152_fz_a_wording_that_lacks_a_required_item_is_refused(
    voi: places.Place, administrator: Actor, name: str
) -> None:
    with refused("V-C5", field=name):
        issue_text(wording=wording_of(voi, **{name: ""}), valid_from=timezone.localdate(), by=administrator)
    assert ConsentText.objects.count() == 0


def test_k2_a_wording_that_omits_a_field_of_the_card_is_refused(voi: places.Place, administrator: Actor) -> None:
    wording = wording_of(voi)
    shorter = {**wording, "data": wording["data"][1:]}
    with refused("V-C5", field="data"):
        issue_text(wording=shorter, valid_from=timezone.localdate(), by=administrator)


def test_k1_a_version_begins_today_or_later(voi: places.Place, administrator: Actor) -> None:
    with refused("N-C1", field="valid_from"):
        issue_text(wording=wording_of(voi), valid_from=timezone.localdate() - dt.timedelta(days=1), by=administrator)


@pytest.mark.parametrize("role", [Role.CHAIR, Role.DEPUTY, Role.REGISTRAR, Role.REVIEWER])
def test_n_h2_only_the_administrator_issues_a_version(voi: places.Place, role: Role) -> None:
    actor = trees.officer(voi.head, role)
    client = places.signed_in(actor)
    assert client.get(reverse("documents:new_text")).status_code == 403
    assert client.post(reverse("documents:new_text"), typed(voi)).status_code == 403
    with pytest.raises(NotAllowed):
        issue_text(wording=wording_of(voi), valid_from=timezone.localdate(), by=actor)
    assert "Новая редакция" not in client.get(reverse("documents:texts")).content.decode()


def test_k1_the_administrator_writes_a_new_version_on_the_screen(voi: places.Place, administrator: Actor) -> None:
    client = places.signed_in(administrator)
    page = client.get(reverse("documents:new_text"))
    assert page.context["form"]["purposes"].value() == "\n".join(wording_of(voi)["purposes"])
    answer = client.post(reverse("documents:new_text"), typed(voi, purposes="для учёта;\r\n\r\n  для взносов;  "))
    assert (answer.status_code, answer["Location"]) == (302, reverse("documents:texts"))
    text = ConsentText.objects.get()
    assert text.wording == wording_of(voi, purposes=["для учёта;", "для взносов;"])
    shown = client.get(reverse("documents:text", args=[text.pk])).content.decode()
    assert all(line in shown for line in ("для учёта;", "для взносов;", f"{text.wording['term']}"))
    listed = " ".join(client.get(reverse("documents:texts")).content.decode().split())
    assert (
        f"{timezone.localtime(text.history.get().history_date):%d.%m.%Y %H:%M}, {administrator.account.full_name}"
        in listed
    )
    # A chair reads it too.
    assert places.signed_in(voi.chair).get(reverse("documents:text", args=[text.pk])).status_code == 200


def test_k1_the_first_version_is_the_wording_of_the_charter_without_an_author(voi: places.Place) -> None:
    client = places.signed_in(voi.chair)
    client.post(reverse("documents:print_member", args=["consent", voi.put().pk]))
    page = client.get(reverse("documents:texts")).content.decode()
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert ("текст устава" in table, voi.chair.account.full_name in table) == (True, False)


def test_an_invalid_version_form_keeps_the_input(voi: places.Place, administrator: Actor) -> None:
    client = places.signed_in(administrator)
    answer = client.post(
        reverse("documents:new_text"), typed(voi, purposes="для учёта;", term="", valid_from="01.01.2001")
    )
    form = answer.context["form"]
    assert (answer.status_code, sorted(form.errors), form["purposes"].value()) == (200, ["term"], "для учёта;")
    again = client.post(reverse("documents:new_text"), typed(voi, valid_from="01.01.2001"))
    assert sorted(again.context["form"].errors) == ["valid_from"]
    assert ConsentText.objects.count() == 0


def test_n_h1_the_wording_of_another_federation_is_not_found(voi: places.Place, administrator: Actor) -> None:
    text = issue_text(wording=wording_of(voi), valid_from=timezone.localdate(), by=administrator)
    client = places.signed_in(places.union().chair)
    assert client.get(reverse("documents:text", args=[text.pk])).status_code == 404
    assert list(client.get(reverse("documents:texts")).context["texts"]) == []
