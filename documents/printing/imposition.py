"""Imposition: which pages of a booklet stand side by side on the sheets that are folded into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Side(NamedTuple):
    """One side of a folded sheet, as it lies open."""

    left: int
    right: int


class Leaf(NamedTuple):
    """A folded sheet: the side that is outside in the booklet, and the one that is inside."""

    outer: Side
    inner: Side


def leaves_of(pages: int) -> list[Leaf]:
    """Return the sheets of a booklet of so many pages, the outermost first; pages are numbered from 1.

    Each inner side is printed behind its outer one by turning the paper over its long edge. Raises `ValueError` unless
    the sheets are full: four pages each.
    """
    if pages < 1 or pages % 4:
        raise ValueError(f"A booklet of {pages} pages has sheets that are not full.")
    return [Leaf(Side(pages - 2 * n, 1 + 2 * n), Side(2 + 2 * n, pages - 1 - 2 * n)) for n in range(pages // 4)]


def imposed(pages: Sequence[T]) -> tuple[list[tuple[T, T]], list[tuple[T, T]]]:
    """Return the pages of a booklet side by side: on the front and on the back of the paper, sheet below sheet."""
    leaves = leaves_of(len(pages))
    return (
        [(pages[one.outer.left - 1], pages[one.outer.right - 1]) for one in leaves],
        [(pages[one.inner.left - 1], pages[one.inner.right - 1]) for one in leaves],
    )
