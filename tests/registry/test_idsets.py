"""Sets of ids as texts: exactly the given ids, in a short text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.idsets import is_in, packed


@given(st.sets(st.integers(0, 2**40), max_size=30), st.integers(0, 2**40))
def test_a_set_has_its_ids_and_no_others(ids: set[int], other: int) -> None:
    text = packed(ids)
    assert all(is_in(text, pk) for pk in ids)
    assert is_in(text, other) == (other in ids)
    neighbours = {near for pk in ids for near in (pk - 1, pk + 1)} - ids
    assert not any(is_in(text, pk) for pk in neighbours)


def test_the_same_ids_are_the_same_text_in_any_order() -> None:
    assert packed([3, 1, 2]) == packed(iter([2, 3, 1, 1]))
    assert packed([1, 2]) != packed([1, 3])


# Maximum number of people in a list on the screen, in a federation of four million; a whole organisation.
@pytest.mark.parametrize(("count", "among", "kilobytes"), [(2_000, 4_000_000, 7), (100_000, 200_000, 70)])
def test_a_set_is_short(count: int, among: int, kilobytes: int) -> None:
    ids = random.Random(7).sample(range(among), count)
    assert len(packed(ids)) < kilobytes * 1024
