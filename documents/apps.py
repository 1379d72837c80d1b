"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """The app for papers: printing, forms and consents."""

    name = "documents"
    verbose_name = _("Papers")
