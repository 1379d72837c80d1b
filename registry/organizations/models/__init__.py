"""Models of organisations and their bodies."""

from .bodies import BodySeat, BodySeatQuerySet, GoverningBody, GoverningBodyQuerySet
from .tree import (
    Federation,
    Figures,
    Organization,
    OrganizationPassport,
    OrganizationQuerySet,
    RenameRequest,
    RenameRequestQuerySet,
    names_of,
)

__all__ = [
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
    "names_of",
]
