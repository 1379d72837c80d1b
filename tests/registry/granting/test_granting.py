"""A request of an administrator gives no rights until somebody else confirms it (N-H2)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.accounts.rules.second_factor import has_factor
from registry.accounts.transitions import accounts, second_factor
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.granting import queries, rules
from registry.granting.enums import GrantState
from registry.granting.jobs import settle_grants
from registry.granting.models import GrantRequest
from registry.granting.transitions import (
    ask_for_account,
    ask_for_factor_reset,
    ask_for_password,
    ask_for_role,
    ask_for_unblocking,
    confirm_grant,
    hand_on,
    lapse_grant,
    refuse_grant,
    withdraw_grant,
)
from registry.journal.models import Event
from registry.organizations.models import Organization
from registry.supervision.queries.grants import risks_of
from registry.tasks import tasks_for
from tests.clock import at
from tests.members import places
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees
from tests.registry.accounts import factors
from tests.worlds import world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate
PERSON = {"surname": "Щербаков", "given_name": "Юрий", "patronymic": "Ильич", "email": "", "phone": ""}
SYSTEM = Actor.system("grants")


@pytest.fixture
@world
def tree() -> dict[str, Any]:
    """Create a head, a region with its chair, a school with a registrar, and two administrators of the federation."""
    root = trees.head()
    region = trees.below(root, Level.REGIONAL, "Тульская")
    school = trees.below(region, Level.PRIMARY, "Школа № 1")
    return {
        "root": root,
        "region": region,
        "school": school,
        "chief": trees.officer(region, Role.CHAIR, "Областная"),
        "registrar": trees.officer(school, Role.REGISTRAR, "Учётова"),
        "first": trees.officer(root, Role.ADMINISTRATOR, "Первая"),
        "second": trees.officer(root, Role.ADMINISTRATOR, "Вторая"),
    }


def new(place: Organization, by: Actor, role: str = Role.REGISTRAR, **values: Any) -> GrantRequest:
    given = {"person": PERSON, "role": role, "starts_on": TODAY(), "by": by, **values}
    return ask_for_account(organization_id=place.pk, **given)


def held(account: Account) -> list[str]:
    return list(account.appointments.values_list("role", flat=True))


# Asking


def test_n_h2_an_account_that_an_administrator_creates_has_neither_rights_nor_a_password(tree: dict[str, Any]) -> None:
    asked = new(tree["school"], tree["first"], basis="Протокол № 3")
    account = asked.account
    assert (held(account), account.has_usable_password(), account.is_active) == ([], False, True)
    assert (asked.asked_of, asked.asked_by, asked.state) == (tree["region"], tree["first"].account, "waiting")
    done = confirm_grant(asked.pk, by=tree["chief"])
    account.refresh_from_db()
    assert done.credentials is not None and account.check_password(done.credentials.password)
    assert (held(account), account.must_change_password) == (["registrar"], True)
    assert account.appointments.get().basis == "Протокол № 3"
    events = Event.objects.filter(object_type="grantrequest").order_by("pk")
    assert [(one.action, one.rule, one.account) for one in events] == [
        ("grant.asked", "N-H2", tree["first"].account),
        ("grant.confirmed", "N-H2", tree["chief"].account),
    ]
    assert done.credentials.password not in f"{[one.facts for one in events]} {list(asked.history.values())}"


@pytest.mark.parametrize("way", ["create", "appoint", "reissue", "unblock"])
def test_n_h2_no_administrator_gives_at_once(tree: dict[str, Any], way: str) -> None:
    account, by = tree["registrar"].account, tree["first"]
    where = {"organization_id": tree["school"].pk, "role": Role.COLLECTOR, "starts_on": TODAY()}
    if way == "unblock":
        accounts.block_account(account.pk, reason="?", by=by)
    steps = {
        "create": lambda by: accounts.create_account(person=PERSON, **where, by=by),
        "appoint": lambda by: accounts.appoint(account.pk, **where, by=by),
        "reissue": lambda by: accounts.reissue_password(account.pk, by=by),
        "unblock": lambda by: accounts.unblock_account(account.pk, by=by),
    }
    installation = trees.account(None, "Админова", is_staff=True, is_superuser=True)
    for administrator in (by, Actor.system(f"administrator#{installation.pk}")):
        with refused("N-H2", match="Администраторы не видят людей"):
            steps[way](administrator)
    # Control: the chair above may confirm.
    steps[way](tree["chief"])


def test_n_h2_an_administrator_shortens_a_term_and_does_not_lengthen_it(tree: dict[str, Any]) -> None:
    appointment = tree["registrar"].appointment
    week = dt.timedelta(days=7)
    accounts.dismiss(appointment.pk, last_day=TODAY() + week, by=tree["first"])
    with refused("N-H2", field="last_day"):
        accounts.dismiss(appointment.pk, last_day=TODAY() + week + dt.timedelta(days=1), by=tree["first"])
    accounts.dismiss(appointment.pk, last_day=TODAY() + week, by=tree["first"])
    accounts.dismiss(appointment.pk, last_day=TODAY() + 2 * week, by=tree["chief"])


def test_n_h2_others_than_administrators_do_not_ask(tree: dict[str, Any]) -> None:
    account = tree["registrar"].account
    for step in (ask_for_password, ask_for_unblocking):
        with pytest.raises(NotAllowed):
            step(account.pk, by=tree["chief"])
    with pytest.raises(NotAllowed):
        new(tree["school"], tree["chief"])
    assert GrantRequest.objects.count() == 0


def test_n_h2_the_same_is_asked_for_once(tree: dict[str, Any]) -> None:
    account = tree["registrar"].account
    ask_for_password(account.pk, by=tree["first"])
    with refused("N-H2", match="уже есть"):
        ask_for_password(account.pk, by=tree["second"])
    given = {"organization_id": tree["school"].pk, "starts_on": TODAY(), "by": tree["first"]}
    ask_for_role(account.pk, role=Role.COLLECTOR, **given)
    with refused("N-H2", match="уже есть"):
        ask_for_role(account.pk, role=Role.COLLECTOR, **given)
    # Another role is another request.
    ask_for_role(account.pk, role=Role.REVIEWER, **given)
    assert GrantRequest.objects.waiting().count() == 3


def test_n_h2_what_nobody_could_confirm_is_not_asked_for(tree: dict[str, Any]) -> None:
    Appointment.objects.filter(pk__in=[tree["chief"].appointment.pk, tree["second"].appointment.pk]).delete()
    with refused("N-H2", match="create_administrator"):
        new(tree["school"], tree["first"])
    assert not Account.objects.filter(surname="Щербаков").exists()
    trees.account(None, "Админова", is_staff=True, is_superuser=True)
    assert new(tree["school"], tree["first"]).asked_of is None


def test_n_h2_an_administrator_of_the_installation_gets_no_role(tree: dict[str, Any]) -> None:
    admin = trees.account(tree["school"], "Админова", is_staff=True, is_superuser=True)
    given = {"organization_id": tree["school"].pk, "role": Role.REGISTRAR, "starts_on": TODAY()}
    with refused("N-H2", field="account"):
        ask_for_role(admin.pk, **given, by=tree["first"])


# Confirmation


@pytest.mark.both
def test_n_h2_the_nearest_chair_has_the_task_and_every_chair_above_may_confirm(tree: dict[str, Any]) -> None:
    own = trees.officer(tree["school"], Role.CHAIR, "Школьная")
    head = trees.officer(tree["root"], Role.CHAIR, "Главная")
    asked = new(tree["school"], tree["first"])
    assert asked.asked_of == tree["school"]
    assert [chair.pk for chair in rules.chairs_for(asked)] == [
        one.appointment.pk for one in (own, tree["chief"], head) if one.appointment
    ]
    said = [str(queries.confirming(chairs)) for chairs in (rules.chairs_for(asked), [])]
    assert own.account is not None
    assert said == [
        f"{own.account.full_name}, председатель: {tree['school'].short_name}",
        "второй администратор: ни здесь, ни выше нет председателя",
    ]
    for nobody in (tree["first"], tree["second"], tree["registrar"], SYSTEM):
        with pytest.raises((NotAllowed, ObjectDoesNotExist)):
            confirm_grant(asked.pk, by=nobody)
    told = [[task.text for task in tasks_for(one) if "Подтвердите запрос" in task.text] for one in (own, head)]
    assert [len(tasks) for tasks in told] == [1, 0]
    confirm_grant(asked.pk, by=head)
    with refused("N-H2", match="решение уже есть"):
        confirm_grant(asked.pk, by=own)


def test_n_h2_a_chair_is_confirmed_from_above_and_at_the_head_by_the_present_one(tree: dict[str, Any]) -> None:
    own = trees.officer(tree["school"], Role.CHAIR, "Школьная")
    assert own.appointment is not None
    accounts.dismiss(own.appointment.pk, last_day=TODAY(), by=tree["chief"])
    later = {"starts_on": TODAY() + dt.timedelta(days=1)}
    asked = new(tree["school"], tree["first"], Role.CHAIR, **later)
    assert asked.asked_of == tree["region"]
    with pytest.raises(NotAllowed):
        confirm_grant(asked.pk, by=own)
    head = trees.officer(tree["root"], Role.CHAIR, "Главная")
    assert head.appointment is not None
    Appointment.objects.filter(pk=head.appointment.pk).update(ends_on=TODAY())
    successor = new(tree["root"], tree["first"], Role.CHAIR, namesake=True, **later)
    assert successor.asked_of == tree["root"]
    confirm_grant(successor.pk, by=head)
    assert held(successor.account) == ["chair"]


def test_n_h2_nobody_confirms_for_themselves_even_as_a_chair(tree: dict[str, Any]) -> None:
    """A second administrator confirms the password of the only chair, and that chair may refuse it."""
    chief = tree["chief"]
    asked = ask_for_password(chief.account.pk, by=tree["first"])
    assert (asked.asked_of, asked.role, asked.organization) == (None, "chair", tree["region"])
    for nobody in (chief, tree["first"]):
        with pytest.raises(NotAllowed):
            confirm_grant(asked.pk, by=nobody)
    assert "Администратор сделал запрос о вашей учётной записи:" in [task.text for task in tasks_for(chief)]
    waits = [task.text for task in tasks_for(tree["second"])]
    assert "Подтвердите запрос администратора или откажите:" in waits
    assert "Подтвердите запрос администратора или откажите:" not in [task.text for task in tasks_for(tree["first"])]
    before = Account.objects.get(pk=chief.account.pk).password
    refuse_grant(asked.pk, reason="Не просила", by=chief)
    again = ask_for_password(chief.account.pk, by=tree["first"])
    done = confirm_grant(again.pk, by=tree["second"])
    assert done.request.by_administrator
    assert Account.objects.get(pk=chief.account.pk).password != before
    assert "Выдано двумя администраторами без председателя:" in [task.text for task in tasks_for(chief)]


def test_n_h2_one_who_is_both_chair_and_administrator_needs_another(tree: dict[str, Any]) -> None:
    account = tree["first"].account
    head = Appointment.objects.create(
        account=account, organization=tree["root"], role=Role.CHAIR, starts_on=TODAY() - dt.timedelta(days=1)
    )
    Appointment.objects.filter(pk=tree["chief"].appointment.pk).delete()
    asked = new(tree["school"], tree["first"])
    assert asked.asked_of is None
    with pytest.raises(NotAllowed):
        confirm_grant(asked.pk, by=Actor(account=account, appointment=head))
    confirm_grant(asked.pk, by=tree["second"])


def test_n_h2_a_new_administrator_is_a_grant_too(tree: dict[str, Any]) -> None:
    """Otherwise the first administrator could create the second one who confirms."""
    asked = new(tree["root"], tree["first"], Role.ADMINISTRATOR)
    assert held(asked.account) == []
    confirm_grant(asked.pk, by=tree["second"])
    assert held(asked.account) == ["administrator"]


def test_n_h2_a_blocked_chair_confirms_nothing(tree: dict[str, Any]) -> None:
    accounts.block_account(tree["chief"].account.pk, reason="?", by=tree["first"])
    asked = new(tree["school"], tree["first"])
    assert asked.asked_of is None
    done = confirm_grant(asked.pk, by=tree["second"])
    assert done.request.by_administrator


def test_n_h2_administrators_of_another_federation_confirm_nothing(tree: dict[str, Any]) -> None:
    Appointment.objects.filter(pk=tree["chief"].appointment.pk).delete()
    stranger = trees.officer(trees.head("voi"), Role.ADMINISTRATOR, "Чужая")
    asked = new(tree["school"], tree["first"])
    with pytest.raises(GrantRequest.DoesNotExist):
        confirm_grant(asked.pk, by=stranger)


# Effects of a confirmation


def test_n_h2_a_password_is_replaced_when_it_is_confirmed(tree: dict[str, Any]) -> None:
    account = tree["registrar"].account
    asked = ask_for_password(account.pk, by=tree["first"])
    account.refresh_from_db()
    assert (account.check_password("correct horse battery"), account.must_change_password) == (True, False)
    done = confirm_grant(asked.pk, by=tree["chief"])
    account.refresh_from_db()
    assert done.credentials is not None and account.check_password(done.credentials.password)
    assert account.must_change_password


@pytest.mark.both
def test_n_h2_another_role_gives_no_password(tree: dict[str, Any]) -> None:
    account = tree["registrar"].account
    asked = ask_for_role(
        account.pk, organization_id=tree["school"].pk, role=Role.COLLECTOR, starts_on=TODAY(), by=tree["first"]
    )
    assert held(account) == ["registrar"]
    assert confirm_grant(asked.pk, by=tree["chief"]).credentials is None
    assert sorted(held(account)) == ["collector", "registrar"]
    account.refresh_from_db()
    assert account.check_password("correct horse battery")


def test_n_h2_an_account_is_unblocked_when_it_is_confirmed(tree: dict[str, Any]) -> None:
    account = tree["registrar"].account
    accounts.block_account(account.pk, reason="Уволена", by=tree["chief"])
    asked = ask_for_unblocking(account.pk, by=tree["first"])
    assert not Account.objects.get(pk=account.pk).is_active
    assert confirm_grant(asked.pk, by=tree["chief"]).credentials is None
    assert Account.objects.get(pk=account.pk).is_active


@pytest.mark.both
def test_u2_the_second_factor_is_reset_when_somebody_else_confirms_it(tree: dict[str, Any]) -> None:
    account, by = tree["registrar"].account, tree["first"]
    with refused("U-2", match="нет второго фактора"):
        ask_for_factor_reset(account.pk, by=by)
    factors.connect(tree["registrar"])
    before = Account.objects.get(pk=account.pk).sessions_ended_at
    with refused("N-H2", match="Администраторы не видят людей"):
        second_factor.reset(account.pk, by=by)
    asked = ask_for_factor_reset(account.pk, by=by)
    assert (asked.kind, asked.asked_of, asked.role) == ("factor", tree["region"], "registrar")
    told = [task.detail for task in tasks_for(tree["chief"]) if "Подтвердите запрос" in task.text]
    assert told == ["сброс второго фактора, Школа № 1"]
    for nobody in (by, tree["second"], tree["registrar"]):
        with pytest.raises((NotAllowed, ObjectDoesNotExist)):
            confirm_grant(asked.pk, by=nobody)
    account.refresh_from_db()
    assert (has_factor(account), account.sessions_ended_at) == (True, before)
    assert confirm_grant(asked.pk, by=tree["chief"]).credentials is None
    account.refresh_from_db()
    assert has_factor(account) is False
    assert account.sessions_ended_at is not None and account.sessions_ended_at != before
    assert account.check_password("correct horse battery")
    facts = Event.objects.filter(action="grant.confirmed").values_list("facts__kind", "account")
    assert list(facts) == [("factor", tree["chief"].account.pk)]


def test_u2_a_reset_that_the_chair_made_meanwhile_is_not_confirmed_again(tree: dict[str, Any]) -> None:
    account = tree["registrar"].account
    factors.connect(tree["registrar"])
    asked = ask_for_factor_reset(account.pk, by=tree["first"])
    second_factor.reset(account.pk, by=tree["chief"])
    with refused("U-2", match="нет второго фактора"):
        confirm_grant(asked.pk, by=tree["chief"])
    asked.refresh_from_db()
    assert asked.state == "waiting"


@pytest.mark.both
def test_u2_administrators_ask_for_a_reset_on_the_page_and_the_telephone_counts_on(tree: dict[str, Any]) -> None:
    account = tree["registrar"].account
    factors.connect(tree["registrar"])
    client = signed_in(tree["first"])
    address = reverse("accounts:reset_factor", args=[account.pk])
    page = client.get(address).content.decode()
    assert ("Запросить сброс" in page, "В течение 14 дней" in page) == (True, True)
    shown = client.post(address, follow=True).content.decode()
    assert ("сброс второго фактора" in shown, has_factor(account)) == (True, True)
    assert "Запросить сброс" not in signed_in(tree["chief"]).get(address).content.decode()


def test_n_h2_the_rules_are_asked_again_on_confirming(tree: dict[str, Any]) -> None:
    asked = new(tree["school"], tree["first"], Role.CHAIR)
    accounts.create_account(
        organization_id=tree["school"].pk, person={**PERSON, "surname": "Другая"}, role=Role.CHAIR, starts_on=TODAY(),
        by=tree["chief"],
    )  # fmt: skip
    with refused("N-H2", match="Председатель в организации один"):
        confirm_grant(asked.pk, by=tree["chief"])
    password = ask_for_password(tree["registrar"].account.pk, by=tree["first"])
    accounts.block_account(tree["registrar"].account.pk, reason="?", by=tree["chief"])
    with refused("U-2"):
        confirm_grant(password.pk, by=tree["chief"])
    assert set(GrantRequest.objects.values_list("state", flat=True)) == {"waiting"}


# Refused, withdrawn, lapsed


def test_n_h2_a_refused_request_gives_nothing_and_a_settled_one_stays(tree: dict[str, Any]) -> None:
    asked = new(tree["school"], tree["first"])
    with pytest.raises(NotAllowed):
        refuse_grant(asked.pk, reason="?", by=tree["second"])
    refuse_grant(asked.pk, reason="Не знаю этого человека", by=tree["chief"])
    asked.refresh_from_db()
    assert (asked.state, asked.reason, held(asked.account)) == ("refused", "Не знаю этого человека", [])
    assert "Не знаю" not in str(Event.objects.get(action="grant.refused").facts)
    for step in (confirm_grant, lambda pk, by: refuse_grant(pk, reason="?", by=by)):
        with refused("N-H2", match="решение уже есть"):
            step(asked.pk, by=tree["chief"])
    with refused("N-H2"):
        withdraw_grant(asked.pk, by=tree["first"])
    with refused("N-H2"):
        lapse_grant(asked.pk, by=SYSTEM)


def test_n_h2_only_the_person_who_has_asked_withdraws(tree: dict[str, Any]) -> None:
    asked = new(tree["school"], tree["first"])
    for other in (tree["second"], tree["chief"]):
        with pytest.raises(NotAllowed):
            withdraw_grant(asked.pk, by=other)
    assert withdraw_grant(asked.pk, by=tree["first"]).state == GrantState.WITHDRAWN


def test_n_h2_each_check_knows_what_is_settled_and_who_is_no_chair_there(tree: dict[str, Any]) -> None:
    asked = new(tree["school"], tree["first"])
    elsewhere = trees.officer(trees.below(tree["root"], Level.REGIONAL, "Курская"), Role.CHAIR, "Курская")
    chairs = rules.chairs_for(asked)
    found = {actor: rules.may_confirm(asked, chairs, actor) for actor in (tree["chief"], elsewhere, SYSTEM)}
    assert found == {tree["chief"]: True, elsewhere: False, SYSTEM: False}
    confirm_grant(asked.pk, by=tree["chief"])
    asked.refresh_from_db()
    for check in (
        rules.check_can_withdraw, rules.check_can_refuse, lambda one: rules.check_can_confirm(one, TODAY()),
        lambda one: rules.check_lapses(one, one.until + dt.timedelta(days=1)),
    ):  # fmt: skip
        with refused("N-H2"):
            check(asked)


def test_u2_no_password_is_asked_for_while_the_account_is_blocked(tree: dict[str, Any]) -> None:
    account = tree["registrar"].account
    accounts.block_account(account.pk, reason="Уволена", by=tree["chief"])
    with refused("U-2", match="заблокирован"):
        ask_for_password(account.pk, by=tree["first"])
    assert not GrantRequest.objects.exists()


@pytest.mark.both
def test_n_h2_the_database_lets_nobody_confirm_their_own(tree: dict[str, Any]) -> None:
    asked = new(tree["school"], tree["first"])
    own = {"state": "confirmed", "decided_at": timezone.now(), "decided_by": tree["first"].account}
    with pytest.raises(IntegrityError), transaction.atomic():
        GrantRequest.objects.filter(pk=asked.pk).update(**own)


@pytest.mark.parametrize(
    ("moment", "state"),
    [("2040-03-14T23:59", "confirmed"), ("2040-03-15T00:00", "refused by its term")],
)
def test_n_h2_a_request_is_confirmed_on_its_fourteenth_day_and_not_on_the_next(
    tree: dict[str, Any], moment: str, state: str
) -> None:
    with at("2040-02-29T12:00"):
        asked = new(tree["school"], tree["first"])
    with at(moment):
        settle_grants(TODAY(), tree["school"].zone)
        asked.refresh_from_db()
        if state == "confirmed":
            assert confirm_grant(asked.pk, by=tree["chief"]).request.state == state
        else:
            assert (asked.state, asked.decided_by) == ("lapsed", None)
            GrantRequest.objects.filter(pk=asked.pk).update(state="waiting", decided_at=None)
            with refused("N-H2", match="закончился 14.03.2040"):
                confirm_grant(asked.pk, by=tree["chief"])


def test_n_h2_the_daily_work_gives_the_task_to_the_chair_of_today(tree: dict[str, Any]) -> None:
    asked = new(tree["school"], tree["first"])
    own = trees.officer(tree["school"], Role.CHAIR, "Школьная")
    settle_grants(TODAY(), tree["school"].zone)
    asked.refresh_from_db()
    assert asked.asked_of == tree["school"]
    told = [task.detail for task in tasks_for(own) if "Подтвердите запрос" in task.text]
    assert told == ["специалист по учёту, Школа № 1"]
    with pytest.raises(NotAllowed):
        hand_on(asked.pk, by=own)


# Screens and the report


def test_n_h2_the_page_says_who_asks_for_what_and_what_it_opens() -> None:
    place = places.union()
    place.put()
    place.put(surname="Вторая", snils="", ticket_number="", confirmed_duplicate=True)
    admin = trees.officer(place.head, Role.ADMINISTRATOR, "Наладова")
    asked = new(place.keeper, admin, basis="Приказ № 7")
    client = signed_in(place.chair)
    text = client.get(reverse("granting:detail", args=[asked.pk])).content.decode()
    plain = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    for words in (
        "Щербаков Юрий Ильич",
        "Наладова Мария",
        "Приказ № 7",
        "2 члена, здесь и ниже",
        "сведения о здоровье",
    ):
        assert words in plain
    shown = client.post(reverse("granting:confirm", args=[asked.pk]))
    assert (shown.status_code, asked.account.login in shown.content.decode()) == (200, True)
    assert "no-store" in shown["Cache-Control"]
    again = client.post(reverse("granting:confirm", args=[asked.pk]), follow=True).content.decode()
    assert "решение уже есть" in again


@pytest.mark.both
def test_n_h2_forms_of_administrators_make_requests_and_say_so(tree: dict[str, Any]) -> None:
    client, account = signed_in(tree["first"]), tree["registrar"].account
    where = f"?organization={tree['school'].pk}"
    typed = {"surname": "Новая", "given_name": "Яна", "role": "deputy", "starts_on": f"{TODAY():%d.%m.%Y}"}
    blocked = trees.officer(tree["school"], Role.REVIEWER, "Ревизорова").account
    assert blocked is not None
    accounts.block_account(blocked.pk, reason="?", by=tree["chief"])
    pages = {
        reverse("accounts:add") + where: typed,
        reverse("accounts:appoint", args=[account.pk]) + where: {**typed, "role": "collector"},
        reverse("accounts:reissue", args=[account.pk]): {},
        reverse("accounts:unblock", args=[blocked.pk]): {},
    }
    for page, values in pages.items():
        assert (page, "Администраторы не видят людей" in client.get(page).content.decode()) == (page, True)
        assert client.post(page, values).status_code == 302
    found = sorted(GrantRequest.objects.values_list("kind", "role"))
    assert found == [("password", "registrar"), ("role", "collector"), ("role", "deputy"), ("unblocking", "reviewer")]
    row = f"o{tree['school'].pk}"
    many = {
        "organization": [tree["school"].pk], f"{row}-chosen": "on", f"{row}-surname": "Главная",
        f"{row}-given_name": "Ева", "starts_on": typed["starts_on"],
    }  # fmt: skip
    assert client.post(reverse("accounts:add_many"), many).status_code == 302
    assert GrantRequest.objects.filter(role=Role.CHAIR).count() == 1
    # Nothing changes for others.
    page = reverse("accounts:reissue", args=[account.pk])
    assert "Администраторы не видят людей" not in signed_in(tree["chief"]).get(page).content.decode()


@pytest.mark.both
def test_n_h2_several_requests_are_confirmed_at_once_and_only_those_that_one_may(tree: dict[str, Any]) -> None:
    mine = [new(tree["school"], tree["first"], namesake=True) for _ in range(2)]
    alien = new(tree["root"], tree["first"], namesake=True)
    client = signed_in(tree["chief"])
    data = {"request": [one.pk for one in (*mine, alien)]}
    shown = client.post(reverse("granting:confirm_many"), data)
    text = shown.content.decode()
    assert [one.account.login in text for one in (*mine, alien)] == [True, True, False]
    alien.refresh_from_db()
    assert alien.state == GrantState.WAITING
    nothing = client.post(reverse("granting:confirm_many"), {}, follow=True).content.decode()
    assert "Ничего не подтверждено" in nothing


def test_n_h2_the_list_costs_the_same_for_many_requests(tree: dict[str, Any]) -> None:
    counts = []
    for _ in range(3):
        for _each in range(3):
            new(tree["school"], tree["first"], namesake=True)
        client = signed_in(tree["chief"])
        client.get(reverse("granting:list"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("granting:list")).status_code == 200
        counts.append(len(queries))
    assert len(set(counts)) == 1


@pytest.mark.both
@pytest.mark.parametrize(("days", "shown"), [(89, True), (91, False)])
def test_n_h2_the_report_of_risky_rights_names_what_was_asked_for(tree: dict[str, Any], days: int, shown: bool) -> None:
    asked, other = new(tree["school"], tree["first"]), new(tree["school"], tree["first"], namesake=True)
    confirm_grant(asked.pk, by=tree["chief"])
    GrantRequest.objects.filter(pk=asked.pk).update(decided_at=timezone.now() - dt.timedelta(days=days))
    found = {str(one.label): [(g.account.pk, g.role) for g in one.grants] for one in risks_of(tree["chief"])}
    waiting = [(other.account.pk, "специалист по учёту (ждёт подтверждения)")]
    confirmed = [(asked.account.pk, "специалист по учёту (подтверждён)")] if shown else []
    assert found["Запросы администраторов за последнее время"] == waiting + confirmed
    GrantRequest.objects.filter(pk=asked.pk).update(by_administrator=True)
    found = {str(one.label): [g.account.pk for g in one.grants] for one in risks_of(tree["chief"])}
    alone = found.get("Выдано двумя администраторами без председателя", [])
    assert alone == ([asked.account.pk] if shown else [])


# The last day


@pytest.mark.both
@pytest.mark.parametrize(
    ("moment", "told"),
    [("2040-02-28T23:59", False), ("2040-02-29T00:00", True), ("2040-02-29T23:59", True), ("2040-03-01T00:00", False)],
)
def test_n_h2_an_appointment_says_on_its_last_day_until_when_it_opens_things(
    tree: dict[str, Any], moment: str, told: bool
) -> None:
    with at("2040-02-20T12:00"):
        accounts.dismiss(tree["registrar"].appointment.pk, last_day=dt.date(2040, 2, 29), by=tree["chief"])
    with at(moment):
        client, account = signed_in(tree["chief"]), tree["registrar"].account
        text = client.get(reverse("accounts:detail", args=[account.pk])).content.decode()
        assert ("Сегодня последний день назначения" in text, "Заблокировать сразу" in text) == (told, told)


@pytest.mark.both
def test_n_h2_ending_an_appointment_today_says_how_to_stop_it_at_once(tree: dict[str, Any]) -> None:
    client, appointment = signed_in(tree["chief"]), tree["registrar"].appointment
    page = reverse("accounts:dismiss", args=[appointment.pk])
    tomorrow = TODAY() + dt.timedelta(days=1)
    later = client.post(page, {"last_day": f"{tomorrow:%d.%m.%Y}"}, follow=True).content.decode()
    assert "до конца сегодняшнего дня" not in later
    text = client.post(page, {"last_day": f"{TODAY():%d.%m.%Y}"}, follow=True).content.decode()
    assert ("до конца сегодняшнего дня" in text, "Заблокировать сразу" in text) == (True, True)
    accounts.block_account(tree["registrar"].account.pk, reason="?", by=tree["chief"])
    page = reverse("accounts:detail", args=[tree["registrar"].account.pk])
    assert "Заблокировать сразу" not in client.get(page).content.decode()
