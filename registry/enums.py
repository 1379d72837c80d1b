"""Choices of the ground floor and the allowed moves between states, as data."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .states import register


class Level(TextChoices):
    """Levels of the tree, from the top; a level may be skipped (V-H1, U-H1)."""

    FEDERAL = "federal", _("federal")
    REGIONAL = "regional", _("regional")
    LOCAL = "local", _("local")
    PRIMARY = "primary", _("primary")

    @property
    def depth(self) -> int:
        """0 for the federal level, 3 for the primary one."""
        return list(Level).index(self)


class OrganizationStatus(TextChoices):
    """Life of an organisation (N-H3)."""

    FORMING = "forming", _("being founded")
    ACTIVE = "active", _("active")
    LIQUIDATING = "liquidating", _("in liquidation")
    ENDED = "ended", _("ended")


ORGANIZATION_MOVES: dict[str, set[str]] = {
    OrganizationStatus.FORMING: {OrganizationStatus.ACTIVE, OrganizationStatus.ENDED},
    OrganizationStatus.ACTIVE: {OrganizationStatus.LIQUIDATING, OrganizationStatus.ENDED},
    OrganizationStatus.LIQUIDATING: {OrganizationStatus.ACTIVE, OrganizationStatus.ENDED},
    OrganizationStatus.ENDED: set(),
}
#: They put nobody on account and take no organisation in (N-H3).
CLOSED_ORGANIZATIONS = frozenset({OrganizationStatus.LIQUIDATING, OrganizationStatus.ENDED})
register(
    "registry.Organization",
    ORGANIZATION_MOVES,
    _("«%(name)s» is %(status)s, so it cannot become %(to)s."),
    field="status",
    named_by="short_name",
    tones={
        OrganizationStatus.FORMING: "info",
        OrganizationStatus.ACTIVE: "ok",
        OrganizationStatus.LIQUIDATING: "warn",
        OrganizationStatus.ENDED: "",
    },
)


class Role(TextChoices):
    """Roles of an appointment (N-H2)."""

    CHAIR = "chair", _("chair")
    DEPUTY = "deputy", _("deputy chair")
    REGISTRAR = "registrar", _("registrar")
    COLLECTOR = "collector", _("dues collector")
    REVIEWER = "reviewer", _("reviewer")
    ADMINISTRATOR = "administrator", _("administrator")


class DataClass(StrEnum):
    """Classes of data; rights = role × subtree × class."""

    GENERAL = "general"
    IDENTITY = "identity"
    HEALTH = "health"
    MONEY = "money"
    SERVICE = "service"


class Permission(StrEnum):
    """What an actor may do; who may is in `access.GRANTS`."""

    VIEW_MEMBERS = "view_members"
    EDIT_MEMBERS = "edit_members"
    IMPORT_MEMBERS = "import_members"
    PRINT = "print"
    EXPORT = "export"
    MARK_CONSENTS = "mark_consents"
    VIEW_DUES = "view_dues"
    RECORD_DUES = "record_dues"
    SET_RATES = "set_rates"
    FILE_APPLICATIONS = "file_applications"
    RUN_MEETINGS = "run_meetings"
    MOVE_MEMBERS = "move_members"
    PROPOSE_CHANGES = "propose_changes"
    SETTLE_CHANGES = "settle_changes"
    RECONCILE = "reconcile"
    ARBITRATE = "arbitrate"
    ERASE = "erase"
    VIEW_ORGANIZATIONS = "view_organizations"
    EDIT_PASSPORT = "edit_passport"
    FOUND_ORGANIZATIONS = "found_organizations"
    DECIDE_RENAMES = "decide_renames"
    MANAGE_ACCOUNTS = "manage_accounts"
    VIEW_JOURNAL = "view_journal"
    ADMINISTER = "administer"


class RenameState(TextChoices):
    """Life of a rename request (U-3)."""

    ASKED = "asked", _("asked")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")


RENAME_MOVES: dict[str, set[str]] = {
    RenameState.ASKED: {RenameState.ACCEPTED, RenameState.DECLINED},
    RenameState.ACCEPTED: set(),
    RenameState.DECLINED: set(),
}
register("registry.RenameRequest", RENAME_MOVES, _("This request is decided already: %(state)s."))


class JobState(TextChoices):
    """Life of a background job."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


JOB_MOVES: dict[str, set[str]] = {
    JobState.QUEUED: {JobState.RUNNING, JobState.CANCELLED},
    # Back to the queue when the worker died in the middle.
    JobState.RUNNING: {JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.QUEUED},
    JobState.DONE: set(),
    JobState.FAILED: set(),
    JobState.CANCELLED: set(),
}
OPEN_JOBS = frozenset({JobState.QUEUED, JobState.RUNNING})
register(
    "registry.Job",
    JOB_MOVES,
    _("The job has ended already."),
    tones={
        JobState.QUEUED: "",
        JobState.RUNNING: "info",
        JobState.DONE: "ok",
        JobState.FAILED: "bad",
        JobState.CANCELLED: "",
    },
)


class FilePurpose(TextChoices):
    """Why a file is kept; decides who may open it and when it goes."""

    PHOTO = "photo", _("photograph")
    CONSENT_SCAN = "consent_scan", _("scan of a signed consent")
    IMPORT_SOURCE = "import_source", _("uploaded list")
    JOB_RESULT = "job_result", _("result of a job")
    ATTACHMENT = "attachment", _("scan of a paper")


class BodyKind(TextChoices):
    """Governing bodies of an organisation (passport, practice 2.2)."""

    COMMITTEE = "committee", _("collegial body")
    PRESIDIUM = "presidium", _("presidium")
    AUDIT = "audit", _("audit commission")
    GROUP = "group", _("group organiser")
    SAFETY = "safety", _("labour safety officer")
    COMMISSION = "commission", _("commission")


class OrganizationKind(TextChoices):
    """Kind of a primary organisation of the union (practice 2.2)."""

    WORKERS = "workers", _("of employees")
    STUDENTS = "students", _("of students")
    UNITED = "united", _("of employees and students")


class EmployerKind(TextChoices):
    """Kind of the educational institution that the union's organisation works at (practice 2.2)."""

    KINDERGARTEN = "kindergarten", _("kindergarten")
    SCHOOL = "school", _("general school")
    EXTRA = "extra", _("additional education")
    COLLEGE = "college", _("vocational secondary education")
    UNIVERSITY = "university", _("university")
    AUTHORITY = "authority", _("education authority")
    OTHER = "other", _("other institution")


class Ownership(TextChoices):
    """Form of ownership of the employer (practice 2.2)."""

    MUNICIPAL = "municipal", _("municipal")
    REGIONAL = "regional", _("of the region (constituent entity)")
    FEDERAL = "federal", pgettext_lazy("ownership", "federal")
    PRIVATE = "private", _("private")
    OTHER = "other", pgettext_lazy("ownership", "other")
