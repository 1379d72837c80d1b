"""What the rules say about people and their cards; read only."""

from .completeness import missing_fields, required_fields
from .duplicates import (
    Duplicate,
    DuplicateKind,
    confirmation,
    find_duplicates,
    find_many_duplicates,
    name_key,
    same_in_list,
)
from .person import age_on, cells_of, check_cell, check_keeps_cards, person_violations

__all__ = [
    "Duplicate",
    "DuplicateKind",
    "age_on",
    "cells_of",
    "check_cell",
    "check_keeps_cards",
    "confirmation",
    "find_duplicates",
    "find_many_duplicates",
    "missing_fields",
    "name_key",
    "person_violations",
    "required_fields",
    "same_in_list",
]
