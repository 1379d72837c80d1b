"""Reads the code: queries of screens, forms, filters, exports, prints and jobs begin with the actor's scope (N-H1)."""

import ast
from functools import cache

import pytest
from django.urls import get_resolver

from .test_url_scope import callbacks
from .tree import Module, modules

SCOPED_FIRST = {"visible_to", "editable_by", "answered_for", "visible_with_blocked"}

#: Modules that also read blocked cards → the papers that keep these lines (N-C1).
READ_BLOCKED = {
    "documents/printing/jobs.py": "the registration book",
    "documents/views.py": "the register of mail, the number of decisions of a past year",
    "members/book/views/prints.py": "the registration book",
    "members/reconciliation/views/prints.py": "the report of a reconciliation that was handed in",
}

#: Layers that are not checked, each with its reason; all other modules of the project are.
LEFT_OUT = {
    "models": "the scope is made there",
    "storage": "below the scope: the row of a file is reached through the record that owns it",
    "marks": "asks whether the store is that of the database, below the scope as `storage`",
    "monitoring": "counts of the whole installation, without a row",
    "rules": "asked about what was loaded in scope",
    "queries": "about what was loaded in scope",
    "prepared": "expressions and queries for what was loaded in scope",
    "ledger": "the one writer of the ledger, within an act that has locked in scope",
    "book": "the one writer of consents, within an act that has locked in scope",
    "transitions": "asked by every actor: test_transitions_by_role",
    "integrity": "looks at the whole database for the administrator of the installation",
    "integrity_applications": "as `integrity`",
    "tracing": "the part of `integrity` that names rows by table and id",
    "management": "commands of the administrator of the installation",
    "demo": "makes federations of its own",
}

#: Model → why its rows are not secret, or are already limited by their owner.
OPEN_MODELS = {
    "FileStore": "the mark of the installation's store, one row without a person",
    "Federation": "its own federation's charter, reached through the actor",
    "SavedFilter": "always narrowed to the actor's account",
    "ConsentText": "wording of a form, no person in it",
    "FormText": "wording of a form, no person in it",
}

#: Modules that serve no screen, each with its reason.
APART = dict.fromkeys(
    ("registry/jobs/queue.py", "registry/jobs/work.py"),
    "the queue itself: the worker takes every job; its pages load through `visible_to`",
) | {
    "registry/supervision/jobs.py": "counts all organisations, and shows nothing",
    "registry/campaigns/counting.py": "counts the part of a report that was loaded in scope, and shows no person",
    "registry/start/jobs.py": "sends everybody their own tasks, each read in the scope of the account",
}

COUNTED = (
    "counts of the organisation that was loaded in scope; values of cards out of scope are not read, names neither"
)
#: Exceptions as (file, model, first call), without line numbers, each with its reason.
EXCEPTIONS: dict[tuple[str, str, str], str] = {
    ("registry/accounts/views/entering.py", "Account", "filter"): "the account whose password was right a moment ago",
    ("registry/accounts/views/second_factor.py", "Account", "get"): "the actor's own account",
    (
        "registry/accounts/views/second_factor.py",
        "SecondFactor",
        "filter",
    ): "the second factor of the actor's own account",
    (
        "registry/upkeep/doctor.py",
        "Event",
        "order_by",
    ): "the time of the newest event, for the clock of the installation",
    ("registry/upkeep/doctor.py", "StoredFile", "order_by"): "the newest file, to try the keys of the installation",
    ("registry/organizations/tasks.py", "Appointment", "current"): "only narrows organisations that are read in scope",
    (
        "members/meetings/forms.py",
        "GoverningBody",
        "filter",
    ): "of the actor's own organisation, or of a meeting in scope",
    ("registry/accounts/search.py", "Account", "get_queryset"): "narrowed by home or appointment to the scope below it",
    ("registry/accounts/search.py", "Appointment", "not_over"): "only narrows organisations that are read in scope",
    ("registry/accounts/search.py", "Appointment", "current"): "of organisations that are read in scope",
    ("members/people/filters.py", "Registration", "filter"): "only narrows people that are read in scope",
    ("members/book/views/book.py", "Figures", "filter"): "of the unit that was loaded in scope",
    ("registry/statistics/counting/people.py", "BookLine", "filter"): COUNTED,
    ("registry/statistics/counting/people.py", "Member", "filter"): COUNTED,
    ("registry/statistics/counting/people.py", "Member", "registered"): COUNTED,
    ("registry/statistics/counting/movement.py", "BookLine", "filter"): COUNTED,
    ("registry/statistics/counting/questions.py", "BookLine", "filter"): COUNTED,
    ("registry/statistics/counting/questions.py", "Organization", "filter"): "says by which parts a job counts",
    (
        "registry/statistics/counting/movement.py",
        "Registration",
        "filter",
    ): "only says why lines that are counted begin",
    ("registry/statistics/counting/places.py", "Organization", "all"): "counts what is below one loaded in scope",
    ("registry/campaigns/exports.py", "ReportFigure", "filter"): "of reports that are read in scope",
    ("members/lists/loading.py", "ColumnMapping", "filter"): "of the organisation whose file is read",
    ("members/lists/batches.py", "ImportBatch", "filter"): "of the organisation whose batch was read in scope",
    ("members/lists/batches.py", "ImportRow", "filter"): "of the batch that was read in scope",
}


READ = [module for module in modules() if module.layer not in LEFT_OUT and module.where not in APART]


@cache
def unscoped(source: str) -> list[tuple[int, str, str]]:
    """Return (line, model, first call) of every `Model.objects.x` that neither begins with nor contains the scope."""
    found = []
    tree = ast.parse(source)
    narrowed = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call) and _names_the_scope(node)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute)) or id(node) in narrowed:
            continue
        if node.value.attr not in {"objects", "history", "_default_manager", "_base_manager"}:
            continue
        holder = node.value.value
        model = holder.id if isinstance(holder, ast.Name) else holder.attr if isinstance(holder, ast.Attribute) else ""
        if model and model[0].isupper() and node.attr not in SCOPED_FIRST and model not in OPEN_MODELS:
            found.append((node.lineno, model, node.attr))
    return found


def _names_the_scope(call: ast.Call) -> bool:
    """Match `filter(in_scope(actor, …))` and `filter(member__in=Member.objects.visible_to(actor))`."""
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(
        (isinstance(node, ast.Name) and node.id == "in_scope")
        or (isinstance(node, ast.Attribute) and node.attr in SCOPED_FIRST)
        for argument in arguments
        for node in ast.walk(argument)
    )


def test_the_reader_finds_a_queryset_that_bypasses_the_scope() -> None:
    source = "def view(request):\n    return Member.objects.filter(pk=1)\n"
    assert unscoped(source) == [(2, "Member", "filter")]
    assert unscoped("Member.objects.visible_to(actor).filter(pk=1)") == []
    assert unscoped("Figures.objects.filter(in_scope(actor, 'organization__'))") == []
    assert unscoped("Reminder.objects.filter(member__in=Member.objects.visible_to(actor))") == []


def test_n_h1_the_module_of_every_address_is_read() -> None:
    read = {module.name for module in READ}
    serving = {name for name in callbacks(get_resolver()) if name.partition(".")[0] in {m.app for m in READ}}
    assert len(serving) > 30
    assert serving - read == set()


@pytest.mark.parametrize("module", READ, ids=lambda module: module.where)
def test_n_h1_every_queryset_of_a_screen_begins_with_the_scope(module: Module) -> None:
    wrong = [
        f"{module.where}:{line} {model}.objects.{call}"
        for line, model, call in unscoped(module.text)
        if (module.where, model, call) not in EXCEPTIONS
    ]
    assert wrong == []


def test_n_c1_only_papers_about_the_past_read_blocked_cards() -> None:
    assert {module.where for module in READ if ".visible_with_blocked(" in module.text} == set(READ_BLOCKED)


def test_every_exception_is_still_needed() -> None:
    present = {(module.where, model, call) for module in READ for _line, model, call in unscoped(module.text)}
    assert set(EXCEPTIONS) - present == set()
