"""What the tests of papers share with those of people."""

from tests.members.conftest import run_jobs

__all__ = ["run_jobs"]
