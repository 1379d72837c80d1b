"""Imposition: the order of a booklet's pages on the sheets that are folded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Side(NamedTuple):
    """One side of an unfolded sheet, with its left and right page."""

    left: int
    right: int


class Leaf(NamedTuple):
    """A folded sheet: its outer and its inner side in the booklet."""

    outer: Side
    inner: Side


def leaves_of(pages: int) -> list[Leaf]:
    """Return the sheets of a booklet with this number of pages, the outermost first; pages are numbered from 1.

    The inner side is printed on the back of the outer side, with the paper turned over its long edge. Raises
    `ValueError` unless the number of pages is a multiple of four.
    """
    if pages < 1 or pages % 4:
        raise ValueError(f"A booklet of {pages} pages has sheets that are not full.")
    return [Leaf(Side(pages - 2 * n, 1 + 2 * n), Side(2 + 2 * n, pages - 1 - 2 * n)) for n in range(pages // 4)]


def imposed(pages: Sequence[T]) -> tuple[list[tuple[T, T]], list[tuple[T, T]]]:
    """Return the pages of a booklet in pairs: front and back of each paper, sheet after sheet."""
    leaves = leaves_of(len(pages))
    return (
        [(pages[one.outer.left - 1], pages[one.outer.right - 1]) for one in leaves],
        [(pages[one.inner.left - 1], pages[one.inner.right - 1]) for one in leaves],
    )
