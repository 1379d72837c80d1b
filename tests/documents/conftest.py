"""What the tests of papers share with those of people."""

from collections.abc import Iterator

import pytest

from tests.documents import pdfs
from tests.members.conftest import run_jobs

__all__ = ["run_jobs"]


@pytest.fixture
def not_laid_out() -> Iterator[None]:
    """For tests that print and look at nothing of the paper."""
    with pdfs.not_laid_out():
        yield
