"""Reads the code: what is done in one way everywhere is done in no second way anywhere."""

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from .reading import APPS, CODE, ROOT, called, calls, name_of, strings, tree_of

#: The decorators of a view from the outermost: a wrong method is 405 for everybody, a missing permission 403.
DECORATORS = (
    {"login_not_required"},
    {"require_GET", "require_safe", "require_POST", "require_http_methods"},
    {"sensitive_post_parameters"},
    {"needs"},
)


#: The admin site extends views of Django and decorates them in its own way.
DJANGOS_OWN = {"registry.admin_site", "registry.admin"}


def views() -> dict[str, Any]:
    """Every view of ours that an address leads to, by module and name."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[Any]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                yield inspect.unwrap(pattern.callback)

    found = walk(get_resolver().url_patterns)
    ours = [v for v in found if v.__module__.partition(".")[0] in APPS]
    return {f"{v.__module__}.{v.__name__}": v for v in ours if v.__module__ not in DJANGOS_OWN}


def decorators(source: str, name: str) -> list[str]:
    """The names of the function's decorators, from the outermost."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return [ast.unparse(d).partition("(")[0] for d in node.decorator_list]
    raise LookupError(name)


@cache
def source_of(module: str) -> str:
    """The source of the module."""
    return inspect.getsource(sys.modules[module])


def in_order(names: list[str]) -> bool:
    """Whether one of the methods is required and every decorator stands in its place."""
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


def is_view(path: Any) -> bool:
    """Whether the module holds views, in the layout by layers or by packages."""
    return "views" in path.relative_to(ROOT).with_suffix("").parts


def test_answers_with_a_file_are_made_in_one_module() -> None:
    headers = {"Content-Disposition", "Cache-Control"}
    wrong = {
        name_of(path)
        for path in CODE
        if headers & strings(tree_of(path))
        or any(
            called(c) == "HttpResponse" and {k.arg for k in c.keywords} >= {"content_type"}
            for c in calls(tree_of(path))
        )
        or any(called(c) in {"FileResponse", "StreamingHttpResponse", "never_cache"} for c in calls(tree_of(path)))
    }
    assert wrong == {"registry/answers.py", "registry/middleware.py"}


def test_numbers_in_a_request_are_read_in_one_module() -> None:
    modules = [path for path in CODE if is_view(path)]
    wrong = {
        name_of(p) for p in modules for c in calls(tree_of(p)) if called(c) in {"isdigit", "isdecimal", "isnumeric"}
    }
    assert (wrong, len(modules) > 50) == (set(), True)
