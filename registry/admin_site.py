"""The Django admin for administrators: reference lists, charter values, accounts, journals."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class RegistryAdminSite(admin.AdminSite):
    """Lets in administrators of the whole installation alone; officers never get `is_staff`."""

    site_title = _("Registry administration")
    site_header = _("Registry administration")
    index_title = _("Reference lists, accounts, journals")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        account = request.user
        return bool(account.is_active and getattr(account, "is_staff", False) and not getattr(account, "must_change_password", True))
