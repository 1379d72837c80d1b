"""The rules of imports as data, and the contract generated from them and from the tree (docs/architecture.md).

Layers come first, then apps, then packages. A module may import any lower layer of any app; of its own layer, it may
import apps to its left and, within its app, packages before its own. `python -m tests.house.layers` checks the imports
with import-linter; `python -m tests.house.layers --print` prints the contract.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.house.tree import PACKAGES, ROOT, Module, modules

#: Layers from bottom to top with the names of their modules: of a module of the kernel, or of a module or folder within
#: a package.
LAYERS: dict[str, tuple[str, ...]] = {
    "choices": ("enums", "errors", "text", "checks", "days", "charters", "logs", "money", "ranges", "idsets", "signing",
    "environment", "states", "sizes", "versions", "places", "collector", "numbers", "suppression", "formulas",
    "periods"),
    "models": ("models", "access", "evidence", "fields", "history", "tokens", "storage", "search", "guards",
    "monitoring", "indexes", "lookups", "operations", "prepared", "tallies", "wal", "stores", "buckets", "snapshots",
    "marks", "hashing", "caches", "repeating", "replicas"),
    "rules": ("rules", "contents"),
    "queries": ("queries", "tracing"),
    # Each of them alone writes its tables and is called by transitions of any app (docs/adr/0005, 0008).
    "floors": ("book",),
    "transitions": ("transitions",),
    "reading": ("reading", "spreadsheets", "posting", "receiving"),
    "sheets": (
        "core", "engine", "codes", "declension", "fitting", "gaps", "imposition", "packing", "russian", "surnames",
        "typography", "word",
    ),
    "papers": ("papers",),
    "work": (
        "forms", "filter_fields", "filters", "sorting", "columns", "exports", "imports", "jobs", "tasks", "integrity",
        "widgets", "titles",
        "components", "actions", "steps", "kinds", "work", "queue", "answers", "requests", "batches", "remarks",
        "verdicts", "doctor", "figures", "preview", "updates", "uploads", "loading", "counting", "indicators", "guides",
    ),
    "screens": ("views", "searches", "proofs", "carried", "converters", "display", "navigation", "menu"),
    "frame": (
        "urls", "urls_session", "admin", "admin_site", "middleware", "context_processors", "templatetags", "management",
        "apps", "system_checks", "template_loaders", "demo", "error_pages", "gallery", "health", "forwarded",
    ),
}  # fmt: skip

#: Modules at the top of an app that import from its packages; all others at the top are its kernel.
GATHERING = {"models", "urls", "admin", "apps", "management", "demo"}
GATHERING_ELSEWHERE = GATHERING | {"tasks", "jobs", "integrity", "templatetags"}
#: Entry points, which none of our modules imports.
APART = ("registry.settings", "registry.__main__", "registry.wsgi", "registry.gunicorn_conf", "registry.ready")


def layer_of(module: Module) -> str:
    """Return the layer of the module, or an empty string if no layer names it."""
    return next((layer for layer, names in LAYERS.items() if module.layer in names), "")


def place_of(module: Module) -> tuple[int, int, int]:
    """Return the position of the module in the order of imports: layer, app, package.

    The kernel of an app comes before its packages, and modules that import from the packages come after them.
    """
    packages = PACKAGES[module.app]
    if module.package:
        within = packages.index(module.package) + 1
    else:
        gathering = GATHERING if module.app == "registry" else GATHERING_ELSEWHERE
        within = len(packages) + 1 if module.layer in gathering else 0
    return list(LAYERS).index(layer_of(module)), list(PACKAGES).index(module.app), within


def in_order(root: Path = ROOT) -> list[Module]:
    """Return the modules to which the rules apply: all but entry points and the `__init__` of apps and packages."""
    return [module for module in modules(root=root) if module.layer and not module.name.startswith(APART)]


def contract(found: list[Module]) -> str:
    """Return the contract of import-linter for these modules, from top to bottom, with all modules of one position in
    one line.
    """
    cells: dict[tuple[int, int, int], set[str]] = {}
    for module in found:
        entry = ".".join(name for name in (module.app, module.package, module.layer) if name)
        cells.setdefault(place_of(module), set()).add(entry)
    rows = "".join(f'    "{" : ".join(sorted(cells[place]))}",\n' for place in sorted(cells, reverse=True))
    return f"""[tool.importlinter]
root_packages = {list(PACKAGES)}
exclude_type_checking_imports = true

[[tool.importlinter.contracts]]
name = "Layers, then apps, then packages (docs/architecture.md)"
type = "layers"
layers = [
{rows}]
"""


def check(text: str, *, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run import-linter with the contract on the code below the root; its exit code is 1 if an import breaks it."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "contract.toml"
        config.write_text(text)
        # The console script puts the working directory first on the path, so that it reads the tree below the root.
        command = [
            str(Path(sys.executable).with_name("lint-imports")),
            "--no-logo",
            "--no-cache",
            "--config",
            str(config),
        ]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    generated = contract(in_order())
    if "--print" in sys.argv:
        sys.stdout.write(generated)
    else:
        done = check(generated)
        sys.stdout.write(done.stdout + done.stderr)
        sys.exit(done.returncode)
