"""Texts of forms, and examples of report forms, from files beside the charters."""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def read_clauses(key: str) -> dict[str, dict[str, dict[str, str]]]:
    """Return the clauses of all forms of a charter: form → name → label and text."""
    folder = Path(__file__).parent / "clauses"
    found = [folder / name for name in ("common.json", f"{key}.json")]
    return {form: own for path in found if path.exists() for form, own in json.loads(path.read_text("utf-8")).items()}


@cache
def read_reports(key: str) -> dict[str, dict[str, Any]]:
    """Return the charter's examples of report forms by key, each with its lines and checks in order.

    Lines and checks have the fields of a report form; missing fields have their defaults.
    """
    path = Path(__file__).parent / "reports" / f"{key}.json"
    found: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found
