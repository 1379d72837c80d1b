"""Charters: what differs between federations, as data and pure functions. One module of this package is one charter."""

import importlib
import pkgutil
from functools import cache

from .base import Admission, Charter, Entry, Option, PassportTab, Rate, Section

__all__ = ["Admission", "Charter", "Entry", "Option", "PassportTab", "Rate", "Section", "choices", "get", "keys"]


@cache
def _charters() -> dict[str, Charter]:
    found = {}
    for info in pkgutil.iter_modules(__path__):
        if info.name != "base":
            charter: Charter = importlib.import_module(f"{__name__}.{info.name}").CHARTER
            found[charter.key] = charter
    return found


def get(key: str) -> Charter:
    """The charter of that key. Raises `KeyError` for an unknown one."""
    return _charters()[key]


def keys() -> list[str]:
    """Keys of every charter there is, in order."""
    return sorted(_charters())


def choices() -> list[tuple[str, object]]:
    """Keys and titles for a drop-down."""
    return [(key, get(key).title) for key in keys()]
