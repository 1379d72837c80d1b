"""Fixtures for tests of statistics."""

from tests.members.conftest import run_jobs

__all__ = ["run_jobs"]
