"""Django admin for texts of consents and settings of the exchange with the bonus programme."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from documents.consents.models import ConsentText
from documents.consents.views.texts import wording_of
from documents.exchange.models import ExchangeSettings
from registry.admin import ReadOnlyAdmin, ScopedFilter
from registry.admin_site import actor_of, is_installation


@admin.register(ConsentText)
class ConsentTextAdmin(ReadOnlyAdmin):
    """Versions of the consent's text; new ones are issued on their own page (N-C1)."""

    list_display = ("purpose", "version", "valid_from", "federation")
    list_display_links = ("purpose", "version")
    list_filter = (ScopedFilter, "purpose")
    list_select_related = ("federation",)
    fields = ("federation", "purpose", "version", "valid_from", "text")
    readonly_fields = ("text",)

    def counted(self, count: int) -> str:
        return ngettext("%(n)s consent text", "%(n)s consent texts", count) % {"n": count}

    def title_of(self, obj: ConsentText) -> str:
        return _("%(purpose)s, version %(number)s") % {"purpose": obj.get_purpose_display(), "number": obj.version}

    def links_of_list(self, request: HttpRequest) -> list[tuple[str, str]]:
        if is_installation(request):
            return []
        return [
            (_("New version of the text"), reverse("documents:new_text")),
            (_("Texts in the registry"), reverse("documents:texts")),
        ]

    def links_of(self, obj: Any, request: HttpRequest) -> list[tuple[str, str]]:
        if is_installation(request):
            return []
        return [(_("Open in the registry"), reverse("documents:text", args=[obj.pk]))]

    @admin.display(description=gettext_lazy("wording"))
    def text(self, text: ConsentText) -> SafeString:
        return SafeString(render_to_string("documents/texts/wording.html", wording_of(text)))


@admin.register(ExchangeSettings)
class ExchangeSettingsAdmin(ReadOnlyAdmin):
    """Read-only list of exchange settings; they are edited on their own page, which checks address and secret (U-7)."""

    list_display = ("federation", "channel", "address", "gone_at")
    list_filter = (ScopedFilter, "channel")
    list_select_related = ("federation",)
    fields = ("federation", "channel", "address", "signed_answers", "gone_at")

    def links_of_list(self, request: HttpRequest) -> list[tuple[str, str]]:
        own = actor_of(request).organization
        if own is None or not own.charter.programme_site:
            return []
        return [(_("Settings of the exchange"), reverse("documents:programme_settings"))]

    def links_of(self, obj: Any, request: HttpRequest) -> list[tuple[str, str]]:
        return self.links_of_list(request)
