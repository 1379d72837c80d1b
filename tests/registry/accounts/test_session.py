"""Signing in and out, the first steps, sessions, choosing an appointment, the own account (U-2, U-3, N-H2)."""

from __future__ import annotations

import datetime as dt
import ipaddress
from typing import Any
from urllib.parse import urlencode

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from registry.access import Actor
from registry.accounts.forms.session import NewPasswordForm
from registry.accounts.models import Account, Appointment
from registry.accounts.transitions import accounts
from registry.accounts.transitions.sessions import (
    attempt_address,
    sweep_attempts,
    sweep_sessions,
    visitor_address,
)
from registry.enums import Level, Role
from registry.jobs.queue import sweep
from registry.journal.models import Event
from registry.organizations.models import Organization, RenameRequest
from registry.organizations.transitions import renames
from registry.start.steps import steps_for
from registry.views import APPOINTMENT_KEY
from tests.clock import at
from tests.registry import trees
from tests.worlds import world

PASSWORD = "correct horse battery"
BACKEND = "django.contrib.auth.backends.ModelBackend"
TODAY = timezone.localdate()
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
@world
def school() -> Organization:
    region = trees.below(trees.head(), Level.REGIONAL, "Тульская организация")
    return trees.below(region, Level.PRIMARY, "Школа № 1", full_name="Первичная организация школы № 1 г. Тулы")


@pytest.fixture
def chair(school: Organization) -> Actor:
    return trees.officer(school)


@pytest.fixture
def newcomer(school: Organization) -> accounts.Credentials:
    """Create a chair with a one-time password."""
    return accounts.create_account(
        organization_id=school.pk,
        person={"surname": "Новиков", "given_name": "Пётр"},
        role=Role.CHAIR,
        starts_on=TODAY,
        by=trees.officer(school.parent),
    )


def sign_in(client: Client, login: str, password: str = PASSWORD, **values: str) -> Any:
    return client.post(reverse("login"), {"username": login, "password": password, **values})


def signed_in(actor: Actor) -> Client:
    client = Client()
    assert sign_in(client, actor.account.login).status_code == 302
    return client


def events(action: str) -> list[Event]:
    return list(Event.objects.filter(action=action).order_by("pk"))


# Signing in


def test_u2_every_page_requires_signing_in(client: Client, chair: Actor) -> None:
    for name in ("start", "profile", "accounts:list", "change-password", "first-password", "name-check"):
        assert client.get(reverse(name)).url == f"{reverse('login')}?next={reverse(name)}"


def test_u2_signing_in_works_and_is_recorded_in_the_journal(client: Client, chair: Actor, school: Organization) -> None:
    answer = sign_in(client, chair.account.login.upper())
    assert (answer.status_code, answer.url) == (302, reverse("start"))
    (event,) = events("session.elsewhere_started")
    assert (event.account, event.organization, event.facts) == (chair.account, school, {})


def test_u2_the_refusal_is_the_same_whether_the_login_exists_or_not(client: Client, chair: Actor) -> None:
    def page(login: str) -> str:
        return (
            sign_in(client, login, "wrong")
            .content.decode()
            .replace(login, "")
            .split("<main")[1]
            .split("csrfmiddleware")[0]
        )

    blocked = trees.account(chair.organization, is_active=False, blocked_at=timezone.now())
    assert page(chair.account.login) == page("nobody9999") == page(blocked.login)
    with_password = sign_in(client, blocked.login)
    assert "не подходят" in with_password.content.decode()


def test_u2_a_refused_sign_in_is_in_the_journal_without_anything_typed(client: Client, chair: Actor) -> None:
    sign_in(client, chair.account.login, "secret-word")
    sign_in(client, "my-password-by-mistake", "secret-word")
    known, unknown = events("session.refused")
    assert (known.object_id, known.organization, known.facts) == (
        str(chair.account.pk),
        chair.organization,
        {"reason": "wrong", "closed": False},
    )
    assert (unknown.object_id, unknown.organization, unknown.account) == ("", None, None)
    typed = f"{vars(known)} {vars(unknown)} {[vars(row) for row in AccessAttempt.objects.all()]}"
    assert "secret-word" not in typed
    assert "my-password-by-mistake" not in typed


def test_u2_after_five_wrong_attempts_the_page_says_when_to_come_back(client: Client, chair: Actor) -> None:
    for _ in range(4):
        assert sign_in(client, chair.account.login, "wrong").status_code == 200
    closed = sign_in(client, chair.account.login, "wrong")
    assert (closed.status_code, closed["Retry-After"]) == (429, str(15 * 60))
    right = sign_in(client, chair.account.login)
    assert right.status_code == 429
    opens = timezone.localtime(AccessAttempt.objects.get().attempt_time + dt.timedelta(minutes=15))
    assert f"{opens:%H:%M}" in right.content.decode()
    assert [event.facts["closed"] for event in events("session.refused")] == [False] * 4 + [True]
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(minutes=16))
    assert sign_in(client, chair.account.login).status_code == 302


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "", "198.51.100.7"),
        (0, "203.0.113.4", "198.51.100.7"),
        (1, "203.0.113.4", "203.0.113.4"),
        (1, "192.0.2.1, 203.0.113.4", "203.0.113.4"),
        (2, "192.0.2.1, 203.0.113.4, 10.0.0.2", "203.0.113.4"),
        (1, "", "198.51.100.7"),
        (1, "nonsense", "198.51.100.7"),
    ],
)
def test_u2_attempts_are_counted_by_the_address_that_our_own_proxy_saw(
    client: Client, chair: Actor, settings: Any, proxies: int, header: str, address: str
) -> None:
    settings.PROXY_COUNT = proxies
    said = {"HTTP_X_FORWARDED_FOR": header} if header else {}
    client.post(
        reverse("login"), {"username": chair.account.login, "password": "wrong"}, REMOTE_ADDR="198.51.100.7", **said
    )
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    settings.PROXY_COUNT = 0
    assert (visitor_address(request), AccessAttempt.objects.get().ip_address) == (address, attempt_address(request))
    # A digest, from which the address cannot be found (ADR 19).
    assert address not in str(AccessAttempt.objects.values())
    assert ipaddress.ip_address(AccessAttempt.objects.get().ip_address).is_private


def test_u2_a_network_of_ipv6_counts_as_one_address() -> None:
    def counted(address: str) -> str | None:
        return attempt_address(RequestFactory().get("/", REMOTE_ADDR=address))

    assert counted("2001:db8:1:2::3") == counted("2001:db8:1:2:ffff::4")
    assert len({counted(a) for a in ("2001:db8:1:2::3", "2001:db8:1:3::3", "192.0.2.1", "192.0.2.2")}) == 4


def test_u2_attempts_from_another_address_do_not_lock_the_chair_out(chair: Actor, settings: Any) -> None:
    settings.PROXY_COUNT = 1
    stranger, own = {"HTTP_X_FORWARDED_FOR": "203.0.113.4"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.9"}
    wrong = {"username": chair.account.login, "password": "wrong"}
    tried = [Client().post(reverse("login"), wrong, **stranger).status_code for _ in range(6)]
    forged = Client().post(reverse("login"), wrong, HTTP_X_FORWARDED_FOR="192.0.2.77, 203.0.113.4")
    right = Client().post(reverse("login"), wrong | {"password": PASSWORD}, **own)
    assert (tried, forged.status_code, right.status_code) == ([200] * 4 + [429] * 2, 429, 302)


def test_u2_further_attempts_do_not_prolong_the_wait(client: Client, chair: Actor) -> None:
    for _ in range(5):
        sign_in(client, chair.account.login, "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(minutes=14))
    closed = sign_in(client, chair.account.login, "wrong")
    assert (closed.status_code, int(closed["Retry-After"]) <= 60) == (429, True)


def test_u2_unknown_logins_are_locked_out_with_the_same_page(client: Client) -> None:
    answers = [sign_in(client, "nobody9999", "wrong").status_code for _ in range(6)]
    assert answers == [200, 200, 200, 200, 429, 429]


def test_u2_a_new_one_time_password_opens_a_closed_sign_in(
    client: Client, newcomer: accounts.Credentials, django_capture_on_commit_callbacks: Any
) -> None:
    for _ in range(5):
        sign_in(client, newcomer.account.login, "wrong")
    superior = Actor.of(Account.objects.get(appointments__organization__level=Level.REGIONAL))
    with django_capture_on_commit_callbacks(execute=True):
        again = accounts.reissue_password(newcomer.account.pk, by=superior)
    assert sign_in(client, again.account.login, again.password).status_code == 302


@pytest.mark.parametrize(
    "bad", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example", "profile"]
)
def test_the_way_back_leads_to_our_own_pages_only(client: Client, chair: Actor, bad: str) -> None:
    assert sign_in(client, chair.account.login, next=bad).url == reverse("start")
    assert client.post(reverse("preferences"), {"large_type": "1", "next": bad}).url == reverse("start")
    client.logout()
    assert sign_in(client, chair.account.login, next="/my/").url == "/my/"


@pytest.mark.parametrize("typed", ["", "a" * 10_000, "а\0б", "<script>", "\ud800"])
def test_unusual_input_at_the_sign_in_is_refused(client: Client, typed: str) -> None:
    body = urlencode({"username": typed, "password": typed}, errors="surrogatepass")
    assert client.post(reverse("login"), body, content_type="application/x-www-form-urlencoded").status_code == 200


def test_the_sign_in_page_helps_password_managers_and_is_not_kept(client: Client) -> None:
    answer = client.get(reverse("login"))
    page = answer.content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "no-store" in answer["Cache-Control"]


def test_the_sign_in_needs_the_form_s_own_key(chair: Actor) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, chair.account.login).status_code == 403
    assert client.post(reverse("logout")).status_code == 403


def test_a_part_of_a_page_asked_for_after_the_end_of_the_session_leads_to_the_whole_sign_in(client: Client) -> None:
    answer = client.get(reverse("login"), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == reverse("login")


def test_signing_out_is_a_deliberate_act_and_in_the_journal(chair: Actor) -> None:
    client = signed_in(chair)
    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout")).url == reverse("login")
    assert client.get(reverse("profile")).status_code == 302
    assert [event.account for event in events("session.ended")] == [chair.account]


def test_the_administration_pages_have_no_sign_in_of_their_own(client: Client, chair: Actor) -> None:
    asked = client.get("/admin/login/?next=/admin/")
    assert asked.url == f"{reverse('login')}?next=/admin/"
    assert signed_in(chair).get("/admin/login/").status_code == 403


# The first steps


def test_u2_one_time_password_must_be_changed_at_first_login(client: Client, newcomer: accounts.Credentials) -> None:
    account, password = newcomer
    assert sign_in(client, account.login, password.upper().replace("-", " ")).status_code == 302
    for name in ("start", "profile", "accounts:list", "name-check"):
        assert client.get(reverse(name)).url == reverse("first-password")
    page = client.get(reverse("first-password")).content.decode()
    assert "10 знаков" in page
    differing = client.post(reverse("first-password"), {"password": "vishnya sad zima", "again": "vishnya sad leto"})
    assert differing.status_code == 200
    same = client.post(reverse("first-password"), {"password": password, "again": password})
    assert "нынешний пароль" in same.content.decode()
    done = client.post(reverse("first-password"), {"password": "vishnya sad zima", "again": "vishnya sad zima"})
    assert done.url == reverse("start")
    assert client.get(reverse("start")).url == reverse("name-check")
    account.refresh_from_db()
    assert (account.must_change_password, account.check_password("vishnya sad zima")) == (False, True)
    assert [event.facts for event in events("account.password_changed")] == [{"first": True}]


def test_u2_an_expired_one_time_password_sends_to_the_superior(client: Client, newcomer: accounts.Credentials) -> None:
    account, password = newcomer
    Account.objects.filter(pk=account.pk).update(password_given_at=timezone.now() - dt.timedelta(days=15))
    answer = sign_in(client, account.login, password)
    assert answer.status_code == 200
    assert "14 дней" in answer.content.decode()
    assert client.get(reverse("first-password")).status_code == 302
    assert [event.facts["reason"] for event in events("session.refused")] == ["expired"]
    assert "14 дней" not in sign_in(client, account.login, "wrong").content.decode()


def test_u2_a_chosen_password_is_compared_exactly(client: Client, chair: Actor) -> None:
    chair.account.set_password("hk4t-m7wd-x9pc")
    chair.account.save()
    assert sign_in(client, chair.account.login, "HK4TM7WDX9PC").status_code == 200
    assert sign_in(client, chair.account.login, "hk4t-m7wd-x9pc").status_code == 302


@pytest.fixture
def unchecked(school: Organization, chair: Actor) -> Client:
    """Return a client of the chair of an organisation whose name has not been checked yet."""
    Organization.objects.filter(pk=school.pk).update(name_checked_at=None)
    return signed_in(chair)


def test_u3_the_name_is_checked_before_anything_else(unchecked: Client, school: Organization) -> None:
    for name in ("start", "accounts:list", "profile"):
        assert unchecked.get(reverse(name)).url == reverse("name-check")
    page = unchecked.get(reverse("name-check")).content.decode()
    assert "Первичная организация школы № 1 г. Тулы" in page
    assert "Тульская организация" in page
    assert trees.again(school).name_checked_at is None


def test_u3_the_name_is_right(unchecked: Client, school: Organization) -> None:
    answer = unchecked.post(reverse("name-check"), {"way": "right"})
    assert answer.url == reverse("organizations:passport", args=[school.pk])
    assert trees.again(school).name_checked_at is not None
    assert unchecked.get(reverse("name-check")).url == reverse("start")


def test_u3_a_spelling_mistake_is_corrected_in_place(unchecked: Client, school: Organization) -> None:
    page = unchecked.get(reverse("name-check") + "?way=mistake").content.decode()
    assert f'name="version" value="{trees.again(school).version}"' in page
    values = {
        "way": "mistake",
        "version": trees.again(school).version,
        "full_name": "Первичная организация школы № 1 г. Тула",
        "short_name": "Школа №1",
        "genitive_name": "Первичной организации школы № 1",
    }
    answer = unchecked.post(reverse("name-check"), values)
    assert answer.url == reverse("organizations:passport", args=[school.pk])
    now = trees.again(school)
    assert (now.full_name, now.short_name) == ("Первичная организация школы № 1 г. Тула", "Школа №1")
    assert now.genitive_name == "Первичной организации школы № 1"
    assert now.history.first().prev_record.full_name == "Первичная организация школы № 1 г. Тулы"


def test_u3_another_name_is_refused_as_a_correction_and_the_input_is_kept(
    unchecked: Client, school: Organization
) -> None:
    values = {
        "way": "mistake",
        "version": trees.again(school).version,
        "full_name": "Гимназия имени Толстого",
        "short_name": "Г",
    }
    answer = unchecked.post(reverse("name-check"), values)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Гимназия имени Толстого" in page
    assert "Первичная организация школы № 1 г. Тулы" in page
    assert trees.again(school).full_name == "Первичная организация школы № 1 г. Тулы"


def test_u3_a_name_changed_in_the_meantime_is_shown_again(unchecked: Client, school: Organization) -> None:
    version = trees.again(school).version
    superior = trees.officer(school.parent)
    renames.rename_organization(school.pk, full_name="Новое имя организации", short_name="Новое имя", by=superior)
    Organization.objects.filter(pk=school.pk).update(name_checked_at=None)
    values = {"way": "mistake", "version": version, "full_name": "Новое имя организаций", "short_name": "Новое имя"}
    assert unchecked.post(reverse("name-check"), values).url == reverse("name-check")
    assert trees.again(school).full_name == "Новое имя организации"


def test_u3_a_wrong_name_is_reported_and_the_first_steps_continue(unchecked: Client, school: Organization) -> None:
    values = {
        "way": "wrong",
        "full_name": "Организация гимназии № 2",
        "short_name": "Гимназия № 2",
        "comment": "Слили в мае",
    }
    answer = unchecked.post(reverse("name-check"), values)
    assert answer.url == reverse("organizations:passport", args=[school.pk])
    request = RenameRequest.objects.get()
    assert (request.organization, request.full_name, request.comment) == (
        school,
        "Организация гимназии № 2",
        "Слили в мае",
    )
    assert trees.again(school).full_name == "Первичная организация школы № 1 г. Тулы"
    assert unchecked.get(reverse("profile")).status_code == 200


@pytest.mark.parametrize("way", ["", "other", "wrong\0", "right' --"])
def test_u3_an_unknown_outcome_changes_nothing(unchecked: Client, school: Organization, way: str) -> None:
    assert unchecked.post(reverse("name-check"), {"way": way}).status_code == 200
    assert trees.again(school).name_checked_at is None


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.REVIEWER, Role.COLLECTOR])
def test_u3_only_leading_roles_check_the_name(school: Organization, role: Role) -> None:
    client = signed_in(trees.officer(school, role))
    Organization.objects.filter(pk=school.pk).update(name_checked_at=None)
    assert client.post(reverse("name-check"), {"way": "right"}).url == reverse("start")
    assert trees.again(school).name_checked_at is None


# Sessions and their end


def test_u2_blocking_ends_the_session_at_once_and_unblocking_does_not_revive_it(
    chair: Actor, school: Organization
) -> None:
    client, superior = signed_in(chair), trees.officer(school.parent)
    assert client.get(reverse("profile")).status_code == 200
    accounts.block_account(chair.account.pk, reason="Сложил полномочия", by=superior)
    assert client.get(reverse("profile")).url == f"{reverse('login')}?next={reverse('profile')}"
    accounts.unblock_account(chair.account.pk, by=superior)
    assert client.get(reverse("profile")).status_code == 302
    assert signed_in(chair).get(reverse("profile")).status_code == 200


def test_u2_unblocking_alone_revives_no_session_that_made_no_request_meanwhile(
    chair: Actor, school: Organization
) -> None:
    client, superior = signed_in(chair), trees.officer(school.parent)
    accounts.block_account(chair.account.pk, reason="Проверка", by=superior)
    accounts.unblock_account(chair.account.pk, by=superior)
    assert client.get(reverse("profile")).status_code == 302


def test_u2_a_new_one_time_password_ends_open_sessions(chair: Actor, school: Organization) -> None:
    client = signed_in(chair)
    accounts.reissue_password(chair.account.pk, by=trees.officer(school.parent))
    assert client.get(reverse("profile")).status_code == 302


def test_u2_the_own_password_changes_against_the_present_one_and_ends_other_sessions(chair: Actor) -> None:
    here, elsewhere = signed_in(chair), signed_in(chair)
    values = {"present": "wrong", "password": "vishnya sad zima", "again": "vishnya sad zima"}
    assert here.post(reverse("change-password"), values).status_code == 200
    assert here.post(reverse("change-password"), {**values, "present": PASSWORD}).url == reverse("profile")
    assert here.get(reverse("profile")).status_code == 200
    assert elsewhere.get(reverse("profile")).status_code == 302
    assert Account.objects.get(pk=chair.account.pk).check_password("vishnya sad zima")


def test_u2_sessions_on_other_computers_are_ended_by_their_owner(chair: Actor) -> None:
    here, elsewhere = signed_in(chair), signed_in(chair)
    assert here.get(reverse("end-sessions")).status_code == 405
    assert here.post(reverse("end-sessions")).url == reverse("profile")
    assert here.get(reverse("profile")).status_code == 200
    assert elsewhere.get(reverse("profile")).status_code == 302


def test_a_sign_of_life_prolongs_the_session(chair: Actor, settings: Any) -> None:
    client = signed_in(chair)
    assert client.get(reverse("session-ping")).status_code == 405
    answer = client.post(reverse("session-ping"))
    assert answer.json() == {"seconds": settings.SESSION_COOKIE_AGE}
    assert answer.cookies["sessionid"].value == client.session.session_key
    assert Client().post(reverse("session-ping")).status_code == 302


# Appointments


def test_n_h2_officers_with_several_appointments_can_switch(school: Organization, chair: Actor) -> None:
    other = trees.below(school.parent, Level.PRIMARY, "Колледж")
    second = Appointment.objects.create(account=chair.account, organization=other, role=Role.REVIEWER, starts_on=TODAY)
    client = signed_in(chair)
    client.post(reverse("switch-appointment"), {"appointment": chair.appointment.pk})
    assert client.get(reverse("profile")).wsgi_request.actor.organization == school
    assert client.get(reverse("switch-appointment")).status_code == 405
    assert client.post(reverse("switch-appointment"), {"appointment": second.pk}).url == reverse("start")
    actor = client.get(reverse("profile")).wsgi_request.actor
    assert (actor.organization, actor.role) == (other, Role.REVIEWER)
    assert [(event.account, event.organization) for event in events("appointment.chosen")] == [
        (chair.account, school),
        (chair.account, other),
    ]
    Appointment.objects.filter(pk=second.pk).update(starts_on=TODAY - dt.timedelta(3), ends_on=TODAY - dt.timedelta(1))
    assert client.get(reverse("profile")).wsgi_request.actor.organization == school


def test_n_h2_foreign_and_past_appointments_cannot_be_used(school: Organization, chair: Actor) -> None:
    stranger = trees.officer(school.parent)
    past = Appointment.objects.create(
        account=chair.account,
        organization=school.parent,
        role=Role.CHAIR,
        starts_on=TODAY - dt.timedelta(9),
        ends_on=TODAY - dt.timedelta(1),
    )
    client = signed_in(chair)
    for wanted in (stranger.appointment.pk, past.pk, "", "x", "9" * 5000, "1\0"):
        assert client.post(reverse("switch-appointment"), {"appointment": wanted}).status_code == 404
    session = client.session
    session[APPOINTMENT_KEY] = stranger.appointment.pk
    session.save()
    assert client.get(reverse("profile")).wsgi_request.actor.organization == school


def test_n_h2_without_a_current_appointment_only_an_explanation_is_shown(school: Organization) -> None:
    actor = trees.officer(school.parent, Role.CHAIR, "Бывшая")
    trees.officer(school, surname="Секретная")
    Appointment.objects.filter(pk=actor.appointment.pk).update(ends_on=TODAY - dt.timedelta(1))
    client = signed_in(actor)
    page = client.get(reverse("start"))
    assert page.status_code == 200
    assert "Нет действующего назначения" in page.content.decode()
    for name in ("accounts:list", "accounts:add", "accounts:add_many"):
        refused = client.get(reverse(name))
        assert refused.status_code == 403
        assert "Секретная" not in refused.content.decode()
    assert client.get(reverse("profile")).status_code == 200


def test_n_h3_a_button_pressed_after_the_session_had_ended_leads_back_to_its_page(client: Client, chair: Actor) -> None:
    pressed = reverse("accounts:block", args=[chair.account.pk])
    before = {"HTTP_REFERER": "http://testserver" + reverse("accounts:list") + "?q=x"}
    answer = client.post(pressed, {"reason": "ошибка"}, **before)
    assert answer["Location"] == f"{reverse('login')}?" + urlencode(
        {"next": f"{reverse('accounts:list')}?q=x"}, safe="/"
    )
    assert "Сеанс закончился раньше, чем была нажата кнопка" in client.get(answer["Location"]).content.decode()
    elsewhere = client.post(pressed, HTTP_REFERER="https://elsewhere.example/page")
    assert elsewhere["Location"] == f"{reverse('login')}?next=/"
    assert Account.objects.get(pk=chair.account.pk).is_active


def test_n_h3_the_address_of_a_button_opened_as_a_page_says_what_to_do(chair: Actor) -> None:
    refused = signed_in(chair).get(reverse("logout"))
    assert (refused.status_code, refused["Allow"]) == (405, "POST")
    assert "Эту страницу нельзя открыть по адресу" in refused.content.decode()


# The own account


def test_owners_change_their_contacts_and_not_their_names(chair: Actor) -> None:
    client = signed_in(chair)
    values = {
        "phone": "+7 910 000-00-01",
        "email": "chair@example.ru",
        "surname": "Другая",
        "home": "1",
        "is_staff": "on",
    }
    assert client.post(reverse("profile"), values).url == reverse("profile")
    account = Account.objects.get(pk=chair.account.pk)
    assert (account.phone, account.email) == ("+7 910 000-00-01", "chair@example.ru")
    assert (account.surname, account.home, account.is_staff) == ("Орлова", chair.organization, False)
    assert account.history.first().history_user == chair.account
    wrong = client.post(reverse("profile"), {"phone": "+7 910 000-00-02", "email": "no address"})
    assert "no address" in wrong.content.decode()
    assert Account.objects.get(pk=chair.account.pk).phone == "+7 910 000-00-01"


def test_display_is_chosen_piece_by_piece(chair: Actor) -> None:
    client = signed_in(chair)
    assert client.get(reverse("preferences")).status_code == 405
    client.post(reverse("preferences"), {"large_type": "1", "next": "/my/"})
    client.post(reverse("preferences"), {"high_contrast": "1"})
    client.post(reverse("preferences"), {"language": "en"})
    client.post(reverse("preferences"), {"language": "xx"})
    account = Account.objects.get(pk=chair.account.pk)
    assert (account.large_type, account.high_contrast, account.language) == (True, True, "en")
    page = client.get(reverse("profile")).content.decode()
    assert 'class="type-large contrast-high"' in page
    assert "My account" in page
    client.post(reverse("preferences"), {"large_type": "0"})
    assert Account.objects.get(pk=chair.account.pk).large_type is False


def test_the_language_is_chosen_before_signing_in_too(client: Client) -> None:
    answer = client.post(reverse("preferences"), {"language": "en", "next": reverse("login")})
    assert answer.url == reverse("login")
    assert "Sign in to the registry" in client.get(reverse("login")).content.decode()


def test_help_is_open_without_signing_in(client: Client, chair: Actor) -> None:
    assert client.get(reverse("help")).status_code == 200
    assert "Тульская организация" in signed_in(chair).get(reverse("help")).content.decode()


def test_u2_the_rules_of_a_password_are_said_in_our_own_words(chair: Actor) -> None:
    with translation.override("ru"):
        said = NewPasswordForm(chair.account).password_rules
    assert said == [
        "Пароль не должен быть похож на ваши фамилию, имя, отчество, логин или электронную почту.",
        "Пароль не должен быть короче 10 знаков.",
        "Пароль не должен быть слишком простым и распространённым.",
        "Пароль не может состоять только из цифр.",
    ]


def test_u8_steps_outside_the_registry_say_what_to_do(chair: Actor) -> None:
    with translation.override("en"):
        found = steps_for(chair)
        assert found is not None
        last = [(step.url, str(step.hint)) for step in found.outside]
    assert last == [
        ("", "Nothing to do: they are sent to the regional organisation within 14 days of processing."),
        ("/papers/programme/leaflets/", "Hand out the leaflet on how to register: printed, by e-mail or by post."),
    ]


# Deletion


@pytest.mark.parametrize(("seconds", "gone"), [(0, 0), (1, 1)])
def test_u2_failed_sign_ins_are_deleted_once_they_close_nothing(seconds: int, gone: int) -> None:
    now = timezone.now()
    row = AccessAttempt.objects.create(username="0" * 64, ip_address="192.0.2.7", failures_since_start=5)
    old = now - dt.timedelta(minutes=15, seconds=seconds)
    AccessAttempt.objects.filter(pk=row.pk).update(attempt_time=old)
    with at(now, tick=False):
        assert (sweep_attempts(), AccessAttempt.objects.count()) == (gone, 1 - gone)


@pytest.mark.parametrize(("seconds", "gone"), [(0, 0), (1, 1)])
def test_u2_sessions_are_deleted_once_they_have_ended(chair: Actor, seconds: int, gone: int) -> None:
    Client().force_login(chair.account, backend=BACKEND)  # type: ignore[arg-type]
    now = timezone.now()
    Session.objects.update(expire_date=now - dt.timedelta(seconds=seconds))
    with at(now, tick=False):
        assert (sweep_sessions(), Session.objects.count()) == (gone, 1 - gone)


def test_u2_the_sweep_of_the_worker_deletes_both(chair: Actor) -> None:
    Client().force_login(chair.account, backend=BACKEND)  # type: ignore[arg-type]
    AccessAttempt.objects.create(username="0" * 64, ip_address="192.0.2.7", failures_since_start=5)
    with at(timezone.now() + dt.timedelta(hours=1)):
        sweep()
    assert (AccessAttempt.objects.count(), Session.objects.count()) == (0, 0)
