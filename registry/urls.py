"""Addresses of the whole installation; every one of them has a row in tests/house/test_url_scope.py."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from . import converters
from .views.health import healthz

converters.register()

_AREAS = [
    ("", "registry.urls_session"),
    ("", "registry.urls_start"),
    ("accounts/", "registry.urls_accounts"),
    ("organizations/", "registry.urls_organizations"),
    ("jobs/", "registry.urls_jobs"),
    ("members/", "members.urls"),
    ("imports/", "members.urls_imports"),
    ("applications/", "members.urls_applications"),
    ("meetings/", "members.urls_meetings"),
    ("moves/", "members.urls_moves"),
    ("cells/", "members.urls_cells"),
    ("papers/", "documents.urls"),
    ("dues/", "dues.urls"),
]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("jsi18n/", JavaScriptCatalog.as_view(), name="jsi18n"),
    *[path(prefix, include(module)) for prefix, module in _AREAS if find_spec(module)],
]
if settings.DEMO and find_spec("registry.views.gallery"):
    from .views.gallery import gallery

    urlpatterns.append(path("gallery/", gallery, name="gallery"))

handler400 = "registry.views.errors.bad_request"
handler403 = "registry.views.errors.permission_denied"
handler404 = "registry.views.errors.page_not_found"
handler500 = "registry.views.errors.server_error"
