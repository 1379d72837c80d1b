"""Charters: the differences between federations, as data and pure functions; one module for each charter."""

import importlib
import pkgutil
from functools import cache

from .base import Admission, Charter, ElectronicCards, Entry, Option, PassportTab, Rate, Recipient, Section

__all__ = [
    "Admission",
    "Charter",
    "ElectronicCards",
    "Entry",
    "Option",
    "PassportTab",
    "Rate",
    "Recipient",
    "Section",
    "choices",
    "get",
    "keys",
]


@cache
def _charters() -> dict[str, Charter]:
    found = {}
    for info in pkgutil.iter_modules(__path__):
        if info.name not in {"base", "texts"}:
            charter: Charter = importlib.import_module(f"{__name__}.{info.name}").CHARTER
            found[charter.key] = charter
    return found


def get(key: str) -> Charter:
    """Return the charter with this key. Raises `KeyError` for an unknown one."""
    return _charters()[key]


def keys() -> list[str]:
    """Return the keys of all charters, sorted."""
    return sorted(_charters())


def choices() -> list[tuple[str, object]]:
    """Return keys and titles of all charters as choices of a form field."""
    return [(key, get(key).title) for key in keys()]
