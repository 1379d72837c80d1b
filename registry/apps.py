"""App configurations of the registry and of the Django admin."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """Organisations and accounts, and the kernel that the other apps share."""

    name = "registry"
    verbose_name = _("Organisations and accounts")

    def ready(self) -> None:
        # Models can be imported only now.
        from . import fields, guards, lookups, operations, system_checks, tasks  # noqa: F401, PLC0415
        from .accounts.proofs import note_signed_in  # noqa: PLC0415
        from .bounces import jobs as bounces_jobs  # noqa: F401, PLC0415
        from .bounces import tasks as bounces_tasks  # noqa: F401, PLC0415
        from .breaches import jobs as breaches_jobs  # noqa: F401, PLC0415
        from .breaches import tasks as breaches_tasks  # noqa: F401, PLC0415
        from .campaigns import integrity as campaigns_integrity  # noqa: F401, PLC0415
        from .campaigns import jobs as campaigns_jobs  # noqa: F401, PLC0415
        from .campaigns import tasks as campaigns_tasks  # noqa: F401, PLC0415
        from .granting import jobs as granting_jobs  # noqa: F401, PLC0415
        from .granting import tasks as granting_tasks  # noqa: F401, PLC0415
        from .jobs import kinds as jobs  # noqa: PLC0415
        from .organizations import jobs as organizations_jobs  # noqa: F401, PLC0415
        from .organizations import tasks as organizations_tasks  # noqa: F401, PLC0415
        from .remarks import integrity as remarks_integrity  # noqa: F401, PLC0415
        from .remarks import jobs as remarks_jobs  # noqa: F401, PLC0415
        from .remarks import tasks as remarks_tasks  # noqa: F401, PLC0415
        from .start import jobs as start_jobs  # noqa: F401, PLC0415
        from .statistics import jobs as statistics_jobs  # noqa: F401, PLC0415
        from .supervision import integrity as supervision_integrity  # noqa: F401, PLC0415
        from .supervision import jobs as supervision_jobs  # noqa: F401, PLC0415
        from .upkeep import jobs as upkeep_jobs  # noqa: F401, PLC0415

        lookups.register()
        fields.name_choices_once(self.apps.get_models())  # type: ignore[union-attr]
        user_logged_in.connect(note_signed_in, dispatch_uid="registry.proofs")
        pre_migrate.connect(guards.let_go, sender=self, dispatch_uid="registry.guards")
        # SQLite drops triggers when it rebuilds a table, so restore them after every `migrate`. Once is enough: the
        # tables of all apps exist when the first signal is sent.
        post_migrate.connect(guards.install, sender=self, dispatch_uid="registry.guards")
        post_migrate.connect(lookups.install, sender=self, dispatch_uid="registry.lookups")
        post_migrate.connect(operations.go_by_replaced, sender=self, dispatch_uid="registry.operations")
        post_migrate.connect(operations.learn_contents, sender=self, dispatch_uid="registry.contents")
        jobs.discover()
        tasks.discover()


class RegistryAdminConfig(AdminConfig):
    """The Django admin with our own site class."""

    default_site = "registry.admin_site.RegistryAdminSite"

    def ready(self) -> None:
        # The admin's modules import models, which can be imported only now.
        from django.contrib.admin.templatetags import admin_list  # noqa: PLC0415

        from .admin_site import boolean_icon  # noqa: PLC0415

        super().ready()
        # The admin has no template for these icons and no translation of their texts; all its pages call this function.
        admin_list._boolean_icon = boolean_icon  # type: ignore[attr-defined]
