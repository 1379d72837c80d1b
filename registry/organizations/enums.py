"""Choices of organisations, their passports and bodies, with the allowed moves between states."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class TimeZone(TextChoices):
    """The eleven time zones of Russia by law (107-ФЗ), each as a zone of the tz database."""

    KALININGRAD = "Europe/Kaliningrad", _("Kaliningrad time (Moscow −1)")
    MOSCOW = "Europe/Moscow", _("Moscow time")
    SAMARA = "Europe/Samara", _("Samara time (Moscow +1)")
    YEKATERINBURG = "Asia/Yekaterinburg", _("Yekaterinburg time (Moscow +2)")
    OMSK = "Asia/Omsk", _("Omsk time (Moscow +3)")
    KRASNOYARSK = "Asia/Krasnoyarsk", _("Krasnoyarsk time (Moscow +4)")
    IRKUTSK = "Asia/Irkutsk", _("Irkutsk time (Moscow +5)")
    YAKUTSK = "Asia/Yakutsk", _("Yakutsk time (Moscow +6)")
    VLADIVOSTOK = "Asia/Vladivostok", _("Vladivostok time (Moscow +7)")
    MAGADAN = "Asia/Magadan", _("Magadan time (Moscow +8)")
    KAMCHATKA = "Asia/Kamchatka", _("Kamchatka time (Moscow +9)")


class OrganizationStatus(TextChoices):
    """Life cycle of an organisation (N-H3)."""

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
#: Statuses of an active organisation.
FOUNDING_STATUSES = (OrganizationStatus.ACTIVE, OrganizationStatus.FORMING)
#: Statuses in which nobody can be registered and no organisation added below (N-H3).
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


class RenameState(TextChoices):
    """Life cycle of a rename request (U-3)."""

    ASKED = "asked", _("asked")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")


RENAME_MOVES: dict[str, set[str]] = {
    RenameState.ASKED: {RenameState.ACCEPTED, RenameState.DECLINED},
    RenameState.ACCEPTED: set(),
    RenameState.DECLINED: set(),
}
register(
    "registry.RenameRequest",
    RENAME_MOVES,
    _("This request is decided already: %(state)s."),
    tones={RenameState.ASKED: "warn", RenameState.ACCEPTED: "ok", RenameState.DECLINED: "bad"},
)


class BodyKind(TextChoices):
    """Kinds of governing bodies (passport, practice 2.2)."""

    COMMITTEE = "committee", _("collegial body")
    PRESIDIUM = "presidium", _("presidium")
    AUDIT = "audit", _("audit commission")
    GROUP = "group", _("group organiser")
    SAFETY = "safety", _("labour safety officer")
    COMMISSION = "commission", _("commission")


class OrganizationKind(TextChoices):
    """Kinds of the union's primary organisations (practice 2.2)."""

    WORKERS = "workers", _("of employees")
    STUDENTS = "students", _("of students")
    UNITED = "united", _("of employees and students")


class EmployerKind(TextChoices):
    """Kinds of educational institutions that employ the union's members (practice 2.2)."""

    KINDERGARTEN = "kindergarten", _("kindergarten")
    SCHOOL = "school", _("general school")
    EXTRA = "extra", _("additional education")
    COLLEGE = "college", _("vocational secondary education")
    UNIVERSITY = "university", _("university")
    AUTHORITY = "authority", _("education authority")
    OTHER = "other", _("other institution")


class Ownership(TextChoices):
    """Forms of ownership of the employer (practice 2.2)."""

    MUNICIPAL = "municipal", _("municipal")
    REGIONAL = "regional", _("of the region (constituent entity)")
    FEDERAL = "federal", pgettext_lazy("ownership", "federal")
    PRIVATE = "private", _("private")
    OTHER = "other", pgettext_lazy("ownership", "other")
