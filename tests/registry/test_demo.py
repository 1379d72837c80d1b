"""The demonstration: an account for each role at each level, and the command's output about them."""

import itertools
from io import StringIO

import pytest
from django.core.management import call_command

from registry.accounts.models import Account, Appointment
from registry.demo import accounts, load
from registry.demo.tree import Tree
from registry.enums import Level, Role
from registry.organizations.models import Organization

from .trees import INSTALLATION, below, head

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def named(parent: Organization, level: Level) -> Organization:
    return below(parent, level, chair_name="Громов Виктор Ильич")


@pytest.mark.parametrize("charter", ["voi", "education_union"])
def test_n_h2_every_role_at_every_level_has_an_account_that_the_command_explains(charter: str) -> None:
    top = head(charter)
    Organization.objects.filter(pk=top.pk).update(chair_name="Громов Виктор Ильич")
    top.refresh_from_db()
    tree = Tree(top, [named(top, Level.REGIONAL)])
    tree.locals = [named(tree.regions[0], Level.LOCAL) for _ in range(2)]
    tree.primaries = [named(tree.locals[0], Level.PRIMARY) for _ in range(2)]

    shown = list(load._accounts("x", tree, INSTALLATION))

    held = set(Appointment.objects.values_list("role", "organization__level"))
    assert held == set(itertools.product(Role.values, Level.values))
    said = StringIO()
    call_command("load_demo", stdout=said)
    endings = {f"-{role}" for role in accounts.BESIDE_THE_CHAIR}
    assert all(f"…{ending} " in said.getvalue() for ending in endings)
    levels = {f"x-{name}" for name in ("federal", "region", "local", "primary")}
    logins = {f"{level}{ending}" for level in levels for ending in endings}
    assert {one.login for one in shown} == levels | logins | {"x-admin", "x-new"}
    assert set(Account.objects.values_list("login", flat=True)) == {one.login for one in shown}
