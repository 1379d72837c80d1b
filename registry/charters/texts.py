"""Texts of forms that stand in files beside the charters."""

import json
from functools import cache
from pathlib import Path


@cache
def read_clauses(key: str) -> dict[str, dict[str, dict[str, str]]]:
    """Return the clauses of all forms of a charter: form → name → label and text."""
    folder = Path(__file__).parent / "clauses"
    found = [folder / name for name in ("common.json", f"{key}.json")]
    return {form: own for path in found if path.exists() for form, own in json.loads(path.read_text("utf-8")).items()}
