"""Readiness and figures for monitors; they need no account, reveal no secrets and name nobody."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from registry import answers, replicas

from .doctor import READINESS, run_preflight
from .figures import figures


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Report whether this process is ready: 200 if so, 503 otherwise. A load balancer asks it often."""
    ready = dict.fromkeys(READINESS, False)
    for finding in run_preflight(*READINESS):
        ready[finding.name] = not finding.stops
    ok = all(ready.values())
    return JsonResponse({"ok": ok, **ready, **_replica(ready["database"])}, status=200 if ok else 503)


def _replica(answers_now: bool) -> dict[str, bool | float | None]:
    """Return whether the replica is used, and its lag in seconds; the registry works without it too."""
    try:
        found = replicas.standing() if answers_now else None
    except DatabaseError:
        found = None
    return {} if found is None else {"replica": found.is_used, "replica_lag": found.lag}


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the figures of the installation for Prometheus."""
    return answers.figures(figures(), CONTENT_TYPE_LATEST)
