"""Reasons for the start and end of a registration (practice 3.2)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RegistrationReason(TextChoices):
    """Reason for the start of a registration (V-B1, V-B9, U-5)."""

    EXISTING = "existing", _("was registered before the registry")
    ADMISSION = "admission", _("admitted by decision")
    ARRIVAL = "arrival", _("arrived from another organisation")
    MERGER = "merger", _("the organisation was merged")
    CELL_MOVED = "cell_moved", _("the primary cell moved under another organisation")


class EndReason(TextChoices):
    """Reason for the end of a registration; the charter determines which reasons a federation uses."""

    DEPARTURE = "departure", _("moved to another organisation")
    DISMISSAL = "dismissal", _("dismissal")
    OWN_WISH = "own_wish", _("left voluntarily")
    EXCLUSION = "exclusion", _("exclusion")
    DEATH = "death", _("death")
    RETIREMENT = "retirement", _("retirement with end of membership")
    GRADUATION = "graduation", _("end of studies")
    LIQUIDATION = "liquidation", _("liquidation of the organisation")
    MERGER = "merger", _("the organisation was merged")
    CELL_MOVED = "cell_moved", _("the primary cell moved under another organisation")
    OTHER_CELL = "other_cell", _("moved to another primary cell")
    UNDONE = "undone", _("entered by mistake, taken back")
