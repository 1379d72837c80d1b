"""Middleware: session, sign-in, actor and language, errors of concurrent changes, first login."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from registry import searches
from registry.accounts.models import Account
from registry.accounts.rules import second_factor
from registry.accounts.views.again import ask_again
from registry.drafts.carried import carried_in, sign_in_carrying
from registry.organizations.rules.names import needs_name_check
from registry.spreadsheets.files import Unreadable

from . import guards, replicas
from .access import Actor, zone_of
from .errors import AnotherPageFirst, ServerBusy, TooManyJobs, lost_database
from .navigation import page_before
from .tasks import outdate_counts
from .views import APPOINTMENT_KEY, BEGUN_KEY, CHANGED_KEY, busy_if, by_post

#: Names of URLs that are available before the password is changed and the name checked (U-2, U-3).
ALWAYS_OPEN = {
    "login", "login-code", "logout", "healthz", "readyz", "metrics", "preferences", "session-ping", "first-password",
    "help", "guide", "jsi18n",
}  # fmt: skip
#: Names of the URLs that people without their obligatory second factor may open (U-2).
SETTING_UP = {"second-factor", "second-factor-begin", "second-factor-set-up"}
#: Session key, set once the account is known to have a second factor.
HAS_FACTOR_KEY = "has_second_factor"


class QuietSessionMiddleware(SessionMiddleware):
    """Keeps background requests of a page from prolonging the session or overwriting its data."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session unless the view has set `request.quiet`.

        Django would mistake a lost database for a deleted session, which is a bad request.
        """
        if getattr(request, "quiet", False):
            return response
        try:
            return super().process_response(request, response)
        except SessionInterrupted as error:
            cause = error.__context__.__context__ if error.__context__ is not None else None
            if cause is not None and lost_database(cause):
                raise cause from cause.__cause__
            raise


class NoStoreMiddleware:
    """Forbids browsers and proxies to store responses, so that the next user of the computer cannot go back to them.

    Responses that set `Cache-Control` themselves are left unchanged.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class TooLongMiddleware:
    """Refuses requests larger than the view accepts (`registry.views.takes_at_most`), before the form is parsed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        most = getattr(view, "takes_at_most", None)
        sent = request.META.get("CONTENT_LENGTH") or "0"
        if most is None or not sent.isdecimal() or int(sent) <= most:
            return None
        return JsonResponse({"error": _("The form is too long to be saved as a draft.")}, status=413)


class SignInMiddleware(LoginRequiredMiddleware):
    """Requires sign-in; after a POST without a session the user returns to the page of its form.

    The contents of a form with a draft are kept until then (U-2).
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:  # type: ignore[override]
        if request.method in {"GET", "HEAD"}:
            return super().handle_no_permission(request, view_func)
        if carried := carried_in(request):
            return sign_in_carrying(request, carried)
        messages.warning(
            request,
            _(
                "You were signed out before the button was pressed, so nothing has been changed. Sign in and press "
                "it again."
            ),
        )
        return redirect_to_login(page_before(request))


class SessionLifetimeMiddleware:
    """Ends a session some hours after sign-in, regardless of activity (U-2).

    Later requests are answered as after idle time: the contents of a form with a draft are kept (ADR 6).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            if now >= request.session.setdefault(BEGUN_KEY, now) + settings.SESSION_LIFETIME:
                logout(request)
        return self.get_response(request)


_READS = {"GET", "HEAD"}


class SearchMiddleware:
    """Takes the search words from a form, or from the session by the token in the address (ADR 21).

    A search form is redirected to an address with a token; htmx gets the response at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if request.method == "POST" and searches.SEARCHING in request.POST:
            return self._search(request, request.POST)
        asked = request.GET
        if searches.FOUND in asked:
            words = searches.words_of(request, asked[searches.FOUND])
            query = searches.query_for(request, asked)
            del query[searches.FOUND]
            if words is None:
                messages.warning(request, _("What you searched for is no longer kept. Type it again."))
                # Without the words, an action on everything found would apply to everything there is.
                return self._moved(request, query) if request.method in _READS else redirect(page_before(request))
            query.update(words)
            query._mutable = False
            request.GET = query  # type: ignore[assignment]
            return None
        if any(asked.get(name) for name in searches.WORDS) and request.method in _READS:
            # Words typed into the address by hand, or from an old link, are removed from it.
            return self._search(request, asked)
        query = searches.query_for(request, asked)
        query._mutable = False
        request.GET = query  # type: ignore[assignment]
        return None

    def _search(self, request: HttpRequest, sent: QueryDict) -> HttpResponse | None:
        query = searches.query_for(request, sent)
        for name in (searches.SEARCHING, searches.FOUND, "csrfmiddlewaretoken"):
            query.pop(name, None)
        if request.htmx:  # type: ignore[attr-defined]
            request.method, request.GET = "GET", query  # type: ignore[assignment]
            return None
        return self._moved(request, query)

    def _moved(self, request: HttpRequest, query: searches.Asked) -> HttpResponse:
        address = query.urlencode()
        moved = HttpResponseRedirect(f"{request.path}?{address}" if address else request.path)
        # The browser requests the list by GET, so «back» does not send the form again.
        moved.status_code = 303
        return moved


class WrongMethodMiddleware:
    """Shows a page for status 405, when a POST-only URL was opened, reloaded or bookmarked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content:
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page


#: Error codes of PostgreSQL and SQLite for transactions aborted in favour of others, and for duplicate rows.
_BUSY = {"40001", "40P01", "55P03", "SQLITE_BUSY"}
_EXISTS_ALREADY = {"23505", "SQLITE_CONSTRAINT_UNIQUE"}
_log = logging.getLogger(__name__)


class LostRaceMiddleware:
    """Shows a page for lost races: 409 if the record changed meanwhile, 503 if the database was busy.

    A transition is a single transaction, so nothing has been changed in either case.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, AnotherPageFirst):
            return redirect(error.url)
        if isinstance(error, TooManyJobs):
            messages.warning(request, str(error.message))
            return redirect("jobs:list")
        if isinstance(error, ServerBusy):
            return busy_if(True, render(request, "503.html", {"crowded": True}))
        # The view found the record, but the transition did not after waiting for its lock, because it left the scope
        # meanwhile.
        gone = isinstance(error, ObjectDoesNotExist) and request.method == "POST"
        if gone or (isinstance(error, IntegrityError) and _exists_already(error)):
            _log.warning("done or changed meanwhile", exc_info=error)
            return render(request, "409.html", status=409)
        # An uploaded list is read again for its page, and the server is too busy.
        late = isinstance(error, Unreadable)
        if late or (isinstance(error, DatabaseError) and _code(error) in _BUSY):
            _log.warning("busy", exc_info=None if late else error)
            response = render(request, "503.html", status=503)
            response["Retry-After"] = "10"
            return response
        return None


def _exists_already(error: IntegrityError) -> bool:
    return _code(error) in _EXISTS_ALREADY or str(error).startswith(guards.EXISTS_ALREADY)


def _code(error: DatabaseError) -> str:
    cause = error.__cause__
    return getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or ""


class ActorMiddleware:
    """Sets `request.actor` from the account and its chosen appointment; rights end with the appointment (N-H2).

    Days and times of the request follow the actor's organisation.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        account = request.user
        if isinstance(account, Account):
            current = account.current_appointments()
            chosen = request.session.get(APPOINTMENT_KEY)
            appointment = next((a for a in current if a.pk == chosen), current[0] if current else None)
            request.actor = Actor(account=account, appointment=appointment)  # type: ignore[attr-defined]
            request.appointments = current  # type: ignore[attr-defined]
            translation.activate(account.language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(zone_of(request.actor)):  # type: ignore[attr-defined]
            response = self.get_response(request)
        if request.method == "POST" and request.actor is not None:  # type: ignore[attr-defined]
            outdate_counts(request.actor)  # type: ignore[attr-defined]
            if request.user.is_authenticated and (position := replicas.position()):
                request.session[CHANGED_KEY] = position
        return response


class FirstLoginMiddleware:
    """Redirects every page to the password form, the second factor and the name check, until all is done (U-2, U-3)."""

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
        if self._lacks_factor(request, actor.account):
            return None if match.url_name in SETTING_UP else redirect("second-factor")
        if needs_name_check(actor) and match.url_name != "name-check":
            return redirect("name-check")
        return None

    @staticmethod
    def _lacks_factor(request: HttpRequest, account: Account) -> bool:
        """Return whether the account must have a second factor but has none."""
        if request.session.get(HAS_FACTOR_KEY):
            return False
        if not second_factor.is_obliged(account, request.appointments):  # type: ignore[attr-defined]
            return False
        # A reset ends all sessions, so the value stored in this one stays true.
        found = second_factor.has_factor(account)
        if found:
            request.session[HAS_FACTOR_KEY] = True
        return not found


_CHANGES_NOTHING = {"login", "logout", "autocomplete"}


class AskAgainMiddleware:
    """Asks for password and code again before acts marked by `registry.views.asks_again`, and in the admin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        actor: Actor | None = getattr(request, "actor", None)
        asks = getattr(view, "asks_again", by_post if _is_of_admin(request) else None)
        if asks is None or actor is None or actor.account is None or not asks(request, *args, **kwargs):
            return None
        return ask_again(request, actor.account)


def _is_of_admin(request: HttpRequest) -> bool:
    """Return whether the page belongs to the admin, where every POST changes something.

    Except signing in and out, and the letters typed for suggestions.
    """
    match = request.resolver_match
    return match is not None and "admin" in match.app_names and match.url_name not in _CHANGES_NOTHING
