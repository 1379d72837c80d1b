"""The Django admin for administrators: reference lists, charter values, accounts, journals."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

OWN = frozenset({"registry", "members", "dues", "documents"})


class RegistryAdminSite(admin.AdminSite):
    """Lets in administrators of the whole installation alone; officers never get `is_staff`."""

    site_title = _("Registry administration")
    site_header = _("Registry administration")
    index_title = _("Reference lists, accounts, journals")
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Our own lists alone: groups, queues and counters of libraries are nobody's work here."""
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        own = [model for model in models if model._meta.app_label in OWN]
        if own:
            super().register(own, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        account = request.user
        return bool(
            account.is_active
            and getattr(account, "is_staff", False)
            and not getattr(account, "must_change_password", True)
        )

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in, throttled and written to the journal; who has signed in and is no administrator is refused."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", request.path))
