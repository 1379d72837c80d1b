"""Our own modules, wherever they lie: by app, package and layer. Checks that read the code find their files here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("registry", "members", "dues", "documents")
#: Folders of an app that name a layer; every other one is a package of a capability.
LAYER_FOLDERS = {
    "charters", "demo", "enums", "exports", "filters", "forms", "imports", "management", "models", "papers", "prints",
    "queries", "rules", "settings", "spreadsheets", "tasks", "templatetags", "transitions", "views",
}  # fmt: skip


@dataclass(frozen=True)
class Module:
    """One module: `members/people/views/lists.py` is of the app `members`, the package `people` and the layer `views`.

    `package` is empty for what lies outside of the packages, `layer` for the `__init__.py` of an app or package.
    """

    path: Path
    app: str
    package: str
    layer: str

    @property
    def where(self) -> str:
        """The path below the project."""
        return str(self.path.relative_to(ROOT))

    @property
    def name(self) -> str:
        """The dotted name."""
        return ".".join(_parts(self.path))

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")


def _parts(path: Path) -> list[str]:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return parts[:-1] if parts[-1] == "__init__" else parts


def place(path: Path) -> Module:
    """Return the module of the file."""
    app, *rest = _parts(path)
    folders = path.relative_to(ROOT).parts[1:-1]
    package = rest.pop(0) if folders and folders[0] not in LAYER_FOLDERS else ""
    return Module(path, app, package, rest[0] if rest else "")


def modules(*layers: str) -> list[Module]:
    """Return every module of the four apps except migrations, or those of the layers alone."""
    paths = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
    found = [place(path) for path in paths]
    return [module for module in found if not layers or module.layer in layers]
