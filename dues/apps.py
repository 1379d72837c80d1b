"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DuesConfig(AppConfig):
    """Dues."""

    name = "dues"
    verbose_name = _("Dues")

    def ready(self) -> None:
        from registry.guards import APPEND_ONLY

        if "dues_ledgerentry" not in APPEND_ONLY:
            APPEND_ONLY.append("dues_ledgerentry")
