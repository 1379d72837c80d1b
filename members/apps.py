"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    """Members."""

    name = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        # Models can be imported only now.
        from .people.queries import named  # noqa: F401, PLC0415
