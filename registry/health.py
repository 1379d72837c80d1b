"""`/healthz` for monitoring: 200 if all is well, 503 otherwise; needs no account and reveals no secrets."""

from dataclasses import asdict

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from .monitoring import measure


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Report the database, the age of the oldest waiting job in seconds, and the free disk space in megabytes."""
    condition = measure()
    body = {"ok": condition.ok, **asdict(condition), "queue": condition.queue, "disk": condition.disk}
    return JsonResponse(body, status=200 if condition.ok else 503)
