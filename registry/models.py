"""The models of the app, imported for Django; our own code imports them from their packages."""

from .accounts.models import Account, Appointment, KnownPlace, SavedFilter, VisitCount
from .accounts.tokens import SecondFactor
from .bounces.models import RefusedAddress
from .breaches.models import Breach, BreachPerson
from .campaigns.models import (
    Campaign,
    CampaignReport,
    ReportCheck,
    ReportFigure,
    ReportForm,
    ReportLine,
    ReportStep,
)
from .drafts.models import Draft
from .files.models import StoredFile
from .granting.models import GrantRequest
from .jobs.models import Job
from .journal.models import Attestation, Event, JournalChain
from .organizations.models import (
    BodySeat,
    Federation,
    Figures,
    GoverningBody,
    Organization,
    OrganizationPassport,
    RenameRequest,
    SubtreeFigures,
)
from .remarks.models import Remark, RemarkPerson, RemarkRequest, RemarkStep
from .statistics.models import KeptCount
from .supervision.models import ChangedOrganization, OverviewFigures
from .upkeep.models import SignOfLife

__all__ = [
    "Account",
    "Appointment",
    "Attestation",
    "BodySeat",
    "Breach",
    "BreachPerson",
    "Campaign",
    "CampaignReport",
    "ChangedOrganization",
    "Draft",
    "Event",
    "Federation",
    "Figures",
    "GoverningBody",
    "GrantRequest",
    "Job",
    "JournalChain",
    "KeptCount",
    "KnownPlace",
    "Organization",
    "OrganizationPassport",
    "OverviewFigures",
    "RefusedAddress",
    "Remark",
    "RemarkPerson",
    "RemarkRequest",
    "RemarkStep",
    "RenameRequest",
    "ReportCheck",
    "ReportFigure",
    "ReportForm",
    "ReportLine",
    "ReportStep",
    "SavedFilter",
    "SecondFactor",
    "SignOfLife",
    "StoredFile",
    "SubtreeFigures",
    "VisitCount",
]
