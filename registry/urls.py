"""URLs of the whole site; each has a row in tests/house/test_url_scope.py."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from . import converters
from .gallery import gallery
from .health import healthz
from .upkeep.views import metrics, readyz

converters.register()

_AREAS = [
    ("", "registry.accounts.urls_session"),
    ("", "registry.start.urls"),
    ("accounts/", "registry.accounts.urls"),
    ("accounts/requests/", "registry.granting.urls"),
    ("organizations/", "registry.organizations.urls"),
    ("overview/", "registry.supervision.urls"),
    ("remarks/", "registry.remarks.urls"),
    ("breaches/", "registry.breaches.urls"),
    ("statistics/", "registry.statistics.urls"),
    ("campaigns/", "registry.campaigns.urls"),
    ("jobs/", "registry.jobs.urls"),
    ("members/", "members.people.urls"),
    ("imports/", "members.lists.urls"),
    ("applications/", "members.admission.urls"),
    ("meetings/", "members.meetings.urls"),
    ("moves/", "members.movement.urls"),
    ("cells/", "members.urls"),
    ("papers/", "documents.urls"),
    ("", "documents.ecards.urls"),
    ("dues/", "dues.urls"),
]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("jsi18n/", JavaScriptCatalog.as_view(), name="jsi18n"),
    *[path(prefix, include(module)) for prefix, module in _AREAS],
]
if settings.DEMO:
    urlpatterns.append(path("gallery/", gallery, name="gallery"))

handler400 = "registry.error_pages.bad_request"
handler403 = "registry.error_pages.permission_denied"
handler404 = "registry.error_pages.page_not_found"
handler500 = "registry.error_pages.server_error"
