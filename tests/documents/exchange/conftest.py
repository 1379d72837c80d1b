"""Fixtures of the exchange: a programme on loopback, and members of the union."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.members import places

from .programme import Programme, running


@pytest.fixture
def programme(settings: Any) -> Iterator[Programme]:
    """A server on loopback, which the installation allows."""
    settings.EXCHANGE_NETWORKS = ["127.0.0.0/8"]
    with running() as server:
        yield server


@pytest.fixture
def union(db: None) -> places.Place:
    return places.union()
