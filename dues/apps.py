"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from registry.guards import APPEND_ONLY, CLOSED_UNTIL, HELD, Parents


class DuesConfig(AppConfig):
    """The app for dues: the ledger, rates and payments."""

    name = "dues"
    verbose_name = _("Dues")

    def ready(self) -> None:
        for table in ("dues_ledgerentry", "dues_bankpart"):
            if table not in APPEND_ONLY:
                APPEND_ONLY.append(table)
        CLOSED_UNTIL["dues_ledgerentry"] = ("dues_closedbooks", "made_on")
        HELD["dues_ledgerentry"] = Parents(
            "dues_bookaccount",
            columns=("debit_id", "credit_id"),
            owner="organization_id",
            key=("kind", "fee", "year", "number", "collector_id", "partner_id"),
        )
