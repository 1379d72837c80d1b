"""Every transition is called directly by each role at each level, on both charters, and locks the rows that it changes
(N-H1, N-H2).
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from members.meetings.transitions import agenda, appeals, decisions
from registry.access import Actor
from registry.errors import NotAllowed, RuleViolation
from registry.journal.models import Event
from tests.members import places, sessions

from .acts import ACTORS, PARTS, TABLE, Scene, new, scene
from .cast import WRITING
from .locks import ORDER, Locks, against, crossing
from .tree import modules

pytestmark = pytest.mark.once
#: The table that notes which organisations' figures have to be counted again.
NOTES = "registry_changedorganization"
#: Events of the installation, whose administrator has no organisation; all others are in an organisation's journal.
NO_JOURNAL = {
    "members.people.transitions.completeness.count_completeness": {"members.completeness_counted"},
    "members.people.transitions.exports.record_export": {"members.exported"},
    "registry.accounts.transitions.installation.create_administrator": {"administrator.created"},
    "registry.accounts.transitions.sessions.signed_in": {"session.started"},
    "registry.accounts.transitions.sessions.signed_out": {"session.ended"},
    "registry.files.transitions.sweep_files": {"job.files_swept"},
    "registry.organizations.transitions.founding.note_structure_exported": {"organization.structure_exported"},
}


def transitions() -> dict[Callable[..., Any], str]:
    """Return every public function of the layer that has the argument `by`, with its dotted name."""
    found = {}
    for module in modules("transitions"):
        for name, function in inspect.getmembers(import_module(module.name), inspect.isfunction):
            own = function.__module__ == module.name and not name.startswith("_") and function not in PARTS
            if own and "by" in inspect.signature(function).parameters:
                found[function] = f"{module.name}.{name}"
    return found


NAMES = transitions()
OTHER = {"society": "union", "union": "society"}
ROWS = [
    pytest.param(function, charter, id=f"{NAMES.get(function, function.__name__)}-{charter}")
    for function, row in TABLE.items()
    for charter in row.charters
]


def test_n_h1_every_transition_has_its_row() -> None:
    assert sorted(NAMES.values()) == sorted(NAMES.get(function, repr(function)) for function in TABLE)


def test_n_h1_no_transition_is_overlooked() -> None:
    """Compares with the text of the modules, so that names and decorators cannot hide a transition."""
    written = sorted(
        f"{module.name}.{node.name}"
        for module in modules("transitions")
        for node in ast.parse(module.text).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if "by" in {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
    )
    parts = sorted(f"{part.__module__}.{part.__name__}" for part in PARTS)
    assert sorted([*NAMES.values(), *parts]) == written
    assert {name.partition(".")[0] for name in written} == {"registry", "members", "dues", "documents"}


def test_n_h1_a_row_without_refusal_says_why() -> None:
    silent = [NAMES[function] for function, row in TABLE.items() if not set(row.answers) & set("-0") and not row.why]
    own = {"change_own_password", "confirm_own_email", "edit_own_contacts", "end_own_sessions", "set_display"}
    assert {name.rpartition(".")[2] for name in silent} - own == set()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(autouse=True)
def own_files(settings: Any, files: Path) -> Path:
    """Keep the files of the scenes for the whole module."""
    settings.FILES_ROOT = files
    return files


@pytest.fixture(scope="module")
def scenes(django_db_setup: None, django_db_blocker: Any, files: Path) -> Iterator[dict[str, Scene]]:
    """Yield both federations, created once; the changes of each test are rolled back."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as monkeypatch, transaction.atomic():
        monkeypatch.setattr(settings, "FILES_ROOT", files)
        society, union = places.voi(), places.union()
        yield {"society": scene(society, union), "union": scene(union, society)}
        transaction.set_rollback(True)


def answer(
    function: Callable[..., Any], arguments: dict[str, Any], by: Actor, locked: list[str], lost: list[str]
) -> str:
    """Return the actor's result and roll everything back. `locked` gets the models whose rows the first successful call
    locks, `lost` gets its events that are in no organisation's journal.
    """
    wrote: list[str] = []
    locks = Locks()
    before = Event.objects.aggregate(last=Max("pk"))["last"]

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        # Such a note does not count as a change.
        wrote.extend(written for written in WRITING.findall(sql) if NOTES not in sql)
        return execute(sql, params, many, context)

    point = transaction.savepoint()
    try:
        with connection.execute_wrapper(watch), locks.watched():
            function(**arguments, by=by)
    except NotAllowed:
        return "-"
    except ObjectDoesNotExist:
        return "0"
    except RuleViolation:
        return "!"
    else:
        if not locked:
            events = Event.objects.filter(pk__gt=before).order_by("pk")
            lost += [event.action for event in events if event.organization_id is None]
    finally:
        transaction.savepoint_rollback(point)
    if not wrote:
        # There was nothing to do.
        return "0"
    if not locked:
        locked += locks.models
    return "+"


@pytest.mark.django_db
@pytest.mark.parametrize(("function", "charter"), ROWS)
def test_n_h1_n_h2_each_role_may_do_only_what_is_its_own(
    scenes: dict[str, Scene], function: Callable[..., Any], charter: str
) -> None:
    found, row = scenes[charter], TABLE[function]
    with transaction.atomic():
        arguments = dict(row.arguments(found))
        expected = dict(zip(ACTORS, row.answers.replace(" ", ""), strict=True))
        asked = [name for name in ACTORS if name in found.actors and expected[name] != "."]
        locked: list[str] = []
        lost: list[str] = []
        met = {name: answer(function, arguments, found.actors[name], locked, lost) for name in asked}
        far = scenes[OTHER[charter]].actors
        strangers = [answer(function, arguments, far[name], [], []) for name in ("head", "administrator")]
        transaction.set_rollback(True)
    assert met == {name: expected[name] for name in asked}
    # The highest roles of the other federation may do only what any officer of it may do here.
    assert "+" not in strangers or expected["other federation"] == "+"
    assert set(lost) == NO_JOURNAL.get(NAMES[function], set())
    if charter == row.charters[0]:
        assert " ".join(locked) == row.locks


def test_n_d2_every_transition_locks_in_the_one_order() -> None:
    locks = {NAMES[function]: row.locks.split() for function, row in TABLE.items()}
    assert {name: found for name, row in locks.items() if (found := against(ORDER, row))} == {}
    assert crossing(locks.values()) == set()


def test_n_d2_locks_against_the_order_are_found() -> None:
    assert against(ORDER, ["Organization", "Transfer", "Organization"]) == ["Transfer → Organization"]
    assert against(ORDER, ["Consent", "Member", "Federation"]) == ["Consent → Member", "Consent → Federation"]
    assert against(ORDER, ["Federation", "Member", "Consent", "DuesAccount", "Consent"]) == []
    assert crossing([["Consent", "DuesAccount"], ["DuesAccount", "Consent"], ["Member", "Consent"]]) == {
        ("Consent", "DuesAccount")
    }


@pytest.mark.django_db
@pytest.mark.parametrize("charter", ["society", "union"])
def test_n_d2_decisions_about_members_and_their_appeals_lock_in_the_one_order(
    scenes: dict[str, Scene], charter: str
) -> None:
    s, seen = scenes[charter], {}

    def locked(name: str, function: Callable[..., Any], *args: Any, **values: Any) -> None:
        locks = Locks()
        with locks.watched():
            function(*args, **values)
        seen[name] = locks.models

    with transaction.atomic():
        with (everything := Locks()).watched():
            exclusion = new.excluded(s)
        assert "Member" in everything.models
        appeal = appeals.receive_appeal(exclusion.pk, received_on=timezone.localdate(), by=s.superior)
        meeting = sessions.planned(s.place.region, s.superior, held_on=timezone.localdate())
        item = appeal.items.get()
        agenda.put_on(meeting.pk, items=[item.pk], by=s.superior)
        sessions.held(meeting, s.superior)
        locked("satisfied", sessions.decided, item, s.superior)
        locked("taken back", decisions.reverse_decision, item.pk, by=s.superior)
        locked("dismissed", sessions.decided, item, s.superior, adopted=False)
        locked("waiting again", decisions.reverse_decision, item.pk, by=s.superior)
        transaction.set_rollback(True)
    assert seen["satisfied"][:4] == ["Organization", "Application", "Meeting", "AgendaItem"]
    assert {name: found for name, row in seen.items() if (found := against(ORDER, row))} == {}
