"""App configurations of the ground floor and of the Django admin."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """The ground floor."""

    name = "registry"
    verbose_name = _("Organisations and accounts")

    def ready(self) -> None:
        # Models can be imported only now.
        from . import guards, jobs, system_checks, tasks  # noqa: F401, PLC0415

        # Django's own signal: SQLite loses triggers when a table is remade, so they are put back after each migrate.
        post_migrate.connect(guards.install, dispatch_uid="registry.guards")
        jobs.discover()
        tasks.discover()


class RegistryAdminConfig(AdminConfig):
    """The admin pages with our site, which lets administrators alone in."""

    default_site = "registry.admin_site.RegistryAdminSite"

    def ready(self) -> None:
        # The admin's modules import models, which can be imported only now.
        from django.contrib.admin.templatetags import admin_list  # noqa: PLC0415

        from .admin_site import boolean_icon  # noqa: PLC0415

        super().ready()
        # No template draws these icons and no catalogue holds their words; every page of the admin looks the function up.
        admin_list._boolean_icon = boolean_icon  # type: ignore[attr-defined]
