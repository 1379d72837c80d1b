"""Models of the ground floor."""

from .accounts import Account, Appointment, Draft, SavedFilter
from .bodies import BodySeat, GoverningBody
from .files import StoredFile
from .jobs import Job
from .journal import Event, JournalChain
from .organizations import Federation, Figures, Organization, OrganizationPassport, RenameRequest

__all__ = [
    "Account",
    "Appointment",
    "BodySeat",
    "Draft",
    "Event",
    "Federation",
    "Figures",
    "GoverningBody",
    "Job",
    "JournalChain",
    "Organization",
    "OrganizationPassport",
    "RenameRequest",
    "SavedFilter",
    "StoredFile",
]
