"""Per request: who acts, in which language, and what stands before everything else at the first login."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from . import guards
from .access import Actor
from .enums import Permission, Role
from .models import Account
from .tasks import outdate_counts
from .views.carried import carried_in, sign_in_carrying

APPOINTMENT_KEY = "appointment"
#: Reachable before the password is changed and the name checked (U-2, U-3).
ALWAYS_OPEN = {"login", "logout", "healthz", "preferences", "session-ping", "first-password", "help", "jsi18n"}


class QuietSessionMiddleware(SessionMiddleware):
    """What a page asks for by itself neither prolongs the session nor writes over what a click has just put into it."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The cookie and the row of the session, but for a view that has set `request.quiet`."""
        return response if getattr(request, "quiet", False) else super().process_response(request, response)


class NoStoreMiddleware:
    """Forbids browsers and proxies to keep an answer, so that the next person at the computer cannot go back to it.

    An answer that sets `Cache-Control` itself keeps its own header.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.headers.setdefault("Cache-Control", "no-store, private")
        return answer


class SignInMiddleware(LoginRequiredMiddleware):
    """Who has not signed in does so first; a button pressed after the session had ended leads back to its page.

    What was typed into a form with a draft is carried along (U-2).
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:  # type: ignore[override]
        if request.method in {"GET", "HEAD"}:
            return super().handle_no_permission(request, view_func)
        if carried := carried_in(request):
            return sign_in_carrying(request, carried)
        messages.warning(
            request,
            _(
                "You were signed out before the button was pressed, so nothing has been changed. Sign in and press it again."
            ),
        )
        return redirect_to_login(_page_before(request))


def _page_before(request: HttpRequest) -> str:
    """The page of ours whose form was sent, without its host; the start page where the browser does not say."""
    before = request.headers.get("referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


class WrongMethodMiddleware:
    """405 as a page: an address that only a button may call was opened, reloaded or kept as a bookmark."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code != 405 or answer.content:
            return answer
        page = render(request, "405.html", status=405)
        page["Allow"] = answer["Allow"]
        return page


#: How PostgreSQL and SQLite name a transaction that was ended in favour of another one, and a row that is there already.
_BUSY = {"40001", "40P01", "55P03", "SQLITE_BUSY"}
_THERE_ALREADY = {"23505", "SQLITE_CONSTRAINT_UNIQUE"}
_log = logging.getLogger(__name__)


class MeanwhileMiddleware:
    """A button that came too late is told so: the record has moved on, or the database let another one go first.

    A transition is one transaction, so nothing of it is done by then.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        # The page found the record and the transition, after waiting for its lock, did not: it left the scope meanwhile.
        gone = isinstance(error, ObjectDoesNotExist) and request.method == "POST"
        if gone or (isinstance(error, IntegrityError) and _there_already(error)):
            _log.warning("done or changed meanwhile", exc_info=error)
            return render(request, "409.html", status=409)
        if isinstance(error, DatabaseError) and _code(error) in _BUSY:
            _log.warning("busy", exc_info=error)
            answer = render(request, "503.html", status=503)
            answer["Retry-After"] = "10"
            return answer
        return None


def _there_already(error: IntegrityError) -> bool:
    return _code(error) in _THERE_ALREADY or str(error).startswith(guards.THERE_ALREADY)


def _code(error: DatabaseError) -> str:
    cause = error.__cause__
    return getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or ""


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
        answer = self.get_response(request)
        if request.method == "POST" and request.actor is not None:  # type: ignore[attr-defined]
            outdate_counts(request.actor)  # type: ignore[attr-defined]
        return answer


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
    organization = actor.organization
    return bool(
        organization
        and actor.role in {Role.CHAIR, Role.DEPUTY}
        and organization.parent_id
        and organization.name_checked_at is None
        and actor.may(Permission.EDIT_PASSPORT, organization)
    )
