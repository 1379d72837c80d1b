"""The Django admin for administrators: reference lists, charter values, accounts, journals."""

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
#: Lists of an app in this order; those not named follow.
ORDER = ("Federation", "Organization", "Account", "Appointment", "Event", "Job")


def _place(order: tuple[str, ...], name: str) -> int:
    return order.index(name) if name in order else len(order)


#: What the icon of a value says, and its file.
_ICONS = {True: (_("Yes"), "yes"), False: (_("No"), "no"), None: (_("Unknown"), "unknown")}


def boolean_icon(value: bool | None) -> SafeString:
    """The icon of a yes or no with its word in the reader's language, where Django writes True and False."""
    word, name = _ICONS[value]
    return format_html('<img src="{}" alt="{}">', static(f"admin/img/icon-{name}.svg"), word)


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

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """In the order of the work: federations and accounts first, journals last."""
        found = super().get_app_list(request, app_label)
        for app in found:
            app["models"].sort(key=lambda model: _place(ORDER, model["object_name"]))
        return sorted(found, key=lambda app: _place(APPS, app["app_label"]))

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
