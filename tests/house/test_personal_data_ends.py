"""Every state of a model with names of people ends by a term or a deletion (152-ФЗ art. 5 p. 7, art. 21).

Models with names of people are found by their fields; a row of each state is created, years pass, the daily work runs.
"""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction

from members.admission.enums import APPLICATION_MOVES, ENDED_APPLICATIONS, ApplicationState
from members.movement.contents import CONTENT, ENDS, NAMING, OTHER_PLACES, End, Erased, emptied
from members.movement.rules.erasing import APPLICATION_REASONS, REASONS
from members.people.enums import MEMBER_MOVES, PRESENT_MEMBERS, MemberState
from members.people.models import Member
from members.people.transitions.destroying import destroy_cards, traces
from registry import states
from registry.fields import EncryptedTextField, KopecksField
from registry.jobs import kinds
from registry.jobs.queue import sweep
from registry.transitions import quietly
from tests.clock import at
from tests.members import places

#: Text in every text field of a created row.
MARK = "Яблоковская"
LONG_AGO = dt.datetime(2015, 3, 2, 9, 0, tzinfo=dt.UTC)
_NUMBERS = itertools.count(1000)


def texts(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the fields of the model that may contain a name."""
    kinds = (models.CharField, models.TextField)
    return [f for f in model._meta.fields if isinstance(f, kinds) and not f.choices and not f.primary_key]


def names_people(model: type[models.Model]) -> bool:
    """Return whether a field of the model is encrypted, or named like fields of names, telephones and addresses."""
    return any(isinstance(f, EncryptedTextField) or NAMING.search(f.name) for f in texts(model))


def naming() -> set[str]:
    """Return the models with names of people, without history models."""
    return {m._meta.label for m in apps.get_models() if not hasattr(m, "instance_type") and names_people(m)}


def with_card() -> set[str]:
    """Return the models whose rows belong to a card or an application, and are deleted or emptied with it."""
    return {label for label in CONTENT if label not in ENDS}


def test_every_model_that_names_people_says_what_ends_it() -> None:
    assert naming() - set(CONTENT) - set(ENDS) == set()
    assert [label for label in OTHER_PLACES if label not in ENDS] == []
    assert [apps.get_model(label)._meta.label for label in ENDS] == list(ENDS)


def test_v_b14_what_is_deleted_with_a_card_is_reached_from_it_by_keys() -> None:
    """Rows refer to the card or the application, or are deleted in the cascade of a row that does."""
    reached = {Member, apps.get_model("members.Application")}
    reached |= {model for target in list(reached) for model, _name in traces(target)}
    while True:
        more = {
            model
            for model in apps.get_models()
            if model not in reached
            for field in model._meta.fields
            if field.is_relation and field.related_model in reached and field.remote_field.on_delete is models.CASCADE
        }
        if not more:
            break
        reached |= more
    deleted = {label for label in with_card() if CONTENT[label].erased is Erased.DELETED}
    assert {label for label in deleted if apps.get_model(label) not in reached} == set()
    # Rows that are kept contain no names: each text field with a name is emptied, or there is none.
    kept = {label for label in with_card() & naming() if CONTENT[label].erased is Erased.DETACHED}
    assert {label for label in kept if not CONTENT[label].blanked} == set()


def test_every_state_of_a_card_and_of_an_application_leads_to_an_end() -> None:
    """Former members are destroyed after a term, or by the act; no state is permanent."""
    assert set(MEMBER_MOVES) == {*PRESENT_MEMBERS, *REASONS, MemberState.WITHDRAWN}
    ended = {state for state, moves in APPLICATION_MOVES.items() if not moves or state in ENDED_APPLICATIONS}
    assert ended - {ApplicationState.ADMITTED} <= set(APPLICATION_REASONS)
    stuck = {state for state in APPLICATION_MOVES if not leads_to(APPLICATION_MOVES, state, set(APPLICATION_REASONS))}
    assert stuck - {ApplicationState.ADMITTED} == set()


def leads_to(moves: Any, state: str, ends: set[Any]) -> bool:
    """Return whether the moves lead from the state to one of the ends."""
    seen, ahead = set(), [state]
    while ahead:
        here = ahead.pop()
        if here in ends:
            return True
        if here not in seen:
            seen.add(here)
            ahead.extend(moves[here])
    return False


def end_of(label: str, state: str) -> End | None:
    end = ENDS[label]
    return end.get(state) if isinstance(end, dict) else end


def of_term() -> Iterator[tuple[str, str]]:
    """Yield every model whose rows end by a term, with each of its states; an empty state if it has none."""
    for label in ENDS:
        cycle = states.CYCLES.get(label)
        for state in cycle.moves if cycle else ("",):
            if end_of(label, state) is End.TERM:
                yield label, state


def test_every_state_of_a_model_with_several_ends_has_one() -> None:
    for label, ends in ENDS.items():
        if isinstance(ends, dict):
            missing = set(states.CYCLES[label].moves) - set(ends)
            # In these states, all rows with names of people belong to cards.
            assert missing == ({"posted"} if label == "dues.BankLine" else set())


#: Values without which a created row would violate a constraint, by model.
GIVEN: dict[str, Any] = {
    "dues.BankStatement": lambda state: {"repeated": 0},
    "dues.BookAccount": lambda state: {"kind": "cash", "fee": "", "year": 0, "number": ""},
    "dues.LedgerEntry": lambda state: moved(),
    "dues.BankLine": lambda state: {
        "incoming": True,
        "band": "none" if state == "open" else "",
        "amount": 5,
        "posted": 0,
    },
    "registry.StoredFile": lambda state: {"expires_at": LONG_AGO, "purpose": "import_source"},
    "registry.Job": lambda state: {"finished_at": LONG_AGO, "kind": "members.export", "done": 0},
    "dues.PayrollLine": lambda state: {"member": None},
    "members.ImportRow": lambda state: {"member": None, "verdict": "wrong"},
    "members.CardUpdateRow": lambda state: {"verdict": "done"},
    "documents.SubjectRequest": lambda state: {"settled_on": None},
    "documents.OutboxEntry": lambda state: {"version": 1, "offered_version": 1, "confirmed_version": 0},
    "members.ImportBatch": lambda state: {"headings": [MARK], "source": None},
    "django_tasks_database.DBTaskResult": lambda state: {
        "status": "SUCCESSFUL",
        "finished_at": LONG_AGO,
        "args_kwargs": {},
        "priority": 0,
    },
}


def moved() -> dict[str, Any]:
    """Return the values of an entry that moves money without a member."""
    account = apps.get_model("dues.BookAccount")
    sides = {"debit": plant(account), "credit": plant(account, kind="received")}
    return {**sides, "kind": "move", "fee": "", "year": None, "due_on": None, "account": None}


#: States that do not last, because the jobs are ended first.
OPEN_JOBS = {("registry.Job", "queued"), ("registry.Job", "running")}


def plant(model: type[models.Model], *, state: str = "", **given: Any) -> Any:
    """Create an old row with the mark in every text field."""
    cycle = states.CYCLES.get(model._meta.label)
    values = dict(given)
    if cycle and state:
        values[cycle.field] = state
    values = GIVEN.get(model._meta.label, lambda state: {})(state) | values
    for field in model._meta.concrete_fields:
        if field.name not in values and field.attname not in values:
            value = planted(field)
            if value is not None:
                values[field.name] = value
    row = model(**values)
    model._base_manager.bulk_create([row])
    return model._base_manager.order_by("pk").last() if row.pk is None else row


def planted(field: Any) -> Any:
    if isinstance(field, models.AutoField):
        return None
    if field.is_relation:
        if field.null or field.remote_field.parent_link:
            return None
        found = field.related_model._base_manager.order_by("pk").first()
        return found or plant(field.related_model)
    if field.primary_key:
        return uuid.uuid4() if isinstance(field, models.UUIDField) else f"{MARK}{next(_NUMBERS)}"
    if field.choices:
        return field.get_default() or field.choices[0][0]
    if isinstance(field, EncryptedTextField):
        empty = field.get_default()
        return [MARK] if isinstance(empty, list) else {"x": MARK} if isinstance(empty, dict) else MARK
    if isinstance(field, models.DateTimeField):
        return LONG_AGO
    if isinstance(field, models.DateField):
        return LONG_AGO.date()
    if isinstance(field, models.TimeField):
        return dt.time(9)
    if isinstance(field, models.BooleanField):
        return field.get_default() or False
    if isinstance(field, models.JSONField):
        return field.get_default()
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.DecimalField):
        return Decimal(1)
    if isinstance(field, models.IntegerField | KopecksField):
        return next(_NUMBERS)
    if isinstance(field, models.CharField | models.TextField):
        return f"{MARK}{next(_NUMBERS)}"[: field.max_length]
    return None


#: Names of those who signed the papers for the organisation, which are kept.
OF_THE_OFFICE = {"dues.CashOrder": ("accountant", "cashier"), "dues.ExpenseOrder": ("head", "accountant", "cashier")}


def said(row: models.Model) -> list[str]:
    """Return the fields of the row that still contain the mark; none if it is deleted."""
    found = type(row)._base_manager.filter(pk=row.pk).first()
    if found is None:
        return []
    office = OF_THE_OFFICE.get(type(row)._meta.label, ())
    of_people = [f for f in texts(type(row)) if isinstance(f, EncryptedTextField) or NAMING.search(f.name)]
    of_people = [field for field in of_people if field.name not in office]
    return [field.name for field in of_people if MARK in str(getattr(found, field.name))]


@pytest.mark.django_db
@pytest.mark.parametrize(("label", "state"), [one for one in of_term() if one not in OPEN_JOBS], ids=str)
def test_every_state_with_a_term_is_reached_by_the_daily_work(label: str, state: str) -> None:
    places.voi()
    row = plant(apps.get_model(label), state=state)
    assert said(row) or label in NEVER_EMPTIED
    work_of_a_day("2041-03-05")
    gone = not type(row)._base_manager.filter(pk=row.pk).exists()
    assert (said(row), gone or label not in NEVER_EMPTIED) == ([], True)


def work_of_a_day(day: str) -> None:
    """Do everything that the worker does on the day, as after its start."""
    for done in (kinds._DAILY, kinds._DAILY_THERE):
        for function in done:
            done[function] = dt.date.min  # type: ignore[index]
    with at(day):
        sweep()


#: Models whose rows are deleted, not emptied, at the end of their term.
NEVER_EMPTIED = {
    "registry.Draft", "registry.StoredFile", "registry.Job", "members.ImportRow", "members.CardUpdateRow",
    "members.DestructionRecord", "django_tasks_database.DBTaskResult", "sessions.Session", "axes.AccessAttempt",
}  # fmt: skip


@pytest.mark.django_db
def test_u_5_cards_taken_back_before_are_destroyed_by_the_daily_work() -> None:
    place = places.voi()
    member = place.put()
    Member.objects.filter(pk=member.pk).update(
        state=MemberState.WITHDRAWN, organization=None, unit=None, cell=None, erase_after=None
    )
    work_of_a_day("2041-03-05")
    assert not Member.objects.filter(pk=member.pk).exists()
    assert Member.history.filter(id=member.pk).count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("model", list(emptied()), ids=lambda model: model._meta.label)
def test_v_b14_every_kept_row_is_emptied_with_the_card(model: type[models.Model]) -> None:
    place = places.voi()
    member = place.put()
    with transaction.atomic():
        connection.check_constraints()
    model._base_manager.filter(member=member).delete()
    row = plant(model, member=member)
    names = list(emptied()[model])
    assert [name for name in names if MARK in str(getattr(row, name))]
    with quietly(place.chair) as act:
        destroy_cards(act, [member])
    left = model._base_manager.get(pk=row.pk)
    assert ([n for n in names if MARK in str(getattr(left, n))], left.member_id) == ([], None)  # type: ignore[attr-defined]


def test_sessions_are_among_what_ends() -> None:
    assert ENDS[Session._meta.label] is End.TERM
