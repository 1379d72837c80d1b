"""Our own modules by app, package and layer. Checks that read the code get their files from here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Apps from left to right, each with its packages in the order in which they may import each other (layers.py).
PACKAGES: dict[str, tuple[str, ...]] = {
    "registry": (
        "files", "jobs", "drafts", "organizations", "accounts", "bounces", "granting", "journal", "start",
        "supervision", "remarks", "statistics", "campaigns", "breaches", "upkeep",
    ),
    "members": ("book", "people", "admission", "lists", "movement", "reconciliation", "meetings"),
    "dues": (
        "rates", "ledger", "contributions", "payments", "opening", "collecting", "expenses", "bank", "payroll",
        "notices", "distribution", "partners", "reports",
    ),
    "documents": ("printing", "clauses", "consents", "tickets", "ecards", "exchange", "reminding", "rights"),
}  # fmt: skip
APPS = tuple(PACKAGES)


@dataclass(frozen=True)
class Module:
    """A module: `members/people/views/cards.py` belongs to the app `members`, package `people` and layer `views`.

    `package` is empty for modules outside of packages, `layer` for the `__init__.py` of an app or package.
    """

    path: Path
    name: str
    app: str
    package: str
    layer: str

    @property
    def where(self) -> str:
        """Return the path relative to the project."""
        return str(self.path.relative_to(ROOT))

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")


def place(path: Path, root: Path = ROOT) -> Module:
    """Return the module of the file."""
    parts = list(path.relative_to(root).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    app, *rest = parts
    package = rest.pop(0) if rest and rest[0] in PACKAGES[app] else ""
    return Module(path, ".".join(parts), app, package, rest[0] if rest else "")


def modules(*layers: str, root: Path = ROOT) -> list[Module]:
    """Return every module of the four apps except migrations, or only those of these layers."""
    paths = [path for app in APPS for path in sorted((root / app).rglob("*.py")) if "migrations" not in path.parts]
    found = [place(path, root) for path in paths]
    return [module for module in found if not layers or module.layer in layers]
