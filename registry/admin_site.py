"""The site of the Django admin: who may enter it and which models it lists."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

APPS = ("registry", "dues", "documents", "members")
OWN = frozenset(APPS)
#: Order of the models of an app; all others follow.
ORDER = ("Federation", "Organization", "Account", "Appointment", "Event", "Job")


def _position(order: tuple[str, ...], name: str) -> int:
    return order.index(name) if name in order else len(order)


#: Text and file name of the icon for each value.
_ICONS = {True: (_("Yes"), "yes"), False: (_("No"), "no"), None: (_("Unknown"), "unknown")}


def boolean_icon(value: bool | None) -> SafeString:
    """Return the icon of a boolean with its text translated; Django's own always says True or False."""
    word, name = _ICONS[value]
    return format_html('<img src="{}" alt="{}">', static(f"admin/img/icon-{name}.svg"), word)


class RegistryAdminSite(admin.AdminSite):
    """Admits administrators of the installation only; officers never get `is_staff`."""

    site_title = _("Registry administration")
    site_header = _("Registry administration")
    index_title = _("Reference lists, accounts, journals")
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register the models of our own apps only; those of libraries are skipped."""
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        own = [model for model in models if model._meta.app_label in OWN]
        if own:
            super().register(own, admin_class, **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the apps and models in the order of `APPS` and `ORDER`."""
        found = super().get_app_list(request, app_label)
        for app in found:
            app["models"].sort(key=lambda model: _position(ORDER, model["object_name"]))
        return sorted(found, key=lambda app: _position(APPS, app["app_label"]))

    def has_permission(self, request: HttpRequest) -> bool:
        account = request.user
        return bool(
            account.is_active
            and getattr(account, "is_staff", False)
            and not getattr(account, "must_change_password", True)
        )

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the site's sign-in page, which is throttled and journalled; refuse those already signed in
        (403).
        """
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", request.path))
