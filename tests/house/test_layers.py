"""The rules of imports are kept (layers, then apps, then packages), and the check covers every module."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.house.layers import APART, LAYERS, check, contract, in_order, layer_of
from tests.house.reading import nodes, tree_of
from tests.house.tree import PACKAGES, ROOT, Module, modules

MODULES = in_order()


def test_every_module_is_checked() -> None:
    left_out = [module for module in modules() if module not in MODULES]
    assert {m.where for m in left_out if not m.layer} == {
        f"{folder}/__init__.py"
        for app, packages in PACKAGES.items()
        for folder in (app, *(f"{app}/{package}" for package in packages))
    }
    assert {m.name for m in left_out if m.layer} >= set(APART)
    assert [m.name for m in left_out if m.layer and not m.name.startswith(APART)] == []
    assert len(MODULES) > 400


def test_every_module_has_its_layer() -> None:
    assert [m.name for m in MODULES if not layer_of(m)] == []


def test_a_name_belongs_to_one_layer_and_each_layer_and_package_has_modules() -> None:
    names = [name for layer in LAYERS.values() for name in layer]
    assert sorted(names) == sorted(set(names))
    assert {layer_of(m) for m in MODULES} == set(LAYERS)
    assert {(m.app, m.package) for m in MODULES if m.package} == {(app, p) for app, ps in PACKAGES.items() for p in ps}


def test_no_flat_folder_of_a_layer_stands_in_an_app() -> None:
    flat = {"views", "rules", "transitions", "models", "forms", "prints", "imports", "exports", "enums"}
    assert [m.where for m in MODULES if not m.package and m.layer in flat and m.path.parent.name != m.app] == []


def test_imports_keep_to_the_contract() -> None:
    done = check(contract(MODULES))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kept, 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("importer", "imported", "kept"),
    [
        ("registry/rules.py", "members.enums", True),  # a lower layer of any app
        ("members/people/views.py", "documents.printing.core", True),
        ("members/people/rules.py", "members.book.rules", True),  # the same layer, of an earlier package
        ("members/book/rules.py", "members.people.rules", False),
        ("registry/rules.py", "members.people.rules", False),  # an app to the right
        ("members/people/rules.py", "members.people.transitions", False),  # a higher layer
        ("members/models.py", "members.people.models", True),  # modules that import from packages come last
        ("members/people/models.py", "members.models", False),
    ],
)
def test_what_the_contract_allows_and_refuses(tmp_path: Path, importer: str, imported: str, kept: bool) -> None:
    """The generated contract is checked on a small tree with a single import."""
    for app in PACKAGES:
        (tmp_path / app).mkdir()
        (tmp_path / app / "__init__.py").touch()
    for name in (importer, imported.replace(".", "/") + ".py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).parent.joinpath("__init__.py").touch()
        (tmp_path / name).touch()
    (tmp_path / importer).write_text(f"import {imported}\n")
    done = check(contract(in_order(tmp_path)), root=tmp_path)
    assert (done.returncode == 0) is kept, done.stdout + done.stderr


def test_our_own_code_imports_models_from_their_packages() -> None:
    """Modules such as `members.models` collect the models of packages for Django only."""
    wrong = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in [*(m.path for m in modules()), *sorted((ROOT / "tests").rglob("*.py"))]
        for line in path.read_text().splitlines()
        if line.strip().startswith(tuple(f"from {app}.models import" for app in PACKAGES))
    ]
    assert wrong == []


def test_an_import_from_another_package_names_it_in_full() -> None:
    """`from .models import` is for the own package; others are imported as `from members.book.models import`."""
    wrong = []
    for module in modules():
        is_package = module.path.name == "__init__.py"
        for node in nodes(tree_of(module)):
            if isinstance(node, ast.ImportFrom) and node.level and module.package:
                above = module.name.split(".")[: -node.level + is_package or None]
                if above[:2] != [module.app, module.package]:
                    wrong.append(f"{module.where}:{node.lineno}")
    assert wrong == []


#: Scopes are conditions on the models of organisations and accounts, and the querysets of these models are filtered by
#: an actor's scope. The earlier ones import the later ones for type checking only.
OF_ACCESS = ("registry.access", "registry.accounts.models", "registry.organizations.models")


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Includes imports within functions and for type checking, which the contract ignores."""
    imports = {name: found for name, found in _imports(modules()).items() if not name.startswith(OF_ACCESS)}
    assert len(imports) > 400
    TopologicalSorter(imports).prepare()


def test_a_circle_is_found(tmp_path: Path) -> None:
    for app in PACKAGES:
        (tmp_path / app).mkdir()
    (tmp_path / "dues" / "money.py").write_text("def f():\n    from .text import words\n")
    (tmp_path / "dues" / "text.py").write_text("from dues import money\n")
    imports = _imports(modules(root=tmp_path))
    assert imports == {"dues.money": {"dues.text"}, "dues.text": {"dues.money"}}
    with pytest.raises(CycleError):
        TopologicalSorter(imports).prepare()


def _imports(found: list[Module]) -> dict[str, set[str]]:
    """Return the names of the modules that each module imports anywhere in its text."""
    names = {module.name for module in found}
    imports: dict[str, set[str]] = {}
    for module in found:
        asked: set[str] = set()
        above = [*module.name.split("."), *([""] if module.path.name == "__init__.py" else [])]
        for node in nodes(tree_of(module)):
            if isinstance(node, ast.Import):
                asked |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                at = ".".join([*(above[: -node.level] if node.level else []), *([node.module] if node.module else [])])
                asked |= {name if (name := f"{at}.{alias.name}") in names else at for alias in node.names}
        imports[module.name] = (asked & names) - {module.name}
    return imports
