"""The administrator's pages: federations and charters, accounts, journals; no people (N-H1, U-5a, practice 10)."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from members.people.models import Member
from registry.access import Actor
from registry.accounts.models import Account
from registry.accounts.transitions.accounts import block_account
from registry.accounts.transitions.installation import create_administrator
from registry.enums import Role
from registry.errors import NotAllowed
from registry.granting.models import GrantRequest
from registry.journal.models import Event
from registry.organizations.models import Federation
from registry.organizations.transitions.charters import change_charter
from tests.house.test_rules_named import SHOWN
from tests.members.places import Place, signed_in, union
from tests.registry import trees

pytestmark = pytest.mark.django_db
#: Lists of the administrator; none of them shows a member's card.
LISTED = {
    "registry.federation", "registry.organization", "registry.account", "registry.appointment", "registry.event",
    "registry.grantrequest", "registry.job", "dues.rate", "documents.consenttext", "documents.exchangesettings",
    "members.destructionrecord",
}  # fmt: skip


@pytest.fixture
def place() -> Place:
    return union()


@pytest.fixture
def client() -> Client:
    return installation("Админов")


def installation(surname: str) -> Client:
    """Return a client signed in as a new administrator of the installation."""
    made = create_administrator(person={"surname": surname, "given_name": "Илья"}, by=Actor.system("test"))
    Account.objects.filter(pk=made.account.pk).update(must_change_password=False)
    client = Client()
    client.force_login(Account.objects.get(pk=made.account.pk), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_administrator_has_lists_of_everything_but_people(client: Client, place: Place) -> None:
    member = place.put()
    assert {model._meta.label_lower for model in admin.site._registry} == LISTED
    pages = [reverse("admin:index")]
    for label in sorted(LISTED):
        model = apps.get_model(label)
        name = label.replace(".", "_")
        pages.append(reverse(f"admin:{name}_changelist"))
        first = model._default_manager.first()
        if first is not None:
            pages.append(reverse(f"admin:{name}_change", args=[first.pk]))
    for url in pages:
        answer = client.get(url)
        text = answer.content.decode()
        assert (url, answer.status_code, member.surname in text) == (url, 200, False)
        assert (url, SHOWN.findall(text)) == (url, [])
        heading = re.search(r"<h1>(.*?)</h1>|<title>(.*?)</title>", text)
        assert heading is not None and re.search("[А-Яа-я]", heading.group(0))


def test_the_lists_stand_in_the_order_of_the_work_and_every_heading_is_russian(client: Client, place: Place) -> None:
    found = client.get(reverse("admin:index")).context["app_list"]
    assert [app["app_label"] for app in found] == ["registry", "dues", "documents", "members"]
    assert [model["object_name"] for model in found[0]["models"]] == [
        "Federation", "Organization", "Account", "Appointment", "GrantRequest", "Event", "Job",
    ]  # fmt: skip
    for app in found:
        for model in app["models"]:
            text = client.get(model["admin_url"]).content.decode()
            heads = re.findall(r'<th scope="col"[^>]*>.*?</th>', text, re.DOTALL)
            words = [" ".join(re.sub(r"<[^>]+>", " ", head).split()) for head in heads]
            assert [word for word in words if re.search("[A-Za-z]{2}", word)] == []


def test_n_h2_the_administrator_asks_for_passwords_and_a_chair_hands_them_over(client: Client, place: Place) -> None:
    account = place.chair.account
    assert account is not None
    before = account.password
    url = reverse("admin:registry_account_changelist")
    answer = client.post(url, {"action": "reissue", "_selected_action": [account.pk]})
    account.refresh_from_db()
    asked = GrantRequest.objects.get()
    assert (answer.status_code, account.must_change_password, account.password == before) == (302, False, True)
    assert (asked.kind, asked.account, asked.asked_of) == ("password", account, place.region)
    # The same administrator can confirm nothing, neither here nor with the action.
    grants = reverse("admin:registry_grantrequest_changelist")
    said = client.post(grants, {"action": "confirm", "_selected_action": [asked.pk]}, follow=True).content.decode()
    assert "на это нет прав" in said
    shown = signed_in(place.region_chair).post(reverse("granting:confirm", args=[asked.pk]))
    account.refresh_from_db()
    assert (shown.status_code, account.must_change_password) == (200, True)
    assert account.login in shown.content.decode() and "no-store" in shown["Cache-Control"]


def test_n_h2_the_head_of_a_federation_gets_a_password_from_two_administrators(client: Client, place: Place) -> None:
    chair = trees.officer(place.head, Role.CHAIR, "Главная").account
    assert chair is not None
    url, grants = reverse("admin:registry_account_changelist"), reverse("admin:registry_grantrequest_changelist")
    asking = {"action": "reissue", "_selected_action": [chair.pk]}
    assert "Подтвердить это некому" in client.post(url, asking, follow=True).content.decode()
    second = installation("Вторая")
    client.post(url, asking)
    asked = GrantRequest.objects.get()
    assert asked.asked_of is None
    page = client.get(reverse("admin:registry_grantrequest_change", args=[asked.pk])).content.decode()
    assert "второй администратор" in page
    confirming = {"action": "confirm", "_selected_action": [asked.pk]}
    client.post(grants, confirming)
    assert Account.objects.get(pk=chair.pk).must_change_password is False
    shown = second.post(grants, confirming)
    asked.refresh_from_db()
    assert (shown.status_code, asked.state, asked.by_administrator) == (200, "confirmed", True)
    assert chair.login in shown.content.decode()
    assert Account.objects.get(pk=chair.pk).must_change_password is True


def test_n_h1_officers_and_strangers_have_no_access(place: Place) -> None:
    for actor in (place.chair, place.region_chair, place.reviewer):
        assert signed_in(actor).get(reverse("admin:index")).status_code in {302, 403}
        assert signed_in(actor).get(reverse("admin:registry_event_changelist")).status_code in {302, 403}
    assert Client().get(reverse("admin:registry_account_changelist")).status_code == 302


def test_u_5a_required_fields_of_the_card_are_changed_here_and_recorded_in_the_journal(
    client: Client, place: Place
) -> None:
    federation = place.keeper.federation
    url = reverse("admin:registry_federation_change", args=[federation.pk])
    form = client.get(url).context["adminform"].form
    assert [label for name, label in form.fields["required"].choices if label == name] == []
    required = [*form.initial["required"], "snils"]
    client.post(url, {"required": required, "minimum_age": "16", "retention_years": "3"})
    changed = Federation.objects.get(pk=federation.pk)
    assert ("snils" in changed.charter.required, changed.charter.minimum_age) == (True, 16)
    # Values equal to the charter's own are not stored.
    assert sorted(changed.charter_values) == ["minimum_age", "required"]
    event = Event.objects.get(action="federation.charter_changed")
    assert (event.facts, event.acting.split("#")[0]) == ({"fields": ["minimum_age", "required"]}, "administrator")
    wrong = client.post(url, {"required": required, "minimum_age": "400", "retention_years": "3"})
    assert (wrong.status_code, Federation.objects.get(pk=federation.pk).charter.minimum_age) == (200, 16)


def test_only_the_installation_changes_a_charter(place: Place) -> None:
    with pytest.raises(NotAllowed):
        change_charter(place.keeper.federation_id, values={"minimum_age": 16}, by=place.chair)


def test_u_2_an_account_is_blocked_and_unblocked(client: Client, place: Place) -> None:
    account = place.chair.account
    assert account is not None
    url = reverse("admin:registry_account_changelist")
    states = []
    for action in ("block", "unblock"):
        client.post(url, {"action": action, "_selected_action": [account.pk]})
        states.append(Account.objects.get(pk=account.pk).is_active)
    # Blocking takes effect at once, unblocking is only requested.
    assert states == [False, False]
    signed_in(place.region_chair).post(reverse("granting:confirm", args=[GrantRequest.objects.get().pk]))
    assert Account.objects.get(pk=account.pk).is_active


def test_lists_are_read_only(client: Client, place: Place) -> None:
    event = Event.objects.first()
    assert event is not None
    asked = [
        client.get(reverse("admin:registry_event_add")).status_code,
        client.post(reverse("admin:registry_event_delete", args=[event.pk]), {"post": "yes"}).status_code,
        client.post(
            reverse("admin:registry_organization_change", args=[place.keeper.pk]), {"short_name": "х"}
        ).status_code,
    ]
    assert asked == [403, 403, 403]
    assert Member not in admin.site._registry


def test_u_2_the_icons_of_the_administration_are_labelled_in_the_language_of_the_reader(
    client: Client, place: Place
) -> None:
    block_account(place.chair.account.pk, reason="Отпуск", by=place.region_chair)  # type: ignore[union-attr]
    pages = [
        reverse("admin:registry_account_changelist"),
        reverse("admin:registry_account_change", args=[place.chair.account.pk]),  # type: ignore[union-attr]
    ]
    said = {}
    for language in ("ru", "en"):
        Account.objects.filter(is_staff=True).update(language=language)
        text = "".join(client.get(url).content.decode() for url in pages)
        said[language] = set(re.findall(r'icon-\w+\.svg" alt="(\w+)"', text))
    assert said == {"ru": {"Да", "Нет"}, "en": {"Yes", "No"}}


def test_help_and_start_page_tell_administrators_what_is_theirs(client: Client, place: Place) -> None:
    of_federation = signed_in(trees.officer(place.head, Role.ADMINISTRATOR, "Наладова"))
    told = {}
    for whose, asking in (("installation", client), ("federation", of_federation), ("chair", signed_in(place.chair))):
        text = asking.get(reverse("help")).content.decode()
        words = ("С чего начать администратору", "Первые шаги", "Создайте нижестоящие организации", "create_federation")
        told[whose] = [word in text for word in words]
    assert told == {
        "installation": [True, False, False, True],
        "federation": [True, False, True, False],
        "chair": [False, True, False, False],
    }
    start = client.get(reverse("start")).content.decode()
    assert "<h1>Управление реестром</h1>" in re.sub(r"\s*\n\s*", "", start)
    assert "нет действующего назначения" not in start.lower()
