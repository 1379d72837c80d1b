"""Reads the code: consents and the ledger are each written by one module (ADR 5, ADR 8)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from documents.consents import book
from documents.exchange import book as exchange
from dues.ledger import book as ledger

ROOT = Path(__file__).resolve().parents[2]
APPS = ("registry", "members", "dues", "documents")
#: The only module or package that may write rows of these models.
WRITERS = {
    Path(book.__file__): {"Consent", "ConsentText"},
    Path(exchange.__file__): {"OutboxEntry"},
    Path(ledger.__file__).parent: {"LedgerEntry", "DuesAccount"},
}
#: The demonstration changes days and authors in the past, which no transition can do.
EXEMPT = {ROOT / "registry/demo/consents.py"}
WRITING = {"create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "update", "delete", "save"}
IN_BULK = {"create_many", "update_many", "bulk_create_with_history", "bulk_update_with_history"}


def modules() -> list[Path]:
    return [
        path
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts and path not in EXEMPT
    ]


def writes(source: str, models: set[str]) -> list[tuple[int, str]]:
    """Return (line, code) of everything that creates, changes or deletes rows of the models."""
    if not any(name in source for model in models for name in (model, _variable(model))):
        return []
    tree = ast.parse(source)
    rows = set(_rows(tree, models))

    def is_row(node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id in rows

    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            holder = node.func.value if isinstance(node.func, ast.Attribute) else None
            first = node.args[0] if node.args else None
            wrong = (
                name in models
                or (name in IN_BULK and any(_mentions(argument, models) for argument in node.args))
                or (name in WRITING and holder is not None and (_mentions(holder, models) or is_row(holder)))
                or (name in {"save", "delete"} and first is not None and is_row(first))
                or (name in {"setattr", "drop"} and first is not None and is_row(first))
            )
        else:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            parts = [part for target in targets for part in getattr(target, "elts", [target])]
            wrong = isinstance(node, ast.Assign | ast.AugAssign) and any(
                isinstance(part, ast.Attribute) and is_row(part.value) for part in parts
            )
        if wrong:
            found.append((node.lineno, ast.unparse(node)))  # type: ignore[attr-defined]
    return found


def _rows(tree: ast.AST, models: set[str]) -> Iterator[str]:
    """Yield names that hold rows of the models: named or annotated so, or assigned or iterated from their querysets."""
    yield from map(_variable, models)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            if _mentions(node.annotation, models):
                yield node.arg if isinstance(node, ast.arg) else getattr(node.target, "id", "")
        elif isinstance(node, ast.For | ast.comprehension) and _mentions(node.iter, models):
            yield from (name.id for name in ast.walk(node.target) if isinstance(name, ast.Name))
        elif isinstance(node, ast.Assign) and _mentions(node.value, models):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _variable(model: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", model).lower()


def _mentions(tree: ast.AST, models: set[str]) -> bool:
    return any(isinstance(node, ast.Name) and node.id in models for node in ast.walk(tree))


@pytest.mark.parametrize(
    "source",
    [
        "consent = Consent(member=member)",
        "Consent.objects.create(member=member)",
        "Consent.objects.filter(member=member).update(state='expired')",
        "Consent.objects.all().delete()",
        "act.create_many(Consent, new)",
        "act.update_many(Consent, found, ['state'])",
        "for given in Consent.objects.filter(member=member):\n    given.state = 'expired'",
        "for given in Consent.objects.filter(member=member):\n    act.save(given)",
        "def step(paper: Consent | None):\n    paper.state, other = 'signed', 1",
        "def step(paper: Consent):\n    act.delete(paper)",
        "consent.signed_on = None",
        "consent.save()",
    ],
)
def test_the_reader_finds_every_way_to_write(source: str) -> None:
    assert len(writes(source, {"Consent"})) == 1


@pytest.mark.parametrize(
    "source",
    [
        "found = Consent.objects.filter(member=member).first()",
        "consents.sign(act, [member], days, federation)",
        "member.consent_state = 'signed'",
        "StoredFile.objects.filter(pk__in=scans).update(organization=keeper)",
        "note(consent, by=actor)",
    ],
)
def test_the_reader_lets_reading_pass(source: str) -> None:
    assert writes(source, {"Consent"}) == []


@pytest.mark.parametrize("writer", WRITERS, ids=lambda path: path.stem)
def test_adr_8_only_the_one_writer_writes_its_tables(writer: Path) -> None:
    models = WRITERS[writer]
    written = {path: found for path in modules() if (found := writes(path.read_text(), models))}
    others = {path: found for path, found in written.items() if path != writer and writer not in path.parents}
    assert {str(path.relative_to(ROOT)): found for path, found in others.items()} == {}
    assert len(others) < len(written)


def test_every_exemption_is_still_needed() -> None:
    assert {path for path in EXEMPT if writes(path.read_text(), {"Consent", "ConsentText"})} == EXEMPT
