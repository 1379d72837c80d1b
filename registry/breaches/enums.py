"""States of a breach card, ways of noticing a breach, and classes of data (152-ФЗ art. 21 p. 3.1)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class BreachState(TextChoices):
    """State of a breach card."""

    OPEN = "open", pgettext_lazy("breach", "first notice to be sent")
    TOLD = "told", pgettext_lazy("breach", "being investigated")
    EXPLAINED = "explained", pgettext_lazy("breach", "both notices sent")
    CLOSED = "closed", pgettext_lazy("breach", "closed")
    DISMISSED = "dismissed", pgettext_lazy("breach", "no breach")


class Noticed(TextChoices):
    """Way in which a breach was noticed."""

    STAFF = "staff", _("by people of the organisation")
    PERSON = "person", _("by a complaint of a person")
    AUTHORITY = "authority", _("by a message of Roskomnadzor or another authority")
    OUTSIDE = "outside", _("by a message from outside, or a publication")
    JOURNAL = "journal", _("by the journal of the registry")


class BreachData(TextChoices):
    """Class of the data that a breach concerns."""

    NAMES = "names", _("names, dates of birth, sex")
    CONTACTS = "contacts", _("addresses, telephones, e-mail")
    IDENTITY = "identity", _("identity papers, SNILS")
    HEALTH = "health", _("disability and health")
    WORK = "work", _("work and education")
    MEMBERSHIP = "membership", _("membership, tickets")
    DUES = "dues", _("dues and payments")
    PICTURES = "pictures", _("photographs, scans")
    ACCOUNTS = "accounts", _("logins of officers")


BREACH_MOVES: dict[str, set[str]] = {
    BreachState.OPEN: {BreachState.TOLD, BreachState.DISMISSED},
    # The investigation may find that there was no breach.
    BreachState.TOLD: {BreachState.EXPLAINED, BreachState.DISMISSED},
    BreachState.EXPLAINED: {BreachState.CLOSED},
    BreachState.CLOSED: set(),
    BreachState.DISMISSED: set(),
}
#: States that a notice ends, in order, each with its own clock.
WITH_CLOCKS = (BreachState.OPEN, BreachState.TOLD)
#: Final states; cards in them are destroyed after their term.
SETTLED = frozenset({BreachState.CLOSED, BreachState.DISMISSED})
register(
    "registry.Breach",
    BREACH_MOVES,
    _("This cannot be done with the breach card now: %(state)s."),
    tones={
        BreachState.OPEN: "bad",
        BreachState.TOLD: "warn",
        BreachState.EXPLAINED: "info",
        BreachState.CLOSED: "ok",
        BreachState.DISMISSED: "",
    },
)
