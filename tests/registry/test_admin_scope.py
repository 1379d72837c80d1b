"""Federations' administrators in Django's admin: only their own federation, no people, in Russian (N-H1, N-H2)."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import ForeignKey
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from documents.consents.models import ConsentText
from documents.exchange.models import ExchangeSettings
from dues.rates.models import Rate
from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.accounts.transitions.accounts import block_account
from registry.accounts.transitions.installation import create_administrator
from registry.enums import Level, Role
from registry.granting.enums import GrantKind
from registry.granting.models import GrantRequest
from registry.jobs.models import Job
from registry.journal.models import Event
from registry.organizations.models import Federation, Organization
from registry.transitions import acting_as, write_event
from tests.members.places import signed_in
from tests.registry import trees
from tests.worlds import world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
#: Part of the names of the other federation's records, which no page may contain.
FOREIGN = "Чужестранн"


@dataclass
class Two:
    """The federation of the administrator, and another one with a record of every kind."""

    own: Organization
    region: Organization
    admin: Actor
    foreign: Organization
    foreign_chair: Actor

    @cached_property
    def client(self) -> Client:
        """Return a client signed in as the administrator."""
        return signed_in(self.admin)


@world
def in_the_society() -> Two:
    return _two("voi", "education_union")


@world
def in_the_union() -> Two:
    return _two("education_union", "voi")


def _two(charter: str, other: str) -> Two:
    own = trees.head(charter, "Свои")
    region = trees.below(own, Level.REGIONAL, "Своя область")
    actor = trees.officer(own, Role.ADMINISTRATOR, "Наладова")
    foreign = trees.head(other, f"{FOREIGN}ая")
    chair = trees.officer(foreign, Role.CHAIR, f"{FOREIGN}ова")
    for organization in (own, foreign):
        write_event("account.blocked", by=chair, about=chair.account, organization=organization, fields=["surname"])
        Job.objects.create(kind="members.export", organization=organization, created_at=timezone.now())
        wording = {**organization.federation.charter.consent, "purposes": [f"учёт: {organization.short_name}"]}
        ConsentText.objects.create(
            federation=organization.federation, version=1, valid_from="2024-01-01", wording=wording
        )
        ExchangeSettings.objects.create(federation=organization.federation)
        Rate.objects.create(
            federation=organization.federation, fee="annual", amount=50, valid_from="2020-01-01",
            paper=f"Постановление {organization.short_name}",
        )  # fmt: skip
    for who in (actor, chair):
        GrantRequest.objects.create(
            kind=GrantKind.PASSWORD, account=who.account, organization=who.organization, role=who.role,
            asked_by=who.account, asked_at=timezone.now(), until=timezone.localdate(),
        )  # fmt: skip
    return Two(own, region, actor, foreign, chair)


@pytest.fixture(params=[in_the_society, in_the_union])
def two(request: pytest.FixtureRequest) -> Two:
    return request.param()


def lists() -> dict[str, str]:
    """Return the address of the list of each model that administrators of federations may see."""
    found = {}
    for model, page in admin.site._registry.items():
        if page.for_federations:  # type: ignore[attr-defined]
            found[model._meta.label_lower] = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
    return found


def first(label: str, organization: Organization) -> object:
    """Return a record of the organisation's federation."""
    of = {
        "registry.federation": lambda: organization.federation,
        "registry.organization": lambda: organization,
        "registry.account": lambda: Account.objects.filter(home=organization).get(),
        "registry.appointment": lambda: Appointment.objects.get(organization=organization),
        "registry.grantrequest": lambda: GrantRequest.objects.get(organization=organization),
        "registry.event": lambda: Event.objects.filter(organization=organization, action="account.blocked").get(),
        "registry.job": lambda: Job.objects.get(organization=organization),
        "dues.rate": lambda: Rate.objects.get(federation=organization.federation),
        "documents.exchangesettings": lambda: organization.federation.exchange,
        "documents.consenttext": lambda: organization.federation.consent_texts.first(),
    }
    return of[label]()


@pytest.mark.both
def test_n_h1_no_page_shows_another_federation(two: Two) -> None:
    pages = [reverse("admin:index"), reverse("admin:app_list", args=["registry"])]
    for label, url in lists().items():
        own = first(label, two.own)
        pages += [url, f"{url}?q={FOREIGN}"]
        # They do not have the filter by federation.
        assert two.client.get(f"{url}?federation={two.foreign.federation_id}").status_code == 400
        if own is not None:
            pages += [f"{url}{own.pk}/change/", f"{url}{own.pk}/history/"]  # type: ignore[attr-defined]
    said = {}
    for url in pages:
        answer = two.client.get(url)
        text = answer.content.decode().replace(f"q={FOREIGN}", "").replace(f'value="{FOREIGN}"', "")
        said[url] = (answer.status_code, FOREIGN in text)
    assert {url: what for url, what in said.items() if what != (200, False)} == {}
    # Control: the administrator of the installation finds each of them.
    everywhere = installation()
    found = {url for url in lists().values() if FOREIGN in everywhere.get(url).content.decode()}
    assert found == set(lists().values())


def installation() -> Client:
    """Return the client of an administrator of the installation."""
    made = create_administrator(person={"surname": "Админов", "given_name": "Илья"}, by=Actor.system("test"))
    Account.objects.filter(pk=made.account.pk).update(must_change_password=False)
    client = Client()
    client.force_login(Account.objects.get(pk=made.account.pk), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_n_h1_addresses_of_another_federations_records_are_not_found(two: Two) -> None:
    said = {}
    for label, url in lists().items():
        record = first(label, two.foreign)
        if record is None:
            continue
        for way in ("change", "history"):
            where = f"{url}{record.pk}/{way}/"  # type: ignore[attr-defined]
            said[where] = two.client.get(where).status_code
        for way in ("change", "delete"):
            where = f"{url}{record.pk}/{way}/"  # type: ignore[attr-defined]
            said[f"POST {where}"] = two.client.post(where, {"post": "yes", "name": "х"}).status_code
    federation = reverse("admin:registry_federation_change", args=[two.foreign.federation_id])
    assert said.pop(f"POST {federation}") == 404
    assert {where: status for where, status in said.items() if status != (403 if "POST" in where else 404)} == {}


def test_n_h1_a_charter_is_changed_within_the_federation_alone(two: Two) -> None:
    before = dict(two.foreign.federation.charter_values)
    values = {"required": ["surname", "given_name"], "minimum_age": "16", "retention_years": "5"}
    for organization, status in ((two.own, 302), (two.foreign, 404)):
        url = reverse("admin:registry_federation_change", args=[organization.federation_id])
        assert two.client.post(url, values).status_code == status
    assert Federation.objects.get(pk=two.own.federation_id).charter.minimum_age == 16
    assert Federation.objects.get(pk=two.foreign.federation_id).charter_values == before
    event = Event.objects.get(action="federation.charter_changed")
    assert (event.account, event.acting, event.organization) == (two.admin.account, acting_as(two.admin), two.own)


def test_n_h1_actions_reach_no_account_of_another_federation(two: Two) -> None:
    stranger, own = two.foreign_chair.account, trees.officer(two.region, Role.CHAIR, "Своя").account
    assert stranger is not None and own is not None
    url = reverse("admin:registry_account_changelist")
    passwords = {row.pk: row.password for row in Account.objects.all()}
    for action in ("block", "reissue"):
        two.client.post(url, {"action": action, "_selected_action": [stranger.pk]})
    url = reverse("admin:registry_appointment_changelist")
    foreign = Appointment.objects.get(account=stranger)
    two.client.post(url, {"action": "end", "_selected_action": [foreign.pk]})
    stranger.refresh_from_db()
    foreign.refresh_from_db()
    assert (stranger.is_active, stranger.password, foreign.ends_on) == (True, passwords[stranger.pk], None)
    # Control: within the federation, the same administrator can do the same actions.
    two.client.post(reverse("admin:registry_account_changelist"), {"action": "block", "_selected_action": [own.pk]})
    two.client.post(url, {"action": "end", "_selected_action": [own.appointments.get().pk]})
    own.refresh_from_db()
    assert (own.is_active, own.appointments.get().ends_on) == (False, timezone.localdate())
    blocked = Event.objects.filter(action="account.blocked").latest("pk")
    assert (blocked.account, blocked.acting) == (two.admin.account, acting_as(two.admin))


def test_n_h2_nobody_ends_the_appointment_by_which_they_administer(two: Two) -> None:
    appointment = two.admin.appointment
    assert appointment is not None
    url = reverse("admin:registry_appointment_changelist")
    answer = two.client.post(url, {"action": "end", "_selected_action": [appointment.pk]}, follow=True)
    appointment.refresh_from_db()
    assert appointment.ends_on is None
    assert "на это нет прав" in answer.content.decode()


def test_n_h1_an_account_from_elsewhere_shows_no_name_of_its_federation(two: Two) -> None:
    Appointment.objects.create(
        account=two.foreign_chair.account, organization=two.own, role=Role.REVIEWER, starts_on=timezone.localdate()
    )
    url = reverse("admin:registry_account_changelist")
    text = two.client.get(url).content.decode()
    assert f"{FOREIGN}ова" in text
    assert two.foreign.short_name not in text


@pytest.mark.parametrize(
    "query",
    ["password__startswith=argon2", "home__short_name__startswith=С", "home__federation__code=x", "login__contains=u",
     "appointments__basis=x"],
)  # fmt: skip
def test_values_that_no_filter_offers_cannot_be_guessed(two: Two, query: str) -> None:
    for client in (two.client, installation()):
        assert client.get(f"{reverse('admin:registry_account_changelist')}?{query}").status_code == 400


def pages() -> list[Any]:
    """Return the page of every registered model."""
    return list(admin.site._registry.values())


def record_of(page: Any, organization: Organization) -> Any:
    """Return a record of the organisation's federation; models of new lists have to be added in `first`."""
    return first(page.opts.label_lower, organization) if page.for_federations else None


def snapshot(two: Two) -> list[Any]:
    """Return all data of the other federation on these pages, with its history and journal."""
    rows = [record_of(page, two.foreign) for page in pages()]
    of_models = [model for model in admin.site._registry if model._meta.label_lower != "registry.event"]
    counted = [model._default_manager.count() for model in of_models]
    events = Event.objects.filter(organization=two.foreign).count()
    return [*[model_to_dict(row) for row in rows if row is not None], counted, events]


@pytest.mark.both
def test_n_h1_ids_of_another_federation_lead_nowhere_on_any_page(two: Two) -> None:
    """Requests addresses and forms of every registered model with the other federation's ids."""
    before, asked, wrong = snapshot(two), Counter[str](), []
    for page in pages():
        name, record = f"{page.opts.app_label}_{page.opts.model_name}", record_of(page, two.foreign)
        ids = {field.name: (record_of(admin.site._registry[field.related_model], two.foreign) or two.foreign).pk
               for field in page.opts.fields
               if isinstance(field, ForeignKey) and field.related_model in admin.site._registry}  # fmt: skip
        typed = {**ids, "role": "chair", "surname": "Чужой", "given_name": "Лев", "starts_on": "01.01.2024"}
        typed |= {
            "fee": "annual",
            "amount": "70",
            "valid_from": "01.01.2024",
            "paper": "Решение",
            "organization": two.foreign.pk,
        }
        addresses = {"add": reverse(f"admin:{name}_add")}
        if record is not None:
            ways = ("change", "delete", "history")
            addresses |= {way: reverse(f"admin:{name}_{way}", args=[record.pk]) for way in ways}
        for way, address in addresses.items():
            asked[way] += 1
            said = (two.client.get(address).status_code, two.client.post(address, typed).status_code)
            wrong += [(address, said)] if not {*said} <= {403, 404} else []
        for action in page.actions or ():
            asked["action"] += 1
            chosen = {"action": action if isinstance(action, str) else action.__name__, "select_across": "0"}
            target = record.pk if record is not None else 1
            two.client.post(reverse(f"admin:{name}_changelist"), {**chosen, "_selected_action": [target]})
    assert wrong == []
    assert snapshot(two) == before
    assert min(asked[way] for way in ("add", "change", "delete", "history")) >= 8
    assert asked["action"] >= 6


def few_of(choices: list[Any]) -> list[Any]:
    """Return «all», the first and the last value."""
    return choices if len(choices) <= 3 else [*choices[:2], choices[-1]]


@pytest.mark.both
def test_every_filter_that_is_offered_works(two: Two) -> None:
    """Follow the filters of each list as both kinds of administrators; of many choices, only the first and the last.

    One choice is enough, because a filter treats all values alike.
    """
    followed, wrong = Counter[str](), {}
    for client, whose in ((two.client, "federation"), (installation(), "installation")):
        for page in pages() if whose == "installation" else [page for page in pages() if page.for_federations]:
            shown = client.get(reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist"))
            changelist = shown.context["cl"]
            for spec in changelist.filter_specs:
                for choice in few_of(list(spec.choices(changelist))):
                    followed[f"{whose} {spec.title}"] += 1
                    answer = client.get(f"{shown.request['PATH_INFO']}{choice['query_string']}")
                    if answer.status_code != 200:
                        wrong[f"{whose} {page.opts.model_name}{choice['query_string']}"] = answer.status_code
    assert wrong == {}
    assert followed["installation Федерация"] > 20 and followed["federation Федерация"] == 0
    assert followed["federation kind"] + followed["federation вид"] == 3


def filters_of(url: str, client: Client) -> list[str]:
    """Return the query parameters of the list's filters."""
    specs = client.get(url).context["cl"].filter_specs
    return [name for spec in specs for name in spec.expected_parameters()]


@pytest.mark.both
def test_n_h1_no_filter_and_no_suggestion_reaches_another_federation(two: Two) -> None:
    filters, suggestions, control = 0, 0, 0
    everywhere = installation()
    for page in pages():
        url = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
        for name in filters_of(url, everywhere):
            filters += 1
            answer = two.client.get(url, {name: two.foreign.federation_id if name == "federation" else "1"})
            assert (url, name, FOREIGN in answer.content.decode()) == (url, name, False)
        for field in page.opts.fields:
            if not isinstance(field, ForeignKey):
                continue
            suggestions += 1
            where = {"app_label": page.opts.app_label, "model_name": page.opts.model_name, "field_name": field.name}
            answer = two.client.post(reverse("admin:autocomplete"), {**where, "term": FOREIGN})
            found = json.loads(answer.content)["results"] if answer.status_code == 200 else []
            assert (where, answer.status_code in {200, 403, 404}, found) == (where, True, [])
            told = everywhere.post(reverse("admin:autocomplete"), {**where, "term": FOREIGN})
            control += told.status_code == 200 and FOREIGN in str(json.loads(told.content))
    assert filters >= 15 and suggestions >= 12
    # Administrators of the installation have these filters.
    assert control >= 5


@pytest.mark.both
def test_ways_past_the_registry_are_closed(two: Two) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("admin:view_on_site", args=[1, 1])
    assert two.client.get(f"/admin/r/1/{two.foreign.pk}/").status_code == 404
    changed = two.client.post(reverse("admin:password_change"), {"new_password1": "x", "new_password2": "x"})
    assert (changed.status_code, changed["Location"]) == (302, reverse("change-password"))
    assert two.client.post(reverse("admin:logout")).status_code == 302
    assert Event.objects.filter(action="session.ended", account=two.admin.account).count() == 1
    assert LogEntry.objects.count() == 0


@pytest.mark.both
def test_n_h2_only_the_administrator_of_the_whole_federation_has_the_admin(two: Two) -> None:
    index = reverse("admin:index")
    others = [trees.officer(two.region, Role.ADMINISTRATOR), trees.officer(two.own, Role.CHAIR)]
    assert [signed_in(actor).get(index, follow=True).status_code for actor in others] == [403, 403]
    assert two.client.get(index).status_code == 200
    # Rights come from the appointment in which the person acts now, and end with it.
    Appointment.objects.filter(pk=two.admin.appointment.pk).update(  # type: ignore[union-attr]
        ends_on=timezone.localdate() - timezone.timedelta(days=1)
    )
    assert two.client.get(index, follow=True).status_code == 403


def test_destruction_records_are_for_the_installation_alone(two: Two) -> None:
    url = reverse("admin:members_destructionrecord_changelist")
    assert (two.client.get(url).status_code, installation().get(url).status_code) == (403, 200)


@pytest.mark.both
@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 назначение"), (2, "2 назначения"), (5, "5 назначений"), (21, "21 назначение"), (22, "22 назначения")],
)
def test_the_number_of_rows_is_said_in_russian(two: Two, count: int, said: str) -> None:
    for _ in range(count - 1):
        trees.officer(two.region, Role.REVIEWER)
    text = two.client.get(reverse("admin:registry_appointment_changelist")).content.decode()
    pager = re.search(r'<p class="paginator">(.*?)</p>', text, re.DOTALL)
    assert pager is not None and pager.group(1).split() == said.split()


@pytest.mark.both
def test_the_journal_reads_as_sentences(two: Two) -> None:
    chair = trees.officer(two.region, Role.CHAIR, "Своя")
    block_account(chair.account.pk, reason="Отпуск", by=two.admin)  # type: ignore[union-attr]
    write_event("account.edited", by=chair, about=chair.account, organization=two.region, fields=["surname", "email"])
    written = Event.objects.latest("pk")
    pages = [
        reverse("admin:registry_event_changelist"),
        reverse("admin:registry_event_change", args=[written.pk]),
        reverse("admin:registry_account_history", args=[chair.account.pk]),  # type: ignore[union-attr]
        reverse("admin:registry_job_changelist"),
        *(reverse("admin:registry_job_change", args=[job.pk]) for job in Job.objects.filter(organization=two.own)),
    ]
    for client in (two.client, installation()):
        contents = (client.get(url).content.decode().partition('<div id="content"')[2] for url in pages)
        text = "".join(re.sub(r"<script.*?</script>|<[^>]+>", " ", content, flags=re.DOTALL) for content in contents)
        assert re.findall(r"\b\w+@\d+|&quot;|\{|members\.export|account\.edited", text) == []
        assert "Председатель, Своя область" in text
        assert "поля: «фамилия», «электронная почта»" in text


@pytest.mark.both
def test_search_knows_russian_letters(two: Two) -> None:
    trees.officer(two.region, Role.CHAIR, "Ёлкина")
    for label, words in (("account", "ЕЛКИНА"), ("appointment", "ёлкина СВОЯ"), ("organization", "СВОЯ ОБЛАСТЬ")):
        found = two.client.get(reverse(f"admin:registry_{label}_changelist"), {"q": words}).context["cl"].result_count
        assert (label, found) == (label, 1)
    events = two.client.get(reverse("admin:registry_event_changelist"), {"q": "Учётная ЗАБЛОКИРОВАНА"})
    assert {event.action for event in events.context["cl"].result_list} == {"account.blocked"}


@pytest.mark.both
def test_steps_with_rules_are_taken_on_pages_of_the_registry(two: Two) -> None:
    wanted = {
        "registry_account": [reverse("accounts:add"), reverse("accounts:list")],
        "registry_organization": [reverse("organizations:tree")],
        "registry_event": [reverse("organizations:journal")],
        "dues_rate": [reverse("dues:add_rate"), reverse("dues:rates")],
        "documents_consenttext": [reverse("documents:new_text"), reverse("documents:texts")],
    }
    for name, pages in wanted.items():
        list_page = two.client.get(reverse(f"admin:{name}_changelist"))
        assert [address for _label, address in list_page.context["cl"].links] == pages
        assert {page: two.client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
        assert all(page in list_page.content.decode() for page in pages)


@pytest.mark.both
def test_the_menu_of_the_account_leads_here(two: Two) -> None:
    way = f'href="{reverse("admin:index")}"'
    assert way in two.client.get(reverse("organizations:tree")).content.decode()
    chair = signed_in(trees.officer(two.own, Role.CHAIR))
    assert way not in chair.get(reverse("organizations:tree")).content.decode()
