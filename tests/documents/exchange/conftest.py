"""Fixtures of the exchange: a programme on loopback, and members of the union."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.members import places

from .programme import Programme, running


@pytest.fixture
def programme() -> Iterator[Programme]:
    """Run a server on loopback, which is an allowed network in the test settings."""
    with running() as server:
        yield server


@pytest.fixture
def union(db: None) -> places.Place:
    return places.union()
