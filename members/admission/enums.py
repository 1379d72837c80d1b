"""States of an application, kinds of papers and mandates, ways of notice."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class ApplicationState(TextChoices):
    """State of an application for admission (V-A4 to V-A6)."""

    FILED = "filed", _("filed")
    SCHEDULED = "scheduled", _("on the agenda of a meeting")
    ADMITTED = "admitted", _("admitted")
    REFUSED = "refused", _("refused")
    APPEALED = "appealed", _("refused, appealed")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "withdrawn")


APPLICATION_MOVES: dict[str, set[str]] = {
    ApplicationState.FILED: {ApplicationState.SCHEDULED, ApplicationState.WITHDRAWN},
    # Back to «filed» when it is taken off the agenda or the meeting is called off.
    ApplicationState.SCHEDULED: {
        ApplicationState.ADMITTED,
        ApplicationState.REFUSED,
        ApplicationState.FILED,
        ApplicationState.WITHDRAWN,
    },
    # A decision entered by mistake is reversed as long as nothing depends on it.
    ApplicationState.ADMITTED: {ApplicationState.SCHEDULED, ApplicationState.APPEALED},
    ApplicationState.REFUSED: {ApplicationState.APPEALED, ApplicationState.SCHEDULED},
    ApplicationState.APPEALED: {ApplicationState.ADMITTED, ApplicationState.REFUSED},
    # The withdrawal was entered by mistake.
    ApplicationState.WITHDRAWN: {ApplicationState.FILED},
}
OPEN_APPLICATIONS = frozenset({ApplicationState.FILED, ApplicationState.SCHEDULED})
#: Decided by the organisation's own body; the applicant has to be notified.
DECIDED_APPLICATIONS = frozenset({ApplicationState.ADMITTED, ApplicationState.REFUSED})
#: Final states of unsuccessful applications, which are destroyed after their term.
ENDED_APPLICATIONS = frozenset({ApplicationState.REFUSED, ApplicationState.WITHDRAWN})
#: States of applications that stay with their meeting and card when their organisation ends.
BOUND_APPLICATIONS = frozenset({ApplicationState.SCHEDULED, ApplicationState.ADMITTED})
register(
    "members.Application",
    APPLICATION_MOVES,
    _("This cannot be done now: the application of %(name)s is %(state)s."),
    named_by="full_name",
    tones={
        ApplicationState.FILED: "warn",
        ApplicationState.SCHEDULED: "info",
        ApplicationState.ADMITTED: "ok",
        ApplicationState.REFUSED: "bad",
        ApplicationState.APPEALED: "warn",
        ApplicationState.WITHDRAWN: "",
    },
)


class CopyKind(TextChoices):
    """Kinds of papers inspected at admission, and of stored scans (V-A4)."""

    APPLICATION = "application", _("signed application")
    IDENTITY = "identity", _("identity paper")
    CERTIFICATE = "certificate", _("disability certificate")
    MANDATE = "mandate", _("paper that proves the mandate")
    CONSENT = "consent", _("signed consent")
    WARD_CONSENT = "ward_consent", _("consent for the represented person")
    PHOTOS = "photos", _("two photographs 3×4")
    OTHER = "other", pgettext_lazy("paper", "other")


class MandateKind(TextChoices):
    """Papers that prove a mandate (practice 3.3)."""

    BIRTH_CERTIFICATE = "birth_certificate", _("birth certificate")
    ADOPTION = "adoption", _("adoption paper")
    GUARDIANSHIP = "guardianship", _("act on guardianship")
    TRUSTEESHIP = "trusteeship", _("act on trusteeship")
    OTHER = "other", pgettext_lazy("paper", "other")


class NoticeWay(TextChoices):
    """Channel by which a person was notified (V-A5)."""

    IN_PERSON = "in_person", _("in person, against signature")
    POST = "post", _("registered mail")
    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("telephone")
