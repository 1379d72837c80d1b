"""Reads the code: what has one common implementation is not implemented elsewhere."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from registry.checks import MAX_UPLOAD_BYTES

from .reading import called, calls, nodes, strings, tree_of
from .tree import APPS, modules

#: Decorators of a view, the outermost first: a wrong method is 405 for everybody, a missing permission is 403.
DECORATORS = (
    {"login_not_required"},
    {"require_GET", "require_safe", "require_POST", "require_http_methods"},
    {"sensitive_post_parameters"},
    {"needs"},
    {"asks_again"},
    {"takes_at_most"},
    {"may_lag"},
)


#: The admin site extends Django's views, which have their own decorators.
DJANGOS_OWN = ("registry.admin_site.", "registry.admin.")


def views() -> dict[str, Any]:
    """Return every view of ours that has an address, by module and name."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[Any]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                yield inspect.unwrap(pattern.callback)

    found = walk(get_resolver().url_patterns)
    ours = [v for v in found if v.__module__.partition(".")[0] in APPS]
    return {f"{v.__module__}.{v.__name__}": v for v in ours if not f"{v.__module__}.".startswith(DJANGOS_OWN)}


def decorators(source: str, name: str) -> list[str]:
    """Return the names of the function's decorators, the outermost first."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return [ast.unparse(d).partition("(")[0] for d in node.decorator_list]
    raise LookupError(name)


@cache
def source_of(module: str) -> str:
    """Return the source of the module."""
    return inspect.getsource(sys.modules[module])


def in_order(names: list[str]) -> bool:
    """Return whether a method is required and all decorators are in the right order."""
    places = [next((i for i, group in enumerate(DECORATORS) if name in group), -1) for name in names]
    return 1 in places and -1 not in places and places == sorted(set(places))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("@require_GET\n@needs(P)\ndef v(request): ...", True),
        ("@login_not_required\n@require_http_methods([])\n@sensitive_post_parameters()\ndef v(request): ...", True),
        ("@needs(P)\n@require_GET\ndef v(request): ...", False),
        ("@needs(P)\ndef v(request): ...", False),
        ("@require_GET\n@never_cache\n@needs(P)\ndef v(request): ...", False),
        ("@require_GET\n@require_POST\ndef v(request): ...", False),
        ("def v(request): ...", False),
    ],
)
def test_the_order_of_decorators_is_read(source: str, expected: bool) -> None:
    assert in_order(decorators(source, "v")) is expected


def test_decorators_of_views_stand_in_one_order() -> None:
    found = views()
    wrong = [
        name for name, view in found.items() if not in_order(decorators(source_of(view.__module__), view.__name__))
    ]
    assert (wrong, len(found) > 200) == ([], True)


def test_answers_with_a_file_are_made_in_one_module() -> None:
    headers = {"Content-Disposition", "Cache-Control"}
    wrong = {
        module.where
        for module in modules()
        if headers & strings(tree_of(module))
        or any(
            called(c) == "HttpResponse" and {k.arg for k in c.keywords} >= {"content_type"}
            for c in calls(tree_of(module))
        )
        or any(called(c) in {"FileResponse", "StreamingHttpResponse", "never_cache"} for c in calls(tree_of(module)))
    }
    assert wrong == {"registry/answers.py", "registry/middleware.py"}


def test_numbers_in_a_request_are_read_in_one_module() -> None:
    found = modules("views")
    wrong = {m.where for m in found for c in calls(tree_of(m)) if called(c) in {"isdigit", "isdecimal", "isnumeric"}}
    assert (wrong, len(found) > 50) == (set(), True)


def lists_of_states(tree: ast.AST) -> list[str]:
    """Return every literal list, set or tuple of states, as the sorted names of the states."""
    found = []
    for node in nodes(tree):
        elements = node.elts if isinstance(node, ast.List | ast.Set | ast.Tuple) else []
        names = sorted(ast.unparse(e) for e in elements)
        if len(names) > 1 and all(re.fullmatch(r"\w+(State|Status)\.[A-Z_]+", name) for name in names):
            found.append(" ".join(names))
    return found


def test_a_list_of_states_is_read() -> None:
    source = "x.filter(state__in=[ItemState.B, ItemState.A], y=(1, 2)); z in {AState.X}"
    assert lists_of_states(ast.parse(source)) == ["ItemState.A ItemState.B"]


def test_lists_of_states_are_named_beside_their_enum() -> None:
    # Constraints of models keep their lists, because they are part of a migration.
    found = {m.where: lists for m in modules() if m.layer != "models" and (lists := lists_of_states(tree_of(m)))}
    assert {where for where in found if not where.endswith("/enums.py")} == set()
    lines = [line for m in modules("enums") for line in tree_of(m).body if isinstance(line, ast.Assign)]
    named = [states for line in lines for states in lists_of_states(line)]
    assert (sorted(named), len(named) > 15) == (sorted(set(named)), True)


def twins_by_hand(tree: ast.AST) -> list[int]:
    """Return the lines where a refusal is caught only to return False."""
    return [
        node.lineno
        for node in nodes(tree)
        if isinstance(node, ast.ExceptHandler)
        and node.type is not None
        and re.search(r"RuleViolation|NotAllowed|Blocked", ast.unparse(node.type))
        and [ast.unparse(line) for line in node.body] == ["return False"]
    ]


def test_the_twin_of_a_check_is_made_in_one_way() -> None:
    assert twins_by_hand(ast.parse("try: check()\nexcept RuleViolation:\n    return False")) == [2]
    assert {m.where: n for m in modules() if (n := len(twins_by_hand(tree_of(m))))} == {"registry/states.py": 1}


def test_rows_are_locked_by_an_act() -> None:
    found = {m.where for m in modules() for c in calls(tree_of(m)) if called(c) == "select_for_update"}
    # Keys are changed in the raw columns of every table, in chunks and outside of any act; columns are filled after an
    # upgrade in the same way. An event locks the head of its chain, and the first node locks the mark of the store.
    assert found == {
        "registry/transitions.py", "registry/management/commands/rotate_keys.py", "registry/journal/models.py",
        "registry/upkeep/jobs.py", "registry/files/marks.py",
    }  # fmt: skip


def test_days_are_written_and_ages_counted_in_one_module() -> None:
    found = {
        module.where
        for module in modules()
        if any(re.search(r"%d\.%m\.%Y|^d\.m\.Y", text) for text in strings(tree_of(module)))
        or re.search(r"\.month, \w+\.day\) < \(", module.text)
    }
    assert found == {"registry/days.py"}


def sizes_by_hand(tree: ast.AST) -> list[str]:
    """Return every size of a page or a batch that is a literal number."""
    found = []
    for node in nodes(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names = [ast.unparse(target) for target in node.targets]
            found += [name for name in names if re.search(r"CHUNK|BATCH$|^_?PAGE_|PER_PAGE|_LIMIT$", name)]
        if isinstance(node, ast.Call):
            sizes = {k.arg: k.value for k in node.keywords if k.arg in {"batch_size", "chunk_size", "per_page"}}
            sizes |= dict.fromkeys([called(node)], node.args[2]) if called(node) == "page_of" and node.args[2:] else {}
            found += [str(name) for name, size in sizes.items() if isinstance(size, ast.Constant)]
    return found


def test_sizes_of_pages_and_batches_stand_in_one_module() -> None:
    """Limits of user input are `MAX_…` constants of their own module."""
    source = "_CHUNK = 5\nPAGE_ROWS = 50\nx.bulk_create(y, batch_size=200)\npage_of(r, q, 30)\npage_of(r, q, PAGE_ROWS)"
    assert sizes_by_hand(ast.parse(source)) == ["_CHUNK", "PAGE_ROWS", "batch_size", "page_of"]
    ours = [m for m in modules() if not m.where.startswith("registry/settings/")]
    found = {m.where: sizes for m in ours if (sizes := sizes_by_hand(tree_of(m)))}
    assert (set(found), len(found["registry/sizes.py"])) == ({"registry/sizes.py"}, 7)


def limits_by_hand(tree: ast.AST) -> list[str]:
    """Return every comparison of a file's size with anything but the common limit."""
    found = []
    for node in nodes(tree):
        if isinstance(node, ast.Compare):
            sides = [ast.unparse(side) for side in (node.left, *node.comparators)]
            of_file = any(re.search(r"(\bfile|upload\w*)\.size$|^len\((data|content)\)$", side) for side in sides)
            if of_file and not {"MAX_UPLOAD_BYTES", "0"} & set(sides):
                found.append(ast.unparse(node))
    return found


def test_the_size_of_a_file_has_one_limit() -> None:
    """Messages to users name the same limit."""
    assert limits_by_hand(
        ast.parse("file.size > 5; len(data) > MAX_UPLOAD_BYTES; len(data) >= LARGEST; x.size > 5")
    ) == [
        "file.size > 5",
        "len(data) >= LARGEST",
    ]
    assert {m.where: found for m in modules() if (found := limits_by_hand(tree_of(m)))} == {}
    asked = [m.where for m in modules() if re.search(r"[<>] MAX_UPLOAD_BYTES", m.text)]
    said = {int(number) for m in modules() for text in strings(tree_of(m)) for number in re.findall(r"(\d+) MB", text)}
    assert (len(asked) >= 4, said) == (True, {MAX_UPLOAD_BYTES // 1024**2})


#: Code that splits eleven digits into the groups 3-3-3 2.
_GROUPS = re.compile(r"\[3:6\]|\[6:9\]|\(\\d\{3\}\)\(\\d\{3\}\)|%s-%s-%s")


def test_snils_is_cut_into_groups_in_one_module() -> None:
    assert _GROUPS.search('f"{n[:3]}-{n[3:6]}"') and _GROUPS.search(r're.sub(r"(\d{3})(\d{3})", "", n)')
    assert {m.where for m in modules() if _GROUPS.search(m.text)} == {"registry/checks.py"}


def keepers_by_hand(tree: ast.AST) -> list[str]:
    """Return every comparison of a level with the charter's level that keeps the cards."""
    compared = [ast.unparse(node) for node in nodes(tree) if isinstance(node, ast.Compare)]
    return [text for text in compared if re.search(r"\b(charter|self)\.keeper\b", text)]


def test_who_keeps_a_card_is_decided_in_one_module() -> None:
    source = "o.charter.keeper == o.level; o.keeps_cards; x == y"
    assert keepers_by_hand(ast.parse(source)) == ["o.charter.keeper == o.level"]
    assert {m.where for m in modules() if keepers_by_hand(tree_of(m))} == {"registry/charters/base.py"}


def test_workbooks_are_written_in_one_module() -> None:
    assert {m.where for m in modules() if "xlsxwriter" in m.text} == {"registry/spreadsheets/writing.py"}


def asked_past_the_act(tree: ast.AST) -> list[str]:
    """Return checks of permissions in a change that bypass its act, and with it the organisation's day."""
    blocks = [node for node in nodes(tree) if isinstance(node, ast.With)]
    changes = [block for block in blocks if any("change(" in ast.unparse(item) for item in block.items)]
    asked = [call for block in changes for call in calls(block) if ast.unparse(call.func) == "require"]
    takes_act = [node for node in nodes(tree) if isinstance(node, ast.FunctionDef) and "act" in _names(node)]
    asked += [call for function in takes_act for call in calls(function) if ast.unparse(call.func) == "require"]
    return [ast.unparse(call) for call in asked]


def _names(function: ast.FunctionDef) -> set[str]:
    return {argument.arg for argument in function.args.args}


def test_a_change_asks_permissions_of_its_act_and_so_goes_by_the_days_of_the_organization() -> None:
    source = (
        "with change(by=by) as act:\n    require(by, P, o)\n    act.require(P, o)\ndef f(act):\n    require(act.by, P)"
    )
    assert asked_past_the_act(ast.parse(source)) == ["require(by, P, o)", "require(act.by, P)"]
    wrong = {
        m.where: found for m in modules() if m.layer == "transitions" and (found := asked_past_the_act(tree_of(m)))
    }
    assert wrong == {}


#: Modules below the transitions that refuse: the check of moves, and the writers of the ledger and of blanks.
FLOORS = {"registry/states.py": 2, "dues/ledger/book/charges.py": 1, "documents/tickets/book.py": 2}


def refusals(tree: ast.AST) -> int:
    """Return how many refusals the tree creates, raised or returned."""
    return sum(called(c) in {"RuleViolation", "Blocked", "DuplicateFound"} for c in calls(tree))


def test_refusals_stand_in_rules() -> None:
    """Refusals are created by a `check_…` in `rules`, so that a screen can check before it offers the step."""
    assert refusals(ast.parse("if x:\n    raise Blocked('V-A5', '', [])\nreturn RuleViolation('U-5', '')")) == 2
    found = {m.where: n for m in modules() if m.layer != "rules" and (n := refusals(tree_of(m)))}
    assert found == FLOORS


def reversals_by_hand(tree: ast.AST) -> list[str]:
    """Return conditions on the reversal of the entries themselves, not through another model."""
    named = [k.arg or "" for call in calls(tree) for k in call.keywords]
    asked = [name for name in named if re.fullmatch(r"reversed_by(__\w+)?", name)]
    return asked + [text for text in strings(tree) if re.fullmatch(r"reversed_by__\w+", text)]


def test_entries_that_stand_are_found_in_one_way() -> None:
    source = 'x.filter(reversed_by=None); x.filter(**{"reversed_by__isnull": 1}); x.filter(entry__reversed_by=1)'
    assert reversals_by_hand(ast.parse(source)) == ["reversed_by", "reversed_by__isnull"]
    assert {m.where: found for m in modules() if (found := reversals_by_hand(tree_of(m)))} == {}
