"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from registry.guards import APPEND_ONLY, NO_OVERLAP


class DocumentsConfig(AppConfig):
    """The app for papers: printing, forms and consents."""

    name = "documents"
    verbose_name = _("Papers")

    def ready(self) -> None:
        if "documents_blankmovement" not in APPEND_ONLY:
            APPEND_ONLY.append("documents_blankmovement")
        NO_OVERLAP["documents_blankrange"] = ("federation_id", "kind", "series")
