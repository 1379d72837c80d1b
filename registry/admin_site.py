"""The site of the Django admin: who may enter it and which models it lists."""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from registry.accounts.views.session import sign_out

from .access import INSTALLATION, Actor

APPS = ("registry", "dues", "documents", "members")
OWN = frozenset(APPS)
#: Order of the models of an app; others follow.
ORDER = ("Federation", "Organization", "Account", "Appointment", "GrantRequest", "Event", "Job")


def is_installation(request: HttpRequest) -> bool:
    """Return whether the request comes from an administrator of the installation."""
    account = request.user
    return bool(account.is_active and getattr(account, "is_staff", False) and getattr(account, "is_superuser", False))


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts in the admin: the installation, or the administrator of a federation under their appointment.

    The journal records an administrator of the installation by the id of their account.
    """
    if is_installation(request):
        return Actor.system(f"{INSTALLATION}#{request.user.pk}")
    actor: Actor | None = getattr(request, "actor", None)
    return actor or Actor(account=None, appointment=None)


def _position(order: tuple[str, ...], name: str) -> int:
    return order.index(name) if name in order else len(order)


#: Text and file name of the icon for each value.
_ICONS = {True: (_("Yes"), "yes"), False: (_("No"), "no"), None: (_("Unknown"), "unknown")}


def boolean_icon(value: bool | None) -> SafeString:
    """Return the icon of a boolean with translated text; Django's own always says True or False."""
    word, name = _ICONS[value]
    return format_html('<img src="{}" alt="{}">', static(f"admin/img/icon-{name}.svg"), word)


class Suggestions(AutocompleteJsonView):
    """Autocomplete results, worded like the list of the records.

    The typed text is a name, so it is sent in the body and not in the address (ADR 21).
    """

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        request.GET = request.POST
        return self.get(request)

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {**super().serialize_result(obj, to_field_name), "text": self.model_admin.suggested(obj)}  # type: ignore[attr-defined]


class RegistryAdminSite(admin.AdminSite):
    """Admits administrators of the installation and, within their federation, those of a federation (N-H2)."""

    site_title = _("Registry administration")
    site_header = _("Registry administration")
    index_title = _("Reference lists, accounts, journals")
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register only models of our own apps, not those of libraries."""
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
        """Return whether the user is an administrator of the installation, or one of a federation under that
        appointment.
        """
        account = request.user
        if not account.is_active or getattr(account, "must_change_password", True):
            return False
        return is_installation(request) or actor_of(request).administers

    def get_urls(self) -> list[Any]:
        """Return the addresses without Django's redirect to any object by its id."""
        return [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return cast(HttpResponse, Suggestions.as_view(admin_site=self)(request))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        """Redirect to the common password page; Django's own would not write to the journal."""
        return redirect("change-password")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        return redirect("profile")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        """Sign out like the other pages do, with a journal event."""
        return sign_out(request)  # type: ignore[arg-type]

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the site's sign-in page, which is throttled and journalled; refuse signed-in users (403)."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", request.path))
