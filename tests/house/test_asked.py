"""Screens use the same checks as transitions, so that they offer nothing that would be refused."""

import ast
import datetime as dt
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from django.apps import apps
from django.db.models import Model

from members.people.models import Member
from registry.access import Actor
from registry.charters.base import Charter
from registry.organizations.rules.names import check_may_ask

from .reading import called, calls, tree_of
from .tree import modules

Check = Callable[..., Any]

#: Reasons → the checks that no screen uses.
UNASKED: dict[str, set[str]] = {
    "an act made of the days that were typed": {"dues.distribution.rules.check_act_is_new"},
    "a record that the form offers among those that fit": {
        "documents.ecards.rules.check_receiver",
        "documents.tickets.rules.check_can_keep",
        "members.admission.rules.applications.check_can_be_routed",
        "members.meetings.rules.deciding.check_body",
        "members.movement.rules.transfers.check_request",
        "members.people.rules.person.check_cell",
        "members.people.rules.person.check_cell_found",
        "registry.organizations.rules.tree.check_can_move",
    },
    "returns a part that the record may lack, where no screen offers the step without it": {
        "documents.consents.rules.check_acts_for",
        "documents.printing.rules.check_can_be_addressed",
        "documents.printing.rules.check_has_meeting",
        "members.admission.rules.admission.check_has_meeting",
        "members.admission.rules.admission.check_is_on_agenda",
        "members.meetings.rules.planning.check_about_appeal",
        "members.meetings.rules.planning.check_card_is_kept",
        "members.people.rules.marks.check_measure_chosen",
        "registry.accounts.rules.second_factor.check_has_factor",
        "registry.accounts.rules.second_factor.check_pending",
        "registry.jobs.rules.check_is_stored",
    },
    "what a paper moves is known when it is posted": {
        "documents.tickets.rules.check_in_order",
        "documents.tickets.rules.check_not_posted",
    },
    "`shows_level`, which it is made of, is asked for the page": {"registry.statistics.rules.check_level"},
    "the database lists the records that pass": {
        "registry.granting.rules.check_lapses",
        "registry.remarks.rules.check_can_be_raised",
        "members.meetings.rules.planning.check_applied_before",
        "members.meetings.rules.planning.check_can_be_put_on",
        "members.meetings.rules.planning.check_on_agenda",
        "members.movement.rules.erasing.check_application_due",
        "members.movement.rules.erasing.check_due",
        "members.reconciliation.rules.check_settled_here",
    },
    "a part of the effect or the reversal of a decision": {
        "members.admission.rules.steps.check_decided_here",
        "members.movement.rules.leaving.check_exclusion",
        "members.movement.rules.leaving.check_is_excluded",
        "members.people.rules.marks.check_not_carried_out",
        "members.people.rules.marks.check_not_lifted",
    },
    "the page of the step lists what prevents it": {
        "members.movement.rules.organizations.check_nothing_blocks_liquidation",
        "members.movement.rules.organizations.check_nothing_blocks_merger",
        "members.movement.rules.organizations.check_nothing_blocks_move",
    },
    "screens ask the actor itself, and offer the request in place of the step": {
        "registry.accounts.rules.accounts.check_acts_alone",
        "registry.granting.rules.check_asks",
    },
    "screens ask it of many records by one query, or offer the step to those who confirm": {
        "registry.granting.rules.check_may_confirm",
        "registry.granting.rules.check_may_refuse",
    },
    "the record holds what the form brought and is not saved yet": {
        "registry.granting.rules.check_can_be_asked",
        "registry.granting.rules.check_is_no_installation",
        "registry.accounts.rules.accounts.check_digest_has_address",
        "documents.printing.rules.check_printer",
        "registry.organizations.rules.names.check_is_other_name",
        "registry.organizations.rules.names.check_named",
    },
    "asked with the password, before there is anybody to show a button to": {
        "registry.accounts.rules.accounts.check_one_time_password",
    },
}


def known(name: str, kind: Any) -> bool:
    """Return whether a screen knows the argument before any input: a record, the actor or today."""
    if get_origin(kind) in {Union, UnionType}:
        return all(known(name, part) for part in get_args(kind) if part is not type(None))
    if not isinstance(kind, type):
        return False
    return issubclass(kind, (Model, Actor)) or (issubclass(kind, dt.date) and name == "today")


def could_be_asked(check: Check) -> bool:
    """Return whether a screen could use the check, because none of its arguments comes from a form."""
    # Some names are imported only for the type checker.
    names: dict[str, Any] = {model.__name__: model for model in apps.get_models()} | {
        "Actor": Actor,
        "Charter": Charter,
    }
    names |= vars(importlib.import_module(check.__module__))
    kinds = {name: parameter.annotation for name, parameter in inspect.signature(check).parameters.items()}
    return all(known(name, eval(kind, names) if isinstance(kind, str) else kind) for name, kind in kinds.items())


def name_of(check: Check) -> str:
    return f"{check.__module__}.{check.__name__}"


def resolved(node: ast.expr, module: str) -> Check | None:
    """Return the check that the expression refers to in the module, if any."""
    try:
        found = eval(ast.unparse(node), vars(importlib.import_module(module)))
    except (NameError, AttributeError):
        return None
    return found if isinstance(found, FunctionType) and found.__name__.startswith("check_") else None


def asked_in(tree: ast.AST, module: str) -> Iterator[Check]:
    """Yield every check that the code uses in `allowed` or `refusal`."""
    for call in calls(tree):
        if called(call) in {"allowed", "refusal"} and call.args and (found := resolved(call.args[0], module)):
            yield found


def parts_of(check: Check) -> Iterator[Check]:
    """Yield every check that this one calls."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(check)))
    for call in calls(tree):
        if called(call).startswith("check_") and (found := resolved(call.func, check.__module__)):
            yield found


def asked() -> set[str]:
    """Return the names of the checks that screens use: directly, through a twin in the rules, or in another check."""
    found: list[Check] = []
    used = {called(call) for module in modules() if module.layer != "rules" for call in calls(tree_of(module))}
    for module in modules():
        if module.layer != "rules":
            found += asked_in(tree_of(module), module.name)
            continue
        for twin in tree_of(module).body:
            if isinstance(twin, ast.FunctionDef) and twin.name in used:
                found += asked_in(twin, module.name)
    names: set[str] = set()
    while found:
        check = found.pop()
        if name_of(check) not in names:
            names.add(name_of(check))
            found += parts_of(check)
    return names


def checks() -> dict[str, Check]:
    """Return every check of the rules by its name."""
    return {
        f"{module.name}.{node.name}": getattr(importlib.import_module(module.name), node.name)
        for module in modules("rules")
        for node in tree_of(module).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("check_")
    }


def test_every_check_that_needs_no_input_is_asked_by_a_screen() -> None:
    wanted = {name for name, check in checks().items() if could_be_asked(check)}
    assert len(wanted) > 70
    # Remove the entry when its check is used or deleted.
    assert sorted(wanted - asked()) == sorted(name for names in UNASKED.values() for name in names)


def today_or_other(member: Member, today: dt.date, by: Actor | None) -> None: ...
def other_day(member: Member, on: dt.date) -> None: ...
def text_too(member: Member, reason: str) -> None: ...


@pytest.mark.parametrize(("check", "expected"), [(today_or_other, True), (other_day, False), (text_too, False)])
def test_what_a_form_asks_for_is_told_apart(check: Check, expected: bool) -> None:
    assert could_be_asked(check) is expected


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = allowed(rules.check_ends, organization)", ["registry.organizations.rules.tree.check_ends"]),
        ("x = allowed(rules.check_unknown, organization)", []),
        ("rules.check_ends(organization)", []),
        ("x = allowed(lambda: None)", []),
    ],
)
def test_what_a_screen_asks_is_read(source: str, names: list[str]) -> None:
    found = asked_in(ast.parse(source), "registry.organizations.views.tree")
    assert [name_of(check) for check in found] == names


def test_the_parts_of_a_check_are_asked_with_it() -> None:
    assert [name_of(part) for part in parts_of(check_may_ask)] == ["registry.organizations.rules.tree.check_not_root"]
