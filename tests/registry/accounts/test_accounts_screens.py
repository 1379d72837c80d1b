"""Screens of accounts and appointments, as superior, neighbour, reviewer and stranger see them (U-2, N-H1, N-H2)."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.enums import Level, Role
from registry.journal.models import Event
from registry.organizations.models import Organization
from tests.registry import trees
from tests.worlds import world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
DAY = f"{TODAY:%d.%m.%Y}"


class Tree:
    """Two regions of one federation, the first with two schools, the second with one; and another federation."""

    def __init__(self) -> None:
        root = trees.head()
        self.root = root
        self.region = trees.below(root, Level.REGIONAL, "Тульская организация")
        self.other = trees.below(root, Level.REGIONAL, "Омская организация")
        self.school = trees.below(self.region, Level.PRIMARY, "Школа № 1", chair_name="Шестакова Анна Ильинична")
        self.college = trees.below(self.region, Level.PRIMARY, "Колледж")
        self.omsk = trees.below(self.other, Level.PRIMARY, "Омская школа")
        self.chief = trees.officer(self.region, surname="Главная")
        self.teacher = trees.officer(self.school, Role.REGISTRAR, surname="Учётова")
        self.neighbour = trees.officer(self.omsk, surname="Соседова")
        self.superior = trees.officer(root, surname="Верховная")
        self.foreign = trees.officer(trees.head("voi", "Общество"), surname="Чужова")


@pytest.fixture
@world
def tree() -> Tree:
    return Tree()


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(actor.account, "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def client(tree: Tree) -> Client:
    return client_of(tree.chief)


def url(name: str, *args: Any, **query: Any) -> str:
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse(f"accounts:{name}", args=args) + (f"?{asked}" if asked else "")


def person(**values: Any) -> dict[str, Any]:
    return {
        "surname": "ШЕСТАКОВА",
        "given_name": "анна",
        "patronymic": "Ильинична",
        "role": "chair",
        "starts_on": DAY,
        **values,
    }


def passwords(page: str) -> list[str]:
    return re.findall(r"<code>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</code>", page)


def slips(page: str) -> PdfReader:
    data = re.search(r'href="data:application/pdf;base64,([^"]+)"', page)
    assert data is not None
    return PdfReader(io.BytesIO(base64.b64decode(data[1])))


# The list


def test_n_h1_the_list_holds_the_own_organisation_and_those_below(client: Client, tree: Tree) -> None:
    page = client.get(url("list")).content.decode()
    assert [
        name for name in ("Главная", "Учётова", "Соседова", "Верховная", "Чужова") if f">{name} Мария</a>" in page
    ] == [
        "Главная",
        "Учётова",
    ]
    assert "Омская" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Главная", "Учётова"]),
        ({"find": "учет"}, ["Учётова"]),
        ({"find": "extnjdf"}, ["Учётова"]),
        ({"find": "школа 1"}, ["Учётова"]),
        ({"find": "Соседова"}, []),
        ({"find": "%"}, ["Главная", "Учётова"]),
        ({"state": "never"}, ["Учётова"]),
        ({"state": "active"}, ["Главная"]),
        ({"state": "blocked"}, []),
        ({"role": "registrar"}, ["Учётова"]),
        ({"role": "registrar", "find": "глав"}, []),
        ({"state": "nonsense"}, []),
        ({"role": "'; --"}, []),
        ({"find": "ы" * 5000}, []),
        ({"organization": "0"}, []),
        ({"page": "9" * 50}, ["Главная", "Учётова"]),
    ],
)
def test_n_h1_search_and_filters_find_within_the_scope_alone(
    client: Client, query: dict[str, str], found: list[str]
) -> None:
    page = client.get(url("list"), query).content.decode()
    assert re.findall(r'<th scope="row"><a [^>]*>(\w+) Мария</a>', page) == found


def test_n_h1_the_filter_by_organisation_stays_within_the_scope(client: Client, tree: Tree) -> None:
    assert "Учётова" in client.get(url("list", organization=tree.school.pk)).content.decode()
    assert "Учётова" not in client.get(url("list", organization=tree.college.pk)).content.decode()
    for stranger in (tree.omsk, tree.root, tree.foreign.organization):
        assert client.get(url("list", organization=stranger.pk)).status_code == 404


def test_states_are_shown_in_words(client: Client, tree: Tree) -> None:
    Account.objects.filter(pk=tree.teacher.account.pk).update(is_active=False, blocked_at=timezone.now())
    page = client.get(url("list", state="blocked")).content.decode()
    assert ("Учётова" in page, "заблокирована" in page) == (True, True)


def test_the_list_takes_a_constant_number_of_queries(client: Client, tree: Tree) -> None:
    client.get(url("list"))
    with CaptureQueriesContext(connection) as few:
        client.get(url("list"))
    for _ in range(3):
        trees.officer(tree.school, Role.REVIEWER)
    with CaptureQueriesContext(connection) as many:
        client.get(url("list"))
    assert len(few) == len(many)


# Permissions


def routes(tree: Tree) -> Iterator[tuple[str, str]]:
    account, appointment = tree.teacher.account.pk, tree.teacher.appointment.pk
    for name in ("detail", "edit", "block", "unblock", "reissue"):
        yield name, url(name, account)
    yield "appoint", url("appoint", account, organization=tree.school.pk)
    for name in ("dismiss", "withdraw"):
        yield name, url(name, appointment)


def test_n_h1_accounts_outside_the_scope_are_not_found(tree: Tree) -> None:
    for stranger in (tree.neighbour, tree.foreign, trees.officer(tree.other), trees.officer(tree.college)):
        client = client_of(stranger)
        for name, address in routes(tree):
            sent = [] if name == "detail" else [client.post(address, {"reason": "x", "last_day": DAY, **person()})]
            for answer in (client.get(address), *sent):
                assert (answer.status_code, "Учётова" in answer.content.decode()) == (404, False)
    assert Account.objects.get(pk=tree.teacher.account.pk).is_active


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.REVIEWER, Role.COLLECTOR])
def test_n_h2_other_roles_get_403(tree: Tree, role: Role) -> None:
    client = client_of(trees.officer(tree.region, role))
    addresses = [url("list"), url("add", organization=tree.school.pk), url("add_many"), *dict(routes(tree)).values()]
    for address in addresses:
        answers = [client.get(address), client.post(address, person())]
        # A wrong method is refused before the role is checked.
        assert sorted({a.status_code for a in answers} - {405}) == [403]
        assert ["Учётова" in a.content.decode() for a in answers] == [False, False]


def test_n_h2_visible_accounts_of_higher_roles_cannot_be_managed(tree: Tree) -> None:
    client = client_of(trees.officer(tree.region, Role.DEPUTY))
    chair = tree.chief
    assert client.get(url("detail", chair.account.pk)).status_code == 200
    for name in ("edit", "block", "unblock", "reissue"):
        address = url(name, chair.account.pk)
        assert (client.get(address).status_code, client.post(address, {"reason": "x"}).status_code) == (403, 403)
    for name in ("dismiss", "withdraw"):
        address = url(name, chair.appointment.pk)
        assert (client.get(address).status_code, client.post(address, {"last_day": DAY}).status_code) == (403, 403)
    own = url("appoint", tree.chief.account.pk, organization=tree.school.pk)
    assert client_of(tree.chief).get(own).status_code == 403
    page = client.get(url("detail", chair.account.pk)).content.decode()
    assert [word for word in ("Заблокировать", "Новый одноразовый пароль", "Завершить") if word in page] == []


def test_looking_changes_nothing(client: Client, tree: Tree) -> None:
    def state() -> Any:
        return (
            list(Account.objects.order_by("pk").values_list("pk", "password", "is_active")),
            list(Appointment.objects.order_by("pk").values()),
            Event.objects.count(),
        )

    before = state()
    for _name, address in routes(tree):
        assert client.get(address).status_code == 200
    for address in (url("list"), url("add"), url("add", organization=tree.school.pk), url("add_many")):
        assert client.get(address).status_code == 200
    assert state() == before


def test_every_change_needs_the_form_s_own_key(tree: Tree) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(tree.chief.account, "django.contrib.auth.backends.ModelBackend")
    for name, address in routes(tree):
        if name != "detail":
            assert client.post(address, {"reason": "x", "last_day": DAY}).status_code == 403
    assert Account.objects.get(pk=tree.teacher.account.pk).is_active


# New accounts


def test_u2_a_new_account_is_shown_once_with_its_slip(client: Client, tree: Tree) -> None:
    address = url("add", organization=tree.school.pk)
    answer = client.post(address, person(basis="Протокол № 7"))
    page = answer.content.decode()
    (password,) = passwords(page)
    account = Account.objects.get(surname="Шестакова")
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    assert (account.full_name, account.check_password(password)) == ("Шестакова Анна Ильинична", True)
    pdf = slips(page)
    text = pdf.pages[0].extract_text()
    assert len(pdf.pages) == 1
    assert [word for word in (account.login, password, "Шестакова Анна Ильинична", "http") if word not in text] == []
    shown_again = [client.get(address), client.get(url("list")), client.get(url("detail", account.pk))]
    assert [password in page.content.decode() for page in shown_again] == [False] * 3


def test_u2_the_form_sent_again_makes_no_second_account(client: Client, tree: Tree) -> None:
    address = url("add", organization=tree.school.pk)
    client.post(address, person(role="registrar"))
    again = client.post(address, person(role="registrar"))
    page = again.content.decode()
    assert (passwords(page), Account.objects.filter(surname="Шестакова").count()) == ([], 1)
    assert 'name="namesake"' in page
    assert len(passwords(client.post(address, person(role="registrar", namesake="on")).content.decode())) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"surname": ""},
        {"surname": "<script>alert(1)</script>"},
        {"surname": "Sidorov"},
        {"surname": "ы" * 101},
        {"given_name": "А\0нна"},
        {"role": "administrator"},
        {"role": ""},
        {"starts_on": "31.02.2025"},
        {"starts_on": "01.09.26"},
        {"ends_on": "01.01.2020"},
        {"email": "нет"},
    ],
)
def test_u2_an_invalid_value_is_refused_at_its_field_and_the_input_is_kept(
    client: Client, tree: Tree, values: dict[str, str]
) -> None:
    answer = client.post(url("add", organization=tree.school.pk), person(basis="Протокол № 77", **values))
    page = answer.content.decode()
    assert (answer.status_code, Account.objects.filter(given_name="Анна").count()) == (200, 0)
    assert ("Протокол № 77" in page, 'role="alert"' in page, "<script>alert" in page) == (True, True, False)


def test_n_h1_a_forged_address_creates_no_account_outside_the_scope(client: Client, tree: Tree) -> None:
    for stranger in (tree.omsk, tree.other, tree.root, tree.foreign.organization):
        answer = client.post(url("add", organization=stranger.pk), person())
        assert (answer.status_code, stranger.short_name in answer.content.decode()) == (404, False)
    for nonsense in ("0", "x", "9" * 40, "-1", "1%00"):
        assert client.post(url("add", organization=nonsense), person()).status_code == 404
    assert Account.objects.filter(surname="Шестакова").count() == 0


def test_n_h2_roles_that_may_not_be_given_are_not_offered(client: Client, tree: Tree) -> None:
    def offered(organization: Organization) -> list[str]:
        page = client.get(url("add", organization=organization.pk)).content.decode()
        return re.findall(r'name="role" value="(\w+)"', page)

    assert offered(tree.school) == ["chair", "deputy", "registrar", "collector", "reviewer"]
    assert offered(tree.region) == ["deputy", "registrar", "collector", "reviewer"]


def test_a_new_chair_is_suggested_by_the_passport(client: Client, tree: Tree) -> None:
    page = client.get(url("add", organization=tree.school.pk)).content.decode()
    assert ('value="Шестакова"' in page, 'value="chair" required' in page or "checked" in page) == (True, True)


def test_n_h1_the_choice_of_an_organisation_offers_the_own_branch(client: Client, tree: Tree) -> None:
    page = client.get(url("add")).content.decode()
    names = ("Тульская организация", "Школа № 1", "Колледж", "Омская")
    assert [name in page for name in names] == [True, True, True, False]
    found = client.get(url("add", find="омск")).content.decode()
    assert "Омская" not in found
    assert "Школа № 1" in client.get(url("add", find="школа")).content.decode()
    assert client.get(url("add", find="ы" * 5000)).status_code == 200


def test_without_organisations_below_the_form_opens_directly(tree: Tree) -> None:
    client = client_of(trees.officer(tree.school))
    assert 'name="surname"' in client.get(url("add")).content.decode()


# Many at once


def rows(*organizations: Organization, **values: str) -> dict[str, Any]:
    data: dict[str, Any] = {"organization": [str(o.pk) for o in organizations], "starts_on": DAY}
    for organization in organizations:
        data |= {
            f"o{organization.pk}-{name}": value
            for name, value in {"chosen": "on", "surname": "Первый", "given_name": "Пётр", **values}.items()
        }
    return data


def test_u2_many_chairs_get_their_accounts_and_slips_in_one_go(client: Client, tree: Tree) -> None:
    page = client.get(url("add_many")).content.decode()
    assert [f'name="o{o.pk}-surname"' in page for o in (tree.school, tree.college, tree.region, tree.omsk)] == [
        True, True, False, False,
    ]  # fmt: skip
    answer = client.post(url("add_many"), rows(tree.school, tree.college))
    shown = answer.content.decode()
    assert (len(passwords(shown)), len(slips(shown).pages), "no-store" in answer["Cache-Control"]) == (2, 1, True)
    made = Account.objects.filter(surname="Первый").order_by("pk")
    assert {account.appointments.get().organization for account in made} == {tree.school, tree.college}
    assert {account.appointments.get().role for account in made} == {"chair"}
    assert client.get(url("add_many")).content.decode().count('name="organization"') == 0


def test_u2_only_ticked_lines_are_read(client: Client, tree: Tree) -> None:
    data = rows(tree.school, tree.college)
    del data[f"o{tree.college.pk}-chosen"]
    data[f"o{tree.college.pk}-surname"] = "<script>"
    assert len(passwords(client.post(url("add_many"), data).content.decode())) == 1
    nobody = client.post(url("add_many"), {**data, f"o{tree.school.pk}-chosen": ""})
    assert passwords(nobody.content.decode()) == []


def test_u2_an_error_in_one_line_stops_all_and_keeps_the_input(client: Client, tree: Tree) -> None:
    data = rows(tree.school, tree.college)
    data[f"o{tree.college.pk}-given_name"] = ""
    page = client.post(url("add_many"), data).content.decode()
    assert (passwords(page), page.count('value="Первый"'), 'role="alert"' in page) == ([], 2, True)
    assert Account.objects.filter(surname="Первый").count() == 0


def test_n_h2_a_refused_line_does_not_prevent_the_others(client: Client, tree: Tree) -> None:
    trees.officer(tree.college, surname="Занятая")
    page = client.post(url("add_many"), rows(tree.school, tree.college)).content.decode()
    assert (len(passwords(page)), "Занятая Мария" in page) == (1, True)


def test_n_h1_forged_lines_create_no_accounts_outside_the_scope(client: Client, tree: Tree) -> None:
    page = client.post(
        url("add_many"), rows(tree.omsk, tree.root, tree.region, tree.foreign.organization)
    ).content.decode()
    assert (passwords(page), Account.objects.filter(surname="Первый").count()) == ([], 0)
    assert "Омская школа" not in page
    assert client.post(url("add_many"), {"organization": ["x", "9" * 40, "\0"], "starts_on": DAY}).status_code == 200


# Changes


def test_u2_names_are_changed_on_the_screen(client: Client, tree: Tree) -> None:
    address = url("edit", tree.teacher.account.pk)
    answer = client.post(address, {"surname": "Учетова", "given_name": "Мария"})
    assert answer.url == url("detail", tree.teacher.account.pk)
    assert Account.objects.get(pk=tree.teacher.account.pk).full_name == "Учетова Мария"
    wrong = client.post(address, {"surname": "Uchetova", "given_name": "Мария"})
    assert "Uchetova" in wrong.content.decode()


def test_u2_a_blocked_officer_s_next_request_asks_for_the_sign_in(client: Client, tree: Tree) -> None:
    at_work = client_of(tree.teacher)
    assert at_work.get(reverse("profile")).status_code == 200
    assert client.post(url("block", tree.teacher.account.pk), {"reason": ""}).status_code == 200
    assert at_work.get(reverse("profile")).status_code == 200
    assert client.post(url("block", tree.teacher.account.pk), {"reason": "Уволена"}).url == url(
        "detail", tree.teacher.account.pk
    )
    assert at_work.get(reverse("profile")).url.startswith(reverse("login"))
    assert "Уволена" in client.get(url("detail", tree.teacher.account.pk)).content.decode()
    assert client.post(url("unblock", tree.teacher.account.pk)).status_code == 302
    assert Account.objects.get(pk=tree.teacher.account.pk).is_active
    assert at_work.get(reverse("profile")).status_code == 302


def test_u2_a_lost_slip_is_replaced_by_a_new_password(client: Client, tree: Tree) -> None:
    address = url("reissue", tree.teacher.account.pk)
    shown = {"given_at": client.get(address).context["given_at"]}
    answer = client.post(address, shown)
    (password,) = passwords(answer.content.decode())
    account = Account.objects.get(pk=tree.teacher.account.pk)
    assert (account.check_password(password), account.must_change_password) == (True, True)
    assert "no-store" in answer["Cache-Control"]
    stored = f"{list(Event.objects.values())} {list(Account.history.values())} {client.session.items()}"
    assert password not in stored
    # Sending the same form twice does not invalidate the slip that was just printed.
    again = client.post(address, shown, follow=True)
    account.refresh_from_db()
    assert (again.redirect_chain, account.check_password(password)) == ([(url("detail", account.pk), 302)], True)
    assert "уже выдан" in again.content.decode()
    assert (
        len(passwords(client.post(address, {"given_at": client.get(address).context["given_at"]}).content.decode()))
        == 1
    )


def test_n_h2_an_appointment_is_given_ended_and_withdrawn_on_the_screen(client: Client, tree: Tree) -> None:
    account = tree.teacher.account
    address = url("appoint", account.pk, organization=tree.college.pk)
    assert client.post(address, {"role": "chair", "starts_on": DAY}).url == url("detail", account.pk)
    made = account.appointments.get(organization=tree.college)
    again = client.post(address, {"role": "chair", "starts_on": DAY, "basis": "Протокол № 99"})
    assert ("Протокол № 99" in again.content.decode(), account.appointments.count()) == (True, 2)
    assert client.post(url("withdraw", made.pk)).url == url("detail", account.pk)
    wrong = client.post(url("dismiss", tree.teacher.appointment.pk), {"last_day": "01.01.1990"})
    assert (wrong.status_code, "01.01.1990" in wrong.content.decode()) == (200, True)
    assert client.post(url("dismiss", tree.teacher.appointment.pk), {"last_day": DAY}).url == url("detail", account.pk)
    assert [(row.organization, row.ends_on) for row in account.appointments.all()] == [(tree.school, TODAY)]


def test_n_h1_a_forged_address_makes_no_appointment_outside_the_scope(client: Client, tree: Tree) -> None:
    for stranger in (tree.omsk, tree.root, tree.foreign.organization):
        address = url("appoint", tree.teacher.account.pk, organization=stranger.pk)
        assert client.post(address, {"role": "reviewer", "starts_on": DAY}).status_code == 404
    own = url("appoint", tree.teacher.account.pk, organization=tree.region.pk)
    assert client.post(own, {"role": "chair", "starts_on": DAY}).status_code == 200
    assert tree.teacher.account.appointments.count() == 1


def test_n_h1_the_page_of_an_account_hides_roles_outside_the_scope(client: Client, tree: Tree) -> None:
    Appointment.objects.create(
        account=tree.teacher.account, organization=tree.omsk, role=Role.REVIEWER, starts_on=TODAY
    )
    page = client.get(url("detail", tree.teacher.account.pk)).content.decode()
    assert ("Школа № 1" in page, "Омская" in page) == (True, False)
    assert "Омская" not in client.get(url("list")).content.decode()
