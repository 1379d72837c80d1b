"""Models of organisations and their bodies."""

from .bodies import BodySeat, BodySeatQuerySet, GoverningBody, GoverningBodyQuerySet
from .renames import RenameRequest, RenameRequestQuerySet
from .sums import SubtreeFigures
from .tree import (
    NEVER,
    Federation,
    Figures,
    Organization,
    OrganizationPassport,
    OrganizationQuerySet,
    names_of,
)
from .zones import on_its_day

__all__ = [
    "NEVER",
    "BodySeat",
    "BodySeatQuerySet",
    "Federation",
    "Figures",
    "GoverningBody",
    "GoverningBodyQuerySet",
    "Organization",
    "OrganizationPassport",
    "OrganizationQuerySet",
    "RenameRequest",
    "RenameRequestQuerySet",
    "SubtreeFigures",
    "names_of",
    "on_its_day",
]
