"""Per request: who acts, in which language, and what stands before everything else at the first login."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation

from .access import Actor
from .models import Account

APPOINTMENT_KEY = "appointment"
#: Reachable before the password is changed and the name checked (U-2, U-3).
ALWAYS_OPEN = {"login", "logout", "healthz", "preferences", "session-ping", "first-password", "help", "jsi18n"}


class ActorMiddleware:
    """Sets `request.actor` from the account and the appointment it chose; rights end with the appointment (N-H2)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        account = request.user
        if isinstance(account, Account):
            current = list(
                account.appointments.current().select_related("organization__federation").order_by("-starts_on", "pk")
            )
            chosen = request.session.get(APPOINTMENT_KEY)
            appointment = next((a for a in current if a.pk == chosen), current[0] if current else None)
            request.actor = Actor(account=account, appointment=appointment)  # type: ignore[attr-defined]
            request.appointments = current  # type: ignore[attr-defined]
            translation.activate(account.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class FirstLoginMiddleware:
    """Until the one-time password is changed and the name checked, every page leads there (U-2, U-3)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        actor: Actor | None = getattr(request, "actor", None)
        match = request.resolver_match
        if actor is None or actor.account is None or match is None or match.url_name in ALWAYS_OPEN:
            return None
        if request.path.startswith("/static/"):
            return None
        if actor.account.must_change_password:
            return redirect("first-password")
        if needs_name_check(actor) and match.url_name != "name-check":
            return redirect("name-check")
        return None


def needs_name_check(actor: Actor) -> bool:
    """Only who answers for the passport checks the name, once per organisation (U-3)."""
    from .enums import Permission, Role

    organization = actor.organization
    return bool(
        organization
        and actor.role in {Role.CHAIR, Role.DEPUTY}
        and organization.parent_id
        and organization.name_checked_at is None
        and actor.may(Permission.EDIT_PASSPORT, organization)
    )
