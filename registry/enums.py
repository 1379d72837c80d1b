"""Choices shared by all apps."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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


class Role(TextChoices):
    """Roles of an appointment (N-H2)."""

    CHAIR = "chair", _("chair")
    DEPUTY = "deputy", _("deputy chair")
    REGISTRAR = "registrar", _("registrar")
    COLLECTOR = "collector", _("dues collector")
    REVIEWER = "reviewer", _("reviewer")
    ADMINISTRATOR = "administrator", _("administrator")


class DataClass(StrEnum):
    """Classes of personal data; rights = role × subtree × class."""

    GENERAL = "general"
    IDENTITY = "identity"
    HEALTH = "health"
    MONEY = "money"
    SERVICE = "service"


class Permission(StrEnum):
    """Permissions of actors; `access.GRANTS` lists the permissions of each role."""

    VIEW_MEMBERS = "view_members"
    EDIT_MEMBERS = "edit_members"
    IMPORT_MEMBERS = "import_members"
    PRINT = "print"
    EXPORT = "export"
    MARK_CONSENTS = "mark_consents"
    KEEP_BLANKS = "keep_blanks"
    WRITE_OFF_BLANKS = "write_off_blanks"
    ORDER_CARDS = "order_cards"
    VIEW_DUES = "view_dues"
    RECORD_DUES = "record_dues"
    COLLECT_DUES = "collect_dues"
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
    VIEW_FIGURES = "view_figures"
    EDIT_PASSPORT = "edit_passport"
    FOUND_ORGANIZATIONS = "found_organizations"
    DECIDE_RENAMES = "decide_renames"
    MANAGE_ACCOUNTS = "manage_accounts"
    VIEW_JOURNAL = "view_journal"
    REMARK = "remark"
    ANSWER_REMARKS = "answer_remarks"
    FILL_REPORTS = "fill_reports"
    REVIEW_REPORTS = "review_reports"
    RUN_CAMPAIGNS = "run_campaigns"
    ADMINISTER = "administer"


class Digest(TextChoices):
    """Days on which officers get their tasks by e-mail; none by default."""

    OFF = "", _("not at all")
    DAILY = "daily", _("every day")
    WEEKLY = "weekly", _("on Mondays")
    OVERDUE = "overdue", _("every day, only if something is overdue")


class MailFailure(TextChoices):
    """Reason why an e-mail could not be sent."""

    ADDRESS = "address", _("the mail server refused the address")
    SERVER = "server", _("the mail server could not be reached")
    LOST = "lost", _("the registry was stopped while it was sending")
    LATER = "later", _("the mail server did not take it for the moment")
