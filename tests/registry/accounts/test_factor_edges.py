"""Limits of the second factor: its owner, replacing the QR code, confirmations by the chair (U-2, N-H2)."""

from __future__ import annotations

import pytest

from registry.access import Actor
from registry.accounts.models import Account
from registry.accounts.rules import second_factor as rules
from registry.accounts.tokens import FREE_FAILURES, SecondFactor
from registry.accounts.transitions import second_factor as transitions
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from tests.refusals import refused
from tests.registry import trees

from . import factors

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_u2_a_factor_is_that_of_the_account_and_confirmed() -> None:
    region = trees.below(trees.head(), Level.REGIONAL, "Тульская организация")
    chair, deputy = trees.officer(region), trees.officer(region, Role.DEPUTY, "Сомова")
    assert chair.account is not None and deputy.account is not None
    factors.connect(deputy)
    transitions.begin(by=chair)
    assert (rules.factor_of(chair.account), rules.has_factor(chair.account)) == (None, False)
    assert rules.factor_of(deputy.account) == factors.of(deputy)
    with refused("U-2", match="нет второго фактора"):
        transitions.check_code(code="123456", by=chair)


def test_u2_wrong_codes_of_a_former_picture_do_not_count_for_a_new_one() -> None:
    region = trees.below(trees.head(), Level.REGIONAL, "Тульская организация")
    chair = trees.officer(region)
    transitions.begin(by=chair)
    for _each in range(FREE_FAILURES):
        transitions.confirm(code="000000", by=chair)
    pending = SecondFactor.objects.get(user=chair.account, confirmed=False)
    assert (pending.throttling_failure_count, pending.closed_until is not None) == (FREE_FAILURES, True)
    assert pending.verify_is_allowed() == (False, {"locked_until": pending.closed_until})
    fresh = transitions.begin(by=chair)
    assert fresh.verify_is_allowed() == (True, None)
    assert (fresh.pk, fresh.throttling_failure_count, fresh.closed_until) == (pending.pk, 0, None)
    checked, codes = transitions.confirm(code=factors.shown(fresh.key), by=chair)
    assert (checked.accepted, len(codes)) == (True, rules.RECOVERY_CODES)


def test_n_h2_an_administrator_does_not_reset_a_factor_alone() -> None:
    head = trees.head()
    chair = trees.officer(trees.below(head, Level.REGIONAL, "Тульская организация"))
    assert chair.account is not None
    factors.connect(chair)
    with refused("N-H2"):
        transitions.reset(chair.account.pk, by=trees.officer(head, Role.ADMINISTRATOR, "Наладова"))
    assert rules.has_factor(chair.account)


def test_u2_who_has_no_account_has_no_factor() -> None:
    for step in (transitions.begin, transitions.renew_codes, transitions.remove):
        with pytest.raises(NotAllowed):
            step(by=trees.INSTALLATION)
    for check in (transitions.confirm, transitions.check_code):
        with pytest.raises(NotAllowed):
            check(code="123456", by=trees.INSTALLATION)


def test_u2_removing_and_resetting_a_factor_leaves_those_of_others() -> None:
    region = trees.below(trees.head(), Level.REGIONAL, "Тульская организация")
    chair, deputy, other = (
        trees.officer(region, role, name)
        for role, name in ((Role.CHAIR, "Орлова"), (Role.DEPUTY, "Сомова"), (Role.REVIEWER, "Швец"))
    )
    for actor in (chair, deputy, other):
        factors.connect(actor)
    transitions.remove(by=chair)
    assert deputy.account is not None
    transitions.reset(deputy.account.pk, by=chair)
    assert list(SecondFactor.objects.values_list("user", flat=True)) == [other.account.pk]  # type: ignore[union-attr]


def test_u2_the_event_stands_in_the_organisation_of_the_work_or_of_the_account() -> None:
    region = trees.below(trees.head(), Level.REGIONAL, "Тульская организация")
    school = trees.below(region, Level.PRIMARY, "Школа № 1")
    chair = trees.officer(region)
    Account.objects.filter(pk=chair.account.pk).update(home=school)  # type: ignore[union-attr]
    transitions.begin(by=chair)
    transitions.begin(by=Actor(account=trees.account(school, "Новая"), appointment=None))
    found = Event.objects.filter(action="second_factor.begun").order_by("pk")
    assert [one.organization for one in found] == [region, school]
