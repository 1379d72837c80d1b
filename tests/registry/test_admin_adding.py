"""Records added by administrators of the installation in Django's admin use transitions and rules (U-2, N-H2, V-D1)."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from dues.rates.models import Rate
from registry.accounts.models import Account, Appointment
from registry.enums import Level, Role
from registry.granting.models import GrantRequest
from registry.journal.models import Event
from registry.organizations.models import Organization
from tests.members.places import signed_in
from tests.registry import trees
from tests.registry.test_admin_scope import installation

pytestmark = pytest.mark.django_db


@pytest.fixture
def head() -> Organization:
    return trees.head("voi")


@pytest.fixture
def client() -> Client:
    return installation()


def add(name: str) -> str:
    return reverse(f"admin:{name}_add")


def person(organization: Organization, **changed: Any) -> dict[str, Any]:
    values = {"organization": organization.pk, "surname": "Ёлкина", "given_name": "Лия", "role": "chair"}
    return {**values, "starts_on": f"{organization.today:%d.%m.%Y}", **changed}


def errors(answer: Any) -> dict[str, list[str]]:
    return {name: list(found) for name, found in answer.context["adminform"].form.errors.items()}


def test_u2_an_account_is_created_without_rights_and_its_role_is_asked_for(client: Client, head: Organization) -> None:
    assert "Подтвердить это некому" in str(errors(client.post(add("registry_account"), person(head))))
    second = installation()
    answer = client.post(add("registry_account"), person(head, surname=" ёлкина", basis="протокол № 1"))
    account = Account.objects.get(surname="Ёлкина")
    assert (answer.status_code, account.home, account.must_change_password) == (302, head, True)
    assert (account.appointments.count(), account.has_usable_password()) == (0, False)
    asked = GrantRequest.objects.get()
    event = Event.objects.get(action="grant.asked")
    number = client.session["_auth_user_id"]
    assert (event.account, event.acting, event.organization) == (None, f"administrator#{number}", head)
    assert account.history.count() == 1
    # Adding the same person needs confirmation, requesting the same role again is refused, each beside its field.
    again = client.post(add("registry_account"), person(head, role="registrar"))
    assert (again.status_code, list(errors(again))) == (200, ["namesake"])
    assert Account.objects.filter(home=head).count() == 1
    grants = reverse("admin:registry_grantrequest_changelist")
    shown = second.post(grants, {"action": "confirm", "_selected_action": [asked.pk]})
    account.refresh_from_db()
    text = shown.content.decode()
    assert account.login in text and "no-store" in shown["Cache-Control"]
    assert [(a.role, a.organization, a.basis) for a in account.appointments.all()] == [("chair", head, "протокол № 1")]
    assert account.has_usable_password()
    # Now there is a chair: a second one is refused, and the two administrators can confirm nothing there any more.
    late = client.post(add("registry_account"), person(head, surname="Вторая"))
    assert list(errors(late)) == ["starts_on"]
    assert client.post(add("registry_account"), person(head, role="registrar", namesake="on")).status_code == 302
    other = GrantRequest.objects.get(role="registrar")
    said = second.post(grants, {"action": "confirm", "_selected_action": [other.pk]}, follow=True).content.decode()
    other.refresh_from_db()
    assert ("на это нет прав" in said, other.state, other.asked_of) == (True, "waiting", head)


def test_n_h2_an_appointment_is_asked_for(client: Client, head: Organization) -> None:
    region = trees.below(head, Level.REGIONAL, "Тульская РО")
    chair = trees.officer(region, Role.CHAIR, "Главная")
    account = trees.officer(region, Role.REGISTRAR, "Кротова").account
    assert account is not None
    values = {"account": account.pk, "organization": region.pk, "role": "collector", "starts_on": "01.02.2024"}
    assert client.post(add("registry_appointment"), values).status_code == 302
    assert not Appointment.objects.filter(role=Role.COLLECTOR).exists()
    asked = GrantRequest.objects.get()
    twice = client.post(add("registry_appointment"), values)
    assert (twice.status_code, list(errors(twice))) == (200, ["__all__"])
    signed_in(chair).post(reverse("granting:confirm", args=[asked.pk]))
    made = Appointment.objects.get(role=Role.COLLECTOR)
    assert (made.account, made.organization, made.starts_on) == (account, region, dt.date(2024, 2, 1))
    assert Event.objects.get(action="grant.confirmed").object_id == str(asked.pk)
    refused = client.post(add("registry_appointment"), values)
    assert (refused.status_code, list(errors(refused))) == (200, ["starts_on"])
    empty = errors(client.post(add("registry_appointment"), {}))
    assert list(empty) == ["account", "organization", "role", "starts_on"]
    assert Appointment.objects.filter(account=account).count() == 2
    # Administrators of the installation, who see no members, cannot get a role.
    own = client.post(add("registry_appointment"), {**values, "account": client.session["_auth_user_id"]})
    assert list(errors(own)) == ["account"]


def test_v_d1_a_rate_is_set_by_the_transition(client: Client, head: Organization) -> None:
    year = head.today.year + 1
    values = {"federation": head.federation_id, "fee": "annual", "amount": "60", "valid_from": f"01.01.{year}"}
    unnamed = client.post(add("dues_rate"), values)
    assert (list(errors(unnamed)), Rate.objects.count()) == (["paper"], 0)
    values["paper"] = "Постановление № 7"
    assert client.post(add("dues_rate"), values).status_code == 302
    rate = Rate.objects.get(valid_from=dt.date(year, 1, 1))
    # With the terms of the previous rate, which only the transition knows.
    assert (rate.amount, rate.due_month, rate.due_day, rate.federation) == (60, 6, 30, head.federation)
    assert Event.objects.get(action="dues.rate_set").organization == head
    late = client.post(add("dues_rate"), {**values, "valid_from": f"31.12.{year - 1}"})
    foreign = client.post(add("dues_rate"), {**values, "fee": "percent"})
    assert (list(errors(late)), list(errors(foreign))) == (["valid_from"], ["fee"])


def test_forms_are_russian_and_suggest_names_with_what_tells_them_apart(client: Client, head: Organization) -> None:
    region = trees.below(head, Level.REGIONAL, "Тульская РО")
    adding = [page for page in admin.site._registry.values() if type(page).add_view is not admin.ModelAdmin.add_view]
    found = [page.opts.label_lower for page in adding if page.has_add_permission(client.get("/admin/").wsgi_request)]
    assert found == ["registry.account", "registry.appointment", "dues.rate"]
    for label in found:
        text = client.get(add(label.replace(".", "_"))).content.decode().partition('<form method="post"')[2]
        labels = re.findall(r"<label[^>]*>(.*?)</label>", text, re.DOTALL)
        plain = [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in labels]
        assert plain and [one for one in plain if re.search("[A-Za-z]{2}", one)] == []
    where = {"app_label": "registry", "model_name": "account", "field_name": "home", "term": "тульская"}
    told = json.loads(client.post(reverse("admin:autocomplete"), where).content)["results"]
    assert told == [{"id": str(region.pk), "text": f"Тульская РО, ВОИ ({region.code})"}]


def test_n_h2_administrators_of_a_federation_add_on_the_pages_of_the_registry(head: Organization) -> None:
    own = signed_in(trees.officer(head, Role.ADMINISTRATOR, "Наладова"))
    for name in ("registry_account", "registry_appointment", "dues_rate"):
        assert (own.get(add(name)).status_code, own.post(add(name), person(head)).status_code) == (403, 403)
        page = own.get(reverse(f"admin:{name}_changelist"))
        assert f'href="{add(name)}"' not in page.content.decode()
        assert [own.get(address).status_code for _label, address in page.context["cl"].links][:1] == [200]


def test_n_h3_regions_get_the_time_zone_of_their_name_and_give_it_back(client: Client, head: Organization) -> None:
    region = trees.below(head, Level.REGIONAL, "Приморская РО")
    town = trees.below(region, Level.LOCAL, "Находкинская МО")
    moscow = trees.below(head, Level.REGIONAL, "Тульская РО")
    chosen = trees.below(head, Level.REGIONAL, "Камчатская РО")
    Organization.objects.exclude(pk=chosen.pk).update(time_zone="", zone="")
    Organization.objects.filter(pk=chosen.pk).update(time_zone="Asia/Magadan", zone="Asia/Magadan")
    url, every = reverse("admin:registry_organization_changelist"), [head.pk, region.pk, town.pk, moscow.pk, chosen.pk]

    def zones() -> list[tuple[str, str]]:
        found = Organization.objects.in_bulk(every)
        return [(found[pk].time_zone, found[pk].zone) for pk in every]

    done = client.post(url, {"action": "zone_by_name", "_selected_action": every}, follow=True)
    assert "Выполнено для 1 записи." in done.content.decode()
    own, inherited = ("Asia/Vladivostok", "Asia/Vladivostok"), ("", "Asia/Vladivostok")
    assert zones() == [("", ""), own, inherited, ("", ""), ("Asia/Magadan", "Asia/Magadan")]
    event = Event.objects.get(action="organization.time_zone_set")
    assert (event.organization, event.acting.partition("#")[0]) == (region, "administrator")
    assert region.history.latest().time_zone == "Asia/Vladivostok"
    # Nothing is left to fill in, and the reverse step also takes effect.
    none = client.post(url, {"action": "zone_by_name", "_selected_action": every}, follow=True)
    assert "Менять нечего" in none.content.decode()
    client.post(url, {"action": "zone_of_superior", "_selected_action": [region.pk]})
    assert zones()[1:3] == [("", ""), ("", "")]
