"""Limits of administrators' requests: checks, the organisation's day, remaining people who can confirm (N-H2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.accounts.transitions import accounts
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.granting import rules
from registry.granting.enums import GrantState
from registry.granting.jobs import settle_grants
from registry.granting.models import GrantRequest
from registry.granting.transitions import (
    ask_for_password,
    ask_for_role,
    ask_for_unblocking,
    confirm_grant,
    hand_on,
    lapse_grant,
    refuse_grant,
)
from registry.journal.models import Event
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization
from registry.organizations.transitions.zones import set_time_zone
from registry.tasks import tasks_for
from tests.clock import at
from tests.refusals import refused
from tests.registry import trees

from .test_granting import SYSTEM, TODAY, new, tree

__all__ = ["tree"]
pytestmark = pytest.mark.django_db
#: The last day of February in Moscow, and already 1 March in Kamchatka.
NIGHT, ZONE = "2040-02-29T13:00Z", "Asia/Kamchatka"
LAST, FIRST = dt.date(2040, 2, 29), dt.date(2040, 3, 1)


def there(organization: Organization) -> None:
    set_time_zone(organization.pk, time_zone=ZONE, by=trees.INSTALLATION)


def role_of(account: Account, place: Organization, by: Actor, role: str = Role.COLLECTOR, **term: Any) -> GrantRequest:
    given = {"starts_on": TODAY(), **term}
    return ask_for_role(account.pk, organization_id=place.pk, role=role, by=by, **given)


def installation() -> Account:
    return trees.account(None, "Админова", is_staff=True, is_superuser=True)


# Asking


def test_n_h2_what_could_not_be_given_is_not_asked_for(tree: dict[str, Any]) -> None:
    school, by, account = tree["school"], tree["first"], tree["registrar"].account
    yesterday = TODAY() - dt.timedelta(days=1)
    with refused("N-H2", field="ends_on"):
        new(school, by, starts_on=yesterday, ends_on=yesterday)
    with refused("N-H2", field="ends_on"):
        role_of(account, school, by, starts_on=yesterday, ends_on=yesterday)
    with refused("N-H2", match="уже занимает эту роль"):
        role_of(account, school, by, Role.REGISTRAR)
    trees.officer(school, Role.CHAIR, "Школьная")
    with refused("N-H2", match="Председатель в организации один"):
        new(school, by, Role.CHAIR)
    Organization.objects.filter(pk=school.pk).update(status=OrganizationStatus.ENDED, ended_on=TODAY())
    with refused("N-H2", match="прекращена"):
        new(school, by)
    with refused("U-2"):
        ask_for_unblocking(account.pk, by=by)
    assert not GrantRequest.objects.exists()


def test_n_h2_administrators_ask_for_nothing_about_themselves(tree: dict[str, Any]) -> None:
    by = tree["first"]
    with pytest.raises(NotAllowed):
        role_of(by.account, tree["school"], by)
    for step in (ask_for_password, ask_for_unblocking):
        with pytest.raises(NotAllowed):
            step(by.account.pk, by=by)
    assert not GrantRequest.objects.exists()


@pytest.mark.parametrize("flags", [{"is_staff": True}, {"is_superuser": True}])
def test_n_h2_who_is_one_of_the_two_kinds_of_staff_gets_no_role(tree: dict[str, Any], flags: dict[str, bool]) -> None:
    admin = trees.account(tree["school"], "Админова", **flags)
    with refused("N-H2", field="account"):
        rules.check_is_no_installation(admin)


def test_n_h2_the_only_administrator_of_the_installation_is_no_second_one(tree: dict[str, Any]) -> None:
    Appointment.objects.exclude(pk=tree["registrar"].appointment.pk).delete()
    only = installation()
    by = Actor.system(f"administrator#{only.pk}")
    with refused("N-H2", match="create_administrator"):
        ask_for_password(tree["registrar"].account.pk, by=by)
    installation()
    assert ask_for_password(tree["registrar"].account.pk, by=by).asked_of is None


# The organisation's day


def test_n_h2_a_term_is_that_of_the_organisations_day(tree: dict[str, Any]) -> None:
    with at(NIGHT):
        starts_on = dt.date(2040, 2, 1)
        there(tree["school"])
        account = tree["registrar"].account
        for ask in (
            lambda: new(tree["school"], tree["first"], starts_on=starts_on, ends_on=LAST),
            lambda: role_of(account, tree["school"], tree["first"], starts_on=starts_on, ends_on=LAST),
        ):
            with refused("N-H2", field="ends_on"):
                ask()
        # In Moscow that day is not over.
        role_of(account, tree["region"], tree["first"], starts_on=starts_on, ends_on=LAST)
        fortnight = dt.timedelta(days=14)
        assert new(tree["school"], tree["first"], starts_on=FIRST).until == FIRST + fortnight
        assert ask_for_password(account.pk, by=tree["first"]).until == FIRST + fortnight


def test_n_h2_a_request_is_confirmed_by_the_organisations_day(tree: dict[str, Any]) -> None:
    with at(NIGHT):
        asked, other = (new(tree["school"], tree["first"], namesake=True) for _each in range(2))
        assert asked.until == LAST + dt.timedelta(days=14)
        GrantRequest.objects.update(until=LAST)
        confirm_grant(asked.pk, by=tree["chief"])
        there(tree["school"])
        with refused("N-H2", match="29.02.2040"):
            confirm_grant(other.pk, by=tree["chief"])


def test_n_h2_the_daily_work_goes_by_the_zone_of_each_organisation(tree: dict[str, Any]) -> None:
    lone = trees.account(None, "Одинокая")
    second, by = installation(), Actor.system(f"administrator#{installation().pk}")
    assert second is not None
    of_school = new(tree["school"], tree["first"], namesake=True)
    of_nobody = ask_for_password(lone.pk, by=by)
    there(tree["school"])
    assert of_nobody.organization is None
    GrantRequest.objects.update(until=TODAY() - dt.timedelta(days=1))

    def states() -> list[str]:
        return [GrantRequest.objects.get(pk=one.pk).state for one in (of_school, of_nobody)]

    settle_grants(TODAY(), "Europe/Moscow")
    assert states() == ["waiting", "waiting"]
    settle_grants(TODAY(), "")
    assert states() == ["waiting", "lapsed"]
    settle_grants(TODAY(), ZONE)
    assert states() == ["lapsed", "lapsed"]


def test_n_h2_a_request_goes_to_the_chair_of_today_on_its_last_day_too(tree: dict[str, Any]) -> None:
    asked = new(tree["school"], tree["first"])
    trees.officer(tree["school"], Role.CHAIR, "Школьная")
    with refused("N-H2", match="ещё не закончился"):
        lapse_grant(asked.pk, by=SYSTEM)
    GrantRequest.objects.update(until=TODAY())
    with refused("N-H2", match="ещё не закончился"):
        lapse_grant(asked.pk, by=SYSTEM)
    settle_grants(TODAY(), tree["school"].zone)
    asked.refresh_from_db()
    assert (asked.state, asked.asked_of) == ("waiting", tree["school"])
    GrantRequest.objects.update(until=TODAY() - dt.timedelta(days=1))
    for nobody in (tree["chief"], tree["first"], Actor.system(f"administrator#{installation().pk}")):
        for step in (lapse_grant, hand_on):
            with pytest.raises(NotAllowed):
                step(asked.pk, by=nobody)
    assert lapse_grant(asked.pk, by=SYSTEM).state == GrantState.LAPSED
    with pytest.raises(GrantRequest.DoesNotExist):
        hand_on(asked.pk, by=SYSTEM)


# Confirmation


def test_n_h2_without_a_chair_only_an_administrator_of_the_organisation_confirms(tree: dict[str, Any]) -> None:
    deputy = trees.officer(tree["region"], Role.DEPUTY, "Заместителева")
    elsewhere = trees.below(tree["root"], Level.REGIONAL, "Курская")
    stranger = trees.officer(elsewhere, Role.ADMINISTRATOR, "Чужая")
    Appointment.objects.filter(pk=tree["chief"].appointment.pk).delete()
    asked = new(tree["school"], tree["first"])
    found = [rules.may_confirm(asked, [], one) for one in (deputy, stranger, tree["registrar"], tree["second"])]
    assert found == [False, False, False, True]
    with pytest.raises(NotAllowed):
        confirm_grant(asked.pk, by=deputy)
    # A request without an organisation is confirmed by the installation.
    asked.organization = None
    assert not rules.may_confirm(asked, [], tree["second"])


def test_u2_an_account_that_was_unblocked_meanwhile_is_not_unblocked_again(tree: dict[str, Any]) -> None:
    account = tree["registrar"].account
    accounts.block_account(account.pk, reason="Уволена", by=tree["chief"])
    asked = ask_for_unblocking(account.pk, by=tree["first"])
    accounts.unblock_account(account.pk, by=tree["chief"])
    with refused("U-2"):
        confirm_grant(asked.pk, by=tree["chief"])
    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_n_h2_the_event_says_whether_a_second_administrator_has_confirmed(tree: dict[str, Any]) -> None:
    mine, refused_one = (new(tree["school"], tree["first"], namesake=True) for _each in range(2))
    confirm_grant(mine.pk, by=tree["chief"])
    refuse_grant(refused_one.pk, reason="?", by=tree["chief"])
    chief = ask_for_password(tree["chief"].account.pk, by=tree["first"])
    confirm_grant(chief.pk, by=tree["second"])
    found = Event.objects.filter(action__in=["grant.confirmed", "grant.refused"]).order_by("pk")
    assert [one.facts.get("second") for one in found] == [False, None, True]


# Tasks


def test_n_h2_six_requests_are_five_tasks_and_one_for_the_rest(tree: dict[str, Any]) -> None:
    for _each in range(5):
        new(tree["school"], tree["first"], namesake=True)

    def told() -> list[str]:
        return [task.text for task in tasks_for(tree["chief"]) if "запрос" in task.text]

    assert told() == ["Подтвердите запрос администратора или откажите:"] * 5
    sixth = new(tree["school"], tree["first"], namesake=True)
    assert told()[:5] == ["Подтвердите запрос администратора или откажите:"] * 5
    assert len(told()) == 6 and "1 запрос" in told()[5]
    # A request that is over or settled is no task.
    GrantRequest.objects.filter(pk=sixth.pk).update(until=TODAY() - dt.timedelta(days=1))
    assert len(told()) == 5
    refuse_grant(GrantRequest.objects.exclude(pk=sixth.pk)[0].pk, reason="?", by=tree["chief"])
    assert len(told()) == 4


def test_n_h2_administrators_are_told_of_what_has_no_chair_and_holders_of_what_waits(tree: dict[str, Any]) -> None:
    def told(actor: Actor) -> list[str]:
        return [task.text for task in tasks_for(actor) if "запрос" in task.text]

    confirm, own = (
        "Подтвердите запрос администратора или откажите:",
        "Администратор сделал запрос о вашей учётной записи:",
    )
    new(tree["school"], tree["first"])
    assert told(tree["second"]) == []
    asked = ask_for_password(tree["chief"].account.pk, by=tree["first"])
    assert (told(tree["second"]), told(tree["chief"])) == ([confirm], [confirm, own])
    GrantRequest.objects.filter(pk=asked.pk).update(until=TODAY() - dt.timedelta(days=1))
    assert (told(tree["second"]), told(tree["chief"])) == ([], [confirm])
    GrantRequest.objects.filter(pk=asked.pk).update(until=TODAY())
    refuse_grant(asked.pk, reason="?", by=tree["chief"])
    assert (told(tree["second"]), told(tree["chief"])) == ([], [confirm])


@pytest.mark.parametrize(("hours", "told"), [(14 * 24 - 1, True), (14 * 24 + 1, False)])
def test_n_h2_a_chair_is_told_for_a_fortnight_what_was_given_without_them(
    tree: dict[str, Any], hours: int, told: bool
) -> None:
    asked = ask_for_password(tree["chief"].account.pk, by=tree["first"])
    confirm_grant(asked.pk, by=tree["second"])
    own = trees.officer(tree["school"], Role.CHAIR, "Школьная")
    GrantRequest.objects.update(decided_at=timezone.now() - dt.timedelta(hours=hours))
    given = "Выдано двумя администраторами без председателя:"
    # The chair below gets no task about it.
    assert [given in [task.text for task in tasks_for(actor)] for actor in (tree["chief"], own)] == [told, False]
    GrantRequest.objects.update(by_administrator=False)
    assert given not in [task.text for task in tasks_for(tree["chief"])]


def test_n_h2_what_an_administrator_asked_for_or_what_is_theirs_is_no_task_of_theirs(tree: dict[str, Any]) -> None:
    def told(actor: Actor) -> list[str]:
        return [task.text for task in tasks_for(actor) if "запрос" in task.text]

    head = trees.officer(tree["root"], Role.ADMINISTRATOR, "Третья")
    ask_for_password(head.account.pk, by=tree["first"])  # type: ignore[union-attr]
    confirm, own = (
        "Подтвердите запрос администратора или откажите:",
        "Администратор сделал запрос о вашей учётной записи:",
    )
    assert [told(actor) for actor in (tree["first"], tree["second"], head)] == [[], [confirm], [own]]
