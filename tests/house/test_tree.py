"""Checks that read the code cover all of it: the kernel of each app and its packages."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.apps import apps

from .tree import APPS, PACKAGES, ROOT, modules, place


@pytest.mark.parametrize(
    ("path", "placed"),
    [
        ("members/people/views/cards.py", ("members", "people", "views", "members.people.views.cards")),
        ("members/people/filters.py", ("members", "people", "filters", "members.people.filters")),
        ("members/people/__init__.py", ("members", "people", "", "members.people")),
        ("members/people/rules/__init__.py", ("members", "people", "rules", "members.people.rules")),
        ("registry/access.py", ("registry", "", "access", "registry.access")),
        ("registry/jobs/views.py", ("registry", "jobs", "views", "registry.jobs.views")),
        ("registry/jobs/__init__.py", ("registry", "jobs", "", "registry.jobs")),
        ("registry/__init__.py", ("registry", "", "", "registry")),
        ("documents/papers/consent.py", ("documents", "", "papers", "documents.papers.consent")),
    ],
)
def test_a_module_is_known_by_its_layer_wherever_it_lies(path: str, placed: tuple[str, str, str, str]) -> None:
    module = place(ROOT / path)
    assert (module.app, module.package, module.layer, module.name) == placed


def test_every_python_file_of_the_project_is_a_module_of_the_tree() -> None:
    apart = {"tests", "var", "migrations"}
    found = set()
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in apart and not name.startswith(".")]
        found |= {os.path.relpath(os.path.join(folder, name), ROOT) for name in files if name.endswith(".py")}
    assert {module.where for module in modules()} == found - {"manage.py", "hatch_build.py"}


def test_the_apps_are_those_that_are_installed() -> None:
    assert {config.name for config in apps.get_app_configs() if str(ROOT) == os.path.dirname(config.path)} == set(APPS)


def test_each_app_has_the_layers_that_checks_look_for() -> None:
    for layer in ("enums", "models", "rules", "transitions", "forms", "tasks", "views", "urls", "integrity"):
        assert {module.app for module in modules(layer)} == set(APPS), layer


def test_tests_stand_in_the_packages_that_they_test() -> None:
    found = {app: {path.parent.name for path in (ROOT / "tests" / app).glob("*/test_*.py")} for app in PACKAGES}
    assert found["members"] == set(PACKAGES["members"])
    apart = {"registry": set(), "dues": set(), "documents": {"papers"}}
    assert {app: found[app] - set(PACKAGES[app]) for app in apart} == apart


def test_every_process_knows_all_daily_work_tasks_and_invariants() -> None:
    """Modules that register something on import have to be imported with the app, not only by the tests."""
    script = (
        "import sys; from registry import integrity; integrity.autodiscover_modules('integrity'); print(*sys.modules)"
    )
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", script]
    known = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    registering = {module.name for module in modules("jobs", "tasks", "integrity")}
    assert len(registering) > 50
    assert registering - set(known) == set()
