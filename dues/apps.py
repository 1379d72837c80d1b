"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from registry.guards import APPEND_ONLY, CLOSED_UNTIL


class DuesConfig(AppConfig):
    """The app for dues: the ledger, rates and payments."""

    name = "dues"
    verbose_name = _("Dues")

    def ready(self) -> None:
        if "dues_ledgerentry" not in APPEND_ONLY:
            APPEND_ONLY.append("dues_ledgerentry")
        CLOSED_UNTIL["dues_ledgerentry"] = ("dues_closedbooks", "made_on")
