"""Consents of the demonstration: most are signed, some printed, some not yet."""

from ..access import Actor
from ..models import Organization
from .people import People


def collect(keeper: Organization, people: People, by: Actor) -> None:
    """Nothing until the papers' transitions are there."""
